"""Each open question of counting: what every choice does to a handful of dossiers."""

import datetime as dt

import pandas as pd
import pytest
from log_desk import counts_under

from scoring.base.errors import UnreadableError
from scoring.dossiers.count_options import other_choices, questions, read_options
from scoring.dossiers.dossier_figures import Counting, counts_table
from scoring.tables import empty


def test_the_month_is_that_of_the_day_chosen(tmp_path):
    rows = [
        {"due": "01/04/2026", "returned": "30/03/2026"},
        {"due": "02/04/2026", "returned": "03/04/2026"},
    ]
    choices = ("received", "returned", "due")
    march = counts_under(tmp_path, rows, "month_by", choices, on="2026-04-30")
    assert [one.get("dossiers", 0) for one in march] == [2, 1, 0]


def test_withdrawn_dossiers_count_only_where_they_are_let_in(tmp_path):
    rows = [{}, {"withdrawn": "có"}, {"withdrawn": ""}]
    left_out, let_in = counts_under(tmp_path, rows, "withdrawn", ("out", "in"))
    assert (left_out["dossiers"], let_in["dossiers"]) == (2, 3)


def test_open_dossiers_at_the_cut_off_day(tmp_path):
    rows = [
        {},  # returned in time
        {"returned": "11/03/2026"},  # late by a day
        {"returned": "", "due": "31/03/2026"},  # open, due on the day itself
        {"returned": "01/04/2026", "due": "02/04/2026"},  # returned later, so open on the day
        {"returned": "", "due": "30/03/2026"},  # open and late
        {"received": "01/04/2026", "due": "", "returned": ""},  # not received yet
    ]
    found = counts_under(tmp_path, rows, "open", ("within_due", "late", "out"))
    assert [(one["dossiers"], one["on_time"]) for one in found] == [(5, 3), (5, 1), (2, 1)]


def test_the_last_event_of_a_dossier_holds_whatever_its_place_in_the_file(tmp_path):
    rows = [
        {"dossier": "H1", "event_at": "2026-03-09 09:30", "channel": "counter"},
        {"dossier": "H1", "event_at": "2026-03-09 09:15", "channel": "online"},
    ]
    last, first = counts_under(tmp_path, rows, "repeated", ("last", "first"))
    assert (last["dossiers"], last["online"], first["online"]) == (1, 0, 1)


def test_a_dossier_with_several_payments_counts_once(tmp_path):
    later = {"event_at": "2026-03-05 10:00", "paid": "0"}
    rows = [{"dossier": "H1"}, {"dossier": "H1", **later}, {"dossier": "H2"}]
    found = counts_under(tmp_path, rows, "payments", ("any", "all", "last"))
    assert [(one["payable"], one["paid"]) for one in found] == [(2, 2), (2, 1), (2, 1)]


def test_digitised_with_one_part_or_with_all(tmp_path):
    rows = [{"digitised_parts": cell} for cell in ("0", "2", "3", "có")]
    found = counts_under(tmp_path, rows, "digitised", ("any", "all"))
    assert [one["digitised"] for one in found] == [3, 1]


def test_late_dissatisfied_and_petitioned_dossiers_are_not_satisfied(tmp_path):
    rows = [
        {},
        {"rating": "không hài lòng"},
        {"petition": "x"},
        {"returned": "20/03/2026"},
        {"rating": ""},
    ]
    assert counts_under(tmp_path, rows)[0]["satisfied"] == 2


def test_a_month_that_no_log_was_given_for_is_not_reported_rather_than_zero():
    of_march = pd.DataFrame(
        [("dossiers", "A", 2026, 3, "", 2, 0, None), ("on_time", "A", 2026, 3, "", 1, 0, None)],
        columns=["kind", "unit", "year", "part", "name", "yes", "unknown", "example"],
    )
    units = empty("DossierUnits").reindex([0, 1]).assign(unit_code=["A", "B"])
    counting = Counting(2026, dt.date(2026, 3, 31), "month", read_options(None), units, empty("DossierProcedures"))  # fmt: skip
    counts = counts_table(of_march, counting).query("count == 'dossiers'")
    assert counts["value"].isna().tolist() == [True, True, False] * 2
    assert counts["value"].tolist()[2::3] == [2, 0]  # B has none in a month that others have


def test_every_question_says_who_chose_and_offers_its_default():
    for one in questions().values():
        assert one.default in one.choices
        assert one.status == "sample" if not one.source else one.status in ("official", "observed")
    chosen = read_options(None)
    turned = [changed for _, _, changed in other_choices(chosen)]
    assert all(sum(one[name] != chosen[name] for name in chosen) == 1 for one in turned)


@pytest.mark.parametrize("text", ['month_by = "printed"', 'month = "due"', "withdrawn = 1"])
def test_a_choice_that_there_is_not_is_refused_with_those_there_are(tmp_path, text):
    path = tmp_path / "options.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableError) as refused:
        read_options(path)
    assert refused.value.finding.code == "dossiers-option-unknown"
    assert text.split(" ")[0] in refused.value.finding.text("vi")

"""Alerts: which shares, dossiers due and dossiers overdue are named, by whose thresholds."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from log_desk import ON, count, events_from, rows_file

from scoring.base.errors import UnreadableError
from scoring.dossiers.count_options import read_options
from scoring.dossiers.counted_logs import counted
from scoring.dossiers.counts_asked import Asked
from scoring.dossiers.dossier_alerts import dossier_alerts, read_thresholds, thresholds
from scoring.dossiers.dossier_figures import Counting, counts_table
from scoring.tables import empty

pytest.importorskip("duckdb")
UNITS = empty("DossierUnits").reindex(range(2))
UNITS["unit_code"], UNITS["unit_name"], UNITS["block"] = ["A", "B"], ["Xã A", ""], ""


def counting_on(on=ON, by="month", **options):
    day = dt.date.fromisoformat(on)
    chosen = {**read_options(None), **options}
    return Counting(day.year, day, by, chosen, UNITS, empty("DossierProcedures"))


def share_alerts(dossiers, on_time, lang="vi", **limits):
    """Return alerts of units with so many dossiers, and so many on time, month by month."""
    rows = [
        {"unit_code": unit, "year": 2026, "period": f"tháng {part}", "count": name, "value": value}
        for name, of_units in (("dossiers", dossiers), ("on_time", on_time))
        for unit, values in of_units.items()
        for part, value in enumerate(values, start=1)
    ]
    still_open = pd.DataFrame({"unit": [], "due": [], "dossiers": []})
    limits = {**read_thresholds(None), **limits}
    return dossier_alerts(pd.DataFrame(rows), still_open, counting_on(), limits, lang)


def test_a_share_that_fell_is_told_from_one_that_was_low_before():
    table = share_alerts(
        {"A": [100, 100, 100], "B": [100, 50, 200]}, {"A": [80, 96, 94], "B": [99, 40, 170]}
    )
    assert table[["unit_code", "period", "value"]].to_numpy().tolist() == [
        ["B", "tháng 2", 80.0], ["B", "tháng 3", 85.0], ["A", "tháng 3", 94.0],
    ]  # fmt: skip
    assert table["sentence"].tolist() == [
        "B: tỷ lệ đúng hạn tháng 2/2026 tụt từ 99,0% xuống 80,0% (50 hồ sơ), dưới 95%.",
        "B: tháng 3/2026 chỉ 85,0% trong 200 hồ sơ đúng hạn, dưới 95%.",
        "Xã A: tỷ lệ đúng hạn tháng 3/2026 tụt từ 96,0% xuống 94,0% (100 hồ sơ), dưới 95%.",
    ]
    assert {*table["status"]} == {"sample"}


def test_a_share_just_below_the_threshold_does_not_read_as_it():
    table = share_alerts({"A": [10_000]}, {"A": [9_496]}, periods=12)
    assert table["sentence"].tolist() == [
        "Xã A: tháng 1/2026 chỉ 94,96% trong 10.000 hồ sơ đúng hạn, dưới 95%."
    ]


def test_units_of_one_name_are_told_apart(monkeypatch):
    monkeypatch.setitem(UNITS, "unit_name", ["Xã A", "Xã A"])
    table = share_alerts({"A": [100], "B": [100]}, {"A": [80], "B": [90]}, periods=12)
    assert [text.split(":")[0] for text in table["sentence"]] == ["Xã A (A)", "Xã A (B)"]
    assert table["unit_name"].tolist() == ["Xã A", "Xã A"]


def test_a_share_is_not_spoken_of_when_unknown_or_of_few_dossiers():
    counts = {"A": [100, 100, 19], "B": [100, 0, 100]}
    table = share_alerts(counts, {"A": [100, 95, 1], "B": [100, 0, np.nan]})
    assert len(table) == 0
    assert len(share_alerts(counts, {"A": [90, 95, 1], "B": [90, 0, 94]})) == 1
    assert len(share_alerts(counts, {"A": [90, 95, 1], "B": [90, 0, 94]}, periods=3)) == 3
    assert len(share_alerts(counts, {"A": [90, 95, 1], "B": [90, 0, 94]}, on_time_share=90)) == 0


def test_open_dossiers_are_those_due_soon_and_overdue_at_the_cut_off_day(tmp_path):
    rows = [
        {"due": "30/03/2026", "returned": ""},  # overdue
        {"due": "30/03/2026", "returned": "01/04/2026"},  # returned after the day: overdue on it
        {"due": "31/03/2026", "returned": ""},  # due on the day
        {"due": "06/04/2026", "returned": ""},  # the last of seven days
        {"due": "07/04/2026", "returned": ""},  # after them
        {"due": "30/03/2026", "returned": "", "withdrawn": "1"},  # nobody waits for it
        {"due": "", "returned": ""},  # not known
        {"received": "20/12/2025", "due": "05/01/2026", "returned": ""},  # of the year before
        {"received": "01/04/2026", "due": "02/04/2026", "returned": ""},  # not received yet
        {"unit": "B", "due": "02/04/2026", "returned": ""},
        {"unit": "B", "dossier": "H10", "due": "02/04/2026", "returned": "31/03/2026",
         "event_at": "2026-03-31"},  # the same dossier, returned by a later row
    ]  # fmt: skip
    events, _ = events_from(tmp_path / "state", rows_file(tmp_path / "log.csv", *rows))
    for chosen in ({}, {"open": "out", "month_by": "returned"}):
        counting = counting_on(**chosen)
        found = counted(events, Asked([counting.options], ON, 2026))
        counts = counts_table(count(events, **chosen)[0], counting)
        limits = read_thresholds(None)
        table = dossier_alerts(counts, found.open_dossiers, counting, limits, "en")
        assert table[["alert", "unit_code", "value"]].to_numpy().tolist() == [
            ["overdue", "A", 3.0],
            ["due_soon", "A", 2.0],
        ]
    assert table["sentence"].tolist() == [
        "Xã A: 3 dossiers are overdue and not returned.",
        "Xã A: 2 dossiers are due within 7 days.",
    ]


@pytest.mark.parametrize(
    "text", ["on_time = 95", "on_time_share = 101", 'periods = "two"', "periods = true"]
)
def test_a_threshold_that_there_is_not_is_refused_with_those_there_are(tmp_path, text):
    path = tmp_path / "thresholds.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableError) as refused:
        read_thresholds(path)
    assert refused.value.finding.code == "dossiers-threshold-unknown"
    assert "on_time_share (0 … 100)" in refused.value.finding.text("vi")


def test_a_threshold_of_the_user_replaces_ours(tmp_path):
    path = tmp_path / "thresholds.toml"
    path.write_text("on_time_share = 98.5\n", encoding="utf-8")
    assert read_thresholds(path) == {**read_thresholds(None), "on_time_share": 98.5}
    assert all(one["status"] == "sample" and not one["source"] for one in thresholds().values())

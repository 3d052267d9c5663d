"""Where two tracks differ and why: six units, all figures by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from set_builder import direct_set, given

from scoring.analysis.differences import ahead, areas_ahead, track_differences
from scoring.appraisal import append_decisions
from scoring.charts import ChartContext, alt_text, figure_data, track_gap
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.files.shipped import shipped_folder
from scoring.points import score
from scoring.points.proof import with_claims, with_proof
from scoring.points.tracks import with_decisions
from scoring.tables import checked

pytestmark = pytest.mark.drawn

UNITS = list("ABCDEF")
CODES = ("1.1", "1.2", "2", "3")
META = {"evidence": {"no_evidence_percent": 0, "evidence_invalid_percent": 0, "late_percent": 50}}


@pytest.fixture(scope="module")
def sheet():
    """All compute and claim 2 of each item; B claims 3 of item 1.2. Item 1.1 is lowered everywhere."""
    criteria = direct_set(
        {"1.1": 4, "1.2": 3, "2": 2, "3": {"max_points": 2, "assessed_by": "survey"}},
        parents=[("1", 7)],
        meta=META | {"total_points": 11},
    )
    figures = pd.concat([given(dict.fromkeys(CODES, 2), unit_code=unit) for unit in UNITS])
    made = score(figures.reset_index(drop=True), criteria)
    keys = {"year": 2026, "period": ""}
    claims = pd.DataFrame([
        {"unit_code": unit, "item_code": code, "self_points": 3.0 if (unit, code) == ("B", "1.2") else 2.0}
        for unit in UNITS for code in CODES
    ]).assign(**keys)  # fmt: skip
    made, _ = with_claims(made, claims)
    states = {"A": "no-evidence", "B": "late", "C": "proven"}
    verdicts = pd.DataFrame([
        {"unit_code": unit, "item_code": "1.1", "state": states.get(unit, "proven"),
         "share": {"no-evidence": 0.0, "late": 0.5}.get(states.get(unit), 1.0)} for unit in UNITS
    ]).assign(**keys)  # fmt: skip
    made = with_proof(made, verdicts)
    lower = {("1.1", unit): 1.0 for unit in UNITS} | {("1.1", "A"): 0.0, ("3", "F"): 1.5}
    kinds = {("1.1", "C"): "judgement", ("1.1", "D"): "rule-misread", ("1.1", "B"): "judgement"}
    decisions = pd.DataFrame([
        {"unit_code": unit, "item_code": code, "points": lower.get((code, unit), 2.0), "reason": "xem lại",
         "reason_kind": kinds.get((code, unit), "")} for unit in UNITS for code in CODES
    ]).assign(round="final", **keys)  # fmt: skip
    first = decisions.head(1).assign(round="1")
    decisions = pd.concat([first, decisions], ignore_index=True)
    answers = pd.DataFrame([{"unit_code": "A", "item_code": "1.1", "response": "đã nộp"}]).assign(
        **keys
    )
    return with_decisions(made, decisions, answers)[0]


def test_each_difference_has_its_kind_from_the_data_or_from_the_appraiser(sheet):
    table = track_differences(sheet)
    checked(table, "TrackDifferences")
    rows = table[["unit_code", "item_code", "lowered_points", "kind", "told_by"]].values.tolist()
    assert rows == [
        ["A", "1.1", 2.0, "missing-proof", "data"],
        ["B", "1.1", 1.0, "late-proof", "data"],  # the data say so, whatever was stated
        ["B", "1.2", 1.0, "arithmetic", "data"],  # claimed 3; the rule on the same figures gives 2
        ["C", "1.1", 1.0, "judgement", "appraiser"],
        ["D", "1.1", 1.0, "rule-misread", "appraiser"],
        ["E", "1.1", 1.0, "", ""],  # nobody said, and the data do not tell
        ["F", "1.1", 1.0, "", ""],
        ["F", "3", 0.5, "survey", "data"],
    ]
    assert set(table["reason"]) == {"xem lại"}


def test_a_claim_unlike_the_rule_is_a_misreading_where_the_appraiser_says_so(sheet):
    decisions = sheet.decided.decisions.drop(columns=["row", "place"])
    is_it = (decisions["unit_code"] == "B") & (decisions["item_code"] == "1.2")
    stated = decisions.assign(reason_kind=decisions["reason_kind"].mask(is_it, "rule-misread"))
    table = track_differences(with_decisions(sheet, stated)[0])
    row = table[(table["unit_code"] == "B") & (table["item_code"] == "1.2")].iloc[0]
    assert (row["kind"], row["told_by"]) == ("rule-misread", "appraiser")


def test_how_far_claims_run_ahead_is_told_by_unit_and_by_item_with_the_usual_share(sheet):
    table = ahead(sheet)
    checked(table, "Ahead")
    units, items = table[table["code"] == "INDEX"], table[table["code"] != "INDEX"]
    assert units["ahead_points"].tolist() == [2.0, 2.0, 1.0, 1.0, 1.0, 1.5]
    first = units.iloc[1]
    assert (first["before_points"], first["after_points"]) == (9.0, 7.0)
    assert (first["compared"], first["higher"], first["lower"]) == (4, 2, 0)
    # Of the 20 items of the other units 6 differ.
    assert first["usual_percent"] == pytest.approx(30.0)
    worst = items.set_index("code").loc["1.1"]
    assert (worst["compared"], worst["higher"], worst["answered"]) == (6, 6, 1)
    assert worst["ahead_points"] == pytest.approx(7 / 6)
    assert worst["usual_percent"] == pytest.approx(100 * 2 / 18)
    assert items.set_index("code")["is_disputed"].to_dict() == {
        "1.1": True, "1.2": False, "2": False, "3": False,
    }  # fmt: skip


def test_few_units_or_a_usual_share_call_no_item_disputed(sheet):
    few = sheet.units["unit_code"].isin(list("AB"))
    decisions = sheet.decided.decisions.drop(columns=["row", "place"])
    part = with_decisions(sheet, decisions[decisions["unit_code"].isin(list("AB"))])[0]
    assert few.sum() == 2 and not ahead(part)["is_disputed"].any()
    everywhere = decisions.assign(points=np.where(decisions["item_code"] == "3", 2.0, 1.0))
    assert not ahead(with_decisions(sheet, everywhere)[0])["is_disputed"].any()


def test_the_chart_draws_what_its_table_says_and_names_the_one_furthest_ahead(sheet):
    units = ahead(sheet).query("code == 'INDEX'")
    figure = track_gap(units, context=ChartContext(lang="en", unit_names={}))
    table = figure_data(figure)
    assert table["ahead_points"].tolist() == [2.0, 2.0, 1.5, 1.0, 1.0, 1.0]
    shown = (table["before_points"] - table["after_points"]).to_numpy()
    np.testing.assert_allclose(shown, table["ahead_points"])
    (axes,) = figure.axes
    points = [line.get_xdata()[0] for line in axes.lines if line.get_marker() in "oD"]
    assert points[:2] == table.loc[0, ["before_points", "after_points"]].tolist()
    words = alt_text(figure, "en")
    assert "“Self-assessed” is 1.42 points above “Final” on average, most at A: 2.00" in words
    assert "A: 8.00 → 6.00" in words
    some_open = units.assign(after_points=units["after_points"].where(units["unit_code"] != "A"))
    assert len(figure_data(track_gap(some_open))) == 5


def test_the_areas_of_one_unit_close_on_its_index(sheet):
    areas = areas_ahead(sheet, unit=1)
    assert areas["ahead_points"].tolist() == [2.0, 0.0, 0.0]
    assert areas["before_points"].sum() == 9.0


def test_more_taken_off_lowers_and_areas_that_do_not_apply_are_no_areas():
    leaves = {"1": 4, "2": {"max_points": 6, "not_applicable": "drop"},
              "P": {"max_points": 3, "kind": "penalty"}}  # fmt: skip
    criteria = direct_set(leaves, meta={"outside_areas": {"penalty_cap_points": 3}})
    marked = given({"1": 4, "2": 6, "P": 2}).assign(not_applicable=[False, True, False])
    made = score(marked, criteria)
    key = made.units[["unit_code", "year", "period"]]
    claims = [
        key.assign(item_code=code, self_points=points) for code, points in (("1", 4.0), ("P", 0.0))
    ]
    made, _ = with_claims(made, pd.concat(claims))
    areas = areas_ahead(made, "self", "computed")
    assert areas[["code", "ahead_points"]].values.tolist() == [["1", 0.0], ["P", 2.0]]


def test_units_of_one_name_are_told_apart_and_a_penalty_is_said_to_be_one(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    figures = pd.read_csv(shipped_folder("evidence") / "example-department-sample" / "inputs.csv")
    figures = figures[figures["unit_code"] == figures["unit_code"].iloc[0]]
    both = [figures.assign(unit_code=code, unit_name="Sở Mẫu") for code in "AB"]
    pd.concat(both).to_csv("x.csv", index=False)
    criteria = open_set("department-sample")
    about = {"round": "1", "unit_code": "A", "year": 2025, "period": "", "reason": "trừ thêm",
             "decided_on": pd.Timestamp("2026-12-01"), "set_fingerprint": criteria.fingerprint}  # fmt: skip
    rows = [
        about | {"item_code": "10.1", "points": 1.0},
        about | {"item_code": "1.1.1", "points": 0.0},
    ]
    append_decisions(Path("j.jsonl"), pd.DataFrame(rows))
    run = "compare x.csv --criteria department-sample --journal j.jsonl --tracks computed,final"
    main([*run.split(), "--out", "out"])
    said = capsys.readouterr().out
    assert "Sở Mẫu (A)" in said and "Sở Mẫu (B)" in said
    assert set(pd.read_csv("out/ahead.csv")["name"]) >= {"Sở Mẫu (A)", "Sở Mẫu (B)"}
    assert "“Hơn” nghĩa là nguồn thứ nhất trừ ít hơn bấy nhiêu" in said


def test_two_tracks_are_asked_for_by_name(tmp_path, capsys):
    (tmp_path / "x.csv").write_text("unit_code\n", encoding="utf-8")
    run = ["compare", str(tmp_path / "x.csv"), "--criteria", "department-sample", "--out", "x"]
    assert main([*run, "--tracks", "self,self"]) == 2
    assert "tracks-not-two" in capsys.readouterr().err


def test_the_verb_draws_how_far_one_track_runs_ahead(tmp_path):
    ledger = shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx"
    tracks = ["--tracks", "self,computed"]
    assert main(["--quiet", "compare", str(ledger), *tracks, "--out", str(tmp_path / "x")]) == 0
    assert (tmp_path / "x" / "track-gap.png").read_bytes().startswith(b"\x89PNG")
    assert "Tự chấm" in (tmp_path / "x" / "track-gap.svg").read_text(encoding="utf-8")


def test_a_scale_of_points_that_does_not_begin_at_zero_says_so_in_points():
    ends = {"before": "self", "after": "final", "before_points": 95.0, "after_points": 90.0}
    row = {"code": "INDEX", "name": "Sở A", "ahead_points": 5.0} | ends
    page = track_gap(pd.DataFrame([row]))
    words = " ".join(text.get_text() for text in page.figure.findobj(Text))
    assert "Trục bắt đầu từ 75 điểm" in words and "%" not in words

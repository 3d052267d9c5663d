"""Scenarios: the same as typing the cells, composed in any order, and honest about what is wrong."""

import random
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from set_builder import direct_set, sound

import scoring
from scoring.batch.scored import scored
from scoring.batch.submissions import read_files
from scoring.outputs.scenario_workbook import (
    _changes,
    _gaps,
    _items,
    alone_section,
    first_sentence,
    unit_section,
)
from scoring.points import inputs_table, score
from scoring.points.sampling import with_sampling
from scoring.points.tracks import with_decisions
from scoring.whatif.scenario_table import only_named, scenario_table

FOLDER = scoring.shipped_folder("evidence")
SAMPLE = "department-sample"
A = {"scenario": "thử", "kind": "input", "unit_code": "SM-A", "item_code": "1.1.3"}


@pytest.fixture(scope="module")
def base():
    figures = pd.read_csv(
        FOLDER / "example-department-sample" / "inputs.csv", dtype={"item_code": str}
    )
    return score(figures, SAMPLE)


@pytest.fixture(scope="module")
def small():
    criteria = direct_set({"1": 4, "2": 6})
    rows = [{"unit_code": unit, "item_code": item, "input": "points", "value": points}
            for unit, told in (("A", (1, 2)), ("B", (3, 5))) for item, points in zip("12", told, strict=True)]  # fmt: skip
    return score(inputs_table(rows, year=2026), criteria)


def codes(seen):
    return [found.code for found in seen.findings]


def same_points(one, other):
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)
        for name in ("points", "points_low", "points_high", "maxima", "status")
    )


def row(**parts):
    return A | parts


def figure(value, item="1", unit="A", name="a"):
    return {"scenario": name, "kind": "input", "unit_code": unit, "item_code": item,
            "input": "points", "value": value}  # fmt: skip


# What scenarios come to.


def test_an_empty_scenario_changes_nothing(base):
    seen = scoring.what_if(base, [])
    assert same_points(seen.base, seen.sheet) and codes(seen) == ["scenario-empty"]
    assert not len(seen.gaps()) and not len(seen.changes)


def test_points_gaps_grades_and_ranks_stand_beside_each_other(small):
    seen = scoring.what_if(small, [figure(4.0), figure(6.0, "2")])
    units = seen.units.set_index("unit_code")
    told = units.loc[
        "A", ["points", "other_points", "points_change", "rank", "other_rank", "rank_change"]
    ]
    assert told.tolist() == [3.0, 10.0, 7.0, 2, 1, 1]
    assert units.loc["B", ["rank", "other_rank", "rank_change"]].tolist() == [1, 2, -1]
    gaps = seen.gaps().set_index("item_code")
    assert gaps.loc["1", "other_cause"] == ""
    assert gaps.loc["1", ["lost_points", "other_lost_points", "points_change"]].tolist() == [
        3.0,
        0.0,
        -3.0,
    ]
    assert codes(seen) == []


def test_what_if_is_scoring_the_ledger_in_which_the_cells_are_typed(tmp_path):
    path = FOLDER / "phu-tho-2026" / "ledger.xlsx"
    criteria = scoring.open_set("service-quality-766")
    intake = read_files([path], criteria)
    before, _ = scored(intake)
    pick = random.Random(7)
    figures = intake.inputs.dropna(subset="value").to_dict("records")
    book = openpyxl.load_workbook(path)
    rows = []
    for told in pick.sample(figures, 6):
        value = float(max(0, round(told["value"] * pick.choice((0.5, 0.9, 1.0)))))
        book[told["sheet"]][told["cell"]] = value
        rows.append({"scenario": "gõ", "kind": "input", "item_code": told["item_code"],
                     "input": told["input"], "value": value})  # fmt: skip
    book.save(tmp_path / "ledger.xlsx")
    typed, _ = scored(read_files([tmp_path / "ledger.xlsx"], criteria))
    seen = scoring.what_if(before, rows)
    assert not same_points(before, seen.sheet)
    assert same_points(typed, seen.sheet)


CELLS = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from("12"), st.sampled_from((0.0, 1.5, 4.0))),
    max_size=4,
    unique_by=lambda cell: cell[:2],
)


@settings(max_examples=6)
@given(CELLS, CELLS)
def test_scenarios_compose_as_one_and_commute_where_their_cells_differ(small, first, second):
    one = [figure(value, item, unit, "a") for unit, item, value in first]
    two = [figure(value, item, unit, "b") for unit, item, value in second]
    both = scoring.what_if(small, [*one, *two])
    merged = {(unit, item): value for unit, item, value in [*first, *second]}
    together = [figure(value, item, unit, "ab") for (unit, item), value in merged.items()]
    assert same_points(both.sheet, scoring.what_if(small, together).sheet)
    assert same_points(both.sheet, scoring.what_if(scoring.what_if(small, one).sheet, two).sheet)
    if not {cell[:2] for cell in first} & {cell[:2] for cell in second}:
        assert same_points(both.sheet, scoring.what_if(small, [*two, *one]).sheet)


def test_days_answers_and_marks_are_read_as_ledgers_have_them(base):
    rows = [
        row(item_code="1.1.1", input="issued_on", text="20/1/2025"),
        row(item_code="1.1.2", input="funded", text="có"),
        row(input="done", text="blank"),
    ]
    seen = scoring.what_if(base, rows)
    assert codes(seen) == []
    told = seen.changes.set_index("item_code")
    assert told.loc["1.1.1", ["before", "after"]].tolist() == ["14/01/2025", "20/01/2025"]
    assert told.loc["1.1.2", ["before", "after"]].tolist() == ["no", "có"]
    back = scoring.what_if(seen.sheet, [rows[1] | {"text": "không"}]).changes
    assert back[["before", "after"]].values.tolist() == [["yes", "không"]]
    at = seen.sheet.row("1.1.3"), 0
    assert np.isnan(seen.sheet.points[at]) and not np.isnan(base.points[at])


def test_a_figure_nobody_reported_is_typed_into_a_row_of_its_own(small):
    source = small.figures.source
    fewer = score(source[source["item_code"] != "2"], small.criteria)
    seen = scoring.what_if(fewer, [figure(2.0, "2", "A"), figure(5.0, "2", "B")])
    assert same_points(seen.sheet, small)
    assert seen.changes[["before", "after"]].values.tolist() == [["blank", "2"], ["blank", "5"]]
    # The table has no more columns than those that say where a row stands.
    columns = set(seen.sheet.figures.source) - set(fewer.figures.source)
    assert columns == {"file", "sheet", "cell"}
    still = scoring.what_if(fewer, [figure(np.nan, "2", "A") | {"text": "blank"}])
    assert codes(still) == ["scenario-changes-nothing"]


def test_refused_documents_take_the_points_that_the_set_says(base):
    proof = row(kind="proof", item_code="1.1.1", text="refused")
    seen = scoring.what_if(base, [proof])
    share = base.criteria.meta.proof_percent["evidence-invalid"] / 100
    at = base.row("1.1.1"), 0
    assert seen.sheet.track == "supported" and seen.sheet.points[at] == base.points[at] * share
    assert codes(seen) == ["scenario-proof-unseen"]
    with_none = scoring.with_proof(
        base, base.units[["unit_code", "year", "period"]].head(1).assign(
            item_code="1.1.1", state="no-evidence", share=0.0))  # fmt: skip
    added = scoring.what_if(with_none, [proof | {"text": "added"}])
    assert added.sheet.points[at] == base.points[at] and added.base.points[at] == 0


def test_supposed_decisions_stand_on_the_track_of_appraisers(small):
    told = pd.DataFrame([{"round": "1", "unit_code": "A", "year": 2026, "period": "",
                          "item_code": item, "points": 1.0, "reason": "x"} for item in "12"])  # fmt: skip
    decided, _ = with_decisions(small, told)
    seen = scoring.what_if(decided, [figure(2.0) | {"kind": "appraisal", "input": "final"}])
    assert seen.sheet.track == "final"
    assert [seen.base.points[-1, 0], seen.sheet.points[-1, 0]] == [2.0, 3.0]
    assert seen.changes[["before", "after"]].values.tolist() == [["", "2"]]
    alone = scoring.what_if(small, [figure(2.0) | {"kind": "appraisal", "input": ""}])
    assert alone.sheet.points[-1].tolist() == [4.0, 8.0]
    assert codes(alone) == ["scenario-points-instead"]
    nothing = scoring.what_if(small, [figure(0.0) | {"kind": "appraisal", "input": ""}])
    assert nothing.sheet.points[-1].tolist() == [2.0, 8.0]


def test_supposed_decisions_and_documents_together_leave_the_advice_about_computed_points(base):
    """It was about the points on the track, where a figure that is at its best could still rise."""
    rows = [row(kind="proof", item_code="1.1.3", text="refused"),
            row(kind="appraisal", item_code="1.6", input="", value=0.5)]  # fmt: skip
    seen = scoring.what_if(base, rows, track="supported")
    assert seen.sheet.origin.track == "computed"
    assert len(seen.gaps("vi"))


def test_another_maximum_is_carried_up_and_the_set_is_no_longer_the_official_one():
    criteria = direct_set({"1.1": 4, "1.2": 6}, parents=[("1", 10)])
    rows = [{"item_code": f"1.{at}", "input": "points", "value": 3.0} for at in (1, 2)]
    sheet = score(inputs_table(rows, unit_code="A", year=2026), criteria)
    rule = figure(5.0, "1.1", "") | {"kind": "rule", "input": "max_points"}
    seen = scoring.what_if(sheet, [rule])
    assert seen.sheet.maxima[:, 0].tolist() == [11.0, 5.0, 6.0, 11.0]
    assert not seen.is_official_set and seen.sheet.criteria.meta.status == "sample"
    assert seen.sheet.criteria.fingerprint != criteria.fingerprint
    assert codes(seen) == ["scenario-maximum-carried", "scenario-set-changed"]
    assert "thay đổi theo: 1 = 11; tổng của bộ tiêu chí = 11." in seen.findings[0].text("vi")


def test_survey_intervals_of_the_base_stand_beside_what_is_supposed():
    table = {"8.1": ("satisfaction", 80.0), "1.1.3": ("done", 10.0)}
    rows = [
        {"item_code": code, "input": name, "value": value} for code, (name, value) in table.items()
    ]
    sheet = score(inputs_table(rows, unit_code="S", year=2026), scoring.open_set(SAMPLE))
    fed = pd.DataFrame([rows[0] | {"unit_code": "S", "year": 2026, "period": "", "low": 75.0, "high": 84.0,
                                   "confidence_percent": 95.0, "survey": "ks"}])  # fmt: skip
    sampled, _ = with_sampling(sheet, fed)
    seen, at = scoring.what_if(sampled, ["1.1.3.done=12"]), (sheet.row("8.1"), 0)
    assert len(seen.changes) == 1
    assert seen.sheet.sampling.low[at] == sampled.sampling.low[at] < sheet.points[at]


def test_a_mark_takes_the_note_of_its_row_for_the_reason(small):
    mark = figure(np.nan) | {"input": "not_applicable", "text": "có", "note": "đã giải thể"}
    source = scoring.what_if(small, [mark]).sheet.figures.source
    marked = source[source["not_applicable"]]
    assert marked[["unit_code", "item_code", "reason"]].values.tolist() == [
        ["A", "1", "đã giải thể"]
    ]


def test_accepting_what_is_proven_already_changes_nothing(base):
    verdict = base.units[["unit_code", "year", "period"]].head(1).assign(
        item_code="1.1.1", state="proven", share=1.0)  # fmt: skip
    accepted = row(kind="proof", item_code="1.1.1", text="accepted")
    seen = scoring.what_if(scoring.with_proof(base, verdict), [accepted])
    assert "scenario-changes-nothing" in codes(seen) and not len(seen.changes)


def test_a_cell_that_one_scenario_sets_twice_is_named_with_its_unit(small):
    seen = scoring.what_if(small, [figure(2.0), figure(3.0, unit="")])
    (found,) = [one for one in seen.findings if one.code == "scenario-contradicts"]
    assert found.unit_code == "A"


def test_a_base_with_claims_keeps_them(small):
    claimed = replace(small, claimed=small.points.copy())
    seen = scoring.what_if(claimed, [figure(4.0)], track="self")
    assert same_points(seen.base, seen.sheet)


def test_figures_are_supposed_on_the_track_that_the_base_stands_on(base):
    verdict = base.units[["unit_code", "year", "period"]].head(1).assign(
        item_code="1.1.1", state="no-evidence", share=0.0)  # fmt: skip
    supported = scoring.with_proof(base, verdict).on_track("supported")
    seen = scoring.what_if(supported, [row(input="done", text="blank")])
    assert (seen.base.track, seen.sheet.track) == ("supported", "supported")
    assert seen.sheet.points[base.row("1.1.1"), 0] == 0.0


# Each finding about scenarios.

WRONG = {
    "scenario-unit-unknown": [figure(1.0, unit="X")],
    "unknown-item": [figure(1.0, "9")],
    "unknown-input": [figure(1.0) | {"input": "x"}],
    "scenario-contradicts": [figure(2.0), figure(3.0, unit="")],
    "scenario-overruled": [figure(2.0), figure(3.0, name="b")],
    "scenario-changes-nothing": [figure(1.0)],
    "scenario-round-unknown": [figure(1.0) | {"kind": "appraisal", "input": "3"}],
    "scenario-points-missing": [figure(np.nan) | {"kind": "appraisal", "input": "1"}],
    "decision-outside": [figure(9.0) | {"kind": "appraisal", "input": ""}],
    "scenario-proof-word": [figure(np.nan) | {"kind": "proof", "input": "", "text": "mất"}],
    "scenario-proof-no-policy": [figure(np.nan) | {"kind": "proof", "text": "refused"}],
    "scenario-rule-unknown": [figure(1.0, unit="") | {"kind": "rule", "input": "bands:9:points"}],
    "scenario-rule-unit": [figure(5.0) | {"kind": "rule", "input": "max_points"}],
    "scenario-set-broken": [figure(-1.0, unit="") | {"kind": "rule", "input": "max_points"}],
    "above-maximum": [figure(99.0)],
}


@pytest.mark.parametrize("code", WRONG)
def test_what_cannot_be_supposed_is_named_at_its_row(small, code):
    table = scenario_table(pd.DataFrame(WRONG[code])).assign(file="kb.csv", cell="A2")
    seen = scoring.what_if(small, table)
    found = next(one for one in seen.findings if one.code == code)
    assert (found.file, found.cell) == ("kb.csv", "A2")
    assert found.remedy("vi") and found.problem("en")


def test_a_percent_sign_behind_a_figure_that_is_none_is_refused_as_in_a_ledger(base):
    seen = scoring.what_if(base, ["1.1.3.done=80%"])
    assert "unexpected-percent" in codes(seen) and not len(seen.changes)


def test_an_answer_that_there_is_not_is_named_as_it_was_typed(small):
    mark = figure(np.nan) | {"input": "not_applicable", "text": "tùy"}
    (found,) = [
        one for one in scoring.what_if(small, [mark]).findings if one.code == "unknown-choice"
    ]
    assert "tùy" in found.problem("vi")


@pytest.mark.parametrize("cell", ["bands:1", "bands:1:points:2", "evidence:1:min_documents"])
def test_a_cell_of_a_rule_has_a_sheet_a_row_and_a_column_and_nothing_else(cell):
    criteria = sound(items=[{"code": "1", "max_points": 10, "rule": "bands"}],
                     inputs=[{"item_code": "1", "role": "value"}],
                     bands=[{"item_code": "1", "upper": 5, "points": 0},
                            {"item_code": "1", "lower": 5, "lower_closed": "yes", "points": 10}],
                     evidence=[{"item_code": "1", "kind": "Báo cáo"}])  # fmt: skip
    value = {"item_code": "1", "input": "value", "value": 3.0}
    sheet = score(inputs_table([value], unit_code="A", year=2026), criteria)
    rule = figure(4.0, unit="") | {"kind": "rule", "input": cell}
    seen = scoring.what_if(sheet, [rule])
    (found,) = [one for one in seen.findings if one.code == "scenario-rule-unknown"]
    assert {"max_points", "bands:1:points", "bands:2:lower"} <= set(found.values["expected"])
    assert seen.is_official_set
    assert scoring.what_if(sheet, [rule | {"input": "bands:1:points"}]).sheet.points[-1, 0] == 4.0


def test_documents_that_are_not_there_can_only_be_added(base):
    verdict = base.units[["unit_code", "year", "period"]].head(1).assign(
        item_code="1.1.1", state="no-evidence", share=0.0)  # fmt: skip
    proved = scoring.with_proof(base, verdict)
    said = {"kind": "proof", "item_code": "1.1.1", "text": "refused"}
    assert "scenario-proof-none-there" in codes(scoring.what_if(proved, [row(**said)]))


def test_an_item_that_needs_no_documents_says_so():
    kept = {f"{state}_percent": 0 for state in ("no_evidence", "late", "evidence_invalid")}
    criteria = direct_set({"1": 10}, meta={"evidence": kept})
    table = inputs_table(
        [{"item_code": "1", "input": "points", "value": 3.0}], unit_code="A", year=2026
    )
    proof = figure(np.nan) | {"kind": "proof", "input": "", "text": "refused"}
    assert "scenario-proof-not-needed" in codes(scoring.what_if(score(table, criteria), [proof]))


def test_a_scenario_without_effect_on_the_track_says_so(base):
    proof = row(kind="proof", item_code="1.1.1", text="refused")
    assert "scenario-no-effect" in codes(scoring.what_if(base, [proof], track="computed"))


# Several scenarios of one file.


def test_each_scenario_stands_alone_beside_all_of_them_together(small):
    rows = [figure(4.0, name="a"), figure(6.0, "2", name="b")]
    seen = scoring.what_if(small, rows)
    alone = seen.alone.set_index(["scenario", "unit_code"])["other_points"]
    for name, own in zip("ab", rows, strict=True):
        index = scoring.what_if(small, [own]).units.set_index("unit_code")["other_points"]
        assert alone[name].to_dict() == index.to_dict()
    told = alone_section(seen, "vi").rows
    assert [(row[0], row[1], row[3]) for row in told if row[0] == "A"] == [
        ("A", "a", 6.0), ("A", "b", 7.0), ("A", "tất cả cùng lúc", 10.0)]  # fmt: skip


def test_one_scenario_is_chosen_out_of_a_file_by_its_name():
    table = scenario_table([figure(4.0, name="Làm thêm"), figure(6.0, "2", name="b")])
    kept, problems = only_named(table, ["làm  THÊM"])
    assert kept["scenario"].tolist() == ["Làm thêm"] and problems == []
    kept, [found] = only_named(table, ["c"])
    assert found.code == "scenario-name-unknown" and not len(kept)
    assert "Làm thêm; b" in found.problem("vi")


def test_what_is_left_out_wins_and_loses_nothing_and_its_figures_are_no_mistake_of_the_unit():
    criteria = direct_set({"1": 4, "2": {"max_points": 6, "not_applicable": "drop"}})
    rows = [{"item_code": item, "input": "points", "value": 2.0} for item in "12"]
    sheet = score(inputs_table(rows, unit_code="A", year=2026), criteria)
    mark = figure(np.nan, "2") | {"input": "not_applicable", "text": "có"}
    seen = scoring.what_if(sheet, [mark])
    assert codes(seen) == []
    assert _items(seen, "vi").rows == (("A", "2", "Mục 2", 2.0, "Không áp dụng", "—", 6.0, 0.0),)
    # Of a scenario that says both, the figure is one too many.
    both = scoring.what_if(sheet, [mark, figure(3.0, "2")])
    assert codes(both) == ["not-applicable-beside-figure"]


def test_of_several_periods_each_result_is_told_with_its_own():
    criteria = direct_set({"1": 4, "2": 6})
    rows = [{"item_code": item, "input": "points", "value": 2.0, "period": period}
            for period in ("quý I", "quý II") for item in "12"]  # fmt: skip
    sheet = score(inputs_table(rows, unit_code="A", year=2026), criteria)
    seen = scoring.what_if(sheet, ["1.points=3"])
    times = ["A, quý I/2026", "A, quý II/2026"]
    for section in (_items(seen, "vi"), _gaps(seen, "vi")):
        assert [row[0] for row in section.rows] == times
    assert [row[2] for row in _changes(seen, "vi").rows] == times
    said = first_sentence(seen, "vi")
    assert "2 trong 2 kết quả (của từng đơn vị ở từng kỳ) tăng" in said


def test_of_a_unit_to_which_nothing_applies_no_range_is_told():
    criteria = direct_set({"1": {"max_points": 10, "not_applicable": "drop"}})
    rows = [{"item_code": "1", "input": "points", "not_applicable": True}]
    seen = scoring.what_if(score(inputs_table(rows, unit_code="A", year=2026), criteria), [])
    assert first_sentence(seen, "vi") == "Không mục nào áp dụng, nên không có chỉ số để so."
    assert unit_section(seen, "vi").rows[0][2:4] == ("—", "—")


def test_points_of_a_penalty_are_told_as_points_off():
    criteria = direct_set({"1": 10, "9": {"max_points": 3, "kind": "penalty"}},
                          meta={"outside_areas": {"penalty_cap_points": 3}})  # fmt: skip
    rows = [{"item_code": item, "input": "points", "value": 2.0} for item in "19"]
    sheet = score(inputs_table(rows, unit_code="A", year=2026), criteria)
    seen = scoring.what_if(sheet, ["9.points=1"])
    assert [row[2] for row in _items(seen, "en").rows] == ["Mục 9 (points off)"]


def test_figures_that_are_not_there_and_decimals_are_told_as_people_write_them(small):
    open_one = score(small.figures.source.iloc[1:], small.criteria)
    seen = scoring.what_if(open_one, [figure(1.5), figure(2.5, name="b")])
    [told] = _changes(seen, "vi").rows
    assert told[5:7] == ("chưa báo cáo", "2,5")
    assert "“a” đặt 1,5, nhưng" in seen.findings[0].text("vi")


def test_answers_are_told_in_the_words_that_people_choose(base):
    choice = next((code, entry) for code, rule in base.criteria.rules.items()
                  for entry in rule.spec.inputs if entry.kind == "choice")  # fmt: skip
    options = base.criteria.rules[choice[0]].spec.options_of(choice[1].name)
    rows = [row(item_code=choice[0], input=choice[1].name, text=option.code) for option in options]
    rows = [row(item_code="1.1.2", input="funded", text="yes"), rows[-1]]
    section = _changes(scoring.what_if(base, rows), "vi")
    texts = [cell for told in section.rows for cell in told[5:7]]
    assert "Có" in texts and options[-1].label_vi in texts
    assert not {option.code for option in options} & set(texts)

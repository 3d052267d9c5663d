"""The content of a report: figures, bounds, causes, steps, in the language asked for."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import math

import docx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from set_builder import direct_set

from scoring.analysis import check_targets, rank, with_planned_leads
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.outputs.amounts import change_amount, points_amount
from scoring.outputs.content import league, report_contents
from scoring.outputs.page import report_page
from scoring.outputs.word import word_report
from scoring.points import inputs_table, score


def word_text(data):
    document = docx.Document(io.BytesIO(data))
    return "\n".join(
        node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t")
    )


def test_the_headline_is_the_published_index_with_its_target(province, make_content):
    head = make_content(province).headline
    assert head.index.text == "61,89"
    assert (head.target.text, head.target.said) == ("70", "chưa đạt, còn thiếu 8,11 điểm")
    assert head.items_scored == head.items_applicable == 17
    assert head.last_year is None, "nothing is known of last year"


def test_an_open_index_has_bounds_and_no_grade_gap_or_change(unfinished, make_content):
    content = make_content(unfinished)
    head = content.headline
    assert head.is_open
    assert head.range_text == "18,00 – 98,00"
    assert head.target is None
    assert head.grade == ""
    assert len(content.open_items) == 16
    assert content.open_items[0].missing_inputs == (
        "Số TTHC công bố đúng hạn",
        "Số TTHC phải công bố trong kỳ",
    )
    assert content.open_items[0].points.text == "—", "missing is not zero"


def test_every_target_stands_in_the_report_met_or_missed_and_by_how_much(province, make_content):
    wanted = pd.DataFrame(
        [("", "INDEX", 61.0), ("", "1", 12.0), ("", "5.1", 1.0), ("phu-tho", "INDEX", 61.89)],
        columns=["unit_code", "code", "target_points"],
    )
    accepted, findings = check_targets(wanted, province.sheet)
    result = dataclasses.replace(province, targets=accepted, findings=tuple(findings))
    content = make_content(result)
    said = {row.code: row.target.said for row in content.targets}
    assert list(said) == ["", "1", "5.1"] and not findings
    assert said[""] == "đã đạt"
    assert said["1"].startswith("chưa đạt, còn thiếu ") and said["5.1"].startswith("đã đạt, vượt ")
    for text in (report_page(content), word_text(word_report(content))):
        assert all(words in text for words in said.values())


def test_the_loss_is_one_figure_and_says_how_it_stands_to_the_scale(departments, make_content):
    content = make_content(departments, unit_code="SM-A")
    head = content.headline
    assert (head.lost.text, head.index.text) == ("18,13", "81,63")
    assert sum(area.lost.value for area in content.areas if area.kind != "bonus") == pytest.approx(
        head.lost.value, abs=0.02
    )
    assert "tối đa 96;" in head.lost_note and "18,37" in head.lost_note
    assert head.lost_note in word_text(word_report(content))
    assert head.lost_note in report_page(content)


def test_on_a_day_what_is_past_is_overdue_and_what_is_done_is_done(province, make_content):
    plan = pd.DataFrame(
        {
            "unit_code": "phu-tho",
            "year": 2026,
            "period": "năm",
            "task_code": ["1", "2"],
            "lead_unit": ["Sở A", "Sở B"],
            "due_on": pd.Timestamp("2026-06-30"),
            "done_on": [pd.NaT, pd.Timestamp("2026-06-01")],
            "item_codes": ["1.1", "1.2"],
        }
    )
    result = dataclasses.replace(province, gaps=with_planned_leads(province.gaps, plan))
    late = {on: make_content(result, as_of=on).risks for on in (None, dt.date(2026, 7, 1))}
    overdue = {on: [row.lead_unit for row in rows if row.is_overdue] for on, rows in late.items()}
    assert overdue == {None: [], dt.date(2026, 7, 1): ["Sở A"]}


def test_the_first_screen_says_of_which_day_the_figures_are(departments, province, make_content):
    days = departments.data_days
    dated = next(
        report_contents(
            departments.sheet, departments.gaps, departments.targets,
            units=["SM-A"], data_days=days, as_of=dt.date(2026, 3, 1),
        )
    )  # fmt: skip
    assert dated.data_text == "số liệu đến ngày 12/12/2025 · xem ngày 01/03/2026"
    assert f"{dated.data_text}" in report_page(dated)
    assert make_content(province).data_text == "số liệu không ghi ngày"


def test_every_lost_point_stands_under_one_cause(departments, make_content):
    content = make_content(departments, unit_code="SM-A")
    assert sum(row.lost.value for row in content.causes) == pytest.approx(
        content.headline.lost.value, abs=0.02
    )
    codes = [code for row in content.causes for code in row.item_codes]
    assert sorted(codes) == sorted(item.code for item in content.items_by_loss)


def test_steps_are_ranked_by_the_points_they_can_win_back(departments, make_content):
    steps = make_content(departments, unit_code="SM-A").steps
    points = [step.points.value for step in steps]
    assert points == sorted(points, reverse=True)
    assert [step.rank for step in steps] == list(range(1, len(steps) + 1))


def test_proof_can_still_be_added_now_but_results_only_next_period(province, make_content):
    gaps = province.gaps.copy()
    gaps.loc[gaps["item_code"] == "1.1", "cause"] = "no-evidence"
    changed = dataclasses.replace(province, gaps=gaps)
    for_now = {step.item.code: step.is_for_now for step in make_content(changed).steps}
    assert for_now["1.1"]
    assert not for_now["1.2"]


def test_lead_units_and_deadlines_come_from_the_plan(province, make_content):
    tasks = pd.DataFrame(
        {
            "item_codes": ["1.1; 1.2", "1.2"],
            "lead_unit": ["Văn phòng UBND tỉnh", "Sở Tư pháp"],
            "due_on": pd.to_datetime(["2026-12-15", "2026-06-30"]),
        }
    )
    content = make_content(province, tasks=tasks, as_of=dt.date(2026, 7, 1))
    risks = {row.lead_unit: row for row in content.risks}
    assert risks["Văn phòng UBND tỉnh"].due_on == "15/12/2026"
    assert not risks["Văn phòng UBND tỉnh"].is_overdue
    assert risks["Sở Tư pháp"].is_overdue
    assert risks["Sở Tư pháp"].points.text == "4,00"
    assert "1.1" not in risks[""].item_codes


def test_a_lead_unit_of_the_gap_itself_goes_before_the_plan(province, make_content):
    gaps = province.gaps.copy()
    gaps.loc[gaps["item_code"] == "1.1", "lead_unit"] = "Sở Nội vụ"
    tasks = pd.DataFrame(
        {"item_codes": ["1.1"], "lead_unit": ["Sở Tư pháp"], "due_on": [pd.Timestamp("2026-06-30")]}
    )
    content = make_content(dataclasses.replace(province, gaps=gaps), tasks=tasks)
    item = next(item for item in content.items if item.code == "1.1")
    assert (item.lead_unit, item.due_on) == ("Sở Nội vụ", "30/06/2026")


def test_last_year_gives_progress_by_node(province, unfinished, make_content):
    content = make_content(province, last_year=province.sheet)
    assert content.headline.change.text == "0,00"
    assert content.areas[0].last_year.text == "7,96"
    assert make_content(province, last_year=unfinished.sheet).headline.last_year is None


def test_english_content_has_english_numbers_names_and_steps(province, make_content):
    content = make_content(province, lang="en")
    assert content.headline.index.text == "61.89"
    assert content.areas[0].name == "Publicity and transparency"
    assert content.steps[0].step == "Improve the result of this item in the next period."


def test_a_step_the_unit_wrote_itself_is_kept(province, make_content):
    gaps = province.gaps.assign(next_step="Họp giao ban ngày 05 hằng tháng")
    content = make_content(dataclasses.replace(province, gaps=gaps), lang="en")
    assert content.steps[0].step == "Họp giao ban ngày 05 hằng tháng"


def test_findings_of_other_units_stay_out(departments, make_content):
    found = (
        Finding("nothing-filled-in", unit_code="SM-A"),
        Finding("nothing-filled-in", unit_code="SM-B"),
        Finding("manifest-missing"),
    )
    content = make_content(dataclasses.replace(departments, findings=found), unit_code="SM-A")
    assert [row.code for row in content.findings] == ["nothing-filled-in", "manifest-missing"]


def test_a_unit_must_be_named_where_there_are_several(departments, make_content):
    with pytest.raises(UsageError, match="one of 2 units"):
        make_content(departments)
    with pytest.raises(UsageError, match="SM-Z"):
        make_content(departments, unit_code="SM-Z")


def test_contents_come_in_the_order_asked_for(departments):
    contents = report_contents(
        departments.sheet, departments.gaps, departments.targets, units=["SM-B", "SM-A"]
    )
    assert [content.key.unit_code for content in contents] == ["SM-B", "SM-A"]


def test_the_league_ranks_within_blocks_and_leaves_open_units_unranked(many_units):
    table = league(many_units(40).sheet)
    for block in table.blocks:
        members = [row for row in table.rows if row.block == block and row.rank]
        points = [row.index.value for row in members]
        assert points == sorted(points, reverse=True)
        assert members[0].rank == 1
    still_open = [row for row in table.rows if not row.index.is_known]
    assert [row.rank for row in still_open] == [0] * table.open_count
    assert table.rows[-1] in still_open


@given(st.floats(-200, 200, allow_nan=False))
def test_the_text_of_an_amount_reads_back_as_its_value(value):
    amount = points_amount(value)
    assert float(amount.text.replace(".", "").replace(",", ".")) == pytest.approx(amount.value)
    change = change_amount(value)
    assert change.text[0] in "+−" or change.value == 0


def test_nothing_known_has_no_number():
    amount = points_amount(math.nan)
    assert (amount.text, amount.is_known) == ("—", False)


def test_points_without_proof_are_at_risk_and_not_lost(unproven, departments, make_content):
    content = make_content(unproven, unit_code="SM-A")
    before = make_content(departments, unit_code="SM-A")
    risky = {item.code: item for item in content.items_at_risk}
    items = {item.code: item for item in before.items}
    # The rule of 1.1.1 has charged the delay already; its late proof takes nothing again.
    assert items["1.1.1"].points.value < items["1.1.1"].maximum.value
    assert set(risky) == {"1.1.2"}
    assert risky["1.1.2"].at_risk.value == items["1.1.2"].points.value
    assert content.headline.lost == before.headline.lost
    assert content.causes == before.causes
    # Items that do not apply raise the weight of the others, so a little more goes than is at risk.
    supported = content.headline.index.value - content.headline.at_risk.value
    assert supported - 0.1 < content.headline.supported.value <= supported
    assert content.headline.claimed is not None


def test_late_proof_cannot_be_mended_now(unproven, make_content):
    steps = make_content(unproven, unit_code="SM-A").steps
    late = [step for step in steps if step.item.code == "1.1.1"]
    assert late
    assert not any(step.is_for_now for step in late)


def test_missing_proof_is_a_step_for_now(unproven, make_content):
    content = make_content(unproven, unit_code="SM-A")
    steps = [step for step in content.steps if step.item.code == "1.1.2" and step.is_for_now]
    assert steps[0].step == "Bổ sung tài liệu kiểm chứng, hoặc giải trình."
    assert content.risks[0].at_risk == content.headline.at_risk
    assert "1.1.2" in [item.code for item in content.items_to_explain]


def test_units_whose_points_add_up_to_the_same_share_a_rank_in_the_league_and_in_rank():
    areas = {"1": 50, "2": 30, "3": 20}
    rounding = {"decimals": 2, "stage": "index", "rank_on": "unrounded"}
    criteria = direct_set(areas, meta={"total_points": 100, "rounding": rounding})
    units = {"B": (38.43, 28.33, 13.24), "A": (30, 25, 20), "C": (40, 20, 20.0)}
    rows = [
        {"unit_code": unit, "item_code": code, "input": "points", "value": value}
        for unit, values in units.items()
        for code, value in zip(areas, values, strict=True)
    ]
    sheet = score(inputs_table(rows, year=2026), criteria)
    shown = {row.key.unit_code: row.rank for row in league(sheet).rows}
    assert shown == {"B": 1, "C": 1, "A": 3}
    assert dict(rank(sheet.index, criteria.meta)[["unit_code", "rank"]].to_numpy()) == shown
    # Equal ones stand in the order of their names.
    assert [row.key.unit_code for row in league(sheet).rows] == ["B", "C", "A"]

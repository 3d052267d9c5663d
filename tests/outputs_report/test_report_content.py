"""The content of a report: figures, bounds, causes, steps, in the language asked for."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import itertools
import math
import re
import statistics

import docx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from set_builder import direct_set

from scoring.analysis import check_targets, gap_table, rank, with_planned_leads
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.outputs.amounts import change_amount, points_amount
from scoring.outputs.content import league, league_sentence, report_contents, unit_sentence
from scoring.outputs.content.block_standing import standings
from scoring.outputs.page import league_page, report_page
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
    assert content.steps[0].step == (
        "Procedures announced on time: 89 more (from 0 to 89 TTHC, which is 100%): +6 points."
    )


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


def areas_set(**meta):
    rounding = {"decimals": 2, "stage": "index", "rank_on": "rounded"}
    return direct_set({"1": 60, "2": 40}, meta={"total_points": 100, "rounding": rounding} | meta)


def sheet_of(units, block="Khối sở"):
    """Score units by the points of their two areas; None leaves the second open."""
    rows = [
        {"unit_code": f"U{place}", "item_code": code, "input": "points", "value": value}
        for place, values in enumerate(units)
        for code, value in zip("12", values, strict=True)
        if value is not None
    ]
    table = inputs_table(rows, year=2026)
    return score(table.assign(block=block, unit_name="Sở " + table["unit_code"]), areas_set())


def contents_of(sheet, **wanted):
    gaps, nothing = gap_table(sheet), check_targets(NO_TARGETS, sheet)[0]
    return list(report_contents(sheet, gaps, nothing, **wanted))


NO_TARGETS = pd.DataFrame({"unit_code": [], "code": [], "target_points": []})


def test_each_unit_sees_its_rank_and_the_median_and_spread_of_its_block():
    sheet = sheet_of([(30, 20), (50, 40), (40, 30), (10, None)])
    contents = contents_of(sheet)
    said = contents[2].standing.text("vi")
    assert said == (
        "Xếp thứ 2 trong 3 đơn vị đã chấm đủ (Khối sở); 3 đơn vị đã chấm đủ có trung vị 70,00 điểm, "
        "thấp nhất 50,00, cao nhất 90,00; tính cả đơn vị chưa chấm đủ, trung vị là 60,00."
    )
    still_open = contents[3].standing.text("vi")
    assert still_open.startswith(
        "Chưa xếp hạng (Khối sở); khi cả 4 đơn vị chấm đủ, thứ hạng nằm trong khoảng 3 đến 4;"
    )
    for content in contents:
        assert content.standing.text("vi") in report_page(content)
        assert content.standing.text("vi") in word_text(word_report(content))


def test_a_unit_without_others_beside_it_has_no_rank():
    [content] = contents_of(sheet_of([(30, 20)]))
    assert content.standing is None
    assert "xếp thứ" not in unit_sentence(content)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.none() | st.integers(0, 4)), min_size=2, max_size=4)
)
def test_ranks_and_medians_lie_between_their_ends_however_the_open_units_turn_out(units):
    """Every completion of the open units keeps to what was said before."""
    sheet = sheet_of([(10 * a, None if b is None else 10 * b) for a, b in units])
    places = standings(sheet)
    row = places[sheet.keys[0]].block
    choices = [[b] if b is not None else [0, 2, 4] for _, b in units]
    for filled in itertools.product(*choices):
        points = [10 * (a + b) for (a, _), b in zip(units, filled, strict=True)]
        assert row.median_low.value <= statistics.median(points) <= row.median_high.value
        for key, own in zip(sheet.keys, points, strict=True):
            rank_now = 1 + sum(other > own for other in points)
            assert places[key].best <= rank_now <= places[key].worst


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_first_sentence_says_where_why_and_what_next_by_figures_of_the_tables(
    lang, province, departments, unfinished, unproven, make_content
):
    for result, unit in ((province, "phu-tho"), (departments, "SM-A"), (unfinished, "H1"), (unproven, "SM-B")):  # fmt: skip
        content = make_content(result, unit_code=unit, lang=lang)
        said = unit_sentence(content)
        assert said.endswith(".")
        page = html.fromstring(report_page(content))
        assert page.xpath("//header/p[@class='finding']")[0].text == said
        tables = " ".join(page.xpath("//main")[0].itertext())
        for figure in re.findall(r"\d+[.,]\d\d", said):
            assert figure in tables


def test_the_first_sentence_names_target_loss_and_next_step(province, make_content):
    assert unit_sentence(make_content(province)) == (
        "UBND tỉnh Phú Thọ đạt 61,89 trên 100 điểm, so với chỉ tiêu 70 điểm thì chưa đạt, còn thiếu "
        "8,11 điểm; mất nhiều điểm nhất ở mục 1.1 “Công bố thủ tục hành chính đúng hạn” (6,00 điểm, "
        "kết quả chưa đạt mức tối đa); việc nên làm trước ở mục 2 “Tiến độ giải quyết hồ sơ”: số hồ sơ "
        "xử lý trước hạn, đúng hạn và đang xử lý trong hạn: thêm 69.233 hồ sơ (từ 528.684 lên "
        "597.917, đạt 99,99%, làm tròn thành trọn điểm): +2,32 điểm."
    )


def test_the_first_sentence_names_the_nearest_deadline_or_what_is_overdue(province):
    tasks = pd.DataFrame(
        {
            "item_codes": ["1.1", "1.2"],
            "lead_unit": ["Sở Nội vụ", "Sở Nội vụ"],
            "due_on": pd.to_datetime(["2026-03-31", "2026-06-30"]),
        }
    )

    def said(as_of):
        [content] = report_contents(
            province.sheet, province.gaps, province.targets, tasks=tasks, as_of=as_of
        )
        return unit_sentence(content).split("; ")[-1]

    assert said(dt.date(2026, 4, 1)).startswith("hạn gần nhất là 30/06/2026, mục 1.2 ")
    assert said(dt.date(2026, 8, 1)).startswith("đã quá hạn 31/03/2026, mục 1.1 ")
    assert said(None).startswith("hạn gần nhất là 31/03/2026, mục 1.1 ")


def test_equal_losses_are_named_together_and_nothing_lost_is_said():
    tied, full = contents_of(sheet_of([(50, 30), (60, 40)]))
    assert "mất nhiều điểm nhất ở các mục 1, 2 (mỗi mục 10,00 điểm)" in unit_sentence(tied)
    assert "không mất điểm ở mục nào" in unit_sentence(full)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_view_of_many_units_begins_with_its_finding_by_figures_of_its_tables(lang, many_units):
    table = league(many_units(40).sheet, lang)
    said = league_sentence(table)
    page = html.fromstring(league_page(table))
    assert page.xpath("//header/p[@class='finding']")[0].text == said
    tables = " ".join(page.xpath("//main")[0].itertext())
    figures = re.findall(r"\d+[.,]\d\d", said)
    low, high = table.whole.mean_low.text, table.whole.mean_high.text
    assert figures[-2:] == [low, high], "what is open is said as bounds"
    assert all(figure in tables for figure in figures)
    assert f"{table.whole.ranked}" in said and f"{table.whole.count}" in said
    spreads = page.xpath("//table[@class='spread']/tbody/tr")
    assert len(spreads) == len(table.blocks)


def test_the_mean_of_many_units_says_of_how_many_it_is(many_units):
    table = league(many_units(40).sheet)
    index = many_units(40).sheet.index
    assert table.whole.mean.value == pytest.approx(index["points"].mean(), abs=0.005)
    assert table.whole.mean_low.value == pytest.approx(index["points_low"].mean(), abs=0.005)
    page = league_page(table)
    assert f"Trung bình của {table.whole.ranked}/40 đơn vị đã chấm đủ" in page


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
    assert steps[0].step == "Bổ sung kế hoạch: giữ 0,75 điểm đang thiếu chứng minh."
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


def test_one_column_has_one_number_of_decimals(departments, province, make_content):
    """Never "15" beside "12,25" in a column of maxima or targets."""
    wanted = pd.DataFrame(
        [("SM-A", "INDEX", 72.5), ("SM-A", "1", 10.0), ("SM-A", "3", 12.25)],
        columns=["unit_code", "code", "target_points"],
    )
    [content] = report_contents(departments.sheet, departments.gaps, wanted, units=["SM-A"])
    decimals = {len(row.target.text.partition(",")[2]) for row in content.targets}
    assert decimals == {2}
    maxima = [row.maximum.text for row in (*content.areas, *content.items)]
    maxima.append(content.headline.column_maximum.text)
    assert {len(text.partition(",")[2]) for text in maxima} == {2}
    whole = make_content(province)
    assert {row.maximum.text for row in whole.areas} >= {"18", "20"}, "no zeros that say nothing"
    assert whole.headline.column_maximum.text == "100"


def test_a_bonus_is_not_named_twice(departments, make_content):
    content = make_content(departments, unit_code="SM-A")
    names = {area.kind: area.full_name("vi") for area in content.areas}
    assert names["bonus"] == "Điểm thưởng"
    assert "(" not in names["normal"]
    for text in (report_page(content), word_text(word_report(content))):
        assert "điểm thưởng)" not in text
    renamed = dataclasses.replace(content.areas[-1], kind="penalty", name="Vi phạm kỷ luật")
    assert renamed.full_name("vi") == "Vi phạm kỷ luật (điểm trừ)"
    penalty = next(area for area in content.areas if area.kind == "penalty")
    assert penalty.full_name("vi") == "Điểm phạt (điểm trừ)" or "(" not in penalty.full_name("vi")


def test_two_years_are_held_each_against_its_own_target(departments):
    wanted = pd.DataFrame(
        [("SM-A", 2025, "", "INDEX", 70.0), ("SM-A", 2026, "", "INDEX", 90.0)],
        columns=["unit_code", "year", "period", "code", "target_points"],
    )
    [content] = report_contents(departments.sheet, departments.gaps, wanted, units=["SM-A"])
    assert content.headline.target.value == 70

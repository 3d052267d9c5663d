"""What reports say of units and sets that are odd but plausible: each sentence and figure is true."""

from __future__ import annotations

import io

import docx
import openpyxl
import pandas as pd
import pytest
from set_builder import direct_set, given

from scoring.analysis import gap_table
from scoring.base.units import UnitKey
from scoring.outputs.content import (
    league,
    league_sentence,
    report_content,
    report_contents,
    unit_sentence,
)
from scoring.outputs.content.block_standing import standings
from scoring.outputs.content.explained_items import found_lines
from scoring.outputs.content.set_identity import chart_context
from scoring.outputs.page import league_page, report_page
from scoring.outputs.province_report.province_content import province_content
from scoring.outputs.province_report.province_parts import province_parts
from scoring.outputs.report_workbook import report_workbook
from scoring.outputs.word import word_report
from scoring.points import inputs_table, score
from scoring.points.tracks import with_decisions
from scoring.tables import empty, table_of

NOTHING = empty("Targets")
PARENTS = [("1", 4), ("2", 6)]
LEAVES = {"1.1": 4, "2.1": 6}
OUTSIDE = {"P": {"max_points": 3, "kind": "penalty"}, "T": {"max_points": 2, "kind": "bonus"}}
CAPS = {"bonus_cap_points": 2, "penalty_cap_points": 3, "may_exceed_total": False}


def run_of(units, leaves=LEAVES, parents=PARENTS, **meta):
    """Score units ``{code: (name, points by item)}``; "NA" marks an item that does not apply."""
    rows = [
        {
            "unit_code": code,
            "unit_name": name,
            "item_code": item,
            "input": "points",
            "value": None if value == "NA" else value,
            "not_applicable": value == "NA",
        }
        for code, (name, points) in units.items()
        for item, value in points.items()
    ]
    criteria = direct_set(leaves, parents, meta=meta)
    return score(inputs_table(pd.DataFrame(rows), year=2026), criteria)


def content_of(sheet, lang="vi", targets=NOTHING, **wanted):
    return report_content(sheet, gap_table(sheet), targets, lang=lang, **wanted)


def sheet_with_outside(points):
    criteria = direct_set(LEAVES | OUTSIDE, PARENTS, meta={"outside_areas": CAPS})
    return score(given({"1.1": 4, "2.1": 6} | points), criteria)


def with_outside(points):
    return content_of(sheet_with_outside(points))


def workbook_cells(sheet, targets=NOTHING):
    data = report_workbook(
        sheet.scores, gap_table(sheet), [], sheet.criteria.items, targets,
        context=chart_context(sheet, "vi"),
    )  # fmt: skip
    return openpyxl.load_workbook(io.BytesIO(data))


def test_an_area_that_does_not_apply_is_no_area_of_0_points():
    everything = {"1.1": 4, "2.1": 3}
    units = {"A": ("A", everything), "B": ("B", {"1.1": "NA", "2.1": 3})}
    table = league(run_of(units, not_applicable="redistribute"))
    assert table.areas[0].mean.text == "4,00", "of the one unit that it applies to"
    [dropped] = [row for row in table.rows if row.unit_name == "B"]
    assert [figure.text for figure in dropped.areas] == ["—", "3,00"]
    assert "Mục 2 (trung bình 3,00 trên 6 điểm)" in league_sentence(table)


def test_the_points_of_an_item_that_does_not_apply_are_empty_in_the_tables_of_a_province():
    units = {"A": ("A", {"1.1": 4, "2.1": 3}), "B": ("B", {"1.1": "NA", "2.1": 3})}
    sheet = run_of(units, not_applicable="drop")
    content = province_content(sheet, gap_table(sheet))
    [key] = [row.key for row in content.units if row.unit_name == "B"]
    assert [item.points_text for item in content.items_of(key)] == ["—", "3,00"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_no_area_is_farthest_below_its_maximum_where_all_are_full(lang):
    sheet = run_of({unit: (unit, {"1.1": 4, "2.1": 6}) for unit in "AB"})
    table = league(sheet, lang)
    assert table.weakest_area is None
    assert league_sentence(table).count(";") == 0


def test_a_bonus_of_nothing_and_a_penalty_of_nothing_are_no_full_marks():
    content = with_outside({"P": 0, "T": 0})
    groups = {item.code: item.group for item in content.items}
    assert groups == {"1.1": "full", "2.1": "full", "P": "kept", "T": "kept"}
    page = report_page(content)
    assert '<option value="kept">Không mất điểm</option>' in page
    assert {item.code: item.group for item in with_outside({"P": 0, "T": 2}).items}["T"] == "full"


def test_what_a_penalty_may_take_is_told_from_the_least_to_the_most():
    [penalty] = [area for area in with_outside({"T": 0}).areas if area.kind == "penalty"]
    assert penalty.points_text == "0,00 – 3,00"
    assert penalty.low.value < penalty.high.value, "or its bar would look as if all were taken"


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (0, "đã đạt, trừ ít hơn 1,00 điểm"),
        (1, "đã đạt"),
        (2.5, "chưa đạt, trừ nhiều hơn 1,50 điểm"),
        (None, "chưa rõ, còn mục chưa chấm"),
    ],
)
def test_a_penalty_is_not_short_of_its_target_nor_beyond_it(points, said):
    target = table_of(
        [{"unit_code": "", "year": 0, "period": "", "code": "P", "target_points": 1.0, "note": ""}],
        "Targets",
    )
    sheet = sheet_with_outside({"P": points, "T": 0})
    [row] = content_of(sheet, targets=target).targets
    assert row.target.said == said
    told = list(workbook_cells(sheet, target)["Điểm"].iter_rows(values_only=True))
    assert [said in row for row in told if row[0] == "P"] == [True]


def test_what_is_open_is_not_told_as_lost_on_the_first_screen():
    units = {"A": ("A", {"1.1": 3})}
    content = content_of(run_of(units))
    assert dict(content.facts())["pack_lost_or_open"] == "7,00"
    assert content.top_lost_title == "Mục mất hoặc còn chờ nhiều điểm nhất"
    done = {"A": ("A", {"1.1": 3, "2.1": 6})}
    assert dict(content_of(run_of(done)).facts())["lost_points"] == "1,00"


@pytest.mark.parametrize(
    ("period", "title"),
    [("", "Kết quả chấm điểm năm 2026: A"), ("Quý I", "Kết quả chấm điểm Quý I/2026: A")],
)
def test_a_quarter_is_not_called_a_year(period, title):
    figures = given({"1.1": 4, "2.1": 6}).assign(period=period)
    content = content_of(score(figures, direct_set(LEAVES, PARENTS)))
    assert content.title == title
    assert title.removesuffix(": A") in report_page(content)


def test_units_of_one_name_are_told_apart_by_their_codes():
    points = {"1.1": 4, "2.1": 6}
    units = {"A": ("Phòng Nội vụ", points), "B": ("Phòng Nội vụ", points), "C": ("Sở", points)}
    sheet = run_of(units)
    names = {row.unit_name for row in league(sheet).rows}
    assert names == {"Phòng Nội vụ (A)", "Phòng Nội vụ (B)", "Sở"}
    assert set(chart_context(sheet, "vi").unit_names.values()) == names
    pages = report_contents(sheet, gap_table(sheet), NOTHING)
    assert [page.unit_name for page in pages] == ["Phòng Nội vụ", "Phòng Nội vụ", "Sở"], (
        "a unit's own letterhead has its name"
    )


@pytest.mark.parametrize(("decimals", "shown"), [(0, "#,##0"), (2, "#,##0.00"), (3, "#,##0.000")])
def test_the_workbook_shows_points_with_the_decimals_of_the_set(decimals, shown):
    rounding = {"decimals": decimals, "stage": "index", "rank_on": "rounded"}
    sheet = run_of({"A": ("A", {"1.1": 3.1236, "2.1": 6})}, rounding=rounding)
    book = workbook_cells(sheet)
    head = next(
        cell
        for row in book["Điểm"].iter_rows()
        for cell in row
        if cell.value == "Điểm" and cell.row > 1
    )
    assert book["Điểm"].cell(head.row + 1, head.column).number_format == shown
    areas = [row for row in book["Tóm tắt"].iter_rows() if row[0].value == "1"]
    assert areas[0][3].number_format == areas[0][6].number_format == shown


def test_the_workbook_says_what_is_a_penalty_and_what_a_bonus():
    sheet = sheet_with_outside({"P": 3, "T": 2})
    book = workbook_cells(sheet)
    for name in ("Tóm tắt", "Điểm"):
        told = {row[0].value: row[1].value for row in book[name].iter_rows()}
        assert (told["P"], told["T"]) == ("Mục P (điểm trừ)", "Mục T (điểm thưởng)")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_one_unit_assessed_in_full_is_told_without_a_mean_of_one(lang):
    units = {"A": ("Sở A", {"1.1": 3, "2.1": 6}), "B": ("Sở B", {"1.1": 4})}
    sheet = run_of(units)
    said = league_sentence(league(sheet, lang)).split(";")[0]
    assert (
        said
        == {
            "vi": "1/2 đơn vị đã chấm đủ: Sở A, 9,00 điểm",
            "en": "1 of 2 units is assessed in full: Sở A, 9.00 points",
        }[lang]
    )
    parts = {
        part.key: part.title
        for part in province_parts(province_content(sheet, gap_table(sheet), lang=lang))
    }
    assert "9,00 đến 9,00" not in parts["spread"]
    assert "9.00 to 9.00" not in parts["spread"]
    assert not {"trước hết", "first"} & set(parts["help"].replace(",", " ").split())


def test_equal_units_stand_in_one_bin_as_wide_as_a_point():
    sheet = run_of({unit: (unit, {"1.1": 4, "2.1": 6}) for unit in "AB"})
    [only] = province_content(sheet, gap_table(sheet)).distribution.bins
    assert (only.text, only.count) == ("9 – 10", 2), "no bin lies above the maximum"


def test_a_median_that_the_open_units_cannot_move_is_no_range():
    points = {"1.1": 3, "2.1": 6}
    units = {unit: (unit, points) for unit in "ABC"} | {"D": ("D", {"1.1": 4})}
    contents = report_contents(sheet := run_of(units), gap_table(sheet), NOTHING)
    assert "tính cả đơn vị chưa chấm đủ, trung vị là 9,00" in next(contents).standing.text("vi")


def test_points_that_a_rule_and_an_appraisal_take_off_one_item_are_both_told():
    sheet = run_of({"A": ("Sở A", {"1.1": 3.5, "2.1": 5.25})})
    lower = {"round": "final", "unit_code": "A", "year": 2026, "reason": "x"}
    decisions = [
        lower | {"item_code": "1.1", "points": 1.5},
        lower | {"item_code": "2.1", "points": 5.25},
    ]
    decided, _ = with_decisions(sheet, pd.DataFrame(decisions))
    content = content_of(decided.on_track("final"))
    items = {item.code: item for item in content.items}
    assert (items["1.1"].points.text, items["1.1"].lost.text) == ("1,50", "2,50")
    assert [(part.cause, part.lost.text) for part in items["1.1"].losses] == [
        ("appraised-lower", "2,00"), ("below-target", "0,50"),
    ]  # fmt: skip
    assert sum(item.lost.value for item in content.items) == content.headline.lost.value == 3.25
    assert "ở mục 1.1 “Mục 1.1” (2,50 điểm, thẩm định chấm thấp hơn; kết quả" in unit_sentence(
        content
    )
    assert sorted(step.points.text for step in content.steps) == ["0,50", "0,75", "2,00"]
    assert [(risk.points.text, risk.item_codes) for risk in content.risks] == [
        ("3,25", ("1.1", "2.1"))
    ]
    page = report_page(content)
    assert 'data-cause="appraised-lower below-target"' in page
    words = "\n".join(found_lines(content, items["1.1"]))
    assert "Thẩm định chấm thấp hơn: 2,00 điểm.\nKết quả chưa đạt mức tối đa: 0,50 điểm." in words
    said = docx.Document(io.BytesIO(word_report(content)))
    lines = [paragraph.text for paragraph in said.paragraphs]
    assert "Sở A đạt 6,75 trên 10 điểm." in lines, "it did not assess itself at what others decided"


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("vi", "từ 6,00 (Sở D) đến 9,00 (Sở A và 2 đơn vị khác)"),
        ("en", "from 6.00 (Sở D) to 9.00 (Sở A and 2 more)"),
    ],
)
def test_of_equal_units_none_alone_stands_at_the_top(lang, said):
    high, low = {"1.1": 3, "2.1": 6}, {"1.1": 3, "2.1": 3}
    units = {unit: (f"Sở {unit}", low if unit == "D" else high) for unit in "ABCD"}
    assert said in league_sentence(league(run_of(units), lang))


def test_a_unit_to_which_nothing_applies_has_no_range_of_points():
    units = {"A": ("Sở A", {"1.1": "NA", "2.1": "NA"}), "B": ("Sở B", {"1.1": 4, "2.1": 6})}
    sheet = run_of(units, not_applicable="drop")
    content = content_of(sheet, unit_code="A")
    assert unit_sentence(content) == "Sở A không có mục nào áp dụng, nên không có chỉ số."
    assert content.headline.range_text == "—"
    assert "— – —" not in report_page(content)


def test_the_table_of_units_names_what_counts_for_the_index_besides_its_columns():
    page = league_page(league(sheet_with_outside({"P": 3, "T": 2})))
    assert "Chỉ số còn tính, ngoài các lĩnh vực: P Mục P (điểm trừ); T Mục T (điểm thưởng)." in page
    assert "ngoài các lĩnh vực" not in league_page(league(run_of({"A": ("A", {"1.1": 3})})))


@pytest.mark.parametrize(
    ("lang", "said"),
    [("vi", "Quý II/2026: 1/1 đơn vị đã chấm đủ"), ("en", "Quý II/2026: 1 of 1 unit is assessed")],
)
def test_the_sentence_over_units_of_several_quarters_names_the_quarter_it_is_about(lang, said):
    rows = [
        {"unit_code": unit, "period": quarter, "item_code": item, "input": "points", "value": 1}
        for unit, quarter in (("A", "quý I"), ("B", "quý I"), ("A", "quý II"))
        for item in LEAVES
    ]
    sheet = score(inputs_table(pd.DataFrame(rows), year=2026), direct_set(LEAVES, PARENTS))
    assert league_sentence(league(sheet, lang)).startswith(said)
    of_one_year = run_of({"A": ("", {"1.1": 4, "2.1": 6})})
    assert league_sentence(league(of_one_year, lang)).startswith("1")


def test_a_unit_to_which_nothing_applies_is_not_open_and_stands_above_nobody():
    leaves = {code: {"max_points": most, "not_applicable": "drop"} for code, most in LEAVES.items()}
    units = {
        "A": ("Sở A", {"1.1": 4, "2.1": 3}),
        "B": ("Sở B", {"1.1": 2, "2.1": 3}),
        "C": ("Sở C", {"1.1": "NA", "2.1": "NA"}),
    }
    sheet = run_of(units, leaves)
    told = league_sentence(league(sheet))
    assert told.startswith("2/2 đơn vị đã chấm đủ") and "chưa chấm đủ" not in told
    assert told.endswith("; 1 đơn vị không có mục nào áp dụng.")
    summary = province_content(sheet, gap_table(sheet)).summary
    assert (summary.units, summary.assessed, summary.open) == (3, 2, 0)
    assert not league(sheet).whole.has_open
    # Beside an open unit, too, it is no place that others may fall to.
    units["D"] = ("Sở D", {"1.1": 4, "2.1": None})
    places = standings(run_of(units, leaves))
    ends = {key.unit_code: (place.best, place.worst) for key, place in places.items()}
    assert {code: ends[code] for code in "ABD"} == {"A": (1, 2), "B": (2, 3), "D": (1, 3)}
    assert places[UnitKey("A", 2026)].block.assessable == 3
    nobody = run_of({"C": units["C"]}, leaves)
    assert league_sentence(league(nobody, "en")) == "No item applies to 1 unit."

"""The workbook of a province: what the page says, as numbers, ready to filter and to print."""

from __future__ import annotations

import dataclasses
import html
import io
import re
import zipfile

import numpy as np
import openpyxl
import pytest

from scoring.base.numbers import format_number
from scoring.outputs import section_sheets
from scoring.outputs.province_report import province_workbook as province_workbook_module
from scoring.outputs.province_report.province_content import province_content
from scoring.outputs.province_report.province_page import province_page
from scoring.outputs.province_report.province_workbook import province_workbook
from scoring.outputs.theme import RAMP

HEAD = 4


@pytest.fixture(scope="module")
def content(unproven):
    last = unproven.sheet.scores.assign(year=2024)
    last["points"] = last["points"] * 0.9
    return province_content(unproven.sheet, unproven.gaps, unproven.targets, last_scores=last)


@pytest.fixture(scope="module")
def book(content):
    return openpyxl.load_workbook(io.BytesIO(province_workbook(content)))


def rows_of(sheet, count):
    return [
        [cell.value for cell in row]
        for row in sheet.iter_rows(min_row=HEAD + 1, max_row=HEAD + count)
    ]


def test_figures_are_the_same_on_the_page_in_the_workbook_and_in_the_table(content, book, unproven):
    page = html.unescape(province_page(content))
    lost = unproven.gaps[unproven.gaps["kind"] == "lost"].groupby("item_code")["lost_points"].sum()
    losing = rows_of(book["Mất điểm theo mục"], len(content.losses.items))
    assert {row[0] for row in losing} >= set(lost.index)
    for row, own in zip(losing, content.losses.items, strict=True):
        assert (row[0], row[1], row[3], row[6]) == (own.code, own.name, own.lost.value, own.units)
        assert row[3] == pytest.approx(lost.get(own.code, 0.0), abs=0.005)
        assert f"<strong>{own.lost.text}</strong>" in page
    units = rows_of(book["Các đơn vị"], len(content.units))
    points = unproven.sheet.index.set_index("unit_name")["points"]
    for row, own in zip(units, content.units, strict=True):
        assert row[3] == pytest.approx(points[row[1]], abs=0.005)
        assert f"<strong>{own.range_text}</strong>" in page
    moved = rows_of(book["Thay đổi"], len(content.changes.rows))
    for row, own in zip(moved, content.changes.rows, strict=True):
        assert (row[0], row[4]) == (own.unit_name, own.change.value)
        assert f"<strong>{own.change.text}</strong>" in page


def test_every_unit_and_item_that_loses_stands_there_with_its_cause(content, book):
    told = {
        (row[0], row[2].split(" ")[0]): (row[4], row[6])
        for row in rows_of(book["Chỗ mất điểm"], book["Chỗ mất điểm"].max_row - HEAD)
        if row[2]
    }
    wanted = {
        (unit.unit_name, item.head.code): item.cause_name
        for unit in content.units
        for item in content.items_of(unit.key)
        if item.cause
    }
    assert {key: cause for key, (_, cause) in told.items()} == wanted


def test_what_is_open_is_an_empty_cell_and_never_zero(unfinished):
    content = province_content(unfinished.sheet, unfinished.gaps)
    sheet = openpyxl.load_workbook(io.BytesIO(province_workbook(content)))["Điểm từng mục"]
    for row, unit in zip(rows_of(sheet, len(content.units)), content.units, strict=True):
        for value, item in zip(row[2:], content.items_of(unit.key), strict=True):
            assert (value is None) == (item.status == "not_assessed")


def test_an_open_area_is_the_range_it_lies_in_and_not_its_least_end(unfinished):
    content = province_content(unfinished.sheet, unfinished.gaps)
    book = openpyxl.load_workbook(io.BytesIO(province_workbook(content)))
    [row], [unit] = rows_of(book["Các đơn vị"], 1), content.units
    sheet = unfinished.sheet
    for value, area, told in zip(
        row[-len(unit.areas) :], sheet.criteria.areas, unit.areas, strict=True
    ):
        points = sheet.points[sheet.row(area.code), 0]
        assert value == (told.text if np.isnan(points) else pytest.approx(points, abs=0.005))
    assert any(isinstance(value, str) and " – " in value for value in row)


def test_a_title_stands_whole_on_each_of_the_pages_side_by_side(thirty):
    book = openpyxl.load_workbook(io.BytesIO(province_workbook(thirty[0])))
    parted = {sheet.title: sheet for sheet in book if sheet.print_title_cols}
    assert {"Các đơn vị", "Điểm từng mục"} <= set(parted)
    for sheet in parted.values():
        last = sheet.print_title_cols.rpartition("$")[2]
        repeated = openpyxl.utils.column_index_from_string(last)
        assert max([1, *(area.max_col for area in sheet.merged_cells.ranges)]) <= repeated
        assert sheet["A1"].alignment.wrap_text and sheet["A2"].alignment.wrap_text


def test_counts_and_figures_of_the_summary_stand_at_one_edge(book):
    values = [row[1] for row in book["Tổng hợp"].iter_rows(min_row=HEAD + 1, max_row=HEAD + 7)]
    assert {cell.alignment.horizontal for cell in values} <= {"right", "general", None}


def test_a_scale_of_few_units_has_no_half_units(book):
    assert book["Tổng hợp"]._charts[0].y_axis.majorUnit == 1


def test_sheets_filter_freeze_and_repeat_their_headings_on_a4(content, book):
    for sheet in book.worksheets:
        assert sheet.auto_filter.ref, sheet.title
        assert sheet.freeze_panes, sheet.title
        assert sheet.print_title_rows == f"${HEAD}:${HEAD}", sheet.title
        assert sheet.page_setup.paperSize == 9
        assert sheet.oddFooter.left.text == f"BỘ MẪU · {content.title}"
    assert len(book["Tổng hợp"]._charts) == 2


def test_the_blocks_of_the_spread_are_shades_of_the_colour_of_points(thirty):
    book = openpyxl.load_workbook(io.BytesIO(province_workbook(thirty[0])))
    spread = book["Tổng hợp"]._charts[0]
    colours = [f"#{one.graphicalProperties.solidFill.srgbClr.lower()}" for one in spread.series]
    assert len(set(colours)) == len(colours) == 3
    assert colours[0] == RAMP[-1] and set(colours) <= set(RAMP)


def test_text_is_never_a_formula_and_the_bytes_repeat(content):
    rows = tuple(dataclasses.replace(row, unit_name="=1+1") for row in content.league.rows)
    hostile = dataclasses.replace(content, league=dataclasses.replace(content.league, rows=rows))
    made = province_workbook(hostile)
    assert made == province_workbook(hostile)
    book = openpyxl.load_workbook(io.BytesIO(made))
    kinds = {cell.data_type for row in book["Các đơn vị"].iter_rows() for cell in row}
    assert "f" not in kinds
    assert book["Các đơn vị"].cell(HEAD + 1, 2).value == "=1+1"


def test_no_label_is_left_unworded(content, book):
    words = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert not re.search(r"\bprovince_\w+|\{\w+\}", words)


@pytest.fixture(scope="module")
def thirty(many_units):
    result = many_units(30)
    content = province_content(result.sheet, result.gaps)
    return content, list(province_workbook_module.province_sections(content))


def test_rows_made_while_they_are_written_are_those_of_a_table():
    made = section_sheets.MadeRows(9000, lambda first, last: ((at,) for at in range(first, last)))
    rows = [(at,) for at in range(9000)]
    assert list(made) == rows and len(made) == 9000 and made[-1] == (8999,)
    assert made[4095:4098] == tuple(rows[4095:4098]) and not section_sheets.MadeRows(0, made.make)


@pytest.mark.parametrize("times", [1, 10, 100])
def test_thirty_to_three_thousand_units_print_on_a_sane_number_of_pages(thirty, times, monkeypatch):
    content, sections = thirty
    longer = [
        dataclasses.replace(one, rows=tuple(one.rows) * (times if len(one.rows) >= 30 else 1))
        for one in sections
    ]
    monkeypatch.setattr(province_workbook_module, "province_sections", lambda _: longer)
    # The length of the tables counts here, not what stands in their cells.
    monkeypatch.setattr(section_sheets.SafeSheet, "write", lambda *_: None)
    monkeypatch.setattr(section_sheets, "_lines", lambda *_: 1)
    made = zipfile.ZipFile(io.BytesIO(province_workbook(content)))
    names = made.read("xl/workbook.xml").decode()
    printed = dict(re.findall(r"'?([^'>]+?)'?!\$A\$1:\$[A-Z]+\$(\d+)</definedName>", names))
    lines = 0
    for at, section in enumerate(longer, start=2):
        sheet = made.read(f"xl/worksheets/sheet{at}.xml").decode()
        wide = int(re.search(r'fitToWidth="(\d+)"', sheet)[1]) if "fitToWidth" in sheet else 1
        rows = int(printed[section.title]) - HEAD if section.title in printed else len(section.rows)
        lines += rows * wide
        # All rows stay, for the filter; what is printed of them is said above them.
        assert re.search(rf'<autoFilter ref="A{HEAD}:[A-Z]+{HEAD + len(section.rows)}"', sheet)
        words = f"In {rows} dòng đầu trong {format_number(len(section.rows), 0)} dòng"
        is_cut = rows < len(section.rows)
        assert (words in made.read("xl/sharedStrings.xml").decode()) == is_cut, section.title
        assert rows == min(len(section.rows), 120 if section.key in ("points", "gaps") else 300)
    # A landscape page holds some 25 rows: about sixty pages at most, whatever the units.
    assert lines < 25 * 60


def test_what_is_lost_most_is_printed_first(content):
    gaps = next(
        one for one in province_workbook_module.province_sections(content) if one.key == "gaps"
    )
    lost = [row[5] for row in gaps.rows]
    assert lost == sorted(lost, reverse=True) and len(set(lost)) > 1

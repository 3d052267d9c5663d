"""The league says which units the error of surveys does not tell apart, and is silent without one."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from scoring.analysis import gap_table
from scoring.criteria import open_set
from scoring.outputs.content import league, told_apart
from scoring.outputs.content.set_identity import chart_context
from scoring.outputs.content.told_apart import told_apart as told
from scoring.outputs.page import league_page
from scoring.outputs.report_workbook import report_workbook
from scoring.points import inputs_table, score
from scoring.points.rollup import roll_up
from scoring.points.sampling import with_sampling

SET = open_set("department-sample")
VALUES = {"Sở A": 90.0, "Sở B": 88.0, "Sở C": 60.0}


@pytest.fixture(scope="module")
def plain():
    """Three units with everything but one survey item at its maximum."""
    rows = [
        {"unit_code": name[-1], "unit_name": name, "item_code": "8.1", "input": "satisfaction",
         "value": value}
        for name, value in VALUES.items()
    ]  # fmt: skip
    sheet = score(inputs_table(rows, year=2026), SET)
    leaves = np.where(np.isnan(sheet.points), sheet.maxima, sheet.points)
    rolled = roll_up(SET, leaves, np.zeros(leaves.shape, dtype=bool))
    return replace(sheet, points=rolled.points, status=np.zeros_like(sheet.status))


def sampled(sheet, half=4.0, **changed):
    source = sheet.figures.source[["unit_code", "year", "period", "item_code", "input", "value"]]
    ends = {"low": source["value"] - half, "high": source["value"] + half}
    fed = source.assign(**ends, **{"confidence_percent": 95.0, "survey": "ks", **changed})
    return with_sampling(sheet, fed)[0]


def book_of(sheet):
    tables = sheet.scores, gap_table(sheet), [], SET.items
    data = report_workbook(*tables, context=chart_context(sheet, "vi"), apart=told(sheet))
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def test_the_page_names_the_ranks_and_the_units_not_told_apart(plain):
    page = league_page(league(sampled(plain)))
    assert "hạng 1–2; không phân biệt được với Sở B</td>" in page
    assert "hạng 1–2; không phân biệt được với Sở A</td>" in page
    assert page.count("không phân biệt được với Sở") == 2
    assert "với độ tin cậy 95%" in page


def test_without_an_error_the_page_has_no_such_column(plain):
    page = league_page(league(plain))
    assert "alike" not in page and "Khoảng hạng" not in page


def test_units_that_are_all_told_apart_need_no_column(plain):
    table = league(sampled(plain, half=0.01))
    assert not table.has_alike and not table.alike_note


def test_the_first_sheet_of_the_workbook_has_both_columns(plain):
    rows = [[cell.value for cell in row] for row in book_of(sampled(plain)).iter_rows()]
    head = next(row for row in rows if "Khoảng hạng" in row)
    at = head.index("Khoảng hạng")
    said = {row[2]: row[at : at + 2] for row in rows[rows.index(head) + 1 :] if row[2]}
    assert said["Sở A"] == ["1–2", "Sở B"]
    assert said["Sở C"] == [None, None]
    assert any(str(row[0]).startswith("Khoảng hạng: ") for row in rows)
    cells = [cell for row in book_of(plain).iter_rows(values_only=True) for cell in row]
    assert "Khoảng hạng" not in cells


def test_an_interval_of_unknown_confidence_says_so(plain):
    table = league(sampled(plain, confidence_percent=np.nan))
    assert not table.has_alike
    assert "confidence_percent" in table.alike_note
    assert table.alike_note in league_page(table)


def test_blocks_too_large_for_pairs_say_so(plain, monkeypatch):
    monkeypatch.setattr(told_apart, "_MOST_COMPARED", 2)
    assert league(sampled(plain)).alike_note.startswith("Chưa nêu đơn vị nào")


def test_names_beyond_three_are_counted():
    assert told_apart._named(list("ABCDE"), "vi") == "A; B; C và 2 đơn vị khác"

"""What Excel keeps of how a figure was typed changes no points: text behind an apostrophe, hidden rows."""

import io
from copy import copy

import pytest
from ledger_helpers import filled
from openpyxl import load_workbook

from scoring.base.numbers import format_number
from scoring.evidence.ledger import read_ledger
from scoring.evidence.ledger.layout import ASSESSMENT
from scoring.points import inputs_table, score

FIGURES, FIRST = "D", 7


def retyped(data, change):
    """Return the ledger after `change(sheet, cell)` of every figure."""
    book = load_workbook(io.BytesIO(data))
    for cell in book[ASSESSMENT][FIGURES][FIRST - 1 :]:
        if cell.value is not None:
            change(book[ASSESSMENT], cell)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def behind_an_apostrophe(sheet, cell):
    """Type a number as text, as people do to keep Excel from changing it."""
    if isinstance(cell.value, int | float):
        cell.value = format_number(cell.value, 2)
        look = copy(cell._style)
        cell.quotePrefix = True
        assert cell._style != look


def hidden(sheet, cell):
    sheet.row_dimensions[cell.row].hidden = True


@pytest.mark.parametrize("change", [behind_an_apostrophe, hidden])
def test_points_stay_whatever_excel_keeps_of_the_typing(change, small_set):
    data = filled(small_set)
    before, after = (read_ledger(book, small_set) for book in (data, retyped(data, change)))
    assert [one.code for one in after.findings if one.severity == "error"] == []
    points = [score(inputs_table(one.inputs), small_set).index for one in (before, after)]
    assert points[0].equals(points[1]) and points[0]["points"].notna().all()


def test_a_formula_behind_an_apostrophe_is_text_and_no_figure(small_set):
    def formula(sheet, cell):
        if cell.value == 36:
            cell.value, cell.data_type, cell.quotePrefix = "=30+6", "s", True

    ledger = read_ledger(retyped(filled(small_set), formula), small_set)
    met = {one.code: one.cell for one in ledger.findings if one.severity == "error"}
    assert "D9" in met.values(), met

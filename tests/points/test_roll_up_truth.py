"""The roll-up's Excel face is true: LibreOffice adds up random sets as Python does.

Ledgers show what is reached so far, result workbooks leave open what is open; both kinds of
formulas of all sets and units go into one workbook, so that LibreOffice starts once.
"""

import random

import numpy as np
import pytest
import xlsxwriter
from excel_tools import sheet_rows
from random_sets import random_points, random_set

from scoring.base.values import INDEX_CODE
from scoring.outputs.report_formulas import PointsCell, roll_up_of
from scoring.points.rollup import roll_up
from scoring.rules import expression as ex
from scoring.rules.excel import ExcelPen

SEED, SETS, UNITS = 20261127, 120, 6
LETTERS = {ex.EARNED: "A", ex.IS_NA: "B", ex.POINTS: "C", ex.APPLICABLE: "D", ex.GIVEN_UP: "E"}

pytestmark = pytest.mark.libreoffice


class Case:
    """One unit of a set, with the row of each node in the workbook."""

    def __init__(self, criteria, points, not_applicable, unit, first):
        self.criteria, self.unit = criteria, unit
        self.codes = [*(node.code for node in criteria.nodes), INDEX_CODE]
        self.lines = {code: first + place for place, code in enumerate(self.codes)}
        self.points, self.not_applicable = points[:, [unit]], not_applicable[:, [unit]]
        open_as_nothing = np.nan_to_num(self.points)
        self.so_far = roll_up(criteria, open_as_nothing.copy(), self.not_applicable)
        self.whole = roll_up(criteria, self.points.copy(), self.not_applicable)

    def write(self, sheet):
        pen = ExcelPen({}, self.place, nothing="0")
        rules = self.criteria.roll_up
        for row, code in enumerate(self.codes):
            line = self.lines[code] - 1
            if not np.isnan(self.points[row, 0]):
                sheet.write_number(line, 0, self.points[row, 0])
            sheet.write_boolean(line, 1, bool(self.not_applicable[row, 0]))
            columns = (rules.points[code], rules.applicable[code], rules.given_up.get(code))
            for column, rule in enumerate(columns, start=2):
                if rule is not None:
                    sheet.write_formula(line, column, "=" + pen.write(rule), value="")
            # As on the sheet of all points, what does not apply shows what it counts for.
            if not np.isnan(self.whole.points[row, 0]):
                sheet.write_number(line, 5, self.whole.points[row, 0])
            formula = self.in_a_report(row, code)
            if formula:
                sheet.write_formula(line, 5, formula, value="")

    def place(self, column, codes):
        cells = ",".join(f"{LETTERS[column]}{self.lines[code]}" for code in codes)
        # The formula of an item's rule shows an empty text, not an empty cell, while it is open.
        return f'IF(ISNUMBER({cells}),{cells},"")' if column == ex.EARNED else cells

    def in_a_report(self, row, code):
        above = "" if code == INDEX_CODE else code
        below = [node.code for node in self.criteria.nodes if node.parent == above]
        rows = [self.codes.index(child) for child in below]
        points, maxima = (
            tuple(float(column[place, 0]) for place in rows)
            for column in (self.whole.points, self.whole.maxima)
        )
        cells, most = (tuple(f"{letter}{self.lines[child]}" for child in below) for letter in "FD")
        own = float(self.whole.points[row, 0])
        cell = PointsCell("A", code, "", cells, own, tuple(below), points, maxima, most)
        return roll_up_of(self.criteria)(cell) if below else None


@pytest.fixture(scope="module")
def compared(tmp_path_factory, recalculate):
    """(case, code, row, the cells A to F of LibreOffice) of every node of every unit."""
    path = tmp_path_factory.mktemp("truth") / "sets.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet, cases, first = book.add_worksheet("Sets"), [], 1
    for number in range(SETS):
        rng = random.Random(SEED + number)
        criteria = random_set(rng)
        points, marked = random_points(
            rng, criteria, UNITS, rng.choice([0, 0.3]), rng.choice([0, 0.3])
        )
        for unit in range(UNITS):
            cases.append(Case(criteria, points, marked, unit, first))
            cases[-1].write(sheet)
            first += len(criteria.nodes) + 1
    book.close()
    rows = sheet_rows(recalculate(path), "Sets")
    return [
        (case, code, row, rows[case.lines[code] - 1])
        for case in cases
        for row, code in enumerate(case.codes)
    ]


def test_ledger_formulas_give_what_is_reached_so_far(compared):
    for case, code, row, cells in compared:
        points, applicable = case.so_far.points[row, 0], case.so_far.maxima[row, 0]
        shown = cells[2] if cells[2] != "" else 0.0
        expected = 0.0 if np.isnan(points) else points
        assert shown == pytest.approx(expected, abs=1e-9), (
            case.criteria.roll_up.points[code],
            code,
        )
        assert cells[3] == pytest.approx(applicable, abs=1e-9), (code, case.criteria)


def test_report_formulas_give_the_points_and_stay_empty_while_one_is_open(compared):
    parents = live = 0
    for case, code, row, cells in compared:
        points = case.whole.points[row, 0]
        live += case.in_a_report(row, code) is not None
        is_parent = code == INDEX_CODE or not case.criteria.by_code[code].is_item
        parents += is_parent and case.whole.maxima[row, 0] > 0
        shown = np.nan if cells[5] == "" else cells[5]
        assert shown == pytest.approx(points, abs=1e-9, nan_ok=True), (code, case.criteria)
    assert live >= parents > 1000, "items that do not apply keep no formula away"

"""The Excel face is true: LibreOffice computes what Python computes, for every rule kind.

Thousands of random items meet figures on edges, zeros, blanks and words; all of them go into
one workbook, so that LibreOffice starts once.
"""

import datetime as dt
import math
import random

import numpy as np
import pytest
import xlsxwriter
from excel_tools import sheet_rows
from random_items import NEVER, YEAR, as_arrays, random_entries, random_item
from xlsxwriter.utility import xl_col_to_name

from scoring.base.values import NOT_APPLICABLE
from scoring.rules import RULE_KINDS, compile_rule
from scoring.rules.evaluate import best_name
from scoring.rules.excel import ExcelInput
from scoring.rules.expression import YEAR as YEAR_NAME
from scoring.rules.rule_check import check_rule

SEED = 20260926
ITEMS_PER_KIND = 110
FORMULA_ITEMS = 500
UNITS = 6
FIRST_INPUT_COLUMN = 5
LISTS = "Danh mục"

pytestmark = pytest.mark.libreoffice


class Case:
    """One random item, what its units typed, and what Python makes of it."""

    def __init__(self, rng, kind, number):
        self.spec = random_item(rng, kind, f"{number}")
        assert check_rule(self.spec) == [], self.spec
        self.rule = compile_rule(self.spec)
        self.rows = [random_entries(rng, self.spec) for _ in range(UNITS)]
        years = [math.nan if rng.random() < 0.04 else float(YEAR) for _ in range(UNITS)]
        self.arrays = as_arrays(self.spec, self.rows) | {YEAR_NAME: np.array(years)}
        for name in self.rule.peer_inputs:
            reported = self.arrays[name][~np.isnan(self.arrays[name])]
            best = reported.max() if len(reported) else math.nan
            self.arrays[best_name(name)] = np.full(UNITS, best)
        self.outcome = self.rule.score(self.arrays, UNITS)


class Sheet:
    """The workbook of all cases: one row per item and unit, the formula in column A."""

    def __init__(self, path):
        self.book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
        self.sheet = self.book.add_worksheet("Chấm")
        self.lists = self.book.add_worksheet(LISTS)
        self.day = self.book.add_format({"num_format": "dd/mm/yyyy"})
        self.row = self.list_row = 0
        self.yes_no = self._options(["Có", "Không"])
        self.never = self._options([NEVER])

    def _options(self, texts):
        first = self.list_row + 1
        for text in texts:
            self.lists.write_string(self.list_row, 0, text)
            self.list_row += 1
        return f"'{LISTS}'!$A${first}:$A${self.list_row}"

    def add(self, case):
        ranges = {}
        for entry in case.spec.inputs:
            labels = [option.label_vi for option in case.spec.options_of(entry.name)]
            lists = {"yes_no": self.yes_no, "date": self.never}
            if entry.kind == "choice":
                lists["choice"] = self._options(labels)
            ranges[entry.name] = lists.get(entry.kind, "")
        for unit, entries in enumerate(case.rows):
            self._add_unit(case, unit, entries, ranges)

    def _add_unit(self, case, unit, entries, ranges):
        line = self.row + 1
        cells = {YEAR_NAME: ExcelInput(f"$D${line}", "count")}
        if not math.isnan(case.arrays[YEAR_NAME][unit]):
            self.sheet.write_number(self.row, 3, YEAR)
        for place, entry in enumerate(case.spec.inputs, start=FIRST_INPUT_COLUMN):
            reference = f"${xl_col_to_name(place)}${line}"
            cells[entry.name] = ExcelInput(reference, entry.kind, ranges[entry.name])
            self._write(place, entries[entry.name])
        for name in case.rule.peer_inputs:
            cells[best_name(name)] = ExcelInput(f"$E${line}", "number")
            best = case.arrays[best_name(name)][unit]
            if not math.isnan(best):
                self.sheet.write_number(self.row, 4, best)
        self.sheet.write_formula(self.row, 0, "=" + case.rule.excel_formula(cells), value="")
        condition = case.rule.excel_not_applicable(cells) or "FALSE"
        self.sheet.write_formula(self.row, 1, f"=IF({condition},1,0)", value="")
        # A reader may show an error as an empty cell, so the workbook tells them apart itself.
        self.sheet.write_formula(self.row, 2, f"=IF(ISERROR(A{line}),1,0)", value="")
        self.row += 1

    def _write(self, column, content):
        if isinstance(content, dt.date):
            self.sheet.write_datetime(self.row, column, content, self.day)
        elif isinstance(content, str):
            if content:
                self.sheet.write_string(self.row, column, content)
        else:
            self.sheet.write_number(self.row, column, content)


def random_cases():
    rng = random.Random(SEED)
    kinds = [kind for kind in RULE_KINDS for _ in range(ITEMS_PER_KIND)]
    kinds += ["formula"] * FORMULA_ITEMS
    return [Case(rng, kind, number) for number, kind in enumerate(kinds, start=1)]


@pytest.fixture(scope="module")
def compared(tmp_path_factory, recalculate):
    """(case, unit, points, not applicable, is an error in Excel) of every row of the workbook."""
    path = tmp_path_factory.mktemp("truth") / "truth.xlsx"
    cases = random_cases()
    sheet = Sheet(path)
    for case in cases:
        sheet.add(case)
    sheet.book.close()
    rows = sheet_rows(recalculate(path), "Chấm")
    pairs = ((case, unit) for case in cases for unit in range(UNITS))
    return [(case, unit, *row[:3]) for (case, unit), row in zip(pairs, rows, strict=True)]


def same(points, in_excel):
    if math.isnan(points):
        return in_excel == ""
    return isinstance(in_excel, float) and abs(points - in_excel) < 1e-9


def described(case, unit, in_excel):
    spec = case.spec
    figures = {name: float(array[unit]) for name, array in case.arrays.items()}
    return (
        f"{spec.kind}: Python {case.outcome.points[unit]}, Excel {in_excel!r}\n  {figures}\n  "
        f"{spec}\n  {case.rule.excel_formula(_letters(case))}"
    )


def _letters(case):
    names = [*case.arrays, *(entry.name for entry in case.spec.inputs)]
    kinds = {entry.name: entry.kind for entry in case.spec.inputs}
    return {name: ExcelInput(name.upper(), kinds.get(name, "number"), "OPTIONS") for name in names}


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_excel_gives_the_points_that_python_gives(compared, kind):
    mine = [row for row in compared if row[0].spec.kind == kind]
    wrong = [
        described(case, unit, excel)
        for case, unit, excel, _, is_error in mine
        if is_error or not same(case.outcome.points[unit], excel)
    ]
    assert not wrong, f"{len(wrong)} of {len(mine)}:\n" + "\n".join(wrong[:5])


def test_excel_knows_which_items_do_not_apply(compared):
    wrong = [
        described(case, unit, flag)
        for case, unit, _, flag, _ in compared
        if (case.outcome.status[unit] == NOT_APPLICABLE) != (flag == 1)
    ]
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:5])


def test_the_random_items_earn_points_and_stay_open_in_fair_numbers(compared):
    for kind in RULE_KINDS:
        points = np.array([c.outcome.points[u] for c, u, *_ in compared if c.spec.kind == kind])
        assert 0.2 < np.isfinite(points).mean() < 0.98, kind

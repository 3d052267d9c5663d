"""What lies on a border and what lies next to it: decided as fractions decide it."""

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import xlsxwriter
from excel_tools import sheet_rows
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_tools import points

from scoring.rules import RULE_KINDS, compile_rule
from scoring.rules import expression as ex
from scoring.rules.evaluate import TOLERANCE, compared, holds
from scoring.rules.excel import ExcelInput
from scoring.rules.spec import Band

BANDS = RULE_KINDS["bands"].example.spec
DONE, PLANNED = ex.Name("done"), ex.Name("planned")
HUNDRED = ex.Number(100.0)
SHARES = {
    "100*done/planned": ex.Divide(ex.Binary("*", HUNDRED, DONE), PLANNED),
    "done/planned*100": ex.Binary("*", ex.Divide(DONE, PLANNED), HUNDRED),
}
borders = st.decimals("0.01", 120, places=2)
# A country counts in đồng: sixteen digits are as many as a cell keeps.
wholes = st.integers(1, 10**15)


def from_percent(border, closed=True):
    """Return an item that earns 2 points from `border` percent and nothing below it."""
    bands = (
        Band(border, np.inf, closed, False, 2.0), Band(-np.inf, border, False, not closed, 0.0)
    )  # fmt: skip
    counted = tuple(replace(entry, minimum=0.0) for entry in BANDS.inputs)
    return replace(BANDS, bands=bands, inputs=counted)


def next_to(border, whole, step):
    """Return the whole count that lies `step` from the border."""
    return max(0, int(Fraction(str(border)) * whole / 100) + step)


@pytest.mark.parametrize("whole", [10_000_000_000_000, 90_000_000_000_000, 9 * 10**14])
def test_one_in_ten_million_million_below_the_border_is_below_it(whole):
    border = whole * 9 // 10
    figures = {"done": [border - 1, border, border + 1], "planned": [whole] * 3}
    assert points(from_percent(90.0), **figures) == [0.0, 2.0, 2.0]
    assert points(from_percent(90.0, closed=False), **figures) == [0.0, 0.0, 2.0]


@settings(max_examples=300, derandomize=True)
@given(borders, wholes, st.integers(-2, 2), st.booleans())
def test_a_band_of_whole_counts_is_that_of_the_exact_fraction(border, whole, step, closed):
    done = next_to(border, whole, step)
    share = Fraction(100 * done, whole)
    exact = Fraction(str(border))
    reached = share >= exact if closed else share > exact
    (earned,) = points(from_percent(float(border), closed), done=done, planned=whole)
    assert earned == (2.0 if reached else 0.0)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("sign", ["<", "<=", ">", ">=", "=", "<>"])
@pytest.mark.parametrize("whole", [-(10**13), 7, 10**13])
def test_every_sign_on_either_side_of_a_share_is_exact(sign, share, whole):
    done = np.array([whole * 7 // 10 + step for step in (-1, 0, 1)], dtype=float)
    figures = {"done": done, "planned": np.full(3, float(whole))}
    exact = [Fraction(100 * int(one), whole) - 70 for one in done]
    expected = [compared(sign, float(np.sign(one)), 0.0) for one in exact]
    right = ex.Compare(sign, SHARES[share], ex.Number(70.0))
    assert holds(right, figures).tolist() == expected
    mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
    left = ex.Compare(mirrored, ex.Number(70.0), SHARES[share])
    assert holds(left, figures).tolist() == expected


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">=", "=", "<>"])
def test_whole_numbers_are_compared_exactly_and_nothing_reported_meets_no_condition(sign):
    left = np.array([8_999_999_999_999.0, 9_000_000_000_000.0, np.nan])
    truths = compared(sign, left, 9_000_000_000_000.0).tolist()
    assert truths == [sign in ("<", "<=", "<>"), sign in ("<=", ">=", "="), False]


@pytest.mark.parametrize(("off", "is_equal"), [(0.5 * TOLERANCE, True), (2 * TOLERANCE, False)])
def test_fractions_are_equal_within_one_part_in_a_million_million(off, is_equal):
    assert bool(compared("=", 0.57 * (1 + off), 0.57 * 1.0)) == (is_equal or off * 0.57 < TOLERANCE)
    assert bool(compared(">=", 57.3 * (1 - off), 57.3)) == is_equal


@pytest.mark.libreoffice
def test_the_workbook_decides_borders_as_the_program_does(tmp_path, recalculate):
    rng = random.Random(20261126)
    # A workbook is exact while the products stay below sixteen digits.
    cases = [
        (from_percent(border, closed), next_to(border, whole, step), whole)
        for border, most in ((90.0, 10**13), (99.9, 10**12), (33.33, 10**11))
        for whole in (most, *(rng.randrange(1, most) for _ in range(60)))
        for step in (-1, 0, 1)
        for closed in (True, False)
    ]
    book = xlsxwriter.Workbook(str(tmp_path / "borders.xlsx"))
    sheet = book.add_worksheet("S")
    for row, (spec, done, whole) in enumerate(cases):
        sheet.write_row(row, 1, [done, whole])
        cells = {
            name: ExcelInput(f"{letter}{row + 1}", "count")
            for name, letter in (("done", "B"), ("planned", "C"))
        }
        sheet.write_formula(row, 0, "=" + compile_rule(spec).excel_formula(cells), value="")
    book.close()
    in_excel = [row[0] for row in sheet_rows(recalculate(tmp_path / "borders.xlsx"), "S")]
    ours = [points(spec, done=done, planned=whole)[0] for spec, done, whole in cases]
    assert in_excel == ours

"""Face one: an expression over arrays, one element per unit.

NaN means "no value" everywhere. Arithmetic carries it along; a condition on it is false, so the
caller masks units with missing inputs afterwards (see `scoring.rules.compiled`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scoring.base.dates import date_serial

if TYPE_CHECKING:
    from scoring.rules.expression import Condition, Numeric

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Numbers = FloatArray | float
Truths = BoolArray | np.bool_
Values = Mapping[str, FloatArray]
Rows = FloatArray | Sequence[Numbers]
Sides = tuple[Numbers, Numbers]
Cells = Callable[[str, tuple[str, ...]], Rows]

# Excel and LibreOffice compare with about fifteen digits, so 0.57*100 reaches 57 there. One
# part in a million million keeps Python on their side of every threshold. Whole numbers need no
# such width and get none.
TOLERANCE = 1e-12
_FIRST_YEAR = 1900


def best_name(name: str) -> str:
    """Return the key under which the best value of input `name` in the block is found."""
    return f"@best:{name}"


class Run:
    """One evaluation of an expression; a quotient that stands in several places is divided once."""

    def __init__(self, values: Values, cells: Cells | None = None) -> None:
        self.values, self._cells = values, cells
        self._quotients: dict[int, Numbers] = {}

    def cells(self, column: str, codes: tuple[str, ...]) -> Rows:
        """Return a column of the nodes `codes`, one row each."""
        assert self._cells is not None, "only a roll-up reads other nodes"
        return self._cells(column, codes)

    def once(self, node: Numeric, compute: Callable[[Run], Numbers]) -> Numbers:
        """Return what `compute` gives for `node`, computed at its first place only."""
        if id(node) not in self._quotients:
            self._quotients[id(node)] = compute(self)
        return self._quotients[id(node)]


def evaluate(node: Numeric, values: Values) -> Numbers:
    """Compute `node` for all units at once.

    Parameters
    ----------
    node : Numeric
        What to compute.
    values : mapping of str to array, shape (n_units,)
        Numbers of each input: yes/no as 1 and 0, a choice as the position of its option from 0,
        a date as its Excel serial number with +inf for "never". NaN means not reported.

    Returns
    -------
    array, shape (n_units,), or float
        A float where the expression reads no input.
    """
    # "Never" less "never" is no delay; the check of the due date says so.
    with np.errstate(invalid="ignore"):
        return node.numbers(Run(values))


def holds(node: Condition, values: Values) -> Truths:
    """Tell for all units at once whether the condition `node` holds; false on NaN."""
    return node.holds(Run(values))


_SIGNS: Mapping[str, Callable[[Numbers, Numbers], Truths]] = {
    ">=": np.greater_equal,
    ">": np.greater,
    "<=": np.less_equal,
    "<": np.less,
    "=": np.equal,
    # Unlike `not_equal`, false on NaN.
    "<>": lambda left, right: np.greater(np.abs(np.subtract(left, right)), 0),
}


def compared(
    op: str, left: Numbers, right: Numbers, counts: Callable[[], Sides | None] | None = None
) -> Truths:
    """Compare as spreadsheets do: whole numbers exactly, others as equal within `TOLERANCE`.

    Parameters
    ----------
    op : str
        One of ``< <= > >= = <>``.
    left, right : array or float
    counts : callable, optional
        Gives both sides multiplied out, where they are near to each other: a share of whole
        counts is no whole number itself, but its part and its whole times the border are.

    Examples
    --------
    >>> bool(compared(">=", 100 * 0.57, 57.0)), bool(compared(">=", 9e12 - 1, 9e12))
    (True, False)
    """
    met = _SIGNS[op](left, right)
    near = np.abs(np.subtract(left, right)) <= TOLERANCE * np.maximum(1.0, np.abs(right))
    if not np.any(near):
        return met
    ours, others = (counts and counts()) or (left, right)
    whole = np.equal(ours, np.floor(ours)) & np.equal(others, np.floor(others))
    return np.where(near, np.where(whole, _SIGNS[op](ours, others), "=" in op), met)


def divided(dividend: Numbers, divisor: Numbers, instead: Callable[[], Numbers]) -> Numbers:
    """Divide; `instead` is asked for what a quotient is whose divisor is zero."""
    if isinstance(divisor, float) and divisor != 0:
        return dividend / divisor
    is_zero = np.abs(divisor) <= TOLERANCE
    if not np.any(is_zero):
        return dividend / divisor
    # A missing dividend stays missing even where the divisor is zero.
    at_zero = np.where(np.isnan(dividend), np.nan, instead())
    return np.where(is_zero, at_zero, dividend / np.where(is_zero, 1.0, divisor))


def chosen(positions: FloatArray, options: tuple[float, ...]) -> FloatArray:
    """Return the number of the chosen option; NaN for a position outside the list."""
    table = np.asarray(options, dtype=np.float64)
    known = (positions >= 0) & (positions < len(table))
    inside = np.where(known, positions, 0).astype(np.intp)
    return np.where(known, table[inside], np.nan)


def days_in_years(years: FloatArray, offset: int, month: int, day: int) -> FloatArray:
    """Return the serial number of a day in each of `years`, moved by `offset` years."""
    distinct, position = np.unique(years, return_inverse=True)
    serials = [_serial(year + offset, month, day) for year in distinct]
    return np.asarray(serials, dtype=np.float64)[position]


def _serial(year: float, month: int, day: int) -> float:
    # Excel has no earlier day, and one unit without a year must not stop the others.
    if not _FIRST_YEAR <= year <= dt.MAXYEAR:
        return np.nan
    return date_serial(dt.date(int(year), month, day))

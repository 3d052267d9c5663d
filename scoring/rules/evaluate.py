"""Face one: an expression over arrays, one element per unit.

NaN means "no value" everywhere. Arithmetic carries it along; a condition on it is false, so the
caller masks units with missing inputs afterwards (see `scoring.rules.compiled`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from scoring.base.dates import date_serial
from scoring.base.rounding import round_points
from scoring.rules import expression as ex

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Values = Mapping[str, FloatArray]

# Excel and LibreOffice compare with about fifteen digits, so 0.57*100 reaches 57 there. One
# part in a million million keeps Python on their side of every threshold.
TOLERANCE = 1e-12
_FIRST_YEAR = 1900


def best_name(name: str) -> str:
    """Return the key under which the best value of input `name` in the block is found."""
    return f"@best:{name}"


def evaluate(node: ex.Expression, values: Values) -> FloatArray | float:
    """Compute `node` for all units at once.

    Parameters
    ----------
    node : Expression
        What to compute; not a condition (see `holds`).
    values : mapping of str to array, shape (n_units,)
        Numbers of each input: yes/no as 1 and 0, a choice as the position of its option from 0,
        a date as its Excel serial number with +inf for "never". NaN means not reported.

    Returns
    -------
    array, shape (n_units,), or float
        A float where the expression reads no input.
    """
    return _Evaluation(values).number(node)


def holds(node: ex.Expression, values: Values) -> BoolArray | np.bool_:
    """Tell for all units at once whether the condition `node` holds; false on NaN."""
    return _Evaluation(values).condition(node)


class _Evaluation:
    """One walk over an expression; a quotient that stands in several places is divided once."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.quotients: dict[int, FloatArray | float] = {}

    def number(self, node: ex.Expression) -> FloatArray | float:
        match node:
            case ex.Number(value):
                return value
            case ex.Name(name):
                return self.values[name]
            case ex.PeerBest(name):
                return self.values[best_name(name)]
            case ex.YearDate(offset, month, day):
                return _days_in_years(self.values[ex.YEAR], offset, month, day)
            case ex.Binary(op, left, right):
                return _binary(op, self.number(left), self.number(right))
            case ex.Divide():
                if id(node) not in self.quotients:
                    self.quotients[id(node)] = self._divided(node)
                return self.quotients[id(node)]
            case ex.Smallest(arguments):
                return self._extreme(np.minimum, arguments)
            case ex.Largest(arguments):
                return self._extreme(np.maximum, arguments)
            case ex.Round(argument, decimals):
                return round_points(self.number(argument), decimals)
            case ex.If(condition, then, otherwise):
                test = self.condition(condition)
                return np.where(test, self.number(then), self.number(otherwise))
            case ex.Steps():
                return self._stepped(node)
            case ex.Choose(name, options):
                return _chosen(self.values[name], options)
            case ex.Missing():
                return np.nan
        raise TypeError(f"not a number: {node!r}")

    def condition(self, node: ex.Expression) -> BoolArray | np.bool_:
        match node:
            case ex.Compare(op, left, right):
                return _compared(op, self.number(left), self.number(right))
            case ex.All(conditions):
                parts = [self.condition(part) for part in conditions]
                return np.asarray(np.logical_and.reduce(np.broadcast_arrays(*parts)))
            case ex.Either(conditions):
                parts = [self.condition(part) for part in conditions]
                return np.asarray(np.logical_or.reduce(np.broadcast_arrays(*parts)))
            case ex.Not(condition):
                return np.logical_not(self.condition(condition))
            case ex.IsNever(name):
                return np.isposinf(self.values[name])
            case ex.IsWhole(name):
                return np.equal(self.values[name], np.floor(self.values[name]))
        raise TypeError(f"not a condition: {node!r}")

    def _divided(self, node: ex.Divide) -> FloatArray | float:
        dividend, divisor = self.number(node.left), self.number(node.right)
        if isinstance(divisor, float) and divisor != 0:
            return dividend / divisor
        is_zero = np.abs(divisor) <= TOLERANCE
        if not np.any(is_zero):
            return dividend / divisor
        instead = np.nan if node.when_zero is None else self.number(node.when_zero)
        # A missing dividend stays missing even where the divisor is zero.
        instead = np.where(np.isnan(dividend), np.nan, instead)
        return np.where(is_zero, instead, dividend / np.where(is_zero, 1.0, divisor))

    def _stepped(self, node: ex.Steps) -> FloatArray | float:
        answers = (node.lowest, *node.values)
        if not all(isinstance(answer, ex.Number | ex.Missing) for answer in answers):
            return self.number(node.unfolded())
        measure = self.number(node.measure)
        passed = np.zeros(np.shape(measure), dtype=np.int8)
        for sign, border in node.borders:
            passed += _compared(sign, measure, border)
        table = np.array([self.number(answer) for answer in answers])
        # Clipping never happens; it spares numpy the check of every place.
        return table.take(passed, mode="clip")

    def _extreme(self, ufunc: np.ufunc, arguments: tuple[ex.Expression, ...]) -> FloatArray | float:
        result = self.number(arguments[0])
        for argument in arguments[1:]:
            result = ufunc(result, self.number(argument))
        return result


def _binary(op: str, left: FloatArray | float, right: FloatArray | float) -> FloatArray | float:
    if op == "+":
        return left + right
    if op == "-":
        return left - right
    return left * right


def _compared(op: str, left: FloatArray | float, right: FloatArray | float) -> BoolArray | np.bool_:
    if isinstance(right, float):
        slack: FloatArray | float = TOLERANCE * max(1.0, abs(right))
    else:
        slack = TOLERANCE * np.maximum(1.0, np.abs(right))
    if op == ">=":
        return np.greater_equal(left, right - slack)
    if op == ">":
        return np.greater(left, right + slack)
    if op == "<=":
        return np.less_equal(left, right + slack)
    if op == "<":
        return np.less(left, right - slack)
    distance = np.abs(np.subtract(left, right))
    return np.less_equal(distance, slack) if op == "=" else np.greater(distance, slack)


def _chosen(positions: FloatArray, options: tuple[float, ...]) -> FloatArray:
    table = np.asarray(options, dtype=np.float64)
    known = (positions >= 0) & (positions < len(table))
    inside = np.where(known, positions, 0).astype(np.intp)
    return np.where(known, table[inside], np.nan)


def _days_in_years(years: FloatArray, offset: int, month: int, day: int) -> FloatArray:
    distinct, position = np.unique(years, return_inverse=True)
    serials = [_serial(year + offset, month, day) for year in distinct]
    return np.asarray(serials, dtype=np.float64)[position]


def _serial(year: float, month: int, day: int) -> float:
    # Excel knows no earlier day, and a year nobody gave must not stop the others.
    if not _FIRST_YEAR <= year <= dt.MAXYEAR:
        return np.nan
    return date_serial(dt.date(int(year), month, day))

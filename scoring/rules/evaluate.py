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
    match node:
        case ex.Number(value):
            return value
        case ex.Name(name):
            return values[name]
        case ex.PeerBest(name):
            return values[best_name(name)]
        case ex.YearDate(offset, month, day):
            return _days_in_years(values[ex.YEAR], offset, month, day)
        case ex.Binary(op, left, right):
            return _binary(op, evaluate(left, values), evaluate(right, values))
        case ex.Divide(left, right, when_zero):
            return _divided(left, right, when_zero, values)
        case ex.Smallest(arguments):
            return _extreme(np.minimum, arguments, values)
        case ex.Largest(arguments):
            return _extreme(np.maximum, arguments, values)
        case ex.Round(argument, decimals):
            return round_points(evaluate(argument, values), decimals)
        case ex.If(condition, then, otherwise):
            test = holds(condition, values)
            return np.where(test, evaluate(then, values), evaluate(otherwise, values))
        case ex.Choose(name, options):
            return _chosen(values[name], options)
        case ex.Missing():
            return np.nan
    raise TypeError(f"not a number: {node!r}")


def holds(node: ex.Expression, values: Values) -> BoolArray | np.bool_:
    """Tell for all units at once whether the condition `node` holds; false on NaN."""
    match node:
        case ex.Compare(op, left, right):
            return _compared(op, evaluate(left, values), evaluate(right, values))
        case ex.All(conditions):
            parts = [holds(part, values) for part in conditions]
            return np.asarray(np.logical_and.reduce(np.broadcast_arrays(*parts)))
        case ex.Either(conditions):
            parts = [holds(part, values) for part in conditions]
            return np.asarray(np.logical_or.reduce(np.broadcast_arrays(*parts)))
        case ex.Not(condition):
            return np.logical_not(holds(condition, values))
        case ex.IsNever(name):
            return np.isposinf(values[name])
        case ex.IsWhole(name):
            return np.equal(values[name], np.floor(values[name]))
    raise TypeError(f"not a condition: {node!r}")


def _binary(op: str, left: FloatArray | float, right: FloatArray | float) -> FloatArray | float:
    if op == "+":
        return left + right
    if op == "-":
        return left - right
    return left * right


def _divided(
    left: ex.Expression, right: ex.Expression, when_zero: ex.Expression | None, values: Values
) -> FloatArray | float:
    dividend, divisor = evaluate(left, values), evaluate(right, values)
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient: FloatArray = np.true_divide(dividend, divisor)
    is_zero = np.equal(divisor, 0.0)
    if not np.any(is_zero):
        return quotient
    instead = np.nan if when_zero is None else evaluate(when_zero, values)
    # A missing dividend stays missing even where the divisor is zero.
    return np.where(is_zero, np.where(np.isnan(dividend), np.nan, instead), quotient)


def _extreme(
    ufunc: np.ufunc, arguments: tuple[ex.Expression, ...], values: Values
) -> FloatArray | float:
    result = evaluate(arguments[0], values)
    for argument in arguments[1:]:
        result = ufunc(result, evaluate(argument, values))
    return result


def _compared(op: str, left: FloatArray | float, right: FloatArray | float) -> BoolArray | np.bool_:
    slack = TOLERANCE * np.maximum(1.0, np.abs(right))
    if op == ">=":
        return np.greater_equal(left, right - slack)
    if op == ">":
        return np.greater(left, right + slack)
    if op == "<=":
        return np.less_equal(left, right + slack)
    if op == "<":
        return np.less(left, right - slack)
    with np.errstate(invalid="ignore"):
        distance = np.abs(np.subtract(left, right))
    return np.less_equal(distance, slack) if op == "=" else np.greater(distance, slack)


def _chosen(positions: FloatArray, options: tuple[float, ...]) -> FloatArray:
    table = np.asarray(options, dtype=np.float64)
    known = (positions >= 0) & (positions < len(table))
    inside = np.where(known, positions, 0).astype(np.intp)
    return np.where(known, table[inside], np.nan)


def _days_in_years(years: FloatArray, offset: int, month: int, day: int) -> FloatArray:
    distinct, position = np.unique(years, return_inverse=True)
    serials = [
        np.nan if np.isnan(year) else date_serial(dt.date(int(year) + offset, month, day))
        for year in distinct
    ]
    return np.asarray(serials, dtype=np.float64)[position]

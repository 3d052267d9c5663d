"""What a reported figure must meet before it can count: its checks, and the faults they find."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from scoring.base.due_dates import read_due_date
from scoring.base.same_unknown import SameUnknown
from scoring.rules import expression as ex
from scoring.rules.evaluate import BoolArray, FloatArray, Values, evaluate, holds
from scoring.rules.spec import WHOLE_KINDS, InputSpec, RuleSpec

Ends = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class InputCheck(SameUnknown):
    """A condition a figure must meet: `code` is the finding when it does not."""

    code: str
    input: str
    condition: ex.Condition
    limit: float = math.nan
    limit_input: str = ""
    days: tuple[ex.YearDate, ex.YearDate] | None = None

    def passes(self, values: Values, ends: Mapping[str, Ends]) -> bool:
        """Say whether surely every unit meets the condition, given that none lacks a figure."""
        low, high = ends[self.input]
        if self.code == "below-minimum":
            return low >= self.limit
        if self.code == "above-maximum":
            return high <= self.limit
        if self.days and np.isfinite(high):
            first, last = (evaluate(day, _extreme_years(values)) for day in self.days)
            return bool(low >= np.max(first) and high <= np.min(last))
        return bool(np.all(holds(self.condition, values)))


@dataclass(frozen=True, slots=True)
class Fault:
    """An input check that failed, and for which units (mask of shape (n_units,))."""

    check: InputCheck
    units: BoolArray


def checks_on(spec: RuleSpec, entry: InputSpec) -> Iterator[InputCheck]:
    """Yield the conditions that a figure of an item must meet, whatever points it earns.

    Examples
    --------
    >>> spec = RuleSpec("1.1", "percent", 2.0)
    >>> done = InputSpec("done", "count", minimum=0.0, at_most="planned")
    >>> [check.code for check in checks_on(spec, done)]
    ['below-minimum', 'not-whole', 'numerator-above-denominator']
    """
    name = ex.Name(entry.name)
    if not math.isnan(entry.minimum):
        at_least = ex.Compare(">=", name, ex.Number(entry.minimum))
        yield InputCheck("below-minimum", entry.name, at_least, entry.minimum)
    if not math.isnan(entry.maximum):
        at_most = ex.Compare("<=", name, ex.Number(entry.maximum))
        yield InputCheck("above-maximum", entry.name, at_most, entry.maximum)
    if entry.kind in WHOLE_KINDS:
        yield InputCheck("not-whole", entry.name, ex.IsWhole(entry.name))
    if entry.kind == "date":
        yield _within_years(spec, entry)
    if entry.role == "due_on":
        # "Never" is an answer of what was done, not of when it was due.
        yield InputCheck("not-a-date", entry.name, ex.Not(ex.IsNever(entry.name)))
    if entry.at_most:
        part = ex.Compare("<=", name, ex.Name(entry.at_most))
        code = "numerator-above-denominator"
        yield InputCheck(code, entry.name, part, limit_input=entry.at_most)


def _within_years(spec: RuleSpec, entry: InputSpec) -> InputCheck:
    """Return the check that a day can be meant at all.

    Work that a deadline of a year asks for is done from the last quarter of the year before up to
    the end of the year after; a day beyond is a year mistyped or last year's, and would else count
    as far too early, with full points.
    """
    due = read_due_date(spec.due_on)
    shift = due.shift if due else 0
    first, last = ex.YearDate(shift - 1, 10, 1), ex.YearDate(shift + 1, 12, 31)
    day = ex.Name(entry.name)
    within = ex.All((ex.Compare(">=", day, first), ex.Compare("<=", day, last)))
    # Excel computes both sides of OR, and the word "never" is no number; IF looks at one.
    fits = ex.If(within, ex.Number(1.0), ex.Number(0.0))
    possible = ex.Compare(">", ex.If(ex.IsNever(entry.name), ex.Number(1.0), fits), ex.Number(0.0))
    return InputCheck("date-outside-year", entry.name, possible, days=(first, last))


def failed(checks: Iterable[InputCheck], values: Values) -> tuple[Fault, ...]:
    """Return the checks that fail, each with its units; a figure that is missing fails none.

    Examples
    --------
    >>> spec, done = RuleSpec("1.1", "percent", 2.0), InputSpec("done", "count", minimum=0.0)
    >>> [fault] = failed(checks_on(spec, done), {"done": np.array([3.0, -1.0, np.nan])})
    >>> fault.check.code, fault.units.tolist()
    ('below-minimum', [False, True, False])
    """
    faults = []
    for check in checks:
        wrong = ~np.asarray(holds(check.condition, values)) & ~np.isnan(values[check.input])
        if check.limit_input:
            wrong &= ~np.isnan(values[check.limit_input])
        if check.days:
            wrong &= ~np.isnan(evaluate(check.days[0], values))
        if wrong.any():
            faults.append(Fault(check, wrong))
    return tuple(faults)


def ends_of(array: FloatArray) -> Ends:
    """Return the smallest and the largest of the figures of all units; NaN where one is missing."""
    return float(array.min()), float(array.max())


def _extreme_years(values: Values) -> Values:
    years = values[ex.YEAR]
    return {ex.YEAR: np.array([years.min(), years.max()])}

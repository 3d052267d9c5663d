"""One target against one result: reached or not, by how much, and how far on the way."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

_EPSILON = 1e-9
_OF_CHANGE = {"reduce-by": -1.0, "grow-by": 1.0, "more-than-before": 1.0, "less-than-before": -1.0}
_STRICT = frozenset({"above", "below", "more-than-before", "less-than-before"})
_DOWN = frozenset({"at-most", "below", "rank-within"})
_WITH_PATH = frozenset({"at-least", "above", "at-most", "below", "equal", "rank-within"})
_PLACES = "bậc"
# What the units of targets are kinds of; anything else is a thing that is counted.
_KINDS: Mapping[str, str] = {
    "%": "percent", "điểm": "points", "thứ hạng": "rank", _PLACES: "rank", "phần": "fraction",
    "lần/năm": "lần",
    "percent": "percent", "points": "points", "rank": "rank", "fraction": "fraction", "yoy": "any",
}  # fmt: skip
_BARE = ("count", "number")


def is_of_change(comparator: str) -> bool:
    """Say whether a comparator asks for a change against another year."""
    return comparator in _OF_CHANGE


def kind_of(unit: str) -> str:
    """Return what a unit is a kind of: percent, points, rank, fraction, or the thing counted.

    >>> kind_of("%"), kind_of("sáng kiến")
    ('percent', 'sáng kiến')
    """
    return _KINDS.get(unit.strip().casefold(), unit.strip().casefold())


def fits(unit: str, kind: str) -> bool:
    """Say whether a result of a kind may be held against a target in `unit`; nothing is converted.

    >>> fits("%", "percent"), fits("%", "count"), fits("sáng kiến", "count"), fits("%", "fraction")
    (True, False, True, False)
    """
    asked, given = kind_of(unit), kind_of(kind)
    if asked == "any" or asked == given:
        return True
    # A set calls a figure a count or a number and leaves its noun to the label.
    if given == "number":
        return asked not in ("percent", "fraction", "rank")
    return given == "count" and asked not in ("percent", "fraction", "points", "rank")


class Gaps(NamedTuple):
    """By how much a target is reached (0 or more) or short: as measured, and at worst and best."""

    measured: float
    worst: float
    best: float


def change_of(level: float, before: float, unit: str) -> float:
    """Return the growth of a level in the unit of its target: percent, places won, or things.

    >>> change_of(80.0, 100.0, "%"), change_of(12.0, 15.0, "bậc"), change_of(7.0, 5.0, "mô hình")
    (-20.0, 3.0, 2.0)
    """
    if unit == "%":
        return 100 * (level - before) / before if before else math.nan
    return before - level if unit == _PLACES else level - before


def gaps_of(target: Any, value: float, low: float, high: float) -> Gaps:
    """Return the gaps of a result; `low` and `high` are the ends of its interval, NaN without one."""
    measured = _gap(target, value)
    if math.isnan(low) or math.isnan(high):
        return Gaps(measured, measured, measured)
    ends = [_gap(target, end) for end in (low, high)]
    # A range or an exact figure is met best inside the interval, where it lies there.
    inside = [_gap(target, min(max(aim, low), high)) for aim in (target.value, target.upper_value)]
    known = [gap for gap in (measured, *ends, *inside) if not math.isnan(gap)]
    return Gaps(measured, min(known, default=math.nan), max(known, default=math.nan))


def _gap(target: Any, value: float) -> float:
    comparator, aim = target.comparator, target.value
    if comparator in ("more-than-before", "less-than-before"):
        return value
    if comparator in _DOWN:
        return float(aim - value)
    if comparator == "equal":
        return float(-abs(value - aim))
    if comparator == "range":
        return float(min(value - aim, target.upper_value - value))
    return float(value - aim)


def way_of(comparator: str) -> float:
    """Return the sign that makes a wanted change positive."""
    return _OF_CHANGE.get(comparator, 1.0)


def state_of(comparator: str, gaps: Gaps) -> str:
    """Return ``met`` or ``missed``, or that a survey's interval shows neither.

    >>> state_of("at-least", Gaps(-1.0, -3.0, 1.0)), state_of("above", Gaps(0.0, 0.0, 0.0))
    ('not-shown-missed', 'missed')
    """
    measured, worst, best = (is_reached(comparator, gap) for gap in gaps)
    if measured:
        return "met" if worst else "not-shown-met"
    return "not-shown-missed" if best else "missed"


def is_reached(comparator: str, gap: float) -> bool:
    """Say whether a gap reaches what is asked for; "above" asks for more than no gap.

    >>> is_reached("at-least", 0.0), is_reached("above", 0.0)
    (True, False)
    """
    return gap > _EPSILON if comparator in _STRICT else gap >= -_EPSILON


class Path(NamedTuple):
    """Pace: what a straight line asks for on a day, and the share of the way that is covered."""

    value: float = math.nan
    percent: float = math.nan


def pace(target: Any, start: tuple[int, float] | None, value: float, day: dt.date) -> Path:
    """Return how a result lies to the straight line from `start` to the target.

    The plan sets the ends; that the way between them is straight is ours.

    Parameters
    ----------
    target : named tuple
        With `comparator`, `value` and `year`.
    start : (int, float) or None
        Year and level at its end; None where none is known.
    value : float
    day : date
        The day that the result is of.
    """
    if start is None or target.comparator not in _WITH_PATH or start[0] >= target.year:
        return Path()
    begin, end = dt.date(start[0], 12, 31), dt.date(target.year, 12, 31)
    if abs(target.value - start[1]) < _EPSILON:
        return Path()
    share = min(max((day - begin) / (end - begin), 0.0), 1.0)
    asked = start[1] + share * (target.value - start[1])
    return Path(asked, 100 * (value - start[1]) / (target.value - start[1]))


def contradicts(earlier: Any, later: Any) -> bool:
    """Say whether two phases of one path cannot both be meant.

    They differ in what they compare or in their unit, set two figures for one year, or the later
    one asks for less.
    """
    if (earlier.comparator, earlier.unit) != (later.comparator, later.unit):
        return True
    if earlier.year == later.year:
        return bool(earlier.value != later.value)
    less = (
        earlier.value < later.value if earlier.comparator in _DOWN else later.value < earlier.value
    )
    return bool(less)

"""Face four: bounds of what a rule can give, by the limits that its inputs declare.

Interval arithmetic over the rule's expression: the bounds are never too narrow, so what lies
beyond them is impossible for certain. A dependency between inputs other than "part of a whole"
is not followed and only widens the bounds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from scoring.base.same_unknown import SameUnknown
from scoring.rules.spec import RuleSpec


@dataclass(frozen=True, slots=True, eq=False)
class Span(SameUnknown):
    """All numbers from `low` to `high`; empty (both NaN) where there is no value at all."""

    low: float
    high: float

    @property
    def is_empty(self) -> bool:
        """True where no value exists."""
        return math.isnan(self.low)

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Span) -> Span:
        return Span(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Span) -> Span:
        return _spanned(_times, self, other)

    def __truediv__(self, divisor: Span) -> Span:
        """Return the quotients; a divisor that reaches zero is never zero, only near to it."""
        if self.is_empty or divisor.is_empty:
            return NOTHING
        if divisor.low > 0 or divisor.high < 0:
            return _spanned(_over, self, divisor)
        if divisor.low == 0:
            low = 0.0 if self.low >= 0 else -math.inf
            return Span(low, 0.0 if self.high <= 0 else math.inf)
        return ANYTHING

    def __or__(self, other: Span) -> Span:
        """Return the smallest span that holds both."""
        if self.is_empty or other.is_empty:
            return other if self.is_empty else self
        return Span(min(self.low, other.low), max(self.high, other.high))


ANYTHING = Span(-math.inf, math.inf)
NOTHING = Span(math.nan, math.nan)


def extreme(choose: Callable[[Iterable[float]], float], spans: Iterable[Span]) -> Span:
    """Return the span of ``min`` or ``max`` of numbers from `spans`; empty where one of them is."""
    known = list(spans)
    if any(span.is_empty for span in known):
        return NOTHING
    return Span(choose(span.low for span in known), choose(span.high for span in known))


class Limits:
    """What the inputs of an item can be, and how much the nodes of a roll-up."""

    def __init__(self, spec: RuleSpec, maxima: Mapping[str, float] | None = None) -> None:
        self.spec, self.maxima = spec, maxima or {}

    def of(self, name: str) -> Span:
        """Return the valid values of the input `name`."""
        entry = self.spec.named(name)
        if entry.kind == "yes_no":
            return Span(0.0, 1.0)
        low = -math.inf if math.isnan(entry.minimum) else entry.minimum
        high = entry.maximum
        if entry.at_most and math.isnan(high):
            high = self.spec.named(entry.at_most).maximum
        return Span(low, math.inf if math.isnan(high) else high)

    def of_node(self, code: str) -> Span:
        """Return what a node can hold: nothing up to its maximum."""
        return Span(0.0, self.maxima[code])

    def is_part(self, part: str, whole: str) -> bool:
        """Say whether the input `part` lies between zero and the input `whole`."""
        entry = self.spec.named(part)
        return entry.at_most == whole and entry.minimum >= 0


def certainly(op: str, left: Span, right: Span) -> bool | None:
    """Say whether ``left op right`` always (True) or never (False) holds; None where it depends.

    Of a side that has no value nothing is certain: no number lies on either side of NaN.
    """
    if op in (">", ">="):
        op, left, right = {">": "<", ">=": "<="}[op], right, left
    if op == "<":
        always, never = left.high < right.low, left.low >= right.high
    elif op == "<=":
        always, never = left.high <= right.low, left.low > right.high
    else:
        always, never = False, left.high < right.low or left.low > right.high
        if op == "<>":
            always, never = never, always
    return True if always else False if never else None


def _spanned(combine: Callable[[float, float], float], left: Span, right: Span) -> Span:
    ends = itertools.product((left.low, left.high), (right.low, right.high))
    values = [combine(first, second) for first, second in ends]
    return Span(min(values), max(values))


def _times(left: float, right: float) -> float:
    # Zero times "without limit" is zero: the factor is a number, however large.
    return 0.0 if 0.0 in (left, right) else left * right


def _over(dividend: float, divisor: float) -> float:
    # Over a divisor without limit any number comes near to nothing.
    return 0.0 if math.isinf(divisor) else dividend / divisor

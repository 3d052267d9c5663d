"""How far the points of a rule can reach, given the limits that its inputs declare.

Interval arithmetic over the rule's expression: the bounds are never too narrow, so what lies
beyond them is impossible for certain. A dependency between inputs other than "part of a whole"
is not followed and only widens the bounds.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from scoring.rules import CompiledRule, RuleSpec
from scoring.rules import expression as ex


@dataclass(frozen=True, slots=True)
class Span:
    """All numbers from `low` to `high`; empty (both NaN) where there is no value at all."""

    low: float
    high: float

    @property
    def is_empty(self) -> bool:
        """True where no value exists."""
        return math.isnan(self.low)


ANYTHING = Span(-math.inf, math.inf)
NOTHING = Span(math.nan, math.nan)


def points_span(rule: CompiledRule) -> Span:
    """Return the lowest and the highest points that valid figures can earn.

    Examples
    --------
    >>> from scoring.rules import RULE_KINDS, compile_rule
    >>> points_span(compile_rule(RULE_KINDS["choice"].example.spec))
    Span(low=0.0, high=1.0)
    """
    return Reach(rule.spec).span(rule.points)


class Reach:
    """Bounds of the expressions of one item."""

    def __init__(self, spec: RuleSpec) -> None:
        self.spec = spec

    def span(self, node: ex.Expression) -> Span:
        """Return bounds of a number."""
        match node:
            case ex.Number(value):
                return Span(value, value)
            case ex.Name(name):
                return self._input(name)
            case ex.Binary(op, left, right):
                return _combined(op, self.span(left), self.span(right))
            case ex.Divide(left, right, when_zero):
                quotient = self._quotient(left, right)
                return quotient if when_zero is None else _hull(quotient, self.span(when_zero))
            case ex.Smallest(arguments):
                spans = [self.span(part) for part in arguments]
                return Span(min(s.low for s in spans), min(s.high for s in spans))
            case ex.Largest(arguments):
                spans = [self.span(part) for part in arguments]
                return Span(max(s.low for s in spans), max(s.high for s in spans))
            case ex.If(condition, then, otherwise):
                return self._branches(condition, then, otherwise)
            case ex.Steps():
                return self.span(node.unfolded())
            case ex.Choose(_, values):
                known = [value for value in values if not math.isnan(value)]
                return Span(min(known), max(known)) if known else NOTHING
            case ex.Missing():
                return NOTHING
            case ex.Round(argument, decimals):
                half = 0.5 * 10.0**-decimals
                inner = self.span(argument)
                return Span(inner.low - half, inner.high + half)
        return ANYTHING

    def _input(self, name: str) -> Span:
        entry = self.spec.named(name)
        if entry.kind == "yes_no":
            return Span(0.0, 1.0)
        low = -math.inf if math.isnan(entry.minimum) else entry.minimum
        high = math.inf if math.isnan(entry.maximum) else entry.maximum
        if entry.at_most and math.isinf(high):
            limit = self.spec.named(entry.at_most).maximum
            high = math.inf if math.isnan(limit) else limit
        return Span(low, high)

    def _quotient(self, left: ex.Expression, right: ex.Expression) -> Span:
        factor, part = _factor_and_name(left)
        if part and isinstance(right, ex.Name) and self._is_part(part, right.name):
            return Span(0.0, factor)
        top, bottom = self.span(left), self.span(right)
        if top.is_empty or bottom.is_empty:
            return NOTHING
        if bottom.low > 0 or bottom.high < 0:
            ends = [_over(a, b) for a in (top.low, top.high) for b in (bottom.low, bottom.high)]
            return Span(min(ends), max(ends))
        if bottom.low == 0:
            # The divisor is never zero here, only as near to it as one likes.
            low = 0.0 if top.low >= 0 else -math.inf
            high = 0.0 if top.high <= 0 else math.inf
            return Span(low, high)
        return ANYTHING

    def _is_part(self, part: str, whole: str) -> bool:
        entry = self.spec.named(part)
        return entry.at_most == whole and entry.minimum >= 0

    def _branches(
        self, condition: ex.Expression, then: ex.Expression, other: ex.Expression
    ) -> Span:
        holds = self.certain(condition)
        if holds is not None:
            return self.span(then if holds else other)
        return _hull(self.span(then), self.span(other))

    def certain(self, node: ex.Expression) -> bool | None:
        """Say whether a condition always (True) or never (False) holds; None where it depends."""
        if not isinstance(node, ex.Compare):
            return None
        left, right = self.span(node.left), self.span(node.right)
        if left.is_empty or right.is_empty:
            return None
        match node.op:
            case "<":
                return _ordered(left.high < right.low, left.low >= right.high)
            case "<=":
                return _ordered(left.high <= right.low, left.low > right.high)
            case ">":
                return _ordered(left.low > right.high, left.high <= right.low)
            case ">=":
                return _ordered(left.low >= right.high, left.high < right.low)
        return False if left.high < right.low or left.low > right.high else None


def _ordered(always: bool, never: bool) -> bool | None:
    return True if always else False if never else None


def _factor_and_name(node: ex.Expression) -> tuple[float, str]:
    """Return ``(100, "done")`` for ``100 * done``, ``(1, "done")`` for ``done``, else no name."""
    match node:
        case ex.Name(name):
            return 1.0, name
        case ex.Binary("*", ex.Number(value), ex.Name(name)) if value >= 0:
            return value, name
    return 0.0, ""


def _hull(first: Span, second: Span) -> Span:
    if first.is_empty or second.is_empty:
        return second if first.is_empty else first
    return Span(min(first.low, second.low), max(first.high, second.high))


def _combined(op: str, left: Span, right: Span) -> Span:
    if left.is_empty or right.is_empty:
        return NOTHING
    if op == "+":
        return Span(left.low + right.low, left.high + right.high)
    if op == "-":
        return Span(left.low - right.high, left.high - right.low)
    pairs = itertools.product((left.low, left.high), (right.low, right.high))
    # Zero times "without limit" is zero: the factor is a number, however large.
    ends = [0.0 if 0.0 in pair else pair[0] * pair[1] for pair in pairs]
    return Span(min(ends), max(ends))


def _over(dividend: float, divisor: float) -> float:
    if math.isinf(divisor):
        return 0.0 if not math.isinf(dividend) else math.copysign(math.inf, dividend * divisor)
    return dividend / divisor

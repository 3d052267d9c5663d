"""The small tree that every rule is written in, before it is computed, printed or exported.

A node is an immutable value. `evaluate` (numpy), `excel` (formulas) and `wording` (text) each
walk the same tree, so a rule cannot mean one thing in Python and another in a workbook.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

YEAR = "@year"
"""Name under which the assessment year of each unit reaches an expression."""


class Expression:
    """A node of a rule; the subclasses are its kinds."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Number(Expression):
    """A constant of the criteria set."""

    value: float


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """The value of an input: its number, 1 or 0 for yes/no, the position of a choice, a day."""

    name: str


@dataclass(frozen=True, slots=True)
class PeerBest(Expression):
    """The largest value of an input among the units of the same block and period."""

    name: str


@dataclass(frozen=True, slots=True)
class YearDate(Expression):
    """A day in the assessment year (`offset` 0), the year before (-1) or after (1)."""

    offset: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """``left op right`` with op one of ``+ - *``."""

    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Divide(Expression):
    """A quotient; where the divisor is zero it is `when_zero`, or missing without one."""

    left: Expression
    right: Expression
    when_zero: Expression | None = None


@dataclass(frozen=True, slots=True)
class Smallest(Expression):
    """``min`` of its arguments."""

    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Largest(Expression):
    """``max`` of its arguments."""

    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Round(Expression):
    """Half-up rounding to a fixed number of decimals."""

    argument: Expression
    decimals: int


@dataclass(frozen=True, slots=True)
class Compare(Expression):
    """A comparison, op one of ``< <= > >= = <>``; tolerant as spreadsheets are."""

    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class All(Expression):
    """True when every condition holds."""

    conditions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Either(Expression):
    """True when at least one condition holds."""

    conditions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not(Expression):
    """The opposite of a condition."""

    condition: Expression


@dataclass(frozen=True, slots=True)
class If(Expression):
    """`then` where the condition holds, else `otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Steps(Expression):
    """The value of the highest border that `measure` passes, `lowest` where it passes none.

    `borders` ascend; each is a sign (``>`` or ``>=``) and a constant, and has its place in
    `values`.
    """

    measure: Expression
    borders: tuple[tuple[str, float], ...]
    values: tuple[Expression, ...]
    lowest: Expression

    def unfolded(self) -> Expression:
        """Return the same as conditions inside each other, the highest border first."""
        result = self.lowest
        for (sign, border), value in zip(self.borders, self.values, strict=True):
            result = If(Compare(sign, self.measure, Number(border)), value, result)
        return result


@dataclass(frozen=True, slots=True)
class Choose(Expression):
    """The number that belongs to the chosen option of a choice input."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class IsNever(Expression):
    """True when a date input says that the work was never done."""

    name: str


@dataclass(frozen=True, slots=True)
class IsWhole(Expression):
    """True when an input has no decimals."""

    name: str


@dataclass(frozen=True, slots=True)
class Missing(Expression):
    """No value: what a scale gives for a value that none of its bands covers."""


def children(node: Expression) -> Iterator[Expression]:
    """Yield the direct sub-expressions of `node`."""
    for entry in fields(node):  # type: ignore[arg-type]
        value = getattr(node, entry.name)
        if isinstance(value, Expression):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Expression))


def walk(node: Expression) -> Iterator[Expression]:
    """Yield `node` and everything below it."""
    stack = [node]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(children(here))


def depth(node: Expression) -> int:
    """Return the number of levels of `node`, without recursion."""
    deepest, stack = 0, [(node, 1)]
    while stack:
        here, level = stack.pop()
        deepest = max(deepest, level)
        stack.extend((child, level + 1) for child in children(here))
    return deepest


def input_names(node: Expression) -> tuple[str, ...]:
    """Return the names of all inputs that `node` reads, each once, sorted."""
    named = (Name, Choose, IsNever, IsWhole, PeerBest)
    return tuple(sorted({part.name for part in walk(node) if isinstance(part, named)}))

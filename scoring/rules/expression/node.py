"""What a node of a rule is: an immutable value with every face.

A rule cannot mean one thing in Python and another in a workbook, because a node that leaves out
one of its faces cannot be made. To add a face, declare it here as an abstract method.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar, dataclass_transform

import numpy as np

from scoring.rules.evaluate import Numbers, Run, Sides, Truths
from scoring.rules.operators import Pen, Written
from scoring.rules.span import Limits, Span

if TYPE_CHECKING:
    from scoring.rules.evaluate import FloatArray
    from scoring.rules.excel import ExcelPen
    from scoring.rules.expression.lines import Line, Moved
    from scoring.rules.javascript import JavaScriptPen
    from scoring.rules.sentence_pen import TextPen

YEAR = "@year"
"""Name under which the assessment year of each unit reaches an expression."""


Node = TypeVar("Node")


@dataclass_transform(frozen_default=True)
def node(cls: type[Node]) -> type[Node]:
    """Make a class of expressions an immutable value."""
    return dataclass(frozen=True, slots=True)(cls)


class Expression(ABC):
    """A node of a rule, either `Numeric` or a `Condition`."""

    __slots__ = ()

    @abstractmethod
    def excel(self, pen: ExcelPen) -> Written:
        """Return the node as part of an Excel formula."""

    @abstractmethod
    def words(self, pen: TextPen) -> Written:
        """Return the node as people write it."""

    @abstractmethod
    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the node as a page computes it; see `scoring.rules.javascript`."""

    def parts(self) -> Iterator[Expression]:
        """Yield the direct sub-expressions."""
        return children(self)

    def edges(self, moved: Moved) -> Iterator[FloatArray]:
        """Yield the values of an input, of shape (n_units,), at which the node may change its course.

        NaN where it does not. Too many are no harm: what a value earns is asked of the rule.
        """
        for part in self.parts():
            yield from part.edges(moved)


class Product(NamedTuple):
    """A comparison of a share with a constant, multiplied by the divisor of the share.

    Both sides are whole numbers where the counts are. A negative divisor turns their order.
    """

    left: Numeric
    right: Numeric
    divisor: Numeric

    def sides(self, run: Run) -> Sides:
        """Return the two sides, in the order of the share and the constant."""
        sign = np.sign(self.divisor.numbers(run))
        return self.left.numbers(run) * sign, self.right.numbers(run) * sign


class Numeric(Expression):
    """A node that is a number for each unit."""

    __slots__ = ()

    @abstractmethod
    def numbers(self, run: Run) -> Numbers:
        """Return the number of each unit, NaN where there is none."""

    @abstractmethod
    def span(self, limits: Limits) -> Span:
        """Return bounds of what valid figures give."""

    @abstractmethod
    def lines(self, moved: Moved) -> tuple[Line, ...]:
        """Return the straight lines that the node may lie on; empty where it may be curved."""

    def multiplied_out(self, border: Numeric) -> Product | None:
        """Return the sides of a comparison with `border` that divides nothing; None without one."""
        return None


class Unmoved(Numeric):
    """A number in which no input of an item stands."""

    __slots__ = ()

    def lines(self, moved: Moved) -> tuple[Line, ...]:
        """Return nothing: `Moved.lines` takes what no input moves by its number."""
        return ()


class Condition(Expression):
    """A node that holds or not for each unit."""

    __slots__ = ()

    @abstractmethod
    def holds(self, run: Run) -> Truths:
        """Tell for which units the condition holds; false on NaN."""

    @abstractmethod
    def certain(self, limits: Limits) -> bool | None:
        """Say whether valid figures always (True) or never (False) meet it; None: it depends."""


class Uncertain(Condition):
    """A condition of which the limits of the inputs say nothing."""

    __slots__ = ()

    def certain(self, limits: Limits) -> bool | None:
        """Return None: it depends on what a unit reports."""
        return None


class Notation(Expression):
    """A node that is written in the same way in every face, but for signs and words."""

    __slots__ = ()

    @abstractmethod
    def written(self, pen: Pen) -> Written:
        """Return the node as `pen` writes it."""

    def excel(self, pen: ExcelPen) -> Written:
        """Return the node as part of an Excel formula."""
        return self.written(pen)

    def words(self, pen: TextPen) -> Written:
        """Return the node as people write it."""
        return self.written(pen)

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the node as a page computes it."""
        return self.written(pen)


@cache
def _field_names(kind: type[Expression]) -> tuple[str, ...]:
    """Return the fields of a kind of node; a formula is walked many times, its kinds are few."""
    return tuple(entry.name for entry in fields(kind))  # type: ignore[arg-type]


@cache
def _is_expression(kind: type) -> bool:
    """Say whether values of a kind are nodes: to ask the kind once is quicker than `isinstance`."""
    return issubclass(kind, Expression)


def children(parent: Expression) -> Iterator[Expression]:
    """Yield the direct sub-expressions of `parent`."""
    for name in _field_names(type(parent)):
        value = getattr(parent, name)
        if _is_expression(value.__class__):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if _is_expression(part.__class__))


def walk(root: Expression) -> Iterator[Expression]:
    """Yield `root` and everything below it."""
    stack = [root]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(children(here))


def depth(root: Expression) -> int:
    """Return the number of levels of `root`, without recursion.

    Examples
    --------
    >>> from scoring.rules.formula import parse_formula
    >>> depth(parse_formula("min(1, done / planned)", max_points=1.0))
    3
    """
    levels, here = 0, [root]
    while here:
        levels += 1
        here = [child for parent in here for child in children(parent)]
    return levels

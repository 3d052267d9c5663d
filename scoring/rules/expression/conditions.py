"""Conditions on numbers, and what joins conditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from scoring.rules.evaluate import FloatArray, Run, Truths, compared
from scoring.rules.expression.node import Condition, Notation, Numeric, Product, node, walk
from scoring.rules.operators import COMPARISON, SUM, Pen, Written
from scoring.rules.span import Limits, certainly

if TYPE_CHECKING:
    from scoring.rules.excel import ExcelPen
    from scoring.rules.expression.lines import Moved
    from scoring.rules.javascript import JavaScriptPen

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "="}


@node
class Compare(Notation, Condition):
    """A comparison, op one of ``< <= > >= = <>``; tolerant as spreadsheets are."""

    op: str
    left: Numeric
    right: Numeric

    def holds(self, run: Run) -> Truths:
        """Tell where the comparison holds; a share of whole counts exactly."""
        left, right = self.left.numbers(run), self.right.numbers(run)
        return compared(
            self.op, left, right, lambda: (made := self.multiplied()) and made.sides(run)
        )

    def multiplied(self) -> Product | None:
        """Return both sides multiplied out, so that whole counts compare exactly; None without."""
        product = self.left.multiplied_out(self.right)
        if product or not (product := self.right.multiplied_out(self.left)):
            return product
        return Product(product.right, product.left, product.divisor)

    def written(self, pen: Pen) -> Written:
        """Return both sides with the sign between them."""
        sides = (pen.bracketed(self.left, SUM), pen.bracketed(self.right, SUM))
        return Written(pen.comparisons[self.op].join(sides), COMPARISON)

    def excel(self, pen: ExcelPen) -> Written:
        """Return the comparison, multiplied out where the divisor cannot be negative."""
        product = self.multiplied()
        answers_zero = any(getattr(part, "when_zero", None) for part in walk(self))
        if (
            product
            and pen.limits
            and not answers_zero
            and product.divisor.span(pen.limits).low >= 0
        ):
            return Compare(self.op, product.left, product.right).written(pen)
        return self.written(pen)

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the tolerant comparison, with both sides multiplied out where they can be."""
        return pen.compared(self.op, self.left, self.right, self.multiplied())

    def certain(self, limits: Limits) -> bool | None:
        """Compare the bounds of both sides."""
        return certainly(self.op, self.left.span(limits), self.right.span(limits))

    def edges(self, moved: Moved) -> Iterator[FloatArray]:
        """Yield where both sides are the same."""
        yield from Condition.edges(self, moved)
        yield from moved.crossings(moved.lines(self.left), moved.lines(self.right))

    def opposite(self) -> Compare:
        """Return the comparison that holds where this one fails."""
        return Compare(_OPPOSITE[self.op], self.left, self.right)


@node
class _Joined(Notation, Condition):
    conditions: tuple[Condition, ...]
    word: ClassVar[str]
    ufunc: ClassVar[np.ufunc]
    decides: ClassVar[bool]
    """What one condition has to be to settle the whole."""

    def holds(self, run: Run) -> Truths:
        """Tell where the conditions hold, joined."""
        parts = [part.holds(run) for part in self.conditions]
        return np.asarray(self.ufunc.reduce(np.broadcast_arrays(*parts)))

    def written(self, pen: Pen) -> Written:
        """Return the conditions as arguments of a function."""
        return pen.call(self.word, *self.conditions)

    def certain(self, limits: Limits) -> bool | None:
        """Say what one condition settles for certain, or all of them together."""
        parts = {part.certain(limits) for part in self.conditions}
        if self.decides in parts:
            return self.decides
        return not self.decides if parts == {not self.decides} else None


@node
class All(_Joined):
    """True when every condition holds."""

    word, ufunc, decides = "and", np.logical_and, False


@node
class Either(_Joined):
    """True when at least one condition holds."""

    word, ufunc, decides = "or", np.logical_or, True


@node
class Not(Notation, Condition):
    """The opposite of a condition."""

    condition: Condition

    def holds(self, run: Run) -> Truths:
        """Tell where the condition does not hold."""
        return np.logical_not(self.condition.holds(run))

    def written(self, pen: Pen) -> Written:
        """Return the condition as the argument of "not"."""
        return pen.call("not", self.condition)

    def certain(self, limits: Limits) -> bool | None:
        """Return the opposite of what is certain about the condition."""
        known = self.condition.certain(limits)
        return None if known is None else not known

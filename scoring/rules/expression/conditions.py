"""Conditions on numbers, and what joins conditions."""

from __future__ import annotations

import numpy as np

from scoring.rules.evaluate import Run, Truths, compared
from scoring.rules.expression.base import Condition, Notation, Numeric, node
from scoring.rules.render import COMPARISON, SUM, Pen, Written
from scoring.rules.span import Limits, certainly

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "="}


@node
class Compare(Notation, Condition):
    """A comparison, op one of ``< <= > >= = <>``; tolerant as spreadsheets are."""

    op: str
    left: Numeric
    right: Numeric

    def holds(self, run: Run) -> Truths:
        """Tell where the comparison holds."""
        return compared(self.op, self.left.numbers(run), self.right.numbers(run))

    def written(self, pen: Pen) -> Written:
        """Return both sides with the sign between them."""
        sides = (pen.bracketed(self.left, SUM), pen.bracketed(self.right, SUM))
        return Written(pen.comparisons[self.op].join(sides), COMPARISON)

    def certain(self, limits: Limits) -> bool | None:
        """Compare the bounds of both sides."""
        return certainly(self.op, self.left.span(limits), self.right.span(limits))

    def opposite(self) -> Compare:
        """Return the comparison that holds where this one fails."""
        return Compare(_OPPOSITE[self.op], self.left, self.right)


@node
class All(Notation, Condition):
    """True when every condition holds."""

    conditions: tuple[Condition, ...]

    def holds(self, run: Run) -> Truths:
        """Tell where every condition holds."""
        parts = [part.holds(run) for part in self.conditions]
        return np.asarray(np.logical_and.reduce(np.broadcast_arrays(*parts)))

    def written(self, pen: Pen) -> Written:
        """Return the conditions as arguments of "and"."""
        return pen.call("and", *self.conditions)

    def certain(self, limits: Limits) -> bool | None:
        """Return False where one condition never holds, True where all always do."""
        parts = {part.certain(limits) for part in self.conditions}
        return False if False in parts else True if parts == {True} else None


@node
class Either(Notation, Condition):
    """True when at least one condition holds."""

    conditions: tuple[Condition, ...]

    def holds(self, run: Run) -> Truths:
        """Tell where at least one condition holds."""
        parts = [part.holds(run) for part in self.conditions]
        return np.asarray(np.logical_or.reduce(np.broadcast_arrays(*parts)))

    def written(self, pen: Pen) -> Written:
        """Return the conditions as arguments of "or"."""
        return pen.call("or", *self.conditions)

    def certain(self, limits: Limits) -> bool | None:
        """Return True where one condition always holds, False where none ever does."""
        parts = {part.certain(limits) for part in self.conditions}
        return True if True in parts else False if parts == {False} else None


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

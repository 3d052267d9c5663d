"""Nodes that read other nodes of a criteria set: what a roll-up is written in.

`column` says what is read of a node: its `POINTS`, the maximum that is `APPLICABLE` to the unit,
the points it has `GIVEN_UP` to its siblings, the points its own rule has `EARNED`, or whether it
`IS_NA`.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from scoring.rules.evaluate import FloatArray, Numbers, Run, Truths
from scoring.rules.expression.node import Notation, Numeric, Uncertain, Unmoved, node
from scoring.rules.operators import COMPARISON, SUM, Pen, Written
from scoring.rules.span import Limits, Span, extreme

if TYPE_CHECKING:
    from scoring.rules.excel import ExcelPen
    from scoring.rules.javascript import JavaScriptPen
    from scoring.rules.sentence_pen import TextPen

POINTS, APPLICABLE, GIVEN_UP = "points", "applicable", "given_up"
EARNED, IS_NA = "earned", "is_na"
_NOISE = 1e-9


@node
class Total(Unmoved):
    """The sum of a column over some nodes; missing where one of them is."""

    column: str
    codes: tuple[str, ...]

    def numbers(self, run: Run) -> Numbers:
        """Add up the rows."""
        rows = run.cells(self.column, self.codes)
        return np.add.reduce(rows, axis=0) if isinstance(rows, np.ndarray) else reduce(np.add, rows)

    def excel(self, pen: ExcelPen) -> Written:
        """Return the sum of the cells, which passes over empty ones."""
        return Written(pen.over("SUM", self.column, self.codes))

    def words(self, pen: TextPen) -> Written:
        """Return the terms with the sign between them."""
        terms = (pen.cell(self.column, code) for code in self.codes)
        return Written(pen.signs["+"].join(terms), SUM)

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the sum of the column."""
        return pen.call("total", pen.column(self.column), pen.texts(self.codes))

    def span(self, limits: Limits) -> Span:
        """Add up the bounds."""
        return reduce(Span.__add__, map(limits.of_node, self.codes))


@node
class Best(Unmoved):
    """The most points among alternatives; one that is open or does not apply does not compete.

    Nothing where none of them applies, missing where all that apply are open.
    """

    codes: tuple[str, ...]

    def numbers(self, run: Run) -> Numbers:
        """Return the largest of the known points."""
        points = np.asarray(run.cells(POINTS, self.codes))
        applies = [maximum > 0 for maximum in run.cells(APPLICABLE, self.codes)]
        if all(np.all(column) for column in applies):
            return _largest(points)
        competing = [
            np.where(column, row, np.nan) for column, row in zip(applies, points, strict=True)
        ]
        return np.where(reduce(np.logical_or, applies), _largest(competing), 0.0)

    def excel(self, pen: ExcelPen) -> Written:
        """Return the largest of the cells, which passes over empty ones."""
        return Written(pen.over("MAX", POINTS, self.codes))

    def words(self, pen: TextPen) -> Written:
        """Return the call with the alternatives."""
        return pen.call("max", *(pen.cell(POINTS, code) for code in self.codes))

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the best of the alternatives that apply."""
        return pen.call("best", pen.column(POINTS), pen.column(APPLICABLE), pen.texts(self.codes))

    def span(self, limits: Limits) -> Span:
        """Return the bounds of the largest."""
        return extreme(max, map(limits.of_node, self.codes))


def _largest(rows: FloatArray | list[FloatArray]) -> FloatArray:
    return np.asarray(np.fmax.reduce(rows, axis=0))


@node
class IfAnyKnown(Unmoved):
    """`then`, shown as soon as one of the alternatives `codes` has points."""

    codes: tuple[str, ...]
    then: Numeric

    def numbers(self, run: Run) -> Numbers:
        """Return `then`, which is missing by itself while nothing is known."""
        return self.then.numbers(run)

    def excel(self, pen: ExcelPen) -> Written:
        """Return `then` behind a count of the known points: MAX of nothing would be zero."""
        known = pen.over("COUNT", POINTS, self.codes)
        return Written(f"IF({known}=0,{pen.nothing},{pen.write(self.then)})")

    def words(self, pen: TextPen) -> Written:
        """Return `then`."""
        return pen.part(self.then)

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return `then`, which is NaN by itself while nothing is known."""
        return pen.part(self.then)

    def span(self, limits: Limits) -> Span:
        """Return the bounds of `then`."""
        return self.then.span(limits)


@node
class AnyApplies(Uncertain):
    """True when one of the alternatives applies to the unit."""

    codes: tuple[str, ...]

    def holds(self, run: Run) -> Truths:
        """Tell to whom an alternative applies."""
        maxima = run.cells(APPLICABLE, self.codes)
        return reduce(np.logical_or, [np.greater(maximum, 0) for maximum in maxima])

    def excel(self, pen: ExcelPen) -> Written:
        """Return the test that the largest maximum is one."""
        return Written(f"{pen.over('MAX', APPLICABLE, self.codes)}>0", COMPARISON)

    def words(self, pen: TextPen) -> Written:
        """Return the test that the largest maximum is one."""
        largest = pen.call("max", *(pen.cell(APPLICABLE, code) for code in self.codes))
        return Written(f"{largest.text}{pen.comparisons['>']}0", COMPARISON)

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the test for any maximum above zero."""
        return pen.call("applies", pen.column(APPLICABLE), pen.texts(self.codes))


@node
class IsNotApplicable(Uncertain):
    """True when an item does not apply to the unit."""

    code: str

    def holds(self, run: Run) -> Truths:
        """Tell to whom the item does not apply."""
        (marked,) = run.cells(IS_NA, (self.code,))
        return marked  # type: ignore[return-value]

    def excel(self, pen: ExcelPen) -> Written:
        """Return the cell that says so."""
        return Written(pen.place(IS_NA, (self.code,)))

    def words(self, pen: TextPen) -> Written:
        """Say that the item does not apply."""
        return Written(pen.cell(IS_NA, self.code))

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the mark."""
        return Written(pen.of_node(IS_NA, self.code))


@node
class Earned(Unmoved):
    """The points that an item's own rule gives."""

    code: str

    def numbers(self, run: Run) -> Numbers:
        """Return what the rule gave."""
        (points,) = run.cells(EARNED, (self.code,))
        return points

    def excel(self, pen: ExcelPen) -> Written:
        """Return the rule's own formula."""
        return Written(pen.place(EARNED, (self.code,)))

    def words(self, pen: TextPen) -> Written:
        """Name the item."""
        return Written(pen.cell(EARNED, self.code))

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return what the rule gave."""
        return Written(pen.of_node(EARNED, self.code))

    def span(self, limits: Limits) -> Span:
        """Return the bounds of the item."""
        return limits.of_node(self.code)


@node
class OrOpen(Notation, Unmoved):
    """A number that leaves its place empty while it cannot be computed."""

    argument: Numeric

    def numbers(self, run: Run) -> Numbers:
        """Return the number, which is missing while it is open."""
        return self.argument.numbers(run)

    def written(self, pen: Pen) -> Written:
        """Return the number."""
        return pen.part(self.argument)

    def excel(self, pen: ExcelPen) -> Written:
        """Return the number, or the empty text for an error."""
        return Written(f'IFERROR({pen.write(self.argument)},"")')

    def span(self, limits: Limits) -> Span:
        """Return the bounds of the number."""
        return self.argument.span(limits)


@node
class Dropped(Unmoved):
    """What an item counts for when it leaves the base: nothing, and its place stays empty."""

    def numbers(self, run: Run) -> Numbers:
        """Return zero, since nothing is added."""
        return 0.0

    def excel(self, pen: ExcelPen) -> Written:
        """Return the empty text."""
        return Written('""')

    def words(self, pen: TextPen) -> Written:
        """Return a dash."""
        return Written("—")

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return zero, since nothing is added."""
        return Written("0")

    def span(self, limits: Limits) -> Span:
        """Return zero as both bounds."""
        return Span(0.0, 0.0)


@node
class Near(Uncertain):
    """True when two sums are the same but for the noise of their addition."""

    left: Numeric
    right: Numeric

    def holds(self, run: Run) -> Truths:
        """Tell where both are within a billionth."""
        return np.less(np.abs(self.left.numbers(run) - self.right.numbers(run)), _NOISE)

    def excel(self, pen: ExcelPen) -> Written:
        """Return the comparison of their distance."""
        sides = f"{pen.bracketed(self.left, SUM)}-{pen.bracketed(self.right, SUM + 1)}"
        return Written(f"ABS({sides})<{pen.number(_NOISE)}", COMPARISON)

    def words(self, pen: TextPen) -> Written:
        """Return both with the sign for equal."""
        sides = (pen.bracketed(self.left, SUM), pen.bracketed(self.right, SUM))
        return Written(pen.comparisons["="].join(sides), COMPARISON)

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the test of their distance."""
        return pen.call("near", self.left, self.right)

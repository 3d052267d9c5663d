"""Nodes that read what a unit reports, and the days of its year."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from scoring.base.labels import label
from scoring.base.numbers import figure_text
from scoring.rules.evaluate import (
    FloatArray,
    Numbers,
    Run,
    Truths,
    best_name,
    chosen,
    days_in_years,
)
from scoring.rules.expression.lines import Line, Moved
from scoring.rules.expression.node import YEAR, Expression, Numeric, Uncertain, Unmoved, node, walk
from scoring.rules.operators import COMPARISON, Written
from scoring.rules.span import ANYTHING, NOTHING, Limits, Span

if TYPE_CHECKING:
    from scoring.rules.excel import ExcelPen
    from scoring.rules.javascript import JavaScriptPen
    from scoring.rules.sentence_pen import TextPen


@node
class OfInput(Expression):
    """A node that reads the input `name`."""

    name: str


@node
class Name(OfInput, Numeric):
    """The value of an input: its number, 1 or 0 for yes/no, the position of a choice, a day."""

    def numbers(self, run: Run) -> Numbers:
        """Return what is reported."""
        return run.values[self.name]

    def excel(self, pen: ExcelPen) -> Written:
        """Return the number that stands for the entry."""
        return Written(pen.value(self.name))

    def words(self, pen: TextPen) -> Written:
        """Return the wording of the input, or its figure."""
        return Written(pen.named(self.name))

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the figure."""
        return Written(pen.value(self.name))

    def span(self, limits: Limits) -> Span:
        """Return the valid values of the input."""
        return limits.of(self.name)

    def lines(self, moved: Moved) -> tuple[Line, ...]:
        """Return the input itself."""
        return (Line(0.0, 1.0),)


@node
class PeerBest(OfInput, Numeric):
    """The largest value of an input among the units of the same block and period."""

    def numbers(self, run: Run) -> Numbers:
        """Return the largest value of each unit's block; nobody's own value is above it."""
        return np.maximum(run.values[best_name(self.name)], run.values[self.name])

    def excel(self, pen: ExcelPen) -> Written:
        """Return the larger of the cell in which the evaluator enters it and the own value."""
        best, own = (pen.cells[name].cell for name in (best_name(self.name), self.name))
        return Written(f"MAX({best},{own})")

    def words(self, pen: TextPen) -> Written:
        """Say whose value it is, or the figure."""
        if pen.values is not None:
            return Written(figure_text(pen.values[best_name(self.name)], pen.lang))
        name = pen.spec.named(self.name).label(pen.lang)
        return Written(label("best_of_block", pen.lang, name=name))

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the larger of the best of the block and the own value."""
        return pen.call("max", pen.value(best_name(self.name)), pen.value(self.name))

    def span(self, limits: Limits) -> Span:
        """Return the valid values of the input: the best is some unit's figure."""
        return limits.of(self.name)

    def lines(self, moved: Moved) -> tuple[Line, ...]:
        """Return the best of the block, and the own value beyond it."""
        return (Line(moved.run.values[best_name(self.name)], 0.0), Line(0.0, 1.0))

    def edges(self, moved: Moved) -> Iterator[FloatArray]:
        """Yield the best of the block."""
        if moved.name == self.name:
            yield moved.run.values[best_name(self.name)]


@node
class YearDate(Unmoved):
    """A day in the assessment year (`offset` 0), the year before (-1) or after (1)."""

    offset: int
    month: int
    day: int

    def numbers(self, run: Run) -> Numbers:
        """Return the serial number of the day in each unit's year."""
        return days_in_years(run.values[YEAR], self.offset, self.month, self.day)

    def excel(self, pen: ExcelPen) -> Written:
        """Return the date, by the cell that holds the year."""
        year = pen.cells[YEAR].cell + (f"{self.offset:+d}" if self.offset else "")
        return Written(f"DATE({year},{self.month},{self.day})")

    def words(self, pen: TextPen) -> Written:
        """Say the day."""
        return Written(pen.day(self.offset, self.month, self.day))

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the serial number of the day."""
        return pen.call("day", pen.value(YEAR), *map(str, (self.offset, self.month, self.day)))

    def span(self, limits: Limits) -> Span:
        """Return no bounds: the rule is for every year."""
        return ANYTHING


@node
class Choose(OfInput, Numeric):
    """The number that belongs to the chosen option of a choice input."""

    values: tuple[float, ...]

    def numbers(self, run: Run) -> Numbers:
        """Return the number of each unit's option."""
        return chosen(run.values[self.name], self.values)

    def excel(self, pen: ExcelPen) -> Written:
        """Return the choice by the place of the entry in its drop-down."""
        options = ",".join(map(pen.number, self.values))
        return Written(f"CHOOSE({pen.value(self.name)},{options})")

    def words(self, pen: TextPen) -> Written:
        """Return the wording of the input, or the number of the chosen option."""
        if pen.values is None:
            return Written(pen.named(self.name))
        position = pen.values[self.name]
        return Written("—" if math.isnan(position) else pen.number(self.values[int(position)]))

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the number of the chosen option."""
        return pen.call("chosen", pen.value(self.name), pen.numbers(self.values))

    def span(self, limits: Limits) -> Span:
        """Return the lowest and the highest option."""
        known = [value for value in self.values if not math.isnan(value)]
        return Span(min(known), max(known)) if known else NOTHING

    def lines(self, moved: Moved) -> tuple[Line, ...]:
        """Return the number of each option."""
        return tuple(Line(value, 0.0) for value in self.values)

    def edges(self, moved: Moved) -> Iterator[FloatArray]:
        """Yield the options, by their places."""
        if moved.name == self.name:
            shape = np.shape(moved.run.values[self.name])
            yield from (np.full(shape, float(place)) for place in range(len(self.values)))


@node
class IsNever(OfInput, Uncertain):
    """True when a date input says that the work was never done."""

    def holds(self, run: Run) -> Truths:
        """Tell who answers "never"."""
        return np.isposinf(run.values[self.name])

    def excel(self, pen: ExcelPen) -> Written:
        """Return the test for the one word that a date cell may hold."""
        return Written(f"ISTEXT({pen.cells[self.name].cell})")

    def words(self, pen: TextPen) -> Written:
        """Say that the work was never done."""
        return Written(f"{pen.named(self.name)} = {label('never', pen.lang)}")

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the test for the number that stands for never."""
        return Written(f"{pen.value(self.name)}===Infinity", COMPARISON)


@node
class IsWhole(OfInput, Uncertain):
    """True when an input has no decimals."""

    def holds(self, run: Run) -> Truths:
        """Tell whose figure is whole."""
        return np.equal(run.values[self.name], np.floor(run.values[self.name]))

    def excel(self, pen: ExcelPen) -> Written:
        """Return the test on the entry cell."""
        cell = pen.cells[self.name].cell
        # Compared with fifteen digits: INT of 1500*29%, which the cell shows as 435, is 434.
        return Written(f"ROUND({cell},0)={cell}")

    def words(self, pen: TextPen) -> Written:
        """Say that the figure is whole."""
        return Written(f"{pen.named(self.name)} ∈ ℤ")

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the test that nothing stands behind the point."""
        return Written(f"{pen.value(self.name)}===Math.floor({pen.value(self.name)})", COMPARISON)


def input_names(root: Expression) -> tuple[str, ...]:
    """Return the names of all inputs that `root` reads, each once, sorted."""
    return tuple(sorted({part.name for part in walk(root) if isinstance(part, OfInput)}))

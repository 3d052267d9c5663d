"""Constants, arithmetic and choices between numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import partial, reduce
from itertools import product
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from scoring.base.labels import label
from scoring.base.rounding import round_points
from scoring.rules.evaluate import FloatArray, Numbers, Run, Sides, compared, divided
from scoring.rules.expression.conditions import Compare
from scoring.rules.expression.inputs import Name, PeerBest
from scoring.rules.expression.lines import Line, Moved
from scoring.rules.expression.node import Condition, Notation, Numeric, Product, Unmoved, node
from scoring.rules.operators import ATOM, COMPARISON, PRODUCT, SUM, Pen, Written
from scoring.rules.span import NOTHING, Limits, Span, extreme

if TYPE_CHECKING:
    from scoring.rules.excel import ExcelPen
    from scoring.rules.javascript import JavaScriptPen
    from scoring.rules.sentence_pen import TextPen

_STRENGTH = {"+": SUM, "-": SUM, "*": PRODUCT}


@node
class Number(Notation, Unmoved):
    """A constant of the criteria set."""

    value: float

    def numbers(self, run: Run) -> Numbers:
        """Return the constant."""
        return self.value

    def written(self, pen: Pen) -> Written:
        """Return the constant; a negative one binds like a difference."""
        return Written(pen.number(self.value), ATOM if self.value >= 0 else SUM)

    def span(self, limits: Limits) -> Span:
        """Return the constant as both bounds."""
        return Span(self.value, self.value)


@node
class Missing(Unmoved):
    """No value: what a scale gives for a value that none of its bands covers."""

    def numbers(self, run: Run) -> Numbers:
        """Return NaN."""
        return np.nan

    def excel(self, pen: ExcelPen) -> Written:
        """Return the empty text."""
        return Written('""')

    def words(self, pen: TextPen) -> Written:
        """Return a dash."""
        return Written("—")

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return NaN."""
        return Written("NaN")

    def span(self, limits: Limits) -> Span:
        """Return the empty span."""
        return NOTHING


@node
class Binary(Notation, Numeric):
    """``left op right`` with op one of ``+ - *``."""

    op: str
    left: Numeric
    right: Numeric

    def numbers(self, run: Run) -> Numbers:
        """Return the sum, difference or product."""
        left, right = self.left.numbers(run), self.right.numbers(run)
        if self.op == "*":
            return left * right
        return left + right if self.op == "+" else left - right

    def written(self, pen: Pen) -> Written:
        """Return both sides with the sign between them."""
        strength = _STRENGTH[self.op]
        tighter = strength + 1 if self.op == "-" else strength
        sides = (pen.bracketed(self.left, strength), pen.bracketed(self.right, tighter))
        return Written(pen.signs[self.op].join(sides), strength)

    def span(self, limits: Limits) -> Span:
        """Combine the bounds of both sides."""
        left, right = self.left.span(limits), self.right.span(limits)
        if left.is_empty or right.is_empty:
            return NOTHING
        if self.op == "*":
            return left * right
        return left + right if self.op == "+" else left - right

    def lines(self, moved: Moved) -> tuple[Line, ...]:
        """Combine the lines of both sides; a product of two that move is curved."""
        made = []
        for left, right in product(moved.lines(self.left), moved.lines(self.right)):
            if self.op != "*":
                sign = 1.0 if self.op == "+" else -1.0
                slope = left.slope + sign * right.slope
                made.append(Line(left.start + sign * right.start, slope))
            elif left.is_fixed or right.is_fixed:
                fixed, other = (left, right) if left.is_fixed else (right, left)
                made.append(other.of(fixed.start))
            else:
                moved.is_blind = True
        return tuple(made)

    def multiplied_out(self, border: Numeric) -> Product | None:
        """Return the sides of a share times a constant: a/b*100 as 100*a/b."""
        for factor, share in ((self.left, self.right), (self.right, self.left)):
            if self.op == "*" and isinstance(factor, Number) and isinstance(share, Divide):
                times = Divide(Binary("*", factor, share.left), share.right)
                return times.multiplied_out(border)
        return None


@node
class Divide(Numeric):
    """A quotient; where the divisor is zero it is `when_zero`, or missing without one."""

    left: Numeric
    right: Numeric
    when_zero: Numeric | None = None

    def numbers(self, run: Run) -> Numbers:
        """Return the quotient."""
        return run.once(self, self._divided)

    def _divided(self, run: Run) -> Numbers:
        def instead() -> Numbers:
            return np.nan if self.when_zero is None else self.when_zero.numbers(run)

        return divided(self.left.numbers(run), self.right.numbers(run), instead)

    def words(self, pen: Pen) -> Written:
        """Return the fraction; what a zero divisor means is a sentence of its own."""
        sides = (pen.bracketed(self.left, PRODUCT), pen.bracketed(self.right, ATOM))
        return Written(pen.signs["/"].join(sides), PRODUCT)

    def excel(self, pen: ExcelPen) -> Written:
        """Return the fraction with its answer to a zero divisor."""
        fraction = self.words(pen)
        if self.when_zero is None:
            return fraction
        return pen.call("if", f"{pen.write(self.right)}=0", self.when_zero, fraction.text)

    def javascript(self, pen: JavaScriptPen) -> Written:
        """Return the call that knows a zero divisor."""
        return pen.call("div", self.left, self.right, self.when_zero or Missing())

    def span(self, limits: Limits) -> Span:
        """Divide the bounds; a part of a whole is between nothing and all of it."""
        quotient = self._part_of_whole(limits)
        if quotient is None:
            quotient = self.left.span(limits) / self.right.span(limits)
        return quotient if self.when_zero is None else quotient | self.when_zero.span(limits)

    def lines(self, moved: Moved) -> tuple[Line, ...]:
        """Return the lines of the dividend over a divisor that stays."""
        made = [] if self.when_zero is None else [*moved.lines(self.when_zero)]
        for left, right in product(moved.lines(self.left), moved.lines(self.right)):
            if right.is_fixed:
                made.append(left.of(np.true_divide(1.0, right.start)))
            elif not isinstance(self.right, PeerBest):
                # Beyond the best of the block the own value is measured by itself.
                moved.is_blind = True
        return tuple(made)

    def _factor_and_part(self) -> tuple[float, Numeric]:
        part = self.left
        if isinstance(part, Binary) and part.op == "*" and isinstance(part.left, Number):
            return part.left.value, part.right
        return 1.0, part

    def multiplied_out(self, border: Numeric) -> Product | None:
        """Return part and whole with their constants, so often that these are whole."""
        factor, part = self._factor_and_part()
        if not isinstance(border, Number):
            return None
        # As the set writes them: 99.9 and not the double next to it.
        constants = [Fraction(repr(value)) for value in (factor, border.value)]
        often = math.lcm(*(constant.denominator for constant in constants))
        left, right = (
            side if constant * often == 1 else Binary("*", Number(float(constant * often)), side)
            for constant, side in zip(constants, (part, self.right), strict=True)
        )
        return Product(left, right, self.right)

    def _part_of_whole(self, limits: Limits) -> Span | None:
        """Bound ``done / planned`` and ``100 * done / planned``."""
        factor, part = self._factor_and_part()
        whole = self.right
        if not isinstance(part, Name) or factor < 0:
            return None
        is_own_best = isinstance(whole, PeerBest) and whole.name == part.name
        if is_own_best and limits.of(part.name).low >= 0:
            return Span(0.0, factor)
        if isinstance(whole, Name) and limits.is_part(part.name, whole.name):
            return Span(0.0, factor)
        return None


@node
class _Extreme(Notation, Numeric):
    arguments: tuple[Numeric, ...]
    word: ClassVar[Literal["min", "max"]]
    ufunc: ClassVar[np.ufunc]

    def numbers(self, run: Run) -> Numbers:
        """Return the smallest or largest argument; missing where one of them is."""
        return reduce(self.ufunc, (argument.numbers(run) for argument in self.arguments))

    def written(self, pen: Pen) -> Written:
        """Return the call."""
        return pen.call(self.word, *self.arguments)

    def span(self, limits: Limits) -> Span:
        """Return the smallest or largest of both bounds."""
        return extreme(
            min if self.word == "min" else max, (part.span(limits) for part in self.arguments)
        )

    def lines(self, moved: Moved) -> tuple[Line, ...]:
        """Return the lines of all arguments."""
        return tuple(line for part in self.arguments for line in moved.lines(part))

    def edges(self, moved: Moved) -> Iterator[FloatArray]:
        """Yield where one argument overtakes another."""
        yield from Numeric.edges(self, moved)
        yield from moved.crossings(*map(moved.lines, self.arguments))


@node
class Smallest(_Extreme):
    """``min`` of its arguments."""

    word, ufunc = "min", np.minimum


@node
class Largest(_Extreme):
    """``max`` of its arguments."""

    word, ufunc = "max", np.maximum


@node
class Round(Notation, Numeric):
    """Half-up rounding to a fixed number of decimals."""

    argument: Numeric
    decimals: int

    def numbers(self, run: Run) -> Numbers:
        """Return the rounded argument."""
        return round_points(self.argument.numbers(run), self.decimals)

    def written(self, pen: Pen) -> Written:
        """Return the call."""
        return pen.call("round", self.argument, str(self.decimals))

    def span(self, limits: Limits) -> Span:
        """Widen the bounds by half a unit of the last decimal."""
        half = 0.5 * 10.0**-self.decimals
        inner = self.argument.span(limits)
        return Span(inner.low - half, inner.high + half)

    def lines(self, moved: Moved) -> tuple[Line, ...]:
        """Return the lines that are rounded: no step is far from them."""
        return moved.lines(self.argument)

    def edges(self, moved: Moved) -> Iterator[FloatArray]:
        """Yield where the argument is rounded to another number."""
        yield from Numeric.edges(self, moved)
        yield from moved.roundings(self.argument, self.decimals)


@node
class If(Notation, Numeric):
    """`then` where the condition holds, else `otherwise`."""

    condition: Condition
    then: Numeric
    otherwise: Numeric

    def numbers(self, run: Run) -> Numbers:
        """Return the branch of each unit."""
        test = self.condition.holds(run)
        if np.ndim(test) == 0:
            return (self.then if test else self.otherwise).numbers(run)
        return np.where(test, self.then.numbers(run), self.otherwise.numbers(run))

    def written(self, pen: Pen) -> Written:
        """Return the call."""
        return pen.call("if", self.condition, self.then, self.otherwise)

    def words(self, pen: TextPen) -> Written:
        """Return the call, or the branch that the figures take and what decided it."""
        if pen.values is None:
            return self.written(pen)
        if pen.is_met(self.condition):
            return _because(pen, self.then, self.condition)
        if isinstance(self.otherwise, Number) and isinstance(self.condition, Compare):
            return _because(pen, self.otherwise, self.condition.opposite())
        return pen.part(self.otherwise)

    def span(self, limits: Limits) -> Span:
        """Return the bounds of the branches that can be taken."""
        known = self.condition.certain(limits)
        if known is not None:
            return (self.then if known else self.otherwise).span(limits)
        return self.then.span(limits) | self.otherwise.span(limits)

    def lines(self, moved: Moved) -> tuple[Line, ...]:
        """Return the lines of both branches."""
        return (*moved.lines(self.then), *moved.lines(self.otherwise))


def _because(pen: TextPen, branch: Numeric, condition: Condition) -> Written:
    because = label("because", pen.lang, condition=pen.write(condition))
    return Written(f"{pen.write(branch)} ({because})", COMPARISON)


@node
class Steps(Notation, Numeric):
    """The value of the highest border that `measure` passes, `lowest` where it passes none.

    `borders` ascend; each is a sign (``>`` or ``>=``) and a constant, and has its place in
    `values`.
    """

    measure: Numeric
    borders: tuple[tuple[str, float], ...]
    values: tuple[Numeric, ...]
    lowest: Numeric

    def unfolded(self) -> Numeric:
        """Return the same as conditions inside each other, the highest border first."""
        result = self.lowest
        for (sign, border), value in zip(self.borders, self.values, strict=True):
            result = If(Compare(sign, self.measure, Number(border)), value, result)
        return result

    def numbers(self, run: Run) -> Numbers:
        """Return the value of each unit's step, by counting the borders passed."""
        answers = (self.lowest, *self.values)
        if not all(isinstance(answer, Number | Missing) for answer in answers):
            return self.unfolded().numbers(run)
        measure = self.measure.numbers(run)
        passed = np.zeros(np.shape(measure), dtype=np.int8)
        for sign, border in self.borders:
            passed += compared(sign, measure, border, partial(self._counts, run, border))
        table = np.array([answer.numbers(run) for answer in answers])
        # Clipping never happens; it spares numpy the check of every place.
        return table.take(passed, mode="clip")

    def _counts(self, run: Run, border: float) -> Sides | None:
        product = self.measure.multiplied_out(Number(border))
        return product and product.sides(run)

    def written(self, pen: Pen) -> Written:
        """Return the conditions inside each other."""
        return pen.part(self.unfolded())

    def span(self, limits: Limits) -> Span:
        """Return the bounds of the steps that can be reached."""
        return self.unfolded().span(limits)

    def lines(self, moved: Moved) -> tuple[Line, ...]:
        """Return the lines of all steps."""
        return tuple(line for part in (self.lowest, *self.values) for line in moved.lines(part))

    def edges(self, moved: Moved) -> Iterator[FloatArray]:
        """Yield where the measure passes a border."""
        yield from Numeric.edges(self, moved)
        borders = [Line(border, 0.0) for _, border in self.borders]
        yield from moved.crossings(moved.lines(self.measure), borders)

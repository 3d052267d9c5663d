"""Face five: the straight lines along which a rule follows one input, and where it leaves them.

The other inputs of each unit stay as they are. A rule of a criteria set is made of pieces that are
straight in any figure that a unit works on; between the edges that its nodes name, its points do
nothing unforeseen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import combinations, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scoring.rules.evaluate import FloatArray, Numbers, Run, Values

if TYPE_CHECKING:
    from scoring.rules.expression.node import Expression, Numeric

# A rule with more pieces than this is looked at figure by figure.
_MOST_LINES = 64
# Finer roundings are noise beside the hundredths that points are shown in.
_MOST_ROUNDINGS = 4000


class Line(NamedTuple):
    """A number that is ``start + slope * x``; both of shape (n_units,), or the same for all."""

    start: Numbers
    slope: Numbers

    @property
    def is_fixed(self) -> bool:
        """Whether the moved input is not in it."""
        return isinstance(self.slope, float) and self.slope == 0.0

    def of(self, change: Numbers) -> Line:
        """Return the line times `change`."""
        return Line(self.start * change, 0.0 if self.is_fixed else self.slope * change)


class Moved:
    """One input of a rule that moves while the others stay.

    Attributes
    ----------
    name : str
    run : Run
        The figures of all units; those of the input itself are not read.
    window : pair of arrays, shape (n_units,), or None
        Between which figures roundings are looked for; None: not at all.
    most_roundings : int
        A rounding with more steps than this in the window is taken for none.
    is_blind : bool
        True once a node was met that is not straight in the input: edges may be missing.
    """

    def __init__(
        self,
        name: str,
        values: Values,
        window: tuple[FloatArray, FloatArray] | None = None,
        most_roundings: int = _MOST_ROUNDINGS,
    ) -> None:
        self.name, self.run, self.window = name, Run(values), window
        self.most_roundings = most_roundings
        self.is_blind = False
        # By the node, which is held so that no other takes its number meanwhile.
        self._lines: dict[int, tuple[Numeric, tuple[Line, ...]]] = {}

    def moves(self, node: Expression) -> bool:
        """Say whether the input is anywhere in `node`."""
        if getattr(node, "name", None) == self.name:
            return True
        return any(map(self.moves, node.parts()))

    def lines(self, node: Numeric) -> tuple[Line, ...]:
        """Return the lines that `node` may lie on; empty, and blind from now on, where unknown."""
        if id(node) not in self._lines:
            self._lines[id(node)] = node, self._lines_of(node)
        return self._lines[id(node)][1]

    def _lines_of(self, node: Numeric) -> tuple[Line, ...]:
        if not self.moves(node):
            return (Line(node.numbers(self.run), 0.0),)
        lines = node.lines(self)
        if not lines or len(lines) > _MOST_LINES:
            self.is_blind = True
            return ()
        return lines

    def crossings(self, *sides: Iterable[Line]) -> Iterator[FloatArray]:
        """Yield where a line of one side meets a line of another; NaN where they never do."""
        for ours, others in combinations([tuple(side) for side in sides], 2):
            for line, other in product(ours, others):
                if not (line.is_fixed and other.is_fixed):
                    yield self._crossing(line, other)

    def edges(self, points: Numeric, most: float) -> list[FloatArray]:
        """Return where the points of a rule may jump, bend, or leave what is allowed.

        Each of shape (n_units,), NaN where there is none; not in order, and some may be no edge.
        `most` is the maximum of the item.

        Examples
        --------
        >>> from scoring.rules import RULE_KINDS, compile_rule
        >>> example = RULE_KINDS["ratio"].example
        >>> arrays = {name: np.array([value]) for name, value in example.values.items()}
        >>> moved, rule = Moved("satisfied", arrays), compile_rule(example.spec)
        >>> sorted({round(float(edge[0]), 9) for edge in moved.edges(rule.points, 6.0)})
        [0.0, 900.0]
        """
        allowed = [Line(0.0, 0.0), Line(most, 0.0)]
        # Where there is no figure or no divisor, there is no edge.
        with np.errstate(all="ignore"):
            found = [*points.edges(self), *self.crossings(self.lines(points), allowed)]
        return [edge for edge in found if not np.isnan(edge).all()]

    def roundings(self, node: Numeric, decimals: int) -> Iterator[FloatArray]:
        """Yield the figures at which `node` is rounded to another number."""
        step = 10.0**-decimals
        for line in self.lines(node) if self.window else ():
            if line.is_fixed:
                continue
            ends = np.array([line.start + line.slope * end for end in self.window or ()])
            first = np.floor(ends.min(axis=0) / step)
            count = np.nan_to_num(np.ceil(ends.max(axis=0) / step) - first).max(initial=0)
            if not math.isfinite(count) or count > self.most_roundings:
                continue
            for place in range(int(count) + 1):
                border = Line((first + place + 0.5) * step, 0.0)
                yield self._crossing(line, border)

    def _crossing(self, line: Line, other: Line) -> FloatArray:
        at = np.true_divide(np.subtract(other.start, line.start), line.slope - other.slope)
        found = np.where(np.isfinite(at), at, np.nan)
        return np.broadcast_to(found, np.shape(self.run.values[self.name]))

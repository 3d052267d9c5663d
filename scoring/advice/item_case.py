"""One item of all units at once: what its rule gives when figures of it change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from scoring.base.rounding import round_points
from scoring.base.values import NOT_APPLICABLE
from scoring.points import ScoreSheet
from scoring.points.peers import best_of_peers
from scoring.rules import CompiledRule
from scoring.rules.evaluate import BoolArray, FloatArray, best_name
from scoring.rules.expression import YEAR
from scoring.rules.expression.lines import Moved

IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class ItemCase:
    """An item with the figures of all units.

    Attributes
    ----------
    row : int
        Its row in the arrays of the sheet.
    rule : CompiledRule
    values : mapping of str to array, shape (n_units,)
        What its rule reads, with the year and the best of the block.
    now : array, shape (n_units,)
        Points as they stand; NaN where the item is open.
    sign : float
        -1 for a penalty, whose points are taken off: less of them is better.
    decimals : int or None
        Where the set rounds the points of an item; None where it does not.
    is_na : bool array, shape (n_units,), or None
        Where the item does not apply, and nothing can be earned.
    """

    row: int
    rule: CompiledRule
    values: Mapping[str, FloatArray]
    now: FloatArray
    sign: float
    decimals: int | None
    is_na: BoolArray | None = None

    @property
    def worth_now(self) -> FloatArray:
        """What the points are worth to the unit; what is open counts for nothing."""
        return np.where(np.isnan(self.now), 0.0, self.sign * self.now)

    def earned(self, places: IntArray, figures: Mapping[str, FloatArray]) -> FloatArray:
        """Return what the rule gives the units at `places` with other figures; NaN: not scored."""
        values = {**{name: array[places] for name, array in self.values.items()}, **figures}
        points = self.rule.score(values, len(places)).points
        return points if self.is_na is None else np.where(self.is_na[places], np.nan, points)

    def edges(self, moved: Moved) -> list[FloatArray]:
        """Return where the points of the rule change their course; see `Moved.edges`."""
        return moved.edges(self.rule.points, self.rule.spec.max_points)

    def rounded(self, points: FloatArray) -> FloatArray:
        """Return points as the set counts them for an item."""
        return points if self.decimals is None else np.asarray(round_points(points, self.decimals))

    def with_figures(self, figures: Mapping[str, FloatArray]) -> ItemCase:
        """Return the item with other figures of all units; its points stay those of before."""
        return replace(self, values={**self.values, **figures})


def item_case(sheet: ScoreSheet, code: str) -> ItemCase:
    """Return an item of a sheet with all that its rule reads."""
    rule, row, node = sheet.criteria.rules[code], sheet.row(code), sheet.criteria.by_code[code]
    values = dict(sheet.figures.of_item(rule.spec))
    values[YEAR] = sheet.figures.years
    for name in rule.peer_inputs:
        values[best_name(name)] = best_of_peers(rule, sheet.figures, name)
    is_na = sheet.status[row] == NOT_APPLICABLE
    meta = sheet.criteria.meta
    decimals = meta.decimals if meta.rounds(node) else None
    sign = -1.0 if node.kind == "penalty" else 1.0
    return ItemCase(row, rule, values, sheet.points[row], sign, decimals, is_na)

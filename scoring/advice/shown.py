"""Which options of an item are worth a word: those that can still be done, the first and the last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.advice.item_case import IntArray
from scoring.advice.moves import COUNT, FIGURE, PROOF
from scoring.advice.options import KINDS, Options
from scoring.advice.terms import PAST
from scoring.rules.evaluate import BoolArray

# Points on one straight piece of a rule are this near to it, for they are rounded.
_STRAIGHT = 0.011


@dataclass(frozen=True)
class Shown:
    """The options that are shown but for proof, a group for each item and unit that has any.

    Attributes
    ----------
    at : int array
        Options, in their order.
    key : int array, shape (n_groups,)
        Row of the item times the number of units, plus the place of the unit.
    start, end : int array, shape (n_groups,)
        Where the group stands in `at`.
    first : int array, shape (n_groups,)
        Where in `at` the first step stands that is worth a word.
    """

    at: IntArray
    key: IntArray
    start: IntArray
    end: IntArray
    first: IntArray

    def group(self, key: int) -> int | None:
        """Return the number of a group; None where an item has nothing to show."""
        place = int(np.searchsorted(self.key, key))
        return place if place < len(self.key) and self.key[place] == key else None


def shown(found: Options) -> Shown:
    """Return what is shown: what is too late only where nothing else is left."""
    n_units = len(found.sheet.units)
    keys = found.row * n_units + found.place
    is_step = found.kind != KINDS.index(PROOF)
    is_doable = found.term < PAST
    has_doable = np.zeros(len(found.sheet.criteria.nodes) * n_units, dtype=bool)
    has_doable[keys[is_step & is_doable]] = True
    at = np.flatnonzero(is_step & (is_doable | ~has_doable[keys]))
    key, start = np.unique(keys[at], return_index=True)
    end = np.append(start[1:], len(at))[: len(start)]
    return Shown(at, key, start, end, _first(found, at, start))


def _first(found: Options, at: IntArray, start: IntArray) -> IntArray:
    """Return the first step worth a word: not one case of many on a straight way."""
    first, size, more = start.copy(), found.change[at], found.more[at]
    onto = _next_alike(found, at)
    goes_on: BoolArray = (found.kind[at[start]] != KINDS.index(COUNT)) & (size[start] <= 1.0)
    while goes_on.any():
        after = onto[first]
        with np.errstate(divide="ignore", invalid="ignore"):
            onward = size[first] * more[after] / size[after]
        is_straight = (size[after] > size[first]) & (np.abs(more[first] - onward) <= _STRAIGHT)
        goes_on &= (after > first) & is_straight
        first[goes_on] = after[goes_on]
    return first


def _next_alike(found: Options, at: IntArray) -> IntArray:
    """Return for each option the next one of its item and unit that moves the same figures."""
    moved = np.zeros(len(found))
    is_figure = found.kind[found.option] == KINDS.index(FIGURE)
    np.add.at(moved, found.option[is_figure], np.exp2(found.of_input[is_figure] % 50))
    n_units = len(found.sheet.units)
    keys = found.row[at] * n_units + found.place[at]
    order = np.lexsort((moved[at], keys))
    onto = np.arange(len(at))
    is_same = (keys[order[1:]] == keys[order[:-1]]) & (
        moved[at][order[1:]] == moved[at][order[:-1]]
    )
    onto[order[:-1][is_same]] = order[1:][is_same]
    return onto

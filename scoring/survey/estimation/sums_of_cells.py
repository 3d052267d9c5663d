"""Sums that cells of a table obey, and which cells must hide so that none can be computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

# Of a projection of numbers near 1: nearer to zero than this is rounding.
_ROUNDING = 1e-7

# Cells that hang together and are solved for at once, where there is another way out.
MOST_CELLS = 1500


class TooManyCellsError(Exception):
    """More hidden cells hang together than can be solved for in bearable time."""


@dataclass(frozen=True)
class CellSums:
    """Sums over cells, as one long list of their members.

    Attributes
    ----------
    number : int array, shape (n_members,)
        Which sum; from 0.
    member : int array, shape (n_members,)
        Place of the cell.
    is_whole : bool array, shape (n_members,)
        The cell is the sum of the others; a sum without one is known to everybody.
    share : float array, shape (n_members,)
        1 where the parts add up as they are; otherwise a number of its own for each part that
        enters in a proportion which the table does not say, the same in every sum of its kind.
    """

    number: Places
    member: Places
    is_whole: Flags
    share: Floats

    @classmethod
    def joined(cls, parts: Sequence[CellSums]) -> CellSums:
        """Return the sums of all parts, numbered one after the other."""
        sizes = [part.number.max(initial=-1) + 1 for part in parts]
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
        numbers = [part.number + start for part, start in zip(parts, starts, strict=True)]
        rest = [
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("member", "is_whole", "share")
        ]
        return cls(np.concatenate(numbers), *rest)

    def only(self, kept: Flags) -> CellSums:
        """Return some of the members, the sums numbered anew without gaps."""
        number = np.unique(self.number[kept], return_inverse=True)[1].astype(np.intp)
        return CellSums(number, self.member[kept], self.is_whole[kept], self.share[kept])


def sums_of(
    group: Places, parts: Flags, wholes: Flags | None, kind: Places | None = None
) -> CellSums:
    """Return one sum a group, over its `parts`, of its `wholes`.

    Parameters
    ----------
    group : int array, shape (n_cells,)
    parts, wholes : bool array, shape (n_cells,)
        Without `wholes`, the sum of the parts is known. Groups that lack either have no sum.
    kind : int array, shape (n_cells,), optional
        Number of the part, such as that of its question, where parts enter in proportions that
        the table does not say; without it they add up as they are.

    Returns
    -------
    CellSums
    """
    has = np.zeros(group.max(initial=-1) + 1, dtype=bool)
    has[group[parts]] = True
    if wholes is not None:
        whole = np.zeros_like(has)
        whole[group[wholes]] = True
        has &= whole
    is_whole = np.zeros(len(group), dtype=bool) if wholes is None else wholes
    member = np.flatnonzero((parts | is_whole) & has[group])
    sums = CellSums(group[member], member, is_whole[member], _shares(kind, len(group))[member])
    return sums.only(np.ones(len(member), dtype=bool))


def _shares(kind: Places | None, n_cells: int) -> Floats:
    if kind is None:
        return np.ones(n_cells)
    return np.random.default_rng(0).uniform(0.5, 1.5, kind.max(initial=-1) + 1)[kind]


def protected(
    hidden: Flags, sizes: Floats, sums: CellSums, minimum: float, settled: Flags | None = None
) -> Flags:
    """Return what must hide so that nothing hidden can be computed from what is shown.

    Parameters
    ----------
    hidden : bool array, shape (n_cells,)
        Cells that hide in any case.
    sizes : float array, shape (n_cells,)
        Forms of each cell; one without any has nothing to hide and hides nothing.
    sums : CellSums
    minimum : float
        Hidden parts of one shown whole have at least so many forms together.
    settled : bool array, shape (n_cells,), optional
        Hidden cells that are known not to be computable by themselves.

    Returns
    -------
    bool array, shape (n_cells,)
        `hidden` and the cells added to it: those that open no other sum first, then those with
        fewest forms, then those first in order; a whole only where no part is left.
    """
    choice = _Choice(hidden.copy(), sizes, sums)
    while True:
        if leaking := _leaking(choice, minimum):
            closed = [choice.hide_one(sum_) for sum_ in leaking]
        else:
            closed = [
                choice.hide_one_with(cell) for cell in computable(choice.hidden, sums, settled)
            ]
        if not any(closed):
            return choice.hidden


def _leaking(choice: _Choice, minimum: float) -> list[int]:
    """Return the sums with one hidden cell, or with hidden parts that are few together."""
    sums, hides = choice.sums, choice.hidden[choice.sums.member]
    count = np.bincount(sums.number, hides)
    size = np.bincount(sums.number, hides * choice.sizes[sums.member])
    whole_hides = np.bincount(sums.number, hides & sums.is_whole)
    few = (count > 0) & (whole_hides == 0) & (size < minimum)
    leaks = (count == 1) | few
    return [int(number) for number in np.flatnonzero(leaks & choice.can_close)]


class _Choice:
    """What is hidden so far, and which cell to hide next."""

    def __init__(self, hidden: Flags, sizes: Floats, sums: CellSums) -> None:
        self.hidden, self.sizes, self.sums = hidden, sizes, sums
        self.by_sum = _lists(sums.number, sums.member)
        self.wholes = _lists(sums.number[sums.is_whole], sums.member[sums.is_whole])
        self.by_cell = _lists(sums.member, sums.number)
        self.can_close = np.ones(len(self.by_sum), dtype=bool)

    def hide_one(self, number: int) -> bool:
        """Hide the cheapest shown cell of a sum; say whether there was one."""
        cells = self.by_sum[number]
        shown = cells[~self.hidden[cells] & (self.sizes[cells] > 0)]
        if not len(shown):
            self.can_close[number] = False
            return False
        wholes = self.wholes.get(number, ())
        cheapest = min(shown, key=lambda cell: (cell in wholes, *self._cost(cell)))
        self.hidden[cheapest] = True
        return True

    def hide_one_with(self, cell: int) -> bool:
        """Hide one more cell of one of the sums that a computable cell belongs to."""
        return any(self.hide_one(int(number)) for number in self.by_cell.get(cell, ()))

    def _cost(self, cell: int) -> tuple[int, float, int]:
        untouched = sum(not self.hidden[self.by_sum[n]].any() for n in self.by_cell[cell])
        return untouched, float(self.sizes[cell]), int(cell)


def _lists(keys: Places, values: Places) -> dict[int, Places]:
    order = np.argsort(keys, kind="stable")
    found, starts = np.unique(keys[order], return_index=True)
    lists = np.split(values[order], starts[1:]) if len(found) else []
    return dict(zip(found.tolist(), lists, strict=True))


def computable(hidden: Flags, sums: CellSums, settled: Flags | None = None) -> list[int]:
    """Return the hidden cells that the sums and the shown cells determine.

    Sums whose proportions the table does not say are taken once with equal ones and once with
    ones that no two parts share: the reader may know either.

    Parameters
    ----------
    hidden : bool array, shape (n_cells,)
    sums : CellSums
    settled : bool array, shape (n_cells,), optional
        Hidden cells that are known not to be computable where only such cells meet.

    Returns
    -------
    list of int
        Places of the cells, ascending.

    Raises
    ------
    TooManyCellsError
        With `settled`, where more than `MOST_CELLS` hang together.
    """
    unknown = sums.only(hidden[sums.member])
    if not len(unknown.member):
        return []
    draw = np.random.default_rng(0)
    equal = np.where(unknown.is_whole, -1.0, 1.0)
    own = np.where(unknown.is_whole, -1.0, unknown.share)
    found: set[int] = set()
    for members in _connected(unknown):
        cells, column = np.unique(unknown.member[members], return_inverse=True)
        if settled is not None:
            if settled[cells].all():
                continue
            if len(cells) > MOST_CELLS:
                raise TooManyCellsError
        row = np.unique(unknown.number[members], return_inverse=True)[1]
        for weights in (equal, own):
            matrix = np.zeros((row.max() + 1, len(cells)))
            matrix[row, column] = weights[members]
            # What a random vector loses on its way to the row space is 0 where a cell is known.
            vector = draw.uniform(1.0, 2.0, len(cells))
            seen = np.linalg.lstsq(matrix, matrix @ vector)[0]
            found.update(cells[np.abs(vector - seen) < _ROUNDING].tolist())
    return sorted(found)


def _connected(sums: CellSums) -> list[Places]:
    """Return the members of each set of sums that share cells, directly or through others."""
    label = sums.number.copy()
    while True:
        of_cell = np.full(sums.member.max() + 1, len(label), dtype=np.intp)
        np.minimum.at(of_cell, sums.member, label)
        of_sum = np.full(sums.number.max() + 1, len(label), dtype=np.intp)
        np.minimum.at(of_sum, sums.number, of_cell[sums.member])
        if (of_sum[sums.number] == label).all():
            return list(_lists(label, np.arange(len(label))).values())
        label = of_sum[sums.number]

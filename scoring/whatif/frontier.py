"""What points cost at least: the whole exact frontier of items that each have a few options.

Dynamic programming on a lattice. Where the points of all options lie on one (hundredths, thirds),
every amount of points keeps its least cost; where the costs do, every cost keeps its most points.
Either is exact, and the one with fewer cells is taken. Where neither lies on a lattice, costs are
rounded down onto a fine one: points stay exact, the costs of the frontier are lower bounds, and
the gap to the cost of each plan is told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from scoring.base.errors import UsageError
from scoring.rules.evaluate import FloatArray
from scoring.whatif.choices import (
    Choices,
    Group,
    IntArray,
    cost_of,
    points_of,
    reaches,
    trimmed,
)

# More cells than these would take a second and a gigabyte; fewer would be needlessly coarse.
MOST_CELLS = 40_000
_SAME = 1e-9
_DENOMINATOR = 10_000
# Steps whose plans are looked at for a cheaper one where costs are only bounded.
_TRIED = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """The cheapest plan for a goal.

    Attributes
    ----------
    plan : int array, shape (n_items,)
        Option of each item, 0 where it stays as it is.
    points, cost : float
    at_least : float
        No plan costs less than this. The plan is known to be the cheapest where it is the cost.
    """

    plan: IntArray
    points: float
    cost: float
    at_least: float

    @property
    def is_optimal(self) -> bool:
        """Whether no plan can be cheaper."""
        return self.cost <= self.at_least + _SAME * max(1.0, self.cost)


@dataclass(frozen=True)
class Frontier:
    """All sensible amounts of points with their least costs, cheapest first.

    Attributes
    ----------
    points, costs : array, shape (n_steps,)
        Both ascend; what costs as much for fewer points is left out.
    is_exact : bool
        False where `costs` are lower bounds (see the module).
    """

    points: FloatArray
    costs: FloatArray
    is_exact: bool
    _root: _Closed = field(repr=False)
    _items: Sequence[Choices] = field(repr=False)
    _tree: Group = field(repr=False)

    def first(self, goal: float) -> int | None:
        """Return the cheapest step that reaches a goal; None where none does."""
        found = np.flatnonzero(reaches(self.points, goal))
        return int(found[0]) if len(found) else None

    def plan(self, step: int) -> IntArray:
        """Return the option chosen for each item, 0 where it stays as it is."""
        chosen = np.zeros(len(self._items), dtype=np.int64)
        self._root.trace(step, chosen)
        return chosen

    def answer(self, goal: float) -> Answer | None:
        """Return the cheapest plan that reaches a goal; None where none does."""
        first = self.first(goal)
        if first is None:
            return None
        lower, best = float(self.costs[first]), math.inf
        for step in range(first, min(first + _TRIED, len(self.costs))):
            if self.costs[step] >= best:
                break
            plan = trimmed(self._items, self._tree, self.plan(step), goal)
            if (cost := cost_of(self._items, plan)) < best:
                best, chosen = cost, plan
        points = self._tree.total(points_of(self._items, chosen))
        return Answer(chosen, points, best, min(lower, best))


def alternatives(
    items: Sequence[Choices], tree: Group, goal: float, answer: Answer, count: int = 3
) -> list[tuple[int, Answer]]:
    """Return the cheapest plans that do without one of the items an answer changes.

    Any other plan that is not the answer with something added changes one of its items otherwise,
    so these are the next best ones that really differ.

    Returns
    -------
    list of (int, Answer), cheapest first, at most `count`
        The item done without, and the plan; no plan comes twice.
    """
    found: dict[bytes, tuple[int, Answer]] = {}
    for at in np.flatnonzero(answer.plan).tolist():
        still = Choices(items[at].points[:1], items[at].costs[:1])
        without = [still if item == at else one for item, one in enumerate(items)]
        other = frontier(without, tree).answer(goal)
        if other is not None:
            found.setdefault(other.plan.tobytes(), (at, other))
    return sorted(found.values(), key=lambda pair: pair[1].cost)[:count]


def frontier(items: Sequence[Choices], tree: Group, most_cells: int = MOST_CELLS) -> Frontier:
    """Return the whole frontier of points and costs.

    Parameters
    ----------
    items : sequence of Choices
    tree : Group
        How the items add up; each stands in one group.
    most_cells : int
        How fine a lattice may be.

    Raises
    ------
    UsageError
        Where a cost is below zero or not known.

    Examples
    --------
    >>> items = [Choices(np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0, 5.0])),
    ...          Choices(np.array([0.25, 1.0]), np.array([0.0, 2.0]))]
    >>> found = frontier(items, Group(items=(0, 1)))
    >>> found.points.tolist(), found.costs.tolist()
    ([0.25, 0.75, 1.0, 1.5, 2.0], [0.0, 1.0, 2.0, 3.0, 7.0])
    >>> found.plan(found.first(1.25)).tolist()
    [1, 1]
    """
    if any(not (np.isfinite(item.costs) & (item.costs >= 0)).all() for item in items):
        raise UsageError("costs must be known, and 0 or more")
    axis = _axis(items, tree, most_cells)
    root = _closed(items, tree, axis)
    return Frontier(root.points, root.costs, axis.is_exact, root, items, tree)


@dataclass(frozen=True, slots=True)
class _Axis:
    """The lattice: of points (then costs are the values) or of costs (then points are)."""

    of_points: bool
    step: float
    is_exact: bool = True

    def encoded(self, points: FloatArray, costs: FloatArray) -> tuple[IntArray, FloatArray]:
        """Return the cell of each option and the value that is to be least there."""
        along, values = (points, costs) if self.of_points else (costs, -points)
        # What has no lattice is rounded down, which can only make a plan look cheaper.
        cells = along / self.step
        keys = np.rint(cells) if self.is_exact else np.floor(cells + _SAME)
        return keys.astype(np.int64), values

    def decoded(self, keys: IntArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the points and costs of cells."""
        along = np.asarray(keys * self.step, dtype=np.float64)
        return (along, values) if self.of_points else (-values, along)


def _axis(items: Sequence[Choices], tree: Group, most_cells: int) -> _Axis:
    groups = list(tree.walk())
    costs = np.concatenate([np.zeros(1), *(item.costs for item in items)])
    found = [_Axis(False, step) for step in [lattice(costs)] if step]
    if all(group.weight == 1.0 for group in groups):
        ends = [end for group in groups for end in (group.low, group.high, group.start)]
        ends += [10.0**-group.decimals for group in groups if group.decimals is not None]
        steps = [np.array([end for end in ends if math.isfinite(end)])]
        step = lattice(np.concatenate([*steps, *(item.points for item in items)]))
        found += [_Axis(True, step)] if step else []
    sized = [(_cells(items, axis), axis) for axis in found]
    fitting = [pair for pair in sized if pair[0] <= most_cells]
    if fitting:
        return min(fitting, key=lambda pair: pair[0])[1]
    return _Axis(False, max(_most(items, False) / most_cells, _SAME), is_exact=False)


def _cells(items: Sequence[Choices], axis: _Axis) -> float:
    return _most(items, axis.of_points) / axis.step


def _most(items: Sequence[Choices], of_points: bool) -> float:
    spans = [np.ptp(item.points if of_points else item.costs) for item in items]
    return float(sum(spans))


def lattice(numbers: FloatArray) -> float:
    """Return the largest step of which all numbers are multiples; 0 where there is none.

    >>> lattice(np.array([0.25, 1.5, 3.0])), lattice(np.array([2.0, 2 ** 0.5]))
    (0.25, 0.0)
    """
    fractions = []
    for number in np.unique(np.abs(numbers)).tolist():
        near = Fraction(number).limit_denominator(_DENOMINATOR)
        if abs(float(near) - number) > 1e-10 * max(1.0, number):
            return 0.0
        fractions.append(near)
    whole = math.lcm(*(part.denominator for part in fractions))
    step = math.gcd(*(int(part * whole) for part in fractions))
    return step / whole if step else 1.0


@dataclass(frozen=True, slots=True)
class _Stage:
    """The table before one part was added, and the options of the part."""

    part: int | _Closed
    at: IntArray
    keys: IntArray
    values: FloatArray
    before: FloatArray


@dataclass(frozen=True, slots=True)
class _Closed:
    """The frontier of one group: what an item has, options, each with where it came from."""

    points: FloatArray
    costs: FloatArray
    keys: IntArray
    stages: Sequence[_Stage]
    after: FloatArray
    # Of the best of several: which of them is moved, else -1.
    parts: Sequence[int | _Closed] = ()
    moved: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def trace(self, step: int, chosen: IntArray) -> None:
        """Write down the options that lead to a step."""
        if len(self.moved):
            for at, part in enumerate(self.parts):
                _choose(part, int(self.keys[step]) if at == self.moved[step] else 0, chosen)
            return
        key, after = int(self.keys[step]), self.after
        for stage in reversed(self.stages):
            before = key - stage.keys
            inside = (before >= 0) & (before < len(stage.before))
            reached = stage.before[np.where(inside, before, 0)] + stage.values
            option = int(np.flatnonzero(inside & (reached == after[key]))[0])
            _choose(stage.part, int(stage.at[option]), chosen)
            key, after = int(before[option]), stage.before


def _choose(part: int | _Closed, option: int, chosen: IntArray) -> None:
    if isinstance(part, _Closed):
        part.trace(option, chosen)
    else:
        chosen[part] = option


def _parts(items: Sequence[Choices], group: Group, axis: _Axis) -> Iterator[int | _Closed]:
    yield from group.items
    for below in group.groups:
        if below.is_plain and not group.best and not below.start:
            yield from _parts(items, below, axis)
        else:
            yield _closed(items, below, axis)


def _closed(items: Sequence[Choices], group: Group, axis: _Axis) -> _Closed:
    parts = list(_parts(items, group, axis))
    if group.best:
        return _best(items, parts, group)
    start = np.array([group.start]), np.zeros(1)
    keys, table = axis.encoded(*start)
    offset, stages = int(keys[0]), []
    for part in parts:
        given = items[part] if isinstance(part, int) else part
        at = _undominated(given.points, given.costs)
        keys, values = axis.encoded(given.points[at], given.costs[at])
        if not len(keys):
            return _Closed(np.zeros(0), np.zeros(0), keys, (), table)
        least = int(keys.min())
        keys, offset = keys - least, offset + least
        stages.append(_Stage(part, at, keys, values, table))
        table = _added(table, keys, values)
    found = np.flatnonzero(np.isfinite(table))
    points, costs = axis.decoded(found + offset, table[found])
    points = group.closed(points)
    kept = _undominated(points, costs)
    kept = kept[reaches(points[kept], group.at_least)]
    return _Closed(points[kept], costs[kept], found[kept], stages, table)


def _added(table: FloatArray, keys: IntArray, values: FloatArray) -> FloatArray:
    """Return the least value of every cell once one more part has its options."""
    after = np.full(len(table) + int(keys.max()), np.inf)
    for key, value in zip(keys.tolist(), values.tolist(), strict=True):
        cells = after[key : key + len(table)]
        np.minimum(cells, table + value, out=cells)
    return after


def _best(items: Sequence[Choices], parts: list[int | _Closed], group: Group) -> _Closed:
    """Return the frontier of alternatives: only one of them is worth moving.

    One that has a goal of its own stands at the least that reaches it, which is paid for whichever
    is moved; where it cannot be reached there is no plan.
    """
    given = [items[part] if isinstance(part, int) else part for part in parts]
    if not all(len(one.points) for one in given):
        none = np.zeros(0)
        return _Closed(none, none, np.zeros(0, dtype=np.int64), (), none)
    standing = max(float(one.points[0]) for one in given)
    first = math.fsum(float(one.costs[0]) for one in given)
    points = np.concatenate([np.maximum(one.points, standing) for one in given])
    costs = np.concatenate([one.costs + (first - float(one.costs[0])) for one in given])
    keys = np.concatenate([np.arange(len(one.points)) for one in given])
    moved = np.repeat(np.arange(len(given)), [len(one.points) for one in given])
    points = group.closed(group.start + points)
    kept = _undominated(points, costs)
    kept = kept[reaches(points[kept], group.at_least)]
    return _Closed(points[kept], costs[kept], keys[kept], (), points, parts, moved[kept])


def _undominated(points: FloatArray, costs: FloatArray) -> IntArray:
    """Return the options that no other one beats, cheapest first; how things stand comes first."""
    order = np.lexsort((-points, costs))
    best = np.maximum.accumulate(np.concatenate([[-np.inf], points[order][:-1]]))
    return order[points[order] > best + _SAME]

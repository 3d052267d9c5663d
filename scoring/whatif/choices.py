"""What can be done about each item, and how the items add up, as plain arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.base.rounding import round_points
from scoring.rules.evaluate import FloatArray

IntArray = npt.NDArray[np.int64]
# Points are compared at nine decimals, as ranks and grades compare them.
_GUARD_DECIMALS, _SAME = 9, 1e-9


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be done about one item.

    Attributes
    ----------
    points : array, shape (n_options,)
        What each option has the item contribute; entry 0 is how it stands. A penalty is negative.
    costs : array, shape (n_options,)
        0 or more; entry 0 is 0.
    """

    points: FloatArray
    costs: FloatArray


@dataclass(frozen=True, slots=True)
class Group:
    """How contributions add up: weighted, then rounded, then kept between two ends.

    Attributes
    ----------
    items : tuple of int
        Positions of items directly below.
    groups : tuple of Group
    start : float
        Points that nothing changes.
    weight : float
    decimals : int or None
        Rounded half up to so many; None: not rounded.
    low, high : float
        Ends, such as the cap of bonus points.
    best : bool
        The best of what is below counts, not the sum.
    at_least : float
        A goal of its own: plans that leave the group below it do not count.
    code : str
        Which node of a set it stands for.
    """

    items: tuple[int, ...] = ()
    groups: tuple[Group, ...] = ()
    start: float = 0.0
    weight: float = 1.0
    decimals: int | None = None
    low: float = -math.inf
    high: float = math.inf
    best: bool = False
    at_least: float = -math.inf
    code: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is a mere sum, which can as well be added up further above."""
        ends = math.isinf(self.low) and math.isinf(self.high) and math.isinf(self.at_least)
        return ends and self.weight == 1.0 and self.decimals is None and not self.best

    def closed(self, points: FloatArray) -> FloatArray:
        """Return what the group passes on for the points below it."""
        made = points if self.weight == 1.0 else points * self.weight
        if self.decimals is not None:
            made = round_points(np.asarray(made, dtype=np.float64), self.decimals)
        return np.clip(made, self.low, self.high)

    def total(self, points: FloatArray) -> float:
        """Return the points of the group when each item contributes as `points` says."""
        below = [float(points[item]) for item in self.items]
        below += [group.total(points) for group in self.groups]
        raw = max(below, default=0.0) if self.best else math.fsum(below)
        return float(self.closed(np.array([self.start + raw]))[0])

    def meets(self, points: FloatArray, goal: float) -> bool:
        """Say whether items that contribute as `points` says reach a goal, and all goals below."""
        ends = [(self, goal), *((group, group.at_least) for group in self.walk())]
        return all(reaches(group.total(points), end)[0] for group, end in ends if end > -math.inf)

    def walk(self) -> Iterator[Group]:
        """Yield the group and all below it."""
        yield self
        for group in self.groups:
            yield from group.walk()


def reaches(points: FloatArray | float, goal: float) -> npt.NDArray[np.bool_]:
    """Say where points reach a goal, at the nine decimals at which the engine compares.

    >>> bool(reaches(38.43 + 28.33 + 13.24, 80.0)), 38.43 + 28.33 + 13.24 >= 80.0
    (True, False)
    """
    rounded = round_points(np.atleast_1d(np.asarray(points, dtype=np.float64)), _GUARD_DECIMALS)
    return np.asarray(rounded >= goal - _SAME / 2)


def points_of(items: Sequence[Choices], plan: IntArray) -> FloatArray:
    """Return what each item contributes under a plan."""
    return np.array([item.points[at] for item, at in zip(items, plan, strict=True)])


def cost_of(items: Sequence[Choices], plan: IntArray) -> float:
    """Return what a plan costs."""
    return math.fsum(float(item.costs[at]) for item, at in zip(items, plan, strict=True))


def trimmed(items: Sequence[Choices], tree: Group, plan: IntArray, goal: float) -> IntArray:
    """Return the plan without what the goal does not need, such as what costs nothing.

    The dearest of what can be left out goes first.
    """
    kept = plan.copy()
    costs = np.array([item.costs[at] for item, at in zip(items, plan, strict=True)])
    for at in sorted(np.flatnonzero(plan).tolist(), key=lambda item: -costs[item]):
        chosen, kept[at] = kept[at], 0
        if not tree.meets(points_of(items, kept), goal):
            kept[at] = chosen
    return kept

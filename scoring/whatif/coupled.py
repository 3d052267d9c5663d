"""Actions that share people, budgets or documents: mixed-integer programming, with its bound.

Needs the extra ``optimise`` (HiGHS). Where the solver stops at a limit the best plan found is given
with the bound that no plan can beat; it is called the cheapest only where the two are one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.rules.evaluate import FloatArray
from scoring.whatif.choices import Choices, Group, IntArray, cost_of, points_of
from scoring.whatif.frontier import Answer

# Rows hold within this; what then misses its goal by less is found out and left aside.
_TOLERANCE, _SAME = 1e-9, 1e-9
_MOST_CUTS = 20


@dataclass(frozen=True, slots=True)
class Shared:
    """Something that several options need, paid for once.

    Attributes
    ----------
    cost : float
    users : tuple of (int, int)
        Item and option of it that needs the thing.
    """

    cost: float
    users: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """What there is only so much of: days of a person, a budget, people.

    Attributes
    ----------
    uses : sequence of array, shape (n_options,) each
        What each option of each item takes of it.
    most : float
    shared : tuple of float
        What each shared thing takes of it; empty: nothing.
    """

    uses: Sequence[FloatArray]
    most: float
    shared: tuple[float, ...] = ()

    def taken(self, plan: IntArray, used: Sequence[bool] = ()) -> float:
        """Return what a plan takes."""
        own = [float(use[at]) for use, at in zip(self.uses, plan, strict=True)]
        return math.fsum(
            own + [use for use, is_used in zip(self.shared, used, strict=False) if is_used]
        )


@dataclass(frozen=True, slots=True)
class Coupling:
    """What ties items together."""

    limits: tuple[Limit, ...] = ()
    shared: tuple[Shared, ...] = ()

    def used(self, plan: IntArray) -> list[bool]:
        """Say which of the shared things a plan needs."""
        return [any(plan[item] == option for item, option in one.users) for one in self.shared]

    def cost(self, items: Sequence[Choices], plan: IntArray) -> float:
        """Return what a plan costs, what is shared paid for once."""
        once = [one.cost for one, used in zip(self.shared, self.used(plan), strict=True) if used]
        return math.fsum([cost_of(items, plan), *once])

    def allows(self, plan: IntArray) -> bool:
        """Say whether a plan keeps all limits."""
        used = self.used(plan)
        return all(one.taken(plan, used) <= one.most + 1e-7 for one in self.limits)


@dataclass(frozen=True, slots=True)
class Coupled:
    """What the solver came to.

    Attributes
    ----------
    answer : Answer or None
        The best plan found; see `Answer.is_optimal`.
    at_least : float
        No plan costs less; of `most_points`, none has more points.
    is_settled : bool
        False where a limit of the solver was reached first.
    """

    answer: Answer | None
    at_least: float
    is_settled: bool


def is_installed() -> bool:
    """Say whether HiGHS, of the extra ``optimise``, is installed."""
    return find_spec("highspy") is not None


def cheapest_coupled(
    items: Sequence[Choices], tree: Group, goal: float, coupling: Coupling, *,
    seconds: float = 60.0, nodes: int | None = None,
) -> Coupled:  # fmt: skip
    """Return the cheapest plan that reaches a goal and keeps all limits.

    Parameters
    ----------
    items, tree
        As of `scoring.whatif.frontier.frontier`.
    goal : float
    coupling : Coupling
    seconds, nodes
        Where the solver stops though it has not proved its plan the cheapest.

    Raises
    ------
    UsageError
        Where the extra is missing (``reach-needs-extra``).
    """
    model = _Model(items, coupling)
    root = model.group(tree)
    model.row({root: 1.0}, low=goal)
    found = model.solved(seconds, nodes)
    for _ in range(_MOST_CUTS):
        if found.plan is None or tree.meets(points_of(items, found.plan), goal):
            break
        # The solver holds a row to within a tolerance; the goal is held exactly.
        model.without(found.plan)
        found = model.solved(seconds, nodes)
    if found.plan is None or not tree.meets(points_of(items, found.plan), goal):
        return Coupled(None, max(found.bound, 0.0), found.is_settled and found.plan is None)
    cost = coupling.cost(items, found.plan)
    bound = cost if found.is_settled else min(max(found.bound, 0.0), cost)
    answer = Answer(found.plan, tree.total(points_of(items, found.plan)), cost, bound)
    return Coupled(answer, bound, found.is_settled)


def most_points(
    items: Sequence[Choices], tree: Group, coupling: Coupling, *, seconds: float = 60.0,
    nodes: int | None = None,
) -> Coupled:  # fmt: skip
    """Return the plan with the most points that keeps all limits; see `cheapest_coupled`."""
    model = _Model(items, coupling)
    root = model.group(tree)
    model.costs = [0.0] * len(model.costs)
    model.costs[root] = -1.0
    found = model.solved(seconds, nodes)
    if found.plan is None:
        return Coupled(None, -found.bound, found.is_settled)
    points = tree.total(points_of(items, found.plan))
    cost = coupling.cost(items, found.plan)
    best = points if found.is_settled else max(-found.bound, points)
    # Nothing is known of the cost of other plans with as many points.
    return Coupled(Answer(found.plan, points, cost, 0.0), best, found.is_settled)


@dataclass(frozen=True, slots=True)
class _Found:
    plan: IntArray | None
    bound: float
    is_settled: bool


class _Model:
    """Columns and rows, gathered one by one and solved as a whole."""

    def __init__(self, items: Sequence[Choices], coupling: Coupling) -> None:
        if not is_installed():
            raise UsageError("highspy is missing", Finding("reach-needs-extra"))
        self.items, self.costs, self.ends, self.whole = (
            items,
            list[float](),
            list[Any](),
            list[bool](),
        )
        self.rows: list[tuple[Mapping[int, float], float, float]] = []
        self.first = np.cumsum([0, *(len(item.points) for item in items)])
        for given in items:
            columns = [self.column(float(cost), 0.0, 1.0, whole=True) for cost in given.costs]
            self.row(dict.fromkeys(columns, 1.0), 1.0, 1.0)
        bought = [self.column(one.cost, 0.0, 1.0, whole=True) for one in coupling.shared]
        for one, column in zip(coupling.shared, bought, strict=True):
            for item, option in one.users:
                self.row({column: 1.0, int(self.first[item] + option): -1.0}, low=0.0)
        for limit in coupling.limits:
            uses = {int(self.first[item] + at): float(use)
                    for item, array in enumerate(limit.uses) for at, use in enumerate(array)}  # fmt: skip
            self.row(uses | dict(zip(bought, limit.shared, strict=False)), high=limit.most)

    def column(self, cost: float, low: float, high: float, whole: bool = False) -> int:
        """Add a column and return its number."""
        self.costs.append(cost)
        self.ends.append((low, high))
        self.whole.append(whole)
        return len(self.costs) - 1

    def row(
        self, terms: Mapping[int, float], low: float = -math.inf, high: float = math.inf
    ) -> None:
        """Add a row: the sum of the terms lies between two ends."""
        self.rows.append((terms, low, high))

    def without(self, plan: IntArray) -> None:
        """Leave one plan aside."""
        columns = (self.first[:-1] + plan).tolist()
        self.row(dict.fromkeys(columns, 1.0), high=len(columns) - 1.0)

    def group(self, group: Group) -> int:
        """Add a column that is at most what the group passes on; return it."""
        parts = [self._of_item(item) for item in group.items]
        parts += [({self.group(below): 1.0}, 0.0) for below in group.groups]
        if group.best and parts:
            made = self._greatest([(terms, group.start + own) for terms, own in parts])
            terms, start = {made: 1.0}, 0.0
        else:
            terms = {key: value for part, _ in parts for key, value in part.items()}
            start = group.start + math.fsum(own for _, own in parts)
        terms = {key: value * group.weight for key, value in terms.items()}
        start *= group.weight
        if group.decimals is not None:
            terms, start = self._rounded(terms, start, group.decimals)
        if math.isfinite(group.low):
            terms, start = {self._greatest([(terms, start), ({}, group.low)]): 1.0}, 0.0
        passed = self.column(0.0, group.at_least, group.high)
        self.row({passed: 1.0} | {key: -value for key, value in terms.items()}, high=start)
        return passed

    def _of_item(self, item: int) -> tuple[dict[int, float], float]:
        first = int(self.first[item])
        return {first + at: float(p) for at, p in enumerate(self.items[item].points)}, 0.0

    def _rounded(
        self, terms: Mapping[int, float], start: float, decimals: int
    ) -> tuple[dict[int, float], float]:
        """Return half up, to so many decimals: the largest whole number below and a half."""
        step = 10.0**-decimals
        made = self.column(0.0, -math.inf, math.inf, whole=True)
        steps = {key: -value / step for key, value in terms.items()}
        self.row({made: 1.0} | steps, high=start / step + 0.5 + _SAME)
        return {made: step}, 0.0

    def _greatest(self, parts: Sequence[tuple[Mapping[int, float], float]]) -> int:
        """Add a column that is at most the greatest of several sums."""
        made = self.column(0.0, -math.inf, math.inf)
        picks = [self.column(0.0, 0.0, 1.0, whole=True) for _ in parts]
        self.row(dict.fromkeys(picks, 1.0), 1.0, 1.0)
        far = self._far(parts)
        for pick, (terms, start) in zip(picks, parts, strict=True):
            sums = {key: -value for key, value in terms.items()}
            self.row({made: 1.0, pick: far} | sums, high=start + far)
        return made

    def _far(self, parts: Sequence[tuple[Mapping[int, float], float]]) -> float:
        """Return more than the sums can lie apart."""
        most = math.fsum(float(np.abs(item.points).max()) for item in self.items)
        return 4.0 * (most + sum(abs(start) for _, start in parts) + 1.0)

    def solved(self, seconds: float, nodes: int | None) -> _Found:
        """Solve what was gathered."""
        import highspy

        # The class above it greets on the standard output, in the middle of what a verb gives.
        solver = highspy.Highs.__mro__[1]()
        solver.setOptionValue("output_flag", False)
        options = {"mip_rel_gap": 0.0, "mip_abs_gap": 1e-9, "time_limit": float(seconds), "random_seed": 0,
                   "mip_feasibility_tolerance": _TOLERANCE, "primal_feasibility_tolerance": _TOLERANCE}  # fmt: skip
        for name, value in (options | ({} if nodes is None else {"mip_max_nodes": nodes})).items():
            solver.setOptionValue(name, value)
        solver.passModel(self._lp(highspy))
        solver.run()
        return self._found(solver, highspy.HighsModelStatus)

    def _found(self, solver: Any, known: Any) -> _Found:
        status, info = solver.getModelStatus(), solver.getInfo()
        is_settled = status in (known.kOptimal, known.kInfeasible, known.kUnboundedOrInfeasible)
        if status != known.kOptimal and info.primal_solution_status != 2:
            return _Found(None, float(info.mip_dual_bound), is_settled)
        values = np.asarray(solver.getSolution().col_value)
        pairs = zip(self.first[:-1], self.first[1:], strict=True)
        plan = np.array([int(np.argmax(values[first:last])) for first, last in pairs])
        return _Found(plan, float(info.mip_dual_bound), is_settled)

    def _lp(self, highspy: Any) -> Any:
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = len(self.costs), len(self.rows)
        program.col_cost_ = np.array(self.costs)
        lower, upper = np.array(self.ends).T
        program.col_lower_, program.col_upper_ = lower, upper
        program.row_lower_ = np.array([low for _, low, _ in self.rows])
        program.row_upper_ = np.array([high for *_, high in self.rows])
        matrix = program.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = np.cumsum([0, *(len(terms) for terms, *_ in self.rows)])
        matrix.index_ = np.array([key for terms, *_ in self.rows for key in terms], dtype=np.int32)
        matrix.value_ = np.array([value for terms, *_ in self.rows for value in terms.values()])
        kinds = highspy.HighsVarType
        program.integrality_ = [kinds.kInteger if one else kinds.kContinuous for one in self.whole]
        return program

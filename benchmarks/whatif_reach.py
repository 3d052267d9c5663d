"""The whole frontier of points and costs against one goal at a time by `scipy.optimize.milp`.

Sets of 100 points in hundredths; costs are whole and follow the points roughly, as effort does. The
optima of twelve goals must be equal. The frontier answers every goal; the solver is asked for the
same ones.

    python benchmarks/whatif_reach.py [ITEMS ...] [--small | --full]
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from measuring import OURS, Claim, Claims, Cost, alone, in_turns, timed
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from scoring.whatif.choices import Choices, Group
from scoring.whatif.frontier import frontier

SIZES = {"small": [40], "normal": [50, 100, 200], "full": [200, 400]}
GOALS = 12


def small_set(items: int, seed: int) -> list[Choices]:
    """Return items of a set of 100 points with options on hundredths, as rules give them."""
    rng = np.random.default_rng(seed)
    maxima = rng.multinomial(10_000 // 25, rng.dirichlet(np.ones(items) * 4)) * 25

    def one(most: int) -> Choices:
        count = int(rng.integers(2, 6))
        points = np.unique(np.append(rng.integers(0, most + 1, count - 1), most))
        efforts = np.diff(points) * rng.uniform(0.7, 1.3, len(points) - 1) + rng.integers(1, 9)
        costs = np.concatenate([[0], np.cumsum(np.rint(efforts))])
        return Choices(points / 100.0, costs.astype(float))

    return [one(int(most)) for most in maxima]


def by_solver(items: list[Choices], goal: float) -> float:
    """Return the least cost by mixed-integer programming, gap zero."""
    sizes = [len(item.points) for item in items]
    rows = np.repeat(np.arange(len(items)), sizes)
    columns = np.arange(rows.size)
    one_each = coo_array((np.ones(rows.size), (rows, columns)))
    points = np.rint(np.concatenate([item.points for item in items]) * 100)
    found = milp(
        np.concatenate([item.costs for item in items]),
        constraints=[LinearConstraint(one_each.tocsr(), 1, 1),
                     LinearConstraint(points[None, :], np.ceil(goal * 100 - 1e-6), np.inf)],
        integrality=np.ones(rows.size),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )  # fmt: skip
    return float(found.fun)


def claims(sizes: Sequence[int]) -> Claims:
    """Assert equal optima, then yield what the frontier and the solver cost."""
    yield Claim("whatif-frontier", f"least costs of {GOALS} goals", {n: costs_of(n) for n in sizes})


def costs_of(items: int) -> dict[str, Cost]:
    """Solve for every goal by both, compare, and measure."""
    given, tree = small_set(items, 0), Group(items=tuple(range(items)))
    wanted = np.linspace(30, 95, GOALS).round(2).tolist()
    solved, costs = timed(lambda: [by_solver(given, goal) for goal in wanted])
    found = frontier(given, tree)
    for goal, cost in zip(wanted, costs, strict=True):
        answer = found.answer(goal)
        assert answer is not None and answer.is_optimal and answer.cost == round(cost), goal
    ours = in_turns({OURS: lambda: frontier(given, tree)}, 5)
    return {**ours, f"milp, {GOALS} goals": solved}


if __name__ == "__main__":
    alone(claims, SIZES)

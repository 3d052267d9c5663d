"""The whole frontier of points and costs against one goal at a time by `scipy.optimize.milp`.

Sets of 100 points in hundredths; costs are whole and follow the points roughly, as effort does. The
optima of the goals must be equal. Printed are the time for the frontier, which answers every goal,
and the time of the solver for the same goals, in all and for one of them.

    python benchmarks/whatif_reach.py [ITEMS] [GOALS]
"""

from __future__ import annotations

import sys
import time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from scoring.whatif.choices import Choices, Group
from scoring.whatif.frontier import frontier


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


def main(items: int = 200, goals: int = 12) -> None:
    given, tree = small_set(items, 0), Group(items=tuple(range(items)))
    wanted = np.linspace(30, 95, goals).round(2).tolist()
    whole = min(_timed(lambda: frontier(given, tree))[0] for _ in range(5))
    found = frontier(given, tree)
    spent = []
    for goal in wanted:
        seconds, cost = _timed(lambda goal=goal: by_solver(given, goal))
        answer = found.answer(goal)
        assert answer is not None and answer.is_optimal and answer.cost == round(cost), goal
        spent.append(seconds)
    print(f"{items} items: whole frontier of {len(found.points)} steps in {1000 * whole:.1f} ms; "
          f"milp for {goals} goals {1000 * sum(spent):.0f} ms, {sum(spent) / whole:.0f} times; "
          f"one goal {1000 * np.median(spent):.0f} ms ({1000 * min(spent):.0f} to "
          f"{1000 * max(spent):.0f}), {np.median(spent) / whole:.0f} times; equal costs")  # fmt: skip


def _timed(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))

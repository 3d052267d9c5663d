"""Exact distributions, pairs and ranks of 63 units x 100 doubtful items, and 10,000 simulated years.

The exact distributions and the simulation must agree within the error of the simulation. Beside
the simulation stands what is published of COINr 1.1, which rebuilds an index for each replication:
about 21 ms for 63 units and 100 indicators on a machine of the same kind. It is cited, not run here.

    python benchmarks/uncertainty.py [UNITS ...] [--small | --full]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from measuring import OURS, Claim, Claims, Cost, alone, in_turns

from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.set_nodes import Node, in_order
from scoring.criteria.set_policies import SetMeta
from scoring.points import inputs_table, score
from scoring.rules import InputSpec, RuleSpec
from scoring.uncertainty.doubts import COLUMNS, Doubts
from scoring.uncertainty.index_chances import exact_chances, moves_of
from scoring.uncertainty.rank_chances import beating, rank_chances
from scoring.uncertainty.simulated import draws_of

SIZES = {"small": [12], "normal": [16, 32, 63], "full": [63, 126]}
ITEMS, DRAWS, COINR_SECONDS = 100, 10_000, 0.021


def _set() -> CriteriaSet:
    nodes = [
        Node(str(area), "", "normal", str(area), "", 12.5, "self", "", "benchmark", spec=None)
        for area in range(1, 9)
    ]
    for item in range(ITEMS):
        code, entry = f"{item % 8 + 1}.{item // 8 + 1}", InputSpec("points", "number", "points")
        spec = RuleSpec(code, "direct", 1.0, (entry,))
        nodes.append(
            Node(code, code[0], "normal", code, "", 1.0, "self", "direct", "benchmark", spec=spec)
        )
    meta = SetMeta(
        "benchmark", "1", "Bộ đo", "Benchmark", "province", "sample", float(ITEMS),
        dt.date(2026, 1, 1), None, {}, "benchmark",
    )  # fmt: skip
    return CriteriaSet(meta, in_order(nodes), {}, {})


def doubts(units: int) -> Doubts:
    """Return units each of whose 100 items has one, two or three outcomes."""
    criteria, rng = _set(), np.random.default_rng(3)
    codes = [node.code for node in criteria.nodes if node.is_item]
    rows = [
        {"unit_code": f"U{unit:03d}", "item_code": code, "input": "points", "value": 0.5}
        for unit in range(units) for code in codes
    ]  # fmt: skip
    sheet = score(inputs_table(rows, year=2026), criteria)
    parts = []
    for unit in range(units):
        for row in np.flatnonzero(sheet.is_leaf):
            count = int(rng.integers(1, 4))
            mass = rng.dirichlet(np.ones(count))
            parts += [
                (unit, row, "proof", str(row), turn, [0.0, 0.5, 1.0][turn], *[mass[turn]] * 3, 0.0)
                for turn in range(count)
            ]
    return Doubts.of(sheet, sheet.points[:-1], pd.DataFrame(parts, columns=COLUMNS))


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that simulation and exact chances agree, then yield what each costs."""
    costs: dict[str, dict[int, dict[str, Cost]]] = {}
    for units in sizes:
        for name, found in costs_of(units).items():
            costs.setdefault(name, {})[units] = found
    equal = f"chances of ranks and of {max(sizes)} pairs, within six errors of the simulation"
    yield Claim("exact-chances", equal, costs["exact-chances"])
    yield Claim("rank-chances", equal, costs["rank-chances"])
    yield Claim("simulated-years", equal, costs["simulated-years"])


def costs_of(units: int) -> dict[str, dict[str, Cost]]:
    """Compute both, compare, and measure."""
    made, every = doubts(units), np.arange(units)

    def exact() -> Any:
        moves = moves_of(made, areas=False)
        chances = exact_chances(made, moves, -1, every)
        return moves, chances, beating(chances.worst, chances.best)

    moves, chances, wins = exact()
    assert moves.adds_up.all() and not chances.off.any()

    def simulated() -> Any:
        return draws_of(made, moves, draws=DRAWS)

    ranks, draws = rank_chances(chances.worst, chances.best), simulated()
    error = 0.5 / np.sqrt(DRAWS)
    seen = np.array([np.bincount(row - 1, minlength=units) for row in draws.ranks.T]) / DRAWS
    assert np.abs(seen - ranks).max() < 6 * error
    ahead = (draws.index[:, :1] > draws.index[:, 1:]).mean(axis=0)
    assert np.abs(ahead - wins[0, 1:]).max() < 6 * error
    simulation = "10,000 simulated years"
    spent = in_turns(
        {
            "exact": exact,
            "ranks": lambda: rank_chances(chances.worst, chances.best),
            simulation: simulated,
        },
        3,
    )
    beside = {simulation: spent[simulation]}
    cited = {"COINr, published, not run here": Cost(COINR_SECONDS * DRAWS, COINR_SECONDS * DRAWS)}
    return {
        "exact-chances": {OURS: spent["exact"], **beside},
        "rank-chances": {OURS: spent["ranks"], **beside},
        # What is published is of this size alone.
        "simulated-years": {OURS: spent[simulation], **(cited if units == 63 else {})},
    }


if __name__ == "__main__":
    alone(claims, SIZES)

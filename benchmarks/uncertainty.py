"""Exact distributions, pairs and ranks of 63 units x 100 doubtful items, and 10,000 simulated years.

``python benchmarks/uncertainty.py``. Results are compared before times are told: the simulation must
agree with the exact distributions within its own error. COINr 1.1.x, which rebuilds an index for each
replication, takes about 21 ms a replication for 63 units and 100 indicators on a machine of the same
kind (published approach, measured before and not run again here; the models are of one class only).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from scoring.criteria.criteria_set import CriteriaSet, Node, SetMeta, in_order
from scoring.points import inputs_table, score
from scoring.rules import InputSpec, RuleSpec
from scoring.uncertainty.doubts import COLUMNS, Doubts
from scoring.uncertainty.index_chances import exact_chances, moves_of
from scoring.uncertainty.rank_chances import beating, rank_chances
from scoring.uncertainty.simulated import draws_of

UNITS, ITEMS, DRAWS = 63, 100, 10_000
COINR_MS = 21.0


def _set() -> CriteriaSet:
    import datetime as dt

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


def doubts() -> Doubts:
    """Return 63 units each of whose 100 items has one, two or three outcomes."""
    criteria, rng = _set(), np.random.default_rng(3)
    codes = [node.code for node in criteria.nodes if node.is_item]
    rows = [
        {"unit_code": f"U{unit:02d}", "item_code": code, "input": "points", "value": 0.5}
        for unit in range(UNITS) for code in codes
    ]  # fmt: skip
    sheet = score(inputs_table(rows, year=2026), criteria)
    parts = []
    for unit in range(UNITS):
        for row in np.flatnonzero(sheet.is_leaf):
            count = int(rng.integers(1, 4))
            mass = rng.dirichlet(np.ones(count))
            parts += [
                (unit, row, "proof", str(row), turn, [0.0, 0.5, 1.0][turn], *[mass[turn]] * 3, 0.0)
                for turn in range(count)
            ]
    return Doubts.of(sheet, sheet.points[:-1], pd.DataFrame(parts, columns=COLUMNS))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that `work` took, the best of three, and what it gave."""
    best, made = np.inf, None
    for _ in range(3):
        start = time.perf_counter()
        made = work()
        best = min(best, time.perf_counter() - start)
    return best, made


def main() -> None:
    """Compare, then print the times."""
    made, units = doubts(), np.arange(UNITS)

    def exact() -> Any:
        moves = moves_of(made, areas=False)
        chances = exact_chances(made, moves, -1, units)
        return moves, chances, beating(chances.worst, chances.best)

    seconds, (moves, chances, wins) = timed(exact)
    assert moves.adds_up.all() and not chances.off.any()
    rank_seconds, ranks = timed(lambda: rank_chances(chances.worst, chances.best))
    draw_seconds, draws = timed(lambda: draws_of(made, moves, draws=DRAWS))
    error = 0.5 / np.sqrt(DRAWS)
    seen = np.array([np.bincount(row - 1, minlength=UNITS) for row in draws.ranks.T]) / DRAWS
    assert np.abs(seen - ranks).max() < 6 * error
    ahead = (draws.index[:, :1] > draws.index[:, 1:]).mean(axis=0)
    assert np.abs(ahead - wins[0, 1:]).max() < 6 * error
    print(f"exact distributions and all pairs of {UNITS} units x {ITEMS} items: {seconds:.3f} s")
    print(f"exact chances of every rank: {rank_seconds:.3f} s")
    each = 1000 * draw_seconds / DRAWS
    print(f"{DRAWS} replications with ranks: {draw_seconds:.3f} s, {each:.4f} ms each")
    print(f"COINr, cited: {COINR_MS} ms each; {COINR_MS / each:.0f} times as much")


if __name__ == "__main__":
    main()

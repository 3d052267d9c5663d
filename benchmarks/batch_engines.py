"""Taking in ledgers over Dask with two worker processes, against the local engine with two children.

Makes ledgers of 100 items and 300 documents, takes them in by both engines in one run, asserts that
every part has the same bytes, and tells what Dask costs: its start, and each ledger. Times are by
the clock, since both work beside the process.

    python benchmarks/batch_engines.py [LEDGERS ...] [--small | --full]
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from made_ledgers import make_set, write_ledgers
from measuring import OURS, Claim, Claims, Cost, alone, lacking, timed

from scoring.batch.engines.engine import Engine, Task
from scoring.batch.engines.local_engine import LocalEngine
from scoring.batch.parts.part_store import PartStore

SIZES = {"small": [4], "normal": [100], "full": [4_000]}
WORKERS = 2


def taken(engine: Engine, tasks: list[Task]) -> None:
    """Take in every ledger; each must become a part."""
    for outcome in engine.run(tasks):
        assert outcome.part, outcome.finding


def claims(sizes: Sequence[int]) -> Claims:
    """Take the ledgers in by both engines, compare all parts, and yield what each took."""
    if gone := lacking("batch-engines", "dask", "distributed"):
        yield gone
        return
    yield Claim("batch-engines", "every part, byte by byte", {n: costs_of(n) for n in sizes})


def costs_of(count: int) -> dict[str, Cost]:
    """Take in `count` ledgers twice by each engine: all new, then all known."""
    from scoring.batch.engines.dask_engine import DaskEngine

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        criteria = make_set(folder / "set")
        places = [folder / "ledgers" / f"{number:04d}" / "ledger.xlsx" for number in range(count)]
        write_ledgers(criteria, places)
        engines = {"local engine": LocalEngine(WORKERS), OURS: DaskEngine(workers=WORKERS)}
        parts, costs = [], {}
        for label, engine in engines.items():
            tasks = [
                Task(str(path), path.parent.name + "/ledger.xlsx", str(folder / "set"),
                     criteria.fingerprint, str(folder / label))
                for path in sorted((folder / "ledgers").rglob("*.xlsx"))
            ]  # fmt: skip
            for turn in (label, f"{label}, all known"):
                # Both work beside this process: only the clock tells what they take.
                costs[turn] = Cost(clock=timed(lambda e=engine, t=tasks: taken(e, t))[0].clock)
            store = PartStore(folder / label)
            parts.append({part: store.read(part) for part in store.names()})
    assert len(parts[0]) == count and parts[0] == parts[1]
    return costs


if __name__ == "__main__":
    alone(claims, SIZES)

"""Taking in ledgers over Dask with two worker processes, against the local engine with two children.

Makes ledgers of 100 items and 300 documents, takes them in by both engines in one run, asserts that
every part has the same bytes, and tells what Dask costs: its start, and each ledger. Times are by
the clock, since both work beside the process.

    python benchmarks/batch_engines.py [number of ledgers, default 4000]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from ledger_intake import DISTINCT, DOCUMENTS, ITEMS, filled_ledger, make_set

from scoring.batch.engines.dask_engine import DaskEngine
from scoring.batch.engines.engine import Engine, Task
from scoring.batch.engines.local_engine import LocalEngine
from scoring.batch.parts.part_store import PartStore

WORKERS = 2


def taken(engine: Engine, tasks: list[Task]) -> tuple[float, float]:
    """Return the seconds until the first outcome, and from there to the last."""
    begun, first = time.perf_counter(), 0.0
    for outcome in engine.run(tasks):
        assert outcome.part, outcome.finding
        first = first or time.perf_counter()
    return first - begun, time.perf_counter() - first


def main(count: int) -> None:
    """Make the ledgers, take them in twice, compare, and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        criteria = make_set(folder / "set")
        made = [filled_ledger(criteria, unit) for unit in range(DISTINCT)]
        for number in range(count):
            place = folder / "ledgers" / f"{number:04d}" / "ledger.xlsx"
            place.parent.mkdir(parents=True)
            place.write_bytes(made[number % DISTINCT])
        print(f"{count} ledgers of {ITEMS} items and {DOCUMENTS} documents, {WORKERS} processes")
        engines = {"local": LocalEngine(WORKERS), "dask": DaskEngine(workers=WORKERS)}
        found, seconds = {}, {}
        for label, engine in engines.items():
            tasks = [
                Task(str(path), path.parent.name + "/ledger.xlsx", str(folder / "set"),
                     criteria.fingerprint, str(folder / label))
                for path in sorted((folder / "ledgers").rglob("*.xlsx"))
            ]  # fmt: skip
            start, rest = taken(engine, tasks)
            again = sum(taken(engine, tasks))
            store = PartStore(folder / label)
            found[label] = {part: store.read(part) for part in store.names()}
            seconds[label] = start + rest
            print(f"{label:6} {start + rest:7.1f} s, of which to the first ledger {start:.1f} s; "
                  f"{rest / count * 1000:.1f} ms per ledger; again, all known: {again:.1f} s")  # fmt: skip
        assert len(found["local"]) == count and found["local"] == found["dask"]
        print(f"equal: {count} parts, byte by byte")
        print(f"Dask takes {seconds['dask'] / seconds['local']:.2f} times the local engine")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)

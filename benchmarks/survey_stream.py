"""Ten million responses in Parquet: streamed, over Dask, and in memory, each in its own process.

::

    python benchmarks/survey_stream.py [--responses 10000000] [--folder DIR]

A response has a unit (34, which are the strata), a sampling unit (200 in each), a weight and five
answers of five options, one in twenty missing. What is estimated is the share of satisfied answers
to each question in every unit, with its standard error. The three ways are compared to 1e-9; then
come the highest memory of each process as the operating system counts it, processor time and time
on the clock. Dask runs two worker processes on this machine; their memory stands beside that of the
process that asks them.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from scoring.survey.estimation.design import survey_design
from scoring.survey.estimation.estimates import DomainEstimates, mean
from scoring.survey.estimation.streaming import estimate_parquet

UNITS, SAMPLING_UNITS, QUESTIONS, PIECE = 34, 200, 5, 500_000
ANSWERS = [f"q{number}" for number in range(1, QUESTIONS + 1)]
WAYS = ("memory", "stream", "dask")


def write_responses(path: Path, n: int) -> None:
    """Write `n` responses in row groups of half a million, in no order."""
    draw = np.random.default_rng(4)
    names = [f"H{unit:02d}" for unit in range(UNITS)]
    clusters = [f"{unit}-{place:03d}" for unit in names for place in range(SAMPLING_UNITS)]
    writer = None
    for start in range(0, n, PIECE):
        size = min(PIECE, n - start)
        cluster = draw.integers(0, len(clusters), size)
        unit = cluster // SAMPLING_UNITS
        answers = draw.choice(6, (size, QUESTIONS), p=[0.05, 0.03, 0.05, 0.12, 0.45, 0.3])
        table = pa.table(
            {
                "unit": pa.DictionaryArray.from_arrays(unit, names).cast(pa.string()),
                "cluster": pa.DictionaryArray.from_arrays(cluster, clusters).cast(pa.string()),
                "weight": draw.uniform(50, 400, size),
            }
            | {name: answers[:, at].astype(np.int8) for at, name in enumerate(ANSWERS)}
        )
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=PIECE)
    if writer:
        writer.close()


def satisfied(piece: pd.DataFrame) -> tuple[np.ndarray, None]:
    """Return 1 for satisfied (4 and 5), 0 for other answers, NaN for none (0)."""
    answers = piece[ANSWERS].to_numpy()
    return np.where(answers > 0, answers >= 4, np.nan), None


def estimated(way: str, path: Path) -> DomainEstimates:
    """Estimate in one of the ways, the units in the order of their codes."""
    if way == "memory":
        forms = pd.read_parquet(path)
        design = survey_design(forms, strata=["unit"], clusters=["cluster"])
        codes, _ = pd.factorize(forms["unit"], sort=True)
        return mean(design, satisfied(forms)[0], codes)
    return estimate_parquet(
        path,
        satisfied,
        strata=["unit"],
        clusters=["cluster"],
        by=["unit"],
        reading=ANSWERS,
        over_dask=way == "dask",
    ).estimates


def run(way: str, path: Path, out: Path) -> None:
    """Estimate in this process; write the figures and what they took."""
    if way == "dask":
        from distributed import Client, LocalCluster

        # The client becomes Dask's current one, which is where the tasks go.
        cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
        client = Client(cluster)
    clock = time.perf_counter()
    found = estimated(way, path)
    clock = time.perf_counter() - clock
    if way == "dask":
        client.close()
        cluster.close()
    own, below = (resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    taken = {
        "megabytes": own.ru_maxrss / 1024,
        "worker_megabytes": below.ru_maxrss / 1024,
        "processor": sum(usage.ru_utime + usage.ru_stime for usage in (own, below)),
        "clock": clock,
    }
    np.savez(out, estimate=found.estimate, error=found.standard_error, taken=json.dumps(taken))


def main() -> None:
    """Write the responses, run every way in a process of its own, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--responses", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.way:
        run(chosen.way, chosen.folder / "responses.parquet", chosen.folder / f"{chosen.way}.npz")
        return
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        path = Path(folder, "responses.parquet")
        write_responses(path, chosen.responses)
        print(f"{chosen.responses} responses, {path.stat().st_size / 1e6:.0f} MB of Parquet")
        for way in WAYS:
            command = [sys.executable, __file__, "--way", way, "--folder", folder]
            subprocess.run(command, check=True)
        found = {way: dict(np.load(Path(folder, f"{way}.npz"))) for way in WAYS}
    for way in ("stream", "dask"):
        for figure in ("estimate", "error"):
            np.testing.assert_allclose(found[way][figure], found["memory"][figure], rtol=1e-9)
    print(f"equal: {UNITS} units, {QUESTIONS} questions, estimates and errors, to 1e-9")
    for way in WAYS:
        taken = json.loads(str(found[way]["taken"]))
        print(f"{way:6} {taken['megabytes']:6.0f} MB {taken['processor']:6.1f} s processor "
              f"{taken['clock']:6.1f} s clock"
              + (f", each worker {taken['worker_megabytes']:.0f} MB" if way == "dask" else ""))  # fmt: skip


if __name__ == "__main__":
    main()

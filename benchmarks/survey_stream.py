"""Millions of responses in Parquet: streamed, over Dask, and in memory, each in its own process.

A response has a unit (34, which are the strata), a sampling unit (200 in each), a weight and five
answers of five options, one in twenty missing. What is estimated is the share of satisfied answers
to each question in every unit, with its standard error. The three ways are compared to 1e-9. Dask
runs two worker processes on this machine.

    python benchmarks/survey_stream.py [RESPONSES ...] [--small | --full]
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from measuring import OURS, Claim, Claims, Cost, alone, lacking, of_way
from pyarrow import parquet

from scoring.survey.estimation.design import survey_design
from scoring.survey.estimation.estimates import DomainEstimates, mean
from scoring.survey.estimation.streaming import estimate_parquet

SIZES = {
    "small": [20_000],
    "normal": [1_000_000, 2_000_000, 4_000_000],
    "full": [5_000_000, 10_000_000],
}
DASK, MEMORY = "over Dask, two processes", "read whole"
UNITS, SAMPLING_UNITS, QUESTIONS, PIECE = 34, 200, 5, 500_000
FILE = "responses.parquet"
ANSWERS = [f"q{number}" for number in range(1, QUESTIONS + 1)]


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
    if way == MEMORY:
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
        over_dask=way == DASK,
    ).estimates


def run(way: str, folder: Path) -> None:
    """Estimate in this process and write the figures."""
    if way == DASK:
        from distributed import Client, LocalCluster

        # The client becomes Dask's current one, which is where the tasks go.
        cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
        client = Client(cluster)
    found = estimated(way, folder / FILE)
    if way == DASK:
        client.close()
        cluster.close()
    np.savez(folder / f"{way}.npz", estimate=found.estimate, error=found.standard_error)


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that all ways estimate the same, then yield what they cost."""
    if gone := lacking("survey-stream", "dask", "distributed"):
        yield gone
        return
    equal = f"{UNITS} units, {QUESTIONS} questions, estimates and errors, to 1e-9"
    yield Claim("survey-stream", equal, {count: costs_of(count) for count in sizes})


def costs_of(count: int) -> dict[str, Cost]:
    """Write the responses, run every way in a process of its own, and compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_responses(folder / FILE, count)
        costs = {way: of_way(__file__, way, folder) for way in WAYS}
        found = {way: dict(np.load(folder / f"{way}.npz")) for way in WAYS}
    for way in (OURS, DASK):
        for figure in ("estimate", "error"):
            np.testing.assert_allclose(found[way][figure], found[MEMORY][figure], rtol=1e-9)
    return costs


WAYS = {way: partial(run, way) for way in (OURS, DASK, MEMORY)}

if __name__ == "__main__":
    alone(claims, SIZES, WAYS)

"""How long `find_anomalies` takes over a province, from a small one to 3,000 units of 100 items.

The province is one in which nothing is wrong, with all that looks wrong. Its tables are given in no
order as well; the same rows must come. How often anything is named where nothing is wrong is
another matter: ``tests/proof/false_alarms.py``.

    python benchmarks/anomalies.py [UNITS ...] [--small | --full]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from clean_province import clean_province, criteria_of
from measuring import OURS, Claim, Claims, Cost, alone, timed

from scoring.analysis.anomalies import find_anomalies

SIZES = {"small": [30], "normal": [375, 750, 1_500, 3_000], "full": [1_500, 3_000, 6_000]}


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that the order of the tables does not matter, then yield the costs."""
    yield Claim(
        "anomalies", "rows, whatever the order of the tables", {n: costs_of(n) for n in sizes}
    )


def costs_of(units: int) -> dict[str, Cost]:
    """Look for anomalies twice, compare, and measure."""
    sheet, tables, *more = clean_province(0, units, criteria_of(10)).told()
    mixed = {name: table.sample(frac=1, random_state=1) for name, table in tables.items()}
    ours, (found, _) = timed(lambda: find_anomalies(sheet, tables, *more))
    again, (other, _) = timed(lambda: find_anomalies(sheet, mixed, *more))
    columns = list(found)
    pd.testing.assert_frame_equal(
        *(one.sort_values(columns).reset_index(drop=True) for one in (found, other))
    )
    return {OURS: ours, "tables in no order": again}


if __name__ == "__main__":
    alone(claims, SIZES)

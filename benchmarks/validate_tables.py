"""What checking the long table costs beside scoring it, and beside a check written by hand.

Run ``python benchmarks/validate_tables.py [--units 8000] [--repeats 5]``.

The table has every figure of a shipped set for every unit: 920,000 rows at the default. The check
that the package makes (pandera, from the declared columns) and one written out in numpy must find
the same wrong rows, on a sound table and on one with a thousand wrong rows; then come the times.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from scoring.criteria import CriteriaSet, open_set
from scoring.points import inputs_table, score
from scoring.rules.spec import NUMBER_KINDS
from scoring.tables import sound_rows

SET = "department-sample"


def long_table(criteria: CriteriaSet, units: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return every figure of every unit: numbers drawn, choices and dates not reported."""
    entries = [(code, e) for code, rule in criteria.rules.items() for e in rule.spec.inputs]
    values = rng.integers(0, 100, (units, len(entries))).astype("float64")
    values[:, [entry.kind not in NUMBER_KINDS for _, entry in entries]] = np.nan
    frame = pd.DataFrame(
        {
            "unit_code": np.repeat([f"unit-{n:05d}" for n in range(units)], len(entries)),
            "item_code": np.tile([code for code, _ in entries], units),
            "input": np.tile([entry.name for _, entry in entries], units),
            "value": values.ravel(),
        }
    )
    return inputs_table(frame, year=2026, period="")


def spoilt(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table with a thousand rows that belong to no unit or to no year."""
    rows = rng.choice(len(table), 1000, replace=False)
    codes, years = table["unit_code"].copy(), table["year"].astype("float64")
    codes.iloc[rows[:500]] = None
    years.iloc[rows[500:]] = np.nan
    return table.assign(unit_code=codes, year=years)


def by_hand(table: pd.DataFrame) -> np.ndarray:
    """Return which rows are right, by the same rules written out for this one table."""
    texts = ("unit_code", "unit_name", "block", "period", "item_code", "input", "choice", "reason")
    assert all(pd.api.types.is_string_dtype(table[name].dtype) for name in texts)
    assert table["value"].dtype == "float64" and table["not_applicable"].dtype == "bool"
    assert table["happened_on"].dtype.kind == "M"
    right = np.ones(len(table), dtype=bool)
    for name in texts:
        right &= table[name].notna().to_numpy()
    years = table["year"].to_numpy(dtype="float64")
    return right & np.isfinite(years) & (years == np.round(years))


def declared(table: pd.DataFrame) -> np.ndarray:
    """Return which rows are right, as the package finds them."""
    kept, _ = sound_rows(table, "Inputs")
    return table.index.isin(kept.index)


def seconds(run: Callable[[], object], repeats: int) -> float:
    """Return the median time of `run`."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Compare results, then times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=8000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    rng = np.random.default_rng(7)
    criteria = open_set(SET)
    table = long_table(criteria, options.units, rng)
    for name, given in (("sound", table), ("1,000 wrong rows", spoilt(table, rng))):
        assert (declared(given) == by_hand(given)).all(), name
        ours = seconds(lambda given=given: sound_rows(given, "Inputs"), options.repeats)
        hand = seconds(lambda given=given: by_hand(given), options.repeats)
        print(f"{name}: declared {1000 * ours:.0f} ms, by hand {1000 * hand:.0f} ms")
    whole = seconds(lambda: score(table, criteria), options.repeats)
    checking = seconds(lambda: sound_rows(table, "Inputs"), options.repeats)
    print(
        f"{len(table):,} rows: score {1000 * whole:.0f} ms, of which checking {checking / whole:.1%}"
    )
    assert checking < whole / 3


if __name__ == "__main__":
    main()

"""What checking the long table costs beside scoring it, and beside a check written by hand.

    python benchmarks/validate_tables.py [UNITS ...] [--small | --full]

The table has every figure of a shipped set for every unit: 920,000 rows at the default. The check
that the package makes (pandera, from the declared columns) and one written out in numpy must find
the same wrong rows, on a sound table and on one with a thousand wrong rows; then come the times.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from measuring import OURS, Claim, Claims, alone, in_turns

from scoring.criteria import CriteriaSet, open_set
from scoring.points import inputs_table, score
from scoring.rules.spec import NUMBER_KINDS
from scoring.tables import sound_rows

SIZES = {"small": [100], "normal": [2_000, 8_000], "full": [8_000, 16_000]}
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


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that both find the same rows, sound and spoilt, then yield what checking takes."""
    rng, criteria, costs = np.random.default_rng(7), open_set(SET), {}
    for units in sizes:
        table = long_table(criteria, units, rng)
        for name, given in (("sound", table), ("wrong rows", spoilt(table, rng))):
            assert (declared(given) == by_hand(given)).all(), name
        ways = {
            OURS: lambda t=table: sound_rows(t, "Inputs"),
            "a check by hand": lambda t=table: by_hand(t),
            "score of the same table": lambda t=table: score(t, criteria),
        }
        costs[units] = in_turns(ways, 5)
    yield Claim("validate-tables", "which rows are wrong, on a sound table and a spoilt one", costs)


if __name__ == "__main__":
    alone(claims, SIZES)

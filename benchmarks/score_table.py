"""What a user calls: `score` and `gap_table` on a long table of 8,000 units and 115 figures.

The peer does the least that any scoring of such a table has to do: it factorises the two keys, the
unit and the figure, and scatters the values into a grid. Both grids are asserted to be equal, and
the scores of the table in pieces and in no order to be those of the table unit after unit.

    python benchmarks/score_table.py [UNITS ...] [--small | --full]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from measuring import OURS, Claim, Claims, Cost, alone, in_turns

from scoring import ScoreSheet, gap_table, inputs_table, open_set, score
from scoring.criteria import CriteriaSet
from scoring.files.shipped import shipped_folder

SIZES = {"small": [1_000], "normal": [2_000, 4_000, 8_000], "full": [4_000, 8_000, 16_000]}
SCATTER = "factorise and scatter"


def turns(units: int) -> int:
    """Return how often each way is run; small runs are for wide margins."""
    return 2 if units <= max(SIZES["small"]) else 7


def example(n_units: int) -> pd.DataFrame:
    """Return the figures of one unit of the shipped example, for many units."""
    path = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    figures = inputs_table(pd.read_csv(path, dtype={"item_code": "str"}))
    one = figures[figures["unit_code"] == figures["unit_code"].iloc[0]]
    table = one.take(np.tile(np.arange(len(one)), n_units)).reset_index(drop=True)
    codes = np.repeat([f"U{place:05d}" for place in range(n_units)], len(one))
    return table.assign(unit_code=pd.Series(codes, dtype="str"))


def scattered(table: pd.DataFrame, keys: pd.Series) -> np.ndarray:
    """Return the values as a grid of figures and units."""
    unit_of, units = pd.factorize(table["unit_code"])
    figure_of, figures = pd.factorize(keys)
    grid = np.full((len(figures), len(units)), np.nan)
    grid[figure_of, unit_of] = table["value"].to_numpy()
    return grid


def keys_of(table: pd.DataFrame) -> pd.Series:
    """Return the key of each row's figure: item and input."""
    return table["item_code"] + "/" + table["input"]


def in_pieces(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table as it is after thousands of frames were put together."""
    size = max(len(table) // 4_000, 115)
    parts = [table.iloc[at : at + size] for at in range(0, len(table), size)]
    return pd.concat(parts, ignore_index=True)


ORDERS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "score-in-order": lambda table: table,
    "score-in-pieces": in_pieces,
    "score-in-no-order": lambda table: table.sample(frac=1, random_state=1),
}


def assert_equal(table: pd.DataFrame, criteria: CriteriaSet, sheet: ScoreSheet) -> None:
    """Assert that both ways put the same figures in the same places."""
    keys = keys_of(table)
    grid = scattered(table, keys)
    for row, key in enumerate(keys.drop_duplicates()):
        item, name = key.split("/")
        if criteria.node(item).spec.named(name).kind in ("count", "number", "percent"):
            np.testing.assert_array_equal(grid[row], sheet.figures.values[item, name])


def _in_order(
    table: pd.DataFrame, rows: pd.DataFrame, criteria: CriteriaSet, sheet: ScoreSheet
) -> dict[str, Cost]:
    ours = score(rows, criteria)
    order = pd.Index(ours.units["unit_code"]).get_indexer(sheet.units["unit_code"])
    np.testing.assert_array_equal(ours.points[:, order], sheet.points)
    del ours
    keys = keys_of(rows)
    return in_turns(
        {SCATTER: lambda: scattered(rows, keys), OURS: lambda: score(rows, criteria)},
        turns(sheet.points.shape[1]),
    )


def claims(sizes: Sequence[int]) -> Claims:
    """Yield the scores of a table in three orders, then its gaps, beside a bare scattering."""
    criteria = open_set("department-sample")
    costs: dict[str, dict[int, dict[str, Cost]]] = {name: {} for name in (*ORDERS, "gap-table")}
    for units in sizes:
        table = example(units)
        sheet = score(table, criteria)
        assert_equal(table, criteria, sheet)
        for name, made in ORDERS.items():
            costs[name][units] = _in_order(table, made(table), criteria, sheet)
        keys = keys_of(table)
        ways = {
            SCATTER: lambda t=table, k=keys: scattered(t, k),
            OURS: lambda s=sheet: gap_table(s),
        }
        costs["gap-table"][units] = in_turns(ways, turns(units))
    for name, found in costs.items():
        yield Claim(name, f"figures and points of {max(sizes):,} units", found)


if __name__ == "__main__":
    alone(claims, SIZES)

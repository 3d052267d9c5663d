"""What a user calls: `score` and `gap_table` on a long table of 8,000 units and 115 figures.

The peer does the least that any scoring of such a table has to do: it factorises the two keys, the
unit and the figure, and scatters the values into a grid. Both grids are asserted to be equal, and
the scores of the table in pieces and in no order to be those of the table unit after unit.

    python benchmarks/score_table.py [UNITS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from scoring import gap_table, inputs_table, open_set, score
from scoring.files.shipped import shipped_folder

RUNS = 7


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


def quickest(call: Callable[[], object]) -> float:
    """Return the least processor time of several runs in seconds; others share the machine."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def keys_of(table: pd.DataFrame) -> pd.Series:
    """Return the key of each row's figure: item and input."""
    return table["item_code"] + "/" + table["input"]


def in_pieces(table: pd.DataFrame, n_units: int) -> pd.DataFrame:
    """Return the table as it is after thousands of frames were put together."""
    size = len(table) // min(4_000, n_units)
    parts = [table.iloc[at : at + size] for at in range(0, len(table), size)]
    return pd.concat(parts, ignore_index=True)


def main() -> None:
    """Assert equal figures, then print the times and their ratios."""
    table = example(int(sys.argv[1]) if len(sys.argv) > 1 else 8_000)
    criteria = open_set("department-sample")
    keys, sheet = keys_of(table), score(table, criteria)
    grid = scattered(table, keys)
    for row, key in enumerate(keys.drop_duplicates()):
        item, name = key.split("/")
        if criteria.node(item).spec.named(name).kind in ("count", "number", "percent"):
            np.testing.assert_array_equal(grid[row], sheet.figures.values[item, name])
    print(f"{len(table):,} rows, {grid.shape[1]:,} units x {grid.shape[0]} figures")
    print(f"{'processor time in seconds':36}  {'peer':>6} {'ours':>6}")
    orders: dict[str, Callable[[], pd.DataFrame]] = {
        "score, unit after unit": lambda: table,
        "score, thousands of pieces": lambda: in_pieces(table, grid.shape[1]),
        "score, rows in no order": lambda: table.sample(frac=1, random_state=1),
    }
    for name, made in orders.items():
        rows = made()
        ours = score(rows, criteria)
        order = pd.Index(ours.units["unit_code"]).get_indexer(sheet.units["unit_code"])
        np.testing.assert_array_equal(ours.points[:, order], sheet.points)
        del ours
        keys = keys_of(rows)
        report(name, lambda t=rows, k=keys: scattered(t, k), lambda t=rows: score(t, criteria))
    keys = keys_of(table)
    report("gap_table", lambda: scattered(table, keys), lambda: gap_table(sheet))


def report(name: str, peer: Callable[[], object], ours: Callable[[], object]) -> None:
    """Print both times and how many times the peer's ours is."""
    theirs, took = quickest(peer), quickest(ours)
    print(f"{name:36}  {theirs:6.3f} {took:6.3f}  {took / theirs:4.1f} times")


if __name__ == "__main__":
    main()

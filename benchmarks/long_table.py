"""Reading a long table whose figures have decimal commas, against reading it cell after cell.

Writes a CSV and reads it as the package does, each distinct cell once, and as a person would, one
cell after the other with `read_number`. Both must give the same numbers and the same findings. Both
take the file as text first; what that alone costs stands beside.

    python benchmarks/long_table.py [ROWS ...] [--small | --full]
"""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from measuring import OURS, Claim, Claims, Cost, alone, in_turns

from scoring.base.numbers import read_number
from scoring.criteria import CriteriaSet, open_set
from scoring.evidence.long_table import read_long_table
from scoring.files.table_files import read_table
from scoring.rules.spec import NUMBER_KINDS

SIZES = {"small": [10_000], "normal": [57_500, 115_000, 230_000], "full": [230_000, 920_000]}
_ODD = ("1.250", "85,5 %", "không rõ", "-", "12 345", "1.250,5")


def write_table(path: Path, criteria: CriteriaSet, n_rows: int) -> None:
    """Write figures with two decimals after a comma; one in a thousand is doubtful."""
    keys = [
        (code, entry.name)
        for code, rule in criteria.rules.items()
        for entry in rule.spec.inputs
        if entry.kind in NUMBER_KINDS
    ]
    pick = random.Random(766)
    figures = [
        pick.choice(_ODD) if pick.random() < 0.001 else f"{pick.uniform(0, 100):.2f}"
        for _ in range(n_rows)
    ]
    rows = [
        (f"U{n // len(keys)}", 2026, *keys[n % len(keys)], text.replace(".", ",", 1))
        for n, text in enumerate(figures)
    ]
    columns = ["unit_code", "year", "item_code", "input", "value"]
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)


def read_by_rows(path: Path, criteria: CriteriaSet) -> tuple[list[float], list[tuple[str, str]]]:
    """Return the number of every row, and code and cell of what cannot be read."""
    kinds = {(c, e.name): e.kind for c, rule in criteria.rules.items() for e in rule.spec.inputs}
    table = read_table(path).frame
    numbers, problems = [], []
    for row, (code, name, text) in enumerate(
        table[["item_code", "input", "value"]].itertuples(index=False), start=2
    ):
        kind = kinds[code, name]
        reading = read_number(text, whole=kind == "count")
        problem = reading.problem
        if problem is None and reading.is_percent and kind != "percent":
            problem = "unexpected-percent"
        if problem:
            problems.append((problem, f"E{row}"))
        is_read = problem is None and reading.value is not None
        numbers.append(reading.value if is_read else math.nan)
    return numbers, problems


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that both ways read the same, then yield what they cost."""
    criteria = open_set("department-sample")
    costs = {count: costs_of(count, criteria) for count in sizes}
    yield Claim("long-table", f"{max(sizes):,} numbers and the first 500 findings", costs)


def costs_of(count: int, criteria: CriteriaSet) -> dict[str, Cost]:
    """Write a table, read it both ways and compare, then measure."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inputs.csv"
        write_table(path, criteria, count)
        table, findings = read_long_table(path, criteria)
        numbers, problems = read_by_rows(path, criteria)
        assert np.array_equal(table["value"], numbers, equal_nan=True)
        assert [(finding.code, finding.cell) for finding in findings] == problems[:500]
        ways = {
            "the file as text": lambda: read_table(path),
            OURS: lambda: read_long_table(path, criteria),
            "cell after cell": lambda: read_by_rows(path, criteria),
        }
        return in_turns(ways, 2)


if __name__ == "__main__":
    alone(claims, SIZES)

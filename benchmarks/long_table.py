"""Reading a long table whose figures have decimal commas, against reading it row by row.

Writes a CSV of 230,000 rows and reads it as the package does, each distinct cell once, and as a
person would, one cell after the other with `read_number`. Both are asserted to give the same
numbers and the same findings. Times are processor time without reading the file as text, which is
shown beside.

    python benchmarks/long_table.py [rows, default 230000]
"""

from __future__ import annotations

import math
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.base.numbers import read_number
from scoring.criteria import CriteriaSet, open_set
from scoring.evidence.long_table import read_long_table
from scoring.files.table_files import read_table
from scoring.rules.spec import NUMBER_KINDS

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


def main() -> None:
    """Print the times of both ways and check that they agree."""
    n_rows = int(sys.argv[1]) if len(sys.argv) > 1 else 230_000
    criteria = open_set("department-sample")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inputs.csv"
        write_table(path, criteria, n_rows)
        start = time.process_time()
        read_table(path)
        as_text = time.process_time() - start
        start = time.process_time()
        table, findings = read_long_table(path, criteria)
        ours = time.process_time() - start
        start = time.process_time()
        numbers, problems = read_by_rows(path, criteria)
        by_rows = time.process_time() - start
    assert np.array_equal(table["value"], numbers, equal_nan=True)
    assert [(finding.code, finding.cell) for finding in findings] == problems[:500]
    print(f"rows                 {n_rows:>10,}")
    print(f"the file as text     {as_text:>10.2f} s")
    print(f"distinct cells once  {ours - as_text:>10.2f} s")
    print(f"cell after cell      {by_rows - as_text:>10.2f} s")


if __name__ == "__main__":
    main()

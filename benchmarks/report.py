"""How long the leadership pack takes: one unit, 200 units by one and by all cores, 3,400 in a league.

Run: ``python benchmarks/report.py [units]``. All files of the run by one process and by all are
asserted to be the same before a time is printed.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.analysis import gap_table
from scoring.batch.run import Result
from scoring.batch.submissions import read_files
from scoring.criteria import open_set
from scoring.files.shipped import shipped_folder
from scoring.outputs.content import league
from scoring.outputs.pack import FORMATS, write_report
from scoring.outputs.page import league_page
from scoring.points import inputs_table, score

SET, EXAMPLE = "service-quality-766", "phu-tho-2026"


def made_up(count: int) -> Result:
    """Score `count` units, each the province with less done of what was to be done."""
    criteria = open_set(SET)
    own = read_files([shipped_folder("evidence") / EXAMPLE / "inputs.csv"], criteria).inputs
    table = own[["item_code", "input", "value"]].merge(
        pd.DataFrame({"number": range(count)}), how="cross"
    )
    table["unit_code"] = "U" + table["number"].astype(str).str.zfill(4)
    table["unit_name"] = "UBND xã " + table["number"].astype(str)
    is_done = ~table.duplicated(["number", "item_code"]) & (table["item_code"] != "3")
    worse = np.random.default_rng(7).uniform(0.5, 1.0, len(table))
    table["value"] = np.where(is_done, np.floor(table["value"] * worse), table["value"])
    sheet = score(inputs_table(table.drop(columns="number"), year=2026), criteria)
    nothing = pd.DataFrame({"unit_code": [], "code": [], "target_points": []})
    return Result(sheet, gap_table(sheet), nothing, sheet.findings)


def digests(paths: list[Path]) -> list[str]:
    """Return the SHA-256 of each file, in order."""
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def main(count: int = 200) -> None:
    """Time and compare."""
    one = made_up(1)
    with tempfile.TemporaryDirectory() as folder:
        write_report(one, Path(folder, "warm"))
        start = time.perf_counter()
        paths = write_report(one, Path(folder, "one"))
        took = time.perf_counter() - start
        size = sum(path.stat().st_size for path in paths)
        print(f"1 unit, {', '.join(FORMATS)}: {took:.2f} s, {size / 1e6:.2f} MB")
        for kind in FORMATS:
            start = time.perf_counter()
            write_report(one, Path(folder, kind), formats=(kind,))
            print(f"    {kind:5}{time.perf_counter() - start:6.2f} s")

        many, made = made_up(count), []
        start = time.perf_counter()
        write_report(many, Path(folder, "pdf-alone"), formats=("pdf",), workers=1)
        each = 1000 * (time.perf_counter() - start) / count
        print(f"{count} units, PDF alone by 1 process: {each:.0f} ms each")
        for workers in (1, os.cpu_count() or 1):
            start = time.perf_counter()
            made.append(write_report(many, Path(folder, f"by{workers}"), workers=workers))
            took = time.perf_counter() - start
            print(f"{count} units by {workers} process(es): {took:.1f} s, {len(made[-1])} files")
        assert digests(made[0]) == digests(made[1]), "the files depend on the number of processes"

    sheet = made_up(3400).sheet
    start = time.perf_counter()
    page = league_page(league(sheet))
    took = time.perf_counter() - start
    print(f"league table of 3,400 units: {took:.2f} s, {len(page.encode()) / 1e6:.2f} MB")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))

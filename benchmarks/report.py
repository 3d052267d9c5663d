"""The leadership pack of a unit and of many, and the league table of a province.

All files of the run by all processes must be those of the run by one. The league table stands
beside the same rows written by `DataFrame.to_html`, which must name the same units.

    python benchmarks/report.py [UNITS ...] [--small | --full]
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from measuring import OURS, Claim, Claims, Cost, alone, in_turns, of_way, timed

from scoring.analysis import gap_table
from scoring.batch.run import Result
from scoring.batch.submissions import read_files
from scoring.criteria import open_set
from scoring.files.shipped import shipped_folder
from scoring.outputs.content import league
from scoring.outputs.pack import FORMATS, write_report
from scoring.outputs.page import league_page
from scoring.points import inputs_table, score

SIZES = {"small": [2], "normal": [25, 50, 100], "full": [100, 200]}
LEAGUE = 17  # units of the league table for each one of the pack, so that 200 make 3,400
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


def claims(sizes: Sequence[int]) -> Claims:
    """Yield the packs of many units, those of one by format, and the league tables."""
    packs = {units: pack_costs(units) for units in sizes}
    yield Claim("report-packs", f"every byte of the files of {max(sizes)} units", packs)
    yield Claim("report-pack-of-one", "every byte of a second run", {1: one_costs()})
    leagues = {units * LEAGUE: league_costs(units * LEAGUE) for units in sizes}
    yield Claim("league-table", "the names of all units", leagues)


def pack(workers: int, count: Path, out: Path) -> None:
    """Write the packs of many units and do nothing else."""
    write_report(made_up(int(str(count))), out, workers=workers)


WAYS = {"ours, one process": partial(pack, 1), OURS: partial(pack, os.cpu_count() or 1)}


def pack_costs(count: int) -> dict[str, Cost]:
    """Write the packs by one process and by all, each in a process of its own, and compare.

    Processes forked from one that had made such packs by itself were seen to wait for ever.
    """
    costs, made = {}, []
    with tempfile.TemporaryDirectory() as folder:
        for name in WAYS:
            out = Path(folder, name)
            costs[name] = of_way(__file__, name, count, out)
            made.append(digests(sorted(path for path in out.rglob("*") if path.is_file())))
    assert made[0] and made[0] == made[1], "the files depend on the number of processes"
    return costs


def one_costs() -> dict[str, Cost]:
    """Write the pack of one unit, whole and by format."""
    one = made_up(1)
    with tempfile.TemporaryDirectory() as folder:
        first = digests(write_report(one, Path(folder, "warm")))
        costs, paths = timed(lambda: write_report(one, Path(folder, "again")))
        assert digests(paths) == first
        return {OURS: costs} | {
            f"{kind} alone": timed(lambda k=kind: write_report(one, Path(folder, k), formats=(k,)))[
                0
            ]
            for kind in FORMATS
        }


def league_costs(count: int) -> dict[str, Cost]:
    """Write the league table as a page, and as pandas writes a table."""
    sheet = made_up(count).sheet
    table = sheet.index[["unit_name", "points"]]
    ours, plain = league_page(league(sheet)), table.to_html()
    assert all(name in ours and name in plain for name in table["unit_name"])
    ways = {OURS: lambda: league_page(league(sheet)), "pandas to_html": table.to_html}
    return in_turns(ways, 2)


if __name__ == "__main__":
    alone(claims, SIZES, WAYS)

"""The results of plans' targets that a report is given: of all units together, and of units."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from scoring.base.findings import Finding
from scoring.files.declared_tables import read_typed
from scoring.tables import tables


def given_plan_results(
    options: argparse.Namespace, units: Collection[str], findings: list[Finding]
) -> dict[str, pd.DataFrame]:
    """Return tables ``TargetResults`` by unit; that of all units together stands under ``""``.

    A file is the plan of all, or of the one unit there is. A folder holds that file and, for each
    unit with a plan of its own, ``CODE.csv`` or ``CODE/target-results.csv``.
    """
    if not options.plan_results:
        return {}
    place, name = Path(options.plan_results), tables()["TargetResults"].file
    paths = {"": place}
    if place.is_dir():
        paths = {path.stem: path for path in sorted(place.glob("*.csv")) if path.stem in units}
        paths |= {path.parent.name: path for path in sorted(place.glob(f"*/{name}"))}
        paths |= {"": place / name} if (place / name).is_file() else {}
    unknown = [path for code, path in paths.items() if code and code not in units]
    findings += [
        Finding("plan-results-unknown-unit", path.name, values={"unit": path.parent.name})
        for path in unknown
    ]
    if not paths:
        findings.append(Finding("plan-results-none", place.name, values={"file": name}))
    found = {code: _read(path, findings) for code, path in paths.items() if path not in unknown}
    if len(units) == 1 and "" in found:
        found.setdefault(next(iter(units)), found[""])
    return found


def _read(path: Path, findings: list[Finding]) -> pd.DataFrame:
    table, found = read_typed(path, "TargetResults")
    findings += found
    return table

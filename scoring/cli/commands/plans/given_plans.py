"""What verbs are given of plans: results of targets, and tasks that are still open."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Collection, Iterable
from pathlib import Path

import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.files.declared_tables import read_typed
from scoring.plan import plan_status
from scoring.plan.feeding.record import confirmed_links, read_record
from scoring.tables import tables
from scoring.uncertainty.kept_deadlines import PlanAhead


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


def plan_ahead(
    options: argparse.Namespace, units: Iterable[object], year: int, on: dt.date, lang: str,
    findings: list[Finding],
) -> PlanAhead | None:  # fmt: skip
    """Read the plan of ``--plan``, which is of ``--unit`` or of the only unit; None without it."""
    if not options.plan:
        return None
    codes = [code for code in options.unit.split(",") if code]
    codes = codes or list(dict.fromkeys(map(str, units)))
    if len(codes) != 1:
        found = Finding("forecast-plan-of-whom", values={"count": len(codes)})
        raise UsageError(found.text("en"), found)
    record, problems = read_record(Path(options.plan), year, lang)
    findings += problems
    planned = sorted({int(told) for told in record.tasks["year"].dropna()})
    if planned and year not in planned:
        values = {"years": ", ".join(map(str, planned)), "year": str(year)}
        findings.append(Finding("forecast-plan-other-year", record.name, values=values))
    status = plan_status(record.tasks, record.progress, on)
    return PlanAhead(codes[0], status, confirmed_links(record))

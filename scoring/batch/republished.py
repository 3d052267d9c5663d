"""Whether a published result is what its own figures and its own set come to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.analysis import ranking
from scoring.base.errors import CriteriaError, UnreadableError
from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS
from scoring.batch.publishing import INPUTS_FILE, PUBLISHED
from scoring.batch.scored import scored
from scoring.batch.submissions import read_files
from scoring.criteria import open_set
from scoring.files.declared_tables import read_typed
from scoring.files.sealed.manifest import Manifest
from scoring.outputs.machine import written_table

_SHOWN = 5
_SAME = 1e-9


def is_published(manifest: Manifest | None) -> bool:
    """Say whether a manifest is that of a published result, by its maker or by what it lists."""
    if manifest is None:
        return False
    # Who only calls it something else in a fresh manifest does not get round the recomputing.
    names = {entry.path for entry in manifest.files}
    is_alike = {INPUTS_FILE, "scores.csv"} <= names and any(
        name.startswith("criteria/") for name in names
    )
    return is_alike or PUBLISHED in manifest.about.get("made_by", "").split(" + ")


def republished(folder: Path, manifest: Manifest) -> list[Finding]:
    """Recompute a published result from its folder and name each difference.

    Parameters
    ----------
    folder : Path
        From anyone: it is read under the limits of every other input.
    manifest : Manifest

    Returns
    -------
    list of Finding
        ``published-set-differs``, ``published-differs`` for each unit of each table whose cells
        are not what comes out, and what is wrong with figures or set.
    """
    set_id = manifest.about.get("set_id", "")
    names = sorted(path.name for path in (folder / "criteria").glob("*") if path.is_dir())
    if names != [set_id]:
        values = {"value": ", ".join(names) or "—", "expected": set_id}
        return [Finding("published-set-differs", "criteria", values=values)]
    try:
        criteria = open_set(folder / "criteria" / set_id)
        intake = read_files([folder / INPUTS_FILE], criteria)
    except CriteriaError as error:
        return [finding for finding in error.findings if finding.severity == "error"]
    except UnreadableError as error:
        return [error.finding]
    found = [one for one in intake.findings if one.severity == "error"]
    stated = manifest.about.get("set_fingerprint", "")
    if criteria.fingerprint != stated:
        values = {"value": criteria.fingerprint, "expected": stated}
        found.append(Finding("published-set-differs", f"criteria/{set_id}", values=values))
    sheet, _ = scored(intake)
    tables = {"Scores": (sheet.scores, "scores.csv"), "Ranking": (ranking(sheet)[0], "ranking.csv")}
    for name, (table, file) in tables.items():
        made = written_table(table, name, criteria.meta.decimals)
        found += _compared(folder / file, name, made)
    return found


def _compared(path: Path, name: str, made: pd.DataFrame) -> Iterator[Finding]:
    try:
        given, problems = read_typed(path, name)
    except UnreadableError as error:
        # Read from a zip, its place is a scratch folder that nobody else can open.
        yield error.finding.at(file=path.name)
        return
    yield from (problem.at(file=path.name) for problem in problems)
    keys = [*KEY_COLUMNS, *(["code"] if name == "Scores" else [])]
    ours, theirs = (_by_key(table, keys) for table in (made, given))
    if theirs.index.has_duplicates:
        yield Finding("published-differs", path.name, values={"count": 1, "expected": ["≠"]})
        return
    cells: dict[str, list[str]] = {}
    for row in theirs.index.symmetric_difference(ours.index):
        mark = "+" if row in theirs.index else "−"
        cells.setdefault(row[0], []).append(f"{_place(row, name)}: {mark}")
    rows = theirs.index.intersection(ours.index)
    for column in (column for column in ours if column in theirs):
        pairs = zip(rows, theirs[column].loc[rows], ours[column].loc[rows], strict=True)
        for row, stands, comes in pairs:
            if not _is_same(stands, comes):
                told = f"{_place(row, name)} {column}: {_shown(stands)} ≠ {_shown(comes)}"
                cells.setdefault(row[0], []).append(told)
    for unit, told_of in cells.items():
        values = {"count": len(told_of), "expected": told_of[:_SHOWN]}
        yield Finding("published-differs", path.name, unit_code=unit, values=values)


def _place(row: tuple[str, ...], name: str) -> str:
    """Return the item of a row of scores, or year and period of a row of the ranking."""
    return row[-1] if name == "Scores" else " ".join(part for part in row[1:] if part)


def _by_key(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    texts = table.assign(**{key: table[key].astype(str) for key in keys})
    return texts.set_index(keys)


def _is_same(stands: Any, comes: Any) -> bool:
    if pd.isna(stands) or pd.isna(comes) or "" in (stands, comes):
        return _shown(stands) == _shown(comes)
    if isinstance(stands, int | float) and isinstance(comes, int | float):
        return abs(stands - comes) < _SAME
    return str(stands) == str(comes)


def _shown(value: Any) -> str:
    if pd.isna(value) or value == "":
        return "—"
    return f"{value:g}" if isinstance(value, float) else str(value)

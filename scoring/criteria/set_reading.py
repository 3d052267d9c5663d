"""Reading a criteria set: a folder of ``set.toml`` and CSV sheets, under limits.

What is read is text. `scoring.criteria.building` makes a set of it and says what is wrong.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.text import clean_text
from scoring.criteria.columns import REQUIRED_SHEETS, SHEETS, unknown_keys
from scoring.files.paths import open_under
from scoring.files.toml_files import MAX_BYTES as MAX_META_BYTES
from scoring.files.toml_files import toml_of
from scoring.tables import Column

MAX_FILE_BYTES = 8_000_000
MAX_ROWS = 20_000
MAX_CELL_LETTERS = 131_072


@dataclass(frozen=True)
class RawSet:
    """A set as text: its ``set.toml`` and its sheets with the columns of `columns.SHEETS`.

    `headings` are the column names of each sheet in the order of the file, so that a cell can be
    named as its reader sees it.
    """

    meta: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    place: str
    findings: tuple[Finding, ...] = field(default_factory=tuple)
    headings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_folder(folder: Path) -> RawSet:
    """Read the sheets of a set's folder.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    RawSet
        Missing optional sheets are empty tables; problems of form are findings.

    Raises
    ------
    UnreadableError
        When ``set.toml`` or a required sheet is missing or cannot be read.
    """
    meta = _read_meta(folder / "set.toml")
    findings = [
        Finding("set-key-unknown", file="set.toml", sheet="set", values={"key": key})
        for key in unknown_keys(meta)
    ]
    raw = read_sheets(folder, SHEETS, REQUIRED_SHEETS)
    return replace(raw, meta=meta, findings=(*findings, *raw.findings))


def read_sheets(
    folder: Path, sheets: Mapping[str, Sequence[Column]], required: Sequence[str]
) -> RawSet:
    """Read the declared CSV sheets of a folder as text, without what stands beside them.

    Raises
    ------
    UnreadableError
        When a required sheet is missing, or one cannot be read.
    """
    tables: dict[str, pd.DataFrame] = {}
    headings: dict[str, tuple[str, ...]] = {}
    findings: list[Finding] = []
    for sheet, columns in sheets.items():
        path = folder / f"{sheet}.csv"
        if not path.is_file() and sheet in required:
            raise _unreadable("set-file-missing", path)
        rows = _read_rows(path) if path.is_file() else []
        tables[sheet], problems = as_sheet(sheet, rows, path.name, columns)
        findings += problems if path.is_file() else []
        headings[sheet] = tuple(clean_text(name) for name in rows[0]) if rows else ()
    return RawSet({}, tables, str(folder), tuple(findings), headings)


def _unreadable(code: str, path: Path, **values: object) -> UnreadableError:
    return UnreadableError(Finding(code, file=str(path), values=values))


def _read_text(path: Path, limit: int = MAX_FILE_BYTES) -> str:
    try:
        # A set may come from anybody: no link is followed, no pipe or device read.
        with open_under(path.parent, path.name) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise _unreadable("set-file-too-large", path, limit=limit)
        return data.decode("utf-8-sig")
    except UnreadableError as refused:
        if refused.finding.code != "file-missing":
            raise
        raise _unreadable("set-file-missing", path) from None
    except UnicodeDecodeError as error:
        raise _unreadable("set-file-not-utf8", path, position=error.start) from None
    except OSError as error:
        raise _unreadable("set-file-missing", path, reason=error.strerror) from None


def _read_meta(path: Path) -> dict[str, Any]:
    text = _read_text(path, MAX_META_BYTES)
    try:
        return toml_of(text)
    except ValueError as error:
        raise _unreadable("set-toml-broken", path, reason=str(error)) from None


def _read_rows(path: Path) -> list[list[str]]:
    # The limit of the csv module is one for the whole process; any library may have moved it.
    old = csv.field_size_limit(MAX_CELL_LETTERS)
    try:
        rows = list(csv.reader(io.StringIO(_read_text(path), newline=""), strict=True))
    except csv.Error as error:
        raise _unreadable("set-csv-broken", path, reason=str(error)) from None
    finally:
        csv.field_size_limit(old)
    if len(rows) > MAX_ROWS:
        raise _unreadable("set-too-many-rows", path, limit=MAX_ROWS)
    return rows


def as_sheet(
    sheet: str, rows: list[list[str]], file: str, columns: Sequence[Column] | None = None
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return `rows` (header first) as the table of `sheet`, its index the rows of the file.

    Unknown columns are a warning and left out; a missing required column is an error and empty.
    Rows without any text are skipped. Texts come out composed and without stray spaces.
    """
    heading = [clean_text(name) for name in rows[0]] if rows else []
    columns = SHEETS[sheet] if columns is None else columns
    names = [column.name for column in columns]
    kept: dict[int, list[str]] = {}
    place = {name: heading.index(name) for name in names if name in heading}
    for number, row in enumerate(rows[1:], start=2):
        texts = [
            clean_text(row[place[n]]) if n in place and place[n] < len(row) else "" for n in names
        ]
        if any(texts):
            kept[number] = texts
    table = pd.DataFrame.from_dict(kept, orient="index", columns=names, dtype="str")
    return table, heading_findings(sheet, columns, heading, file)


def heading_findings(
    sheet: str, columns: Sequence[Column], heading: Sequence[str], file: str = ""
) -> list[Finding]:
    """Return which columns a sheet lacks, which are unknown and which it has twice."""
    known = [column.name for column in columns]
    needed = [column.name for column in columns if column.required]
    problems = [("missing-column", name) for name in needed if name not in heading]
    unknown = [name for name in dict.fromkeys(heading) if name and name not in known]
    problems += [("set-column-unknown", name) for name in unknown]
    problems += [("set-column-twice", name) for name in known if heading.count(name) > 1]
    more = {"expected": ", ".join(known), "sheet": sheet}
    return [
        Finding(code, file=file, sheet=sheet, values={"column": name, **more})
        for code, name in problems
    ]

"""Reading a criteria set kept as one workbook: the same text a folder would give."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.dates import read_date
from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.numbers import read_number
from scoring.base.text import clean_text
from scoring.base.vocabulary import yes_or_no
from scoring.criteria.columns import (
    KEY_BY_NAME,
    LIST_KEYS,
    REQUIRED_SHEETS,
    SHEETS,
    unknown_keys,
)
from scoring.criteria.set_reading import MAX_FILE_BYTES, MAX_ROWS, RawSet, heading_findings
from scoring.criteria.workbook_cells import Place, cell_text
from scoring.criteria.writing import canonical_meta, number_or_text, rows_of
from scoring.files.excel.cells import CellError, CellValue, FormulaWithoutValue
from scoring.files.excel.cells import address as cell_address
from scoring.files.excel.workbook import Sheet, read_workbook
from scoring.files.limits import Limits
from scoring.tables import Column

SET_SHEET = "set"
GUIDE_SHEET = "Hướng dẫn"
_KNOWN = (SET_SHEET, *SHEETS, *LIST_KEYS)
# A title and remarks may stand above the heading; it never starts further down.
_HEADING_ROWS = 20
_LIMITS = Limits(file_bytes=MAX_FILE_BYTES, rows=MAX_ROWS + _HEADING_ROWS, columns=200)


def read_workbook_set(path: Path) -> RawSet:
    """Read a criteria set from a workbook.

    Parameters
    ----------
    path : Path
        An .xlsx or .xlsm file with the sheets ``set`` and ``items`` and any of the others.

    Returns
    -------
    RawSet
        Its tables are indexed by the rows of the workbook.

    Raises
    ------
    UnreadableError
        When it is no workbook, is not safe to open, or lacks a required sheet.
    """
    book = read_workbook(path, _LIMITS)
    sheets = {_name(sheet): sheet for sheet in book if _name(sheet) in _KNOWN}
    for name in (SET_SHEET, *REQUIRED_SHEETS):
        if name not in sheets:
            values = {"expected": name, "value": ", ".join(book.names)}
            raise UnreadableError(Finding("set-sheet-missing", file=str(path), values=values))
    findings = [*book.findings]
    findings += [
        Finding("set-sheet-unknown", sheet=unicodedata.normalize("NFC", sheet.name))
        for sheet in book
        if _name(sheet) not in (*_KNOWN, GUIDE_SHEET.casefold())
        and not sheet.is_hidden
        and sheet.row_count
    ]
    meta = _meta(sheets, findings)
    tables: dict[str, pd.DataFrame] = {}
    headings: dict[str, tuple[str, ...]] = {}
    kinds: dict[tuple[str, str], str] = {}
    for name in SHEETS:
        grid = _Grid.of(sheets.get(name), name, SHEETS[name])
        tables[name] = grid.table(kinds)
        headings[name] = grid.heading
        findings += grid.findings
        if name == "inputs":
            kinds = _kinds(tables[name])
    return RawSet(meta, tables, str(path), tuple(findings), headings)


def _name(sheet: Sheet) -> str:
    return clean_text(sheet.name).casefold()


def _kinds(inputs: pd.DataFrame) -> dict[tuple[str, str], str]:
    keys = zip(inputs["item_code"], inputs["input"], strict=True)
    return dict(zip(keys, inputs["kind"], strict=True))


@dataclass
class _Grid:
    """A sheet whose heading has been found, and the findings met while reading it."""

    name: str
    columns: Sequence[Column]
    sheet: Sheet | None
    heading_row: int = 0
    heading: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def of(cls, sheet: Sheet | None, name: str, columns: Sequence[Column]) -> _Grid:
        grid = cls(name, columns, sheet)
        if sheet is not None:
            if sheet.row_count > MAX_ROWS:
                values = {"limit": MAX_ROWS}
                raise UnreadableError(Finding("set-too-many-rows", sheet=name, values=values))
            grid._find_heading(sheet)
            grid.findings += heading_findings(name, columns, grid.heading)
        return grid

    def _find_heading(self, sheet: Sheet) -> None:
        """Take the row with the most column names, so that a title above does no harm."""
        known = {column.name for column in self.columns}
        rows = [
            tuple(clean_text(value) if isinstance(value, str) else "" for value in row)
            for row in sheet.rows[:_HEADING_ROWS]
        ]
        best = max(rows, key=lambda row: len(known.intersection(row)), default=())
        if known.intersection(best):
            self.heading_row, self.heading = rows.index(best) + 1, best

    def rows(self) -> list[tuple[int, dict[str, CellValue]]]:
        """Return the rows below the heading by their number, cells by column name."""
        if self.sheet is None or not self.heading_row:
            return []
        names = [column.name for column in self.columns]
        places = {name: self.heading.index(name) for name in names if name in self.heading}
        body = enumerate(self.sheet.rows[self.heading_row :], start=self.heading_row + 1)
        return [(number, {name: row[at] for name, at in places.items()}) for number, row in body]

    def place(self, column: str, row: int) -> Place:
        """Return where a cell of `column` stands."""
        return Place(self.name, column, cell_address(row, self.heading.index(column) + 1))

    def text(self, value: CellValue, holds: str, column: str, row: int) -> str:
        """Return a cell as text, noting uncertain values as findings."""
        if value is None or column not in self.heading:
            return ""
        text, finding = cell_text(value, holds, self.place(column, row))
        if finding is not None:
            self.findings.append(finding)
        return text

    def table(self, kinds: Mapping[tuple[str, str], str] | None = None) -> pd.DataFrame:
        """Return the sheet as text; rows without any are left out."""
        names = [column.name for column in self.columns]
        kept: dict[int, list[str]] = {}
        for number, cells in self.rows():
            texts: list[str] = []
            for column in self.columns:
                holds = column.type
                if self.name == "examples" and column.name == "value":
                    holds = _example_holds((texts[0], texts[names.index("input")]), kinds or {})
                texts.append(self.text(cells.get(column.name), holds, column.name, number))
            if any(texts):
                kept[number] = texts
        return pd.DataFrame.from_dict(kept, orient="index", columns=names, dtype="str")


def _example_holds(key: tuple[str, str], kinds: Mapping[tuple[str, str], str]) -> str:
    """Return what an example's value holds, as its input is declared."""
    if key[1].startswith("@best:"):
        return "number"
    by_kind = {"yes_no": "flag", "choice": "text", "date": "date", "": "text"}
    return by_kind.get(kinds.get(key, ""), "number")


def _meta(sheets: Mapping[str, Sheet], findings: list[Finding]) -> dict[str, Any]:
    """Return the sheets ``set``, ``grades`` and ``caveats`` as ``set.toml`` would give them."""
    columns = (Column("key", "text", required=True), Column("value", "text"))
    grid = _Grid.of(sheets[SET_SHEET], SET_SHEET, columns)
    # The sheet explains its keys in further columns.
    findings += [finding for finding in grid.findings if finding.code != "set-column-unknown"]
    meta: dict[str, Any] = {}
    seen: set[str] = set()
    for number, cells in grid.rows():
        key, value = clean_text(str(cells.get("key") or "")), cells.get("value")
        if not key or value is None:
            continue
        place = grid.place("value", number)
        if key in seen:
            findings.append(place.finding("set-key-twice", value, key=key))
        if isinstance(value, CellError | FormulaWithoutValue):
            findings.append(place.finding("set-cell-error", str(value) or "="))
            continue
        seen.add(key)
        _put(meta, key, _meta_value(key, value))
    for name, list_columns in LIST_KEYS.items():
        entries = _Grid.of(sheets.get(name), name, list_columns)
        meta[name] = [
            {c.name: _typed(row[c.name], c.type) for c in list_columns if row[c.name]}
            for row in rows_of(entries.table())
        ]
        findings += entries.findings
    findings += [
        Finding("set-key-unknown", sheet=SET_SHEET, values={"key": key})
        for key in unknown_keys(meta)
    ]
    return canonical_meta(meta)


def _put(meta: dict[str, Any], key: str, value: object) -> None:
    table, _, name = key.partition(".")
    if not name:
        meta[key] = value
    else:
        inner = meta.setdefault(table, {})
        if isinstance(inner, dict):
            inner[name] = value


def _meta_value(key: str, value: CellValue) -> object:
    """Return a value of the sheet ``set`` in the type that its key declares; as text where it cannot be read."""
    declared = KEY_BY_NAME.get(key)
    if declared is None:
        return clean_text(value) if isinstance(value, str) else value
    if declared.type in ("flag", "date"):
        found = yes_or_no(value) if declared.type == "flag" else read_date(value).value
        return str(value) if found is None else found
    if declared.is_number:
        return _meta_number(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return cell_text(value, "text", Place("", "", ""))[0]


def _meta_number(value: CellValue) -> object:
    if isinstance(value, str):
        reading = read_number(value)
        unsure = reading.value is None or reading.is_percent
        return clean_text(value) if unsure else reading.value
    return value


def _typed(text: str, holds: str) -> object:
    if holds == "flag":
        answer = yes_or_no(text)
        return text if answer is None else answer
    return number_or_text(text) if holds == "number" else text

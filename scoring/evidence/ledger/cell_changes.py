"""Changing single cells of a ledger that people filled in, and keeping all the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.evidence.ledger import layout
from scoring.evidence.ledger.reading.headings import find_sheets
from scoring.files.excel.cells import FORMULA_WITHOUT_VALUE, CellValue, address
from scoring.files.excel.workbook import read_workbook
from scoring.files.excel.xlsx_patch.guarded_patch import AddedSheet, with_values
from scoring.files.limits import Limits
from scoring.files.paths import bytes_and_name

Cells = dict[str, dict[str, CellValue]]


class LedgerChanges:
    """The cells of one ledger, and what they are to hold.

    Attributes
    ----------
    findings : list of Finding
        What has no place in the workbook and so is not written.
    added_sheet : AddedSheet or None
        A sheet that the workbook does not have yet.
    """

    def __init__(self, path: Path | bytes) -> None:
        self.data, self.file = bytes_and_name(path, Limits().file_bytes)
        self.book = read_workbook(self.data, file=self.file)
        self.headings = find_sheets(self.book.sheets, self.file)[0]
        self.values: Cells = {}
        self.results: Cells = {}
        self.findings: list[Finding] = []
        self.added_sheet: AddedSheet | None = None
        self._added: dict[str, int] = {}

    def _place(self, sheet: str, row: int, key: str) -> tuple[str, str] | None:
        heading = self.headings.get(sheet)
        number = heading.columns.get(key) if heading else None
        return (heading.sheet.name, address(row, number)) if heading and number else None

    def value(self, sheet: str, row: int, key: str, *, now: bool = False) -> CellValue:
        """Return what the file holds in a row, in the column `key`; `now` with the changes."""
        if (place := self._place(sheet, row, key)) is None:
            return None
        name, cell = place
        changed = self.values.get(name, {}) if now else {}
        return changed[cell] if cell in changed else self.book[name].cell(cell)

    def put(
        self, sheet: str, row: int, key: str, value: CellValue, *, result: bool = False
    ) -> None:
        """Let a cell hold `value`; with `result` only where a formula stands, which stays."""
        if place := self._place(sheet, row, key):
            (self.results if result else self.values).setdefault(place[0], {})[place[1]] = value
        elif value is not None and not result:
            told = {"column": layout.title(sheet, key), "value": str(value)}
            self.findings.append(Finding("ledger-no-place", self.file, sheet, values=told))

    def new_row(self, sheet: str) -> int:
        """Return the number of the next row below everything that stands on a sheet."""
        rows = self.headings[sheet].sheet.rows if sheet in self.headings else []
        # Formulas that wait for a row to be filled in show nothing yet.
        empty = {None, FORMULA_WITHOUT_VALUE}
        filled = [number for number, row in enumerate(rows, start=1) if not empty.issuperset(row)]
        last = self._added.get(sheet, max(filled, default=0))
        self._added[sheet] = last + 1
        return last + 1

    def add_rows(self, sheet: str, records: Iterable[Mapping[Any, Any]]) -> None:
        """Add rows below the others, by the keys of their columns."""
        for record in records:
            row = self.new_row(sheet)
            for column in layout.columns(sheet):
                value = cell_value(record.get(column.key))
                if value is not None:
                    self.put(sheet, row, column.key, value)

    def rows_by(self, sheet: str, *keys: str) -> dict[tuple[str, ...], int]:
        """Return the first row of every combination of texts in some columns."""
        heading, found = self.headings.get(sheet), dict[tuple[str, ...], int]()
        if heading:
            for row in range(heading.row + 1, heading.sheet.row_count + 1):
                named = tuple(str(self.value(sheet, row, key) or "") for key in keys)
                found.setdefault(named, row)
        return found

    def to_bytes(self) -> bytes:
        """Return the workbook with its changes, read again and compared cell by cell.

        Raises
        ------
        OutputError
            When it would read otherwise than it should.
        """
        return with_values(self.data, self.file, self.values, self.results, self.added_sheet)


def cell_value(value: Any) -> CellValue:
    """Return a value of a table as a cell holds it: None for what says nothing."""
    if isinstance(value, bool):
        return layout.MARK if value else None
    if value is None or value == "" or pd.isna(value):
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, str | dt.date) else float(value)

"""The same sheet of many ledgers laid one below the other, so that checks run on columns.

Whether one ledger is read or a thousand, the steps are the same; a finding looks up the place
of its cell only when there is something to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.text import clean_text
from scoring.evidence.ledger.heading import FoundTable
from scoring.evidence.ledger.template import COLUMNS
from scoring.files.cells import CellError, CellValue, FormulaWithoutValue, address

Column = list[CellValue]
# Longer than any honest remark; keeps a hostile cell from travelling through all tables.
TEXT_LIMIT = 10_000
# One broken column must not drown everything else.
MAX_FINDINGS_PER_CODE = 200


@dataclass
class Stack:
    """Rows of one sheet of many ledgers.

    Attributes
    ----------
    columns : dict of column key to list
        All columns of the template; None where a ledger lacks the column or the cell is empty.
    owners : list of int
        Which ledger a row belongs to.
    numbers : list of int
        Its row number in Excel.
    """

    template: str
    columns: dict[str, Column] = field(default_factory=dict)
    owners: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    _tables: dict[int, FoundTable] = field(default_factory=dict)
    _files: dict[int, tuple[str, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    _counts: dict[tuple[int, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for column in COLUMNS[self.template]:
            self.columns.setdefault(column.key, [])

    def __len__(self) -> int:
        return len(self.owners)

    def add(self, owner: int, table: FoundTable, file: str, unit_code: str) -> None:
        """Lay the rows of a sheet that hold anything below the others."""
        self._tables[owner], self._files[owner] = table, (file, unit_code)
        rows = table.sheet.rows[table.header :]
        width = table.sheet.column_count
        kept = [n for n, row in enumerate(rows) if row.count(None) != width]
        cells = list(zip(*(rows[n] for n in kept), strict=True))
        for key, column in self.columns.items():
            number = table.columns.get(key)
            if number is None or not kept:
                column.extend([None] * len(kept))
            else:
                column.extend(cells[number - 1])
        self.owners.extend([owner] * len(kept))
        self.numbers.extend([table.header + 1 + n for n in kept])

    def has_column(self, owner: int, key: str) -> bool:
        """Say whether a ledger has the column `key`."""
        return key in self._tables[owner].columns

    def place(self, at: int, key: str) -> dict[str, str]:
        """Return file, sheet, cell and unit of a row's cell."""
        owner = self.owners[at]
        table, (file, unit_code) = self._tables[owner], self._files[owner]
        number = table.columns.get(key)
        cell = (
            address(self.numbers[at], number)
            if number
            else f"{self.numbers[at]}:{self.numbers[at]}"
        )
        return {"file": file, "sheet": table.sheet.name, "cell": cell, "unit_code": unit_code}

    def report(self, code: str, at: int, key: str, item_code: str = "", **values: object) -> None:
        """Note a finding at the cell of row `at` in column `key`."""
        count = self._counts.get((self.owners[at], code), 0)
        self._counts[self.owners[at], code] = count + 1
        if count < MAX_FINDINGS_PER_CODE:
            place = self.place(at, key)
            self.findings.append(Finding(code, item_code=item_code, values=values, **place))

    def cells(self, key: str, rows: Iterable[int]) -> list[str]:
        """Return the addresses of cells, as findings and tables show them."""
        letters: dict[int, str] = {}
        found = []
        for at in rows:
            owner = self.owners[at]
            if owner not in letters:
                number = self._tables[owner].columns.get(key)
                letters[owner] = address(1, number).rstrip("1") if number else ""
            found.append(f"{letters[owner]}{self.numbers[at]}" if letters[owner] else "")
        return found

    def sheet_names(self, rows: Iterable[int]) -> list[str]:
        """Return the names of the sheets rows stand on, as the file has them."""
        return [self._tables[self.owners[at]].sheet.name for at in rows]

    def texts(self, key: str) -> list[str]:
        """Return a column as clean text; errors and formulas without a value count as empty."""
        values = self.columns[key]
        known = {v: clean_text(v[: 2 * TEXT_LIMIT]) for v in set(values) if type(v) is str}
        if any(len(text) > TEXT_LIMIT for text in known.values()):
            for at, value in enumerate(values):
                if type(value) is str and len(known[value]) > TEXT_LIMIT:
                    self.report("text-too-long", at, key, count=len(value), limit=TEXT_LIMIT)
            known = {value: text[:TEXT_LIMIT] for value, text in known.items()}
        return [
            known[value]
            if type(value) is str
            else ("" if value is None else self._as_text(value, at, key))
            for at, value in enumerate(values)
        ]

    def _as_text(self, value: CellValue, at: int, key: str) -> str:
        if isinstance(value, CellError | FormulaWithoutValue):
            code = "cell-in-error" if isinstance(value, CellError) else "formula-without-value"
            self.report(code, at, key, input=self.heading(key), value=str(value))
            return ""
        return plain_text(value)

    def heading(self, key: str) -> str:
        """Return the heading of a column."""
        return next(column.title() for column in COLUMNS[self.template] if column.key == key)


def plain_text(value: CellValue) -> str:
    """Return a cell's value as the text a person would have typed.

    >>> plain_text(12.0), plain_text(0.75)
    ('12', '0.75')
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return clean_text(str(value))


def date_series(days: Sequence[dt.date | None]) -> pd.Series:
    """Return dates as a column of timestamps, NaT where there is none."""
    return pd.Series(np.array(days, dtype="datetime64[s]"))


def cached_map(values: Sequence[str], convert: Callable[[str], str]) -> list[str]:
    """Apply `convert` once per distinct text."""
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]

"""The same sheet of many ledgers laid one below the other, so that checks run on columns.

Whether one ledger is read or a thousand, the steps are the same; a finding looks up the place
of its cell only when there is something to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.text import clean_text
from scoring.evidence.ledger import layout
from scoring.evidence.ledger.reading.headings import Heading
from scoring.files.excel.cells import CellError, CellValue, FormulaWithoutValue, address

Column = list[CellValue]
# Longer than any honest remark; keeps a hostile cell from travelling through all tables.
TEXT_LIMIT = 10_000
# One broken column must not drown everything else.
MAX_FINDINGS_PER_CODE = 200


@dataclass
class SheetRows:
    """Rows of one sheet of many ledgers.

    Attributes
    ----------
    units : sequence of mapping
        ``unit_code, unit_name, block, year, period, file`` of each ledger.
    columns : dict of column key to list
        All columns of the template; None where a ledger lacks the column or the cell is empty.
    owners : list of int
        Which ledger a row belongs to.
    numbers : list of int
        Its row number in Excel.
    headings : dict of int to Heading
        Where each ledger has the sheet.
    """

    template: str
    units: Sequence[Mapping[str, Any]]
    columns: dict[str, Column] = field(default_factory=dict)
    owners: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    headings: dict[int, Heading] = field(default_factory=dict)
    _counts: dict[tuple[int, str], int] = field(default_factory=dict)
    _texts: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for column in layout.columns(self.template):
            self.columns.setdefault(column.key, [])

    def __len__(self) -> int:
        return len(self.owners)

    def add(self, owner: int, heading: Heading) -> None:
        """Lay the rows of a sheet that hold anything below the others."""
        self.headings[owner] = heading
        rows = heading.sheet.rows[heading.row :]
        width = heading.sheet.column_count
        kept = [n for n, row in enumerate(rows) if row.count(None) != width]
        cells = list(zip(*(rows[n] for n in kept), strict=True))
        for key, column in self.columns.items():
            number = heading.columns.get(key)
            if number is None or not kept:
                column.extend([None] * len(kept))
            else:
                column.extend(cells[number - 1])
        self.owners.extend([owner] * len(kept))
        self.numbers.extend([heading.row + 1 + n for n in kept])

    def has_column(self, owner: int, key: str) -> bool:
        """Say whether a ledger has the column `key`."""
        return key in self.headings[owner].columns

    def place(self, at: int, key: str) -> dict[str, str]:
        """Return file, sheet, cell and unit of a row's cell."""
        owner = self.owners[at]
        number = self.headings[owner].columns.get(key)
        row = self.numbers[at]
        cell = address(row, number) if number else f"{row}:{row}"
        unit, sheet = self.units[owner], self.headings[owner].sheet.name
        return {"file": unit["file"], "sheet": sheet, "cell": cell, "unit_code": unit["unit_code"]}

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
                number = self.headings[owner].columns.get(key)
                letters[owner] = address(1, number).rstrip("1") if number else ""
            found.append(f"{letters[owner]}{self.numbers[at]}" if letters[owner] else "")
        return found

    def of_units(self, key: str, rows: Iterable[int]) -> list[Any]:
        """Return what the ledgers of rows say of their units."""
        return [self.units[self.owners[at]][key] for at in rows]

    def placed(self, key: str, rows: Sequence[int]) -> dict[str, list[str]]:
        """Return unit, file, sheet and cell of rows as columns."""
        return {
            "unit_code": self.of_units("unit_code", rows),
            "file": self.of_units("file", rows),
            "sheet": [self.headings[self.owners[at]].sheet.name for at in rows],
            "cell": self.cells(key, rows),
        }

    def texts(self, key: str) -> list[str]:
        """Return a column as clean text; errors and formulas without a value count as empty.

        What is wrong with a cell is reported once, however often the column is asked for.
        """
        if key not in self._texts:
            self._texts[key] = self._cleaned(key)
        return self._texts[key]

    def _cleaned(self, key: str) -> list[str]:
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

    def is_unknown(self, value: CellValue, at: int, key: str) -> bool:
        """Say whether a cell holds an error or a formula without a value, and report it."""
        if not isinstance(value, CellError | FormulaWithoutValue):
            return False
        code = "cell-in-error" if isinstance(value, CellError) else "formula-without-value"
        self.report(code, at, key, input=self.heading(key), value=str(value))
        return True

    def _as_text(self, value: CellValue, at: int, key: str) -> str:
        return "" if self.is_unknown(value, at, key) else plain_text(value)

    def heading(self, key: str) -> str:
        """Return the heading of a column."""
        return layout.title(self.template, key)


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
    """Return dates as a column of timestamps, NaT for a missing one."""
    return pd.Series(np.array(days, dtype="datetime64[us]"))


def cached_map(values: Sequence[str], convert: Callable[[str], str]) -> list[str]:
    """Apply `convert` once per distinct text."""
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]

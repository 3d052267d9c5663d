"""From a cell of a workbook to the text it would be in a CSV sheet, or a finding.

A workbook made by a person holds numbers as text, dates as numbers and codes that Excel took for
numbers. What is certain is converted; the rest is a finding, never a guess.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from scoring.base.dates import read_date
from scoring.base.findings import Finding
from scoring.base.numbers import read_number
from scoring.base.text import clean_text
from scoring.base.vocabulary import NO, YES, yes_or_no
from scoring.criteria.writing import canonical_number
from scoring.files.excel.cells import CellError, CellValue, FormulaWithoutValue


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell stands, for its finding."""

    sheet: str
    column: str
    cell: str

    def finding(self, code: str, value: object, **more: object) -> Finding:
        """Return the finding `code` about this cell."""
        values = {"column": self.column, "input": self.column, "value": value, **more}
        return Finding(code, sheet=self.sheet, cell=self.cell, values=values)


def cell_text(value: CellValue, holds: str, place: Place) -> tuple[str, Finding | None]:
    """Return what a cell says as text of a set.

    Parameters
    ----------
    value : CellValue
        As `scoring.files.excel.workbook` reads it.
    holds : str
        What the column holds, as `scoring.tables.Column.type`.
    place : Place

    Returns
    -------
    tuple of str and Finding or None
        The text, and a finding when the value is uncertain.

    Examples
    --------
    >>> place = Place("items", "max_points", "F3")
    >>> cell_text(0.75, "number", place)[0], cell_text("0,75", "number", place)[0]
    ('0.75', '0.75')
    >>> cell_text(1.1, "code", place)[1].code
    'set-code-typed-as-number'
    """
    if value is None:
        return "", None
    if isinstance(value, CellError | FormulaWithoutValue):
        return "", place.finding("set-cell-error", str(value) or "=")
    if holds == "number":
        return _number(value, place)
    if holds == "flag":
        return _flag(value), None
    if holds == "code":
        return _code(value, place)
    if holds == "date" and isinstance(value, str):
        return _date(value), None
    return _plain(value), None


def _plain(value: CellValue) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float | int):
        return canonical_number(float(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    return clean_text(str(value))


def _number(value: CellValue, place: Place) -> tuple[str, Finding | None]:
    if not isinstance(value, str):
        return _plain(value), None
    reading = read_number(value)
    if reading.problem == "ambiguous-number":
        finding = place.finding("ambiguous-number", value, candidates=reading.candidates)
        return clean_text(value), finding
    # A percent sign fits where the column itself is in percent, and changes the value elsewhere.
    if reading.value is None or (reading.is_percent and not place.column.endswith("_percent")):
        return clean_text(value), None
    return canonical_number(reading.value), None


def _flag(value: CellValue) -> str:
    answer = yes_or_no(value)
    return _plain(value) if answer is None else _plain(answer)


def _code(value: CellValue, place: Place) -> tuple[str, Finding | None]:
    text = _plain(value)
    whole = isinstance(value, float) and value.is_integer()
    if isinstance(value, str) or whole:
        return text, None
    # 1.10 and 1.1 are the same number, and 1.2 may have been taken for the first of February.
    return text, place.finding("set-code-typed-as-number", text)


def _date(text: str) -> str:
    day = read_date(text).value
    return clean_text(text) if day is None else day.isoformat()

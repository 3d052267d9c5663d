"""The values that cells hold, the same whichever program wrote the workbook."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CellError:
    """An error shown in a cell: ``#N/A``, ``#REF!``, ``#DIV/0!`` ..."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class FormulaWithoutValue:
    """A formula that no program has calculated yet: not empty, and its value is not known."""

    def __str__(self) -> str:
        return ""


FORMULA_WITHOUT_VALUE = FormulaWithoutValue()
# What Excel takes in one cell.
TEXT_LIMIT = 32_767
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

CellValue = (
    str | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | CellError
    | FormulaWithoutValue | None
)  # fmt: skip
Grid = list[list[CellValue]]


def address(row: int, column: int) -> str:
    """Return the Excel address of a row and column counted from 1.

    Examples
    --------
    >>> address(14, 5)
    'E14'
    """
    # Loaded when a cell is named: a child that reads documents starts in half the time.
    from openpyxl.utils.cell import get_column_letter

    return f"{get_column_letter(column)}{row}"


def plain_row(row: list[Any]) -> list[CellValue]:
    """Return the values of a row in the few types that grids hold."""
    if _READY.issuperset(map(type, row)):
        return row
    return [_PLAIN[type(value)](value) for value in row]


def plain_value(value: Any) -> CellValue:
    """Return one value in one of the types that grids hold; whatever else it is becomes text."""
    return _PLAIN.get(type(value), str)(value)


def _text(value: str) -> str | None:
    """Return a text with one kind of line end; an empty one is an empty cell."""
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return value or None


def _datetime(value: dt.datetime) -> dt.datetime | dt.date | dt.time:
    if value.year < 1900:  # a negative serial number, which no calendar of Excel knows
        return dt.time()
    if (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0):
        return value.date()
    return value


def _same(value: Any) -> Any:
    return value


_READY = {float, bool, dt.date, dt.time, dt.timedelta, type(None)}
_PLAIN: dict[type, Callable[[Any], CellValue]] = {
    **dict.fromkeys(_READY, _same),
    str: _text,
    int: float,
    dt.datetime: _datetime,
}


def cell_text(text: str) -> str:
    """Return text that a cell can hold: without characters XML forbids, not too long."""
    text = _NOT_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    if excel_length(text) <= TEXT_LIMIT:
        return text
    # Cut in the units Excel counts; a letter cut in half is dropped.
    return text.encode("utf-16-le")[: 2 * TEXT_LIMIT].decode("utf-16-le", "ignore")


def excel_length(text: str) -> int:
    """Return the length of a text as Excel counts it, in units of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

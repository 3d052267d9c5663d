"""The values that cells hold, the same whichever program wrote the workbook."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from string import ascii_uppercase
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
# And in the name of a sheet.
SHEET_NAME_LIMIT = 31
# ZZZ, beyond the last column of Excel: a reference may name it, and findings repeat it.
_LAST_COLUMN = 18_278
_LETTERS = re.compile("[A-Za-z]{1,3}")
_ADDRESS = re.compile("([A-Za-z]{1,3})([0-9]+)")
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
    return f"{column_letters(column)}{row}"


@cache
def column_letters(column: int) -> str:
    """Return the letters of a column counted from 1.

    Examples
    --------
    >>> column_letters(1), column_letters(26), column_letters(27), column_letters(16_384)
    ('A', 'Z', 'AA', 'XFD')
    """
    if not 1 <= column <= _LAST_COLUMN:
        raise ValueError(f"no column has the number {column}")
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = ascii_uppercase[rest] + letters
    return letters


@cache
def column_number(letters: str) -> int:
    """Return the number, from 1, of the column that has these letters.

    Examples
    --------
    >>> column_number("A"), column_number("AA"), column_number("xfd")
    (1, 27, 16384)
    """
    if not _LETTERS.fullmatch(letters):
        raise ValueError(f"“{letters}” names no column")
    number = 0
    for letter in letters.upper():
        number = 26 * number + ascii_uppercase.index(letter) + 1
    return number


def row_and_column(address: str) -> tuple[int, int]:
    """Return the row and column, counted from 1, that an address such as ``E14`` names.

    Examples
    --------
    >>> row_and_column("E14")
    (14, 5)
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ValueError(f"“{address}” is no address of a cell")
    return int(found[2]), column_number(found[1])


def plain_row(row: list[Any]) -> list[CellValue]:
    """Return the values of a row in the few types that grids hold."""
    if _READY.issuperset(map(type, row)):
        return row
    # Nearly all cells are texts of one line or empty: no call for those.
    return [
        (value or None) if type(value) is str and "\r" not in value else _PLAIN[type(value)](value)
        for value in row
    ]


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


def _number(value: float) -> float | CellError:
    """Return a number; what is none, or beyond all numbers, is the error that Excel would show."""
    return value if math.isfinite(value) else CellError("#NUM!")


def _whole(value: int) -> float | CellError:
    try:
        return float(value)
    except OverflowError:
        return CellError("#NUM!")


def _same(value: Any) -> Any:
    return value


_READY = {bool, dt.date, dt.time, dt.timedelta, type(None)}
_PLAIN: dict[type, Callable[[Any], CellValue]] = {
    **dict.fromkeys(_READY, _same),
    str: _text,
    float: _number,
    int: _whole,
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

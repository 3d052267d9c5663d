"""The sheets of a criteria set and the keys of ``set.toml``, as `scoring.tables` declares them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from scoring.rules import RULE_KINDS
from scoring.tables import Column, columns_of, declared, tables
from scoring.tables.toml_keys import unknown_names

_PREFIX = "set."
_NAMES = [name for name in tables() if name.startswith(_PREFIX)]

RULE_WORDS = (*RULE_KINDS, "best_of")


def _sheet(name: str) -> tuple[Column, ...]:
    """Return the columns of a sheet; the rule kinds say themselves which of them there are."""
    return tuple(
        replace(column, type="word", values=RULE_WORDS) if column.name == "rule" else column
        for column in declared(name)
    )


SHEETS: dict[str, tuple[Column, ...]] = {
    name.removeprefix(_PREFIX): _sheet(name)
    for name in _NAMES
    if tables()[name].file.endswith(".csv")
}
REQUIRED_SHEETS = ("items",)
SET_KEYS = declared("set.set")
"""The keys of ``set.toml`` by their dotted names."""
LIST_KEYS: dict[str, tuple[Column, ...]] = {
    name.removeprefix(_PREFIX): declared(name)
    for name in _NAMES
    if tables()[name].file == "set.toml" and name != "set.set"
}
"""The lists of ``set.toml``; in a workbook each is a sheet of that name."""
FREE_TABLES = ("decision",)
"""Tables of ``set.toml`` that may hold further keys."""
KEY_BY_NAME = {key.name: key for key in SET_KEYS}


# Columns that did not exist when the first sets were signed off.
_LATER = ("round_to", "issuer")


def without_unused(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out later columns while empty: older sets keep their bytes and their fingerprint."""
    return table.drop(columns=[name for name in _LATER if name in table and not table[name].any()])


def column_names(sheet: str) -> list[str]:
    """Return the column names of `sheet` in their order.

    >>> column_names("bands")[:3]
    ['item_code', 'lower', 'lower_closed']
    """
    return columns_of(_PREFIX + sheet)


def cell_name(sheet: str, column: str, row: int) -> str:
    """Return the address of a cell of a sheet as a spreadsheet shows it.

    >>> cell_name("items", "max_points", 14)
    'F14'
    """
    return cell_in(column_names(sheet), column, row)


def cell_in(heading: Sequence[str], column: str, row: int) -> str:
    """Return the address of a cell of a table with these headings.

    >>> cell_in(["code", "factor"], "factor", 3)
    'B3'
    """
    return f"{column_letters(heading.index(column))}{row}"


def column_letters(place: int) -> str:
    """Return the letters of a column counted from 0.

    >>> column_letters(0), column_letters(25), column_letters(26)
    ('A', 'Z', 'AA')
    """
    before, own = divmod(place, 26)
    return (column_letters(before - 1) if before else "") + chr(ord("A") + own)


def unknown_keys(meta: Mapping[str, object]) -> list[str]:
    """Return the dotted names of the keys of ``set.toml`` that mean nothing to the package.

    Examples
    --------
    >>> unknown_keys({"id": "a", "colour": "red", "rounding": {"mode": "up"}, "decision": {"x": 1}})
    ['colour', 'rounding.mode']
    """
    return unknown_names(meta, SET_KEYS, {*LIST_KEYS, *FREE_TABLES})

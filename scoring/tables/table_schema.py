"""Declared tables as Table Schema, the form in which other programs read what a column holds."""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from scoring.tables.declared import Column, declared, tables

_TYPES = {"number": "number", "flag": "boolean", "date": "date"}
# Sheets of sets and questionnaires: an empty cell of a required column is wrong there.
_FILLED = ("set.", "instrument.")
# What tells the rows of a sheet apart; result tables say it of their columns.
_OWN_KEYS = {
    "set.items": ["code"],
    "set.inputs": ["item_code", "input"],
    "set.options": ["item_code", "input", "choice"],
    "instrument.factors": ["code"],
    "instrument.questions": ["code"],
    "instrument.scales": ["scale", "code"],
    "instrument.aspects": ["code"],
    "instrument.groups": ["code"],
}


def table_schema(name: str, header: Sequence[str], decimal: str = ".") -> dict[str, Any]:
    """Return the Table Schema of a file of table `name`, its fields in the order of the file.

    Parameters
    ----------
    name : str
        A table of ``tables.csv``; empty for one that is not declared.
    header : sequence of str
        The columns of the file. One that is not declared may hold anything.
    decimal : str
        The decimal mark of the file's numbers.

    Returns
    -------
    dict
        ``fields``, ``missingValues`` and, where they hold, ``primaryKey``. A description is in
        Vietnamese, ``description_en`` in English.

    Examples
    --------
    >>> schema = table_schema("set.bands", ["item_code", "points"])
    >>> schema["fields"][1]["name"], schema["fields"][1]["type"]
    ('points', 'number')
    """
    known = {column.name: column for column in declared(name)} if name else {}
    is_sheet = name.startswith(_FILLED)
    fields = [
        _field(known[title], decimal, is_sheet)
        if title in known
        else {"name": title, "type": "any"}
        for title in header
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    keys = _OWN_KEYS.get(name) or [one.name for one in known.values() if one.key == "key"]
    if keys and set(keys) <= set(header):
        schema["primaryKey"] = keys
    return schema


def foreign_keys(
    name: str, header: Sequence[str], resources: dict[str, str], own: str
) -> list[dict[str, Any]]:
    """Return the foreign keys of a table into the other tables of its package.

    Parameters
    ----------
    name : str
    header : sequence of str
    resources : dict of str to str
        The resource that holds each table of the package.
    own : str
        The resource of the table itself.

    Examples
    --------
    >>> foreign_keys("set.bands", ["item_code"], {"set.items": "items"}, "bands")
    [{'fields': ['item_code'], 'reference': {'resource': 'items', 'fields': ['code']}}]
    """
    found = []
    for row in _references():
        columns, target = row["columns"].split(), resources.get(row["to_table"])
        if row["table"] == name and target and set(columns) <= set(header):
            place = "" if target == own else target
            reference = {"resource": place, "fields": row["to_columns"].split()}
            found.append({"fields": columns, "reference": reference})
    return found


def table_named(file: str, header: Collection[str]) -> str:
    """Return the declared table that a file is by its name and columns; empty where it is none.

    >>> table_named("inputs.csv", ["item_code", "input", "role", "kind", "label_vi", "source"])
    'set.inputs'
    >>> table_named("own.csv", ["a"])
    ''
    """
    held = set(header)
    fits: list[tuple[int, str]] = []
    for table in tables().values():
        columns = declared(table.name)
        needed = {one.name for one in columns if one.required}
        if table.file == file and needed <= held:
            fits.append((len(held & {one.name for one in columns}), table.name))
    return max(fits, default=(0, ""))[1]


def _field(column: Column, decimal: str, is_sheet: bool) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _type(column)}
    if column.vi:
        field |= {"description": column.vi, "description_en": column.en}
    if column.unit:
        field["unit"] = column.unit
    if field["type"] == "number" and decimal != ".":
        field["decimalChar"] = decimal
    if column.type == "flag":
        field |= {"trueValues": ["yes", "True"], "falseValues": ["no", "False"]}
    if limits := _constraints(column, is_sheet):
        field["constraints"] = limits
    return field


def _type(column: Column) -> str:
    # A whole number that may be missing is written as pandas keeps it, with a decimal.
    if column.type == "whole":
        return "number" if column.nullable else "integer"
    return _TYPES.get(column.type, "string")


def _constraints(column: Column, is_sheet: bool) -> dict[str, Any]:
    is_filled = column.required and not column.nullable and (is_sheet or not column.is_text)
    limits: dict[str, Any] = {}
    if is_filled or column.key == "unique":
        limits["required"] = True
    if column.key == "unique":
        limits["unique"] = True
    if column.values:
        limits["enum"] = list(column.values)
    if column.minimum is not None:
        limits["minimum"] = column.minimum
    if column.maximum is not None:
        limits["maximum"] = column.maximum
    return limits


@cache
def _references() -> tuple[dict[str, str], ...]:
    text = files(__package__).joinpath("references.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))

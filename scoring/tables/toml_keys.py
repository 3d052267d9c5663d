"""The keys of a TOML file, which ``columns.csv`` declares as it does the columns of a table.

A key of type ``text`` and unit ``list`` holds a list of texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scoring.tables.declared import Column

MAX_NUMBER = 1e9
MAX_LIST = 1000


def value_at(meta: Mapping[str, object], name: str) -> object:
    """Return what a TOML file holds under a dotted name; None where it holds nothing.

    >>> value_at({"rounding": {"stage": "index"}}, "rounding.stage")
    'index'
    """
    table, _, key = name.rpartition(".")
    place = meta.get(table, {}) if table else meta
    return place.get(key) if isinstance(place, Mapping) else None


def unknown_names(
    meta: Mapping[str, object], keys: Sequence[Column], free: Collection[str] = ()
) -> list[str]:
    """Return the dotted names in a TOML file that none of `keys` declares.

    Parameters
    ----------
    meta : mapping
        What the file holds.
    keys : sequence of Column
    free : collection of str
        Names at the top that may hold anything.

    Examples
    --------
    >>> keys = [Column("id", "code"), Column("design.lonely", "word")]
    >>> unknown_names({"id": "a", "colour": "red", "design": {"lonley": "fail"}}, keys)
    ['colour', 'design.lonley']
    """
    known = {key.name for key in keys}
    within = {name.partition(".")[0] for name in known if "." in name}
    unknown = []
    for name, value in meta.items():
        if name in free:
            continue
        if name in within and isinstance(value, Mapping):
            unknown += [f"{name}.{key}" for key in value if f"{name}.{key}" not in known]
        elif name not in known and name not in within:
            unknown.append(name)
    return unknown


def fits(value: Any, key: Column) -> bool:
    """Say whether a value of a TOML file is of the declared kind and between its ends.

    >>> fits(True, Column("year", "whole")), fits(["a"], Column("files", "text", unit="list"))
    (False, True)
    """
    if key.unit == "list":
        is_list = isinstance(value, list) and len(value) <= MAX_LIST
        if key.is_number:
            return is_list and all(fits(entry, replace(key, unit="")) for entry in value)
        return is_list and all(isinstance(entry, str) and entry.strip() for entry in value)
    if key.is_number:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not abs(value) <= MAX_NUMBER:
            return False
        is_broken = key.type == "whole" and value != int(value)
        return key.is_within(float(value)) and not is_broken
    if key.type == "flag":
        return isinstance(value, bool)
    if key.type == "date":
        return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    if not isinstance(value, str) or (key.required and not value.strip()):
        return False
    return value in key.values if key.values else True


def expected_words(key: Column) -> str:
    """Return what a key may hold, for a finding.

    >>> expected_words(Column("year", "whole", minimum=2000, maximum=2100))
    '2000 … 2100'
    """
    if key.unit == "list":
        return '["…", "…"]'
    example = {"flag": "true, false", "date": "2022-06-23", "number": key.ends or "0.0"}
    return ", ".join(key.values) or example.get(key.type, key.ends or '"…"')

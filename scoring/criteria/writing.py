"""Writing a criteria set as text, one way only: the same set always gives the same bytes.

A canonical folder has its keys and columns in the declared order, numbers without needless
digits, one line per row, and no sheet that would be empty. Comments in ``set.toml`` are not part
of a set and are not kept; what a reader must know belongs in its caveats.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.text import clean_text
from scoring.criteria.columns import (
    FREE_TABLES,
    LIST_KEYS,
    REQUIRED_SHEETS,
    SET_KEYS,
    SHEETS,
    without_unused,
)
from scoring.criteria.set_reading import RawSet
from scoring.files.atomic import write_atomically
from scoring.files.sealed.data_package import PACKAGE_NAME, write_data_package
from scoring.files.whole_folder import whole_folder
from scoring.rules.spec import NUMBER_KINDS
from scoring.tables.toml_keys import value_at

_NUMBER = re.compile(r"^-?[0-9]{1,12}(\.[0-9]{1,10})?$")
# What spreadsheets keep of a number; more digits would not survive a workbook.
_DIGITS = 15


def canonical_number(value: float) -> str:
    """Write a number without needless digits or an exponent.

    Examples
    --------
    >>> canonical_number(100.0), canonical_number(0.1 + 0.2), canonical_number(-0.0)
    ('100', '0.3', '0')
    """
    text = format(Decimal(f"{value:.{_DIGITS}g}"), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def number_or_text(text: str) -> float | str:
    """Return the number that a cell of a set holds, or its text where it holds none."""
    try:
        return float(text)
    except ValueError:
        return text


def canonical_cell(holds: str, text: str) -> str:
    """Return a cell's text in the form it is written: numbers shortened, all else as it is.

    >>> canonical_cell("number", "0.50"), canonical_cell("code", "1.10")
    ('0.5', '1.10')
    """
    if holds == "number" and _NUMBER.match(text):
        return canonical_number(float(text))
    return text


def number_inputs(inputs: pd.DataFrame) -> set[tuple[str, str]]:
    """Return item code and name of the inputs that are numbers."""
    chosen = inputs[inputs["kind"].isin(NUMBER_KINDS)]
    return set(zip(chosen["item_code"], chosen["input"], strict=True))


def rows_of(table: pd.DataFrame) -> list[dict[str, str]]:
    """Return the rows of a sheet, cells by column name."""
    return [dict(zip(table.columns, row, strict=True)) for row in table.to_numpy().tolist()]


def example_holds(row: Mapping[str, str], numbers: set[tuple[str, str]]) -> str:
    """Return what the value of an example's row holds: ``number``, or ``text`` for all else."""
    is_best = row["input"].startswith("@best:")
    return "number" if is_best or (row["item_code"], row["input"]) in numbers else "text"


def canonical_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the sheets with every cell in its written form; rows keep their order."""
    numbers = number_inputs(tables["inputs"])
    result = {}
    for sheet, columns in SHEETS.items():
        table = tables[sheet]
        written = {
            column.name: [canonical_cell(column.type, str(text)) for text in table[column.name]]
            for column in columns
        }
        if sheet == "examples":
            written["value"] = [
                canonical_cell(example_holds(row, numbers), row["value"]) for row in rows_of(table)
            ]
        result[sheet] = pd.DataFrame(written, index=table.index, dtype="str")
    return result


def canonical_meta(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of ``set.toml`` in order, values cleaned, unknown keys left out.

    >>> canonical_meta({"total_points": 100.0, "id": " a ", "x": 1})
    {'id': 'a', 'total_points': 100}
    """
    result: dict[str, Any] = {}
    for key in SET_KEYS:
        table, _, name = key.name.rpartition(".")
        value = value_at(meta, key.name)
        # An empty text says nothing, and an empty cell of a workbook says as much.
        if value is not None and value != "":
            target = result.setdefault(table, {}) if table else result
            target[name] = _value(value)
    for table in FREE_TABLES:
        for name, value in _mapping(meta.get(table)).items():
            if isinstance(value, str | int | float | dt.date) and value != "":
                result.setdefault(table, {}).setdefault(clean_text(name), _value(value))
    for name, columns in LIST_KEYS.items():
        entries = meta.get(name)
        if isinstance(entries, list) and entries:
            result[name] = [_entry(entry, [c.name for c in columns]) for entry in entries]
    return result


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _entry(entry: object, names: list[str]) -> dict[str, Any]:
    values = _mapping(entry)
    return {name: _value(values[name]) for name in names if values.get(name, "") != ""}


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float) and value == value and abs(value) < 1e15:
        text = canonical_number(value)
        return float(text) if "." in text else int(text)
    return value


def canonical(raw: RawSet) -> RawSet:
    """Return a set's text in the one form it is written in."""
    return replace(raw, meta=canonical_meta(raw.meta), tables=canonical_tables(raw.tables))


def set_files(raw: RawSet) -> dict[str, bytes]:
    """Return the files of a set's folder, canonical, by name.

    Parameters
    ----------
    raw : RawSet
        As read from a folder or a workbook.

    Returns
    -------
    dict of str to bytes
        ``set.toml`` and a CSV per sheet that has rows; UTF-8, lines ending in ``\\n``.

    Examples
    --------
    >>> from scoring.criteria.set_reading import read_folder
    >>> from scoring.files.shipped import shipped_folder
    >>> folder = shipped_folder("criteria") / "service-quality-766"
    >>> files = set_files(read_folder(folder))
    >>> files["items.csv"] == (folder / "items.csv").read_bytes()
    True
    """
    whole = canonical(raw)
    files = {"set.toml": _toml(whole.meta).encode("utf-8")}
    for sheet, table in whole.tables.items():
        if len(table) or sheet in REQUIRED_SHEETS:
            files[f"{sheet}.csv"] = _csv(table)
    return files


def write_set(raw: RawSet, folder: Path, beside: Mapping[str, bytes] | None = None) -> list[Path]:
    """Write a set's folder, canonical, all or nothing; other files in it stay.

    Parameters
    ----------
    raw : RawSet
    folder : Path
        Made when missing. Sheets of an earlier version that are now empty are removed.
    beside : mapping of str to bytes, optional
        Further files for the folder, by name.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    OutputError
        As `scoring.files.whole_folder.whole_folder`.
    """
    files, folder = {**set_files(raw), **(beside or {})}, Path(folder)
    with whole_folder(folder, {f"{sheet}.csv" for sheet in SHEETS} - files.keys()) as new:
        for name, content in files.items():
            write_atomically(new / name, content)
        if (folder / PACKAGE_NAME).is_file():
            describe_set(new, raw.meta)
    return [folder / name for name in files]


def describe_set(folder: Path, meta: Mapping[str, Any]) -> None:
    """Write ``datapackage.json`` for the sheets of a set or questionnaire, so others can read it.

    Parameters
    ----------
    folder : Path
    meta : mapping
        What its ``set.toml`` or ``instrument.toml`` says; nothing else is told of it.
    """
    facts = {name: meta.get(name, "") for name in ("version", "status")}
    titles = {"title": meta.get("name_vi", ""), "title_en": meta.get("name_en", "")}
    sources = [{"title": meta["source"]}] if meta.get("source") else []
    write_data_package(folder, str(meta.get("id", "")), **titles, **facts, sources=sources)


def _csv(table: pd.DataFrame) -> bytes:
    stream, table = io.StringIO(newline=""), without_unused(table)
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.to_numpy().tolist())
    return stream.getvalue().encode("utf-8")


def _toml(meta: Mapping[str, Any]) -> str:
    lines = list(_pairs(meta))
    for key, value in meta.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{key}]", *_pairs(value)]
    for key, value in meta.items():
        if isinstance(value, list):
            for entry in value:
                lines += ["", f"[[{key}]]", *_pairs(entry)]
    return "\n".join(lines) + "\n"


def _is_nested(value: object) -> bool:
    return isinstance(value, Mapping | list)


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    return (_pair(key, value) for key, value in table.items() if not _is_nested(value))


def _pair(key: str, value: object) -> str:
    name = key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _scalar(key)
    return f"{name} = {_scalar(value)}"


def _scalar(value: object) -> str:
    """Write a value as TOML, whose texts, truth values and whole numbers are those of JSON."""
    if isinstance(value, float):
        return repr(value) if value != value or abs(value) >= 1e15 else canonical_number(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str).replace("\x7f", "\\u007f")

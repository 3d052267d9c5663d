"""The table ``Scenario``: from files that people fill in, from ``ITEM.input=VALUE``, from frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scoring.base.dates import format_date
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, Label, label
from scoring.base.numbers import read_number
from scoring.base.values import SCENARIO_KINDS, SUPPOSED_PROOF
from scoring.evidence.ledger.reading.headings import folded, titled_row, titles_of
from scoring.evidence.ledger.reading.sheet_rows import plain_text
from scoring.files.declared_tables import read_typed
from scoring.files.excel.cells import CellError, CellValue, address
from scoring.files.excel.workbook import Sheet, read_workbook
from scoring.tables import columns_of, declared, empty, in_order, sound_rows, table_of

TABLE = "Scenario"
BLANK = "blank"
NOT_APPLICABLE_INPUT = "not_applicable"
# Closed lists: in the workbook people choose words, in the table stand codes.
OFFERED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "kind": ("scenario_kind_", SCENARIO_KINDS),
    "text": ("scenario_text_", (*SUPPOSED_PROOF, BLANK)),
}
_NOTHING: Mapping[str, Any] = {"number": np.nan, "whole": pd.NA}


def read_scenario(path: Path | str) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the table ``Scenario``: a workbook as `scenario_workbook` makes it, CSV or Parquet.

    Returns
    -------
    DataFrame
        With the place of each row. A row that cannot be understood is left out.
    list of Finding

    Raises
    ------
    UnreadableError
        When the file cannot be read at all.
    """
    path = Path(path)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _read_workbook(path)
    return read_typed(path, TABLE)


def scenario_table(rows: pd.DataFrame | Iterable[Mapping[str, object] | str]) -> pd.DataFrame:
    """Return rows, or texts such as ``2.on_time=95``, as a full table ``Scenario``.

    Examples
    --------
    >>> table = scenario_table(["2.on_time=95", "1.1.done=có"])
    >>> table[["kind", "item_code", "input", "value", "text"]].values.tolist()
    [['input', '2', 'on_time', nan, '95'], ['input', '1.1', 'done', nan, 'có']]
    """
    if not isinstance(rows, pd.DataFrame):
        told = [dict(_of_setting(row)) if isinstance(row, str) else dict(row) for row in rows]
        rows = pd.DataFrame(told, columns=None if told else columns_of(TABLE))
    blank: dict[str, Any] = {
        column.name: _NOTHING.get(column.type, "")
        for column in declared(TABLE)
        if column.name not in rows and not (column.required and len(rows))
    }
    table = table_of(in_order(rows.assign(**blank), TABLE), TABLE, places=True)
    texts = table.select_dtypes(exclude="number").columns
    return table.assign(**{name: table[name].fillna("") for name in texts}).reset_index(drop=True)


def only_named(table: pd.DataFrame, names: Iterable[str]) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the rows of the scenarios of those names; all of them where none is named.

    Examples
    --------
    >>> table = scenario_table([{"scenario": name, "kind": "proof", "item_code": "1"} for name in "ab"])
    >>> len(only_named(table, ["a"])[0]), [one.code for one in only_named(table, ["c"])[1]]
    (1, ['scenario-name-unknown'])
    """
    wanted = {folded(name): name for name in names}
    if not wanted:
        return table, []
    keys = table["scenario"].map(folded)
    known = list(dict.fromkeys(table["scenario"]))
    unknown = [name for key, name in wanted.items() if key not in set(keys)]
    findings = [Finding("scenario-name-unknown", values={"scenario": name, "known": known or ["—"]})
                for name in unknown]  # fmt: skip
    return table[keys.isin(wanted)].reset_index(drop=True), findings


def _of_setting(text: str) -> dict[str, str]:
    """Return the row that ``ITEM.input=VALUE`` stands for."""
    place, equals, value = text.partition("=")
    item, _, name = place.strip().rpartition(".")
    if not (equals and item and name):
        found = Finding("scenario-setting", values={"value": text})
        raise UsageError(found.text("en"), found)
    said = {"item_code": item, "input": name, "text": value.strip() or BLANK}
    # It has no file: the option stands for one.
    return {"scenario": "set", "kind": "input", **said, "file": "--set", "cell": place.strip()}


def _read_workbook(path: Path) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the sheets that have the headings; columns may be moved, words are of both languages."""
    book = read_workbook(path, file=path.name, formulas=True)
    findings, rows = list(book.findings), list[dict[str, Any]]()
    is_there = False
    for sheet in book.sheets:
        if not sheet.is_hidden and (place := titled_row(sheet, _titles(), _needed())):
            is_there = True
            rows += _rows(sheet, path.name, *place, findings)
    if not is_there:
        needed = [Label(f"scenario_column_{name}") for name in _needed()]
        findings.append(Finding("scenario-no-table", path.name, values={"expected": needed}))
    if not rows:
        return empty(TABLE, places=True), findings
    table = table_of(pd.DataFrame(rows), TABLE, places=True)
    kept, problems = sound_rows(table, TABLE, first_row=2)
    return kept.reset_index(drop=True), [*findings, *problems]


def _needed() -> list[str]:
    return [column.name for column in declared(TABLE) if column.required]


@cache
def _titles() -> dict[str, str]:
    return titles_of(columns_of(TABLE), "scenario_column_")


def _rows(
    sheet: Sheet, file: str, heading: int, at: Mapping[str, int], findings: list[Finding]
) -> Iterable[dict[str, Any]]:
    for row in range(heading + 1, sheet.row_count + 1):
        if not any(plain_text(sheet.value(row, column) or "") for column in at.values()):
            continue
        place = {"file": file, "sheet": sheet.name}
        told: dict[str, Any] = place | {"cell": address(row, at["scenario"])}
        problems = []
        for column in declared(TABLE):
            if column.key == "place":
                continue
            cell = address(row, at[column.name]) if column.name in at else ""
            met = sheet.value(row, at[column.name]) if cell else None
            read = _cell(column.name, column.type, met, cell in sheet.formulas)
            told[column.name] = read.value
            if read.problem:
                said = {"input": Label(f"scenario_column_{column.name}"), "value": str(met or "")}
                said |= {"candidates": read.candidates}
                problems.append(Finding(read.problem, **place, cell=cell, values=said))
        findings += problems
        if not problems:
            yield told


class _Read(NamedTuple):
    """A value of a cell; `problem` is the code of a finding."""

    value: Any
    problem: str = ""
    candidates: tuple[float, ...] = ()


def _cell(name: str, kind: str, met: CellValue, is_formula: bool) -> _Read:
    """Return what a cell says, as the table holds it."""
    nothing = _NOTHING.get(kind, "")
    if is_formula or isinstance(met, CellError):
        return _Read(nothing, "scenario-formula")
    if met is None or not plain_text(met):
        return _Read(nothing)
    if kind not in ("number", "whole"):
        if isinstance(met, dt.date):
            return _Read(format_date(met))
        return _Read(_code_of(name, plain_text(met)))
    if isinstance(met, float):
        return _Read(met)
    reading = read_number(plain_text(met), whole=kind == "whole")
    value = nothing if reading.value is None else reading.value
    return _Read(value, reading.problem or "", reading.candidates)


def _code_of(name: str, text: str) -> str:
    if name not in OFFERED:
        return text
    begin, codes = OFFERED[name]
    words = {folded(label(begin + code, lang)): code for code in codes for lang in LANGUAGES}
    return (words | {folded(code): code for code in codes}).get(folded(text), text)

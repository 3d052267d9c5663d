"""The table that binds targets to results, taken back from a workbook that people filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scoring.base.dates import read_date
from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, Label, label
from scoring.base.numbers import read_number
from scoring.base.values import TARGET_COMPARATORS, TARGET_GIVES, TARGET_SOURCES
from scoring.base.vocabulary import yes_or_no
from scoring.evidence.ledger.reading.headings import folded, titled_row, titles_of
from scoring.evidence.ledger.reading.sheet_rows import plain_text
from scoring.files.excel.cells import CellError, CellValue, address
from scoring.files.excel.workbook import Sheet, read_workbook
from scoring.tables import columns_of, declared, empty, table_of

TABLE = "TargetBindings"
# Closed lists: in the workbook people choose words, in the table stand codes.
OFFERED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "source": ("target_source_name_", TARGET_SOURCES),
    "comparator": ("target_comparator_", TARGET_COMPARATORS),
    "gives": ("target_gives_", TARGET_GIVES),
}
TO_LOOK_AT = "?"
"""Stands in ``confirmed`` where a person confirmed a row that cannot be used as it is."""
_NEEDED = ("target_code", "source")


class _Read(NamedTuple):
    """A value of a cell; `problem` is the code of a finding."""

    value: Any
    problem: str = ""


def word_of(column: str, code: str, lang: str) -> str:
    """Return what a workbook shows for a code of a closed list; any other word as it stands.

    >>> word_of("source", "typed", "vi"), word_of("source", "abc", "vi")
    ('số nhập tay', 'abc')
    """
    begin, codes = OFFERED.get(column, ("", ()))
    return label(begin + code.replace("-", "_"), lang) if code in codes else code


def read_bindings_workbook(path: Path) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the table ``TargetBindings`` of a workbook, each row with its sheet and cell.

    Columns are known by their headings, rows by the code of their target: both may be moved. A row
    with a cell that cannot be taken, or that is a formula, keeps what was entered but is confirmed
    no more (`TO_LOOK_AT`); a finding names the cell.

    Raises
    ------
    UnreadableError
        When the file is no workbook that can be read.
    """
    book = read_workbook(path, file=path.name, formulas=True)
    findings, rows = list(book.findings), list[dict[str, Any]]()
    is_there = False
    for sheet in book.sheets:
        if not sheet.is_hidden and (place := titled_row(sheet, _titles(), _NEEDED)):
            is_there = True
            rows += _rows(sheet, path.name, *place, findings)
    if not is_there:
        needed = [Label(f"binding_column_{name}") for name in _NEEDED]
        findings.append(Finding("plan-bindings-no-table", path.name, values={"expected": needed}))
    if not rows:
        return empty(TABLE, places=True), findings
    return table_of(pd.DataFrame(rows), TABLE, places=True), findings


@cache
def _titles() -> dict[str, str]:
    return titles_of(columns_of(TABLE), "binding_column_")


def _rows(
    sheet: Sheet, file: str, heading: int, at: Mapping[str, int], findings: list[Finding]
) -> Iterator[dict[str, Any]]:
    for row in range(heading + 1, sheet.row_count + 1):
        code = plain_text(sheet.value(row, at["target_code"]) or "")
        if not code:
            continue
        place = {"file": file, "sheet": sheet.name}
        told: dict[str, Any] = place | {"cell": address(row, at["target_code"])}
        wrong = False
        for column in declared(TABLE):
            if column.key == "place":
                continue
            cell = address(row, at[column.name]) if column.name in at else ""
            met = sheet.value(row, at[column.name]) if cell else None
            read = _cell(column.name, column.type, met, cell in sheet.formulas)
            told[column.name] = read.value
            if read.problem:
                wrong = True
                values = {"target": code, "input": Label(f"binding_column_{column.name}"),
                          "value": _shown(met), "known": _known(column.name)}  # fmt: skip
                findings.append(Finding(read.problem, **place, cell=cell, values=values))
        is_confirmed = yes_or_no(told["confirmed"]) is True
        yield told | ({"confirmed": TO_LOOK_AT} if wrong and is_confirmed else {})


_NOTHING = {"number": float("nan"), "whole": pd.NA, "date": pd.NaT}


def _cell(name: str, kind: str, met: CellValue, is_formula: bool) -> _Read:
    """Return what a cell says, as the table holds it."""
    nothing = _NOTHING.get(kind, "")
    if is_formula or isinstance(met, CellError):
        return _Read(nothing, "plan-bindings-formula")
    if met is None or not plain_text(met):
        return _Read(nothing)
    if kind == "date":
        day = read_date(met)
        return _Read(nothing, "plan-bindings-cell") if day.problem else _Read(day.value)
    if kind in ("number", "whole"):
        number = _number(met, kind == "whole")
        return _Read(nothing, "plan-bindings-cell") if number is None else _Read(number)
    text = plain_text(met)
    if name == "confirmed" and text != TO_LOOK_AT and yes_or_no(met) is None:
        return _Read(text, "plan-bindings-cell")
    return _listed(name, text)


def _number(met: CellValue, is_whole: bool) -> float | None:
    if isinstance(met, float):
        number: float | None = met
    else:
        number = read_number(plain_text(met), whole=is_whole).value
    return None if is_whole and number is not None and number % 1 else number


def _listed(name: str, text: str) -> _Read:
    if name not in OFFERED:
        return _Read(text)
    words = {folded(word_of(name, code, lang)): code
             for code in OFFERED[name][1] for lang in LANGUAGES}  # fmt: skip
    code = (words | {folded(code): code for code in OFFERED[name][1]}).get(folded(text))
    return _Read(code) if code else _Read(text, "plan-bindings-cell")


def _known(name: str) -> Any:
    if name in OFFERED:
        begin, codes = OFFERED[name]
        return [Label(begin + code.replace("-", "_")) for code in codes]
    kind = next(column.type for column in declared(TABLE) if column.name == name)
    return [Label("yes"), Label("no")] if name == "confirmed" else [Label(f"binding_kind_{kind}")]


def _shown(met: CellValue) -> str:
    return "" if met is None else plain_text(met)[:80]

"""From the text of a set to its nodes, with a finding for every cell that cannot be read."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import pandas as pd

from scoring.base.findings import Finding
from scoring.criteria.columns import SHEETS
from scoring.criteria.criteria_set import Node, SetMeta, in_order
from scoring.criteria.set_reading import RawSet
from scoring.rules import Band, InputSpec, Option, RuleSpec
from scoring.tables import Column

_Made = TypeVar("_Made")
_NUMBER = re.compile(r"^-?[0-9]{1,12}(\.[0-9]{1,10})?$")
_FLAGS = {"yes": True, "no": False}
MAX_CODE_LENGTH = 60
# A formula has its own, lower limit. A cell of a workbook holds 32,767 letters at most.
MAX_TEXT_LENGTH = 10_000


class Cells:
    """The typed values of one sheet, and the findings met while reading them."""

    def __init__(self, sheet: str, table: pd.DataFrame) -> None:
        self.sheet, self.findings = sheet, list[Finding]()
        self.rows: list[tuple[int, dict[str, Any]]] = []
        columns = SHEETS[sheet]
        for number, row in zip(table.index, table.to_dict("records"), strict=True):
            typed = {c.name: self._typed(c, str(row[c.name]), int(number)) for c in columns}
            self.rows.append((int(number), typed))

    def _typed(self, column: Column, text: str, row: int) -> Any:
        if not text and column.required:
            self._report("set-cell-empty", column, row, text)
        if column.type == "number":
            if text and not _NUMBER.match(text):
                self._report("set-not-a-number", column, row, text)
                return math.nan
            return float(text) if text else math.nan
        if column.type == "flag":
            if text and text not in _FLAGS:
                self._report("set-not-a-flag", column, row, text)
            return _FLAGS.get(text, False)
        if column.type == "word" and text and text not in column.values:
            self._report("set-word-unknown", column, row, text)
        if column.type == "code" and len(text) > MAX_CODE_LENGTH:
            self._report("set-code-too-long", column, row, text)
        if len(text) > MAX_TEXT_LENGTH:
            self._report("set-text-too-long", column, row, text)
        return text

    def _report(self, code: str, column: Column, row: int, text: str) -> None:
        place = cell_name(self.sheet, column.name, row)
        expected = ", ".join(column.values)
        limit = MAX_TEXT_LENGTH
        values = {"column": column.name, "value": text, "expected": expected, "limit": limit}
        self.findings.append(Finding(code, sheet=self.sheet, cell=place, values=values))


def cell_name(sheet: str, column: str, row: int) -> str:
    """Return the address of a cell of a sheet as a spreadsheet shows it.

    >>> cell_name("items", "max_points", 14)
    'F14'
    """
    names = [entry.name for entry in SHEETS[sheet]]
    return f"{column_letters(names.index(column))}{row}"


def column_letters(place: int) -> str:
    """Return the letters of a column counted from 0.

    >>> column_letters(0), column_letters(25), column_letters(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def build_nodes(raw: RawSet, meta: SetMeta) -> tuple[tuple[Node, ...], list[Finding]]:
    """Return the nodes of a set and what is wrong with single cells or stray rows.

    A row whose item does not exist is a finding and left out; everything else is kept, so that
    one run can report all there is.
    """
    cells = {sheet: Cells(sheet, raw.tables[sheet]) for sheet in SHEETS}
    findings = [finding for sheet in cells.values() for finding in sheet.findings]
    codes = {row["code"] for _, row in cells["items"].rows}
    parents = {row["parent"] for _, row in cells["items"].rows}
    for sheet in ("inputs", "bands", "options", "evidence", "examples"):
        findings += _strays(cells[sheet], codes, parents)
    parts = {sheet: _by_item(cells[sheet]) for sheet in ("inputs", "bands", "options")}
    nodes = [
        _node(row, row["code"] in parents, parts, meta.not_applicable)
        for _, row in cells["items"].rows
    ]
    return in_order(nodes), findings


def _strays(cells: Cells, codes: set[str], parents: set[str]) -> list[Finding]:
    findings = []
    for number, row in cells.rows:
        code = row["item_code"]
        if code in codes and code not in parents:
            continue
        problem = "set-row-of-parent" if code in codes else "set-row-of-unknown-item"
        place = cell_name(cells.sheet, "item_code", number)
        findings.append(Finding(problem, sheet=cells.sheet, cell=place, item_code=code))
    return findings


def _by_item(cells: Cells) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for _, row in cells.rows:
        groups.setdefault(row["item_code"], []).append(row)
    return groups


def _node(
    row: Mapping[str, Any],
    is_parent: bool,
    parts: Mapping[str, Mapping[str, list[dict[str, Any]]]],
    not_applicable: str,
) -> Node:
    code = row["code"]
    mine = {sheet: groups.get(code, []) for sheet, groups in parts.items()}
    spec = None if is_parent else _spec(row, mine, not_applicable)
    return _made(Node, row, assessed_by=row["assessed_by"] or "self", spec=spec)


def _made(made_of: type[_Made], row: Mapping[str, Any], /, **more: Any) -> _Made:
    """Return an object whose fields come from the columns of the same names, and from `more`."""
    named = {name: row[name] for name in made_of.__dataclass_fields__ if name in row}  # type: ignore[attr-defined]
    return made_of(**named | more)


def _spec(
    row: Mapping[str, Any], parts: Mapping[str, list[dict[str, Any]]], not_applicable: str
) -> RuleSpec:
    return _made(
        RuleSpec,
        row,
        kind=row["rule"],
        inputs=tuple(_made(InputSpec, part, name=part["input"]) for part in parts["inputs"]),
        bands=tuple(_band(part) for part in parts["bands"]),
        options=tuple(_made(Option, part, code=part["choice"]) for part in parts["options"]),
        not_applicable=row["not_applicable"] or not_applicable,
        is_penalty=row["kind"] == "penalty",
    )


def _band(row: Mapping[str, Any]) -> Band:
    lower = -math.inf if math.isnan(row["lower"]) else row["lower"]
    upper = math.inf if math.isnan(row["upper"]) else row["upper"]
    return _made(Band, row, lower=lower, upper=upper)

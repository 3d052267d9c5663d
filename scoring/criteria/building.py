"""From the text of a set to its nodes, with a finding for every cell that cannot be read."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import pandas as pd

from scoring.base.findings import Finding
from scoring.criteria.columns import SHEETS, cell_in
from scoring.criteria.set_nodes import Node, in_order
from scoring.criteria.set_policies import SetMeta
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
    """The typed rows of one sheet, and the findings met while reading them.

    Each row is a mapping of column to value, with its number in the file under ``row``.
    """

    def __init__(
        self, sheet: str, table: pd.DataFrame, columns: Sequence[Column] | None = None
    ) -> None:
        self.sheet, self.findings = sheet, list[Finding]()
        self.columns = SHEETS[sheet] if columns is None else columns
        self.rows = [
            {c.name: self._typed(c, str(row[c.name]), int(number)) for c in self.columns}
            | {"row": int(number)}
            for number, row in zip(table.index, table.to_dict("records"), strict=True)
        ]

    def by(self, *columns: str) -> dict[tuple[str, ...], list[dict[str, Any]]]:
        """Return the rows grouped by what they hold in some columns, in order."""
        groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in self.rows:
            groups.setdefault(tuple(row[column] for column in columns), []).append(row)
        return groups

    def finding(
        self, code: str, row: Mapping[str, Any], column: str, /, **values: object
    ) -> Finding:
        """Return a finding about one cell of a row, with the item it belongs to."""
        cell, item = self._cell(column, row["row"]), row.get("item_code", "")
        return Finding(code, sheet=self.sheet, cell=cell, item_code=item, values=values)

    def _cell(self, column: str, row: int) -> str:
        return cell_in([entry.name for entry in self.columns], column, row)

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
        place = self._cell(column.name, row)
        expected, limit = ", ".join(column.values), MAX_TEXT_LENGTH
        values = {"column": column.name, "value": text, "expected": expected, "limit": limit}
        self.findings.append(Finding(code, sheet=self.sheet, cell=place, values=values))


def build_nodes(raw: RawSet, meta: SetMeta) -> tuple[tuple[Node, ...], list[Finding]]:
    """Return the nodes of a set and what is wrong with single cells or stray rows.

    A row whose item does not exist is a finding and left out; everything else is kept, so that
    one run can report all there is.
    """
    cells = {sheet: Cells(sheet, raw.tables[sheet]) for sheet in SHEETS}
    findings = [finding for sheet in cells.values() for finding in sheet.findings]
    items = cells["items"].rows
    codes, parents = ({row[column] for row in items} for column in ("code", "parent"))
    for sheet in ("inputs", "bands", "options", "evidence", "examples"):
        findings += _strays(cells[sheet], codes, parents)
    parts = {sheet: cells[sheet].by("item_code") for sheet in ("inputs", "bands", "options")}
    nodes = []
    for row in items:
        own = {sheet: groups.get((row["code"],), []) for sheet, groups in parts.items()}
        spec = None if row["code"] in parents else _spec(row, own, meta.not_applicable)
        nodes.append(made_of_row(Node, row, assessed_by=row["assessed_by"] or "self", spec=spec))
    return in_order(nodes), findings


def _strays(cells: Cells, codes: set[str], parents: set[str]) -> Iterator[Finding]:
    for row in cells.rows:
        if row["item_code"] not in codes:
            yield cells.finding("set-row-of-unknown-item", row, "item_code")
        elif row["item_code"] in parents:
            yield cells.finding("set-row-of-parent", row, "item_code")


def made_of_row(kind: type[_Made], row: Mapping[str, Any], /, **more: Any) -> _Made:
    """Return an object whose fields come from the columns of the same names, and from `more`."""
    named = {name: row[name] for name in kind.__dataclass_fields__ if name in row}  # type: ignore[attr-defined]
    return kind(**named | more)


def _spec(
    row: Mapping[str, Any], parts: Mapping[str, list[dict[str, Any]]], not_applicable: str
) -> RuleSpec:
    return made_of_row(
        RuleSpec,
        row,
        kind=row["rule"],
        inputs=tuple(made_of_row(InputSpec, part, name=part["input"]) for part in parts["inputs"]),
        bands=tuple(_band(part) for part in parts["bands"]),
        options=tuple(made_of_row(Option, part, code=part["choice"]) for part in parts["options"]),
        not_applicable=row["not_applicable"] or not_applicable,
        is_penalty=row["kind"] == "penalty",
    )


def _band(row: Mapping[str, Any]) -> Band:
    lower = -math.inf if math.isnan(row["lower"]) else row["lower"]
    upper = math.inf if math.isnan(row["upper"]) else row["upper"]
    return made_of_row(Band, row, lower=lower, upper=upper)

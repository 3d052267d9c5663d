"""An item with its rule as rows of the sheets of a set."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from scoring.base.labels import label
from scoring.criteria.appendix.import_result import AppendixRow
from scoring.criteria.appendix.proofs import Proof
from scoring.criteria.appendix.tree import Branch
from scoring.criteria.columns import SHEETS, column_names
from scoring.criteria.set_nodes import BEST_OF
from scoring.criteria.set_reading import RawSet, as_sheet
from scoring.criteria.writing import canonical_number
from scoring.rules import RuleSpec
from scoring.rules.kinds import PARAMETERS

_OF_ITEM = [name for name in PARAMETERS if name not in SHEETS]
_OF_INPUT = ("role", "kind", "label_en", "unit", "minimum", "maximum", "at_most")
_OF_OPTION = ("input", "label_vi", "label_en", "points", "weight_percent")
_OF_BAND = ("lower", "lower_closed", "upper", "upper_closed", "as_share")
_NOTE_LETTERS = 4000


@dataclass
class SheetRows:
    """The rows of all sheets, gathered item by item."""

    rows: dict[str, list[dict[str, str]]] = field(
        default_factory=lambda: {sheet: [] for sheet in SHEETS}
    )

    def add_item(self, row: AppendixRow, branch: Branch, source: str, extra: str) -> None:
        """Add the row of a node; what has to be looked at goes into its notes."""
        spec = row.spec
        cells = {
            "code": row.code,
            "parent": branch.parent,
            "kind": branch.kind,
            "name_vi": row.name or row.code,
            "max_points": _cell(row.max_points),
            "rule": spec.kind if spec else BEST_OF if branch.is_best_of else "",
            "source": source,
        }
        if spec and spec.kind == "survey_index":
            cells["assessed_by"] = "survey"
        if spec:
            cells |= _cells(spec, _OF_ITEM)
            if spec.not_applicable != "not_allowed":
                cells["not_applicable"] = spec.not_applicable
        if row.reasons:
            text = " ".join(part for part in (row.text, extra) if part)[:_NOTE_LETTERS]
            for lang in ("vi", "en"):
                said = label("appendix_note", lang, reason=row.reason(lang), text=text or "—")
                cells[f"note_{lang}"] = said
        elif row.reading and (remarks := (*row.reading.remarks, *row.reading.grades)):
            cells["note_vi"] = "; ".join(remarks)[:_NOTE_LETTERS]
        self.rows["items"].append(cells)

    def add_rule(self, spec: RuleSpec, source: str) -> None:
        """Add the inputs, bands and options of a leaf."""
        own = {"item_code": spec.code, "source": source}
        for entry in spec.inputs:
            named = {"input": entry.name, "label_vi": entry.label_vi or entry.name}
            self.rows["inputs"].append(own | _cells(entry, _OF_INPUT) | named)
        for band in sorted(spec.bands, key=lambda band: -band.lower):
            points = {"points": "" if band.as_share else _cell(band.points)}
            self.rows["bands"].append(own | _cells(band, _OF_BAND) | points)
        for option in spec.options:
            cells = _cells(option, _OF_OPTION)
            self.rows["options"].append(own | cells | {"choice": option.code})

    def add_proofs(self, code: str, proofs: tuple[Proof, ...], source: str) -> None:
        """Add the documents a leaf asks for; how many of each is not said, so one."""
        own = {"item_code": code, "source": source, "min_documents": "1"}
        for proof in proofs:
            said = {"kind": proof.kind, "keywords": proof.kind.lower(), "note_vi": proof.wording}
            self.rows["evidence"].append(own | said)

    def as_raw(self, meta: dict[str, object], place: str) -> RawSet:
        """Return the set as text."""
        tables = {}
        for sheet, rows in self.rows.items():
            names = column_names(sheet)
            grid = [names, *([row.get(name, "") for name in names] for row in rows)]
            tables[sheet], _ = as_sheet(sheet, grid, sheet)
        return RawSet(meta, tables, place)


def with_rule(
    raw: RawSet,
    code: str,
    said: Mapping[str, str],
    spec: RuleSpec | None,
    notes: Mapping[str, str],
) -> RawSet:
    """Return a set in which an item has the rule `spec`, or a parent says `said`, with notes."""
    tables = dict(raw.tables)
    items = tables["items"].copy()
    own = items["code"] == code
    cells = dict(said) | dict(notes)
    if spec is not None:
        cells |= {"rule": spec.kind, "max_points": _cell(spec.max_points)} | _cells(spec, _OF_ITEM)
        cells["not_applicable"] = spec.not_applicable
    for name, text in cells.items():
        items.loc[own, name] = text
    tables["items"] = items
    if spec is None:
        return replace(raw, tables=tables)
    sheets = SheetRows()
    sheets.add_rule(spec, str(items.loc[own, "source"].iloc[0]))
    for sheet in ("inputs", "bands", "options"):
        table = tables[sheet]
        names = list(table.columns)
        rows = [[row.get(name, "") for name in names] for row in sheets.rows[sheet]]
        kept = table[table["item_code"] != code]
        start = int(max(table.index, default=1)) + 1
        made = pd.DataFrame(rows, range(start, start + len(rows)), names, dtype="str")
        tables[sheet] = pd.concat([kept, made]) if len(rows) else kept
    return replace(raw, tables=tables)


def _cells(record: object, names: Iterable[str]) -> dict[str, str]:
    return {name: _cell(getattr(record, name)) for name in names}


def _cell(value: float | str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return canonical_number(value) if math.isfinite(value) else ""

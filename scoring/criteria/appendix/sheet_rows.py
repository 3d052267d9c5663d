"""An item with its rule as rows of the sheets of a set."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from scoring.base.labels import label
from scoring.criteria.appendix.model import AppendixRow
from scoring.criteria.appendix.proofs import Proof
from scoring.criteria.columns import SHEETS, column_names
from scoring.criteria.reading import RawSet, as_sheet
from scoring.criteria.writing import canonical_number
from scoring.rules import RuleSpec

_PARAMETERS = (
    "full_at_percent", "floor_percent", "floor_points", "points_each", "never_points", "due_on",
    "formula", "zero_denominator",
)  # fmt: skip
_NOTE_LETTERS = 4000


@dataclass
class SheetRows:
    """The rows of all sheets, gathered item by item."""

    rows: dict[str, list[dict[str, str]]] = field(
        default_factory=lambda: {sheet: [] for sheet in SHEETS}
    )

    def add_item(self, row: AppendixRow, parent: str, kind: str, source: str, extra: str) -> None:
        """Add the row of a node; what has to be looked at goes into its notes."""
        spec = row.spec
        cells = {
            "code": row.code,
            "parent": parent,
            "kind": kind,
            "name_vi": row.name or row.code,
            "max_points": _number(row.max_points),
            "rule": spec.kind if spec else "",
            "source": source,
        }
        if spec and spec.kind == "survey_index":
            cells["assessed_by"] = "survey"
        if spec:
            cells |= {name: _cell(getattr(spec, name)) for name in _PARAMETERS}
        if row.reasons:
            text = " ".join(part for part in (row.text, extra) if part)[:_NOTE_LETTERS]
            for lang in ("vi", "en"):
                said = label("appendix_note", lang, reason=row.reason(lang), text=text or "—")
                cells[f"note_{lang}"] = said
        self.rows["items"].append(cells)

    def add_rule(self, spec: RuleSpec, source: str) -> None:
        """Add the inputs, bands and options of a leaf."""
        for entry in spec.inputs:
            self.rows["inputs"].append(
                {
                    "item_code": spec.code,
                    "input": entry.name,
                    "role": entry.role,
                    "kind": entry.kind,
                    "label_vi": entry.label_vi or entry.name,
                    "label_en": entry.label_en,
                    "unit": entry.unit,
                    "minimum": _number(entry.minimum),
                    "maximum": _number(entry.maximum),
                    "at_most": entry.at_most,
                    "source": source,
                }
            )
        self._add_bands(spec, source)
        for option in spec.options:
            self.rows["options"].append(
                {
                    "item_code": spec.code,
                    "input": option.input,
                    "choice": option.code,
                    "label_vi": option.label_vi,
                    "points": _number(option.points),
                    "source": source,
                }
            )

    def _add_bands(self, spec: RuleSpec, source: str) -> None:
        for band in sorted(spec.bands, key=lambda band: -band.lower):
            self.rows["bands"].append(
                {
                    "item_code": spec.code,
                    "lower": _number(band.lower),
                    "lower_closed": _flag(band.lower_closed),
                    "upper": _number(band.upper),
                    "upper_closed": _flag(band.upper_closed),
                    "points": "" if band.as_share else _number(band.points),
                    "as_share": _flag(band.as_share),
                    "source": source,
                }
            )

    def add_proofs(self, code: str, proofs: tuple[Proof, ...], source: str) -> None:
        """Add the documents a leaf asks for; how many of each is not said, so one."""
        for proof in proofs:
            self.rows["evidence"].append(
                {
                    "item_code": code,
                    "kind": proof.kind,
                    "min_documents": "1",
                    "keywords": proof.kind.lower(),
                    "note_vi": proof.wording,
                    "source": source,
                }
            )

    def as_raw(self, meta: dict[str, object], place: str) -> RawSet:
        """Return the set as text."""
        tables = {}
        for sheet, rows in self.rows.items():
            names = column_names(sheet)
            grid = [names, *([row.get(name, "") for name in names] for row in rows)]
            tables[sheet], _ = as_sheet(sheet, grid, sheet)
        return RawSet(meta, tables, place)


def _number(value: float) -> str:
    return canonical_number(value) if math.isfinite(value) else ""


def _flag(value: bool) -> str:
    return "yes" if value else "no"


def _cell(value: float | str) -> str:
    return value if isinstance(value, str) else _number(value)

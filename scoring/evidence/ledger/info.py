"""Which unit, year, set and template a ledger says it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.base.text import clean_text
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.headings import folded
from scoring.evidence.ledger.layout import INFO, MACHINE_SHEET, columns, title
from scoring.evidence.ledger.sheet_rows import plain_text
from scoring.evidence.ledger.template import TEMPLATE_VERSION, template_fingerprint
from scoring.files.cells import CellError, CellValue, FormulaWithoutValue, address
from scoring.files.workbook import Sheet

_WITHIN = 80
_NEEDED = ("unit_code", "year")


@dataclass(frozen=True)
class LedgerInfo:
    """What a ledger says about itself; texts are empty and the year 0 where it says nothing.

    Attributes
    ----------
    places : mapping of key to (sheet, cell)
        Where each value stands, for findings.
    """

    file: str
    unit_code: str = ""
    unit_name: str = ""
    block: str = ""
    year: int = 0
    period: str = ""
    prepared_by: str = ""
    position: str = ""
    prepared_on: str = ""
    set_id: str = ""
    set_version: str = ""
    set_fingerprint: str = ""
    template_version: str = ""
    template_fingerprint: str = ""
    places: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def unit(self) -> dict[str, object]:
        """What every row of every table repeats."""
        keys = ("unit_code", "unit_name", "block", "year", "period", "file")
        return {key: getattr(self, key) for key in keys}


def read_info(sheets: Sequence[Sheet], file: str, stem: str) -> tuple[LedgerInfo, list[Finding]]:
    """Read ``Thông tin``; what it lacks is taken from the hidden cells.

    Parameters
    ----------
    stem : str
        Name of the file without its ending, for a ledger that names no unit.
    """
    shown: dict[str, CellValue] = {}
    places: dict[str, tuple[str, str]] = {}
    sheet = next((s for s in sheets if folded(s.name) == folded(INFO)), None)
    if sheet is None:
        sheet = next((s for s in sheets if folded(INFO) in folded(s.name)), None)
    if sheet is not None:
        shown, places = _shown(sheet)
    hidden = next((_hidden(s) for s in sheets if s.name == MACHINE_SHEET), {})
    findings = []
    if sheet is None:
        findings.append(Finding("missing-sheet", file, values={"sheet_name": INFO}))
    # The hidden cells know better: nobody types into them.
    values = {**shown, **hidden}
    year = _year(values.get("year"))
    texts = {line.key: _text(values.get(line.key)) for line in columns(INFO) if line.key != "year"}
    info = LedgerInfo(
        file, year=year, places=places, **{k: v for k, v in texts.items() if k in _FIELDS}
    )
    findings += _gaps(info, values.get("year"), sheet)
    return (info if info.unit_code else replace(info, unit_code=clean_text(stem))), findings


_FIELDS = frozenset(LedgerInfo.__dataclass_fields__)


def _shown(sheet: Sheet) -> tuple[dict[str, CellValue], dict[str, tuple[str, str]]]:
    """Return the values of the visible sheet by key, and where they stand."""
    by_label = {folded(name): line.key for line in columns(INFO) for name in line.titles}
    values: dict[str, CellValue] = {}
    places: dict[str, tuple[str, str]] = {}
    for number, row in enumerate(sheet.rows[:_WITHIN], start=1):
        for column, cell in enumerate(row[:6], start=1):
            key = by_label.get(folded(cell)) if isinstance(cell, str) else None
            if key is not None and key not in places:
                values[key] = row[column] if column < len(row) else None
                places[key] = (sheet.name, address(number, column + 1))
                break
    return values, places


def _hidden(sheet: Sheet) -> dict[str, CellValue]:
    pairs = {row[0]: row[1] for row in sheet.rows if len(row) > 1 and isinstance(row[0], str)}
    return {str(key): value for key, value in pairs.items() if value is not None}


def _text(value: CellValue) -> str:
    if value is None or isinstance(value, CellError | FormulaWithoutValue):
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return plain_text(value)[:500]


def _year(value: CellValue) -> int:
    text = _text(value).removesuffix(".0")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    return year if 2000 <= year <= 2100 else 0


def _gaps(info: LedgerInfo, year: CellValue, sheet: Sheet | None) -> list[Finding]:
    if sheet is None:
        return []
    findings = []
    if not info.unit_code:
        findings.append(_missing(info, "unit_code", sheet))
    if not info.year:
        place = info.places.get("year", (sheet.name, ""))
        values = {"value": _text(year)}
        findings.append(Finding("year-unreadable", info.file, *place, values=values))
    return findings


def _missing(info: LedgerInfo, key: str, sheet: Sheet) -> Finding:
    place = info.places.get(key, (sheet.name, ""))
    values = {"input": Named(title(INFO, key), title(INFO, key, "en"))}
    return Finding("info-missing", info.file, *place, values=values)


def identity_findings(info: LedgerInfo, criteria: CriteriaSet) -> list[Finding]:
    """Say whether a ledger belongs to the set, version and template in use."""

    def finding(code: str, key: str, expected: str) -> Finding:
        values = {"value": getattr(info, key), "expected": expected}
        sheet, cell = info.places.get(key, ("", ""))
        return Finding(code, info.file, sheet, cell, info.unit_code, values=values)

    if not info.set_id:
        return [finding("ledger-set-unnamed", "set_id", criteria.set_id)]
    if info.set_id != criteria.set_id:
        return [finding("ledger-of-other-set", "set_id", criteria.set_id)]
    found = []
    if info.set_fingerprint and info.set_fingerprint != criteria.fingerprint:
        found.append(finding("ledger-of-other-version", "set_version", criteria.meta.version))
    if info.template_version and info.template_version != TEMPLATE_VERSION:
        found.append(finding("ledger-template-old", "template_version", TEMPLATE_VERSION))
    elif info.set_fingerprint == criteria.fingerprint:
        expected = template_fingerprint(criteria)
        if info.template_fingerprint not in ("", expected):
            found.append(finding("ledger-template-altered", "template_fingerprint", expected))
    return found

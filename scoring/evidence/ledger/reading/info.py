"""Which unit, year, set and template a ledger says it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.base.periods import is_impossible
from scoring.base.text import clean_text
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.annotate import is_findings_list
from scoring.evidence.ledger.layout import INFO, MACHINE_KEYS, MACHINE_SHEET, column, columns
from scoring.evidence.ledger.reading.headings import folded
from scoring.evidence.ledger.reading.sheet_rows import plain_text
from scoring.evidence.ledger.sheets.common_sheets import machine_values_of
from scoring.evidence.ledger.template import TEMPLATE_VERSION, template_fingerprint
from scoring.files.excel.cells import CellError, CellValue, FormulaWithoutValue, address
from scoring.files.excel.workbook import Sheet

_WITHIN = 80


@dataclass(frozen=True)
class LedgerInfo:
    """What a ledger says about itself; texts are empty and the year 0 where it says nothing.

    Attributes
    ----------
    form_digest, form_engine : str
        What the form computed of itself, where a form in the browser saved the ledger, and the
        version that made that form.
    places : mapping of key to (sheet, cell)
        Where each value stands, for findings.
    is_annotated : bool
        Whether it is a copy that `annotate_ledger` marked.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.evidence.ledger import new_ledger, read_ledger
    >>> data = new_ledger(open_set("service-quality-766"), "H1", "Đơn vị mẫu", 2026)
    >>> info = read_ledger(data).info
    >>> info.unit_code, info.year, info.set_id, info.places["year"]
    ('H1', 2026, 'service-quality-766', ('Thông tin', 'B7'))
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
    status: str = ""
    content_digest: str = ""
    set_id: str = ""
    set_version: str = ""
    set_fingerprint: str = ""
    template_version: str = ""
    template_fingerprint: str = ""
    form_digest: str = ""
    form_engine: str = ""
    is_annotated: bool = False
    places: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def unit(self) -> dict[str, Any]:
        """Who fills it in, and for when, as `new_ledger` takes it."""
        keys = ("unit_code", "unit_name", "block", "year", "period")
        return {key: getattr(self, key) for key in keys}


def read_info(sheets: Sequence[Sheet], file: str, stem: str) -> tuple[LedgerInfo, list[Finding]]:
    """Read ``Thông tin``, which people see and the live formulas go by.

    The hidden sheet keeps what the ledger was made with. It stands in for what ``Thông tin``
    lacks, and wherever the two differ there is a finding.

    Parameters
    ----------
    stem : str
        Name of the file without its ending, for a ledger that names no unit.
    """
    named = [s for s in sheets if folded(INFO) in folded(s.name)]
    sheet = min(named, key=lambda s: folded(s.name) != folded(INFO), default=None)
    shown = _shown(sheet) if sheet else {}
    hidden = machine_values_of(sheets)
    values = hidden | {key: value for key, (value, _) in shown.items() if _text(value)}
    texts = {key: _text(value) for key, value in values.items() if key in _TEXTS}
    places = {key: place for key, (_, place) in shown.items()}
    ours = any(map(is_findings_list, sheets))
    year = _year(values.get("year"))
    info = LedgerInfo(file, year=year, places=places, is_annotated=ours, **texts)
    if sheet is None:
        findings = [Finding("missing-sheet", file, values={"sheet_name": INFO})]
    else:
        findings = [*_differences(info, shown, hidden), *_gaps(info, values.get("year"), sheet)]
    return (info if info.unit_code else replace(info, unit_code=clean_text(stem))), findings


_TEXTS = LedgerInfo.__dataclass_fields__.keys() - {"file", "year", "places", "is_annotated"}


def _shown(sheet: Sheet) -> dict[str, tuple[CellValue, tuple[str, str]]]:
    """Return the values of the visible sheet by key, each with where it stands."""
    by_label = {folded(name): line.key for line in columns(INFO) for name in line.titles}
    found: dict[str, tuple[CellValue, tuple[str, str]]] = {}
    for number, row in enumerate(sheet.rows[:_WITHIN], start=1):
        for place, cell in enumerate(row[:6], start=1):
            key = by_label.get(folded(cell)) if isinstance(cell, str) else None
            if key is not None and key not in found:
                value = row[place] if place < len(row) else None
                found[key] = (value, (sheet.name, address(number, place + 1)))
                break
    return found


def _differences(
    info: LedgerInfo,
    shown: Mapping[str, tuple[CellValue, tuple[str, str]]],
    hidden: Mapping[str, CellValue],
) -> Iterator[Finding]:
    """Yield what ``Thông tin`` says otherwise than when the ledger was made."""
    if not hidden:
        yield Finding("missing-sheet", info.file, values={"sheet_name": MACHINE_SHEET})
    for key in MACHINE_KEYS:
        value, place = shown.get(key, (None, ("", "")))
        if key in hidden and key in shown and _text(value) != _text(hidden[key]):
            told: dict[str, object] = {"value": _text(value), "expected": _text(hidden[key])}
            told["input"] = Named(*column(INFO, key).titles)
            yield Finding("info-altered", info.file, *place, values=told)


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


def _gaps(info: LedgerInfo, year: CellValue, sheet: Sheet) -> Iterator[Finding]:
    if not info.unit_code:
        place = info.places.get("unit_code", (sheet.name, ""))
        values: dict[str, object] = {"input": Named(*column(INFO, "unit_code").titles)}
        yield Finding("info-missing", info.file, *place, values=values)
    if not info.year:
        place = info.places.get("year", (sheet.name, ""))
        yield Finding("year-unreadable", info.file, *place, values={"value": _text(year)})
    elif is_impossible(info.period, info.year):
        place = info.places.get("period", (sheet.name, ""))
        values = {"value": info.period, "year": info.year}
        yield Finding("period-impossible", info.file, *place, values=values)


def identity_findings(info: LedgerInfo, criteria: CriteriaSet) -> list[Finding]:
    """Say whether a ledger belongs to the set, version and template in use."""

    def finding(code: str, key: str, expected: str, print_of: str = "") -> Finding:
        values = {"value": f"{getattr(info, key)}{print_of}", "expected": expected}
        place = info.places.get(key, ("", ""))
        return Finding(code, info.file, *place, info.unit_code, values=values)

    if not info.set_id:
        return [finding("ledger-set-unnamed", "set_id", criteria.set_id)]
    if info.set_id != criteria.set_id:
        return [finding("ledger-of-other-set", "set_id", criteria.set_id)]
    found = []
    if info.set_fingerprint and info.set_fingerprint != criteria.fingerprint:
        used = f"{criteria.meta.version} ({criteria.fingerprint[:12]})"
        named = f" ({info.set_fingerprint[:12]})"
        found.append(finding("ledger-of-other-version", "set_version", used, named))
    if info.template_version and info.template_version != TEMPLATE_VERSION:
        found.append(finding("ledger-template-old", "template_version", TEMPLATE_VERSION))
    elif info.set_fingerprint == criteria.fingerprint:
        expected = criteria.once(template_fingerprint)
        if info.template_fingerprint not in ("", expected):
            found.append(finding("ledger-template-altered", "template_fingerprint", expected))
    return found

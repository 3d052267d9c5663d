"""Sealing a ledger: its content digest written where it stands, as it is handed in."""

from __future__ import annotations

from pathlib import Path

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, label
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.cell_changes import LedgerChanges
from scoring.evidence.ledger.intake import read_ledger
from scoring.evidence.ledger.layout import INFO, title
from scoring.evidence.ledger.reading.headings import folded
from scoring.evidence.ledger.submission import content_digest


def sealed_ledger(
    path: Path, criteria: CriteriaSet | None = None, lang: str = "vi"
) -> tuple[bytes, str]:
    """Return a copy of a ledger that states its content digest and that it was submitted.

    Parameters
    ----------
    path : Path
        The ledger; everything else in it stays as it is.
    criteria : CriteriaSet, optional
        Without it the ledger names its set.
    lang : {"vi", "en"}
        Language of the standing it gets; one other than "in preparation" is kept.

    Returns
    -------
    bytes, str
        The workbook and the digest.

    Raises
    ------
    UnreadableError
        When the ledger cannot be read, or has no place for the digest.
    """
    ledger = read_ledger(path, criteria)
    info, changes = ledger.info, LedgerChanges(path)
    tables = {name: getattr(ledger, name) for name in ("inputs", "claims", "documents", "links")}
    digest = content_digest(info, tables)
    put = {"content_digest": digest}
    drafts = {folded(label("ledger_status_draft", each)) for each in LANGUAGES}
    if folded(info.status) in drafts | {""}:
        put["status"] = label("ledger_status_submitted", lang)
    for key, value in put.items():
        if key not in info.places:
            told = {"column": title(INFO, key), "value": value}
            raise UnreadableError(Finding("ledger-no-place", path.name, INFO, values=told))
        sheet, cell = info.places[key]
        changes.values.setdefault(sheet, {})[cell] = value
    return changes.to_bytes(), digest

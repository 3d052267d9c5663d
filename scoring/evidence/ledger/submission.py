"""A ledger that was handed in: what it held then, so that a later change is noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, label
from scoring.evidence.ledger.reading.headings import folded
from scoring.evidence.ledger.reading.info import LedgerInfo
from scoring.tables import columns_of

if TYPE_CHECKING:
    from scoring.evidence.ledger.intake import Ledger

STATUSES = ("draft", "submitted", "locked")
# Tables of what is handed in. Points follow from the figures.
_HANDED_IN = {"inputs": "Inputs", "claims": "Claims", "documents": "Documents", "links": "Links"}
_COMPUTED = ("self_points",)


def content_digest(info: LedgerInfo, tables: Mapping[str, pd.DataFrame]) -> str:
    """Return a digest of all that a ledger states; the order of its rows does not matter.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``inputs``, ``claims``, ``documents`` and ``links`` with the column ``file``; of many
        ledgers those of `info` count.
    """
    lines = [info.set_fingerprint]
    for name, declared in _HANDED_IN.items():
        table = tables[name]
        kept = [column for column in columns_of(declared) if column not in _COMPUTED]
        own = table.loc[table["file"] == info.file, [c for c in kept if c in table]]
        lines += sorted(own.to_csv(index=False, header=False, lineterminator="\n").split("\n"))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def is_sealed_copy(sealed: Ledger, *, of: Ledger) -> bool:
    """Say whether `sealed` is the copy to hand in of the ledger `of`, which states no digest itself."""
    stated = sealed.info.content_digest.lower()
    if not stated or of.info.content_digest:
        return False
    digests = {
        content_digest(ledger.info, {name: getattr(ledger, name) for name in _HANDED_IN})
        for ledger in (sealed, of)
    }
    return digests == {stated}


def submission_findings(info: LedgerInfo, tables: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Yield whether a ledger that says it was handed in still holds what it held then."""
    drafts = {folded(label("ledger_status_draft", lang)) for lang in LANGUAGES}
    if folded(info.status) in drafts | {""}:
        return
    now, then = content_digest(info, tables), info.content_digest.lower()
    if now != then:
        code = "ledger-changed-since" if then else "ledger-unsealed"
        values = {"status": info.status, "value": then, "expected": now}
        place = info.places.get("content_digest", ("", ""))
        yield Finding(code, info.file, *place, info.unit_code, values=values)

"""Documents that several people listed under one id although they are not one document."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scoring.base.findings import Finding
from scoring.evidence.ledger.intake import Ledger

# A document is known by any of these.
_TELLING = ("sha256", "path", "address", "document_number", "title")
_Row = Mapping[Any, Any]


def documents_apart(ledgers: Mapping[str, Ledger]) -> tuple[dict[str, Ledger], list[Finding]]:
    """Give a document an id of its own where another copy's document goes by the same id.

    Rows of one id are one document as long as they share a file, a number or a title, or do not
    contradict each other.
    """
    known: dict[str, list[tuple[str, _Row]]] = {}
    taken = {str(own) for ledger in ledgers.values() for own in ledger.documents["document_id"]}
    kept, findings = {}, []
    for name, ledger in ledgers.items():
        renamed: dict[str, str] = {}
        for row in ledger.documents.to_dict("records"):
            own = str(row["document_id"])
            alike = (new for new, other in known.get(own, ()) if _is_one(row, other))
            if (new := next(alike, "")) == "":
                new = own if own not in known else _free(own, taken)
                known.setdefault(own, []).append((new, row))
            if new != own:
                renamed[own] = new
                values = {"value": own, "expected": new}
                findings.append(
                    Finding("merge-document-id", name, row["sheet"], row["cell"], values=values)
                )
        kept[name] = _renamed(ledger, renamed) if renamed else ledger
    return kept, findings


def _is_one(row: _Row, other: _Row) -> bool:
    told = [(row[key], other[key]) for key in _TELLING if row[key] and other[key]]
    return not told or any(one == another for one, another in told)


def _free(own: str, taken: set[str]) -> str:
    new = next(name for n in itertools.count(2) if (name := f"{own}-{n}") not in taken)
    taken.add(new)
    return new


def _renamed(ledger: Ledger, ids: Mapping[str, str]) -> Ledger:
    """Return what a copy says, with other ids for some of its documents."""
    words = re.compile("|".join(rf"(?<![\w-]){re.escape(own)}(?![\w-])" for own in ids))
    cited = ledger.claims["documents"].map(lambda text: words.sub(lambda m: ids[m[0]], text))
    return replace(
        ledger,
        documents=ledger.documents.replace({"document_id": dict(ids)}),
        links=ledger.links.replace({"document_id": dict(ids)}),
        claims=ledger.claims.assign(documents=cited.astype(ledger.claims["documents"].dtype)),
    )

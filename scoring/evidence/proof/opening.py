"""The part of verification that opens files; runs inside a child process."""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import Any

from scoring.evidence.documents.identify import IN_PLACE, Identity, identify
from scoring.evidence.documents.inspection import opened, plain_findings
from scoring.evidence.proof.signatures import pdf_signatures
from scoring.files.office.content import ReadingLimits
from scoring.files.office.formats import READABLE, read_file
from scoring.files.office.parser_errors import is_own_mistake

DRAFT = "document-number-blank"


def open_file(
    root: str, path: str, limits: dict[str, Any], signatures: bool, trust_roots: list[str]
) -> dict[str, Any]:
    """Open, hash and read the file `path` below `root`; look at its signatures if it is a PDF.

    `trust_roots` are certificates in base64. Never raises for what the file holds.
    """
    # A second name of the file may lie outside the folder and change it from there.
    found, data = opened(root, path, limits, allow_hard_links=False)
    if data is None:
        return found
    content = read_file(path, data, ReadingLimits(**limits))
    found |= {"type": content.type, "findings": plain_findings(*content.findings)}
    if content.type in READABLE and content.text.strip():
        found |= {"states": _stated(identify(content.text))}
    if signatures and content.type == "pdf":
        found |= _signatures(data, trust_roots)
    return found


def _stated(identity: Identity) -> dict[str, Any]:
    """Return what the text says of itself that its row in the ledger may contradict."""
    issued, drafts = identity.issued_on, [f for f in identity.findings if f.code == DRAFT]
    return {
        "issued_on": issued.value if issued.confidence >= IN_PLACE else "",
        "blank_number": str(drafts[0].values["value"]) if drafts else "",
        "is_unsigned": bool(identity.kind.value) and not identity.signer.value,
    }


def _signatures(data: bytes, trust_roots: list[str]) -> dict[str, Any]:
    # A signature states the bytes it covers in the open; without it pyHanko need not be loaded.
    if b"/ByteRange" not in data:
        return {"signatures": []}
    roots = [base64.b64decode(root) for root in trust_roots]
    try:
        return {"signatures": [asdict(report) for report in pdf_signatures(data, roots)]}
    # Neither a library that is not there nor a lack of memory makes a signature unsound.
    except (ImportError, MemoryError):
        raise
    # A forged one raises almost anything in the library that reads it; ours must not.
    except Exception as problem:
        if is_own_mistake(problem):
            raise
        return {"signature_failure": type(problem).__name__}

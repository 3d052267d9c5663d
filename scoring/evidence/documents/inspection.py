"""One file of a folder: hashed, read and identified. Runs inside a child process."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.text import clean_text
from scoring.evidence.documents.identify import Identity, identify
from scoring.files.office import (
    READABLE,
    Content,
    ReadingLimits,
    read_file,
    type_of_name,
)
from scoring.files.paths import open_under

_CHUNK = 1 << 20
# Shorter texts (a stamp, a cover) are equal by chance.
_SHORTEST_TEXT = 80
_KEPT_OPENING = 600
FIELDS = ("number", "kind", "place", "issued_on", "issuer", "title", "signer", "position")


def inspect_file(root: str, path: str, limits: dict[str, Any]) -> dict[str, Any]:
    """Hash, read and identify the file `path` below `root`; everything JSON can hold.

    Never raises for what the file holds: problems stand under ``findings`` as pairs of code and
    values.
    """
    bounds = ReadingLimits(**limits)
    try:
        with open_under(Path(root), path) as file:
            data, size, digest = hashed(file, bounds.bytes)
    except UnreadableError as problem:
        return {"path": path, "findings": [plain_finding(problem.finding)]}
    found: dict[str, Any] = {"path": path, "bytes": size, "sha256": digest}
    if data is None:
        too_large = Finding("document-too-large", values={"limit": f"{bounds.bytes:,} bytes"})
        return found | {"findings": [plain_finding(too_large)]}
    content = read_file(path, data, bounds)
    found["type"] = content.type or type_of_name(path)
    return found | _identified(content)


def hashed(file: BinaryIO, keep: int) -> tuple[bytes | None, int, str]:
    """Hash `file` while reading it once; its bytes are kept as long as they are at most `keep`."""
    digest = hashlib.sha256()
    kept: list[bytes] | None = []
    size = 0
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if kept is not None:
            kept.append(chunk)
            kept = kept if size <= keep else None
    return (None if kept is None else b"".join(kept)), size, digest.hexdigest()


def _identified(content: Content) -> dict[str, Any]:
    findings = list(content.findings)
    text = content.text
    if content.type not in READABLE or not text.strip():
        return {"findings": [plain_finding(finding) for finding in findings]}
    identity = identify(text)
    findings.extend(identity.findings)
    return {
        **_fields(identity),
        "text_sha256": text_digest(text),
        "opening": clean_text(text[:4000])[:_KEPT_OPENING],
        "findings": [plain_finding(finding) for finding in findings],
    }


def _fields(identity: Identity) -> dict[str, Any]:
    stated = {name: getattr(identity, name) for name in FIELDS}
    values = {name: field.value for name, field in stated.items()}
    sure = {f"{name}_confidence": field.confidence for name, field in stated.items()}
    return {
        **values,
        **sure,
        "signed_for": identity.signed_for,
        "issues_kind": identity.issues_kind,
        "legal_bases": [asdict(basis) for basis in identity.legal_bases],
        "secret": identity.secret,
    }


def text_digest(text: str) -> str:
    """Return a digest that equal texts share whatever their layout; empty for short texts.

    >>> a, b = "Kế hoạch cải cách. " * 9, "KẾ HOẠCH\\n\\ncải cách " * 9
    >>> text_digest(a) == text_digest(b) != ""
    True
    """
    letters = re.sub(r"[\W_]+", "", clean_text(text).lower())
    if len(letters) < _SHORTEST_TEXT:
        return ""
    return hashlib.sha256(letters.encode("utf-8")).hexdigest()


def plain_finding(finding: Finding) -> list[Any]:
    """Return a finding as code and values that JSON can hold."""
    return [finding.code, {name: str(value) for name, value in finding.values.items()}]

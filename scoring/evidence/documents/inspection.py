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
from scoring.evidence.documents.identify import identify
from scoring.files.office.content import Content, ReadingLimits
from scoring.files.office.formats import READABLE, read_file, type_of_name
from scoring.files.paths import open_under
from scoring.files.sealed.manifest import fingerprint

# Shorter texts (a stamp, a cover) are equal by chance.
_SHORTEST_TEXT = 80
_KEPT_OPENING = 600
FIELDS = ("number", "kind", "place", "issued_on", "issuer", "title", "signer", "position")


def inspect_file(root: str, path: str, limits: dict[str, Any]) -> dict[str, Any]:
    """Hash, read and identify the file `path` below `root`; everything JSON can hold.

    Never raises for what the file holds: problems stand under ``findings`` as pairs of code and
    values.
    """
    found, data = opened(root, path, limits)
    if data is None:
        return {"path": path, **found}
    content = read_file(path, data, ReadingLimits(**limits))
    known = {"path": path, **found, "type": content.type or type_of_name(path)}
    return known | _identified(content)


def opened(
    root: str, path: str, limits: dict[str, Any], **rules: bool
) -> tuple[dict[str, Any], bytes | None]:
    """Open a file by the `rules` of `open_under`; return what it shows, and its bytes if usable."""
    keep = limits["bytes"]
    try:
        with open_under(Path(root), path, **rules) as file:
            data, size, digest = hashed(file, keep)
    except UnreadableError as problem:
        return {"findings": plain_findings(problem.finding)}, None
    found: dict[str, Any] = {"bytes": size, "sha256": digest}
    if data is None:
        too_large = Finding("document-too-large", values={"limit": f"{keep:,} bytes"})
        found["findings"] = plain_findings(too_large)
    return found, data


def hashed(file: BinaryIO, keep: int) -> tuple[bytes | None, int, str]:
    """Return bytes, size and SHA-256 of `file`; no bytes if it has more than `keep`."""
    data = file.read(keep + 1)
    if len(data) > keep:
        file.seek(0)
        return None, *fingerprint(file)
    return data, len(data), hashlib.sha256(data).hexdigest()


def _identified(content: Content) -> dict[str, Any]:
    text = content.text
    if content.type not in READABLE or not text.strip():
        return {"findings": plain_findings(*content.findings)}
    identity = identify(text)
    stated = {name: getattr(identity, name) for name in FIELDS}
    return {
        **{name: field.value for name, field in stated.items()},
        **{f"{name}_confidence": field.confidence for name, field in stated.items()},
        **{name: getattr(identity, name) for name in ("signed_for", "issues_kind", "secret")},
        "legal_bases": [asdict(basis) for basis in identity.legal_bases],
        "text_sha256": text_digest(text),
        "opening": clean_text(text[:4000])[:_KEPT_OPENING],
        "findings": plain_findings(*content.findings, *identity.findings),
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


def plain_findings(*findings: Finding) -> list[list[Any]]:
    """Return findings as pairs of code and values that JSON can hold."""
    return [
        [finding.code, {name: str(value) for name, value in finding.values.items()}]
        for finding in findings
    ]

"""Look at the files of documents: there, unchanged, readable, soundly signed."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.text import without_marks
from scoring.evidence.documents.scan import documents_below
from scoring.evidence.proof.declared_proof import Problem
from scoring.evidence.proof.signatures import signatures_available
from scoring.evidence.proof.validity import last_day, unit_of
from scoring.files.children.isolation import answers_about_files
from scoring.files.office.content import ReadingLimits
from scoring.files.paths import case_clashes, resolve_under
from scoring.official.partial_date import read_partial_date

_OPEN = f"{__package__}.opening:open_file"
_UNLISTED_UNDER = "documents"
Told = tuple[str, dict[str, Any]]
"""The code and the values of a finding about a file."""


@dataclass(frozen=True)
class Look:
    """How files are looked at.

    Attributes
    ----------
    signatures : bool
        Whether to look at digital signatures.
    trust_roots : sequence of bytes
        Certificates of the authorities trusted, DER or PEM.
    workers : int, optional
        Child processes at work; by default one per processor.
    limits : ReadingLimits
    progress : callable, optional
        Called with files done and files in all.

    Examples
    --------
    >>> look = Look(signatures=False, workers=2)
    >>> look.workers, look.trust_roots, look.signatures
    (2, (), False)
    """

    signatures: bool = True
    trust_roots: Sequence[bytes] = ()
    workers: int | None = None
    limits: ReadingLimits = field(default_factory=ReadingLimits)
    progress: Callable[[int, int], None] | None = None


def file_problems(documents: pd.DataFrame, look: Look) -> Iterator[Problem]:
    """Yield what is wrong with the files of `documents`.

    Parameters
    ----------
    documents : DataFrame
        Table ``Documents`` with ``folder``, where its paths start; rows without a folder or a
        path are passed over.
    look : Look

    Notes
    -----
    A file listed in several rows is opened once, as long as its size and time of change
    stay the same. Files are opened in child processes, since what they hold may be hostile.
    """
    filed = documents[(documents["path"] != "") & (documents["folder"] != "")]
    if filed.empty:
        return
    rows = filed.to_dict("records")
    resolved = [_resolved(Path(row["folder"]), row["path"]) for row in rows]
    tasks = {key: task for found in resolved if isinstance(found, tuple) for key, task in [found]}
    answers = dict(zip(tasks, _opened(list(tasks.values()), look), strict=True))
    for index, row, found in zip(filed.index, rows, resolved, strict=True):
        if isinstance(found, Finding):
            told: Iterable[Told] = [(found.code, dict(found.values))]
        else:
            told = _told(row, answers[found[0]])
        for code, values in told:
            values = values | {"document_id": row["document_id"]}
            yield int(index), Finding(code, row["path"], values=values, **unit_of(row))


def _resolved(folder: Path, path: str) -> tuple[tuple[object, ...], dict[str, Any]] | Finding:
    """Return what identifies the file and how to open it, or why it cannot be opened."""
    try:
        # A second name of the file may lie outside the folder and change it from there.
        found = resolve_under(folder, path, allow_hard_links=False)
        status = found.stat()
    except UnreadableError as problem:
        return problem.finding
    except OSError:
        return Finding("file-missing", values={"path": path})
    key = (str(found), status.st_size, status.st_mtime_ns)
    return key, {"root": str(folder), "path": path}


def _opened(tasks: Sequence[dict[str, Any]], look: Look) -> list[dict[str, Any]]:
    shared = {
        "signatures": look.signatures and signatures_available(),
        "trust_roots": [base64.b64encode(root).decode() for root in look.trust_roots],
    }
    tasks = [task | shared for task in tasks]
    return answers_about_files(
        _OPEN, tasks, look.limits, workers=look.workers, progress=look.progress
    )


def _told(row: dict[Any, Any], answer: dict[str, Any]) -> Iterator[Told]:
    """Yield what opening one file showed, against what its row states."""
    yield from map(tuple, answer["findings"])
    recorded, actual = str(row["sha256"]).lower(), answer.get("sha256", "")
    if actual and not recorded:
        yield "document-hash-missing", {}
    elif actual and recorded != actual:
        yield "document-changed", {"recorded": recorded[:12], "actual": actual[:12]}
    yield from _belied(row, answer)
    yield from _signatures_told(row, answer)


def _belied(row: dict[Any, Any], answer: dict[str, Any]) -> Iterator[Told]:
    """Yield where the text of a file belies its row: another date, or nothing but a draft."""
    stated = answer.get("states", {})
    dated = read_partial_date(stated.get("issued_on", ""))
    if dated and pd.notna(row["issued_on"]):
        last = last_day(pd.DataFrame([row])).iloc[0].date()
        if dated.first_day > last or dated.last_day < row["issued_on"].date():
            actual = "/".join(reversed(str(dated).split("-")))
            yield "document-date-differs", {"value": row["issued_on"].date(), "actual": actual}
    if stated.get("blank_number"):
        yield "document-number-blank", {"value": stated["blank_number"]}
    # Of a PDF whose signatures were not looked at nobody knows whether it is signed.
    none_seen = answer.get("signatures") == [] or answer.get("type") != "pdf"
    if stated.get("is_unsigned") and none_seen and not row["signer"]:
        yield "document-signer-missing", {}


def _signatures_told(row: dict[Any, Any], answer: dict[str, Any]) -> Iterator[Told]:
    if answer.get("signature_failure"):
        yield "signature-unreadable", {"signer": "?", "reason": answer["signature_failure"]}
    if not answer.get("signatures", True):
        yield "document-unsigned", {}
    reports = answer.get("signatures") or []
    for report in reports:
        values = {"signer": report["signer"], "signed_on": report["signed_on"][:10]}
        yield from ((code, values) for code in _doubts(report))
    signers = [report["signer"] for report in reports]
    if signers and not _someone_known(row, signers):
        stated = row["signer"] or row["issuer"]
        yield "signature-by-another", {"signer": "; ".join(signers), "stated": stated}


def _doubts(report: dict[str, Any]) -> list[str]:
    if not report["intact"]:
        return ["signature-broken"]
    doubts = [] if report["whole_file"] else ["signature-not-whole-file"]
    if report["trusted"] is False:
        doubts.append("signature-untrusted")
    return doubts or ["signature-sound"]


def _someone_known(row: dict[Any, Any], signers: list[str]) -> bool:
    """Say whether a certificate names the signer or the organ that the ledger states."""
    stated = [without_marks(str(row[column])) for column in ("signer", "issuer") if row[column]]
    names = [without_marks(signer) for signer in signers]
    return not stated or any(one in name or name in one for one in stated for name in names)


def folder_findings(root: Path, paths: Iterable[str]) -> Iterator[Finding]:
    """Yield names that some systems treat as one, and files that the ledger does not list."""
    paths = list(paths)
    for names in case_clashes(paths):
        yield Finding("names-differ-only-in-case", names[0], values={"names": ", ".join(names)})
    folder = Path(root) / _UNLISTED_UNDER
    if folder.is_dir() and not folder.is_symlink():
        listed = {_composed(path) for path in paths}
        found = (f"{_UNLISTED_UNDER}/{path}" for path in documents_below(folder)[0])
        yield from (
            Finding("document-unlisted", path) for path in found if _composed(path) not in listed
        )


def _composed(path: str) -> str:
    return unicodedata.normalize("NFC", path.replace("\\", "/"))


def signature_setup(paths: Iterable[str], trust_roots: Sequence[bytes]) -> Iterator[Finding]:
    """Say once what the check of signatures could not do."""
    signable = [str(path).lower().endswith(".pdf") for path in paths]
    if False in signable:
        # One line for all of them: a ledger may list hundreds of Word files.
        yield Finding("documents-not-signed", values={"count": signable.count(False)})
    if True in signable and not signatures_available():
        yield Finding("signatures-not-checked")
    elif True in signable and not trust_roots:
        yield Finding("signature-roots-missing")

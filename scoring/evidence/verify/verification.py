"""Verify the documents of one ledger: files first, then what the tables claim of them."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.text import without_marks
from scoring.evidence.documents.isolation import Outcome, run_isolated
from scoring.evidence.documents.scan import documents_below
from scoring.evidence.verify.claims import claim_findings
from scoring.evidence.verify.signatures import signatures_available
from scoring.files.office import ReadingLimits
from scoring.files.paths import case_clashes

_CHECK = f"{__package__}.file_check:check_file"
_UNLISTED_UNDER = "documents"
# Wrong for one item, yet sound for another that asks for its kind.
_NOT_DISQUALIFYING = frozenset({"document-wrong-kind"})


def verify_documents(
    root: Path,
    documents: pd.DataFrame,
    links: pd.DataFrame,
    requirements: pd.DataFrame | None = None,
    *,
    year: int,
    items: pd.DataFrame | None = None,
    max_items: int = 8,
    signatures: bool = True,
    trust_roots: Sequence[bytes] = (),
    workers: int | None = None,
    limits: ReadingLimits | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Finding, ...]:
    """Check documents and links of a ledger against the files below `root`.

    Parameters
    ----------
    root : Path
        Folder of the ledger; paths of documents are relative to it.
    documents, links : DataFrame
        Tables ``Documents`` and ``Links`` of `scoring.tables`.
    requirements : DataFrame, optional
        Table ``Requirements``: which kinds an item asks for.
    year : int
        The assessment year; a document counts when issued in it, or declared valid during it.
    items : DataFrame, optional
        Table ``Items``; shows links to items that do not exist.
    max_items : int
        A document linked to more items than this is suspicious.
    signatures : bool
        Whether to look at digital signatures.
    trust_roots : sequence of bytes
        Certificates of the authorities trusted, DER or PEM.

    Returns
    -------
    tuple of Finding
        Files first, in the order of the table. Each finding about one document names it in
        ``values["document_id"]``.
    """
    limits = limits or ReadingLimits()
    with_pyhanko = signatures and signatures_available()
    filed = documents[documents["path"] != ""]
    outcomes = _checked(root, filed["path"], limits, with_pyhanko, trust_roots, workers, progress)
    findings: list[Finding] = []
    for row, outcome in zip(filed.to_dict("records"), outcomes, strict=True):
        findings.extend(_file_findings(row, outcome, limits))
    findings.extend(_folder_findings(root, filed))
    if signatures:
        findings.extend(_signature_setup(filed, trust_roots))
    findings.extend(claim_findings(documents, links, requirements, items, year, max_items))
    return tuple(findings)


def invalid_documents(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the ids of documents that an error of `verify_documents` disqualifies.

    >>> broken = Finding("document-broken", values={"document_id": "TL-1", "reason": "zip"})
    >>> sorted(invalid_documents([broken]))
    ['TL-1']
    """
    return frozenset(
        str(finding.values["document_id"])
        for finding in findings
        if finding.severity == "error"
        and finding.code not in _NOT_DISQUALIFYING
        and "document_id" in finding.values
    )


def _checked(
    root: Path,
    paths: pd.Series,
    limits: ReadingLimits,
    signatures: bool,
    trust_roots: Sequence[bytes],
    workers: int | None,
    progress: Callable[[int, int], None] | None,
) -> list[Outcome]:
    shared: dict[str, Any] = {
        "root": str(root),
        "limits": asdict(limits),
        "signatures": signatures,
        "trust_roots": [base64.b64encode(certificate).decode() for certificate in trust_roots],
    }
    return run_isolated(
        _CHECK,
        [shared | {"path": path} for path in paths],
        workers=workers,
        seconds=limits.seconds,
        memory_bytes=limits.memory_bytes,
        progress=progress,
    )


def _file_findings(row: dict[Any, Any], outcome: Outcome, limits: ReadingLimits) -> list[Finding]:
    known = {"document_id": row["document_id"]}
    if outcome.failure:
        code = {"timeout": "document-timeout", "crash": "document-crashed"}.get(
            outcome.failure, "document-broken"
        )
        values = {"limit": f"{limits.seconds:g}", "reason": outcome.detail}
        return [Finding(code, row["path"], values=values | known)]
    answer = outcome.answer
    found = [
        Finding(code, row["path"], values=values | known) for code, values in answer["findings"]
    ]
    found.extend(_hash_findings(row, answer.get("sha256", ""), known))
    found.extend(_signature_findings(row, answer, known))
    return found


def _hash_findings(row: dict[Any, Any], actual: str, known: dict[str, Any]) -> list[Finding]:
    recorded = str(row["sha256"]).lower()
    if not actual or recorded == actual:
        return []
    if not recorded:
        return [Finding("document-hash-missing", row["path"], values=known)]
    values = known | {"recorded": recorded[:12], "actual": actual[:12]}
    return [Finding("document-changed", row["path"], values=values)]


def _signature_findings(
    row: dict[Any, Any], answer: dict[str, Any], known: dict[str, Any]
) -> list[Finding]:
    path = row["path"]
    if answer.get("signature_failure"):
        values = known | {"signer": "?", "reason": answer["signature_failure"]}
        return [Finding("signature-unreadable", path, values=values)]
    if "signatures" not in answer:
        return []
    if not answer["signatures"]:
        return [Finding("document-unsigned", path, values=known)]
    found: list[Finding] = []
    for report in answer["signatures"]:
        values = known | {"signer": report["signer"], "signed_on": report["signed_on"][:10]}
        found.extend(Finding(code, path, values=values) for code in _doubts(report))
    signers = [report["signer"] for report in answer["signatures"]]
    if not _someone_known(row, signers):
        values = known | {"signer": "; ".join(signers), "stated": row["signer"] or row["issuer"]}
        found.append(Finding("signature-by-another", path, values=values))
    return found


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
    if not stated:
        return True
    return any(one in name or name in one for one in stated for name in names)


def _folder_findings(root: Path, filed: pd.DataFrame) -> list[Finding]:
    findings = [
        Finding("names-differ-only-in-case", names[0], values={"names": ", ".join(names)})
        for names in case_clashes(filed["path"])
    ]
    folder = Path(root) / _UNLISTED_UNDER
    if folder.is_dir() and not folder.is_symlink():
        listed = {_composed(path) for path in filed["path"]}
        found = (f"{_UNLISTED_UNDER}/{path}" for path in documents_below(folder)[0])
        unlisted = [path for path in found if _composed(path) not in listed]
        findings.extend(Finding("document-unlisted", path) for path in unlisted)
    return findings


def _composed(path: str) -> str:
    return unicodedata.normalize("NFC", path.replace("\\", "/"))


def _signature_setup(filed: pd.DataFrame, trust_roots: Sequence[bytes]) -> list[Finding]:
    """Say once what the check of signatures could not do."""
    signable = [str(path).lower().endswith(".pdf") for path in filed["path"]]
    # One line for all of them: a ledger may list hundreds of Word files.
    bare = [Finding("documents-not-signed", values={"count": signable.count(False)})]
    findings = bare if False in signable else []
    if True not in signable:
        return findings
    if not signatures_available():
        return [*findings, Finding("signatures-not-checked")]
    return findings if trust_roots else [*findings, Finding("signature-roots-missing")]

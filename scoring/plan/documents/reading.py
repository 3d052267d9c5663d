"""Open a plan under limits and hand it on as a stream, whatever kind of file it is."""

from __future__ import annotations

from pathlib import Path

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding, has_errors
from scoring.files.package import inspect_package
from scoring.files.paths import read_bytes
from scoring.files.workbook import read_workbook
from scoring.plan.documents.docx import document_from_docx
from scoring.plan.documents.text import document_from_text
from scoring.plan.documents.xlsx import document_from_workbook
from scoring.plan.model import PlanDocument

MAX_BYTES = 30_000_000
_ZIP = b"PK"


def read_plan_document(path: Path, lang: str = "vi") -> PlanDocument:
    """Read a plan from ``.docx``, ``.xlsx`` or extracted text.

    Parameters
    ----------
    path : Path
        The file; what it holds decides, not its ending.
    lang : str
        Language of the places.

    Returns
    -------
    PlanDocument
        With findings about the file, if any.

    Raises
    ------
    UnreadableError
        The file is missing, too large, damaged, hostile, or of another kind; its `finding` says
        which, for the person who sent it.
    """
    data = read_bytes(path, MAX_BYTES)
    if len(data) > MAX_BYTES:
        values = {"limit": MAX_BYTES // 1_000_000}
        raise UnreadableError(Finding("plan-file-too-large", file=path.name, values=values))
    if not data.startswith(_ZIP):
        return document_from_text(_decoded(data, path.name), path.name, lang)
    report = inspect_package(data, file=path.name)
    if has_errors(report.findings):
        raise UnreadableError(next(f for f in report.findings if f.severity == "error"))
    if report.kind in ("docx", "docm"):
        return _from_docx(data, path.name, lang, report.findings)
    return document_from_workbook(read_workbook(data, file=path.name))


def _from_docx(data: bytes, name: str, lang: str, findings: tuple[Finding, ...]) -> PlanDocument:
    try:
        document = document_from_docx(data, name, lang)
    except (
        Exception
    ) as problem:  # python-docx fails in many ways on a package that is not quite one
        raise UnreadableError(Finding("plan-file-damaged", file=name)) from problem
    return PlanDocument(name, document.blocks, (*findings, *document.findings))


def _decoded(data: bytes, name: str) -> str:
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError(Finding("plan-file-not-text", file=name))
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig",):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            break
    raise UnreadableError(Finding("plan-file-not-utf8", file=name))

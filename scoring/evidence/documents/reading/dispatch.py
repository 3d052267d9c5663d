"""Choose the reader by what the bytes are, and turn every failure into a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.evidence.documents.reading.content import Content, ReadingLimits
from scoring.evidence.documents.reading.office import read_docx, read_xlsx
from scoring.evidence.documents.reading.pdf import read_pdf
from scoring.evidence.documents.reading.plain import read_html, read_mail, read_text
from scoring.evidence.documents.reading.types import READABLE, sniff_type, type_of_name

_READERS: dict[str, Callable[[bytes, ReadingLimits], Content]] = {
    "txt": read_text,
    "docx": read_docx,
    "xlsx": read_xlsx,
    "pdf": read_pdf,
    "eml": read_mail,
    "html": read_html,
}
# A page saved as .txt, or a mail, is plain text as far as its name promises.
_TEXTUAL = frozenset({"txt", "html", "eml"})


def read_document(name: str, data: bytes, limits: ReadingLimits | None = None) -> Content:
    """Read the bytes of a document called `name`.

    Parameters
    ----------
    name : str
        File name; its extension is what the file claims to be.
    data : bytes
        The whole file.
    limits : ReadingLimits, optional
        How much to read.

    Returns
    -------
    Content
        Text in sections. A file that is empty, broken, hostile, encrypted, scanned or of a kind
        that is not read has a finding and whatever text could be had.

    Examples
    --------
    >>> read_document("kh.txt", "Số: 12/KH-SNV".encode()).text
    'Số: 12/KH-SNV'
    >>> [finding.code for finding in read_document("kh.pdf", b"").findings]
    ['document-empty']
    """
    limits = limits or ReadingLimits()
    claimed, actual = type_of_name(name), sniff_type(data)
    refusal = _refusal(name, data, claimed, actual, limits)
    if refusal:
        return Content(actual, findings=(refusal,))
    kind = claimed if claimed in _TEXTUAL and actual in _TEXTUAL else actual
    try:
        content = _READERS[kind](data, limits)
    except UnreadableError as problem:
        return Content(kind, findings=(problem.finding,))
    except MemoryError:
        return Content(kind, findings=(Finding("document-too-large", values={"limit": "RAM"}),))
    # Parsers of hostile files raise almost anything; each is one broken document to its owner.
    except Exception as problem:
        reason = type(problem).__name__
        return Content(kind, findings=(Finding("document-broken", values={"reason": reason}),))
    return _with_cut_reported(_without_surrogates(content), limits)


def _refusal(
    name: str, data: bytes, claimed: str, actual: str, limits: ReadingLimits
) -> Finding | None:
    if not data:
        return Finding("document-empty")
    if len(data) > limits.bytes:
        return Finding("document-too-large", values={"limit": f"{limits.bytes:,} bytes"})
    if claimed and claimed != actual and not {claimed, actual} <= _TEXTUAL:
        values = {"claimed": claimed, "actual": actual or "?"}
        return Finding("document-type-differs", values=values)
    if actual == "image":
        return Finding("document-is-image")
    if actual not in READABLE or (not claimed and actual != "pdf"):
        return Finding("document-not-read", values={"kinds": ", ".join(f".{k}" for k in READABLE)})
    return None


def _without_surrogates(content: Content) -> Content:
    """Drop lone surrogates, which broken fonts yield and no file can hold."""
    clean = (
        replace(section, text=section.text.encode("utf-8", "ignore").decode("utf-8"))
        for section in content.sections
    )
    return replace(content, sections=tuple(clean))


def _with_cut_reported(content: Content, limits: ReadingLimits) -> Content:
    if not content.truncated:
        return content
    cut = Finding("document-cut", values={"limit": f"{limits.pages} / {limits.letters:,}"})
    return replace(content, findings=(*content.findings, cut))

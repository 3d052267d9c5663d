"""Read any file by what its bytes are, and turn every failure into a finding."""

from __future__ import annotations

from dataclasses import replace

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.office.content import Content, ReadingLimits, cut_to
from scoring.files.office.formats import READABLE, READERS, sniff_type, type_of_name

# A page saved as .txt, or a mail, is plain text as far as its name promises.
_TEXTUAL = frozenset({"txt", "html", "eml"})


def read_file(name: str, data: bytes, limits: ReadingLimits | None = None) -> Content:
    """Read the bytes of a file called `name`.

    It runs on untrusted bytes: call it through `scoring.evidence.documents.isolation` where a
    crash or an endless loop of a parser must not take the caller along.

    Parameters
    ----------
    name : str
        File name; its ending is what the file claims to be.
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
    >>> read_file("kh.txt", "Số: 12/KH-SNV".encode()).text
    'Số: 12/KH-SNV'
    >>> [finding.code for finding in read_file("kh.pdf", b"").findings]
    ['document-empty']
    """
    limits = limits or ReadingLimits()
    claimed, actual = type_of_name(name), sniff_type(data)
    refusal = _refusal(data, claimed, actual, limits)
    if refusal:
        return Content(actual, findings=(refusal,))
    kind = claimed if claimed in _TEXTUAL and actual in _TEXTUAL else actual
    try:
        content = cut_to(READERS[kind](data, limits, ""), limits.letters)
    except UnreadableError as problem:
        return Content(kind, findings=(problem.finding,))
    except MemoryError:
        return Content(kind, findings=(Finding("document-too-large", values={"limit": "RAM"}),))
    # Parsers of hostile files raise almost anything; each is one broken document to its owner.
    except Exception as problem:
        reason = type(problem).__name__
        return Content(kind, findings=(Finding("document-broken", values={"reason": reason}),))
    if not content.truncated:
        return content
    cut = Finding("document-cut", values={"limit": f"{limits.pages} / {limits.letters:,}"})
    return replace(content, findings=(*content.findings, cut))


def _refusal(data: bytes, claimed: str, actual: str, limits: ReadingLimits) -> Finding | None:
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

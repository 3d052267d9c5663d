"""Every format of file that is known, and the reading of any file by what its bytes are.

Whatever fails becomes a finding. A format is added by a module with its reader and an entry in `FORMATS`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from typing import Any

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.children.guarded import read_guarded
from scoring.files.excel.package import inspect_package
from scoring.files.office.content import Content, ReadingLimits, cut_to
from scoring.files.office.mail import read_mail
from scoring.files.office.parser_errors import is_own_mistake
from scoring.files.office.pdf import read_pdf
from scoring.files.office.pdf_tables import read_pdf_tables
from scoring.files.office.plain_text import UTF16_MARKS, read_text
from scoring.files.office.sheets import read_sheets
from scoring.files.office.web_page import read_web_page
from scoring.files.office.word import read_word

Reader = Callable[[bytes, ReadingLimits, str], Content]
# A page saved as .txt, or a mail, is plain text as far as its name promises.
_TEXTUAL = frozenset({"txt", "html", "eml"})
_PDF = b"%PDF"
# Finding the ruled cells of a page takes a second; decisions have two hundred pages.
_PDF_SECONDS = 300.0
# What is no document by its content, as far as its name does not claim that it is.
_NO_DOCUMENT = ("program", "")
_PACKAGE = (b"PK\x03\x04", b"PK\x05\x06")
_HTML = re.compile(
    rb"^\s*(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]?\S")
_MAIL_HEADER = re.compile(rb"^(?:From|Subject|Date|MIME-Version|Message-ID):", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file.

    Attributes
    ----------
    name : str
        ``docx``, ``pdf`` ...
    endings : tuple of str
        Endings of file names that claim to be of this kind.
    fits : callable
        Says whether bytes have its signature; formats are asked in the order of `FORMATS`.
    read : callable or None
        Its reader; None for a kind that is only recognised.
    """

    name: str
    endings: tuple[str, ...]
    fits: Callable[[bytes], bool]
    read: Reader | None = None


def _starts(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(signatures)


def _holds(part: str) -> Callable[[bytes], bool]:
    def fits(data: bytes) -> bool:
        if not data.startswith(_PACKAGE):
            return False
        try:
            return part in zipfile.ZipFile(io.BytesIO(data)).namelist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return False

    return fits


def _is_mail(data: bytes) -> bool:
    head = data[:4096]
    return bool(_HEADER.match(head)) and len(_MAIL_HEADER.findall(head)) >= 2


def _is_text(data: bytes) -> bool:
    return data.startswith(UTF16_MARKS) or b"\x00" not in data[:4096]


# Windows, Linux and Mac programs, Java classes, shortcuts and scripts.
_PROGRAM = (
    b"MZ",
    b"\x7fELF",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"L\x00\x00\x00\x01",
    b"#!",
)
FORMATS = (
    # First: a program can hold the marks of a PDF further on.
    Format("program", (), _starts(*_PROGRAM)),
    # Readers of PDF look for the mark within the first kilobyte, so a sniffer must as well.
    Format("pdf", (".pdf",), lambda data: b"%PDF-" in data[:1024], read_pdf),
    Format("docx", (".docx",), _holds("word/document.xml"), read_word),
    Format("xlsx", (".xlsx",), _holds("xl/workbook.xml"), read_sheets),
    Format("zip", (".zip",), _starts(*_PACKAGE)),
    Format("ole", (".doc", ".xls"), _starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    Format("rtf", (".rtf",), _starts(b"{\\rtf")),
    Format(
        "image",
        (".jpg", ".jpeg", ".png", ".tif", ".tiff"),
        _starts(b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"GIF8"),
    ),
    Format("html", (".html", ".htm"), lambda data: bool(_HTML.match(data[:4096])), read_web_page),
    Format("eml", (".eml",), _is_mail, read_mail),
    Format("txt", (".txt",), _is_text, read_text),
)
READERS = {known.name: known.read for known in FORMATS if known.read}
READABLE = tuple(READERS)


def type_of_name(path: PurePath | str) -> str:
    """Return the type a file's ending claims, empty when it claims none we know.

    >>> type_of_name("Kế hoạch.PDF"), type_of_name("ảnh.jpeg"), type_of_name("x.bin")
    ('pdf', 'image', '')
    """
    ending = PurePath(path).suffix.lower()
    return next((known.name for known in FORMATS if ending in known.endings), "")


def sniff_type(data: bytes) -> str:
    """Return the type `data` has by its own signature, empty when no known one fits.

    >>> sniff_type(b"%PDF-1.7 ..."), sniff_type("Số: 12/KH-SNV".encode())
    ('pdf', 'txt')
    """
    return next((known.name for known in FORMATS if known.fits(data)), "")


def read_file(name: str, data: bytes, limits: ReadingLimits | None = None) -> Content:
    """Read the bytes of a file called `name`.

    It runs on untrusted bytes: call it through `scoring.files.children.isolation` where a
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

    Raises
    ------
    Exception
        Where our own code, and not a parser, met what it did not foresee.

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
    # A mistake of ours is none, and must come to light: of a child it is one file's finding all the same.
    except Exception as problem:
        if is_own_mistake(problem):
            raise
        reason = type(problem).__name__
        return Content(kind, findings=(Finding("document-broken", values={"reason": reason}),))
    if not content.truncated:
        return content
    cut = Finding("document-cut", values={"limit": f"{limits.pages} / {limits.letters:,}"})
    return replace(content, findings=(*content.findings, cut))


def read_office(data: bytes, limits: ReadingLimits, file: str = "") -> Content:
    """Read a Word document, a workbook or the tables of a PDF, in the reading child.

    What the bytes hold decides.

    Raises
    ------
    UnreadableError
        When they hold none of these, or are not safe to open.
    """
    seconds = _PDF_SECONDS if data.startswith(_PDF) else None
    options: dict[str, Any] = {"limits": asdict(limits), "file": file}
    content: Content = read_guarded(f"{__name__}:office_of", data, seconds=seconds, **options)
    return content


def office_of(data: bytes, limits: dict[str, Any], file: str) -> Content:
    """Read as `read_office` does, in this process."""
    if data.startswith(_PDF):
        return read_pdf_tables(data, ReadingLimits(**limits), file)
    is_workbook = inspect_package(data, file=file).kind.startswith("xls")
    return (read_sheets if is_workbook else read_word)(data, ReadingLimits(**limits), file)


def _refusal(data: bytes, claimed: str, actual: str, limits: ReadingLimits) -> Finding | None:
    if not data:
        return Finding("document-empty")
    if len(data) > limits.bytes:
        return Finding("document-too-large", values={"limit": f"{limits.bytes:,} bytes"})
    if actual in _NO_DOCUMENT and not claimed:
        return Finding("document-is-none")
    if claimed and claimed != actual and not {claimed, actual} <= _TEXTUAL:
        values = {"claimed": claimed, "actual": actual or "?"}
        return Finding("document-type-differs", values=values)
    if actual == "image":
        return Finding("document-is-image")
    if actual not in READABLE or (not claimed and actual != "pdf"):
        return Finding("document-not-read", values={"kinds": ", ".join(f".{k}" for k in READABLE)})
    return None

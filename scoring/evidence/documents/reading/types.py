"""What a file is, by its bytes and by its name: the two must agree."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

READABLE = ("txt", "docx", "xlsx", "pdf", "eml", "html")

_NAMED = {
    ".txt": "txt",
    ".docx": "docx",
    ".xlsx": "xlsx",
    ".pdf": "pdf",
    ".eml": "eml",
    ".html": "html",
    ".htm": "html",
    ".doc": "ole",
    ".xls": "ole",
    ".rtf": "rtf",
    ".jpg": "image",
    ".jpeg": "image",
    ".png": "image",
    ".tif": "image",
    ".tiff": "image",
    ".zip": "zip",
}
_MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"GIF8", "image"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_HTML = re.compile(rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_HEADER = re.compile(rb"^[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]?\S")
_MAIL_HEADER = re.compile(rb"^(?:From|Subject|Date|MIME-Version|Message-ID):", re.I | re.M)


def type_of_name(path: PurePath | str) -> str:
    """Return the type a file's extension claims, empty when it claims none we know.

    >>> type_of_name("Kế hoạch.PDF"), type_of_name("ảnh.jpeg"), type_of_name("x.bin")
    ('pdf', 'image', '')
    """
    return _NAMED.get(PurePath(path).suffix.lower(), "")


def sniff_type(data: bytes) -> str:
    """Return the type `data` has by its own signature; ``""`` for bytes that are nothing known.

    >>> sniff_type(b"%PDF-1.7 ..."), sniff_type("Số: 12/KH-SNV".encode())
    ('pdf', 'txt')
    """
    # Readers of PDF look for the mark within the first kilobyte, so a sniffer must as well.
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_package(data)
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    head = data[:4096]
    if _HTML.match(head):
        return "html"
    if _HEADER.match(head) and len(_MAIL_HEADER.findall(head)) >= 2:
        return "eml"
    return "txt" if _is_text(head) else ""


def _kind_of_package(data: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "zip"
    if "word/document.xml" in names:
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else "zip"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return b"\x00" not in head

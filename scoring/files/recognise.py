"""Name what a file really is when it is not the office package its name promises."""

from __future__ import annotations

import re

from scoring.base.findings import Finding

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(rb"<(html|table|!doctype\s+html|meta|body)\b", re.IGNORECASE)


def foreign_finding(data: bytes, file: str = "") -> Finding:
    """Return the finding that names the kind of a file which is no .xlsx, .xlsm or .docx.

    Examples
    --------
    >>> foreign_finding(b"<html><table></table></html>").values["kind"]
    'HTML (.html)'
    """
    if not data:
        return Finding("file-empty", file)
    if data.startswith(_OLE):
        return _old_office(data, file)
    kind = _zip_kind(data) if data.startswith(b"PK") else _text_kind(data)
    if kind:
        return Finding("save-as-xlsx", file, values={"kind": kind})
    return Finding("not-a-workbook", file)


def _old_office(data: bytes, file: str) -> Finding:
    # An encrypted .xlsx is an old-style container with a stream of this name.
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Finding("file-encrypted", file)
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        return Finding("save-as-xlsx", file, values={"kind": "Excel 97-2003 (.xls)"})
    return Finding("not-a-workbook", file)


def _zip_kind(data: bytes) -> str:
    head = data[:300]
    if b"opendocument.spreadsheet" in head:
        return "OpenDocument (.ods)"
    if b"xl/workbook.bin" in data:
        return "Excel Binary (.xlsb)"
    return ""


def _text_kind(data: bytes) -> str:
    head = data[:4000]
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return "XML Spreadsheet 2003 (.xml)"
    if b"opendocument" in head:
        return "OpenDocument (.fods)"
    if _HTML.search(head):
        return "HTML (.html)"
    text = _decoded(head)
    first = text.splitlines()[0] if text else ""
    return "CSV" if any(mark in first for mark in ",;\t") else ""


def _decoded(head: bytes) -> str:
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = head.decode(encoding, "ignore").strip()
    printable = sum(character.isprintable() or character in "\t\r\n" for character in text)
    return text if text and printable == len(text) else ""

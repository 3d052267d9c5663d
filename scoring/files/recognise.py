"""Name what a file really is when it is not the office package its name promises."""

from __future__ import annotations

import re

from scoring.base.findings import Finding
from scoring.files.limits import UTF16_MARKS

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 4_000
# The style of a form stands before what shows that it is one.
_FORM_HEAD = 200_000
# Kinds of files, what shows them, and how far from the beginning that may stand.
_PACKAGES = (
    ("OpenDocument (.ods)", rb"opendocument\.spreadsheet", 300),
    ("Excel Binary (.xlsb)", rb"xl/workbook\.bin", None),
    ("Apple Numbers (.numbers)", rb"Index/Document\.iwa|Index\.zip", None),
)
# What the form in the browser is and saves: neither is a ledger, and each has its own way back.
_OF_THE_FORM = (
    ("form-save-given", rb'^\s*\{\s*"format"\s*:\s*"parindex-(save|form)/'),
    ("form-page-given", rb'(?i)^\s*<!doctype html>[\s\S]*id="form-(set|fill)"'),
)
_MARKED_TEXTS = (
    ("XML Spreadsheet 2003 (.xml)", rb"urn:schemas-microsoft-com:office:spreadsheet", _HEAD),
    ("OpenDocument (.fods)", rb"opendocument", _HEAD),
    ("HTML (.html)", rb"(?i)<(html|table|!doctype\s+html|meta|body)\b", _HEAD),
)


def foreign_finding(data: bytes, file: str = "") -> Finding:
    """Return the finding that names the real kind of a file that is not .xlsx, .xlsm or .docx.

    Examples
    --------
    >>> foreign_finding(b"<html><table></table></html>").values["kind"]
    'HTML (.html)'
    """
    if not data:
        return Finding("file-empty", file)
    if data.startswith(_OLE):
        return _old_office(data, file)
    for code, pattern in _OF_THE_FORM:
        if not data.startswith(b"PK") and re.search(
            pattern, data[:_FORM_HEAD].removeprefix(b"\xef\xbb\xbf")
        ):
            return Finding(code, file)
    if kind := _package_or_text(data):
        return Finding("save-as-xlsx", file, values={"kind": kind})
    return Finding("not-a-workbook", file)


def _old_office(data: bytes, file: str) -> Finding:
    # An encrypted .xlsx is an old-style container with a stream of this name.
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Finding("file-encrypted", file)
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        return Finding("save-as-xlsx", file, values={"kind": "Excel 97-2003 (.xls)"})
    return Finding("not-a-workbook", file)


def _package_or_text(data: bytes) -> str:
    is_package = data.startswith(b"PK")
    for kind, pattern, reach in _PACKAGES if is_package else _MARKED_TEXTS:
        if re.search(pattern, data[:reach]):
            return kind
    text = "" if is_package else _decoded(data[:_HEAD])
    first = text.splitlines()[0] if text else ""
    return "CSV" if any(mark in first for mark in ",;\t") else ""


def _decoded(head: bytes) -> str:
    encoding = "utf-16" if head.startswith(UTF16_MARKS) else "utf-8-sig"
    text = head.decode(encoding, "ignore").strip()
    printable = sum(character.isprintable() or character in "\t\r\n" for character in text)
    return text if text and printable == len(text) else ""

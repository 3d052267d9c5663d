"""Hostile files, made anew from a few words each: the recipes that ``corpus.toml`` names.

A recipe returns the bytes of one file. None is kept in the repository: what harms a reader is told
by what makes it, and a virus scanner finds nothing to delete.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "files"))

from package_parts import Maker

STRICT = "http://purl.oclc.org/ooxml"
DDE = "cmd|'/C calc'!A0"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha">{}]>'
_LAUGHS = "".join(
    f'<!ENTITY {after} "{f"&{before};" * 10}">'
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)
_DOCTYPES = {
    "file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "network": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "laughs": ENTITIES.format(_LAUGHS),
    "quadratic": f'<!DOCTYPE x [<!ENTITY a "{"x" * 50_000}">]>',
}
_SHEET, _BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


def shared_strings(count: int, used: int = 0, text: str = "x") -> bytes:
    """Return a workbook of `count` texts that cells share, of which `used` are shown."""
    cells = (f'<row r="{n + 1}"><c r="A{n + 1}" t="s"><v>{n}</v></c></row>' for n in range(used))
    parts = Maker.with_shared(Maker.parts("".join(cells)))
    texts = "".join(f"<si><t>{text}{n}</t></si>" for n in range(count))
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{Maker.MAIN}">{texts}</sst>'
    return Maker.pack(parts)


def packed_blanks(megabytes: int, part: str = _SHEET) -> bytes:
    """Return a workbook of which one part unpacks to a thousand times its size."""
    return Maker.pack(Maker.parts() | {part: " " * (megabytes * 1_000_000)})


def many_parts(count: int) -> bytes:
    """Return a package of `count` empty parts more than a workbook has."""
    return Maker.pack(Maker.parts() | {f"xl/{n}.bin": "" for n in range(count)})


def extra_part(name: str, content: str = "x") -> bytes:
    """Return a workbook with one part more."""
    return Maker.pack(Maker.parts() | {name: content})


def twice_named(name: str = _SHEET) -> bytes:
    """Return a workbook that holds one part twice."""
    stream = io.BytesIO(Maker.pack(Maker.parts()))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name.upper(), "<x/>")
    return stream.getvalue()


def laid_over() -> bytes:
    """Return a package whose entries all lie over the same bytes, under names of their own."""
    data = Maker.pack({"a.xml": "<x/>", "b.xml": "<x/>"}, zipfile.ZIP_STORED)
    second = data.rindex(b"PK\x01\x02") + 42
    return data[:second] + bytes(4) + data[second + 4 :]


def locked() -> bytes:
    """Return a package of which each part says that it needs a password."""
    data = bytearray(Maker.pack(Maker.parts()))
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 8] |= 1
    return bytes(data)


def entities(kind: str, encoding: str = "utf-8", kept: str = "sheet") -> bytes:
    """Return a workbook or a document that declares entities in a part."""
    text = f'<?xml version="1.0" encoding="{encoding}"?>{_DOCTYPES[kind]}<x>{"&a;" * 1_000}</x>'
    if kept == "document":
        return _word_with(text.encode(encoding))
    parts: dict[str, str | bytes] = {**Maker.parts(), _SHEET: text.encode(encoding)}
    return Maker.pack(parts)


def _word_with(document: bytes) -> bytes:
    parts = Maker.parts()
    kinds = parts["[Content_Types].xml"].replace("spreadsheetml.sheet", "wordprocessingml.document")
    links = parts["_rels/.rels"].replace("xl/workbook", "word/document")
    return Maker.pack(
        {"[Content_Types].xml": kinds, "_rels/.rels": links, "word/document.xml": document}
    )


def deep(depth: int, kept: str) -> bytes:
    """Return a file whose brackets, elements or parts lie in each other `depth` times."""
    if kept == "sheet":
        return Maker.pack(Maker.parts("<a>" * depth + "</a>" * depth))
    if kept == "document":
        words = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        inner = "<w:tbl><w:tr><w:tc>" * depth + "</w:tc></w:tr></w:tbl>" * depth
        return _word_with(
            f'<w:document xmlns:w="{words}"><w:body>{inner}</w:body></w:document>'.encode()
        )
    if kept == "json":
        return f'{{"round": {"[" * depth}{"]" * depth}}}\n'.encode()
    if kept == "toml":
        return f"id = {'[' * depth}{']' * depth}\n".encode()
    return ("<div>" * depth + "chữ" + "</div>" * depth).encode()


def mail(depth: int) -> bytes:
    """Return a message whose parts hold messages, `depth` deep."""
    lines = ["From: a@b", "Subject: x", "MIME-Version: 1.0"]
    for n in range(depth):
        lines += [f'Content-Type: multipart/mixed; boundary="{n}"', "", f"--{n}"]
    return "\n".join([*lines, "Content-Type: text/plain", "", "chữ", ""]).encode()


def sheet(
    rows: str = "", before: str = "", after: str = "", times: int = 1, stored: bool = False
) -> bytes:
    """Return a workbook of one sheet with `rows` and `after`, each `times` over."""
    made = Maker.parts(rows * times, before=before, after=after * times)
    return Maker.pack(made, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)


def rising_cells(cell: str, count: int) -> bytes:
    """Return a sheet of `count` rows; ``{n}`` in the cell is the number of its row."""
    rows = "".join(f'<row r="{n}">{cell.replace("{n}", str(n))}</row>' for n in range(1, count + 1))
    return Maker.pack(Maker.parts(rows))


def many_sheets(count: int) -> bytes:
    """Return a workbook whose sheets, `count` of them, are one and the same part."""
    parts = Maker.parts()
    named = "".join(f'<sheet name="S{n}" sheetId="{n + 2}" r:id="rId1"/>' for n in range(count))
    parts[_BOOK] = parts[_BOOK].replace("</sheets>", f"{named}</sheets>")
    return Maker.pack(parts)


def replaced(old: str, new: str, part: str = _BOOK, rows: str = '<row r="1"/>') -> bytes:
    """Return a workbook of which one part says `new` instead of `old`."""
    parts = Maker.parts(rows)
    if old not in parts[part]:
        raise ValueError(f"{part} does not say {old}")
    return Maker.pack(parts | {part: parts[part].replace(old, new)})


def strict(rows: str) -> bytes:
    """Return a workbook in the strict form of OOXML, whose names stand elsewhere."""
    parts = {
        name: text.replace(Maker.MAIN, f"{STRICT}/spreadsheetml/main").replace(
            Maker.OFFICE, f"{STRICT}/officeDocument/relationships"
        )
        for name, text in Maker.parts(rows).items()
    }
    return Maker.pack(parts)


def archive(names: list[str], content: str = "x", megabytes: int = 0) -> bytes:
    """Return a zip of files under the names given."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(zipfile.ZipInfo(name), content + " " * (megabytes * 1_000_000),
                          zipfile.ZIP_DEFLATED)  # fmt: skip
    return stream.getvalue()


def text(
    words: str, times: int = 1, encoding: str = "utf-8", head: str = "", tail: str = ""
) -> bytes:
    """Return a text: a head, words again and again, a tail, in an encoding."""
    return f"{head}{words * times}{tail}".encode(encoding)


def mixed(head: str, words: str, encodings: list[str]) -> bytes:
    """Return lines of which each is in another encoding."""
    return head.encode() + b"".join(f"{words}\n".encode(one) for one in encodings)


def raw(escaped: str, times: int = 1) -> bytes:
    """Return bytes spelt in Latin letters and escapes."""
    return escaped.encode("latin-1") * times


def journal(value: str) -> bytes:
    """Return a journal of one line with a value as JSON spells it."""
    entry = {"round": "1", "unit_code": "a", "year": 2026, "item_code": "1.1", "points": "?"}
    return (json.dumps(entry).replace('"?"', value) + "\n").encode()


def parquet(rows: int, letters: int) -> bytes:
    """Return a small Parquet table that stands for `rows` texts of `letters` letters."""
    import pyarrow as pa
    from pyarrow import parquet as tables

    column = pa.DictionaryArray.from_arrays(
        pa.array([0] * rows, pa.int32()), pa.array(["x" * letters])
    )
    stream = io.BytesIO()
    tables.write_table(pa.table({"value": column}), stream)
    return stream.getvalue()


def pdf_loop() -> bytes:
    """Return a PDF whose page tree is a child of itself."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 999999999>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def pdf_flood(megabytes: int) -> bytes:
    """Return a PDF of one page whose drawing unpacks to megabytes."""
    import zlib

    drawn = zlib.compress(b"q Q " * (megabytes * 250_000), 9)
    head = f"4 0 obj<</Length {len(drawn)}/Filter/FlateDecode>>stream\n".encode()
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        + head + drawn + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )  # fmt: skip


RECIPES: dict[str, Callable[..., bytes]] = {
    made.__name__: made
    for made in (
        shared_strings, packed_blanks, many_parts, extra_part, twice_named, laid_over, locked, entities,
        deep, mail, sheet, rising_cells, many_sheets, replaced, strict, archive, text, mixed, raw,
        journal, parquet, pdf_loop, pdf_flood,
    )
}  # fmt: skip

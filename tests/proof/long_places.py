"""Each text of a file that a person may have written, one after the other, and a long one in its place."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from hostile_cells import _CELL, _PAIR

from scoring.files.limits import TableLimits

# What a cell of a workbook can hold.
CELL_LETTERS = 32_767
# What a cell of a table may hold before the whole is refused.
TABLE_LETTERS = TableLimits().cell_characters - 100
# Texts of a document that are tried; a file has few kinds of lines.
_MOST_LINES = 12
_WORDS = re.compile(rb"(<w:t\b[^>]*>)([^<]+)(</w:t>)")
_PLACE = re.compile(rb'<c r="([A-Z]+)(\d+)"')
_STRING = re.compile(rb'^"(.*)"\s*$')


class Place(NamedTuple):
    """Where a text stands: what it says there, how long it may be, and the file with another in it."""

    name: str
    said: str
    most: int | None
    having: Callable[[str], bytes]


def places(name: str, data: bytes) -> Iterator[Place]:
    """Yield each text field of a file: a column and its heading, a line, a cell, a key."""
    ending = name.rsplit(".", 1)[-1]
    if ending in ("xlsx", "xlsm"):
        yield from _cells(data)
    elif ending == "docx":
        yield from _runs(data)
    elif ending == "csv":
        yield from _columns(data)
    elif ending == "toml":
        yield from _keys(data)
    elif ending in ("json", "jsonl"):
        yield from _leaves(data)
    else:
        yield from _lines(data)


def _columns(data: bytes) -> Iterator[Place]:
    text = data.decode("utf-8-sig")
    mark = max(",;\t", key=text[:2000].count)
    rows = list(csv.reader(io.StringIO(text), delimiter=mark))

    def having(row: int, at: int, said: str) -> bytes:
        out = io.StringIO()
        made = [list(cells) for cells in rows]
        made[row][at] = said
        csv.writer(out, delimiter=mark, lineterminator="\n").writerows(made)
        return out.getvalue().encode("utf-8")

    for at, heading in enumerate(rows[0]):
        full = next((n for n, cells in enumerate(rows[1:], 1) if len(cells) > at and cells[at]), 1)
        for row in (0, full) if len(rows) > 1 else (0,):
            where = f"{heading} (heading)" if row == 0 else heading
            said = rows[row][at] if len(rows[row]) > at else ""
            yield Place(
                where, said, TABLE_LETTERS, lambda said, row=row, at=at: having(row, at, said)
            )


def _lines(data: bytes) -> Iterator[Place]:
    lines = data.decode("utf-8", "replace").split("\n")
    parts = [(row, at) for row, line in enumerate(lines) for at, part in enumerate(line.split("\t"))
             if part.strip()]  # fmt: skip

    def having(row: int, at: int, said: str) -> bytes:
        cells = lines[row].split("\t")
        whole = "\t".join([*cells[:at], said, *cells[at + 1 :]])
        return "\n".join([*lines[:row], whole, *lines[row + 1 :]]).encode("utf-8")

    for row, at in parts[: 2 * _MOST_LINES]:
        told = lines[row].split("\t")[at]
        yield Place(
            f"line {row + 1}.{at + 1}",
            told,
            None,
            lambda said, row=row, at=at: having(row, at, said),
        )


def _put(data: bytes, start: int, end: int, new: bytes) -> bytes:
    return data[:start] + new + data[end:]


def _keys(data: bytes) -> Iterator[Place]:
    for match in _PAIR.finditer(data):
        if string := _STRING.match(match[2]):
            yield Place(
                match[1].decode().strip(" ="), string[1].decode(), None,
                lambda said, match=match: _put(
                    data, match.start(2), match.end(2), json.dumps(said, ensure_ascii=False).encode()
                ),
            )  # fmt: skip


def _leaves(data: bytes) -> Iterator[Place]:
    first, _, rest = data.partition(b"\n")
    try:
        value, tail = json.loads(data), b""
    except ValueError:  # a line each
        value, tail = json.loads(first), b"\n" + rest
    for path, said in _strings(value):
        yield Place(
            "/".join(map(str, path)), said, None,
            lambda said, path=path: json.dumps(_changed(value, path, said)).encode() + tail,
        )  # fmt: skip


def _strings(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value[:2]):
            yield from _strings(one, (*path, key))


def _changed(value: Any, path: tuple[Any, ...], said: str) -> Any:
    if not path:
        return said
    made = dict(value) if isinstance(value, dict) else list(value)
    made[path[0]] = _changed(value[path[0]], path[1:], said)
    return made


def _rezipped(data: bytes, part: str, new: bytes) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for entry in old.infolist():
            made.writestr(entry.filename, new if entry.filename == part else old.read(entry))
    return out.getvalue()


def _runs(data: bytes) -> Iterator[Place]:
    part = "word/document.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        xml = package.read(part)
    for number, match in enumerate(list(_WORDS.finditer(xml))[: 2 * _MOST_LINES], 1):
        head = match[1].replace(b"<w:t>", b'<w:t xml:space="preserve">') + b""
        yield Place(
            f"text {number}", match[2].decode(), None,
            lambda said, match=match, head=head: _rezipped(data, part, _put(
                xml, match.start(), match.end(), head + escape(said).encode() + match[3])),
        )  # fmt: skip


def _cells(data: bytes) -> Iterator[Place]:
    """Yield the last filled cell of each column of each sheet, and the first, most often its heading."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheets = {name: package.read(name) for name in package.namelist()
                  if name.startswith("xl/worksheets/sheet")}  # fmt: skip
    for part, xml in sheets.items():
        filled = [match for match in _CELL.finditer(xml) if not match[0].endswith(b"/>")]
        columns: dict[bytes, list[re.Match[bytes]]] = {}
        for match in filled:
            if place := _PLACE.match(match[0]):
                columns.setdefault(place[1], []).append(match)
        for found in columns.values():
            for match in dict.fromkeys((found[0], found[-1])):
                yield _cell(data, part, xml, match)


def _cell(data: bytes, part: str, xml: bytes, match: re.Match[bytes]) -> Place:
    column, row = _PLACE.match(match[0]).groups()  # type: ignore[union-attr]

    def having(said: str) -> bytes:
        new = (
            b'<c r="' + column + row + b'" t="inlineStr"><is><t xml:space="preserve">'
            + escape(said).encode() + b"</t></is></c>"
        )  # fmt: skip
        return _rezipped(data, part, _put(xml, match.start(), match.end(), new))

    sheet = part.rsplit("/", 1)[-1].removesuffix(".xml")
    return Place(f"{sheet} {column.decode()}{row.decode()}", "Kế hoạch", CELL_LETTERS, having)

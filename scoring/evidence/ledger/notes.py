"""Adding notes to the cells of a sheet by its parts: the texts, and the boxes they show in."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from html import escape

from openpyxl.utils.cell import coordinate_to_tuple

from scoring.evidence.ledger.patching import (
    MAIN,
    OFFICE,
    XML_HEAD,
    Package,
    add_content_type,
    add_relationship,
    prefix_of,
    relationships_part,
)

_TAG = re.compile(r"<(/?)((?:[\w.-]+:)?([\w.-]+))(?:\s[^<>]*?)?(/?)>")
# What the schema puts behind the drawing of the notes.
_AFTER_NOTES = {
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
}  # fmt: skip


def add_notes(package: Package, part: str, notes: Mapping[str, str], author: str) -> None:
    """Add notes to cells of a sheet, beside or behind the notes that are there."""
    xml = package.text(part)
    comments, drawing = _note_parts(package, part)
    if comments is None:
        comments = package.free_name("xl/commentsPar{}.xml")
        package.put(
            comments,
            f'{XML_HEAD}<comments xmlns="{MAIN}"><authors></authors><commentList></commentList></comments>',
        )
        add_content_type(
            package,
            comments,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
        )
        add_relationship(package, part, "comments", comments)
    if drawing is None:
        drawing = package.free_name("xl/drawings/vmlDrawingPar{}.vml")
        package.put(drawing, _EMPTY_DRAWING)
        add_content_type(
            package, drawing, "application/vnd.openxmlformats-officedocument.vmlDrawing"
        )
        key = add_relationship(package, part, "vmlDrawing", drawing)
        element = f'<{prefix_of(xml, "worksheet")}legacyDrawing xmlns:r="{OFFICE}" r:id="{key}"/>'
        package.put(part, _with_legacy_drawing(xml, element))
    fresh = _add_comments(package, comments, notes, author)
    _add_shapes(package, drawing, fresh)


def _note_parts(package: Package, part: str) -> tuple[str | None, str | None]:
    """Return the parts that hold the notes of a sheet and their boxes; None where it has none."""
    name = relationships_part(part)
    found: dict[str, str] = {}
    if name in package:
        for element in re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", package.text(name)):
            kind = re.search(r'Type="[^"]*/(\w+)"', element)
            target = re.search(r'Target="([^"]*)"', element)
            if kind and target:
                path = posixpath.join("/", posixpath.dirname(part), target[1])
                found[kind[1]] = posixpath.normpath(path).lstrip("/")
    is_used = "legacyDrawing" in re.sub(r"legacyDrawingHF", "", package.text(part))
    return found.get("comments"), found.get("vmlDrawing") if is_used else None


def _with_legacy_drawing(xml: str, element: str) -> str:
    """Insert the reference to the boxes where the schema wants it."""
    at = _place_behind_drawing(xml)
    return xml[:at] + element + xml[at:]


def _place_behind_drawing(xml: str) -> int:
    start = xml.rfind("sheetData")
    start = xml.index(">", start) + 1
    depth = 0
    for found in _TAG.finditer(xml, start):
        closing, _, name, single = found.groups()
        if depth == 0 and (name in _AFTER_NOTES or (closing and name == "worksheet")):
            return found.start()
        if not single:
            depth += -1 if closing else 1
    return len(xml)


def _add_comments(package: Package, part: str, notes: Mapping[str, str], author: str) -> list[str]:
    """Add or extend notes; return the cells that had none and so need a box."""
    xml = package.text(part)
    p = prefix_of(xml, "comments")
    authors = len(re.findall(rf"<{p}author(?:\s[^>]*)?(?:/>|>)", xml))
    xml = re.sub(rf"<{p}authors\s*/>", f"<{p}authors></{p}authors>", xml)
    xml = re.sub(rf"<{p}commentList\s*/>", f"<{p}commentList></{p}commentList>", xml)
    xml = xml.replace(f"</{p}authors>", f"<{p}author>{escape(author)}</{p}author></{p}authors>", 1)
    fresh = []
    for address, text in notes.items():
        run = f'<{p}r><{p}t xml:space="preserve">{escape(text, quote=False)}</{p}t></{p}r>'
        old = re.search(rf'<{p}comment\s[^>]*ref="{address}".*?</{p}text>', xml, re.DOTALL)
        if old:
            extra = f'<{p}r><{p}t xml:space="preserve">\n---\n</{p}t></{p}r>{run}'
            at = old.end() - len(f"</{p}text>")
            xml = xml[:at] + extra + xml[at:]
            continue
        fresh.append(address)
        new = f'<{p}comment ref="{address}" authorId="{authors}"><{p}text>{run}</{p}text></{p}comment>'
        xml = xml.replace(f"</{p}commentList>", f"{new}</{p}commentList>", 1)
    package.put(part, xml)
    return fresh


_EMPTY_DRAWING = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)


def _add_shapes(package: Package, part: str, addresses: Sequence[str]) -> None:
    """Add the boxes in which notes show."""
    xml = package.text(part)
    used = [int(number) for number in re.findall(r"_x0000_s(\d+)", xml)]
    first = max(used, default=1024) + 1
    shapes = "".join(_shape(first + n, address) for n, address in enumerate(addresses))
    at = xml.rindex("</xml>")
    package.put(part, xml[:at] + shapes + xml[at:])


def _shape(number: int, address: str) -> str:
    row, column = (place - 1 for place in coordinate_to_tuple(address))
    anchor = f"{column + 1}, 15, {max(0, row - 1)}, 2, {column + 5}, 31, {row + 7}, 1"
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;'
        'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
        '<div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">'
        f"<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column>"
        "</x:ClientData></v:shape>"
    )

"""Adding notes to the cells of a sheet: the texts, and the boxes they show in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from scoring.files.excel.cells import row_and_column
from scoring.files.excel.sheet_scan import shown_text
from scoring.files.excel.xlsx_patch.package_parts import (
    OFFICE,
    PackageParts,
    add_text,
    child,
    children,
    new_root,
    place_before,
)
from scoring.files.excel.xml_parts import Element, whole_number

# What the schema puts behind the drawing of the notes.
_AFTER_NOTES = (
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
)  # fmt: skip
# Stands between a note that was there and ours behind it.
_BETWEEN = "\n---\n"
_BOX_END = b"</v:shape>"
_SHAPE_NUMBER = re.compile(rb"_x0000_s(\d{1,9})")


def add_notes(parts: PackageParts, part: str, notes: Mapping[str, str], author: str) -> None:
    """Add notes to cells of the sheet in `part`, behind the notes that are there.

    Examples
    --------
    >>> import io
    >>> import openpyxl
    >>> from scoring.files.excel.xlsx_patch.read_back import open_parts
    >>> from scoring.files.limits import Limits
    >>> stream = io.BytesIO()
    >>> book = openpyxl.Workbook()
    >>> book.active["A1"] = 5
    >>> book.save(stream)
    >>> parts = open_parts(stream.getvalue(), Limits())
    >>> add_notes(parts, "xl/worksheets/sheet1.xml", {"A1": "Xem lại"}, "An")
    >>> openpyxl.load_workbook(io.BytesIO(parts.to_bytes())).active["A1"].comment.text
    'Xem lại'
    """
    related, sheet = parts.related(part), parts.root(part)
    fresh = _add_texts(_comments(parts, part, related.get("comments", "")), notes, author)
    drawing = related.get("vmlDrawing") if children(sheet, "legacyDrawing") else None
    _add_boxes(parts, drawing or _new_drawing(parts, part, sheet), fresh)


def notes_of(parts: PackageParts, part: str) -> dict[str, str]:
    """Return the texts of the notes of the sheet in `part` by their cells."""
    name = parts.related(part).get("comments", "")
    notes = parts.root(name).iter("{*}comment") if name in parts else ()
    return {note.get("ref", ""): shown_text(note) for note in notes}


def remove_notes(parts: PackageParts, part: str, cells: Collection[str], author: str) -> None:
    """Take out of some cells what `author` noted there, and the boxes of notes that are gone."""
    related = parts.related(part)
    if (name := related.get("comments", "")) not in parts:
        return
    root, gone = parts.root(name), list[str]()
    own = {n for n, entry in enumerate(root.iter("{*}author")) if entry.text == author}
    for note in list(root.iter("{*}comment")):
        if note.get("ref") not in cells:
            continue
        runs = list(note.iter("{*}r"))
        behind = next((n for n, run in enumerate(runs) if shown_text(run) == _BETWEEN), len(runs))
        if whole_number(note.get("authorId")) in own:
            gone.append(note.get("ref"))
            note.getparent().remove(note)
        for run in runs[behind:]:
            run.getparent().remove(run)
    if (drawing := related.get("vmlDrawing", "")) in parts:
        boxes = parts.raw(drawing).split(_BOX_END)
        places = [[place - 1 for place in row_and_column(cell)] for cell in gone]
        marks = [f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column>" for row, column in places]
        kept = [_without_box(box, [mark.encode() for mark in marks]) for box in boxes[:-1]]
        parts.put_raw(drawing, b"".join(kept) + boxes[-1])


def _without_box(text: bytes, marks: Sequence[bytes]) -> bytes:
    """Return the text up to the end of a box, without the box where it holds one of `marks`."""
    if any(mark in b"".join(text.split()) for mark in marks):
        return text[: text.rfind(b"<v:shape ")]
    return text + _BOX_END


def _comments(parts: PackageParts, part: str, name: str) -> Element:
    """Return the texts of the notes of a sheet, begun where there are none."""
    if name in parts:
        return parts.root(name)
    root = new_root("comments", parts.root(part))
    name = parts.add("xl/commentsPar{}.xml", root, "spreadsheetml.comments+xml")
    parts.relate(part, "comments", name)
    return root


def _add_texts(root: Element, notes: Mapping[str, str], author: str) -> list[str]:
    """Add or extend notes; return the cells that had none and so need a box."""
    for place, name in enumerate(("authors", "commentList")):
        if not children(root, name):
            root.insert(place, child(root, name))
    authors, listed = (children(root, name)[0] for name in ("authors", "commentList"))
    child(authors, "author").text = author
    known = {note.get("ref"): note for note in children(listed, "comment")}
    fresh = []
    for address, text in notes.items():
        if address in known and children(known[address], "text"):
            body = children(known[address], "text")[0]
            add_text(child(body, "r"), _BETWEEN)
        else:
            fresh.append(address)
            last = len(children(authors, "author")) - 1
            body = child(child(listed, "comment", ref=address, authorId=last), "text")
        add_text(child(body, "r"), text)
    return fresh


def _new_drawing(parts: PackageParts, part: str, sheet: Element) -> str:
    """Begin the drawing of the boxes and refer to it where the schema wants it."""
    name = parts.add("xl/drawings/vmlDrawingPar{}.vml", _EMPTY_DRAWING, "vmlDrawing")
    made = child(sheet, "legacyDrawing")
    made.set(f"{{{OFFICE}}}id", parts.relate(part, "vmlDrawing", name))
    place_before(sheet, made, _AFTER_NOTES)
    return name


_EMPTY_DRAWING = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    b'<o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    b'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    b'<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)


def _add_boxes(parts: PackageParts, name: str, addresses: Sequence[str]) -> None:
    """Add the boxes in which notes show.

    Office writes this one part as a web page of its time, which need not be sound XML, so the
    boxes are put before its end as they are.
    """
    drawing = parts.raw(name)
    first = max(map(int, _SHAPE_NUMBER.findall(drawing)), default=1024) + 1
    shapes = "".join(_shape(first + n, address) for n, address in enumerate(addresses))
    before, end, behind = drawing.rpartition(b"</xml>")
    parts.put_raw(name, before + shapes.encode() + end + behind)


def _shape(number: int, address: str) -> str:
    row, column = (place - 1 for place in row_and_column(address))
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

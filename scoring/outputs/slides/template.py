"""The empty deck: 16:9, one layout with title, foot and number, the colours and font of the charts."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Slides
from pptx.util import Inches

from scoring.files.sealed.same_zip import same_zip
from scoring.outputs.charts.chart_sheet import printable
from scoring.outputs.slides.slide_text import Box
from scoring.outputs.theme import INK, PAPER, RAMP, ROLES

# On every Windows, with all Vietnamese letters.
FONT = "Arial"
SIZE = (13.333, 7.5)
BADGE = Box(0.5, 0.1, 12.33, 0.28)
TITLE = Box(0.5, 0.4, 12.33, 0.92)
BODY = Box(0.5, 1.5, 12.33, 5.3)
FOOT = Box(0.5, 6.98, 11.2, 0.36)
NUMBER = Box(11.83, 6.98, 1.0, 0.36)
TITLE_SIZE, FOOT_SIZE = 26.0, 10.0
# Slots of the theme by the role of their colour: recolouring the theme recolours every chart.
THEME_ROLES = {
    "reached": "accent1", "lost": "accent2", "gained": "accent3", "target": "accent4",
    "last-year": "accent5", "late": "accent6",
}  # fmt: skip
_OTHERS = {"dk1": INK, "lt1": PAPER, "dk2": RAMP[-1], "lt2": RAMP[0], "hlink": RAMP[-2]}
_LAYOUT = "Title Only"
_PLACES = {"title": TITLE, "ftr": FOOT, "sldNum": NUMBER, "body": BODY}
_SIZES = {"ftr": FOOT_SIZE, "sldNum": FOOT_SIZE}
# A picture and a printer of the maker of the empty file, and its counts of words and slides.
_NOT_OURS = (RELATIONSHIP_TYPE.THUMBNAIL, RELATIONSHIP_TYPE.EXTENDED_PROPERTIES)
# Fixed, so that the same content gives the same bytes on any day.
_CREATED_ON = dt.datetime(2000, 1, 1)


def empty_slides(title: str, subject: str, lang: str) -> Slides:
    """Return a presentation without a slide, whose one layout has a title, a foot and a number."""
    slides = Presentation()
    slides.slide_width, slides.slide_height = Inches(SIZE[0]), Inches(SIZE[1])
    slides.element.find(qn("p:sldSz")).attrib.pop("type", None)
    for layout in list(slides.slide_layouts):
        if layout.name != _LAYOUT:
            slides.slide_layouts.remove(layout)
    _settle_places(slides.slide_master)
    _settle_theme(slides.slide_master)
    _list_notes_master(slides)
    for part in (slides.part, slides.part.package):
        for key, link in list(part._rels.items()):
            if link.reltype in _NOT_OURS or link.reltype.endswith("/printerSettings"):
                part._rels.pop(key)
    core, language = slides.core_properties, "vi-VN" if lang == "vi" else "en-GB"
    core.title, core.subject = printable(title)[:250], printable(subject)[:250]
    core.author = core.last_modified_by = core.comments = ""
    core.language, core.created, core.modified = language, _CREATED_ON, _CREATED_ON
    return slides


def _settle_places(master: Any) -> None:
    """Put the placeholders of the master, which those of the layout follow, onto the wide page."""
    for shape in list(master.placeholders):
        kind = shape.element.ph.get("type", "body")
        if kind not in _PLACES:
            shape.element.getparent().remove(shape.element)
            continue
        place(shape, _PLACES[kind])
        for run in shape.element.iter(qn("a:defRPr")) if kind in _SIZES else ():
            run.set("sz", str(round(100 * _SIZES[kind])))
    for shape in list(master.slide_layouts[0].placeholders):
        if shape.element.ph.get("type") == "dt":
            shape.element.getparent().remove(shape.element)
    footer = next(s for s in master.placeholders if s.element.ph.get("type") == "ftr")
    footer.element.find(f".//{qn('a:lvl1pPr')}").set("algn", "l")
    title = master.element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    title.set("algn", "l")
    letters = title.find(qn("a:defRPr"))
    letters.set("sz", str(round(100 * TITLE_SIZE)))
    letters.set("b", "1")
    letters.find(f".//{qn('a:schemeClr')}").set("val", "tx2")


def _list_notes_master(slides: Slides) -> None:
    """Name the master of notes beside that of slides, as PowerPoint does; python-pptx only links it."""
    link = slides.part.relate_to(slides.notes_master.part, RELATIONSHIP_TYPE.NOTES_MASTER)
    listed = slides.element.makeelement(qn("p:notesMasterIdLst"))
    listed.append(listed.makeelement(qn("p:notesMasterId"), {qn("r:id"): link}))
    slides.element.find(qn("p:sldMasterIdLst")).addnext(listed)


def place(shape: Any, box: Box) -> None:
    """Put a shape into a box."""
    shape.left, shape.top, shape.width, shape.height = (Inches(side) for side in box)


def _settle_theme(master: Any) -> None:
    """Give the theme the colours of the charts, and one font for all letters."""
    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = parse_xml(part.blob)
    colours = _OTHERS | {slot: ROLES[role].color for role, slot in THEME_ROLES.items()}
    scheme = theme.find(f".//{qn('a:clrScheme')}")
    for slot, colour in colours.items():
        tag = scheme.find(qn(f"a:{slot}"))
        tag.clear()
        tag.append(tag.makeelement(qn("a:srgbClr"), {"val": colour.lstrip("#").upper()}))
    for fonts in theme.find(f".//{qn('a:fontScheme')}"):
        fonts.find(qn("a:latin")).set("typeface", FONT)
        for font in fonts.findall(qn("a:font")):
            fonts.remove(font)
    for named in (theme, scheme, theme.find(f".//{qn('a:fontScheme')}")):
        named.set("name", "PAR Index")
    part._blob = serialize_part_xml(theme)


def saved(slides: Slides) -> bytes:
    """Return the file; the same slides give the same bytes."""
    raw = io.BytesIO()
    slides.save(raw)
    return same_zip(raw.getvalue())

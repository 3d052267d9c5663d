"""A deck being written: pages with a title, text, tables and notes, each within its box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Inches, Pt

from scoring.outputs.charts.chart_sheet import printable
from scoring.outputs.slides import template
from scoring.outputs.slides.slide_text import (
    Box,
    Columns,
    column_widths,
    cut,
    fitted,
    line_count,
    text_height,
)
from scoring.outputs.theme import ROLES

_LEAST_TITLE = 20.0
_TEXT_SIZE, _LEAST_TEXT = 18.0, 12.0
TABLE_SIZE = 12.0
_ROW_LINES, _HEAD_LINES = 2, 3
_CELL = (0.07, 0.04)
_AFTER, _BULLET = 0.35, 0.22


def _colour(role: str) -> str:
    return role if role.startswith("#") else ROLES[role].color


def is_dark(role: str) -> bool:
    """Say whether white letters read better than black ones on the colour of a role."""
    shares = zip((299, 587, 114), bytes.fromhex(_colour(role).lstrip("#")), strict=True)
    return sum(share * value for share, value in shares) < 128_000


def paint(fill_or_font: Any, role: str) -> None:
    """Give a fill or a font the colour of a role, by the theme where the theme has it; or "#rrggbb"."""
    slot = template.THEME_ROLES.get(role)
    if slot:
        fill_or_font.theme_color = getattr(MSO_THEME_COLOR, slot.upper().replace("T", "T_", 1))
    else:
        fill_or_font.rgb = RGBColor.from_string(_colour(role).lstrip("#").upper())


class SlideDeck:
    """A presentation of which every page has title, foot, number and notes.

    Parameters
    ----------
    title, subject : str
        Of the file.
    lang : str
        ``vi`` or ``en``.
    foot : str
        What stands at the foot of every page.
    badge : str
        What stands at the head of every page: that the set is a sample; empty for others.
    """

    def __init__(self, title: str, subject: str, lang: str, foot: str, badge: str = "") -> None:
        self.slides = template.empty_slides(title, subject, lang)
        self.lang = "vi-VN" if lang == "vi" else "en-GB"
        self.foot, self.badge = foot, badge

    def page(self, title: str, notes: Sequence[str]) -> SlidePage:
        """Add a page; its title says the finding, its notes say source and method."""
        layout = self.slides.slide_layouts[0]
        page = SlidePage(self.slides.slides.add_slide(layout), self.lang)
        page.title(title)
        for shape in layout.placeholders:
            if shape.element.ph.get("type") in ("ftr", "sldNum"):
                page.foot(shape, self.foot)
        if self.badge:
            page.text(template.BADGE, [self.badge], size=12, bold=True, role="late", least=9)
        notes_frame = page.slide.notes_slide.notes_text_frame
        if notes_frame is not None:
            notes_frame.text = "\n".join(map(printable, notes))
            page.spoken(notes_frame)
        return page

    def to_bytes(self) -> bytes:
        """Return the file; the same pages give the same bytes."""
        return template.saved(self.slides)


class SlidePage:
    """A page being written."""

    def __init__(self, slide: Slide, lang: str) -> None:
        self.slide, self.lang = slide, lang

    def title(self, text: str) -> None:
        """Write the title into its placeholder, smaller where it is long."""
        box = template.TITLE
        # The placeholder keeps the inner margins of PowerPoint.
        inner = Box(box.left, box.top, box.width - 0.22, box.height - 0.1)
        fit = fitted([text], inner, template.TITLE_SIZE, _LEAST_TITLE, bold=True)
        shape = self.slide.shapes.title
        frame = shape.text_frame
        frame.text = "".join(fit.paragraphs)
        frame.auto_size = MSO_AUTO_SIZE.NONE
        for run in frame.paragraphs[0].runs if fit.size < template.TITLE_SIZE else ():
            run.font.size = Pt(fit.size)
        self.spoken(frame)

    def foot(self, placeholder: Any, text: str) -> None:
        """Repeat a placeholder of the layout: the foot with its text, the number as it is."""
        copied = deepcopy(placeholder.element)
        copied.nvSpPr.cNvPr.set("id", str(self.slide.shapes._next_shape_id))
        self.slide.shapes._spTree.append(copied)
        if copied.ph.get("type") == "ftr":
            box = template.FOOT
            inner = Box(box.left, box.top, box.width - 0.22, box.height)
            shown = fitted([text], inner, template.FOOT_SIZE, 8).paragraphs
            frame = self.slide.shapes[-1].text_frame
            frame.text = "".join(shown)
            self.spoken(frame)

    def spoken(self, frame: Any) -> None:
        """Say in which language a text is, for spelling and for reading aloud."""
        for paragraph in frame.paragraphs:
            for run in paragraph.runs:
                run._r.get_or_add_rPr().set("lang", self.lang)

    def text(
        self,
        box: Box,
        paragraphs: Sequence[str],
        *,
        size: float = _TEXT_SIZE,
        least: float = _LEAST_TEXT,
        bold: bool = False,
        role: str = "",
        bullets: bool = False,
    ) -> None:
        """Write paragraphs into a box, made smaller and then cut where they do not fit."""
        inner = box._replace(width=box.width - (_BULLET if bullets else 0))
        fit = fitted(paragraphs, inner, size, least, bold=bold, after=_AFTER)
        shape = self.slide.shapes.add_textbox(*(Inches(side) for side in box))
        frame = shape.text_frame
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for at, text in enumerate(fit.paragraphs):
            paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
            paragraph.space_after = Pt(round(_AFTER * fit.size, 1))
            if bullets:
                _bullet(paragraph)
            run = paragraph.add_run()
            run.text = text
            run.font.size, run.font.bold = Pt(fit.size), bold
            if role:
                paint(run.font.color, role)
        self.spoken(frame)

    def table(
        self,
        box: Box,
        columns: Columns,
        rows: Sequence[Sequence[str]],
        alt: str,
        more: Callable[[int], str],
        *,
        size: float = TABLE_SIZE,
        hidden: int = 0,
    ) -> int:
        """Add a table with as many rows as the box holds; return how many.

        `more` says below it how many are left out, with those `hidden` beforehand. A cell takes two
        lines at most.
        """
        room = column_widths(box.width, columns.shares, columns.heads, size, _CELL[0])
        cells = [
            [
                cut(
                    text,
                    size,
                    width - 2 * _CELL[0],
                    _ROW_LINES if at else _HEAD_LINES,
                    bold=at == 0,
                )
                for text, width in zip(row, room, strict=True)
            ]
            for at, row in enumerate([columns.heads, *rows[: _most_rows(box, size)]])
        ]
        heights = [_row_height(row, room, size, bold=at == 0) for at, row in enumerate(cells)]
        shown = _fitting(
            heights, box.height, is_all=not hidden and len(cells) == len(rows) + 1, size=size
        )
        self._fill(box, cells[:shown], heights, room, columns.numbers, size, alt)
        if left := hidden + len(rows) + 1 - shown:
            top = box.top + sum(heights[:shown]) + 0.06
            below = Box(box.left, top, box.width, text_height(1.4, size))
            self.text(below, [more(left)], size=size, least=10)
        return shown - 1

    def _fill(
        self,
        box: Box,
        cells: Sequence[Sequence[str]],
        heights: Sequence[float],
        room: Sequence[float],
        numbers: Sequence[int],
        size: float,
        alt: str,
    ) -> None:
        sides = (Inches(side) for side in (*box[:3], sum(heights[: len(cells)])))
        frame = self.slide.shapes.add_table(len(cells), len(room), *sides)
        describe(frame, alt)
        table = frame.table
        for column, width in zip(table.columns, room, strict=True):
            column.width = Inches(width)
        for at, row in enumerate(cells):
            table.rows[at].height = Inches(heights[at])
            for column, text in enumerate(row):
                cell = table.cell(at, column)
                cell.margin_left = cell.margin_right = Inches(_CELL[0])
                cell.margin_top = cell.margin_bottom = Inches(_CELL[1])
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                cell.text_frame.text = text
                for paragraph in cell.text_frame.paragraphs:
                    # The size of a paragraph is not heeded by PowerPoint, that of its runs is.
                    for run in paragraph.runs:
                        run.font.size = Pt(size)
                    paragraph.alignment = PP_ALIGN.RIGHT if column in numbers else PP_ALIGN.LEFT
                self.spoken(cell.text_frame)


def text_room(paragraphs: Sequence[str], size: float, width: float) -> float:
    """Return the inches of height that paragraphs take when they are written with `SlidePage.text`."""
    lines = sum(line_count(printable(text), size, width) + _AFTER for text in paragraphs)
    return text_height(lines, size)


def describe(frame: Any, alt: str) -> None:
    """Give a table or a chart the words that stand in for it where it cannot be seen."""
    frame._element.find(f".//{qn('p:cNvPr')}").set("descr", printable(alt))


def _bullet(paragraph: Any) -> None:
    """Make a paragraph an entry of a list, as PowerPoint writes one."""
    shape = paragraph._p.get_or_add_pPr()
    shape.set("marL", str(Inches(_BULLET)))
    shape.set("indent", str(-Inches(_BULLET)))
    shape.append(shape.makeelement(qn("a:buChar"), {"char": "•"}))


def _most_rows(box: Box, size: float) -> int:
    return max(int(box.height / (text_height(1, size) + 2 * _CELL[1])), 1)


def _row_height(row: Sequence[str], room: Sequence[float], size: float, *, bold: bool) -> float:
    lines = max(
        line_count(text, size, width - 2 * _CELL[0], bold=bold)
        for text, width in zip(row, room, strict=True)
    )
    return text_height(lines, size) + 2 * _CELL[1]


def _fitting(heights: Sequence[float], height: float, *, is_all: bool, size: float) -> int:
    """Return how many rows fit, the head among them, with room for the line about the rest."""
    if is_all and sum(heights) <= height:
        return len(heights)
    room, shown = height - text_height(1.4, size) - 0.06, 0
    while shown < len(heights) and sum(heights[: shown + 1]) <= room:
        shown += 1
    return max(shown, 1)

"""The form of an administrative document: page, font, heading block, tables, signature.

References
----------
Nghị định 30/2020/NĐ-CP ngày 05/3/2020 về công tác văn thư, Phụ lục I: A4; lề trên và dưới 20-25 mm,
lề trái 30-35 mm, lề phải 15-20 mm; Times New Roman, màu đen; số trang canh giữa ở lề trên, không
hiển thị số trang thứ nhất.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from scoring.base.labels import label
from scoring.files.sealed.same_zip import same_zip
from scoring.outputs.charts.chart_sheet import printable
from scoring.outputs.text_layout import text_width

FONT = "Times New Roman"
BODY_SIZE, TABLE_SIZE = 14.0, 12.0
TEXT_WIDTH_MM = 210 - 30 - 17
BLANK = "…"
LEFT, CENTER = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER
JUSTIFY = WD_ALIGN_PARAGRAPH.JUSTIFY
# Letters; a hash, for which a justified line would draw its few blanks apart.
_LONGEST_WORD = 40
_SMALL_TABLE_ROWS = 8
# Times New Roman runs narrower than the font that is measured.
_FONT_RATIO = 0.86


def new_document(title: str, subject: str, lang: str) -> DocumentType:
    """Return an empty document with page, font and page numbers set."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(17)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    _page_number(section.header.paragraphs[0])
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(BODY_SIZE)
    language = "vi-VN" if lang == "vi" else "en-GB"
    run = style.element.get_or_add_rPr()
    _set_fonts(run.get_or_add_rFonts())
    run.append(_element("lang", val=language))
    _heading_style(document)
    core = document.core_properties
    core.title, core.subject = printable(title)[:250], printable(subject)[:250]
    core.author = core.comments = ""
    core.language = language
    return document


def _element(name: str, **attributes: str) -> Any:
    """Return an element of WordprocessingML."""
    element = OxmlElement(f"w:{name}")
    for attribute, value in attributes.items():
        element.set(qn(f"w:{attribute}"), value)
    return element


def _set_fonts(fonts: Any) -> None:
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), FONT)


def _heading_style(document: DocumentType) -> None:
    """Make the headings look like the text of the decree, yet stay headings for navigation."""
    for level in (1, 2):
        style = document.styles[f"Heading {level}"]
        style.font.name, style.font.size = FONT, Pt(BODY_SIZE)
        style.font.bold, style.font.italic = True, False
        style.font.color.rgb = None
        run = style.element.get_or_add_rPr()
        for color in run.findall(qn("w:color")):
            run.remove(color)
        fonts = run.get_or_add_rFonts()
        fonts.attrib.clear()
        _set_fonts(fonts)


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = CENTER
    field = _element("instrText")
    field.set(qn("xml:space"), "preserve")
    field.text = " PAGE "
    begin, end = (_element("fldChar", fldCharType=kind) for kind in ("begin", "end"))
    for mark in (begin, field, end):
        run = paragraph.add_run()
        run.font.size = Pt(13)
        run._r.append(mark)


def add_text(
    place: DocumentType | _Cell,
    text: str,
    *,
    size: float = BODY_SIZE,
    bold: bool = False,
    italic: bool = False,
    align: WD_ALIGN_PARAGRAPH | None = JUSTIFY,
    indent: bool = False,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
) -> Paragraph:
    """Add a paragraph; `indent` sets the first line in by 1 cm as the decree asks of body text."""
    paragraph = place.add_paragraph()
    write_run(paragraph, text, size=size, bold=bold, italic=italic)
    shape = paragraph.paragraph_format
    paragraph.alignment = align
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.keep_with_next = keep
    if indent:
        shape.first_line_indent = Mm(10)
    return paragraph


def write_run(
    paragraph: Paragraph, text: str, *, size: float, bold: bool = False, italic: bool = False
) -> None:
    """Add `text` to a paragraph, without characters that XML forbids."""
    run = paragraph.add_run(printable(text))
    run.font.size, run.bold, run.italic = Pt(size), bold, italic


def add_body(
    document: DocumentType, text: str, *, keep: bool = False, italic: bool = False
) -> Paragraph:
    """Add a paragraph of body text, justified where no word is so long that it tears the line apart."""
    align = LEFT if any(len(word) > _LONGEST_WORD for word in text.split()) else JUSTIFY
    return add_text(
        document, text, align=align, indent=True, before=3, after=3, keep=keep, italic=italic
    )


def add_blank_line(document: DocumentType, lead: str = "") -> None:
    """Add a line to be filled in by the unit."""
    add_body(document, f"{lead} {BLANK * 3}".strip())


def add_heading(document: DocumentType, text: str, level: int = 1) -> None:
    """Add a section heading."""
    paragraph = document.add_heading("", level=level)
    write_run(paragraph, text, size=BODY_SIZE, bold=True)
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after = Pt(8), Pt(4)
    shape.first_line_indent = Mm(10)
    shape.keep_with_next = True


def add_rule(place: DocumentType | _Cell, text: str, share: float, *, size: float) -> None:
    """Draw the solid line below a heading text, `share` as long as the text itself.

    The line is the border of an empty paragraph that is indented from both sides, which every
    program draws alike.
    """
    paragraph = place.add_paragraph()
    # A cell has 1.9 mm of padding on either side.
    available = float(place.width.mm) - 3.8 if isinstance(place, _Cell) else TEXT_WIDTH_MM
    lines = printable(text).split("\n")
    widest = max(width_mm(line, size, bold=True) for line in lines)
    length = min(available - 4, widest) * share
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Mm(max((available - length) / 2, 0))
    shape.space_before, shape.space_after = Pt(0), Pt(4)
    shape.line_spacing = Pt(3)
    borders = _element("pBdr")
    borders.append(_element("top", val="single", sz="6", space="0", color="000000"))
    paragraph._p.get_or_add_pPr().append(borders)


def national_heading(
    document: DocumentType, unit: str, lang: str, *, dated: bool = True
) -> tuple[_Cell, _Cell]:
    """Write the head of an administrative document: the organ to the left, the motto to the right.

    Parameters
    ----------
    unit : str
        Name of the organ; its superior is left blank above it.
    dated : bool
        Whether place and day stand below the motto, to be filled in.

    Returns
    -------
    tuple of _Cell
        Both cells, for further lines.
    """
    left, right = two_columns(document, (63, 100))
    motto = label("word_motto", lang)
    add_text(left, BLANK * 3, size=13, align=CENTER)
    add_text(left, unit.upper(), size=13, bold=True, align=CENTER)
    add_rule(left, unit.upper(), 0.4, size=13)
    add_text(right, label("word_country", lang), size=12, bold=True, align=CENTER)
    add_text(right, motto, size=13.5, bold=True, align=CENTER)
    add_rule(right, motto, 1.0, size=13.5)
    if dated:
        place = label("word_place_date", lang)
        add_text(right, place, size=13.5, italic=True, align=CENTER, before=2)
    return left, right


def signature(document: DocumentType, say: Callable[[str], str]) -> None:
    """Write who receives a document and where it is signed."""
    # Everything up to the name stays on one page, with the line that closes the report.
    left, right = two_columns(document, (75, 88), whole=True)
    add_text(left, say("word_recipients"), size=12, bold=True, italic=True, align=LEFT, before=8)
    for line in (f"- {BLANK};", f"- {BLANK};", say("word_archive")):
        add_text(left, line, size=11, align=LEFT)
    add_text(right, say("word_signer"), size=13.5, bold=True, align=CENTER, before=8)
    add_text(right, say("word_sign_here"), size=12, italic=True, align=CENTER, after=60)
    add_text(right, BLANK * 3, size=13.5, bold=True, align=CENTER)


def width_mm(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text on one line is, in millimetres."""
    return text_width(printable(text), size, bold=bold) * 25.4 * _FONT_RATIO


def two_columns(
    document: DocumentType, widths: tuple[float, float], *, whole: bool = False
) -> tuple[_Cell, _Cell]:
    """Return the two cells of a table without lines, of `widths` in millimetres.

    `whole` keeps the row on one page.
    """
    left, right = unruled_cells(document, widths, whole=whole)
    return left, right


def unruled_cells(
    document: DocumentType, widths: Sequence[float], rows: int = 1, *, whole: bool = False
) -> list[_Cell]:
    """Return the cells of a table without lines, row by row, each without any paragraph."""
    table = document.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    _fix_widths(table, widths)
    for row in table.rows if whole else ():
        row._tr.get_or_add_trPr().append(_element("cantSplit"))
    cells: list[_Cell] = table._cells
    for cell in cells:
        cell.paragraphs[0]._p.getparent().remove(cell.paragraphs[0]._p)
    return cells


def add_table(
    document: DocumentType,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    numbers: Sequence[int] = (),
    *,
    total: bool = False,
    centered: Sequence[int] = (),
    size: float = TABLE_SIZE,
    padding: float | None = None,
) -> Table:
    """Add a ruled table whose heading repeats on every page.

    Parameters
    ----------
    widths : sequence of float
        Millimetres.
    numbers : sequence of int
        Columns that hold figures, set to the right.
    total : bool
        Whether the last row is a total, in bold.
    centered : sequence of int
        Columns set in the middle.
    size : float
        Of the letters, in points.
    padding : float, optional
        Millimetres left and right of the text of a cell, where there are many narrow columns.

    A row of one text alone is a heading within the table, as wide as the table; the rows below it
    stay on its page.
    """
    table = document.add_table(rows=1, cols=len(heads))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    if padding is not None:
        margins = _element("tblCellMar")
        for side in ("left", "right"):
            margins.append(_element(side, w=str(round(Mm(padding).twips)), type="dxa"))
        table._tblPr.append(margins)
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        _fill(cell, head, bold=True, align=CENTER, size=size)
    table.rows[0]._tr.get_or_add_trPr().append(_element("tblHeader"))
    for place, row in enumerate(rows):
        cells = table.add_row().cells
        bold = len(row) == 1 or (total and place == len(rows) - 1)
        for column, (cell, text) in enumerate(zip(cells, row, strict=len(row) > 1)):
            align = CENTER if column in centered and len(row) > 1 else LEFT
            align = WD_ALIGN_PARAGRAPH.RIGHT if column in numbers else align
            _fill(cell, text, bold=bold, align=align, size=size)
    for table_row in table.rows:
        table_row._tr.get_or_add_trPr().append(_element("cantSplit"))
    _fix_widths(table, widths)
    _hold_together(table, [len(row) == 1 for row in rows])
    return table


def keep_with_note(table: Table) -> None:
    """Keep the last row of a table on the page of the note below it, and a small table whole."""
    rows = list(table.rows)
    for row in rows if len(rows) <= _SMALL_TABLE_ROWS else rows[-1:]:
        row.cells[0].paragraphs[0].paragraph_format.keep_with_next = True


def add_chart(document: DocumentType, png: bytes, words: str) -> None:
    """Put a chart into the text, with its words for those who cannot see it."""
    paragraph = add_text(document, "", align=CENTER, before=6, after=6)
    shape = paragraph.add_run().add_picture(io.BytesIO(png), width=Mm(TEXT_WIDTH_MM))
    shape._inline.docPr.set("descr", words)


def _hold_together(table: Table, is_heading: Sequence[bool]) -> None:
    """Widen the headings within a table, and keep each block of rows on one page."""
    if not any(is_heading):
        return
    # The heading of the table stays with the first block below it.
    ends = [False, *is_heading[1:], True]
    for row, ends_block in zip(table.rows, ends, strict=True):
        row.cells[0].paragraphs[0].paragraph_format.keep_with_next = not ends_block
    for row, is_one in zip(table.rows, [False, *is_heading], strict=True):
        if is_one:
            row.cells[0]._tc.merge(row.cells[-1]._tc)


def _fill(
    cell: _Cell, text: str, *, bold: bool, align: WD_ALIGN_PARAGRAPH, size: float = TABLE_SIZE
) -> None:
    lines = text.split("\n")
    for place, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        write_run(paragraph, line, size=size, bold=bold)
        paragraph.alignment = align
        paragraph.paragraph_format.space_before = Pt(1)
        paragraph.paragraph_format.space_after = Pt(1)


def _fix_widths(table: Table, widths: Sequence[float]) -> None:
    """Set the width of every cell too: programs disagree about which of the two they read."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for place, cell in enumerate(table._cells):
        cell.width = Mm(widths[place % len(widths)])


def packed(document: DocumentType) -> bytes:
    """Return the document with the same time on every part, so that bytes repeat."""
    raw = io.BytesIO()
    document.save(raw)
    return same_zip(raw.getvalue())

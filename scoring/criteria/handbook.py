"""The handbook for evaluators: a set as one HTML page or one Word document."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.pages import environment, words
from scoring.criteria.readable_set import (
    NodeText,
    explain_nodes,
    grade_lines,
    set_facts,
    structure_points,
)
from scoring.files.atomic import write_atomically
from scoring.files.overwriting import ruled

_BLUE, _RED, _SOFT = map(RGBColor.from_string, ("1F4E79", "A61B1B", "5B6875"))
_FONT = "Times New Roman"
_SIZES = {"Normal": 12, "Title": 20, "Heading 1": 15, "Heading 2": 13, "Heading 3": 12}
_LABEL_WIDTH, _TEXT_WIDTH = Cm(3.6), Cm(13.4)
# Fixed: a handbook says which set it is of, not on which day somebody printed it.
_MADE_ON = dt.datetime(2000, 1, 1)


def handbook_html(criteria: CriteriaSet, lang: str = "vi") -> str:
    """Return the handbook as one self-contained HTML page; every text of the set is escaped.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> page = handbook_html(open_set("service-quality-766"), "en")
    >>> page.startswith("<!DOCTYPE html>"), "<script" in page
    (True, False)
    """
    return environment().get_template("handbook.html.j2").render(
        meta=criteria.meta,
        facts=set_facts(criteria, lang),
        caveats=criteria.meta.warnings(lang),
        grades=grade_lines(criteria.meta, lang),
        nodes=explain_nodes(criteria, lang),
        lang=lang,
        text=words(lang),
    )  # fmt: skip


def write_handbook(
    criteria: CriteriaSet, path: Path, lang: str = "vi", *, replace: bool = False
) -> Path:
    """Write the handbook as HTML or Word, as the ending of `path` says.

    With `replace`, another file there is kept beside it, ending in ``.bak``.

    Raises
    ------
    UsageError
        When `path` ends in neither ``.html`` nor ``.docx``.
    OutputError
        As `scoring.files.atomic.write_atomically`.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in (".html", ".docx"):
        raise UsageError(
            f"write_handbook writes .html or .docx, not {path.name!r}",
            Finding("unknown-format", values={"format": path.name, "known": ".html, .docx"}),
        )
    written = handbook_docx if suffix == ".docx" else handbook_html
    content = written(criteria, lang)
    with ruled([], path, replace=replace):
        write_atomically(path, content)
    return path


def handbook_docx(criteria: CriteriaSet, lang: str = "vi") -> bytes:
    """Return the handbook as a Word document, A4, with headings for the navigation pane.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> handbook_docx(open_set("service-quality-766"))[:2]
    b'PK'
    """
    book = _Book(criteria, lang)
    book.front()
    for node in explain_nodes(criteria, lang):
        book.node(node)
    return book.to_bytes()


class _Book:
    """A Word document being written."""

    def __init__(self, criteria: CriteriaSet, lang: str) -> None:
        self.criteria, self.lang = criteria, lang
        self.document = Document()
        self._page()
        self._styles()

    def _page(self) -> None:
        section = self.document.sections[0]
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(2)
        mark = f"{label('sample_mark', self.lang)} · " if self._is_sample else ""
        header = section.header.paragraphs[0]
        header.text = f"{mark}{self.criteria.meta.name(self.lang)}"
        header.runs[0].font.size, header.runs[0].font.color.rgb = Pt(9), _SOFT
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _page_number(footer)
        properties = self.document.core_properties
        properties.title = self.criteria.meta.name(self.lang)[:250]
        properties.author = ""
        properties.created = properties.modified = _MADE_ON

    def _styles(self) -> None:
        for name, size in _SIZES.items():
            style: Any = self.document.styles[name]
            style.font.name, style.font.size = _FONT, Pt(size)
            # Word takes Vietnamese letters from this face, not from the one above.
            style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
            fonts = style.element.rPr.rFonts
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            if name != "Normal":
                style.font.color.rgb, style.font.bold = _BLUE, True
        self.document.styles["Normal"].paragraph_format.space_after = Pt(4)

    @property
    def _is_sample(self) -> bool:
        return self.criteria.meta.status == "sample"

    def front(self) -> None:
        """Write the title, what identifies the set, its caveats, structure and grades."""
        self.document.add_paragraph(label("handbook_title", self.lang))
        self.document.add_paragraph(self.criteria.meta.name(self.lang), style="Title")
        if self._is_sample:
            run = self.document.add_paragraph().add_run(label("sample_warning", self.lang))
            run.bold, run.font.color.rgb = True, _RED
        self.pairs(set_facts(self.criteria, self.lang))
        self._list("handbook_caveats", self.criteria.meta.warnings(self.lang))
        self.document.add_heading(label("handbook_structure", self.lang), 1)
        rows = [
            (f"{area.code}. {area.name(self.lang)}", structure_points(area, self.lang))
            for area in self.criteria.nodes
            if not area.parent
        ]
        self._structure([(label("area", self.lang), label("max_points", self.lang)), *rows])
        self._list("handbook_grades", grade_lines(self.criteria.meta, self.lang))

    def _list(self, heading: str, texts: Sequence[str]) -> None:
        if texts:
            self.document.add_heading(label(heading, self.lang), 1)
        for text in texts:
            self.document.add_paragraph(text, style="List Bullet")

    def _structure(self, rows: Sequence[tuple[str, str]]) -> None:
        table = self._table(len(rows), (_TEXT_WIDTH, _LABEL_WIDTH))
        for number, texts in enumerate(rows):
            cells = table.rows[number].cells
            for cell, text in zip(cells, texts, strict=True):
                cell.paragraphs[0].add_run(text).bold = number == 0
                if number == 0:
                    _shade(cell, "D9E4EF")
            cells[1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _table(self, rows: int, widths: tuple[Any, Any]) -> Any:
        table = self.document.add_table(rows=rows, cols=2, style="Table Grid")
        table.autofit = False
        # LibreOffice goes by the widths of the columns, Word by those of the cells.
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for row in table.rows:
            _keep_together(row)
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = width
        return table

    def pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Write a table of headings and texts."""
        table = self._table(len(pairs), (_LABEL_WIDTH, _TEXT_WIDTH))
        for row, (heading, text) in zip(table.rows, pairs, strict=True):
            row.cells[0].paragraphs[0].add_run(heading).bold = True
            _shade(row.cells[0], "F2F6FA")
            _fill(row.cells[1], text.split("\n"))

    def node(self, node: NodeText) -> None:
        """Write a node: a heading and, for an item, the table of all there is to know."""
        heading = f"{node.code}. {node.name} ({node.most})"
        self.document.add_heading(heading, min(node.depth + 1, 3))
        if node.is_item:
            self.pairs([(heading, text) for heading, text in self._facts(node) if text])
            return
        run = self.document.add_paragraph().add_run(f"{node.sentence} {node.note}".strip())
        run.italic, run.font.color.rgb = True, _SOFT

    def _facts(self, node: NodeText) -> list[tuple[str, str]]:
        lang = self.lang
        examples = [
            f"{example.name}. " + "; ".join(f"{name}: {value}" for name, value in example.figures)
            + f"\n{example.result(lang)}"
            for example in node.examples
        ]  # fmt: skip
        facts = {
            "rule": f"{node.rule}. {node.sentence} {node.policy}".strip(),
            "reported_figures": _listed([str(figure) for figure in node.figures]),
            "document": _listed(node.evidence) or label("handbook_no_evidence", lang),
            "worked_example": "\n".join(examples),
            "fact_assessed_by": node.assessed_by,
            "note": node.note,
            "source": node.source,
        }
        return [(label(key, lang), text) for key, text in facts.items()]

    def to_bytes(self) -> bytes:
        """Return the finished document."""
        stream = io.BytesIO()
        self.document.save(stream)
        return stream.getvalue()


def _listed(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else "\n".join(f"– {text}" for text in texts)


def _fill(cell: Any, lines: Sequence[str]) -> None:
    cell.paragraphs[0].add_run(lines[0])
    for line in lines[1:]:
        cell.add_paragraph(line)
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.space_after = Pt(2)


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(shade)


def _keep_together(row: Any) -> None:
    """Let no row break across pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _page_number(paragraph: Any) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)

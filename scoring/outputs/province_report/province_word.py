"""The report of a province as a Word document, in the form of Decree 30/2020/NĐ-CP."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document as DocumentType
from docx.table import Table

from scoring.outputs.province_report.province_annex import rows_shown, unit_groups
from scoring.outputs.province_report.province_content import ProvinceContent
from scoring.outputs.province_report.province_parts import Part, province_parts
from scoring.outputs.word import form
from scoring.outputs.word.form import BLANK, CENTER, add_body, add_heading, add_text

_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI")
_KEPT_LINES = 2
_UNIT_WIDTHS = (14.0, 80.0, 40.0, 29.0)
_SIZE = 11.0


def province_word(content: ProvinceContent) -> bytes:
    """Return the report as a ``.docx`` file; the same content gives the same bytes.

    The organ that sends it, its number, day and signer are left blank. The annex lists every unit
    up to 200; of more it lists the ends of each block and names the workbook.

    References
    ----------
    Nghị định 30/2020/NĐ-CP ngày 05/3/2020, Phụ lục I và mẫu 1.4 (báo cáo) của Phụ lục III.
    """
    c = content
    document = form.new_document(c.title, c.criteria_set.name, c.lang)
    form.national_heading(document, BLANK * 3, c.lang)
    _title(document, c)
    for number, part in zip(_NUMERALS, province_parts(c), strict=False):
        _section(document, c, number, part)
    form.signature(document, c.say)
    _units(document, c)
    return form.packed(document)


def _title(document: DocumentType, c: ProvinceContent) -> None:
    if c.criteria_set.is_sample:
        badge = f"{c.say('chart_sample_badge')}. {c.say('chart_sample_line')}"
        add_text(document, badge, size=13, bold=True, align=CENTER, before=10)
    about = c.say("province_doc_word_about", when=c.period, name=c.criteria_set.name)
    add_text(document, c.say("word_kind"), bold=True, align=CENTER, before=14)
    add_text(document, about, bold=True, align=CENTER)
    form.add_rule(document, about, 0.4, size=14)


def _section(document: DocumentType, c: ProvinceContent, number: str, part: Part) -> None:
    """Write a part: what it is about, its finding, its table and what must be known to read it."""
    add_heading(document, f"{number}. {c.say(f'province_doc_section_{part.key}').upper()}")
    add_body(document, c.first_sentence if part.key == "year" else f"{part.title}.", keep=True)
    if part.rows:
        rows, more = rows_shown(c, part)
        table = _table(document, part, rows)
        if more or part.notes:
            form.keep_with_note(table)
        if more:
            add_text(document, more, size=_SIZE, italic=True, before=3)
    if part.key == "plan" and c.plan:
        for chart in c.plan.charts(c.lang):
            form.add_chart(document, *chart)
    for at, note in enumerate(part.notes):
        if part.key == "method":
            # Long codes would tear a justified line; the signature never stands alone on a page.
            is_last = at >= len(part.notes) - _KEPT_LINES
            add_body(document, f"- {note}", keep=is_last).alignment = form.LEFT
        else:
            add_text(document, note, size=_SIZE, italic=True, before=3)


def _table(document: DocumentType, part: Part, rows: Sequence[Sequence[str]]) -> Table:
    whole = sum(part.columns.shares)
    widths = [form.TEXT_WIDTH_MM * share / whole for share in part.columns.shares]
    numbers = part.columns.numbers
    return form.add_table(
        document, part.columns.heads, rows, widths, numbers, size=_SIZE, padding=1.2
    )


def _units(document: DocumentType, c: ProvinceContent) -> None:
    """Write the annex: every unit, or the ends of each block where there are very many."""
    document.add_page_break()
    add_text(document, c.say("word_appendix"), bold=True, align=CENTER)
    title = c.say("province_doc_word_units", when=c.period)
    add_text(document, title, bold=True, align=CENTER, after=6)
    for group in unit_groups(c):
        if group.heading:
            add_heading(document, group.heading, 2)
        columns = group.columns
        table = form.add_table(
            document, columns.heads, group.rows, _UNIT_WIDTHS, (2,), centered=(0,), size=_SIZE
        )
        form.keep_with_note(table)
        if group.left_out:
            add_text(document, group.left_out, size=_SIZE, italic=True, before=3)
    add_text(document, c.say("province_doc_word_items"), size=_SIZE, italic=True, before=3)

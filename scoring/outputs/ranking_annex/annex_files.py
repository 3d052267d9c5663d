"""The ranking annex as Word, in the form of Decree 30/2020/NĐ-CP, and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.files.excel.xlsx import SafeWorkbook
from scoring.outputs.ranking_annex.annex_content import Annex, Cell
from scoring.outputs.section_sheets import SectionLooks, write_section
from scoring.outputs.word import form
from scoring.outputs.word.form import BLANK, CENTER, add_body, add_heading, add_text


def annex_word(annex: Annex) -> bytes:
    """Return the annex as a ``.docx`` file; the same content gives the same bytes.

    Number, day and signer of the decision it belongs to are left blank.

    References
    ----------
    Nghị định 30/2020/NĐ-CP ngày 05/3/2020, Phụ lục I, mục II và III (phụ lục văn bản, chữ ký).
    """
    title = annex.say("annex_title", year=annex.when)
    document = form.new_document(title, annex.set_name, annex.lang)
    add_text(document, annex.say("annex_word"), bold=True, align=CENTER)
    add_text(document, title.upper(), bold=True, align=CENTER)
    add_text(
        document, annex.say("annex_of_decision", blank=BLANK), italic=True, align=CENTER, after=6
    )
    if annex.is_sample:
        badge = f"{annex.say('chart_sample_badge')}. {annex.say('chart_sample_line')}"
        add_text(document, badge, size=13, bold=True, align=CENTER, after=6)
    add_body(document, annex.say("annex_set", name=annex.set_name, stated=annex.set_stated))
    for line in annex.notes:
        add_body(document, f"- {line}")
    for number, section in enumerate(annex.sections, start=1):
        add_heading(document, f"{number}. {section.title}")
        rows = [[annex.shown(cell) for cell in row] for row in section.rows]
        numbers, middle = _numbers(section.rows), [0] if section.key == "ranks" else []
        form.add_table(document, section.heads, rows, section.widths, numbers, centered=middle)
        for note in section.notes:
            add_text(document, note, size=11, italic=True, before=3)
        for chart in annex.charts if section.key == "plan" else ():
            form.add_chart(document, *chart)
    form.signature(document, annex.say)
    return form.packed(document)


def _numbers(rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Return the columns that hold figures."""
    columns = list(zip(*rows, strict=True))
    return [
        at for at, cells in enumerate(columns) if any(isinstance(cell, float) for cell in cells)
    ]


def annex_workbook(annex: Annex) -> bytes:
    """Return the annex as a workbook, a sheet for each section; the same content gives the same bytes."""
    title = annex.say("annex_title", year=annex.when)
    book = SafeWorkbook({"title": title, "subject": annex.set_name})
    badge = annex.say("chart_sample_badge") if annex.is_sample else ""
    about = f"{annex.set_name}. {annex.set_stated}." + (f" {badge}." if badge else "")
    ranks = [section for section in annex.sections if section.key == "ranks"]
    for section in annex.sections:
        number = f" {ranks.index(section) + 1}" if section.key == "ranks" and len(ranks) > 1 else ""
        sheet = book.add_sheet(annex.say(f"annex_sheet_{section.key}") + number)
        looks = SectionLooks(title, about, annex.decimals, annex.notes, badge=badge)
        write_section(book, sheet, section, looks)
    return book.to_bytes()

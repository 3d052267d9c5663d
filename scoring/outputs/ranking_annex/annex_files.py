"""The ranking annex as Word, in the form of Decree 30/2020/NĐ-CP, and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.files.xlsx import FORMATS, FormatName, SafeSheet, SafeWorkbook
from scoring.outputs.ranking_annex.annex_content import Annex, Cell
from scoring.outputs.report_sheets import line_count
from scoring.outputs.word import form
from scoring.outputs.word.form import BLANK, CENTER, add_body, add_heading, add_text

_PER_MM = 0.62  # characters of a column on the sheet for a millimetre in Word
_TEXT = FORMATS["text"] | {"border": 1}
_COUNT = {"border": 1, "valign": "top", "align": "center"}
_TITLE = FORMATS["title"] | {"text_wrap": True, "valign": "top"}
_HEADER_ROW, _LINE = 3, 15.75


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
    ranks = [section for section in annex.sections if section.key == "ranks"]
    for section in annex.sections:
        number = f" {ranks.index(section) + 1}" if section.key == "ranks" and len(ranks) > 1 else ""
        sheet = book.add_sheet(annex.say(f"annex_sheet_{section.key}") + number)
        widths = [max(8.0, _PER_MM * width) for width in section.widths]
        sheet.set_widths(widths)
        badge = f" {annex.say('chart_sample_badge')}." if annex.is_sample else ""
        about = f"{annex.set_name}. {annex.set_stated}.{badge}"
        _line(book, sheet, 0, f"{title}. {section.title}", widths, _TITLE)
        _line(book, sheet, 1, about, widths)
        sheet.write_row(_HEADER_ROW, 0, section.heads, "header")
        sheet.sheet.set_row(
            _HEADER_ROW, _LINE * _lines(section.heads, [0.85 * width for width in widths]) + 4
        )
        for at, row in enumerate(section.rows, start=_HEADER_ROW + 1):
            sheet.sheet.set_row(at, _LINE * _lines(row, widths))
            for column, cell in enumerate(row):
                sheet.write(at, column, cell, _look(cell, annex.decimals))
        last = _HEADER_ROW + len(section.rows)
        sheet.sheet.autofilter(_HEADER_ROW, 0, last, len(section.heads) - 1)
        for at, note in enumerate((*section.notes, *annex.notes), start=last + 2):
            _line(book, sheet, at, note, widths)
        sheet.print_on_a4(header_row=_HEADER_ROW, landscape=False, footer=title)
    return book.to_bytes()


def _line(
    book: SafeWorkbook,
    sheet: SafeSheet,
    row: int,
    text: str,
    widths: Sequence[float],
    look: FormatName = "text",
) -> None:
    """Write a text as wide as the table, so that it does not shrink the print."""
    sheet.sheet.merge_range(row, 0, row, len(widths) - 1, "", book.format(look))
    sheet.write_text(row, 0, text, look)
    larger = 1.3 if look is _TITLE else 1.0
    sheet.sheet.set_row(row, larger * _LINE * line_count(text, sum(widths) / larger))


def _look(cell: Cell, decimals: int) -> dict[str, object]:
    if isinstance(cell, float):
        figure = "#,##0" + (f".{'0' * decimals}" if decimals else "")
        return {"num_format": figure, "border": 1, "valign": "top"}
    return _COUNT if isinstance(cell, int) else _TEXT


def _lines(row: Sequence[Cell], widths: Sequence[float]) -> int:
    """Return how many lines the tallest cell of a row takes."""
    cells = zip(row, widths, strict=True)
    return max(
        sum(line_count(line, width) for line in str(cell).split("\n")) for cell, width in cells
    )

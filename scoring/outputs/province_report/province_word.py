"""The report of a province as a Word document, in the form of Decree 30/2020/NĐ-CP."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document as DocumentType

from scoring.outputs.content.league import LeagueRow
from scoring.outputs.province_report.province_content import ProvinceContent
from scoring.outputs.province_report.province_parts import Part, both_ends, province_parts
from scoring.outputs.word import form
from scoring.outputs.word.form import BLANK, CENTER, add_body, add_heading, add_text

_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI")
# Rows of a part, and units in the annex; a longer table shows its ends and names the workbook.
MOST_ROWS, MOST_UNITS = 20, 200
_FEWEST_ENDS = 3
_KEPT_LINES = 2
_UNIT_WIDTHS = (14.0, 80.0, 40.0, 29.0)
_SIZE = 11.0


def province_word(content: ProvinceContent) -> bytes:
    """Return the report as a ``.docx`` file; the same content gives the same bytes.

    The organ that sends it, its number, day and signer are left blank. The annex lists every unit
    up to `MOST_UNITS`; of more it lists the ends of each block and names the workbook.

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
        rows = part.rows[:MOST_ROWS]
        if part.key == "changes":
            rows = both_ends(part.rows, MOST_ROWS // 2)
        _table(document, part, rows)
        if hidden := len(part.rows) - len(rows):
            more = c.say("province_doc_more_rows", count=hidden)
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


def _table(document: DocumentType, part: Part, rows: Sequence[Sequence[str]]) -> None:
    whole = sum(part.columns.shares)
    widths = [form.TEXT_WIDTH_MM * share / whole for share in part.columns.shares]
    numbers = part.columns.numbers
    form.add_table(document, part.columns.heads, rows, widths, numbers, size=_SIZE, padding=1.2)


def _units(document: DocumentType, c: ProvinceContent) -> None:
    """Write the annex: every unit, or the ends of each block where there are very many."""
    document.add_page_break()
    add_text(document, c.say("word_appendix"), bold=True, align=CENTER)
    title = c.say("province_doc_word_units", when=c.period)
    add_text(document, title, bold=True, align=CENTER, after=6)
    groups = _groups(c.units)
    half = max(MOST_UNITS // (2 * len(groups) or 1), _FEWEST_ENDS)
    heads = [c.say(key) for key in ("page_rank", "unit", "pack_index", "grade")]
    for block, units in groups:
        is_whole = len(c.units) <= MOST_UNITS
        shown = units if is_whole else _ends(units, half)
        if block:
            count = {"block": block, "count": len(units)}
            add_heading(document, c.say("province_doc_word_block", **count), 2)
        rows = [[_rank(row), row.unit_name, row.range_text, row.grade or "—"] for row in shown]
        form.add_table(document, heads, rows, _UNIT_WIDTHS, (2,), centered=(0,), size=_SIZE)
        if len(shown) < len(units):
            left = {"shown": len(shown), "count": len(units)}
            add_text(
                document, c.say("province_doc_word_ends", **left), size=_SIZE, italic=True, before=3
            )
    add_text(document, c.say("province_doc_word_items"), size=_SIZE, italic=True, before=3)


def _groups(units: Sequence[LeagueRow]) -> list[tuple[str, list[LeagueRow]]]:
    """Return the units of each block, in the order of its first unit."""
    groups: dict[str, list[LeagueRow]] = {}
    for row in units:
        groups.setdefault(row.block, []).append(row)
    # Very many blocks would fill as many pages as the units themselves.
    most = MOST_UNITS // (2 * _FEWEST_ENDS)
    return list(groups.items()) if len(groups) <= most else [("", list(units))]


def _ends(units: Sequence[LeagueRow], half: int) -> list[LeagueRow]:
    """Return the best and the last of the units assessed in full; of open ones where none is."""
    known = [row for row in units if row.index.is_known]
    return both_ends(known or units, half)


def _rank(row: LeagueRow) -> str:
    return str(row.rank) if row.rank else "—"

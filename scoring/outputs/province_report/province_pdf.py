"""The report of a province as PDF: each section a finding, its chart and the table behind it."""

from __future__ import annotations

from scoring.outputs.pdf.pdf_charts import bars_of
from scoring.outputs.pdf.pdf_paper import Paper
from scoring.outputs.pdf.plan_pdf import plan_charts
from scoring.outputs.pdf.unit_pdf import sample_line
from scoring.outputs.province_report.province_annex import MOST_ROWS, rows_shown, unit_groups
from scoring.outputs.province_report.province_charts import province_chart
from scoring.outputs.province_report.province_content import ProvinceContent
from scoring.outputs.province_report.province_parts import Part, province_parts


def province_pdf(content: ProvinceContent) -> bytes:
    """Return the report of a province as tagged PDF/UA; the same content gives the same bytes.

    Needs the extra ``pdf`` (see `scoring.outputs.pdf.pdf_available`). The annex lists every unit
    up to 200; of more it lists the ends of each block and names the workbook.
    """
    c, paper = content, Paper(content, content.title)
    paper.text(c.criteria_set.name, "kicker")
    paper.add("title", text=c.title)
    sample_line(paper, c)
    for part in province_parts(c):
        _section(paper, c, part)
    _units(paper, c)
    return paper.to_bytes()


def _section(paper: Paper, c: ProvinceContent, part: Part) -> None:
    """Write a part: what it is about, its finding, chart, table and what one must know to read it."""
    paper.heading(c.say(f"province_doc_section_{part.key}"))
    # The title of a chart says the finding, so that it stands above the bars and not twice.
    if part.key == "plan":
        for bars in plan_charts(c.plan_targets[:MOST_ROWS], part.title, c.say):
            paper.chart(bars)
    elif chart := province_chart(c, part):
        paper.chart(bars_of(chart, part.title, c.lang))
    else:
        paper.text(c.first_sentence if part.key == "year" else f"{part.title}.", "lead")
    rows, more = rows_shown(c, part)
    paper.table(part.columns, rows)
    if part.key == "method":
        paper.bullets(part.notes)
        return
    for note in (more, *part.notes):
        paper.text(note, "note")


def _units(paper: Paper, c: ProvinceContent) -> None:
    paper.add("new-page")
    paper.heading(c.say("province_doc_word_units", when=c.period))
    for group in unit_groups(c):
        if group.heading:
            paper.heading(group.heading, 2)
        paper.table(group.columns, group.rows)
        paper.text(group.left_out, "note")
    paper.text(c.say("province_doc_word_items"), "note")

"""The report of a survey as a Word document, in the form of Decree 30/2020/NĐ-CP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from docx.document import Document as DocumentType

from scoring.outputs.images import png_bytes
from scoring.outputs.survey_report.survey_content import SurveyContent, SurveyRow
from scoring.outputs.theme import ChartFigure
from scoring.outputs.word import form
from scoring.outputs.word.form import BLANK, CENTER, add_body, add_heading, add_text

_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
_WORD_DPI = 130


def survey_word(content: SurveyContent, charts: Mapping[str, ChartFigure]) -> bytes:
    """Return the report as a ``.docx`` file; the same content gives the same bytes.

    The organ that sends it, its number, day and signer are left blank: the answers do not say.

    References
    ----------
    Nghị định 30/2020/NĐ-CP ngày 05/3/2020, Phụ lục I và mẫu 1.4 (báo cáo) của Phụ lục III.
    """
    c, lang = content, content.given.context.lang
    document = form.new_document(c.title, c.given.name, lang)
    form.national_heading(document, BLANK * 3, lang)
    _title(document, c)
    writer = _Sections(document, c, charts)
    writer.begin("survey_word_results")
    for line in (c.finding, *c.more):
        add_body(document, line)
    writer.table("survey_factors", c.factors, "survey_profile")
    if c.questions:
        writer.begin("survey_questions")
        writer.picture("survey_answers")
        writer.answers()
    if c.units:
        writer.begin("survey_units")
        for line in c.unit_words:
            add_body(document, line)
        writer.table("survey_units", c.units, "survey_league")
    if c.groups:
        writer.begin("survey_groups")
        writer.table("survey_groups", c.groups, "")
    writer.begin("survey_steps")
    for line in c.steps:
        add_body(document, f"- {line}")
    writer.picture("survey_priorities")
    if "survey_trend" in charts:
        writer.begin("survey_years")
        writer.picture("survey_trend")
    writer.begin("survey_method")
    for name, text in c.facts:
        add_body(document, f"{name}: {text}")
    for line in (*c.notes, *c.caveats):
        add_body(document, f"- {line}")
    form.signature(document, c.say)
    return form.packed(document)


def _title(document: DocumentType, c: SurveyContent) -> None:
    context = c.given.context
    if context.is_sample:
        badge = f"{context.badge}. {context.sample_line}"
        add_text(document, badge, size=13, bold=True, align=CENTER, before=10)
    add_text(document, c.say("word_kind"), bold=True, align=CENTER, before=14)
    about = c.worded("survey_word_about", unit=c.unit_name, year=c.year)
    add_text(document, about, bold=True, align=CENTER)
    form.add_rule(document, about, 0.4, size=14)


class _Sections:
    """Writes numbered sections with their tables and charts."""

    def __init__(
        self, document: DocumentType, content: SurveyContent, charts: Mapping[str, ChartFigure]
    ) -> None:
        self.document, self.content, self.charts, self.count = document, content, charts, 0

    def begin(self, key: str) -> None:
        """Write the heading of the next section."""
        number, self.count = _NUMERALS[self.count], self.count + 1
        add_heading(self.document, f"{number}. {self.content.say(key).upper()}")

    def table(self, key: str, rows: Sequence[SurveyRow], chart: str) -> None:
        """Write estimates with their intervals below their chart."""
        say = self.content.say
        self.picture(chart)
        heads = [say(key), say("survey_figure_head"), say("survey_forms"), say("survey_said")]
        body = [[row.name, row.figure, *(row.cells or ("—",)), self._said(row)] for row in rows]
        form.add_table(self.document, heads, body, (60, 36, 18, 49), (2,))

    def _said(self, row: SurveyRow) -> str:
        standing = self.content.say(f"survey_standing_{row.standing}") if row.standing else ""
        return "\n".join([*([standing] if standing else []), *row.notes]) or "—"

    def answers(self) -> None:
        """Write the share of each answer by question."""
        names = self.content.answers
        key = "; ".join(f"{code}: {name}" for code, name in names.items())
        add_text(self.document, key, size=11, italic=True, keep=True)
        heads = [f"{self.content.say('survey_question_head')} (%)", *names]
        body = [
            [row.name, *(cell.removesuffix("%") for cell in row.cells)]
            for row in self.content.questions
        ]
        wide = (form.TEXT_WIDTH_MM - 60) / max(len(names), 1)
        numbers = range(1, len(names) + 1)
        form.add_table(self.document, heads, body, (60, *[wide] * len(names)), tuple(numbers))
        add_text(self.document, self.content.say("survey_shares_note"), size=11, italic=True)

    def picture(self, name: str) -> None:
        """Put a chart into the text, with its words for those who cannot see it."""
        if (figure := self.charts.get(name)) is None:
            return
        words = figure.alt_texts[self.content.given.context.lang]
        form.add_chart(self.document, png_bytes(figure, dpi=_WORD_DPI), words)

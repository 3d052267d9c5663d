"""The questionnaire of a survey as a form to be printed and filled in with a pen.

It asks for no name, telephone or identity number, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

from docx.document import Document as DocumentType

from scoring.base.labels import label
from scoring.outputs.word import form
from scoring.outputs.word.form import BLANK, CENTER, LEFT, add_text
from scoring.survey.instrument.entry_workbook import SHORT_CODE, form_code
from scoring.survey.instrument.model import AnswerOption, Instrument, Question

BOX = "☐"
_SIZE, _SMALL, _GRID_SIZE, _FOOT_SIZE = 12.0, 11.0, 10.0, 9.0
# Questions of one scale are a grid from so many on; fewer stand in lines.
_GRID_FROM = 3
_CODE_MM, _OPTION_MM = 11.0, 11.5
_WIDEST_GRID, _GRID_PADDING = 8, 0.6
_MOST_COLUMNS, _CELL_PADDING = 4, 3.8


def questionnaire_bytes(instrument: Instrument, *, unit_name: str = "", lang: str = "vi") -> bytes:
    """Return the questionnaire as a ``.docx`` file, in the form of an administrative document.

    Parameters
    ----------
    instrument : Instrument
    unit_name : str
        The organ that asks; left blank without it.
    lang : {"vi", "en"}

    Returns
    -------
    bytes
        The same questionnaire gives the same bytes.

    References
    ----------
    Nghị định 30/2020/NĐ-CP ngày 05/3/2020, Phụ lục I.

    Examples
    --------
    >>> from scoring.survey.instrument.instruments import open_instrument
    >>> made = questionnaire_bytes(open_instrument("officials-survey-sample"))
    >>> made == questionnaire_bytes(open_instrument("officials-survey-sample"))
    True
    """
    document = form.new_document(instrument.name(lang), form_code(instrument), lang)
    _head(document, instrument, unit_name, lang)
    _about(document, instrument, lang)
    for number, (aspect, questions) in enumerate(instrument.sections(), start=1):
        name = aspect.name(lang) if aspect else label("questionnaire_more", lang)
        code = aspect.code if aspect else str(number)
        title = label("questionnaire_section", lang, code=code, name=name)
        add_text(document, title, size=_SIZE, bold=True, align=LEFT, before=6, after=2, keep=True)
        _Section(document, instrument, lang).write(questions)
    # Thanks alone on a page would be a page wasted: the last answers stay with them.
    cells = (cell for row in list(document.tables[-1].rows)[-2:] for cell in row.cells)
    for cell in cells:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True
    thanks = label("questionnaire_thanks", lang)
    add_text(document, thanks, size=_SIZE, italic=True, align=CENTER, before=3, after=0)
    return form.packed(document)


def _head(document: DocumentType, instrument: Instrument, unit_name: str, lang: str) -> None:
    form.national_heading(document, unit_name or BLANK * 6, lang, dated=False)
    if instrument.status == "sample":
        warning = label("survey_sample_warning", lang)
        add_text(document, warning, size=_SMALL, bold=True, align=CENTER, before=8)
    title = instrument.name(lang).upper()
    add_text(document, title, size=13, bold=True, align=CENTER, before=8)
    form.add_rule(document, title, 0.3, size=13)
    code = label("questionnaire_code", lang, code=form_code(instrument))
    section = document.sections[0]
    for footer in (section.first_page_footer, section.footer):
        form.write_run(footer.paragraphs[0], code, size=_FOOT_SIZE)


def _about(document: DocumentType, instrument: Instrument, lang: str) -> None:
    """Write what the survey is for, how answers are kept, how to answer, and who asks whom."""
    purpose = (instrument.purpose_en if lang == "en" else "") or instrument.purpose_vi
    for text in (purpose, label("questionnaire_private", lang), label("questionnaire_how", lang)):
        add_text(document, text, size=_SIZE, indent=True, before=1, after=1)
    heads = label("questionnaire_for_office", lang).split("|")
    cells = [BLANK * 2 for _ in heads]
    add_text(document, label("questionnaire_office", lang), size=_SMALL, italic=True, before=4)
    form.add_table(document, heads, [cells], [163 / len(heads)] * len(heads), size=_GRID_SIZE)
    if instrument.groups:
        names = [
            (english if lang == "en" else "") or vn for vn, english in instrument.groups.values()
        ]
        text = label("questionnaire_group", lang)
        add_text(document, text, size=_SIZE, align=LEFT, before=6, keep=True)
        _boxes(document, names)


def _boxes(document: DocumentType, names: Sequence[str]) -> None:
    """Write answers in as many columns as they fit into, each behind its box."""
    widest = max(form.width_mm(f"{BOX} {name}", _SMALL) for name in names) + _CELL_PADDING
    columns = max(2, min(_MOST_COLUMNS, len(names), int(form.TEXT_WIDTH_MM // widest)))
    widths = [form.TEXT_WIDTH_MM / columns] * columns
    cells = form.unruled_cells(document, widths, -(-len(names) // columns), whole=True)
    for cell, name in zip_longest(cells, names, fillvalue=""):
        add_text(cell, f"{BOX} {name}" if name else "", size=_SMALL, align=LEFT)  # type: ignore[arg-type]


class _Section:
    """Writes the questions of one part of the form."""

    def __init__(self, document: DocumentType, instrument: Instrument, lang: str) -> None:
        self.document, self.instrument, self.lang = document, instrument, lang

    def write(self, questions: Sequence[Question]) -> None:
        """Write runs of questions of one scale as a grid, others in lines."""
        for scale, run in groupby(questions, key=lambda question: question.scale):
            asked, options = list(run), self.instrument.scales[scale]
            if len(asked) >= _GRID_FROM and len(options) <= _WIDEST_GRID:
                self._grid(asked, options)
            else:
                for question in asked:
                    self._line(question, options)

    def _line(self, question: Question, options: Sequence[AnswerOption]) -> None:
        text = f"{question.code}. {question.text(self.lang)}"
        add_text(self.document, text, size=_SIZE, align=LEFT, before=3, keep=True)
        _boxes(self.document, [self._named(option) for option in options])

    def _named(self, option: AnswerOption) -> str:
        is_short = len(option.code) <= SHORT_CODE
        return f"{option.code}. {option.name(self.lang)}" if is_short else option.name(self.lang)

    def _grid(self, questions: Sequence[Question], options: Sequence[AnswerOption]) -> None:
        heads = [label("questionnaire_number", self.lang), label("questionnaire_asked", self.lang)]
        names = [
            f"{o.name(self.lang)}\n({o.code})" if len(o.code) <= SHORT_CODE else o.name(self.lang)
            for o in options
        ]
        words = [[form.width_mm(w, _GRID_SIZE, bold=True) for w in n.split()] for n in names]
        own = [max(_OPTION_MM, max(widths) + 2 * _GRID_PADDING) for widths in words]
        widths = [_CODE_MM, form.TEXT_WIDTH_MM - _CODE_MM - sum(own), *own]
        form.add_table(
            self.document,
            [*heads, *names],
            list(self._rows(questions, len(options))),
            widths,
            centered=range(2, 2 + len(options)),
            size=_GRID_SIZE,
            padding=_GRID_PADDING,
        )

    def _rows(self, questions: Sequence[Question], count: int) -> Iterator[list[str]]:
        """Yield the rows of a grid: the name of each factor above its questions."""
        names = {factor.code: factor.name(self.lang) for factor in self.instrument.factors}
        for factor, asked in groupby(questions, key=lambda question: question.factor):
            yield [names.get(factor) or label("questionnaire_overall", self.lang)]
            for question in asked:
                yield [question.code, question.text(self.lang), *[BOX] * count]

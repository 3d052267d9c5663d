"""The workbook that forms are entered into: a row a form, answers from lists, headings locked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.evidence.ledger.layout import GUIDE
from scoring.evidence.ledger.sheets.cell_styles import FORMATS, row_height
from scoring.evidence.ledger.sheets.common_sheets import guide_sheet, machine_sheet
from scoring.evidence.ledger.sheets.hints import fitted
from scoring.files.excel.xlsx import MESSAGE_LIMIT, SafeWorkbook
from scoring.survey.instrument.model import AnswerOption, Instrument, Question
from scoring.tables import column

ENTRY_SHEET, CODEBOOK = "Nhập phiếu", "Câu hỏi"
HEADER_ROW = 3
# Raised whenever sheets or columns change in a way that a reader must know of.
TEMPLATE_VERSION = "1"
IDENTITY_KEYS = ("survey_template", "instrument", "instrument_version", "instrument_fingerprint")
ABOUT_FORM = (
    "form_id", "unit_code", "unit_name", "service", "respondent_group", "interviewer", "asked_on",
    "minutes",
)  # fmt: skip
DESIGN = (
    "stratum", "cluster_1", "cluster_2", "cluster_3", "population_1", "population_2",
    "population_3", "weight",
)  # fmt: skip
MAX_FORMS = 20_000
_SPARE_ROWS = 20
_WIDTHS = {"unit_name": 26.0, "respondent_group": 18.0, "asked_on": 12.0}
_WIDTH, _ANSWER_WIDTH = 10.0, 15.0
# A code as long as this is quicker chosen by its words.
SHORT_CODE = 3


@dataclass(frozen=True, slots=True)
class _EntryColumn:
    """A column of the sheet: of the table ``Forms``, or of a question."""

    name: str
    title: str
    width: float
    question: Question | None = None


def identity_of(instrument: Instrument) -> dict[str, str]:
    """Return what the hidden sheet of an entry workbook says, by which its forms are known."""
    own = (instrument.instrument_id, instrument.version, instrument.fingerprint)
    return dict(zip(IDENTITY_KEYS, (TEMPLATE_VERSION, *own), strict=True))


def entry_workbook_bytes(
    instrument: Instrument,
    *,
    sample: pd.DataFrame | None = None,
    unit_code: str = "",
    unit_name: str = "",
    forms: int = 200,
    lang: str = "vi",
) -> bytes:
    """Return the workbook that the forms of a survey are entered into.

    Parameters
    ----------
    instrument : Instrument
    sample : DataFrame, optional
        The units drawn, with columns of the table ``Forms``; their cells are filled in and
        locked, and each has a row of its own.
    unit_code, unit_name : str
        The unit that is judged, filled in on every row that the sample does not fill.
    forms : int
        How many empty rows there are where there is no sample.
    lang : {"vi", "en"}
        Language of headings and lists; names of sheets are always Vietnamese.

    Raises
    ------
    UsageError
        For more than 20,000 rows.

    Examples
    --------
    >>> from scoring.files.excel.workbook import read_workbook
    >>> from scoring.survey.instrument.instruments import open_instrument
    >>> made = entry_workbook_bytes(open_instrument("officials-survey-sample"), forms=2)
    >>> read_workbook(made)["Nhập phiếu"].cell("A4")
    'Mã phiếu'
    """
    known = pd.DataFrame() if sample is None else sample.reset_index(drop=True)
    rows = len(known) + _SPARE_ROWS if len(known) else forms
    if not 0 < rows <= MAX_FORMS:
        finding = Finding("entry-row-count", values={"count": rows, "limit": MAX_FORMS})
        raise UsageError(f"an entry workbook has 1 to {MAX_FORMS} rows, not {rows}", finding)
    properties = {"title": instrument.name(lang), "category": _mark(instrument, lang)}
    book = SafeWorkbook(properties, font_size=10)
    guide = (label("entry_guide_title", lang), label("entry_guide", lang))
    guide_sheet(book, GUIDE, *guide, footer=_footer(instrument, lang))
    unit = {"unit_code": unit_code, "unit_name": unit_name}
    _EntrySheet(book, instrument, lang).write(known, rows, unit)
    _codebook(book, instrument, lang)
    machine_sheet(book, identity_of(instrument))
    return book.to_bytes()


def offered(options: Sequence[AnswerOption], lang: str) -> list[str]:
    """Return the texts of a drop-down list: codes with their words, then short codes to be typed.

    >>> offered([AnswerOption("5", "Rất hài lòng", "", True)], "vi")
    ['5 - Rất hài lòng', '5']
    """
    short = [option for option in options if len(option.code) <= SHORT_CODE]
    words = [f"{o.code} - {o.name(lang)}" if o in short else o.name(lang) for o in options]
    return [*words, *(option.code for option in short)]


def _mark(instrument: Instrument, lang: str) -> str:
    return label("sample_mark", lang) if instrument.status == "sample" else ""


def form_code(instrument: Instrument) -> str:
    """Return what tells a form from those of other questionnaires and versions.

    >>> from scoring.survey.instrument.instruments import open_instrument
    >>> form_code(open_instrument("sipas-citizens-sample"))[:30]
    'sipas-citizens-sample / 2026.1'
    """
    return f"{instrument.instrument_id} / {instrument.version} / {instrument.fingerprint[:6]}"


def _footer(instrument: Instrument, lang: str) -> str:
    mark = _mark(instrument, lang)
    return " · ".join(part for part in (mark, form_code(instrument)) if part)


class _EntrySheet:
    """Writes the sheet that forms are typed into."""

    def __init__(self, book: SafeWorkbook, instrument: Instrument, lang: str) -> None:
        self.instrument, self.lang = instrument, lang
        self.sheet = book.add_sheet(ENTRY_SHEET)
        self.columns = [
            *(self._about(name) for name in ABOUT_FORM),
            *(self._asked(question) for question in instrument.questions),
            *(self._about(name) for name in DESIGN),
        ]

    def _about(self, name: str) -> _EntryColumn:
        return _EntryColumn(name, label(f"entry_{name}", self.lang), _WIDTHS.get(name, _WIDTH))

    def _asked(self, question: Question) -> _EntryColumn:
        title = f"{question.code}. {question.text(self.lang)}"
        return _EntryColumn(question.code, title, _ANSWER_WIDTH, question)

    def write(self, known: pd.DataFrame, rows: int, unit: Mapping[str, str]) -> None:
        """Write headings, rows and what each column offers or checks."""
        self._headings()
        blank = {name: text for name, text in unit.items() if text}
        listed: list[Mapping[Any, object]] = [*known.to_dict("records")]
        for place in range(rows):
            own = listed[place] if place < len(listed) else {}
            filled = {key: value for key, value in own.items() if value == value and value != ""}
            self._row(HEADER_ROW + 1 + place, blank | filled, is_known=bool(own))
        last = HEADER_ROW + rows
        for place, entry in enumerate(self.columns):
            self._offer(entry, (HEADER_ROW + 1, place), (last, place))
        self.sheet.sheet.autofilter(HEADER_ROW, 0, last, len(self.columns) - 1)
        self.sheet.print_on_a4(header_row=HEADER_ROW, footer=_footer(self.instrument, self.lang))
        self.sheet.fit_readably([entry.width for entry in self.columns], repeated=1)
        self.sheet.sheet.freeze_panes(HEADER_ROW + 1, 1)
        self.sheet.protect()
        self.sheet.sheet.activate()

    def _headings(self) -> None:
        about = {"name": self.instrument.name(self.lang), "code": form_code(self.instrument)}
        self.sheet.write_text(0, 1, label("entry_title", self.lang), "title")
        self.sheet.write_text(1, 1, label("entry_about", self.lang, **about), FORMATS["plain"])
        if self.instrument.status == "sample":
            warning = label("survey_sample_warning", self.lang)
            self.sheet.write_text(2, 1, warning, FORMATS["warning"])
        for place, entry in enumerate(self.columns):
            self.sheet.write_text(HEADER_ROW, place, entry.title, "header")
            self.sheet.sheet.set_column(place, place, entry.width)
        texts = [(entry.title, entry.width) for entry in self.columns]
        self.sheet.sheet.set_row(HEADER_ROW, row_height(texts, bold=True))

    def _row(self, row: int, values: Mapping[Any, object], *, is_known: bool) -> None:
        for place, entry in enumerate(self.columns):
            is_given = entry.question is None and entry.name in values
            look = "item_code" if is_given and is_known else _look(entry)
            value = _said(values[entry.name]) if is_given else None
            self.sheet.write(row, place, value, FORMATS[look])

    def _offer(self, entry: _EntryColumn, first: tuple[int, int], last: tuple[int, int]) -> None:
        title = fitted(entry.title)
        if entry.question:
            options = self.instrument.scales[entry.question.scale]
            words, message = offered(options, self.lang), _answers(options, self.lang)
        elif entry.name == "respondent_group":
            words = [self._group(code) for code in self.instrument.groups]
            message = label("entry_pick", self.lang)
        else:
            rule, text = _rule(entry.name)
            said = label(text, self.lang)
            self.sheet.add_rule(first, last, rule, title=title, message=said, error=said)
            return
        if words:
            message, error = fitted(message, MESSAGE_LIMIT), label("entry_pick", self.lang)
            self.sheet.add_list(first, last, words, title=title, message=message, error=error)

    def _group(self, code: str) -> str:
        vietnamese, english = self.instrument.groups[code]
        return (english if self.lang == "en" else vietnamese) or vietnamese


def _look(entry: _EntryColumn) -> str:
    if entry.question:
        return "entry_text"
    looks = {"number": "entry_number", "date": "entry_date"}
    return looks.get(column("Forms", entry.name).type, "entry_text")


def _said(value: object) -> object:
    """Return a cell of the sample; a moment of time as its day."""
    return value.date() if isinstance(value, dt.datetime) else value


def _rule(name: str) -> tuple[dict[str, Any], str]:
    """Return what Excel checks in a column of ``Forms``, and the text beside it."""
    kind = column("Forms", name).type
    if kind == "date":
        limits = {"minimum": dt.date(2000, 1, 1), "maximum": dt.date(2100, 12, 31)}
        return {"validate": "date", "criteria": "between", **limits}, "entry_day"
    if kind == "number":
        return {"validate": "decimal", "criteria": ">=", "value": 0}, "entry_number"
    return {"validate": "any"}, "entry_code_hint"


def _answers(options: Sequence[AnswerOption], lang: str) -> str:
    return "; ".join(f"{option.code} - {option.name(lang)}" for option in options)


def _codebook(book: SafeWorkbook, instrument: Instrument, lang: str) -> None:
    """Write the codes of all answers, to lie beside the one who types."""
    sheet = book.add_sheet(CODEBOOK)
    widths = (9.0, 55.0, 75.0)
    sheet.set_widths(widths)
    sheet.write_text(0, 0, label("entry_codebook_title", lang), "title")
    heads = [label(f"entry_codebook_{name}", lang) for name in ("code", "question", "answers")]
    sheet.write_row(2, 0, heads, "header")
    for row, cells in enumerate(_codebook_rows(instrument, lang), start=3):
        sheet.write_row(row, 0, cells, FORMATS["item_code"])
        sheet.sheet.set_row(row, row_height(zip(cells, widths, strict=True)))
    sheet.print_on_a4(header_row=2, footer=_footer(instrument, lang))
    sheet.protect()


def _codebook_rows(instrument: Instrument, lang: str) -> Iterator[tuple[str, str, str]]:
    for question in instrument.questions:
        answers = _answers(instrument.scales[question.scale], lang)
        yield question.code, question.text(lang), answers

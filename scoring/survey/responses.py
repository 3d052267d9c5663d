"""Responses as they are estimated from: a row a form, an answer a small number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.displayed import Displayed
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.vocabulary import folded
from scoring.survey.form_flags import QualityLimits
from scoring.survey.instrument.model import Instrument
from scoring.survey.personal_data import personal_columns, shown_safely, without_personal
from scoring.survey.quality import FormCheck
from scoring.survey.reading.answer_table import Read, forms_and_answers
from scoring.survey.reading.answer_words import MISSING as MISSING
from scoring.survey.reading.entry_forms import as_entered
from scoring.survey.reading.response_columns import HeadingReader
from scoring.survey.reading.response_sources import ResponseTable, open_responses
from scoring.tables.places import row_findings

Source = Path | str | pd.DataFrame
LAYOUTS = ("auto", "wide", "long")
POLICIES = ("refuse", "drop")


@dataclass(frozen=True)
class Responses(Displayed):
    """The forms of one survey.

    Attributes
    ----------
    instrument : Instrument
    forms : DataFrame, shape (n_forms, n_columns)
        The table ``Forms``, with the further columns that a design or a calibration names.
    answers : int8 array, shape (n_forms, n_questions)
        Position of the answer in the scale of its question, in the order of
        ``instrument.questions``; `MISSING` where nothing was answered. "Does not know" is an
        option of the scale whose ``is_answer`` is False, so it is never taken for missing.
    findings : tuple of Finding

    Examples
    --------
    >>> from scoring.survey.instrument.instruments import open_instrument
    >>> form = open_instrument("sipas-citizens-sample")
    >>> table = pd.DataFrame({"form_id": ["1", "2"], "A1": ["4", ""], "B1.1": ["5", "KB"]})
    >>> told = read_responses(table, form)
    >>> told.answers[:, form.place_of["B1.1"]].tolist()
    [4, 5]
    >>> bool(told.answers[1, form.place_of["A1"]] == MISSING)
    True
    """

    instrument: Instrument
    forms: pd.DataFrame
    answers: npt.NDArray[np.int8]
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    @cached_property
    def absent(self) -> frozenset[str]:
        """Questions that no file holds: nobody left them unanswered."""
        return absent_questions(self.instrument, self.answers, self.findings)

    def __repr__(self) -> str:
        return f"Responses({self.instrument.instrument_id!r}, {len(self.forms)} forms)"


def read_responses(
    source: Source | Sequence[Source],
    instrument: Instrument,
    *,
    columns: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    numbers: Sequence[str] = (),
    layout: str = "auto",
    personal: str = "refuse",
    sheet: str = "",
    drop: Sequence[str] = (),
    limits: QualityLimits | None = None,
) -> Responses:
    """Read the forms of a survey; every problem is a finding, and nothing is guessed.

    Parameters
    ----------
    source : Path, str or DataFrame, or a list of them
        CSV, Parquet, .xlsx, .xlsm, or a frame of their cells: one heading row, and below it a
        row a form (wide) or a row an answer (long). Forms of several are checked together.
    instrument : Instrument
        The questionnaire: its questions, and the scales that answers come from.
    columns : mapping of str to str, optional
        Heading to column of ``Forms`` or code of a question, for headings that are not usual.
        It also says that the numbers of a column are codes, not telephone or identity numbers.
    keep : sequence of str
        Headings to keep beside the known ones, as text; any other unknown column is not read. A
        star at the end stands for any letters: ``rep_*``.
    numbers : sequence of str
        Headings to keep as numbers, such as replicate weights.
    layout : {"auto", "wide", "long"}
    personal : {"refuse", "drop"}
        What becomes of columns that look like personal data: the whole file is refused, or they
        are left out with a finding. They are never kept.
    sheet : str
        Which sheet of a workbook; by default the only visible one that has known headings.
    drop : sequence of str
        Doubts (`scoring.survey.form_flags.DOUBTS`) whose forms are to go; the finding says how
        many went. By default all doubtful forms stay, each doubt with its finding.
    limits : QualityLimits, optional
        From which point on something is pointed out.

    Returns
    -------
    Responses
        An impossible answer is missing and has a finding.

    Raises
    ------
    UnreadableError
        When nothing can be read, or a column looks like personal data (``survey-personal-data``).
    UsageError
        For no file at all, a layout, a policy, a doubt or a target of `columns` that does not exist.

    Examples
    --------
    >>> from scoring.survey.instrument.model import AnswerOption, Instrument, Question
    >>> scale = (AnswerOption("1", "Không hài lòng", "Dissatisfied", False),
    ...          AnswerOption("5", "Rất hài lòng", "Very satisfied", True),
    ...          AnswerOption("9", "Không biết", "Does not know", False, False))
    >>> form = Instrument("mau", "1", "mau", "Mẫu", "Sample", "sample", "", (),
    ...                   (Question("q1", "", "Ông/bà có hài lòng không?", "", "five"),),
    ...                   {"five": scale}, (), {})
    >>> table = pd.DataFrame({"Mã phiếu": ["A1", "A2", "A3"], "q1": ["5,0", "rất hài lòng", "KB"]})
    >>> read_responses(table, form).answers.tolist()
    [[1], [1], [2]]
    """
    for name, value, known in (("layout", layout, LAYOUTS), ("personal", personal, POLICIES)):
        if value not in known:
            raise UsageError(f"{name} is {value!r}, none of {', '.join(known)}")
    reader = HeadingReader(instrument, columns)
    sources = [source] if isinstance(source, Source) else list(source)
    if not sources:
        raise UsageError("read_responses needs a file or a frame")
    parts = [taken_in(one, reader, (keep, numbers), layout, personal, sheet) for one in sources]
    forms, answers, findings = _together(parts)
    absent = absent_questions(instrument, answers, findings)
    check = FormCheck(instrument, forms, answers, limits, absent)
    stays, dropped = check.dropped(drop)
    findings += [*check.findings(drop), *dropped]
    kept = forms if stays.all() else forms[stays].reset_index(drop=True)
    return Responses(instrument, kept, answers[stays], tuple(findings))


def absent_questions(
    instrument: Instrument, answers: npt.NDArray[np.int8], findings: Sequence[Finding]
) -> frozenset[str]:
    """Return the questions that a finding calls missing and that no form answers."""
    named = {
        code
        for found in findings
        if found.code == "survey-question-missing"
        for code in cast("list[str]", found.values["expected"])
    }
    empty = (answers == MISSING).all(axis=0)
    return frozenset(code for code in named if empty[instrument.place_of[code]])


def taken_in(
    source: Source | ResponseTable,
    reader: HeadingReader,
    keep: tuple[Sequence[str], Sequence[str]],
    layout: str = "auto",
    personal: str = "refuse",
    sheet: str = "",
) -> Read:
    """Read one file, or rows of one, without its personal data; see `read_responses`."""
    if not isinstance(source, ResponseTable):
        source = open_responses(source, reader.known, sheet)
    table = without_personal(source, list(personal_columns(source, reader)), personal)
    table = as_entered(table, reader)
    plan = reader.plan(table, layout, *keep)
    forms, answers, found = forms_and_answers(table, plan, reader)
    findings = [*table.findings, *plan.findings, *found, *_of_another(forms, reader.instrument)]
    forms, unknown = _with_groups(forms, reader.instrument)
    findings += unknown
    if not len(forms):
        findings.append(Finding("survey-no-forms", table.file, table.sheet))
    return forms, answers, findings


def _together(parts: Sequence[Read]) -> Read:
    """Put the forms of all files under each other; a text that one of them lacks is empty."""
    findings = [found for part in parts for found in part[2]]
    if len(parts) == 1:
        return (*parts[0][:2], findings)
    forms = pd.concat([part[0] for part in parts], ignore_index=True)
    texts = [name for name, kind in forms.dtypes.items() if kind == "str"]
    forms = forms.assign(**{str(name): forms[name].fillna("") for name in texts})
    return forms, np.concatenate([part[1] for part in parts]), findings


def _with_groups(forms: pd.DataFrame, instrument: Instrument) -> tuple[pd.DataFrame, list[Finding]]:
    """Return groups of respondents by their codes, and those the questionnaire does not know."""
    if "respondent_group" not in forms or not instrument.groups:
        return forms, []
    said = {folded(word): code for code, names in instrument.groups.items() for word in names}
    said |= {folded(code): code for code in instrument.groups} | {"": ""}
    typed = forms["respondent_group"]
    codes = {text: said.get(folded(text)) for text in typed.unique()}
    wrong = np.flatnonzero(typed.isin([text for text, code in codes.items() if code is None]))
    read = typed.map({text: code or text for text, code in codes.items()}).astype("str")
    values = {"expected": ", ".join(instrument.groups), "count": len(wrong)}
    met = ({"value": shown_safely(typed.iloc[row])} | values for row in wrong[:1])
    found = row_findings("survey-group-unknown", forms, wrong[:1].tolist(), met)
    return forms.assign(respondent_group=read), found


def _of_another(forms: pd.DataFrame, instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding where forms name another questionnaire, or another version of it."""
    own = {"instrument": instrument.instrument_id, "instrument_version": instrument.version}
    for column in own.keys() & forms.columns:
        said = forms[column]
        wrong = np.flatnonzero((said != own[column]) & (said != ""))
        values = {"column": column, "expected": own[column], "count": len(wrong)}
        met = ({"value": shown_safely(said.iloc[row])} | values for row in wrong[:1])
        yield from row_findings("survey-other-instrument", forms, wrong[:1].tolist(), met)

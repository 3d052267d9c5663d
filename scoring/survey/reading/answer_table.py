"""The answers of all forms as one array, from a wide table or a long one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.survey.instrument.model import Instrument, Question
from scoring.survey.personal_data import shown_safely
from scoring.survey.reading.answer_words import IMPOSSIBLE, MISSING, coded_answers
from scoring.survey.reading.form_columns import numbers_of, read_forms, texts_of
from scoring.survey.reading.response_columns import ColumnPlan, HeadingReader
from scoring.survey.reading.response_sources import ResponseTable
from scoring.tables.places import MAX_FINDINGS_PER_KIND

Places = npt.NDArray[np.int8]
# What is longer than any answer is what a person said: no finding repeats it.
_LONGEST = 32
Read = tuple[pd.DataFrame, Places, list[Finding]]


def forms_and_answers(table: ResponseTable, plan: ColumnPlan, reader: HeadingReader) -> Read:
    """Return the table ``Forms``, the answers of each form, and what is wrong with either."""
    read = _of_long if plan.long else _of_wide
    forms, answers, findings = read(table, plan, reader)
    asked = answers.shape[1]
    return forms, answers.reshape(len(forms), asked), findings


def _of_wide(table: ResponseTable, plan: ColumnPlan, reader: HeadingReader) -> Read:
    forms, findings = _forms(table, plan)
    questions = reader.instrument.questions
    answers = np.full((len(forms), len(questions)), MISSING, dtype=np.int8, order="F")
    rows = np.arange(len(forms))
    for place, question in enumerate(questions):
        if heading := plan.questions.get(question.code):
            read = _Answers(table, heading, rows, question, reader.instrument)
            answers[:, place] = read.places
            findings += read.impossible()
    absent = [q.code for q in questions if q.code not in plan.questions]
    return forms, answers, [*findings, *_absent(absent, table)]


def _forms(table: ResponseTable, plan: ColumnPlan) -> tuple[pd.DataFrame, list[Finding]]:
    forms, findings = read_forms(table, plan.forms)
    texts = {name: texts_of(table.frame[name]) for name in plan.kept}
    return forms.assign(
        **texts, **{n: numbers_of(table, n, findings) for n in plan.numbers}
    ), findings


def _absent(codes: list[str], table: ResponseTable) -> Iterator[Finding]:
    """Yield a finding for questions that no column or row holds: they are not just unanswered."""
    if codes:
        values = {"expected": codes, "count": len(codes)}
        yield Finding("survey-question-missing", **table.about, values=values)


class _Answers:
    """What some rows of a column answer to one question."""

    def __init__(
        self,
        table: ResponseTable,
        heading: str,
        rows: npt.NDArray[np.intp],
        question: Question,
        instrument: Instrument,
    ) -> None:
        self.table, self.heading, self.rows, self.question = table, heading, rows, question
        self.options = instrument.scales[question.scale]
        self.cells = (
            table.frame[heading].iloc[rows]
            if len(rows) < len(table.frame)
            else table.frame[heading]
        )
        self.places, self.met = coded_answers(self.cells, self.options)

    def impossible(self) -> Iterator[Finding]:
        """Yield a finding for each different cell that names no option, at the first of them."""
        wrong = np.flatnonzero(self.met == IMPOSSIBLE)
        if not len(wrong):
            return
        codes, cells = pd.factorize(self.cells.iloc[wrong])
        _, first, counts = np.unique(codes, return_index=True, return_counts=True)
        offered = [Named(f"{o.code} {o.name_vi}", f"{o.code} {o.name_en}") for o in self.options]
        for cell, row, count in list(zip(cells, first, counts, strict=True))[
            :MAX_FINDINGS_PER_KIND
        ]:
            values = {
                "question": self.question.code,
                "value": shown_safely(cell, longest=_LONGEST),
                "count": int(count),
                "expected": offered,
            }
            place = self.table.place(int(self.rows[wrong[row]]), self.heading)
            yield Finding("survey-answer-impossible", **place, values=values)


def _of_long(table: ResponseTable, plan: ColumnPlan, reader: HeadingReader) -> Read:
    if "form_id" not in plan.forms:
        values = {"column": "form_id", "expected": "form_id, question, answer"}
        raise UnreadableError(Finding("missing-column", **table.about, values=values))
    ids = texts_of(table.frame[plan.forms["form_id"]])
    findings = list(_formless(table, plan, np.flatnonzero(ids == "")))
    table = replace(table, frame=table.frame[(ids != "").to_numpy()])
    of_form = pd.factorize(ids[ids != ""])[0]
    first = np.unique(of_form, return_index=True)[1]
    forms, found = _forms(replace(table, frame=table.frame.iloc[first]), plan)
    findings += [*found, *_contradicting(table, plan, of_form, first)]
    asked, found = _asked(table, plan, reader)
    answers, more = _matrix(table, plan, reader.instrument, of_form, asked)
    return forms, answers, [*findings, *found, *more]


def _formless(
    table: ResponseTable, plan: ColumnPlan, rows: npt.NDArray[np.intp]
) -> Iterator[Finding]:
    if len(rows):
        place = table.place(int(rows[0]), plan.forms["form_id"])
        yield Finding("survey-answer-without-form", **place, values={"count": len(rows)})


def _contradicting(
    table: ResponseTable,
    plan: ColumnPlan,
    of_form: npt.NDArray[np.intp],
    first: npt.NDArray[np.intp],
) -> Iterator[Finding]:
    """Yield a finding for each column whose rows do not say the same throughout a form."""
    for name, heading in (
        plan.forms | {name: name for name in (*plan.kept, *plan.numbers)}
    ).items():
        codes = pd.factorize(table.frame[heading])[0] if name != "form_id" else of_form
        wrong = np.flatnonzero(codes != codes[first][of_form])
        if len(wrong) and name != "form_id":
            count = len(np.unique(of_form[wrong]))
            place = table.place(int(wrong[0]), heading)
            values = {"column": heading, "count": count}
            yield Finding("survey-form-contradicts", **place, values=values)


def _asked(
    table: ResponseTable, plan: ColumnPlan, reader: HeadingReader
) -> tuple[npt.NDArray[np.intp], list[Finding]]:
    """Return the place of the question of each row (-1: none), and the questions not known."""
    heading = plan.long["question"]
    codes, names = pd.factorize(texts_of(table.frame[heading]))
    known = reader.instrument.place_of
    places = np.array([known.get(reader.target(name), -1) for name in names], dtype=np.intp)
    findings = []
    for place in np.flatnonzero(places < 0)[:MAX_FINDINGS_PER_KIND]:
        row = int(np.argmax(codes == place))
        values = {"column": shown_safely(names[place])} | reader.version
        findings.append(
            Finding("survey-question-unknown", **table.place(row, heading), values=values)
        )
    missing = [code for code, place in known.items() if place not in places]
    return places[codes] if len(codes) else codes, [*findings, *_absent(missing, table)]


def _matrix(
    table: ResponseTable,
    plan: ColumnPlan,
    instrument: Instrument,
    of_form: npt.NDArray[np.intp],
    asked: npt.NDArray[np.intp],
) -> tuple[Places, list[Finding]]:
    count = int(of_form.max(initial=-1)) + 1
    answers = np.full((count, len(instrument.questions)), MISSING, dtype=np.int8, order="F")
    findings: list[Finding] = []
    for place, question in enumerate(instrument.questions):
        rows = np.flatnonzero(asked == place)
        read = _Answers(table, plan.long["answer"], rows, question, instrument)
        findings += read.impossible()
        answers[of_form[rows], place] = read.places
        # Of a question answered twice in a form the last answer stands there now.
        wrong = np.flatnonzero(answers[of_form[rows], place] != read.places)
        if len(wrong):
            answers[of_form[rows[wrong]], place] = MISSING
            where = table.place(int(rows[wrong[0]]), plan.long["answer"])
            values = {"question": question.code, "count": len(np.unique(of_form[rows[wrong]]))}
            findings.append(Finding("survey-answers-contradict", **where, values=values))
    return answers, findings

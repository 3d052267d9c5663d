"""Which column of a file of responses is what: by the caller's mapping, or by a usual heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.text import shortened, without_marks
from scoring.base.vocabulary import folded
from scoring.survey.instrument.model import Instrument, Question
from scoring.survey.personal_data import shown_safely
from scoring.survey.reading.answer_words import heading_words
from scoring.survey.reading.response_sources import ResponseTable
from scoring.tables import columns_of

_FORM_COLUMNS = tuple(columns_of("Forms"))
_NUMBERED = re.compile(r"^([^\W\d_]+)[ .]?\d+(?:[ .]\d+)*[a-z]?")


@dataclass(frozen=True)
class ColumnPlan:
    """Where everything stands in a table of responses.

    Attributes
    ----------
    forms, questions : dict of str to str
        Column of ``Forms``, or code of a question, to heading.
    kept, numbers : tuple of str
        Further headings that the caller asked for, as text and as numbers.
    long : dict of str to str
        ``question`` and ``answer`` to heading; empty for a wide table.
    findings : tuple of Finding
    """

    forms: dict[str, str]
    questions: dict[str, str]
    kept: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    long: dict[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


class HeadingReader:
    """Reads headings for a questionnaire.

    Parameters
    ----------
    instrument : Instrument
    columns : mapping of str to str, optional
        Heading to column of ``Forms`` or code of a question; it goes before usual headings.
    """

    def __init__(self, instrument: Instrument, columns: Mapping[str, str] | None = None) -> None:
        self.instrument = instrument
        self.mapped = {_folded(name): target for name, target in (columns or {}).items()}
        unknown = sorted({*self.mapped.values()} - {*_FORM_COLUMNS, *instrument.place_of})
        if unknown:
            raise UsageError(f"columns: no column of Forms and no question: {', '.join(unknown)}")
        self.questions = {word: q.code for q in instrument.questions for word in _asked(q)}
        self.forms = dict(_usual("forms")) | {_folded(name): name for name in _FORM_COLUMNS}
        self.long = dict(_usual("long"))
        self.version = {"version": instrument.version, "instrument": instrument.instrument_id}

    def is_mapped(self, heading: str) -> bool:
        """Say whether the caller mapped a heading."""
        return _folded(heading) in self.mapped

    def is_question(self, heading: str) -> bool:
        """Say whether a heading is that of a question."""
        return self.target(heading) in self.instrument.place_of

    def target(self, heading: str) -> str:
        """Return the column of ``Forms`` or the question that a heading names; empty for none."""
        word = _folded(heading)
        return self.mapped.get(word) or self.questions.get(word) or self.forms.get(word, "")

    def known(self, headings: Iterable[str]) -> int:
        """Count the headings that are known."""
        return sum(bool(self.target(name) or _folded(name) in self.long) for name in headings)

    def plan(
        self,
        table: ResponseTable,
        layout: str,
        keep: Sequence[str] = (),
        numbers: Sequence[str] = (),
    ) -> ColumnPlan:
        """Say where everything stands, and what is not read.

        Parameters
        ----------
        table : ResponseTable
        layout : {"auto", "wide", "long"}
            ``auto`` takes a table for long when it has a column of questions, one of answers and
            none that is a question itself.
        keep, numbers : sequence of str
            Headings to keep beside the known ones, as text or as numbers; a star at
            the end stands for any letters.
        """
        headings = [str(name) for name in table.frame.columns]
        further = [name for name in headings if not self.target(name)]
        figures = tuple(name for name in further if _is_among(name, numbers))
        kept = tuple(n for n in further if _is_among(n, keep) and n not in figures)
        long = {self.long[_folded(name)]: name for name in headings if _folded(name) in self.long}
        placed: dict[str, str] = {}
        findings, unread = [], []
        for name in headings:
            target = self.target(name)
            if not target:
                unread.append(name)
            elif target in placed:
                values = {"column": target, "first": placed[target]}
                findings.append(
                    Finding("survey-column-twice", **table.place(-1, name), values=values)
                )
            else:
                placed[target] = name
        questions = {code: name for code, name in placed.items() if code not in _FORM_COLUMNS}
        is_long = layout == "long" or (layout == "auto" and len(long) == 2 and not questions)
        unread = [
            name
            for name in unread
            if name not in (*kept, *figures, *(long.values() if is_long else ()))
        ]
        findings += self._unread(table, unread)
        forms = {name: head for name, head in placed.items() if name in _FORM_COLUMNS}
        return ColumnPlan(forms, questions, kept, figures, long if is_long else {}, tuple(findings))

    def _unread(self, table: ResponseTable, unread: list[str]) -> Iterator[Finding]:
        """Yield a finding for each column that looks like a question, and one for the others."""
        own = {match[1] for code in self.instrument.place_of if (match := _question_like(code))}
        asked = [n for n in unread if (match := _question_like(n)) and match[1] in own]
        for name in asked:
            values = self.version | {"column": name}
            yield Finding("survey-question-unknown", **table.place(-1, name), values=values)
        others = [name for name in unread if name not in asked and name.strip()]
        if others:
            shown = [shown_safely(shortened(name, 60)) for name in others]
            counted = {"expected": shown, "count": len(others)}
            yield Finding("survey-columns-not-read", **table.about, values=counted)


def _is_among(heading: str, wanted: Sequence[str]) -> bool:
    """Say whether a heading is wanted, by its whole name or by how it begins (``rep_*``)."""
    said, names = _folded(heading), [_folded(name) for name in wanted]
    begins = tuple(name[:-1] for name in names if len(name) > 1 and name.endswith("*"))
    return said in names or said.startswith(begins)


def _question_like(name: str) -> re.Match[str] | None:
    return _NUMBERED.fullmatch(_folded(name))


def _folded(heading: str) -> str:
    return folded(heading.replace("_", " "))


def _usual(part: str) -> Iterator[tuple[str, str]]:
    for target, words in heading_words()[part].items():
        for word in words:
            yield word, target
            yield without_marks(word), target


def _asked(question: Question) -> Iterator[str]:
    """Yield the headings that a question may stand under: its code, its text, or both."""
    code, texts = question.code, (question.text_vi, question.text_en)
    yield _folded(code)
    for text in texts:
        if text:
            yield _folded(text)
            yield from (_folded(f"{code}{mark} {text}") for mark in ("", ".", ":", " -"))

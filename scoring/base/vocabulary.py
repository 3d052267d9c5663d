"""The words by which people answer yes, no, never or a choice: one reader for every file.

A cell of a ledger, a long table, a criteria workbook, a mapping or a table beside a plan is read
by these functions alone, so that one word never means two things. The words stand in
``vocabulary.toml`` and in the labels.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Protocol

import numpy as np

from scoring.base.labels import LANGUAGES, Label, Named, label
from scoring.base.message_tables import message_tables
from scoring.base.text import clean_text

YES, NO, NEVER = "yes", "no", "never"
"""The answers as the tables hold them in the column ``choice``."""
_SAID = {"yes_no": (YES, NO), "date": (NEVER,)}


class Labelled(Protocol):
    """What can be chosen: a code with a label in each language, either of which may be empty."""

    @property
    def code(self) -> str: ...
    @property
    def label_vi(self) -> str: ...
    @property
    def label_en(self) -> str: ...


def folded(text: str) -> str:
    """Return a word for comparing: composed, in small letters, with single spaces.

    >>> folded("  KHÔNG  áp dụng ")
    'không áp dụng'
    """
    return clean_text(text).casefold()


@cache
def words_for(answer: str) -> tuple[str, ...]:
    """Return the folded words that say `answer`, a key of ``vocabulary.toml``, labels last.

    >>> words_for("no")
    ('no', '0', '0.0', 'false', 'không')
    """
    source = resources.files("scoring.base").joinpath("vocabulary.toml")
    words = tomllib.loads(source.read_text(encoding="utf-8"))[answer]
    labelled = answer in message_tables("labels")
    shown = [label(answer, lang) for lang in LANGUAGES if labelled]
    return tuple(dict.fromkeys(folded(word) for word in [*words, *shown]))


def cell_word(cell: object) -> str:
    """Return what a cell says as one folded word; empty for an empty cell, NaN and NaT.

    >>> cell_word(True), cell_word(1.0), cell_word(" Có "), cell_word(float("nan"))
    ('true', '1', 'có', '')
    """
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, bool | np.bool_):
        return "true" if cell else "false"
    if isinstance(cell, float | int | np.number):
        return f"{float(cell):.12g}"
    return folded(str(cell))


def yes_or_no(cell: object, column: str = "") -> bool | None:
    """Read an answer, whatever the file it stands in.

    Parameters
    ----------
    cell : object
        Text, number, truth value or nothing.
    column : str
        The key of words that say yes in this column only: ``not_applicable`` or ``secret``.

    Returns
    -------
    bool or None
        None where the cell says neither, be it empty or another word (see `cell_word`).

    Examples
    --------
    >>> [yes_or_no(cell) for cell in ("Có", "✓", True, 1, "không", 0.0, "", "chưa")]
    [True, True, True, True, False, False, None, None]
    >>> yes_or_no("Không áp dụng", "not_applicable")
    True
    """
    word = cell_word(cell)
    if word in words_for(YES) or (column and word in words_for(column)):
        return True
    return False if word in words_for(NO) else None


def answers(kind: str, options: Iterable[Labelled] = ()) -> Mapping[str, str]:
    """Return the folded words that answer an input, each with the answer it stands for.

    Parameters
    ----------
    kind : str
        Kind of the input: ``yes_no``, ``date`` or ``choice``; numbers have no words.
    options : iterable of Labelled
        What a choice offers, by its code or either label.

    Examples
    --------
    >>> answers("date")["không thực hiện"], answers("yes_no")["✔"], dict(answers("count"))
    ('never', 'yes', {})
    """
    if kind == "choice":
        return {
            folded(text): option.code
            for option in options
            for text in (option.code, option.label_vi, option.label_en)
            if text
        }
    return {word: answer for answer in _SAID.get(kind, ()) for word in words_for(answer)}


def expected_answers(kind: str, options: Iterable[Labelled] = ()) -> tuple[Label | Named, ...]:
    """Return what a finding says is expected where another word stands.

    >>> [answer.text("en") for answer in expected_answers("yes_no")]
    ['Yes', 'No']
    """
    if kind == "choice":
        return tuple(Named(option.label_vi or option.code, option.label_en) for option in options)
    return tuple(Label(answer) for answer in _SAID.get(kind, ()))

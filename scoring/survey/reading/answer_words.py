"""Answers as cells hold them, read as options of their scale."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.numbers import read_number
from scoring.base.text import without_marks
from scoring.base.vocabulary import cell_word, folded
from scoring.survey.instrument.model import AnswerOption

# What stands in an array of answers where no option does.
MISSING = -1
IMPOSSIBLE = -2
# "5 - Rất hài lòng", "5. Rất hài lòng", "(5) Rất hài lòng"
_BOTH = re.compile(r"^\(?(\S+?)\)?\s*(?:[-–—.:)]\s*|(?<=\))\s+)(.+)")


@cache
def heading_words() -> dict[str, dict[str, list[str]]]:
    """Return ``headings.toml``: usual headings, and ways of saying that there is no opinion."""
    source = resources.files("scoring.survey.reading").joinpath("headings.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def option_words(options: Sequence[AnswerOption]) -> dict[str, int]:
    """Return every folded text that says an option, with the place of that option.

    A text that fits two options says neither. Words typed without Vietnamese marks count.

    Examples
    --------
    >>> scale = (AnswerOption("5", "Rất hài lòng", "Very satisfied", True),
    ...          AnswerOption("9", "Không biết/không trả lời", "Does not know", False, False))
    >>> words = option_words(scale)
    >>> words["rất hài lòng"], words["rat hai long"], words["kb"], words["từ chối"]
    (0, 0, 1, 1)
    """
    places: dict[str, set[int]] = {}
    for place, option in enumerate(options):
        for text in _said(option):
            for word in (text, without_marks(text)):
                places.setdefault(word, set()).add(place)
    return {word: next(iter(found)) for word, found in places.items() if len(found) == 1}


def _said(option: AnswerOption) -> Iterator[str]:
    names = [folded(name) for name in (option.name_vi, option.name_en) if name]
    yield from (folded(option.code), *names)
    if option.is_answer:
        return
    parts = {part.strip() for name in names for part in name.split("/")} | set(names)
    yield from parts
    for words in heading_words()["no_opinion"].values():
        if parts & set(words):
            yield from words


def read_answer(cell: object, words: dict[str, int]) -> int:
    """Return the place of the option that a cell names; `MISSING` when empty, else `IMPOSSIBLE`.

    Examples
    --------
    >>> words = {"5": 4, "rất hài lòng": 4, "4": 3}
    >>> [read_answer(c, words) for c in ("5,0", 5, "5 - Rất hài lòng", "4 - rất hài lòng", " ", "6")]
    [4, 4, 4, -2, -1, -2]
    """
    text = cell_word(cell)
    if not text:
        return MISSING
    text = text.rstrip(".") if text not in words else text
    if text in words:
        return words[text]
    number = read_number(text)
    if number.value is not None and not number.is_percent:
        return words.get(f"{number.value:g}", IMPOSSIBLE)
    both = _BOTH.fullmatch(text)
    said = {words.get(part, IMPOSSIBLE) for part in both.groups()} if both else set()
    return said.pop() if len(said) == 1 else IMPOSSIBLE


def coded_answers(
    column: pd.Series, options: Sequence[AnswerOption]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """Return the answers of a column, each different cell read once.

    Returns
    -------
    int8 array, shape (n_forms,)
        Place of the option; `MISSING` for an empty cell, and for one that names no option.
    int8 array, shape (n_forms,)
        The same with `IMPOSSIBLE` where the cell names no option.
    """
    words = option_words(options)
    codes, cells = pd.factorize(column)
    places = np.array([*(read_answer(cell, words) for cell in cells), MISSING], dtype=np.int8)
    met = places[codes]
    return np.where(met == IMPOSSIBLE, np.int8(MISSING), met), met

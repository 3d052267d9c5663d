"""Scoring text brought to one form for matching, letter for letter as long as the original."""

from __future__ import annotations

import re

from scoring.base.text import clean_text

_SAME_LENGTH = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "−": "-",
        "‑": "-",
        "‒": "-",
        "*": "×",
        "∗": "×",
        "“": '"',
        "”": '"',
        "％": "%",
        "：": ":",
        "；": ";",
    }
)
_TIMES = re.compile(r"(?<=[\d\s)\]%])x(?=[\s(\[\d])")


def folded(text: str) -> str:
    """Return `text` in lower case with one kind of dash and of multiplication sign.

    The result is as long as ``clean_text(text)``, so that places found in it hold there too;
    a text with letters whose lower case is longer is not folded and will match nothing.

    >>> folded("Tỉ lệ (b/a) x Điểm tối đa – 2")
    'tỷ lệ (b/a) × điểm tối đa - 2'
    """
    clean = clean_text(text)
    lower = clean.lower()
    if len(lower) != len(clean):
        return clean
    lower = lower.translate(_SAME_LENGTH).replace("tỉ lệ", "tỷ lệ").replace("tỉ số", "tỷ số")
    return _TIMES.sub("×", lower)


def as_number(text: str) -> float:
    """Return a figure of one to nine digits with an optional decimal comma or point.

    >>> as_number("0,75"), as_number("02")
    (0.75, 2.0)
    """
    return float(text.replace(",", "."))


def words(text: str) -> frozenset[str]:
    """Return the words of a list written as one line.

    >>> sorted(words("không chưa"))
    ['chưa', 'không']
    """
    return frozenset(text.split())

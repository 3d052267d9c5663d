"""Letters and words of official Vietnamese brought to a form in which they can be matched."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import resources
from tomllib import loads
from typing import Any

from scoring.base.text import clean_text

_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_CONSONANTS, _VOWELS = "BCDĐGHJKLMNPQRSTVWXZF", "AĂÂEÊIOÔƠUƯY"
# Every capital of Vietnamese, for character classes: their code points are scattered.
UPPER = _CONSONANTS + "".join(
    unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES
)
# What stands around a phrase without belonging to it.
EDGES = " \t-–+•.;,:"
_TAG = re.compile(
    r"</?(?:ul|ol|li|p|i|b|u|em|strong|span|br|sup|sub)\b[^<>]{0,200}>", re.IGNORECASE
)
_MARKDOWN = re.compile(r"\*{1,3}(?=\S)|(?<=\S)\*{1,3}")
_BULLET = re.compile(r"^[\s\-–—+•*]+(?=\S)")
_SAME_LENGTH = str.maketrans("–—−‑‒*∗“”％：；", '-----××""%:;')
# "60% ≤ x < 80%" names what is measured and multiplies nothing.
_TIMES = re.compile(r"(?<=[\d\s)\]%])(?<![<>≤≥=] )x(?! ?[<>≤≥])(?=[\s(\[\d])")


def plain(text: str) -> str:
    """Return `text` clean, without the mark-up that text extraction leaves behind.

    >>> plain('<ul style="x">- Văn phòng chủ trì;</p> *nếu có*')
    '- Văn phòng chủ trì; nếu có'
    """
    return clean_text(_MARKDOWN.sub("", _TAG.sub(" ", text)))


def without_bullet(text: str) -> str:
    """Return `text` without the dash or dot that opens it."""
    return _BULLET.sub("", text)


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


def capital(text: str) -> str:
    """Return `text` with its first letter as a capital.

    >>> capital("ảnh chụp")
    'Ảnh chụp'
    """
    return text[:1].upper() + text[1:]


def words(text: str) -> frozenset[str]:
    """Return the words of a list written as one line.

    >>> sorted(words("không chưa"))
    ['chưa', 'không']
    """
    return frozenset(text.split())


def any_of(phrases: Iterable[str]) -> str:
    """Return a pattern for any of `phrases`, the longest first, with any space between words.

    >>> any_of(["sở", "sở nội vụ"])
    'sở\\\\s+nội\\\\s+vụ|sở'
    """
    ordered = sorted(phrases, key=len, reverse=True)
    return "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in ordered)


@cache
def table_beside(file: str) -> dict[str, Any]:
    """Return the words or patterns of a TOML file of this package."""
    return loads(resources.files("scoring.official").joinpath(file).read_text(encoding="utf-8"))


def word_lists() -> dict[str, Any]:
    """Return ``words.toml``: the words by which parts of official texts are known."""
    return table_beside("words.toml")

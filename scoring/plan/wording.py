"""Letters and small word tools that the readers of plans share."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources
from tomllib import loads
from typing import Any

from scoring.base.text import clean_text

_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_CONSONANTS, _VOWELS = "BCDĐGHJKLMNPQRSTVWXZF", "AĂÂEÊIOÔƠUƯY"
# Every capital of Vietnamese, for character classes: the code points do not lie in a row.
UPPER = _CONSONANTS + "".join(
    unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES
)
_TAG = re.compile(
    r"</?(?:ul|ol|li|p|i|b|u|em|strong|span|br|sup|sub)\b[^<>]{0,200}>", re.IGNORECASE
)
_MARKDOWN = re.compile(r"\*{1,3}(?=\S)|(?<=\S)\*{1,3}")
_BULLET = re.compile(r"^[\s\-–—+•*]+(?=\S)")


def plain(text: str) -> str:
    """Return `text` clean, without the mark-up that text extraction leaves behind.

    Examples
    --------
    >>> plain('<ul style="x">- Văn phòng chủ trì;</p> *nếu có*')
    '- Văn phòng chủ trì; nếu có'
    """
    return clean_text(_MARKDOWN.sub("", _TAG.sub(" ", text)))


def without_bullet(text: str) -> str:
    """Return `text` without the dash or dot that opens it."""
    return _BULLET.sub("", text)


@cache
def word_lists() -> dict[str, Any]:
    """Return ``words.toml``: the words by which headings, areas, units and counts are known."""
    source = resources.files("scoring.plan").joinpath("words.toml")
    return loads(source.read_text(encoding="utf-8"))

"""The lines of a document, freed of what extraction adds: markup, dashes, the national motto."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from scoring.base.text import clean_text
from scoring.official.patterns import patterns

_PATTERNS = patterns("lines")
# Opening part in which number, date, kind and title stand; far more than any letterhead takes.
HEAD_LINES = 60
_MAX_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its words, and whether a blank line stood before it."""

    text: str
    after_blank: bool

    @property
    def is_upper(self) -> bool:
        """True when every letter is a capital."""
        return self.text.isupper()


def document_lines(text: str) -> tuple[Line, ...]:
    """Return the lines of `text` that carry words, cells of tables as lines of their own.

    >>> [line.text for line in document_lines("**KẾ HOẠCH**\\n-----\\nSố: 1/KH-SNV\\tSơn La")]
    ['KẾ HOẠCH', 'Số: 1/KH-SNV', 'Sơn La']
    """
    # Whole-text passes first: a document has thousands of lines and few of them carry noise.
    plain = _PATTERNS["motto"].sub(" ", _PATTERNS["markup"].sub("", _composed(text)))
    lines: list[Line] = []
    blank = True
    for raw in _PATTERNS["break"].split(plain)[:_MAX_LINES]:
        words = " ".join(raw.split())
        if words and not _PATTERNS["rule"].match(words):
            lines.append(Line(words, blank))
        blank = not words
    return tuple(lines)


def _composed(text: str) -> str:
    """Return `text` as `clean_text` would, but with its lines."""
    if not _PATTERNS["hidden"].search(text) and unicodedata.is_normalized("NFC", text):
        return text
    return "\n".join(clean_text(line) for line in _PATTERNS["break"].split(text))

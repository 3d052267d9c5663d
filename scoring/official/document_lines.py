"""The lines of a document, freed of what extraction adds: markup, dashes, the national motto."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from scoring.base.text import clean_text

# Opening part in which number, date, kind and title stand; far more than any letterhead takes.
HEAD_LINES = 60
_MAX_LINES = 20_000
_MARKUP = re.compile(r"\*{1,3}|</?[a-zA-Z][^<>\n]{0,60}>|^#{1,6}\s+|(?<!\w)_{2,}(?!\w)", re.M)
_BREAK = re.compile(r"[\n\t\f\v]")
# Whatever `clean_text` removes: controls, soft hyphens, zero-width and direction marks.
_HIDDEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_RULE = re.compile(r"^[-–—_=*.\s]{3,}$")
_MOTTO = re.compile(
    r"c[oộ]ng\s+h[oò][aà]\s+x[aã]\s+h[oộ]i\s+ch[uủ]\s+ngh[iĩ]a\s+vi[eệ]t\s+nam"
    r"|đ[oộ]c\s+l[aậ]p\s*[-–]\s*t[uự]\s+do\s*[-–]\s*h[aạ]nh\s+ph[uú]c"
    r"|đ[aả]ng\s+c[oộ]ng\s+s[aả]n\s+vi[eệ]t\s+nam",
    re.IGNORECASE,
)


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
    plain = _MOTTO.sub(" ", _MARKUP.sub("", _composed(text)))
    lines: list[Line] = []
    blank = True
    for raw in _BREAK.split(plain)[:_MAX_LINES]:
        words = " ".join(raw.split())
        if words and not _RULE.match(words):
            lines.append(Line(words, blank))
        blank = not words
    return tuple(lines)


def _composed(text: str) -> str:
    """Return `text` as `clean_text` would, but with its lines."""
    if not _HIDDEN.search(text) and unicodedata.is_normalized("NFC", text):
        return text
    return "\n".join(clean_text(line) for line in _BREAK.split(text))

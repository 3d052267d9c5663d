"""The lines of a document, freed of what extraction adds: markup, dashes, the national motto."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoring.base.text import clean_text

# Opening part in which number, date, kind and title stand; far more than any letterhead takes.
HEAD_LINES = 60
_MAX_LINES = 20_000
_MARKUP = re.compile(r"\*{1,3}|</?[a-zA-Z][^<>]{0,60}>|^#{1,6}\s+|(?<!\w)_{2,}(?!\w)")
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
    lines: list[Line] = []
    blank = True
    for raw in re.split(r"[\n\t\f\v]", text)[:_MAX_LINES]:
        words = _without_noise(raw)
        if words:
            lines.append(Line(words, blank))
        blank = not clean_text(raw)
    return tuple(lines)


def _without_noise(raw: str) -> str:
    line = clean_text(_MARKUP.sub("", raw))
    if _RULE.match(line):
        return ""
    return clean_text(_MOTTO.sub(" ", line))

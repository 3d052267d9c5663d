"""Numbers of parts as decisions and plans write them: I, A, 1., 1.2.3, 1.1.1), I.2, a)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoring.base.text import clean_text
from scoring.base.text import roman_value as roman_value

_LETTER = re.compile(r"[A-HĐ]")
_DOTTED = re.compile(r"(?:([IVX]{1,6}|[A-HĐ])[.\-])?(\d{1,3}(?:[.\-]\d{1,3}){0,7}(?:[.\-][a-zđ])?)")
_SMALL = re.compile(r"[a-zđ]")
_PREFIX = re.compile(
    r"^(?:tiêu chí thành phần|tiêu chí|lĩnh vực|tctp|tc|lv|phần|mục)\.? {0,2}(?=[\dIVXA-H])",
    re.IGNORECASE,
)
_IN_NAME = re.compile(
    r"^((?:[IVX]{1,6}|[A-H])[.)]|\d{1,3}(?:\.\d{1,3}){1,7}[.)]?|\d{1,3}[.)])\s{1,3}(?=\S)"
)
_ITEM = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,3}[.)]?")
_OPENING = re.compile(r"([IVX]{1,5}|\d{1,2}(?:\.\d{1,2}){0,7}|[a-zđ])[.)](\s*)(\S.*)", re.DOTALL)
MAX_LETTERS = 40


@dataclass(frozen=True, slots=True)
class Code:
    """A code as written.

    Attributes
    ----------
    style : str
        ``letter``, ``roman``, ``dotted`` or ``small`` (a, b, c).
    parts : tuple of str
        Its parts without dots; figures without leading zeros.
    """

    style: str
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The code with dots."""
        return ".".join(self.parts)

    @property
    def order(self) -> tuple[int, ...]:
        """The code as numbers, for its place in the text."""
        return tuple(_value(part) for part in self.parts)


def _value(part: str) -> int:
    if part.isdecimal():
        return int(part)
    return roman_value(part) or ord(part[0].lower()) - ord("a") + 1


def read_code(text: str) -> Code | None:
    """Read the code of a cell; None for any other content.

    >>> read_code("1.1.1)").text, read_code("Tiêu chí 2.03").text, read_code("IV.").style
    ('1.1.1', '2.3', 'roman')
    >>> read_code("-") is None
    True
    """
    body = clean_text(text)
    if not body or len(body) > MAX_LETTERS:
        return None
    body = _PREFIX.sub("", body).replace(" ", "").strip("()").rstrip(".):")
    if _SMALL.fullmatch(body):
        return Code("small", (body,))
    if roman_value(body):
        return Code("roman", (body,))
    if _LETTER.fullmatch(body):
        return Code("letter", (body,))
    match = _DOTTED.fullmatch(body)
    if not match:
        return None
    figures = [_bare(part) for part in re.split(r"[.\-]", match[2])]
    return Code("dotted", (*([match[1]] if match[1] else []), *figures))


def _bare(part: str) -> str:
    return str(int(part)) if part.isdecimal() else part


def code_in_name(text: str) -> tuple[str, str]:
    """Split "1.1. Kế hoạch" into code and name; the code is empty if the name has no number.

    >>> code_in_name("1.1. Kế hoạch CCHC"), code_in_name("Kế hoạch")
    (('1.1.', 'Kế hoạch CCHC'), ('', 'Kế hoạch'))
    """
    match = _IN_NAME.match(text)
    return (match[1], text[match.end() :]) if match else ("", text)


def is_item_number(text: str) -> bool:
    """Say whether a cell holds nothing but the number of an item, such as "12" or "1.2)".

    >>> is_item_number("1.2)"), is_item_number("Quý 1")
    (True, False)
    """
    return bool(_ITEM.fullmatch(text))


@dataclass(frozen=True, slots=True)
class Opening:
    """The number that opens a line.

    Attributes
    ----------
    style : str
        ``roman`` (I.), ``number`` (1.), ``dotted`` (1.1.) or ``letter`` (a).
    mark : str
        As written, without its dot or bracket.
    text : str
        The line behind it.
    is_spaced : bool
        False where the text follows without a space, as in "a)Rà soát" and in "1.250".
    """

    style: str
    mark: str
    text: str
    is_spaced: bool


def opening_of(line: str) -> Opening | None:
    """Return the number that opens a line of text, or None.

    >>> opening_of("II. NHIỆM VỤ").style, opening_of("1.2) Rà soát").mark, opening_of("Rà soát")
    ('roman', '1.2', None)
    """
    match = _OPENING.match(line)
    if not match:
        return None
    mark = match[1]
    style = "dotted" if "." in mark else "number" if mark[0].isdigit() else "letter"
    if mark.isupper():
        style = "roman"
    return Opening(style, mark, match[3], bool(match[2]))

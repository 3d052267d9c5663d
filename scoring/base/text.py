"""Text as people type it: composed letters, plain spaces, codes, Vietnamese order.

Nothing here knows about criteria; every function takes and returns plain text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_SPACES = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
# Zero-width characters, soft hyphen, byte-order mark and bidirectional controls: invisible, but
# they make equal-looking texts unequal and can disguise a file name.
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# The last two are no characters at all, and no XML, so no workbook, can hold them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_CODE_PART = re.compile(r"\d+|[^\d.]+")
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_LETTERS = 40  # after the largest roman number that is read

_VIETNAMESE_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_RANK = {letter: rank for rank, letter in enumerate(_VIETNAMESE_LETTERS, start=1)}
# Order of the tones in dictionaries: level, huyền, hỏi, ngã, sắc, nặng.
_TONE_RANK = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_SHAPES = {"\u0306", "\u0302", "\u031b"}


def clean_text(text: str) -> str:
    """Return `text` composed (NFC), without invisible characters, with single spaces.

    Examples
    --------
    >>> clean_text("  Tie\\u0302u\\u00a0chi\\u0301 ")
    'Tiêu chí'
    """
    # Most texts are clean. Nothing but plain blanks and visible signs is printable to Python.
    if (
        text.isprintable()
        and "  " not in text
        and text[:1] != " " != text[-1:]
        and unicodedata.is_normalized("NFC", text)
    ):
        return text
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", _CONTROL.sub(" ", text)))
    return _SPACES.sub(" ", composed).strip()


# What acts on a terminal or turns the direction of what follows, line ends and tabs apart.
_ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def without_effects(text: str) -> str:
    """Return `text` with a visible sign for each that would act on the terminal showing it.

    >>> without_effects("bao\\x1b[2Jcao\\u202efdp.exe")
    'bao\ufffd[2Jcao\ufffdfdp.exe'
    """
    return text if text.isprintable() else _ACTING.sub("\ufffd", text)


def escaped_effects(text: str) -> str:
    """Return JSON with what would act on a terminal written as JSON escapes; its values stay."""
    return _ACTING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def shortened(text: object, limit: int = 80) -> str:
    """Return `text` on one line, cut with an ellipsis so that a message stays readable."""
    line = clean_text(str(text))
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def first_few(texts: Sequence[str], most: int = 12) -> list[str]:
    """Return the first `most` of `texts`; an ellipsis says that there are more.

    >>> first_few(["1.1", "1.2", "1.3"], 2), first_few(["1.1", "1.2"], 2)
    (['1.1', '1.2', '…'], ['1.1', '1.2'])
    """
    return [*texts[:most], "…"] if len(texts) > most else list(texts)


def ends_shown(text: str, limit: int) -> str:
    """Return a text longer than `limit` without its middle: what tells two apart stands at an end.

    >>> ends_shown("từ ngày 01/01/2026 đến ngày 31/12/2026", 21)
    'từ ngày 0…31/12/2026'
    """
    if len(text) <= limit:
        return text
    begun, ended = text[: limit // 2 - 1], text[-(limit // 2) :]
    return f"{clean_text(begun)}…{clean_text(ended)}"


def without_marks(text: str) -> str:
    """Return `text` in lower case without Vietnamese marks, for matching only, never to show.

    Examples
    --------
    >>> without_marks("Điểm tự đánh giá")
    'diem tu danh gia'
    """
    decomposed = unicodedata.normalize("NFD", clean_text(text).lower().replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def roman_value(text: str) -> int:
    """Return the value of a roman number up to 39; 0 for any other text.

    >>> roman_value("VIII"), roman_value("XIV"), roman_value("A")
    (8, 14, 0)
    """
    if not text or not _ROMAN.fullmatch(text):
        return 0
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in text]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


def code_key(code: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts codes by their numbers, so that 1.2 comes before 1.10.

    Roman numbers count as numbers too and stand before other letters: V, IX, TH.

    Examples
    --------
    >>> sorted(["1.10", "1.2", "10", "2", "TH.1"], key=code_key)
    ['1.2', '1.10', '2', '10', 'TH.1']
    >>> sorted(["IX.1", "TH", "II.10", "V", "II.2"], key=code_key)
    ['II.2', 'II.10', 'V', 'IX.1', 'TH']
    """
    parts = _CODE_PART.findall(code)
    # A code may carry more digits than int() accepts from hostile files; fifteen are plenty.
    return tuple(
        (0, int(p[:15]), "") if p.isdecimal() else (1, roman_value(p) or _LETTERS, p) for p in parts
    )


def sorted_codes(codes: Iterable[str]) -> list[str]:
    """Return `codes` in the order of their numbers."""
    return sorted(codes, key=code_key)


def vietnamese_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    """Return a key that sorts names as a Vietnamese dictionary does.

    Letters decide first (a, ă, â, b, ... d, đ, e, ê ...), tones only between equal letters.

    Examples
    --------
    >>> sorted(["Yên Bái", "Âu Lạc", "Đà Nẵng", "Điện Biên", "An Giang"], key=vietnamese_key)
    ['An Giang', 'Âu Lạc', 'Đà Nẵng', 'Điện Biên', 'Yên Bái']
    """
    letters: list[int] = []
    tones: list[int] = []
    for letter in clean_text(text).lower():
        base, tone = _letter_and_tone(letter)
        if base == " ":
            letters.append(0)
        else:
            letters.append(_LETTER_RANK.get(base, 200 + ord(base[0]) if base else 0))
        tones.append(tone)
    return tuple(letters), tuple(tones), text


def _letter_and_tone(letter: str) -> tuple[str, int]:
    """Split one composed letter into its base letter (with its shape mark) and its tone."""
    parts = unicodedata.normalize("NFD", letter)
    tone = next((_TONE_RANK[mark] for mark in parts if mark in _TONE_RANK), 0)
    kept = parts[:1] + "".join(mark for mark in parts[1:] if mark in _SHAPES)
    return unicodedata.normalize("NFC", kept), tone

"""Text measured before it is drawn, so that long Vietnamese names wrap and are not cut.

A word's width is the sum of its glyphs' advances at an em of one, read once from the font file.
That costs microseconds where asking a renderer costs milliseconds, and it needs no figure.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font

from scoring.base.text import ends_shown

FONT_FAMILY = "DejaVu Sans"
LINE_SPACING = 1.2
POINTS_PER_INCH = 72.0
_MEASURE_SIZE = 1000.0
# Renderers hint glyphs to whole pixels, so a drawn line may be a little wider than its advances.
_HINTING_SLACK = 1.03
_NO_GLYPH = "□"
# Longer than names of tasks and criteria. What is longer was pasted there by mistake, and its
# chart would be metres tall; tables keep all of it.
_MOST_OF_NAME = 1000


@cache
def _font(bold: bool) -> FT2Font:
    weight = "bold" if bold else "normal"
    font = get_font(findfont(FontProperties(family=FONT_FAMILY, weight=weight)))
    font.set_size(_MEASURE_SIZE, POINTS_PER_INCH)
    return font


@lru_cache(maxsize=16384)
def drawable(text: str) -> str:
    """Return `text` with a box in place of every letter that the font of charts does not have.

    >>> drawable("Sở 中")
    'Sở □'
    """
    font = _font(bold=False)
    return "".join(c if c == "\n" or font.get_char_index(ord(c)) else _NO_GLYPH for c in text)


@contextmanager
def boxes_for_missing_letters() -> Iterator[None]:
    """Let a file of vectors keep a letter that the font lacks, without a word on the terminal."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        yield


@lru_cache(maxsize=4096)
def _advance(letter: str, bold: bool) -> float:
    """Return the width of one glyph in ems."""
    font = _font(bold)
    # Another user of the cached font may have changed its size since.
    font.set_size(_MEASURE_SIZE, POINTS_PER_INCH)
    return float(font.load_char(ord(letter)).linearHoriAdvance) / 65536 / _MEASURE_SIZE


@lru_cache(maxsize=16384)
def _ems(text: str, bold: bool) -> float:
    return sum(_advance(letter, bold) for letter in drawable(text))


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width in inches of the longest line of `text` at `size` points.

    Examples
    --------
    >>> text_width("Điểm", 9) < text_width("Điểm tối đa", 9)
    True
    """
    widest = max((_ems(line, bold) for line in text.split("\n")), default=0.0)
    return widest * size / POINTS_PER_INCH * _HINTING_SLACK


def text_height(text: str, size: float) -> float:
    """Return the height in inches that the lines of `text` take at `size` points."""
    return (text.count("\n") + 1) * size * LINE_SPACING / POINTS_PER_INCH


def name_shown(name: str) -> str:
    """Return a name as charts show it: of what was pasted there by mistake, both ends.

    >>> name_shown("Sở Nội vụ"), len(name_shown("Sở Nội vụ" * 1000))
    ('Sở Nội vụ', 1000)
    """
    return ends_shown(name, _MOST_OF_NAME)


@lru_cache(maxsize=16384)
def wrapped(text: str, size: float, width: float, *, bold: bool = False) -> str:
    r"""Break `text` into lines no wider than `width` inches; nothing is ever left out.

    A single word that is too wide by itself is broken between letters.

    Examples
    --------
    >>> wrapped("Công khai, minh bạch", 9, 0.9)
    'Công khai,\nminh bạch'
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in _fitting_words(paragraph, size, width, bold):
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, size, bold=bold) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return "\n".join(lines)


@lru_cache(maxsize=16384)
def balanced(
    text: str, size: float, width: float, *, bold: bool = False, most: int = _MOST_OF_NAME
) -> str:
    r"""Break `text` as `wrapped` does, its lines about equally long.

    Of a text of more than `most` letters, which no chart can show, the middle is left out.

    Examples
    --------
    >>> wrapped("Cung cấp dịch vụ công trực tuyến", 8, 1.6)
    'Cung cấp dịch vụ công trực\ntuyến'
    >>> balanced("Cung cấp dịch vụ công trực tuyến", 8, 1.6)
    'Cung cấp dịch vụ\ncông trực tuyến'
    """
    text = ends_shown(text, most)
    best = wrapped(text, size, width, bold=bold)
    count = best.count("\n")
    if not count or "\n" in text:
        return best
    narrowest = max(text_width(word, size, bold=bold) for word in text.split())
    low, high = max(width / (count + 1), min(narrowest, width)), width
    while high - low > 0.03:
        middle = (low + high) / 2
        tried = wrapped(text, size, round(middle, 3), bold=bold)
        if tried.count("\n") == count:
            best, high = tried, middle
        else:
            low = middle
    return best


def _fitting_words(paragraph: str, size: float, width: float, bold: bool) -> list[str]:
    """Return the words of `paragraph`, those wider than `width` cut into pieces that fit."""
    pieces: list[str] = []
    for word in paragraph.split():
        is_wide = len(word) > 1 and text_width(word, size, bold=bold) > width
        pieces += _cut(word, size, width, bold) if is_wide else [word]
    return pieces


def _cut(word: str, size: float, width: float, bold: bool) -> Iterator[str]:
    """Yield the longest pieces of a word that fit, of one letter at least; letters are added up once."""
    begun, ems = 0, 0.0
    for place, letter in enumerate(drawable(word)):
        own = _advance(letter, bold)
        if place > begun and (ems + own) * size / POINTS_PER_INCH * _HINTING_SLACK > width:
            yield word[begun:place]
            begun, ems = place, 0.0
        ems += own
    yield word[begun:]

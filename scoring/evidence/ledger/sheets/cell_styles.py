"""How the cells of a ledger look, from ``formats.toml``, and how high their rows are."""

from __future__ import annotations

import math
import re
import textwrap
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

# Height of a line of text and of the space above and below it, in points.
_LINE_POINTS, _PADDING = 13.0, 4.0
# Letters of Times New Roman at 10 points per unit of column width; rather too few than too many.
_LETTERS_PER_WIDTH = 1.13
# Column width of a letter of a bold heading.
_HEADING_LETTER = 1.25
HEADER_HEIGHT = 32.0


def _formats() -> dict[str, dict[str, Any]]:
    text = files(__package__).joinpath("formats.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = {}
    for name, own in tomllib.loads(text).items():
        models: Iterable[Mapping[str, Any]] = (found[model] for model in own.pop("like", ()))
        found[name] = {key: value for model in models for key, value in model.items()} | own
    return found


FORMATS = _formats()
"""Properties of XlsxWriter by name."""


def row_height(
    cells: Iterable[tuple[str, float]], bold: bool = False, whole_words: bool = False
) -> float:
    """Return the height that shows wrapped texts in full, in points.

    Not every program fits the height of rows to wrapped text.

    Parameters
    ----------
    cells : iterable of (text, column width)
    bold : bool
    whole_words : bool
        Count lines as programs break them, between words: narrow columns of few long words need it.

    >>> row_height([("Một dòng", 30.0)]), row_height([("chữ " * 40, 30.0)])
    (17.0, 69.0)
    >>> row_height([("Điểm thẩm định", 8.0)], bold=True, whole_words=True)
    43.0
    """
    share = 0.9 if bold else 1.0
    lines = 1
    for text, width in cells:
        room = max(1.0, width * _LETTERS_PER_WIDTH * share)
        lines = max(lines, sum(_lines(part, room, whole_words) for part in text.split("\n")))
    return min(400.0, lines * _LINE_POINTS + _PADDING)


def heading_width(title: str, width: float) -> float:
    """Return `width`, or as much as the longest word of a heading needs.

    >>> heading_width("Maximum points", 8.0), heading_width("Điểm tối đa", 8.0)
    (9.75, 8.0)
    """
    longest = max(map(len, re.split(r"[\s-]+", title)))
    return max(width, longest * _HEADING_LETTER + 1.0)


def heading_height(widths: Mapping[str, float], lang: str) -> float:
    """Return the height that headings need; columns are laid out for Vietnamese, whose words are shorter."""
    if lang == "vi":
        return HEADER_HEIGHT
    shown = [(title, heading_width(title, width)) for title, width in widths.items()]
    return max(HEADER_HEIGHT, row_height(shown, bold=True, whole_words=True))


def _lines(text: str, room: float, whole_words: bool) -> int:
    if whole_words:
        return max(1, len(textwrap.wrap(text, max(1, int(room)))))
    return max(1, math.ceil(len(text) / room))

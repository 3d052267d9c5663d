"""Sheets that print on several pages side by side: how many, and a title that none of them cuts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scoring.files.excel.xlsx import SafeSheet

# What margins leave of a landscape page of A4, in the pixels that columns are measured in; programs
# draw columns up to a sixteenth wider than Excel counts them.
_A4_WIDTH = (11.69 - 1.0) * 96 * 15 / 16
_SMALLEST_PRINT = 8.0
# In columns narrower than this a title would stand like a tower.
_LEAST_ROOM = 36.0
_LINE = 15.0
_LETTERS_PER_WIDTH = 1.05


def pages_across(widths: Sequence[float], repeated: int, font_size: float = 11) -> int:
    """Return on how many pages side by side columns are printed, so that letters have 8 points.

    The first `repeated` columns stand on each of them.

    >>> pages_across([10.0, 30.0, *[12.0] * 30], repeated=2)
    3
    """
    room = _A4_WIDTH * font_size / _SMALLEST_PRINT
    own = _pixels(widths[:repeated])
    return max(1, math.ceil((_pixels(widths) - own) / (room - own)))


def write_line(
    sheet: SafeSheet, row: int, text: str, look: Mapping[str, Any], widths: Sequence[float]
) -> None:
    """Write a line above a table whose first columns, of these `widths`, stand on every page.

    It is wrapped in them and so stands on every page too; beside narrow ones it stands on the first
    page only. Begun in them and wider, it would be cut on all but the first.
    """
    if sum(widths) < _LEAST_ROOM:
        sheet.write_text(row, 0, "", look)
        sheet.write_text(row, len(widths), text, look)
        return
    look = {**look, "text_wrap": True, "valign": "top"}
    if len(widths) > 1:
        sheet.sheet.merge_range(row, 0, row, len(widths) - 1, "", sheet.book.format(look))
    sheet.write_text(row, 0, text, look)
    sheet.sheet.set_row(row, line_height(text, sum(widths), look, sheet.book.font_size))


def line_height(text: str, width: float, look: Mapping[str, Any], font_size: float = 11) -> float:
    """Return the height of a row whose text is wrapped in columns of `width` characters.

    >>> line_height("Điểm", 40.0, {}), line_height("Điểm của đơn vị " * 6, 40.0, {})
    (15.0, 45.0)
    """
    larger = look.get("font_size", font_size) / font_size * (1.1 if look.get("bold") else 1.0)
    lines = max(1, math.ceil(larger * len(text) / (_LETTERS_PER_WIDTH * width)))
    return _LINE * larger * lines


def _pixels(widths: Sequence[float]) -> float:
    """Return the width of columns of so many characters."""
    return sum(7 * width + 5 for width in widths)

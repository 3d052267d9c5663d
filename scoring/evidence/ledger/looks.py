"""How the cells of a ledger look. Meaning never rests on colour alone: the words say it too."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

# Height of a line of text and what stands above and below it, in points.
_LINE_POINTS, _PADDING = 13.0, 4.0
# Letters of Times New Roman at 10 points per unit of column width; rather too few than too many.
_LETTERS_PER_WIDTH = 1.13
HEADER_HEIGHT = 32.0

_LINE = {"border": 1, "border_color": "#A6A6A6", "valign": "top", "text_wrap": True}
_AREA = {**_LINE, "bold": True, "bg_color": "#D9E2F0"}
_GROUP = {**_LINE, "bold": True, "bg_color": "#EEF2F8"}
_ITEM = {**_LINE, "bg_color": "#F7F7F7"}
_ENTRY = {**_LINE, "bg_color": "#FFF9E5", "locked": False}
_TOTAL = {**_AREA, "bg_color": "#1F4E79", "font_color": "#FFFFFF"}
_POINTS = {"num_format": "0.00", "align": "right"}
# Codes are text, so that 1.10 stays 1.10.
_CODE = {"num_format": "@"}

LOOKS: dict[str, dict[str, Any]] = {
    "plain": {},
    "subtitle": {"bold": True, "font_size": 12},
    "warning": {"italic": True, "font_color": "#9C0006"},
    "progress": {"bold": True, "font_size": 12, "font_color": "#1F4E79"},
    "area": _AREA,
    "area_code": {**_AREA, **_CODE},
    "area_number": {**_AREA, **_POINTS},
    "area_text": {**_AREA, "bold": False},
    "group": _GROUP,
    "group_code": {**_GROUP, **_CODE},
    "group_number": {**_GROUP, **_POINTS},
    "item": _ITEM,
    "item_code": {**_ITEM, **_CODE},
    "item_number": {**_ITEM, **_POINTS},
    "input": _ITEM,
    "input_name": {**_ITEM, "indent": 1, "italic": True},
    "total": _TOTAL,
    "total_number": {**_TOTAL, **_POINTS},
    "machine": {"num_format": "@", "font_color": "#7F7F7F", "valign": "top"},
    "previous": {**_ITEM, "font_color": "#7F7F7F", "italic": True, "align": "right"},
    "entry_number": {**_ENTRY, "num_format": "General", "align": "right"},
    "entry_count": {**_ENTRY, "num_format": "#,##0", "align": "right"},
    "entry_points": {**_ENTRY, **_POINTS},
    "entry_date": {**_ENTRY, "num_format": "dd/mm/yyyy", "align": "right"},
    "entry_text": {**_ENTRY, "num_format": "@"},
    "entry_mark": {**_ENTRY, "num_format": "@", "align": "center"},
    "guide_heading": {"bold": True, "font_size": 12, "font_color": "#1F4E79", "text_wrap": True},
    "guide_text": {"text_wrap": True, "valign": "top"},
    "key": {**_LINE, "bold": True, "bg_color": "#EEF2F8"},
    "value": {**_ITEM, "align": "left"},
    "value_text": {**_ITEM, "num_format": "@", "align": "left"},
    "value_number": {**_ITEM, "num_format": "0", "align": "left"},
    "section": {"bold": True, "font_size": 12, "font_color": "#1F4E79"},
}

CONDITIONS: dict[str, dict[str, Any]] = {
    "wrong": {"bg_color": "#FFC7CE", "font_color": "#9C0006", "bold": True},
    "missing": {"font_color": "#7F6000", "italic": True},
    "scored": {"font_color": "#006100"},
    "below_target": {"bg_color": "#F8CBAD", "font_color": "#833C0B"},
}


def row_height(cells: Iterable[tuple[str, float]], bold: bool = False) -> float:
    """Return the height that shows wrapped texts in full, in points.

    Not every program fits rows to wrapped text by itself.

    Parameters
    ----------
    cells : iterable of (text, column width)

    >>> row_height([("Một dòng", 30.0)]), row_height([("chữ " * 40, 30.0)])
    (17.0, 69.0)
    """
    share = 0.9 if bold else 1.0
    lines = 1
    for text, width in cells:
        room = max(1.0, width * _LETTERS_PER_WIDTH * share)
        lines = max(lines, sum(max(1, math.ceil(len(p) / room)) for p in text.split("\n")))
    return min(400.0, lines * _LINE_POINTS + _PADDING)

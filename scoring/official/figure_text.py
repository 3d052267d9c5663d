"""Figures and points as they stand in running text and in columns: "0,75", "1.5", "2 điểm"."""

from __future__ import annotations

import re

from scoring.base.text import clean_text

# Up to 999 with decimals: no points, percent or count of a scale is larger.
FIGURE = r"\d{1,3}(?:[.,]\d{1,4})?"
_POINTS = re.compile(
    r"(?:tối đa )?(\d{1,4}(?:[.,]\d{1,4})?)(?: ?(?:điểm|đ))?\.?", re.IGNORECASE
)  # fmt: skip
_UNCLEAR = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


def read_points(text: str) -> float | None:
    """Read the points of a cell; None where there are none or they can be read in two ways.

    >>> read_points("0,75"), read_points("2 điểm"), read_points("1-1,5"), read_points("1.000")
    (0.75, 2.0, None, None)
    """
    match = _POINTS.fullmatch(clean_text(text))
    if not match or _UNCLEAR.fullmatch(match[1]):
        return None
    return as_number(match[1])


def as_number(text: str) -> float:
    """Return a figure of a few digits with an optional decimal comma or point.

    >>> as_number("0,75"), as_number("02")
    (0.75, 2.0)
    """
    return float(text.replace(",", "."))

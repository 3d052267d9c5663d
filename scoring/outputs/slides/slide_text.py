"""Text that fits its box on a slide: made smaller down to a floor, then cut with an ellipsis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scoring.outputs.charts.chart_sheet import printable
from scoring.outputs.text_layout import text_width, wrapped

ELLIPSIS = "…"
# Arial runs narrower than the font that is measured: 0.78 to 0.93 of it, by the letters.
_FONT_RATIO = 0.92
_LINE = 1.2 / 72
_LONG_WORD = 12


class Box(NamedTuple):
    """A place on a slide, in inches from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    def columns(self, *shares: float, gap: float = 0.3) -> list[Box]:
        """Return the box cut into columns of these shares of its width.

        >>> Box(0, 0, 10, 2).columns(1, 1, gap=1)
        [Box(left=0.0, top=0, width=4.5, height=2), Box(left=5.5, top=0, width=4.5, height=2)]
        """
        free, left, boxes = self.width - gap * (len(shares) - 1), float(self.left), []
        for share in shares:
            width = free * share / sum(shares)
            boxes.append(Box(left, self.top, width, self.height))
            left += width + gap
        return boxes

    def rows(self, height: float, gap: float = 0.15) -> tuple[Box, Box]:
        """Return the upper part of this height and what is left below it."""
        below = self.top + height + gap
        return self._replace(height=height), self._replace(
            top=below, height=self.top + self.height - below
        )


class Columns(NamedTuple):
    """Columns of a table: heads, shares of the width, and which of them hold figures."""

    heads: Sequence[str]
    shares: Sequence[float]
    numbers: Sequence[int] = ()


@dataclass(frozen=True)
class SlideChart:
    """A chart as it is drawn on a slide, beside a table.

    Attributes
    ----------
    kind : str
        ``bars``, ``stacked`` (both lying, the first name on top), ``columns`` or
        ``stacked-columns``.
    names : sequence of str
        What each bar is of; a long one is cut.
    series : mapping
        By the name of a series: the role of its colour, or "#rrggbb", and a value for each name;
        NaN is no value.
    shares : tuple of float
        Widths of the chart and of the table beside it.
    decimals : int
        Of the labels; the sheet of data has the values as they are given.
    labelled : bool
        Whether every bar says its value; without it an axis does.
    """

    kind: str
    names: Sequence[str]
    series: Mapping[str, tuple[str, Sequence[float]]]
    shares: tuple[float, float] = (1.0, 1.0)
    decimals: int = 0
    labelled: bool = True


class Fitted(NamedTuple):
    """Paragraphs as they fit, and the size in points that they fit at."""

    paragraphs: list[str]
    size: float


def line_count(text: str, size: float, width: float, *, bold: bool = False) -> int:
    """Return how many lines a text takes in `width` inches."""
    return wrapped(text, size, width / _FONT_RATIO, bold=bold).count("\n") + 1


def column_widths(
    width: float, shares: Sequence[float], heads: Sequence[str], size: float, margin: float
) -> list[float]:
    """Return the widths of columns in inches: their shares, but room for each word of the headings.

    Examples
    --------
    >>> [round(one, 2) for one in column_widths(4, [3, 1], ["Khối", "Số"], 12, 0.1)]
    [3.0, 1.0]
    >>> [round(one, 2) for one in column_widths(4, [7, 1], ["Block", "Assessed"], 12, 0.1)]
    [2.97, 1.03]
    """
    least = [
        2 * margin
        + max((_FONT_RATIO * text_width(w, size, bold=True) for w in head.split()), default=0.0)
        for head in heads
    ]
    fixed: dict[int, float] = {}
    while sum(least) < width:
        free = sum(share for at, share in enumerate(shares) if at not in fixed)
        room = width - sum(fixed.values())
        made = [fixed.get(at, room * share / free) for at, share in enumerate(shares)]
        narrow = {at: least[at] for at in range(len(made)) if made[at] < least[at] - 1e-9}
        if not narrow:
            return made
        fixed |= narrow
    return [width * share / sum(shares) for share in shares]


def text_height(lines: float, size: float) -> float:
    """Return the inches that lines of a size take."""
    return lines * size * _LINE


def cut(text: str, size: float, width: float, most: int, *, bold: bool = False) -> str:
    """Return a text in at most `most` lines, with an ellipsis where something is left out.

    Line breaks are kept; signs that cannot be printed, such as marks of direction, are left out.

    Examples
    --------
    >>> cut("Ủy ban nhân dân xã Hòa Bình", 12, 1.5, 1)
    'Ủy ban nhân…'
    >>> cut("Sở Y tế", 12, 1.5, 1)
    'Sở Y tế'
    """
    plain = printable(text)
    if line_count(plain, size, width, bold=bold) <= most:
        return plain
    low, high = 0, len(plain)
    while high - low > 1:
        middle = (low + high) // 2
        shorter = plain[:middle].rstrip() + ELLIPSIS
        fits = line_count(shorter, size, width, bold=bold) <= most
        low, high = (middle, high) if fits else (low, middle)
    kept = plain[:low]
    # Cut between words where one ends soon before.
    if not plain[low : low + 1].isspace() and 0 < len(kept) - kept.rfind(" ") < _LONG_WORD <= low:
        kept = kept[: kept.rfind(" ")]
    return kept.rstrip() + ELLIPSIS


def fitted(
    paragraphs: Sequence[str],
    box: Box,
    size: float,
    least: float,
    *,
    bold: bool = False,
    after: float = 0.0,
) -> Fitted:
    """Return paragraphs at the largest size that fits the box, cut where even `least` is too large.

    `after` is the room below each paragraph as a share of the size.
    """
    texts = [text for text in map(printable, paragraphs) if text]
    while size > least and _height(texts, size, box.width, bold, after) > box.height:
        size -= 1
    kept, room = [], box.height
    for text in texts:
        lines = int((room + 1e-9) / text_height(1, size))
        if lines < 1:
            break
        kept.append(cut(text, size, box.width, lines, bold=bold))
        room -= _height(kept[-1:], size, box.width, bold, after)
    if len(kept) < len(texts) and kept and not kept[-1].endswith(ELLIPSIS):
        kept[-1] = cut(f"{kept[-1]} {ELLIPSIS}", size, box.width, 1, bold=bold)
    return Fitted(kept, size)


def _height(texts: Sequence[str], size: float, width: float, bold: bool, after: float) -> float:
    lines = sum(line_count(text, size, width, bold=bold) + after for text in texts)
    return text_height(lines, size)

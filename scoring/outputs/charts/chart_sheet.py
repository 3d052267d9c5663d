"""The frame around every chart: title, legend, body, source line, sample badge.

Everything is placed in inches from the top left corner and the height of the figure follows from
the text it has to hold, so no layout engine has to draw the figure twice to find room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from scoring.base.labels import LANGUAGES
from scoring.outputs import theme
from scoring.outputs.text_canvas import StampCanvas
from scoring.outputs.text_layout import FONT_FAMILY, LINE_SPACING, balanced, text_height, text_width
from scoring.outputs.theme import ChartContext, ChartFigure, Fill

_SWATCH = 0.2
_LEGEND_ROW = 0.2
# A key of all columns by their codes is a note of some thousands of letters.
_MOST_OF_NOTE = 20_000


class Entry(NamedTuple):
    """One entry of a legend: its text and either a fill or a line with a marker."""

    text: str
    fill: Fill | None = None
    color: str = theme.INK
    marker: str = ""
    dashes: str = "-"


@dataclass(frozen=True)
class Sheet:
    """A figure with its frame drawn; the body lies between `top` and `bottom`.

    Attributes
    ----------
    figure : ChartFigure
        The figure, its title, legend and source line already placed.
    context : ChartContext
        Language, source and names.
    width, height, top, bottom : float
        Inches; `top` and `bottom` count from the upper edge of the figure.
    """

    figure: ChartFigure
    context: ChartContext
    width: float
    height: float
    top: float
    bottom: float

    def axes(self, left: float, right: float, *, top: float = 0.0, bottom: float = 0.0) -> Axes:
        """Return axes inset from the body; y counts inches downwards, x is for the caller."""
        body = self.bottom - self.top - top - bottom
        axes = self.figure.add_axes(
            (
                left / self.width,
                1 - (self.top + top + body) / self.height,
                (self.width - left - right) / self.width,
                body / self.height,
            )
        )
        # Ticks and labels are drawn by this module: cheaper, and placed from measured text.
        axes.set_axis_off()
        axes.set_ylim(body, 0.0)
        return axes

    def text(self, x: float, y: float, text: str, **style: object) -> Text:
        """Put `text` at `x` inches from the left and `y` inches below the top of the body."""
        place = (x / self.width, 1 - (self.top + y) / self.height)
        return self.figure.text(*place, printable(text), **_styled(style))


def write(axes: Axes, x: float, y: float, text: str, **style: object) -> Text:
    """Put `text` at data coordinates of `axes`; a dollar sign in it stays a dollar sign."""
    artist = axes.text(x, y, printable(text), **_styled(style))
    artist.set_clip_on(False)
    return artist


def printable(text: str) -> str:
    """Return `text` without control characters, which no font draws and no SVG may hold."""
    return "".join(letter for letter in text if letter == "\n" or letter.isprintable())


def _styled(style: dict[str, object]) -> dict[str, Any]:
    plain = {
        "family": FONT_FAMILY,
        "fontsize": theme.TEXT_SIZE,
        "color": theme.INK,
        "va": "center_baseline",
        "linespacing": LINE_SPACING,
        # Names come from strangers: "$x$" must not be taken for a formula.
        "parse_math": False,
    }
    return plain | style


def new_sheet(
    context: ChartContext,
    title: str,
    subtitle: str,
    body: float,
    *,
    legend: Sequence[Entry] = (),
    notes: Sequence[str] = (),
    width: float = theme.PAGE_WIDTH,
) -> Sheet:
    """Return a sheet whose body is `body` inches high and whose frame fits its texts.

    Parameters
    ----------
    context : ChartContext
        Language, source line, status of the criteria set.
    title, subtitle : str
        What the chart found, and what it shows: of which unit, in which year, measured in what.
    body : float
        Height of the body in inches.
    legend : sequence of Entry
        Laid out in as many rows as their texts need.
    notes : sequence of str
        Remarks printed above the source line, such as rows left out.
    """
    inner = width - 2 * theme.MARGIN
    badge = context.badge
    badge_width = text_width(badge, theme.TEXT_SIZE, bold=True) + 0.2 if badge else 0.0
    title = balanced(title, theme.TITLE_SIZE, inner - badge_width, bold=True)
    subtitle = balanced(subtitle, theme.TEXT_SIZE, inner)
    size = theme.SMALL_SIZE
    footer = [balanced(line, size, inner, most=_MOST_OF_NOTE) for line in notes]
    footer += [balanced(line, size, inner) for line in _source_lines(context)]
    places = _legend_places(legend, inner)
    rows = max((row for row, _ in places), default=-1) + 1

    title_height = text_height(title, theme.TITLE_SIZE)
    subtitle_height = text_height(subtitle, theme.TEXT_SIZE)
    top = theme.MARGIN + title_height + 0.04 + subtitle_height + 0.08 + rows * _LEGEND_ROW + 0.06
    footer_height = sum(text_height(line, theme.SMALL_SIZE) + 0.02 for line in footer)
    height = top + body + 0.1 + footer_height + theme.MARGIN / 2

    figure = ChartFigure(figsize=(width, height), dpi=theme.DPI, facecolor="white")
    StampCanvas(figure)
    frame = Sheet(figure, context, width, height, 0.0, height)
    frame.text(
        theme.MARGIN, theme.MARGIN, title, fontsize=theme.TITLE_SIZE, weight="bold", va="top"
    )
    below_title = theme.MARGIN + title_height + 0.04
    frame.text(theme.MARGIN, below_title, subtitle, color=theme.MUTED, va="top")
    if badge:
        _draw_badge(frame, badge)
    _draw_legend(frame, legend, places, below_title + subtitle_height + 0.08)
    y = top + body + 0.1
    for line in footer:
        frame.text(theme.MARGIN, y, line, fontsize=theme.SMALL_SIZE, color=theme.MUTED, va="top")
        y += text_height(line, theme.SMALL_SIZE) + 0.02
    return Sheet(figure, context, width, height, top, top + body)


def _source_lines(context: ChartContext) -> list[str]:
    lines = (context.set_line, context.sample_line, context.source_line)
    return [line for line in lines if line]


def _draw_badge(frame: Sheet, badge: str) -> None:
    frame.text(
        frame.width - theme.MARGIN - 0.06,
        theme.MARGIN + theme.TITLE_SIZE * LINE_SPACING / 144,
        badge,
        ha="right",
        weight="bold",
        color="white",
        bbox={"boxstyle": "square,pad=0.3", "facecolor": theme.INK, "edgecolor": theme.INK},
    )


def _legend_places(legend: Sequence[Entry], inner: float) -> list[tuple[int, float]]:
    """Return row and left edge of each entry, starting a new row where one does not fit."""
    places, row, left = [], 0, 0.0
    for entry in legend:
        width = _SWATCH + 0.07 + text_width(entry.text, theme.TEXT_SIZE) + 0.18
        if left and left + width > inner:
            row, left = row + 1, 0.0
        places.append((row, left))
        left += width
    return places


def _draw_legend(
    frame: Sheet, legend: Sequence[Entry], places: list[tuple[int, float]], top: float
) -> None:
    for entry, (row, left) in zip(legend, places, strict=True):
        x, y = theme.MARGIN + left, top + (row + 0.5) * _LEGEND_ROW
        frame.figure.add_artist(_swatch(frame, entry, x, y))
        frame.text(x + _SWATCH + 0.07, y, entry.text)


def _swatch(frame: Sheet, entry: Entry, x: float, y: float) -> Rectangle | Line2D:
    left, width = x / frame.width, _SWATCH / frame.width
    middle = 1 - y / frame.height
    if entry.fill is not None:
        half = 0.055 / frame.height
        style = entry.fill.style(theme.MUTED) | {"transform": frame.figure.transFigure}
        return Rectangle((left, middle - half), width, 2 * half, linewidth=0.4, **style)
    return Line2D(
        [left, left + width / 2, left + width],
        [middle] * 3,
        transform=frame.figure.transFigure,
        color=entry.color,
        marker=entry.marker or None,
        markevery=[1],
        markersize=9 if entry.marker == "|" else 5,
        markeredgewidth=2.4 if entry.marker == "|" else 1.0,
        linestyle=entry.dashes or "none",  # type: ignore[arg-type]
        linewidth=1.6,
    )


def finish(
    sheet: Sheet,
    chart: str,
    data: pd.DataFrame,
    title: Callable[[ChartContext], str],
    said: Callable[[ChartContext], Mapping[str, object]],
) -> ChartFigure:
    """Attach the data table and the alternative texts, and return the figure.

    `title` gives the finding and `said` the values of the label ``alt_<chart>`` in the language of
    a context.
    """
    figure = sheet.figure
    figure.chart_data = data.reset_index(drop=True)
    figure.alt_texts = {}
    for lang in LANGUAGES:
        words = replace(sheet.context, lang=lang)
        sample = f" {words.sample_line}" if words.is_sample else ""
        alt = words.say(f"alt_{chart}", **said(words))
        figure.alt_texts[lang] = f"{title(words).rstrip('.')}. {alt}{sample}"
    figure.set_label(figure.alt_texts[sheet.context.lang])
    return figure


def bars(
    axes: Axes,
    left: Sequence[float],
    width: Sequence[float],
    centers: Sequence[float],
    height: float,
    fill: Fill,
) -> None:
    """Draw horizontal bars of one fill; bars of no or unknown width are left out."""
    # A border in a white hatch would eat into the bar.
    border = 0.5 if fill.hatch and fill.hatch_color != theme.PAPER else 0.0
    style = fill.style(fill.color) | {"linewidth": border}
    for start, length, center in zip(left, width, centers, strict=True):
        if length > 1e-12:
            # add_patch would also fit the view to the bar; the limits are set by the caller.
            axes.add_artist(Rectangle((start, center - height / 2), length, height, **style))


def points_axis(
    axes: Axes, top: float, bottom: float, context: ChartContext, unit: str, *, whole: bool = False
) -> None:
    """Draw light grid lines with their numbers below, and the unit of measure under them.

    Of what is counted, such as ranks, only `whole` numbers have a line.
    """
    low, high = axes.get_xlim()
    # Of a very short scale only those have a line that can be written with the decimals shown.
    decimals = 0 if whole else context.decimals
    ticks = [tick for tick in nice_ticks(low, high) if abs(round(tick, decimals) - tick) < 1e-9]
    text = context.like(ticks)
    axes.vlines(ticks, top, bottom, colors=theme.GRID, linewidth=0.6, zorder=0)
    style = {"ha": "center", "color": theme.MUTED, "fontsize": theme.SMALL_SIZE}
    for tick in ticks:
        write(axes, tick, bottom + 0.1, text(tick), **style)
    write(axes, (low + high) / 2, bottom + 0.25, unit, **style)


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return round numbers from `low` to `high`, about `count` of them.

    Examples
    --------
    >>> nice_ticks(0, 22)
    [0.0, 5.0, 10.0, 15.0, 20.0]
    >>> nice_ticks(0, 0)
    [0.0]
    """
    span = high - low
    if not span > 0:
        return [float(low)]
    power = 10.0 ** np.floor(np.log10(span / count))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power * count >= span * 0.85)
    first = np.ceil(low / step - 1e-9) * step
    return [float(round(t, 9)) + 0.0 for t in np.arange(first, high + step * 1e-6, step)]

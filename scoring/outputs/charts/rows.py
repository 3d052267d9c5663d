"""What charts of labelled rows share: names at the left, bars on one axis, figures at the right."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs import theme
from scoring.outputs.charts.chart_sheet import Entry, Sheet, bars, finish, new_sheet, points_axis
from scoring.outputs.charts.score_tables import is_excused
from scoring.outputs.text_layout import balanced, text_height, text_width
from scoring.outputs.theme import MARGIN, TEXT_SIZE, ChartContext, ChartFigure, Fill

_BAR = 0.19
_AXIS_HEIGHT = 0.34

RowText = Callable[[Mapping[Hashable, Any], ChartContext], str]
"""What is written at the right of a row."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Where labelled rows of unequal height stand, in inches from the top of the body.

    Attributes
    ----------
    labels : tuple of str
        The wrapped labels.
    centers, heights : tuple of float
        Middle and height of each row.
    label_width, total : float
        Width of the widest label and height of all rows together.
    """

    labels: tuple[str, ...]
    centers: tuple[float, ...]
    heights: tuple[float, ...]
    label_width: float
    total: float

    @property
    def fitting(self) -> int:
        """How many rows fit on a page, one at least where there are any."""
        count = sum(end <= theme.BODY_HEIGHT for end in accumulate(self.heights))
        return max(count, min(1, len(self.heights)))


def named_rows(
    names: Sequence[str],
    *,
    width: float = 2.3,
    least: float = 0.32,
    gap: float = 0.09,
    beside: Sequence[str] = (),
) -> Rows:
    """Stack one row per name, each as high as its wrapped text needs.

    Parameters
    ----------
    width : float
        Inches a name may take before it wraps.
    least, gap : float
        Smallest height of a row and the space between two names, in inches.
    beside : sequence of str
        Texts at the other side of the rows, which need their height too.
    """
    labels = tuple(balanced(name, TEXT_SIZE, width) for name in names)
    pairs = zip(labels, beside or [""] * len(labels), strict=True)
    heights = tuple(
        max(least, *(text_height(text, TEXT_SIZE) + gap for text in pair)) for pair in pairs
    )
    tops = [0.0, *accumulate(heights)]
    centers = tuple(top + height / 2 for top, height in zip(tops, heights, strict=False))
    widest = max((text_width(label, TEXT_SIZE) for label in labels), default=0.0)
    return Rows(labels, centers, heights, widest, tops[-1])


class Page(NamedTuple):
    """The rows of a table that one page shows, and where they stand."""

    table: pd.DataFrame
    shown: pd.DataFrame
    rows: Rows
    first: int = 0

    def notes(self, context: ChartContext) -> list[str]:
        """Return the note that says which rows of a long table the page shows."""
        if len(self.shown) == len(self.table):
            return []
        last, count = self.first + len(self.shown), len(self.table)
        return [context.say("chart_rows_shown", first=self.first + 1, last=last, count=count)]

    @property
    def next_row(self) -> int | None:
        """Where the chart goes on; None at the end of the table."""
        after = self.first + len(self.shown)
        return after if after < len(self.table) else None


def one_page(
    table: pd.DataFrame, rows_of: Callable[[pd.DataFrame], Rows], most: int, first: int = 0
) -> Page:
    """Return as many rows of a table as a page holds from `first` on, `most` at the utmost."""
    shown = table.iloc[first : first + most]
    shown = shown.head(rows_of(shown).fitting)
    return Page(table, shown, rows_of(shown), first)


def row_texts(table: pd.DataFrame, right: RowText, context: ChartContext) -> list[str]:
    """Return what is written at the right of each row."""
    return [right(row, context) for row in table.to_dict("records")]


def row_words(
    table: pd.DataFrame,
    right: RowText,
    context: ChartContext,
    nothing: str = "",
    most: int | None = None,
) -> str:
    """Return the names of the rows with their texts; the label `nothing` where there are none.

    Rows after the first `most` are counted.
    """
    first = table.head(most) if most else table
    pairs = zip(first["name"], row_texts(first, right, context), strict=True)
    words = [f"{name}: {text}".replace("\n", ", ") for name, text in pairs]
    words += more_words(len(table) - len(first), context)
    return "; ".join(words) or (context.say(nothing).rstrip(".") if nothing else "")


def more_words(count: int, context: ChartContext) -> list[str]:
    """Return what is said of `count` rows that words leave out."""
    return [context.say("chart_more_rows", count=count)] if count else []


def row_chart(
    context: ChartContext,
    chart: str,
    page: Page,
    right: RowText,
    draw: Callable[[Axes], None],
    *,
    title: Callable[[ChartContext], str],
    who: Callable[[ChartContext], str],
    said: Callable[[ChartContext], dict[str, object]],
    scale: float,
    unit: str,
    legend: Sequence[Entry],
    start: float = 0.0,
    notes: Sequence[str] | None = None,
    bold: Collection[int] = (),
    nothing: str = "chart_no_rows",
    whole: bool = False,
) -> ChartFigure:
    """Return a chart with one labelled row for each row of `page`.

    Parameters
    ----------
    chart : str
        Name of the chart; ``chart_<chart>_shows`` says what it shows.
    draw : callable
        Called with axes whose x runs from `start` to `scale` and whose y counts inches downwards.
    title, who, said : callable
        What the chart found, whom it is about, and the values of the label ``alt_<chart>`` besides,
        in the language of a context.
    unit : str
        Label of what is written below the axis.
    notes : sequence of str, optional
        By default which rows of a long table the page shows.
    bold : collection of int
        Rows whose texts are bold.
    nothing : str
        Label of what is said where there are no rows.
    whole : bool
        The axis counts, and has whole numbers only.
    """
    rows, texts = page.rows, row_texts(page.shown, right, context)
    shows, body = context.say(f"chart_{chart}_shows"), (rows.total or 0.5) + _AXIS_HEIGHT
    notes = page.notes(context) if notes is None else notes
    about = f"{shows} · {who(context)}"
    sheet = new_sheet(context, title(context), about, body, legend=legend, notes=notes)
    if texts:
        edge = max(text_width(text, TEXT_SIZE, bold=bool(bold)) for text in texts) + 0.1
        axes = sheet.axes(MARGIN + rows.label_width + 0.1, edge + MARGIN)
        axes.set_xlim(start, max(scale, start + 1e-6))
        points_axis(axes, 0, rows.total, context, context.say(unit), whole=whole)
        draw(axes)
        write_rows(sheet, rows, texts, edge, bold=bold)
    else:
        sheet.text(sheet.width / 2, 0.35, context.say(nothing), ha="center")
    return finish(sheet, chart, page.table, title, lambda words: {"who": who(words), **said(words)})


def write_rows(
    sheet: Sheet,
    rows: Rows,
    texts: Sequence[str],
    edge: float,
    *,
    top: float = 0.0,
    bold: Collection[int] = (),
) -> None:
    """Write the names of the rows at the left, and `texts` from `edge` inches before the right."""
    for place, (label, text, y) in enumerate(zip(rows.labels, texts, rows.centers, strict=True)):
        sheet.text(MARGIN + rows.label_width, top + y, label, ha="right")
        weight = "bold" if place in bold else "normal"
        sheet.text(sheet.width - edge, top + y, text, weight=weight)


def stacked_bars(
    axes: Axes, table: pd.DataFrame, fills: Mapping[str, Fill], centers: Sequence[float]
) -> None:
    """Draw the columns that `fills` names end to end, one bar per row."""
    left = np.zeros(len(table))
    for name, fill in fills.items():
        width = table[name].to_numpy(float)
        bars(axes, left.tolist(), width.tolist(), centers, _BAR, fill)
        left = left + width


class Reached(NamedTuple):
    """Columns of a table that say what was reached: the figure, its bounds while open, its target."""

    known: str = "points"
    low: str = "points_low"
    high: str = "points_high"
    target: str = "target_points"


def draw_reached(
    axes: Axes,
    table: pd.DataFrame,
    centers: Sequence[float],
    columns: Reached,
    *,
    height: float,
    mark: float,
    lines: Sequence[tuple[str, float]],
) -> None:
    """Draw what is known as a solid bar, what may be added hatched, and the target as a mark.

    `height` is that of the bars, `mark` half that of the marks, in inches; `lines` are the colours
    and widths of a mark, lowest first.
    """
    known, low, high, targets = (table[column] for column in columns)
    is_open = known.isna() & ~is_excused(table)
    sure, may_add = known.fillna(low), (high - low).where(is_open, 0.0)
    bars(axes, [0.0] * len(sure), list(sure), centers, height, Fill(theme.POINTS))
    bars(axes, list(sure), list(may_add), centers, height, theme.OPEN_FILL)
    for target, center in zip(targets, centers, strict=True):
        ends = [center - mark, center + mark]
        for color, width in lines if np.isfinite(target) else ():
            axes.plot([target] * 2, ends, color=color, linewidth=width)


def draw_sampling(
    axes: Axes, table: pd.DataFrame, centers: Sequence[float], columns: Sequence[str], cap: float
) -> None:
    """Draw the sampling intervals of points as thin marks; nothing where the table brings none.

    `columns` are those of both ends, `cap` is half the height of their ends, in inches.
    """
    for low, high, center in zip(*_sampled(table, columns), centers, strict=True):
        # White below, to be seen on a dark bar.
        for color, width in (("white", 2.2), (theme.INK, 0.9)) if np.isfinite(low) else ():
            axes.plot([low, high], [center] * 2, color=color, linewidth=width)
            axes.vlines([low, high], center - cap, center + cap, colors=color, linewidth=width)


def _sampled(table: pd.DataFrame, columns: Sequence[str]) -> list[pd.Series]:
    none = pd.Series(np.nan, index=table.index)
    return [table.get(column, none) for column in columns]


def reached_entries(
    context: ChartContext, table: pd.DataFrame, columns: Reached, before: Sequence[Entry]
) -> list[Entry]:
    """Return legend entries: those given, the target and what is not assessed where there is any."""
    entries = list(before)
    if table[columns.target].notna().any():
        entries.append(Entry(context.say("target"), color=theme.TARGET, marker="|", dashes=""))
    if "sampling_low" in table and table["sampling_low"].notna().any():
        entries.append(Entry(context.say("chart_sampling"), color=theme.INK, marker="|", dashes=""))
    if (table[columns.known].isna() & ~is_excused(table)).any():
        entries.append(Entry(context.say("status_not_assessed"), theme.OPEN_FILL))
    return entries

"""The summary of a unit as one figure in the shape of a slide, 16 to 9."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, islice
from typing import Any

from matplotlib.patches import Rectangle

from scoring.outputs import text_layout
from scoring.outputs.charts.chart_sheet import Sheet
from scoring.outputs.content import ReportContent
from scoring.outputs.content.explained_items import steps_by_cause
from scoring.outputs.images import png_bytes
from scoring.outputs.text_canvas import StampCanvas
from scoring.outputs.text_layout import (
    POINTS_PER_INCH,
    text_height,
    text_width,
    wrapped,
)
from scoring.outputs.theme import (
    GRID,
    INK,
    LAST_YEAR,
    LOSS,
    MUTED,
    OPEN_FILL,
    POINTS,
    TARGET,
    TRACK,
    ChartContext,
    ChartFigure,
    Fill,
)

WIDTH, HEIGHT = 40 / 3, 7.5
# 1920 pixels wide: the full width of a projector.
PNG_DPI = 144
MOST_LOSSES, MOST_STEPS = 5, 4

_MARGIN = 0.55
_TOP, _BOTTOM = 1.75, 0.62
_COLUMNS = ((_MARGIN, 3.35), (4.35, 4.05), (8.85, WIDTH - _MARGIN - 8.85))
# On A4 between margins of 10 mm the slide shrinks to 0.82: this prints as 8 points.
SMALLEST = 9.8
# Sizes of the names of areas, with the room of bar and mark below each, the roomiest first.
_AREA_SIZES = ((10.5, 0.34), (SMALLEST, 0.34), (SMALLEST, 0.27), (SMALLEST, 0.22))
# Room above the baseline for capitals with two marks, in ems.
_ASCENT = 1.0
_MOST_CODES = 12


def onepage_figure(content: ReportContent) -> ChartFigure:
    """Return the summary as a figure of 13.3 by 7.5 inches.

    Texts wrap and shrink to the room they have; what does not fit as a row is counted in a last
    line, and the page says so.

    Examples
    --------
    >>> from scoring.outputs.content import example_content
    >>> content = example_content()
    >>> figure = onepage_figure(content)
    >>> figure.get_size_inches().round(1).tolist()
    [13.3, 7.5]
    """
    figure = ChartFigure(figsize=(WIDTH, HEIGHT), dpi=PNG_DPI, facecolor="white")
    StampCanvas(figure)
    context = ChartContext(lang=content.lang, set_status=content.criteria_set.status)
    sheet = Sheet(figure, context, WIDTH, HEIGHT, 0.0, HEIGHT)
    _heading(sheet, content)
    _headline(sheet, content)
    _areas(sheet, content)
    below = _losses(sheet, content)
    _next_steps(sheet, content, below + 0.28)
    _foot(sheet, content)
    figure.set_label(_said(content))
    return figure


def onepage_png(content: ReportContent) -> bytes:
    """Return the summary as a PNG, 1920 by 1080; the same content gives the same bytes.

    Examples
    --------
    >>> from scoring.outputs.content import example_content
    >>> content = example_content()
    >>> data = onepage_png(content)
    >>> data[1:4], [int.from_bytes(data[at : at + 4], "big") for at in (16, 20)]
    (b'PNG', [1920, 1080])
    """
    return png_bytes(onepage_figure(content))


def _text(sheet: Sheet, x: float, y: float, text: str, *, fontsize: float, **style: object) -> None:
    """Write lines below `y`, each on its own baseline, so that neighbours stand level.

    A block of text is otherwise placed by its highest accent.
    """
    for place, line in enumerate(text.split("\n")):
        baseline = y + (_ASCENT + place * text_layout.LINE_SPACING) * fontsize / POINTS_PER_INCH
        sheet.text(x, baseline, line, fontsize=fontsize, va="baseline", **style)


def _heading(sheet: Sheet, c: ReportContent) -> None:
    badge = c.say("chart_sample_badge") if c.criteria_set.is_sample else ""
    room = WIDTH - 2 * _MARGIN - (text_width(badge, 12, bold=True) + 0.5 if badge else 0.0)
    name, size = _fitted(c.unit_name, (26.0, 22.0, 18.0, 14.0), room, 0.5, bold=True)
    _text(sheet, _MARGIN, 0.42, name, fontsize=size, weight="bold")
    line = f"{c.say('pack_title')} {c.when_words} · {c.criteria_set.name} · {c.data_text}"
    shown, small = _fitted(line, (12.0, 10.5, SMALLEST), WIDTH - 2 * _MARGIN, 0.42)
    _text(sheet, _MARGIN, 1.0, shown, fontsize=small, color=MUTED)
    if badge:
        box = {"boxstyle": "square,pad=0.4", "facecolor": INK, "edgecolor": INK}
        _text(sheet, WIDTH - _MARGIN - 0.1, 0.62, badge, fontsize=12, weight="bold", color="white",
            ha="right", bbox=box,
        )  # fmt: skip


def _headline(sheet: Sheet, c: ReportContent) -> None:
    left, width = _COLUMNS[0]
    head = c.headline
    _column_title(sheet, left, width, c.say("pack_index"))
    shown = head.range_text
    size = next(
        (s for s in (64, 52, 42, 34, 28, 22) if text_width(shown, s, bold=True) < width), 18
    )
    _text(sheet, left, _TOP + 0.42, shown, fontsize=size, weight="bold", color=POINTS)
    y = _TOP + 0.45 + size * 1.32 / POINTS_PER_INCH
    _text(sheet, left, y, c.say("page_of", maximum=head.maximum.text), fontsize=13, color=MUTED)
    y += 0.42
    _track(sheet, left, y, width, head.maximum.value, head)
    y += 0.42
    for key, value in c.facts():
        color = TARGET if key == "target" else INK
        _text(sheet, left, y, c.say(key), fontsize=11, color=MUTED)
        room = width - text_width(c.say(key), 11) - 0.15
        text, small = _fitted(value, (13.0, 11.0, SMALLEST), room, 0.38, bold=True)
        _text(sheet, left + width, y, text, fontsize=small, weight="bold", color=color, ha="right")
        y += max(0.38, text_height(text, small) + 0.1)


def _areas(sheet: Sheet, c: ReportContent) -> None:
    left, width = _COLUMNS[1]
    _column_title(sheet, left, width, c.say("page_areas"))
    room = HEIGHT - _BOTTOM - _TOP - 0.45
    values = [f"{area.points_text} / {area.maximum.text}" for area in c.areas]
    names = [f"{area.code} {area.full_name(c.lang)}" for area in c.areas]
    size, labels, heights, gap = _area_rows(names, values, width, room)
    fitting = sum(end <= room for end in accumulate(heights))
    if fitting < len(heights):
        fitting = sum(end <= room - 0.2 for end in accumulate(heights))
    spare = max(0.0, min(0.2, (room - sum(heights)) / max(len(heights), 1)))
    scale = max([area.maximum.value for area in c.areas] + [1e-9])
    y = _TOP + 0.45
    rows = list(zip(c.areas, labels, values, heights, strict=True))
    for area, label, value, height in rows[:fitting]:
        _text(sheet, left, y, label, fontsize=size)
        _text(sheet, left + width, y, value, fontsize=size, weight="bold", ha="right")
        # A mark must not touch the letters above it, nor those of the next row.
        _track(sheet, left, y + text_height(label, size) + gap / 2 - 0.04, width, scale, area)
        y += height + spare
    if fitting < len(rows):
        rest = c.say("chart_other_areas", count=len(rows) - fitting)
        _text(sheet, left, y, rest, fontsize=SMALLEST, color=MUTED)


def _area_rows(
    names: Sequence[str], values: Sequence[str], width: float, room: float
) -> tuple[float, list[str], list[float], float]:
    """Return the roomiest layout in which all rows fit: size, wrapped names, heights, gap."""
    for size, gap in _AREA_SIZES:
        beside = max((text_width(value, size, bold=True) for value in values), default=0.0) + 0.15
        labels = [wrapped(name, size, width - beside) for name in names]
        heights = [text_height(label, size) + gap for label in labels]
        if sum(heights) <= room:
            break
    return size, labels, heights, gap


def _losses(sheet: Sheet, c: ReportContent) -> float:
    left, width = _COLUMNS[2]
    _column_title(sheet, left, width, c.top_lost_title)
    y = _TOP + 0.45
    losing = c.items_by_loss
    if not losing:
        _text(sheet, left, y, c.say("report_no_gaps"), fontsize=10.5)
        return y + 0.3
    most = max(losing[0].lost.value, 1e-9)
    for item in losing[:MOST_LOSSES]:
        label, size = _fitted(f"{item.code} {item.name}", (SMALLEST,), width - 0.75, 0.34)
        _text(sheet, left, y, label, fontsize=size)
        _text(sheet, left + width, y, item.lost.text, fontsize=10.5, weight="bold", ha="right")
        y += max(text_height(label, size), 0.19) + 0.03
        _box(sheet, left, y, (width - 0.75) * item.lost.value / most, 0.045, LOSS)
        y += 0.12
    rest = len(losing) - MOST_LOSSES
    if rest > 0:
        _text(
            sheet, left, y, c.say("chart_other_items", count=rest), fontsize=SMALLEST, color=MUTED
        )
        y += 0.2
    return y


def _next_steps(sheet: Sheet, c: ReportContent, top: float) -> None:
    """Write one step per cause, with the points it is about and its items."""
    left, width = _COLUMNS[2]
    if not c.causes:
        return
    _column_title(sheet, left, width, c.say("page_next"), top)
    y, bottom = top + 0.4, HEIGHT - _BOTTOM
    for cause, step in islice(steps_by_cause(c), MOST_STEPS):
        text, size = _fitted(step, (SMALLEST,), width - 0.75, 0.5)
        codes = wrapped(_codes(cause.item_codes), SMALLEST, width - 0.75)
        height = text_height(text, size) + text_height(codes, SMALLEST) + 0.13
        if y + height > bottom:
            break
        _text(
            sheet, left, y + text_height(text, size) + 0.02, codes, fontsize=SMALLEST, color=MUTED
        )
        _text(sheet, left, y, text, fontsize=size)
        _text(sheet, left + width, y, cause.lost.text, fontsize=10.5, weight="bold", ha="right")
        y += height


def _codes(codes: Sequence[str]) -> str:
    more = ", …" if len(codes) > _MOST_CODES else ""
    return ", ".join(codes[:_MOST_CODES]) + more


def _foot(sheet: Sheet, c: ReportContent) -> None:
    chosen = c.criteria_set
    about = c.say("chart_set_line", name=chosen.name, status=chosen.status_name)
    sample = c.say("chart_sample_line") if chosen.is_sample else ""
    about += f" ({chosen.set_id} {chosen.version}, {chosen.fingerprint[:16]})"
    head = c.say("journal_head_short", head=c.journal_head[:16]) if c.journal_head else ""
    line = " · ".join(filter(None, [about, f"{c.say('source')}: {c.figures_from}", head, sample]))
    text = wrapped(line, SMALLEST, WIDTH - 2 * _MARGIN)
    top = HEIGHT - 0.1 - text_height(text, SMALLEST)
    _text(sheet, _MARGIN, top, text, fontsize=SMALLEST, color=MUTED)


def _column_title(sheet: Sheet, left: float, width: float, text: str, top: float = _TOP) -> None:
    _box(sheet, left, top - 0.1, width, 0.012, GRID)
    _text(sheet, left, top, text, fontsize=12, weight="bold", color=MUTED)


def _track(sheet: Sheet, left: float, y: float, width: float, scale: float, row: Any) -> None:
    """Draw maximum, points or their range, last year and target of a row or of the headline."""
    points = getattr(row, "points", None) or row.index
    inch = width / scale
    _box(sheet, left, y, row.maximum.value * inch, 0.1, TRACK)
    if points.is_known:
        color = LOSS if getattr(row, "kind", "") == "penalty" else POINTS
        _box(sheet, left, y, max(points.value, 0.0) * inch, 0.1, color)
    else:
        _box(sheet, left, y, row.high.value * inch, 0.1, OPEN_FILL)
        _box(sheet, left, y, row.low.value * inch, 0.1, POINTS)
    if row.last_year:
        _box(sheet, left + row.last_year.value * inch - 0.02, y - 0.02, 0.04, 0.14, LAST_YEAR)
    if row.target:
        _box(sheet, left + row.target.value * inch - 0.02, y - 0.025, 0.04, 0.15, TARGET)


def _box(sheet: Sheet, x: float, y: float, width: float, height: float, color: str | Fill) -> None:
    if width <= 0:
        return
    corner = (x / sheet.width, 1 - (y + height) / sheet.height)
    size = (width / sheet.width, height / sheet.height)
    style: dict[str, Any] = {"facecolor": color, "edgecolor": "none", "linewidth": 0}
    if isinstance(color, Fill):
        style = color.style(MUTED) | {"linewidth": 0.4}
    sheet.figure.add_artist(Rectangle(corner, *size, transform=sheet.figure.transFigure, **style))


def _fitted(
    text: str, sizes: Sequence[float], width: float, height: float, *, bold: bool = False
) -> tuple[str, float]:
    """Return `text` wrapped at the largest of `sizes` that keeps it within `height`."""
    for size in sizes:
        lines = wrapped(text, size, width, bold=bold)
        if text_height(lines, size) <= height:
            break
    return lines, size


def _said(c: ReportContent) -> str:
    head = c.headline
    areas = "; ".join(f"{a.name}: {a.points_text} / {a.maximum.text}" for a in c.areas)
    index = f"{c.say('pack_index')} {head.range_text} {c.say('page_of', maximum=head.maximum.text)}"
    return f"{c.title}. {index}. {areas}."

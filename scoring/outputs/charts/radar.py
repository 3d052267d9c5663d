"""The profile of the areas: this year, the target and last year, in percent of the maximum."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs.charts.area_bars import area_rows_said
from scoring.outputs.charts.frame import (
    AXIS_HEIGHT,
    Entry,
    Sheet,
    finish,
    new_sheet,
    points_axis,
    write,
)
from scoring.outputs.charts.score_tables import Unit, area_table, subtitle
from scoring.outputs.text_layout import balanced, row_layout, text_height
from scoring.outputs.theme import (
    GRID,
    LAST_YEAR,
    MARGIN,
    MUTED,
    PAGE_WIDTH,
    POINTS,
    SMALL_SIZE,
    TARGET,
    TEXT_SIZE,
    ChartContext,
    ChartFigure,
)

_RADIUS = 1.55
_LABEL_WIDTH = 1.55
# name, colour, line, marker, size of the marker
_SERIES = (
    ("last_year", LAST_YEAR, "--", "s", 3.5),
    ("target", TARGET, ":", "D", 3.5),
    ("points", POINTS, "-", "o", 4.5),
)


def radar(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    targets: pd.DataFrame | None = None,
    last_year: pd.DataFrame | None = None,
    *,
    unit_code: Unit = None,
    context: ChartContext | None = None,
) -> ChartFigure:
    """Draw every area as a spoke: attainment now, the target and last year.

    Parameters
    ----------
    scores, items, targets : DataFrame
        Tables ``Scores``, ``Items`` and ``Targets``.
    last_year : DataFrame, optional
        Table ``Scores`` of the year before, under codes of the same areas.
    unit_code : str or UnitKey, optional
        The unit to show; without it the mean over all units.
    context : ChartContext, optional
        Language, source line, status of the set.

    Returns
    -------
    ChartFigure
        An area not assessed breaks the line and says so beside its name. One or two areas make
        no polygon and are drawn as rows of dots on the same scale.
    """
    context = context or ChartContext()
    table = profile_table(scores, items, targets, last_year, unit_code, context.lang)
    series = [line for line in _SERIES if table[f"{line[0]}_percent"].notna().any()]
    legend = [
        Entry(context.say(f"chart_series_{name}"), color=color, marker=marker, dashes=dashes)
        for name, color, dashes, marker, _ in reversed(series)
    ]
    title = context.say("chart_radar_title")
    below = subtitle(scores, context, unit_code, "percent_of_maximum")
    labels = [_label(row, context) for _, row in table.iterrows()]
    if len(table) < 3:
        rows = row_layout(labels, width=2.3, size=TEXT_SIZE, least=0.4)
        sheet = new_sheet(context, title, below, max(rows.total, 0.3) + AXIS_HEIGHT, legend=legend)
        axes = sheet.axes(MARGIN + rows.label_width + 0.15, 0.3)
        axes.set_xlim(0, 100)
        points_axis(axes, 0, rows.total, context, context.say("measure_percent_of_maximum"))
        for text, center in zip(rows.labels, rows.centers, strict=True):
            sheet.text(MARGIN + rows.label_width, center, text, ha="right")
        for name, color, _, marker, size in series:
            values = table[f"{name}_percent"]
            axes.plot(values, rows.centers, marker, color=color, markersize=size + 1.5)
    else:
        sheet = _spokes(context, title, below, legend, labels, table, series)
    return finish(sheet, "radar", table, area_rows_said(table, scores, items, unit_code, context))


def profile_table(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    targets: pd.DataFrame | None,
    last_year: pd.DataFrame | None,
    unit_code: Unit,
    lang: str,
) -> pd.DataFrame:
    """Return the areas with ``points_percent, target_percent, last_year_percent`` (0 to 100)."""
    table = area_table(scores, items, targets, unit_code=unit_code, lang=lang)
    # An area that does not apply has no maximum to be a share of.
    maximum = table["max_points"].where(table["max_points"] > 0)
    table["points_percent"] = 100 * table["points"] / maximum
    table["target_percent"] = 100 * table["target_points"] / maximum
    table["last_year_percent"] = np.nan
    if last_year is not None and len(last_year):
        before = area_table(last_year, items, unit_code=unit_code).set_index("code")
        share = 100 * before["points"] / before["max_points"].where(before["max_points"] > 0)
        table["last_year_percent"] = table["code"].map(share)
    return table


def _label(row: pd.Series, context: ChartContext) -> str:
    return f"{row['name']}\n{context.percent(row['points_percent'])}"


def _spokes(
    context: ChartContext,
    title: str,
    below: str,
    legend: list[Entry],
    labels: Sequence[str],
    table: pd.DataFrame,
    series: Sequence[tuple[str, str, str, str, float]],
) -> Sheet:
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(table)) / len(table)
    texts = [
        "\n".join(balanced(line, TEXT_SIZE, _LABEL_WIDTH) for line in label.split("\n"))
        for label in labels
    ]
    ends = _label_ends(angles, texts)
    up, down = min(top for top, _ in ends) - 0.05, max(bottom for _, bottom in ends) + 0.05
    up, down = min(up, -_RADIUS - 0.1), max(down, _RADIUS + 0.1)
    sheet = new_sheet(context, title, below, down - up, legend=legend)
    axes = sheet.axes(MARGIN, MARGIN)
    half = (PAGE_WIDTH - 2 * MARGIN) / 2
    axes.set_xlim(-half, half)
    axes.set_ylim(down, up)
    _web(axes, angles, context)
    for name, color, dashes, marker, size in series:
        radius = np.append(table[f"{name}_percent"], table[f"{name}_percent"].iloc[0])
        around = np.append(angles, angles[0])
        x, y = _RADIUS * radius / 100 * np.cos(around), -_RADIUS * radius / 100 * np.sin(around)
        axes.plot(x, y, dashes, color=color, linewidth=1.7, marker=marker, markersize=size)
        if name == "points" and np.isfinite(radius).all():
            axes.fill(x, y, color=color, alpha=0.1, linewidth=0)
    for angle, text, (top, bottom) in zip(angles, texts, ends, strict=True):
        side = "center" if abs(np.cos(angle)) < 0.2 else ("left" if np.cos(angle) > 0 else "right")
        write(axes, (_RADIUS + 0.12) * np.cos(angle), (top + bottom) / 2, text, ha=side)
    return sheet


def _label_ends(angles: np.ndarray, texts: Sequence[str]) -> list[tuple[float, float]]:
    """Return top and bottom of each label, labels of one side pushed apart where they would meet."""
    heights = [text_height(text, TEXT_SIZE) for text in texts]
    middles = -(_RADIUS + 0.12) * np.sin(angles) - np.sin(angles) * np.array(heights) / 2
    for side in (1, -1):
        mine = [i for i, a in enumerate(angles) if np.cos(a) * side > (0 if side > 0 else -1e-9)]
        mine.sort(key=lambda i: middles[i])
        for above, here in pairwise(mine):
            least = middles[above] + (heights[above] + heights[here]) / 2 + 0.05
            middles[here] = max(middles[here], least)
    return [(m - h / 2, m + h / 2) for m, h in zip(middles, heights, strict=True)]


def _web(axes: Axes, angles: np.ndarray, context: ChartContext) -> None:
    around = np.append(angles, angles[0])
    for share in (25, 50, 75, 100):
        radius = _RADIUS * share / 100
        axes.plot(
            radius * np.cos(around), -radius * np.sin(around), color=GRID,
            linewidth=1.1 if share == 100 else 0.7, zorder=0,
        )  # fmt: skip
    ends = np.stack([np.cos(angles), -np.sin(angles)]) * _RADIUS
    for x, y in ends.T:
        axes.plot([0, x], [0, y], color=GRID, linewidth=0.7, zorder=0)
    # Numbers stand between two spokes, where no series puts a marker.
    between = angles[0] - np.pi / len(angles)
    flat = np.cos(np.pi / len(angles))
    for share in (25, 50, 75, 100):
        radius = _RADIUS * share / 100 * flat
        write(
            axes, radius * np.cos(between), -radius * np.sin(between), context.number(share),
            fontsize=SMALL_SIZE - 0.5, color=MUTED, ha="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip

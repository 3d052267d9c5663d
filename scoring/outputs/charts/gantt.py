"""Tasks of a plan as bars from their start to their deadline."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from scoring.outputs.charts.chart_sheet import Sheet, bars, finish, new_sheet, write
from scoring.outputs.charts.plan_tasks import (
    fill_of,
    task_legend,
    task_table,
    tasks_words,
    tasks_subtitle,
)
from scoring.outputs.charts.rows import named_rows, on_page, one_page, page_notes
from scoring.outputs.text_layout import Rows, text_width
from scoring.outputs.theme import (
    NO_CONTEXT,
    GRID,
    INK,
    MARGIN,
    MUTED,
    SMALL_SIZE,
    TARGET,
    TEXT_SIZE,
    ChartContext,
    ChartFigure,
    as_day,
)

CHARTS = ("gantt",)
MOST_ROWS = 30
_HEAD = 0.22


def gantt(
    tasks: pd.DataFrame,
    *,
    as_of: dt.date | str | None = None,
    unit_name: str = "",
    context: ChartContext = NO_CONTEXT,
    first_row: int = 0,
    most_rows: int = MOST_ROWS,
) -> ChartFigure:
    """Draw tasks in the order of their deadlines.

    Parameters
    ----------
    tasks : DataFrame
        ``task, lead_unit, starts_on, due_on, status``, with the statuses of `scoring.plan`. A task
        without a start is drawn as a mark at its deadline; one without a deadline says so.
    as_of : date, optional
        Drawn as a line through the chart.
    unit_name : str
        Whose plan it is.
    first_row, most_rows : int
        Which lines of a long plan to draw: call again with the next `first_row` for the rest.
    """
    table = task_table(tasks)
    shown, rows = one_page(table, _rows, most_rows, first_row)
    texts = [_right_text(row, context) for _, row in shown.iterrows()]
    sheet = new_sheet(
        context,
        context.say("chart_gantt_title"),
        tasks_subtitle(unit_name, context.year, context, "months"),
        (rows.total or 0.4) + _HEAD,
        legend=task_legend(table, context),
        notes=page_notes(table, shown, first_row, context),
    )
    if texts:
        _draw(sheet, shown, rows, texts, as_day(as_of))
    else:
        sheet.text(sheet.width / 2, 0.3, context.say("chart_no_rows"), ha="center")
    year = context.year
    figure = finish(
        sheet, "gantt", table, lambda words: tasks_words(table, unit_name, year, words)
    )
    return on_page(figure, table, shown, first_row)


def _rows(shown: pd.DataFrame) -> Rows:
    return named_rows(_labels(shown), width=2.9, least=0.25, gap=0.07)


def _labels(shown: pd.DataFrame) -> list[str]:
    return [
        f"{task} ({lead_unit})" if lead_unit else str(task)
        for task, lead_unit in zip(shown["task"], shown["lead_unit"], strict=True)
    ]


def _right_text(row: pd.Series, context: ChartContext) -> str:
    if pd.isna(row["due_on"]):
        return context.say("chart_no_deadline")
    return context.date(row["due_on"])


def _draw(
    sheet: Sheet, shown: pd.DataFrame, rows: Rows, texts: list[str], today: pd.Timestamp | None
) -> None:
    right = max(text_width(text, TEXT_SIZE) for text in texts) + 0.1
    left = MARGIN + rows.label_width + 0.1
    axes = sheet.axes(left, right + MARGIN)
    first, last = _span(shown, today)
    axes.set_xlim(date2num(first), date2num(last))
    _months(axes, first, last, rows.total, (sheet.width - left - right - MARGIN), sheet.context)
    for (_, row), center in zip(shown.iterrows(), rows.centers, strict=True):
        _draw_task(axes, row, center)
    if today is not None:
        axes.axvline(date2num(today), color=TARGET, linewidth=1.4, linestyle="--")
    for text, label, center in zip(texts, rows.labels, rows.centers, strict=True):
        sheet.text(MARGIN + rows.label_width, center + _HEAD, label, ha="right")
        sheet.text(sheet.width - right, center + _HEAD, text)


def _draw_task(axes: Axes, row: pd.Series, center: float) -> None:
    if pd.isna(row["due_on"]):
        return
    fill, due = fill_of(str(row["status"])), date2num(row["due_on"])
    y = center + _HEAD
    if pd.notna(row["starts_on"]) and row["starts_on"] < row["due_on"]:
        start = date2num(row["starts_on"])
        bars(axes, [start], [due - start], [y], 0.13, fill)
        edge = max(start, min(axes.get_xlim()))
        axes.plot([edge, due, due, edge, edge], [y - 0.065] * 2 + [y + 0.065] * 2 + [y - 0.065],
                  color=INK, linewidth=0.5)  # fmt: skip
        return
    axes.plot([due], [y], marker="D", markersize=5.5, color=fill.color, markeredgecolor=INK)


def _span(shown: pd.DataFrame, today: pd.Timestamp | None) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first day of the first month and the first day after the last month."""
    days = [day for day in [*shown["starts_on"], *shown["due_on"]] if pd.notna(day)]
    days += [today] if today is not None else []
    if not days:
        days = [pd.Timestamp.now().normalize().replace(month=1, day=1)]
    first = min(days).replace(day=1)
    return first, (max(days) + pd.offsets.MonthBegin(1)).normalize()


def _months(
    axes: Axes,
    first: pd.Timestamp,
    last: pd.Timestamp,
    bottom: float,
    width: float,
    context: ChartContext,
) -> None:
    starts = pd.date_range(first, last, freq="MS")
    axes.vlines(
        [date2num(day) for day in starts], _HEAD, bottom + _HEAD, colors=GRID, linewidth=0.6,
        zorder=0,
    )  # fmt: skip
    long = starts[0].year != starts[-2 if len(starts) > 1 else -1].year
    room = width / max(len(starts) - 1, 1)
    step = max(1, int(-(-(0.4 if long else 0.17) // room)))
    for day in starts[:-1:step]:
        middle = date2num(day) + 15
        text = f"{day.month}/{day.year % 100:02d}" if long else str(day.month)
        write(axes, middle, _HEAD / 2, text, ha="center", color=MUTED, fontsize=SMALL_SIZE)

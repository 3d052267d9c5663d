"""Tasks of a plan as bars from their start to their deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from scoring.outputs import theme
from scoring.outputs.charts import rows as labelled
from scoring.outputs.charts.chart_sheet import Sheet, bars, finish, write
from scoring.outputs.charts.chart_titles import tasks_title
from scoring.outputs.charts.plans import plan_tasks
from scoring.outputs.charts.score_tables import unit_text
from scoring.outputs.text_layout import text_width
from scoring.outputs.theme import INK, MARGIN, NO_CONTEXT, ChartContext, ChartFigure, as_day

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

    Examples
    --------
    >>> from scoring.charts import figure_data
    >>> tasks = pd.DataFrame({"task": ["Báo cáo năm", "Kế hoạch"], "lead_unit": "Văn phòng",
    ...                       "starts_on": [None, "2026-01-02"],
    ...                       "due_on": ["2026-12-15", "2026-01-10"],
    ...                       "status": ["upcoming", "done"]})
    >>> figure_data(gantt(tasks, as_of="2026-06-10"))[["task", "status"]].values.tolist()
    [['Kế hoạch', 'done'], ['Báo cáo năm', 'upcoming']]
    """
    table, year = plan_tasks.task_table(tasks), context.year
    page = labelled.one_page(table, _rows, most_rows, first_row)
    when = context.say("chart_year", year=year) if year else ""
    about = (context.say("chart_gantt_shows"), unit_name, when, unit_text(context, "months"))
    title, body = (
        partial(tasks_title, table, is_seen=as_of is not None),
        (page.rows.total or 0.4) + _HEAD,
    )
    notes, day = page.notes(context), as_day(as_of)
    sheet = plan_tasks.tasks_sheet(context, table, title(context), body, notes, *about, day=day)
    if len(page.shown):
        _draw(sheet, page, day, _span(table, day))
    else:
        sheet.text(sheet.width / 2, 0.3, context.say("chart_no_rows"), ha="center")
    said = partial(plan_tasks.tasks_words, table, unit_name, year)
    figure = finish(sheet, "gantt", table, title, said)
    figure.next_row = page.next_row
    return figure


def _rows(shown: pd.DataFrame) -> labelled.Rows:
    pairs = zip(shown["task"], shown["lead_unit"], strict=True)
    names = [f"{task} ({lead_unit})" if lead_unit else str(task) for task, lead_unit in pairs]
    return labelled.named_rows(names, width=2.9, least=0.25, gap=0.07)


def _right_text(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    return context.date(row["due_on"]) or context.say("chart_no_deadline")


def _draw(
    sheet: Sheet,
    page: labelled.Page,
    today: pd.Timestamp | None,
    span: tuple[pd.Timestamp, pd.Timestamp] | None,
) -> None:
    rows, texts = page.rows, labelled.row_texts(page.shown, _right_text, sheet.context)
    right = max(text_width(text, theme.TEXT_SIZE) for text in texts) + 0.1
    left = MARGIN + rows.label_width + 0.1
    axes = sheet.axes(left, right + MARGIN)
    labelled.write_rows(sheet, rows, texts, right, top=_HEAD)
    if span is None:
        return
    axes.set_xlim(*map(date2num, span))
    _months(axes, *span, rows.total, (sheet.width - left - right - MARGIN), sheet.context)
    for (_, row), center in zip(page.shown.iterrows(), rows.centers, strict=True):
        _draw_task(axes, row, center)
    if today is not None:
        axes.axvline(date2num(today), color=INK, linewidth=1.4, linestyle="--")


def _draw_task(axes: Axes, row: pd.Series, center: float) -> None:
    if pd.isna(row["due_on"]):
        return
    fill, due = plan_tasks.fill_of(str(row["status"])), date2num(row["due_on"])
    y = center + _HEAD
    if pd.notna(row["starts_on"]) and row["starts_on"] < row["due_on"]:
        start = date2num(row["starts_on"])
        bars(axes, [start], [due - start], [y], 0.13, fill)
        edge = max(start, min(axes.get_xlim()))
        axes.plot([edge, due, due, edge, edge], [y - 0.065] * 2 + [y + 0.065] * 2 + [y - 0.065],
                  color=INK, linewidth=0.5)  # fmt: skip
        return
    # A mark on the first day of the chart is whole.
    axes.plot([due], [y], marker="D", markersize=5.5, color=fill.color, markeredgecolor=INK,
              clip_on=False)  # fmt: skip


def _span(
    table: pd.DataFrame, today: pd.Timestamp | None
) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """Return the first day of the first month and the first day after the last; None without days.

    All pages of a long plan have those of all its lines, so that one can be laid beside another.
    """
    days = [day for day in [*table["starts_on"], *table["due_on"]] if pd.notna(day)]
    days += [today] if today is not None else []
    if not days:
        return None
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
    lines = [date2num(day) for day in starts]
    axes.vlines(lines, _HEAD, bottom + _HEAD, colors=theme.GRID, linewidth=0.6, zorder=0)
    long = starts[0].year != starts[-2 if len(starts) > 1 else -1].year
    room = width / max(len(starts) - 1, 1)
    step = max(1, int(-(-(0.45 if long else 0.2) // room)))
    for day in starts[:-1:step]:
        middle = date2num(day) + 15
        text = f"{day.month}/{day.year % 100:02d}" if long else str(day.month)
        write(
            axes, middle, _HEAD / 2, text, ha="center", color=theme.MUTED, fontsize=theme.SMALL_SIZE
        )

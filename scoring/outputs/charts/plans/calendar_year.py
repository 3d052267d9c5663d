"""The deadlines of a year on twelve small months."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from scoring.outputs.charts.chart_sheet import Sheet, finish, write
from scoring.outputs.charts.chart_titles import year_title
from scoring.outputs.charts.plans import plan_tasks
from scoring.outputs.charts.score_tables import unit_text
from scoring.outputs.theme import (
    INK,
    MARGIN,
    MUTED,
    NO_CONTEXT,
    PAGE_WIDTH,
    SMALL_SIZE,
    ChartContext,
    ChartFigure,
)

CHARTS = ("calendar_year",)
_COLUMNS = 3
_GAP = 0.25
_MONTH = (PAGE_WIDTH - 2 * MARGIN - _GAP * (_COLUMNS - 1)) / _COLUMNS
_DAY = _MONTH / 7
_LINE = 0.2
_HEAD = 0.42
_BLOCK = _HEAD + 6 * _LINE + 0.14
# What is most pressing gives a day its colour.
_PRESSING = ("overdue", "due-soon", "ongoing", "upcoming", "waiting", "no-date", "done")


def calendar_year(
    tasks: pd.DataFrame,
    *,
    year: int | None = None,
    unit_name: str = "",
    context: ChartContext = NO_CONTEXT,
) -> ChartFigure:
    """Draw a year with its deadlines marked by the most pressing status of the day.

    Parameters
    ----------
    tasks : DataFrame
        ``task, lead_unit, starts_on, due_on, status``, with the statuses of `scoring.plan`.
    year : int, optional
        The year to draw; by default the year of the context, else of the first deadline.
    unit_name : str
        Whose plan it is.

    Returns
    -------
    ChartFigure
        Days with several deadlines carry a star; a note says how many each has, and counts the
        tasks outside the year and those without a deadline. Without a year there are no months.

    Examples
    --------
    >>> from scoring.charts import alt_text
    >>> tasks = pd.DataFrame({"task": ["Kế hoạch", "Báo cáo năm"], "lead_unit": "Văn phòng",
    ...                       "starts_on": None, "due_on": ["2026-01-10", None],
    ...                       "status": ["done", "no-date"]})
    >>> print(alt_text(calendar_year(tasks, year=2026), "en"))
    2026: 1 deadline, most in January (1); 0 overdue. Calendar of deadlines, 2026: 2
    tasks (Done: 1; No date: 1). Not done and due first: —.
    """
    table = plan_tasks.task_table(tasks)
    year = year or context.year or _first_year(table)
    here = table[table["due_on"].dt.year == year]
    title, notes = partial(year_title, here, year), _notes(table, here, year, context)
    about = (context.say("chart_calendar_shows"), unit_name, unit_text(context, "deadlines"))
    body = 4 * _BLOCK if year else 0.1
    sheet = plan_tasks.tasks_sheet(context, table, title(context), body, notes, *about)
    if year:
        _draw_months(sheet, year, here)
    said = partial(plan_tasks.tasks_words, table, unit_name, year)
    return finish(sheet, "calendar_year", table, title, said)


def _draw_months(sheet: Sheet, year: int, here: pd.DataFrame) -> None:
    axes = sheet.axes(MARGIN, MARGIN)
    axes.set_xlim(0, PAGE_WIDTH - 2 * MARGIN)
    days = here.groupby("due_on")["status"]
    by_day = {pd.Timestamp(str(day)): list(statuses.astype(str)) for day, statuses in days}
    for month in range(1, 13):
        row, column = divmod(month - 1, _COLUMNS)
        place = (column * (_MONTH + _GAP), row * _BLOCK)
        _draw_month(axes, year, month, *place, by_day, sheet.context)


def _first_year(table: pd.DataFrame) -> int | None:
    due = table["due_on"].dropna()
    return int(due.iloc[0].year) if len(due) else None


def _notes(
    table: pd.DataFrame, here: pd.DataFrame, year: int | None, context: ChartContext
) -> list[str]:
    undated = int(table["due_on"].isna().sum())
    outside = len(table) - len(here) - undated
    shared = here["due_on"].value_counts().sort_index()
    days = [f"{day:%d/%m} ({count})" for day, count in shared[shared > 1].items()]
    notes = [context.say("chart_calendar_note", days=", ".join(days))] if days else []
    if undated:
        notes.append(context.say("chart_calendar_undated", count=undated))
    if outside:
        notes.append(context.say("chart_calendar_outside", count=outside, year=year))
    return notes


def _draw_month(
    axes: Axes,
    year: int,
    month: int,
    left: float,
    top: float,
    by_day: dict[pd.Timestamp, list[str]],
    context: ChartContext,
) -> None:
    name = context.say(f"month_{month}")
    write(axes, left + _MONTH / 2, top + 0.1, name, ha="center", weight="bold")
    for weekday in range(7):
        x = left + (weekday + 0.5) * _DAY
        text = context.say(f"weekday_{weekday + 1}")
        write(axes, x, top + 0.3, text, ha="center", color=MUTED, fontsize=SMALL_SIZE)
    for week, days in enumerate(calendar.Calendar().monthdayscalendar(year, month)):
        y = top + _HEAD + (week + 0.5) * _LINE
        for weekday, day in enumerate(days):
            if day:
                statuses = by_day.get(pd.Timestamp(year, month, day), [])
                _draw_day(axes, left + weekday * _DAY, y, day, statuses)


def _draw_day(axes: Axes, x: float, y: float, day: int, statuses: Sequence[str]) -> None:
    middle = x + _DAY / 2
    if not statuses:
        write(axes, middle, y, str(day), ha="center", fontsize=SMALL_SIZE, color=MUTED)
        return
    style = plan_tasks.fill_of(_most_pressing(statuses)).style(INK) | {"linewidth": 0.5}
    corner = (x + 0.01, y - _LINE / 2 + 0.01)
    axes.add_patch(Rectangle(corner, _DAY - 0.02, _LINE - 0.02, **style))
    # A white plate keeps the date readable on every fill and hatch.
    plate = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    text = f"{day}*" if len(statuses) > 1 else str(day)
    write(axes, middle, y, text, ha="center", fontsize=SMALL_SIZE, weight="bold", bbox=plate)


def _most_pressing(statuses: Sequence[str]) -> str:
    return next((status for status in _PRESSING if status in statuses), statuses[0])

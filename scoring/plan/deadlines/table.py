"""Deadlines of all tasks as tables: one row per deadline, one row per day it falls on."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from scoring.plan.deadlines.model import Deadline
from scoring.plan.deadlines.reading import read_deadlines
from scoring.tables import table_of


def deadline_table(tasks: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``PlanDeadlines``: every deadline that the tasks' texts name.

    Parameters
    ----------
    tasks : DataFrame
        Table ``PlanTasks``; `task_code`, `year` and `deadline_text` are used, so that a person
        who mends the text of a deadline mends its meaning too.

    Returns
    -------
    DataFrame
        One row per deadline of a task; `due_on` is NaT unless a date is stated or expected.

    Examples
    --------
    >>> tasks = pd.DataFrame({"task_code": ["I.1"], "year": [2022],
    ...                       "deadline_text": ["Kế hoạch tháng 01/2022; báo cáo hàng quý"]})
    >>> deadline_table(tasks)[["what", "kind", "recurrence"]].values.tolist()
    [['Kế hoạch', 'date', ''], ['báo cáo', 'recurring', 'quarterly']]
    """
    rows = [
        _row(code, number, deadline)
        for code, deadlines in _deadlines_of(tasks)
        for number, deadline in enumerate(deadlines, start=1)
    ]
    return table_of(rows, "PlanDeadlines")


def occurrence_table(tasks: pd.DataFrame) -> pd.DataFrame:
    """Return every deadline with the days it falls on in the year of the plan.

    Parameters
    ----------
    tasks : DataFrame
        Table ``PlanTasks``.

    Returns
    -------
    DataFrame
        `task_code`, `deadline_number`, `what`, `kind`, `condition`, `due_on`: a recurring
        deadline has one row per day; what has no day (a condition, "Thường xuyên") has one row
        with `due_on` NaT.

    Examples
    --------
    >>> tasks = pd.DataFrame({"task_code": ["I.1"], "year": [2022],
    ...                       "deadline_text": ["trước ngày 25 tháng cuối quý"]})
    >>> occurrence_table(tasks)["due_on"].dt.strftime("%d/%m").tolist()
    ['24/03', '24/06', '24/09', '24/12']
    """
    years = dict(zip(tasks["task_code"], tasks["year"], strict=True))
    rows = [
        (code, number, deadline.what, deadline.kind, deadline.condition, day)
        for code, deadlines in _deadlines_of(tasks)
        for number, deadline in enumerate(deadlines, start=1)
        for day in (_days_of(deadline, int(years[code])) or (None,))
    ]
    return table_of(rows, "PlanOccurrences")


def _days_of(deadline: Deadline, year: int) -> tuple[dt.date, ...]:
    # Without a year, a recurrence falls on no day that could be named.
    return deadline.dates(year) if year or deadline.recurrence is None else ()


def _deadlines_of(tasks: pd.DataFrame) -> list[tuple[str, list[Deadline]]]:
    """Read each distinct text once: plans of thousands of rows repeat a few wordings."""
    read: dict[tuple[str, int], list[Deadline]] = {}
    pairs = []
    for code, text, year in zip(
        tasks["task_code"], tasks["deadline_text"], tasks["year"], strict=True
    ):
        key = (str(text), int(year))
        if key not in read:
            read[key] = read_deadlines(key[0], key[1] or None)
        pairs.append((str(code), read[key]))
    return pairs


def _row(code: str, number: int, deadline: Deadline) -> tuple[object, ...]:
    recurrence = deadline.recurrence.code if deadline.recurrence else ""
    return (
        code,
        number,
        deadline.what,
        deadline.kind,
        deadline.starts_on,
        deadline.due_on,
        deadline.precision,
        deadline.exclusive,
        recurrence,
        deadline.condition,
        deadline.assumed_year,
        deadline.text,
    )

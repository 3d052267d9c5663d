"""Deadlines of plans as tables, held against the year of their plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import fields

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.official.deadlines import Deadline, read_once
from scoring.tables import checked, table_of

_READ = ("task_code", "year", "deadline_text")
# A deadline in the last months of the year before may be honest: plans are drafted then.
_DRAFTING_MONTHS = (10, 11, 12)


def deadline_findings(
    deadlines: Iterable[Deadline], year: int, issued_on: dt.date | None = None
) -> list[Finding]:
    """Return what is wrong with `deadlines` for the plan of `year`.

    Parameters
    ----------
    deadlines : iterable of Deadline
    year : int
        Year of the plan.
    issued_on : date or None
        First day on which the plan can have been issued; None: not known.

    Returns
    -------
    list of Finding
        ``deadline-wrong-year`` with the likely intent, ``deadline-before-plan-year``,
        ``deadline-after-plan-year`` and ``deadline-unread``, without a place.

    Examples
    --------
    >>> from scoring.official.deadlines import read_deadlines
    >>> finding, = deadline_findings(read_deadlines("trong tháng 01/2021", 2022), 2022)
    >>> finding.code, finding.values["intended"]
    ('deadline-wrong-year', datetime.date(2022, 1, 31))
    """
    found = (_judged(deadline, year, issued_on) for deadline in deadlines)
    return [finding for finding in found if finding is not None]


def _judged(deadline: Deadline, year: int, issued_on: dt.date | None) -> Finding | None:
    values = {"text": deadline.text, "year": year}
    if deadline.kind == "unread":
        return Finding("deadline-unread", values=values)
    if deadline.recurrence is not None:
        if deadline.recurrence.year in (None, year):
            return None
        intended: object = Named(f"năm {year}", str(year))
        return Finding("deadline-wrong-year", values=values | {"intended": intended})
    due_on = deadline.due_on
    if deadline.kind != "date" or due_on is None:
        return None
    # "Trước tháng 01/2022" ends in 2021 and yet means the beginning of 2022.
    written = due_on + dt.timedelta(days=1) if deadline.exclusive else due_on
    in_draft = issued_on is not None and issued_on <= due_on < dt.date(year, 1, 1)
    if in_draft or year in (written.year, due_on.year):
        return None
    if written.year > year:
        return Finding("deadline-after-plan-year", values=values)
    drafting = written.year == year - 1 and written.month in _DRAFTING_MONTHS
    code = "deadline-before-plan-year" if drafting else "deadline-wrong-year"
    return Finding(code, values=values | {"intended": _moved(due_on, year)})


def _moved(day: dt.date, year: int) -> dt.date:
    """Return the same day in `year`; 29 February becomes the 28th if `year` is no leap year."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


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
    checked(tasks, "PlanTasks", columns=_READ, by="deadline_table")
    rows = [_row(code, number, deadline) for code, _, number, deadline in _deadlines_of(tasks)]
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
    checked(tasks, "PlanTasks", columns=_READ, by="occurrence_table")
    rows = [
        (code, number, deadline.what, deadline.kind, deadline.condition, day)
        for code, year, number, deadline in _deadlines_of(tasks)
        for day in (_days_of(deadline, year) or (None,))
    ]
    return table_of(rows, "PlanOccurrences")


def _days_of(deadline: Deadline, year: int) -> tuple[dt.date, ...]:
    # Without a year, a recurrence falls on no day that could be named.
    return deadline.dates(year) if year or deadline.recurrence is None else ()


def _deadlines_of(tasks: pd.DataFrame) -> Iterator[tuple[str, int, int, Deadline]]:
    """Yield task, year, number and meaning of every deadline."""
    named = zip(tasks["task_code"], tasks["year"], tasks["deadline_text"], strict=True)
    for code, year, text in named:
        for number, deadline in enumerate(read_once(str(text), int(year) or None), start=1):
            yield str(code), int(year), number, deadline


def _row(code: str, number: int, deadline: Deadline) -> dict[str, object]:
    said = {field.name: getattr(deadline, field.name) for field in fields(deadline)}
    recurrence = deadline.recurrence.code if deadline.recurrence else ""
    return said | {"task_code": code, "deadline_number": number, "recurrence": recurrence}

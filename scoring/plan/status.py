"""Where the plan stands on a day: done, due soon, overdue, waiting, by task and by lead unit."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.values import TASK_STATUSES
from scoring.plan.plan_deadlines import deadline_table, occurrence_table
from scoring.tables import checked, columns_of, day_of

SOON_DAYS = 14
_SHOWN = ("task_code", "lead_unit", "area_code", "task")
# A task stands as its worst deadline does; "done" only when all are.
_WORST_FIRST = ("overdue", "due-soon", "waiting", "upcoming", "ongoing", "no-date", "done")


def plan_status(
    tasks: pd.DataFrame,
    progress: pd.DataFrame | None,
    on: dt.date,
    soon_days: int = SOON_DAYS,
) -> pd.DataFrame:
    """Return how every deadline of the plan stands at the end of the day `on`.

    Parameters
    ----------
    tasks : DataFrame
        Table ``PlanTasks``.
    progress : DataFrame or None
        Table ``Progress``: `task_code` and `done_on`. The n-th day done meets the n-th day due of
        the task, in order, so a quarterly report handed in twice leaves the last two open. A task
        whose deadlines are a condition or none at all is done by its first row.
    on : date
        The day looked at; what was done later does not count yet.
    soon_days : int
        A day due within so many days from `on` is ``due-soon``.

    Returns
    -------
    DataFrame
        Table ``TaskStatus``, one row per deadline and day. ``waiting``: on a condition;
        ``ongoing``: "Thường xuyên"; ``no-date``: left to another document, or not stated.

    Examples
    --------
    >>> tasks = pd.DataFrame({"task_code": ["I.1"], "year": [2022], "task": ["Báo cáo"],
    ...                       "deadline_text": ["trước ngày 15/3/2022; trước ngày 15/6/2022"],
    ...                       "lead_unit": ["Văn phòng"], "area_code": ["direction"]})
    >>> done = pd.DataFrame({"task_code": ["I.1"], "done_on": [pd.Timestamp("2022-03-10")]})
    >>> status = plan_status(tasks, done, dt.date(2022, 6, 5))
    >>> status[["status", "days_left"]].values.tolist()
    [['done', nan], ['due-soon', 9.0]]
    """
    checked(tasks, "PlanTasks", columns=_SHOWN, by="plan_status")
    if progress is not None:
        checked(progress, "Progress", by="plan_status")
    day = day_of(on)
    rows = _with_done_days(_with_every_task(occurrence_table(tasks), tasks), progress, day)
    rows["days_left"] = (rows["due_on"] - day).dt.days.astype(float).where(rows["done_on"].isna())
    rows["late"] = rows["done_on"] > rows["due_on"]
    rows["status"] = _statuses(rows, soon_days)
    return rows[columns_of("TaskStatus")]


def _with_every_task(days: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Return the days of each task in order, and one row for a task that names no deadline."""
    rows = tasks[list(_SHOWN)].merge(days, on="task_code", how="left")
    rows = rows.fillna({"deadline_number": 0, "what": "", "kind": "", "condition": ""})
    rows = rows.astype({"deadline_number": days["deadline_number"].dtype})
    rows["order"] = rows.groupby("task_code", sort=False).ngroup()
    keys = ["order", "due_on", "deadline_number"]
    return rows.sort_values(keys, kind="stable", ignore_index=True)


def _with_done_days(
    rows: pd.DataFrame, progress: pd.DataFrame | None, day: pd.Timestamp
) -> pd.DataFrame:
    """Match days done to days due, both counted in order within their task."""
    if progress is None or progress.empty:
        return rows.assign(done_on=pd.Series(pd.NaT, rows.index, dtype="datetime64[us]"))
    done = progress.loc[progress["done_on"] <= day, ["task_code", "done_on"]]
    done = done.sort_values("done_on", kind="stable")
    done = done.assign(turn=done.groupby("task_code").cumcount())
    rows = rows.assign(turn=rows.groupby("task_code").cumcount())
    return rows.merge(done, on=["task_code", "turn"], how="left").drop(columns="turn")


def _statuses(rows: pd.DataFrame, soon_days: int) -> np.ndarray:
    left = rows["days_left"]
    conditions = [
        rows["done_on"].notna(),
        left < 0,
        left <= soon_days,
        left.notna(),
        rows["kind"] == "condition",
        rows["kind"] == "ongoing",
    ]
    choices = ["done", "overdue", "due-soon", "upcoming", "waiting", "ongoing"]
    return np.select(conditions, choices, default="no-date")


def status_by_task(status: pd.DataFrame) -> pd.DataFrame:
    """Return one row per task with its worst status and the next day due.

    Parameters
    ----------
    status : DataFrame
        Table ``TaskStatus``.

    Returns
    -------
    DataFrame
        `task_code`, `status`, `due_on` (the earliest day still open; NaT: none), `done_share` (of
        its deadlines, 0 to 1), `lead_unit`, `area_code`, `task`.

    Examples
    --------
    >>> status = pd.DataFrame({"task_code": "I.1", "deadline_number": [1, 2], "what": "",
    ...                        "due_on": pd.to_datetime(["2026-03-15", "2026-06-15"]),
    ...                        "done_on": pd.to_datetime(["2026-03-10", None]),
    ...                        "status": ["done", "overdue"], "lead_unit": "Văn phòng",
    ...                        "area_code": "direction", "task": "Báo cáo"})
    >>> status_by_task(status)[["task_code", "status", "done_share"]].values.tolist()
    [['I.1', 'overdue', 0.5]]
    """
    order = pd.CategoricalDtype(list(_WORST_FIRST), ordered=True)
    # A report "theo quy định" beside dated ones must not hold a finished task open for ever.
    dateless = status["status"].isin(("ongoing", "no-date"))
    counts = ~dateless | ~status["task_code"].isin(status.loc[~dateless, "task_code"])
    rows = status[counts].assign(
        status=status["status"].astype(order),
        open_on=status["due_on"].where(status["done_on"].isna()),
        is_done=status["status"] == "done",
    )
    grouped = rows.groupby("task_code", sort=False)
    table = grouped.agg(
        status=("status", "min"),
        due_on=("open_on", "min"),
        done_share=("is_done", "mean"),
        **{name: (name, "first") for name in ("lead_unit", "area_code", "task")},
    ).reset_index()
    return table.astype({"status": "str"})


def status_by_unit(status: pd.DataFrame) -> pd.DataFrame:
    """Return the number of tasks of each lead unit by status, worst first.

    Parameters
    ----------
    status : DataFrame
        Table ``TaskStatus``.

    Returns
    -------
    DataFrame
        `lead_unit`, one column per status, `tasks` and `done_share` (0 to 1, of all its tasks).
        Tasks without a lead unit stand under an empty name.

    Examples
    --------
    >>> status = pd.DataFrame({"task_code": ["I.1", "I.2"], "status": ["done", "overdue"],
    ...                        "due_on": pd.to_datetime(["2026-03-15", "2026-06-15"]),
    ...                        "done_on": pd.to_datetime(["2026-03-10", None]),
    ...                        "lead_unit": "Văn phòng", "area_code": "direction", "task": ""})
    >>> row = status_by_unit(status).iloc[0]
    >>> row[["lead_unit", "overdue", "done", "tasks", "done_share"]].tolist()
    ['Văn phòng', np.int64(1), np.int64(1), np.int64(2), np.float64(0.5)]
    """
    tasks = status_by_task(status)
    counts = pd.crosstab(tasks["lead_unit"], tasks["status"])
    counts = counts.reindex(columns=list(TASK_STATUSES), fill_value=0)
    total = counts.sum(axis=1)
    table = counts.assign(tasks=total, done_share=counts["done"] / total).reset_index()
    table.columns.name = None
    worst = ["overdue", "due-soon", "tasks", "lead_unit"]
    return table.sort_values(worst, ascending=[False, False, False, True], ignore_index=True)


def progress_findings(tasks: pd.DataFrame, progress: pd.DataFrame) -> list[Finding]:
    """Return rows of `progress` that name a task the plan does not have."""
    unknown = sorted(set(progress["task_code"]) - set(tasks["task_code"]))
    return [Finding("progress-unknown-task", values={"task": code}) for code in unknown]


def year_chart_table(
    tasks: pd.DataFrame, on: dt.date, progress: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the bars of a Gantt-like chart: one row per dated deadline, with its span and status.

    Parameters
    ----------
    tasks : DataFrame
        Table ``PlanTasks``.
    on : date
        The day looked at.
    progress : DataFrame, optional
        Table ``Progress``.

    Returns
    -------
    DataFrame
        `task_code`, `task`, `what`, `lead_unit`, `area_code`, `starts_on` (the first day of
        the span stated; NaT: none is stated), `due_on`, `status`.

    Examples
    --------
    >>> from scoring.plan import document_from_text, plan_from_document
    >>> text = '''STT|Nhiệm vụ|Sản phẩm|Chủ trì|Thời hạn
    ... 1|Rà soát|Báo cáo|Văn phòng|Quý II/2026'''
    >>> plan = plan_from_document(document_from_text(text.replace("|", chr(9))), 2026)
    >>> bars = year_chart_table(plan.tasks, dt.date(2026, 5, 4))
    >>> bars[["task_code", "starts_on", "due_on", "status"]].astype(str).values.tolist()
    [['1', '2026-04-01', '2026-06-30', 'upcoming']]
    """
    status = plan_status(tasks, progress, on).dropna(subset=["due_on"])
    starts = deadline_table(tasks)[["task_code", "deadline_number", "starts_on"]]
    bars = status.merge(starts, on=["task_code", "deadline_number"], how="left")
    bars = bars[columns_of("PlanBars")]
    return bars.sort_values(["due_on", "task_code"], kind="stable", ignore_index=True)

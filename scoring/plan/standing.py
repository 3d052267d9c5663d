"""How each task as a whole stands on a day: on time, late, missed, not due yet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.plan.status import status_by_task
from scoring.tables import checked, columns_of


def task_standing(status: pd.DataFrame) -> pd.DataFrame:
    """Return one row per task: its dated days so far and how they were met.

    Parameters
    ----------
    status : DataFrame
        Table ``TaskStatus`` of `scoring.plan.plan_status`.

    Returns
    -------
    DataFrame
        `task_code`, `lead_unit`, `is_done` (every deadline met), `days_due` (days that have passed
        or were met early), `days_met` (in time), `days_late`, `times_done` (all days done, dated or
        not) and `standing`: ``missed`` when a day passed unmet, else ``late`` when one was met
        late, else ``on-time``; ``not-due`` when no day has come yet, ``undated`` when the task has
        none. A task of twelve monthly reports counts as one task.

    Examples
    --------
    >>> import datetime as dt
    >>> from scoring.plan.status import plan_status
    >>> tasks = pd.DataFrame({"task_code": ["I.1", "I.2"], "year": 2022, "task": "Báo cáo",
    ...                       "deadline_text": ["15/3/2022; 15/6/2022", "Thường xuyên"],
    ...                       "lead_unit": "Văn phòng", "area_code": "direction"})
    >>> done = pd.DataFrame({"task_code": ["I.1"], "done_on": [pd.Timestamp("2022-03-20")]})
    >>> standing = task_standing(plan_status(tasks, done, dt.date(2022, 5, 1)))
    >>> standing[["days_due", "days_late", "standing"]].values.tolist()
    [[1, 1, 'late'], [0, 0, 'undated']]
    """
    checked(status, "TaskStatus", by="task_standing")
    dated = status["due_on"].notna()
    done = status["done_on"].notna()
    rows = status.assign(
        dated=dated,
        times_done=done,
        days_due=dated & (done | (status["status"] == "overdue")),
        days_met=dated & done & ~status["late"],
        days_late=dated & done & status["late"],
    )
    counted = ["dated", "times_done", "days_due", "days_met", "days_late"]
    table = rows.groupby("task_code", sort=False)[counted].sum().reset_index()
    whole = status_by_task(status)[["task_code", "status", "lead_unit"]]
    table = table.merge(whole, on="task_code", how="left")
    table["is_done"] = table["status"] == "done"
    missed = table["days_due"] > table["days_met"] + table["days_late"]
    conditions = [table["dated"] == 0, table["days_due"] == 0, missed, table["days_late"] > 0]
    choices = ["undated", "not-due", "missed", "late"]
    table["standing"] = np.select(conditions, choices, default="on-time")
    return table[columns_of("TaskStanding")]

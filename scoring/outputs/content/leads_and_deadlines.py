"""Who leads an item and until when, as the plan says."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

import pandas as pd

_SEPARATORS = re.compile(r"[;,\s]+")


class TaskDeadline(NamedTuple):
    """Lead unit and deadline that the plan gives to an item; None: no dated deadline."""

    lead_unit: str
    due_on: dt.date | None


def task_deadlines(tasks: pd.DataFrame | None) -> dict[str, TaskDeadline]:
    """Return, by item code, the task with the nearest deadline that serves it.

    Parameters
    ----------
    tasks : DataFrame or None
        Table ``PlanTasks``; only ``item_codes``, ``lead_unit`` and ``due_on`` are read.

    Examples
    --------
    >>> tasks = pd.DataFrame({"item_codes": ["1.1;1.2", "1.2"], "lead_unit": ["A", "B"],
    ...                       "due_on": pd.to_datetime(["2026-12-15", "2026-06-30"])})
    >>> task_deadlines(tasks)["1.2"]
    TaskDeadline(lead_unit='B', due_on=datetime.date(2026, 6, 30))
    """
    if tasks is None or tasks.empty or "item_codes" not in tasks.columns:
        return {}
    columns = tasks[["item_codes", "lead_unit", "due_on"]]
    columns = columns.assign(item_codes=columns["item_codes"].map(_codes))
    rows = columns.explode("item_codes").dropna(subset=["item_codes"])
    rows = rows.sort_values("due_on", kind="stable", na_position="last")
    nearest = rows.drop_duplicates("item_codes")
    return {
        str(code): TaskDeadline(str(lead), None if pd.isna(due) else pd.Timestamp(due).date())
        for code, lead, due in nearest.itertuples(index=False)
    }


def _codes(text: object) -> list[str]:
    return [code for code in _SEPARATORS.split(str(text)) if code]

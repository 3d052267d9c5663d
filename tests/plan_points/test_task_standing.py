"""A task as a whole is on time, late, missed, not due yet or without a day."""

from __future__ import annotations

import datetime as dt

import pytest
from plan_record_samples import progress_of, tasks_of

from scoring.plan import plan_status
from scoring.plan.standing import task_standing


@pytest.mark.parametrize(
    ("deadline", "done", "standing"),
    [
        ("15/03/2025", ["2025-03-15"], "on-time"),
        ("15/03/2025", ["2025-03-16"], "late"),
        ("15/03/2025", [], "missed"),
        ("15/09/2025", [], "not-due"),
        ("15/09/2025", ["2025-05-01"], "on-time"),
        ("30/06/2025", [], "not-due"),  # the day itself is not over
        ("Thường xuyên", ["2025-03-16"], "undated"),
        ("15/03/2025; 15/06/2025", ["2025-03-20", "2025-06-10"], "late"),
        ("15/03/2025; 15/06/2025", ["2025-03-20"], "missed"),
        ("15/03/2025; 15/12/2025", ["2025-03-10"], "on-time"),
    ],
)
def test_standing_on_30_june(deadline: str, done: list[str], standing: str) -> None:
    tasks = tasks_of(("I.1", "Văn phòng", deadline, ""))
    progress = progress_of(*(("I.1", day) for day in done))
    table = task_standing(plan_status(tasks, progress, dt.date(2025, 6, 30)))
    assert table["standing"].tolist() == [standing]


def test_twelve_monthly_reports_are_one_task() -> None:
    tasks = tasks_of(("I.1", "Văn phòng", "trước ngày 20 hằng tháng", ""))
    table = task_standing(plan_status(tasks, None, dt.date(2025, 12, 31)))
    assert table[["days_due", "standing"]].values.tolist() == [[12, "missed"]]

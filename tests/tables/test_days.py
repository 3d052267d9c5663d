"""One reader of dates for every table: the day stands before the month."""

import ast
from pathlib import Path

import pandas as pd
import pytest

from scoring import charts
from scoring.outputs.charts.plans.plan_tasks import task_table
from scoring.outputs.theme import as_day
from scoring.plan import plan_status
from scoring.tables import days_of

PACKAGE = Path(__file__).resolve().parents[2] / "scoring"
FIFTH_OF_JUNE = pd.Timestamp(2026, 6, 5)
# Readers with an opinion of their own on what stands first.
OTHER_READERS = {"to_datetime", "strptime", "fromisoformat"}


def test_no_module_reads_a_date_in_another_way():
    calls = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in OTHER_READERS
    ]
    assert calls == []


@pytest.mark.parametrize("given", ["5/6/2026", "2026-06-05", "05.06.2026", FIFTH_OF_JUNE])
def test_a_chart_of_tasks_reads_the_days_it_is_given(given):
    tasks = pd.DataFrame({"task": ["A"], "starts_on": [given], "due_on": [given]})
    table = task_table(tasks)
    assert table[["starts_on", "due_on"]].iloc[0].tolist() == [FIFTH_OF_JUNE] * 2
    assert as_day(given) == FIFTH_OF_JUNE


def test_points_at_risk_are_overdue_by_the_day_as_it_is_written():
    gaps = pd.DataFrame({
        "unit_code": ["A"], "year": [2026], "period": [""], "item_code": ["1"], "lost_points": [1.0],
        "cause": ["late"],
        "lead_unit": ["Văn phòng"], "due_on": ["5/6/2026"],
    })  # fmt: skip
    drawn = charts.figure_data(charts.points_at_risk(gaps, as_of="1/7/2026"))
    assert drawn["due_on"].tolist() == [FIFTH_OF_JUNE] and drawn["overdue"].tolist() == [True]


def test_the_day_of_a_status_is_read_in_the_same_way():
    tasks = pd.DataFrame({
        "task_code": ["I.1"], "year": [2026], "task": ["Báo cáo"], "lead_unit": ["Văn phòng"],
        "deadline_text": ["trước ngày 15/5/2026"], "area_code": [""],
    })  # fmt: skip
    assert plan_status(tasks, None, "5/6/2026")["status"].tolist() == ["overdue"]
    assert plan_status(tasks, None, "6/5/2026")["status"].tolist() != ["overdue"]


def test_every_distinct_text_is_read_once(monkeypatch):
    seen = []
    from scoring.tables import frames

    read = frames.read_date
    monkeypatch.setattr(frames, "read_date", lambda cell: seen.append(cell) or read(cell))
    days = days_of(pd.Series(["5/6/2026", "", "2026-06-05"] * 10_000))
    assert days.dropna().eq(FIFTH_OF_JUNE).all() and sorted(seen) == ["", "2026-06-05", "5/6/2026"]

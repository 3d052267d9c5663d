"""Gaps know who leads the tasks that serve them, and the nearest day."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from plan_record_samples import progress_of, tasks_of

from scoring.analysis import with_lead_units
from scoring.charts import points_at_risk
from scoring.plan import plan_status
from scoring.plan.plan_check import linked_items


def gaps_of(*codes: str) -> pd.DataFrame:
    return pd.DataFrame({"item_code": codes, "lead_unit": "", "due_on": pd.NaT})


def links_of(tasks: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(linked_items(tasks), columns=["task_code", "item_code"], dtype="str")


TASKS = tasks_of(
    ("I.1", "Văn phòng", "15/03/2025; 15/12/2025", "1.1"),
    ("I.2", "Thanh tra", "30/06/2025", "1.1.3"),
    ("I.3", "Phòng A", "Thường xuyên", "1.10"),
)


def test_links_to_a_criterion_serve_the_items_below_it() -> None:
    gaps = with_lead_units(gaps_of("1.1.3", "1.1.2", "1.10", "2.1"), TASKS, links_of(TASKS))
    assert gaps["lead_unit"].tolist() == ["Văn phòng; Thanh tra", "Văn phòng", "Phòng A", ""]
    assert gaps["due_on"].dt.strftime("%d/%m").fillna("").tolist() == ["30/06", "15/12", "", ""]


def test_the_nearest_open_day_counts_and_finished_tasks_step_back() -> None:
    status = plan_status(TASKS, progress_of(("I.2", "2025-06-20")), dt.date(2025, 7, 1))
    gaps = with_lead_units(gaps_of("1.1.3"), TASKS, links_of(TASKS), status)
    assert gaps["lead_unit"].tolist() == ["Văn phòng"]
    assert gaps["due_on"].tolist() == [pd.Timestamp("2025-03-15")]


def test_what_stands_already_is_kept() -> None:
    gaps = gaps_of("1.1.3").assign(lead_unit="Sở", due_on=pd.Timestamp("2025-01-01"))
    filled = with_lead_units(gaps, TASKS, links_of(TASKS))
    assert filled[["lead_unit", "due_on"]].values.tolist() == [["Sở", pd.Timestamp("2025-01-01")]]


def test_nothing_linked_leaves_the_gaps_as_they_are() -> None:
    filled = with_lead_units(gaps_of("1.1"), TASKS, links_of(TASKS.iloc[:0]))
    assert filled["lead_unit"].tolist() == [""]


def test_the_chart_of_points_at_risk_takes_them() -> None:
    gaps = with_lead_units(gaps_of("1.1.3", "2.1"), TASKS, links_of(TASKS))
    gaps = gaps.assign(
        unit_code="SM", year=2025, period="", lost_points=[1.0, 2.0], cause="below-target"
    )
    figure = points_at_risk(gaps)
    assert set(figure.chart_data["name"]) == {"Văn phòng; Thanh tra", "Chưa giao đơn vị chủ trì"}

"""How the plan stands on a day."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_samples import AREA_ROW, HEADER, as_text, plan_of

from scoring.base.values import TASK_STATUSES
from scoring.plan import plan_status, status_by_task, status_by_unit
from scoring.plan.status import progress_findings
from scoring.plan.tasks import tasks_from_frame
from scoring.tables import checked

ROWS = (
    ("1", "Ban hành", "Kế hoạch", "Văn phòng", "", "Quý I/2022", ""),
    ("2", "Báo cáo", "Báo cáo", "Thanh tra", "", "hàng quý", ""),
    ("3", "Chờ", "Quyết định", "Thanh tra", "", "Sau khi tỉnh ban hành", ""),
    ("4", "Duy trì", "Báo cáo", "Văn phòng", "", "Thường xuyên", ""),
    ("5", "Theo lệ", "Báo cáo", "Văn phòng", "", "Quý IV/2022; báo cáo theo quy định", ""),
    ("6", "Không hạn", "Báo cáo", "", "", "", ""),
)


@pytest.fixture
def tasks():
    return plan_of(as_text(HEADER, AREA_ROW, *ROWS)).tasks


def done(**days: str) -> pd.DataFrame:
    rows = [(code.replace("_", "."), pd.Timestamp(day)) for code, day in days.items()]
    return pd.DataFrame(rows, columns=["task_code", "done_on"])


def states(tasks, progress, day) -> dict[str, list[str]]:
    status = plan_status(tasks, progress, day)
    checked(status, "TaskStatus")
    return status.groupby("task_code", sort=False)["status"].agg(list).to_dict()


def test_each_deadline_stands_as_its_day_and_kind_say(tasks):
    assert states(tasks, None, dt.date(2022, 3, 20)) == {
        "I.1": ["due-soon"],
        "I.2": ["due-soon", "upcoming", "upcoming", "upcoming"],
        "I.3": ["waiting"],
        "I.4": ["ongoing"],
        "I.5": ["upcoming", "no-date"],
        "I.6": ["no-date"],
    }


def test_the_last_day_itself_is_not_late_and_the_next_is(tasks):
    assert states(tasks, None, dt.date(2022, 3, 31))["I.1"] == ["due-soon"]
    assert states(tasks, None, dt.date(2022, 4, 1))["I.1"] == ["overdue"]


def test_days_done_meet_days_due_in_order(tasks):
    progress = pd.concat([done(I_2="2022-03-30"), done(I_2="2022-07-05")])
    status = plan_status(tasks, progress, dt.date(2022, 8, 1))
    quarterly = status[status["task_code"] == "I.2"]
    assert quarterly["status"].tolist() == ["done", "done", "upcoming", "upcoming"]
    assert quarterly["late"].tolist() == [False, True, False, False]


def test_what_is_done_later_does_not_count_yet(tasks):
    assert states(tasks, done(I_1="2022-05-01"), dt.date(2022, 4, 10))["I.1"] == ["overdue"]


def test_a_task_waiting_on_a_condition_is_done_by_its_first_row(tasks):
    assert states(tasks, done(I_3="2022-05-01"), dt.date(2022, 6, 1))["I.3"] == ["done"]


def test_a_task_stands_as_its_worst_deadline(tasks):
    table = status_by_task(plan_status(tasks, done(I_2="2022-03-01"), dt.date(2022, 7, 15)))
    standing = table.set_index("task_code")
    assert standing.loc["I.2", "status"] == "overdue"
    assert standing.loc["I.2", "done_share"] == 0.25
    assert str(standing.loc["I.2", "due_on"].date()) == "2022-06-30"


def test_a_report_left_to_other_rules_does_not_hold_a_finished_task_open(tasks):
    table = status_by_task(plan_status(tasks, done(I_5="2022-10-01"), dt.date(2022, 11, 1)))
    assert table.set_index("task_code").loc["I.5", "status"] == "done"


def test_units_are_ordered_by_what_is_overdue(tasks):
    table = status_by_unit(plan_status(tasks, done(I_1="2022-03-01"), dt.date(2022, 4, 5)))
    assert table["lead_unit"].tolist() == ["Thanh tra", "Văn phòng", ""]
    assert table["overdue"].tolist() == [1, 0, 0]
    assert table["tasks"].tolist() == [2, 3, 1]
    assert table["done_share"].tolist() == pytest.approx([0.0, 1 / 3, 0.0])


def test_progress_on_a_task_the_plan_does_not_have_is_a_finding(tasks):
    (finding,) = progress_findings(tasks, done(IX_9="2022-01-01"))
    assert (finding.code, finding.values["task"]) == ("progress-unknown-task", "IX.9")


def test_an_empty_plan_has_an_empty_status():
    tasks = plan_of("KẾ HOẠCH").tasks
    status = plan_status(tasks, None, dt.date(2022, 1, 1))
    assert status.empty and status_by_task(status).empty and status_by_unit(status).empty


def test_a_corrected_deadline_text_corrects_its_dates(tasks):
    edited = tasks.astype(str).replace("NaT", "")
    edited.loc[0, "deadline_text"] = "chậm nhất 15/02/2022"
    again = tasks_from_frame(edited)
    assert str(again.loc[0, "due_on"].date()) == "2022-02-15"
    assert again["part"].tolist() == tasks["part"].tolist()
    assert again["lead_inferred"].tolist() == tasks["lead_inferred"].tolist()


@settings(max_examples=25)
@given(st.dates(dt.date(2021, 6, 1), dt.date(2023, 6, 1)), st.integers(0, 60))
def test_every_deadline_has_exactly_one_status_on_every_day(day, soon):
    tasks = plan_of(as_text(HEADER, AREA_ROW, *ROWS)).tasks
    status = plan_status(tasks, done(I_1="2022-02-02"), day, soon)
    assert set(status["status"]) <= set(TASK_STATUSES)
    assert set(status["task_code"]) == set(tasks["task_code"])
    table = status_by_unit(status)
    assert table[list(TASK_STATUSES)].to_numpy().sum() == len(tasks)

"""Reports, cut-offs and the year's calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from icalendar import Calendar
from plan_samples import AREA_ROW, HEADER, TITLE, as_text, plan_of

from scoring.files.excel.workbook import read_workbook
from scoring.plan import check_plan, plan_calendar, write_calendar, year_chart_table
from scoring.plan.calendar import calendar_ics, calendar_workbook
from scoring.tables import checked

TASKS = as_text(
    HEADER,
    AREA_ROW,
    ("1", "Kế hoạch", "Kế hoạch", "Văn phòng", "", "Quý I/2022", ""),
    ("2", "Đối thoại", "Báo cáo", "Thanh tra", "", "6 tháng/lần", ""),
    ("3", "=HYPERLINK(1)", "Báo cáo", "=1+1", "", "Tháng 11/2022", ""),
    ("4", "Chờ", "Báo cáo", "Văn phòng", "", "Sau khi tỉnh ban hành", ""),
)
REPORTS = """
V. TỔ CHỨC THỰC HIỆN

- Báo cáo kết quả CCHC gửi về UBND tỉnh trước ngày 15 của tháng cuối kỳ báo cáo. Chốt số liệu:

- Báo cáo Quý I/2022: thời gian chốt số liệu tính từ ngày 15/12/2021 đến ngày 14/3/2022.

- Báo cáo 6 tháng đầu năm 2022: chốt số liệu tính từ ngày 15/12/2021 đến ngày 14/6/2022.

- Báo cáo Quý III/2022: chốt số liệu tính từ ngày 14/6/2022 đến ngày 14/9/2022.

- Các phòng báo cáo về Văn phòng Sở trước ngày 13 hàng quý, 6 tháng và năm.
"""


@pytest.fixture
def plan():
    return plan_of(TITLE + REPORTS + "\n" + TASKS)


def test_a_report_due_before_a_day_of_its_last_month_has_that_day_and_its_data(plan):
    above = plan.reports[plan.reports["recipient"] == "above"]
    assert above["period"].tolist() == ["Q1", "H1", "Q3"]
    assert above["due_on"].dt.strftime("%d/%m").tolist() == ["14/03", "14/06", "14/09"]
    assert above["data_from"].dt.strftime("%d/%m/%Y").iloc[0] == "15/12/2021"
    assert above["cutoff_on"].dt.strftime("%d/%m/%Y").iloc[0] == "14/03/2022"


def test_a_rule_without_a_list_gives_the_four_reports_of_the_year(plan):
    within = plan.reports[plan.reports["recipient"] == "within"]
    assert within["period"].tolist() == ["Q1", "H1", "Q3", "Y"]
    assert within["due_on"].dt.strftime("%d/%m").tolist() == ["12/03", "12/06", "12/09", "12/12"]


def test_days_counted_in_two_periods_are_pointed_out(plan):
    (finding,) = [f for f in check_plan(plan) if f.code == "reports-overlap"]
    assert finding.values["start"] == dt.date(2022, 6, 14)


def test_the_calendar_holds_tasks_recurrences_reports_and_cutoffs_in_order(plan):
    calendar = plan_calendar(plan.tasks, plan.reports)
    checked(calendar, "PlanCalendar")
    assert calendar["due_on"].is_monotonic_increasing
    kinds = calendar["kind"].value_counts().to_dict()
    assert kinds == {"report": 7, "cutoff": 3, "task": 2, "recurring": 2}


def test_a_condition_has_no_day_in_the_calendar(plan):
    assert "I.4" not in set(plan_calendar(plan.tasks, plan.reports)["task_code"])


def test_the_ics_file_reads_back_with_the_same_days_and_texts(plan):
    calendar = plan_calendar(plan.tasks, plan.reports)
    made = calendar_ics(calendar, "Kế hoạch 2022")
    events = Calendar.from_ical(made).walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [d.date() for d in calendar["due_on"]]
    assert len({str(event["uid"]) for event in events}) == len(calendar)
    assert str(events[0]["summary"]) == calendar["title"].iloc[0]
    assert all(event.walk("VALARM") for event in events)
    assert made == calendar_ics(calendar, "Kế hoạch 2022")


def test_a_later_version_of_a_plan_replaces_its_events_and_doubles_none(plan):
    later = plan_of(
        TITLE
        + REPORTS
        + "\n"
        + TASKS.replace(
            "2\tĐối thoại", "5\tBan hành\tKế hoạch\tVăn phòng\t\tTháng 01/2022\t\n2\tĐối thoại"
        )
    )
    uids = [
        {str(event["uid"]) for event in Calendar.from_ical(made).walk("VEVENT")}
        for made in (calendar_ics(plan_calendar(p.tasks, p.reports), "KH") for p in (plan, later))
    ]
    assert uids[0] < uids[1] and len(uids[1]) == len(uids[0]) + 1


def test_no_text_of_a_plan_becomes_a_formula_in_the_calendar_workbook(plan):
    calendar = plan_calendar(plan.tasks, plan.reports)
    (sheet,) = read_workbook(calendar_workbook(calendar)).sheets
    cells = [value for row in sheet.rows for value in row]
    assert "=1+1" in cells and "=HYPERLINK(1)" in cells
    assert dt.date(2022, 3, 31) in cells
    assert sheet.rows[0][0] == "Hạn cuối"


def test_both_files_are_written(plan, tmp_path):
    folder = tmp_path / "lịch năm"
    paths = write_calendar(plan_calendar(plan.tasks, plan.reports), folder, "Sở A")
    assert [path.name for path in paths] == ["calendar.ics", "calendar.xlsx"]
    assert all(path.stat().st_size > 500 for path in paths)


def test_an_empty_plan_has_an_empty_calendar():
    plan = plan_of(TITLE)
    calendar = plan_calendar(plan.tasks, plan.reports)
    assert calendar.empty
    assert b"VCALENDAR" in calendar_ics(calendar, "trống")
    assert calendar_workbook(calendar)


def test_the_year_chart_has_a_bar_for_every_dated_deadline(plan):
    bars = year_chart_table(plan.tasks, dt.date(2022, 6, 1))
    assert bars["task_code"].tolist() == ["I.1", "I.2", "I.3", "I.2"]
    # A bar begins where the plan says so; 1 January is not made up for the others.
    starts = bars["starts_on"].dt.strftime("%d/%m")
    assert starts.where(starts.notna(), "").tolist() == ["01/01", "", "01/11", ""]
    assert (bars["starts_on"].dropna() <= bars.dropna()["due_on"]).all()

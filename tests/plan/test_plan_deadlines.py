"""Deadlines as plans word them."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.official.deadlines import MAX_LENGTH, read_deadlines
from scoring.plan.plan_deadlines import deadline_findings, deadline_table, occurrence_table


def only(text: str, year: int | None = 2022):
    (deadline,) = read_deadlines(text, year)
    return deadline


@pytest.mark.parametrize(
    ("text", "due_on", "precision"),
    [
        ("Quý II/2024", "2024-06-30", "quarter"),
        ("Trong Quý I năm 2022", "2022-03-31", "quarter"),
        ("Quý I – II năm 2025", "2025-06-30", "quarter"),
        ("Quý II, III/2021", "2021-09-30", "quarter"),
        ("Quý 4/2023", "2023-12-31", "quarter"),
        ("Tháng 02/2024", "2024-02-29", "month"),
        ("Tháng 06-10/2024", "2024-10-31", "month"),
        ("Tháng 12 năm 2025", "2025-12-31", "month"),
        ("vào tháng 11 năm 2025", "2025-11-30", "month"),
        ("6 tháng đầu năm 2022", "2022-06-30", "half-year"),
        ("Trong năm 2024", "2024-12-31", "year"),
        ("Cả năm", "2022-12-31", "year"),
        ("Suốt năm", "2022-12-31", "year"),
        ("Trong suốt năm 2024", "2024-12-31", "year"),
        ("Từ năm 2024-2025", "2025-12-31", "year"),
        ("trước ngày 15/3/2022", "2022-03-14", "day"),
        ("Trước 30/6/2022", "2022-06-29", "day"),
        ("chậm nhất 10/01/2022", "2022-01-10", "day"),
        ("Chậm nhất là ngày 15/01/2025", "2025-01-15", "day"),
        ("ngày 15 tháng 3 năm 2022", "2022-03-15", "day"),
        ("Trước tháng 01/2022", "2021-12-31", "month"),
    ],
)
def test_a_date_is_the_last_day_and_keeps_the_precision_of_its_text(text, due_on, precision):
    deadline = only(text)
    assert (deadline.kind, str(deadline.due_on), deadline.precision) == ("date", due_on, precision)


def test_the_whole_year_beside_half_of_it_is_no_date_of_its_own():
    assert only("6 tháng và cả năm").kind == "unread"


def test_before_a_day_excludes_that_day_and_by_a_day_includes_it():
    assert only("trước ngày 01/3/2024").due_on == dt.date(2024, 2, 29)
    assert only("trước ngày 01/3/2024").exclusive
    assert not only("chậm nhất 01/3/2024").exclusive


@pytest.mark.parametrize(
    ("text", "code", "days"),
    [
        ("Hằng tháng", "monthly", 12),
        ("Định kỳ hàng tháng trong năm 2022", "monthly", 12),
        ("6 tháng/lần", "half-yearly", 2),
        ("01 năm 2 lần", "half-yearly", 2),
        ("2 lần/năm", "half-yearly", 2),
        ("Báo cáo hàng quý, 6 tháng, năm", "quarterly,half-yearly,yearly", 4),
        ("Báo cáo kết quả hàng quý và năm", "quarterly,yearly", 4),
        ("Báo cáo theo 6 tháng, năm", "half-yearly,yearly", 2),
        ("Báo cáo định kỳ theo quý, năm", "quarterly,yearly", 4),
        ("định kỳ trước ngày 25 tháng cuối quý", "quarterly@<25", 4),
        ("Báo cáo định kỳ trước ngày 20 hằng tháng", "monthly@<20", 12),
    ],
)
def test_a_recurrence_falls_on_days_of_the_plan_year(text, code, days):
    deadline = only(text)
    assert (deadline.kind, deadline.recurrence.code) == ("recurring", code)
    assert len(deadline.dates(2022)) == days
    assert {day.year for day in deadline.dates(2022)} == {2022}


def test_before_day_25_of_the_month_that_closes_a_quarter_means_the_24th():
    assert only("định kỳ trước ngày 25 tháng cuối quý").dates(2022)[0] == dt.date(2022, 3, 24)


@pytest.mark.parametrize(
    "text",
    [
        "Sau khi UBND tỉnh ban hành Kế hoạch năm 2023",
        "Khi có Quyết định công bố thủ tục",
        "Báo cáo khi thực hiện xong",
        "Triển khai sau khi Bộ ban hành hướng dẫn 01 tháng",
    ],
)
def test_an_event_waited_for_is_a_condition_without_a_day(text):
    deadline = only(text)
    assert deadline.kind == "condition" and deadline.condition and deadline.due_on is None


def test_a_condition_keeps_the_date_it_is_expected_by():
    deadline = only("Sau khi Bộ công bố chỉ số (Dự kiến Quý II/2024)")
    assert (deadline.kind, deadline.due_on) == ("condition", dt.date(2024, 6, 30))
    assert "Dự kiến" not in deadline.condition
    assert deadline.dates(2024) == ()  # expected is not due


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Thường xuyên", "ongoing"),
        ("Thường xuyên trong năm 2025", "ongoing"),
        ("Theo quy định", "by-rule"),
        ("Theo Quyết định số 11/QĐ-UBND ngày 19/5/2023 của UBND tỉnh", "by-rule"),
        ("Lồng ghép trong báo cáo CCHC", "by-rule"),
        ("Văn bản chấn chỉnh", "unread"),
    ],
)
def test_what_has_no_day_of_its_own_says_why(text, kind):
    assert only(text).kind == kind


def test_several_deadlines_in_one_cell_come_apart_with_what_each_is_for():
    cell = (
        "- Ban hành Kế hoạch chậm nhất 10/01/2022. - Báo cáo Quý I: trước ngày 15/3/2022."
        " - Báo cáo năm: trước ngày 15/12/2022"
    )
    read = [(d.what, str(d.due_on)) for d in read_deadlines(cell, 2022)]
    assert read == [
        ("Ban hành Kế hoạch", "2022-01-10"),
        ("Báo cáo Quý I", "2022-03-14"),
        ("Báo cáo năm", "2022-12-14"),
    ]


def test_two_deadlines_parted_by_nothing_but_a_space_come_apart():
    read = read_deadlines("Trước ngày 31/12/2021 Trong Quý IV năm 2022", 2022)
    assert [str(d.due_on) for d in read] == ["2021-12-30", "2022-12-31"]


def test_a_recurrence_said_twice_counts_once():
    assert len(read_deadlines("01 năm 2 lần. (6 tháng/lần).", 2022)) == 1


def test_a_date_without_a_year_takes_the_plan_year_and_says_so():
    deadline = only("ngày 13/10", 2021)
    assert (deadline.due_on, deadline.assumed_year) == (dt.date(2021, 10, 13), True)
    assert only("ngày 13/10", None).kind == "unread"


@pytest.mark.parametrize("text", ["trước ngày 31/02/2022", "Tháng 13/2022", "ngày 99/99/2022"])
def test_a_day_that_does_not_exist_is_not_read_as_a_date(text):
    assert only(text).kind != "date"


def test_a_date_in_another_year_is_a_finding_with_the_likely_intent_and_stays_as_written():
    read = read_deadlines("Ban hành Kế hoạch trong tháng 01/2021", 2022)
    (finding,) = deadline_findings(read, 2022, dt.date(2022, 1, 1))
    assert finding.code == "deadline-wrong-year"
    assert finding.values["intended"] == dt.date(2022, 1, 31)
    assert read[0].due_on == dt.date(2021, 1, 31)


def test_a_recurrence_of_another_year_is_a_finding():
    read = read_deadlines("Báo cáo hàng quý, 6 tháng và năm 2021", 2022)
    assert [f.code for f in deadline_findings(read, 2022)] == ["deadline-wrong-year"]


def test_the_last_months_before_the_plan_year_may_be_meant():
    read = read_deadlines("tháng 12/2021", 2022)
    issued_after, issued_before = dt.date(2022, 1, 1), dt.date(2021, 12, 1)
    assert [f.code for f in deadline_findings(read, 2022, issued_after)] == [
        "deadline-before-plan-year"
    ]
    assert deadline_findings(read, 2022, issued_before) == []


def test_before_the_first_month_of_the_plan_year_is_no_contradiction():
    assert deadline_findings(read_deadlines("Trước tháng 01/2022", 2022), 2022) == []


def test_a_span_beyond_the_plan_year_is_pointed_out():
    found = deadline_findings(read_deadlines("Từ năm 2024-2025", 2024), 2024)
    assert [f.code for f in found] == ["deadline-after-plan-year"]


def test_tables_have_one_row_per_deadline_and_one_per_day():
    tasks = pd.DataFrame(
        {"task_code": ["I.1"], "year": [2022], "deadline_text": ["Quý I/2022; báo cáo hàng quý"]}
    )
    assert deadline_table(tasks)["kind"].tolist() == ["date", "recurring"]
    assert len(occurrence_table(tasks)) == 1 + 4


def test_a_plan_without_a_year_has_deadlines_but_no_days_for_recurrences():
    tasks = pd.DataFrame({"task_code": ["1"], "year": [0], "deadline_text": ["hàng quý"]})
    assert occurrence_table(tasks)["due_on"].isna().all()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Trước ngày 15/6/2022 và 15/12/2022", ["2022-06-14", "2022-12-14"]),
        ("Báo cáo: ngày 20 tháng 6 và 20 tháng 12", ["2022-06-20", "2022-12-20"]),
        ("Tháng 3, 6, 9, 12", ["2022-03-31", "2022-06-30", "2022-09-30", "2022-12-31"]),
        ("Tháng 6 và tháng 12/2022", ["2022-06-30", "2022-12-31"]),
        ("Tháng 4-6/2022 và tháng 10/2022", ["2022-06-30", "2022-10-31"]),
        ("Quý I, quý III năm 2022", ["2022-03-31", "2022-09-30"]),
        ("Quý II và quý IV", ["2022-06-30", "2022-12-31"]),
        ("Quý I, II, III/2022", ["2022-09-30"]),
        ("02 lần/năm (tháng 6 và tháng 12)", ["2022-06-30", "2022-12-31"]),
        ("Mỗi năm 01 lần, hoàn thành trong tháng 8", ["2022-08-31"]),
        ("Tháng Một năm 2022", ["2022-01-31"]),
        ("Trước tháng mười hai năm 2022", ["2022-11-30"]),
    ],
)
def test_every_day_month_or_quarter_of_a_list_is_a_deadline_of_its_own(text, days):
    read = read_deadlines(text, 2022)
    assert [str(deadline.due_on) for deadline in read] == days
    assert {deadline.text for deadline in read} == {text}


@pytest.mark.parametrize(
    ("text", "code", "count"),
    [("Mỗi quý 1 lần", "quarterly", 4), ("Mỗi tháng 01 lần", "monthly", 12)],
)
def test_once_a_quarter_is_every_quarter_and_not_the_first(text, code, count):
    deadline = only(text)
    assert (deadline.kind, deadline.recurrence.code) == ("recurring", code)
    assert len(deadline.dates(2022)) == count


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Quý II & IV/2022", ["2022-06-30", "2022-12-31"]),
        ("Quý II + quý IV", ["2022-06-30", "2022-12-31"]),
        ("Quý III/IV/2022", ["2022-12-31"]),
        ("Quý I/III", ["2022-03-31", "2022-09-30"]),
        ("Tháng 6 & 12/2022", ["2022-06-30", "2022-12-31"]),
        ("Tháng 6 + 12", ["2022-06-30", "2022-12-31"]),
        ("15/6, 15/12", ["2022-06-15", "2022-12-15"]),
    ],
)
def test_a_list_joined_by_signs_loses_none_of_its_deadlines(text, days):
    assert [str(deadline.due_on) for deadline in read_deadlines(text, 2022)] == days


@pytest.mark.parametrize(
    ("text", "due_on"),
    [
        ("Quý IV-2021", "2021-12-31"),
        ("Quý III.2021", "2021-09-30"),
        ("Quý IV 2021", "2021-12-31"),
        ("Tháng 6.2021", "2021-06-30"),
        ("Quý I, năm 2021", "2021-03-31"),
        ("Tháng 12 (2021)", "2021-12-31"),
        ("tháng 6 2021", "2021-06-30"),
        ("Tháng 3-6.2021", "2021-06-30"),
        ("6/2021", "2021-06-30"),
        ("Trước 06/2021", "2021-05-31"),
        ("T6/2021", "2021-06-30"),
        ("T.06", "2022-06-30"),
        ("Q.II/2021", "2021-06-30"),
        ("Q3", "2022-09-30"),
        ("Quí II/2021", "2021-06-30"),
        ("Qúy II – IV/2021", "2021-12-31"),
        ("30/6", "2022-06-30"),
        ("Đến hết 30/9", "2022-09-30"),
        ("Chậm nhất: 30/9", "2022-09-30"),
        ("Cuối năm", "2022-12-31"),
    ],
)
def test_a_short_or_odd_spelling_keeps_its_own_year(text, due_on):
    deadline = only(text)
    assert (deadline.kind, str(deadline.due_on), deadline.what) == ("date", due_on, "")


def test_a_day_of_every_year_is_that_day_and_not_the_end_of_the_year():
    assert [str(one.due_on) for one in read_deadlines("15/6, 15/12 hằng năm", 2022)] == [
        "2022-06-15", "2022-12-15",
    ]  # fmt: skip
    assert only("15/6 hàng năm").due_on == dt.date(2022, 6, 15)


@pytest.mark.parametrize(
    ("text", "what", "starts_on", "due_on"),
    [
        ("Từ ngày 01/3/2022 đến ngày 30/6/2022", "", "2022-03-01", "2022-06-30"),
        ("Kiểm tra từ 01/3 đến hết 30/6/2022", "Kiểm tra", "2022-03-01", "2022-06-30"),
        ("01/3 - 30/6/2022", "", "2022-03-01", "2022-06-30"),
        ("Từ tháng 11/2021 đến tháng 2/2022", "", "2021-11-01", "2022-02-28"),
        ("Tháng 11/2021 - tháng 2/2022", "", "2021-11-01", "2022-02-28"),
        ("Tháng 3/2022 - Tháng 6/2022", "", "2022-03-01", "2022-06-30"),
        ("11/2021-02/2022", "", "2021-11-01", "2022-02-28"),
        ("Từ quý II/2021 đến quý I/2022", "", "2021-04-01", "2022-03-31"),
        ("Từ tháng 11 đến tháng 2/2022", "", "2021-11-01", "2022-02-28"),
    ],
)
def test_a_span_keeps_the_day_it_begins(text, what, starts_on, due_on):
    deadline = only(text)
    assert (deadline.what, str(deadline.starts_on), str(deadline.due_on)) == (
        what, starts_on, due_on,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "first", "last"),
    [
        ("Hằng quý, trước ngày 10 của tháng đầu quý sau", "quarterly@<10+1",
         "2022-04-09", "2023-01-09"),
        ("Hằng tháng, trước ngày 05 của tháng sau", "monthly@<5+1", "2022-02-04", "2023-01-04"),
        ("Hằng tháng (trước ngày 22)", "monthly@<22", "2022-01-21", "2022-12-21"),
        ("Hằng quý, chậm nhất ngày 20 tháng cuối quý", "quarterly@20", "2022-03-20", "2022-12-20"),
    ],
)  # fmt: skip
def test_a_day_of_the_period_or_of_the_month_after_it_is_kept(text, code, first, last):
    deadline = only(text)
    assert deadline.recurrence.code == code
    days = deadline.dates(2022)
    assert (str(days[0]), str(days[-1])) == (first, last)


@pytest.mark.parametrize(
    ("text", "kind", "starts_on"),
    [
        ("Từ quý II/2022", "ongoing", "2022-04-01"),
        ("Bắt đầu từ 25/7/2022", "ongoing", "2022-07-25"),
        ("Triển khai từ tháng 5/2022", "ongoing", "2022-05-01"),
        ("Sau 30 ngày kể từ ngày Nghị quyết có hiệu lực", "condition", "None"),
        ("Trong vòng 10 ngày kể từ ngày 15/3/2022", "condition", "None"),
        ("20 ngày sau khi Tỉnh uỷ ban hành văn bản", "condition", "None"),
        ("Đầu quý III/2022", "unread", "None"),
        ("Giữa tháng 5", "unread", "None"),
        ("Tuần 2 tháng 3", "unread", "None"),
        ("Trước 31/01 năm sau", "unread", "None"),
        ("Trước ngày 31/01 của năm sau", "unread", "None"),
        ("Trong tuần đầu của tháng 3/2022", "unread", "None"),
        ("Thượng tuần tháng 6", "unread", "None"),
        ("Trước ngày 10 tháng sau", "unread", "None"),
        ("Từ năm 2022", "ongoing", "2022-01-01"),
        ("Trong 6 tháng đầu năm và quý IV", "unread", "None"),
        ("Trong năm 2022 và 2023", "unread", "None"),
        ("Định kỳ 06 tháng (trước 15/6) và năm (trước 15/12)", "unread", "None"),
        ("Tháng 12 năm trước", "unread", "None"),
        ("Trước ngày 05 tháng đầu tiên của quý sau", "unread", "None"),
    ],
)
def test_a_time_that_names_no_last_day_is_given_none(text, kind, starts_on):
    deadline = only(text)
    assert (deadline.kind, str(deadline.starts_on), deadline.due_on) == (kind, starts_on, None)


@pytest.mark.needs_shared
def test_the_deadlines_in_words_of_a_real_plan_of_a_commune_are_never_made_days():
    beside = Path(__file__).resolve().parents[2].parent / "shared"
    folder = Path(os.environ.get("PARINDEX_SHARED", beside)) / "domain" / "real_rubrics"
    path = folder / "plan_khanhhoa_conghai_100ngay.csv"
    if not path.exists():
        pytest.skip("the reference folder ../shared is absent; set PARINDEX_SHARED to it")
    tasks = pd.read_csv(path, dtype=str, keep_default_na=False)
    read = {text: only(text, 2026).kind for text in tasks["deadline_text"] if text}
    assert read == {
        "20 ngày sau khi Tỉnh uỷ ban hành văn bản": "condition",
        "Thực hiện thường xuyên": "ongoing",
        "Bắt đầu từ 25/7/2026": "ongoing",
        "Theo đề nghị cấp trên": "by-rule",
        "Khi có nhiệm vụ chậm": "condition",
    }


@given(st.text(max_size=300))
def test_any_text_at_all_is_read_without_failing(text):
    for deadline in read_deadlines(text, 2022):
        assert deadline.text
        deadline.dates(2022)


@given(st.dates(dt.date(2001, 1, 1), dt.date(2099, 12, 31)))
def test_every_written_day_comes_back_as_that_day(day):
    assert only(f"chậm nhất {day.day:02d}/{day.month}/{day.year}").due_on == day
    assert only(f"trước ngày {day:%d/%m/%Y}").due_on == day - dt.timedelta(days=1)


def test_a_hostile_cell_does_not_hang():
    assert read_deadlines("quý I, " * 5_000 + "- " * 5_000, 2022) is not None


@pytest.mark.parametrize("words", ["từ 1 ", "từ ngày ", "sau khi (dự kiến ", "bắt đầu từ 1 "])
def test_a_time_told_by_another_without_end_is_unread(words):
    assert {one.kind for one in read_deadlines((words * 900)[:MAX_LENGTH], 2022)} == {"unread"}


def test_what_stands_behind_the_letters_that_are_read_is_told_and_not_dropped():
    first, last = read_deadlines(f"Quý II/2022; {'a' * MAX_LENGTH}; quý III/2022", 2022)
    assert first.due_on == dt.date(2022, 6, 30)
    assert (last.kind, last.due_on) == ("unread", None)
    assert last.text.startswith("aa")
    assert last.text.endswith("quý III/2022")

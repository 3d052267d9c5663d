"""Ranges, comparisons, recurrences and letterheads mean the same in every room."""

import datetime as dt
import math

import pytest

from scoring.official.deadlines import read_deadlines
from scoring.official.document_lines import document_lines
from scoring.official.letterhead import office_line, read_header, read_stated_date
from scoring.official.ranges import comparison_before, read_range
from scoring.official.recurrence import Recurrence, quarter_number

INF = math.inf


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("từ 70% đến dưới 90%", (70, 90, True, False)),
        ("trên 70% đến 90%", (70, 90, False, True)),
        ("70% - 90%", (70, 90, True, True)),
        ("không dưới 90%", (90, INF, True, False)),
        ("vượt quá 90%", (90, INF, False, False)),
        ("chưa đạt 50%", (-INF, 50, False, False)),
        ("nhiều nhất 3 lần", (-INF, 3, False, True)),
        ("từ 90% trở lên", (90, INF, True, False)),
        ("90% trở xuống", (-INF, 90, False, True)),
        ("5 lần", (5, 5, True, True)),
    ],
)
def test_the_words_of_a_range_say_which_ends_it_takes_in(text, ends):
    found = read_range(text)
    assert (found.lower, found.upper, found.lower_closed, found.upper_closed) == ends


@pytest.mark.parametrize(
    "text", ["từ 90%", "trên 90% trở lên", "dưới 70% đến 90%", "90% đến 70%", "1.250 hồ sơ", "²%"]
)
def test_words_that_can_be_read_in_two_ways_give_no_range(text):
    assert read_range(text) is None


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("đạt không dưới 5", ">="), ("không ít hơn 5", ">="), ("cao hơn 5", ">"), ("ít hơn 5", "<"),
        ("(trên 5", ">"), ("không quá 5", "<="), ("nhiều nhất 5", "<="), ("giảm 5", "decrease"),
        ("giảm ít nhất 5", ">="), ("tăng thêm 5", "increase"), ("mức 5", "="), ("xếp trên5", ">"),
    ],
)  # fmt: skip
def test_the_last_words_before_a_figure_compare_with_it(text, sign):
    assert comparison_before(text, text.index("5"))[0] == sign


def test_quarters_and_recurrences():
    assert [quarter_number(text) for text in ("I", "iv", "3")] == [1, 4, 3]
    yearly = Recurrence(("half-yearly", "yearly"), day=31)
    assert yearly.dates(2024) == (dt.date(2024, 6, 30), dt.date(2024, 12, 31))


@pytest.mark.parametrize(
    ("text", "starts_on", "due_on"),
    [
        ("Quý II/2024", "2024-04-01", "2024-06-30"),
        ("quý I, II", "2024-01-01", "2024-06-30"),
        ("tháng 3 - 5/2024", "2024-03-01", "2024-05-31"),
        ("6 tháng cuối năm", "2024-07-01", "2024-12-31"),
        ("trước quý IV", "None", "2024-09-30"),
        ("trong năm 2024", "2024-01-01", "2024-12-31"),
        ("trước ngày 15/12", "None", "2024-12-14"),
    ],
)
def test_a_span_of_time_has_its_first_and_last_day(text, starts_on, due_on):
    (deadline,) = read_deadlines(text, 2024)
    assert (str(deadline.starts_on), str(deadline.due_on)) == (starts_on, due_on)


@pytest.mark.parametrize(
    ("line", "is_office"),
    [
        ("GIÁM ĐỐC SỞ NỘI VỤ", True), ("PHÓ TỔNG GIÁM ĐỐC", True), ("ỦY BAN NHÂN DÂN TỈNH", True),
        ("TỔNG CỤC TRƯỞNG", True), ("Giám đốc Sở", False),
        ("VỀ VIỆC GIÁM ĐỐC", False),
    ],
)  # fmt: skip
def test_a_line_in_capitals_names_who_decides(line, is_office):
    assert office_line(line) is is_office


def test_the_opening_of_a_document_gives_number_place_day_and_title():
    text = (
        "SỞ NỘI VỤ\nSố: 12/KH-SNV\nSơn La, ngày 5 tháng 1 năm 2024\nKẾ HOẠCH\nCải cách hành chính"
    )
    header = read_header(document_lines(text))
    assert (header.number.likely, header.place, str(header.issued_on)) == (
        "12/KH-SNV", "Sơn La", "2024-01-05",
    )  # fmt: skip
    assert (header.kind, header.title) == ("KH", "Cải cách hành chính")


def test_a_day_that_does_not_exist_is_named_and_one_left_blank_is_not_made_up():
    assert read_stated_date("ngày 31 tháng 02 năm 2024") == (None, "ngày 31 tháng 02 năm 2024")
    assert str(read_stated_date("ngày … tháng 3 năm 2024")[0]) == "2024-03"

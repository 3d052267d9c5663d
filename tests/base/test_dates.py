"""Dates as they stand in workbooks: day before month, and nothing turned about."""

import datetime as dt

import pytest

from scoring.base.dates import date_from_serial, date_serial, format_date, read_date


@pytest.mark.parametrize(
    "cell",
    ["15/3/2022", "15/03/2022", "15-3-2022", "15.3.2022", " 15 / 3 / 2022 ", "2022-03-15",
     "2022-03-15T00:00:00", "2022-03-15 00:00:00", "ngày 15 tháng 3 năm 2022",
     "Ngày 15 tháng 03 năm 2022", "15 tháng 3 năm 2022", dt.date(2022, 3, 15),
     "15/03/2022 14:30", "15/3/2022 8h05", "2022-03-15 23:59:59.123", "2022-03-15T07:00",
     "ngày 15/3/2022", "15/03/2022 2:30:00 CH", "ngày 15 tháng 3 năm 2022 9:00",
     dt.datetime(2022, 3, 15, 14, 30), 44635, 44635.6],
)  # fmt: skip
def test_is_read(cell):
    reading = read_date(cell)
    assert (reading.value, reading.problem) == (dt.date(2022, 3, 15), None)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("3/25/2022", "month-before-day"), ("1/2/22", "two-digit-year"),
        ("31/4/2022", "impossible-date"), ("29/2/2023", "impossible-date"),
        ("2022-13-01", "impossible-date"), ("0/1/2022", "impossible-date"),
        ("32/13/2022", "impossible-date"), ("tháng 3/2022", "not-a-date"),
        ("quý I", "not-a-date"), ("15/3", "not-a-date"), (True, "not-a-date"),
        (3, "not-a-date"), (1e12, "not-a-date"), (float("nan"), "not-a-date"),
        (float("inf"), "not-a-date"), ("15/3/20222", "not-a-date"), ("=TODAY()", "not-a-date"),
        ("15/3/2022 2:30 PM", "not-a-date"), ("15/3/2022 24:00", "not-a-date"),
        ("15/3/2022 14:60", "not-a-date"), ("2022-03-15T14:30Z", "not-a-date"),
        ("15/3/2022 14", "not-a-date"), ("15/3/22 14:30", "two-digit-year"),
        ("15/3/2022 14:30 và 16/3/2022", "not-a-date"), ("3/25/2022 14:30", "month-before-day"),
        ("12/13/2022", "month-before-day"), (19_999, "not-a-date"), (80_001, "not-a-date"),
    ],
)  # fmt: skip
def test_is_refused_with_its_reason(cell, problem):
    assert (read_date(cell).value, read_date(cell).problem) == (None, problem)


@pytest.mark.parametrize("cell", ["", "  ", None])
def test_an_empty_cell_is_no_date_and_no_problem(cell):
    assert read_date(cell).value is None and read_date(cell).problem is None


def test_a_leap_day_is_a_day():
    assert read_date("29/2/2024").value == dt.date(2024, 2, 29)


def test_serial_numbers_are_those_of_excel():
    assert date_serial(dt.date(1900, 3, 1)) == 61
    assert date_serial(dt.date(2026, 9, 26)) == 46291
    assert date_from_serial(46291) == dt.date(2026, 9, 26)


def test_the_first_and_the_last_serial_number_are_days():
    assert read_date(20_000).value == dt.date(1954, 10, 3)
    assert read_date(80_000).value == dt.date(2119, 1, 11)


def test_is_written_for_people():
    day = dt.date(2026, 9, 6)
    assert (format_date(day), format_date(day, "en")) == ("06/09/2026", "6 Sep 2026")

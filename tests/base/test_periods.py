"""Months and quarters as people write them, and nothing that a year does not have."""

import pytest

from scoring.base.periods import PeriodRead, is_impossible, read_period


@pytest.mark.parametrize(
    ("text", "by", "part"),
    [
        ("tháng 1", "month", 1), ("T12", "month", 12), (" tháng 3 ", "month", 3), ("quý I", "quarter", 1),
        ("Quý II", "quarter", 2), ("quý iii", "quarter", 3), ("Q4", "quarter", 4), ("quý IV", "quarter", 4),
    ],
)  # fmt: skip
def test_is_read(text, by, part):
    assert read_period(text) == PeriodRead(by, part)


@pytest.mark.parametrize("text", ["tháng 0", "tháng 13", "quý 0", "quý 5", "quý V", "quý", ""])
def test_a_period_that_no_year_has_is_not_read(text):
    assert read_period(text) is None


def test_quarters_are_written_in_roman_numbers():
    written = [PeriodRead("quarter", part).text() for part in (1, 2, 3, 4)]
    assert written == ["quý I", "quý II", "quý III", "quý IV"]


def test_blanks_without_end_within_a_period_are_one_blank():
    blanks = " " * 200_000  # minutes, where each way to split them is tried
    assert read_period(f"tháng{blanks}y") is None
    assert read_period(f"tháng{blanks}3 /{blanks}2026") == PeriodRead("month", 3, 2026)
    assert is_impossible(f"tháng{blanks}13", 2026)
    assert not is_impossible(f"tháng{blanks}y", 2026)

"""Numbers as officials write them; what can mean two things is never guessed."""

import math

import pytest

from scoring.base.numbers import (
    decimal_mark,
    format_number,
    plain_numbers,
    read_number,
    read_settled,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,75", 0.75), ("0.75", 0.75), (",5", 0.5), (".5", 0.5),
        ("1.250,5", 1250.5), ("1,250.5", 1250.5), ("1 250,5", 1250.5),
        ("1\u00a0250", 1250), ("1.250.000", 1250000), ("1,250,000", 1250000),
        ("12", 12), ("-3", -3), ("−3", -3), ("- 3", -3), ("+4", 4), ("007", 7),
        ("85,5", 85.5), ("0,125", 0.125), ("0.125", 0.125), ("12,50", 12.5),
        ("１２，５", 12.5), ("  9 ", 9), ("1234567,891", 1234567.891), ("-0", 0),
        ("9" * 40, float("9" * 40)),
    ],
)  # fmt: skip
def test_is_read(text, value):
    reading = read_number(text)
    assert (reading.value, reading.problem) == (value, None)


@pytest.mark.parametrize("text", ["85%", "85 %", "85\u00a0%", "85％"])
def test_a_percent_sign_is_noticed(text):
    reading = read_number(text)
    assert (reading.value, reading.is_percent) == (85.0, True)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [("1.250", (1250.0, 1.25)), ("1,250", (1250.0, 1.25)), ("-12.345", (-12345.0, -12.345))],
)
def test_a_number_with_two_meanings_is_not_guessed(text, candidates):
    reading = read_number(text)
    assert (reading.value, reading.problem) == (None, "ambiguous-number")
    assert reading.candidates == candidates


def test_a_count_settles_the_meaning():
    assert read_number("1.250", whole=True).value == 1250


@pytest.mark.parametrize("text", ["-", "—", " – ", "--", "−"])
def test_a_dash_is_neither_zero_nor_nothing(text):
    assert read_number(text).problem == "dash-for-number"


@pytest.mark.parametrize("text", ["", "  ", "\u00a0", "\u200b"])
def test_an_empty_text_is_no_number_and_no_problem(text):
    assert read_number(text).value is None and read_number(text).problem is None


@pytest.mark.parametrize(
    "text",
    ["abc", "12 người", "1,2,3", "1.2.3", "1,25,000", "12.34.567", "1.250,5,0", "1,250.5.0",
     "0,", "5.", "1e5", "0x10", "nan", "inf", "Infinity", "=1+1", "12-15", "1/2", "85%%", "%",
     "9" * 41, "1 2 3", "1  250,5 0", "١٢", "²", "1_000", "+-3", "(3)", "3-"],
)  # fmt: skip
def test_everything_else_is_refused(text):
    assert read_number(text).problem == "not-a-number"


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (1250.5, None, "1.250,5", "1,250.5"), (61.885, 2, "61,89", "61.89"),
        (0.0, None, "0", "0"), (-0.0, None, "0", "0"), (-0.001, 2, "0,00", "0.00"),
        (100.0, None, "100", "100"), (1e6, 0, "1.000.000", "1,000,000"),
        (float("nan"), 2, "—", "—"), (float("inf"), None, "∞", "∞"),
        (float("-inf"), None, "-∞", "-∞"), (-2.5, 0, "-3", "-3"),
    ],
)  # fmt: skip
def test_is_written_for_people(value, decimals, vi, en):
    assert (format_number(value, decimals), format_number(value, decimals, "en")) == (vi, en)


def test_minus_nought_is_nought():
    assert math.copysign(1, read_number("-0").value) == 1
    assert math.copysign(1, plain_numbers(["-0"])["-0"]) == 1


def test_what_holds_no_number_is_no_percentage_either():
    assert not read_number("").is_percent and not read_number("—").is_percent


def test_numbers_without_decimals_do_not_hide_the_mark_of_the_others():
    assert decimal_mark(["12", "1,5"]) == ","


def test_the_mark_of_a_column_settles_only_what_has_two_meanings():
    assert read_settled("12", ",").value == 12
    assert read_settled("1.250", "").problem == "ambiguous-number"
    assert read_settled("1.250", "", whole=True).value == 1250
    assert read_settled("1.250 %", ".").is_percent

"""On time, late by days, or never; due in the year, the one before or the one after."""

import datetime as dt
import math
from dataclasses import replace

import pytest
from rule_tools import NAN, outcome, points, statuses

from scoring.base.dates import date_serial
from scoring.rules import Band, InputSpec, RuleSpec, compile_rule

INF = math.inf
SPEC = RuleSpec(
    "1.1.1",
    "deadline",
    1.0,
    (InputSpec("issued_on", "date", "done_on"),),
    (
        Band(-INF, 0, False, True, 1.0),
        Band(0, 10, False, True, 0.5),
        Band(10, INF, False, False, 0.25),
    ),
    never_points=0.0,
    due_on="year-01-15",
)


def day(text):
    return date_serial(dt.date.fromisoformat(text))


def test_the_due_day_itself_is_on_time_and_the_next_is_late():
    issued = [day("2024-01-15"), day("2024-01-16"), day("2024-01-25"), day("2024-01-26")]
    assert points(SPEC, issued_on=issued) == [1.0, 0.5, 0.5, 0.25]


def test_the_year_before_is_early():
    assert points(SPEC, issued_on=day("2023-12-20")) == [1.0]


def test_never_earns_the_points_of_never_and_not_those_of_very_late():
    assert points(SPEC, issued_on=[INF, day("2025-12-31")]) == [0.0, 0.25]
    assert points(replace(SPEC, never_points=0.1), issued_on=INF) == [0.1]


@pytest.mark.parametrize("issued", ["2014-01-15", "2060-01-15", "2022-12-20", "2023-01-10"])
def test_a_day_of_another_year_than_the_item_can_mean_is_invalid_and_earns_nothing(issued):
    result = outcome(SPEC, issued_on=day(issued))
    assert [fault.check.code for fault in result.faults] == ["date-outside-year"]
    assert statuses(SPEC, issued_on=day(issued)) == ["invalid"]


@pytest.mark.parametrize("issued", ["2022-10-01", "2024-12-31"])
def test_a_deadline_of_the_year_before_moves_what_is_possible_with_it(issued):
    spec = replace(SPEC, due_on="year-1-12-31")
    assert statuses(spec, issued_on=day(issued)) == ["scored"]
    assert statuses(SPEC, issued_on=day("2022-10-01")) == ["invalid"]


def test_no_date_is_open_and_not_never():
    assert statuses(SPEC, issued_on=NAN) == ["not_assessed"]


@pytest.mark.parametrize(
    ("due_on", "last_day"),
    [("year-01-15", "2024-01-15"), ("year-1-12-31", "2023-12-31"), ("year+1-01-10", "2025-01-10")],
)
def test_the_due_date_moves_with_the_year(due_on, last_day):
    spec = replace(SPEC, due_on=due_on)
    assert points(spec, issued_on=[day(last_day), day(last_day) + 1]) == [1.0, 0.5]


def test_each_unit_is_held_to_its_own_year():
    issued = [day("2024-01-15"), day("2024-01-15")]
    assert points(SPEC, issued_on=issued, year=[2024, 2023]) == [1.0, 0.25]


def test_days_late_count_the_leap_day():
    spec = replace(SPEC, due_on="year-02-28")
    issued = [day("2024-03-09"), day("2024-03-10"), day("2023-03-10")]
    assert points(spec, issued_on=issued, year=[2024, 2024, 2023]) == [0.5, 0.25, 0.5]


def test_the_due_date_may_be_a_figure_of_the_unit():
    spec = replace(SPEC, due_on="", inputs=(*SPEC.inputs, InputSpec("due", "date", "due_on")))
    assert points(spec, issued_on=day("2024-05-02"), due=[day("2024-05-02"), NAN]) == [1.0, None]


def test_a_due_date_that_says_never_is_refused_and_earns_nothing():
    spec = replace(SPEC, due_on="", inputs=(*SPEC.inputs, InputSpec("due", "date", "due_on")))
    result = outcome(spec, issued_on=day("2024-05-02"), due=INF)
    assert math.isnan(result.points[0])
    assert [fault.check.code for fault in result.faults] == ["not-a-date"]


@pytest.mark.parametrize("year", [0, -5, 99999, NAN])
def test_an_impossible_year_is_no_reason_to_stop(year):
    earned = points(SPEC, issued_on=day("2024-01-15"), year=[year, 2024])
    assert earned == [None, 1.0]


def test_a_due_date_that_is_never_is_invalid_even_for_work_that_was_never_done():
    entries = (InputSpec("done", "date", "done_on"), InputSpec("due", "date", "due_on"))
    bands = (Band(-math.inf, 0.0, False, True, 1.0), Band(0.0, math.inf, False, False, 0.5))
    spec = RuleSpec("1", "deadline", 1.0, entries, bands, never_points=0.0)
    assert statuses(
        spec, done=[math.inf, day("2024-03-01")], due=[math.inf, day("2024-03-05")]
    ) == ["invalid", "scored"]


def test_bands_that_close_below_say_from_which_day_on():
    entry = InputSpec("done", "date", "done_on")
    bands = (Band(-math.inf, 5.0, False, False, 1.0), Band(5.0, math.inf, True, False, 0.5))
    spec = RuleSpec("1", "deadline", 1.0, (entry,), bands, never_points=0.0, due_on="year-01-10")
    sentence = compile_rule(spec).sentence("en")
    assert "less than 5 days late: 1 point; 5 days late or more: 0.5 points" in sentence


def test_a_day_before_the_due_day_is_not_said_to_be_less_than_no_days_late():
    bands = (
        Band(-INF, 0, False, False, 1.0),
        Band(0, 5, True, True, 0.5),
        Band(5, INF, False, False, 0.25),
    )
    rule = compile_rule(replace(SPEC, bands=bands))
    assert (
        "trước ngày đến hạn: 1 điểm; từ ngày đến hạn đến chậm 5 ngày: 0,5 điểm; chậm trên 5 ngày"
    ) in rule.sentence("vi")
    assert "on the due day or later: 0.5 points" in compile_rule(
        replace(SPEC, bands=(bands[0], Band(0, INF, True, False, 0.5)))
    ).sentence("en")

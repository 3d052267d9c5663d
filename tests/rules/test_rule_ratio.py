"""Points in proportion to a rate, with a target that earns everything and a floor."""

import math
from dataclasses import replace

import pytest
from rule_tools import NAN, outcome, points, statuses

from scoring.rules import InputSpec, RuleSpec, compile_rule
from scoring.rules.rule_check import check_rule

DONE = InputSpec("done", "count", "numerator", minimum=0, at_most="planned")
PLANNED = InputSpec("planned", "count", "denominator", minimum=0)
PLAIN = RuleSpec("1.1", "ratio", 4.0, (DONE, PLANNED), zero_denominator="not_assessed")


def test_points_are_the_rate_of_the_maximum():
    assert points(PLAIN, done=[0, 1, 30, 40], planned=40) == [0.0, 0.1, 3.0, 4.0]


def test_a_percentage_works_like_its_counts():
    rate = InputSpec("p", "percent", "percent", maximum=100)
    assert points(RuleSpec("1", "ratio", 4.0, (rate,)), p=[0, 75, 100]) == [0.0, 3.0, 4.0]


def test_the_target_earns_the_maximum_and_more_earns_no_more():
    at_80 = replace(PLAIN, full_at_percent=80.0)
    assert points(at_80, done=[40, 79, 80, 81, 100], planned=100) == [2.0, 3.95, 4.0, 4.0, 4.0]


def test_below_the_floor_nothing_is_earned_and_at_the_floor_the_full_rate():
    floored = replace(PLAIN, floor_percent=50.0)
    assert points(floored, done=[49, 50, 51], planned=100) == [0.0, 2.0, 2.04]


def test_a_floor_that_floats_meet_only_nearly_is_met():
    # 0.57 * 100 is 56.99999999999999 in binary.
    floored = replace(PLAIN, floor_percent=57.0)
    assert points(floored, done=57, planned=100) == [2.28]


def test_a_missing_figure_leaves_the_item_open():
    assert statuses(PLAIN, done=[NAN, 3, NAN], planned=[4, NAN, NAN]) == ["not_assessed"] * 3


def test_a_missing_figure_is_not_below_the_floor():
    floored = replace(PLAIN, floor_percent=50.0)
    assert points(floored, done=[NAN, 3], planned=[4, NAN]) == [None, None]


@pytest.mark.parametrize(
    ("policy", "earned", "status"),
    [
        ("full", 4.0, "scored"),
        ("zero", 0.0, "scored"),
        ("not_assessed", None, "not_assessed"),
        ("not_applicable", None, "not_applicable"),
        ("invalid", None, "invalid"),
    ],
)
@pytest.mark.parametrize("floor", [math.nan, 50.0])
def test_a_zero_denominator_follows_the_policy(policy, earned, status, floor):
    spec = replace(PLAIN, zero_denominator=policy, not_applicable="drop", floor_percent=floor)
    assert points(spec, done=0, planned=0) == [earned]
    assert statuses(spec, done=0, planned=0) == [status]


def test_a_zero_denominator_with_a_missing_numerator_is_still_missing():
    spec = replace(PLAIN, zero_denominator="full")
    assert statuses(spec, done=NAN, planned=0) == ["not_assessed"]


def test_a_part_above_its_whole_is_invalid_even_where_the_target_would_cap_it():
    spec = replace(PLAIN, full_at_percent=80.0)
    result = outcome(spec, done=[41, 40], planned=40)
    assert result.status.tolist() == [3, 0]
    assert [fault.check.code for fault in result.faults] == ["numerator-above-denominator"]


def test_a_negative_count_is_invalid():
    result = outcome(PLAIN, done=-1, planned=40)
    assert result.status.tolist() == [3]
    assert [fault.check.code for fault in result.faults] == ["below-minimum"]


def test_a_percentage_of_850_is_invalid():
    rate = InputSpec("p", "percent", "percent", minimum=0, maximum=100)
    result = outcome(RuleSpec("1", "ratio", 4.0, (rate,), full_at_percent=90.0), p=850)
    assert [fault.check.code for fault in result.faults] == ["above-maximum"]
    assert result.status.tolist() == [3]


def test_a_rate_above_the_whole_is_invalid_where_nothing_else_forbids_it():
    loose = replace(PLAIN, inputs=(replace(DONE, at_most=""), PLANNED))
    assert statuses(loose, done=[50, 40], planned=40) == ["invalid", "scored"]


def test_half_a_case_is_not_a_count():
    result = outcome(PLAIN, done=1.5, planned=40)
    assert [fault.check.code for fault in result.faults] == ["not-whole"]


@pytest.mark.parametrize(
    ("step", "earned"),
    [(0.25, [0.0, 0.25, 3.0, 4.0]), (0.01, [0.0, 0.13, 3.06, 4.0]), (1.0, [0.0, 0.0, 3.0, 4.0])],
)
def test_points_are_rounded_half_up_to_a_multiple_of_the_step(step, earned):
    rounded = replace(PLAIN, round_to=step)
    assert points(rounded, done=[0, 4, 98, 128], planned=128) == earned


def test_rounding_never_earns_more_than_the_maximum():
    rounded = replace(PLAIN, max_points=1.1, round_to=0.25)
    assert points(rounded, done=[39, 40], planned=40) == [1.0, 1.0]
    assert "làm tròn đến 0,25" in compile_rule(rounded).sentence("vi")


def test_points_below_the_floor_are_not_rounded_up_again():
    rounded = replace(PLAIN, round_to=1.0, floor_percent=50.0)
    assert points(rounded, done=[49, 50], planned=100) == [0.0, 2.0]


def test_rounding_to_nothing_is_refused():
    assert [f.code for f in check_rule(replace(PLAIN, round_to=0.0))] == ["parameter-out-of-range"]

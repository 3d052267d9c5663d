"""Steps on a rate or a value; every end says whether it belongs to the step."""

import math
from dataclasses import replace

import pytest
from rule_tools import NAN, points, statuses

from scoring.rules import Band, InputSpec, RuleSpec, compile_rule

INF = math.inf
RATE = InputSpec("p", "percent", "percent", minimum=0, maximum=100)
# Cà Mau 1.1.4: trên 90%: 2; 70% đến 90%: 1; dưới 70%: 0.
ABOVE_90 = (
    Band(90, INF, False, False, 2.0),
    Band(70, 90, True, True, 1.0),
    Band(-INF, 70, False, False, 0.0),
)
SPEC = RuleSpec("1.1.4", "bands", 2.0, (RATE,), ABOVE_90)
COUNTS = (InputSpec("a", "count", "numerator"), InputSpec("b", "count", "denominator"))


def test_exactly_on_a_border_goes_to_the_band_that_closes_it():
    assert points(SPEC, p=[69.99, 70, 89.99, 90, 90.01]) == [0.0, 1.0, 1.0, 1.0, 2.0]


def test_the_other_way_of_closing_moves_only_the_border():
    from_90 = (Band(90, INF, True, False, 2.0), Band(70, 90, True, False, 1.0), ABOVE_90[2])
    assert points(replace(SPEC, bands=from_90), p=[70, 89.99, 90]) == [1.0, 1.0, 2.0]


def test_the_order_of_the_rows_does_not_matter():
    turned = replace(SPEC, bands=ABOVE_90[::-1])
    assert points(turned, p=[0, 70, 90, 95]) == points(SPEC, p=[0, 70, 90, 95])


def test_no_answer_is_neither_the_top_nor_the_bottom_band():
    assert points(SPEC, p=[NAN, 95]) == [None, 2.0]


def test_counts_on_a_border_meet_it_exactly():
    spec = replace(SPEC, inputs=COUNTS, zero_denominator="zero")
    assert points(spec, a=[63, 7, 57], b=[70, 10, 63]) == [1.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        ("not_assessed", "not_assessed"),
        ("not_applicable", "not_applicable"),
        ("invalid", "invalid"),
    ],
)
def test_nothing_of_nothing_does_not_fall_into_the_lowest_band(policy, status):
    spec = replace(SPEC, inputs=COUNTS, zero_denominator=policy, not_applicable="drop")
    assert statuses(spec, a=0, b=0) == [status]
    assert points(spec, a=0, b=0) == [None]


@pytest.mark.parametrize(("policy", "earned"), [("full", 2.0), ("zero", 0.0)])
def test_nothing_of_nothing_earns_what_the_policy_says(policy, earned):
    spec = replace(SPEC, inputs=COUNTS, zero_denominator=policy)
    assert points(spec, a=0, b=0) == [earned]


def test_a_value_beyond_all_bands_is_invalid_and_not_zero():
    bands = (Band(0, 5, True, False, 0.5), Band(5, 10, True, True, 1.0))
    spec = RuleSpec("1", "bands", 1.0, (InputSpec("v", "number", "value"),), bands)
    assert points(spec, v=[-1, 0, 5, 10, 10.5]) == [None, 0.5, 1.0, 1.0, None]
    assert statuses(spec, v=[-1, 10.5]) == ["invalid", "invalid"]


def test_a_band_of_one_value_holds_just_that_value():
    bands = (Band(-INF, 100, False, False, 0.0), Band(100, 100, True, True, 1.0))
    spec = RuleSpec("1", "bands", 1.0, (RATE,), bands)
    assert points(spec, p=[99.99, 100]) == [0.0, 1.0]


def test_a_band_may_give_the_share_reached():
    bands = (
        Band(100, INF, True, False, 1.0),
        Band(80, 100, True, False, math.nan, as_share=True),
        Band(-INF, 80, False, False, 0.0),
    )
    spec = RuleSpec("1", "bands", 1.0, (RATE,), bands)
    assert points(spec, p=[79.9, 80, 95.5, 100]) == [0.0, 0.8, 0.955, 1.0]


def test_the_sentence_says_which_ends_belong():
    sentence = compile_rule(SPEC).sentence("vi")
    assert "trên 90%: 2 điểm" in sentence and "từ 70% đến 90%: 1 điểm" in sentence
    assert "dưới 70%: 0 điểm" in sentence

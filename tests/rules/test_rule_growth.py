"""Change against the year before, in percent."""

import math
from dataclasses import replace

import pytest
from rule_tools import NAN, points, statuses

from scoring.rules import Band, InputSpec, RuleSpec

SPEC = RuleSpec(
    "7.1",
    "growth",
    1.0,
    (InputSpec("now", "count", "value"), InputSpec("before", "count", "previous")),
    (Band(0, math.inf, False, False, 1.0), Band(-math.inf, 0, False, True, 0.0)),
    zero_denominator="not_applicable",
    not_applicable="drop",
)


def test_more_than_last_year_earns_and_the_same_does_not():
    assert points(SPEC, now=[1001, 1000, 999], before=1000) == [1.0, 0.0, 0.0]


def test_a_rise_of_a_tenth_is_ten_percent():
    bands = (Band(10, math.inf, True, False, 1.0), Band(-math.inf, 10, False, False, 0.5))
    assert points(replace(SPEC, bands=bands), now=[110, 109], before=100) == [1.0, 0.5]


def test_nothing_last_year_follows_the_policy():
    assert statuses(SPEC, now=[5, 0], before=0) == ["not_applicable", "not_applicable"]


@pytest.mark.parametrize(("now", "before"), [(NAN, 10), (10, NAN)])
def test_a_missing_year_leaves_the_item_open(now, before):
    assert statuses(SPEC, now=now, before=before) == ["not_assessed"]

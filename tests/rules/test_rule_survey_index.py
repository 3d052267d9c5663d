"""A survey index carried over: SIPAS percent of the points."""

from rule_tools import NAN, points, statuses

from scoring.rules import InputSpec, RuleSpec

SPEC = RuleSpec(
    "8.1",
    "survey_index",
    10.0,
    (InputSpec("sipas", "percent", "percent", minimum=0, maximum=100),),
)


def test_points_are_the_percent_of_the_maximum():
    assert points(SPEC, sipas=[0, 83.66, 100, NAN]) == [0.0, 8.366, 10.0, None]


def test_a_share_given_as_8366_percent_is_invalid():
    assert statuses(SPEC, sipas=8366) == ["invalid"]

"""Points given directly by the assessor."""

from rule_tools import NAN, points, statuses

from scoring.rules import InputSpec, RuleSpec

SPEC = RuleSpec("2.1", "direct", 3.0, (InputSpec("given", "number", "points"),))


def test_the_points_given_are_the_points():
    assert points(SPEC, given=[0, 2.75, 3, NAN]) == [0.0, 2.75, 3.0, None]


def test_points_outside_the_maximum_are_invalid_and_never_cut():
    assert statuses(SPEC, given=[3.01, -0.5]) == ["invalid", "invalid"]

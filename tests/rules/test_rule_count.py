"""Points for each case, up to the maximum."""

from rule_tools import NAN, points, statuses

from scoring.rules import InputSpec, RuleSpec

SPEC = RuleSpec("1.5", "count", 1.0, (InputSpec("n", "count", "count"),), points_each=0.3)


def test_each_case_earns_its_points_until_the_maximum():
    assert points(SPEC, n=[0, 1, 3, 4, 100]) == [0.0, 0.3, 0.9, 1.0, 1.0]


def test_a_negative_count_earns_no_negative_points():
    assert statuses(SPEC, n=[-1, NAN]) == ["invalid", "not_assessed"]

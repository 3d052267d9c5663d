"""Points taken off for each case, never below the floor."""

from rule_tools import NAN, points, statuses

from scoring.rules import InputSpec, RuleSpec

SPEC = RuleSpec(
    "5.4", "deduction", 1.0, (InputSpec("n", "count", "cases"),), points_each=0.25, floor_points=0.2
)


def test_each_case_takes_its_points_off_until_the_floor():
    assert points(SPEC, n=[0, 1, 3, 4, 50]) == [1.0, 0.75, 0.25, 0.2, 0.2]


def test_no_report_of_cases_is_not_a_clean_record():
    assert points(SPEC, n=NAN) == [None]


def test_negative_cases_earn_no_extra_points():
    assert statuses(SPEC, n=-1) == ["invalid"]

"""All conditions together, or nothing."""

from rule_tools import NAN, points

from scoring.rules import InputSpec, RuleSpec

SPEC = RuleSpec(
    "1.2.1",
    "all_of",
    1.0,
    (InputSpec("enough", "yes_no", "condition"), InputSpec("on_time", "yes_no", "condition")),
)


def test_every_condition_must_be_met():
    assert points(SPEC, enough=[1, 1, 0, 0], on_time=[1, 0, 1, 0]) == [1.0, 0.0, 0.0, 0.0]


def test_an_open_condition_leaves_the_item_open_even_where_another_failed():
    assert points(SPEC, enough=[0, 1], on_time=NAN) == [None, None]

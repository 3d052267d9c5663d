"""Points relative to the best unit of the block."""

from rule_tools import NAN, points, statuses

from scoring.rules import InputSpec, RuleSpec, compile_rule

SPEC = RuleSpec(
    "7.9", "peer", 2.0, (InputSpec("speed", "number", "value"),), zero_denominator="zero"
)


def test_the_best_unit_earns_everything_and_others_their_share():
    assert points(SPEC, speed=[40, 30, 0, NAN], best_speed=40) == [2.0, 1.5, 0.0, None]


def test_a_block_where_all_have_nothing_follows_the_zero_policy():
    assert points(SPEC, speed=0, best_speed=0) == [0.0]


def test_a_negative_value_is_invalid():
    assert statuses(SPEC, speed=-1, best_speed=40) == ["invalid"]


def test_the_rule_names_the_figure_it_needs_from_the_block():
    assert compile_rule(SPEC).peer_inputs == ("speed",)

"""One answer from a list, or yes and no."""

from rule_tools import NAN, points, statuses

from scoring.rules import InputSpec, Option, RuleSpec

PLAN = RuleSpec(
    "1.1.1",
    "choice",
    1.0,
    (InputSpec("plan", "choice", "answer"),),
    options=(
        Option("on_time", "Kịp thời", "On time", 1.0, "plan"),
        Option("late", "Không kịp thời", "Late", 0.5, "plan"),
        Option("none", "Không ban hành", "Not issued", 0.0, "plan"),
    ),
)


def test_each_option_earns_its_points():
    assert points(PLAN, plan=[0, 1, 2]) == [1.0, 0.5, 0.0]


def test_no_answer_is_open_and_not_the_first_option():
    assert statuses(PLAN, plan=[NAN]) == ["not_assessed"]


def test_an_option_that_does_not_exist_is_invalid():
    assert statuses(PLAN, plan=[3, -1]) == ["invalid", "invalid"]


def test_yes_earns_everything_and_no_nothing():
    spec = RuleSpec("1", "choice", 1.5, (InputSpec("done", "yes_no", "answer"),))
    assert points(spec, done=[1, 0, NAN]) == [1.5, 0.0, None]

"""Answers of a survey question, weighted."""

from rule_tools import NAN, points, statuses

from scoring.rules import InputSpec, Option, RuleSpec

NAMES, WEIGHTS = ("good", "fair", "poor"), (100.0, 60.0, 0.0)
SPEC = RuleSpec(
    "8.1",
    "survey_options",
    2.0,
    tuple(InputSpec(name, "count", "responses", minimum=0) for name in NAMES),
    options=tuple(
        Option(name, name, name, input=name, weight_percent=weight)
        for name, weight in zip(NAMES, WEIGHTS, strict=True)
    ),
    zero_denominator="not_assessed",
)


def test_points_are_the_weighted_mean_of_the_answers():
    assert points(SPEC, good=[10, 0, 50], fair=[0, 0, 30], poor=[0, 7, 20]) == [2.0, 0.0, 1.36]


def test_a_question_nobody_answered_is_open():
    assert statuses(SPEC, good=[0, NAN], fair=0, poor=0) == ["not_assessed", "not_assessed"]


def test_a_negative_number_of_answers_is_invalid():
    assert statuses(SPEC, good=-5, fair=10, poor=0) == ["invalid"]

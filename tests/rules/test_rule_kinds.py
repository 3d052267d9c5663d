"""Every rule kind of the registry gives the points of its own worked example."""

import numpy as np
import pytest

from scoring.rules import RULE_KINDS, compile_rule


@pytest.mark.parametrize("kind", RULE_KINDS.values(), ids=RULE_KINDS)
def test_a_rule_kind_gives_the_points_of_its_worked_example(kind):
    example = kind.example
    rule = compile_rule(example.spec)
    outcome = rule.score({name: np.array([v]) for name, v in example.values.items()}, 1)
    assert outcome.points[0] == pytest.approx(example.points, abs=1e-12)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("kind", RULE_KINDS.values(), ids=RULE_KINDS)
def test_a_rule_kind_speaks_both_languages(kind, lang):
    rule = compile_rule(kind.example.spec)
    assert kind.title(lang)
    sentence = rule.sentence(lang)
    assert sentence.endswith(".") and "{" not in sentence
    assert rule.arithmetic(kind.example.values, lang)


@pytest.mark.parametrize("kind", RULE_KINDS.values(), ids=RULE_KINDS)
def test_a_missing_figure_is_not_assessed_and_never_zero(kind):
    rule = compile_rule(kind.example.spec)
    for name in rule.names:
        values = {key: np.array([value]) for key, value in kind.example.values.items()}
        values[name] = np.array([np.nan])
        outcome = rule.score(values, 1)
        assert np.isnan(outcome.points[0]) and outcome.status[0] == 1

"""The sentence of every rule kind is true: read back, it gives the points of random items."""

import dataclasses
import random
import re

import numpy as np
import pytest
from random_items import YEAR, as_arrays, random_entries, random_item
from sentence_readers import reader, without_zero_words

from scoring.base.values import INVALID, NOT_APPLICABLE, NOT_ASSESSED, SCORED
from scoring.rules import RULE_KINDS, Band, InputSpec, RuleSpec, compile_rule

SEED, ITEMS, UNITS = 20261128, 60, 10
AT_ZERO = {
    "not_assessed": NOT_ASSESSED,
    "not_applicable": NOT_APPLICABLE,
    "invalid": INVALID,
}


def scored(spec, rng):
    """Return the rule, figures of shape (n_units,) by name, and the outcome."""
    rule = compile_rule(spec)
    arrays = as_arrays(spec, [random_entries(rng, spec) for _ in range(UNITS)])
    arrays["@year"] = np.full(UNITS, float(YEAR))
    for name in rule.peer_inputs:
        # The best of a block is no less than the own value.
        stated = np.full(UNITS, rng.choice([arrays[name][0], 700.0, 0.0]))
        arrays[f"@best:{name}"] = np.fmax(stated, arrays[name])
    return rule, arrays, rule.score(arrays, UNITS)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("kind", RULE_KINDS)
def test_a_sentence_read_back_gives_the_points(kind, lang):
    rng = random.Random(f"{SEED} {kind}")
    compared = 0
    for number in range(ITEMS):
        spec = random_item(rng, kind, str(number))
        rule, arrays, outcome = scored(spec, rng)
        sentence = rule.sentence(lang)
        main, policy = without_zero_words(sentence, lang)
        earned = reader(kind)(sentence if kind == "formula" else main, spec, lang)
        for unit in np.flatnonzero(outcome.status == SCORED):
            figures = {name: float(array[unit]) for name, array in arrays.items()}
            said = earned(figures)
            if np.isnan(said) and policy in ("full", "zero"):
                said = spec.max_points if policy == "full" else 0.0
            compared += 1
            assert said == pytest.approx(outcome.points[unit], abs=1e-9), (sentence, figures, spec)
    assert compared > ITEMS


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("kind", ["ratio", "bands", "growth", "peer", "survey_options"])
def test_a_sentence_says_what_a_zero_denominator_means(kind, lang):
    rng = random.Random(f"{SEED} {kind} zero")
    met = {""}
    while met != {"", "full", "zero", *AT_ZERO}:
        spec = random_item(rng, kind, "1")
        rule = compile_rule(spec)
        names = [entry.name for entry in spec.inputs] + [f"@best:{n}" for n in rule.peer_inputs]
        outcome = rule.score({name: np.zeros(1) for name in names}, 1)
        _, policy = without_zero_words(rule.sentence(lang), lang)
        met.add(policy)
        if policy in AT_ZERO and not outcome.faults:
            assert outcome.status[0] == AT_ZERO[policy], spec
        elif policy in ("full", "zero"):
            expected = spec.max_points if policy == "full" else 0.0
            assert outcome.points[0] == expected, spec


@pytest.mark.parametrize(("unit", "shown"), [("", "5"), ("ngày", "5 ngày"), ("%", "5%")])
def test_the_bands_of_a_value_stand_in_its_own_unit(unit, shown):
    entry = InputSpec("days", "number", "value", "Thời gian", "Time", unit)
    bands = (
        Band(-np.inf, 5.0, False, True, 1.0),
        Band(5.0, np.inf, False, False, 0.0),
    )
    rule = compile_rule(RuleSpec("1", "bands", 1.0, (entry,), bands))
    assert (
        rule.sentence("vi")
        == f"Theo thời gian: từ {shown} trở xuống: 1 điểm; trên {shown}: 0 điểm."
    )
    assert rule.sentence("en") == f"By time: {shown} or less: 1 point; above {shown}: 0 points."


def test_a_penalty_says_that_points_are_taken_off():
    spec = RuleSpec(
        "9", "count", 2.0, (InputSpec("cases", "count", "count"),), points_each=0.5, is_penalty=True
    )
    rule = compile_rule(spec)
    assert rule.sentence("vi") == "Mỗi cases bị trừ 0,5 điểm, tối đa 2 điểm."
    assert rule.sentence("en") == "0.5 points off for each of cases, at most 2 points."


@pytest.mark.parametrize("kind", sorted(RULE_KINDS))
def test_the_points_of_a_penalty_of_any_kind_are_said_to_be_taken_off(kind):
    spec = RULE_KINDS[kind].example.spec
    plain = compile_rule(spec)
    taken = compile_rule(dataclasses.replace(spec, is_penalty=True))
    for lang, words in (("vi", "bị trừ"), ("en", "off")):
        assert words in taken.sentence(lang) and taken.sentence(lang) != plain.sentence(lang)
        assert not re.search("có được|: được|yes earns|: the maximum[.]", taken.sentence(lang))


def test_a_penalty_of_one_answer_says_what_either_takes_off():
    answer = InputSpec("late", "yes_no", "answer", "Bị phê bình", "Criticised")
    rule = compile_rule(RuleSpec("9", "choice", 2.0, (answer,), is_penalty=True))
    assert rule.sentence("vi") == "Bị phê bình: có bị trừ 2 điểm, không thì không bị trừ."
    assert rule.sentence("en") == "Criticised: yes takes off 2 points, no takes off nothing."

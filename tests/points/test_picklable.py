"""Sets, rules and score sheets cross the border between processes."""

import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from scoring.criteria import open_set
from scoring.evidence.long_table import read_long_table
from scoring.points import score
from scoring.rules import RULE_KINDS, compile_rule

SAMPLE = Path(__file__).parents[2] / "evidence" / "example-department-sample" / "inputs.csv"


@pytest.fixture(scope="module")
def criteria():
    read = open_set("department-sample")
    assert read.rules  # what was computed on the way travels too
    return read


@pytest.fixture(scope="module")
def inputs(criteria):
    return read_long_table(SAMPLE, criteria)[0]


@pytest.mark.parametrize("kind", RULE_KINDS.values(), ids=RULE_KINDS)
def test_a_rule_of_every_kind_comes_back_equal_and_scores_the_same(kind):
    rule = compile_rule(kind.example.spec)
    assert rule.names is not None and rule.sentence()
    again = pickle.loads(pickle.dumps(rule))
    assert (again.points, again.zero) == (rule.points, rule.zero)
    assert repr(again.spec) == repr(rule.spec) and again.sentence() == rule.sentence()
    values = {name: np.array([value]) for name, value in kind.example.values.items()}
    assert again.score(values, 1).points == rule.score(values, 1).points


def test_a_set_and_its_scores_come_back_and_score_the_same(criteria, inputs):
    sheet = pickle.loads(pickle.dumps(score(inputs, criteria)))
    again = score(inputs, pickle.loads(pickle.dumps(criteria)))
    np.testing.assert_array_equal(sheet.points, again.points)
    assert sheet.scores.equals(again.scores)


def test_another_process_scores_with_a_set_that_was_sent_to_it(criteria, inputs):
    # A fresh process, which shares nothing with this one, as on another machine.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(score, inputs, criteria).result()
    assert there.scores.equals(score(inputs, criteria).scores)

"""A rank is a whole number from 1; the first is the best."""

import math

import numpy as np
import pytest
from rule_tools import points, statuses

from scoring.evidence.ledger.sheets.hints import validation
from scoring.rules import Band, InputSpec, RuleSpec, compile_rule
from scoring.rules.rule_check import check_rule

PLACE = InputSpec("rank", "rank", "value", "Thứ hạng DTI", "DTI rank")
BANDS = (
    Band(-math.inf, 6, False, False, 2.0),
    Band(6, 11, True, False, 1.0),
    Band(11, math.inf, True, False, 0.0),
)
SPEC = RuleSpec("1.1", "bands", 2.0, (PLACE,), BANDS)


def test_the_first_ranks_earn_most():
    assert points(SPEC, rank=[1, 5, 6, 10, 11, 63]) == [2.0, 2.0, 1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("strange", [0, -1, 2.5])
def test_what_is_no_rank_is_not_scored(strange):
    assert statuses(SPEC, rank=strange) == ["invalid"]


def test_the_sentence_names_ranks_and_not_figures():
    rule = compile_rule(SPEC)
    assert rule.sentence("vi") == (
        "Theo thứ hạng DTI: hạng 1 đến hạng 5: 2 điểm; hạng 6 đến hạng 10: 1 điểm; "
        "từ hạng 11 trở xuống: 0 điểm."
    )
    assert "ranks 1 to 5: 2 points; ranks 6 to 10: 1 point; rank 11 or worse" in rule.sentence("en")


def test_the_cell_of_a_ledger_takes_whole_numbers_from_one():
    check = validation(PLACE, "C5", "", never=False)
    assert (check["validate"], check["minimum"]) == ("integer", 1.0)


@pytest.mark.parametrize("kind", ["peer", "growth"])
def test_a_rank_is_nothing_to_divide_or_to_grow(kind):
    before = InputSpec("before", "rank", "previous")
    inputs = (PLACE, before) if kind == "growth" else (PLACE,)
    spec = RuleSpec("1.1", kind, 2.0, inputs, BANDS if kind == "growth" else ())
    assert "input-kind-does-not-fit" in [finding.code for finding in check_rule(spec)]


def test_no_rank_before_the_first_is_reached_whatever_the_set_says():
    assert InputSpec("rank", "rank", "value", minimum=0.0).minimum == 1.0
    assert compile_rule(SPEC).span.high == 2.0
    assert np.isfinite(compile_rule(SPEC).span.low)

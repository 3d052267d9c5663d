"""The small print of rules: ends of scales, which figures can leave them, and the words for them."""

import math
import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from random_items import as_arrays, random_entries, random_item
from rule_tools import NAN, outcome, points, statuses

from scoring.base.errors import FormulaError
from scoring.rules import RULE_KINDS, Band, InputSpec, Option, RuleSpec, compile_rule
from scoring.rules import expression as ex
from scoring.rules.evaluate import TOLERANCE, evaluate
from scoring.rules.excel import ExcelInput
from scoring.rules.formula import MAX_DEPTH, parse_formula
from scoring.rules.kinds.rule_kind import bands_sentence, inline, rank_words
from scoring.rules.rule_check import MAX_BANDS, check_rule

INF = math.inf
PERCENT = InputSpec("p", "percent", "percent", minimum=0, maximum=100)
PLANNED = InputSpec("planned", "count", "denominator", minimum=0)
DONE = InputSpec("done", "count", "numerator", minimum=0, at_most="planned")
RATIO = RuleSpec("1", "ratio", 4.0, (DONE, PLANNED), zero_denominator="not_assessed")
DIRECT = RuleSpec("2", "direct", 20.0, (InputSpec("given", "number", "points", minimum=0),))
CASES = InputSpec("n", "count", "cases", minimum=0)
DEDUCTION = RuleSpec("3", "deduction", 2.0, (CASES,), points_each=0.5, floor_points=0.0)


def test_the_noise_that_is_cut_off_grows_with_the_maximum():
    assert points(DIRECT, given=[20 + 1e-11, 20 + 3e-11]) == [20.0, None]
    one = replace(DIRECT, max_points=1.0)
    assert statuses(one, given=[1 + TOLERANCE, 1 + 3 * TOLERANCE]) == ["scored", "invalid"]


def test_each_of_two_divisors_leaves_the_item_open_where_it_is_zero():
    inputs = tuple(InputSpec(name, "number") for name in "abc")
    spec = RuleSpec("4", "formula", 2.0, inputs, formula="a / b + a / c", zero_denominator="not_assessed")  # fmt: skip
    assert statuses(spec, a=[1, 1, 1], b=[0, 2, 2], c=[2, 0, 2]) == ["not_assessed"] * 2 + [
        "scored"
    ]


def test_checks_are_those_of_the_figures_asked_for():
    graded = replace(RATIO, inputs=(*RATIO.inputs, InputSpec("visits", "count", "grade")))
    checks = compile_rule(graded).checks_of(("done", "visits"))
    assert {check.input for check in checks} == {"done", "visits"}


def test_a_workbook_asks_for_the_year_only_where_a_day_depends_on_it():
    cells = {name: ExcelInput(cell, "count") for name, cell in (("done", "B1"), ("planned", "C1"))}
    assert "B1" in compile_rule(RATIO).excel_formula(cells)


def test_the_best_of_the_peers_is_named_after_the_figure_in_both_languages():
    entry = InputSpec("v", "count", "value", "Số hồ sơ", "Files")
    spec = RuleSpec("5", "peer", 1.0, (entry,), zero_denominator="zero")
    assert [(one.label("vi"), one.label("en")) for one in compile_rule(spec).reported] == [
        ("Số hồ sơ", "Files"),
        ("Giá trị cao nhất trong khối: Số hồ sơ", "Best value of the block: Files"),
    ]


SURE = [
    (RATIO, True),
    (replace(RATIO, inputs=(replace(DONE, at_most=""), PLANNED)), False),
    (replace(RATIO, inputs=(replace(DONE, at_most=""), PLANNED), full_at_percent=90.0), True),
    (replace(RATIO, inputs=(DONE, replace(PLANNED, minimum=NAN))), False),
    (RuleSpec("1", "ratio", 4.0, (replace(PERCENT, maximum=100.5),)), False),
    (replace(DIRECT, inputs=(replace(DIRECT.inputs[0], maximum=20),)), True),
    (replace(DIRECT, inputs=(replace(DIRECT.inputs[0], maximum=20.5),)), False),
    (RuleSpec("6", "survey_index", 4.0, (PERCENT,)), True),
    (RuleSpec("6", "survey_index", 4.0, (replace(PERCENT, maximum=101),)), False),
    (RuleSpec("6", "survey_index", 4.0, (replace(PERCENT, minimum=NAN),)), False),
    (DEDUCTION, True),
    (replace(DEDUCTION, inputs=(replace(CASES, minimum=-1),)), False),
]


@pytest.mark.parametrize(("spec", "is_sure"), SURE, ids=range(len(SURE)))
def test_a_kind_knows_when_its_points_cannot_leave_their_scale(spec, is_sure):
    assert check_rule(spec) == []
    assert RULE_KINDS[spec.kind].bounded(spec) is is_sure


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_points_said_to_stay_within_their_scale_do(kind):
    rng = random.Random(f"bounded {kind}")
    items = [random_item(rng, kind, f"1.{place}") for place in range(25)]
    for spec in (item for item in items if RULE_KINDS[kind].bounded(item)):
        rule, rows = compile_rule(spec), [random_entries(rng, spec) for _ in range(8)]
        values = as_arrays(spec, rows) | {ex.YEAR: np.full(8, 2024.0)}
        for name in rule.peer_inputs:
            values[f"@best:{name}"] = np.full(8, 700.0)
        faulty = np.any([fault.units for fault in rule.score(values, 8).faults] or [False] * 8, 0)
        earned = np.broadcast_to(evaluate(rule.points, values), 8)[~np.broadcast_to(faulty, 8)]
        earned = earned[~np.isnan(earned)]
        assert np.all((earned >= -1e-9) & (earned <= spec.max_points + 1e-9)), spec


def test_a_formula_of_too_many_parts_in_a_row_is_refused_before_it_is_walked():
    with pytest.raises(FormulaError, match="too many parts in a row"):
        parse_formula("+".join("a" * (3 * MAX_DEPTH + 2)), max_points=2.0)


def test_the_refusal_quotes_what_stands_at_the_misfit():
    with pytest.raises(FormulaError, match=r"^“\$ 2” does not fit"):
        parse_formula("a + b $ 2", max_points=2.0)


def test_one_band_more_than_the_most_is_refused():
    edges = [-INF, *map(float, range(MAX_BANDS)), INF]
    bands = tuple(Band(*ends, ends[0] > -INF, False, 1.0) for ends in pairwise(edges))
    spec = RuleSpec("7", "bands", 1.0, (InputSpec("v", "number", "value"),), bands)
    assert (len(bands), MAX_BANDS) == (31, 30)
    assert [finding.code for finding in check_rule(spec)] == ["too-many-bands"]
    assert outcome(replace(spec, bands=bands[1:]), v=1).status.tolist() == [0]


def test_a_share_of_the_maximum_below_zero_percent_is_refused():
    bands = (Band(-5, 100, True, True, NAN, True),)
    spec = RuleSpec("8", "bands", 2.0, (PERCENT,), bands)
    assert [finding.code for finding in check_rule(spec)] == ["band-share-not-a-percent"]


def test_an_answer_is_called_by_its_english_name_in_english():
    assert Option("a", "Tốt", "Good").label("en") == "Good"
    assert Option("a", "Tốt", "").label("en") == "Tốt"


@pytest.mark.parametrize(
    ("words", "inside"),
    [("Thứ hạng", "thứ hạng"), ("GRDP của tỉnh", "GRDP của tỉnh"), ("A", "A"), ("số", "số")],
)
def test_a_wording_begins_small_inside_a_sentence_but_for_acronyms(words, inside):
    assert inline(InputSpec("x", "count", label_vi=words), "vi") == inside


@pytest.mark.parametrize(
    ("band", "words"),
    [
        (Band(5.5, 10, False, True, 1.0), "hạng 6 đến hạng 10"),
        (Band(5.5, 10, True, False, 1.0), "hạng 6 đến hạng 9"),
        (Band(5, 10.5, False, False, 1.0), "hạng 6 đến hạng 10"),
    ],
)
def test_ranks_between_two_ends_are_whole(band, words):
    assert rank_words(band, "vi") == words


def test_a_share_of_the_maximum_stands_where_its_best_value_belongs():
    share, low = Band(50, 80, False, True, NAN, True), Band(-INF, 50, False, True, 1.6)
    top = Band(80, INF, False, False, 2.0)
    spec = RuleSpec("8", "bands", 2.0, (PERCENT,), (low, top, share))
    shown = bands_sentence(spec, "vi")
    assert shown.index("trên 80%") < shown.index("tính theo tỷ lệ") < shown.index("1,6 điểm")


def test_a_day_that_ends_a_band_is_below_it_or_in_it_as_the_set_says():
    done = InputSpec("done", "date", "done_on")
    bands = (Band(-INF, 0, False, False, 1.0), Band(0, 5, True, False, 0.5), Band(5, INF, True, False, 0.0))  # fmt: skip
    spec = RuleSpec("9", "deadline", 1.0, (done,), bands, never_points=0.0, due_on="year-01-15")
    assert "từ ngày đến hạn đến chậm dưới 5 ngày: 0,5 điểm" in compile_rule(spec).sentence("vi")


def test_a_formula_says_of_a_zero_denominator_what_the_set_says():
    inputs = tuple(InputSpec(name, "number") for name in "ab")
    spec = RuleSpec("4", "formula", 2.0, inputs, formula="a / b", zero_denominator="not_assessed")
    assert compile_rule(spec).sentence("vi").endswith("Mẫu số bằng 0: chưa chấm.")
    counted = replace(spec, zero_denominator="zero")
    assert compile_rule(counted).sentence("vi").endswith("thì tỷ lệ của phần đó tính bằng 0.")

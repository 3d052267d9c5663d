"""Random sets: arrays, bounds and words say of the roll-up what adding up by hand says."""

import itertools
import pickle
import random
import re

import numpy as np
import pytest
from random_sets import by_hand, leaf, parent, random_points, random_set, set_of

from scoring.base.rounding import round_points
from scoring.base.values import INDEX_CODE, NOT_APPLICABLE, NOT_ASSESSED, SCORED
from scoring.points.rollup import bounds, roll_up, with_parents
from scoring.rules import RuleSpec
from scoring.rules.sentence_pen import TextPen
from scoring.rules.span import Limits

SEED, SETS, UNITS = 20261126, 150, 12
CLOSE = 1e-9


def codes(criteria):
    return [*(node.code for node in criteria.nodes), INDEX_CODE]


def states(criteria, points, not_applicable):
    status = np.where(np.isnan(points), NOT_ASSESSED, SCORED).astype(np.int8)
    status[not_applicable] = NOT_APPLICABLE
    for row, node in enumerate(criteria.nodes):
        status[row] = status[row] if node.is_item else SCORED
    status[-1] = SCORED
    return status


@pytest.mark.parametrize("seed", range(SETS))
def test_arrays_add_up_as_one_does_by_hand(seed):
    rng = random.Random(SEED + seed)
    criteria = random_set(rng)
    # Some units have everything, and in some sets everything applies to everybody.
    points, not_applicable = random_points(rng, criteria, UNITS, 0.05, rng.choice([0, 0.2, 0.9]))
    rolled = roll_up(criteria, points.copy(), not_applicable)
    for unit in range(UNITS):
        expected = by_hand(criteria, points[:, unit], not_applicable[:, unit])
        for row, code in enumerate(codes(criteria)):
            got = (rolled.points[row, unit], rolled.maxima[row, unit])
            assert got == pytest.approx(expected[code], abs=CLOSE, nan_ok=True), (code, unit)


@pytest.mark.parametrize("seed", range(SETS))
def test_the_bounds_hold_every_way_to_fill_in_what_is_open(seed):
    rng = random.Random(SEED - seed)
    criteria = random_set(rng, most_leaves=9)
    points, not_applicable = random_points(rng, criteria, 1, 0.4, 0.2)
    status = states(criteria, points, not_applicable)
    rolled = roll_up(criteria, points.copy(), not_applicable)
    low, high = bounds(criteria, status, not_applicable, rolled)
    ways = completions(criteria, points[:, 0], not_applicable[:, 0], rolled)
    every = roll_up(
        criteria, ways.copy(), np.broadcast_to(not_applicable, ways.shape).copy()
    ).points
    for row, node in enumerate(criteria.nodes):
        ends = sorted((low.points[row, 0], high.points[row, 0]))
        assert np.isnan(every[row]).all() or node.is_item or within(every[row], ends), node.code
        if node.is_item and not np.isnan(points[row, 0]):
            assert ends == [points[row, 0]] * 2 or criteria.meta.rounding_stage != "index"
    index = every[-1]
    if not np.isnan(index).any():
        assert [low.points[-1, 0], high.points[-1, 0]] == pytest.approx(
            [index.min(), index.max()], abs=CLOSE
        )


def test_nothing_is_added_up_twice_and_no_column_copied_where_all_applies_and_is_known():
    criteria = set_of([parent("1", 3.0), leaf("1.1", 2.0, "drop"), leaf("1.2", 1.0)])
    points = np.array([[np.nan] * 5, [2.0] * 5, [0.5] * 5, [np.nan] * 5])
    nothing = np.zeros_like(points, dtype=bool)
    rolled = roll_up(criteria, points, nothing)
    low, high = bounds(criteria, states(criteria, points, nothing), nothing, rolled)
    assert low is rolled and high is rolled
    assert rolled.maxima.strides[1] == 0  # one number is shown to every unit


def within(values, ends):
    known = values[~np.isnan(values)]
    return known.min() >= ends[0] - CLOSE and known.max() <= ends[1] + CLOSE


def completions(criteria, points, not_applicable, rolled):
    """Return every way, one a column, to give the open items nothing, half or all they can earn.

    An alternative left open beside one that is scored does not compete and stays open.
    """
    rows = {node.code: row for row, node in enumerate(criteria.nodes)}

    def is_idle(node):
        while node.parent:
            above = criteria.node(node.parent)
            own, whole = rolled.points[rows[node.code], 0], rolled.points[rows[above.code], 0]
            if above.rule == "best_of" and np.isnan(own) and not np.isnan(whole):
                return True
            node = above
        return False

    still_open = [
        row
        for row, node in enumerate(criteria.nodes)
        if node.is_item and np.isnan(points[row]) and not not_applicable[row] and not is_idle(node)
    ]
    choices = [(0.0, m / 2, m) for m in (criteria.nodes[row].max_points for row in still_open)]
    ways = list(itertools.product(*choices)) or [()]
    table = np.repeat(points[:, None], len(ways), axis=1)
    for place, row in enumerate(still_open):
        table[row] = [way[place] for way in ways]
    return table


def test_a_leaf_and_a_branch_both_open_reach_as_far_as_the_better_of_them():
    criteria = set_of([
        parent("1", 10.0, "best_of"), leaf("1.1", 10.0), parent("1.2", 6.0), leaf("1.2.1", 6.0),
        leaf("2", 5.0),
    ])  # fmt: skip
    points = np.full((6, 1), np.nan)
    points[4] = 5.0
    nothing = np.zeros_like(points, dtype=bool)
    status = states(criteria, points, nothing)
    rolled = roll_up(criteria, points, nothing)
    low, high = bounds(criteria, status, nothing, rolled)
    assert [low.points[-1, 0], high.points[-1, 0]] == [5.0, 15.0]


def test_the_best_of_alternatives_none_of_which_applies_does_not_apply_and_takes_nothing_away():
    criteria = set_of([
        parent("1", 0.5, "best_of"), leaf("1.1", 0.5, "drop"), leaf("1.2", 0.5, "drop"),
        leaf("2", 0.5),
    ])  # fmt: skip
    points = np.array([[np.nan], [np.nan], [np.nan], [0.25], [np.nan]])
    marked = np.array([[False], [True], [True], [False], [False]])
    status = states(criteria, points, marked)
    rolled = roll_up(criteria, points, marked)
    assert rolled.maxima[:, 0].tolist() == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert rolled.points[[0, 4], 0].tolist() == [0.0, 0.5]
    status = with_parents(criteria, status, rolled)
    assert status[:, 0].tolist() == [NOT_APPLICABLE] * 3 + [SCORED, SCORED]


def test_an_alternative_that_does_not_apply_leaves_an_open_one_open():
    criteria = set_of([parent("1", 2.0, "best_of"), leaf("1.1", 2.0, "drop"), leaf("1.2", 2.0)])
    points = np.full((4, 1), np.nan)
    marked = np.array([[False], [True], [False], [False]])
    status = states(criteria, points, marked)
    rolled = roll_up(criteria, points, marked)
    assert np.isnan(rolled.points[[0, 3], 0]).all()
    low, high = bounds(criteria, status, marked, rolled)
    assert (low.points[-1, 0], high.points[-1, 0]) == (0.0, 2.0)


@pytest.mark.parametrize("maximum", [0.001, 0.25, 1.0])
@pytest.mark.parametrize("policy", ["drop", "redistribute"])
def test_an_applicable_total_of_one_point_or_less_still_scores(maximum, policy):
    nodes = [parent("1", 2 * maximum), leaf("1.1", maximum), leaf("1.2", maximum, policy)]
    criteria = set_of(nodes, total=10.0)
    points = np.array([[np.nan], [maximum / 2], [np.nan], [np.nan]])
    marked = np.array([[False], [False], [True], [False]])
    rolled = roll_up(criteria, points, marked)
    assert rolled.points[-1, 0] == pytest.approx(5.0)
    assert rolled.maxima[0, 0] == pytest.approx(maximum * (2 if policy == "redistribute" else 1))


NO_ITEM = RuleSpec("", "", 0.0)
SIGNS = {" × ": "*", " − ": "-", " / ": "/", " = ": "==", " > ": ">", "if(": "if_("}


def read_aloud(text, values):
    """Compute what a written rule says, ``[1.1]`` standing for the points of 1.1 and so on."""
    for sign, meaning in SIGNS.items():
        text = text.replace(sign, meaning)
    names = {f"v{place}": name for place, name in enumerate(re.findall(r"\[[^]]*\]", text))}
    for short, name in names.items():
        text = text.replace(name, short, 1)
    text = re.sub(r"(\d),(\d{3})\b", r"\1\2", text).replace("—", "nan")
    words = {
        "if_": lambda test, then, otherwise: then if test else otherwise,
        "min": min, "max": max, "round": round_points, "nan": float("nan"),
    }  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        return eval(text, words, {short: values[name] for short, name in names.items()})  # noqa: S307


@pytest.mark.parametrize("seed", range(SETS))
def test_the_words_of_every_node_compute_to_its_points(seed):
    rng = random.Random(SEED * 2 + seed)
    criteria = random_set(rng)
    points, not_applicable = random_points(rng, criteria, 1, 0.0, 0.2)
    rules, rolled = criteria.roll_up, roll_up(criteria, points.copy(), not_applicable)
    values = {}
    for row, node in enumerate(criteria.nodes):
        code = node.code
        most, marked = rolled.maxima[row, 0], bool(not_applicable[row, 0])
        values[f"[{code}]"] = np.float64(rolled.points[row, 0] if not node.is_item else 0.0)
        values[f"[applicable maximum of {code}]"] = np.float64(most)
        values[f"[maximum given up by {code}]"] = np.float64(node.max_points if marked else 0.0)
        values[f"[{code} does not apply]"] = marked
    for row, node in enumerate(criteria.nodes):
        if node.is_item:
            values[f"[{node.code}]"] = np.float64(points[row, 0])
            said = read_aloud(TextPen(NO_ITEM, "en").write(rules.points[node.code]), values)
            if not_applicable[row, 0] and node.spec.not_applicable in ("drop", "redistribute"):
                said = 0.0
            assert said == pytest.approx(rolled.points[row, 0], abs=CLOSE), node.code
            values[f"[{node.code}]"] = np.float64(rolled.points[row, 0])
    for row, code in enumerate(codes(criteria)):
        pen = TextPen(NO_ITEM, "en")
        if code == INDEX_CODE or not criteria.node(code).is_item:
            said = read_aloud(pen.write(rules.points[code]), values)
            assert said == pytest.approx(rolled.points[row, 0], abs=CLOSE, nan_ok=True), code
        most = read_aloud(pen.write(rules.applicable[code]), values)
        assert most == pytest.approx(rolled.maxima[row, 0], abs=CLOSE), code


def test_the_points_of_every_node_lie_in_its_span():
    rng = random.Random(SEED)
    for _ in range(40):
        criteria = random_set(rng)
        points, nothing = random_points(rng, criteria, 20, 0.0, 0.0)
        rolled = roll_up(criteria, points, nothing)
        limits = Limits(NO_ITEM, {node.code: node.max_points for node in criteria.nodes})
        for row, code in enumerate(codes(criteria)):
            span = criteria.roll_up.points[code].span(limits)
            assert span.low - CLOSE <= rolled.points[row].min(), code
            assert rolled.points[row].max() <= span.high + CLOSE, code


def test_a_roll_up_travels_between_processes():
    criteria = random_set(random.Random(SEED))
    assert pickle.loads(pickle.dumps(criteria.roll_up)) == criteria.roll_up

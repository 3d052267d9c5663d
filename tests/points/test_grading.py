"""Ranks and grades go by the same points, and those are what decimal arithmetic says."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as fed
from hypothesis import strategies as st
from set_builder import direct_set

from scoring.analysis import rank
from scoring.criteria.set_policies import Grade
from scoring.points.grading import compared_points, grades

PASS = Grade("pass", "Đạt", "Pass", 80.0, 100.0, True, True)
FAIL = Grade("fail", "Chưa đạt", "Fail", 0.0, 80.0, True, False)
META = replace(direct_set({"1": 10}).meta, rank_on="unrounded", grades=(PASS, FAIL))


def test_points_that_add_up_to_the_lower_end_of_a_grade_reach_it():
    index = np.array([38.43 + 28.33 + 13.24])
    assert index[0] < 80
    assert grades(index, META) == ["pass"]


@pytest.mark.parametrize(
    ("points", "grade"), [(50.0, "fair"), (50.01, "good"), (80.0, "good"), (80.01, "best")]
)
def test_an_end_that_the_set_leaves_open_belongs_to_the_neighbour(points, grade):
    fair = Grade("fair", "Trung bình", "Fair", 0.0, 50.0, True, True)
    good = Grade("good", "Khá", "Good", 50.0, 80.0, False, True)
    best = Grade("best", "Tốt", "Best", 80.0, 100.0, False, True)
    # Whatever the order of the set, no grade takes what is its neighbour's.
    for listed in ((fair, good, best), (best, good, fair)):
        assert grades(np.array([points]), replace(META, grades=listed)) == [grade]


@fed(st.lists(st.decimals(0, 40, places=3), min_size=2, max_size=5), st.randoms())
def test_a_grade_is_that_of_the_exact_sum_in_any_order(parts, random):
    exact = sum(Fraction(part) for part in parts)
    shuffled = [float(part) for part in parts]
    random.shuffle(shuffled)
    (grade,) = grades(np.array([sum(shuffled)]), META)
    assert grade == ("" if exact > 100 else "pass" if exact >= 80 else "fail")


@fed(st.lists(st.decimals(0, 30, places=3), min_size=3, max_size=3), st.permutations(range(3)))
def test_the_same_points_in_another_order_share_their_rank_and_grade(parts, order):
    one, other = (sum(float(parts[n]) for n in places) for places in (range(3), order))
    index = pd.DataFrame({"unit_code": ["A", "B"], "block": "", "year": 2026, "period": ""})
    assert rank(index.assign(points=[one, other]), META)["rank"].tolist() == [1, 1]
    assert len(set(grades(np.array([one, other]), META))) == 1


@pytest.mark.parametrize(("rank_on", "compared"), [("rounded", 79.99), ("unrounded", 79.994)])
def test_the_set_says_whether_rounded_points_are_compared(rank_on, compared):
    meta = replace(META, rank_on=rank_on)
    assert compared_points(np.array([79.994, np.nan]), meta)[0] == compared

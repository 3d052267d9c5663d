"""Sharing forms out over strata: exact sums, ends kept, what is impossible said."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.survey.planning.allocation import ALLOCATIONS, allocate, whole_shares
from scoring.survey.planning.sample_sizes import SizeRequest

HALF = SizeRequest(0.05)


def strata(**columns):
    table = pd.DataFrame(
        {"stratum": ["a", "b", "c"], "population": [1000.0, 400.0, 100.0], **columns}
    )
    return table.assign(file="tang.csv", cell=["A2", "A3", "A4"])


def test_proportional_follows_the_population():
    assert allocate(strata(), 150, HALF)[0]["forms"].tolist() == [100, 40, 10]


def test_neyman_follows_the_spread_too():
    # N·S = 1000 · 0.5, 400 · 0.5, 100 · 1 gives 500 : 200 : 100, by hand.
    table, _ = allocate(strata(deviation=[0.5, 0.5, 1.0]), 80, HALF, by="neyman")
    assert table["forms"].tolist() == [50, 20, 10]


def test_the_spread_of_a_share_is_its_own():
    # √(0.9 · 0.1) = 0.3 and √(0.5 · 0.5) = 0.5: 300 : 200 : 50.
    table, _ = allocate(strata(share=[0.9, 0.5, 0.5]), 55, HALF, by="neyman")
    assert table["forms"].tolist() == [30, 20, 5]


def test_the_square_root_lies_between_equal_and_proportional():
    by = {way: allocate(strata(), 150, HALF, by=way)[0]["forms"].tolist() for way in ALLOCATIONS}
    assert by["equal"] == [50, 50, 50]
    assert by["power"] == [77, 49, 24]  # 31.62 : 20 : 10 of 150
    assert by["proportional"] == [100, 40, 10]


def test_a_minimum_lifts_small_strata_and_is_told():
    table, _ = allocate(strata(), 150, HALF, minimum=30)
    assert table["forms"].tolist() == [86, 34, 30]
    assert table["bound"].tolist() == ["none", "none", "minimum"]


def test_a_stratum_never_gives_more_than_it_has():
    table, _ = allocate(strata(), 450, HALF, by="equal")
    assert table["forms"].tolist() == [175, 175, 100]
    assert table["bound"].tolist() == ["none", "none", "maximum"]
    assert table["wald_percent"].iloc[2] == 0


def test_each_stratum_has_the_margin_of_its_own_forms():
    table, _ = allocate(strata(), 150, HALF)
    assert table["wald_percent"].iloc[0] == pytest.approx(
        100 * 1.959964 * 0.05 * (900 / 999) ** 0.5
    )


@pytest.mark.parametrize(
    ("table", "forms", "minimum", "code", "said"),
    [
        (strata(), 80, 40, "allocation-minima-exceed", "120"),
        (strata(), 1501, 0, "allocation-above-maxima", "1.500"),
        (strata(), 600, 150, "stratum-below-minimum", "150"),
        (strata().assign(population=[1000, np.nan, 0]), 80, 0, "stratum-population-missing", "b"),
        (strata(share=[0.5, 85.0, 0.5]), 80, 0, "stratum-value-outside", "85"),
    ],
)
def test_an_impossible_request_is_a_finding(table, forms, minimum, code, said):
    result, findings = allocate(table, forms, HALF, minimum=minimum)
    assert result.empty
    assert findings[0].code == code
    assert said in findings[0].problem()


def test_an_impossible_stratum_has_its_place():
    _, findings = allocate(strata(), 600, HALF, minimum=150)
    assert (findings[0].file, findings[0].cell) == ("tang.csv", "A4")


def test_neyman_without_any_spread_is_a_finding():
    _, findings = allocate(strata(share=[1.0, 1.0, 1.0]), 80, HALF, by="neyman")
    assert [finding.code for finding in findings] == ["allocation-without-spread"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_sum_is_exact_and_the_ends_are_kept(data):
    count = data.draw(st.integers(1, 8))
    weight = data.draw(st.lists(st.floats(0, 1e6), min_size=count, max_size=count))
    low = np.array(data.draw(st.lists(st.integers(0, 20), min_size=count, max_size=count)))
    high = low + data.draw(st.lists(st.integers(0, 50), min_size=count, max_size=count))
    total = data.draw(st.integers(int(low.sum()), int(high.sum())))
    found = whole_shares(weight, total, low, high)
    assert found.sum() == total
    assert ((found >= low) & (found <= high)).all()

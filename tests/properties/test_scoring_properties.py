"""What holds for all figures and all sets, not just for examples."""

import math

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from set_builder import direct_set, sound

from scoring.points import inputs_table, score

QUICK = settings(max_examples=25, derandomize=True)

MIXED = sound(
    meta={"total_points": 12, "not_applicable": "drop"},
    items=[
        {"code": "1", "max_points": "8"},
        {"code": "1.1", "max_points": "4", "rule": "ratio", "zero_denominator": "zero",
         "full_at_percent": "80"},
        {"code": "1.2", "max_points": "2", "rule": "bands"},
        {"code": "1.3", "max_points": "2", "rule": "deduction", "points_each": "0.25",
         "floor_points": "0"},
        {"code": "2", "max_points": "4", "rule": "count", "points_each": "0.5",
         "not_applicable": "redistribute"},
    ],
    inputs=[
        {"item_code": "1.1", "input": "part", "role": "numerator", "at_most": "whole",
         "minimum": "0"},
        {"item_code": "1.1", "input": "whole", "role": "denominator", "minimum": "0"},
        {"item_code": "1.2", "input": "p", "role": "percent", "kind": "percent", "minimum": "0",
         "maximum": "100"},
        {"item_code": "1.3", "input": "cases", "role": "cases", "minimum": "0"},
        {"item_code": "2", "input": "n", "role": "count", "minimum": "0"},
    ],
    bands=[
        {"item_code": "1.2", "upper": "70", "points": "0"},
        {"item_code": "1.2", "lower": "70", "lower_closed": "yes", "upper": "90",
         "upper_closed": "yes", "points": "1"},
        {"item_code": "1.2", "lower": "90", "points": "2"},
    ],
)  # fmt: skip
INPUTS = [("1.1", "part"), ("1.1", "whole"), ("1.2", "p"), ("1.3", "cases"), ("2", "n")]

figure = st.one_of(
    st.none(), st.integers(0, 20), st.sampled_from([70, 90, 100, -1, 0.5, 850, math.inf])
)
unit = st.tuples(*[figure] * len(INPUTS), st.sampled_from(["", "", "1.1", "1.2", "2"]))
units = st.lists(unit, min_size=1, max_size=6)


def long_table(rows, name="U{}"):
    """Return the long table of units given as figures in the order of INPUTS."""
    table = [
        {"unit_code": name.format(n), "item_code": item, "input": entry, "value": value,
         "not_applicable": item == mark, "reason": "không phát sinh"}
        for n, (*values, mark) in enumerate(rows)
        for (item, entry), value in zip(INPUTS, values, strict=True)
    ]  # fmt: skip
    return inputs_table(table, year=2024)


def tables_agree(one, other):
    key = ["unit_code", "code"]
    pd.testing.assert_frame_equal(
        one.scores.sort_values(key, ignore_index=True),
        other.scores.sort_values(key, ignore_index=True),
    )


@QUICK
@given(units)
def test_points_lie_between_nothing_and_the_maximum(rows):
    result = score(long_table(rows), MIXED)
    known = ~np.isnan(result.points)
    assert (result.points[known] >= 0).all()
    assert (result.points[known] <= result.maxima[known] + 1e-9).all()


@QUICK
@given(units)
def test_points_lie_between_their_bounds(rows):
    result = score(long_table(rows), MIXED)
    known = ~np.isnan(result.points)
    assert (result.points_low[known] <= result.points[known] + 1e-9).all()
    assert (result.points[known] <= result.points_high[known] + 1e-9).all()
    low, high = result.points_low[-1], result.points_high[-1]
    assert ((low <= high + 1e-9) | np.isnan(low)).all()


@QUICK
@given(units, st.randoms(use_true_random=False))
def test_the_order_of_rows_means_nothing(rows, random):
    table = long_table(rows)
    places = list(range(len(table)))
    random.shuffle(places)
    tables_agree(score(table, MIXED), score(table.iloc[places], MIXED))


@QUICK
@given(units)
def test_all_units_at_once_equal_one_by_one(rows):
    table = long_table(rows)
    apart = [score(part, MIXED).scores for _, part in table.groupby("unit_code", sort=False)]
    together = score(table, MIXED).scores
    pd.testing.assert_frame_equal(together, pd.concat(apart, ignore_index=True))


@QUICK
@given(units)
def test_units_may_change_places(rows):
    forward = score(long_table(rows), MIXED)
    backward = score(long_table(rows[::-1]), MIXED)
    np.testing.assert_array_equal(forward.points, backward.points[:, ::-1])
    np.testing.assert_array_equal(forward.status, backward.status[:, ::-1])


@QUICK
@given(units)
def test_nothing_is_lost_every_row_of_trouble_has_a_finding(rows):
    result = score(long_table(rows), MIXED)
    invalid = result.scores.query("status == 'invalid'")[["unit_code", "code"]]
    named = {(finding.unit_code, finding.item_code) for finding in result.findings}
    assert set(invalid.itertuples(index=False, name=None)) <= named


@QUICK
@given(st.integers(1, 500), st.lists(st.integers(0, 500), min_size=2, max_size=8))
def test_more_of_the_whole_never_earns_less(whole, parts):
    parts = sorted(min(part, whole) for part in parts)
    rows = [(part, whole, None, None, None, "") for part in parts]
    earned = score(long_table(rows), MIXED).points[1]
    assert (np.diff(earned) >= 0).all()


@QUICK
@given(st.tuples(*[st.integers(0, 20)] * 5), st.integers(0, 4))
def test_a_further_figure_narrows_the_bounds(figures, place):
    part, whole = sorted(figures[:2])
    known = [part, whole, *figures[2:], ""]
    unknown = [None if n == place else value for n, value in enumerate(known)]
    wide = score(long_table([unknown]), MIXED).index_bounds().iloc[0]
    narrow = score(long_table([known]), MIXED).index_bounds().iloc[0]
    assert wide["points_low"] <= narrow["points_low"] + 1e-9
    assert narrow["points_high"] <= wide["points_high"] + 1e-9


LEAVES = {"1.1": 4, "1.2": 2, "2.1": 3, "2.2": 1}
PLAIN = direct_set(LEAVES, [("1", 6), ("2", 4)],
                   meta={"rounding": {"decimals": 2, "stage": "index", "rank_on": "unrounded"}})  # fmt: skip
share = st.floats(0, 1, allow_nan=False)


@QUICK
@given(st.tuples(*[share] * 4))
def test_the_index_is_the_sum_of_its_areas_and_an_area_of_its_items(shares):
    rows = [{"item_code": code, "input": "points", "value": LEAVES[code] * part}
            for code, part in zip(LEAVES, shares, strict=True)]  # fmt: skip
    result = score(inputs_table(rows, unit_code="A", year=2024), PLAIN)
    points = {code: float(result.points[result.row(code), 0]) for code in result._rows}
    assert points["1"] == pytest.approx(points["1.1"] + points["1.2"])
    assert points["INDEX"] == pytest.approx(points["1"] + points["2"])

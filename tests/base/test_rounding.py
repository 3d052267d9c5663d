"""Half up, away from zero, as people and spreadsheets round."""

import numpy as np
import pandas as pd
import pytest

from scoring.base.rounding import reads_alike_within, round_points


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [(2.675, 2, 2.68), (0.125, 2, 0.13), (1.005, 2, 1.01), (61.885, 2, 61.89), (0.5, 0, 1.0),
     (1.5, 0, 2.0), (2.5, 0, 3.0), (-2.5, 0, -3.0), (2.674999, 2, 2.67), (99.995, 2, 100.0),
     (0.0, 2, 0.0), (100.0, 2, 100.0), (1.45, 1, 1.5), (8.345, 2, 8.35),
     # Floats whose noise reaches the eleventh decimal.
     (4951.855, 2, 4951.86), (9985.005, 2, 9985.01)],
)  # fmt: skip
def test_half_goes_up(value, decimals, expected):
    assert round_points(value, decimals) == expected


def test_an_array_keeps_its_shape_and_its_gaps():
    table = np.array([[0.125, np.nan], [np.inf, -0.001]])
    rounded = round_points(table, 2)
    assert rounded.shape == (2, 2) and np.isnan(rounded[0, 1]) and np.isinf(rounded[1, 0])
    assert not np.signbit(rounded[1, 1])


def test_the_argument_is_left_alone():
    table = np.array([0.125])
    round_points(table)
    assert table[0] == 0.125


def test_a_series_keeps_its_index_and_name():
    points = pd.Series([2.675, np.nan], index=["A", "B"], name="points")
    expected = pd.Series([2.68, np.nan], index=["A", "B"], name="points")
    pd.testing.assert_series_equal(round_points(points), expected)
    assert round_points(pd.Series([3, 4])).tolist() == [3.0, 4.0]
    assert round_points(np.array([3, 4])).dtype == np.float64
    gaps = pd.Series([2.675, None], dtype="Float64")
    assert round_points(gaps).fillna(-1).tolist() == [2.68, -1.0]


def test_half_a_last_digit_apart_still_reads_alike():
    assert 8.605 - 8.60 > 0.005  # as floats
    assert 8.605 - 8.60 <= reads_alike_within(2) < 8.6051 - 8.60

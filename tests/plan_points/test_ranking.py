"""Ranks follow what the set declares, each block for itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.analysis import rank
from scoring.criteria import open_set

META = open_set("task-completion-sample").meta


def index_of(*points: float, block: str = "") -> pd.DataFrame:
    codes = [f"{block}{place}" for place in range(len(points))]
    return pd.DataFrame(
        {"unit_code": codes, "block": block, "year": 2025, "period": "", "points": points}
    )


def ranks_of(table: pd.DataFrame) -> list[int | None]:
    ordered = table.sort_values("unit_code")
    return [None if pd.isna(place) else int(place) for place in ordered["rank"]]


@pytest.mark.parametrize(
    ("ties", "ranks"), [("min", [1, 1, 3]), ("dense", [1, 1, 2]), ("max", [2, 2, 3])]
)
def test_equal_points_share_a_rank(ties, ranks) -> None:
    assert ranks_of(rank(index_of(80, 80, 70), META, ties=ties)) == ranks


def test_rounded_points_tie_where_the_set_ranks_on_them() -> None:
    index = index_of(80.004, 80.0)
    assert ranks_of(rank(index, META)) == [1, 1]
    assert ranks_of(rank(index, replace(META, rank_on="unrounded"))) == [1, 2]


def test_the_last_bits_of_a_sum_are_no_difference() -> None:
    index = index_of(0.1 + 0.2, 0.3)
    assert ranks_of(rank(index, replace(META, rank_on="unrounded"))) == [1, 1]


def test_an_open_unit_has_no_rank_and_takes_none() -> None:
    table = rank(index_of(np.nan, 70), META)
    assert table["rank_state"].tolist() == ["ranked", "open"]
    assert table["rank_of"].tolist() == [1, 1]


def test_a_unit_left_out_keeps_its_points_and_takes_no_place() -> None:
    table = rank(index_of(90, 80, 70), META, unranked=["0"])
    assert ranks_of(table) == [None, 1, 2]
    assert table["unit_code"].tolist() == ["1", "2", "0"]
    assert table["compared_points"].tolist() == [80, 70, 90]


def test_each_block_is_ranked_for_itself() -> None:
    table = rank(pd.concat([index_of(60, 50, block="B"), index_of(90, block="A")]), META)
    assert table[["unit_code", "rank"]].values.tolist() == [["B0", 1], ["B1", 2], ["A0", 1]]


@given(st.lists(st.floats(0, 100) | st.just(np.nan), max_size=8), st.randoms())
def test_the_order_of_rows_changes_no_rank(points, random) -> None:
    index = index_of(*points)
    places = list(range(len(points)))
    random.shuffle(places)
    assert ranks_of(rank(index.iloc[places], META)) == ranks_of(rank(index, META))

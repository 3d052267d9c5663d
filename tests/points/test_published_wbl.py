"""Women, Business and the Law 1971-2020: 9,500 published cases, 1,371 told apart by rounding half up.

Questions, sub-scores and index of the World Bank's panel (WBL50YearPanelData.xlsx of 27 Feb 2020):
an index outside Vietnam that tests the tree, the sums and the rounding half up.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from set_builder import sound

from scoring.base.rounding import round_points
from scoring.criteria import CriteriaSet
from scoring.points import inputs_table, score

pytestmark = pytest.mark.needs_shared


def panel_set(folder: Path) -> CriteriaSet:
    rubric = pd.read_csv(folder / "wbl_rubric.csv", dtype=str, keep_default_na=False)
    items = [
        {"code": row["code"], "parent": row["parent"], "max_points": row["max_points"]}
        | {"name_vi": row["name"], "rule": "choice" if row["parent"] else ""}
        for row in rubric.to_dict("records")
    ]
    inputs = [
        {"item_code": row["code"], "input": "told", "role": "answer", "kind": "yes_no"}
        for row in items
        if row["parent"]
    ]
    rounding = {"decimals": 1, "stage": "index", "rank_on": "rounded"}
    meta = {"total_points": 100, "valid_from": dt.date(1971, 1, 1), "rounding": rounding}
    return sound(meta, items=items, inputs=inputs)


@pytest.fixture(scope="module")
def cases(shared_folder: Path) -> pd.DataFrame:
    return pd.read_csv(shared_folder / "data" / "wbl" / "wbl_cases_1971_2020.csv")


@pytest.fixture(scope="module")
def criteria(shared_folder: Path) -> CriteriaSet:
    return panel_set(shared_folder / "data" / "wbl")


@pytest.fixture(scope="module")
def sheet(cases: pd.DataFrame, criteria: CriteriaSet):
    codes = [leaf.code for leaf in criteria.leaves]
    long = cases.melt(["id", "year"], codes, "item_code", "choice")
    long = long.rename(columns={"id": "unit_code"}).assign(input="told")
    long["choice"] = long["choice"].map({"Y": "yes", "N": "no"})
    return score(inputs_table(long), criteria)


def test_every_published_index_comes_out(cases, sheet) -> None:
    assert len(cases) == 9500
    assert sheet.units["unit_code"].tolist() == cases["id"].tolist()
    assert sheet.findings == ()
    np.testing.assert_array_equal(sheet.points[-1], cases["WBL_INDEX"])


def test_every_published_sub_score_comes_out(cases, sheet, criteria) -> None:
    for area in criteria.areas:
        share = 100 * sheet.points[sheet.row(area.code)] / area.max_points
        np.testing.assert_allclose(share, cases[area.name_vi], atol=1e-9, err_msg=area.name_vi)


def test_ties_go_up_where_rounding_to_even_would_go_down_1371_times(cases, sheet, criteria) -> None:
    exact = sum(sheet.points[sheet.row(area.code)] for area in criteria.areas)
    is_tie = np.isclose(exact * 20 % 2, 1, atol=1e-9)
    published = cases["WBL_INDEX"].to_numpy()
    assert (published[is_tie] > exact[is_tie]).all()
    assert (np.round(exact, 1) != published).sum() == 1371
    assert (round_points(exact, 1) == published).all()

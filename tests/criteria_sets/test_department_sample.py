"""The sample set of a department and its two made-up units."""

from __future__ import annotations

import pandas as pd
import pytest

from scoring.criteria import open_set
from scoring.points import ScoreSheet, score


@pytest.fixture
def sheet(example_inputs: pd.DataFrame) -> ScoreSheet:
    return score(example_inputs, open_set("department-sample"))


def points_of(sheet: ScoreSheet, unit: str, code: str) -> float:
    column = sheet.units["unit_code"].tolist().index(unit)
    return float(sheet.points[sheet.row(code), column])


def test_has_fifty_to_seventy_leaves_in_eight_areas() -> None:
    criteria = open_set("department-sample")
    assert len(criteria.areas) == 8
    assert 50 <= len(criteria.leaves) <= 70


def test_leaves_stand_at_more_than_one_depth() -> None:
    leaves = open_set("department-sample").leaves
    assert {leaf.code.count(".") for leaf in leaves} >= {1, 2, 3}


def test_policies_for_what_does_not_apply_are_all_shown() -> None:
    leaves = open_set("department-sample").leaves
    policies = {leaf.spec.not_applicable for leaf in leaves if leaf.spec}
    assert policies >= {"not_allowed", "drop", "full", "redistribute"}


def test_every_leaf_requires_evidence_and_has_a_worked_example() -> None:
    criteria = open_set("department-sample")
    codes = {leaf.code for leaf in criteria.leaves}
    assert codes == set(criteria.tables["evidence"]["item_code"])
    assert codes == set(criteria.tables["examples"]["item_code"])


def test_example_units_score_without_error_findings(sheet: ScoreSheet) -> None:
    assert [finding.code for finding in sheet.findings] == []
    assert 0 < points_of(sheet, "SM-A", "INDEX") < 100


def test_everything_at_its_best_scores_exactly_100(sheet: ScoreSheet) -> None:
    assert points_of(sheet, "SM-B", "INDEX") == 100.0


def test_a_full_bonus_does_not_lift_the_index_above_100(example_inputs: pd.DataFrame) -> None:
    lifted = example_inputs.copy()
    of_b = lifted["unit_code"].eq("SM-B") & lifted["item_code"].str.startswith("9.")
    lifted.loc[of_b, "value"] = 5.0
    result = score(lifted, open_set("department-sample"))
    assert points_of(result, "SM-B", "9") == 2.0
    assert points_of(result, "SM-B", "INDEX") == 100.0


def test_bonus_and_penalty_stop_at_their_caps(example_inputs: pd.DataFrame) -> None:
    changed = example_inputs.copy()
    of_b = changed["unit_code"].eq("SM-B")
    changed.loc[of_b & changed["item_code"].isin(["9.1", "9.2", "10.1", "10.2"]), "value"] = 9.0
    result = score(changed, open_set("department-sample"))
    assert points_of(result, "SM-B", "10") == 3.0
    assert points_of(result, "SM-B", "INDEX") == 100 + 1.5 - 2


def test_points_of_missing_investment_funds_go_to_the_rest_of_the_area(sheet: ScoreSheet) -> None:
    earned = sum(points_of(sheet, "SM-A", f"6.{number}") for number in (2, 3, 4, 5))
    assert earned == 4.0
    assert points_of(sheet, "SM-A", "6") == pytest.approx(4.0 * 8 / 5)


def test_what_is_dropped_leaves_the_base_of_the_index(sheet: ScoreSheet) -> None:
    areas = [str(number) for number in range(1, 9)]
    earned = sum(points_of(sheet, "SM-A", area) for area in areas)
    expected = earned / (100 - 1.5 - 2.5) * 100 + 0.5 - 0.25
    assert points_of(sheet, "SM-A", "INDEX") == pytest.approx(expected, abs=0.005)


def test_the_better_alternative_counts(sheet: ScoreSheet) -> None:
    assert points_of(sheet, "SM-A", "1.5.2.1") == 0.0
    assert points_of(sheet, "SM-A", "1.5.2") == points_of(sheet, "SM-A", "1.5.2.2") == 0.5

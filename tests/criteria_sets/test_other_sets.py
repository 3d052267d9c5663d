"""Commune sample, area table of 2948, excerpt of Cà Mau, satisfaction survey."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scoring.criteria import open_set
from scoring.points import ScoreSheet, inputs_table, score

FACTORS = {"1": 0.90, "2": 0.80, "3": 0.70, "4": 0.60, "5": 0.50}


def points_of_item(set_id: str, code: str, **figures: float) -> float:
    rule = open_set(set_id).rules[code]
    arrays = {name: np.array([value], dtype=float) for name, value in figures.items()}
    return float(rule.score(arrays, 1).points[0])


def answers(question: str, satisfied: int, of: int = 100) -> list[dict[str, object]]:
    counts = {"level_1": 0, "level_2": 1, "level_3": of - satisfied - 1, "level_4": satisfied}
    counts["level_5"] = 0
    return [{"item_code": question, "input": key, "value": n} for key, n in counts.items()]


@pytest.fixture
def survey() -> ScoreSheet:
    rows = [
        row
        for factor, share in FACTORS.items()
        for question in range(1, 5)
        for row in answers(f"{factor}.{question}", round(100 * share))
    ]
    table = inputs_table(rows, unit_code="H1", year=2025)
    return score(table, open_set("sipas-five-factors"))


def test_commune_set_has_thirty_to_forty_five_leaves_in_eight_areas() -> None:
    criteria = open_set("commune-sample")
    assert len(criteria.areas) == 8
    assert 30 <= len(criteria.leaves) <= 45
    assert str(criteria.meta.valid_from) == "2025-07-01"


def test_every_commune_leaf_requires_evidence_and_has_a_worked_example() -> None:
    criteria = open_set("commune-sample")
    codes = {leaf.code for leaf in criteria.leaves}
    assert codes == set(criteria.tables["evidence"]["item_code"])
    assert codes == set(criteria.tables["examples"]["item_code"])


def test_commune_set_does_not_name_the_hanoi_decision_as_its_own() -> None:
    assert dict(open_set("commune-sample").meta.decision) == {}


def test_areas_of_2948_are_the_published_maxima_scored_directly() -> None:
    criteria = open_set("province-areas-2948")
    maxima = [area.max_points for area in criteria.areas]
    assert maxima == [10, 10, 14.5, 11, 16, 7, 16, 15.5]
    assert {area.rule for area in criteria.areas} == {"direct"}
    assert criteria.meta.grades == ()


def test_area_table_says_that_its_source_counts_38_and_39_criteria() -> None:
    texts = " ".join(caveat["vi"] for caveat in open_set("province-areas-2948").meta.caveats)
    assert "38" in texts
    assert "39" in texts


@pytest.mark.parametrize(
    ("percent", "points"), [(100, 2), (90.1, 2), (90, 1), (70, 1), (69.9, 0), (0, 0)]
)
def test_exactly_90_percent_is_in_the_lower_step_in_ca_mau(percent: float, points: float) -> None:
    assert points_of_item("ca-mau-2013-excerpt", "1.1.4", done=percent) == points


def test_excerpt_of_ca_mau_says_that_its_maxima_do_not_add_up() -> None:
    criteria = open_set("ca-mau-2013-excerpt")
    assert criteria.meta.status == "official"
    assert not criteria.meta.areas_add_up
    assert len(criteria.nodes) == 10
    assert criteria.node("1").max_points == 20
    assert sum(node.max_points for node in criteria.children("1")) == criteria.meta.total_points


def test_share_satisfied_comes_out_per_question_factor_and_overall(survey: ScoreSheet) -> None:
    attained = survey.scores.set_index("code")["attainment"]
    assert attained["1.1"] == pytest.approx(90)
    for factor, share in FACTORS.items():
        assert attained[factor] == pytest.approx(100 * share)
    assert attained["INDEX"] == pytest.approx(70)


def test_neither_satisfied_nor_dissatisfied_does_not_count_as_satisfied() -> None:
    counts = {"level_1": 0, "level_2": 0, "level_3": 50, "level_4": 30, "level_5": 20}
    assert points_of_item("sipas-five-factors", "3.2", **counts) == pytest.approx(2.5)


def test_a_question_without_answers_stays_open() -> None:
    counts = dict.fromkeys(["level_1", "level_2", "level_3", "level_4", "level_5"], 0.0)
    assert np.isnan(points_of_item("sipas-five-factors", "1.1", **counts))


def test_index_of_the_survey_becomes_points_of_the_department(survey: ScoreSheet) -> None:
    index = float(survey.points[survey.row("INDEX"), 0])
    earned = points_of_item("department-sample", "8.1", satisfaction=index)
    assert earned == pytest.approx(index / 100 * 8)


@pytest.mark.needs_shared
def test_excerpt_and_area_table_agree_with_the_notes_they_were_taken_from(
    shared_domain: dict[str, pd.DataFrame],
) -> None:
    rubric = shared_domain["rubric_ca_mau_2013_partial"].set_index("code")["max_points"]
    excerpt = {node.code: node.max_points for node in open_set("ca-mau-2013-excerpt").nodes}
    assert excerpt == rubric.astype(float).to_dict()
    areas = shared_domain["editions_areas"].query("edition == '2948/QĐ-BNV 2017'")
    shipped = {node.code: node.max_points for node in open_set("province-areas-2948").areas}
    assert shipped == areas.set_index("area_no")["max_points"].astype(float).to_dict()

"""Where points are lost and what targets say about it."""

import numpy as np
import pandas as pd
import pytest
from set_builder import direct_item, direct_set, given, sound

from scoring.analysis import check_targets, gap_table, target_gaps
from scoring.criteria import open_set
from scoring.points import inputs_table, score
from scoring.points.proof import with_proof

TWO_AREAS = {"leaves": {"1.1": 4, "1.2": 2, "2": 4}, "parents": [("1", 6)]}


def scored(points):
    return score(given(points), direct_set(**TWO_AREAS))


def targets(*rows):
    return pd.DataFrame(rows, columns=["unit_code", "code", "target_points"])


def test_each_item_with_points_not_earned_is_a_gap_largest_first():
    gaps = gap_table(scored({"1.1": 3, "1.2": 2, "2": 1.5}))
    assert gaps[["item_code", "lost_points"]].values.tolist() == [["2", 2.5], ["1.1", 1.0]]


def test_an_open_item_loses_its_whole_maximum_until_it_is_assessed():
    gaps = gap_table(scored({"1.1": 4, "1.2": None, "2": 4}))
    assert gaps[["item_code", "lost_points", "cause"]].values.tolist() == [
        ["1.2", 2.0, "not-assessed"]
    ]
    assert np.isnan(gaps["points"][0])


def test_a_unit_that_earned_everything_has_no_gap():
    assert len(gap_table(scored({"1.1": 4, "1.2": 2, "2": 4}))) == 0


def test_a_smaller_alternative_with_all_its_points_sends_to_the_better_one():
    first, entry = direct_item("1.1", 6)
    second, more = direct_item("1.2", 4)
    parent = {"code": "1", "max_points": 6, "rule": "best_of"}
    criteria = sound({"total_points": 6}, items=[parent, first, second], inputs=[entry, more])
    gaps = gap_table(score(given({"1.1": 0, "1.2": 4}), criteria), lang="en").set_index("item_code")
    assert gaps.loc["1.2", "next_step"] == (
        "The item has all its rule gives; the other 2 points are only to be had by another"
        " alternative: 1.1."
    )


def test_a_penalty_taken_is_a_deduction_and_a_bonus_not_earned_is_no_gap():
    normal, entry = direct_item("1", 10)
    bonus, more = direct_item("B", 2, kind="bonus")
    penalty, less = direct_item("P", 3, kind="penalty")
    criteria = sound(items=[normal, bonus, penalty], inputs=[entry, more, less])
    gaps = gap_table(score(given({"1": 10, "B": 0, "P": 1.5}), criteria))
    assert gaps[["item_code", "lost_points", "cause"]].values.tolist() == [["P", 1.5, "deduction"]]


def test_work_that_was_never_done_is_not_done_and_not_late():
    criteria = open_set("department-sample")
    rows = [
        {
            "unit_code": unit,
            "item_code": "1.2.1",
            "input": "sent_on",
            "happened_on": day,
            "choice": said,
        }
        for unit, day, said in (("A", None, "never"), ("B", "2026-03-17", ""))
    ]
    gaps = gap_table(score(inputs_table(rows, year=2026), criteria))
    causes = gaps[gaps["item_code"] == "1.2.1"].set_index("unit_code")["cause"]
    assert causes.to_dict() == {"A": "not-done", "B": "late"}


def test_the_gap_to_a_target_of_an_item_stands_beside_the_loss():
    sheet = scored({"1.1": 3, "1.2": 2, "2": 1.5})
    accepted, findings = check_targets(targets(("", "2", 3.5)), sheet)
    gaps = gap_table(sheet, accepted).set_index("item_code")
    assert not findings
    assert gaps.loc["2", "gap_to_target_points"] == pytest.approx(2.0)
    assert np.isnan(gaps.loc["1.1", "target_points"])


def test_a_target_for_the_index_or_an_area_is_compared_with_its_own_row():
    sheet = scored({"1.1": 3, "1.2": 2, "2": 1.5})
    accepted, _ = check_targets(targets(("A", "INDEX", 8.0), ("A", "1", 5.5)), sheet)
    compared = target_gaps(sheet, accepted).set_index("code")
    assert compared.loc["INDEX", "gap_to_target_points"] == pytest.approx(1.5)
    assert compared.loc["1", "gap_to_target_points"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("row", "code", "word"),
    [
        (("", "9", 1.0), "target-of-unknown-code", "9"),
        (("", "2", 4.5), "target-above-maximum", "4,5"),
        (("", "2", -1.0), "target-above-maximum", "-1"),
        (("Z", "2", 3.0), "target-of-unknown-unit", "Z"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused_with_a_finding(row, code, word):
    accepted, findings = check_targets(targets(row), scored({"1.1": 3, "1.2": 2, "2": 1.5}))
    assert len(accepted) == 0
    assert [finding.code for finding in findings] == [code]
    assert word in findings[0].problem()


@pytest.mark.parametrize(("taken", "gap"), [(2.0, 1.5), (0.25, 0.0), (None, 2.5)])
def test_a_target_for_a_penalty_is_missed_by_what_is_taken_off_beyond_it(taken, gap):
    normal, entry = direct_item("1", 10)
    penalty, less = direct_item("P", 3, kind="penalty")
    sheet = score(given({"1": 9, "P": taken}), sound(items=[normal, penalty], inputs=[entry, less]))
    accepted, findings = check_targets(targets(("", "P", 0.5), ("", "1", 10.0)), sheet)
    assert not findings
    gaps = gap_table(sheet, accepted).set_index("item_code")["gap_to_target_points"]
    assert gaps.to_dict() == {"P": gap, "1": 1.0}
    told = target_gaps(sheet, accepted).set_index("code")["gap_to_target_points"]
    assert told["1"] == 1.0
    assert told["P"] == gap if taken else np.isnan(told["P"])


@pytest.mark.parametrize("unit", ["", "A"])
def test_of_two_targets_for_one_thing_the_first_is_kept(unit):
    sheet = scored({"1.1": 3, "1.2": 2, "2": 1.5})
    accepted, findings = check_targets(targets((unit, "2", 3.0), (unit, "2", 3.5)), sheet)
    assert [finding.code for finding in findings] == ["target-duplicate"]
    assert accepted["target_points"].tolist() == [3.0]


@pytest.mark.parametrize("general_first", [True, False])
def test_the_more_precise_target_goes_before_the_general_one(general_first):
    sheet = scored({"1.1": 3, "1.2": 2, "2": 1.5})
    columns = ["unit_code", "year", "code", "target_points"]
    rows = [("", 0, "2", 1.0), ("", 2026, "2", 2.0), ("A", 0, "2", 3.0), ("A", 2026, "2", 4.0)]
    for count in range(1, 5):
        given_rows = rows[:count] if general_first else rows[count - 1 :: -1]
        accepted, findings = check_targets(pd.DataFrame(given_rows, columns=columns), sheet)
        assert not findings
        assert accepted["target_points"].tolist() == [float(count)]


def test_a_target_that_is_met_stays_a_target():
    sheet = scored({"1.1": 3, "1.2": 2, "2": 1.5})
    accepted, findings = check_targets(targets(("", "1.1", 2.0)), sheet)
    assert not findings and accepted["target_points"].tolist() == [2.0]
    assert target_gaps(sheet, accepted)["gap_to_target_points"].tolist() == [0.0]


def test_a_gap_says_whether_its_points_are_lost_open_or_at_risk():
    policy = {"no_evidence_percent": 0, "late_percent": 50, "evidence_invalid_percent": 0}
    sheet = score(
        given({"1.1": 3, "1.2": None, "2": 4}), direct_set(**TWO_AREAS, meta={"evidence": policy})
    )
    unproven = pd.DataFrame({"unit_code": ["A"], "year": 2026, "period": "", "item_code": "2",
                             "state": "no-evidence", "share": 0.0})  # fmt: skip
    gaps = gap_table(with_proof(sheet, unproven))
    assert gaps[["item_code", "kind"]].values.tolist() == [
        ["2", "at-risk"], ["1.2", "open"], ["1.1", "lost"]
    ]  # fmt: skip


def test_each_year_of_a_unit_has_its_own_gaps_and_meets_its_target_by_itself():
    figures = pd.concat(
        [given({"1.1": 3, "1.2": 2, "2": 4}).assign(year=2025), given({"1.1": 4, "1.2": 2, "2": 1})]
    )
    sheet = score(figures, direct_set(**TWO_AREAS))
    assert gap_table(sheet)[["year", "item_code", "lost_points"]].values.tolist() == [
        [2025, "1.1", 1.0], [2026, "2", 3.0]
    ]  # fmt: skip
    compared = target_gaps(sheet, targets(("A", "2", 2.0)))
    assert compared[["year", "gap_to_target_points"]].values.tolist() == [[2025, 0.0], [2026, 1.0]]

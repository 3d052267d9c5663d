"""What the outlook and the trial of other rules tell of cases they treat apart."""

import sys

import numpy as np
import pandas as pd
from random_doubts import random_doubts, sample_set, sample_sheet
from set_builder import direct_set, given

import scoring
from scoring.criteria import open_set
from scoring.points import inputs_table, score
from scoring.uncertainty import doubts_of, outlook, robustness

SEASON = scoring.shipped_folder("evidence") / "season-example-2026" / "set"


def codes(made):
    return [found.code for found in made.findings]


def test_simulated_units_and_large_blocks_are_named(monkeypatch):
    rng = np.random.default_rng(3)
    rounding = {"decimals": 1, "stage": "area", "rank_on": "unrounded"}
    doubts = random_doubts(rng, sample_sheet(rng, criteria=sample_set(6, rounding=rounding)))
    assert "uncertainty-simulated" in codes(outlook(doubts, draws=200))
    monkeypatch.setattr(sys.modules["scoring.uncertainty.outlook"], "MOST_COMPARED", 2)
    made = outlook(doubts, draws=200)
    assert "uncertainty-block-large" in codes(made) and made.ranks.empty and len(made.index)


def test_a_unit_to_which_nothing_applies_has_no_interval():
    criteria = direct_set(
        {"1": {"max_points": 2, "not_applicable": "drop"}}, meta={"total_points": 2}
    )
    rows = pd.DataFrame(
        [
            {
                "unit_code": "B",
                "item_code": "1",
                "input": "points",
                "not_applicable": True,
                "reason": "không có",
            }
        ]
    )
    sheet = score(
        inputs_table(pd.concat([given({"1": 1.5}), inputs_table(rows, year=2026)]), year=2026),
        criteria,
    )
    made = outlook(doubts_of(sheet)[0])
    assert "uncertainty-unit-without-points" in codes(made)
    assert set(made.index["unit_code"]) == {"A"}
    told = codes(robustness(sheet))
    assert "uncertainty-unit-without-points" in told and "robustness-index-open" not in told


def test_quotas_are_left_out_and_conditions_are_not():
    sheet = score(
        inputs_table(
            [{"item_code": "1.1", "input": "issued", "value": 1}], unit_code="A", year=2026
        ),
        open_set(SEASON),
    )
    made = outlook(doubts_of(sheet)[0])
    assert "uncertainty-quota-left" in codes(made)
    assert (made.grades["high_percent"] <= 100).all() and made.grades["high_percent"].max() == 100


def test_an_index_that_is_no_sum_is_told_with_the_trial_of_weights():
    from set_builder import direct_item, sound

    pairs = [direct_item(code, 2) for code in ("1.1", "1.2", "2")]
    best = {"code": "1", "max_points": 2, "rule": "best_of"}
    criteria = sound(
        {"total_points": 4},
        items=[best, *(item for item, _ in pairs)],
        inputs=[entry for _, entry in pairs],
    )
    rows = [given({"1.1": 1, "1.2": 2, "2": n}, code) for n, code in enumerate("AB")]
    made = robustness(score(pd.concat(rows), criteria))
    assert "robustness-not-additive" in codes(made)


def test_an_order_reverses_at_the_least_change_of_weights_that_can():
    criteria = direct_set({"1": 4, "2": 4}, meta={"total_points": 8})
    rows = [given({"1": 4.0, "2": 1.0}, "A"), given({"1": 1.0, "2": 3.0}, "B")]
    made = robustness(score(pd.concat(rows), criteria)).orders
    # Ahead by 3 in one item, behind by 2 in the other: 3 (1 - r) = 2 (1 + r) at r = 20%.
    assert made["critical_percent"].tolist() == [20.0] and not made["is_secure"].iloc[0]
    assert made["drops"].tolist() == [1]


def test_an_item_measured_by_peers_holds_their_best():
    example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    sheet = scoring.score(pd.read_csv(example), "department-sample")
    told = sheet.units[["unit_code", "year", "period"]].assign(
        item_code="7.6", points=0.5, chance=0.5
    )
    _, findings = doubts_of(sheet, given=told)
    assert [found.code for found in findings] == ["uncertainty-peers-held"]


def test_bounds_of_open_items_are_those_of_the_sheet():
    criteria = sample_set()
    rows = [
        given({"1.1": 1, "1.2": None, "2.1": None, "2.2": 0.5, "1.3": 2, "2.3": 1}, code)
        for code in "AB"
    ]
    sheet = score(pd.concat(rows), criteria)
    table = outlook(doubts_of(sheet)[0]).index.set_index(["unit_code", "code"])
    for unit, code in enumerate("AB"):
        ends = table.loc[(code, "INDEX"), ["bound_low_points", "bound_high_points"]].tolist()
        assert ends == [sheet.points_low[-1, unit], sheet.points_high[-1, unit]]


def test_units_that_share_a_rank_by_rounding_share_it_under_other_choices():
    """Both show 7 points: that one has more behind the point moves no rank."""
    rounding = {"decimals": 0, "stage": "index", "rank_on": "rounded"}
    sheet = score(
        pd.concat([given({"1": 3, "2": 2, "3": 2}, "A"), given({"1": 3, "2": 2.1, "3": 2.1}, "B")]),
        direct_set({"1": 4, "2": 4, "3": 4}, meta={"total_points": 12, "rounding": rounding}),
    )
    made = robustness(sheet, draws=50)
    assert made.ranks["rank"].tolist() == [1, 1]
    dropped = made.variants[made.variants["item_code"] == "3"]
    # Without item 3 they have 7.5 and 7.65 of 12, without item 1 more than half a point lies between.
    assert dropped["rank"].tolist() == [1, 1]


def test_a_list_of_units_that_is_cut_says_so():
    open_units = [given({"1": 1.5}, f"H{at:02d}") for at in range(14)]
    whole = given({"1": 1.0, "2": 1.0}, "W")
    sheet = score(pd.concat([*open_units, whole]), direct_set({"1": 2, "2": 8}))
    [left] = [f for f in robustness(sheet, draws=5).findings if f.code == "robustness-index-open"]
    assert left.problem("vi").startswith("14 đơn vị (H00; ")
    assert "H11; …)" in left.problem("vi") and "H12" not in left.problem("vi")

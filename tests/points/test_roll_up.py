"""From item points to the index: sums, alternatives, what does not apply, caps, rounding, bounds."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from set_builder import direct_item, direct_set, sound

from scoring.base.errors import IncompleteError
from scoring.points import inputs_table, score

LEAVES = {"1.1": 4, "1.2": 2, "2": 4}
PARENTS = [("1", 6)]


def sheet(criteria, points, not_applicable=(), unit="A", **columns):
    """Score one unit: points by item code, None where it reports nothing."""
    rows = [
        {"item_code": code, "input": "points", "value": value}
        for code, value in points.items()
        if value is not None
    ]
    rows += [
        {"item_code": code, "input": "points", "not_applicable": True, "reason": "không phát sinh"}
        for code in not_applicable
    ]
    rows = rows or [{"item_code": "1.1", "input": "points"}]
    return score(inputs_table(rows, unit_code=unit, year=2026, **columns), criteria)


def of(result, code, what="points"):
    return float(getattr(result, what)[result.row(code), 0])


def status(result, code):
    row = result.scores[result.scores["code"] == code]
    return row["status"].iloc[0]


def test_points_add_up_from_both_depths_of_leaf():
    result = sheet(direct_set(LEAVES, PARENTS), {"1.1": 3, "1.2": 1.5, "2": 2})
    assert [of(result, code) for code in ("1", "2", "INDEX")] == [4.5, 2, 6.5]
    assert result.index_value().to_dict() == {"A": 6.5}


def test_an_open_item_leaves_its_parents_open_and_never_zero():
    result = sheet(direct_set(LEAVES, PARENTS), {"1.1": 3, "2": 2})
    assert np.isnan([of(result, "1"), of(result, "INDEX")]).all()
    assert of(result, "2") == 2
    assert [status(result, c) for c in ("1", "1.2", "2", "INDEX")] == [
        "not_assessed", "not_assessed", "scored", "not_assessed",
    ]  # fmt: skip


def test_bounds_count_what_is_open_as_nothing_and_as_full():
    result = sheet(direct_set(LEAVES, PARENTS), {"1.1": 3, "2": 2})
    assert result.index_bounds().loc["A"].tolist() == [5, 7]
    with pytest.raises(IncompleteError, match=r"1 are not: 1\.2\. "):
        result.index_value()


def test_what_is_open_is_named_up_to_five_items():
    leaves = {str(code): 1 for code in range(1, 11)}
    for known, named in (
        (5, r"5 are not: 6, 7, 8, 9, 10\. "),
        (4, r"6 are not: 5, 6, 7, 8, 9, …\. "),
    ):
        result = sheet(direct_set(leaves), {str(code): 1 for code in range(1, known + 1)})
        with pytest.raises(IncompleteError, match=named):
            result.index_value()


def test_the_table_of_units_tells_the_index_its_share_and_how_much_it_stands_on():
    leaves = {"1.1": 4, "1.2": {"max_points": 2, "not_applicable": "drop"}, "2": 14}
    result = sheet(direct_set(leaves, PARENTS, {"total_points": 20}), {"1.1": 4, "2": 5}, ["1.2"])
    row = result.index.iloc[0]
    # 9 of the 18 points that apply, on the total of 20.
    assert (row["points"], row["attainment"]) == (10.0, 50.0)
    assert (row["points_low"], row["points_high"]) == (10.0, 10.0)
    assert (row["items_scored"], row["items_applicable"]) == (2, 2)
    part = sheet(result.criteria, {"1.1": 4}, ["1.2"]).index.iloc[0]
    assert (part["items_scored"], part["items_applicable"]) == (1, 2)


@pytest.mark.parametrize("code", ["1.2", "2"])
@pytest.mark.parametrize(
    ("policy", "index_of"),
    [
        ("drop", lambda earned, most: earned / (10 - most) * 10),
        ("full", lambda earned, most: earned + most),
        ("zero", lambda earned, most: earned),
    ],
)
def test_what_does_not_apply_follows_the_policy_at_both_depths(code, policy, index_of):
    criteria = direct_set(LEAVES, PARENTS, meta={"not_applicable": policy,
        "rounding": {"decimals": 2, "stage": "index", "rank_on": "unrounded"}})  # fmt: skip
    points = {"1.1": 3.0, "1.2": 1.0, "2": 2.0}
    earned = sum(points[other] for other in points if other != code)
    result = sheet(criteria, points, [code])
    assert of(result, "INDEX") == pytest.approx(index_of(earned, LEAVES[code]), abs=1e-12)
    assert status(result, code) == "not_applicable"


def test_points_given_up_go_to_the_siblings_by_their_share():
    criteria = direct_set(LEAVES, PARENTS, meta={"not_applicable": "redistribute"})
    result = sheet(criteria, {"1.1": 3.0, "2": 2.0}, ["1.2"])
    # 1.1 stands for the whole area: 3 of 4 becomes 4.5 of 6.
    assert [of(result, c) for c in ("1", "INDEX")] == [4.5, 6.5]
    assert of(result, "1", "maxima") == 6


def test_points_given_up_by_an_area_without_children_leave_the_base():
    criteria = direct_set(LEAVES, PARENTS, meta={"not_applicable": "redistribute"})
    result = sheet(criteria, {"1.1": 4.0, "1.2": 2.0}, ["2"])
    assert of(result, "INDEX") == 10


@pytest.mark.parametrize("policy", ["drop", "redistribute"])
def test_an_area_where_nothing_applies_is_not_applicable(policy):
    criteria = direct_set(LEAVES, PARENTS, meta={"not_applicable": policy})
    result = sheet(criteria, {"2": 3.0}, ["1.1", "1.2"])
    assert status(result, "1") == "not_applicable" and of(result, "1", "maxima") == 0
    assert of(result, "INDEX") == 7.5


def test_a_unit_to_which_nothing_applies_has_no_index():
    criteria = direct_set(LEAVES, PARENTS, meta={"not_applicable": "drop"})
    result = sheet(criteria, {}, ["1.1", "1.2", "2"])
    assert np.isnan(of(result, "INDEX")) and status(result, "INDEX") == "not_applicable"


def test_a_mark_that_the_set_does_not_allow_is_reported_and_not_counted():
    result = sheet(direct_set(LEAVES, PARENTS), {"1.1": 3.0, "2": 2.0}, ["1.2"])
    assert [f.code for f in result.findings] == ["not-applicable-not-allowed"]
    assert status(result, "1.2") == "not_assessed"


def test_the_best_alternative_counts_and_an_empty_one_does_not_compete():
    pairs = [direct_item("1.1", 4), direct_item("1.2", 4), direct_item("2", 6)]
    items = [{"code": "1", "max_points": 4, "rule": "best_of"}, *(item for item, _ in pairs)]
    criteria = sound(items=items, inputs=[entry for _, entry in pairs])
    assert of(sheet(criteria, {"1.1": 1, "1.2": 3, "2": 6}), "INDEX") == 9
    one = sheet(criteria, {"1.1": 1, "2": 6})
    assert of(one, "INDEX") == 7 and of(one, "INDEX", "points_high") == 7
    none = sheet(criteria, {"2": 6})
    assert none.index_bounds().loc["A"].tolist() == [6, 10]


def bonus_set(**outside):
    leaves = LEAVES | {
        "B": {"max_points": 2, "kind": "bonus"},
        "P": {"max_points": 3, "kind": "penalty"},
    }
    return direct_set(leaves, PARENTS, meta={"outside_areas": outside})


BASE = {"1.1": 3, "1.2": 2, "2": 3}


def test_bonus_adds_and_penalty_takes_off():
    assert of(sheet(bonus_set(), BASE | {"B": 0.5, "P": 1}), "INDEX") == 7.5


def test_a_penalty_taken_in_full_is_not_reached_by_100_percent():
    whole = sheet(bonus_set(), BASE | {"B": 0.5, "P": 3})
    share = whole.scores.set_index("code")["attainment"]
    assert share["B"] == 25
    assert np.isnan(share["P"])


def test_bonus_and_penalty_stop_at_their_caps():
    capped = bonus_set(bonus_cap_points=1.0, penalty_cap_points=2.0)
    assert of(sheet(capped, BASE | {"B": 2, "P": 0}), "INDEX") == 9
    assert of(sheet(capped, BASE | {"B": 0, "P": 3}), "INDEX") == 6


def test_a_bonus_does_not_lift_the_index_above_the_total_unless_the_set_says_so():
    full = {"1.1": 4, "1.2": 2, "2": 4, "B": 2, "P": 0}
    assert of(sheet(bonus_set(), full), "INDEX") == 10
    assert of(sheet(bonus_set(may_exceed_total=True), full), "INDEX") == 12


def test_a_penalty_does_not_push_the_index_below_zero():
    assert of(sheet(bonus_set(), {"1.1": 0, "1.2": 0, "2": 1, "B": 0, "P": 3}), "INDEX") == 0


def test_an_open_penalty_lowers_the_lower_bound():
    result = sheet(bonus_set(), BASE | {"B": 0})
    assert result.index_bounds().loc["A"].tolist() == [5, 8]


THIRDS = {"1.1": 1.005, "1.2": 1.005, "2": 1.004}


@pytest.mark.parametrize(
    ("stage", "rank_on", "index"),
    [
        ("index", "rounded", 3.01),
        ("index", "unrounded", 3.014),
        ("area", "unrounded", 3.01),
        ("item", "unrounded", 3.02),
    ],
)
def test_rounding_happens_once_where_the_set_says(stage, rank_on, index):
    # Areas: 1 holds 1.005 + 1.005 = 2.01, the leaf 2 is an item itself.
    rounding = {"decimals": 2, "stage": stage, "rank_on": rank_on}
    criteria = direct_set(LEAVES, PARENTS, meta={"rounding": rounding})
    result = sheet(criteria, THIRDS)
    expected = {"area": 2.01 + 1.0, "item": 1.01 + 1.01 + 1.0}.get(stage, index)
    assert of(result, "INDEX") == pytest.approx(expected, abs=1e-9)


GRADES = [
    {"code": "C", "label_vi": "Khá", "upper": 7.0},
    {"code": "B", "label_vi": "Tốt", "lower": 7.0, "lower_closed": True, "upper": 9.0},
    {"code": "A", "label_vi": "Rất tốt", "lower": 9.0, "lower_closed": True},
]


@pytest.mark.parametrize(
    ("points", "rank_on", "grade"),
    [
        (3.0, "rounded", "B"),
        (2.996, "rounded", "B"),
        (2.996, "unrounded", "C"),
        (2.994, "rounded", "C"),
        (4.0, "rounded", "B"),
    ],
)
def test_a_grade_holds_at_its_lower_end_on_what_the_set_compares(points, rank_on, grade):
    rounding = {"decimals": 2, "stage": "index", "rank_on": rank_on}
    meta = {"grades": GRADES, "rounding": rounding}
    criteria = direct_set(LEAVES, PARENTS, meta=meta)
    result = sheet(criteria, {"1.1": points, "1.2": 1, "2": 3})
    assert result.index["grade"].tolist() == [grade]


def test_an_open_index_has_no_grade():
    criteria = direct_set(LEAVES, PARENTS, meta={"grades": GRADES})
    assert sheet(criteria, {"1.1": 4}).index["grade"].tolist() == [""]


def decimal_index(points):
    """The same sums in decimal arithmetic, rounded half up at the end."""
    total = sum((Decimal(str(value)) for value in points), Decimal(0))
    return float(total.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def test_sums_of_many_decimals_agree_with_decimal_arithmetic():
    random = np.random.default_rng(766)
    leaves = {f"{area}.{n}": 1 for area in range(1, 11) for n in range(1, 11)}
    criteria = direct_set(leaves, [(str(area), 10) for area in range(1, 11)],
                          meta={"total_points": 100})  # fmt: skip
    points = np.round(random.random((200, 100)), 3)
    frame = pd.DataFrame(points, columns=list(leaves))
    table = frame.assign(unit_code=[f"U{n}" for n in range(200)]).melt(
        "unit_code", var_name="item_code", value_name="value"
    )
    result = score(inputs_table(table, input="points", year=2026), criteria)
    expected = {f"U{n}": decimal_index(row) for n, row in enumerate(points)}
    assert result.index_value().to_dict() == expected

"""Tracks: what decisions make of the points of a unit; expected values by hand."""

import math
import pickle
import random

import numpy as np
import pandas as pd
import pytest
from random_sets import by_hand, leaf, parent, random_points, random_set, set_of
from set_builder import direct_set, given

from scoring.base.errors import UsageError
from scoring.base.units import KEY_COLUMNS
from scoring.base.values import NOT_APPLICABLE, SCORED
from scoring.points import inputs_table, score
from scoring.points.decision_words import decision_lines
from scoring.points.item_explanation import explain
from scoring.points.proof import with_claims
from scoring.points.sampling import with_sampling
from scoring.points.tracks import index_tracks, tracks_table, tracks_tables, with_decisions

KEY = {"unit_code": "A", "year": 2026, "period": ""}


def decided(*rows, **common):
    """Rows of Decisions: round, item, points and, where given, the reason."""
    names = ("round", "item_code", "points", "reason")
    why = {"reason": "thiếu văn bản", "decided_by": "Tổ 1", "decided_on": pd.Timestamp(2027, 1, 9)}
    return pd.DataFrame([KEY | why | common | dict(zip(names, row, strict=False)) for row in rows])


def answered(*codes):
    return pd.DataFrame([KEY | {"item_code": code, "response": "đã bổ sung"} for code in codes])


def index(sheet, track):
    moved = sheet.on_track(track)
    ends = moved.points[-1, 0], moved.points_low[-1, 0], moved.points_high[-1, 0]
    return tuple(round(float(points), 6) for points in ends)


@pytest.fixture(scope="module")
def plain():
    criteria = direct_set({"1.1": 4, "1.2": 3, "2.1": 3}, parents=[("1", 7), ("2", 3)])
    sheet = score(given({"1.1": 4, "1.2": 3, "2.1": 2}), criteria)
    claims = pd.DataFrame(
        [KEY | {"item_code": code, "self_points": 3.0} for code in ("1.1", "1.2", "2.1")]
    )
    return with_claims(sheet, claims)[0]


def test_each_track_adds_up_what_was_decided_on_it_and_keeps_open_what_was_not(plain):
    rounds = decided(("1", "1.1", 1.0), ("1", "1.2", 2.0), ("2", "1.1", 2.5), ("final", "2.1", 3.0))
    sheet, _ = with_decisions(plain, rounds, answered("1.1"))
    assert sheet.tracks == ("self", "computed", "appraised-1", "explained", "appraised-2", "final")
    assert index(sheet, "computed") == (9.0, 9.0, 9.0)
    assert index(sheet, "self") == (9.0, 9.0, 9.0)
    nan = pytest.approx(math.nan, nan_ok=True)
    assert index(sheet, "appraised-1") == (nan, 3.0, 6.0)
    # 1.1 lies between the 1 appraised and the 3 claimed, 1.2 stays 2, 2.1 is open.
    assert index(sheet, "explained") == (nan, 3.0, 8.0)
    assert index(sheet, "appraised-2") == (nan, 4.5, 7.5)
    assert index(sheet, "final") == (7.5, 7.5, 7.5)


def test_the_first_decision_of_a_table_counts_in_whichever_round_it_is(plain):
    second = with_decisions(plain, decided(("2", "1.1", 2.5)))[0]
    nan = pytest.approx(math.nan, nan_ok=True)
    assert second.tracks == ("self", "computed", "appraised-2", "final")
    for track in ("appraised-2", "final"):
        assert index(second, track) == (nan, 2.5, 8.5)


def test_a_sheet_of_what_is_claimed_finds_back_to_what_is_computed(plain):
    claimed = score(given({"1.1": 4, "1.2": 3, "2.1": 2}), plain.criteria)
    own = [KEY | {"item_code": code, "self_points": 1.0} for code in ("1.1", "1.2", "2.1")]
    claimed = with_claims(claimed, pd.DataFrame(own))[0].on_track("self")
    assert index(claimed, "self") == (3.0, 3.0, 3.0)
    assert index(claimed, "computed") == (9.0, 9.0, 9.0)


def test_a_table_tells_every_track_of_every_node_with_who_when_and_why(plain):
    rounds = decided(("1", "1.1", 1.0), ("2", "1.1", 2.5, "đã có quyết định"))
    table = tracks_table(with_decisions(plain, rounds)[0])
    assert len(table) == 6 * 5  # nodes with the index, tracks
    row = table[(table["code"] == "1.1") & (table["track"] == "final")].iloc[0]
    assert (row["points"], row["round"], row["reason"]) == (2.5, "2", "đã có quyết định")
    assert (row["decided_by"], row["decided_on"]) == ("Tổ 1", pd.Timestamp(2027, 1, 9))
    top = table[(table["code"] == "INDEX") & (table["track"] == "final")].iloc[0]
    assert (top["points_low"], top["points_high"], top["decided_by"]) == (2.5, 8.5, "")
    own = table[table["track"] == "computed"]
    assert own["decided_by"].eq("").all() and own["decided_on"].isna().all()


def test_the_table_of_a_few_units_at_a_time_is_that_of_all():
    criteria = direct_set({"1.1": 4, "1.2": 6}, parents=[("1", 10)])
    figures = given({"1.1": 4, "1.2": 3})
    units = [figures.assign(unit_code=code) for code in "ABC"]
    claims = pd.DataFrame([KEY | {"item_code": "1.1", "self_points": 3.0, "unit_code": "B"}])
    sheet = with_claims(score(pd.concat(units, ignore_index=True), criteria), claims)[0]
    rounds = pd.concat([decided(("1", "1.1", 1.0)), decided(("2", "1.2", 2.0), unit_code="C")])
    sheet = with_decisions(sheet, rounds)[0]
    whole = tracks_table(sheet)
    assert whole.groupby("unit_code")["track"].nunique().tolist() == [4, 2, 3]
    for size in (1, 2, 3):
        parts = list(tracks_tables(sheet, size))
        assert len(parts) == math.ceil(3 / size)
        pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)
    of_index = whole[whole["code"] == "INDEX"].reset_index(drop=True)
    assert len(of_index) == 9
    pd.testing.assert_frame_equal(index_tracks(sheet), of_index)
    # One unit at a time is one table, with nothing after it.
    assert len(list(tracks_tables(score(given({"1.1": 4}), criteria), 1))) == 1


def test_where_the_final_points_come_from_is_said(plain):
    rounds = decided(("1", "1.1", 1.0), ("2", "1.2", 2.0))
    _, findings = with_decisions(plain, rounds, answered("1.1", "1.2"))
    stands = next(f for f in findings if f.code == "final-from-rounds")
    assert stands.values == {"final": 0, "second": 1, "first": 1, "undecided": 1, "units": 1}
    # Nobody decided on 1.2 in the first round, so its answer answers nothing.
    assert [f.item_code for f in findings if f.code == "answer-undecided"] == ["1.1"]
    settled = decided(("2", "1.1", 1.0), ("1", "1.2", 2.0), ("final", "2.1", 3.0))
    (finding,) = with_decisions(plain, settled)[1]
    assert finding.code == "final-settled-earlier"
    assert finding.values == {"final": 1, "second": 1, "first": 1}
    # Nothing is open: no advice to go on appraising.
    assert "còn mở" not in finding.text("vi")
    whole = decided(("final", "1.1", 4.0), ("final", "1.2", 3.0), ("final", "2.1", 3.0))
    assert with_decisions(plain, whole)[1] == []


def test_an_answer_is_left_open_until_a_later_round_decides_on_its_item(plain):
    rounds = decided(
        ("1", "1.1", 1.0), ("1", "1.2", 2.0), ("1", "2.1", 1.0),
        ("2", "1.1", 2.0), ("final", "1.2", 3.0),
    )  # fmt: skip
    _, findings = with_decisions(plain, rounds, answered("1.1", "1.2", "2.1"))
    assert [f.item_code for f in findings if f.code == "answer-undecided"] == ["2.1"]
    stands = next(f for f in findings if f.code == "final-settled-earlier")
    assert stands.values == {"final": 1, "second": 1, "first": 1}


def test_units_are_counted_in_which_an_item_that_applies_waits_for_a_decision():
    leaves = {"1.1": {"max_points": 6, "not_applicable": "drop"}, "1.2": 4}
    criteria = direct_set(leaves, parents=[("1", 10)])
    parts = [given({"1.1": 3, "1.2": 2}, unit) for unit in "ABC"]
    for part in parts[1:]:
        part["not_applicable"] = part["item_code"] == "1.1"
    sheet = score(pd.concat(parts, ignore_index=True), criteria)
    # B needs no decision on what does not apply to it; A lacks one of two, C its only one.
    rounds = pd.concat([decided(("final", "1.2", 1.0), unit_code=unit) for unit in "AB"])
    (stands,) = with_decisions(sheet, rounds)[1]
    assert stands.code == "final-from-rounds"
    assert stands.values == {"final": 2, "second": 0, "first": 0, "undecided": 2, "units": 2}


def test_where_no_figures_could_be_read_every_decision_is_on_an_unknown_unit(plain):
    nobody = score(given({"1.1": 4})[:0], plain.criteria)
    sheet, findings = with_decisions(nobody, decided(("1", "1.1", 2.0), ("1", "9.9", 2.0)))
    assert sheet.decided is None
    (told,) = findings
    assert (told.code, told.values) == ("decision-unit-unknown", {"count": 2})


def test_each_unknown_unit_is_named_once_with_all_of_its_decisions(plain):
    many = [decided(*[("1", "1.1", 2.0)] * 150, unit_code=unit) for unit in ("B", "C", "D")]
    _, findings = with_decisions(plain, pd.concat(many, ignore_index=True))
    assert [(one.unit_code, one.values["count"]) for one in findings] == [
        ("B", 150), ("C", 150), ("D", 150),
    ]  # fmt: skip
    assert findings[0].problem("en").startswith("150 decisions on unit B do not count")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"unit_code": "B"}, "decision-unit-unknown"),
        ({"year": 2025}, "decision-unit-unknown"),
        ({"item_code": "1"}, "decision-item-unknown"),
        ({"item_code": "9.9"}, "decision-item-unknown"),
        ({"points": 4.01}, "decision-outside"),
        ({"points": -0.5}, "decision-outside"),
    ],
)
def test_a_decision_on_what_is_not_there_does_not_count_and_is_named(plain, row, code):
    one = decided(("1", "1.1", 2.0)).assign(**row, file="so.xlsx", sheet="Thẩm định", cell="F7")
    sheet, findings = with_decisions(plain, one)
    assert sheet.decided is None
    assert [(f.code, f.where, f.severity) for f in findings] == [(code, "Thẩm định!F7", "error")]


def test_a_decision_on_what_does_not_apply_does_not_count():
    criteria = direct_set(
        {"1.1": {"max_points": 6, "not_applicable": "drop"}, "1.2": 4}, parents=[("1", 10)]
    )
    figures = given({"1.1": 0, "1.2": 2})
    figures["not_applicable"] = figures["item_code"] == "1.1"
    sheet, findings = with_decisions(
        score(figures, criteria), decided(("1", "1.1", 1.0), ("1", "1.2", 1.0))
    )
    assert [f.code for f in findings[:1]] == ["decision-not-applicable"]
    # 1 of the 4 points that apply, on the total of 10.
    assert index(sheet, "final") == (2.5, 2.5, 2.5)


def test_two_decisions_of_one_round_that_differ_count_neither(plain):
    sheet, findings = with_decisions(
        plain, decided(("1", "1.1", 2.0), ("1", "1.1", 3.0), ("1", "1.2", 1.0), ("1", "1.2", 1.0))
    )
    twice = [f for f in findings if f.code == "decision-unsettled"]
    assert [(f.item_code, f.values["expected"]) for f in twice] == [("1.1", [2.0, 3.0])]
    assert sheet.decided.decisions["item_code"].tolist() == ["1.2"]


def test_what_a_later_round_decided_is_not_asked_for_again(plain):
    told = decided(("1", "1.1", 2.0), ("1", "1.1", 3.0), ("2", "1.1", 2.5), ("1", "1.2", 1.0))
    sheet, findings = with_decisions(plain, told)
    assert "decision-unsettled" not in [found.code for found in findings]
    assert sheet.on_track("final").points[sheet.row("1.1"), 0] == 2.5


def test_the_journal_stands_above_the_ledger_where_they_differ(plain):
    rounds = decided(("1", "1.1", 3.0), ("1", "1.1", 2.0), ("1", "1.2", 1.0), ("1", "1.2", 1.0))
    rounds["entry"] = ["", "e1", "", "e2"]
    sheet, findings = with_decisions(plain, rounds)
    over = [f for f in findings if f.code == "decision-ledger-differs"]
    assert [(f.item_code, f.values["value"], f.values["other"]) for f in over] == [
        ("1.1", 2.0, 3.0)
    ]
    assert sheet.decided.decisions["entry"].tolist() == ["e1", "e2"]
    split = rounds.assign(entry=["e0", "e1", "", "e2"])
    assert "decision-unsettled" in [f.code for f in with_decisions(plain, split)[1]]


def test_points_lowered_without_a_reason_are_named_and_count(plain):
    rounds = decided(("1", "1.1", 2.0, ""), ("1", "1.2", 3.0, ""), ("1", "2.1", 1.0, "không có"))
    sheet, findings = with_decisions(plain, rounds)
    bare = [f for f in findings if f.code == "decision-without-reason"]
    assert [(f.item_code, f.values["lost"].value) for f in bare] == [("1.1", 1.0)]
    assert index(sheet, "final") == (6.0, 6.0, 6.0)


def test_more_taken_off_as_a_penalty_without_a_reason_is_named_and_less_is_not():
    items = [leaf("1", 10.0), leaf("9", 2.0, kind="penalty")]
    sheet = score(given({"1": 10, "9": 1}), set_of(items))
    for taken, lost in ((1.5, [0.5]), (0.5, [])):
        _, findings = with_decisions(sheet, decided(("final", "9", taken, "")))
        bare = [f.values["lost"].value for f in findings if f.code == "decision-without-reason"]
        assert bare == lost


def test_an_explanation_tells_who_decided_on_an_item_and_nothing_of_another(plain):
    rounds = decided(("1", "1.1", 1.0, "thiếu văn bản"), ("2", "1.1", 2.5, "đã bổ sung"))
    bare = decided(("1", "1.2", 3.0, ""), decided_by="", decided_on=pd.NaT)
    sheet = with_decisions(plain, pd.concat([rounds, bare], ignore_index=True))[0]
    told = list(decision_lines(sheet, "1.1", 0))
    assert told == [
        "vòng 1: 1,00 điểm; Tổ 1; 09/01/2027; thiếu văn bản",
        "vòng 2: 2,50 điểm; Tổ 1; 09/01/2027; đã bổ sung",
    ]
    assert explain(sheet, "1.1").appraised == tuple(told)
    assert explain(sheet, "2.1").appraised == ()
    assert list(decision_lines(sheet, "1.2", 0)) == ["vòng 1: 3,00 điểm"]
    # Where the points stand beside it already, a line that tells no more is left out.
    assert not list(decision_lines(sheet, "1.2", 0, with_bare=False))
    assert list(decision_lines(sheet, "1.1", 0, with_bare=False)) == told


def test_an_alternative_nobody_decided_on_may_still_be_the_better_one():
    items = [leaf("1.1", 5.0), leaf("1.2", 3.0), parent("1", 5.0, "best_of"), leaf("2", 5.0)]
    sheet = score(given({"1.1": 4, "1.2": 3, "2": 5}), set_of(items))
    one = decided(("1", "1.2", 2.0), ("1", "2", 5.0))
    nan = pytest.approx(math.nan, nan_ok=True)
    assert index(with_decisions(sheet, one)[0], "final") == (nan, 7.0, 10.0)
    # One that the unit left empty does not compete, as when it is scored.
    lone = score(given({"1.1": None, "1.2": 3, "2": 5}), set_of(items))
    assert index(with_decisions(lone, one)[0], "final") == (7.0, 7.0, 7.0)
    top = decided(("1", "1.1", 4.0), ("1", "2", 5.0))
    assert index(with_decisions(sheet, top)[0], "final") == (9.0, 9.0, 9.0)


def test_a_penalty_answered_lies_between_the_deduction_and_the_claim():
    items = [leaf("1", 10.0), leaf("9", 2.0, kind="penalty")]
    sheet = score(given({"1": 10, "9": 0}), set_of(items))
    rounds = decided(("1", "1", 9.0), ("1", "9", 1.5))
    nan = pytest.approx(math.nan, nan_ok=True)
    assert index(with_decisions(sheet, rounds, answered("9"))[0], "explained") == (nan, 7.5, 9.0)


def scored(criteria, points, not_applicable):
    rows = [
        {"unit_code": f"U{unit}", "item_code": node.code, "input": "points",
         "value": points[row, unit], "not_applicable": bool(not_applicable[row, unit])}
        for row, node in enumerate(criteria.nodes)
        if node.is_item
        for unit in range(points.shape[1])
    ]  # fmt: skip
    return score(inputs_table(rows, year=2026), criteria)


def final(criteria, units, points):
    """Decide on every item that `points`, of shape (n_nodes, n_units), gives points."""
    rows, places = np.nonzero(~np.isnan(points))
    codes = np.array([node.code for node in criteria.nodes], dtype=object)
    keys = units[KEY_COLUMNS].iloc[places].reset_index(drop=True)
    rows = keys.assign(item_code=codes[rows], points=points[rows, places])
    return rows.assign(round="final", reason="x")


@pytest.mark.parametrize("seed", range(40))
def test_decisions_equal_to_what_is_computed_give_the_same_sheet(seed):
    rng = random.Random(seed)
    criteria = random_set(rng)
    points, is_na = random_points(rng, criteria, 4)
    sheet = scored(criteria, points, is_na)
    equal = final(criteria, sheet.units, np.where(is_na, np.nan, points)[:-1])
    moved = with_decisions(sheet, equal)[0].on_track("final")
    for name in ("points", "points_low", "points_high", "maxima", "status"):
        np.testing.assert_allclose(getattr(moved, name), getattr(sheet, name), atol=1e-9)
    columns = ["points", "attainment", "status", "points_low"]
    pd.testing.assert_frame_equal(moved.scores[columns], sheet.scores[columns])
    assert moved.index["grade"].tolist() == sheet.index["grade"].tolist()


@pytest.mark.parametrize("seed", range(40))
def test_final_points_add_up_as_by_hand_and_lie_within_the_bounds_before(seed):
    rng = random.Random(1000 + seed)
    criteria = random_set(rng)
    points, is_na = random_points(rng, criteria, 4, open_share=0.0)
    sheet = scored(criteria, points, is_na)
    other = np.where(is_na, np.nan, random_points(rng, criteria, 4, 0.0, 0.0)[0])
    whole = with_decisions(sheet, final(criteria, sheet.units, other[:-1]))[0].on_track("final")
    for unit in range(4):
        known = by_hand(criteria, other[:, unit], is_na[:, unit])
        hand = np.array([known[node.code][0] for node in criteria.nodes] + [known["INDEX"][0]])
        applies = whole.maxima[:, unit] > 0
        np.testing.assert_allclose(whole.points[applies, unit], hand[applies], atol=1e-9)
    for left in (0.2, 0.7):
        some = np.where(np.random.default_rng(seed).random(other.shape) < left, np.nan, other)[:-1]
        if np.isnan(some).all():
            continue
        part = with_decisions(sheet, final(criteria, sheet.units, some))[0].on_track("final")
        # Of a penalty the low end is the one that takes off most.
        ends = np.array([part.points_low, part.points_high])
        low, high = ends.min(axis=0) - 1e-9, ends.max(axis=0) + 1e-9
        inside = (whole.points >= low) & (whole.points <= high)
        assert (inside | np.isnan(whole.points)).all()
        known = ~np.isnan(part.points)
        np.testing.assert_allclose(part.points[known], whole.points[known], atol=1e-9)


def test_a_decided_survey_item_keeps_its_interval_only_with_the_points_of_its_figure():
    items = {"1": {"max_points": 10, "assessed_by": "survey"}}
    sheet = score(given({"1": 6}), direct_set(items))
    fed = pd.DataFrame([KEY | {"item_code": "1", "input": "points", "value": 6.0, "low": 5.0,
                               "high": 7.0, "confidence_percent": 95.0, "survey": "ks"}])  # fmt: skip
    sheet = with_sampling(sheet, fed)[0]
    same = with_decisions(sheet, decided(("1", "1", 6.0)))[0].on_track("final")
    assert (same.sampling.low[-1, 0], same.sampling.high[-1, 0]) == (5.0, 7.0)
    assert with_decisions(sheet, decided(("1", "1", 4.0)))[0].on_track("final").sampling is None


def test_a_track_without_points_is_refused_and_those_there_are_named(plain):
    with pytest.raises(UsageError, match="computed") as caught:
        plain.on_track("final")
    said = caught.value.finding.problem()
    assert "“Cuối cùng (final)”" in said and "Tính theo quy tắc (computed)" in said


def test_a_sheet_on_a_track_finds_back_and_can_be_pickled(plain):
    sheet = with_decisions(plain, decided(("1", "1.1", 2.0)))[0]
    moved = pickle.loads(pickle.dumps(sheet.on_track("final")))
    assert moved.tracks == sheet.tracks
    assert moved.scores["basis"].unique().tolist() == ["final"]
    assert float(moved.on_track("computed").points[-1, 0]) == 9.0
    assert moved.status[moved.row("1.1"), 0] == SCORED != NOT_APPLICABLE

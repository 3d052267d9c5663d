"""The least change to a goal: the cheapest of all plans, each scored again by the engine."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from set_builder import sound
from small_reach import (
    BANDS,
    GRADES,
    INPUTS,
    OUTSIDE,
    actions_of,
    every_total,
    figures,
    small_set,
)

from scoring.advice import options
from scoring.points import inputs_table, score
from scoring.whatif import coupled
from scoring.whatif import reach as module
from scoring.whatif.actions import efforts, priced, sound_actions
from scoring.whatif.coupled import Coupled
from scoring.whatif.frontier import Answer
from scoring.whatif.goals import Goal, read_goal
from scoring.whatif.grade_conditions import asked_tests
from scoring.whatif.plans import ReachError, moves
from scoring.whatif.reach import reach

CRITERIA = small_set()


def unit(seed=3, criteria=CRITERIA):
    return score(figures(seed), criteria)


def to(sheet, *texts, beat=(), **given):
    goal, findings = read_goal(sheet, texts, beat)
    assert not findings, findings
    return reach(sheet, goal, **given)


def codes(result):
    return [found.code for found in result.findings]


@pytest.mark.parametrize("seed", [0, 3])
def test_no_plan_that_the_engine_scores_is_cheaper(seed):
    sheet = unit(seed)
    found = options(sheet, proof=False, every=None)
    able = moves(sheet, 0, found, priced(found, None))
    costs, points, _ = every_total(able)
    whole = able.frontier()
    for goal in np.unique(points[-1].round(9)):
        met = points[-1] >= goal - 1e-9
        answer = whole.answer(float(goal))
        assert answer.cost == pytest.approx(costs[met].min()), goal
        assert answer.points >= goal - 1e-9
    assert whole.answer(float(points[-1].max()) + 0.01) is None


def test_goals_of_areas_hold_together_and_alone():
    sheet = unit(3)
    found = options(sheet, proof=False, every=None)
    goal, _ = read_goal(sheet, ["1=4", "2=3.5", "7"])
    able = moves(sheet, 0, found, priced(found, None), goal)
    costs, points, made = every_total(able)
    met = (points[-1] >= 7) & (points[made.row("1")] >= 4) & (points[made.row("2")] >= 3.5)
    result = reach(sheet, goal)
    assert result.plan.cost <= costs[met].min() + 1e-9
    assert result.plan.is_optimal and result.plan.points >= 7


def test_a_plan_says_what_changes_and_what_it_brings():
    sheet = unit()
    result = to(sheet, "8")
    assert result.now < 8 <= result.plan.points <= result.most
    assert result.plan.cost == pytest.approx(sum(step.cost for step in result.plan.steps))
    assert all(step.changes and step.is_default for step in result.plan.steps)
    assert codes(result) == ["reach-costs-default"]
    assert result.alternatives
    for other in result.alternatives:
        assert other.without in {step.item_code for step in result.plan.steps}
        assert other.without not in {step.item_code for step in other.steps}
        assert other.cost >= result.plan.cost


def test_a_goal_already_met_needs_nothing():
    result = to(unit(), "1")
    assert "Hiện nay: 5 điểm." in result.findings[0].text("vi")
    assert (result.plan.steps, result.plan.cost, codes(result)) == ((), 0.0, ["reach-goal-met"])


def test_a_goal_out_of_reach_says_by_how_much_and_what_blocks_it():
    sheet = unit(1)
    goal, _ = read_goal(sheet, ["11"])
    result = reach(sheet, goal, on=dt.date(2026, 9, 1))
    assert result.plan is None
    (found,) = result.findings
    assert found.code == "reach-out-of-reach"
    assert found.values["codes"] == "; ".join(result.blocked["item_code"])
    assert list(result.blocked) == ["item_code", "reason", "points"]
    said = f"comes to “{result.most:g} points”, {11 - result.most:g} away from it"
    assert "“at least 11 points”" in found.text("en") and said in found.text("en")
    reasons = dict(zip(result.blocked["item_code"], result.blocked["reason"], strict=True))
    assert reasons["2.1"] == "past"
    # What costs most points stands first.
    assert result.blocked["points"].tolist() == sorted(result.blocked["points"], reverse=True)


def test_a_goal_of_an_area_out_of_reach_is_named_with_the_most_that_the_area_can_have():
    goal, _ = read_goal(unit(), ["1=6", "2=5"])
    (found,) = reach(unit(), goal).findings
    assert (found.code, found.item_code) == ("reach-out-of-reach", "1")
    assert (
        "“ít nhất 6 điểm ở mục 1” ngoài tầm với: làm hết mọi việc còn làm được thì kết quả là"
        " “5 điểm ở mục 1”, còn cách 1." in found.text("vi")
    )


def test_a_grade_needs_its_points_and_the_engine_grants_it():
    result = to(unit(), "Tốt")
    assert result.goal.grade == "A"
    assert result.plan.points >= 8
    assert "reach-grade-not-granted" not in codes(result)


OF_PENALTY = sound(
    {"outside_areas": {"penalty_cap_points": 3}},
    items=[{"code": "1", "max_points": 10, "rule": "count", "points_each": 1},
           {"code": "9", "max_points": 2, "kind": "penalty", "rule": "bands"}],
    inputs=[{"item_code": "1", "role": "count"},
            {"item_code": "9", "role": "percent", "kind": "percent", "minimum": 0, "maximum": 100}],
    bands=[{"item_code": "9", "upper": 5, "points": 0},
           {"item_code": "9", "lower": 5, "lower_closed": "yes", "upper": 20, "points": 1},
           {"item_code": "9", "lower": 20, "lower_closed": "yes", "points": 2}],
)  # fmt: skip


def late(percent):
    rows = [
        {"item_code": "1", "input": "count", "value": 5},
        {"item_code": "9", "input": "percent", "value": percent},
    ]
    rows = [row for row in rows if row["value"] is not None]
    return score(inputs_table(rows, unit_code="A", year=2026), OF_PENALTY)


@pytest.mark.parametrize(
    ("percent", "texts", "figure"),
    [(3.0, ["9=1"], None), (30.0, ["9=2"], None), (30.0, ["9=1"], 19.99), (30.0, ["9=-1"], 19.99),
     (30.0, ["9=0"], 4.99), (30.0, ["9=1", "9=0"], 4.99)],
)  # fmt: skip
def test_a_goal_of_a_penalty_is_how_much_it_may_take_off_at_most(percent, texts, figure):
    plan = to(late(percent), *texts).plan
    assert [change.value for step in plan.steps for change in step.changes] == [figure][
        : bool(figure)
    ]


def test_a_penalty_that_cannot_be_brought_down_so_far_is_named_with_what_is_left_of_it():
    rows = figures(3)
    goal, _ = read_goal(score(rows, CRITERIA), ["9=1"])
    (found,) = reach(score(rows, CRITERIA), goal).findings
    # What was counted as late this year stays late.
    assert (found.code, found.item_code) == ("reach-out-of-reach", "9")
    assert (
        "“at most 1 point off in 9” is out of reach: all that can still be done comes to"
        " “2 points off in 9”, 1 away from it." in found.text("en")
    )


@pytest.mark.parametrize(
    ("percent", "texts", "vi", "en"),
    [
        (3.0, ["4"], "5 điểm", "5 points"),
        (3.0, ["1=4"], "5 điểm ở mục 1", "5 points in 1"),
        (30.0, ["9=2"], "trừ 2 điểm ở mục 9", "2 points off in 9"),
        (None, ["9=2"], "trừ nhiều nhất 2 điểm ở mục 9", "at most 2 points off in 9"),
        (30.0, ["3", "1=4"], "3 điểm; 5 điểm ở mục 1", "3 points; 5 points in 1"),
        (None, ["3"], "ít nhất 3 điểm", "at least 3 points"),
    ],
)
def test_a_goal_that_is_met_is_told_with_the_points_of_what_it_is_about(percent, texts, vi, en):
    (found,) = to(late(percent), *texts).findings
    assert found.code == "reach-goal-met"
    assert f"Hiện nay: {vi}." in found.text("vi") and f"As it stands: {en}." in found.text("en")


def test_a_condition_of_more_points_is_a_goal_above_them():
    sheet = unit(3, small_set(grade_rules=[rule_of("needs", "2", "points > 3")]))
    assert sheet.points[sheet.row("2"), 0] == 3.0 < read_goal(sheet, ["A"])[0].at_least["2"]


@pytest.mark.parametrize(
    ("kind", "test", "grade"), [("needs", "percent >= 90", "A"), ("caps", "points < 4.5", "B")]
)
def test_a_condition_of_a_grade_about_points_is_part_of_the_goal(kind, test, grade):
    sheet = unit(3, small_set(grade_rules=[rule_of(kind, "2", test, grade)]))
    result = to(sheet, "A")
    assert result.goal.at_least["2"] == pytest.approx(4.5)
    assert "reach-grade-not-granted" not in codes(result)


def rule_of(kind, code, test, grade="A"):
    return {"grade": grade, "kind": kind, "item_code": code, "test": test, "vi": f"đk {test}",
            "en": test, "source": "test"}  # fmt: skip


def test_a_condition_on_a_figure_is_met_by_the_plan_though_it_earns_no_points():
    result = to(unit(3, small_set(grade_rules=[rule_of("needs", "1.2", "ideas >= 50")])), "A")
    moved = [change.value for step in result.plan.steps for change in step.changes
             if change.input == "ideas"]  # fmt: skip
    assert moved == [50.0]
    assert codes(result) == ["reach-costs-default"]


@pytest.mark.parametrize(
    ("rate", "test", "needed"),
    [(72.0, "rate >= 90", 90.0), (120.0, "rate >= 75", 100.0), (95.0, "rate < 80", 79.99)],
    ids=["more of a figure", "another figure than one that is wrong", "less of a figure"],
)
def test_a_condition_is_met_by_the_figure_that_the_plan_asks_for(rate, test, needed):
    rows = figures(3)
    rows.loc[rows["input"] == "rate", "value"] = rate
    criteria = small_set(grade_rules=[rule_of("needs", "1.1", test, "")])
    result = to(score(rows, criteria), "C")  # which no points are needed for
    moved = [change.value for step in result.plan.steps for change in step.changes
             if change.input == "rate"]  # fmt: skip
    assert moved == [needed]
    assert codes(result) == ["reach-costs-default"]


RULES = [
    [rule_of("needs", "1.2", "ideas >= 4")],
    [rule_of("caps", "1.1", "rate < 75", "B"), rule_of("lowers", "9", "late >= 2")],
    [rule_of("needs", "1.2", "ideas >= 2 and points < 3", "")],
    [rule_of("forces", "1.1", "rate > 89 and rate < 91", "C")],
]  # fmt: skip
FEW = [{"code": "1", "max_points": "5"}, {"code": "1.1", "max_points": "2", "rule": "bands"},
       {"code": "1.2", "max_points": "3", "rule": "count", "points_each": "1"},
       {"code": "9", "max_points": "2", "kind": "penalty", "rule": "count", "points_each": "1"}]  # fmt: skip


def few(rules):
    lower = {"A": 3.0, "B": 1.0}
    grades = [grade | ({"lower": lower[grade["code"]]} if grade["code"] in lower else {})
              | ({"upper": {"B": 3.0, "C": 1.0}[grade["code"]]} if grade["code"] != "A" else {})
              for grade in GRADES]  # fmt: skip
    own = ("1.1", "1.2", "9")
    return sound({"areas_add_up": False, "outside_areas": OUTSIDE, "grades": grades, "grade_rules": rules}, items=FEW,
                 inputs=[row for row in INPUTS if row["item_code"] in own],
                 bands=[row for row in BANDS if row["item_code"] == "1.1"])  # fmt: skip


@pytest.mark.parametrize("number", range(4))
def test_no_cheaper_plan_is_granted_the_grade_by_the_engine(number):
    rows = [{"item_code": "1.1", "input": "rate", "value": 72.0 - number},
            {"item_code": "1.2", "input": "ideas", "value": 0.0},
            {"item_code": "9", "input": "late", "value": 1.0}]  # fmt: skip
    sheet = score(inputs_table(rows, unit_code="H1", year=2026), few(RULES[number]))
    goal, _ = read_goal(sheet, ["A"])
    found = options(sheet, proof=False, every=None, tests=asked_tests(sheet, goal))
    costs, _, made = every_total(moves(sheet, 0, found, priced(found, None)))
    granted = made.graded.codes[[made.place(f"U{place}") for place in range(len(costs))]] == "A"
    result = reach(sheet, goal)
    assert granted.any()
    assert result.plan.cost == pytest.approx(costs[granted].min())
    assert codes(result) == ["reach-costs-default"]


def test_what_happened_already_cannot_be_part_of_a_plan_and_is_told_before():
    rows = figures(3)
    rows.loc[rows["item_code"] == "9", "value"] = 1.0
    criteria = small_set(grade_rules=[rule_of("forces", "9", "late >= 1", "C")])
    told = codes(to(score(rows, criteria), "C", "7"))
    assert "reach-grade-condition-left-out" not in told
    found = to(score(rows, criteria), "A").findings
    assert found[0].code == "reach-grade-condition-left-out"
    refused = next(one for one in found if one.code == "reach-grade-not-granted")
    # By their names, as people know them, not by their codes.
    assert "đủ điểm cho mức Tốt, nhưng chưa được xếp mức ấy (đang là Yếu)" in refused.text("vi")


def test_a_condition_on_several_items_that_is_no_number_of_points_is_told_before():
    result = to(unit(3, small_set(grade_rules=[rule_of("needs", "1", "points <= 4")])), "A")
    assert codes(result)[0] == "reach-grade-condition-left-out"


def test_a_higher_grade_than_asked_for_is_no_failure():
    better = next(one for one in map(unit, range(40)) if one.graded.codes[0] == "B")
    assert codes(to(better, "C")) == ["reach-goal-met"]


def test_alternatives_of_which_none_applies_leave_nothing_to_be_had():
    """The plans of all units of a run ended in an error for one such unit."""
    counts = {"rule": "count", "points_each": 1, "not_applicable": "drop"}
    criteria = sound(
        items=[{"code": "1", "max_points": 4} | counts, {"code": "2", "max_points": 6, "rule": "best_of"},
               {"code": "2.1", "max_points": 6} | counts, {"code": "2.2", "max_points": 3} | counts],
        inputs=[{"item_code": code, "role": "count"} for code in ("1", "2.1", "2.2")],
    )  # fmt: skip
    rows = [{"item_code": "1", "input": "count", "value": 1}]
    rows += [
        {"item_code": code, "input": "count", "not_applicable": True} for code in ("2.1", "2.2")
    ]
    sheet = score(inputs_table(rows, unit_code="A", year=2026), criteria)
    plan = to(sheet, "1=3").plan
    assert [step.item_code for step in plan.steps] == ["1"] and plan.points == 7.5


def alternatives_of(first, second):
    counts = {"rule": "count", "points_each": 1}
    criteria = sound(
        items=[{"code": "1", "max_points": 4} | counts, {"code": "2", "max_points": 6, "rule": "best_of"},
               {"code": "2.1", "max_points": 6} | counts, {"code": "2.2", "max_points": 3} | counts],
        inputs=[{"item_code": code, "role": "count"} for code in ("1", "2.1", "2.2")],
    )  # fmt: skip
    told = {"1": 4, "2.1": first, "2.2": second}
    rows = [{"item_code": code, "input": "count", "value": value} for code, value in told.items()]
    return score(inputs_table(rows, unit_code="A", year=2026), criteria)


@pytest.mark.parametrize(
    ("goals", "figures"),
    [(["2.1=2"], {"2.1": 2}), (["2.1=1", "2=3"], None), (["2.2=3"], {"2.2": 3}),
     (["2.1=1", "2.2=1"], {"2.1": 1, "2.2": 1})],
)  # fmt: skip
def test_a_goal_of_one_of_several_alternatives_is_met_and_paid_for(goals, figures):
    plan = to(alternatives_of(0, 0), *goals).plan
    assert plan.cost == pytest.approx(sum(step.cost for step in plan.steps))
    made = {step.item_code: step.points_after for step in plan.steps}
    assert figures is None or made == figures


def test_a_goal_of_one_of_several_alternatives_may_be_out_of_reach():
    assert codes(to(alternatives_of(0, 2), "2.2=4")) == ["reach-out-of-reach"]


@pytest.mark.parametrize(
    ("kind", "told", "blocked"),
    # The best that can be had of the alternatives is 4 of 6; the worst penalty takes off 5.
    [("normal", (0, 4, 0), [("2.1", 2.0)]), ("penalty", (5, 4, 0), [("2.1", 5.0)])],
)
def test_of_alternatives_no_more_is_blocked_than_the_best_of_them_lacks(kind, told, blocked):
    most = {"2.1": 6, "2.2": 4, "2.3": 3}
    past = {"rule": "deadline", "due_on": "year-06-15", "kind": kind, "never_points": 0}
    criteria = sound(
        {"total_points": 16 if kind == "normal" else 10},
        items=[{"code": "1", "max_points": 10, "rule": "count", "points_each": 1},
               {"code": "2", "max_points": 6, "rule": "best_of", "kind": kind},
               *({"code": code, "max_points": full} | past for code, full in most.items())],
        inputs=[{"item_code": "1", "role": "count"},
                *({"item_code": code, "role": "done_on", "kind": "date"} for code in most)],
        bands=[band for (code, full), now in zip(most.items(), told, strict=True) for band in (
                   {"item_code": code, "upper": 0, "upper_closed": "yes",
                    "points": full if kind == "normal" else 0},
                   {"item_code": code, "lower": 0, "points": now})],
    )  # fmt: skip
    rows = [{"item_code": "1", "input": "count", "value": 9}]
    rows += [{"item_code": code, "input": "done_on", "happened_on": "2026-07-01"} for code in most]
    sheet = score(inputs_table(rows, unit_code="A", year=2026), criteria)
    result = to(sheet, "9", on=dt.date(2026, 9, 1))
    table = result.blocked
    assert list(table[["item_code", "points"]].itertuples(index=False, name=None)) == blocked
    full = sum(
        node.max_points for node in criteria.nodes if not node.parent and node.kind == "normal"
    )
    assert result.most == pytest.approx(full - table["points"].sum())


def test_being_ahead_of_a_peer_is_strictly_ahead_of_it_as_it_stands():
    both = pd.concat([figures(3), figures(5, "H2")], ignore_index=True)
    sheet = score(both, CRITERIA)
    place, other = sheet.place("H1"), sheet.place("H2")
    goal, findings = read_goal(sheet, [], ["H2"], place)
    assert not findings
    assert goal.total == pytest.approx(sheet.points[-1, other] + 0.01)
    if (plan := reach(sheet, goal, place).plan) is not None:
        assert plan.points > sheet.points[-1, other]


@pytest.mark.parametrize(
    ("texts", "beat", "code"),
    [(["tuyệt vời"], [], "reach-goal-unknown"), (["99=3"], [], "reach-goal-unknown"),
     ([], ["H9"], "reach-peer-unknown")],
)  # fmt: skip
def test_a_goal_that_cannot_be_read_is_named(texts, beat, code):
    assert [found.code for found in read_goal(unit(), texts, beat)[1]] == [code]


def test_costs_that_were_given_count_and_the_others_are_defaults_at_their_rate():
    found = options(unit(1), proof=False)
    table = actions_of({"item_code": "1.2", "action": "Thi sáng kiến", "owner": "Văn phòng",
                        "cost": 8.0, "points_to": 2.0})  # fmt: skip
    costs, effort = priced(found, table), efforts(found)
    own = found.of("1.2", 0)
    assert (costs.cost[own] == 8.0).tolist() == (found.points[own] <= 2).tolist()
    given = costs.action >= 0
    assert costs.rate == pytest.approx(np.median(8.0 / effort[given]))
    assert costs.cost[~given] == pytest.approx(np.ceil(100 * effort[~given] * costs.rate) / 100)


def test_effort_is_a_start_and_the_part_of_the_way_so_no_hair_is_free():
    rows = [{"item_code": "1.1", "input": "rate", "value": 69.99},
            {"item_code": "1.2", "input": "ideas", "value": 0.0},
            {"item_code": "9", "input": "late", "value": 2.0}]  # fmt: skip
    found = options(score(inputs_table(rows, unit_code="H1", year=2026), CRITERIA), proof=False)
    effort = efforts(found)
    assert effort[found.of("1.1", 0)] == pytest.approx([0.11, 0.1 + 0.23])
    assert effort[found.of("1.2", 0)] == pytest.approx([0.44, 0.77, 1.1])
    assert effort[found.of("9", 0)].max() <= 1.1
    answered = options(unit(), proof=False)
    assert efforts(answered)[answered.of("2.2", 0)].tolist() == [1.0]


def test_an_action_whose_cost_nobody_said_is_named_at_the_usual_cost():
    rows = [{"item_code": "2.2", "action": "Lập hội đồng", "owner": "An", "people_days": 2.0}]
    result = to(unit(), "2=5", actions=actions_of(*rows))
    [step] = result.plan.steps
    assert (step.action, step.owner, step.people_days, step.cost) == (
        "Lập hội đồng",
        "An",
        2.0,
        1.0,
    )


def test_a_step_says_by_which_day_it_has_to_be_done():
    days = {step.item_code: step.due_on for step in to(unit(1), "2=5").plan.steps}
    assert days.pop("2.1") == dt.date(2026, 6, 15) and set(days.values()) <= {None}


def test_what_takes_longer_than_there_is_time_cannot_be_done():
    found = options(unit(1), proof=False)
    table = actions_of({"item_code": "1.2", "action": "x", "cost": 1.0, "days_needed": 60.0})
    own = found.of("1.2", 0)
    assert priced(found, table, dt.date(2026, 11, 1)).in_time[own].tolist() == [True] * len(own)
    assert not priced(found, table, dt.date(2026, 11, 2)).in_time[own].any()


def test_an_action_for_an_unknown_item_and_a_cost_below_zero_do_not_count():
    table = actions_of(
        {"item_code": "7.7", "action": "a", "cost": 1.0, "file": "a.csv", "cell": "A2"},
        {"item_code": "1.2", "action": "b", "cost": -1.0, "file": "a.csv", "cell": "A3"},
    )
    kept, findings = sound_actions(table, unit())
    assert not len(kept)
    # They are of every year, and no year is made up for them.
    assert [(one.code, one.cell, one.year) for one in findings] == [
        ("action-item-unknown", "A2", ""), ("action-cost-negative", "A3", ""),
    ]  # fmt: skip


def test_an_action_takes_a_penalty_down_as_far_as_it_says_and_no_further():
    found = options(unit(), proof=False)
    table = actions_of({"item_code": "9", "action": "x", "cost": 4.0, "points_to": 1.0})
    own = found.of("9", 0)
    assert found.points[own].tolist() == [1.0, 0.0]
    assert (priced(found, table).action[own] >= 0).tolist() == [True, False]


def test_people_may_be_short_and_the_plan_keeps_to_them():
    pytest.importorskip("highspy")
    sheet = unit()
    rows = [{"item_code": code, "action": "x", "cost": 1.0, "people_days": days}
            for code, days in (("1.1", 9.0), ("1.2", 5.0), ("2.2", 4.0), ("2.3", 1.0), ("9", 2.0))]  # fmt: skip
    table = actions_of(*rows)
    free = to(sheet, "7", actions=table)
    assert not codes(free)  # every cost was given
    used = sum(step.people_days for step in free.plan.steps if step.people_days > 0)
    tight = to(sheet, "7", actions=table, people_days=used)
    assert tight.plan.cost == pytest.approx(free.plan.cost)
    assert "reach-days-unknown" not in codes(tight)
    none = to(sheet, "7", actions=table, people_days=0.0)
    assert none.plan is None or all(not step.people_days > 0 for step in none.plan.steps)


def test_an_action_that_two_items_share_is_paid_for_once():
    pytest.importorskip("highspy")
    sheet = unit()
    rows = [{"item_code": code, "action": "x", "cost": 5.0, "shared": "chung"}
            for code in ("1.1", "1.2", "2.2")]  # fmt: skip
    result = to(sheet, f"{sheet.points_low[-1, 0] + 2}", actions=actions_of(*rows))
    users = [step for step in result.plan.steps if step.item_code in ("1.1", "1.2", "2.2")]
    assert len(users) < 2 or result.plan.cost < sum(step.cost for step in result.plan.steps)


def test_an_action_to_be_shared_that_one_item_alone_has_needs_no_solver(monkeypatch):
    monkeypatch.setattr(coupled, "is_installed", lambda: False)
    rows = [{"item_code": "1.1", "action": "x", "cost": 5.0, "shared": "chung"}]
    assert to(unit(), "6", actions=actions_of(*rows)).plan.points == 6.0


def test_a_plan_that_the_engine_does_not_confirm_is_never_shown(monkeypatch):
    sheet = unit()
    monkeypatch.setattr(module, "scored_with", lambda able, plan: able.sheet)
    with pytest.raises(ReachError) as caught:
        to(sheet, "8")
    assert caught.value.finding.code == "reach-mismatch"


@pytest.mark.parametrize("promised", [4.0, 6.0])
def test_a_plan_has_neither_more_nor_fewer_points_than_it_promises(promised):
    found = options(unit(), proof=False)
    able = moves(unit(), 0, found, priced(found, None))
    nothing = np.zeros(len(able.items), dtype=int)
    assert module.checked_plan(able, Answer(nothing, 5.0, 0.0, 0.0), Goal()).points == 5.0
    with pytest.raises(ReachError):
        module.checked_plan(able, Answer(nothing, promised, 0.0, 0.0), Goal())


def test_a_solver_that_stops_before_it_finds_a_plan_says_that_nothing_is_known():
    pytest.importorskip("highspy")
    result = to(unit(), "8", people_days=100.0, seconds=0.0)
    assert (result.plan, codes(result)) == (None, ["reach-solver-nothing"])


def test_a_plan_that_is_not_proved_the_cheapest_says_so_with_its_bound(monkeypatch):
    pytest.importorskip("highspy")
    solve = module.cheapest_coupled

    def stopped(*given, **more):
        found = solve(*given, **more)
        answer = replace(found.answer, at_least=found.answer.cost / 2)
        return Coupled(answer, answer.at_least, is_settled=False)

    monkeypatch.setattr(module, "cheapest_coupled", stopped)
    result = to(unit(), "8", people_days=100.0)
    assert not result.plan.is_optimal
    (found,) = [one for one in result.findings if one.code == "reach-solver-limit"]
    assert found.values == {"cost": result.plan.cost, "limit": result.plan.cost / 2}


def test_goals_that_people_do_not_suffice_for_are_out_of_reach_together():
    pytest.importorskip("highspy")
    rows = [{"item_code": one, "action": "x", "cost": 1.0, "people_days": 9.0}
            for one in ("1.1", "1.2", "2.1", "2.2", "2.3", "8", "9")]  # fmt: skip
    result = to(unit(), "8", actions=actions_of(*rows), people_days=1.0)
    assert (result.plan, codes(result)) == (None, ["reach-not-together"])


def test_a_quota_of_the_grade_and_a_peer_with_open_items_are_told():
    quota = {
        "grade": "A",
        "kind": "quota",
        "percent": 20.0,
        "vi": "20%",
        "en": "20%",
        "source": "x",
    }
    sheet = unit(3, small_set(grade_rules=[quota]))
    assert [one.code for one in read_goal(sheet, ["A"])[1]] == ["reach-grade-quota"]
    other = figures(5, "H2").query("item_code != '1.1'")
    both = score(pd.concat([figures(3), other], ignore_index=True), CRITERIA)
    findings = read_goal(both, [], ["H2"], both.place("H1"))[1]
    assert [one.code for one in findings] == ["reach-peer-open"]


def test_costs_that_only_some_items_have_are_told_with_their_rate():
    table = actions_of({"item_code": "1.2", "action": "x", "cost": 3.0})
    found = to(unit(), "8", actions=table).findings
    assert [one.code for one in found] == ["reach-costs-some-default"]
    assert found[0].values["value"] > 0


def test_days_of_single_owners_are_kept_and_shared_days_are_spent_once():
    pytest.importorskip("highspy")
    sheet = unit()
    rows = [{"item_code": code, "action": "x", "cost": 1.0, "people_days": 6.0, "owner": owner,
             "shared": "chung"} for code, owner in (("1.1", "An"), ("1.2", "An"), ("2.2", "Bình"))]  # fmt: skip
    table = actions_of(*rows)
    free = to(sheet, "7", actions=table)
    users = [step for step in free.plan.steps if step.people_days > 0]
    assert len(users) > 1
    same = to(sheet, "7", actions=table, people_days={"": 6.0})
    assert same.plan.cost == pytest.approx(free.plan.cost)
    none = to(sheet, "7", actions=table, people_days={"an": 0.0})
    assert none.plan is None or not [s for s in none.plan.steps if s.owner == "An" and s.changes]


def test_alternatives_are_given_under_limits_too_and_unknown_days_are_told():
    pytest.importorskip("highspy")
    free, tight = to(unit(), "6"), to(unit(), "6", people_days=100.0)
    assert [one.cost for one in tight.alternatives] == pytest.approx(
        [one.cost for one in free.alternatives]
    )
    assert "reach-days-unknown" in codes(tight)


def test_only_the_steps_of_which_nobody_said_the_days_are_named():
    pytest.importorskip("highspy")
    rows = [{"item_code": "2.2", "action": "x", "cost": 0.0, "people_days": 3.0},
            {"item_code": "1.1", "action": "x", "cost": 0.0}]  # fmt: skip
    result = to(unit(), "8", actions=actions_of(*rows), people_days=3.0)
    assert [step.item_code for step in result.plan.steps] == ["1.1", "2.2"]
    (found,) = [one for one in result.findings if one.code == "reach-days-unknown"]
    assert found.values == {"count": 1, "codes": "1.1"}

"""The least change that reaches a goal, scored again by the engine before it is shown."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from scoring.advice import KINDS, TERMS, Change, Options, applied, options
from scoring.base.findings import Finding
from scoring.base.values import INDEX_CODE, SCORED
from scoring.points import ScoreSheet, score
from scoring.whatif.actions import IntArray, Priced, priced
from scoring.whatif.choices import Choices, points_of, reaches
from scoring.whatif.coupled import Coupled, Coupling, Limit, cheapest_coupled
from scoring.whatif.frontier import Answer, alternatives, frontier
from scoring.whatif.goal_tree import goal_tree
from scoring.whatif.goals import Goal
from scoring.whatif.plans import Moves, Plan, Reach, ReachError, Step, moves, within_reach

_SAME, _NOISE = 1e-9, 1e-6


def reach(
    sheet: ScoreSheet,
    goal: Goal,
    place: int = 0,
    *,
    on: dt.date | None = None,
    actions: pd.DataFrame | None = None,
    people_days: float = math.inf,
    others: int = 3,
    seconds: float = 60.0,
) -> Reach:
    """Return the cheapest plan of a unit that reaches a goal, and the next best ones.

    Parameters
    ----------
    sheet : ScoreSheet
        On the track ``computed``.
    goal : Goal
        See `scoring.whatif.goals.read_goal`.
    place : int
        Column of the unit.
    on : date, optional
        The day from which there is time; without it nothing is known to be past.
    actions : DataFrame, optional
        Table ``Actions``, sound; without it the change of figures itself is least.
    people_days : float
        So many days of work at most. Needs the extra ``optimise``, as actions that are shared do.
    others : int
        How many alternatives.
    seconds : float
        Where the solver of such coupled problems stops.

    Raises
    ------
    ReachError
        Where the engine does not give the points that were promised: an error of ours, and
        nothing is shown.
    """
    found = options(sheet, on, proof=False)
    costs = priced(found, actions, on)
    able = moves(sheet, place, found, costs, goal)
    most = float(moves(sheet, place, found, costs).frontier().points[-1])
    now = able.tree.group.total(points_of(able.items, np.zeros(len(able.items), dtype=int)))
    result = Reach(goal, place, now, most, None, (), blocked_points(sheet, place, found, costs))
    answer, doubts = _answer(able, goal, people_days, seconds)
    if answer is None:
        return replace(result, findings=(*doubts, *_why_not(result, able, doubts)))
    plan = checked_plan(able, answer, goal)
    near = [] if doubts or not plan.steps or not _is_plain(able, people_days) else alternatives(
        able.items, able.tree.group, goal.total, answer, others)  # fmt: skip
    codes = [sheet.criteria.nodes[row].code for row in able.tree.rows]
    other = tuple(replace(checked_plan(able, one, goal), without=codes[at]) for at, one in near)
    findings = [*doubts, *_grade_doubts(able, plan, goal), *_told(result, plan, costs)]
    return replace(result, plan=plan, alternatives=other, findings=tuple(findings))


def _is_plain(able: Moves, people_days: float) -> bool:
    return math.isinf(people_days) and not able.coupling.shared


def _answer(
    able: Moves, goal: Goal, people_days: float, seconds: float
) -> tuple[Answer | None, list[Finding]]:
    """Return the cheapest plan: exact, or by the solver where actions hang together."""
    if _is_plain(able, people_days):
        return able.frontier().answer(goal.total), []
    items, coupling = without_shared(able, people_days)
    solved = cheapest_coupled(items, able.tree.group, goal.total, coupling, seconds=seconds)
    return solved.answer, list(_of_solver(solved))


def without_shared(able: Moves, people_days: float) -> tuple[list[Choices], Coupling]:
    """Return items without the cost of what they share, which is paid for once, and what ties them."""
    coupling = able.coupling
    once = {user for one in coupling.shared for user in one.users}
    items = [
        replace(one, costs=np.array([0.0 if (item, at) in once else float(cost)
                                     for at, cost in enumerate(one.costs)]))
        for item, one in enumerate(able.items)
    ]  # fmt: skip
    if math.isfinite(people_days):
        days = np.nan_to_num(np.append(able.priced.people_days, 0.0))
        limit = Limit([days[rows] for rows in able.rows], people_days)
        coupling = replace(coupling, limits=(limit,))
    return items, coupling


def _of_solver(solved: Coupled) -> list[Finding]:
    if solved.is_settled:
        return []
    best = math.nan if solved.answer is None else solved.answer.cost
    values = {"cost": best, "limit": solved.at_least}
    code = "reach-solver-limit" if solved.answer else "reach-solver-nothing"
    return [Finding(code, values=values)]


def checked_plan(able: Moves, answer: Answer, goal: Goal) -> Plan:
    """Return a plan once the engine gave exactly the points that it promises."""
    chosen = able.chosen(answer.plan.tolist())
    changes = [change for option in chosen for change in able.options.changes(option)]
    made = scored_with(able.sheet, changes)
    place = made.place(able.sheet.keys[able.place])
    points = float(made.points_low[-1, place])
    short = [code for code, least in goal.at_least.items()
             if not _has(made, code, place, least)]  # fmt: skip
    if abs(points - answer.points) > _NOISE or short:
        values = {"goal": answer.points, "value": points}
        unit = able.sheet.figures.place_of(able.place)
        raise ReachError(Finding("reach-mismatch", values=values, **unit))
    steps = tuple(_step(able, option) for option in chosen)
    return Plan(steps, points, answer.cost, answer.at_least)


def _has(made: ScoreSheet, code: str, place: int, least: float) -> bool:
    points = made.points_low[made.row(code), place]
    is_penalty = code != INDEX_CODE and made.criteria.node(code).kind == "penalty"
    return bool(points <= least + _SAME) if is_penalty else bool(reaches(points, least)[0])


def scored_with(sheet: ScoreSheet, changes: Sequence[Change]) -> ScoreSheet:
    """Return the sheet scored anew with changed figures."""
    return score(applied(sheet.figures.source, changes), sheet.criteria)


def _step(able: Moves, option: int) -> Step:
    found, costs, sheet = able.options, able.priced, able.sheet
    row, action = int(found.row[option]), int(costs.action[option])
    told = costs.actions.iloc[action] if action >= 0 else {"action": "", "owner": ""}
    return Step(
        option, sheet.criteria.nodes[row].code, float(sheet.points[row, able.place]),
        float(found.points[option]), float(found.more[option]), float(costs.cost[option]),
        float(costs.people_days[option]), str(told["action"]), str(told["owner"]), action < 0,
        found.due_day(option), tuple(found.changes(option)),
    )  # fmt: skip


def _told(result: Reach, plan: Plan, costs: Priced) -> list[Finding]:
    if plan.steps:
        return costs_told(plan, costs)
    values = {"points": result.now, "goal": _words(result.goal)}
    return [Finding("reach-goal-met", values=values)]


def costs_told(plan: Plan, costs: Priced) -> list[Finding]:
    """Say which costs of a plan are defaults."""
    defaults = sum(step.is_default for step in plan.steps)
    values = {"count": defaults, "total": len(plan.steps), "value": round(costs.rate, 2)}
    code = "reach-costs-some-default" if len(costs.actions) else "reach-costs-default"
    return [Finding(code, values=values)] if defaults else []


def _words(goal: Goal) -> str:
    return "; ".join(goal.told)


def _why_not(result: Reach, able: Moves, doubts: Sequence[Finding]) -> list[Finding]:
    """Say by how much a goal is out of reach, and what stands in the way."""
    if any(found.code == "reach-solver-nothing" for found in doubts):
        return []
    sheet, place, codes = able.sheet, able.place, result.blocked["item_code"]
    unit, findings = sheet.figures.place_of(place), list[Finding]()
    for code, least in result.goal.at_least.items():
        most, below = result.most, codes
        if code != INDEX_CODE:
            alone = goal_tree(sheet, place, code)
            at = [able.tree.rows.index(row) for row in alone.rows]
            most = float(frontier([able.items[one] for one in at], alone.group).points[-1])
            below = codes[codes.isin([sheet.criteria.nodes[row].code for row in alone.rows])]
        if not reaches(abs(most), least)[0]:
            values = {"goal": least, "points": most, "gap": least - most, "codes": _few(below)}
            findings.append(Finding("reach-out-of-reach", values=values, **unit).at(item_code=code))
    if not findings:
        values = {"goal": _words(result.goal), "codes": _few(codes)}
        findings = [Finding("reach-not-together", values=values, **unit)]
    return findings


def _few(codes: pd.Series) -> str:
    return "; ".join(codes.head(8)) or "—"


def blocked_points(sheet: ScoreSheet, place: int, found: Options, costs: Priced) -> pd.DataFrame:
    """Return the points that a unit cannot have, and why."""
    rows, own = [], within_reach(found, costs)
    for row, node in enumerate(sheet.criteria.nodes):
        if not node.is_item or sheet.maxima[row, place] <= 0:
            continue
        sign = -1.0 if node.kind == "penalty" else 1.0
        now = float(np.nan_to_num(sheet.points_low[row, place]))
        top = 0.0 if sign < 0 else node.max_points
        at = found.of(node.code, place)
        is_own = own[at]
        best = max([sign * now, *(sign * found.points[at[is_own]])])
        if sign * top - best > _SAME:
            rows.append(
                (node.code, _reason(sheet, row, place, found, at[~is_own]), sign * top - best)
            )
    table = pd.DataFrame(rows, columns=["item_code", "reason", "points"])
    return table.sort_values("points", ascending=False, kind="stable").reset_index(drop=True)


def _reason(sheet: ScoreSheet, row: int, place: int, found: Options, at: IntArray) -> str:
    """Say why points cannot be had: what most of the options that are there wait for."""
    if not len(at):
        return "no-way" if sheet.status[row, place] == SCORED else "not-assessed"
    top = int(at[np.argmax(found.more[at])])
    kind, term = KINDS[found.kind[top]], TERMS[found.term[top]]
    if kind in ("survey", "decision"):
        return kind
    return {"past": "past", "next-year": "next-year"}.get(term, "too-slow")


def _grade_doubts(able: Moves, plan: Plan, goal: Goal) -> list[Finding]:
    """Say where the engine does not grant the grade that the points would give."""
    if not goal.grade:
        return []
    made = scored_with(able.sheet, [change for step in plan.steps for change in step.changes])
    place = made.place(able.sheet.keys[able.place])
    granted = str(made.graded.codes[place])
    if granted == goal.grade:
        return []
    asked = [reason.rule for reason in made.graded.reasons if reason.unit == place]
    values = {
        "goal": goal.grade,
        "value": granted or "—",
        "conditions": [rule.vi for rule in asked],
    }
    return [Finding("reach-grade-not-granted", values=values, **made.figures.place_of(place))]

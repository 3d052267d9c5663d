"""The least change that reaches a goal, scored again by the engine before it is shown."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from scoring.advice import applied, options
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.base.text import first_few
from scoring.base.values import INDEX_CODE
from scoring.points import ScoreSheet, score
from scoring.points.grade_quotas import grades_in_order
from scoring.whatif.actions import Priced, priced
from scoring.whatif.blocked import blocked_points
from scoring.whatif.choices import Choices, points_of, reaches
from scoring.whatif.coupled import Coupled, Coupling, Limit, cheapest_coupled
from scoring.whatif.frontier import Answer, alternatives, frontier
from scoring.whatif.goal_tree import goal_tree
from scoring.whatif.goal_words import amount_words, goal_words, standing_words
from scoring.whatif.goals import Goal
from scoring.whatif.grade_conditions import asked_tests, left_out
from scoring.whatif.plans import Moves, Plan, Reach, ReachError, Step, moves
from scoring.whatif.provable import SUPPORTED, is_about_proof, proof_option
from scoring.whatif.supposed_figures import with_states

_SAME, _NOISE = 1e-9, 1e-6
People = float | Mapping[str, float]


def reach(
    sheet: ScoreSheet,
    goal: Goal,
    place: int = 0,
    *,
    on: dt.date | None = None,
    actions: pd.DataFrame | None = None,
    people_days: People = math.inf,
    others: int = 3,
    seconds: float = 60.0,
) -> Reach:
    """Return the cheapest plan of a unit that reaches a goal, and the next best ones.

    Parameters
    ----------
    sheet : ScoreSheet
        On the track ``computed``; on ``supported`` points count as far as documents support them,
        and adding documents is among what can be done.
    goal : Goal
        See `scoring.whatif.goals.read_goal`.
    place : int
        Column of the unit.
    on : date, optional
        The day from which there is time; without it nothing is known to be past.
    actions : DataFrame, optional
        Table ``Actions``, sound; without it the change of figures itself is least.
    people_days : float or mapping of owner to float
        So many days of work at most, of all (owner ``""``) and of single owners. Needs the extra
        ``optimise``, as actions that are shared do.
    others : int
        How many alternatives.
    seconds : float
        Where the solver of such coupled problems stops.

    Returns
    -------
    Reach
        Its `plan` is None where the goal is out of reach; the findings then say why.

    Raises
    ------
    UsageError
        Where days of work are below zero (``limit-below-zero``).
    ReachError
        Where the engine does not give the points that were promised: an error of ours, and
        nothing is shown.

    Examples
    --------
    >>> import scoring
    >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(example).query("unit_code == 'SM-A'"), "department-sample")
    >>> goal, _ = scoring.read_goal(sheet, ["83"])
    >>> found = scoring.reach(sheet, goal, on=dt.date(2025, 6, 1))
    >>> round(found.plan.points, 2), found.plan.is_optimal, [step.item_code for step in found.plan.steps]
    (83.01, True, ['3.3.3', '5.1.2', '7.2'])
    >>> [step.item_code for step in found.alternatives[0].steps]
    ['3.3.3', '5.1.2', '7.1.1']
    """
    found = options(
        sheet, on, proof=is_about_proof(sheet), tests=asked_tests(sheet, goal), place=place
    )
    costs = priced(found, actions, on)
    able, free = moves(sheet, place, found, costs, goal), moves(sheet, place, found, costs)
    most, now = float(free.frontier().points[-1]), stands_at(free)
    result = Reach(goal, place, now, most, None, (), blocked_points(free))
    answer, doubts = _answer(able, goal, people_days, seconds)
    said = list(left_out(sheet, place, goal, able.unmet))
    if answer is None:
        return replace(result, findings=(*doubts, *said, *_why_not(result, able, doubts)))
    plan = checked_plan(able, answer, goal)
    near = [] if doubts or not plan.steps else (
        _alternatives(able, goal, answer, people_days, others, seconds))  # fmt: skip
    codes = [sheet.criteria.nodes[row].code for row in able.tree.rows]
    other = tuple(replace(checked_plan(able, one, goal), without=codes[at]) for at, one in near)
    findings = [*doubts, *said, *_grade_doubts(able, answer, goal), *_told(sheet, result, plan, costs),
                *days_told(plan, people_days)]  # fmt: skip
    return replace(result, plan=plan, alternatives=other, findings=tuple(findings))


def stands_at(free: Moves) -> float:
    """Return the points of the index as it stands, what is open counted as nothing."""
    return free.tree.group.total(points_of(free.items, np.zeros(len(free.items), dtype=int)))


def _is_plain(able: Moves, people: People) -> bool:
    return not people_limits(people) and not able.coupling.shared


def people_limits(people: People) -> dict[str, float]:
    """Return how many days of work there are, by owner; ``""`` for all of them together."""
    limits = dict(people) if isinstance(people, Mapping) else {"": people}
    for owner, days in limits.items():
        refuse_below_zero(owner or "people_days", days)
    return {owner: days for owner, days in limits.items() if math.isfinite(days)}


def refuse_below_zero(name: str, most: float) -> None:
    """Raise where there is to be less than nothing of something, which no plan can keep to."""
    if most < 0:
        found = Finding("limit-below-zero", values={"input": name, "value": most})
        raise UsageError(found.text("en"), found)


def _answer(
    able: Moves, goal: Goal, people: People, seconds: float
) -> tuple[Answer | None, list[Finding]]:
    """Return the cheapest plan: exact, or by the solver where actions hang together."""
    if _is_plain(able, people):
        found = frontier(_above_base(able), able.tree.group).answer(goal.total)
        return found and _with_base(able, found), []
    items, coupling = without_shared(able, people)
    solved = cheapest_coupled(items, able.tree.group, goal.total, coupling, seconds=seconds)
    return solved.answer, list(_of_solver(solved))


def _above_base(able: Moves) -> list[Choices]:
    """Return the items without the cost of what has to be done in any case."""
    return [replace(one, costs=np.round(one.costs - one.costs[0], 9)) for one in able.items]


def _with_base(able: Moves, answer: Answer) -> Answer:
    base = able.base_cost
    return replace(answer, cost=answer.cost + base, at_least=answer.at_least + base)


def _alternatives(
    able: Moves, goal: Goal, answer: Answer, people: People, others: int, seconds: float
) -> list[tuple[int, Answer]]:
    """Return the cheapest plans that do without an item of the first, cheapest first."""
    if _is_plain(able, people):
        near = alternatives(_above_base(able), able.tree.group, goal.total, answer, others)
        return [(at, _with_base(able, one)) for at, one in near]
    items, coupling = without_shared(able, people)
    touched = np.flatnonzero(answer.plan).tolist()
    made: dict[bytes, tuple[int, Answer]] = {}
    for at in touched:
        # An item that nothing may be spent on stays as it is.
        uses = [np.full(len(one.points), float(item == at)) for item, one in enumerate(items)]
        uses[at][0] = 0.0
        tied = replace(coupling, limits=(*coupling.limits, Limit(uses, 0.0)))
        solved = cheapest_coupled(
            items, able.tree.group, goal.total, tied, seconds=seconds / len(touched)
        )
        if solved.is_settled and solved.answer:
            made.setdefault(solved.answer.plan.tobytes(), (at, solved.answer))
    return sorted(made.values(), key=lambda pair: pair[1].cost)[:others]


def without_shared(able: Moves, people: People) -> tuple[list[Choices], Coupling]:
    """Return items without the cost of what they share, which is paid for once, and what ties them."""
    coupling = able.coupling
    once = {user for one in coupling.shared for user in one.users}
    items = [
        replace(one, costs=np.array([0.0 if (item, at) in once else float(cost)
                                     for at, cost in enumerate(one.costs)]))
        for item, one in enumerate(able.items)
    ]  # fmt: skip
    limits = [_people_limit(able, coupling, once, owner, most)
              for owner, most in people_limits(people).items()]  # fmt: skip
    return items, replace(coupling, limits=(*coupling.limits, *limits))


def _people_limit(
    able: Moves, coupling: Coupling, once: set[tuple[int, int]], owner: str, most: float
) -> Limit:
    """Return the days of work of an owner; those of what is shared are spent once, as its cost is."""
    days = np.append(np.nan_to_num(able.priced.people_days), 0.0)
    if owner:
        owners = np.append(able.priced.actions["owner"].astype(str).to_numpy(object), "")
        own = np.array([name.strip().casefold() == owner.strip().casefold() for name in owners])
        days[:-1] = np.where(own[able.priced.action], days[:-1], 0.0)
    uses = [days[rows] for rows in able.rows]
    shared = tuple(max(float(uses[item][at]) for item, at in one.users) for one in coupling.shared)
    for item, at in once:
        uses[item][at] = 0.0
    return Limit(uses, most, shared)


def _of_solver(solved: Coupled) -> list[Finding]:
    if solved.is_settled:
        return []
    best = math.nan if solved.answer is None else solved.answer.cost
    values = {"cost": best, "limit": solved.at_least}
    code = "reach-solver-limit" if solved.answer else "reach-solver-nothing"
    return [Finding(code, values=values)]


def checked_plan(able: Moves, answer: Answer, goal: Goal) -> Plan:
    """Return a plan once the engine gave exactly the points that it promises."""
    made = scored_with(able, answer.plan.tolist())
    place = made.place(able.sheet.keys[able.place])
    points = float(made.points_low[-1, place])
    short = [code for code, least in goal.at_least.items()
             if not _has(made, code, place, least)]  # fmt: skip
    if abs(points - answer.points) > _NOISE or short:
        values = {"goal": answer.points, "value": points}
        unit = able.sheet.figures.place_of(able.place)
        raise ReachError(Finding("reach-mismatch", values=values, **unit))
    steps = tuple(_step(able, item, at) for item, at in able.chosen(answer.plan.tolist()))
    return Plan(steps, points, answer.cost, answer.at_least)


def _has(made: ScoreSheet, code: str, place: int, least: float) -> bool:
    points = made.points_low[made.row(code), place]
    is_penalty = code != INDEX_CODE and made.criteria.node(code).kind == "penalty"
    return bool(points <= least + _SAME) if is_penalty else bool(reaches(points, least)[0])


def scored_with(able: Moves, plan: Sequence[int]) -> ScoreSheet:
    """Return the sheet scored anew once a plan is carried out: figures, then what supports them."""
    sheet = able.sheet
    made = score(applied(sheet.figures.source, able.changes(plan)), sheet.criteria)
    if not is_about_proof(sheet) or sheet.proof is None:
        return made
    states = sheet.proof.copy()
    states[able.proven(plan), able.place] = "declared"
    return with_states(made, states).on_track(SUPPORTED)


def _step(able: Moves, item: int, at: int) -> Step:
    found, costs, sheet = able.options, able.priced, able.sheet
    row, option, choices = able.tree.rows[item], int(able.rows[item][at]), able.items[item]
    code, sign, proves = (
        sheet.criteria.nodes[row].code,
        able.tree.signs[item],
        bool(able.proves[item][at]),
    )
    acts = option if option >= 0 else proof_option(found, code, able.place)
    action = int(costs.action[acts]) if acts >= 0 else -1
    told = costs.actions.iloc[action] if action >= 0 else {"action": "", "owner": ""}
    before, after = float(sheet.points[row, able.place]), float(sign * choices.points[at])
    more = float(choices.points[at] - sign * np.nan_to_num(before))
    return Step(
        option, code, before, after, more, float(choices.costs[at]),
        float(costs.people_days[acts]) if acts >= 0 else math.nan,
        str(told["action"]), str(told["owner"]), action < 0,
        found.due_day(option) if option >= 0 else None,
        tuple(found.changes(option)) if option >= 0 else (), proves,
    )  # fmt: skip


def days_told(plan: Plan, people: People) -> list[Finding]:
    """Say where nobody said how many days of work a step takes, which then counts as none."""
    unknown = [step.item_code for step in plan.steps if math.isnan(step.people_days)]
    if not unknown or not people_limits(people):
        return []
    values = {"count": len(unknown), "codes": "; ".join(first_few(unknown, 8))}
    return [Finding("reach-days-unknown", values=values)]


def _told(sheet: ScoreSheet, result: Reach, plan: Plan, costs: Priced) -> list[Finding]:
    if plan.steps:
        return costs_told(plan, costs)
    stands = standing_words(sheet, result.place, result.goal.at_least or [INDEX_CODE])
    values = {"points": stands, "goal": _words(result.goal)}
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
        is_penalty = code != INDEX_CODE and sheet.criteria.node(code).kind == "penalty"
        if not reaches(most, -least if is_penalty else least)[0]:
            gap = abs(least - abs(most))
            values = {"goal": goal_words(sheet, code, least, is_end=True), "codes": _few(below),
                      "points": goal_words(sheet, code, abs(most)), "gap": amount_words(sheet, gap)}  # fmt: skip
            findings.append(Finding("reach-out-of-reach", values=values, **unit).at(item_code=code))
    if not findings:
        values = {"goal": _words(result.goal), "codes": _few(codes)}
        findings = [Finding("reach-not-together", values=values, **unit)]
    return findings


def _few(codes: pd.Series) -> str:
    return "; ".join(codes.head(8)) or "—"


def _grade_doubts(able: Moves, answer: Answer, goal: Goal) -> list[Finding]:
    """Say where the engine does not grant the grade that the points would give, or a higher one."""
    if not goal.grade:
        return []
    made = scored_with(able, answer.plan.tolist())
    place = made.place(able.sheet.keys[able.place])
    granted, order = str(made.graded.codes[place]), grades_in_order(able.sheet.criteria.meta)
    if granted and order.index(granted) >= order.index(goal.grade):
        return []
    asked = [reason.rule for reason in made.graded.reasons if reason.unit == place]
    names = {one.code: Named.of(one) for one in able.sheet.criteria.meta.grades}
    values = {"goal": names[goal.grade], "value": names.get(granted, "—"),
              "conditions": [Named.of(rule) for rule in asked]}  # fmt: skip
    return [Finding("reach-grade-not-granted", values=values, **made.figures.place_of(place))]

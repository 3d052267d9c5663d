"""What points cost: the whole price curve, and the most points within a budget and people."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pandas as pd

from scoring.advice import options
from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS
from scoring.points import ScoreSheet
from scoring.tables import table_of
from scoring.whatif.actions import priced
from scoring.whatif.blocked import blocked_points
from scoring.whatif.coupled import Limit, cheapest_coupled, most_points
from scoring.whatif.frontier import Answer
from scoring.whatif.goals import Goal
from scoring.whatif.plans import Moves, Reach, moves
from scoring.whatif.provable import is_about_proof
from scoring.whatif.reach import (
    People,
    checked_plan,
    costs_told,
    days_told,
    people_limits,
    refuse_below_zero,
    stands_at,
    without_shared,
)

_SAME = 1e-9


def price_curve(
    sheet: ScoreSheet, *, on: dt.date | None = None, actions: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the least cost of every amount of points, for every unit.

    Parameters
    ----------
    sheet, on, actions
        As of `scoring.whatif.reach.reach`.

    Returns
    -------
    DataFrame
        Table ``PriceCurve``, units in order, the first row of each as it stands, at no cost. What
        is shared by several items is paid for with each of them, so that the curve is never too
        low.

    Examples
    --------
    >>> import scoring
    >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(example).query("unit_code == 'SM-A'"), "department-sample")
    >>> curve = price_curve(sheet)
    >>> curve[["more", "cost"]].head(3).round(2).values.tolist()
    [[0.0, 0.0], [0.78, 0.11], [1.04, 0.2]]
    """
    found = options(sheet, on, proof=is_about_proof(sheet))
    costs = priced(found, actions, on)
    parts = []
    for place in range(len(sheet.units)):
        able = moves(sheet, place, found, costs)
        whole, now = able.frontier(), stands_at(able)
        unit = {name: sheet.units[name].iloc[place] for name in (*KEY_COLUMNS, "unit_name")}
        above = whole.points > now + _SAME
        points, cost = np.append(now, whole.points[above]), np.append(0.0, whole.costs[above])
        parts.append(pd.DataFrame({**unit, "points": points, "more": points - now, "cost": cost}))
        parts[-1][["more", "cost"]] = parts[-1][["more", "cost"]].round(9)  # no 0.1 + 0.2
    return table_of(pd.concat(parts, ignore_index=True), "PriceCurve")


def best_within(
    sheet: ScoreSheet,
    place: int = 0,
    *,
    budget: float = math.inf,
    people_days: People = math.inf,
    on: dt.date | None = None,
    actions: pd.DataFrame | None = None,
    seconds: float = 60.0,
) -> Reach:
    """Return the plan with the most points within a budget and so many days of work.

    Parameters
    ----------
    sheet, place, on, actions, people_days, seconds
        As of `scoring.whatif.reach.reach`.
    budget : float
        Cost at most.

    Returns
    -------
    Reach
        Its goal is empty; the plan was confirmed by the engine.

    Raises
    ------
    UsageError
        Where budget or days of work are below zero (``limit-below-zero``).

    Examples
    --------
    >>> import scoring
    >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(example).query("unit_code == 'SM-A'"), "department-sample")
    >>> found = best_within(sheet, budget=0.5)
    >>> round(found.plan.points - found.now, 2), [step.item_code for step in found.plan.steps]
    (2.1, ['3.3.3', '5.1.2', '7.2'])
    """
    refuse_below_zero("budget", budget)
    found = options(sheet, on, proof=is_about_proof(sheet))
    costs = priced(found, actions, on)
    able, goal = moves(sheet, place, found, costs), Goal()
    whole = able.frontier()
    doubts: list[Finding] = []
    if not people_limits(people_days) and not able.coupling.shared:
        within = np.flatnonzero(whole.costs <= budget + _SAME)
        plan = whole.plan(int(within[-1]))
        answer = Answer(
            plan, float(whole.points[within[-1]]), *2 * (float(whole.costs[within[-1]]),)
        )
    else:
        coupled, doubts = _coupled(able, budget, people_days, seconds)
        answer = coupled or Answer(
            np.zeros(len(able.items), dtype=np.int64), stands_at(able), 0.0, 0.0
        )
    result = Reach(
        goal, place, stands_at(able), float(whole.points[-1]), None, (), blocked_points(able)
    )
    chosen = checked_plan(able, answer, goal)
    told = costs_told(chosen, costs) if chosen.steps else []
    told = [*told, *days_told(chosen, people_days)]
    return replace(result, plan=chosen, findings=(*doubts, *told))


def _coupled(
    able: Moves, budget: float, people_days: People, seconds: float
) -> tuple[Answer | None, list[Finding]]:
    items, coupling = without_shared(able, people_days)
    uses = [one.costs for one in items]
    limit = Limit(uses, budget, tuple(one.cost for one in coupling.shared))
    if math.isfinite(budget):
        coupling = replace(coupling, limits=(*coupling.limits, limit))
    solved = most_points(items, able.tree.group, coupling, seconds=seconds)
    if solved.is_settled and solved.answer:
        # Of the plans with as many points, the cheapest.
        goal = solved.answer.points
        least = cheapest_coupled(items, able.tree.group, goal, coupling, seconds=seconds)
        return least.answer or solved.answer, []
    points = stands_at(able) if solved.answer is None else solved.answer.points
    values = {"points": points, "limit": solved.at_least}
    return solved.answer, [Finding("cheapest-solver-limit", values=values)]

"""Open tasks of the plan: what their items may come to, by how often days due were kept so far."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scoring.advice.item_case import item_case
from scoring.base.dates import date_serial
from scoring.base.findings import Finding
from scoring.base.text import first_few
from scoring.base.values import NOT_APPLICABLE
from scoring.plan.standing import task_standing
from scoring.points import ScoreSheet
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import day_of
from scoring.uncertainty.acceptance import FEWEST_CASES, wilson
from scoring.uncertainty.doubts import no_outcomes
from scoring.uncertainty.tied_items import tied

_SAME = 1e-9
_MOST_APART = 8
"""More days apart from each other than these are all kept or none, without a chance."""


@dataclass(frozen=True)
class PlanAhead:
    """The plan of one unit as it stands on a day.

    Attributes
    ----------
    unit_code : str
        Whose plan it is.
    status : DataFrame
        Table ``TaskStatus`` of `scoring.plan.plan_status`.
    links : DataFrame
        Table ``TaskLinks``: which items a task serves, confirmed by a person.
    """

    unit_code: str
    status: pd.DataFrame = field(repr=False)
    links: pd.DataFrame = field(repr=False)

    @property
    def record(self) -> tuple[int, int]:
        """How many days due were kept in time, and how many days there were."""
        standing = task_standing(self.status)
        return int(standing["days_met"].sum()), int(standing["days_due"].sum())

    def chance(self, confidence_percent: float) -> tuple[float, float, float]:
        """Return the share of days kept with its interval; NaN of fewer than `FEWEST_CASES` days."""
        met, cases = self.record
        if cases < FEWEST_CASES:
            return np.nan, np.nan, np.nan
        told = wilson(np.array(float(met)), np.array(float(cases)), confidence_percent)
        return float(told[0]), float(told[1]), float(told[2])

    def open_tasks(self) -> pd.DataFrame:
        """Return the days that are still open, with the item each serves."""
        left = self.status[self.status["status"] != "done"]
        return left.merge(self.links, on="task_code")[
            ["task_code", "item_code", "due_on", "status"]
        ]


def task_outcomes(
    sheet: ScoreSheet, plan: PlanAhead, on: dt.date, until: dt.date, is_free: BoolArray,
    confidence_percent: float,
) -> pd.DataFrame:  # fmt: skip
    """Return what open tasks may bring their items to by the day `until`, as `Doubts.of` takes it.

    Notes
    -----
    All open days of an item must be kept for its points, each with the chance of the unit's own
    record and apart from the others; a day that serves two items is one source of both. A day that
    has passed unmet, or none at all, leaves an interval without a chance, up to what the rule still
    gives for the day looked at.
    """
    place = _place_of(sheet, plan)
    if place is None:
        return no_outcomes()
    days = _days(sheet, plan, place, (on, until), is_free)
    days = days[days["is_used"].astype(bool)]
    if not len(days):
        return no_outcomes()
    known = plan.chance(confidence_percent)
    cases = 0 if np.isnan(known[0]) else plan.record[1]
    days = days.assign(
        place=place, tie=tied(days.assign(key=days["day"]), ("day", "row"), ["unit"])
    )
    parts = [
        _outcomes(part, np.array(known)).assign(place=place, kind="task", cases=cases)
        for _, part in days.groupby("tie", sort=False)
    ]
    return pd.concat(parts, ignore_index=True)


def tasks_left(
    sheet: ScoreSheet, plan: PlanAhead, on: dt.date, until: dt.date, is_free: BoolArray
) -> Iterator[Finding]:
    """Yield the open tasks that put no item in doubt, as ``uncertainty-tasks-left``."""
    place = _place_of(sheet, plan)
    if place is None:
        yield Finding("uncertainty-plan-unit", values={"unit": plan.unit_code})
        return
    days = _days(sheet, plan, place, (on, until), is_free)
    left = days[~days["is_used"].astype(bool)]
    if len(left):
        tasks = list(dict.fromkeys(left["task_code"].astype(str)))
        values = {"count": len(tasks), "tasks": first_few(tasks), "day": until}
        yield Finding("uncertainty-tasks-left", unit_code=plan.unit_code, values=values)


def _place_of(sheet: ScoreSheet, plan: PlanAhead) -> int | None:
    places = np.flatnonzero(sheet.units["unit_code"] == plan.unit_code)
    return int(places[0]) if len(places) == 1 else None


def _days(
    sheet: ScoreSheet, plan: PlanAhead, place: int, between: tuple[dt.date, dt.date],
    is_free: BoolArray,
) -> pd.DataFrame:  # fmt: skip
    """Return the open days with the item each serves, what it comes to, and whether it counts."""
    on, until = map(day_of, between)
    days = plan.open_tasks().drop_duplicates(["task_code", "due_on", "item_code"])
    named = days["task_code"].astype(str) + "|" + days["due_on"].astype(str)
    days = days.assign(
        row=sheet.leaf_rows(days["item_code"]), day=named, unit=place, is_dated=days["due_on"] >= on,
        worst=np.nan, full=np.nan, is_used=False,
    )  # fmt: skip
    for row, mine in days.groupby("row"):
        at = int(str(row))
        if at < 0 or not is_free[at, place] or sheet.status[at, place] == NOT_APPLICABLE:
            continue
        if (mine["due_on"] > until).any():
            continue
        last = max([on, *mine["due_on"].dropna()]) if mine["is_dated"].any() else on
        code = str(mine["item_code"].iloc[0])
        if (ends := _ends(sheet, code, at, place, last.date())) is not None:
            days.loc[mine.index, ["worst", "full"]] = ends
            days.loc[mine.index, "is_used"] = True
    return days


def _outcomes(days: pd.DataFrame, known: FloatArray) -> pd.DataFrame:
    """Return what days that hang together may bring: an outcome for each set of items served."""
    rows = days.drop_duplicates("row")
    serves, chances = _groups(days, rows["row"].to_numpy(), known)
    kept = np.array(list(itertools.product((False, True), repeat=len(serves))))
    # An item has its points once no day that serves it is left.
    is_done = ~((~kept)[:, :, None] & serves[None]).any(axis=1)
    faces = np.where(kept[:, :, None], chances, 1 - chances).prod(axis=1)
    patterns, turn = np.unique(is_done, axis=0, return_inverse=True)
    sums = np.zeros((len(patterns), 3))
    np.add.at(sums, turn.reshape(-1), faces)
    points = np.where(patterns, rows["full"].to_numpy(), rows["worst"].to_numpy())
    count, each = len(patterns), len(rows)
    columns = dict(zip(("chance", "worst", "best"), np.repeat(sums, each, axis=0).T, strict=True))
    key = "; ".join(dict.fromkeys(days["task_code"].astype(str)))
    return pd.DataFrame({
        "row": np.tile(rows["row"], count), "turn": np.repeat(np.arange(count), each),
        "points": points.reshape(-1), "key": key, **columns,
    })  # fmt: skip


def _groups(
    days: pd.DataFrame, rows: FloatArray, known: FloatArray
) -> tuple[BoolArray, FloatArray]:
    """Return which items each group of days serves, and its chance with both ends."""
    grid = pd.crosstab(days["day"], days["row"]).reindex(columns=rows).to_numpy() > 0
    is_dated = days.groupby("day")["is_dated"].first().to_numpy(bool)
    serves, group = np.unique(grid, axis=0, return_inverse=True)
    if len(serves) > _MOST_APART:
        return np.ones((1, len(rows)), dtype=bool), np.array([[np.nan, 0.0, 1.0]])
    nobody_knows = np.array([np.nan, 0.0, 1.0])
    each = np.where(is_dated[:, None] & ~np.isnan(known[0]), known, nobody_knows)
    chances = np.ones((len(serves), 3))
    np.multiply.at(chances, group.reshape(-1), each)
    return serves, chances


def _ends(
    sheet: ScoreSheet, code: str, row: int, place: int, day: dt.date
) -> tuple[float, float] | None:
    """Return the points without and with the task done on `day`; None where it changes nothing."""
    case = item_case(sheet, code)
    given = {
        entry.name: {"date": float(date_serial(day)), "yes_no": 1.0}.get(entry.kind)
        for entry in case.rule.spec.inputs
    }
    most = case.rule.spec.max_points
    now = case.now[place]
    none, full = (most, 0.0) if case.sign < 0 else (0.0, most)
    if all(value is not None for value in given.values()) and given:
        told = {name: np.array([float(value or 0.0)]) for name, value in given.items()}
        earned = float(case.rounded(case.earned(np.array([place]), told))[0])
        full = full if np.isnan(earned) else earned
    elif not np.isnan(now):
        return None
    worst = none if np.isnan(now) else float(now)
    return None if case.sign * (full - worst) <= _SAME else (worst, full)

"""Open tasks of the plan: what their items may come to, by how often days due were kept so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scoring.advice.item_case import item_case
from scoring.base.dates import date_serial
from scoring.plan.standing import task_standing
from scoring.points import ScoreSheet
from scoring.rules.evaluate import BoolArray
from scoring.tables import day_of
from scoring.uncertainty.acceptance import wilson
from scoring.uncertainty.doubts import no_outcomes, two_outcomes

_SAME = 1e-9


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
        """Return the share of days kept with its interval; NaN three times where there was none."""
        met, cases = self.record
        if not cases:
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
    record and apart from the others. A day that has passed unmet, or none at all, leaves an
    interval without a chance, up to what the rule still gives for the day looked at.
    """
    places = np.flatnonzero(sheet.units["unit_code"] == plan.unit_code)
    parts = [no_outcomes()]
    if len(places) == 1:
        parts += list(_each(sheet, plan, int(places[0]), (on, until), is_free, confidence_percent))
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)


def _each(
    sheet: ScoreSheet, plan: PlanAhead, place: int, days: tuple[dt.date, dt.date],
    is_free: BoolArray, confidence_percent: float,
) -> Iterator[pd.DataFrame]:  # fmt: skip
    share = np.array(plan.chance(confidence_percent))
    _, cases = plan.record
    for code, tasks in plan.open_tasks().groupby("item_code", sort=False):
        row = int(sheet.leaf_rows(tasks["item_code"])[0])
        if row < 0 or not is_free[row, place]:
            continue
        is_dated = (tasks["due_on"] >= day_of(days[0])).all()
        if is_dated and (tasks["due_on"] > day_of(days[1])).any():
            continue
        day = tasks["due_on"].max().date() if is_dated else days[0]
        ends = _ends(sheet, str(code), row, place, day)
        if ends is None:
            continue
        known = share ** len(tasks) if is_dated else np.full(3, np.nan)
        chances = dict(zip(("share", "low", "high"), known[:, None], strict=True))
        at = np.array([row]), np.array([place])
        points = np.array([ends[0]]), np.array([ends[1]])
        told = chances | {"cases": np.array([cases])}
        yield two_outcomes(*at, "task", [str(code)], points, told)


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

"""Plans and what they are made of: the items of one unit with what can be done about each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scoring.advice import KINDS, TERMS, Change, Options
from scoring.base.errors import FileError
from scoring.base.findings import Finding
from scoring.base.values import INDEX_CODE, NOT_APPLICABLE
from scoring.points import ScoreSheet
from scoring.rules.evaluate import BoolArray
from scoring.whatif.actions import IntArray, Priced
from scoring.whatif.choices import Choices
from scoring.whatif.coupled import Coupling, Shared
from scoring.whatif.frontier import Frontier, frontier
from scoring.whatif.goal_tree import GoalTree, goal_tree
from scoring.whatif.goals import Goal

# What a unit can do itself, in time.
_OWN = tuple(KINDS.index(kind) for kind in ("figure", "count", "date", "answer"))
_OPEN = tuple(TERMS.index(term) for term in ("open", "dated"))
_SAME = 1e-9


def within_reach(found: Options, costs: Priced) -> BoolArray:
    """Say which options a unit can take itself and in time."""
    return np.isin(found.kind, _OWN) & np.isin(found.term, _OPEN) & costs.in_time


class ReachError(FileError):
    """A plan that the engine does not confirm."""


@dataclass(frozen=True)
class Step:
    """One option of a plan; see `Options` for what it changes and by when."""

    option: int
    item_code: str
    points_before: float
    points_after: float
    more: float
    cost: float
    people_days: float
    action: str
    owner: str
    is_default: bool
    due_on: dt.date | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Plan:
    """Steps that reach a goal, with the points that the engine gives once they are taken.

    Attributes
    ----------
    steps : tuple of Step
    points : float
        Of the index, what is open counted as nothing.
    cost : float
    at_least : float
        No plan costs less; the plan is the cheapest where this is its cost.
    without : str
        Item that an alternative does without; empty for the cheapest plan.
    """

    steps: tuple[Step, ...]
    points: float
    cost: float
    at_least: float
    without: str = ""

    @property
    def is_optimal(self) -> bool:
        """Whether no plan can be cheaper."""
        return self.cost <= self.at_least + _SAME * max(1.0, self.cost)


@dataclass(frozen=True)
class Reach:
    """What it takes one unit to reach a goal.

    Attributes
    ----------
    goal : Goal
    place : int
    now, most : float
        Points of the index as it stands, and the most that can be reached.
    plan : Plan or None
        None where the goal is out of reach.
    alternatives : tuple of Plan
        Cheapest first; each does without an item that the plan changes.
    blocked : DataFrame
        ``item_code, reason, points``: points that cannot be had, and why, most first.
    findings : tuple of Finding
    """

    goal: Goal
    place: int
    now: float
    most: float
    plan: Plan | None
    alternatives: tuple[Plan, ...]
    blocked: pd.DataFrame
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Moves:
    """The items of one unit with what can be done about each, and the frontier's own form of it.

    Attributes
    ----------
    sheet, place, options, priced
    tree : GoalTree
    items : tuple of Choices
    rows : tuple of array
        The option behind each choice of each item; -1 for how it stands.
    """

    sheet: ScoreSheet
    place: int
    options: Options
    priced: Priced
    tree: GoalTree
    items: tuple[Choices, ...] = field(repr=False)
    rows: tuple[IntArray, ...] = field(repr=False)

    def frontier(self) -> Frontier:
        """Return the whole frontier."""
        return frontier(self.items, self.tree.group)

    def chosen(self, plan: Sequence[int]) -> list[int]:
        """Return the options of a plan."""
        found = [int(rows[at]) for rows, at in zip(self.rows, plan, strict=True)]
        return [option for option in found if option >= 0]

    @property
    def coupling(self) -> Coupling:
        """What the items share: actions of one code are paid for once."""
        codes = self.priced.actions["shared"].astype(str).tolist()
        users: dict[str, list[tuple[int, int, int]]] = {}
        for item, rows in enumerate(self.rows):
            for at, option in enumerate(rows.tolist()):
                action = int(self.priced.action[option]) if option >= 0 else -1
                if action >= 0 and codes[action]:
                    users.setdefault(codes[action], []).append((item, at, option))
        shared = [
            Shared(max(float(self.priced.cost[option]) for *_, option in used),
                   tuple((item, at) for item, at, _ in used))
            for used in users.values() if len({item for item, *_ in used}) > 1
        ]  # fmt: skip
        return Coupling(shared=tuple(shared))


def moves(
    sheet: ScoreSheet, place: int, found: Options, costs: Priced, goal: Goal | None = None
) -> Moves:
    """Return what a unit can do, in the form the frontier works on."""
    tree = goal_tree(sheet, place, INDEX_CODE, goal.at_least if goal else None)
    own = within_reach(found, costs)
    items, rows = [], []
    for row, sign in zip(tree.rows, tree.signs, strict=True):
        now = float(np.nan_to_num(sheet.points_low[row, place]))
        start, end = np.searchsorted(found.row, [row, row + 1])
        first, last = np.searchsorted(found.place[start:end], [place, place + 1])
        at = np.arange(start + first, start + last)
        # What does not apply is left alone; figures would not count.
        at = at[own[at] & (sheet.status[row, place] != NOT_APPLICABLE)]
        items.append(Choices(np.append(sign * now, sign * found.points[at]),
                             np.append(0.0, costs.cost[at])))  # fmt: skip
        rows.append(np.append(-1, at))
    return Moves(sheet, place, found, costs, tree, tuple(items), tuple(rows))

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
from scoring.whatif.grade_conditions import fitting, own_rules
from scoring.whatif.provable import is_about_proof, proof_choices

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
    """One option of a plan; see `Options` for what it changes and by when.

    `option` is -1 where nothing but proof is added. `proves`: documents are to be added, which
    somebody has to accept; points of such a step are not sure.
    """

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
    proves: bool = False


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
    proves : tuple of bool array
        Which choices of each item add proof.
    unmet : frozenset of str
        Items that no choice lets meet what a grade asks of them.
    """

    sheet: ScoreSheet
    place: int
    options: Options
    priced: Priced
    tree: GoalTree
    items: tuple[Choices, ...] = field(repr=False)
    rows: tuple[IntArray, ...] = field(repr=False)
    proves: tuple[BoolArray, ...] = field(repr=False)
    unmet: frozenset[str] = frozenset()

    @property
    def base_cost(self) -> float:
        """Cost of what has to be done whatever the points: the first choice of each item."""
        return float(sum(one.costs[0] for one in self.items))

    def frontier(self) -> Frontier:
        """Return the whole frontier."""
        return frontier(self.items, self.tree.group)

    def chosen(self, plan: Sequence[int]) -> list[tuple[int, int]]:
        """Return the item and the choice of what a plan does."""
        pairs = enumerate(int(at) for at in plan)
        return [
            (item, at) for item, at in pairs if self.rows[item][at] >= 0 or self.proves[item][at]
        ]

    def changes(self, plan: Sequence[int]) -> list[Change]:
        """Return the figures that a plan changes."""
        rows = [int(self.rows[item][at]) for item, at in self.chosen(plan)]
        return [change for row in rows if row >= 0 for change in self.options.changes(row)]

    def proven(self, plan: Sequence[int]) -> list[int]:
        """Return the rows of the items whose proof a plan adds to."""
        return [self.tree.rows[item] for item, at in self.chosen(plan) if self.proves[item][at]]

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
    made = [_item(sheet, place, row, sign, found, costs, own)
            for row, sign in zip(tree.rows, tree.signs, strict=True)]  # fmt: skip
    unmet = set[str]()
    rules = own_rules(sheet, goal.grade) if goal and goal.grade else {}
    for at, row in enumerate(tree.rows):
        code = sheet.criteria.nodes[row].code
        if code in rules and sheet.status[row, place] != NOT_APPLICABLE:
            points = tree.signs[at] * made[at][0].points
            kept = fitting(sheet, row, place, found, made[at][1], rules[code], points)
            made[at] = _only(made[at], kept)
            unmet |= set() if kept.any() else {code}
    items, rows, proves = zip(*made, strict=True) if made else ((), (), ())
    return Moves(sheet, place, found, costs, tree, tuple(items), tuple(rows), tuple(proves),
                 frozenset(unmet))  # fmt: skip


_Item = tuple[Choices, IntArray, BoolArray]


def _item(
    sheet: ScoreSheet, place: int, row: int, sign: float, found: Options, costs: Priced,
    own: BoolArray,
) -> _Item:  # fmt: skip
    """Return what a unit can do about one item; the first is to leave it as it stands."""
    now = float(np.nan_to_num(sheet.points_low[row, place]))
    start, end = np.searchsorted(found.row, [row, row + 1])
    first, last = np.searchsorted(found.place[start:end], [place, place + 1])
    at = np.arange(start + first, start + last)
    # What does not apply is left alone; figures would not count.
    applies = sheet.status[row, place] != NOT_APPLICABLE
    at = at[own[at] & applies]
    points, cost, proves = found.points[at], costs.cost[at], np.zeros(len(at), dtype=bool)
    if is_about_proof(sheet) and applies:
        at, points, cost, proves = proof_choices(sheet, row, place, found, costs, at)
    choices = Choices(np.append(sign * now, sign * points), np.append(0.0, cost))
    return choices, np.append(-1, at), np.append(False, proves)


def _only(made: _Item, kept: BoolArray) -> _Item:
    """Return the choices that conditions of a grade allow, the cheapest of them first.

    Where there is none the item stays as it was: the condition cannot be part of a plan.
    """
    choices, rows, proves = made
    at = np.flatnonzero(kept)
    if not len(at):
        return made
    at = at[np.argsort(choices.costs[at], kind="stable")]
    return Choices(choices.points[at], choices.costs[at]), rows[at], proves[at]

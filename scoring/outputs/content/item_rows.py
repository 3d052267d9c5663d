"""The items of a unit as rows of a report, each with its full explanation."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scoring.advice import Advice, Way
from scoring.advice.moves import PROOF
from scoring.analysis.gap_steps import BY_RULE
from scoring.base.dates import format_date
from scoring.base.labels import LANGUAGES, label
from scoring.base.text import clean_text
from scoring.base.units import UnitKey
from scoring.base.values import CAUSES, STATUSES
from scoring.criteria import CriteriaSet, Node
from scoring.criteria.set_nodes import BEST_OF
from scoring.outputs.amounts import (
    Amount,
    Target,
    percent_amount,
    points_amount,
    shared_decimals,
    target_amount,
)
from scoring.outputs.content.unit_rows import ItemRow, LossPart
from scoring.points import ScoreSheet
from scoring.points.item_explanation import explain
from scoring.points.sampling_words import sampling_ends

# A row of the table ``Gaps``.
_Gap = Mapping[Hashable, Any]
_SEPARATORS = re.compile(r"[;,\s]+")


class TaskDeadline(NamedTuple):
    """Lead unit and deadline that the plan gives to an item; None: no dated deadline."""

    lead_unit: str
    due_on: dt.date | None


def task_deadlines(tasks: pd.DataFrame | None) -> dict[str, TaskDeadline]:
    """Return, by item code, the task with the nearest deadline that serves it.

    Parameters
    ----------
    tasks : DataFrame or None
        Table ``PlanTasks``; only ``item_codes``, ``lead_unit`` and ``due_on`` are read.

    Examples
    --------
    >>> tasks = pd.DataFrame({"item_codes": ["1.1;1.2", "1.2"], "lead_unit": ["A", "B"],
    ...                       "due_on": pd.to_datetime(["2026-12-15", "2026-06-30"])})
    >>> task_deadlines(tasks)["1.2"]
    TaskDeadline(lead_unit='B', due_on=datetime.date(2026, 6, 30))
    """
    if tasks is None or tasks.empty or "item_codes" not in tasks.columns:
        return {}
    columns = tasks[["item_codes", "lead_unit", "due_on"]]
    columns = columns.assign(item_codes=columns["item_codes"].map(_codes))
    rows = columns.explode("item_codes").dropna(subset=["item_codes"])
    rows = rows.sort_values("due_on", kind="stable", na_position="last")
    nearest = rows.drop_duplicates("item_codes")
    return {
        str(code): TaskDeadline(str(lead), None if pd.isna(due) else pd.Timestamp(due).date())
        for code, lead, due in nearest.itertuples(index=False)
    }


def unit_targets(targets: pd.DataFrame) -> Callable[[UnitKey], dict[str, float]]:
    """Return what gives the targets of a unit and period by code, its own before common ones.

    Examples
    --------
    >>> targets = pd.DataFrame({"unit_code": ["", "A"], "year": [2025, 2026], "period": ["", ""],
    ...                         "code": ["INDEX", "INDEX"], "target_points": [70.0, 80.0]})
    >>> of = unit_targets(targets)
    >>> of(UnitKey("A", 2025)), of(UnitKey("A", 2026)), of(UnitKey("B", 2026))
    ({'INDEX': 70.0}, {'INDEX': 80.0}, {})
    """
    wanted: dict[tuple[Any, ...], dict[str, float]] = defaultdict(dict)
    for row in targets.to_dict("records"):
        year, period = row.get("year"), row.get("period") or ""
        time = (int(year), period) if pd.notna(year) and year else ()
        wanted[row["unit_code"], *time][row["code"]] = row["target_points"]

    def of(key: UnitKey) -> dict[str, float]:
        places = [(unit, *time) for unit in ("", key.unit_code) for time in ((), key[1:])]
        return {code: points for at in places for code, points in wanted.get(at, {}).items()}

    return of


def _codes(text: object) -> list[str]:
    return [code for code in _SEPARATORS.split(str(text)) if code]


@dataclass(frozen=True)
class UnitView:
    """One unit of a sheet with what else is known of it.

    Attributes
    ----------
    place : int
        Its column in the arrays of `sheet`.
    targets, last_points : mapping of str to float
        By node code.
    deadlines : mapping
        Lead unit and deadline of items, from the plan.
    advice : Advice, optional
        That of the whole sheet, where views share it.
    """

    sheet: ScoreSheet
    key: UnitKey
    place: int
    lang: str
    targets: Mapping[str, float] = field(default_factory=dict)
    last_points: Mapping[str, float] = field(default_factory=dict)
    deadlines: Mapping[str, TaskDeadline] = field(default_factory=dict)
    as_of: dt.date | None = None
    data_on: dt.date | None = None
    advice: Advice | None = None

    @cached_property
    def given_advice(self) -> Advice:
        """The advice that views of one sheet share, or one of its own."""
        return self.advice or unit_advice(self.sheet, self.deadlines, self.as_of)

    @property
    def decimals(self) -> int:
        """Decimals that points are shown with."""
        return self.sheet.criteria.meta.decimals

    @cached_property
    def most_decimals(self) -> int:
        """Decimals that every maximum of the unit is shown with."""
        return shared_decimals(self.sheet.maxima[:, self.place], self.decimals)

    @cached_property
    def target_decimals(self) -> int:
        """Decimals that every target of the unit is shown with."""
        return shared_decimals(self.targets.values(), self.decimals)

    def bounds(self, code: str) -> tuple[float, float]:
        """Return between what the points of a node, or the index, lie."""
        row, ends = self.sheet.row(code), (self.sheet.points_low, self.sheet.points_high)
        return float(ends[0][row, self.place]), float(ends[1][row, self.place])

    def target(self, code: str) -> Target | None:
        """Return the target of a node; None where there is none."""
        if code not in self.targets:
            return None
        # At its lowest the index loses the most to a penalty.
        (low, high), target = sorted(self.bounds(code)), self.targets[code]
        node = self.sheet.criteria.by_code.get(code)
        # A penalty meets its target where it takes off no more.
        is_penalty = node is not None and node.kind == "penalty"
        ends = (target - high, target - low) if is_penalty else (low - target, high - target)
        sampling = self.sampling_ends(code)
        if sampling:
            by = (sampling[0] - target, sampling[1] - target)
            sampling = (-by[1], -by[0]) if is_penalty else by
        shown = self.target_decimals
        return target_amount(
            target, *ends, self.lang, self.decimals, shown, sampling, is_penalty=is_penalty
        )

    def sampling_ends(self, code: str) -> tuple[float, float] | None:
        """Return between what the points of a node lie for the sampling of surveys."""
        return sampling_ends(self.sheet, code, self.place)

    def sampling_text(self, code: str) -> str:
        """Return the sampling interval of a node; empty where there is none."""
        ends = self.sampling_ends(code) or ()
        return " – ".join(points_amount(end, self.lang, self.decimals).text for end in ends)

    def last(self, code: str) -> Amount | None:
        """Return last year's points of a node; None where they are not known."""
        if code not in self.last_points:
            return None
        return points_amount(self.last_points[code], self.lang, self.decimals)

    def node_row(self, node: Node, lost: float) -> dict[str, Any]:
        """Return the values of a `NodeRow`; `lost` is NaN where nothing can be lost."""
        sheet, lang, row = self.sheet, self.lang, self.sheet.row(node.code)
        points, maximum = float(sheet.points[row, self.place]), float(sheet.maxima[row, self.place])
        is_reached = maximum > 0 and node.kind != "penalty"
        return {
            "code": node.code,
            "name": node.name(lang),
            "maximum": points_amount(maximum, lang, self.most_decimals),
            "points": points_amount(points, lang, self.decimals),
            "attainment": percent_amount(100 * points / maximum if is_reached else np.nan, lang),
            "lost": points_amount(lost, lang, self.decimals),
            "target": self.target(node.code),
            "last_year": self.last(node.code),
            "sampling": self.sampling_text(node.code),
            "status": STATUSES[int(sheet.status[row, self.place])],
            "explanation": explain(sheet, node.code, self.key, lang),
        }


def unit_advice(
    sheet: ScoreSheet, deadlines: Mapping[str, TaskDeadline], as_of: dt.date | None
) -> Advice:
    """Return the advice to the units of a sheet, by the days of the plan."""
    due = {code: task.due_on for code, task in deadlines.items() if task.due_on is not None}
    return Advice(sheet, as_of, due)


class UnitGaps(NamedTuple):
    """The gaps of one unit: what its items lost or leave open, and what they earned without proof."""

    lost: pd.DataFrame
    at_risk: pd.DataFrame


def split_gaps(gaps: pd.DataFrame) -> UnitGaps:
    """Tell the points at risk from the others: an item may have rows of either, one for each cause."""
    is_at_risk = gaps["kind"] == "at-risk"
    return UnitGaps(gaps[~is_at_risk], gaps[is_at_risk])


@dataclass(frozen=True)
class ItemRows:
    """Makes the rows of all items of a unit."""

    view: UnitView
    gaps: UnitGaps

    def rows(self) -> tuple[ItemRow, ...]:
        """Return the items in the order of the set."""
        lost: dict[str, list[_Gap]] = defaultdict(list)
        # On an appraised track an item may lose points to its rule and to a decision as well.
        largest_first = self.gaps.lost.sort_values("lost_points", ascending=False, kind="stable")
        for row in largest_first.to_dict("records"):
            lost[row["item_code"]].append(row)
        at_risk = {row["item_code"]: row for row in self.gaps.at_risk.to_dict("records")}
        nodes = self.view.sheet.criteria.leaves
        return tuple(self._row(n, lost.get(n.code, []), at_risk.get(n.code, {})) for n in nodes)

    def _row(self, node: Node, gaps: list[_Gap], risk: _Gap) -> ItemRow:
        view, lang, criteria = self.view, self.view.lang, self.view.sheet.criteria
        proof = str(risk.get("cause", ""))
        lost = sum(float(gap["lost_points"]) for gap in gaps)
        area, common = criteria.area_of(node.code), view.node_row(node, lost)
        status = common["status"]
        lead, due = self._lead(node.code, gaps[0] if gaps else risk)
        ways = view.given_advice.ways(node.code, view.place) if gaps or risk else ()
        losses = tuple(self._part(node.code, gap, ways) for gap in gaps)
        proof_step = self._step(node.code, risk, is_proof=True)
        proven = _proven(ways, proof_step, proof, lang)
        return ItemRow(
            **common,
            area_code=area.code,
            area_name=area.name(lang),
            path=_path(criteria, node, lang),
            status_name=label(f"status_{status}", lang),
            is_open=status in ("not_assessed", "invalid") and _is_waited_for(view, node),
            losses=losses,
            cause=losses[0].cause if losses else "",
            cause_name=_together([part.name for part in losses]),
            next_step=losses[0].next_step if losses else "",
            ahead=losses[0].ahead if losses else None,
            at_risk=points_amount(risk["lost_points"], lang, view.decimals) if risk else None,
            proof=proof,
            proof_name=label(f"proof_state_{proof}", lang) if proof else "",
            proof_step=proven or proof_step,
            proof_term=_term(ways, is_proof=True) if proven else "",
            lead_unit=lead,
            due_on="" if due is None else format_date(due, lang),
            due_day=due,
            missing_inputs=tuple(_missing(view, node)) if status == "not_assessed" else (),
        )

    def _part(self, code: str, gap: _Gap, ways: tuple[Way, ...]) -> LossPart:
        """Return what was lost for one cause, with what to do about it."""
        view, cause = self.view, str(gap["cause"])
        step = self._step(code, gap, is_proof=False)
        ahead = _told(ways, step, cause, view.lang)
        return LossPart(
            cause=cause,
            name=label(f"cause_{cause}", view.lang),
            lost=points_amount(float(gap["lost_points"]), view.lang, view.decimals),
            next_step=" ".join(way.text(view.lang) for way in ahead) or step,
            ahead=ahead[0] if ahead else None,
        )

    def _step(self, code: str, gap: _Gap, is_proof: bool) -> str:
        """Return the step of a gap; one that comes from us in the language of the report."""
        view, cause = self.view, str(gap.get("cause", ""))
        step = _next_step(str(gap.get("next_step", "")), cause, view.lang)
        if not cause or step == label(f"next_{cause}", view.lang):
            return step
        for advice in view.given_advice.as_tables_say_it:
            ways = [w for w in advice.ways(code, view.place) if (w.kind == PROOF) == is_proof]
            for lang in (view.lang, *LANGUAGES):
                if step == " ".join(way.text(lang) for way in ways):
                    return label(f"next_{cause}", view.lang)
        return step

    def _lead(self, code: str, gap: _Gap) -> tuple[str, dt.date | None]:
        """Return lead unit and deadline: of the gap itself, else of the plan."""
        planned = self.view.deadlines.get(code, TaskDeadline("", None))
        due = gap.get("due_on")
        own_due = None if due is None or pd.isna(due) else pd.Timestamp(due).date()
        lead = clean_text(str(gap.get("lead_unit", "") or planned.lead_unit))
        return lead, own_due or planned.due_on


def _together(names: list[str]) -> str:
    """Return names of causes in one text, the first as it stands alone."""
    return "; ".join([*names[:1], *(name[:1].lower() + name[1:] for name in names[1:])])


def _is_waited_for(view: UnitView, node: Node) -> bool:
    """Say whether the index stays open for an open item."""
    parent = view.sheet.criteria.by_code.get(node.parent)
    if parent is None or parent.rule != BEST_OF:
        return True
    return bool(np.isnan(view.sheet.points[view.sheet.row(parent.code), view.place]))


def _path(criteria: CriteriaSet, node: Node, lang: str) -> str:
    """Return the names between the area and the item."""
    names: list[str] = []
    parent = criteria.by_code.get(node.parent)
    while parent is not None and parent.parent:
        names.insert(0, parent.name(lang))
        parent = criteria.by_code.get(parent.parent)
    return " › ".join(names)


def _missing(view: UnitView, node: Node) -> list[str]:
    """Return the wordings of the inputs that were not reported."""
    values = view.sheet.figures.values
    assert node.spec is not None
    return [
        entry.label(view.lang)
        for entry in node.spec.inputs
        if np.isnan(values[node.code, entry.name][view.place])
    ]


def _told(ways: tuple[Way, ...], step: str, cause: str, lang: str) -> list[Way]:
    """Return what to say of an item in place of the step that is the same for all of its cause.

    A step that the unit wrote stays, and so does that of points which are not the rule's to give.
    """
    if cause not in BY_RULE or step != label(f"next_{cause}", lang):
        return []
    return [way for way in ways if way.kind != PROOF]


def _term(ways: tuple[Way, ...], is_proof: bool) -> str:
    return next((way.term for way in ways if (way.kind == PROOF) == is_proof), "")


def _proven(ways: tuple[Way, ...], step: str, proof: str, lang: str) -> str:
    """Return which proof keeps the points, in place of the step that is the same for all."""
    if not proof or step != label(f"next_{proof}", lang):
        return ""
    return " ".join(way.text(lang) for way in ways if way.kind == PROOF)


@cache
def _stock_steps() -> frozenset[str]:
    """Return the next steps that come with the package, in every language."""
    return frozenset(label(f"next_{cause}", lang) for cause in CAUSES for lang in LANGUAGES)


def _next_step(step: str, cause: str, lang: str) -> str:
    """Return the step in the language of the report; a step the unit wrote stays as it is."""
    if cause and (not step or step in _stock_steps()):
        return label(f"next_{cause}", lang)
    return clean_text(step)

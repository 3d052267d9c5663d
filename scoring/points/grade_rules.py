"""Grades as the decision grants them: points, conditions that must hold, caps and quotas.

Caps and steps down act in the order in which the set declares them, on the grade that the points
suggest. What results stands only while every condition about it is known to hold: one that fails,
or that nobody has answered, leaves the unit without a grade and says so, for what a decision does
not name as the grade instead is for the authority to decide. Quotas come last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.base.units import time_text
from scoring.criteria import CriteriaSet, GradeRule
from scoring.points.figure_arrays import Figures
from scoring.points.grade_quotas import Codes, GradeReason, clause, grades_in_order, kept_within
from scoring.points.grading import compared_points, grades
from scoring.rules.evaluate import BoolArray, FloatArray, holds
from scoring.rules.expression import Condition, input_names
from scoring.tables.places import MAX_FINDINGS_PER_KIND

# What each kind of condition does to a unit, as findings and reasons call it.
_ACTS = {
    "caps": "grade-capped",
    "lowers": "grade-lowered",
    "needs": "grade-condition-failed",
    "forces": "grade-forced",
}
_UNKNOWN = "grade-to-confirm"


@dataclass(frozen=True)
class Graded:
    """The grade of each unit, empty where there is none, and why it is not the one of the points.

    Attributes
    ----------
    codes, by_points : object array, shape (n_units,)
        The grades granted, and those that the points alone suggest.
    findings : tuple of Finding
    reasons : tuple of GradeReason
        What acted on the grades, in the order in which it did.
    """

    codes: Codes
    by_points: Codes
    findings: tuple[Finding, ...] = ()
    reasons: tuple[GradeReason, ...] = ()


def graded(
    points: FloatArray, maxima: FloatArray, criteria: CriteriaSet, figures: Figures
) -> Graded:
    """Return the grades that points and conditions give, and what people must confirm or decide.

    Parameters
    ----------
    points, maxima : float array, shape (n_nodes + 1, n_units)
        As of `ScoreSheet`; a unit whose index is open has no grade.
    criteria : CriteriaSet
    figures : Figures
        Hold the answers that the conditions read.
    """
    by_points = np.array(grades(points[-1], criteria.meta), dtype=object)
    if not criteria.meta.grade_rules:
        return Graded(by_points, by_points)
    standing = _Standing(by_points, grades_in_order(criteria.meta))
    for kind in ("steps", "needs", "forces"):
        for rule, test in criteria.grade_tests:
            if rule.kind == kind or (kind == "steps" and rule.kind in ("caps", "lowers")):
                answers = _answers(criteria, figures, (points, maxima), rule, test)
                standing.take(rule, *answers)
    codes, reasons = standing.codes, [*standing.reasons()]
    findings = [*_explained(reasons, criteria, figures, compared_points(points[-1], criteria.meta))]
    for rule in criteria.meta.grade_rules:
        if rule.kind == "quota":
            codes, told, found = kept_within(rule, codes, (points, maxima), criteria, figures)
            reasons += told
            findings += found
    return Graded(codes, by_points, tuple(findings), tuple(reasons))


class _Standing:
    """What the conditions do to the grades of the points, and which of them, by unit."""

    def __init__(self, by_points: Codes, order: list[str]) -> None:
        self.order = order
        # Whole numbers also where there is no unit.
        self.level = np.array([order.index(c) if c else -1 for c in by_points], dtype=np.intp)
        self.forced: Codes = np.full(len(by_points), "", dtype=object)
        self.is_held: BoolArray = np.zeros(len(by_points), dtype=bool)
        self.told: list[GradeReason] = []

    @property
    def present(self) -> Codes:
        """The grades as they stand, whatever still holds them up."""
        return np.array([*self.order, ""], dtype=object)[self.level]

    @property
    def codes(self) -> Codes:
        """The grades; one that is forced stands, whatever holds up the grade of the points."""
        granted = np.where(self.is_held, "", self.present)
        return np.where(self.forced != "", self.forced, granted)

    def take(self, rule: GradeRule, is_true: BoolArray, is_known: BoolArray) -> None:
        """Let one condition act."""
        before = self.present
        concerned = self._concerned(rule, before)
        acts = concerned & is_known & (is_true != (rule.kind == "needs"))
        open_ones = concerned & ~is_known
        if rule.kind == "caps":
            self.level[acts] = self.order.index(rule.grade)
        elif rule.kind == "lowers":
            self.level[acts] -= 1
        elif rule.kind == "forces":
            self.forced[acts] = rule.grade
        else:
            self.is_held |= acts
        self.is_held |= open_ones
        after = self.present if rule.kind in ("caps", "lowers") else self.forced
        for code, units in ((_ACTS[rule.kind], acts), (_UNKNOWN, open_ones)):
            for unit in np.flatnonzero(units):
                instead = "" if code == _UNKNOWN else str(after[unit])
                self.told.append(GradeReason(int(unit), code, str(before[unit]), instead, rule))

    def _concerned(self, rule: GradeRule, before: Codes) -> BoolArray:
        """Say whose grade the rule is about."""
        if rule.kind == "caps":
            return self.level > self.order.index(rule.grade)
        if rule.kind == "forces":
            return (before != "") & (before != rule.grade)
        # Below the lowest grade there is none.
        among = self.level > (0 if rule.kind == "lowers" else -1)
        return among & (before == rule.grade) if rule.grade else among

    def reasons(self) -> Iterator[GradeReason]:
        """Yield what acted; whatever a forced grade makes irrelevant is left out."""
        for reason in self.told:
            if reason.verdict == "grade-forced" or not self.forced[reason.unit]:
                yield reason


def _answers(
    criteria: CriteriaSet,
    figures: Figures,
    scored: tuple[FloatArray, FloatArray],
    rule: GradeRule,
    test: Condition,
) -> tuple[BoolArray, BoolArray]:
    """Return whether a condition holds for each unit, and whether its figures are there and sound."""
    row = [node.code for node in criteria.nodes].index(rule.item_code)
    earned, most = (array[row] for array in scored)
    percent = 100.0 * np.divide(earned, most, out=np.full(len(most), np.nan), where=most > 0)
    values = {"points": earned, "percent": percent}
    compiled = criteria.rules.get(rule.item_code)
    own = figures.of_item(compiled.spec) if compiled else {}
    values |= own
    names = input_names(test)
    known = ~np.any([np.isnan(values[name]) for name in names], axis=0)
    for fault in compiled.faults_of(names, values) if compiled else ():
        known &= ~fault.units
    is_true = np.broadcast_to(holds(test, values), known.shape)
    if set(names) <= set(own):
        return is_true, known
    # What does not apply to a unit is not held against it.
    dropped = most == 0
    return np.where(dropped, rule.kind == "needs", is_true), known | dropped


def _explained(
    reasons: list[GradeReason], criteria: CriteriaSet, figures: Figures, points: FloatArray
) -> Iterator[Finding]:
    """Yield a finding for each unit and what happened to it, with all rules that had it happen."""
    labels = {grade.code: Named.of(grade) for grade in criteria.meta.grades}
    told: dict[str, dict[int, list[GradeReason]]] = {}
    for reason in reasons:
        told.setdefault(reason.verdict, {}).setdefault(reason.unit, []).append(reason)
    for code, units in told.items():
        for unit, own in list(units.items())[:MAX_FINDINGS_PER_KIND]:
            rules = [reason.rule for reason in own]
            said = {
                "grade": labels[own[0].before],
                "instead": labels.get(own[-1].after, ""),
                "points": float(points[unit]),
                "conditions": [clause(rule) for rule in rules],
            }
            place = figures.place_of(unit) | {"item_code": rules[0].item_code}
            said["when"] = time_text(int(place["year"]), place["period"])
            yield Finding(code, values=said, **place)

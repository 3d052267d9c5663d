"""Grades as the decision grants them: points, conditions that must hold, and quotas.

A grade that the points suggest stands only while every condition about it is known to hold. One
that fails, or that nobody has answered, leaves the unit without a grade and says so: what a
decision does not name as the grade instead is for the authority to decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.criteria import CriteriaSet, GradeRule
from scoring.points.figure_arrays import Figures
from scoring.points.grading import compared_points, grades
from scoring.rules.evaluate import BoolArray, FloatArray, holds
from scoring.rules.expression import Condition, input_names
from scoring.tables.places import MAX_FINDINGS_PER_KIND

Codes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Graded:
    """The grade of each unit, empty where there is none, and why it is not the one of the points."""

    codes: Codes
    findings: tuple[Finding, ...] = ()


def graded(index: FloatArray, criteria: CriteriaSet, figures: Figures) -> Graded:
    """Return the grades that points and conditions give, and what people must confirm or decide.

    Parameters
    ----------
    index : float array, shape (n_units,)
        NaN where open; such a unit has no grade.
    criteria : CriteriaSet
    figures : Figures
        Hold the answers that the conditions read.
    """
    by_points = np.array(grades(index, criteria.meta), dtype=object)
    if not criteria.meta.grade_rules:
        return Graded(by_points)
    standing = _Standing(by_points)
    for rule, test in criteria.grade_tests:
        standing.take(rule, *_answers(criteria, figures, rule, test))
    points = compared_points(index, criteria.meta)
    findings = [*_explained(standing, criteria, figures, points)]
    for rule in criteria.meta.grade_rules:
        if rule.kind == "quota":
            findings += _quota(rule, standing.codes, criteria, figures)
    return Graded(standing.codes, tuple(findings))


class _Standing:
    """What the conditions do to the grades of the points, and which of them, by unit."""

    def __init__(self, by_points: Codes) -> None:
        self.by_points = by_points
        self.forced: Codes = np.full(len(by_points), "", dtype=object)
        self.is_held: BoolArray = np.zeros(len(by_points), dtype=bool)
        self.told: dict[str, dict[int, list[GradeRule]]] = {}

    @property
    def codes(self) -> Codes:
        """The grades; one that is forced stands, whatever holds up the grade of the points."""
        granted = np.where(self.is_held, "", self.by_points)
        return np.where(self.forced != "", self.forced, granted)

    def take(self, rule: GradeRule, is_true: BoolArray, is_known: BoolArray) -> None:
        """Let one condition act."""
        is_forcing = rule.kind == "forces"
        concerned = self.by_points != ""
        if is_forcing:
            concerned &= self.by_points != rule.grade
        elif rule.grade:
            concerned &= self.by_points == rule.grade
        acts = concerned & is_known & (is_true == is_forcing)
        self._note("grade-forced" if is_forcing else "grade-condition-failed", rule, acts)
        self._note("grade-to-confirm", rule, concerned & ~is_known)
        self.is_held |= concerned & ~is_known
        if is_forcing:
            self.forced[acts] = rule.grade
        else:
            self.is_held |= acts

    def _note(self, code: str, rule: GradeRule, units: BoolArray) -> None:
        for unit in np.flatnonzero(units):
            self.told.setdefault(code, {}).setdefault(int(unit), []).append(rule)

    def reasons(self) -> Iterator[tuple[str, int, list[GradeRule]]]:
        """Yield the code of the finding, the unit and the conditions; what no longer matters is left out."""
        for code, units in self.told.items():
            shown = (u for u in units if code == "grade-forced" or not self.forced[u])
            for unit in list(shown)[:MAX_FINDINGS_PER_KIND]:
                yield code, unit, units[unit]


def _answers(
    criteria: CriteriaSet, figures: Figures, rule: GradeRule, test: Condition
) -> tuple[BoolArray, BoolArray]:
    """Return whether a condition holds for each unit, and whether its figures are there and sound."""
    compiled = criteria.rules[rule.item_code]
    values = figures.of_item(compiled.spec)
    names = input_names(test)
    known = ~np.any([np.isnan(values[name]) for name in names], axis=0)
    for fault in compiled.grade_faults(values):
        if fault.check.input in names:
            known &= ~fault.units
    return np.broadcast_to(holds(test, values), known.shape), known


def _explained(
    standing: _Standing, criteria: CriteriaSet, figures: Figures, points: FloatArray
) -> Iterator[Finding]:
    labels = {grade.code: Named.of(grade) for grade in criteria.meta.grades}
    for code, unit, rules in standing.reasons():
        said = {
            "grade": labels[standing.by_points[unit]],
            "instead": labels.get(standing.forced[unit], ""),
            "points": float(points[unit]),
            "conditions": [Named.of(rule) for rule in rules],
        }
        place = figures.place_of(unit) | {"item_code": rules[0].item_code}
        yield Finding(code, values=said, **place)


def _quota(
    rule: GradeRule, codes: Codes, criteria: CriteriaSet, figures: Figures
) -> Iterator[Finding]:
    """Yield where more units have a grade than its quota lets; nobody loses it by this."""
    units = figures.units.assign(grade=codes)
    scope = ["year", "period", *(["block"] if rule.within == "block" else [])]
    for _, group in units.groupby(scope, sort=False):
        yield from _quota_of_group(rule, group, criteria)


def _quota_of_group(
    rule: GradeRule, group: pd.DataFrame, criteria: CriteriaSet
) -> Iterator[Finding]:
    holders = group[group["grade"] == rule.grade]
    base = int((group["grade"] == rule.of if rule.of else group["grade"] != "").sum())
    limit = int(rule.percent * base // 100)
    if not len(holders):
        return
    labels = {grade.code: Named.of(grade) for grade in criteria.meta.grades}
    said = {
        "grade": labels[rule.grade],
        "count": len(holders),
        "limit": limit,
        "base": base,
        "percent": rule.percent,
        "quota": [Named.of(rule)],  # a list is shown whole, one text alone is cut short
        "units": holders["unit_code"].tolist(),
        "open": int((group["grade"] == "").sum()),
    }
    first = holders.iloc[0]
    place = {"year": str(first["year"]), "period": str(first["period"])}
    # One unit's own ledger says nothing about the others that the quota is a share of.
    if len(group) == 1:
        yield Finding("grade-quota-to-confirm", values=said, unit_code=first["unit_code"], **place)
    elif len(holders) > limit:
        yield Finding("grade-quota-exceeded", values=said, **place)

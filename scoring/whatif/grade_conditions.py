"""Conditions of grades on an item's own figures and points, as part of what a plan has to meet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from scoring.advice import Options
from scoring.base.findings import Finding
from scoring.base.labels import Label, Named
from scoring.criteria import CriteriaSet, GradeRule
from scoring.points import ScoreSheet
from scoring.points.grade_quotas import grades_in_order
from scoring.rules.evaluate import BoolArray, FloatArray, holds
from scoring.rules.expression import Condition, input_names
from scoring.whatif.actions import IntArray
from scoring.whatif.goals import Goal, concerns, points_asked

Rules = Sequence[tuple[GradeRule, Condition]]


def own_rules(sheet: ScoreSheet, grade: str) -> dict[str, Rules]:
    """Return the conditions that can keep a unit from a grade, by the item they are about.

    Those of nodes with items below them are left out; see `left_out`.
    """
    found: dict[str, list[tuple[GradeRule, Condition]]] = {}
    for rule, test in _concerned(sheet.criteria, grade):
        if rule.item_code in sheet.criteria.rules:
            found.setdefault(rule.item_code, []).append((rule, test))
    return dict(found)


def _concerned(criteria: CriteriaSet, grade: str) -> Iterator[tuple[GradeRule, Condition]]:
    order = grades_in_order(criteria.meta)
    return ((rule, test) for rule, test in criteria.grade_tests if concerns(rule, grade, order))


def asked_tests(sheet: ScoreSheet, goal: Goal) -> dict[str, list[tuple[Condition, bool]]]:
    """Return what figures have to meet for a grade, by item, as `scoring.advice.options` takes it."""
    rules = own_rules(sheet, goal.grade) if goal.grade else {}
    return {
        code: [(test, rule.kind == "needs") for rule, test in own] for code, own in rules.items()
    }


def fitting(
    sheet: ScoreSheet, row: int, place: int, found: Options, rows: IntArray, asked: Rules,
    points: FloatArray,
) -> BoolArray:  # fmt: skip
    """Say which choices of an item let all conditions about it pass, as the engine judges them.

    Parameters
    ----------
    rows : int array, shape (n_choices,)
        The option behind each choice; -1 for figures as they stand.
    asked : sequence of (rule, condition)
    points : array, shape (n_choices,)
        Points of the item.
    """
    code, most = sheet.criteria.nodes[row].code, float(sheet.maxima[row, place])
    compiled = sheet.criteria.rules[code]
    own = sheet.figures.of_item(compiled.spec)
    values = {name: np.full(len(rows), array[place]) for name, array in own.items()}
    for choice, option in enumerate(rows.tolist()):
        for change in found.changes(option) if option >= 0 else ():
            values[change.input][choice] = change.value
    values |= {"points": points, "percent": 100.0 * points / most if most > 0 else points * np.nan}
    fits = np.ones(len(rows), dtype=bool)
    for rule, test in asked:
        names = input_names(test)
        known = ~np.any([np.isnan(values[name]) for name in names], axis=0)
        for fault in compiled.faults_of(names, values):
            known &= ~fault.units
        is_true = np.broadcast_to(holds(test, values), known.shape)
        fits &= known & (is_true == (rule.kind == "needs"))
    return fits


def left_out(
    sheet: ScoreSheet, place: int, goal: Goal, unmet: Collection[str]
) -> Iterator[Finding]:
    """Yield a finding for each condition of a grade that no plan can be made to meet, with the reason.

    Parameters
    ----------
    unmet : collection of str
        Items that no choice lets meet what is asked of them.
    """
    for rule, test in _concerned(sheet.criteria, goal.grade) if goal.grade else ():
        is_item = rule.item_code in sheet.criteria.rules
        if rule.item_code in unmet or (not is_item and points_asked(sheet, rule, test) is None):
            why = Label("reach_condition_figures" if is_item else "reach_condition_node")
            where = sheet.figures.place_of(place) | {"item_code": rule.item_code}
            yield Finding("reach-grade-condition-left-out", **where,
                          values={"condition": Named.of(rule), "reason": why})  # fmt: skip

"""What is to be reached: a total, points of nodes, a grade, a place ahead of named units."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, Named
from scoring.base.numbers import read_number
from scoring.base.rounding import round_points
from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet, GradeRule
from scoring.points import ScoreSheet
from scoring.points.grading import compared_points
from scoring.rules import expression as ex
from scoring.rules.expression import Condition

# The least that points compared at nine decimals can lie apart.
_STEP = 1e-9
_ABOVE = (">", ">=")


@dataclass(frozen=True)
class Goal:
    """What is to be reached.

    Attributes
    ----------
    at_least : mapping of code to float
        Points that nodes, or the index (``INDEX``), must have; of a penalty, that it may take off.
    grade : str
        Code of a grade to be granted; empty: none.
    told : tuple of str
        The goals as they were asked for.
    """

    at_least: Mapping[str, float] = field(default_factory=dict)
    grade: str = ""
    told: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """Points of the index to be reached."""
        return self.at_least.get(INDEX_CODE, -math.inf)


def read_goal(
    sheet: ScoreSheet, texts: Sequence[str], beat: Sequence[str] = (), place: int = 0
) -> tuple[Goal, list[Finding]]:
    """Read goals as people type them.

    Parameters
    ----------
    sheet : ScoreSheet
    texts : sequence of str
        ``90`` is a total, ``2=8,5`` points of a node (of a penalty: so many taken off at most),
        anything else the code or name of a grade.
    beat : sequence of str
        Units to be ahead of, as they stand now.
    place : int
        Column of the unit whose goal it is.

    Returns
    -------
    Goal
    list of Finding
        What could not be read, and what of a grade cannot be known.

    Examples
    --------
    >>> import pandas as pd
    >>> import scoring
    >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(example).query("unit_code == 'SM-A'"), "department-sample")
    >>> goal, findings = read_goal(sheet, ["90", "2=8,5"])
    >>> goal.total, goal.at_least["2"], findings
    (90.0, 8.5, [])
    """
    at_least, findings, grade = dict[str, float](), list[Finding](), ""
    for text in texts:
        code, _, points = text.rpartition("=")
        number = read_number(points.strip())
        code = code.strip() or INDEX_CODE
        if number.value is not None and (code == INDEX_CODE or code in sheet.criteria.by_code):
            points_told = float(number.value)
            if code != INDEX_CODE and sheet.criteria.node(code).kind == "penalty":
                at_least[code] = min(at_least.get(code, math.inf), abs(points_told))
            else:
                at_least[code] = max(at_least.get(code, -math.inf), points_told)
            continue
        found = _grade_of(sheet.criteria, text)
        if found:
            grade = found
        else:
            known = [Named.of(one) for one in sheet.criteria.meta.grades]
            findings.append(Finding("reach-goal-unknown", values={"value": text, "known": known}))
    if grade:
        wanted, doubts = _of_grade(sheet, grade)
        findings += doubts
        at_least = {code: max(at_least.get(code, -math.inf), points)
                    for code, points in (at_least | wanted).items()} | {
                        code: max(wanted.get(code, -math.inf), at_least.get(code, -math.inf))
                        for code in wanted}  # fmt: skip
    for unit in beat:
        findings += _ahead_of(sheet, unit, place, at_least)
    return Goal(at_least, grade, (*texts, *(f"> {unit}" for unit in beat))), findings


def _ahead_of(
    sheet: ScoreSheet, unit: str, place: int, at_least: dict[str, float]
) -> Iterator[Finding]:
    """Raise the total to above that of another unit as it stands; yield what prevents it."""
    year = sheet.keys[place]
    others = [at for at in sheet.places(unit) if sheet.keys[at][1:] == year[1:]]
    if not others or others == [place]:
        yield Finding("reach-peer-unknown", values={"value": unit})
        return
    points = float(compared_points(sheet.points[-1, others], sheet.criteria.meta)[0])
    if math.isnan(points):
        yield Finding("reach-peer-open", unit_code=unit, values={"value": unit})
        points = float(sheet.points_low[-1, others[0]])
    above = points + _smallest(sheet.criteria)
    at_least[INDEX_CODE] = max(at_least.get(INDEX_CODE, -math.inf), above)


def _smallest(criteria: CriteriaSet) -> float:
    """Return the least by which one total is above another."""
    meta = criteria.meta
    return 10.0**-meta.decimals if meta.rank_on == "rounded" else _STEP


def _grade_of(criteria: CriteriaSet, text: str) -> str:
    wanted = text.strip().casefold()
    for grade in criteria.meta.grades:
        names = (grade.code, *(grade.label(lang) for lang in LANGUAGES))
        if wanted in {name.casefold() for name in names}:
            return grade.code
    return ""


def _of_grade(sheet: ScoreSheet, code: str) -> tuple[dict[str, float], list[Finding]]:
    """Return the points that a grade needs, with those of its conditions that are about points."""
    meta = sheet.criteria.meta
    ordered = sorted(meta.grades, key=lambda one: one.lower)
    grade = next(one for one in ordered if one.code == code)
    low = grade.lower if grade.lower_closed else grade.lower + _smallest(sheet.criteria)
    wanted = {INDEX_CODE: low} if math.isfinite(low) else {}
    findings = []
    for rule, test in sheet.criteria.grade_tests:
        if not concerns(rule, code, [one.code for one in ordered]):
            continue
        points = points_asked(sheet, rule, test)
        if points is not None:
            wanted[rule.item_code] = max(wanted.get(rule.item_code, -math.inf), points)
    for rule in meta.grade_rules:
        if rule.kind == "quota" and rule.grade == code:
            values = {"grade": Named.of(grade), "percent": rule.percent}
            findings.append(Finding("reach-grade-quota", values=values))
    return wanted, findings


def concerns(rule: GradeRule, code: str, order: Sequence[str]) -> bool:
    """Say whether a rule can keep a unit from a grade."""
    if rule.kind == "needs":
        return rule.grade in ("", code)
    if rule.kind in ("caps", "forces"):
        return order.index(rule.grade) < order.index(code)
    return rule.kind == "lowers" and rule.grade in ("", code)


def points_asked(sheet: ScoreSheet, rule: GradeRule, test: Condition) -> float | None:
    """Return the points of a node that let a rule pass; None where it asks for something else."""
    wanted = test if rule.kind == "needs" else getattr(test, "opposite", lambda: None)()
    if not isinstance(wanted, ex.Compare) or wanted.op not in _ABOVE:
        return None
    if not isinstance(wanted.left, ex.Name) or not isinstance(wanted.right, ex.Number):
        return None
    node = sheet.criteria.node(rule.item_code)
    if node.kind == "penalty":
        return None  # more of it is never a goal
    limit, most = wanted.right.value, node.max_points
    if wanted.left.name == "percent":
        limit = round_points(limit * most / 100, 9)
    elif wanted.left.name != "points":
        return None
    return limit if wanted.op == ">=" else limit + _STEP

"""The chance of each grade, with the conditions of the set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.units import KEY_COLUMNS
from scoring.criteria import Grade, SetMeta
from scoring.points.grade_rules import graded
from scoring.points.grading import grades
from scoring.rules.evaluate import FloatArray
from scoring.tables import empty, table_of
from scoring.uncertainty.doubts import Doubts, end_points
from scoring.uncertainty.index_chances import Chances

Codes = npt.NDArray[np.object_]


def grade_chances(
    doubts: Doubts, spread: Sequence[tuple[npt.NDArray[np.intp], Chances]]
) -> pd.DataFrame:
    """Return the table ``GradeChances``; empty for a set without grades.

    Parameters
    ----------
    spread : sequence of (int array, Chances)
        Columns of units and the distributions of their indices.

    Notes
    -----
    Conditions are judged with every doubtful item at its worst and at its best. Where the two differ
    some of them, or all, may come to act: every grade between the two is possible, and the chance is
    a band. Quotas, which depend on everybody, are left out.
    """
    meta = doubts.sheet.criteria.meta
    codes = [grade.code for grade in _highest_first(meta)]
    if not codes:
        return empty("GradeChances")
    by_points = [*codes, ""]
    granted = [_granted(doubts, by_points, best=end) for end in (False, True)]
    parts = []
    for units, chances in spread:
        low, high = _by_points(chances, grades(chances.values, meta), by_points)
        least, most = _of_granted([table[:, units] for table in granted], (low, high), by_points)
        keys = doubts.sheet.units.iloc[units].reset_index(drop=True)[KEY_COLUMNS]
        rows, at = np.nonzero(np.ones(least.T.shape, dtype=bool))
        table = keys.iloc[rows].assign(
            grade=np.array(by_points, dtype=object)[at],
            low_percent=100 * least.T[rows, at], high_percent=100 * most.T[rows, at],
        )  # fmt: skip
        parts.append(table[(table["grade"] != "") | (table["high_percent"] > 5e-3)])
    return table_of(pd.concat(parts), "GradeChances") if parts else empty("GradeChances")


def _highest_first(meta: SetMeta) -> list[Grade]:
    return sorted(meta.grades, key=lambda grade: -grade.lower)


def _by_points(
    chances: Chances, code_of: list[str], by_points: list[str]
) -> tuple[FloatArray, FloatArray]:
    """Return the least and the most chance of the values of each grade, shape (n_grades, n_units)."""
    more, less = (
        np.pad(np.clip(np.cumsum(face, axis=1), 0, 1), ((0, 0), (1, 0)))
        for face in (chances.worst, chances.best)
    )
    low, high = np.zeros((2, len(by_points), len(chances.worst)))
    for at, code in enumerate(by_points):
        hits = np.flatnonzero(np.array(code_of, dtype=object) == code)
        for run in np.split(hits, np.flatnonzero(np.diff(hits) > 1) + 1) if len(hits) else ():
            first, after = run[0], run[-1] + 1
            low[at] += np.clip(less[:, after] - more[:, first], 0, 1)
            high[at] += np.clip(more[:, after] - less[:, first], 0, 1)
    return low, np.minimum(high, 1.0)


def _granted(doubts: Doubts, by_points: list[str], *, best: bool) -> Codes:
    """Return what the conditions make of each grade of the points, shape (n_grades, n_units)."""
    sheet, meta = doubts.sheet, doubts.sheet.criteria.meta
    rules = tuple(rule for rule in meta.grade_rules if rule.kind != "quota")
    count = len(sheet.units)
    if not rules:
        return np.repeat(np.array(by_points, dtype=object)[:, None], count, axis=1)
    criteria = replace(sheet.criteria, meta=replace(meta, grade_rules=rules))
    points = end_points(doubts, best=best)
    made = np.full((len(by_points), count), "", dtype=object)
    for at, grade in enumerate(_highest_first(meta)):
        points[-1] = _amid(grade)
        made[at] = graded(points, sheet.maxima, criteria, sheet.figures).codes
    return made


def _amid(grade: Grade) -> float:
    """Return points that get the grade; its own end need not."""
    lower, upper = grade.lower, grade.upper
    if not np.isfinite(lower):
        return upper - 1
    return lower + 1 if not np.isfinite(upper) else (lower + upper) / 2


def _of_granted(
    granted: Sequence[Codes], chance: tuple[FloatArray, FloatArray], by_points: list[str]
) -> tuple[FloatArray, FloatArray]:
    """Return the least and the most chance that each grade is granted, with conditions at either end."""
    ends = np.array([[[by_points.index(code) for code in row] for row in end] for end in granted])
    best, worst = ends.min(axis=0), ends.max(axis=0)
    low, high = chance
    least, most = np.zeros((2, *low.shape))
    for at in range(len(by_points)):
        may, must = (best <= at) & (at <= worst), (best == at) & (worst == at)
        low_others, high_others = (
            np.where(may, 0, low).sum(axis=0),
            np.where(must, 0, high).sum(axis=0),
        )
        least[at] = np.maximum(np.where(must, low, 0.0).sum(axis=0), 1 - high_others)
        most[at] = np.minimum(np.where(may, high, 0.0).sum(axis=0), 1 - low_others)
    return np.clip(least, 0, 1), np.clip(most, 0, 1)

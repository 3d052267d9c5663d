"""Points that were never given: old figures under new rules, figures of units put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scoring.analysis.crosswalk import Bridge
from scoring.base.units import unit_rows
from scoring.base.values import NOT_APPLICABLE
from scoring.criteria import CriteriaSet
from scoring.points import ScoreSheet
from scoring.points.figure_arrays import Figures, figures_of
from scoring.points.rollup import roll_up
from scoring.points.row_values import Questions
from scoring.points.scoring import score_figures
from scoring.rules import RuleSpec
from scoring.rules.evaluate import BoolArray, FloatArray

# Kinds whose points depend on a rate alone: only there do sums of counts mean what they did before.
_RATES = ("ratio", "bands")


@dataclass(frozen=True)
class Leaves:
    """What the items of a set have, before anything is added up.

    Attributes
    ----------
    criteria : CriteriaSet
    points : array, shape (n_nodes + 1, n_units)
        NaN in the rows of parents and of the index, and where an item is open or left out.
    not_applicable : bool array, same shape
    """

    criteria: CriteriaSet
    points: FloatArray
    not_applicable: BoolArray

    def rolled(self) -> FloatArray:
        """Return the points of all nodes and of the index."""
        return roll_up(self.criteria, self.points.copy(), self.not_applicable).points


def leaves_of(sheet: ScoreSheet) -> Leaves:
    """Return the items of a sheet."""
    is_leaf = np.append(sheet.is_leaf, False)[:, None]
    points = np.where(is_leaf, sheet.points, np.nan)
    return Leaves(sheet.criteria, points, is_leaf & (sheet.status == NOT_APPLICABLE))


def rescored(sheet: ScoreSheet, criteria: CriteriaSet, becomes: Mapping[str, str]) -> Leaves:
    """Score the figures of a sheet by another set, the units in the same columns.

    Parameters
    ----------
    sheet : ScoreSheet
    criteria : CriteriaSet
    becomes : mapping of str to str
        Which item of `criteria` each item of the sheet's set is; others are left out. A figure
        goes on under its name; an input that had no figure then leaves its item open.
    """
    scored = _scored(sheet, criteria, becomes)
    if scored is None:
        shape = (len(criteria.nodes) + 1, len(sheet.units))
        return Leaves(criteria, np.full(shape, np.nan), np.zeros(shape, bool))
    places = unit_rows(sheet.units, scored.units)
    found, is_in = leaves_of(scored), places >= 0
    return Leaves(criteria, np.where(is_in, found.points[:, places], np.nan),
                  found.not_applicable[:, places] & is_in)  # fmt: skip


def _scored(
    sheet: ScoreSheet, criteria: CriteriaSet, becomes: Mapping[str, str]
) -> ScoreSheet | None:
    source = sheet.figures.source
    codes = source["item_code"].map(becomes)
    kept = source[codes.notna()].assign(item_code=codes.dropna().astype("str"))
    if not len(kept):
        return None
    return score_figures(figures_of(kept.reset_index(drop=True), criteria), criteria)


def joined(
    sheet: ScoreSheet, leaves: Leaves, path: Bridge, becomes: Mapping[str, str] | None = None
) -> tuple[Leaves, BoolArray]:
    """Return the items of the units that those of a sheet have become.

    A rate is taken anew from the counts of the old units, added up; any other item gets the mean
    of the old units to which it applies, weighted as the crosswalk says.

    Parameters
    ----------
    sheet : ScoreSheet
        Of the old units, its columns those of ``path.old``.
    leaves : Leaves
        Their items, by the sheet's set or by another.
    path : Bridge
    becomes : mapping, optional
        Which item of the set of `leaves` each item of the sheet's set is; None where it is one set.

    Returns
    -------
    Leaves
    bool array, shape (n_nodes + 1, n_new)
        Where points come from figures that were added up.
    """
    points = path.averaged(leaves.points, ~leaves.not_applicable)
    some = path.averaged(leaves.not_applicable.astype(float))
    result = Leaves(leaves.criteria, points, some >= 1 - 1e-12)
    again = np.zeros(points.shape, bool)
    if not path.is_joined.any():
        return result, again
    summed = _added_up(sheet, leaves.criteria, path, becomes)
    again = ~np.isnan(summed) & path.is_joined & ~np.isnan(points)
    return replace(result, points=np.where(again, summed, points)), again


def _added_up(
    sheet: ScoreSheet, criteria: CriteriaSet, path: Bridge, becomes: Mapping[str, str] | None
) -> FloatArray:
    """Return the points of rates from added counts; NaN for every other item."""
    before = {code: code for code in criteria.by_code}
    if becomes is not None:
        before = {new: old for old, new in becomes.items()}
    values = {key: np.full(len(path.new), np.nan) for key in Questions.of(criteria).entries}
    rates = []
    for row, node in enumerate(criteria.nodes):
        if node.spec is None or not _is_rate(node.spec):
            continue
        code = before.get(node.code, "")
        rates.append(row)
        marks = sheet.figures.not_applicable.get(code, np.zeros(len(path.old), bool))
        for entry in node.spec.inputs:
            told = sheet.figures.values.get((code, entry.name))
            if told is not None:
                counted = np.where(marks, 0.0, told)
                values[node.code, entry.name] = path.added(counted[None])[0]
    found = leaves_of(score_figures(_figures(sheet, path, values), criteria)).points
    result = np.full(found.shape, np.nan)
    result[rates] = found[rates]
    return result


def _is_rate(spec: RuleSpec) -> bool:
    roles = {entry.role for entry in spec.inputs}
    counts = all(entry.kind == "count" for entry in spec.inputs)
    return spec.kind in _RATES and roles == {"numerator", "denominator"} and counts


def _figures(sheet: ScoreSheet, path: Bridge, values: dict[tuple[str, str], FloatArray]) -> Figures:
    """Return figures of the new units in the year of the old ones."""
    first = sheet.units[["year", "period"]].iloc[[0] * len(path.new)].reset_index(drop=True)
    units = pd.DataFrame({"unit_code": path.new, "unit_name": path.new, "block": ""}).join(first)
    none = np.zeros(0, dtype=np.intp)
    return Figures(units, values, {}, sheet.figures.source.iloc[:0], none, none)

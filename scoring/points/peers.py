"""The best value of a block, which peer items are measured by.

In a block where several units report a value it is the largest of them. The only unit of its
block that reports one gives the best value of the others itself; without it the item stays open,
since nobody's own value shows how it compares. A value that fails its own checks, such as one above
the maximum of the figure, is not among those compared.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scoring.base.findings import Finding
from scoring.points.figure_arrays import Figures
from scoring.rules import CompiledRule
from scoring.rules.evaluate import BoolArray, FloatArray, best_name
from scoring.rules.expression import YEAR
from scoring.tables.places import MAX_FINDINGS_PER_KIND


def best_of_peers(rule: CompiledRule, figures: Figures, name: str) -> FloatArray:
    """Return for each unit the value of input `name` that the best of its block has.

    NaN where no unit of the block reports one that counts, or the only one that does gives no
    best. A figure that cannot be leaves its own item open and is no measure of the others.
    """
    code = rule.spec.code
    own, typed = figures.values[code, name], figures.values[code, best_name(name)]
    best = np.full(len(own), np.nan)
    # fmax passes over who reports nothing.
    np.fmax.at(best, figures.block_of, np.where(_counts(rule, figures, name), own, np.nan))
    # Not fmax: without a best value of the others the own value says nothing.
    alone = _alone(rule, figures, name)
    return np.where(alone, np.maximum(typed, own), best[figures.block_of])


def _counts(rule: CompiledRule, figures: Figures, name: str) -> BoolArray:
    """Return who reports a value of `name` that passes its own checks."""
    values = figures.of_item(rule.spec)
    values[YEAR] = figures.years
    counts = ~np.isnan(values[name])
    for fault in rule.faults_of((name,), values):
        counts &= ~fault.units
    return counts


def _alone(rule: CompiledRule, figures: Figures, name: str) -> BoolArray:
    """Return who reports a value in a block where no other unit has one that counts."""
    counts = _counts(rule, figures, name)
    counting = np.bincount(figures.block_of[counts], minlength=len(counts))
    return ~np.isnan(figures.values[rule.spec.code, name]) & (counting[figures.block_of] == counts)


def waits_for_best(rule: CompiledRule, figures: Figures) -> BoolArray:
    """Return whose item is open only because nobody has said what the best of the others is."""
    code, units = rule.spec.code, len(figures.block_of)
    missing = [
        _alone(rule, figures, name) & np.isnan(figures.values[code, best_name(name)])
        for name in rule.peer_inputs
    ]
    return np.any(missing, axis=0) if missing else np.zeros(units, dtype=bool)


def peer_findings(rule: CompiledRule, figures: Figures) -> Iterator[Finding]:
    """Say which best values were typed and count, differ from the block's own, or are missing."""
    code = rule.spec.code
    for name in rule.peer_inputs:
        typed = figures.values[code, best_name(name)]
        alone = _alone(rule, figures, name)
        best = best_of_peers(rule, figures, name)
        given = ~np.isnan(typed)
        differs = given & (np.abs(typed - best) > 1e-9)
        for kind, where in {
            "peer-best-missing": alone & ~given,
            "peer-best-typed": alone & given & ~differs,
            "peer-best-differs": differs,
        }.items():
            units = np.flatnonzero(where)[:MAX_FINDINGS_PER_KIND]
            said = ({"value": float(typed[u]), "expected": float(best[u])} for u in units)
            told = name if kind == "peer-best-missing" else best_name(name)
            yield from figures.findings_at(kind, units, code, told, said)

"""The best value of a block, which peer items are measured by.

In a block where several units report a value it is the largest of them. The only unit of its
block that reports one gives the best value of the others itself; without it the item stays open,
since nobody's own value shows how it compares.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scoring.base.findings import Finding
from scoring.points.figure_arrays import Figures
from scoring.rules import CompiledRule
from scoring.rules.evaluate import BoolArray, FloatArray, best_name
from scoring.tables.places import MAX_FINDINGS_PER_KIND


def best_of_peers(figures: Figures, code: str, name: str) -> FloatArray:
    """Return for each unit the value of input `name` that the best of its block has.

    NaN where no unit of the block reports one, or the only one that does gives no best.
    """
    own, typed = figures.values[code, name], figures.values[code, best_name(name)]
    best = np.full(len(own), np.nan)
    # fmax passes over who reports nothing.
    np.fmax.at(best, figures.block_of, own)
    # Not fmax: without a best value of the others the own value says nothing.
    return np.where(_alone(figures, own), np.maximum(typed, own), best[figures.block_of])


def _alone(figures: Figures, own: FloatArray) -> BoolArray:
    """Return who is the only unit of its block to report a value."""
    reports = ~np.isnan(own)
    reporting = np.bincount(figures.block_of[reports], minlength=len(own))
    return reports & (reporting[figures.block_of] == 1)


def peer_findings(rule: CompiledRule, figures: Figures) -> Iterator[Finding]:
    """Say which best values were typed and count, differ from the block's own, or are missing."""
    code = rule.spec.code
    for name in rule.peer_inputs:
        own, typed = figures.values[code, name], figures.values[code, best_name(name)]
        alone = _alone(figures, own)
        best = best_of_peers(figures, code, name)
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

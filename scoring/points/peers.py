"""The best value of a block, which peer items are measured by.

In a block where several units report a value it is the largest of them. The only unit of its
block that reports one gives the best value of the others itself; without it the item stays open,
since nobody's own value shows how it compares.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

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
    block, alone = _blocks(figures.units, own)
    among = pd.Series(own).groupby(block).transform("max").to_numpy()
    # Not fmax: without a best value of the others the own value says nothing.
    return np.where(alone, np.maximum(typed, own), among)


def _blocks(units: pd.DataFrame, own: FloatArray) -> tuple[pd.Series, BoolArray]:
    """Return the block and period of each unit as a number, and which reporters have no peers."""
    block = units.groupby(["block", "year", "period"], sort=False, observed=True).ngroup()
    reporting = pd.Series(own).groupby(block).transform("count").to_numpy()
    return block, (reporting == 1) & ~np.isnan(own)


def peer_findings(rule: CompiledRule, figures: Figures) -> Iterator[Finding]:
    """Say which best values were typed and count, differ from the block's own, or are missing."""
    code = rule.spec.code
    for name in rule.peer_inputs:
        own, typed = figures.values[code, name], figures.values[code, best_name(name)]
        _, alone = _blocks(figures.units, own)
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

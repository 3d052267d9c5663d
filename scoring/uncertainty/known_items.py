"""Which items are decided, what is known of the others, and which do not compete."""

from __future__ import annotations

import numpy as np

from scoring.points import ScoreSheet
from scoring.rules.evaluate import BoolArray, FloatArray


def as_known(sheet: ScoreSheet) -> tuple[FloatArray, BoolArray]:
    """Return the points of the items as decided, else as computed, and which of them are decided."""
    leaves = sheet.points[:-1].copy()
    if sheet.decided is None:
        return leaves, np.zeros(leaves.shape, dtype=bool)
    told = sheet.decided.told["final"] >= 0
    final = sheet.decided.sheets["final"].points[:-1]
    return np.where(told, final, leaves), told


def idle(sheet: ScoreSheet) -> BoolArray:
    """Say which items lie below an alternative that does not compete, as `bounds` has it."""
    at = {node.code: row for row, node in enumerate(sheet.criteria.nodes)}
    idle = np.zeros(sheet.points[:-1].shape, dtype=bool)
    for row, node in enumerate(sheet.criteria.nodes):
        if not node.parent:
            continue
        above = at[node.parent]
        idle[row] = idle[above]
        if sheet.criteria.nodes[above].is_best_of:
            idle[row] |= ~np.isnan(sheet.points[above]) & np.isnan(sheet.points[row])
    return idle

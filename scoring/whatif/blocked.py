"""The points that a unit cannot have any more, and what stands in the way."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from scoring.advice import KINDS, TERMS, Options
from scoring.base.values import SCORED
from scoring.criteria import Node
from scoring.points import ScoreSheet
from scoring.whatif.actions import IntArray
from scoring.whatif.plans import Moves, within_reach
from scoring.whatif.provable import is_about_proof

_SAME = 1e-9


def blocked_points(free: Moves) -> pd.DataFrame:
    """Return the points that a unit cannot have, and why, the most first.

    Of alternatives no more is blocked than the best of them still lacks, and it is told at the one
    that could bring most; of penalties that are alternatives, at the one that takes most off.
    """
    sheet, place, found = free.sheet, free.place, free.options
    own = within_reach(found, free.priced)
    best = {
        row: float(one.points.max()) for row, one in zip(free.tree.rows, free.items, strict=True)
    }
    roots = (node for node in sheet.criteria.nodes if not node.parent)
    short = [pair for root in roots for pair in _there(sheet, place, root, best).short.items()]
    rows = []
    for row, points in sorted(short):
        code = sheet.criteria.nodes[row].code
        at = found.of(code, place)
        rows.append((code, _reason(sheet, row, place, found, at[~own[at]]), points))
    table = pd.DataFrame(rows, columns=["item_code", "reason", "points"])
    return table.sort_values("points", ascending=False, kind="stable").reset_index(drop=True)


class _There(NamedTuple):
    """What a node could bring in all, what is within reach, and what its items lack, by row."""

    full: float
    within: float
    short: dict[int, float]


def _there(sheet: ScoreSheet, place: int, node: Node, best: dict[int, float]) -> _There:
    row, is_penalty = sheet.row(node.code), node.kind == "penalty"
    if sheet.maxima[row, place] <= 0:
        return _There(0.0, 0.0, {})
    if node.is_item:
        full = 0.0 if is_penalty else node.max_points
        now = float(np.nan_to_num(sheet.points_low[row, place]))
        within = best.get(row, -now if is_penalty else now)
        return _There(full, within, {row: full - within} if full - within > _SAME else {})
    below = [_there(sheet, place, child, best) for child in sheet.criteria.children(node.code)]
    if not (node.is_best_of and below):
        short = {at: points for one in below for at, points in one.short.items()}
        full = math.fsum(one.full for one in below)
        return _There(full, math.fsum(one.within for one in below), short)
    if is_penalty:
        return min(below, key=lambda one: one.within)
    top, within = max(below, key=lambda one: one.full), max(one.within for one in below)
    lack = math.fsum(top.short.values())
    share = max(top.full - within, 0.0) / lack if lack > 0 else 0.0
    short = {at: share * points for at, points in top.short.items() if share * points > _SAME}
    return _There(top.full, within, short)


def _reason(sheet: ScoreSheet, row: int, place: int, found: Options, at: IntArray) -> str:
    """Say why points cannot be had: what most of the options that are there wait for."""
    if is_about_proof(sheet) and sheet.proof is not None and sheet.proof[row, place] == "late":
        return "proof"
    if not len(at):
        return "no-way" if sheet.status[row, place] == SCORED else "not-assessed"
    top = int(at[np.argmax(found.more[at])])
    kind, term = KINDS[found.kind[top]], TERMS[found.term[top]]
    if kind in ("survey", "decision"):
        return kind
    return {"past": "past", "next-year": "next-year"}.get(term, "too-slow")

"""Points that documents keep: what an item is worth with the proof it has, and with better proof."""

from __future__ import annotations

import numpy as np

from scoring.advice import KINDS, Options
from scoring.points import ScoreSheet
from scoring.points.proof import kept_points
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.whatif.actions import IntArray, Priced

SUPPORTED = "supported"
# What another document can mend; one that came late stays late.
MENDABLE = ("no-evidence", "evidence-invalid")
_PROOF = KINDS.index("proof")
# A document is one deed, as a day to be kept or an answer is.
_EFFORT = 1.0


def is_about_proof(sheet: ScoreSheet) -> bool:
    """Say whether points count as far as documents support them."""
    return sheet.track == SUPPORTED


def proof_choices(
    sheet: ScoreSheet, row: int, place: int, found: Options, costs: Priced, at: IntArray
) -> tuple[IntArray, FloatArray, FloatArray, BoolArray]:
    """Return what can be done about an item where points need proof.

    Parameters
    ----------
    sheet : ScoreSheet
        On the track ``supported``.
    row, place : int
    at : int array
        The options that a unit can take itself.

    Returns
    -------
    options, points, cost, proves : arrays
        Each option with the proof that is there, then the proof alone (its option is -1), then
        each option with the proof as well.
    """
    state = "" if sheet.proof is None else str(sheet.proof[row, place])
    points, cost, none = found.points[at], costs.cost[at], np.zeros(len(at), dtype=bool)
    as_it_is = kept_points(sheet, row, state, points)
    if state not in MENDABLE or sheet.criteria.nodes[row].kind == "penalty":
        return at, as_it_is, cost, none
    deed = _cost(sheet, row, place, found, costs)
    now = np.nan_to_num((sheet.origin or sheet).points[row, place])
    # One action may bring about both: it is paid for once.
    both = np.where(costs.action[at] == deed[1], np.maximum(cost, deed[0]), cost + deed[0])
    both = np.where(costs.action[at] < 0, cost + deed[0], both)
    chosen = np.concatenate([at, [-1], at])
    # Options, and the points of a sheet, are rounded already where the set rounds those of items.
    worth = np.concatenate([as_it_is, [now], points])
    spent = np.concatenate([cost, [deed[0]], np.ceil(100 * both - 1e-6) / 100])
    return chosen, worth, spent, np.arange(len(chosen)) >= len(at)


def _cost(
    sheet: ScoreSheet, row: int, place: int, found: Options, costs: Priced
) -> tuple[float, int]:
    """Return what better proof of an item costs, and the action behind it."""
    at = proof_option(found, sheet.criteria.nodes[row].code, place)
    if at >= 0:
        return float(costs.cost[at]), int(costs.action[at])
    return float(np.ceil(100 * _EFFORT * costs.rate - 1e-6) / 100), -1


def proof_option(found: Options, code: str, place: int) -> int:
    """Return the option of an item that is nothing but proof; -1 where nothing is at risk."""
    at = found.of(code, place)
    at = at[found.kind[at] == _PROOF]
    return int(at[0]) if len(at) else -1

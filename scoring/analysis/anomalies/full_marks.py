"""Units that hold full marks in everything that is not easy for all."""

from __future__ import annotations

import numpy as np

from scoring.analysis.anomalies.material import Looked, Material, is_full
from scoring.analysis.chances import FEWEST_PEERS, LEVEL, Bools, chances_among_others
from scoring.rules.evaluate import FloatArray

KINDS = ("full-marks",)
# What nine in ten of the others reach in full tells nobody apart.
_EASY = 0.9
_FEWEST_ITEMS, _SHOWN_ITEMS = 10, 10


def look(material: Material) -> list[Looked]:
    """Compare each unit with its block, on the items that are not easy.

    Points are those that the unit claims, computed ones where it claims none. A unit is named
    where it has full marks in all of at least ten such items and, as units vary, so many would
    come about in its block in less than 5% of runs.
    """
    looked = Looked("full-marks", material)
    for name, places in material.blocks:
        if looked.is_enough(len(places), FEWEST_PEERS + 1, name, "units_of_block"):
            _look_at_block(looked, places)
    return [looked]


def _look_at_block(looked: Looked, places: np.ndarray) -> None:
    material = looked.material
    held = material.held[:, places]
    maxima = material.sheet.maxima[np.ix_(material.leaves, material.at[places])]
    known, full = ~np.isnan(held), is_full(held, maxima)
    hard, share = _hard_items(known, full)
    counts, hits = hard.sum(axis=0).astype(float), (hard & full).sum(axis=0).astype(float)
    looked.seen += len(places)
    chances = chances_among_others(counts, hits)
    all_full = (full == known).all(axis=0) & known.any(axis=0)
    tests = int((counts >= _FEWEST_ITEMS).sum())
    found = all_full & (counts >= _FEWEST_ITEMS) & (chances * max(tests, 1) <= LEVEL)
    usual = 100 * (hits.sum() - hits) / np.maximum(counts.sum() - counts, 1)
    for place in np.flatnonzero(found):
        base = (int(all_full.sum()), len(places))
        said: dict[str, object] = {"count": int(known[:, place].sum()), "hard": int(counts[place])}
        said["usual"] = float(usual[place])
        # Where to look first: what fewest of the others have.
        rarest = np.argsort(np.where(hard[:, place], share[:, place], 2.0), kind="stable")
        codes = [material.sheet.criteria.nodes[row].code
                 for row in material.leaves[rarest[:_SHOWN_ITEMS]]]  # fmt: skip
        unit = int(places[place])
        looked.add([unit], codes, base, said, float(chances[place]), tests)


def _hard_items(known: Bools, full: Bools) -> tuple[Bools, FloatArray]:
    """Say which items are not easy for the others of each unit, and how many of them have it full."""
    others = known.sum(axis=1, keepdims=True) - known
    share = (full.sum(axis=1, keepdims=True) - full) / np.maximum(others, 1)
    return known & (share <= _EASY) & (others >= FEWEST_PEERS), share

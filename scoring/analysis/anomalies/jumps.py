"""Units whose areas moved, or stand, far away from those of all the others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.analysis.anomalies.material import Looked, Material
from scoring.analysis.chances import FEWEST_PEERS, LEVEL, outlying
from scoring.analysis.rank_changes import shared_items
from scoring.base.values import INDEX_CODE
from scoring.criteria.diff import diff_sets
from scoring.rules.evaluate import FloatArray

KINDS = ("jump-last-year", "jump-peers")
# Percentage points: what is smaller is nobody's worry. Where all others are equal the next is not
# sure to be: the least deviation believed, on the evened scale (three points in the middle).
_LEAST, _FLOOR = 15.0, 0.03


def look(material: Material) -> list[Looked]:
    """Compare changes since last year, and what was reached this year, by area and on the whole.

    Both are percents of the maxima of scored items; for changes only items of both years count. A
    unit is named where it lies at least 15 percentage points from the mean of the others of its
    block and as far as less than 5% of runs would have it anywhere, values taken as normal.
    """
    change, peers = Looked("jump-last-year", material), Looked("jump-peers", material)
    now = _percents(material, material.held, _maxima(material))
    _compare(peers, now)
    if material.last_scores is None:
        change.is_enough(0, FEWEST_PEERS + 1, what="last_year")
        return [change, peers]
    then, most = _last_year(material)
    # Only what both years scored is compared, so that the mix of items makes no change.
    known = ~np.isnan(then) & ~np.isnan(material.held)
    held, before = (np.where(known, points, np.nan) for points in (material.held, then))
    this, last = _percents(material, held, _maxima(material)), _percents(material, before, most)
    _compare(change, this, last)
    return [change, peers]


def _maxima(material: Material) -> FloatArray:
    return material.sheet.maxima[np.ix_(material.leaves, material.at)]


def _percents(material: Material, points: FloatArray, most: FloatArray) -> FloatArray:
    """Return the percent reached in each area and, last, in all; NaN where nothing is scored."""
    criteria = material.sheet.criteria
    tops = [criteria.area_of(criteria.nodes[row].code).code for row in material.leaves]
    of_area = np.array(
        [*([top == area.code for top in tops] for area in criteria.areas), [True] * len(tops)],
        dtype=float,
    )
    known = ~np.isnan(points)
    earned, possible = (of_area @ np.where(known, part, 0.0) for part in (points, most))
    return np.divide(100 * earned, possible, out=np.full(earned.shape, np.nan), where=possible > 0)


def _last_year(material: Material) -> tuple[FloatArray, FloatArray]:
    """Return points and maxima of last year, by items and units of this year."""
    assert material.last_scores is not None
    criteria = material.sheet.criteria
    pairs = shared_items(diff_sets(material.last_set or criteria, criteria))
    old = [pairs.get(criteria.nodes[row].code, "") for row in material.leaves]
    last = material.last_scores.sort_values("year", kind="stable")
    last = last.drop_duplicates(["code", "unit_code"], keep="last")
    wanted = pd.MultiIndex.from_product([old, material.codes])
    known = last.set_index(["code", "unit_code"])[["points", "max_points"]].reindex(wanted)
    points, most = known.to_numpy(float).T.reshape(2, len(old), len(material.codes))
    return np.where(most > 0, points, np.nan), np.nan_to_num(most)


def _compare(looked: Looked, this: FloatArray, last: FloatArray | None = None) -> None:
    """Add the units that lie far from the others of their block, in any area or on the whole."""
    values = this if last is None else this - last
    even = _evened(this) if last is None else _evened(this) - _evened(last)
    blocks = [
        (name, places) for name, places in looked.material.blocks
        if looked.is_enough(int((~np.isnan(values[-1, places])).sum()), FEWEST_PEERS + 1, name,
                            "units_of_block")
    ]  # fmt: skip
    codes = [*(area.code for area in looked.material.sheet.criteria.areas), INDEX_CODE]
    told = [
        (places, row, outlying(even[row, places], _FLOOR)[0], *outlying(values[row, places], 0.0)[1:])
        for _, places in blocks for row in range(len(codes))
    ]  # fmt: skip
    looked.seen = tests = int(sum((~np.isnan(chance)).sum() for _, _, chance, _, _ in told))
    far = [np.abs(values[row, places] - middle) >= _LEAST for places, row, _, middle, _ in told]
    base = (int(sum(one.sum() for one in far)), tests)
    for (places, row, chance, middle, spread), is_far in zip(told, far, strict=True):
        for at in np.flatnonzero(is_far & (chance * tests <= LEVEL)):
            unit, before = int(places[at]), np.nan if last is None else float(last[row, places[at]])
            # Low points are a reason to help, and the rest of the season looks at them.
            if last is None and values[row, unit] < middle[at]:
                continue
            said: dict[str, object] = {"value": float(values[row, unit]), "middle": float(middle[at]),
                    "spread": float(spread[at]), "this": float(this[row, unit]), "last": before,
                    "least": _LEAST}  # fmt: skip
            items = [] if codes[row] == INDEX_CODE else [codes[row]]
            key = "anomaly_area" if items else "anomaly_whole_index"
            said["where"] = looked.material.say(key, area=codes[row])
            looked.add([unit], items, base, said, float(chance[at]), tests)


def _evened(percents: FloatArray) -> FloatArray:
    """Return percents on a scale on which the middle ones do not vary more than the high ones.

    It is the arc sine of the root, drawn in a little at its steep ends (F. J. Anscombe 1948).
    """
    return np.asarray(np.arcsin(np.sqrt(np.clip(0.02 + 0.96 * percents / 100, 0.0, 1.0))))

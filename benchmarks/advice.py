"""Advice to 3,000 units about 100 items: every level of points with the least change for it.

Every rule kind is among the items, with random figures. Each option is asserted to earn what it
promises: the unit is scored again with the changes in its figures, and so is its index. Scoring
again is told beside, as the floor of any search that tries what it advises.

    python benchmarks/advice.py [UNITS ...] [--small | --full]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from measuring import OURS, Claim, Claims, Cost, alone, timed

from scoring.advice import Options, index_gains, options
from scoring.advice.gains import counted
from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.set_nodes import Node, in_order
from scoring.criteria.set_policies import SetMeta
from scoring.points import ScoreSheet
from scoring.points.figure_arrays import Figures
from scoring.points.scoring import score_figures
from scoring.rules import RULE_KINDS
from scoring.rules.evaluate import FloatArray, best_name
from scoring.rules.spec import InputSpec

SIZES = {"small": [20], "normal": [375, 750, 1_500, 3_000], "full": [1_500, 3_000, 6_000]}
ITEMS, AREAS, YEAR, TRIED = 100, 5, 2026, 20_000
SCORED = "each option scored again"


def _set() -> CriteriaSet:
    """Return a set of 100 items, the worked examples of all rule kinds in turn."""
    kinds = list(RULE_KINDS.values())
    items = []
    for number in range(ITEMS):
        code = f"{number % AREAS + 1}.{number // AREAS + 1}"
        spec = replace(kinds[number % len(kinds)].example.spec, code=code)
        area = code.partition(".")[0]
        items.append(
            Node(code, area, "normal", code, "", spec.max_points, "self", spec.kind, "x", spec=spec)
        )
    areas = [
        Node(str(area), "", "normal", str(area), "",
             sum(item.max_points for item in items if item.parent == str(area)), "", "", "x")
        for area in range(1, AREAS + 1)
    ]  # fmt: skip
    total = sum(area.max_points for area in areas)
    meta = SetMeta("bench", "1", "Đo", "Measured", "commune", "sample", total,
                   dt.date(2020, 1, 1), None, {}, "x")  # fmt: skip
    return CriteriaSet(meta, in_order([*areas, *items]), {}, {})


def _figure(entry: InputSpec, options: int, units: int, rng: np.random.Generator) -> FloatArray:
    if entry.kind == "yes_no":
        return rng.integers(0, 2, units).astype(float)
    if entry.kind == "choice":
        return rng.integers(0, options, units).astype(float)
    if entry.kind == "date":
        days = rng.integers(46000, 46300, units).astype(float)
        return np.where(rng.random(units) < 0.3, np.inf, days)
    if entry.role in ("denominator", "previous") or entry.name == "payable":
        return rng.integers(50, 300, units).astype(float)
    most = 4 if entry.role in ("count", "cases") else 50
    most = min(most, entry.maximum) if np.isfinite(entry.maximum) else most
    return rng.integers(0, int(most) + 1, units).astype(float)


def _sheet(units: int) -> ScoreSheet:
    rng, criteria = np.random.default_rng(16), _set()
    values = {}
    for code, rule in criteria.rules.items():
        for entry in rule.spec.inputs:
            count = len(rule.spec.options_of(entry.name))
            values[code, entry.name] = _figure(entry, count, units, rng)
        for name in rule.peer_inputs:
            # Each unit is a block of its own, so that another's change cannot be its best.
            values[code, best_name(name)] = np.full(units, 1000.0)
    return _scored(values, units, criteria)


def _scored(values: dict, units: int, criteria: CriteriaSet) -> ScoreSheet:
    keys = pd.DataFrame({"unit_code": [f"u{n}" for n in range(units)], "unit_name": "",
                         "block": [f"b{n}" for n in range(units)], "year": YEAR, "period": ""})  # fmt: skip
    nothing = np.zeros(0, dtype=np.intp)
    return score_figures(Figures(keys, values, {}, pd.DataFrame(), nothing, nothing), criteria)


def scored_again(found: Options, tried: np.ndarray) -> ScoreSheet:
    """Return the scores of a unit for each of some options, its changes in its figures."""
    sheet = found.sheet
    values = {key: own[found.place[tried]] for key, own in sheet.figures.values.items()}
    column = np.full(len(found), -1)
    column[tried] = np.arange(len(tried))
    for at in np.flatnonzero(column[found.option] >= 0):
        values[found.inputs[found.of_input[at]]][column[found.option[at]]] = found.value[at]
    return _scored(values, len(tried), sheet.criteria)


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that options earn what they promise, then yield what finding them costs."""
    day = dt.date(YEAR, 6, 30)
    for name, every, part in (("advice-edges", None, 1), ("advice-hundredths", 0.01, 15)):
        costs = {}
        for units in sizes:
            costs[max(units // part, 1)] = costs_of(max(units // part, 1), day, every)
        equal = f"points of {TRIED:,} options of each size, or all, and what the index gains"
        if name == "advice-edges":
            yield Claim("advice-edges", equal, costs)
        else:
            yield Claim("advice-hundredths", equal, costs)


def costs_of(units: int, day: dt.date, every: float | None) -> dict[str, Cost]:
    """Find the options and what the index gains, score some again, and compare."""
    sheet = _sheet(units)
    ours, found = timed(lambda: options(sheet, day, every=every))
    index, gains = timed(lambda: index_gains(found))
    tried = np.arange(len(found))
    if len(found) > TRIED:
        tried = np.sort(np.random.default_rng(5).choice(len(found), TRIED, replace=False))
    peer, again = timed(lambda: scored_again(found, tried))
    column = np.arange(len(tried))
    np.testing.assert_allclose(again.points[found.row[tried], column], found.points[tried])
    gained = counted(again)[-1] - counted(sheet)[-1, found.place[tried]]
    np.testing.assert_allclose(gains[tried], gained, atol=1e-9)
    share = len(found) / len(tried)
    return {OURS: ours, "what the index gains": index, SCORED: peer.times(share)}


if __name__ == "__main__":
    alone(claims, SIZES)

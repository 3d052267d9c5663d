"""Advice to 3,000 units about 100 items: every level of points with the least change for it.

Every rule kind is among the items, with random figures. ``python benchmarks/advice.py``
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from scoring.advice import index_gains, options
from scoring.criteria.criteria_set import CriteriaSet, Node, SetMeta, in_order
from scoring.points import ScoreSheet
from scoring.points.figure_arrays import Figures
from scoring.points.scoring import score_figures
from scoring.rules import RULE_KINDS
from scoring.rules.evaluate import FloatArray, best_name
from scoring.rules.spec import InputSpec

UNITS, ITEMS, AREAS, YEAR = 3000, 100, 5, 2026


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


def _figure(entry: InputSpec, options: int, rng: np.random.Generator) -> FloatArray:
    if entry.kind == "yes_no":
        return rng.integers(0, 2, UNITS).astype(float)
    if entry.kind == "choice":
        return rng.integers(0, options, UNITS).astype(float)
    if entry.kind == "date":
        days = rng.integers(46000, 46300, UNITS).astype(float)
        return np.where(rng.random(UNITS) < 0.3, np.inf, days)
    if entry.role in ("denominator", "previous") or entry.name == "payable":
        return rng.integers(50, 300, UNITS).astype(float)
    most = 4 if entry.role in ("count", "cases") else 50
    most = min(most, entry.maximum) if np.isfinite(entry.maximum) else most
    return rng.integers(0, int(most) + 1, UNITS).astype(float)


def _sheet(n_units: int) -> ScoreSheet:
    rng, criteria = np.random.default_rng(16), _set()
    values = {}
    for code, rule in criteria.rules.items():
        for entry in rule.spec.inputs:
            count = len(rule.spec.options_of(entry.name))
            values[code, entry.name] = _figure(entry, count, rng)[:n_units]
        for name in rule.peer_inputs:
            values[code, best_name(name)] = np.full(n_units, np.nan)
    units = pd.DataFrame({"unit_code": [f"u{n}" for n in range(n_units)], "unit_name": "",
                          "block": "a", "year": YEAR, "period": ""})  # fmt: skip
    nothing = np.zeros(0, dtype=np.intp)
    return score_figures(Figures(units, values, {}, pd.DataFrame(), nothing, nothing), criteria)


def main() -> None:
    """Print how long the edges for all, every hundredth for some, and the index's gains take."""
    day = dt.date(YEAR, 6, 30)
    for name, every, units in (("edges", None, UNITS), ("hundredths", 0.01, UNITS // 30)):
        sheet = _sheet(units)
        start = time.process_time()
        found = options(sheet, day, every=every)
        middle = time.process_time()
        index_gains(found)
        took = (middle - start, time.process_time() - middle)
        print(f"{name:<11} {units:>5,} x {ITEMS}: {len(found):>9,} options in {took[0]:5.2f} s, "
              f"what the index gains in {took[1]:5.2f} s")  # fmt: skip


if __name__ == "__main__":
    main()

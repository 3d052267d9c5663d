"""Random units of any criteria set, and what a page is told of them."""

import datetime as dt

import numpy as np
import pandas as pd
from set_builder import direct_item, direct_set, sound

from scoring.base.dates import date_serial
from scoring.base.due_dates import read_due_date
from scoring.points.figure_arrays import Figures
from scoring.points.peers import best_of_peers
from scoring.points.scoring import score_figures
from scoring.rules.evaluate import best_name

UNITS = 30
YEAR = 2025


def edges(spec, entry):
    """Yield figures at which something may change, and beside them."""
    for band in spec.bands:
        for end in (band.lower, band.upper):
            if np.isfinite(end):
                yield from (end, end + 1e-9, end - 1e-13, end - 1, end * 10)
    yield from (0.0, 1.0, 0.57, 57.0, 100.0, 99.9, -1.0, 2.5)
    yield from (end for end in (entry.minimum, entry.maximum) if np.isfinite(end))


def figures_for(rng, spec, entry, n=UNITS):
    """Return figures of one input: possible ones mostly, missing and impossible ones too."""
    if entry.kind == "date":
        due = read_due_date(spec.due_on)
        year, month, day = (due.shift, due.month, due.day) if due else (0, 6, 1)
        first = date_serial(dt.date(YEAR + year, month, day))
        pool = [first + shift for shift in (-400, -1, 0, 1, 5, 30, 90, 900)] + [np.inf]
    elif entry.kind == "yes_no":
        pool = [0.0, 1.0]
    elif entry.kind == "choice":
        pool = [float(at) for at in range(len(spec.options_of(entry.name)))]
    else:
        pool = [*edges(spec, entry), *rng.integers(0, 120, 12).astype(float)]
        if entry.role == "points":
            pool = [*pool[:6], *(rng.random(40) * spec.max_points)]
    told = rng.choice(np.array(pool, dtype=float), n)
    told[rng.random(n) < 0.03] = np.nan
    return told


def random_sheet(criteria, seed, n=UNITS):
    rng = np.random.default_rng(seed)
    values, marks = {}, {}
    for code, rule in criteria.rules.items():
        for entry in rule.reported:
            values[code, entry.name] = figures_for(rng, rule.spec, entry, n)
        for entry in rule.spec.inputs:
            if entry.at_most:  # a part mostly lies within its whole
                whole = values[code, entry.at_most]
                part = np.floor(whole * rng.random(n))
                keep = rng.random(n) < 0.1
                values[code, entry.name] = np.where(keep, values[code, entry.name], part)
        if rule.spec.not_applicable != "not_allowed":
            marks[code] = rng.random(n) < 0.2
    units = pd.DataFrame({"unit_code": [f"U{at}" for at in range(n)], "unit_name": "", "block": "",
                          "year": YEAR, "period": ""})  # fmt: skip
    source = pd.DataFrame(columns=["item_code", "input", "file", "sheet", "cell"])
    none = np.zeros(0, dtype=np.intp)
    figures = Figures(units, values, marks, source, none, none)
    return score_figures(figures, criteria)


def given(sheet, place):
    """Return what the page is told of one unit."""
    told = {}
    for (code, name), array in sheet.figures.values.items():
        if not np.isnan(array[place]):
            value = float(array[place])
            told.setdefault(code, {})[name] = "Infinity" if np.isinf(value) else value
    for code, rule in sheet.criteria.rules.items():
        for name in rule.peer_inputs:
            best = best_of_peers(rule, sheet.figures, name)[place]
            told.setdefault(code, {}).pop(best_name(name), None)
            if not np.isnan(best):
                told[code][best_name(name)] = float(best)
    marks = {code: bool(mark[place]) for code, mark in sheet.figures.not_applicable.items()}
    return {"figures": told, "notApplicable": marks, "year": int(sheet.units["year"].iloc[place])}


GRADES = [{"code": code, "label_vi": code, "label_en": code, "lower": low, "upper": high,
           "lower_closed": True, "upper_closed": high == 20}
          for code, low, high in (("low", 0, 7), ("mid", 7, 13), ("high", 13, 20))]  # fmt: skip
GRADE_RULES = [
    {"grade": grade, "kind": kind, "item_code": item, "test": test, "vi": kind, "en": kind, "source": "mẫu"}
    for grade, kind, item, test in (
        ("mid", "caps", "1", "percent < 95"), ("", "lowers", "2.1", "points < 2"),
        ("high", "needs", "2", "percent >= 50"), ("low", "forces", "2.2", "points = 0"))
]  # fmt: skip


def small_sets():
    """Return sets of what the shipped ones do not have: every policy, caps, alternatives."""
    leaves = {
        "1.1": {"max_points": 4, "not_applicable": "drop"},
        "1.2": {"max_points": 2, "not_applicable": "redistribute"},
        "1.3": {"max_points": 4, "not_applicable": "full"},
        "2.1": {"max_points": 5, "not_applicable": "zero"},
        "2.2": {"max_points": 5, "not_applicable": "drop"},
        "B": {"max_points": 3, "kind": "bonus"},
        "P": {"max_points": 3, "kind": "penalty"},
    }
    parents = [("1", 10), ("2", 10)]
    caps = {"bonus_cap_points": 2, "penalty_cap_points": 1}
    for stage in ("item", "area", "index"):
        meta = {"total_points": 20, "outside_areas": caps, "grades": GRADES,
                "grade_rules": GRADE_RULES,
                "rounding": {"decimals": 1, "stage": stage, "rank_on": "rounded"}}  # fmt: skip
        yield direct_set({k: {"max_points": 0} | v for k, v in leaves.items()}, parents, meta)
    best = [{"code": "1", "max_points": 4, "rule": "best_of"}]
    alternatives = {code: {"max_points": 4, "not_applicable": "drop"} for code in ("1.1", "1.2")}
    pairs = [
        direct_item(code, **more)
        for code, more in (alternatives | {"2": {"max_points": 6}}).items()
    ]
    yield sound(items=best + [item for item, _ in pairs], inputs=[entry for _, entry in pairs])

"""A page computes what the engine does: random units of every shipped set, in a real browser."""

import datetime as dt
import json
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from set_builder import direct_item, direct_set, sound

from scoring.base.dates import date_serial
from scoring.base.due_dates import read_due_date
from scoring.base.values import STATUSES
from scoring.criteria import check_set, list_sets, open_set
from scoring.criteria.javascript_set import set_javascript
from scoring.points.figure_arrays import Figures
from scoring.points.peers import best_of_peers
from scoring.points.scoring import score_figures
from scoring.rules.evaluate import best_name
from scoring.rules.kinds import RULE_KINDS

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


def figures_for(rng, spec, entry):
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
    told = rng.choice(np.array(pool, dtype=float), UNITS)
    told[rng.random(UNITS) < 0.03] = np.nan
    return told


def random_sheet(criteria, seed):
    rng = np.random.default_rng(seed)
    values, marks = {}, {}
    for code, rule in criteria.rules.items():
        for entry in rule.reported:
            values[code, entry.name] = figures_for(rng, rule.spec, entry)
        for entry in rule.spec.inputs:
            if entry.at_most:  # a part mostly lies within its whole
                whole = values[code, entry.at_most]
                part = np.floor(whole * rng.random(UNITS))
                keep = rng.random(UNITS) < 0.1
                values[code, entry.name] = np.where(keep, values[code, entry.name], part)
        if rule.spec.not_applicable != "not_allowed":
            marks[code] = rng.random(UNITS) < 0.2
    units = pd.DataFrame({"unit_code": [f"U{at}" for at in range(UNITS)], "unit_name": "", "block": "",
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
            best = best_of_peers(sheet.figures, code, name)[place]
            told.setdefault(code, {}).pop(best_name(name), None)
            if not np.isnan(best):
                told[code][best_name(name)] = float(best)
    marks = {code: bool(mark[place]) for code, mark in sheet.figures.not_applicable.items()}
    return {"figures": told, "notApplicable": marks, "year": YEAR}


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
        meta = {"total_points": 20, "outside_areas": caps,
                "rounding": {"decimals": 1, "stage": stage, "rank_on": "rounded"}}  # fmt: skip
        yield direct_set({k: {"max_points": 0} | v for k, v in leaves.items()}, parents, meta)
    best = [{"code": "1", "max_points": 4, "rule": "best_of"}]
    alternatives = {code: {"max_points": 4, "not_applicable": "drop"} for code in ("1.1", "1.2")}
    pairs = [
        direct_item(code, **more)
        for code, more in (alternatives | {"2": {"max_points": 6}}).items()
    ]
    yield sound(items=best + [item for item, _ in pairs], inputs=[entry for _, entry in pairs])


@pytest.fixture(scope="module")
def sheets():
    named = [open_set(name) for name in list_sets() if check_set(name).is_sound]
    return [random_sheet(criteria, seed) for seed, criteria in enumerate([*named, *small_sets()])]


PAGE = """<!doctype html><meta charset="utf-8"><pre id="out"></pre><script>
const revived = (key, value) => (value === "Infinity" ? Infinity : value);
const shown = (key, value) => (typeof value === "number" && Number.isNaN(value) ? null : value);
%s
const told = JSON.parse(%s, revived);
const made = told.map((units, at) => units.map((unit) => SETS[at].score(unit)));
document.getElementById("out").textContent = JSON.stringify(made, shown);
</script>"""


@pytest.fixture(scope="module")
def computed(sheets, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    scripts = "".join(set_javascript(sheet.criteria, f"set{at}") for at, sheet in enumerate(sheets))
    scripts += f"const SETS = [{', '.join(f'set{at}' for at in range(len(sheets)))}];"
    told = json.dumps([[given(sheet, at) for at in range(UNITS)] for sheet in sheets])
    path = folder / "page.html"
    path.write_text(PAGE % (scripts, json.dumps(told)), encoding="utf-8")
    command = [shutil.which("chromium"), "--headless", "--no-sandbox", "--disable-gpu",
               f"--user-data-dir={folder / 'profile'}", "--dump-dom", path.as_uri()]  # fmt: skip
    dom = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(re.search(r'<pre id="out">(.*?)</pre>', dom, re.DOTALL).group(1))


@pytest.mark.chromium
def test_a_browser_gives_every_unit_of_every_set_the_points_of_the_engine(sheets, computed):
    for sheet, units in zip(sheets, computed, strict=True):
        codes = [*(node.code for node in sheet.criteria.nodes), "INDEX"]
        for key, array in (("points", sheet.points), ("maxima", sheet.maxima),
                           ("low", sheet.points_low), ("high", sheet.points_high)):  # fmt: skip
            met = np.array([[unit[key][code] for unit in units] for code in codes], dtype=float)
            np.testing.assert_allclose(met, array, rtol=0, atol=1e-9, err_msg=sheet.criteria.set_id)
        status = np.array([[unit["status"][code] for unit in units] for code in codes])
        assert (status == sheet.status).all(), sheet.criteria.set_id


@pytest.mark.chromium
def test_grades_by_points_are_those_of_the_engine_where_no_condition_speaks(sheets, computed):
    plain = [at for at, sheet in enumerate(sheets)
             if sheet.criteria.meta.grades and not sheet.criteria.meta.grade_rules]  # fmt: skip
    assert plain
    for at in plain:
        assert [unit["grade"] for unit in computed[at]] == list(sheets[at].graded.codes)


def test_random_units_reach_every_rule_kind_and_status(sheets):
    kinds = {rule.spec.kind for sheet in sheets for rule in sheet.criteria.rules.values()}
    assert len(kinds) >= 8 and kinds <= set(RULE_KINDS)
    met = {STATUSES[at] for sheet in sheets for at in np.unique(sheet.status)}
    assert met == set(STATUSES)

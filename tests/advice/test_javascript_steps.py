"""A page says what to do next, and how points came about, as `scoring.advice` and `explain` do."""

import datetime as dt
import json
import shutil
import subprocess

import numpy as np
import pytest
from random_units import YEAR, given, random_sheet, small_sets

from scoring.advice import Advice
from scoring.advice.javascript_steps import advising_javascript
from scoring.advice.moves import PROOF
from scoring.base.dates import date_serial
from scoring.criteria import check_set, list_sets, open_set
from scoring.points.item_explanation import explain
from scoring.rules.kinds import RULE_KINDS

UNITS = 4
DAYS = (None, dt.date(YEAR, 7, 1), dt.date(YEAR + 1, 2, 1))
RUN = """
const told = JSON.parse(require("fs").readFileSync(process.argv[2], "utf8"),
  (key, value) => (value === "Infinity" ? Infinity : value));
const made = told.map((units, at) => units.map((unit) => {
  const scores = SETS[at].score(unit), { year, on, lang } = unit;
  return Object.fromEntries(unit.codes.map((code) => [code, {
    steps: SETS[at].steps(code, unit.figures[code], year, { scores, on, lang }),
    arithmetic: SETS[at].arithmetic(code, unit.figures[code], year, lang) }]));
}));
console.log(JSON.stringify(made, (key, value) => (Number.isNaN(value) ? null : value)));
"""


@pytest.fixture(scope="module")
def sheets():
    named = [open_set(name) for name in list_sets() if check_set(name).is_sound]
    return [random_sheet(criteria, 100 + seed, UNITS)
            for seed, criteria in enumerate([*named, *small_sets()])]  # fmt: skip


def seen(place):
    """Return the day and the language in which a unit is told."""
    return DAYS[place % len(DAYS)], ("vi", "en")[place % 2]


@pytest.fixture(scope="module")
def told(sheets, tmp_path_factory):
    folder = tmp_path_factory.mktemp("node")
    scripts = [advising_javascript(sheet.criteria, f"set{at}") for at, sheet in enumerate(sheets)]
    names = ", ".join(f"set{at}" for at in range(len(sheets)))
    (folder / "run.js").write_text("".join(scripts) + f"const SETS = [{names}];" + RUN)
    asked = []
    for sheet in sheets:
        asked.append([])
        for place in range(UNITS):
            on, lang = seen(place)
            more = {"on": on and date_serial(on), "lang": lang, "codes": list(sheet.criteria.rules)}
            asked[-1].append(given(sheet, place) | more)
    (folder / "asked.json").write_text(json.dumps(asked))
    command = [shutil.which("node"), str(folder / "run.js"), str(folder / "asked.json")]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_steps_of_every_item_are_those_of_the_advice_in_its_own_words(sheets, told):
    kinds, terms, count = set(), set(), 0
    for sheet, units in zip(sheets, told, strict=True):
        advice = {on: Advice(sheet, on) for on in DAYS}
        for place, items in enumerate(units):
            on, lang = seen(place)
            for code, made in items.items():
                ways = [way for way in advice[on].ways(code, place) if way.kind != PROOF]
                where = (sheet.criteria.set_id, code, place)
                met = [
                    (one["step"], one["kind"], one["term"], one["text"]) for one in made["steps"]
                ]
                wanted = [(way.step, way.kind, way.term, way.text(lang)) for way in ways]
                assert met == wanted, where
                for one, way in zip(made["steps"], ways, strict=True):
                    numbers = [one[name] for name in ("points", "more", "change", "indexMore")]
                    want = [way.points, way.more, way.change, way.index_more]
                    np.testing.assert_allclose(
                        np.array(numbers, dtype=float), want, rtol=0, atol=1e-9
                    )
                    kinds.add(way.kind)
                    terms.add(way.term)
                    count += 1
    assert count > 1000
    assert terms == {"open", "dated", "past", "next-year"}
    assert {"figure", "count", "date", "answer", "survey", "decision", "missing"} <= kinds


def test_arithmetic_of_every_item_reads_as_that_of_an_explanation(sheets, told):
    kinds = set()
    for sheet, units in zip(sheets, told, strict=True):
        for place, items in enumerate(units):
            for code, made in items.items():
                if sheet.status[sheet.row(code), place] != 0:
                    continue
                why = explain(sheet, code, sheet.keys[place], seen(place)[1])
                assert made["arithmetic"] == why.arithmetic, (sheet.criteria.set_id, code, place)
                kinds.add(sheet.criteria.rules[code].spec.kind)
    assert len(kinds) >= 8 and kinds <= set(RULE_KINDS)

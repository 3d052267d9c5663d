"""A page says what to do next, and how points came about, as `scoring.advice` and `explain` do."""

import datetime as dt
import json
import shutil
import subprocess

import numpy as np
import pytest
from random_units import YEAR, given, random_sheet, small_sets
from set_builder import sound

from scoring.advice import Advice
from scoring.advice.javascript_steps import advising_javascript
from scoring.advice.moves import PROOF
from scoring.base.dates import date_serial
from scoring.criteria import check_set, list_sets, open_set
from scoring.points import inputs_table, score
from scoring.points.item_explanation import explain
from scoring.rules.kinds import RULE_KINDS

UNITS = 4
DAYS = (None, dt.date(YEAR, 7, 1), dt.date(YEAR + 1, 2, 1))
RUN = """
const told = JSON.parse(require("fs").readFileSync(process.argv[2], "utf8"),
  (key, value) => (value === "Infinity" ? Infinity : value));
const made = told.map((units, at) => units.map((unit) => {
  const scores = SETS[at].score(unit), { year, period, on, lang } = unit;
  return Object.fromEntries(unit.codes.map((code) => [code, {
    steps: SETS[at].steps(code, unit.figures[code], year, { scores, period, on, lang }),
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
    asked = []
    for sheet in sheets:
        asked.append([])
        for place in range(UNITS):
            on, lang = seen(place)
            asked[-1].append(unit(sheet, place, on, lang))
    return in_node(tmp_path_factory.mktemp("node"), sheets, asked)


def unit(sheet, place, on, lang):
    more = {"on": on and date_serial(on), "lang": lang, "codes": list(sheet.criteria.rules)}
    return given(sheet, place) | more | {"period": sheet.keys[place].period}


def in_node(folder, sheets, asked):
    """What the scripts of some sheets say of their units."""
    scripts = [advising_javascript(sheet.criteria, f"set{at}") for at, sheet in enumerate(sheets)]
    names = ", ".join(f"set{at}" for at in range(len(sheets)))
    (folder / "run.js").write_text("".join(scripts) + f"const SETS = [{names}];" + RUN)
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


def test_the_day_of_next_year_is_that_of_the_advice_after_and_before_a_leap_year(tmp_path):
    criteria = sound(
        items=[{"code": "1", "max_points": 10, "rule": "deadline", "due_on": "year-1-02-28", "never_points": "0"}],
        inputs=[{"item_code": "1", "role": "done_on", "kind": "date"}],
        bands=[{"item_code": "1", "upper": 5, "upper_closed": "yes", "points": 10},
               {"item_code": "1", "lower": 5, "points": 5}],
    )  # fmt: skip
    rows = [
        {"year": year, "item_code": "1", "input": "done_on", "choice": "never"}
        for year in (2025, 2028)
    ]
    sheet, on = score(inputs_table(rows, unit_code="A"), criteria), dt.date(2029, 1, 5)
    [made] = in_node(tmp_path, [sheet], [[unit(sheet, place, on, "vi") for place in (0, 1)]])
    for place, day in enumerate(("05/03/2025", "04/03/2028")):
        [way] = Advice(sheet, on).ways("1", place)
        assert made[place]["1"]["steps"][0]["text"] == way.text()
        assert f"chậm nhất {day}" in way.text()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_period_is_over_and_called_as_in_the_advice(tmp_path, lang):
    periods = ("", "tháng 3", "T03/2026", "Tháng 12", "quý II", "Q4", "6 tháng đầu năm", "đợt 2")
    criteria = sound(
        items=[{"code": "1", "max_points": 10, "rule": "ratio",
                "zero_denominator": "invalid"}],
        inputs=[{"item_code": "1", "input": name, "role": role, "kind": "count"}
                for name, role in (("done", "numerator"), ("all", "denominator"))],
    )  # fmt: skip
    rows = [{"period": period, "item_code": "1", "input": name, "value": value}
            for period in periods for name, value in (("done", 3), ("all", 4))]  # fmt: skip
    sheet, on = score(inputs_table(rows, unit_code="A", year=2026), criteria), dt.date(2026, 7, 1)
    places = range(len(sheet.units))
    [made] = in_node(tmp_path, [sheet], [[unit(sheet, place, on, lang) for place in places]])
    words = [Advice(sheet, on).ways("1", place)[0].text(lang) for place in places]
    assert [one["1"]["steps"][0]["text"] for one in made] == words
    late = {"vi": ("Chỉ tháng tới", "Chỉ quý tới"), "en": ("Only next month", "Only next quarter")}
    over = {key.period: text.split(":")[0] for key, text in zip(sheet.keys, words, strict=True)}
    assert (over["tháng 3"], over["quý II"]) == late[lang]
    assert over["T03/2026"] == over["tháng 3"]
    assert not {"Tháng 12", "Q4", "", "đợt 2"} & {
        p for p, text in over.items() if text in late[lang]
    }


@pytest.mark.parametrize("figure", [155 / 3, 79.99999, 80.0])
def test_an_estimate_of_many_decimals_reads_alike_in_steps_and_arithmetic(figure, tmp_path):
    criteria = sound(
        items=[{"code": "1", "max_points": 10, "rule": "survey_index"}],
        inputs=[{"item_code": "1", "role": "percent", "kind": "percent", "maximum": 100}],
    )
    reported = {"item_code": "1", "input": "percent", "value": figure}
    sheet = score(inputs_table([reported], unit_code="A", year=YEAR), criteria)
    [[made]] = in_node(tmp_path, [sheet], [[unit(sheet, 0, None, "vi")]])
    [way] = Advice(sheet, None).ways("1", 0)
    assert made["1"]["steps"][0]["text"] == way.text()
    assert made["1"]["arithmetic"] == explain(sheet, "1").arithmetic
    assert "333333" not in way.text()


def test_a_page_that_brings_its_own_tables_is_given_a_script_without_them():
    criteria = open_set("service-quality-766")
    alone, lean = (advising_javascript(criteria, has_tables=tables) for tables in (True, False))
    assert criteria.rules["2"].spec.inputs[0].label("vi") in alone
    assert "learn }" in lean and "learn }" not in alone
    assert criteria.rules["2"].spec.inputs[0].label("vi") not in lean


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

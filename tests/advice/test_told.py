"""What is said of an item to all units at once, and of every gap of a table."""

import dataclasses
import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
from set_builder import sound

from scoring.advice import Advice, told
from scoring.advice.told_once import ToldOnce
from scoring.analysis import gap_table
from scoring.base.labels import label
from scoring.base.values import CAUSES
from scoring.criteria import open_set
from scoring.files.shipped import shipped_folder
from scoring.points import inputs_table, score
from scoring.points.proof import with_proof

CRITERIA = open_set("department-sample")
DAY = dt.date(2025, 6, 15)


@pytest.fixture(scope="module")
def sheet():
    return made_sheet()


def made_sheet(times=1):
    """Return units of whose figures many differ by little, one of them without a figure."""
    path = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    one = pd.read_csv(path, dtype={"item_code": str}).query("unit_code == 'SM-A'")
    rng = np.random.default_rng(3)
    tables = [
        one.assign(unit_code=f"U{at}", value=np.floor(one["value"] * rng.choice([0.5, 0.9, 1.0])))
        for at in range(6)
    ]
    tables[0] = tables[0][tables[0]["item_code"] != "1.4"]
    tables = [t.assign(unit_code=t["unit_code"] + f"-{at}") for at in range(times) for t in tables]
    made = score(pd.concat(tables, ignore_index=True), CRITERIA)
    verdicts = made.units[["unit_code", "year", "period"]].assign(
        item_code="1.1.2", state=["no-evidence", "evidence-invalid", "late"] * 2 * times, share=0.0
    )
    return with_proof(made, verdicts)


def test_units_that_share_a_text_are_told_what_each_would_be_told_alone(sheet):
    advice = Advice(sheet, DAY)
    for node in CRITERIA.leaves:
        said = told(sheet, node.code, DAY)
        for place in range(len(sheet.units)):
            ways = advice.ways(node.code, place)
            for is_proof, which in ((False, said.step), (True, said.proof)):
                alone = [way.text() for way in ways if (way.kind == "proof") == is_proof]
                assert said.texts[which[place]] == " ".join(alone)


def test_units_worked_out_once_are_told_what_all_of_them_are_told():
    many = made_sheet(times=4)
    once = ToldOnce(many, DAY, "vi")
    for node in CRITERIA.leaves:
        every, said = told(many, node.code, DAY), once.of_item(node.code)
        assert said.texts == every.texts
        for name in ("step", "proof", "step_term", "proof_term"):
            np.testing.assert_array_equal(getattr(said, name), getattr(every, name))


def test_a_unit_that_lacks_a_figure_is_not_taken_for_one_that_has_it():
    criteria = open_set("service-quality-766")
    some = [{"unit_code": f"A{at}", "item_code": "2", "input": name, "value": value}
            for at in range(3) for name, value in (("on_time", 90), ("received", 100))]  # fmt: skip
    lacks = [
        {"unit_code": f"B{at}", "item_code": "2", "input": "on_time", "value": 80}
        for at in range(3)
    ]
    sheet = score(inputs_table([*some, *lacks], year=2026), criteria)
    said = ToldOnce(sheet, None, "en").of_item("2")
    assert said.texts[said.step[0]].startswith("Dossiers handled or in progress on time: 10 more")
    assert said.texts[said.step[3]].startswith("Enter “")


def test_months_with_the_same_figures_are_told_each_by_its_own_end():
    """Thirty months of equal figures shared one text: the first month's, that is over."""
    rows = [
        {"unit_code": f"H{unit}", "period": f"tháng {month}", "item_code": "2", "input": name,
         "value": value}
        for unit in range(10) for month in (3, 12) for name, value in (("on_time", 5), ("received", 10))
    ]  # fmt: skip
    rows += [row | {"unit_code": f"N{row['unit_code']}", "period": ""} for row in rows[::4]]
    sheet = score(inputs_table(rows, year=2026), open_set("service-quality-766"))
    said = ToldOnce(sheet, dt.date(2026, 7, 1), "vi").of_item("2")
    texts = [said.texts[at] for at in said.step]
    for key, text in zip(sheet.keys, texts, strict=True):
        alone = sheet.place(key)
        lone = told(sheet, "2", dt.date(2026, 7, 1), "vi")
        assert text == lone.texts[lone.step[alone]]
        assert text.startswith("Chỉ tháng tới: ") == (key.period == "tháng 3")


@pytest.mark.parametrize("units", [2, 12])
def test_what_a_period_is_called_goes_by_each_unit(units):
    """Thirty-six units with equal figures were all told "next month", those of years too."""
    periods = {"tháng 3": "Chỉ tháng tới", "quý I": "Chỉ quý tới", "": "Chỉ năm tới"}
    rows = [
        {"unit_code": f"H{unit}", "period": period, "item_code": "2", "input": name, "value": value}
        for unit in range(units) for period in periods
        for name, value in (("on_time", 5), ("received", 10))
    ]  # fmt: skip
    sheet = score(inputs_table(rows, year=2025), open_set("service-quality-766"))
    gaps = gap_table(sheet, on=dt.date(2026, 7, 1)).query("item_code == '2'")
    assert len(gaps) == 3 * units
    for period, text in zip(gaps["period"], gaps["next_step"], strict=True):
        assert text.startswith(f"{periods[period]}: ")


def test_a_figure_of_no_year_is_of_none_that_goes_on():
    rows = [{"item_code": "2", "input": name, "value": 5} for name in ("on_time", "received")]
    rows[1]["value"] = 10
    sheet = score(inputs_table(rows, unit_code="H1"), open_set("service-quality-766"))
    gaps = gap_table(sheet, on=dt.date(2026, 7, 1)).set_index("item_code")
    assert gaps.loc["2", "term"] == "next-year"


def test_of_proof_that_others_make_up_for_each_unit_is_told_what_its_own_index_gains():
    criteria = sound(
        {"total_points": 2, "evidence": {f"{state}_percent": 0 for state in ("no_evidence", "late", "evidence_invalid")}},
        items=[{"code": "1", "max_points": 2, "rule": "best_of"},
               *({"code": f"1.{at}", "max_points": 2, "rule": "count", "points_each": 1} for at in (1, 2))],
        inputs=[{"item_code": f"1.{at}", "role": "count", "minimum": 0} for at in (1, 2)],
        evidence=[{"item_code": "1.1", "kind": "Báo cáo"}],
    )  # fmt: skip
    rows = [{"unit_code": unit, "item_code": code, "input": "count", "value": value}
            for unit, other in (("A", 1), ("B", 2)) for code, value in (("1.1", 2), ("1.2", other))]  # fmt: skip
    sheet = score(inputs_table(rows, year=2026), criteria)
    verdicts = sheet.units[["unit_code", "year", "period"]].assign(
        item_code="1.1", state="no-evidence", share=0.0)  # fmt: skip
    said = told(with_proof(sheet, verdicts), "1.1")
    first, second = (said.texts[which] for which in said.proof)
    assert "chỉ tăng 1 điểm" in first and "Chỉ số không tăng" in second


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_gap_says_its_figure_its_day_or_its_document(sheet, lang):
    gaps = gap_table(sheet, lang=lang)
    stock = {label(f"next_{cause}", lang) for cause in CAUSES}
    assert not set(gaps["next_step"]) & stock
    assert all(re.search(r"\d", step) for step in gaps["next_step"])
    assert {"lost", "open", "at-risk"} == set(gaps["kind"])


def test_only_a_table_for_a_day_says_when(sheet):
    assert "term" not in gap_table(sheet)
    by_day = gap_table(sheet, on=DAY)
    assert {"open", "dated", "past", "next-year"} >= set(by_day["term"])
    late = by_day.query("item_code == '1.1.2' and kind == 'at-risk'")["term"]
    assert sorted(late) == ["next-year"] * 2 + ["open"] * 4


def test_where_the_rule_offers_nothing_it_says_why(sheet):
    none = sheet.figures.values["1.4", "planned"].copy()
    values = {**sheet.figures.values, ("1.4", "planned"): none * 0}
    empty = dataclasses.replace(sheet, figures=dataclasses.replace(sheet.figures, values=values))
    gaps = gap_table(empty).query("item_code == '1.4' and kind == 'lost'")
    assert len(gaps)
    assert all(step.endswith(label("advice_no_way")) for step in gaps["next_step"])

"""What is said of an item to all units at once, and of every gap of a table."""

import dataclasses
import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest

from scoring.advice import Advice, told
from scoring.advice.told_once import ToldOnce
from scoring.analysis import gap_table
from scoring.base.labels import label
from scoring.base.values import CAUSES
from scoring.criteria import open_set
from scoring.files.shipped import shipped_folder
from scoring.points import score
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

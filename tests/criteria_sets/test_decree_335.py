"""Decree 335/2025/NĐ-CP: ratings of agencies and civil servants, with the ministry's worked sums."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from scoring.base.rounding import round_points
from scoring.criteria import open_set
from scoring.points import ScoreSheet, inputs_table, score
from scoring.rules.evaluate import evaluate

PERSON = "civil-servant-rating-335-2025"
GENERAL = {f"I.{n}": 5 for n in (1, 2)} | {
    f"{a}.{n}": 2.5 for a in ("II", "III") for n in range(1, 5)
}
ANSWERS = {"I.1": ("degraded",), "I.2": ("disciplined", "unit_corrupt", "above_unit")}


def person(results: dict[str, object], item: str = "KQ.1", **answers: str) -> ScoreSheet:
    rows: list[dict[str, object]] = [
        {"item_code": code, "input": "points", "value": value} for code, value in GENERAL.items()
    ]
    rows += [
        {"item_code": code, "input": name, "choice": answers.get(name, "no")}
        for code, names in ANSWERS.items()
        for name in names
    ]
    for name, value in results.items():
        key = "choice" if isinstance(value, str) else "value"
        rows.append({"item_code": item, "input": name, key: value})
    return score(inputs_table(rows, unit_code="A", year=2026, period="T3"), PERSON)


def results(a: float, b: float, c: float, **more: str) -> dict[str, object]:
    return {"assigned": 100, "done": a, "quality": b, "in_time": c, **more}


def attained(sheet: ScoreSheet) -> float:
    """Return the share of the results in percent, as the handbook shows it."""
    return round_points(float(sheet.points[sheet.row("KQ"), 0]) / 70 * 100, 1)


def test_the_handbook_divides_converted_work_before_it_rounds() -> None:
    # 15.06 of 16.8 is shown as 15,1 of 16,8, whose share would be 89,9%.
    rule = open_set(PERSON).rules["KQ.1"]
    for done, share in ((15.06, 89.6), (15.1, 89.9)):
        figures = {"assigned": 16.8} | dict.fromkeys(("done", "quality", "in_time"), done)
        assert round_points(float(evaluate(rule.points, figures)) / 70 * 100, 1) == share


def test_the_handbook_s_civil_servant_reaches_66_7_percent_and_76_7_points() -> None:
    sheet = person(results(89.6, 68.8, 41.7))
    assert attained(sheet) == 66.7
    assert round_points(float(sheet.points[-1, 0]), 1) == 76.7
    assert sheet.index["grade"].item() == "tot"


def test_the_handbook_s_leader_reaches_66_7_percent() -> None:
    led = results(89.6, 68.8, 41.7, staff="no", carried_out="no", united="yes")
    sheet = person(led, "KQ.2")
    assert attained(sheet) == 66.7
    assert float(sheet.points[sheet.row("KQ"), 0]) == pytest.approx(70 * 400.1 / 600)


def test_general_points_are_those_of_form_01() -> None:
    criteria = open_set(PERSON)
    assert {
        leaf.code: leaf.max_points for leaf in criteria.leaves if leaf.code[0] == "I"
    } == GENERAL
    assert [area.max_points for area in criteria.areas] == [10, 10, 10, 70]


@pytest.mark.parametrize("name", ["degraded", "disciplined", "unit_corrupt"])
def test_misconduct_is_not_completed_whatever_the_points(name) -> None:
    sheet = person(results(100, 100, 100), **{name: "yes"})
    assert sheet.index["points"].item() == 100
    assert sheet.index["grade"].item() == "khong-hoan-thanh"


def test_a_head_above_the_own_organisation_is_left_to_the_authority() -> None:
    sheet = person(results(100, 100, 100), above_unit="yes")
    assert sheet.index["grade"].item() == ""
    assert "grade-condition-failed" in {finding.code for finding in sheet.findings}


def test_work_beyond_what_was_given_is_not_cut_in_silence() -> None:
    sheet = person(results(120, 100, 100))
    assert sheet.index["points"].isna().item()
    assert "points-not-computable" in {finding.code for finding in sheet.findings}


def test_agencies_have_30_and_70_points_that_the_decree_does_not_divide() -> None:
    criteria = open_set("agency-rating-335-2025")
    assert {leaf.code: leaf.max_points for leaf in criteria.leaves} == {"I": 30, "II": 70}
    assert {leaf.rule for leaf in criteria.leaves} == {"direct"}
    assert [grade.lower for grade in criteria.meta.grades][:3] == [90, 70, 50]
    assert "không chia 30 và 70 điểm" in " ".join(criteria.meta.warnings())


@pytest.mark.needs_shared
def test_the_sums_of_the_handbook_come_out(shared_folder: Path) -> None:
    path = shared_folder / "domain" / "real_rubrics" / "bnv_sotay_2026_worked_examples.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        published = {row["case"]: row["published"].rstrip("%") for row in csv.DictReader(file)}
    table = {case.split()[0]: float(text.replace(",", ".")) for case, text in published.items()}
    sheet = person(results(89.6, 68.8, 41.7))
    assert attained(sheet) == table["4.1"]
    assert round_points(float(sheet.points[-1, 0]), 1) == table["Chương"]
    led = results(89.6, 68.8, 41.7, staff="no", carried_out="no", united="yes")
    assert attained(person(led, "KQ.2")) == table["4.2"]
    rule = open_set(PERSON).rules["KQ.1"]
    counts = {"assigned": 16.8, "done": 15.06, "quality": 15.06, "in_time": 15.06}
    assert round_points(float(evaluate(rule.points, counts)) / 70 * 100, 1) == table["Bảng"]


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", ["agency-rating-335-2025", PERSON])
def test_conditions_are_worded_as_in_the_decree(name: str, shared_folder: Path) -> None:
    path = shared_folder / "domain" / "real_rubrics" / "nghi_dinh_335_2025.txt"
    text = " ".join(path.read_text(encoding="utf-8").split()).casefold()
    for rule in open_set(name).meta.grade_rules:
        opening = rule.vi.partition(";")[0].partition(" (")[0].casefold()
        assert opening[:60] in text, rule.vi

"""A grade stands only where points suffice and every condition about it is known to hold."""

from __future__ import annotations

import pandas as pd
import pytest
from set_builder import checked

from scoring.criteria import open_set
from scoring.points import ScoreSheet, inputs_table, score

SET = "agency-rating-335-2025"
GOOD = {
    "no_failed_subordinate": "yes",
    "faults_mended": "yes",
    "concluded": "no",
    "due": 20,
    "on_time": 20,
    "late": 0,
    "missed": 0,
    "exceeded": 6,
    "quality": "yes",
}
OF_ONE = ("no_failed_subordinate", "faults_mended", "concluded")


def rows_of(unit: str, points: tuple[float, float], **answers: object) -> list[dict[str, object]]:
    figures: dict[str, object] = GOOD | answers
    rows: list[dict[str, object]] = [
        {"item_code": item, "input": "points", "value": value}
        for item, value in zip(("I", "II"), points, strict=True)
    ]
    for name, value in figures.items():
        place = {"item_code": "I" if name in OF_ONE else "II", "input": name}
        if value is not None:
            key = "choice" if isinstance(value, str) else "value"
            rows.append(place | {key: value})
    return [row | {"unit_code": unit} for row in rows]


def graded(*units: list[dict[str, object]], block: str = "") -> ScoreSheet:
    rows = [row for unit in units for row in unit]
    return score(inputs_table(rows, year=2026, block=block), SET)


def result(points: tuple[float, float] = (28, 64), **answers: object) -> tuple[str, list[str]]:
    sheet = graded(rows_of("A", points, **answers))
    return sheet.index["grade"].item(), [finding.code for finding in sheet.findings]


@pytest.mark.parametrize(
    ("points", "grade"),
    [
        ((25, 65), "xuat-sac"),
        ((25, 64.99), "tot"),
        ((20, 50), "tot"),
        ((19.99, 50), "hoan-thanh"),
        ((20, 30), "hoan-thanh"),
        ((20, 29.99), "khong-hoan-thanh"),
    ],
)
def test_bands_of_the_decree_meet_at_90_70_and_50(points, grade) -> None:
    assert result(points)[0] == grade


def test_exactly_30_percent_beyond_what_was_asked_is_enough() -> None:
    assert result(exceeded=6)[0] == "xuat-sac"
    assert result(exceeded=5) == ("", ["grade-condition-failed"])


@pytest.mark.parametrize(
    "answer",
    [
        {"on_time": 19, "late": 1},
        {"quality": "no"},
        {"no_failed_subordinate": "no"},
        {"faults_mended": "no"},
        {"due": 0, "on_time": 0, "exceeded": 0},
    ],
)
def test_a_condition_that_fails_leaves_no_grade_instead_of_another(answer) -> None:
    assert result(**answer) == ("", ["grade-condition-failed"])


@pytest.mark.parametrize("name", [*GOOD])
def test_a_condition_that_nobody_answered_is_named_and_not_taken_as_met(name) -> None:
    grade, codes = result(**{name: None})
    if name == "late":  # only the grade below 70 points reads it
        assert (grade, codes) == ("xuat-sac", ["grade-quota-to-confirm"])
    else:
        assert (grade, codes) == ("", ["grade-to-confirm"])


def test_one_fifth_of_the_tasks_may_be_late_for_the_third_grade() -> None:
    assert result((20, 45), on_time=16, late=4)[0] == "hoan-thanh"
    assert result((20, 45), on_time=15, late=5) == ("", ["grade-condition-failed"])
    assert result((20, 45), on_time=17, late=3, missed=1) == ("", ["grade-condition-failed"])


def test_less_than_70_percent_of_the_tasks_is_not_completed_whatever_the_points() -> None:
    few = {"on_time": 13, "late": 7, "missed": 7}
    assert result(**few) == ("khong-hoan-thanh", ["grade-forced"])
    enough = {"on_time": 14, "late": 6, "missed": 6}
    assert result(**enough) == ("", ["grade-condition-failed"])


def test_a_conclusion_of_wrongdoing_outdoes_what_is_still_open() -> None:
    grade, codes = result(concluded="yes", quality=None)
    assert (grade, codes) == ("khong-hoan-thanh", ["grade-forced"])


def test_the_condition_is_worded_as_in_the_decree() -> None:
    sheet = graded(rows_of("A", (28, 64), faults_mended="no"))
    text = sheet.findings[0].text("vi")
    assert "92 điểm" in text
    assert "Đã khắc phục toàn bộ hạn chế, khuyết điểm" in text
    assert "Hoàn thành xuất sắc nhiệm vụ" in text


def test_an_impossible_count_is_named_and_answers_no_condition() -> None:
    grade, codes = result(on_time=21)
    assert grade == ""
    assert codes == ["numerator-above-denominator", "grade-to-confirm"]


def of_quota(best: int, good: int) -> list[object]:
    units = [rows_of(f"X{n}", (28, 64)) for n in range(best)]
    units += [rows_of(f"T{n}", (20, 55)) for n in range(good)]
    sheet = graded(*units)
    assert sheet.index["grade"].tolist() == ["xuat-sac"] * best + ["tot"] * good
    return [(f.code, f.values["limit"]) for f in sheet.findings]


def test_more_excellent_units_than_a_fifth_of_the_good_ones_are_named() -> None:
    assert of_quota(1, 5) == []
    assert of_quota(2, 9) == [("grade-quota-exceeded", 1)]
    assert of_quota(2, 10) == []


def test_one_unit_alone_is_told_of_the_quota() -> None:
    assert result() == ("xuat-sac", ["grade-quota-to-confirm"])


def test_an_open_index_has_no_grade_and_no_word_about_conditions() -> None:
    rows = [row for row in rows_of("A", (28, 64)) if row["input"] != "points"]
    sheet = graded(rows)
    assert sheet.index["grade"].item() == ""
    assert not [f.code for f in sheet.findings if f.code.startswith("grade")]


def test_figures_for_grades_change_no_points() -> None:
    with_all, without = (graded(rows_of("A", (28, 64), **more)) for more in ({}, {"due": None}))
    pd.testing.assert_series_equal(with_all.index["points"], without.index["points"])


ITEMS = [{"code": "1", "max_points": "10", "rule": "direct"}]
INPUTS = [
    {"item_code": "1", "role": "points", "kind": "number", "minimum": "0", "maximum": "10"},
    {"item_code": "1", "input": "late", "role": "grade", "kind": "count"},
]
GRADES = [
    {"code": "B", "label_vi": "Khá", "upper": 8.0, "upper_closed": False},
    {"code": "A", "label_vi": "Tốt", "lower": 8.0, "lower_closed": True},
]
RULE = {
    "grade": "A",
    "kind": "needs",
    "item_code": "1",
    "test": "late = 0",
    "vi": "x",
    "source": "x",
}
QUOTA = {"grade": "A", "kind": "quota", "percent": 20, "vi": "x", "source": "x"}


def codes_of(*rules: dict[str, object], inputs=INPUTS) -> list[str]:
    meta = {"grades": GRADES, "grade_rules": list(rules)}
    return [finding.code for finding in checked(meta, items=ITEMS, inputs=inputs).findings]


def test_a_sound_rule_has_no_finding() -> None:
    assert codes_of(RULE, QUOTA) == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (RULE | {"grade": "C"}, "grade-rule-of-unknown-grade"),
        (RULE | {"kind": "forces", "grade": ""}, "grade-rule-of-unknown-grade"),
        (RULE | {"test": "late"}, "grade-rule-refused"),
        (RULE | {"test": "late = "}, "grade-rule-refused"),
        (RULE | {"test": "early = 0"}, "grade-rule-refused"),
        (RULE | {"item_code": "2"}, "grade-rule-refused"),
        (QUOTA | {"of": "C"}, "grade-rule-of-unknown-grade"),
        (QUOTA | {"instead": "C"}, "grade-rule-of-unknown-grade"),
        (QUOTA | {"order": "INDEX; 9"}, "grade-order-unknown"),
        (RULE | {"kind": "caps", "grade": ""}, "grade-rule-of-unknown-grade"),
        (QUOTA | {"grade": ""}, "grade-quota-odd"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(rule, code) -> None:
    assert code in codes_of(RULE, rule)


def test_a_kind_that_is_no_kind_is_refused() -> None:
    assert codes_of(RULE, RULE | {"kind": "wish"}) == ["set-value-wrong", "grade-quota-odd"]


def test_a_figure_for_grades_that_no_condition_reads_is_refused() -> None:
    assert codes_of() == ["input-unused"]


def test_a_checklist_takes_no_figure_for_grades() -> None:
    items = [ITEMS[0] | {"rule": "all_of"}]
    inputs = [
        {"item_code": "1", "input": "told", "role": "condition", "kind": "yes_no"},
        INPUTS[1],
    ]
    meta = {"grades": GRADES, "grade_rules": [RULE]}
    found = [finding.code for finding in checked(meta, items=items, inputs=inputs).findings]
    assert found == ["rule-inputs-do-not-fit"]


def test_sets_without_rules_are_graded_by_points_alone() -> None:
    assert open_set("department-sample").meta.grade_rules == ()

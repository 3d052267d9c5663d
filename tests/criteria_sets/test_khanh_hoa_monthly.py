"""Khánh Hòa 11-QĐ/TU, appendix 1: the table of the signed text, and what it leaves open."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from scoring.criteria import open_set
from scoring.points import ScoreSheet, inputs_table, score

SET = "khanh-hoa-11-qd-tu-2026-monthly"
FULL = {
    "I.1": {"complete": "yes", "full_content": "yes", "on_time": "yes"},
    "I.2": {"initiatives": 2},
    "II.1.1": {"completed": 20, "assigned": 20},
    "II.1.2": {"completed": 9, "assigned": 9},
    "II.1.3.1": {"stage": "run_updated"},
    "II.2.1": {"planned": 2, "held": 2},
    "II.3.1": {"reached": 100},
    "II.3.2": {"reached": 250},
    "II.4.1": {"disbursed": 90, "allocated": 100},
    "II.5": {"report": "complete_before_22"},
    "III.1": {"late": "no"},
    "III.2": {"missed": "no"},
    "III.3": {"points": 0},
}


def scored(figures: dict, not_applicable: tuple[str, ...] = ()) -> ScoreSheet:
    rows = [
        {"item_code": item, "input": name}
        | ({"choice": value} if isinstance(value, str) else {"value": value})
        for item, values in figures.items()
        for name, value in values.items()
    ]
    specs = open_set(SET).rules
    rows += [
        {"item_code": item, "input": specs[item].names[0], "not_applicable": True, "reason": "x"}
        for item in not_applicable
    ]
    return score(inputs_table(rows, unit_code="SKHCN", year=2026, period="T9"), SET)


def points_of(sheet: ScoreSheet, code: str) -> float:
    return float(sheet.points[sheet.row(code), 0])


def test_a_department_that_does_everything_reaches_100() -> None:
    sheet = scored(FULL, ("II.1.3.2",))
    assert sheet.findings == ()
    assert points_of(sheet, "INDEX") == 100.0


def test_the_alternative_of_the_other_tier_takes_nothing_from_the_maximum() -> None:
    sheet = scored(FULL, ("II.1.3.2",))
    assert sheet.maxima[sheet.row("II.1.3"), 0] == 18
    commune = {key: value for key, value in FULL.items() if key != "II.1.3.1"}
    commune |= {"II.1.3.2": {"platform": "not_updated"}}
    assert points_of(scored(commune, ("II.1.3.1",)), "INDEX") == 91.0


def test_what_does_not_apply_leaves_the_maximum() -> None:
    figures = {key: value for key, value in FULL.items() if key not in ("I.1", "II.4.1")}
    figures |= {"I.2": {"initiatives": 1}}
    sheet = scored(figures, ("I.1", "II.4.1", "II.1.3.2"))
    assert points_of(sheet, "INDEX") == pytest.approx(75 / 80 * 100)


def test_a_unit_given_no_funds_or_tasks_is_not_measured_by_them() -> None:
    figures = FULL | {
        "II.1.2": {"completed": 0, "assigned": 0},
        "II.4.1": {"disbursed": 0, "allocated": 0},
    }
    sheet = scored(figures, ("II.1.3.2",))
    assert [sheet.maxima[sheet.row(code), 0] for code in ("II", "I")] == [60, 20]
    assert points_of(sheet, "INDEX") == 100.0


def test_deductions_come_off_the_total() -> None:
    late = {"III.1": {"late": "yes"}, "III.2": {"missed": "yes"}, "III.3": {"points": 1}}
    assert points_of(scored(FULL | late, ("II.1.3.2",)), "INDEX") == 96.5


def test_what_the_text_leaves_open_stays_open() -> None:
    sheet = scored(FULL | {"II.1.1": {"completed": 0, "assigned": 0}}, ("II.1.3.2",))
    assert sheet.index["items_scored"].item() == sheet.index["items_applicable"].item() - 1
    said = " ".join(open_set(SET).meta.warnings())
    for words in ("Dưới 50% hoặc không triển khai", "từ ngày 22", "không dùng để phân loại"):
        assert words in said


def test_no_figure_of_the_set_differs_from_its_worked_examples() -> None:
    criteria = open_set(SET)
    shown = set(criteria.tables["examples"]["item_code"])
    assert {leaf.code for leaf in criteria.leaves} == shown
    assert shown == set(criteria.tables["evidence"]["item_code"])


@pytest.mark.needs_shared
def test_tree_maxima_and_words_are_those_of_the_table(shared_folder: Path) -> None:
    path = shared_folder / "domain" / "real_rubrics" / "khanhhoa_11-QD-TU_phuluc1_thang.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table = table[table["code"] != "(tổng)"].assign(code=table["code"].str.replace("-", "1"))
    table = table.set_index("code")
    criteria = open_set(SET)
    assert [node.code for node in criteria.nodes] == table.index.tolist()
    assert len(criteria.leaves) == 14
    for node in criteria.nodes:
        row = table.loc[node.code]
        assert node.parent == row["parent"]
        assert node.code == "III" or node.max_points == float(row["max_points"])
        stated = " ".join(f"{row['name']} {row['rule_text']}".split()).casefold()
        assert stated.startswith(node.name_vi.casefold()), node.code

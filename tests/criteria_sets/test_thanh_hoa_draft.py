"""The draft of Thanh Hóa for commune councils: what a third party digitised, its contradictions kept."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from scoring.criteria import CriteriaSet, open_set
from scoring.points import ScoreSheet, inputs_table, score

SET = "thanh-hoa-commune-council-draft-2026"
CRITERIA = open_set(SET)
# The same draft, its caps, step down and quota applied and not only asked for.
APPLIED = open_set(f"{SET}-v2")
# Where the draft itself says other than the app that digitised it.
OF_THE_DRAFT = {"VIII.1": 5, "VIII.1.a": 5, "VIII.2": 3, "VIII.2.a": 3, "VIII.4": 3, "VIII.4.a": 3}
Figure = float | str


def best() -> dict[tuple[str, str], Figure]:
    """Return figures at their best, from the worked example of each item with the most points."""
    rows = CRITERIA.tables["examples"].astype({"points": float})
    rows = rows[~rows["item_code"].str.startswith(("VIII", "IX"))]
    top = rows.groupby("item_code")["points"].transform("max")
    chosen = rows[rows["points"] == top].drop_duplicates(["item_code", "input"])
    figures: dict[tuple[str, str], Figure] = {
        (row["item_code"], row["input"]): row["value"] for row in chosen.to_dict("records")
    }
    for leaf in CRITERIA.leaves:
        if leaf.code.startswith("IX"):
            figures[leaf.code, "cases"] = 0
    figures |= {("IX.8", "handled"): "no", ("IX.8", "targets_missed"): "no"}
    return figures | {
        ("VIII.1.a", "met"): "no",
        ("VIII.2.a", "answer"): "none",
        ("VIII.3.a", "answer"): "none",
        ("VIII.4.a", "number"): 0,
    }


BEST = best()


def scored(
    changes: dict[tuple[str, str], Figure] | None = None,
    units: int = 1,
    criteria: CriteriaSet = CRITERIA,
) -> ScoreSheet:
    rows = []
    for (item, name), value in (BEST | (changes or {})).items():
        entry = criteria.rules[item].spec.named(name)
        key = "choice" if entry.kind in ("choice", "yes_no") else "value"
        rows.append({"item_code": item, "input": name, key: value})
    tables = [inputs_table(rows, unit_code=f"X{n}", year=2026) for n in range(units)]
    return score(pd.concat(tables, ignore_index=True), criteria)


def index_of(changes: dict[tuple[str, str], Figure]) -> float:
    return float(scored(changes).points[-1, 0])


def test_a_council_at_its_best_has_100_points_and_is_excellent() -> None:
    sheet = scored()
    assert float(sheet.points[-1, 0]) == 100
    assert sheet.index["grade"].item() == "xuat-sac"


def test_bonus_of_13_counts_10_and_deductions_stop_at_20() -> None:
    bonus: dict[tuple[str, str], Figure] = {
        ("VIII.1.a", "met"): "yes",
        ("VIII.2.a", "answer"): "province",
        ("VIII.3.a", "answer"): "running",
        ("VIII.4.a", "number"): 4,
    }
    sheet = scored(bonus)
    assert float(sheet.points[sheet.row("VIII"), 0]) == 13
    assert float(sheet.points[-1, 0]) == 110
    assert index_of({("IX.7", "cases"): 1, ("IX.8", "cases"): 2, ("IX.3", "cases"): 9}) == 80


@pytest.mark.parametrize(
    ("done", "due", "points"), [(8, 10, 4.75), (9, 10, 5.5), (1, 16, 0.5), (0, 5, 0)]
)
def test_recommendations_carried_out_count_in_quarters_of_a_point(done, due, points) -> None:
    sheet = scored({("II.3.a", "carried_out"): done, ("II.3.a", "due"): due})
    assert float(sheet.points[sheet.row("II.3.a"), 0]) == points


@pytest.mark.parametrize(
    "change",
    [
        {("IX.1", "cases"): 1},
        {("IX.7", "cases"): 1, ("VIII.1.a", "met"): "yes"},
        {("IX.8", "handled"): "yes"},
        {("IX.8", "targets_missed"): "yes"},
        {("IX.9", "cases"): 1},
    ],
)
def test_article_6_keeps_from_excellent_and_chooses_nothing_instead(change) -> None:
    sheet = scored(change)
    assert float(sheet.points[-1, 0]) >= 90
    assert sheet.index["grade"].item() == ""
    assert "grade-condition-failed" in {finding.code for finding in sheet.findings}


def test_more_than_a_quarter_of_a_group_excellent_is_named() -> None:
    codes = [finding.code for finding in scored(units=4).findings]
    assert codes == ["grade-quota-exceeded"]


@pytest.mark.parametrize(
    ("change", "grade"),
    [
        ({}, "xuat-sac"),
        ({("IX.1", "cases"): 1}, "tot"),
        ({("IX.8", "handled"): "yes"}, "tot"),
        ({("IX.8", "targets_missed"): "yes"}, "tot"),
        ({("IX.7", "cases"): 1, ("VIII.1.a", "met"): "yes"}, "kha"),
        ({("IX.9", "cases"): 1}, "tot"),
        # First the cap, then one step down from it.
        ({("IX.9", "cases"): 1, ("IX.8", "handled"): "yes"}, "kha"),
        ({("IX.9", "cases"): 1, ("IX.9", "repeated"): "yes"}, "yeu"),
    ],
)
def test_the_second_version_grades_by_article_6_itself(change, grade) -> None:
    sheet = scored({("IX.9", "repeated"): "no"} | change, criteria=APPLIED)
    assert float(sheet.points[-1, 0]) >= 90
    assert sheet.index["grade"].item() == grade


def test_the_second_version_keeps_a_quarter_of_a_group_by_total_then_bonus() -> None:
    bonus: list[dict[tuple[str, str], Figure]] = [
        {("VIII.4.a", "number"): number, ("VIII.1.a", "met"): met}
        for number, met in ((0, "no"), (1, "no"), (2, "no"), (2, "yes"))
    ]
    rows = [scored({("IX.9", "repeated"): "no"} | change, criteria=APPLIED) for change in bonus]
    tables = [sheet.figures.source.assign(unit_code=f"X{n}") for n, sheet in enumerate(rows)]
    sheet = score(pd.concat(tables, ignore_index=True), APPLIED)
    assert sheet.index["points"].is_monotonic_increasing
    assert sheet.index["grade"].tolist().count("xuat-sac") == 1
    assert sheet.index["grade"].iloc[-1] == "xuat-sac"


def test_a_question_that_only_the_second_version_asks_leaves_the_grade_open() -> None:
    sheet = scored(criteria=APPLIED)
    assert sheet.index["grade"].item() == ""
    assert "grade-to-confirm" in {finding.code for finding in sheet.findings}


def test_both_versions_give_the_same_points_to_the_same_figures() -> None:
    change: dict[tuple[str, str], Figure] = {("IX.9", "cases"): 1, ("II.3.a", "carried_out"): 0}
    assert (scored(change).points == scored(change, criteria=APPLIED).points).all()
    assert APPLIED.meta.status == CRITERIA.meta.status == "observed"


def test_the_draft_is_told_from_the_app_that_digitised_it() -> None:
    assert CRITERIA.meta.status == "observed"
    assert "number" not in CRITERIA.meta.decision
    said = " ".join(CRITERIA.meta.warnings())
    for words in (
        "dự thảo, do bên thứ ba số hóa",
        "VIII cộng được 13",
        "-3",
        "khoản 2 sang khoản 5",
    ):
        assert words in said
    sources = {leaf.code: leaf.source for leaf in CRITERIA.leaves}
    for code in ("III.3.a", "VIII.1.a", "VIII.2.a", "VIII.4.a"):
        assert "ứng dụng" in sources[code].partition("; bên thứ ba")[2].partition("; ")[2]


@pytest.mark.needs_shared
def test_tree_maxima_and_wording_are_those_of_the_file(shared_folder: Path) -> None:
    name = "thanhhoa_HDND_xa_phuluc2_duthao2026.csv"
    path = shared_folder / "domain" / "real_rubrics" / name
    table = pd.read_csv(path, dtype=str, keep_default_na=False).set_index("code")
    assert [node.code for node in CRITERIA.nodes] == table.index.tolist()
    assert len(CRITERIA.leaves) == 56
    for node in CRITERIA.nodes:
        row = table.loc[node.code]
        assert node.parent == row["parent"]
        stated = OF_THE_DRAFT.get(node.code, abs(float(row["max_points"])))
        assert node.max_points == stated, node.code
        assert row["rule_text"] in node.note_vi, node.code
        changed = "APP CHANGED" in row["verified_how"]
        assert not changed or "dự thảo" in node.source.partition("; ")[2], node.code

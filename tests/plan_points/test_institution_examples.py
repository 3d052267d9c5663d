"""The shipped examples of the five institutions score, chart and explain without errors."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from scoring.analysis.completion import task_completion
from scoring.base.findings import has_errors
from scoring.batch.run import compute, write_outputs
from scoring.batch.submissions import Intake, read_files
from scoring.criteria import open_set
from scoring.evidence.long_table import read_long_table
from scoring.files.shipped import shipped_folder
from scoring.plan.feeding.feed_figures import inputs_from_plan
from scoring.plan.feeding.record import PlanRecord, read_feeds, read_record
from scoring.points.item_explanation import explain
from scoring.tables.merging import merge_inputs

EXAMPLES = {
    "so-khcn-son-la-2022": "department-sample",
    "so-khcn-quang-ngai-2025": "department-sample",
    "so-khcn-khanh-hoa-2024": "department-sample",
    "so-gddt-gia-lai-2022": "department-sample",
    "tinh-son-la-2021": "province-areas-2948",
}
each_example = pytest.mark.parametrize("name", EXAMPLES)


def folder_of(name: str) -> Path:
    return shipped_folder("evidence") / name


@cache
def record_of(name: str) -> PlanRecord:
    record, findings = read_record(folder_of(name))
    assert findings == []
    return record


@cache
def fed_intake(name: str) -> Intake:
    """Return the entered figures with those of the plan, at the end of the plan's year."""
    criteria = open_set(EXAMPLES[name])
    intake = read_files([folder_of(name) / "inputs.csv"], criteria)
    feeds, problems = read_feeds(folder_of(name) / "feeds.csv")
    unit = intake.inputs.iloc[0][["unit_code", "unit_name", "block", "year", "period"]]
    on = dt.date(int(unit["year"]), 12, 31)
    fed, findings = inputs_from_plan(criteria, record_of(name), feeds, on, dict(unit))
    merged, differences = merge_inputs(intake.inputs, fed)
    found = (*intake.findings, *problems, *findings, *differences)
    return Intake(criteria, merged, intake.targets, found)


@each_example
def test_every_figure_of_the_plan_arrives_and_contradicts_nothing(name: str) -> None:
    intake = fed_intake(name)
    assert intake.findings == ()
    assert (intake.inputs["sheet"] != "").sum() >= (0 if name.startswith("tinh") else 10)


@each_example
def test_the_index_is_complete_and_within_its_scale(name: str) -> None:
    result = compute(fed_intake(name))
    assert not has_errors(result.findings)
    assert 70 < result.sheet.index["points"].item() < 100


@each_example
def test_what_people_entered_scores_alone_with_a_range(name: str) -> None:
    intake = read_files([folder_of(name) / "inputs.csv"], open_set(EXAMPLES[name]))
    result = compute(intake)
    assert not has_errors(result.findings)
    complete = fed_intake(name)
    assert (result.sheet.index["points_low"] <= compute(complete).sheet.points[-1] + 1e-9).all()


@each_example
def test_every_item_explains_itself(name: str) -> None:
    sheet = compute(fed_intake(name)).sheet
    for leaf in sheet.criteria.leaves:
        assert explain(sheet, leaf.code).shown_points


def test_charts_and_reports_are_written(tmp_path: Path) -> None:
    name = "so-khcn-son-la-2022"
    written = write_outputs(compute(fed_intake(name)), tmp_path, [folder_of(name) / "inputs.csv"])
    assert {path.name for path in written} >= {"scores.csv", "report.xlsx", "area-points.png"}


@each_example
def test_internal_units_are_graded_and_ranked(name: str) -> None:
    record = record_of(name)
    criteria = open_set("task-completion-sample")
    given, findings = read_long_table(folder_of(name) / "completion.csv", criteria)
    on = dt.date(int(record.tasks["year"].max()), 12, 31)
    result = task_completion(criteria, record.tasks, record.progress, record.units, on, given=given)
    assert not has_errors([*findings, *result.findings])
    assert set(result.ranking["rank_state"]) <= {"ranked", "scored-unranked"}
    assert (result.ranking["grade"] != "").all()


@each_example
def test_the_example_says_what_is_illustrative_and_where_facts_come_from(name: str) -> None:
    text = (folder_of(name) / "README.md").read_text(encoding="utf-8")
    assert "Minh họa" in text
    assert "Illustrative" in text
    assert "Nguồn:" in text
    inputs = pd.read_csv(folder_of(name) / "inputs.csv")
    assert inputs["unit_name"].str.contains("số liệu minh họa").all()

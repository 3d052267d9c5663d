"""Each function that takes a table from another room says at once what is wrong with it."""

import datetime as dt

import pandas as pd
import pytest

from scoring.analysis import check_targets, gap_table, rank, target_gaps, with_lead_units
from scoring.base.errors import TableError
from scoring.criteria import open_set
from scoring.evidence.proof.sufficiency import verdicts
from scoring.outputs.content import report_contents
from scoring.outputs.machine import write_tables
from scoring.outputs.report_workbook import report_workbook
from scoring.plan import plan_calendar, plan_status
from scoring.plan.feeding.feeds import check_feeds
from scoring.plan.plan_deadlines import deadline_table
from scoring.plan.standing import task_standing
from scoring.points import inputs_table, score
from scoring.points.proof import with_claims, with_proof
from scoring.tables import empty
from scoring.tables.merging import merge_inputs

SET = open_set("service-quality-766")
ROWS = [{"item_code": "2", "input": "on_time", "value": 90.0}]
SHEET = score(inputs_table(ROWS, unit_code="A", year=2026), SET)
GAPS = gap_table(SHEET)
TASKS = pd.DataFrame(
    {"task_code": ["1"], "year": 2026, "task": "Kế hoạch", "deadline_text": "15/3/2026"}
).assign(lead_unit="", area_code="", source_place="")
NONE = empty("Targets")
DAY = dt.date(2026, 5, 1)

# What is called with a wrong table, and the table it should have been.
CALLS = {
    "gap_table": ("Targets", lambda table: gap_table(SHEET, table)),
    "target_gaps": ("Targets", lambda table: target_gaps(SHEET, table)),
    "check_targets": ("Targets", lambda table: check_targets(table, SHEET)),
    "rank": ("Index", lambda table: rank(table, SET.meta)),
    "with_lead_units": (
        "Gaps",
        lambda table: with_lead_units(table, empty("PlanTasks"), empty("TaskLinks")),
    ),
    "with_claims": ("Claims", lambda table: with_claims(SHEET, table)),
    "with_proof": ("Verdicts", lambda table: with_proof(SHEET, table)),
    "verdicts": (
        "Requirements",
        lambda table: verdicts(table, empty("Documents"), empty("Links")),
    ),
    "report_contents": ("Gaps", lambda table: list(report_contents(SHEET, table, NONE))),
    "report_workbook": (
        "Gaps",
        lambda table: report_workbook(SHEET.scores, table, [], SET.items),
    ),
    "write_tables": ("Gaps", lambda table: write_tables(SHEET.scores, table, [], "nowhere")),
    "plan_status": ("PlanTasks", lambda table: plan_status(table, None, DAY)),
    "deadline_table": ("PlanTasks", lambda table: deadline_table(table)),
    "plan_calendar": ("PlanReports", lambda table: plan_calendar(TASKS, table)),
    "task_standing": ("TaskStatus", lambda table: task_standing(table)),
    "check_feeds": ("PlanFeeds", lambda table: check_feeds(table, SET)),
    "merge_inputs": ("Inputs", lambda table: merge_inputs(table, empty("Inputs"))),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_table_without_its_columns_is_named_with_the_function(name):
    table, call = CALLS[name]
    with pytest.raises(TableError, match=f"^{name} needs the table {table}: it lacks the columns"):
        call(pd.DataFrame({"mine": [1]}))


@pytest.mark.parametrize("name", [name for name in CALLS if name != "plan_calendar"])
def test_a_list_of_rows_is_named_with_the_function(name):
    table, call = CALLS[name]
    with pytest.raises(TableError, match=f"^{name} needs the table {table}: it got a list"):
        call([{"unit_code": "A"}])


def test_a_cause_that_is_on_no_list_is_named():
    with pytest.raises(TableError, match="cause holds 'bad-luck', none of not-assessed"):
        list(report_contents(SHEET, GAPS.assign(cause="bad-luck"), NONE))


def test_lost_points_below_nothing_are_named():
    with pytest.raises(TableError, match=r"lost_points holds -1\.0, outside ≥ 0"):
        write_tables(SHEET.scores, GAPS.assign(lost_points=-1.0), [], "nowhere")


def test_progress_with_a_day_as_text_is_named():
    done = pd.DataFrame({"task_code": ["1"], "done_on": ["15/03/2026"]})
    with pytest.raises(TableError, match=r"done_on holds text .*15/03/2026.* where dates"):
        plan_status(TASKS, done, DAY)


def test_a_target_without_points_is_a_finding_and_the_others_count():
    wanted = pd.DataFrame({"unit_code": "", "code": ["2", "3"], "target_points": [19.0, None]})
    accepted, findings = check_targets(wanted, SHEET)
    assert accepted["code"].tolist() == ["2"]
    assert [(found.code, found.values["row"]) for found in findings] == [("value-missing", 2)]

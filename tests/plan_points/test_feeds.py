"""What a plan and its progress say becomes inputs, and only where a table of feeds says so."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from plan_record_samples import feeds_of, progress_of, tasks_of

from scoring.criteria import open_set
from scoring.plan.feeding.feed_figures import inputs_from_plan
from scoring.plan.feeding.record import PlanRecord

JUNE = dt.date(2025, 6, 30)
UNIT = {"unit_code": "SM", "year": 2025}
CRITERIA = open_set("department-sample")


def fed(record: PlanRecord, *feeds: tuple[str, ...], on: dt.date = JUNE):
    """Return the rows and the codes of the findings."""
    rows, findings = inputs_from_plan(CRITERIA, record, feeds_of(*feeds), on, UNIT)
    return rows, [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("feed", "value"),
    [
        ("plan-tasks-planned", 4),
        ("plan-tasks-done", 3),
        ("plan-tasks-due", 3),
        ("plan-tasks-on-time", 1),
        ("reports-planned", 2),
        ("reports-sent", 2),
        ("reports-on-time", 1),
        ("units-all", 2),
        ("units-inspected", 1),
    ],
)
def test_counts_of_the_whole_plan(record: PlanRecord, feed: str, value: int) -> None:
    rows, codes = fed(record, ("1.1.3", "done", feed))
    assert rows["value"].tolist() == [value]
    assert codes == []


@pytest.mark.parametrize(
    ("feed", "value"),
    [
        ("linked-tasks-planned", 2),
        ("linked-tasks-done", 1),
        ("linked-tasks-due", 1),
        ("linked-tasks-on-time", 0),
        ("linked-times-due", 1),
        ("linked-times-done", 1),
    ],
)
def test_counts_of_the_tasks_linked_to_the_item(record: PlanRecord, feed: str, value: int) -> None:
    rows, _ = fed(record, ("1.4", "done", feed))
    assert rows["value"].tolist() == [value]


@pytest.mark.parametrize(
    ("feed", "value"), [("plan-tasks-done", 0), ("reports-sent", 0), ("units-inspected", 0)]
)
def test_what_was_done_later_does_not_count_yet(record: PlanRecord, feed: str, value: int) -> None:
    rows, _ = fed(record, ("1.1.3", "done", feed), on=dt.date(2025, 3, 4))
    assert rows["value"].tolist() == [value]


@pytest.mark.parametrize(
    ("item", "name", "feed", "part", "day"),
    [
        ("1.1.1", "issued_on", "linked-done-on", "1", "2025-01-08"),
        ("1.1.1", "issued_on", "linked-done-on", "2", "2025-03-15"),
        ("1.1.1", "issued_on", "linked-done-on", "", "2025-03-15"),
        ("1.2.1", "sent_on", "report-sent-on", "Q1", "2025-03-10"),
    ],
)
def test_days_come_from_progress(
    record: PlanRecord, item: str, name: str, feed: str, part: str, day: str
) -> None:
    rows, codes = fed(record, (item, name, feed, part))
    assert rows["happened_on"].tolist() == [pd.Timestamp(day)]
    assert codes == []


def test_the_day_of_issue_counts_from_that_day(record: PlanRecord) -> None:
    issued = replace(record, issued_on=dt.date(2025, 1, 9))
    rows, _ = fed(issued, ("1.1.1", "issued_on", "plan-issued-on"))
    assert rows["happened_on"].tolist() == [pd.Timestamp("2025-01-09")]
    _, codes = fed(issued, ("1.1.1", "issued_on", "plan-issued-on"), on=dt.date(2025, 1, 8))
    assert codes == ["feed-not-yet"]


@pytest.mark.parametrize(
    ("feed", "answer"),
    [
        ("plan-covers-areas", "no"),
        ("plan-tasks-have-products", "yes"),
        ("plan-tasks-have-leads-and-deadlines", "yes"),
    ],
)
def test_contents_of_the_plan_answer_yes_or_no(record: PlanRecord, feed: str, answer: str) -> None:
    rows, _ = fed(record, ("1.1.2", "all_areas", feed))
    assert rows["choice"].tolist() == [answer]


def test_a_link_to_the_item_itself_counts_before_one_to_its_area(record: PlanRecord) -> None:
    tasks = tasks_of(
        ("I.1", "Văn phòng", "10/01/2025", "6.5"), ("I.2", "Văn phòng", "30/6/2025", "6")
    )
    done = progress_of(("I.1", "2025-01-09"), ("I.2", "2025-06-20"))
    rows, _ = fed(replace(record, tasks=tasks, progress=done), ("6.5", "sent_on", "linked-done-on"))
    assert rows["happened_on"].tolist() == [pd.Timestamp("2025-01-09")]


@pytest.mark.parametrize(
    ("code", "feed"),
    [
        ("feed-unknown", ("1.1.3", "done", "plan-tasks-finished")),
        ("feed-item-unknown", ("9.9.9", "done", "plan-tasks-done")),
        ("feed-item-unknown", ("1.1", "done", "plan-tasks-done")),
        ("feed-input-unknown", ("1.1.3", "finished", "plan-tasks-done")),
        ("feed-kind-differs", ("1.1.1", "issued_on", "plan-tasks-done")),
        ("feed-part-unknown", ("1.2.1", "sent_on", "report-sent-on", "Q5")),
        ("feed-part-unknown", ("1.1.1", "issued_on", "linked-done-on", "0")),
        ("feed-part-unknown", ("1.1.3", "done", "plan-tasks-done", "1")),
        ("feed-without-link", ("2.4", "done", "linked-tasks-done")),
        ("feed-without-reports", ("1.2.4", "sent_on", "report-sent-on", "Y")),
        ("feed-part-missing", ("1.1.1", "issued_on", "linked-done-on", "3")),
        ("feed-not-yet", ("1.3.1", "issued_on", "plan-issued-on")),
    ],
)
def test_a_feed_without_a_figure_is_a_finding_and_no_row(
    record: PlanRecord, code: str, feed: tuple[str, ...]
) -> None:
    rows, codes = fed(record, feed)
    assert codes == [code]
    assert rows.empty


@pytest.mark.parametrize(
    ("code", "feed"),
    [
        ("feed-without-tasks", "plan-tasks-planned"),
        ("feed-without-reports", "reports-sent"),
        ("feed-without-units", "units-all"),
    ],
)
def test_nothing_is_counted_where_there_is_nothing_to_count(code: str, feed: str) -> None:
    rows, codes = fed(PlanRecord(), ("1.1.3", "done", feed))
    assert (codes, len(rows)) == ([code], 0)


def test_an_input_fed_twice_takes_the_first(record: PlanRecord) -> None:
    rows, codes = fed(
        record, ("1.1.3", "done", "plan-tasks-done"), ("1.1.3", "done", "plan-tasks-due")
    )
    assert codes == ["feed-twice"]
    assert rows["value"].tolist() == [3]


def test_a_due_day_of_two_tasks_is_unclear(record: PlanRecord) -> None:
    tasks = record.tasks.assign(item_codes="1.1.1")
    _, codes = fed(replace(record, tasks=tasks), ("1.1.1", "issued_on", "linked-done-on", "1"))
    assert codes == ["feed-part-unclear"]


def test_progress_and_links_of_unknown_things_are_named(record: PlanRecord) -> None:
    strays = progress_of(("IX.9", "2025-01-08"), ("report:Q9", "2025-01-08"))
    links = pd.DataFrame({"task_code": ["IX.9"], "item_code": ["1.4"]})
    _, codes = fed(replace(record, progress=strays, links=links))
    assert codes == ["progress-unknown-task", "progress-unknown-report", "link-unknown-task"]


def test_every_row_tells_the_plan_and_the_feed(record: PlanRecord) -> None:
    rows, _ = fed(record, ("1.1.3", "done", "plan-tasks-done"))
    assert rows[["unit_code", "year", "file", "sheet"]].values.tolist() == [
        ["SM", 2025, "tasks.csv", "plan-tasks-done"]
    ]

"""Compute what each feed gives on a day, as rows of the long inputs table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.vocabulary import NO, YES
from scoring.criteria import CriteriaSet
from scoring.plan.feeding.feeds import FEEDS, Feed, check_feeds
from scoring.plan.feeding.record import PlanRecord, confirmed_links
from scoring.plan.plan_check import REQUIRED_AREAS
from scoring.plan.standing import task_standing
from scoring.plan.status import plan_status, progress_findings
from scoring.tables import rows_of, table_of

REPORT_PREFIX = "report:"
_DUE = ("on-time", "late", "missed")
_WITHOUT = {
    "link": "feed-without-link",
    "reports": "feed-without-reports",
    "units": "feed-without-units",
    "tasks": "feed-without-tasks",
}
_TEXTS = ("unit_code", "unit_name", "block", "period")


# What a feed gives: a value, or the code of the finding that says why there is none yet.
_Figure = float | dt.date | bool | str


@dataclass(frozen=True)
class _Facts:
    """The record as it stands on a day."""

    record: PlanRecord
    on: dt.date

    @cached_property
    def status(self) -> pd.DataFrame:
        return plan_status(self.record.tasks, self.record.progress, self.on)

    @cached_property
    def standing(self) -> pd.DataFrame:
        return task_standing(self.status)

    @cached_property
    def links(self) -> pd.DataFrame:
        return confirmed_links(self.record)

    @cached_property
    def reports(self) -> pd.DataFrame:
        """Reports to the level above, or those within where the plan names no others."""
        reports, progress = self.record.reports, self.record.progress
        above = reports[reports["recipient"] == "above"]
        chosen = above if len(above) else reports
        done = progress[progress["done_on"] <= pd.Timestamp(self.on)]
        sent = done.groupby("task_code")["done_on"].min()
        codes = REPORT_PREFIX + chosen["period"]
        return chosen.assign(sent_on=sent.reindex(codes).to_numpy())

    def linked_codes(self, item_code: str) -> list[str]:
        """Return the tasks linked to an item or, where there are none, to the nearest node above.

        A task that serves a whole area says little about one of its items when another task
        serves just that item.
        """
        parts = item_code.split(".")
        for size in range(len(parts), 0, -1):
            linked = self.links[self.links["item_code"] == ".".join(parts[:size])]
            if len(linked):
                return linked["task_code"].drop_duplicates().tolist()
        return []


def inputs_from_plan(
    criteria: CriteriaSet,
    record: PlanRecord,
    feeds: pd.DataFrame,
    on: dt.date,
    unit: Mapping[str, object],
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return what a plan and its progress say about the items it decides.

    Only what `feeds` names is computed; nothing is guessed from wording.

    Parameters
    ----------
    criteria : CriteriaSet
    record : PlanRecord
    feeds : DataFrame
        Table ``PlanFeeds``.
    on : date
        Day looked at; what was done later does not count yet.
    unit : mapping
        `unit_code` and `year`; `unit_name`, `block`, `period` where known.

    Returns
    -------
    DataFrame
        Table ``Inputs``, one row per feed that has a figure, with `file` and `sheet` naming the
        plan and the feed.
    list of Finding
        Feeds that make no sense, feeds without a figure yet, links and progress of unknown tasks.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.plan.tasks import tasks_from_frame
    >>> from scoring.plan.feeding.record import PlanRecord
    >>> tasks = tasks_from_frame(pd.DataFrame({"task_code": ["I.1", "I.2"], "year": [2025, 2025],
    ...     "task": ["Kế hoạch", "Báo cáo"], "deadline_text": ["10/01/2025", "15/12/2025"]}))
    >>> done = pd.DataFrame({"task_code": ["I.1"], "done_on": [pd.Timestamp("2025-01-08")],
    ...                      "note": [""]})
    >>> feeds = pd.DataFrame({"item_code": ["1.1.3", "1.1.3"], "input": ["done", "planned"],
    ...     "feed": ["plan-tasks-done", "plan-tasks-planned"], "part": ["", ""]})
    >>> rows, findings = inputs_from_plan(open_set("department-sample"),
    ...     PlanRecord(tasks, done), feeds, dt.date(2025, 6, 30),
    ...     {"unit_code": "SM", "year": 2025})
    >>> rows[["input", "value"]].values.tolist(), findings
    ([['done', 1.0], ['planned', 2.0]], [])
    """
    accepted, findings = check_feeds(feeds, criteria)
    findings += record_findings(record)
    facts = _Facts(record, on)
    rows = []
    for row in rows_of(accepted):
        figure = _figure(facts, FEEDS[row.feed], row.item_code, row.part)
        if isinstance(figure, str):
            values = {"feed": row.feed, "input": row.input, "part": row.part}
            place = {"item_code": row.item_code, "file": record.name}
            findings.append(Finding(figure, values=values, **place))
        else:
            rows.append(_input_row(row, figure, record.name))
    return _table(rows, unit), findings


def record_findings(record: PlanRecord) -> list[Finding]:
    """Return findings of rows that name a task or a report which the plan does not have.

    Examples
    --------
    >>> import scoring
    >>> from scoring.plan.feeding.record import read_record
    >>> place = scoring.shipped_folder("evidence") / "so-khcn-son-la-2022"
    >>> record, _ = read_record(place, 2022)
    >>> record_findings(record)
    []
    """
    is_report = record.progress["task_code"].str.startswith(REPORT_PREFIX)
    findings = progress_findings(record.tasks, record.progress[~is_report])
    known = set(REPORT_PREFIX + record.reports["period"])
    strays = sorted(set(record.progress.loc[is_report, "task_code"]) - known)
    findings += [Finding("progress-unknown-report", values={"code": code}) for code in strays]
    linked = record.links["task_code"].drop_duplicates()
    unknown = linked[~linked.isin(record.tasks["task_code"])]
    return findings + [Finding("link-unknown-task", values={"task": code}) for code in unknown]


def _figure(facts: _Facts, feed: Feed, item_code: str, part: str) -> _Figure:
    codes = facts.linked_codes(item_code)
    known: dict[str, Sized] = {"link": codes, "reports": facts.reports}
    known |= {"units": facts.record.units, "tasks": facts.record.tasks}
    if feed.needs and not len(known[feed.needs]):
        return _WITHOUT[feed.needs]
    if feed.name == "linked-done-on":
        return _linked_day(facts, codes, part)
    if feed.name == "report-sent-on":
        rows = facts.reports[facts.reports["period"] == part].head(1)
        return _last_day(rows["sent_on"]) if len(rows) else "feed-without-reports"
    scope, _, counted = feed.name.partition("-")
    if counted in _COUNTS:
        is_meant = facts.standing["task_code"].isin(codes) | (scope == "plan")
        return _COUNTS[counted](facts.standing[is_meant])
    return _WHOLE[feed.name](facts)


def _linked_day(facts: _Facts, codes: list[str], part: str) -> _Figure:
    """Return the day the n-th due day was met, or the last day once everything is done."""
    rows = facts.status[facts.status["task_code"].isin(codes)]
    if part:
        if len(codes) > 1:
            return "feed-part-unclear"
        if int(part) > len(rows):
            return "feed-part-missing"
        rows = rows.iloc[[int(part) - 1]]
    return _last_day(rows["done_on"])


def _last_day(days: pd.Series) -> _Figure:
    return "feed-not-yet" if days.isna().any() else days.max().date()


_COUNTS: dict[str, Callable[[pd.DataFrame], float]] = {
    "tasks-planned": lambda standing: float(len(standing)),
    "tasks-done": lambda standing: float(standing["is_done"].sum()),
    "tasks-due": lambda standing: float(standing["standing"].isin(_DUE).sum()),
    "tasks-on-time": lambda standing: float((standing["standing"] == "on-time").sum()),
    "times-due": lambda standing: float(standing["days_due"].sum()),
    "times-done": lambda standing: float(standing["times_done"].sum()),
}


def _issued_on(facts: _Facts) -> _Figure:
    issued = facts.record.issued_on
    return issued if issued is not None and issued <= facts.on else "feed-not-yet"


def _covers_areas(facts: _Facts) -> bool:
    return set(REQUIRED_AREAS) <= set(facts.record.tasks["area_code"])


def _filled(*columns: str) -> Callable[[_Facts], bool]:
    def check(facts: _Facts) -> bool:
        return bool((facts.record.tasks[list(columns)] != "").to_numpy().all())

    return check


def _on_time(facts: _Facts) -> float:
    return float((facts.reports["sent_on"] <= facts.reports["due_on"]).sum())


def _inspected(facts: _Facts) -> float:
    return float((facts.record.units["inspected_on"] <= pd.Timestamp(facts.on)).sum())


_WHOLE: dict[str, Callable[[_Facts], _Figure]] = {
    "plan-issued-on": _issued_on,
    "plan-covers-areas": _covers_areas,
    "plan-tasks-have-products": _filled("products"),
    "plan-tasks-have-leads-and-deadlines": _filled("lead_unit", "deadline_text"),
    "reports-planned": lambda facts: float(len(facts.reports)),
    "reports-sent": lambda facts: float(facts.reports["sent_on"].notna().sum()),
    "reports-on-time": _on_time,
    "units-all": lambda facts: float(len(facts.record.units)),
    "units-inspected": _inspected,
}


def _input_row(row: Any, figure: float | dt.date | bool, name: str) -> dict[str, object]:
    said: dict[str, object] = {"value": figure}
    if isinstance(figure, bool):
        said = {"choice": YES if figure else NO}
    elif isinstance(figure, dt.date):
        said = {"happened_on": figure}
    return {"item_code": row.item_code, "input": row.input, "file": name, "sheet": row.feed} | said


def _table(rows: Iterable[Mapping[str, object]], unit: Mapping[str, object]) -> pd.DataFrame:
    given: dict[str, object] = {name: str(unit.get(name, "")) for name in _TEXTS}
    given |= {"year": int(str(unit["year"])), "not_applicable": False, "reason": "", "cell": ""}
    given |= {"value": np.nan, "choice": "", "happened_on": None}
    return table_of([{**given, **row} for row in rows], "Inputs", places=True)

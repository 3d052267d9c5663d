"""The closed list of what a plan can feed, and the check of a table of feeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.criteria import CriteriaSet
from scoring.tables import checked, rows_of

REPORT_PERIODS = ("Q1", "H1", "Q3", "M9", "Q4", "Y")
# Which kinds of input take what a feed holds.
_TAKES = {
    "count": ("count", "number"),
    "date": ("date",),
    "yes_no": ("yes_no",),
}


@dataclass(frozen=True, slots=True)
class Feed:
    """One figure that a plan and its progress give.

    Attributes
    ----------
    name : str
        As `feeds.csv` names it.
    holds : str
        ``count``, ``date`` or ``yes_no``.
    needs_links : bool
        True where only the tasks linked to the item count.
    part : str
        What the column `part` may say: empty for nothing, ``turn`` for the number of a due day of
        the linked task, ``period`` for a report's period.
    """

    name: str
    holds: str
    needs_links: bool = False
    part: str = ""


FEEDS: dict[str, Feed] = {
    feed.name: feed
    for feed in (
        Feed("plan-issued-on", "date"),
        Feed("plan-tasks-planned", "count"),
        Feed("plan-tasks-done", "count"),
        Feed("plan-tasks-due", "count"),
        Feed("plan-tasks-on-time", "count"),
        Feed("plan-covers-areas", "yes_no"),
        Feed("plan-tasks-have-products", "yes_no"),
        Feed("plan-tasks-have-leads-and-deadlines", "yes_no"),
        Feed("linked-tasks-planned", "count", needs_links=True),
        Feed("linked-tasks-done", "count", needs_links=True),
        Feed("linked-tasks-due", "count", needs_links=True),
        Feed("linked-tasks-on-time", "count", needs_links=True),
        Feed("linked-times-due", "count", needs_links=True),
        Feed("linked-times-done", "count", needs_links=True),
        Feed("linked-done-on", "date", needs_links=True, part="turn"),
        Feed("reports-planned", "count"),
        Feed("reports-sent", "count"),
        Feed("reports-on-time", "count"),
        Feed("report-sent-on", "date", part="period"),
        Feed("units-all", "count"),
        Feed("units-inspected", "count"),
    )
}


def check_feeds(feeds: pd.DataFrame, criteria: CriteriaSet) -> tuple[pd.DataFrame, list[Finding]]:
    """Keep the rows of a table of feeds that make sense and say why others are refused.

    Parameters
    ----------
    feeds : DataFrame
        Table ``PlanFeeds``; `file` and `cell` where known.
    criteria : CriteriaSet

    Returns
    -------
    DataFrame
        The accepted rows.
    list of Finding
        Unknown feeds, items and inputs; a feed whose figure the input does not take; an input fed
        twice; a part that the feed does not have.
    """
    kinds = {
        (code, entry.name): entry.kind
        for code, rule in criteria.rules.items()
        for entry in rule.spec.inputs
    }
    checked(feeds, "PlanFeeds", by="check_feeds")
    kept, findings, seen = [], list[Finding](), set[tuple[str, str]]()
    for place, row in enumerate(rows_of(feeds)):
        problems = list(_problems(row, criteria, kinds))
        key = (row.item_code, row.input)
        if not problems and key in seen:
            problems = [Finding("feed-twice", values={"input": row.input})]
        seen.add(key)
        where = {
            "file": getattr(row, "file", ""),
            "cell": getattr(row, "cell", ""),
            "item_code": row.item_code,
        }
        findings += [problem.at(**where) for problem in problems]
        if not problems:
            kept.append(place)
    return feeds.iloc[kept].reset_index(drop=True), findings


def _problems(
    row: Any, criteria: CriteriaSet, kinds: dict[tuple[str, str], str]
) -> Iterator[Finding]:
    item, name, told, part = row.item_code, row.input, row.feed, row.part
    if told not in FEEDS:
        yield Finding("feed-unknown", values={"feed": told, "expected": ", ".join(FEEDS)})
        return
    if item not in criteria.rules:
        yield Finding("feed-item-unknown", values={"set_id": criteria.set_id})
        return
    if (item, name) not in kinds:
        known = ", ".join(known for code, known in kinds if code == item)
        yield Finding("feed-input-unknown", values={"input": name, "expected": known})
        return
    feed = FEEDS[told]
    if kinds[item, name] not in _TAKES[feed.holds]:
        values = {"feed": told, "input": name, "kind": kinds[item, name]}
        yield Finding("feed-kind-differs", values=values)
    if not _part_is_sound(feed, part):
        expected = ", ".join(REPORT_PERIODS) if feed.part == "period" else "1, 2, 3 ..."
        values = {"feed": told, "part": part, "expected": expected if feed.part else "–"}
        yield Finding("feed-part-unknown", values=values)


def _part_is_sound(feed: Feed, part: str) -> bool:
    if feed.part == "period":
        return part in REPORT_PERIODS
    if feed.part == "turn":
        return part == "" or (part.isascii() and part.isdigit() and int(part[:6]) > 0)
    return part == ""

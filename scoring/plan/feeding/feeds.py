"""The closed list of what a plan can feed, and the check of a table of feeds."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.criteria import CriteriaSet
from scoring.tables import checked, rows_of

REPORT_PERIODS = ("Q1", "H1", "Q3", "M9", "Q4", "Y")
# Which kinds of input take what a feed holds.
_TAKES = {"count": ("count", "number"), "date": ("date",), "yes_no": ("yes_no",)}
# What the column `part` may hold, as a pattern and as a message puts it.
_PARTS = {
    "": ("", "–"),
    "turn": (r"(0{0,5}[1-9][0-9]*)?", "1, 2, 3 ..."),
    "period": ("|".join(REPORT_PERIODS), ", ".join(REPORT_PERIODS)),
}


@dataclass(frozen=True, slots=True)
class Feed:
    """One figure that a plan and its progress give; all of them stand in ``feeds.csv``.

    Attributes
    ----------
    name : str
    holds : str
        ``count``, ``date`` or ``yes_no``.
    needs : str
        What there is no figure without: ``tasks``, ``reports`` or ``units`` of the record, or a
        ``link`` where only the tasks linked to the item count; may be empty.
    part : str
        What the column `part` may say: empty for nothing, ``turn`` for the number of a due day of
        the linked task, ``period`` for a report's period.
    """

    name: str
    holds: str
    needs: str
    part: str


def _declared() -> dict[str, Feed]:
    lines = resources.files("scoring.plan.feeding").joinpath("feeds.csv").read_text("utf-8")
    return {row["name"]: Feed(**row) for row in csv.DictReader(lines.splitlines())}


FEEDS = _declared()


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
        code: {entry.name: entry.kind for entry in rule.spec.inputs}
        for code, rule in criteria.rules.items()
    }
    checked(feeds, "PlanFeeds", by="check_feeds")
    kept, findings, seen = [], list[Finding](), set[tuple[str, str]]()
    for place, row in enumerate(rows_of(feeds)):
        problems = list(_problems(row, criteria.set_id, kinds))
        key = (row.item_code, row.input)
        if not problems and key in seen:
            problems = [Finding("feed-twice", values={"input": row.input})]
        seen.add(key)
        where = {name: getattr(row, name, "") for name in ("file", "cell", "item_code")}
        findings += [problem.at(**where) for problem in problems]
        if not problems:
            kept.append(place)
    return feeds.iloc[kept].reset_index(drop=True), findings


def _problems(row: Any, set_id: str, kinds: dict[str, dict[str, str]]) -> Iterator[Finding]:
    feed, known = FEEDS.get(row.feed), kinds.get(row.item_code)
    if feed is None:
        yield Finding("feed-unknown", values={"feed": row.feed, "expected": ", ".join(FEEDS)})
    elif known is None:
        yield Finding("feed-item-unknown", values={"set_id": set_id})
    elif row.input not in known:
        values = {"input": row.input, "expected": ", ".join(known)}
        yield Finding("feed-input-unknown", values=values)
    else:
        yield from _misfits(row, feed, known[row.input])


def _misfits(row: Any, feed: Feed, kind: str) -> Iterator[Finding]:
    """Yield why a known input cannot take what a known feed gives."""
    if kind not in _TAKES[feed.holds]:
        values = {"feed": feed.name, "input": row.input, "kind": kind}
        yield Finding("feed-kind-differs", values=values)
    pattern, expected = _PARTS[feed.part]
    if not re.fullmatch(pattern, row.part):
        values = {"feed": feed.name, "part": row.part, "expected": expected}
        yield Finding("feed-part-unknown", values=values)

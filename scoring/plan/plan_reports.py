"""The reports a plan asks for: when each is due and which days its data cover."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import pandas as pd

from scoring.base.dates import read_date
from scoring.base.findings import Finding
from scoring.base.text import without_marks
from scoring.official.patterns import patterns
from scoring.official.recurrence import Recurrence, month_end, quarter_number
from scoring.official.wording import without_bullet
from scoring.tables import rows_of, table_of

_PATTERNS = patterns("reports")
_PERIOD_MONTHS = {"Q1": 3, "Q2": 6, "H1": 6, "Q3": 9, "M9": 9, "Q4": 12, "Y": 12}
_NAMES = {
    "Q1": "Báo cáo Quý I",
    "H1": "Báo cáo 6 tháng",
    "Q3": "Báo cáo Quý III",
    "Y": "Báo cáo năm",
}
_ABOVE = ("ubnd", "uy ban", "bo noi vu", "so noi vu")
# The list of periods follows the rule at once; further down the rule is another's.
_REACH = 8


@dataclass(slots=True)
class _Rule:
    """A day by which reports of every period are due, said before the periods are listed."""

    recurrence: Recurrence
    text: str
    place: str
    recipient: str
    line: int
    used: bool = False


def report_table(lines: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the table ``PlanReports`` of a plan.

    Parameters
    ----------
    lines : DataFrame
        The plan's lines with their roles; the running text is read.
    year : int
        Year of the plan; 0 when it is not known, which gives no days for rules.

    Returns
    -------
    DataFrame
        One row per report, by recipient and day; `due_on` is the last day, so "trước ngày 15/3"
        gives 14 March.
    """
    rows: list[tuple[object, ...]] = []
    rules: list[_Rule] = []
    recipient = "above"
    text_lines = lines[lines["role"] == "text"]
    for order, (place, text) in enumerate(
        zip(text_lines["place"], text_lines["text"], strict=True)
    ):
        statement = without_bullet(text)
        match = _PATTERNS["report"].match(statement)
        if match:
            rule = next((r for r in reversed(rules) if order - r.line <= _REACH), None)
            rows += _listed(statement, match, rule, recipient, place)
            continue
        told = _PATTERNS["recipient"].search(without_marks(statement))
        if told:
            recipient = "above" if told[1].startswith(_ABOVE) else "within"
        if rule_match := _PATTERNS["rule"].search(statement):
            rules.append(_rule(rule_match, statement, place, recipient, order))
    rows += [row for rule in rules if not rule.used and year for row in _by_rule(rule, year)]
    return _table(rows)


def _rule(match: re.Match[str], text: str, place: str, recipient: str, line: int) -> _Rule:
    recurrence = Recurrence(("quarterly",), int(match["day"]), bool(match["before"]))
    return _Rule(recurrence, match[0].strip(), place, recipient, line)


def _listed(
    text: str, match: re.Match[str], rule: _Rule | None, recipient: str, place: str
) -> list[tuple[object, ...]]:
    """Read "Báo cáo Quý I/2022: thời gian chốt số liệu tính từ ngày ... đến ngày ..."."""
    period, name = _period(match), text[: match.end()].rstrip(": ")
    data, due = (
        _PATTERNS["data"].search(text, match.end()),
        _PATTERNS["due"].search(text, match.end()),
    )
    if due:
        day = read_date(due[2]).value
        exclusive = due[1].lower() == "trước"
        due_on = day - dt.timedelta(days=1) if day and exclusive else day
        return [(name, period, recipient, due_on, *_span(data), due[0], place)]
    if data and rule:
        rule.used = True
        closes = read_date(data[2]).value
        due_on = _due_by(rule, closes.year, period) if closes else None
        return [(name, period, rule.recipient, due_on, *_span(data), rule.text, place)]
    return [(name, period, recipient, None, *_span(data), "", place)] if data else []


def _span(data: re.Match[str] | None) -> tuple[dt.date | None, dt.date | None]:
    if data is None:
        return None, None
    return read_date(data[1]).value, read_date(data[2]).value


def _by_rule(rule: _Rule, year: int) -> list[tuple[object, ...]]:
    rest = (None, None, rule.text, rule.place)
    return [
        (name, period, rule.recipient, _due_by(rule, year, period), *rest)
        for period, name in _NAMES.items()
    ]


def _due_by(rule: _Rule, year: int, period: str) -> dt.date:
    month = _PERIOD_MONTHS[period]
    return next(day for day in rule.recurrence.dates(year) if _closes(day, year, month))


def _closes(day: dt.date, year: int, month: int) -> bool:
    return month_end(year, month) - dt.timedelta(days=32) < day <= month_end(year, month)


def _period(match: re.Match[str]) -> str:
    if match["quarter"]:
        return f"Q{quarter_number(match['quarter'])}"
    return "H1" if match["half"] else "M9" if match["nine"] else "Y"


def _table(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    frame = table_of(rows, "PlanReports")
    # Several units may owe the same report on the same day; one entry of the calendar is enough.
    frame = frame.drop_duplicates(["period", "recipient", "due_on"])
    return frame.sort_values(["recipient", "due_on"], kind="stable", ignore_index=True)


def report_findings(reports: pd.DataFrame) -> list[Finding]:
    """Return reports without a day, and data periods that overlap the one before."""
    if reports.empty:
        return [Finding("reports-missing")]
    quarterly = reports[reports["data_from"].notna()].sort_values("data_from", kind="stable")
    findings = []
    ends = set(reports["cutoff_on"].dropna())
    for row in rows_of(quarterly):
        if row.data_from in ends:
            day = row.data_from.date()
            values = {"name": row.name, "start": day, "end": day}
            findings.append(Finding("reports-overlap", cell=row.source_place, values=values))
    return findings

"""The year of a plan as days: tasks, recurring duties, reports and data cut-offs."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.labels import label
from scoring.base.text import shortened
from scoring.files.atomic import write_atomically
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.plan.plan_deadlines import deadline_table, occurrence_table
from scoring.tables import checked, columns_of, rows_of

CALENDAR = "PlanCalendar"
_WIDTHS = {"title": 70, "lead_unit": 38, "source_place": 22}
_LINE_POINTS = 15.5
_DAY_LOOK = {"num_format": "dd/mm/yyyy", "valign": "top", "align": "center"}


def plan_calendar(
    tasks: pd.DataFrame, reports: pd.DataFrame | None = None, lang: str = "vi"
) -> pd.DataFrame:
    """Return the table ``PlanCalendar``: every dated duty of the plan, in order of its day.

    Parameters
    ----------
    tasks : DataFrame
        Table ``PlanTasks``.
    reports : DataFrame, optional
        Table ``PlanReports``.
    lang : str
        Language of the titles of cut-offs.

    Returns
    -------
    DataFrame
        Kinds ``task`` (one date), ``recurring`` (each of its days), ``report`` and ``cutoff``.
        Conditions and "Thường xuyên" have no day and are left to `plan_status`.

    Examples
    --------
    >>> tasks = pd.DataFrame({"task_code": ["I.1"], "year": [2022], "task": ["Kế hoạch"],
    ...                       "deadline_text": ["Quý I/2022; báo cáo 6 tháng/lần"],
    ...                       "lead_unit": ["Văn phòng"], "source_place": ["dòng 5"]})
    >>> plan_calendar(tasks)[["due_on", "kind"]].astype(str).values.tolist()
    [['2022-03-31', 'task'], ['2022-06-30', 'recurring'], ['2022-12-31', 'recurring']]
    """
    parts = [_task_events(tasks)]
    if reports is not None and not reports.empty:
        checked(reports, "PlanReports", by="plan_calendar")
        parts += _report_events(reports, lang)
    events = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    events = events.sort_values(["due_on", "kind", "task_code"], kind="stable", ignore_index=True)
    return events[columns_of(CALENDAR)]


def _task_events(tasks: pd.DataFrame) -> pd.DataFrame:
    days = occurrence_table(tasks).dropna(subset=["due_on"])
    starts = deadline_table(tasks)[["task_code", "deadline_number", "starts_on"]]
    days = days.merge(starts, on=["task_code", "deadline_number"], how="left")
    shown = tasks[["task_code", "task", "lead_unit", "source_place"]]
    days = days.merge(shown, on="task_code", how="left")
    titles = days["task"].where(days["what"] == "", days["what"] + " – " + days["task"])
    kinds = days["kind"].where(days["kind"] == "recurring", "task")
    return days.assign(title=titles, kind=kinds)[columns_of(CALENDAR)]


def _report_events(reports: pd.DataFrame, lang: str) -> list[pd.DataFrame]:
    """Return the days on which reports are due, and those on which their data end."""
    blank = {"lead_unit": "", "task_code": ""}
    due = reports.dropna(subset=["due_on"]).assign(kind="report", **blank)
    no_day = pd.Series(pd.NaT, due.index, dtype="datetime64[us]")
    due = due.assign(title=due["name"], starts_on=no_day)
    closing = reports.dropna(subset=["cutoff_on"]).assign(kind="cutoff", **blank)
    closing = closing.assign(
        title=label("plan_kind_cutoff", lang) + " – " + closing["name"],
        due_on=closing["cutoff_on"],
        starts_on=closing["data_from"],
    )
    return [due, closing]


def calendar_ics(
    calendar: pd.DataFrame, name: str, remind_days: int = 7, lang: str = "vi"
) -> bytes:
    """Return the calendar as an iCalendar file for Outlook, Google or a telephone.

    Parameters
    ----------
    calendar : DataFrame
        Table ``PlanCalendar``.
    name : str
        Name of the calendar; also makes the identifiers of its events, so that importing a later
        version replaces them instead of doubling them.
    remind_days : int
        Days before an event on which to remind; 0 for no reminder.
    lang : str
        Language of kinds and reminders.

    Returns
    -------
    bytes
        UTF-8, the same for the same input.
    """
    # Its library loads time zones on import, which only this function needs.
    from icalendar import Calendar

    result = Calendar()
    result.add("prodid", "-//par-index-scoring//plan//VI")
    result.add("version", "2.0")
    result.add("x-wr-calname", name)
    met: Counter[str] = Counter()
    for event in rows_of(calendar):
        key = _key(event)
        met[key] += 1
        uid = f"{key}-{met[key]}@{_slug(name)}.par-index-scoring"
        result.add_component(_event(event, uid, remind_days, lang))
    return bytes(result.to_ical())


def _key(row: Any) -> str:
    """Return what an event is of, the same in a later version of the plan whatever else it has."""
    if row.task_code:
        return f"{row.kind}-{row.task_code}"
    return f"{row.kind}-{hashlib.sha256(row.title.encode()).hexdigest()[:12]}"


def _event(row: Any, uid: str, remind_days: int, lang: str) -> Any:
    from icalendar import Alarm, Event

    day = row.due_on.date()
    event = Event()
    event.add("uid", uid)
    # A fixed stamp: the same plan gives the same file.
    event.add("dtstamp", dt.datetime(day.year, 1, 1, tzinfo=dt.UTC))
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", shortened(row.title, 120))
    facts = (label(f"plan_kind_{row.kind}", lang), row.task_code, row.lead_unit, row.source_place)
    event.add("description", "\n".join([row.title, *(fact for fact in facts if fact)]))
    event.add("categories", [label(f"plan_kind_{row.kind}", lang)])
    if remind_days:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", label("plan_reminder", lang, days=remind_days))
        alarm.add("trigger", dt.timedelta(days=-remind_days))
        event.add_component(alarm)
    return event


def _slug(name: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)[:60]


def calendar_workbook(calendar: pd.DataFrame, lang: str = "vi") -> bytes:
    """Return the calendar as an Excel workbook with a filter and frozen headings.

    Parameters
    ----------
    calendar : DataFrame
        Table ``PlanCalendar``. Its texts come from documents of others and are written as text,
        never as formulas.
    lang : str
        Language of headings and kinds.
    """
    book = SafeWorkbook({"title": label("plan_calendar", lang)})
    sheet = book.add_sheet(label("plan_calendar", lang))
    columns = columns_of(CALENDAR)
    sheet.write_row(0, 0, [label(f"plan_{name}", lang) for name in columns], "header")
    sheet.set_widths([_WIDTHS.get(name, 14) for name in columns])
    for row, event in enumerate(rows_of(calendar), start=1):
        sheet.sheet.set_row(row, _height(event))
        values = event._asdict() | {"kind": label(f"plan_kind_{event.kind}", lang)}
        for column, name in enumerate(columns):
            look = _DAY_LOOK if name in ("due_on", "starts_on") else "text"
            sheet.write(row, column, values[name], look)
    sheet.print_on_a4(header_row=0)
    sheet.sheet.autofilter(0, 0, max(len(calendar), 1), calendar.shape[1] - 1)
    return book.to_bytes()


def _height(event: Any) -> float:
    """Return a row height for the longest wrapped text: not every program fits rows by itself."""
    lines = max(math.ceil(len(str(getattr(event, name))) / _WIDTHS[name]) for name in _WIDTHS)
    return _LINE_POINTS * max(lines, 1)


def write_calendar(calendar: pd.DataFrame, folder: Path, name: str, lang: str = "vi") -> list[Path]:
    """Write the calendar as ``calendar.ics`` and ``calendar.xlsx`` into `folder`.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    OutputError
        The folder is read-only or a file is open elsewhere.

    Examples
    --------
    >>> import tempfile
    >>> tasks = pd.DataFrame({"task_code": ["I.1"], "year": [2026], "task": ["Kế hoạch"],
    ...                       "deadline_text": ["Tháng 01/2026"], "lead_unit": ["Văn phòng"],
    ...                       "source_place": ["dòng 5"]})
    >>> files = write_calendar(plan_calendar(tasks), Path(tempfile.mkdtemp()), "ke-hoach-2026")
    >>> [path.name for path in files]
    ['calendar.ics', 'calendar.xlsx']
    """
    paths = [Path(folder) / "calendar.ics", Path(folder) / "calendar.xlsx"]
    write_atomically(paths[0], calendar_ics(calendar, name, lang=lang))
    write_atomically(paths[1], calendar_workbook(calendar, lang))
    return paths

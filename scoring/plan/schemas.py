"""The tables of a plan, each declared once.

Texts are empty where nothing is stated; dates are NaT where none is. No column is guessed.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from scoring.plan.deadlines.model import KINDS

COMPARISONS = (">", ">=", "=", "<=", "<", "between", "increase", "decrease")
STATUSES = (
    "done",
    "overdue",
    "due-soon",
    "upcoming",
    "waiting",
    "ongoing",
    "no-date",
)


class _Table(pa.DataFrameModel):
    class Config:
        # Extra columns are welcome: users keep their own beside ours.
        strict = False
        coerce = False


class PlanTasks(_Table):
    """One task, or one part of a task that has a lead unit or a deadline of its own."""

    task_code: Series[str] = pa.Field(unique=True)  # area, number and part: "V.12.2"
    plan_number: Series[int] = pa.Field(ge=1)  # above 1 when a file holds several plans
    year: Series[int]  # of the plan
    area_number: Series[str]  # as written: "II", "3"
    area_code: Series[str]  # which reform area, or "other"
    area_name: Series[str]
    number: Series[str]  # as written; empty where the document gives none
    part: Series[int] = pa.Field(ge=1)  # rows stacked under one number count from 1
    goal: Series[str]
    task: Series[str]
    activity: Series[str]
    products: Series[str]  # parted by "; "
    lead_unit: Series[str]
    lead_inferred: Series[bool]  # True: no word said who leads, the first unit named was taken
    supporting_units: Series[str]
    deadline_text: Series[str]
    deadline_kind: Series[str]  # kinds of its deadlines, parted by ","
    due_on: Series[pd.Timestamp] = pa.Field(nullable=True)  # last dated deadline; NaT: none
    due_precision: Series[str]
    recurrence: Series[str]
    condition: Series[str]
    budget: Series[str]
    item_codes: Series[str]  # items of a criteria set that the task serves, parted by ";"
    source_place: Series[str]


class PlanDeadlines(_Table):
    """One deadline of a task."""

    task_code: Series[str]
    deadline_number: Series[int] = pa.Field(ge=1)
    what: Series[str]
    kind: Series[str] = pa.Field(isin=KINDS)
    starts_on: Series[pd.Timestamp] = pa.Field(nullable=True)
    due_on: Series[pd.Timestamp] = pa.Field(nullable=True)  # NaT: no date stated or expected
    precision: Series[str]
    exclusive: Series[bool]
    recurrence: Series[str]
    condition: Series[str]
    assumed_year: Series[bool]
    text: Series[str]


class PlanTargets(_Table):
    """A numeric target as one clause of the plan states it."""

    indicator: Series[str]
    comparison: Series[str] = pa.Field(isin=COMPARISONS)
    value: Series[float] = pa.Field(nullable=True)  # NaN: only compared with a baseline
    upper_value: Series[float] = pa.Field(nullable=True)  # the end of a span
    unit: Series[str]
    year: Series[int]
    baseline: Series[str]
    condition: Series[str]
    area_code: Series[str]
    task_code: Series[str]  # the task whose cell states it; empty in running text
    sentence: Series[str]
    source_place: Series[str]
    confirmed: Series[bool]  # a person has looked; False on import


class PlanReports(_Table):
    """A report the plan asks for: what it covers and when it is due."""

    name: Series[str]
    period: Series[str]  # Q1, H1, Q3, Y, or empty
    recipient: Series[str]  # "above" (the level above) or "within" (the units' own office)
    due_on: Series[pd.Timestamp] = pa.Field(nullable=True)  # last day
    data_from: Series[pd.Timestamp] = pa.Field(nullable=True)
    cutoff_on: Series[pd.Timestamp] = pa.Field(nullable=True)  # last day of the data
    due_text: Series[str]
    source_place: Series[str]


class PlanCalendar(_Table):
    """A day of the plan's year on which something is due."""

    due_on: Series[pd.Timestamp]
    starts_on: Series[pd.Timestamp] = pa.Field(nullable=True)
    kind: Series[str] = pa.Field(isin=("task", "recurring", "report", "cutoff"))
    title: Series[str]
    lead_unit: Series[str]
    task_code: Series[str]
    source_place: Series[str]


class Progress(_Table):
    """What has been done of a task; a recurring task has one row per day met."""

    task_code: Series[str]
    done_on: Series[pd.Timestamp] = pa.Field(nullable=True)  # NaT: not done yet
    note: Series[str]


class TaskStatus(_Table):
    """How one deadline of a task stands on a day."""

    task_code: Series[str]
    deadline_number: Series[int] = pa.Field(ge=0)
    what: Series[str]
    due_on: Series[pd.Timestamp] = pa.Field(nullable=True)
    done_on: Series[pd.Timestamp] = pa.Field(nullable=True)
    status: Series[str] = pa.Field(isin=STATUSES)
    days_left: Series[float] = pa.Field(nullable=True)  # negative: late; NaN: no date
    late: Series[bool]  # done, but after the day
    condition: Series[str]
    lead_unit: Series[str]
    area_code: Series[str]
    task: Series[str]


class TaskLinks(_Table):
    """A task serves an item; a link to a criterion or area serves every item below it."""

    task_code: Series[str]
    item_code: Series[str]  # of an item, criterion or area


class PlanFeeds(_Table):
    """Which figure of the plan an input of an item takes."""

    item_code: Series[str]
    input: Series[str]
    feed: Series[str]  # one of `scoring.plan.feeding.FEEDS`
    part: Series[str]  # number of the due day, or period of the report; empty: none


class InternalUnits(_Table):
    """A unit inside the institution that leads tasks, is inspected, graded and ranked."""

    unit_code: Series[str] = pa.Field(unique=True)
    unit_name: Series[str]
    aliases: Series[str]  # other names it bears in the plan, parted by ";"
    block: Series[str]
    inspected_on: Series[pd.Timestamp] = pa.Field(nullable=True)  # NaT: not inspected
    unranked: Series[str]  # why it takes no place in the ranking; empty: it does

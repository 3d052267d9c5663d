"""A plan together with what has become of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pandas as pd

from scoring.plan.plan_check import linked_items
from scoring.tables import columns_of, empty, table_of


@dataclass(frozen=True)
class PlanRecord:
    """The tables that follow a plan through its year.

    Attributes
    ----------
    tasks : DataFrame
        Table ``PlanTasks``.
    progress : DataFrame
        Table ``Progress``. A report is done under the code ``report:Q1`` (or H1, Q3, Y).
    links : DataFrame
        Table ``TaskLinks``, confirmed by a person.
    reports : DataFrame
        Table ``PlanReports``.
    units : DataFrame
        Table ``InternalUnits``: the institution's own units.
    issued_on : date or None
        Day the plan was issued.
    name : str
        File the tasks came from.
    """

    tasks: pd.DataFrame
    progress: pd.DataFrame
    links: pd.DataFrame
    reports: pd.DataFrame
    units: pd.DataFrame
    issued_on: dt.date | None = None
    name: str = field(default="tasks.csv")


def empty_record() -> PlanRecord:
    """Return a record of nothing, to be filled with `dataclasses.replace`.

    >>> empty_record().links.columns.tolist()
    ['task_code', 'item_code']
    """
    return PlanRecord(
        tasks=empty("PlanTasks"),
        progress=empty("Progress"),
        links=empty("TaskLinks"),
        reports=empty("PlanReports"),
        units=empty("InternalUnits"),
    )


def confirmed_links(record: PlanRecord) -> pd.DataFrame:
    """Return every link: those of the tasks' own `item_codes` and those of ``links.csv``.

    Returns
    -------
    DataFrame
        `task_code`, `item_code`, each pair once; links of unknown tasks are left out.
    """
    own = table_of(linked_items(record.tasks), "TaskLinks")
    links = pd.concat([own, record.links[columns_of("TaskLinks")]], ignore_index=True)
    known = links["task_code"].isin(record.tasks["task_code"])
    return links[known].drop_duplicates(ignore_index=True)


def unit_names(units: pd.DataFrame) -> list[str]:
    """Return every name and alias of the institution's own units.

    >>> unit_names(pd.DataFrame({"unit_name": ["Văn phòng Sở"], "aliases": ["Văn phòng; VP"]}))
    ['Văn phòng Sở', 'Văn phòng', 'VP']
    """
    return [
        name.strip()
        for own, aliases in zip(units["unit_name"], units["aliases"], strict=True)
        for name in (own, *aliases.split(";"))
        if name.strip()
    ]

"""Hold deadlines against the year of their plan; say the likely intent, change nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.plan.deadlines.model import Deadline

# A deadline in the last months of the year before may be honest: plans are drafted then.
_DRAFTING_MONTHS = (10, 11, 12)


def deadline_findings(
    deadlines: Iterable[Deadline], year: int, issued_on: dt.date | None = None
) -> list[Finding]:
    """Return what is wrong with `deadlines` for the plan of `year`.

    Parameters
    ----------
    deadlines : iterable of Deadline
    year : int
        Year of the plan.
    issued_on : date or None
        First day on which the plan can have been issued; None: not known.

    Returns
    -------
    list of Finding
        ``deadline-wrong-year`` with the likely intent, ``deadline-before-plan-year``,
        ``deadline-after-plan-year`` and ``deadline-unread``, without a place.

    Examples
    --------
    >>> from scoring.plan.deadlines.reading import read_deadlines
    >>> finding, = deadline_findings(read_deadlines("trong tháng 01/2021", 2022), 2022)
    >>> finding.code, finding.values["intended"]
    ('deadline-wrong-year', datetime.date(2022, 1, 31))
    """
    found = (_judged(deadline, year, issued_on) for deadline in deadlines)
    return [finding for finding in found if finding is not None]


def _judged(deadline: Deadline, year: int, issued_on: dt.date | None) -> Finding | None:
    values = {"text": deadline.text, "year": year}
    if deadline.kind == "unread":
        return Finding("deadline-unread", values=values)
    if deadline.recurrence is not None:
        stated = deadline.recurrence.year
        if stated in (None, year):
            return None
        return Finding(
            "deadline-wrong-year", values=values | {"intended": Named(f"năm {year}", str(year))}
        )
    if deadline.kind != "date" or deadline.due_on is None:
        return None
    return _judged_date(deadline, deadline.due_on, year, issued_on, values)


def _judged_date(
    deadline: Deadline,
    due_on: dt.date,
    year: int,
    issued_on: dt.date | None,
    values: dict[str, object],
) -> Finding | None:
    # "Trước tháng 01/2022" ends in 2021 and yet means the beginning of 2022.
    written = due_on + dt.timedelta(days=1) if deadline.exclusive else due_on
    if year in (written.year, due_on.year) or (issued_on and issued_on <= due_on < _new_year(year)):
        return None
    if written.year > year:
        return Finding("deadline-after-plan-year", values=values)
    intended = _moved(due_on, year)
    drafting = written.year == year - 1 and written.month in _DRAFTING_MONTHS
    code = "deadline-before-plan-year" if drafting else "deadline-wrong-year"
    return Finding(code, values=values | {"intended": intended})


def _new_year(year: int) -> dt.date:
    return dt.date(year, 1, 1)


def _moved(day: dt.date, year: int) -> dt.date:
    """Return the same day in `year`; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)

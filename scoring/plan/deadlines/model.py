"""What a deadline can be, and the days it falls on."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

PRECISIONS = ("day", "month", "quarter", "half-year", "year")
# The months that close each period of the year.
CLOSING_MONTHS = {
    "monthly": tuple(range(1, 13)),
    "quarterly": (3, 6, 9, 12),
    "half-yearly": (6, 12),
    "yearly": (12,),
}
FREQUENCIES = ("weekly", *CLOSING_MONTHS)
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often something is due.

    Attributes
    ----------
    frequencies : tuple of str
        One or more of ``weekly``, ``monthly``, ``quarterly``, ``half-yearly``, ``yearly``.
    day : int or None
        Day of the month that closes the period; None: its last day.
    exclusive : bool
        True after "trước ngày": the last day is the one before.
    year : int or None
        The year the text names, if any.

    Examples
    --------
    >>> quarterly = Recurrence(("quarterly",), day=25, exclusive=True)
    >>> quarterly.code, [f"{day:%d/%m}" for day in quarterly.dates(2022)]
    ('quarterly@<25', ['24/03', '24/06', '24/09', '24/12'])
    """

    frequencies: tuple[str, ...]
    day: int | None = None
    exclusive: bool = False
    year: int | None = None

    @property
    def code(self) -> str:
        """A short text for tables: ``quarterly,yearly`` or ``monthly@<20`` (before day 20)."""
        names = ",".join(self.frequencies)
        if self.day is None:
            return names
        return f"{names}@{'<' if self.exclusive else ''}{self.day}"

    def dates(self, year: int) -> tuple[dt.date, ...]:
        """Return the last days on which it is due in `year`, in order, each once."""
        months = {month for name in self.frequencies for month in CLOSING_MONTHS.get(name, ())}
        days = {self._due_in(year, month) for month in months}
        if "weekly" in self.frequencies:
            days |= set(_fridays(year))
        return tuple(sorted(days))

    def _due_in(self, year: int, month: int) -> dt.date:
        last = month_end(year, month)
        if self.day is None:
            return last
        day = last.replace(day=min(self.day, last.day))
        return day - dt.timedelta(days=1) if self.exclusive else day


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline of a task, as read from one clause of its text.

    Attributes
    ----------
    text : str
        The clause as written.
    what : str
        What is due, where the clause says so ("Ban hành Kế hoạch"); may be empty.
    kind : str
        ``date``; ``recurring``; ``ongoing`` ("Thường xuyên"); ``condition`` ("Sau khi ... ban
        hành"); ``by-rule`` (another document sets the time); ``unread`` (not understood).
    starts_on, due_on : date or None
        First day, if a span is given, and last day. For a condition `due_on` is the day expected.
    precision : str
        What the text names: ``day``, ``month``, ``quarter``, ``half-year`` or ``year``; empty
        when there is no date.
    exclusive : bool
        True after "trước": `due_on` is then the day before the one written.
    recurrence : Recurrence or None
    condition : str
        The event waited for; empty when there is none.
    assumed_year : bool
        True when the text names no year and the year of the plan was taken.
    """

    text: str
    kind: str
    what: str = ""
    starts_on: dt.date | None = None
    due_on: dt.date | None = None
    precision: str = ""
    exclusive: bool = False
    recurrence: Recurrence | None = None
    condition: str = ""
    assumed_year: bool = False

    def dates(self, year: int) -> tuple[dt.date, ...]:
        """Return every last day in the plan of `year`; empty when none can be told."""
        if self.recurrence is not None:
            return self.recurrence.dates(year)
        return (self.due_on,) if self.kind == "date" and self.due_on else ()


def month_end(year: int, month: int) -> dt.date:
    """Return the last day of a month.

    >>> month_end(2024, 2)
    datetime.date(2024, 2, 29)
    """
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _fridays(year: int) -> list[dt.date]:
    first = dt.date(year, 1, 1)
    first += dt.timedelta(days=(_FRIDAY - first.weekday()) % 7)
    return [day for week in range(53) if (day := first + dt.timedelta(weeks=week)).year == year]

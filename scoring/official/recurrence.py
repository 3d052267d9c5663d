"""How often something is due, and the days on which periods of the year close."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from scoring.official.numbering import roman_value

# The months that close each period of the year.
CLOSING_MONTHS = {
    "monthly": tuple(range(1, 13)),
    "quarterly": (3, 6, 9, 12),
    "half-yearly": (6, 12),
    "yearly": (12,),
}
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
    months_after : int
        1 where the day lies in the month after the period closed: "ngày 10 tháng đầu quý sau".
        What reports on the last period of a year is then due in the next.

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
    months_after: int = 0

    @property
    def code(self) -> str:
        """A short text for tables: ``quarterly,yearly`` or ``monthly@<20`` (before day 20).

        With ``+1`` the day lies in the month after the period: ``quarterly@<10+1``.
        """
        names = ",".join(self.frequencies)
        if self.day is None:
            return names
        later = f"+{self.months_after}" if self.months_after else ""
        return f"{names}@{'<' if self.exclusive else ''}{self.day}{later}"

    def dates(self, year: int) -> tuple[dt.date, ...]:
        """Return the last days on which it is due in `year`, in order, each once."""
        months = {month for name in self.frequencies for month in CLOSING_MONTHS.get(name, ())}
        days = {self._due_in(year, month) for month in months}
        if "weekly" in self.frequencies:
            days |= set(_fridays(year))
        return tuple(sorted(days))

    def _due_in(self, year: int, month: int) -> dt.date:
        after = month - 1 + self.months_after
        last = month_end(year + after // 12, after % 12 + 1)
        if self.day is None:
            return last
        day = last.replace(day=min(self.day, last.day))
        return day - dt.timedelta(days=1) if self.exclusive else day


def month_end(year: int, month: int) -> dt.date:
    """Return the last day of a month.

    >>> month_end(2024, 2)
    datetime.date(2024, 2, 29)
    """
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def quarter_number(text: str) -> int:
    """Return the number of a quarter written as IV, iv or 4.

    >>> quarter_number("iv"), quarter_number("2")
    (4, 2)
    """
    return roman_value(text.upper()) or int(text)


def _fridays(year: int) -> list[dt.date]:
    first = dt.date(year, 1, 1)
    first += dt.timedelta(days=(_FRIDAY - first.weekday()) % 7)
    return [day for week in range(53) if (day := first + dt.timedelta(weeks=week)).year == year]

"""Due dates as criteria sets write them: a day of the assessment year or of one beside it."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from scoring.base.dates import format_date
from scoring.base.labels import label

_FORM = re.compile(r"year([+-]1)?-(\d{2})-(\d{2})")
_YEARS = {-1: "year_before", 0: "assessment_year", 1: "year_after"}
# Not a leap year: 29 February would be no due date in three years of four.
_ANY_YEAR = 2023


class DueDate(NamedTuple):
    """A day of every assessment year.

    Attributes
    ----------
    shift : int
        0 for the assessment year itself, -1 for the year before, 1 for the year after.
    month, day : int
    """

    shift: int
    month: int
    day: int

    def on(self, year: int) -> dt.date:
        """Return the day for the assessment year `year`.

        >>> DueDate(-1, 12, 31).on(2025)
        datetime.date(2024, 12, 31)
        """
        return dt.date(year + self.shift, self.month, self.day)

    def sentence(self, lang: str = "vi") -> str:
        """Say the day where the year is not known.

        >>> DueDate(0, 1, 15).sentence(), DueDate(1, 1, 10).sentence("en")
        ('15/01/năm đánh giá', '10 Jan of the year after')
        """
        day = format_date(self.on(_ANY_YEAR - self.shift), lang).removesuffix(str(_ANY_YEAR))
        return label("due_day", lang, day=day.strip(), year=label(_YEARS[self.shift], lang))


def read_due_date(text: str) -> DueDate | None:
    """Read ``year-01-15``, ``year-1-12-31`` or ``year+1-01-10``.

    Returns
    -------
    DueDate or None
        None for every other text, and for a day that not every year has.

    Examples
    --------
    >>> read_due_date("year-1-12-31"), read_due_date("15/01/2026"), read_due_date("year-02-29")
    (DueDate(shift=-1, month=12, day=31), None, None)
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        return None
    due = DueDate(int(match[1] or 0), int(match[2]), int(match[3]))
    try:
        due.on(_ANY_YEAR)
    except ValueError:
        return None
    return due

"""Dates as documents state them, kept only as precise as the text has them."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date whose day, or day and month, may not be stated.

    A draft says ``ngày   tháng 01 năm 2022``: it was issued some day of that month, and no day
    is made up for it.

    Examples
    --------
    >>> draft = PartialDate(2022, 1)
    >>> str(draft), draft.precision, draft.first_day, draft.last_day
    ('2022-01', 'month', datetime.date(2022, 1, 1), datetime.date(2022, 1, 31))
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise ValueError("a PartialDate with a day needs its month")
        # Raises ValueError for a day that does not exist.
        dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def precision(self) -> str:
        """``day``, ``month`` or ``year``: the finest part that is stated."""
        if self.day is not None:
            return "day"
        return "year" if self.month is None else "month"

    @property
    def first_day(self) -> dt.date:
        """The earliest day it can mean."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> dt.date:
        """The latest day it can mean."""
        month = self.month or 12
        last = calendar.monthrange(self.year, month)[1]
        return dt.date(self.year, month, self.day or last)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


def read_partial_date(text: str) -> PartialDate | None:
    """Read back what ``str(PartialDate)`` wrote; None for anything else.

    Examples
    --------
    >>> read_partial_date("2022-01"), read_partial_date("soon")
    (PartialDate(year=2022, month=1, day=None), None)
    """
    parts = text.split("-")
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        return PartialDate(*(int(part[:4]) for part in parts))
    except ValueError:
        return None

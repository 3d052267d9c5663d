"""Dates as they stand in Vietnamese workbooks and documents.

Day comes before month. A text that only makes sense the American way round is refused, not
read that way, since the next cell of the same column may then mean something else.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from scoring.base.text import clean_text

# Day 0 of Excel for every date after its 29 February 1900, a day that never was.
EXCEL_EPOCH = dt.date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000  # 1954 to 2119

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# What a day is followed by in exports of other systems; the day is the same at any hour. "PM" is not
# among it: who writes that may write the month first, and "CH" is what Windows writes here.
_HOUR = r"(?:[T ](?:[01]?\d|2[0-3])[:h][0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?: (?:SA|CH))?)?$"
_SLASHED = re.compile(
    r"^(?:ngày\s+)?(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{2}|\d{4})" + _HOUR,
    re.IGNORECASE,
)
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})" + _HOUR, re.IGNORECASE)
_WORDS = re.compile(
    r"^(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})" + _HOUR, re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a cell says as a date; `problem` is None or a finding code.

    Problems are ``"not-a-date"``, ``"two-digit-year"``, ``"month-before-day"`` and
    ``"impossible-date"``.
    """

    value: dt.date | None
    problem: str | None = None


def read_date(cell: object) -> DateReading:
    """Read a date from a date, an Excel serial number or a text.

    Examples
    --------
    >>> read_date("15/3/2022").value, read_date("ngày 26 tháng 12 năm 2024").value
    (datetime.date(2022, 3, 15), datetime.date(2024, 12, 26))
    >>> read_date(44635).value, read_date("15/03/2022 14:30").value
    (datetime.date(2022, 3, 15), datetime.date(2022, 3, 15))
    >>> read_date("3/25/2022").problem, read_date("1/2/22").problem
    ('month-before-day', 'two-digit-year')
    """
    if isinstance(cell, dt.datetime):
        return DateReading(cell.date())
    if isinstance(cell, dt.date):
        return DateReading(cell)
    if isinstance(cell, bool) or cell is None:
        return DateReading(None, None if cell is None else "not-a-date")
    if isinstance(cell, int | float):
        return _from_serial(float(cell))
    return _from_text(clean_text(str(cell)))


def _from_serial(serial: float) -> DateReading:
    if not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
        return DateReading(None, "not-a-date")
    return DateReading(date_from_serial(serial))


def _from_text(text: str) -> DateReading:
    if not text:
        return DateReading(None)
    if match := _ISO.match(text):
        year, month, day = (int(part) for part in match.groups())
        return _checked(year, month, day)
    match = _SLASHED.match(text) or _WORDS.match(text)
    if not match:
        return DateReading(None, "not-a-date")
    day, month, year = (int(part) for part in match.groups())
    if len(match.group(3)) == 2:
        return DateReading(None, "two-digit-year")
    if month > 12 >= day:
        return DateReading(None, "month-before-day")
    return _checked(year, month, day)


def _checked(year: int, month: int, day: int) -> DateReading:
    try:
        value = dt.date(year, month, day)
    except ValueError:
        return DateReading(None, "impossible-date")
    return DateReading(value)


def date_serial(day: dt.date) -> float:
    """Return the number by which Excel and the scoring arrays know `day`.

    >>> date_serial(dt.date(2022, 3, 15))
    44635.0
    """
    return float((day - EXCEL_EPOCH).days)


def date_from_serial(serial: float) -> dt.date:
    """Return the day behind an Excel serial number (1900 date system)."""
    return EXCEL_EPOCH + dt.timedelta(days=int(serial))


def format_date(day: dt.date, lang: str = "vi") -> str:
    """Write a date for people: ``15/03/2022`` in Vietnamese, ``15 Mar 2022`` in English.

    >>> format_date(dt.date(2022, 3, 15)), format_date(dt.date(2022, 3, 15), "en")
    ('15/03/2022', '15 Mar 2022')
    """
    if lang == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.day:02d}/{day.month:02d}/{day.year}"

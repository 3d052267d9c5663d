"""Months and quarters as people write them."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import NamedTuple

from scoring.base.labels import Named

PARTS = {"month": 12, "quarter": 4}
"""How many periods of each kind a year has."""
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}
_WORDS = {
    "month": r"(?:tháng|thang|month|t|m)",
    "quarter": r"(?:quý|quy|quarter|q)",
}
_FORMS = {
    by: re.compile(
        rf"^{word}\s*+(?:\.\s*+)?(\d{{1,2}}|IV|I{{1,3}})(?:\s*+(?:[/.-]|năm)\s*+(\d{{4}}))?", re.I
    )
    for by, word in _WORDS.items()
}
# The word of a month or quarter before any number, one that no year has included.
_NUMBERED = {
    by: re.compile(
        rf"^{word}\s*+(?:\.\s*+)?(?:\d{{1,4}}|[IVX]{{1,6}})(?:\s*+(?:[/.-]|năm)\s*+\d{{4}})?", re.I
    )
    for by, word in _WORDS.items()
}


class PeriodRead(NamedTuple):
    """A period of a year.

    Attributes
    ----------
    by : str
        ``month`` or ``quarter``.
    part : int
        Which of the year, from 1.
    year : int or None
        The year it names; None where it names none.
    """

    by: str
    part: int
    year: int | None = None

    def text(self, lang: str = "vi") -> str:
        """Return the period as people write it.

        >>> PeriodRead("quarter", 3).text(), PeriodRead("month", 3).text("en")
        ('quý III', 'month 3')
        """
        if self.by == "month":
            return f"{'tháng' if lang == 'vi' else 'month'} {self.part}"
        number = list(_ROMAN)[self.part - 1]
        return f"{'quý' if lang == 'vi' else 'quarter'} {number}"

    @property
    def named(self) -> Named:
        """The period in the words of either language, for findings."""
        return Named(self.text("vi"), self.text("en"))


def read_period(text: str) -> PeriodRead | None:
    """Read ``tháng 3``, ``T03/2026``, ``quý III`` or ``Q3``; None for anything else.

    >>> read_period("Tháng 03/2026"), read_period("quý II"), read_period("6 tháng")
    (PeriodRead(by='month', part=3, year=2026), PeriodRead(by='quarter', part=2, year=None), None)
    """
    folded = _folded(text)
    for by, form in _FORMS.items():
        match = form.fullmatch(folded)
        if match is None:
            continue
        told = match[1].upper()
        part = int(told) if told.isdecimal() else _ROMAN[told]
        if 1 <= part <= PARTS[by]:
            return PeriodRead(by, part, int(match[2]) if match[2] else None)
    return None


def span_of(period: str) -> str:
    """Return the word of a period: ``year`` without one, ``month``, ``quarter``, else ``period``.

    >>> span_of(""), span_of("Tháng 3"), span_of("Q2"), span_of("6 tháng đầu năm")
    ('year', 'month', 'quarter', 'period')
    """
    read = read_period(period)
    return read.by if read else "period" if period.strip() else "year"


def last_day(period: str, year: int) -> dt.date:
    """Return the last day of a period of `year`; of a period of another name, that of the year.

    >>> last_day("tháng 2", 2028), last_day("Q3", 2026), last_day("", 2026)
    (datetime.date(2028, 2, 29), datetime.date(2026, 9, 30), datetime.date(2026, 12, 31))
    """
    read = read_period(period)
    month = 12 if read is None else read.part * (12 // PARTS[read.by])
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def is_impossible(text: str, year: int) -> bool:
    """Say whether a period is one that `year` cannot have: a fifth quarter, a month of another year.

    Periods may have any name (``6 tháng``, ``đợt 2``); of those nothing is said.

    >>> is_impossible("quý 5", 2026), is_impossible("tháng 3/2025", 2026), is_impossible("quý II", 2026)
    (True, True, False)
    """
    read = read_period(text)
    if read is not None:
        return read.year not in (None, year)
    folded = _folded(text)
    return any(form.fullmatch(folded) for form in _NUMBERED.values())


def _folded(text: str) -> str:
    # The forms may split a run of blanks in several ways: one of 200,000 would take minutes.
    return " ".join(text.split())

"""What a plan says of itself on its first page: its year, when it was issued, its title."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from scoring.base.findings import Finding
from scoring.base.text import without_marks
from scoring.official.letterhead import office_line, read_stated_date
from scoring.official.patterns import patterns
from scoring.official.wording import plain
from scoring.plan.blocks import Block

_PATTERNS = patterns("title_page")
# The place and the day of issue fill a line of their own.
_DATE_LETTERS = 80
_HEAD_LINES = 80
_TITLE_LINES = 4


@dataclass(frozen=True, slots=True)
class Heading:
    """The identity of a plan.

    Attributes
    ----------
    title : str
        The lines of the title, joined.
    year : int or None
        Year the plan is for; None when the first page does not say.
    issued_from, issued_on : date or None
        The first day it can have been issued, and the day itself when it is written; drafts often
        leave the day open.
    place : str
        Where the title stands.
    """

    title: str = ""
    year: int | None = None
    issued_from: dt.date | None = None
    issued_on: dt.date | None = None
    place: str = ""


def read_heading(blocks: Sequence[Block]) -> Heading:
    """Read title, year and date of issue from the first lines.

    Examples
    --------
    >>> lines = ["Sơn La, ngày tháng 01 năm 2022", "KẾ HOẠCH", "Cải cách hành chính năm 2022"]
    >>> heading = read_heading([Block((text,), False, i, f"dòng {i}") for i, text in enumerate(lines)])
    >>> heading.year, heading.issued_from.isoformat(), heading.issued_on is None
    (2022, '2022-01-01', True)
    """
    # No title goes on behind a table: of rows nothing is kept but that they stand there.
    texts = ["" if block.is_row else plain(block.text) for block in blocks[:_HEAD_LINES]]
    places = [block.place for block in blocks[:_HEAD_LINES]]
    issued_from, issued_on = _issued(texts)
    for index in title_lines(texts):
        title = " ".join(_title_part(texts[index : index + _TITLE_LINES]))
        if year := _PATTERNS["year"].search(without_marks(title)):
            return Heading(title, int(year[1]), issued_from, issued_on, places[index])
    return Heading("", None, issued_from, issued_on)


def title_lines(texts: Sequence[str]) -> list[int]:
    """Return the lines on which the title of a reform plan begins."""
    found = []
    for index, text in enumerate(texts):
        ahead = without_marks(" ".join(_title_part(texts[index : index + _TITLE_LINES])))
        if (
            text[:2].isupper()
            and _PATTERNS["title"].match(ahead)
            and _PATTERNS["about_reform"].search(ahead)
        ):
            found.append(index)
    return found


def _title_part(texts: Sequence[str]) -> list[str]:
    """Return the lines up to who decides, the reasons ("Căn cứ ...") or a chapter."""
    kept: list[str] = []
    for text in texts:
        if not text or _PATTERNS["body"].match(text):
            break
        if kept and _names_authority(text):
            break
        kept.append(text)
    return kept


def _names_authority(text: str) -> bool:
    """Say whether the line is who decides, in capitals between the title and its reasons."""
    # A wrapped title may break before the name of its institution; then the year follows it.
    return office_line(text) and not _PATTERNS["year"].search(without_marks(text))


def _issued(texts: Sequence[str]) -> tuple[dt.date | None, dt.date | None]:
    for text in texts:
        _, comma, stated = text.rpartition(",")
        is_dated = comma and stated.lstrip().lower().startswith("ngày")
        date = read_stated_date(stated)[0] if is_dated else None
        if date and date.month and len(text) <= _DATE_LETTERS:
            return date.first_day, date.first_day if date.day else None
    issued_with = (_PATTERNS["issued_with"].match(text) for text in texts)
    days = (_day(found) for found in issued_with if found)
    day = next((day for day in days if day), None)
    return day, day


def _day(found: re.Match[str]) -> dt.date | None:
    try:
        return dt.date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def heading_findings(heading: Heading, year: int | None = None) -> list[Finding]:
    """Return what the first page leaves open and nobody gave: `year` is that of the plan."""
    findings = []
    if heading.year is None and year is None:
        findings.append(Finding("plan-year-missing"))
    if heading.issued_on is None:
        findings.append(Finding("plan-issue-date-missing", cell=heading.place))
    return findings

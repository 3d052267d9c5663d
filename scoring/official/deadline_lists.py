"""Clauses that name several days, months or quarters, taken apart into one clause each."""

from __future__ import annotations

import re

from scoring.base.text import clean_text
from scoring.official.patterns import patterns
from scoring.official.recurrence import quarter_number
from scoring.official.wording import EDGES, word_lists

_PATTERNS = patterns("deadline_lists")
_MONTHS: dict[str, str] = word_lists()["months"]


def split_clauses(text: str) -> list[str]:
    """Return the clauses of `text`, citations of documents left out.

    Examples
    --------
    >>> split_clauses("- Ban hành Kế hoạch (tháng 01/2022). - Báo cáo: trước ngày 15/12/2022.")
    ['Ban hành Kế hoạch (tháng 01/2022)', 'Báo cáo: trước ngày 15/12/2022']
    >>> split_clauses("Quý I – II năm 2025")
    ['Quý I-II năm 2025']
    """
    lines = [clean_text(line) for line in text.splitlines()]
    body = "\n".join(line for line in lines if line)
    body = _PATTERNS["quarter_range"].sub(r"\1-\2", _PATTERNS["citation"].sub("…", body))
    body = _PATTERNS["time_range"].sub(r"\1 đến ", body)
    return [clause for part in _PATTERNS["cuts"].split(body) if (clause := _trimmed(part))]


def _trimmed(clause: str) -> str:
    trimmed = clause.strip(EDGES)
    if trimmed.startswith("(") and trimmed.endswith(")") and trimmed.count("(") == 1:
        return trimmed[1:-1].strip(EDGES)
    return trimmed


def in_figures(clause: str) -> str:
    """Return a clause with the names of months as numbers and short spellings spelt out.

    >>> in_figures("Trước tháng mười hai năm 2026"), in_figures("mỗi tháng một lần")
    ('Trước tháng 12 năm 2026', 'mỗi tháng một lần')
    >>> in_figures("Q.II/2026"), in_figures("T6/2026"), in_figures("Đến 30/9")
    ('quý II/2026', 'tháng 6/2026', 'Đến ngày 30/9')
    """
    clause = _PATTERNS["quarter_short"].sub("quý ", clause)
    clause = _PATTERNS["month_short"].sub("tháng ", clause)
    clause = _PATTERNS["month_alone"].sub(r"\1tháng ", clause)
    clause = _PATTERNS["day_alone"].sub(r"\1ngày ", clause)
    return _PATTERNS["month_name"].sub(lambda m: f"{m[1]}{_MONTHS[m[2].lower()]}", clause)


def taken_apart(clause: str) -> list[str]:
    """Return a clause for each day, month or quarter that a list in it names.

    Quarters in a row are one span of time and stay together.

    Examples
    --------
    >>> taken_apart("Trước ngày 15/6/2026 và 15/12/2026")
    ['Trước ngày 15/6/2026', 'Trước ngày 15/12/2026']
    >>> taken_apart("Tháng 6 và tháng 12/2026")
    ['Tháng 6/2026', 'Tháng 12/2026']
    >>> taken_apart("Tháng 11 và tháng 1/2027")
    ['Tháng 11', 'Tháng 1/2027']
    >>> taken_apart("Quý II, III/2026"), taken_apart("Quý I, quý III")
    (['Quý II, III/2026'], ['Quý I', 'Quý III'])
    """
    lists = (_PATTERNS["days"], _PATTERNS["months"], _PATTERNS["quarters"])
    for pattern, entry in zip(lists, _ENTRIES, strict=True):
        match = pattern.search(clause)
        if not match:
            continue
        named = entry.findall(match["list"])
        if pattern is lists[2] and _in_a_row(named):
            continue
        before, after = clause[: match.start()], clause[match.end() :]
        year = match["year"] or _shared_year(named)
        parts = [each if _YEAR.search(each) else each + year for each in named]
        return [f"{before}{match['lead']}{part}{after}" for part in parts]
    return [clause]


_YEAR = re.compile(r"/\s*\d{4}")


def _shared_year(named: list[str]) -> str:
    """Return the year behind the last entry where it holds for all: no other has one, and they
    follow each other within a year, unlike November and January."""
    own = [_YEAR.search(each) for each in named]
    figures = [re.findall(r"\d+", _YEAR.sub("", each))[::-1] for each in named]
    order = [[int(figure) for figure in each] for each in figures]
    is_shared = bool(own[-1]) and not any(own[:-1]) and order == sorted(order)
    return own[-1][0] if is_shared and own[-1] else ""


_ENTRIES = (_PATTERNS["day"], _PATTERNS["month"], _PATTERNS["quarter"])


def _in_a_row(quarters: list[str]) -> bool:
    if any("-" in each or "–" in each for each in quarters):
        return False
    numbers = [quarter_number(each.strip()) for each in quarters]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))

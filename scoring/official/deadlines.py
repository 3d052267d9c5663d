"""Read the deadlines in a text: "Quý II/2024", "trước ngày 15/3/2022", "6 tháng/lần" ...

Cells hold bullets, sentences and semicolons, often flattened onto one line by whoever extracted
the text, so they are cut into clauses where a new statement visibly begins. Each clause is tried
against the forms in the order of how exact they are; the first that fits decides. A form is a
small function from the clause to a deadline or None.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from scoring.base.text import clean_text
from scoring.official.deadline import Deadline
from scoring.official.deadline_lists import in_figures, split_clauses, taken_apart
from scoring.official.patterns import patterns
from scoring.official.recurrence import Recurrence, month_end, quarter_number
from scoring.official.wording import EDGES

_PATTERNS = patterns("deadlines")
# Long cells come only from broken or hostile files; no real deadline needs this much.
MAX_LENGTH = 4_000
# A time may be told by another, "từ khi ... dự kiến tháng 3", but in no real clause so often.
_MOST_TIMES = 20

_PERIOD_NAMES = {"tuần": "weekly", "tháng": "monthly", "quý": "quarterly", "năm": "yearly"}
_AROUND = EDGES + "()"


_Form = Callable[[str, "int | None"], "Deadline | None"]


def read_deadlines(text: str, year: int | None) -> list[Deadline]:
    """Read every deadline in `text`.

    Parameters
    ----------
    text : str
        The deadline cell of a task; may hold several deadlines.
    year : int or None
        Year of the plan, taken where a date names none. Without it such a date stays unread.

    Returns
    -------
    list of Deadline
        One per clause, in order; the same recurrence said twice counts once. Empty when `text`
        is empty. What cannot be understood comes back with kind ``unread``, never dropped; so
        does what stands behind the first `MAX_LENGTH` letters, with the clause that goes on there.

    Examples
    --------
    >>> [d.due_on.isoformat() for d in read_deadlines("Quý II/2024", 2024)]
    ['2024-06-30']
    >>> deadline, = read_deadlines("trước ngày 15/3/2022", 2022)
    >>> deadline.due_on.isoformat(), deadline.exclusive
    ('2022-03-14', True)
    >>> [d.kind for d in read_deadlines("Thường xuyên; Sau khi UBND tỉnh ban hành", 2024)]
    ['ongoing', 'condition']
    >>> read_deadlines("định kỳ trước ngày 25 tháng cuối quý", 2022)[0].recurrence.code
    'quarterly@<25'
    """
    clauses = split_clauses(text[:MAX_LENGTH])
    cut = [clauses.pop() if clauses else ""] if text[MAX_LENGTH:].strip() else []
    deadlines = [
        replace(_read_clause(part, year), text=clause)
        for clause in clauses
        for part in taken_apart(in_figures(clause))
    ]
    unread = [Deadline(f"{clause}{text[MAX_LENGTH:]}", "unread") for clause in cut]
    return [*_without_repeats(deadlines), *unread]


@lru_cache(maxsize=20_000)
def read_once(text: str, year: int | None) -> tuple[Deadline, ...]:
    """Return `read_deadlines`, kept: plans of thousands of rows repeat a few wordings."""
    return tuple(read_deadlines(text, year))


def _read_clause(clause: str, year: int | None) -> Deadline:
    if len(_PATTERNS["told_by_another"].findall(clause)) > _MOST_TIMES:
        return Deadline(clause, "unread")
    for form in _FORMS:
        deadline = form(clause, year)
        if deadline is not None:
            return deadline
    return Deadline(clause, "unread")


def _without_repeats(deadlines: list[Deadline]) -> list[Deadline]:
    """Drop a clause that only says the recurrence before it in other words."""
    kept: list[Deadline] = []
    for deadline in deadlines:
        repeats = deadline.recurrence is not None and not deadline.what
        if not (repeats and any(other.recurrence == deadline.recurrence for other in kept)):
            kept.append(deadline)
    return kept


def _by_day(clause: str, year: int | None) -> Deadline | None:
    match = _last_match(_PATTERNS["day"], clause)
    if match is None or _opens_with_condition(clause, match.start()):
        return None
    if not (match["year"] or match["before"] or "ngày" in match[0].lower()):
        return None
    stated = int(match["year"]) if match["year"] else year
    due_on = _date(stated, int(match["month"]), int(match["day"]))
    if due_on is None:
        return None
    return _due(clause, match, due_on, "day")


def _opens_with_condition(clause: str, position: int) -> bool:
    found = _PATTERNS["condition"].search(clause)
    return (
        found is not None and found.start() < position and "trước" not in clause[:position].lower()
    )


def _by_day_of_period(clause: str, year: int | None) -> Deadline | None:
    match = _PATTERNS["day_of_period"].search(clause)
    if not match or not 1 <= int(match["day"]) <= 31:
        return None
    periods = match["period"].lower()
    if periods.startswith("tháng cuối"):
        names: tuple[str, ...] = ("quarterly",)
        if "kỳ" in periods[:20]:
            names = ("quarterly", "half-yearly", "yearly")
    else:
        names, _ = _frequencies(periods)
    recurrence = Recurrence(names, int(match["day"]), bool(match["before"]))
    return Deadline(clause, "recurring", _rest(clause, match), recurrence=recurrence)


def _by_day_after_period(clause: str, year: int | None) -> Deadline | None:
    """Read "hằng quý, trước ngày 10 của tháng đầu quý sau" and "hằng tháng, trước ngày 22"."""
    match = _PATTERNS["day_of_next"].search(clause)
    if not match or not 1 <= int(match["day"]) <= 31:
        return None
    name = match["name"].lower()
    in_quarter = "quý" in (match["next"] or "").lower()
    if in_quarter != (name == "quý") and match["next"]:
        return None
    if name != "tháng" and not (match["next"] or match["closing"]):
        return None
    recurrence = Recurrence(
        (_PERIOD_NAMES[name],),
        int(match["day"]),
        bool(match["before"]),
        months_after=1 if match["next"] else 0,
    )
    return Deadline(clause, "recurring", _words_before(clause, match), recurrence=recurrence)


def _by_count_from(clause: str, year: int | None) -> Deadline | None:
    match = _PATTERNS["counted_from"].search(clause)
    if not match:
        return None
    what = clause[: match.start()].strip(_AROUND)
    return Deadline(clause, "condition", what, condition=match[0].strip(_AROUND))


def _by_beginning(clause: str, year: int | None) -> Deadline | None:
    """Read "Từ quý II/2026" as work that begins then and has no last day."""
    match = _PATTERNS["begins"].search(clause)
    when = _read_clause(match["when"], year) if match else None
    if when is None or when.kind != "date" or when.due_on is None or when.exclusive:
        return None
    starts_on = when.starts_on or when.due_on
    what = clause[: match.start()].strip(_AROUND) if match else ""
    return Deadline(clause, "ongoing", what, starts_on, assumed_year=when.assumed_year)


def _by_from_to(clause: str, year: int | None) -> Deadline | None:
    """Read "Từ 01/3 đến 30/6/2026" as a span; the year behind it may hold for its end only."""
    match = _PATTERNS["from_to"].search(clause)
    until = _read_clause(in_figures(match["to"]), year) if match else None
    if match is None or until is None or until.due_on is None or until.exclusive:
        return None
    for begins_in in (until.due_on.year, until.due_on.year - (not until.assumed_year)):
        begins = _read_clause(in_figures(match["from"]), begins_in)
        starts_on = begins.starts_on or begins.due_on
        if starts_on is not None and starts_on <= until.due_on:
            what = clause[: match.start()].strip(_AROUND)
            return replace(until, what=what, starts_on=starts_on)
    return None


def _by_vague_time(clause: str, year: int | None) -> Deadline | None:
    """Leave "đầu quý III" unread, which names no last day, and what names several times."""
    is_vague = bool(_PATTERNS["vague"].search(clause)) or _names_several(clause)
    return Deadline(clause, "unread") if is_vague else None


def _names_several(clause: str) -> bool:
    """Say whether a clause names two quarters, halves or years that are no span of time."""
    names = [*_PATTERNS["quarter"].finditer(clause), *_PATTERNS["half"].finditer(clause)]
    names.sort(key=lambda match: match.start())
    between = [clause[one.end() : two.start()] for one, two in pairwise(names)]
    if _PATTERNS["years"].search(clause) or len(_PATTERNS["before_a_day"].findall(clause)) > 1:
        return True
    return any(not _PATTERNS["spans"].fullmatch(text) for text in between)


def _by_condition(clause: str, year: int | None) -> Deadline | None:
    match = _PATTERNS["condition"].search(clause)
    if not match:
        return None
    expected = _PATTERNS["expected"].search(clause)
    condition = _PATTERNS["expected"].sub("", match[0]).strip(_AROUND)
    deadline = Deadline(
        clause, "condition", clause[: match.start()].strip(_AROUND), condition=condition
    )
    when = _read_clause(expected["when"].strip(_AROUND), year) if expected else None
    if when is None or when.kind != "date":
        return deadline
    return replace(deadline, starts_on=when.starts_on, due_on=when.due_on, precision=when.precision)


def _months(match: re.Match[str]) -> tuple[int, int]:
    return int(match["first"]), int(match["last"] or match["first"])


def _months_of_quarters(match: re.Match[str]) -> tuple[int, int]:
    first, last = (quarter_number(match[name] or match["first"]) for name in ("first", "last"))
    return 3 * first - 2, 3 * max(first, last)


def _months_of_half(match: re.Match[str]) -> tuple[int, int]:
    return (1, 6) if match["half"].lower() == "đầu" else (7, 12)


def _by_span(
    pattern: re.Pattern[str], months_of: Callable[[re.Match[str]], tuple[int, int]], precision: str
) -> _Form:
    """Return the form of spans of months; "trước" makes it the day before the span begins."""

    def read(clause: str, year: int | None) -> Deadline | None:
        match = _last_match(pattern, clause)
        stated = int(match["year"]) if match and match["year"] else year
        if match is None or stated is None or not 1900 < stated < 2200:
            return None
        first, last = months_of(match)
        if not 1 <= first <= last <= 12:
            return None
        starts_on = dt.date(stated, first, 1)
        if match.groupdict().get("before"):
            return _due(clause, match, starts_on, precision)
        deadline = _due(clause, match, month_end(stated, last), precision)
        return replace(deadline, starts_on=starts_on)

    return read


def _by_times_a_year(clause: str, year: int | None) -> Deadline | None:
    match = _PATTERNS["times_a_year"].search(clause)
    if not match or _names_a_month(clause[: match.start()] + clause[match.end() :]):
        return None
    step = (
        int(match["step"]) if match["step"] else 12 // max(int(match["times"] or match["again"]), 1)
    )
    names = {1: "monthly", 3: "quarterly", 4: "quarterly", 6: "half-yearly", 12: "yearly"}
    if step not in names or step == 4:
        return None  # three times a year closes on no period that reports are made for
    return _recurring(clause, match, (names[step],), None)


def _names_a_month(rest: str) -> bool:
    """Say whether a clause names the month of the year in which it is due each time."""
    return bool(_PATTERNS["month"].search(rest))


def _by_repetition(clause: str, year: int | None) -> Deadline | None:
    match = _PATTERNS["repeated"].search(clause)
    if not match:
        return None
    names, stated = _frequencies(match["periods"].lower())
    if not names:
        return None
    deadline = _recurring(clause, match, names, stated)
    return replace(deadline, what=deadline.what or match["report"] or "")


def _frequencies(periods: str) -> tuple[tuple[str, ...], int | None]:
    """Read "quý, 6 tháng và năm 2021" as frequencies and the year named.

    The list ends at the first word that is no period, so that "năm" further on is not taken.
    """
    names: list[str] = []
    stated, end = None, 0
    for match in _PATTERNS["period"].finditer(periods):
        between = periods[end : match.start()].strip(" ,/và")
        if between not in ("", "theo", "hàng", "hằng", "cả"):
            break
        name = "half-yearly" if match["half"] else _PERIOD_NAMES[match["name"]]
        names += [name] if name not in names else []
        stated, end = int(match["year"]) if match["year"] else stated, match.end()
    return tuple(names), stated


def _recurring(
    clause: str, match: re.Match[str], names: tuple[str, ...], stated: int | None
) -> Deadline:
    what = _words_before(clause, match)
    return Deadline(clause, "recurring", what, recurrence=Recurrence(names, year=stated))


def _by_word(pattern: re.Pattern[str], kind: str) -> _Form:
    """Return the form of clauses that have no day: what stands before the word is due."""

    def read(clause: str, year: int | None) -> Deadline | None:
        match = pattern.search(clause)
        return Deadline(clause, kind, clause[: match.start()].strip(_AROUND)) if match else None

    return read


def _by_year(clause: str, year: int | None) -> Deadline | None:
    *_, match = None, *_PATTERNS["year"].finditer(clause)
    is_told = match and (match["year"] or "trong" in match[0].lower())
    if not match or not (is_told or _PATTERNS["whole_year"].fullmatch(clause)):
        return None
    first = int(match["year"]) if match["year"] else year
    if first is None or not 1900 < first < 2200:
        return None
    last = int(match["last"]) if match["last"] else first
    deadline = _due(clause, match, month_end(last, 12), "year")
    return replace(deadline, starts_on=dt.date(first, 1, 1))


def _due(clause: str, match: re.Match[str], day: dt.date, precision: str) -> Deadline:
    groups = match.groupdict()
    exclusive = bool(groups.get("before"))
    return Deadline(
        clause,
        "date",
        _rest(clause, match),
        due_on=day - dt.timedelta(days=1) if exclusive else day,
        precision=precision,
        exclusive=exclusive,
        assumed_year=not groups["year"],
    )


def _rest(clause: str, match: re.Match[str]) -> str:
    """Return what the clause says is due: the words before the time, or those after it."""
    return _words_before(clause, match) or clean_text(clause[match.end() :]).strip(_AROUND)


def _words_before(clause: str, match: re.Match[str]) -> str:
    before = clause[: match.start()].strip(_AROUND)
    while (shorter := _PATTERNS["left_over"].sub("", before).strip(_AROUND)) != before:
        before = shorter
    return before + ")" if before.count("(") > before.count(")") else before


def _last_match(pattern: re.Pattern[str], clause: str) -> re.Match[str] | None:
    """Return the match that names a year, or the last one: "Báo cáo Quý I: 15/3/2022"."""
    found = list(pattern.finditer(clause))
    with_year = [match for match in found if match.groupdict().get("year")]
    return (with_year or found)[-1] if found else None


def _date(year: int | None, month: int, day: int) -> dt.date | None:
    if year is None or not 1900 < year < 2200 or not 1 <= month <= 12:
        return None
    return dt.date(year, month, day) if 1 <= day <= calendar.monthrange(year, month)[1] else None


_FORMS: tuple[_Form, ...] = (
    _by_count_from,
    _by_beginning,
    _by_vague_time,
    _by_from_to,
    _by_day_after_period,
    _by_day,
    _by_day_of_period,
    _by_condition,
    _by_times_a_year,
    _by_span(_PATTERNS["month"], _months, "month"),
    _by_span(_PATTERNS["quarter"], _months_of_quarters, "quarter"),
    _by_word(_PATTERNS["ongoing"], "ongoing"),
    _by_repetition,
    _by_span(_PATTERNS["half"], _months_of_half, "half-year"),
    _by_year,
    _by_word(_PATTERNS["by_rule"], "by-rule"),
)

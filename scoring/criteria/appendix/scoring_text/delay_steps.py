"""Steps on a date or on days of delay."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from scoring.base.labels import label
from scoring.criteria.appendix.scoring_text.awards import Award
from scoring.criteria.appendix.scoring_text.rule_reading import (
    ItemFacts,
    Placed,
    RuleReading,
    UnreadError,
    as_band,
    border_problem,
    refuse_if,
    refuse_partial,
)
from scoring.criteria.appendix.scoring_text.steps import Step, Steps
from scoring.official.patterns import patterns
from scoring.official.ranges import Range, read_range
from scoring.official.wording import word_lists, words
from scoring.rules import InputSpec, RuleSpec

_WORDS_OF = word_lists()["steps"]
_PATTERNS = patterns("due_dates")
_YEARS: dict[str, int] = _WORDS_OF["years"]
_LATE_WORDS = words(_WORDS_OF["beside_a_delay"])
_OTHER_UNITS = words("làm việc tháng tuần giờ")


# A step in days after the due date with its award; None where it is the work left undone.
_Part = tuple[Range | None, Award]
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FEBRUARY = 2
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_IN_TIME = Range(-math.inf, 0.0, False, True)
_BEFORE = Range(-math.inf, 0.0, False, False)
_AFTER = Range(0.0, math.inf, False, False)
_FROM = Range(0.0, math.inf, True, False)


@dataclass(frozen=True, slots=True)
class _Due:
    """The day named and its year counted from the assessment year; None where it is not said."""

    month: int
    day: int
    year: int | None


def read_deadline(found: Steps, item: ItemFacts) -> RuleReading | None:
    """Read steps on dates or days of delay; None when the text has neither."""
    steps = [_by_days(step) for step in found.steps]
    dates = [match for step in steps if (match := _PATTERNS["date"].search(step.condition))]
    delays = [step for step in steps if _is_delay(step.condition)]
    if not dates and not delays:
        return None
    is_share = any(step.award.is_share for step in steps)
    refuse_if(is_share or len(steps) < 2, "deadline-unread")
    dues = {_due(match) for match in dates}
    refuse_if(len(dues) > 1, "several-dates")
    parts = [part for step in steps for part in _parts(step)]
    return _rule(parts, next(iter(dues), None), item)


def _by_days(step: Step) -> Step:
    """Write "sau quý I" as "sau ngày 31/3"; a period whose end or beginning is in doubt stays."""
    return replace(step, condition=_PATTERNS["period"].sub(_day_of, step.condition))


def _day_of(match: re.Match[str]) -> str:
    if quarter := match["quarter"]:
        last = 3 * (_QUARTERS.get(quarter) or int(quarter))
        first = last - 2
    else:
        first = last = int(match["month"])
    if not 1 <= last <= 12:
        return match[0]
    if match["way"] in ("trước", "từ"):
        return f"{match['way']} ngày 01/{first:02d}"
    # The last day of February moves, and "trong tháng 6" says nothing of May.
    if last == _FEBRUARY or (match["way"] == "trong" and first > 1):
        return match[0]
    lead = "sau" if match["way"] == "sau" else "đến hết"
    return f"{lead} ngày {_DAYS[last - 1]}/{last:02d}"


def _is_delay(condition: str) -> bool:
    late = any(word in condition for word in _WORDS_OF["late"])
    return late and "ngày" in condition.split() and bool(re.search(r"\d", condition))


def _due(match: re.Match[str]) -> _Due:
    rest = match.string[match.end() :].strip().removeprefix("của ").removeprefix("của ")
    year = next((offset for words, offset in _YEARS.items() if rest.startswith(words)), None)
    return _Due(int(match[2]), int(match[1]), None if match[3] or match[4] else year)


def _parts(step: Step) -> Iterator[_Part]:
    """Read one step, which may join a delay and the work left undone by "hoặc"."""
    for condition in re.split(r"(?<!trước) hoặc (?!trước)", step.condition):
        never = _PATTERNS["never"].fullmatch(condition.strip())
        span = None if never else _span(condition.strip())
        refuse_if(not never and span is None, "step-unread", step=step.wording)
        yield span, step.award


def _span(condition: str) -> Range | None:
    """Return the days after the due date that a condition names; None if not understood."""
    if match := _PATTERNS["date"].search(condition):
        return _dated(condition, match)
    if _is_delay(condition):
        return _delayed(condition)
    if " và " in condition or re.search(r"\d", condition):
        return None
    is_timed = any(phrase in condition for phrase in _WORDS_OF["on_time"])
    if not is_timed or not {"đủ", "đạt"}.isdisjoint(condition.split()):
        return None
    denied = condition.startswith(("không", "chưa")) or " không " in condition
    return _AFTER if denied else _IN_TIME


def _dated(condition: str, match: re.Match[str]) -> Range | None:
    rest = condition[match.end() :].strip().removeprefix("của ")
    year_words = next((words for words in _YEARS if rest.startswith(words)), "")
    rest = rest[len(year_words) :].strip()
    before = condition[: match.start()].strip().removesuffix("ngày").strip()
    onwards = rest in ("trở đi", "trở về sau")
    if rest and not onwards:
        return None
    closed = _PATTERNS["closed_before"].search(before)
    is_plain = not re.search(r"\d|(?<![^\W\d_])(?:và|không|chưa|nhưng|đủ)(?![^\W\d_])", before)
    lead = before[: closed.start()] + " " if closed else ""
    if not is_plain and (not closed or re.search(r"\d| và | đủ ", lead)):
        return None
    if onwards:
        return _FROM if not closed and before.endswith("từ") else None
    if closed:
        return _IN_TIME
    return _BEFORE if before.endswith("trước") else _AFTER if before.endswith("sau") else None


def _delayed(condition: str) -> Range | None:
    if not _OTHER_UNITS.isdisjoint(condition.split()):
        return None
    span = read_range(_as_days(condition))
    if span is None or span.is_percent or set(span.words) - _LATE_WORDS:
        return None
    if any(math.isfinite(end) and end != int(end) for end in (span.lower, span.upper)):
        return None
    # A delay is counted in whole days, so that "từ 1 ngày" is any delay at all.
    if math.isinf(span.lower) or (span.lower == 1 and span.lower_closed):
        return replace(span, lower=0.0, lower_closed=False)
    return span


def _as_days(condition: str) -> str:
    """Write "từ ngày thứ 5" as "từ 5 ngày trở lên", and "đến 3 ngày" as "không quá 3 ngày"."""
    counted = _PATTERNS["day_number"].sub(r"\1 ngày", condition)
    counted = _PATTERNS["from_alone"].sub(r"từ \1 ngày trở lên", counted)
    return _PATTERNS["up_to_alone"].sub("không quá ", counted)


def _rule(parts: list[_Part], due: _Due | None, item: ItemFacts) -> RuleReading:
    never = [award.points for span, award in parts if span is None]
    timed = [(span, award) for span, award in parts if span is not None]
    refuse_if(len(never) > 1, "steps-incomplete")
    timed = _met(sorted(timed, key=lambda part: part[0].lower))
    spans = [span for span, _ in timed]
    refuse_partial(spans)
    if problem := border_problem(spans):
        raise UnreadError(problem).naming(*_days_left_out(spans))
    points = [award.points for _, award in timed]
    refuse_if(not math.isclose(points[0], item.max_points), "maximum-not-reached")
    refuse_if(not all(high >= low for high, low in pairwise(points)), "points-not-in-order")
    reading = RuleReading(_spec(timed, never[0] if never else 0.0, due, item))
    if not never:
        reading = reading.doubted("never-not-stated")
    if due is not None and due.year is None:
        reading = reading.doubted("year-not-stated")
    return reading


def _days_left_out(spans: list[Range]) -> list[str]:
    """Name the day that lies between two steps and in none."""
    return [
        label("appendix_case_late", days=f"{below.upper:g}") if below.upper else label("on_due_day")
        for below, above in pairwise(spans)
        if below.upper == above.lower and not (below.upper_closed or above.lower_closed)
    ]


def _met(timed: list[Placed]) -> list[Placed]:
    """Close the gap between whole days: "đến 10 ngày" and "từ 11 ngày" meet."""
    result = timed[:1]
    for span, award in timed[1:]:
        last = result[-1][0]
        if last.upper_closed and span.lower_closed and span.lower == last.upper + 1:
            span = replace(span, lower=last.upper, lower_closed=False)
        result.append((span, award))
    return result


def _spec(timed: list[Placed], never: float, due: _Due | None, item: ItemFacts) -> RuleSpec:
    inputs = [InputSpec("done_on", "date", "done_on", "Ngày thực hiện")]
    due_on = ""
    if due is None:
        inputs.append(InputSpec("due_on", "date", "due_on", "Thời hạn quy định"))
    else:
        offset = {0: "", None: "", 1: "+1", -1: "-1"}[due.year]
        due_on = f"year{offset}-{due.month:02d}-{due.day:02d}"
    bands = tuple(as_band(*step) for step in timed)
    return item.rule("deadline", *inputs, bands=bands, never_points=never, due_on=due_on)

"""Steps told by a date or by days of delay."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise

from scoring.criteria.appendix.scoring_text.result import ItemFacts, RuleReading, unread
from scoring.criteria.appendix.scoring_text.steps import Step, Steps
from scoring.official.ranges import read_range
from scoring.official.wording import words
from scoring.rules import Band, InputSpec, RuleSpec

_DATE = re.compile(
    r"(?:ngày )?(\d{1,2})(?: ?[/.] ?| tháng )(\d{1,2})(?!\d)(?: ?/ ?(\d{4})| năm (\d{4}))?"
)
_YEARS = (
    ("năm trước liền kề", -1), ("năm liền trước", -1), ("năm trước", -1),
    ("năm sau liền kề", 1), ("năm liền kề sau", 1), ("năm tiếp theo", 1), ("năm kế tiếp", 1),
    ("năm sau", 1), ("năm đánh giá", 0), ("năm kế hoạch", 0),
)  # fmt: skip
_CLOSED_BEFORE = re.compile(
    r"(?:chậm nhất|không muộn hơn|trước hoặc trong|trong hoặc trước|đến hết|không quá|đến|muộn nhất)"
    r"(?: là)?(?: vào)?$"
)
_ON_TIME = ("đúng hạn", "đúng thời hạn", "đúng thời gian", "kịp thời", "trong hạn", "đúng tiến độ")
_LATE = ("chậm", "trễ", "muộn", "quá hạn", "quá thời hạn")
_NEVER = re.compile(
    r"(?:không|chưa)(?: có)?(?: ban hành| thực hiện| gửi| báo cáo| xây dựng| triển khai| tham mưu"
    r"| tổ chức| trình| nộp)?(?: kế hoạch| báo cáo| văn bản)?"
)
_LATE_WORDS = words(
    "chậm trễ muộn quá hạn thời gian thời ngày so với quy định ban hành gửi hạn kế hoạch"
    " báo cáo văn bản nộp trình thực hiện từ"
)
_OTHER_UNITS = words("làm việc tháng tuần giờ")


@dataclass(frozen=True, slots=True)
class _Part:
    """A step in days after the due date; `never` where it is the work left undone."""

    lower: float
    upper: float
    lower_closed: bool
    upper_closed: bool
    points: float
    never: bool = False


@dataclass(frozen=True, slots=True)
class _Due:
    """The day named and its year counted from the assessment year; None where it is not said."""

    month: int
    day: int
    year: int | None


def read_deadline(found: Steps, item: ItemFacts) -> RuleReading | None:
    """Read steps told by dates or days of delay; None when the text has neither."""
    steps = found.steps
    dates = [match for step in steps if (match := _DATE.search(step.condition))]
    delays = [step for step in steps if _is_delay(step.condition)]
    if not dates and not delays:
        return None
    if any(step.award.is_share for step in steps) or len(steps) < 2:
        return unread("deadline-unread")
    dues = {_due(match) for match in dates}
    if len(dues) > 1:
        return unread("several-dates")
    parts: list[_Part] = []
    for step in steps:
        read = _parts(step)
        if read is None:
            return unread("step-unread", step=step.wording)
        parts += read
    return _rule(parts, next(iter(dues), None), item)


def _is_delay(condition: str) -> bool:
    late = any(word in condition for word in _LATE)
    return late and "ngày" in condition.split() and bool(re.search(r"\d", condition))


def _due(match: re.Match[str]) -> _Due:
    rest = match.string[match.end() :].strip().removeprefix("của ").removeprefix("của ")
    year = next((offset for words, offset in _YEARS if rest.startswith(words)), None)
    return _Due(int(match[2]), int(match[1]), None if match[3] or match[4] else year)


def _parts(step: Step) -> list[_Part] | None:
    """Read one step, which may join a delay and the work left undone by "hoặc"."""
    parts = []
    for condition in re.split(r"(?<!trước) hoặc (?!trước)", step.condition):
        part = _part(condition.strip(), step.award.points)
        if part is None:
            return None
        parts.append(part)
    return parts


def _part(condition: str, points: float) -> _Part | None:
    if _NEVER.fullmatch(condition):
        return _Part(math.nan, math.nan, False, False, points, never=True)
    if match := _DATE.search(condition):
        return _dated(condition, match, points)
    if _is_delay(condition):
        return _delayed(condition, points)
    plain = " và " not in condition and not re.search(r"\d", condition)
    denied = condition.startswith(("không", "chưa")) or " không " in condition
    if plain and any(phrase in condition for phrase in _ON_TIME):
        if "đủ" in condition.split() or "đạt" in condition.split():
            return None
        if denied:
            return _Part(0.0, math.inf, False, False, points)
        return _Part(-math.inf, 0.0, False, True, points)
    return None


def _dated(condition: str, match: re.Match[str], points: float) -> _Part | None:
    rest = condition[match.end() :].strip().removeprefix("của ")
    year_words = next((words for words, _ in _YEARS if rest.startswith(words)), "")
    rest = rest[len(year_words) :].strip()
    before = condition[: match.start()].strip().removesuffix("ngày").strip()
    onwards = rest in ("trở đi", "trở về sau")
    if rest and not onwards:
        return None
    if re.search(r"\d|(?<![^\W\d_])(?:và|không|chưa|nhưng|đủ)(?![^\W\d_])", before):
        closed = _CLOSED_BEFORE.search(before)
        if not closed or re.search(r"\d| và | đủ ", before[: closed.start()] + " "):
            return None
    if _CLOSED_BEFORE.search(before):
        return None if onwards else _Part(-math.inf, 0.0, False, True, points)
    if before.endswith("trước") and not onwards:
        return _Part(-math.inf, 0.0, False, False, points)
    if before.endswith("sau") and not onwards:
        return _Part(0.0, math.inf, False, False, points)
    if onwards and before.endswith("từ"):
        return _Part(0.0, math.inf, True, False, points)
    return None


def _delayed(condition: str, points: float) -> _Part | None:
    if not _OTHER_UNITS.isdisjoint(condition.split()):
        return None
    span = read_range(condition)
    if span is None or span.is_percent or set(span.words) - _LATE_WORDS:
        return None
    if any(math.isfinite(end) and end != int(end) for end in (span.lower, span.upper)):
        return None
    if math.isinf(span.lower):
        return _Part(0.0, span.upper, False, span.upper_closed, points)
    # A delay is counted in whole days, so that "từ 1 ngày" is any delay at all.
    if span.lower == 1 and span.lower_closed:
        return _Part(0.0, span.upper, False, span.upper_closed, points)
    return _Part(span.lower, span.upper, span.lower_closed, span.upper_closed, points)


def _rule(parts: list[_Part], due: _Due | None, item: ItemFacts) -> RuleReading:
    never = [part.points for part in parts if part.never]
    timed = sorted((part for part in parts if not part.never), key=lambda part: part.lower)
    if len(never) > 1 or len(timed) < 2:
        return unread("steps-incomplete")
    timed = _met(timed)
    problem = _cover_problem(timed)
    if problem:
        return unread(problem)
    points = [part.points for part in timed]
    if not math.isclose(points[0], item.max_points):
        return unread("maximum-not-reached")
    if not all(high >= low for high, low in pairwise(points)):
        return unread("points-not-in-order")
    reading = RuleReading(_spec(timed, never[0] if never else 0.0, due, item))
    if not never:
        reading = reading.doubted("never-not-stated")
    if due is not None and due.year is None:
        reading = reading.doubted("year-not-stated")
    return reading


def _met(timed: list[_Part]) -> list[_Part]:
    """Close the gap between whole days: "đến 10 ngày" and "từ 11 ngày" meet."""
    result = [timed[0]]
    for part in timed[1:]:
        last = result[-1]
        if last.upper_closed and part.lower_closed and part.lower == last.upper + 1:
            part = _Part(last.upper, part.upper, False, part.upper_closed, part.points)
        result.append(part)
    return result


def _cover_problem(timed: list[_Part]) -> str:
    if not math.isinf(timed[0].lower) or not math.isinf(timed[-1].upper):
        return "steps-incomplete"
    for below, above in pairwise(timed):
        if below.upper > above.lower:
            return "steps-overlap"
        if below.upper < above.lower or not (below.upper_closed or above.lower_closed):
            return "border-in-no-step"
        if below.upper_closed and above.lower_closed:
            return "border-in-two-steps"
    return ""


def _spec(timed: list[_Part], never: float, due: _Due | None, item: ItemFacts) -> RuleSpec:
    done = InputSpec("done_on", "date", "done_on", "Ngày thực hiện")
    inputs: tuple[InputSpec, ...] = (done,)
    due_on = ""
    if due is None:
        inputs = (done, InputSpec("due_on", "date", "due_on", "Thời hạn quy định"))
    else:
        offset = {0: "", None: "", 1: "+1", -1: "-1"}[due.year]
        due_on = f"year{offset}-{due.month:02d}-{due.day:02d}"
    bands = tuple(
        Band(part.lower, part.upper, part.lower_closed, part.upper_closed, part.points)
        for part in timed
    )
    return RuleSpec(
        item.code,
        "deadline",
        item.max_points,
        inputs=inputs,
        bands=bands,
        never_points=never,
        due_on=due_on,
    )

"""Steps on a rate or a number: each names one range, and the ranges have to meet."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from scoring.base.labels import label
from scoring.criteria.appendix.scoring_text.awards import Award
from scoring.criteria.appendix.scoring_text.coverage import is_lack_of
from scoring.criteria.appendix.scoring_text.proportions import (
    FILLERS,
    proportional,
    scale_inputs,
    with_shares,
)
from scoring.criteria.appendix.scoring_text.rule_reading import (
    ItemFacts,
    Placed,
    RuleReading,
    UnreadError,
    as_band,
    border_problem,
    refuse_if,
)
from scoring.criteria.appendix.scoring_text.steps import Step, Steps
from scoring.official.patterns import patterns
from scoring.official.ranges import Range, read_range
from scoring.official.wording import folded, word_lists, words

_WORDS_OF = word_lists()["steps"]
_PATTERNS = patterns("scales")
_STRUCTURE = words(_WORDS_OF["change_measure"])
_BROKEN = words(_WORDS_OF["broken_units"])
_EXCESS = words(_WORDS_OF["beyond_a_base"])
_HALVES = words("đến trở tới")
_LOGIC = words("không chưa nhưng hoặc và ngoài riêng còn tuy song , (")
# In every step alike they belong to the name of what is measured: "hồ sơ không đúng hạn".
_NAMING = (words("không chưa"), words(","), words("hoặc"))

# Numbers above this without a percent sign are more likely a rate than a count.
_LARGE_COUNT = 50


def read_scale(found: Steps, item: ItemFacts) -> RuleReading | None:
    """Read steps on a rate or a number; None when the text has no figure to measure by.

    Every step must name one range and nothing else that matters, and the ranges must meet: each
    border belongs to exactly one step.
    """
    whole = [step for step in found.steps if not step.condition]
    parts = [step for step in found.steps if step.condition]
    if not whole and not any(_range_of(step.condition) for step in parts):
        return None
    parts = [_plain(step) for step in parts]
    placed = [_range_of(step.condition) for step in parts]
    problem = _words_problem(parts, placed)
    if whole:
        refuse_if(len(whole) > 1 or not whole[0].award.is_share, "steps-incomplete")
        floors = [(span, step.award) for span, step in zip(placed, parts, strict=True) if span]
        is_misfit = len(parts) > 1 or len(floors) < len(parts) or bool(problem)
        refuse_if(is_misfit, "share-does-not-fit")
        return proportional(whole[0].award, floors[0] if floors else None, found, item)
    refuse_if(bool(problem), problem)
    spans, missing = _completed(parts, placed, item)
    if any(award.is_share for _, award in spans):
        refuse_if(bool(missing), "steps-incomplete")
        return with_shares(spans, found, item)
    reading = _bands(spans, found, item)
    for case in missing:
        reading = reading.without(case)
    return reading


def _plain(step: Step) -> Step:
    """Leave out of a step what changes no measure.

    "Cắt giảm" is done and no fall, "có thêm 01" counts what is new; "hoặc không triển khai" of the
    step that earns nothing is no rate at all.
    """
    condition = _PATTERNS["no_change"].sub(r"\1", step.condition)
    step = replace(step, condition=_PATTERNS["grade_up"].sub(r"\1", condition))
    if step.award.points != 0:
        return step
    return replace(step, condition=_PATTERNS["or_undone"].sub("", step.condition))


def _range_of(condition: str) -> Range | None:
    span = read_range(condition)
    if span is None and _PATTERNS["from_alone"].search(condition):
        # "Có từ 03 mô hình": without an upper end it goes on.
        span = read_range(f"{condition} trở lên")
    if span is None or span.is_percent:
        return span
    if span.lower == span.upper and _PATTERNS["all_of_them"].search(condition):
        # "Cả 03 nội dung": there are no more than three.
        return replace(span, upper=math.inf, upper_closed=False)
    ends = [end for end in (span.lower, span.upper) if math.isfinite(end)]
    # "b/a < 0,7": a share of one, as the quotient beside it shows.
    quotient = "/" in span.words and {"a", "b"} <= set(span.words)
    if quotient and all(0 < end <= 1 for end in ends):
        return span.scaled(100.0)
    return None if quotient else span


def _words_problem(parts: list[Step], placed: list[Range | None]) -> str:
    """Say what in the words beside the figures keeps the steps from being one scale."""
    left = [_named(step.condition, span) for step, span in zip(parts, placed, strict=True) if span]
    if not left:
        return ""
    if any(_HALVES & set(span.words) for span in placed if span):
        return "condition-beside-range"  # the other half of "từ ... đến ..." is missing
    if any(said & _STRUCTURE for said in left) or any(
        _PATTERNS["other_measure"].search(step.condition) for step in parts
    ):
        return "words-change-measure"
    if any(
        span and (_PATTERNS["pause"].search(step.condition) or _is_behind(step.condition))
        for step, span in zip(parts, placed, strict=True)
    ):
        return "condition-beside-range"
    if len(left) > 1 and len(set(left)) == 1 and any(left[0] & _LOGIC <= kept for kept in _NAMING):
        return ""
    if any(said & _LOGIC for said in left):
        return "condition-beside-range"
    widest = max(left, key=len)
    return "" if all(said <= widest for said in left) else "steps-measure-differently"


def _is_behind(condition: str) -> bool:
    return bool(_PATTERNS["behind"].search(condition))


def _named(condition: str, span: Range) -> frozenset[str]:
    """Return the words beside the figures; a comma within a name is none of them."""
    joined = len(_PATTERNS["name_goes_on"].findall(condition))
    said = frozenset(span.words) - FILLERS
    # One letter alone names what is measured: "A ≥ 90%" says nothing of B.
    letters = frozenset(span.words) & {"a", "b"}
    said |= letters if len(letters) == 1 else frozenset()
    within = {","} if joined == condition.count(", ") else set()
    before_figure = condition.split(" hoặc ")[-1] if condition.count(" hoặc ") == 1 else ""
    if _PATTERNS["or_else"].search(condition):
        return said | {"nhưng"}
    return said - within - ({"hoặc"} if re.search(r"\d", before_figure) else set())


def _completed(
    parts: list[Step], placed: list[Range | None], item: ItemFacts
) -> tuple[list[Placed], list[str]]:
    """Return the ranges from low to high with "còn lại" and "không có" in place, and what lacks.

    A lowest case that the decision does not name is proposed to earn nothing.
    """
    ranges = [span for span in placed if span]
    percent = ranges[0].is_percent
    refuse_if(any(span.is_percent != percent for span in ranges), "units-differ")
    known = [(span, step.award) for span, step in zip(placed, parts, strict=True) if span]
    others = [step for span, step in zip(placed, parts, strict=True) if span is None]
    if not percent:
        is_large = any(_LARGE_COUNT <= span.lower < math.inf for span in ranges)
        is_rate = item.name.lower().startswith(("tỷ lệ", "tỉ lệ", "mức độ"))
        says_unit = any(frozenset(span.words) - FILLERS for span in ranges)
        refuse_if(is_large or is_rate or not says_unit, "unit-missing")
    known.sort(key=lambda entry: (entry[0].lower, entry[0].upper))
    others = [
        step for step in others if not (_take_none(step, known, item) or _take_all(step, known))
    ]
    if not percent:
        refuse_if(any(_BROKEN & set(span.words) for span in ranges), "amount-not-counted")
        refuse_if(not all(_is_whole(span) for span, _ in known), "number-not-whole")
        known = _whole_numbers(known)
    known.sort(key=lambda entry: (entry[0].lower, entry[0].upper))
    if len(others) > 1:
        raise UnreadError("step-unread", step=others[1].wording)
    for step in others:
        known.insert(0, (_remainder(step, known), step.award))
    _reach_on(known)
    _refuse_gaps([span for span, _ in known], percent)
    return _with_lowest(known)


def _reach_on(known: list[Placed]) -> None:
    """Let an outermost step that earns nothing hold for all beyond it: less cannot be earned."""
    (lowest, low_award), (highest, high_award) = known[0], known[-1]
    if low_award.points == 0 < high_award.points and math.isfinite(lowest.lower):
        known[0] = (replace(lowest, lower=-math.inf, lower_closed=False), low_award)
    if high_award.points == 0 < low_award.points and math.isfinite(highest.upper):
        known[-1] = (replace(highest, upper=math.inf, upper_closed=False), high_award)


def _take_none(step: Step, known: list[Placed], item: ItemFacts) -> bool:
    """Give "không có", "không tổ chức" its place at nothing, where it names what is measured."""
    no, *said = re.findall(r"[^\W_]+", step.condition) or [""]
    if no not in ("không", "chưa") or {"không", "chưa", "đạt"} & set(said):
        return False
    named = frozenset(said) - FILLERS - {"nào"}
    measured = max((frozenset(span.words) for span, _ in known), key=len) - FILLERS - {","}
    is_plain = step.condition in _WORDS_OF["none_at_all"]
    is_fuller = said[:1] == ["có"] and measured <= named
    # "Không kiểm tra" of an item "Kiểm tra nội bộ": what was to be done was not.
    is_undone = len(said) > 1 and f"{folded(item.name)} ".startswith(" ".join([*said, ""]))
    if not (is_plain or is_fuller or is_undone or named <= measured):
        return False
    lowest, award = known[0]
    percent, is_open = lowest.is_percent, math.isinf(lowest.lower)
    if is_open and (percent or lowest.upper > 1):
        known[0] = (replace(lowest, lower=0.0 if percent else 1.0, lower_closed=not percent), award)
    none = Range(-math.inf if percent else 0.0, 0.0, not percent, True, percent, tuple(said))
    known.insert(0, (none, step.award))
    return True


def _take_all(step: Step, known: list[Placed]) -> bool:
    """Give "đầy đủ" its place at nothing, where the other steps count what is lacking."""
    lowest = known[0][0]
    is_best = all(award.points < step.award.points for _, award in known)
    is_open = math.isinf(known[-1][0].upper)
    lacks = all(is_lack_of(" ".join(span.words), step.condition) for span, _ in known)
    if not (is_best and lacks) or lowest.is_percent or lowest.lower < 1 or not is_open:
        return False
    known.insert(0, (Range(0.0, 0.0, True, True, False, lowest.words), step.award))
    return True


def _with_lowest(known: list[Placed]) -> tuple[list[Placed], list[str]]:
    """Add what lies below all steps, where no step says it, with the words for it."""
    lowest, award = known[0]
    unit = "%" if lowest.is_percent else ""
    beyond = _EXCESS & set(lowest.words)
    if math.isinf(lowest.lower) and beyond and award.points > 0:
        # "Vượt dưới 5%" is still beyond: what is not beyond at all is another case.
        known[0] = (replace(lowest, lower=0.0), award)
        case = f"không {_beyond_words(lowest.words, beyond)}"
    elif math.isinf(lowest.lower) or (lowest.lower == 0 and lowest.lower_closed):
        return known, []
    else:
        case = label("appendix_case_below", low=f"{lowest.lower:g}{unit}".replace(".", ","))
    first = known[0][0]
    rest = Range(-math.inf, first.lower, False, not first.lower_closed, first.is_percent)
    return [(rest, Award(points=0.0)), *known], [case]


def _beyond_words(said: Sequence[str], beyond: frozenset[str]) -> str:
    at = next(place for place, word in enumerate(said) if word in beyond)
    return " ".join(said[at : at + (2 if said[at] in ("tiết", "dôi") else 1)])


def _is_whole(span: Range) -> bool:
    return all(end == int(end) for end in (span.lower, span.upper) if math.isfinite(end))


def _whole_numbers(known: list[Placed]) -> list[Placed]:
    """Close the gaps between whole numbers: "01" and "từ 02" meet at two."""
    ordered = sorted(known, key=lambda entry: (entry[0].lower, entry[0].upper))
    result = [_half_open(span) for span, _ in ordered]
    if result[0].lower == 0:
        result[0] = replace(result[0], lower=-math.inf, lower_closed=False)
    return [(span, award) for span, (_, award) in zip(result, ordered, strict=True)]


def _half_open(span: Range) -> Range:
    """Write a range of whole numbers with its lower end taken in and its upper end left out."""
    lower = span.lower + (0 if span.lower_closed or math.isinf(span.lower) else 1)
    upper = span.upper + (1 if span.upper_closed and math.isfinite(span.upper) else 0)
    return replace(
        span, lower=lower, upper=upper, lower_closed=math.isfinite(lower), upper_closed=False
    )


def _remainder(step: Step, known: list[Placed]) -> Range:
    """Return what lies below all other steps, for "còn lại" and "không đạt"."""
    lowest = known[0][0]
    is_named = step.condition in (*_WORDS_OF["else"], *_WORDS_OF["failed"])
    if not is_named or math.isinf(lowest.lower) or lowest.lower == 0:
        raise UnreadError("step-unread", step=step.wording)
    return Range(-math.inf, lowest.lower, False, not lowest.lower_closed, lowest.is_percent)


def _refuse_gaps(spans: list[Range], percent: bool) -> None:
    """Refuse ranges that do not meet, or leave out what lies above them."""
    highest = spans[-1]
    reaches_end = math.isinf(highest.upper) or (
        percent and highest.upper == 100 and highest.upper_closed
    )
    unit = "%" if percent else ""
    if problem := border_problem(spans):
        raise UnreadError(problem).naming(*_holes(spans, unit))
    if not reaches_end:
        last = highest.upper if percent else highest.upper - 1
        case = label("appendix_case_above", high=f"{last:g}{unit}".replace(".", ","))
        raise UnreadError("steps-incomplete").naming(case)


def _holes(spans: list[Range], unit: str) -> list[str]:
    """Name what lies between two steps and in none."""
    cases = []
    for below, above in pairwise(spans):
        low, high = (f"{end:g}{unit}".replace(".", ",") for end in (below.upper, above.lower))
        if not unit and below.upper < above.lower:
            # Counts between two steps are whole: below.upper is the first of them.
            first, last = int(below.upper), int(above.lower) - 1
            cases.append(f"{first}" if first == last else f"{first} - {last}")
        elif below.upper < above.lower:
            cases.append(label("appendix_case_between", low=low, high=high))
        elif below.upper == above.lower and not (below.upper_closed or above.lower_closed):
            cases.append(low)
    return cases


def _awards_problem(spans: list[Placed], item: ItemFacts) -> str:
    points = [award.points for _, award in spans]
    if max(points) > item.max_points + 1e-9:
        return "points-above-maximum"
    if not math.isclose(max(points), item.max_points):
        return "maximum-not-reached"
    if all(low < high for low, high in pairwise(points)):
        return ""
    if not all(low > high for low, high in pairwise(points)):
        return "points-not-in-order"
    if spans[0][0].upper <= 1 and not spans[0][0].is_percent and spans[0][0].words:
        return ""  # "Không có ... nào" earns most: the decision says which way is better
    said = " ".join([item.name.lower(), *(" ".join(span.words) for span, _ in spans)])
    return "" if any(word in said for word in _WORDS_OF["bad"]) else "points-fall"


def _bands(spans: list[Placed], found: Steps, item: ItemFacts) -> RuleReading:
    refuse_if(len(spans) < 2, "steps-incomplete")
    problem = _awards_problem(spans, item)
    bands = tuple(as_band(span, award) for span, award in spans)
    inputs, zero = scale_inputs(spans, found, item)
    reading = RuleReading(item.rule("bands", *inputs, bands=bands, zero_denominator=zero))
    return reading.doubted(problem) if problem else reading

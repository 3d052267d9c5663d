"""Steps on a rate or a number: each names one range, and the ranges have to meet."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

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
from scoring.official.wording import word_lists, words

_WORDS_OF = word_lists()["steps"]
_PATTERNS = patterns("scales")
_STRUCTURE = words(_WORDS_OF["change_measure"])
_LOGIC = words("không chưa nhưng hoặc và ngoài riêng còn tuy song , (")
# In every step alike they belong to the name of what is measured: "hồ sơ không đúng hạn".
_NAMING = (words("không chưa"), words(","))

# Numbers above this without a percent sign are more likely a rate than a count.
_LARGE_COUNT = 50


def read_scale(found: Steps, item: ItemFacts) -> RuleReading | None:
    """Read steps on a rate or a number; None when the text has no figure to measure by.

    Every step must name one range and nothing else that matters, and the ranges must meet: each
    border belongs to exactly one step.
    """
    whole = [step for step in found.steps if not step.condition]
    parts = [step for step in found.steps if step.condition]
    placed = [_range_of(step.condition) for step in parts]
    if not whole and not any(placed):
        return None
    problem = _words_problem(parts, placed)
    if whole:
        refuse_if(len(whole) > 1 or not whole[0].award.is_share, "steps-incomplete")
        floors = [(span, step.award) for span, step in zip(placed, parts, strict=True) if span]
        is_misfit = len(parts) > 1 or len(floors) < len(parts) or bool(problem)
        refuse_if(is_misfit, "share-does-not-fit")
        return proportional(whole[0].award, floors[0] if floors else None, found, item)
    refuse_if(bool(problem), problem)
    spans = _completed(parts, placed, item)
    if any(award.is_share for _, award in spans):
        return with_shares(spans, found, item)
    return _bands(spans, found, item)


def _range_of(condition: str) -> Range | None:
    span = read_range(condition)
    if span is None or span.is_percent:
        return span
    ends = [end for end in (span.lower, span.upper) if math.isfinite(end)]
    # "b/a < 0,7": a share of one, as the quotient beside it shows.
    quotient = "/" in span.words and {"a", "b"} <= set(span.words)
    if quotient and all(0 < end <= 1 for end in ends):
        return span.scaled(100.0)
    return None if quotient else span


def _words_problem(parts: list[Step], placed: list[Range | None]) -> str:
    """Say what in the words beside the figures keeps the steps from being one scale."""
    left = [frozenset(span.words) - FILLERS for span in placed if span]
    if not left:
        return ""
    if any(said & _STRUCTURE for said in left):
        return "words-change-measure"
    if any(
        span and _PATTERNS["pause"].search(step.condition)
        for step, span in zip(parts, placed, strict=True)
    ):
        return "condition-beside-range"
    if len(left) > 1 and len(set(left)) == 1 and any(left[0] & _LOGIC <= kept for kept in _NAMING):
        return ""
    if any(said & _LOGIC for said in left):
        return "condition-beside-range"
    widest = max(left, key=len)
    return "" if all(said <= widest for said in left) else "steps-measure-differently"


def _completed(parts: list[Step], placed: list[Range | None], item: ItemFacts) -> list[Placed]:
    """Return the ranges from low to high, with "còn lại" and "không có" given their place."""
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
        others = [step for step in others if not _take_none(step, known)]
        refuse_if(not all(_is_whole(span) for span, _ in known), "number-not-whole")
        known = _whole_numbers(known)
    known.sort(key=lambda entry: (entry[0].lower, entry[0].upper))
    if len(others) > 1:
        raise UnreadError("step-unread", step=others[1].wording)
    for step in others:
        known.insert(0, (_remainder(step, known), step.award))
    _refuse_gaps([span for span, _ in known], percent)
    return known


def _take_none(step: Step, known: list[Placed]) -> bool:
    said = step.condition.split()
    head = " ".join(said[:2])
    if step.condition in _WORDS_OF["none_at_all"] or head in ("không có", "chưa có"):
        named = frozenset(said[2:]) - FILLERS
        others = [frozenset(span.words) for span, _ in known]
        if named <= max(others, key=len):
            known.append((Range(0.0, 0.0, True, True), step.award))
            return True
    return False


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
    """Refuse ranges that do not meet, or leave out a value at either end."""
    lowest, highest = spans[0], spans[-1]
    reaches_zero = math.isinf(lowest.lower) or (lowest.lower == 0 and lowest.lower_closed)
    reaches_end = math.isinf(highest.upper) or (
        percent and highest.upper == 100 and highest.upper_closed
    )
    problem = border_problem(spans)
    refuse_if(bool(problem), problem)
    refuse_if(not (reaches_zero and reaches_end), "steps-incomplete")


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
    said = " ".join([item.name.lower(), *(" ".join(span.words) for span, _ in spans)])
    return "" if any(word in said for word in _WORDS_OF["bad"]) else "points-fall"


def _bands(spans: list[Placed], found: Steps, item: ItemFacts) -> RuleReading:
    refuse_if(len(spans) < 2, "steps-incomplete")
    problem = _awards_problem(spans, item)
    bands = tuple(as_band(span, award) for span, award in spans)
    inputs, zero = scale_inputs(spans, found, item)
    reading = RuleReading(item.rule("bands", *inputs, bands=bands, zero_denominator=zero))
    return reading.doubted(problem) if problem else reading

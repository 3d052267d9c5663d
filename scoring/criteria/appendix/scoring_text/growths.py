"""Steps told by growth on the year before."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from scoring.criteria.appendix.scoring_text.awards import Award
from scoring.criteria.appendix.scoring_text.measure_text import as_band, border_problem
from scoring.criteria.appendix.scoring_text.rule_reading import ItemFacts, RuleReading, unread
from scoring.criteria.appendix.scoring_text.steps import Step, Steps
from scoring.official.patterns import patterns
from scoring.official.ranges import Range, read_range
from scoring.official.wording import folded, word_lists, words
from scoring.rules import InputSpec, RuleSpec

_WORDS_OF = word_lists()["steps"]
_PATTERNS = patterns("growths")
_WORDS = words("tăng từ mức tốc độ trưởng có")


def read_growth(found: Steps, item: ItemFacts) -> RuleReading | None:
    """Read steps told by percent of growth; None when the text speaks of none.

    What grows must not be a rate itself: "tăng 5%" would then be percent or percentage points.
    """
    grows = any("tăng" in step.condition.split() for step in found.steps)
    said = " ".join([folded(item.name), *(step.condition for step in found.steps)])
    if not grows:
        return None
    if not _PATTERNS["year_before"].search(said):
        return unread("growth-without-base")
    if "tỷ lệ" in said or "chỉ số" in said:
        return unread("growth-of-rate")
    spans = []
    for step in found.steps:
        span = _span(step)
        if span is None or step.award.is_share:
            return unread("step-unread", step=step.wording)
        spans.append((span, step.award.points))
    return _rule(sorted(spans, key=lambda entry: entry[0].lower), item)


def _span(step: Step) -> Range | None:
    condition = _PATTERNS["year_before"].sub("", step.condition).strip()
    if condition in _WORDS_OF["not_above"]:
        return Range(-math.inf, 0.0, False, True, True)
    if condition == "giảm":
        return Range(-math.inf, 0.0, False, False, True)
    if condition in _WORDS_OF["zero"]:
        return Range(0.0, 0.0, True, True, True)
    span = read_range(condition)
    if span is None or not span.is_percent or "tăng" not in span.words:
        return None
    if set(span.words) - _WORDS:
        return None
    # "Tăng dưới 5%" is growth still: it begins above nothing.
    return replace(span, lower=0.0) if math.isinf(span.lower) else span


def _rule(spans: list[tuple[Range, float]], item: ItemFacts) -> RuleReading:
    if len(spans) < 2 or not math.isinf(spans[0][0].lower) or not math.isinf(spans[-1][0].upper):
        return unread("steps-incomplete")
    if border_problem([span for span, _ in spans]):
        return unread("border-in-no-step")
    points = [points for _, points in spans]
    if not math.isclose(points[-1], item.max_points):
        return unread("maximum-not-reached")
    if not all(low < high for low, high in pairwise(points)):
        return unread("points-not-in-order")
    name = item.name or item.code
    inputs = (
        InputSpec("value", "number", "value", f"{name} (năm đánh giá)", minimum=0.0),
        InputSpec("previous", "number", "previous", f"{name} (năm trước)", minimum=0.0),
    )
    bands = tuple(as_band(span, Award(earned)) for span, earned in spans)
    spec = RuleSpec(
        item.code,
        "growth",
        item.max_points,
        inputs=inputs,
        bands=bands,
        zero_denominator="not_assessed",
    )
    return RuleReading(spec)

"""Steps on growth on the year before."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

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
from scoring.official.wording import folded, word_lists, words
from scoring.rules import InputSpec

_WORDS_OF = word_lists()["steps"]
_PATTERNS = patterns("growths")
_WORDS = words("tăng từ mức tốc độ trưởng có")


def read_growth(found: Steps, item: ItemFacts) -> RuleReading | None:
    """Read steps on percent growth; None when the text does not mention growth.

    What grows must not be a rate itself: "tăng 5%" would then be percent or percentage points.
    """
    if not any("tăng" in step.condition.split() for step in found.steps):
        return None
    said = " ".join([folded(item.name), *(step.condition for step in found.steps)])
    refuse_if(not _PATTERNS["year_before"].search(said), "growth-without-base")
    refuse_if("tỷ lệ" in said or "chỉ số" in said, "growth-of-rate")
    spans = []
    for step in found.steps:
        span = _span(step)
        if span is None or step.award.is_share:
            raise UnreadError("step-unread", step=step.wording)
        spans.append((span, step.award))
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


def _rule(placed: list[Placed], item: ItemFacts) -> RuleReading:
    spans = [span for span, _ in placed]
    refuse_partial(spans)
    refuse_if(bool(border_problem(spans)), "border-in-no-step")
    points = [award.points for _, award in placed]
    refuse_if(not math.isclose(points[-1], item.max_points), "maximum-not-reached")
    refuse_if(not all(low < high for low, high in pairwise(points)), "points-not-in-order")
    now = InputSpec("value", "number", "value", f"{item.title} (năm đánh giá)", minimum=0.0)
    before = InputSpec("previous", "number", "previous", f"{item.title} (năm trước)", minimum=0.0)
    bands = tuple(as_band(*step) for step in placed)
    return RuleReading(
        item.rule("growth", now, before, bands=bands, zero_denominator="not_assessed")
    )

"""Points in proportion to a rate: over the whole of it, above a floor, or up to a threshold."""

from __future__ import annotations

import math
from dataclasses import replace

from scoring.criteria.appendix.scoring_text.awards import Award
from scoring.criteria.appendix.scoring_text.measure_text import (
    Placed,
    as_band,
    is_upside_down,
    quotient_inputs,
    scale_inputs,
)
from scoring.criteria.appendix.scoring_text.rule_reading import (
    ItemFacts,
    RuleReading,
    percent_input,
    unread,
)
from scoring.criteria.appendix.scoring_text.steps import Steps
from scoring.official.ranges import Range
from scoring.rules import RuleSpec


def proportional(
    found: Steps,
    placed: list[Range | None],
    problem: str,
    item: ItemFacts,
) -> RuleReading:
    """Read a share that holds for every value, perhaps with a floor below it."""
    whole = [step for step in found.steps if not step.condition]
    parts = [step for step in found.steps if step.condition]
    if len(whole) > 1 or not whole[0].award.is_share:
        return unread("steps-incomplete")
    award = whole[0].award
    if award.is_index:
        return _index(item) if not parts else unread("share-does-not-fit")
    if not parts:
        return _ratio(award, found, item, full_at=award.over_percent)
    span = placed[0]
    is_floor = (
        len(parts) == 1
        and span is not None
        and span.is_percent
        and math.isinf(span.lower)
        and not span.upper_closed
        and parts[0].award.points == 0
        and not problem
    )
    if not is_floor or span is None or not math.isnan(award.over_percent):
        return unread("share-does-not-fit")
    return _ratio(award, found, item, floor=span.upper)


def with_shares(spans: list[Placed], found: Steps, item: ItemFacts) -> RuleReading:
    """Read a scale one step of which awards a share, perhaps up to a threshold."""
    if not spans[0][0].is_percent:
        return unread("share-without-percent")
    shares = [(span, award) for span, award in spans if award.is_share]
    fixed = [(span, award) for span, award in spans if not award.is_share]
    if len(shares) > 1 or any(award.is_index for _, award in shares):
        return unread("several-shares")
    span, award = shares[0]
    if not math.isnan(award.over_percent):
        return _up_to_threshold(span, award, fixed, found, item)
    problem = _share_problem(span, fixed, item)
    if problem:
        return unread(problem)
    nothing_below = len(fixed) == 1 and fixed[0][1].points == 0 and fixed[0][0].upper == span.lower
    # A ratio's floor itself earns its share; "trên 80%" leaves it out and stays a band.
    if nothing_below and span.lower_closed:
        return _ratio(award, found, item, floor=span.lower)
    bands = tuple(as_band(_within_percent(part, earned), earned) for part, earned in spans)
    inputs, zero = scale_inputs(spans, found, item)
    if len(inputs) > 1 and is_upside_down(inputs):
        return unread("quotient-upside-down")
    spec = RuleSpec(
        item.code, "bands", item.max_points, inputs=inputs, bands=bands, zero_denominator=zero
    )
    return RuleReading(spec)


def _within_percent(span: Range, award: Award) -> Range:
    """Give a share its natural ends, since no share lies beyond 0 and 100 percent."""
    if award.is_share and math.isinf(span.upper):
        span = replace(span, upper=100.0, upper_closed=True)
    if award.is_share and math.isinf(span.lower):
        span = replace(span, lower=0.0, lower_closed=True)
    return span


def _share_problem(span: Range, fixed: list[Placed], item: ItemFacts) -> str:
    below = [award.points for other, award in fixed if other.upper <= span.lower]
    above = [award.points for other, award in fixed if other.lower >= span.upper]
    if above and not math.isclose(max(above), item.max_points):
        return "maximum-not-reached"
    if any(points > item.max_points * span.lower / 100 for points in below):
        return "points-not-in-order"
    return "" if len(above) <= 1 else "points-not-in-order"


def _up_to_threshold(
    span: Range, award: Award, fixed: list[Placed], found: Steps, item: ItemFacts
) -> RuleReading:
    full = [entry for entry in fixed if entry[0].lower == span.upper]
    low = [entry for entry in fixed if entry[0].upper == span.lower]
    threshold = award.over_percent
    fits = (
        len(full) == 1
        and math.isclose(full[0][1].points, item.max_points)
        and math.isclose(span.upper, threshold)
        and len(fixed) == len(full) + len(low)
        and all(entry[1].points == 0 for entry in low)
        and (not low or span.lower_closed)
    )
    if not fits:
        return unread("share-does-not-fit")
    floor = span.lower if low else math.nan
    return _ratio(award, found, item, floor=floor, full_at=threshold)


def _ratio(
    award: Award,
    found: Steps,
    item: ItemFacts,
    *,
    floor: float = math.nan,
    full_at: float = math.nan,
) -> RuleReading:
    pair = quotient_inputs(award.letters, found, may_exceed=not math.isnan(full_at))
    if pair and is_upside_down(pair):
        return unread("quotient-upside-down")
    spec = RuleSpec(
        item.code,
        "ratio",
        item.max_points,
        inputs=pair or (percent_input(item),),
        full_at_percent=full_at,
        floor_percent=floor,
        zero_denominator="not_assessed" if pair else "",
    )
    return RuleReading(spec)


def _index(item: ItemFacts) -> RuleReading:
    spec = RuleSpec(item.code, "survey_index", item.max_points, inputs=(percent_input(item),))
    return RuleReading(spec)

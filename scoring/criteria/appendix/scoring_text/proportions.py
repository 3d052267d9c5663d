"""Rates: what a scale is measured by, and points in proportion to it.

A rate is a percent, a quotient of two figures or a count. Points follow it over the whole of it,
above a floor, or up to a threshold.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

from scoring.base.text import without_marks
from scoring.criteria.appendix.scoring_text.awards import Award
from scoring.criteria.appendix.scoring_text.rule_reading import (
    ItemFacts,
    Placed,
    RuleReading,
    as_band,
    measure_label,
    percent_input,
    refuse_if,
)
from scoring.criteria.appendix.scoring_text.steps import Steps
from scoring.official.ranges import Range
from scoring.official.wording import capital, folded, words
from scoring.rules import InputSpec

# Words that say nothing of what is measured.
FILLERS = words('đạt có được tỷ lệ mức là từ nếu thì số ) : . % b a / - + "')
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)
_MONEY = ("kinh phí", "số tiền", "giá trị", "vốn", "ngân sách", "thu ", "chi ", "dự toán")


def scale_inputs(
    spans: list[Placed], found: Steps, item: ItemFacts
) -> tuple[tuple[InputSpec, ...], str]:
    """Return the inputs of a scale and its zero-denominator policy, empty without quotient."""
    if not spans[0][0].is_percent:
        return (_number_input(spans, item),), ""
    beyond = any(
        math.isfinite(end) and (end > 100 or (end == 100 and above))
        for span, _ in spans
        for end, above in ((span.lower, not span.lower_closed), (span.upper, False))
    )
    letters = next((award.letters for _, award in spans if award.letters), ())
    if not letters and (letters := _pair_of(found)):
        _refuse_other_measure(spans, found, item)
    pair = _quotient_inputs(letters, found, may_exceed=beyond)
    if pair:
        return pair, "not_assessed"
    if beyond:
        return (InputSpec("value", "number", "value", measure_label(item), "", "%", 0.0),), ""
    return (percent_input(item),), ""


def _pair_of(found: Steps) -> tuple[str, ...]:
    """Return b over a where a text defines these two letters only and a is a total."""
    if set(found.letters) == {"a", "b"} and found.letters["a"].lower().startswith("tổng"):
        return ("b", "a")
    return ()


def _refuse_other_measure(spans: list[Placed], found: Steps, item: ItemFacts) -> None:
    """Refuse steps that name something of which neither the rate defined nor the item speaks."""
    stated = folded(" ".join([item.title, *found.letters.values()])).split()
    named = {word for span, _ in spans for word in span.words} - FILLERS - set(stated)
    # A name for short holds no vowel: "ĐH", "T".
    refuse_if(
        any(_VOWEL.search(without_marks(word)) for word in named), "steps-measure-differently"
    )


def _quotient_inputs(
    letters: tuple[str, ...], found: Steps, *, may_exceed: bool = False
) -> tuple[InputSpec, ...]:
    """Return numerator and denominator where the text says what both letters stand for."""
    if len(letters) != 2:
        return ()
    part, whole = (found.letters.get(side, side) for side in letters)
    if len(part) == 1 or len(whole) == 1:
        return ()
    limit = "" if may_exceed else "denominator"
    return (
        _counted("numerator", part, at_most=limit),
        _counted("denominator", whole),
    )


def _refuse_upside_down(inputs: tuple[InputSpec, ...]) -> None:
    """Refuse a whole divided by its part, as when a decision swaps its letters."""
    totals = [entry.label_vi.lower().startswith("tổng") for entry in inputs]
    refuse_if(totals == [True, False], "quotient-upside-down")


def _counted(role: str, wording: str, at_most: str = "") -> InputSpec:
    said = wording.lower()
    is_count = said.startswith(("số ", "tổng số ")) and not any(word in said for word in _MONEY)
    kind = "count" if is_count else "number"
    return InputSpec(role, kind, role, capital(wording), minimum=0.0, at_most=at_most)


def _number_input(spans: list[Placed], item: ItemFacts) -> InputSpec:
    named = max((span.words for span, _ in spans), key=len)
    unit = " ".join(word for word in named if word not in FILLERS)
    return InputSpec("value", "count", "value", item.title, "", unit, 0.0)


def proportional(award: Award, floor: Placed | None, found: Steps, item: ItemFacts) -> RuleReading:
    """Read a share that holds for every value, perhaps with a step below which nothing is earned."""
    if floor is None:
        if award.is_index:
            return RuleReading(item.rule("survey_index", percent_input(item)))
        return _ratio(award, found, item, full_at=award.over_percent)
    span, below = floor
    is_floor = (
        span.is_percent
        and math.isinf(span.lower)
        and not span.upper_closed
        and below.points == 0
        and math.isnan(award.over_percent)
        and not award.is_index
    )
    refuse_if(not is_floor, "share-does-not-fit")
    return _ratio(award, found, item, floor=span.upper)


def with_shares(spans: list[Placed], found: Steps, item: ItemFacts) -> RuleReading:
    """Read a scale one step of which awards a share, perhaps up to a threshold."""
    refuse_if(not spans[0][0].is_percent, "share-without-percent")
    shares = [(span, award) for span, award in spans if award.is_share]
    fixed = [(span, award) for span, award in spans if not award.is_share]
    refuse_if(len(shares) > 1 or any(award.is_index for _, award in shares), "several-shares")
    span, award = shares[0]
    if not math.isnan(award.over_percent):
        return _up_to_threshold(span, award, fixed, found, item)
    _refuse_misfit(span, fixed, item)
    nothing_below = len(fixed) == 1 and fixed[0][1].points == 0 and fixed[0][0].upper == span.lower
    # A ratio's floor itself earns its share; "trên 80%" leaves it out and stays a band.
    if nothing_below and span.lower_closed:
        return _ratio(award, found, item, floor=span.lower)
    bands = tuple(as_band(_within_percent(part, earned), earned) for part, earned in spans)
    inputs, zero = scale_inputs(spans, found, item)
    _refuse_upside_down(inputs)
    return RuleReading(item.rule("bands", *inputs, bands=bands, zero_denominator=zero))


def _within_percent(span: Range, award: Award) -> Range:
    """Give a share its natural ends, since no share lies beyond 0 and 100 percent."""
    if award.is_share and math.isinf(span.upper):
        span = replace(span, upper=100.0, upper_closed=True)
    if award.is_share and math.isinf(span.lower):
        span = replace(span, lower=0.0, lower_closed=True)
    return span


def _refuse_misfit(span: Range, fixed: list[Placed], item: ItemFacts) -> None:
    """Refuse fixed points that a share would jump over or fall behind."""
    below = [award.points for other, award in fixed if other.upper <= span.lower]
    above = [award.points for other, award in fixed if other.lower >= span.upper]
    is_short = bool(above) and not math.isclose(max(above), item.max_points)
    refuse_if(is_short, "maximum-not-reached")
    is_jumped = any(points > item.max_points * span.lower / 100 for points in below)
    refuse_if(is_jumped or len(above) > 1, "points-not-in-order")


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
    refuse_if(not fits, "share-does-not-fit")
    floor = span.lower if low else math.nan
    return _ratio(award, found, item, floor=floor, full_at=threshold)


def _ratio(
    award: Award, found: Steps, item: ItemFacts, floor: float = math.nan, full_at: float = math.nan
) -> RuleReading:
    letters = award.letters or (() if award.is_index else _pair_of(found))
    pair = _quotient_inputs(letters, found, may_exceed=not math.isnan(full_at))
    _refuse_upside_down(pair)
    # A letter that is defined and not used was not understood.
    refuse_if(bool(found.letters and award.letters and not pair), "share-does-not-fit")
    inputs = pair or (_named_percent(award, item),)
    zero = "not_assessed" if pair else ""
    ends = {"full_at_percent": full_at, "floor_percent": floor}
    reading = RuleReading(item.rule("ratio", *inputs, zero_denominator=zero, **ends))
    return reading.doubted("rate-of-harm") if award.grows_with_harm else reading


def _named_percent(award: Award, item: ItemFacts) -> InputSpec:
    """Return the percent of a formula, named by its words where the item's name has not all."""
    entry = percent_input(item)
    is_said = set(award.rate.split()) - FILLERS <= set(folded(item.title).split())
    return entry if is_said else replace(entry, label_vi=capital(award.rate))

"""Kinds that measure a rate, a value, a delay or a change and turn it into points."""

from __future__ import annotations

import math

from scoring.base.due_dates import read_due_date
from scoring.base.labels import label
from scoring.rules import expression as ex
from scoring.rules.kinds.rule_kind import (
    amount,
    has_role,
    inline,
    measured_percent,
    measured_share,
    none_negative,
    number,
    only,
    rounded_to,
    rule_kind,
    scale,
    sentence,
    times,
)
from scoring.rules.sentence_pen import TextPen
from scoring.rules.spec import Band, RuleSpec


def _ratio_points(spec: RuleSpec) -> ex.Numeric:
    points = result = times(spec.max_points, measured_share(spec))
    if not math.isnan(spec.full_at_percent):
        if spec.full_at_percent != 100:
            result = ex.Divide(points, ex.Number(spec.full_at_percent / 100))
        result = ex.Smallest((ex.Number(spec.max_points), result))
    if not math.isnan(spec.round_to):
        result = ex.Smallest((ex.Number(spec.max_points), rounded_to(spec.round_to, result)))
    if not math.isnan(spec.floor_percent):
        too_low = ex.Compare("<", measured_percent(spec), ex.Number(spec.floor_percent))
        result = ex.If(too_low, ex.Number(0.0), result)
    return result


def _ratio_is_bounded(spec: RuleSpec) -> bool:
    if has_role(spec, "percent"):
        part_of_whole = spec.with_role("percent")[0].maximum <= 100
    else:
        whole = spec.with_role("denominator")[0].name
        part_of_whole = spec.with_role("numerator")[0].at_most == whole
    return none_negative(spec) and (part_of_whole or not math.isnan(spec.full_at_percent))


def _measure_words(spec: RuleSpec, lang: str) -> str:
    # A rate names its numerator before its denominator, whatever their order in the set.
    roles = ("percent", "value", "numerator", "denominator")
    return " / ".join(inline(entry, lang) for role in roles for entry in spec.with_role(role))


def _ratio_sentence(spec: RuleSpec, lang: str) -> str:
    full = floor = rounding = ""
    if spec.full_at_percent == 100:
        full = label("ratio_capped", lang, points=amount(spec.max_points, lang))
    elif not math.isnan(spec.full_at_percent):
        full = label("ratio_full_at", lang, percent=number(spec.full_at_percent, lang))
    if not math.isnan(spec.floor_percent):
        floor = label("ratio_floor", lang, percent=number(spec.floor_percent, lang))
    if not math.isnan(spec.round_to):
        rounding = label("ratio_rounded", lang, step=number(spec.round_to, lang))
    return sentence(spec, lang, "", full, rounding, floor, measure=_measure_words(spec, lang))


RATIO = rule_kind("ratio", _ratio_points, _ratio_sentence, _ratio_is_bounded)


def _bands_points(spec: RuleSpec) -> ex.Numeric:
    return scale(spec, measured_percent(spec))


def _bands_sentence(spec: RuleSpec, lang: str) -> str:
    return sentence(spec, lang, measure=_measure_words(spec, lang))


BANDS = rule_kind("bands", _bands_points, _bands_sentence)


def due_date(spec: RuleSpec) -> ex.Numeric:
    """Return the due date of a deadline item, from an input or from the set."""
    if has_role(spec, "due_on"):
        return only(spec, "due_on")
    due = read_due_date(spec.due_on)
    if due is None:
        raise ValueError(f"due_on of {spec.code} is not of the form year-01-15: {spec.due_on!r}")
    return ex.YearDate(*due)


def _deadline_points(spec: RuleSpec) -> ex.Numeric:
    done = only(spec, "done_on")
    days_late = ex.Binary("-", done, due_date(spec))
    return ex.If(ex.IsNever(done.name), ex.Number(spec.never_points), scale(spec, days_late))


def _deadline_sentence(spec: RuleSpec, lang: str) -> str:
    given = spec.with_role("due_on")
    due = inline(given[0], lang) if given else TextPen(spec, lang).write(due_date(spec))
    return sentence(spec, lang, due=due, bands=_delays(spec, lang))


def _delays(spec: RuleSpec, lang: str) -> str:
    """Say the bands of days late as people do: on time, up to 5 days late, more than 5."""
    parts = []
    for band in sorted(spec.bands, key=lambda band: band.lower):
        days = number(band.upper if math.isfinite(band.upper) else band.lower, lang)
        parts.append(f"{label(_delay(band), lang, days=days)}: {amount(band.points, lang)}")
    return "; ".join(parts)


def _delay(band: Band) -> str:
    """Return the phrase for a band of days late that stands after the bands below it."""
    from_due_day = band.lower == 0 and band.lower_closed
    if math.isinf(band.upper):
        if band.lower_closed:
            return "due_day_or_later" if from_due_day else "late_from"
        return "late" if band.lower == 0 else "later_than"
    if math.isinf(band.lower) and band.upper == 0:
        return "on_time" if band.upper_closed else "before_due_day"
    if from_due_day:
        return "due_day_up_to" if band.upper_closed else "due_day_below"
    return "late_up_to" if band.upper_closed else "late_below"


DEADLINE = rule_kind("deadline", _deadline_points, _deadline_sentence)


def _growth_points(spec: RuleSpec) -> ex.Numeric:
    change = ex.Binary("-", only(spec, "value"), only(spec, "previous"))
    return scale(spec, ex.Divide(times(100.0, change), only(spec, "previous")))


GROWTH = rule_kind("growth", _growth_points)


def _peer_points(spec: RuleSpec) -> ex.Numeric:
    value = only(spec, "value")
    return ex.Divide(times(spec.max_points, value), ex.PeerBest(value.name))


PEER = rule_kind("peer", _peer_points, bounded=none_negative)

"""Kinds that measure a rate, a value, a delay or a change and turn it into points."""

from __future__ import annotations

import math

from scoring.base.due_dates import read_due_date
from scoring.base.labels import label
from scoring.rules import expression as ex
from scoring.rules.kinds.rule_kind import (
    RuleKind,
    WorkedExample,
    amount,
    bands_sentence,
    has_role,
    inline,
    joined,
    measured_percent,
    measured_share,
    none_negative,
    number,
    only,
    scale,
    zero_sentence,
)
from scoring.rules.sentence_pen import TextPen
from scoring.rules.spec import Band, InputSpec, RuleSpec

_RATE = (("numerator", "denominator"), ("percent",))


def _ratio_points(spec: RuleSpec) -> ex.Numeric:
    points = ex.Binary("*", ex.Number(spec.max_points), measured_share(spec))
    result: ex.Numeric = points
    if not math.isnan(spec.full_at_percent):
        if spec.full_at_percent != 100:
            result = ex.Divide(points, ex.Number(spec.full_at_percent / 100))
        result = ex.Smallest((ex.Number(spec.max_points), result))
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
    if has_role(spec, "percent"):
        return inline(spec.with_role("percent")[0], lang)
    if has_role(spec, "value"):
        return inline(spec.with_role("value")[0], lang)
    parts = (spec.with_role("numerator")[0], spec.with_role("denominator")[0])
    return " / ".join(inline(part, lang) for part in parts)


def _ratio_sentence(spec: RuleSpec, lang: str) -> str:
    points = number(spec.max_points, lang)
    full = floor = ""
    if spec.full_at_percent == 100:
        full = label("ratio_capped", lang, points=amount(spec.max_points, lang))
    elif not math.isnan(spec.full_at_percent):
        full = label("ratio_full_at", lang, percent=number(spec.full_at_percent, lang))
    if not math.isnan(spec.floor_percent):
        floor = label("ratio_floor", lang, percent=number(spec.floor_percent, lang))
    main = label("ratio_sentence", lang, points=points, measure=_measure_words(spec, lang))
    return joined(main, full, floor, zero_sentence(spec, lang))


RATIO = RuleKind(
    "ratio",
    roles=_RATE,
    points=_ratio_points,
    sentence=_ratio_sentence,
    may_use=frozenset({"full_at_percent", "floor_percent", "zero_denominator"}),
    bounded=_ratio_is_bounded,
    example=WorkedExample(
        RuleSpec(
            "1.1",
            "ratio",
            6.0,
            inputs=(
                InputSpec("satisfied", "count", "numerator", "số hồ sơ hài lòng", "satisfied"),
                InputSpec("received", "count", "denominator", "số hồ sơ tiếp nhận", "received"),
            ),
            full_at_percent=90.0,
            zero_denominator="zero",
        ),
        {"satisfied": 810.0, "received": 1000.0},
        5.4,
    ),
)


def _bands_points(spec: RuleSpec) -> ex.Numeric:
    return scale(spec, measured_percent(spec))


def _bands_unit(spec: RuleSpec) -> str:
    if not has_role(spec, "value"):
        return "%"
    unit = spec.with_role("value")[0].unit
    return f" {unit}" if unit and unit != "%" else unit


def _bands_sentence(spec: RuleSpec, lang: str) -> str:
    bands = bands_sentence(spec, _bands_unit(spec), lang)
    main = label("bands_sentence", lang, measure=_measure_words(spec, lang), bands=bands)
    return joined(main, zero_sentence(spec, lang))


_PLAN_BANDS = (
    Band(90.0, math.inf, False, False, 2.0),
    Band(70.0, 90.0, True, True, 1.0),
    Band(-math.inf, 70.0, False, False, 0.0),
)

BANDS = RuleKind(
    "bands",
    roles=(*_RATE, ("value",)),
    points=_bands_points,
    sentence=_bands_sentence,
    needs=frozenset({"bands"}),
    may_use=frozenset({"zero_denominator"}),
    example=WorkedExample(
        RuleSpec(
            "1.1.4",
            "bands",
            2.0,
            inputs=(
                InputSpec("done", "count", "numerator", "nhiệm vụ hoàn thành", "tasks done"),
                InputSpec("planned", "count", "denominator", "nhiệm vụ theo kế hoạch", "planned"),
            ),
            bands=_PLAN_BANDS,
            zero_denominator="not_applicable",
            not_applicable="drop",
        ),
        {"done": 36.0, "planned": 40.0},
        1.0,
    ),
)


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
    if has_role(spec, "due_on"):
        due = inline(spec.with_role("due_on")[0], lang)
    else:
        due = TextPen(spec, lang).write(due_date(spec))
    return label(
        "deadline_sentence",
        lang,
        done=inline(spec.with_role("done_on")[0], lang),
        due=due,
        bands=_delays(spec, lang),
        never=amount(spec.never_points, lang),
    )


def _delays(spec: RuleSpec, lang: str) -> str:
    """Say the bands of days late as people do: on time, up to 5 days late, more than 5."""
    parts = []
    for band in sorted(spec.bands, key=lambda band: band.lower):
        days = number(band.upper if math.isfinite(band.upper) else band.lower, lang)
        parts.append(f"{label(_delay(band), lang, days=days)}: {amount(band.points, lang)}")
    return "; ".join(parts)


def _delay(band: Band) -> str:
    """Return the phrase for a band of days late that stands after the bands below it."""
    if math.isinf(band.upper):
        if band.lower_closed:
            return "late_from"
        return "late" if band.lower == 0 else "later_than"
    if math.isinf(band.lower) and band.upper == 0 and band.upper_closed:
        return "on_time"
    return "late_up_to" if band.upper_closed else "late_below"


DEADLINE = RuleKind(
    "deadline",
    roles=(("done_on",), ("done_on", "due_on")),
    points=_deadline_points,
    sentence=_deadline_sentence,
    needs=frozenset({"bands", "never_points"}),
    may_use=frozenset({"due_on"}),
    cause="late",
    example=WorkedExample(
        RuleSpec(
            "1.1.1",
            "deadline",
            1.0,
            inputs=(InputSpec("issued_on", "date", "done_on", "ngày ban hành", "issued on"),),
            bands=(Band(-math.inf, 0.0, False, True, 1.0), Band(0.0, math.inf, False, False, 0.5)),
            never_points=0.0,
            due_on="year-01-10",
        ),
        {"issued_on": 44575.0, ex.YEAR: 2022.0},
        0.5,
    ),
)


def _growth_percent(spec: RuleSpec) -> ex.Numeric:
    change = ex.Binary("-", only(spec, "value"), only(spec, "previous"))
    return ex.Divide(ex.Binary("*", ex.Number(100.0), change), only(spec, "previous"))


def _growth_points(spec: RuleSpec) -> ex.Numeric:
    return scale(spec, _growth_percent(spec))


def _growth_sentence(spec: RuleSpec, lang: str) -> str:
    main = label(
        "growth_sentence",
        lang,
        value=inline(spec.with_role("value")[0], lang),
        previous=inline(spec.with_role("previous")[0], lang),
        bands=bands_sentence(spec, "%", lang),
    )
    return joined(main, zero_sentence(spec, lang))


GROWTH = RuleKind(
    "growth",
    roles=(("value", "previous"),),
    points=_growth_points,
    sentence=_growth_sentence,
    needs=frozenset({"bands"}),
    may_use=frozenset({"zero_denominator"}),
    example=WorkedExample(
        RuleSpec(
            "7.1",
            "growth",
            1.0,
            inputs=(
                InputSpec("now", "count", "value", "hồ sơ trực tuyến năm nay", "online this year"),
                InputSpec("before", "count", "previous", "hồ sơ năm trước", "online last year"),
            ),
            bands=(Band(0.0, math.inf, False, False, 1.0), Band(-math.inf, 0.0, False, True, 0.0)),
            zero_denominator="not_applicable",
            not_applicable="drop",
        ),
        {"now": 1200.0, "before": 1000.0},
        1.0,
    ),
)


def _peer_points(spec: RuleSpec) -> ex.Numeric:
    value = only(spec, "value")
    earned = ex.Binary("*", ex.Number(spec.max_points), value)
    return ex.Divide(earned, ex.PeerBest(value.name))


def _peer_sentence(spec: RuleSpec, lang: str) -> str:
    main = label(
        "peer_sentence",
        lang,
        points=number(spec.max_points, lang),
        value=inline(spec.with_role("value")[0], lang),
    )
    return joined(main, zero_sentence(spec, lang))


PEER = RuleKind(
    "peer",
    roles=(("value",),),
    points=_peer_points,
    sentence=_peer_sentence,
    bounded=none_negative,
    may_use=frozenset({"zero_denominator"}),
    example=WorkedExample(
        RuleSpec(
            "7.9",
            "peer",
            2.0,
            inputs=(InputSpec("bandwidth", "number", "value", "băng thông", "bandwidth"),),
            zero_denominator="zero",
        ),
        {"bandwidth": 30.0, "@best:bandwidth": 40.0},
        1.5,
    ),
)

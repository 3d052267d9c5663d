"""The words in which outputs tell a plan's targets and their results."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pandas as pd

from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.outputs.amounts import count_amount
from scoring.plan.target_judging import is_reached

_RANK_UNIT = "thứ hạng"
_DECIMALS, _MOST_DECIMALS = 2, 9
_MOST_PARTS, _SAME_PART = 12, 1e-4


def targets_sentence(results: pd.DataFrame, lang: str = "vi") -> str:
    """Return how many targets are met, missed, not settled and not measurable, in one sentence.

    Examples
    --------
    >>> results = pd.DataFrame({"state": ["met", "met", "missed", "not-measurable"]})
    >>> results["waived_until"] = pd.NaT
    >>> print(targets_sentence(results, "en"))
    Targets of the plan met: 2 of 4; missed: 1; not yet due or not settled: 0; not measurable: 1
    """
    if not len(results):
        return label("plan_targets_none", lang)
    counts = results["state"].value_counts()
    met, missed, dark = (int(counts.get(s, 0)) for s in ("met", "missed", "not-measurable"))
    count = len(results)
    numbers = {"met": met, "missed": missed, "dark": dark, "open": count - met - missed - dark}
    said = label("plan_targets_sentence", lang, count=count, **numbers)
    waived = int(results["waived_until"].notna().sum())
    return label("plan_targets_waived", lang, said=said, count=waived) if waived else said


def figure_text(value: float, unit: str, lang: str = "vi", decimals: int = _DECIMALS) -> str:
    """Return a figure with the unit of its target; a rank is a bare number.

    >>> figure_text(99.99, "%"), figure_text(3, "sáng kiến"), figure_text(10, "thứ hạng")
    ('99,99%', '3 sáng kiến', '10')
    >>> figure_text(0.6667, "phần"), figure_text(0.7, "phần")
    ('2/3 tổng số', '7/10 tổng số')
    """
    text = count_amount(value, lang, decimals).text
    if math.isnan(value) or unit in ("", "yoy", _RANK_UNIT):
        return text
    if unit == "phần":
        part = Fraction(value).limit_denominator(_MOST_PARTS)
        text = str(part) if abs(float(part) - value) < _SAME_PART else text
        return label("target_of_the_whole", lang, part=text)
    return f"{text}%" if unit == "%" else f"{text} {unit}"


def wanted_text(row: Any, lang: str = "vi") -> str:
    """Return what a row of ``TargetResults`` asks for."""
    figures = {"value": row.value, "upper": row.upper_value}
    texts = {name: figure_text(value, row.unit, lang) for name, value in figures.items()}
    is_all = (row.comparator, row.unit, row.value) == ("at-least", "%", 100)
    key = "all" if is_all else row.comparator.replace("-", "_")
    return label(f"target_wanted_{key}", lang, **texts)


def state_name(row: Any, lang: str) -> str:
    """Return how the state of a row of ``TargetResults`` reads."""
    return label(f"target_state_{row.state.replace('-', '_')}", lang)


def result_text(row: Any, lang: str) -> str:
    """Return the result, with the interval of a survey where it has one.

    It has as many decimals as tell it from what is asked for: 99.996 does not read as 100.
    """
    told, decimals = (row.result, row.low, row.high), _decimals(row)
    texts = [figure_text(value, row.unit, lang, decimals) for value in told]
    if math.isnan(row.low) or math.isnan(row.high):
        return texts[0]
    return label("target_interval", lang, value=texts[0], low=texts[1], high=texts[2])


def _decimals(row: Any) -> int:
    """Return with how many decimals a result and its distance from the target are no longer one."""
    if math.isnan(row.gap) or abs(row.gap) < 10.0**-_MOST_DECIMALS:
        return _DECIMALS
    return max(_DECIMALS, math.ceil(-math.log10(abs(row.gap))))


def _distance(row: Any, lang: str) -> str:
    """Return by how much a result is off, in a unit that cannot be taken for the figure's own."""
    decimals = _decimals(row)
    by = count_amount(abs(row.gap), lang, decimals).text
    if row.unit == "%":
        return label("target_points_percent", lang, by=by)
    if row.unit == _RANK_UNIT:
        return label("target_places", lang, by=by)
    return figure_text(abs(row.gap), row.unit, lang, decimals)


def standing_text(row: Any, lang: str) -> str:
    """Return the state with by how much, or why nothing can be said."""
    state = state_name(row, lang)
    if row.why:
        why = label(f"target_why_{row.why.replace('-', '_')}", lang)
        return label("target_with_reason", lang, state=state, why=why)
    if math.isnan(row.gap):
        return state
    by = _distance(row, lang)
    is_level = not count_amount(abs(row.gap), lang, _decimals(row)).value
    if is_level and not is_reached(row.comparator, row.gap):
        return label("target_level", lang, state=state)
    if row.state == "on-the-way":
        key = "target_reached_so_far" if row.gap >= 0 else "target_far_so_far"
        return label(key, lang, state=state, by=by)
    if is_level:
        return state
    return label("target_beyond" if row.gap > 0 else "target_short", lang, state=state, by=by)


def pace_text(row: Any, lang: str) -> str:
    """Return how far a target is on its way and how that lies to the straight line; else empty."""
    if math.isnan(row.path_percent):
        return ""
    percent = figure_text(round(row.path_percent), "%", lang)
    down = row.comparator in ("at-most", "below", "rank-within")
    ahead = row.result <= row.path_value if down else row.result >= row.path_value
    value = figure_text(row.path_value, row.unit, lang)
    key = "target_path_ahead" if ahead else "target_path_behind"
    return label(key, lang, percent=percent, value=value)


def source_text(row: Any, lang: str) -> str:
    """Return where the result comes from; empty without one."""
    if not row.source or math.isnan(row.result):
        return ""
    year = "—" if pd.isna(row.result_year) else str(row.result_year)
    day = "—" if pd.isna(row.told_on) else format_date(row.told_on.date(), lang)
    values = {"code": row.code, "part": row.part, "year": year, "who": row.told_by, "day": day}
    return label(f"target_source_{row.source}", lang, **values)


def waiver_text(row: Any, lang: str) -> str:
    """Return the waiver in force: until when, by whom, why; else empty."""
    if pd.isna(row.waived_until):
        return ""
    until = format_date(row.waived_until.date(), lang)
    return label("target_waiver", lang, until=until, by=row.waived_by, reason=row.waiver_reason)

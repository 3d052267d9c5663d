"""What a review computes while a person works: the step as a sentence, the points it gives.

The formulas read the cells of the sheet, so that a changed figure shows at once what it earns;
the values beside them, for programs that do not calculate, come from the rule itself.
"""

from __future__ import annotations

import math

import numpy as np

from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.criteria.appendix.review.review_cells import AT, CONFIRMED, HAS, HAS_NOT, ITEM, SHARE
from scoring.criteria.columns import column_letters
from scoring.rules import Band, InputSpec, RuleSpec, compile_rule


def _cell(name: str, row: int) -> str:
    return f"${column_letters(AT[name])}${row + 1}"


def _block(name: str, first: int, last: int) -> str:
    return f"{_cell(name, first)}:{_cell(name, last)}"


def step_sentence(row: int) -> str:
    """Return the formula that says a range and its points in words."""
    low, high, points = _cell("lower", row), _cell("upper", row), _cell("points", row)
    from_open = f'IF({_cell("lower_closed", row)}="{HAS_NOT}","trên ","từ ")'
    to_closed = f'IF({_cell("upper_closed", row)}="{HAS}","đến ","dưới ")'
    more = f'IF({_cell("lower_closed", row)}="{HAS_NOT}",""," trở lên")'
    start = f'IF({low}="","",{from_open}&{low}&IF({high}="",{more}," "))'
    span = f'{start}&IF({high}="","",{to_closed}&{high})'
    return f'=IF(AND({low}="",{high}=""),"",{span}&": "&{points}&IF(ISNUMBER({points})," điểm",""))'


def earned_formula(row: int, item: int, first: int, last: int) -> str:
    """Return the formula of the points that the figure of a row earns under its item's rule."""
    x, kind, whole = _cell("figure", row), _cell("kind", item), _cell("points", item)
    low, high = _block("lower", first, last), _block("upper", first, last)
    points = _block("points", first, last)
    from_open = f'{_block("lower_closed", first, last)}<>"{HAS_NOT}"'
    to_closed = f'{_block("upper_closed", first, last)}="{HAS}"'
    above = f'((({low}="")+({low}<{x})+({low}={x})*({from_open}))>0)'
    below = f'((({high}="")+({high}>{x})+({high}={x})*({to_closed}))>0)'
    within = f'({points}<>"")*{above}*{below}'
    share = f'SUMPRODUCT({within}*({points}="{SHARE}"))*{x}/100*{whole}'
    ranges = (
        f'IF(SUMPRODUCT({within})=0,"{label("review_in_no_step")}",IF(SUMPRODUCT({within})>1,'
        f'"{label("review_in_two_steps")}",SUMPRODUCT({within},{points})+{share}))'
    )
    each, least, full, step = (_cell(name, item) for name in ("each", "least", "full", "round"))
    share_of_full = f"MIN(1,{x}/IF(N({full})=0,100,{full}))*{whole}"
    rounded = f"IF(N({step})=0,{share_of_full},ROUND({share_of_full}/{step},0)*{step})"
    by_kind = {
        "ratio": f"IF({x}<N({least}),0,{rounded})",
        "count": f"MIN({whole},{x}*{each})",
        "deduction": f"MAX(N({least}),{whole}-{x}*{each})",
        "survey_index": f"{x}/100*{whole}",
        "choice": f"IF(N({_cell('points', row)})=0,0,{_cell('points', row)})",
        "direct": x,
    }
    formula = '""'
    for name, body in by_kind.items():
        formula = f'IF({kind}="{label(f"rule_{name}")}",{body},{formula})'
    banded = "+".join(
        f'({kind}="{label(f"rule_{name}")}")' for name in ("bands", "deadline", "growth")
    )
    return f'=IF({x}="","",IF({banded}>0,{ranges},{formula}))'


def progress_formula(last: int) -> str:
    """Return the formula that says how many items are still to be looked at."""
    rows, doubts = _block("row", 0, last), _block("doubt", 0, last)
    told = f'{rows},"{ITEM}",{doubts},"?*"'
    # An item confirmed by nobody is still open, here as when the file is read.
    signed = f'{_block("confirmed", 0, last)},"{CONFIRMED}",{_block("by", 0, last)},"?*"'
    open_ = f"COUNTIFS({told})-COUNTIFS({told},{signed})"
    return f'="Còn "&({open_})&" trên "&COUNTIFS({told})&" mục phải xem"'


def band_words(band: Band) -> str:
    """Say a range and its points as `step_sentence` does."""
    more = " trở lên" if band.lower_closed and math.isinf(band.upper) else " "
    more = more if band.lower_closed or math.isfinite(band.upper) else ""
    low = f"{'từ' if band.lower_closed else 'trên'} {_shown(band.lower)}{more}"
    low = "" if math.isinf(band.lower) else low
    high = f"{'đến' if band.upper_closed else 'dưới'} {_shown(band.upper)}"
    high = "" if math.isinf(band.upper) else high
    if not low and not high:
        return ""
    return f"{low}{high}: {SHARE if band.as_share else _shown(band.points) + ' điểm'}"


def _shown(value: float) -> str:
    return format_number(value, decimals=None) if math.isfinite(value) else ""


def typical(band: Band) -> float:
    """Return a figure within a range, at its border where that belongs to it."""
    if math.isfinite(band.lower) and band.lower_closed:
        return band.lower
    if math.isfinite(band.upper) and band.upper_closed:
        return band.upper
    low = band.lower if math.isfinite(band.lower) else min(0.0, band.upper - 1.0)
    high = band.upper if math.isfinite(band.upper) else low + 2.0
    return round((low + high) / 2, 4)


def tried_figures(spec: RuleSpec) -> list[float]:
    """Return figures to try a rule without steps with."""
    if spec.kind in ("ratio", "survey_index"):
        return [50.0, 90.0, 100.0]
    if spec.kind in ("count", "deduction"):
        return [0.0, 1.0, 3.0]
    return [spec.max_points] if spec.kind == "direct" else []


def points_of(spec: RuleSpec, figure: float) -> float:
    """Return what a figure earns under a rule; NaN where one figure does not decide."""
    if spec.kind in ("deadline", "growth"):
        # The figure stands for the days late, or the growth, that two inputs would give.
        percent = InputSpec("value", "number", "value")
        spec = RuleSpec(spec.code, "bands", spec.max_points, (percent,), spec.bands)
    if spec.kind in ("all_of", "share_of", "choice") or not spec.inputs:
        return math.nan
    whole = {e.name: 100.0 for e in spec.inputs if e.role == "denominator"}
    values = {entry.name: figure for entry in spec.inputs} | whole
    arrays = {name: np.array([value]) for name, value in values.items()}
    return float(compile_rule(spec).score(arrays, 1).points[0])


def worked_points(spec: RuleSpec) -> list[tuple[float, float]]:
    """Return typical figures of a rule and what they earn; empty where no one figure decides.

    >>> from scoring.rules import RULE_KINDS
    >>> worked_points(RULE_KINDS["deduction"].example.spec)
    [(0.0, 1.0), (1.0, 0.75), (3.0, 0.25)]
    """
    ordered = sorted(spec.bands, key=lambda band: -band.lower)
    figures = [typical(band) for band in ordered] or tried_figures(spec)
    tried = [(figure, points_of(spec, figure)) for figure in figures]
    return [(figure, points) for figure, points in tried if math.isfinite(points)]

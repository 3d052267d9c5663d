"""A rule as the cells of its block, and whether a person changed any of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from scoring.base.labels import label
from scoring.criteria.appendix.review.review_cells import (
    ANSWERS,
    CONDITIONS,
    HAS,
    HAS_NOT,
    ITEM_ENTRIES,
    PARAMETERS_OF,
    RANGES,
    SHARE,
    STEP_ENTRIES,
    STEPS_OF,
    Block,
    Cells,
    measure_of,
)
from scoring.criteria.appendix.review.review_formulas import (
    band_words,
    points_of,
    typical,
    worked_points,
)
from scoring.rules import RuleSpec

# What a person says of a row, not of its rule.
_SIGNED = ("confirmed", "by", "on")


def item_cells(spec: RuleSpec) -> Cells:
    """Return what the row of an item says of its rule."""
    cells: Cells = {
        "kind": label(f"rule_{spec.kind}"),
        "points": spec.max_points,
        "due": spec.due_on,
        "formula": spec.formula,
        "applies": label(f"review_applies_{spec.not_applicable}"),
    }
    if spec.zero_denominator:
        cells["no_whole"] = label(f"review_no_whole_{spec.zero_denominator}")
    if measure := measure_of(spec):
        cells["measure"] = label(f"review_measure_{measure}")
    named = PARAMETERS_OF.get(spec.kind, {})
    return cells | {cell: getattr(spec, parameter) for cell, parameter in named.items()}


def step_cells(spec: RuleSpec) -> Iterator[Cells]:
    """Yield the steps of a rule, or figures to try where it has none."""
    held = STEPS_OF.get(spec.kind)
    if held == RANGES:
        for band in sorted(spec.bands, key=lambda band: -band.lower):
            tried = {"figure": typical(band), "earned": points_of(spec, typical(band))}
            yield range_cells(band) | tried | {"understood": band_words(band)}
    elif held == ANSWERS:
        for option in spec.options:
            yield {"content": option.label_vi, "points": option.points}
    elif spec.kind == "formula":
        # The names by which the formula calls its figures.
        for entry in spec.inputs:
            yield {"content": f"{entry.name}: {entry.label_vi}"}
    elif held == CONDITIONS:
        for entry in spec.with_role("condition"):
            yield {"content": entry.label_vi}
    else:
        for figure, earned in worked_points(spec):
            yield {"figure": figure, "earned": earned}


def range_cells(span: Any) -> Cells:
    """Return a range of values, with its points where it has them, as cells."""
    points = SHARE if getattr(span, "as_share", False) else getattr(span, "points", math.nan)
    return {
        "lower": span.lower if math.isfinite(span.lower) else None,
        "lower_closed": (HAS if span.lower_closed else HAS_NOT)
        if math.isfinite(span.lower)
        else "",
        "upper": span.upper if math.isfinite(span.upper) else None,
        "upper_closed": (HAS if span.upper_closed else HAS_NOT)
        if math.isfinite(span.upper)
        else "",
        "points": points,
    }


def is_untouched(block: Block, spec: RuleSpec) -> bool:
    """Say whether the cells of a block still state `spec`, so that nothing need be made of them."""
    said, item = item_cells(spec), block.item
    names = [name for name in ITEM_ENTRIES if name not in _SIGNED]
    if _held(item, names) != _held(said, names):
        return False
    entries = [name for name in STEP_ENTRIES if name != "figure"]
    filled = [held for step in block.steps if any(held := _held(step, entries))]
    return filled == [held for step in step_cells(spec) if any(held := _held(step, entries))]


def _held(cells: Cells, names: Iterable[str]) -> tuple[Any, ...]:
    """Return cells as they compare: empty ones alike, numbers as numbers."""
    return tuple(_plain(cells.get(name)) for name in names)


def _plain(value: Any) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return round(float(value), 9) if isinstance(value, int | float) else str(value).strip()

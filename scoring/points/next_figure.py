"""Which figure an item needs for its next points, by the bands of its own rule.

The rule itself is asked, at the edges that it names; the other figures of the item stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.points.sheet import ScoreSheet
from scoring.rules.evaluate import FloatArray
from scoring.rules.expression import YEAR
from scoring.rules.spec import WHOLE_KINDS, InputSpec, RuleSpec

_NOTHING = 1e-9
# How far beyond an edge that is left out a percent or a value is tried.
_BEYOND = 0.01


@dataclass(frozen=True, slots=True)
class NextFigure:
    """A figure, what it has to become, and the points that this adds to the item."""

    entry: InputSpec
    now: float
    needed: float
    more: float

    @property
    def effort(self) -> float:
        """The change of the figure, as a part of it, for a point."""
        return abs(self.needed - self.now) / max(abs(self.now), 1.0) / self.more


def next_figure(sheet: ScoreSheet, code: str, place: int) -> NextFigure | None:
    """Return the nearest figure that earns more in an item of one unit.

    None where no figure does, the item is not scored, or its rule names no edge: a date, an answer
    and a survey are not raised at will.

    Parameters
    ----------
    sheet : ScoreSheet
    code : str
        Code of an item.
    place : int
        The place of the unit in the sheet.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([
    ...     {"item_code": "2", "input": "on_time", "value": 90},
    ...     {"item_code": "2", "input": "received", "value": 100},
    ... ], unit_code="H1", year=2026)
    >>> ahead = next_figure(score(figures, open_set("service-quality-766")), "2", 0)
    >>> ahead.needed, ahead.more
    (100.0, 2.0)
    """
    rule, points = sheet.criteria.rules[code], float(sheet.points[sheet.row(code), place])
    entry = _moved(rule.spec)
    known = {name: float(array[place]) for name, array in sheet.figures.of_item(rule.spec).items()}
    if entry is None or not all(map(math.isfinite, (points, *known.values()))):
        return None
    now = known[entry.name]
    tried = _tried(rule.spec, entry, known)
    columns = {name: np.full(len(tried), value) for name, value in known.items()}
    columns |= {entry.name: tried, YEAR: np.full(len(tried), sheet.units["year"].iloc[place])}
    more = rule.score(columns, len(tried)).points - points
    tried, more = tried[more > _NOTHING], more[more > _NOTHING]
    if not len(tried):
        return None
    nearest = int(np.argmin(np.abs(tried - now)))
    return NextFigure(entry, now, float(tried[nearest]), float(more[nearest]))


def _moved(spec: RuleSpec) -> InputSpec | None:
    """Return the figure that a unit works on; None where the rule has no edges for one."""
    roles = {"ratio": ("numerator", "percent"), "count": ("count",)}
    roles |= {"bands": ("numerator", "percent", "value"), "growth": ("value",)}
    found = [entry for role in roles.get(spec.kind, ()) for entry in spec.with_role(role)]
    return found[0] if found else None


def _tried(spec: RuleSpec, entry: InputSpec, known: Mapping[str, float]) -> FloatArray:
    """Return the figures at the edges of the rule; where points jump, just beyond them too."""
    is_share = spec.kind == "ratio" or any(band.as_share for band in spec.bands)
    edges = {edge for band in spec.bands for edge in (band.lower, band.upper)}
    edges |= {spec.floor_percent, spec.full_at_percent, 100.0 if is_share else math.nan}
    found = np.array(sorted(edge for edge in edges if math.isfinite(edge)))
    if whole := spec.with_role("denominator"):
        found = found * known[whole[0].name] / 100
    elif before := spec.with_role("previous"):
        found = known[before[0].name] * (1 + found / 100)
    elif spec.kind == "count":
        found = known[entry.name] + np.array([1.0])
    is_counted = entry.kind in WHOLE_KINDS
    if is_counted:
        found = np.concatenate([np.ceil(found - _NOTHING), np.floor(found + _NOTHING)])
    step = 1.0 if is_counted else _BEYOND
    return found if is_share else np.concatenate([found, found - step, found + step])

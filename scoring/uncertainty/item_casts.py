"""What an item may come to on a day ahead: its figures are carried there, its rule does the rest."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.advice.item_case import ItemCase, item_case
from scoring.base.values import NOT_APPLICABLE
from scoring.points import ScoreSheet
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.rules.spec import InputSpec
from scoring.uncertainty.doubts import COLUMNS, no_outcomes, two_outcomes
from scoring.uncertainty.month_figures import DISTINCT, FLOW, LEVEL, MEAN, Key, MonthFigures, so_far
from scoring.uncertainty.to_come import (
    AS_MUCH_AGAIN,
    FEWEST,
    Streams,
    Trend,
    flow_to_come,
    level_at_end,
    mean_at_end,
    parts_left,
    share_to_come,
)

_MOST_CORNERS = 8


@dataclass(frozen=True)
class FigureCast:
    """One figure at the end, of all units: draws, bounds, and of whom a chance can be told.

    Attributes
    ----------
    drawn : float array, shape (n_units, draws)
    low, high : float array, shape (n_units,)
    is_known, is_moved : bool array, shape (n_units,)
        Whether the draws carry chances; whether the periods say anything of the unit.
    count : int array, shape (n_units,)
        Periods behind it.
    method : str
        ``flow``, ``season``, ``share``, ``mean``, ``level`` or ``distinct``.
    trend : Trend
    """

    drawn: FloatArray = field(repr=False)
    low: FloatArray
    high: FloatArray
    is_known: BoolArray
    is_moved: BoolArray
    count: npt.NDArray[np.intp]
    method: str
    trend: Trend


@dataclass(frozen=True)
class ItemCast:
    """One item at the end; see `FigureCast`.

    Attributes
    ----------
    row : int
    figures : mapping of str to FigureCast
    points : float array, shape (n_units, draws)
    low, high : float array, shape (n_units,)
        Bounds without a probability; NaN where the item is not forecast.
    is_known : bool array, shape (n_units,)
    """

    row: int
    figures: Mapping[str, FigureCast] = field(repr=False)
    points: FloatArray = field(repr=False)
    low: FloatArray
    high: FloatArray
    is_known: BoolArray


def item_casts(
    sheet: ScoreSheet, months: MonthFigures, counts: FloatArray, streams: Streams,
    last: Mapping[Key, FloatArray] | None = None,
) -> list[ItemCast]:  # fmt: skip
    """Carry every item that months tell of to the end of the periods that count.

    Parameters
    ----------
    sheet : ScoreSheet
        Of the year so far, its units in the order of those of `months`.
    counts : float array, shape (n_parts,)
        Which part of each period counts, 0 to 1.
    last : mapping of (item code, input) to float array, optional
        What the same periods of last year brought, shape (n_units, n_parts); NaN where not given.
    """
    made = []
    for code, rule in sheet.criteria.rules.items():
        entries = _parents_first([e for e in rule.spec.inputs if (code, e.name) in months.values])
        figures: dict[str, FigureCast] = {}
        for entry in entries:
            key = (code, entry.name)
            figures[entry.name] = _figure(key, entry, months, counts, streams, figures, last or {})
        if figures:
            made.append(_item(sheet, item_case(sheet, code), figures))
    return made


def _parents_first(entries: list[InputSpec]) -> list[InputSpec]:
    at = {entry.name: entry for entry in entries}

    def depth(entry: InputSpec) -> int:
        steps = 0
        while entry.at_most in at and steps < len(at):
            entry, steps = at[entry.at_most], steps + 1
        return steps

    return sorted(entries, key=depth)


def _figure(
    key: Key, entry: InputSpec, months: MonthFigures, counts: FloatArray, streams: Streams,
    done: Mapping[str, FigureCast], last: Mapping[Key, FloatArray],
) -> FigureCast:  # fmt: skip
    values, way = months.values[key], months.ways[key]
    seen, above = ~np.isnan(values), done.get(entry.at_most)
    if way == FLOW and above is not None and months.ways[key[0], entry.at_most] == FLOW:
        wholes = months.values[key[0], entry.at_most]
        drawn, low, high = _share(values, wholes, above, streams, "|".join(key))
        trend, method = Trend.of(values, np.nan_to_num(wholes)), "share"
    else:
        weights = _season(last.get(key), values, months.parts)
        left = parts_left(seen, counts)
        drawn, low, high = _alone(values, way, left, weights, streams, entry)
        trend = Trend.of(np.diff(values, axis=1), np.ones_like(values[:, 1:]))
        trend = trend if way == LEVEL else Trend.of(values, np.ones_like(values))
        method = "season" if way == FLOW and (weights != 1.0).any() else way
    if entry.kind == "count":
        drawn, low, high = np.rint(drawn), np.floor(low), np.ceil(high)
    if above is not None:
        drawn, high = np.minimum(drawn, above.drawn), np.minimum(high, above.high)
    fell = months.fell.get(key, np.zeros(len(values), dtype=bool))
    is_known = (trend.count >= FEWEST) & (way != DISTINCT) & ~fell | (np.abs(high - low) < 1e-9)
    drawn = np.broadcast_to(drawn, (len(values), streams.draws))
    moved, count = np.asarray(seen.any(axis=1)), seen.sum(axis=1)
    return FigureCast(drawn, np.minimum(low, high), high, is_known, moved, count, method, trend)


def _share(
    hits: FloatArray, wholes: FloatArray, above: FigureCast, streams: Streams, name: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Carry on what is a part of another figure; see `FigureCast`."""
    told = so_far(hits, FLOW)
    base = np.where(np.isnan(hits), 0.0, np.nan_to_num(wholes)).sum(axis=1)
    ahead = np.maximum(above.drawn - base[:, None], 0.0)
    drawn = told[:, None] + share_to_come(hits, wholes, ahead, streams, name)
    return drawn, told, told + np.maximum(above.high - base, 0.0)


def _alone(
    values: FloatArray, way: str, left: FloatArray, weights: FloatArray, streams: Streams,
    entry: InputSpec,
) -> tuple[FloatArray, FloatArray, FloatArray]:  # fmt: skip
    """Carry on a figure that hangs on no other; see `FigureCast`."""
    limits, told = (entry.minimum, entry.maximum), so_far(values, way)
    if way == MEAN:
        return mean_at_end(values, left, streams, limits)
    if way == LEVEL:
        return level_at_end(values, left, streams, limits)
    if way == FLOW:
        more, most = flow_to_come(values, weights, left, streams)
        return told[:, None] + more, told, told + most
    peak = np.nan_to_num(values).max(axis=1)
    most = np.nansum(values, axis=1) + AS_MUCH_AGAIN * peak * left.sum(axis=1)
    return np.repeat(told[:, None], streams.draws, axis=1), told, most


def _season(last: FloatArray | None, values: FloatArray, parts: int) -> FloatArray:
    """Return last year's periods as weights where all of them are given, else equal ones."""
    ones = np.ones_like(values)
    if last is None:
        return ones
    is_whole = (last > 0).all(axis=1) & (last.shape[1] == parts)
    mean = np.where(is_whole, np.nan_to_num(last).mean(axis=1), 1.0)
    return np.where(is_whole[:, None], last / mean[:, None], ones)


def _item(sheet: ScoreSheet, case: ItemCase, figures: Mapping[str, FigureCast]) -> ItemCast:
    units = len(sheet.units)
    draws = next(iter(figures.values())).drawn.shape[1]
    is_moved: BoolArray = np.zeros(units, dtype=bool)
    is_known: BoolArray = np.ones(units, dtype=bool)
    for one in figures.values():
        is_moved = np.asarray(is_moved | one.is_moved)
        is_known = np.asarray(is_known & (one.is_known | ~one.is_moved))
    is_moved = np.asarray(is_moved & (sheet.status[case.row] != NOT_APPLICABLE))
    at = np.arange(units)
    own = {name: array[at] for name, array in case.values.items() if name in figures}
    drawn = {
        name: np.where(one.is_moved[:, None], one.drawn, own[name][:, None]).ravel()
        for name, one in figures.items()
    }
    points = case.rounded(case.earned(np.repeat(at, draws), drawn)).reshape(units, draws)
    low, high = _bounds(case, figures, own)
    # What the rule cannot score in some draw has no chance of its own.
    odd = np.asarray(np.isnan(points).any(axis=1))
    is_known = np.asarray(is_known & ~odd)
    filled = np.where(odd[:, None], low[:, None], points)
    low, high = np.minimum(low, filled.min(axis=1)), np.maximum(high, filled.max(axis=1))
    nothing_told = np.where(is_moved, 0.0, np.nan)
    return ItemCast(case.row, figures, points, low + nothing_told, high + nothing_told, is_known)


def _bounds(
    case: ItemCase, figures: Mapping[str, FigureCast], own: Mapping[str, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Return the least and the most points with every figure at an end of its own."""
    units = np.arange(len(case.now))
    most = case.rule.spec.max_points
    low, high = np.full(len(units), np.inf), np.full(len(units), -np.inf)
    if len(figures) > _MOST_CORNERS:
        return np.zeros(len(units)), np.full(len(units), most)
    for ends in itertools.product(("low", "high"), repeat=len(figures)):
        at = {
            name: np.where(one.is_moved, getattr(one, end), own[name])
            for (name, one), end in zip(figures.items(), ends, strict=True)
        }
        for entry in case.rule.spec.inputs:
            if entry.name in at and entry.at_most in at:
                at[entry.name] = np.minimum(at[entry.name], at[entry.at_most])
        points = case.rounded(case.earned(units, at))
        low = np.fmin(low, np.where(np.isnan(points), 0.0, points))
        high = np.fmax(high, np.where(np.isnan(points), most, points))
    return low, high


def outcomes_of(sheet: ScoreSheet, casts: list[ItemCast], is_free: BoolArray) -> pd.DataFrame:
    """Return the outcomes of items that periods tell of, with the columns of `Doubts.of`.

    Those with chances move together, one outcome a draw; their bounds are two outcomes without any.
    """
    parts = [no_outcomes()]
    for cast in casts:
        is_told = ~np.isnan(cast.low) & is_free[cast.row]
        parts += list(_known(sheet, cast, np.flatnonzero(is_told & cast.is_known)))
        places = np.flatnonzero(is_told & ~cast.is_known)
        if len(places):
            rows = np.full(len(places), cast.row)
            keys = [sheet.criteria.nodes[cast.row].code] * len(places)
            ends = _turned(sheet, cast, cast.low, cast.high)
            both = (ends[0][places], ends[1][places])
            parts.append(two_outcomes(rows, places, "forecast", keys, both))
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)


def _turned(
    sheet: ScoreSheet, cast: ItemCast, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the less and the more favourable end: more of a penalty is worse."""
    is_penalty = sheet.criteria.nodes[cast.row].kind == "penalty"
    return (high, low) if is_penalty else (low, high)


def _known(sheet: ScoreSheet, cast: ItemCast, places: np.ndarray) -> Iterator[pd.DataFrame]:
    if not len(places):
        return
    draws = cast.points.shape[1]
    worst, best = _turned(sheet, cast, cast.low, cast.high)
    points = np.column_stack([worst[places], cast.points[places], best[places]])
    chance = np.full(draws + 2, 1.0 / draws)
    chance[[0, -1]] = 0.0
    each = np.tile(chance, len(places))
    cases = np.max([one.count for one in cast.figures.values()], axis=0)[places]
    yield pd.DataFrame({
        "place": np.repeat(places, draws + 2), "row": cast.row, "kind": "forecast", "key": "months",
        "turn": np.tile(np.arange(draws + 2), len(places)), "points": points.ravel(),
        "chance": each, "worst": each, "best": each, "cases": np.repeat(cases, draws + 2).astype(float),
    })[COLUMNS]  # fmt: skip

"""What options cost: as units say on the sheet ``Hành động``, else a neutral unit of effort.

The default is ours and said to be one: 0.1 for taking an item up at all, and the part that a figure
still has to go of what it is at the item's last level, rounded up to hundredths; 1 for a day to be
kept, an answer or a document. So a hair above an edge is never nearly free, and no item costs more
than 1.1. Where costs are given for some items, the others cost their effort at the middle rate of
those that are given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.advice import KINDS, Options
from scoring.base.dates import date_serial
from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.points import ScoreSheet
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import empty
from scoring.tables.places import places_of

IntArray = npt.NDArray[np.intp]
_AMOUNTS = ("cost", "people_days", "days_needed")
_SAME = 1e-9
# What it takes to begin with an item: somebody has to see to it, however little is to be changed.
_START = 0.1
# Of these a unit moves a figure little by little; a day, an answer or a decision is one deed.
_GRADUAL = tuple(KINDS.index(kind) for kind in ("figure", "count"))


@dataclass(frozen=True)
class Priced:
    """What each option costs.

    Attributes
    ----------
    actions : DataFrame
        The actions that count.
    cost, people_days : array, shape (n_options,)
        `people_days` is NaN where nobody said.
    action : int array, shape (n_options,)
        Row of `actions` behind it; -1 where the cost is the default.
    in_time : bool array, shape (n_options,)
        False where the action takes longer than there is time.
    rate : float
        Cost of a unit of effort.
    """

    actions: pd.DataFrame
    cost: FloatArray
    people_days: FloatArray
    action: IntArray
    in_time: BoolArray
    rate: float


def sound_actions(actions: pd.DataFrame, sheet: ScoreSheet) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the actions that can count, and a finding for each that cannot.

    Parameters
    ----------
    actions : DataFrame
        Table ``Actions``.
    sheet : ScoreSheet
    """
    rows = sheet.leaf_rows(actions["item_code"])
    amounts = actions[list(_AMOUNTS)].astype(float)
    is_negative = (amounts < 0).to_numpy()
    findings = [*_at(actions, rows < 0, "action-item-unknown", "item_code")]
    for place, name in enumerate(_AMOUNTS):
        findings += _at(actions, is_negative[:, place] & (rows >= 0), "action-cost-negative", name)
    kept = (rows >= 0) & ~is_negative.any(axis=1)
    return actions[kept].reset_index(drop=True), findings


def _at(table: pd.DataFrame, rows: BoolArray, code: str, column: str) -> Iterator[Finding]:
    hits = np.flatnonzero(rows)
    # An action of every year names none.
    places = places_of(table.assign(year=table["year"].fillna(0)), hits)
    for row, place in zip(hits, places, strict=True):
        told = table.iloc[row]
        values = {"value": told[column], "action": told["action"]}
        values["input"] = Label(f"action_column_{column}")
        yield Finding(code, values=values, **{**place, "item_code": str(told["item_code"])})


def efforts(options: Options) -> FloatArray:
    """Return the neutral effort of each option: a start, and the part of the way that figures go.

    The way is from nothing to the value at the last level of the item, or from what stands where
    that is more, as it is for what is to become less.
    """
    before = np.where(np.isfinite(options.before), options.before, 0.0)
    value = np.where(np.isfinite(options.value), options.value, 0.0)
    moved = np.bincount(
        options.option, weights=_parts(options, before, value), minlength=len(options)
    )
    # What was not reported yet has no size to compare with.
    is_new = np.bincount(options.option[~np.isfinite(options.before)], minlength=len(options)) > 0
    gradual = np.isin(options.kind, _GRADUAL) & ~is_new
    return np.where(gradual, _START + np.ceil(100 * moved - 1e-6) / 100, 1.0)


def _parts(options: Options, before: FloatArray, value: FloatArray) -> FloatArray:
    """Return how far each figure moves, as a part of the most it is among the levels of its unit."""
    unit = options.place[options.option].astype(np.int64)
    keys = options.of_input * (unit.max(initial=0) + 1) + unit
    _, own = np.unique(keys, return_inverse=True)
    most = np.ones(own.max(initial=-1) + 1)
    np.maximum.at(most, own, np.maximum(np.abs(before), np.abs(value)))
    return np.asarray(np.abs(value - before) / most[own])


def priced(options: Options, actions: pd.DataFrame | None, on: dt.date | None = None) -> Priced:
    """Return what each option costs.

    Parameters
    ----------
    options : Options
    actions : DataFrame, optional
        Table ``Actions``, sound (see `sound_actions`).
    on : date, optional
        The day from which days needed are counted.
    """
    told = empty("Actions", places=True) if actions is None else actions
    effort, count = efforts(options), len(options)
    cost, action = np.full(count, np.inf), np.full(count, -1, dtype=np.intp)
    in_time = np.ones(count, dtype=bool)
    for at, row in enumerate(told.to_dict("records")):
        hits = _reached(options, row)
        given = float(row["cost"]) if pd.notna(row["cost"]) else np.inf
        better = hits[(given < cost[hits]) | (action[hits] < 0)]
        cost[better], action[better] = given, at
        in_time[better] = _in_time(options, better, float(row["days_needed"]), on)
    is_given = np.isfinite(cost)
    rates = cost[is_given & (cost > 0)] / effort[is_given & (cost > 0)]
    rate = float(np.median(rates)) if len(rates) else 1.0
    days = np.append(told["people_days"].to_numpy(float), np.nan)[action]
    filled = np.where(is_given, cost, np.ceil(100 * effort * rate - 1e-6) / 100)
    return Priced(told, filled, days, action, in_time, rate)


def _reached(options: Options, row: dict) -> IntArray:
    """Return the options that an action brings about."""
    code, unit = str(row["item_code"]), str(row["unit_code"] or "")
    item = options.sheet.row(code)
    start, end = np.searchsorted(options.row, [item, item + 1])
    hits = np.arange(start, end)
    if unit:
        hits = hits[np.isin(options.place[hits], options.sheet.places(unit))]
    if pd.notna(row["year"]):
        years = options.sheet.units["year"].to_numpy()
        hits = hits[years[options.place[hits]] == int(row["year"])]
    if pd.notna(row["points_to"]):
        sign = -1.0 if options.sheet.criteria.node(code).kind == "penalty" else 1.0
        hits = hits[sign * options.points[hits] <= sign * float(row["points_to"]) + _SAME]
    return hits


def _in_time(options: Options, hits: IntArray, days_needed: float, on: dt.date | None) -> BoolArray:
    """Say which options can be done by their day, or by the end of the year that is assessed."""
    if on is None or np.isnan(days_needed):
        return np.ones(len(hits), dtype=bool)
    years = options.sheet.units["year"].to_numpy()[options.place[hits]]
    ends = np.array([date_serial(dt.date(int(year), 12, 31)) for year in years], dtype=float)
    last = np.where(np.isnan(options.due_on[hits]), ends, options.due_on[hits])
    return np.asarray(date_serial(on) + days_needed <= last + _SAME)

"""When something can still be done: now, by a day, or in another year only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from scoring.advice.item_case import IntArray
from scoring.advice.moves import ANSWER, COUNT, DATE, FIGURE, SURVEY, Move
from scoring.base.dates import date_serial
from scoring.base.periods import last_day
from scoring.base.values import ADVICE_TERMS
from scoring.points import ScoreSheet
from scoring.rules.evaluate import BoolArray, FloatArray

TERMS = ADVICE_TERMS
OPEN, DATED, PAST, NEXT_YEAR = range(len(ADVICE_TERMS))
Terms = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Days:
    """What is known of days.

    Attributes
    ----------
    on : date or None
        The day the advice is for; None: what is past is not known.
    due : mapping of str to date
        Until when the plan or the ledger wants the work of an item done.
    """

    on: dt.date | None = None
    due: Mapping[str, dt.date] = field(default_factory=dict)


def is_over(sheet: ScoreSheet, on: dt.date | None) -> BoolArray:
    """Say for which units the period that is assessed, of most sets a year, has ended before `on`."""
    if on is None:
        return np.zeros(len(sheet.units), dtype=bool)
    places, times = sheet.times
    # Nobody told the year 0; what is of no year is not of this one.
    ended = [year < 1 or last_day(period, year) < on for year, period in times]
    return np.array(ended, dtype=bool)[places]


def is_decided(sheet: ScoreSheet) -> BoolArray:
    """Say which items of which units have a final decision, shape (n_nodes, n_units)."""
    origin = sheet.origin or sheet
    decided = np.zeros((len(sheet.criteria.nodes), len(sheet.units)), dtype=bool)
    if origin.decided is not None:
        is_final = (origin.decided.decisions["round"] == "final").to_numpy(dtype=bool)
        told = origin.decided.told["final"]
        decided = (told >= 0) & np.append(is_final, False)[told]
    return decided


def terms(
    sheet: ScoreSheet,
    row: int,
    move: Move,
    places: IntArray,
    x: FloatArray,
    days: Days,
) -> tuple[Terms, FloatArray]:
    """Return the term of each level of a move, and by which day (serial number; NaN: none)."""
    code = sheet.criteria.nodes[row].code
    due = np.full(len(places), np.nan)
    if move.kind == DATE:
        term, due = _of_days(sheet.figures.values[code, move.names[0]][places], x, days.on)
    else:
        term = np.full(len(places), OPEN, dtype=np.int8)
    if move.kind == COUNT:
        # What was counted has happened; nothing takes it back in this period.
        term[x < sheet.figures.values[code, move.names[0]][places]] = NEXT_YEAR
    known = np.all(
        [~np.isnan(sheet.figures.values[code, name][places]) for name in move.names], axis=0
    )
    if move.kind == SURVEY:
        # People were asked once; a result that is not entered yet still counts.
        term[known] = NEXT_YEAR
    if move.kind in (FIGURE, COUNT, ANSWER):
        term[is_over(sheet, days.on)[places] & known] = NEXT_YEAR
        planned = days.due.get(code)
        if planned is not None and (days.on is None or days.on <= planned):
            term[term == OPEN] = DATED
            due[term == DATED] = date_serial(planned)
    term[is_decided(sheet)[row, places]] = NEXT_YEAR
    due[term != DATED] = np.nan
    return term, due


def _of_days(now: FloatArray, x: FloatArray, on: dt.date | None) -> tuple[Terms, FloatArray]:
    today = -np.inf if on is None else date_serial(on)
    # A day in the past was kept or missed; one that lies ahead is still a plan.
    is_done = np.isfinite(now) & ((on is None) | (now <= today))
    is_left = ~is_done & (x >= today)
    return np.where(is_left, DATED, PAST).astype(np.int8), x.copy()

"""What every item of every unit could still earn, and the least change that earns it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.advice.changes import Change, change_of
from scoring.advice.conditions import Test, condition_levels
from scoring.advice.item_case import IntArray, ItemCase, item_case
from scoring.advice.levels import Levels, levels
from scoring.advice.moves import DATE, DECISION, PROOF, SURVEY, moves
from scoring.advice.terms import NEXT_YEAR, OPEN, Days, is_decided, terms
from scoring.base.dates import EXCEL_EPOCH
from scoring.base.units import KEY_COLUMNS
from scoring.base.values import ADVICE_KINDS, ADVICE_TERMS, PROOF_VERDICTS
from scoring.points import ScoreSheet
from scoring.points.proof import at_risk
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import taken

KINDS = ADVICE_KINDS[:-1]
"""What has to change: a figure, cases to be counted, a day, an answer, the proof, a decision, a survey."""
LATE = "late"
_NOTHING = 1e-9
# What others decide: an appraiser, or the people who are asked.
_COLUMNS: tuple[Any, ...] = (np.intp, np.intp, np.float64, np.float64)
_UNSURE = (DECISION, SURVEY)
# Without levels between the edges, roundings finer than this are not looked through.
_FEW_ROUNDINGS = 100


class _Part(NamedTuple):
    """Levels of one move with their terms, or points at risk."""

    row: int
    kind: str
    places: IntArray
    points: FloatArray
    more: FloatArray
    change: FloatArray
    term: npt.NDArray[np.int8]
    due_on: FloatArray
    is_edge: BoolArray
    figures: Mapping[str, FloatArray]
    before: Mapping[str, FloatArray]


@dataclass(frozen=True)
class Options:
    """What could be earned; a row for each item, unit and level above what stands (level 0).

    Rows are in the order of the items, then of the units, then of the points; see `table`.

    Attributes
    ----------
    sheet : ScoreSheet
    row, place, level : int array, shape (n,)
        Item (row of the sheet's arrays), unit (column) and rank of the level, from 1.
    points, more : array, shape (n,)
        Points of the item afterwards, and what the item gains; an open item counts for nothing
        before, and a penalty gains what is not taken off. For points at risk what is saved.
    kind, term : int8 array, shape (n,)
        Places in `KINDS` and `ADVICE_TERMS`.
    change : array, shape (n,)
        Size of the change in the figure's own unit: cases, percent, days earlier, answers. 1 for a
        day where nothing was done yet; NaN for proof.
    due_on : array, shape (n,)
        Serial number of the last day; NaN where `term` is not ``dated``.
    sure : bool array, shape (n,)
        False where somebody else has to accept or to answer.
    is_edge : bool array, shape (n,)
        True at an edge of the rule, False on the way between two.
    option, of_input : int array, shape (m,)
        Which option changes which input (place in `inputs`), in the order of the options.
    before, value : array, shape (m,)
    inputs : tuple of (item code, name)

    Examples
    --------
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([{"item_code": "2", "input": "on_time", "value": 90},
    ...                         {"item_code": "2", "input": "received", "value": 100}],
    ...                        unit_code="H1", year=2026)
    >>> ahead = options(score(figures, "service-quality-766"))
    >>> last = ahead.of("2", 0)[-1]
    >>> float(ahead.points[last]), round(float(ahead.more[last]), 9), float(ahead.change[last])
    (20.0, 2.0, 10.0)
    """

    sheet: ScoreSheet = field(repr=False)
    row: IntArray
    place: IntArray
    level: IntArray
    points: FloatArray
    more: FloatArray
    kind: npt.NDArray[np.int8]
    change: FloatArray
    term: npt.NDArray[np.int8]
    due_on: FloatArray
    sure: BoolArray
    is_edge: BoolArray
    option: IntArray = field(repr=False)
    of_input: IntArray = field(repr=False)
    before: FloatArray = field(repr=False)
    value: FloatArray = field(repr=False)
    inputs: tuple[tuple[str, str], ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.row)

    def of(self, code: str, place: int) -> IntArray:
        """Return the options of an item of one unit, by their levels."""
        row = self.sheet.row(code)
        start, end = np.searchsorted(self.row, [row, row + 1])
        first, last = np.searchsorted(self.place[start:end], [place, place + 1])
        return np.arange(start + first, start + last)

    def changes(self, option: int) -> list[Change]:
        """Return the figures that an option changes."""
        start, end = np.searchsorted(self.option, [option, option + 1])
        unit = self.sheet.keys[self.place[option]]
        made = []
        for at in range(start, end):
            code, name = self.inputs[self.of_input[at]]
            spec = self.sheet.criteria.rules[code].spec
            made.append(change_of(spec, name, float(self.before[at]), float(self.value[at]), unit))
        return made

    def due_day(self, option: int) -> dt.date | None:
        """Return the last day of an option; None where it has none."""
        serial = self.due_on[option]
        return None if np.isnan(serial) else EXCEL_EPOCH + dt.timedelta(days=int(serial))

    def proof_state(self, options: IntArray) -> IntArray:
        """Return which state of proof puts the points of options at risk; -1: not known."""
        if self.sheet.proof is None:
            return np.full(len(options), -1)
        states = self.sheet.proof[self.row[options], self.place[options]]
        return np.array([PROOF_VERDICTS.index(s) if s else -1 for s in states], dtype=np.intp)

    def table(self) -> pd.DataFrame:
        """Return the options as a table, with words in place of codes."""
        codes = [node.code for node in self.sheet.criteria.nodes]
        days = np.datetime64(EXCEL_EPOCH) + np.nan_to_num(self.due_on).astype("timedelta64[D]")
        keys = {name: taken(self.sheet.units[name], self.place) for name in KEY_COLUMNS}
        return pd.DataFrame(
            keys
            | {
                "item_code": taken(codes, self.row),
                "level": self.level,
                "kind": taken(KINDS, self.kind),
                "term": taken(ADVICE_TERMS, self.term),
                "points": self.points,
                "more": self.more,
                "change": self.change,
                "due_on": pd.Series(days).where(~np.isnan(self.due_on)).astype("datetime64[us]"),
                "sure": self.sure,
            }
        )


def options(
    sheet: ScoreSheet,
    on: dt.date | None = None,
    *,
    proof: bool = True,
    due: Mapping[str, dt.date] | None = None,
    every: float | None = 0.01,
    codes: Collection[str] | None = None,
    tests: Mapping[str, Sequence[Test]] | None = None,
    place: int = 0,
) -> Options:
    """Return all attainable levels of points of every item and unit, each with its least change.

    Parameters
    ----------
    sheet : ScoreSheet
        Advice is about the computed points, whichever track is shown.
    on : date, optional
        The day the advice is for. Without it nothing is known to be past.
    proof : bool
        Whether points at risk for want of proof are options too.
    due : mapping of item code to date, optional
        Until when the plan or the ledger wants the work done.
    every : float or None
        Points that rise steadily have a level at each multiple of this, on the way to the next
        edge of the rule; None: the edges only.
    codes : collection of str, optional
        The items that are wanted; all of them without it.
    tests : mapping of item code to conditions, optional
        What else figures of an item must meet (see `condition_levels`), for the unit at `place`.

    Returns
    -------
    Options
        Nothing for items that do not apply, and for those that lack a figure which is not the
        unit's to choose, such as a denominator.

    Notes
    -----
    A level is left out where a smaller change earns as much. Percents and values move by
    hundredths, counts and days by whole ones. What a formula divides by stays; its other inputs
    move one at a time, and all of them together for the last level.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([
    ...     {"item_code": "2", "input": "on_time", "value": 90},
    ...     {"item_code": "2", "input": "received", "value": 100},
    ... ], unit_code="H1", year=2026)
    >>> sheet = score(figures, open_set("service-quality-766"))
    >>> ahead = options(sheet)
    >>> last = ahead.of("2", 0)[-1]
    >>> change = ahead.changes(last)[0]
    >>> change.input, change.before, change.value, round(float(ahead.more[last]), 9)
    ('on_time', 90.0, 100.0, 2.0)
    """
    origin, days = sheet.origin or sheet, Days(on, due or {})
    parts: list[_Part] = []
    for node in origin.criteria.leaves:
        if codes is not None and node.code not in codes:
            continue
        case = item_case(origin, node.code)
        few = {} if every is not None else {"most_roundings": _FEW_ROUNDINGS}
        made = [levels(case, move, every) for move in moves(case, **few)]
        if len(made) > 1 and (joint := _together(case, made, few)):
            made.append(joint)
        if tests and node.code in tests:
            made += condition_levels(case, made, tests[node.code], place)
        parts += [_part(origin, case, found, days) for found in made if len(found.places)]
    if proof:
        parts += _unproven(origin, codes)
    return _joined(origin, parts)


def _together(case: ItemCase, single: list[Levels], few: Mapping[str, int]) -> Levels | None:
    """Return the last level that all moves reach together, where it is above that of each."""
    n_units = len(case.now)
    best, state, size = case.worth_now, case, np.zeros(n_units)
    top = best
    for found in single:
        top = np.fmax(top, _worth(case, found, found.best(n_units), best))
    changed: dict[str, FloatArray] = {}
    for place in range(len(single)):
        move = next(moves(state, first=place, **few))
        found = levels(state, move, None)
        last = found.best(n_units)
        is_better = _worth(case, found, last, best) > best + _NOTHING
        best = np.where(is_better, _worth(case, found, last, best), best)
        size = size + np.where(is_better, np.append(found.size, 0.0)[last], 0.0)
        for name, moved in found.figures.items():
            changed[name] = np.where(is_better, np.append(moved, np.nan)[last], case.values[name])
        state = case.with_figures(changed)
    places = np.flatnonzero(best > top + _NOTHING)
    if not len(places):
        return None
    figures = {name: array[places] for name, array in changed.items()}
    points = case.rounded(case.earned(places, figures))
    is_edge = np.ones(len(places), dtype=bool)
    # A joint move has as many numbers as inputs; which of them is not told.
    return Levels(
        single[0].move, places, np.full(len(places), np.nan), points, size[places], figures, is_edge
    )


def _worth(case: ItemCase, found: Levels, last: IntArray, least: FloatArray) -> FloatArray:
    return np.fmax(least, np.append(case.sign * found.points, np.nan)[last])


def _part(sheet: ScoreSheet, case: ItemCase, found: Levels, days: Days) -> _Part:
    move, places = found.move, found.places
    term, due_on = terms(sheet, case.row, move, places, found.x, days)
    change = found.size
    if move.kind == DATE:
        change = np.where(np.isfinite(case.values[move.names[0]][places]), change, 1.0)
    more = case.sign * found.points - case.worth_now[places]
    before = {name: case.values[name][places] for name in found.figures}
    return _Part(
        case.row, move.kind, places, found.points, more, change, term, due_on, found.is_edge,
        found.figures, before,
    )  # fmt: skip


def _unproven(sheet: ScoreSheet, codes: Collection[str] | None) -> list[_Part]:
    """Return the points at risk: what better proof keeps."""
    risk, decided = at_risk(sheet), is_decided(sheet)
    parts = []
    for row in np.flatnonzero((risk > _NOTHING).any(axis=1) & sheet.is_leaf):
        if codes is not None and sheet.criteria.nodes[row].code not in codes:
            continue
        places = np.flatnonzero(risk[row] > _NOTHING)
        points, nothing = sheet.points[row, places], np.full(len(places), np.nan)
        # Late proof cannot be made timely, and what was decided stands.
        is_late = decided[row, places]
        if sheet.proof is not None:
            is_late = is_late | (sheet.proof[row, places] == LATE)
        term = np.where(is_late, NEXT_YEAR, OPEN).astype(np.int8)
        parts.append(
            _Part(int(row), PROOF, places, points, risk[row, places], nothing, term, nothing,
                  np.ones(len(places), dtype=bool), {}, {})
        )  # fmt: skip
    return parts


def _joined(sheet: ScoreSheet, parts: list[_Part]) -> Options:
    """Put the parts in order and number the levels of each item and unit."""

    def column(name: str, dtype: Any = np.float64) -> npt.NDArray[Any]:
        pieces = [np.asarray(getattr(part, name), dtype=dtype) for part in parts]
        return np.concatenate([np.zeros(0, dtype=dtype), *pieces])

    lengths = [len(part.places) for part in parts]
    row = np.repeat(np.array([part.row for part in parts], dtype=np.intp), lengths)
    kinds = np.array([KINDS.index(part.kind) for part in parts], dtype=np.int8)
    kind, place, more = np.repeat(kinds, lengths), column("places", np.intp), column("more")
    is_proof = kind == KINDS.index(PROOF)
    order = np.lexsort((more, is_proof, place, row))
    at = np.empty(len(order), dtype=np.intp)
    at[order] = np.arange(len(order))
    row, place = row[order], place[order]
    is_new = np.append(True, (row[1:] != row[:-1]) | (place[1:] != place[:-1]))[: len(row)]
    number = np.arange(len(row))
    level = number - np.maximum.accumulate(np.where(is_new, number, 0)) + 1
    return Options(
        sheet, row, place, level, column("points")[order], more[order], kind[order],
        column("change")[order], column("term", np.int8)[order], column("due_on")[order],
        ~np.isin(kind[order], [KINDS.index(name) for name in (*_UNSURE, PROOF)]),
        column("is_edge", np.bool_)[order], *_inputs(sheet, parts, at),
    )  # fmt: skip


def _inputs(
    sheet: ScoreSheet, parts: list[_Part], at: IntArray
) -> tuple[IntArray, IntArray, FloatArray, FloatArray, tuple[tuple[str, str], ...]]:
    """Return what each option changes: option, input, before and value, and the inputs."""
    codes = [node.code for node in sheet.criteria.nodes]
    names = list(dict.fromkeys((codes[part.row], name) for part in parts for name in part.figures))
    numbers = {key: number for number, key in enumerate(names)}

    option, of_input, before, value = ([np.zeros(0, dtype=kind)] for kind in _COLUMNS)
    start = 0
    for part in parts:
        for name, moved in part.figures.items():
            was = part.before[name]
            differs = np.flatnonzero(moved != was)
            option.append(at[start + differs])
            of_input.append(np.full(len(differs), numbers[codes[part.row], name], dtype=np.intp))
            before.append(was[differs])
            value.append(moved[differs])
        start += len(part.places)
    columns = [np.concatenate(pieces) for pieces in (option, of_input, before, value)]
    order = np.argsort(columns[0], kind="stable")
    told, inputs, was, now = (column[order] for column in columns)
    return told, inputs, was, now, tuple(names)

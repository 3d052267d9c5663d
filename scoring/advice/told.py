"""The advice about one item to all units in words: units that are told the same share a text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.advice.item_case import IntArray
from scoring.advice.moves import DATE, PROOF
from scoring.advice.options import KINDS, Options
from scoring.advice.way_words import index_noise
from scoring.advice.ways import Advice, missing_inputs
from scoring.base.periods import span_of
from scoring.base.values import ADVICE_TERMS, NOT_ASSESSED
from scoring.points import ScoreSheet
from scoring.points.peers import best_of_peers
from scoring.rules.evaluate import FloatArray, best_name

Terms = npt.NDArray[np.int8]
# Finer is not said in any text.
_SAID = 7


@dataclass(frozen=True)
class Told:
    """What is said of an item.

    Attributes
    ----------
    texts : list of str
        Each once; the first is empty, for units of which nothing is said.
    step, proof : int array, shape (n_units,)
        Places in `texts`: the next and the last step, and the proof that keeps points.
    step_term, proof_term : int8 array, shape (n_units,)
        Places in `ADVICE_TERMS`; -1 where nothing is said.

    Examples
    --------
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([{"item_code": "2", "input": "on_time", "value": 90},
    ...                         {"item_code": "2", "input": "received", "value": 100}],
    ...                        unit_code="H1", year=2026)
    >>> said = told(score(figures, "service-quality-766"), "2", lang="en")
    >>> len(said.texts), said.texts[0], said.step.shape
    (2, '', (1,))
    """

    texts: list[str]
    step: IntArray
    proof: IntArray
    step_term: Terms
    proof_term: Terms


def told(
    sheet: ScoreSheet,
    code: str,
    on: dt.date | None = None,
    lang: str = "vi",
    advice: Advice | None = None,
) -> Told:
    """Return what to do about one item, for every unit of a sheet.

    Parameters
    ----------
    sheet : ScoreSheet
    code : str
        A leaf of the set.
    on : date, optional
        The day it is said; without it nothing is past.
    lang : str
    advice : Advice, optional
        That to all items, which is quicker where there are few units; they share no texts then.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([
    ...     {"item_code": "2", "input": "on_time", "value": 90},
    ...     {"item_code": "2", "input": "received", "value": 100},
    ... ], unit_code="H1", year=2026)
    >>> said = told(score(figures, open_set("service-quality-766")), "2", lang="en")
    >>> said.texts[said.step[0]]
    'Dossiers handled or in progress on time: 10 more (from 90 to 100 hồ sơ, which is 100%): +2 points.'
    """
    each = np.arange(len(sheet.units))
    if advice is None:
        advice = Advice(sheet, on, codes=(code,))
        alike = (_steps(advice, code), _proof(advice))
    else:
        alike = (each, each)
    texts = [""]
    # Steps and proof are told apart, but found together.
    ways = cache(partial(advice.ways, code))
    columns: list[IntArray | Terms] = []
    for is_proof, same in zip((False, True), alike, strict=True):
        which, term = np.zeros(len(same), dtype=np.intp), np.full(len(same), -1, dtype=np.int8)
        numbers, places, back = np.unique(same, return_index=True, return_inverse=True)
        for number, place in zip(numbers, places, strict=True):
            found = ways(int(place)) if number >= 0 else ()
            said = [way for way in found if (way.kind == PROOF) == is_proof]
            if said:
                among = back == np.searchsorted(numbers, number)
                which[among], term[among] = len(texts), ADVICE_TERMS.index(said[0].term)
                texts.append(" ".join(way.text(lang) for way in said))
        columns += [which, term]
    step, step_term, proof, proof_term = columns
    return Told(texts, step.astype(np.intp), proof.astype(np.intp),
                step_term.astype(np.int8), proof_term.astype(np.int8))  # fmt: skip


def _alike(columns: Iterator[FloatArray | IntArray]) -> IntArray:
    """Number rows, those with equal values alike; missing values are equal."""
    number: IntArray | None = None
    for column in columns:
        codes, met = pd.factorize(np.round(column, _SAID), use_na_sentinel=False)
        joined = codes if number is None else number * len(met) + codes
        number = pd.factorize(joined)[0].astype(np.intp)
    assert number is not None
    return number


def _steps(advice: Advice, code: str) -> IntArray:
    """Return a number for each unit, the same where the steps are told in the same words."""
    found, shown = advice.options, advice.shown
    sheet = found.sheet
    n_units, base = len(sheet.units), sheet.row(code) * len(sheet.units)
    lacks, most = _lacks(sheet, code, shown.key - base)
    if not len(found):
        return np.where(lacks > 0, _alike(iter((lacks, most))), -1)
    numbers = _alike(_option_columns(advice, code))[shown.at]
    places, width = shown.key - base, shown.end - shown.start
    is_date = found.kind[shown.at[shown.start]] == KINDS.index(DATE)
    columns = [np.full(n_units, -1.0) for _ in range(int(np.max(width * is_date, initial=2)))]
    for at, column in enumerate(columns):
        # Of a date every later day is said, of others the first and the last step.
        reached = np.minimum(shown.start + at, shown.end - 1)
        chosen = np.where(is_date, reached, shown.first if at == 0 else shown.end - 1)
        column[places] = numbers[chosen]
    same = _alike(iter((*columns, lacks, most)))
    return np.where((columns[0] >= 0) | (lacks > 0), same, -1)


def _option_columns(advice: Advice, code: str) -> Iterator[FloatArray]:
    """Yield all that the words about an option go by."""
    found, sheet = advice.options, advice.options.sheet
    spec = sheet.criteria.rules[code].spec
    yield from (found.kind.astype(float), found.term.astype(float), found.due_on)
    yield _spans(sheet)[found.place]
    yield from (found.points, found.more, found.change)
    kept = found.more - advice.gains
    yield np.where(kept > index_noise(sheet), advice.gains, np.nan)
    for place in range(len(found.inputs)):
        among = found.of_input == place
        for figures in (found.before, found.value):
            column = np.full(len(found), np.nan)
            column[found.option[among]] = figures[among]
            yield column
    for entry in spec.with_role("denominator"):
        yield sheet.figures.values[code, entry.name][found.place]
    for entry in spec.inputs:
        if (code, best_name(entry.name)) in sheet.figures.values:
            yield best_of_peers(sheet.criteria.rules[code], sheet.figures, entry.name)[found.place]


def _spans(sheet: ScoreSheet) -> FloatArray:
    """Return how long the period of each unit is, as a number: "next month" is not "next year"."""
    places, times = sheet.times
    spans = [span_of(period) for _, period in times]
    return np.array([spans.index(span) for span in spans], dtype=float)[places]


def _lacks(sheet: ScoreSheet, code: str, has_steps: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return which figures an open item lacks, as bits, and the most it can earn then."""
    row, bits = sheet.row(code), np.zeros(len(sheet.units))
    for place, name in enumerate(missing_inputs(sheet.criteria.rules[code])):
        bits += np.isnan(sheet.figures.values[code, name]) * 2.0**place
    bits[has_steps] = 0.0
    bits[sheet.status[row] != NOT_ASSESSED] = 0.0
    return bits, np.where(bits > 0, sheet.maxima[row], 0.0)


def _proof(advice: Advice) -> IntArray:
    """Return a number for each unit with points at risk, the same where as many are."""
    found: Options = advice.options
    same = np.full(len(found.sheet.units), -1, dtype=np.intp)
    at = np.flatnonzero(found.kind == KINDS.index(PROOF))
    if len(at):
        gains = advice.gains[at]
        swallowed = np.where(found.more[at] - gains > index_noise(found.sheet), gains, np.nan)
        states = found.proof_state(at)
        spans = _spans(found.sheet)[found.place[at]]
        columns = (found.more[at], swallowed, found.term[at].astype(float), states, spans)
        same[found.place[at]] = _alike(iter(columns))
    return same

"""Cells too small to show, and those that would give a hidden one away.

Whoever reads the table knows its totals: the whole is the sum of its units, a unit of its services,
the index of its factors, a factor of its questions. Each is a sum over cells; what is hidden is
safe when no combination of the sums, with everything shown put in, has one solution for it. Sums
hold for estimates, once multiplied by the weights behind them, as they do for counts of forms and
of answers. The shares of a question's answers make 100 percent and say its estimate, so they show
and hide with it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scoring.base.errors import UsageError
from scoring.survey.estimation.sums_of_cells import (
    CellSums,
    Flags,
    Floats,
    Places,
    TooManyCellsError,
    protected,
    sums_of,
)

# What a hidden cell no longer says; the confidence and the method are those of the survey.
HIDDEN_FIGURES = (
    "forms",
    "answers",
    "estimate_percent",
    "standard_error",
    "low_percent",
    "high_percent",
    "design_effect",
    "effective_size",
    "degrees_of_freedom",
)
_SURVEY = ["survey", "year", "period"]
_SLICES = ["unit_code", "service", "respondent_group"]
_DOMAIN = _SURVEY + _SLICES
_MEASURE = ["measure", "code"]


def hide_small_cells(
    estimates: pd.DataFrame, minimum: int, factor_of: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return the estimates with small cells emptied, and those that would give them away.

    A unit, service or group (or a crossing of them) with fewer forms than `minimum` is hidden in
    every measure; one question, with its answers, that fewer answered only where it is so. Then as few
    further cells as a fixed order finds are hidden, those with fewest forms first and sums last,
    until no hidden cell, nor several of one sum with fewer than `minimum` forms together, can be
    computed from what is shown. Where thousands of single questions would have to hide, their whole
    domains do.

    Parameters
    ----------
    estimates : DataFrame
        Table ``Estimates``. Cells that are hidden already stay hidden.
    minimum : int
        Forms, and answers that hold an opinion, below which nothing is shown; 1 hides nothing.
    factor_of : mapping of str to str, optional
        Factor of each question by their codes; a question outside the index may be left out.
        Without it, the factors and the index of a domain are hidden with any of its questions.

    Returns
    -------
    DataFrame
        The same rows in the same order. `state` is ``hidden-small`` or ``hidden-secondary`` where
        `HIDDEN_FIGURES` are emptied. Cells with no form at all have nothing to hide and stay.

    Raises
    ------
    UsageError
        For a minimum below 1.

    Examples
    --------
    >>> cells = pd.DataFrame({
    ...     "survey": "s", "year": 2026, "period": "", "unit_code": ["", "A", "B", "C"],
    ...     "service": "", "respondent_group": "", "measure": "index", "code": "INDEX",
    ...     "answer": "", "forms": [64, 4, 20, 40], "answers": [64, 4, 20, 40],
    ...     "estimate_percent": [80.0, 50.0, 85.0, 81.0], "state": "shown"})
    >>> hide_small_cells(cells, 10)[["unit_code", "forms", "state"]]
      unit_code  forms             state
    0             64.0             shown
    1         A    NaN      hidden-small
    2         B    NaN  hidden-secondary
    3         C   40.0             shown
    """
    if minimum < 1:
        raise UsageError(f"a cell has at least 1 form; the minimum is {minimum}")
    if estimates.empty:
        return estimates.copy()
    rows = _Rows(estimates, minimum)
    small, hidden = _hidden_domains(rows)
    if (small | hidden | rows.few_answers).any():
        try:
            few, hidden = _hidden_measures(rows, hidden, factor_of)
            small |= few
        except TooManyCellsError:
            small, hidden = _hidden_domains(rows, rows.few_answers)
    return _emptied(estimates, rows.in_order_of_table(small), rows.in_order_of_table(hidden))


class _Rows:
    """The rows of the table sorted by their keys, so that the choice is that of the keys alone.

    Attributes
    ----------
    keys : DataFrame
        The answers to a question stand with the question, as measure ``question``: they show and
        hide together.
    domain, measure : int array
        Number of the domain and of the measure within it that each row belongs to.
    """

    def __init__(self, estimates: pd.DataFrame, minimum: int) -> None:
        keys = estimates[[*_DOMAIN, *_MEASURE, "answer"]].reset_index(drop=True)
        keys = keys.astype(dict.fromkeys(set(keys) - {"year"}, object)).fillna("")
        keys["measure"] = keys["measure"].replace("answer", "question")
        self.order = keys.sort_values([*keys], kind="stable").index.to_numpy()
        self.keys = keys.iloc[self.order].reset_index(drop=True)
        sorted_rows = estimates.iloc[self.order]
        state = sorted_rows["state"].astype(str)
        self.was_hidden: Flags = state.str.startswith("hidden").to_numpy(dtype=bool)
        # How small a cell was that is hidden already is not known; it was made safe then.
        self.forms, self.answers = (
            np.where(self.was_hidden, minimum, _numbers(sorted_rows, name))
            for name in ("forms", "answers")
        )
        self.minimum = minimum
        self.domain = _numbers_of(self.keys, _DOMAIN)
        self.measure = _numbers_of(self.keys, [*_DOMAIN, *_MEASURE])

    @property
    def few_answers(self) -> Flags:
        return (self.answers > 0) & (self.answers < self.minimum)

    def in_order_of_table(self, flags: Flags) -> Flags:
        back = np.empty(len(flags), dtype=bool)
        back[self.order] = flags
        return back


def _numbers(table: pd.DataFrame, name: str) -> Floats:
    return np.nan_to_num(pd.to_numeric(table[name]).to_numpy(dtype=float, na_value=np.nan))


def _numbers_of(table: pd.DataFrame, keys: list[str]) -> Places:
    """Return the number of each row's combination of keys, in the order of the keys."""
    return np.asarray(table.groupby(keys, sort=True).ngroup(), dtype=np.intp)


def _hidden_domains(rows: _Rows, few: Flags | None = None) -> tuple[Flags, Flags]:
    """Return which rows belong to domains of few forms, and which to domains that hide at all.

    Domains with a row among `few` count as small too.
    """
    domain = rows.domain
    first = np.unique(domain, return_index=True)[1]
    forms = np.zeros(len(first))
    np.maximum.at(forms, domain, rows.forms)
    was_hidden = np.ones(len(first), dtype=bool)
    np.logical_and.at(was_hidden, domain, rows.was_hidden)
    small = (forms > 0) & (forms < rows.minimum)
    if few is not None:
        small[domain[few]] = True
    sums = _slice_sums(rows.keys.iloc[first], _SURVEY)
    hidden = protected(small | was_hidden, forms, CellSums.joined(sums), rows.minimum)
    return small[domain], hidden[domain]


def _slice_sums(keys: pd.DataFrame, others: list[str]) -> list[CellSums]:
    """Return that what is empty in a slice (all units) is the sum over what is not."""
    sums = []
    for name in _SLICES:
        beside = _numbers_of(keys, [*others, *(other for other in _SLICES if other != name)])
        whole = (keys[name] == "").to_numpy()
        sums.append(sums_of(beside, ~whole, whole))
    return sums


def _hidden_measures(
    rows: _Rows, in_hidden_domain: Flags, factor_of: Mapping[str, str] | None
) -> tuple[Flags, Flags]:
    """Return which rows belong to measures of few answers, and what hides with them."""
    measure = rows.measure
    first = np.unique(measure, return_index=True)[1]
    keys, domain = rows.keys.iloc[first], rows.domain[first]
    answers = np.full(len(first), np.inf)
    np.minimum.at(answers, measure, np.where(rows.answers > 0, rows.answers, np.inf))
    answers[np.isinf(answers)] = 0.0
    hidden_domain, was_hidden = in_hidden_domain[first], np.zeros(len(first), dtype=bool)
    was_hidden[measure[rows.was_hidden]] = True
    small = (answers > 0) & (answers < rows.minimum) & ~was_hidden & ~hidden_domain
    sums = _slice_sums(keys, _SURVEY + _MEASURE)
    sums += _measure_sums(keys, domain, ~hidden_domain, factor_of or {})
    joined, hidden, before = CellSums.joined(sums), small | was_hidden | hidden_domain, None
    # Each measure of hidden domains obeys the sums by which those were chosen.
    settled = hidden_domain & ~small
    while before is None or (hidden != before).any():
        before = hidden
        if factor_of is None:
            hidden = _with_all_sums(keys, domain, hidden)
        hidden = protected(hidden, answers, joined, rows.minimum, settled)
    return small[measure], hidden[measure]


def _with_all_sums(keys: pd.DataFrame, domain: Places, hidden: Flags) -> Flags:
    """Hide factors and index wherever a question hides: any of them may be its sum."""
    is_question = (keys["measure"] == "question").to_numpy()
    touched = np.isin(domain, domain[hidden & is_question])
    return hidden | (touched & ~is_question)


def _measure_sums(
    keys: pd.DataFrame, domain: Places, shown: Flags, factor_of: Mapping[str, str]
) -> list[CellSums]:
    """Return how factors make the index and questions a factor, in domains that show."""
    index, factor, question = (
        (keys["measure"] == name).to_numpy() & shown for name in ("index", "factor", "question")
    )
    code = keys["code"]
    of_factor = code.where(~question, code.map(lambda name: factor_of.get(name, "")))
    by_factor = _numbers_of(pd.DataFrame({"d": domain, "f": of_factor.to_numpy()}), ["d", "f"])
    # How much of a whole a part is, is taken to be the same in every domain: the reader of a
    # hidden one does not know the answers behind it.
    part = _numbers_of(keys, ["code"])
    inside = question & (of_factor != "").to_numpy()
    return [sums_of(domain, factor, index, part), sums_of(by_factor, inside, factor, part)]


def _emptied(estimates: pd.DataFrame, small: Flags, hidden: Flags) -> pd.DataFrame:
    emptied = estimates.copy()
    for name in HIDDEN_FIGURES:
        if name in emptied:
            emptied[name] = emptied[name].mask(hidden)
    state = np.where(small, "hidden-small", "hidden-secondary")
    already = estimates["state"].astype(str).str.startswith("hidden").to_numpy()
    changed = hidden & ~already
    emptied["state"] = emptied["state"].astype(object).where(~changed, state)
    return emptied

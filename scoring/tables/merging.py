"""Bring entered figures and fed ones together; what a person entered stays."""

from __future__ import annotations

from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.base.vocabulary import NO, YES, yes_or_no
from scoring.tables.checking import checked
from scoring.tables.frames import rows_of

_KEY = ["unit_code", "year", "period", "item_code", "input"]
_ITEM_KEY = _KEY[:-1]
_SAID = ["value", "choice", "happened_on", "not_applicable"]
_SAME = 1e-9
# Spelled out, so that a search for the code of a finding leads here.
_CONTRADICTS = {"feed": "feed-contradicts-entry", "survey": "survey-contradicts-entry"}
_MARKED = {"feed": "feed-of-not-applicable", "survey": "survey-of-not-applicable"}


def merge_inputs(
    entered: pd.DataFrame, fed: pd.DataFrame, feed: str = "feed"
) -> tuple[pd.DataFrame, list[Finding]]:
    """Fill inputs that were not entered with the figures of a plan or a survey.

    Parameters
    ----------
    entered, fed : DataFrame
        Tables ``Inputs``; `fed` from `inputs_from_plan` or `figures_from_survey`.
    feed : str
        What the codes of the findings begin with: ``feed`` for a plan, ``survey``.

    Returns
    -------
    DataFrame
        Table ``Inputs``. An entered figure is never changed; an empty row is filled.
    list of Finding
        One for each entered figure that the fed one contradicts, at the place it was entered.

    Examples
    --------
    >>> row = {"unit_code": "SM", "year": 2025, "period": "", "item_code": "1.1.3",
    ...        "input": "done", "choice": "", "happened_on": pd.NaT, "not_applicable": False}
    >>> merged, findings = merge_inputs(pd.DataFrame([row | {"value": 9.0}]),
    ...                                 pd.DataFrame([row | {"value": 7.0}]))
    >>> merged["value"].tolist(), [finding.code for finding in findings]
    ([9.0], ['feed-contradicts-entry'])
    """
    for table in (entered, fed):
        checked(table, "Inputs", columns=[*_KEY, *_SAID], by="merge_inputs")
    says = entered["value"].notna() | (entered["choice"] != "") | entered["happened_on"].notna()
    marked = entered[entered["not_applicable"]].drop_duplicates(_ITEM_KEY)
    told = entered[says | entered["not_applicable"]]
    # Findings stand where a figure was entered: what a plan or survey calls its sheet is no sheet there.
    placeless = fed.drop(columns=["file", "sheet", "cell"], errors="ignore")
    findings = _contradictions(told[~told["not_applicable"]], placeless, feed)
    findings += _marked(marked, placeless, feed)
    free = fed[~_keys(fed, _KEY).isin(_keys(told, _KEY))]
    free = free[~_keys(free, _ITEM_KEY).isin(_keys(marked, _ITEM_KEY))]
    empty = ~says & ~entered["not_applicable"] & _keys(entered, _KEY).isin(_keys(free, _KEY))
    parts = [part for part in (entered[~empty], free) if len(part)]
    merged = pd.concat(parts, ignore_index=True) if parts else entered
    for name in ("file", "sheet", "cell"):
        if name in merged.columns:
            merged[name] = merged[name].fillna("")
    return merged, findings


def _keys(table: pd.DataFrame, names: list[str]) -> pd.Series:
    return pd.Series(list(table[names].itertuples(index=False, name=None)), index=table.index)


def _contradictions(told: pd.DataFrame, fed: pd.DataFrame, feed: str) -> list[Finding]:
    both = told.merge(fed, on=_KEY, suffixes=("", "_fed"))
    return [
        _finding(_CONTRADICTS[feed], row, input=row.input, entered=entered, planned=planned)
        for row in rows_of(both)
        if not _agree(row)
        for entered in [_shown(row.value, row.choice, row.happened_on)]
        for planned in [_shown(row.value_fed, row.choice_fed, row.happened_on_fed)]
    ]


def _marked(marked: pd.DataFrame, fed: pd.DataFrame, feed: str) -> list[Finding]:
    both = marked.merge(fed.drop_duplicates(_ITEM_KEY), on=_ITEM_KEY, suffixes=("", "_fed"))
    return [_finding(_MARKED[feed], row) for row in rows_of(both)]


def _finding(code: str, row: Any, **values: object) -> Finding:
    names = ("unit_code", "item_code", "file", "sheet", "cell")
    return Finding(code, values=values, **{name: str(getattr(row, name, "")) for name in names})


def _agree(row: Any) -> bool:
    # Nothing entered (NaN, NaT) equals no figure and no day.
    if pd.notna(row.value_fed):
        return bool(abs(row.value - row.value_fed) <= _SAME)
    if pd.notna(row.happened_on_fed):
        return bool(row.happened_on == row.happened_on_fed)
    return yes_or_no(row.choice or row.value) == yes_or_no(row.choice_fed)


def _shown(value: float, choice: str, day: pd.Timestamp) -> object:
    if pd.notna(value):
        return float(value)
    said = yes_or_no(choice)
    return day if pd.notna(day) else choice if said is None else Label(YES if said else NO)

"""Making and mending the long table ``Inputs``, the currency of scoring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.vocabulary import yes_or_no

INPUT_COLUMNS = (
    "unit_code",
    "unit_name",
    "block",
    "year",
    "period",
    "item_code",
    "input",
    "value",
    "choice",
    "happened_on",
    "not_applicable",
    "reason",
)


def inputs_table(
    rows: Iterable[Mapping[str, object]] | pd.DataFrame, **common: Any
) -> pd.DataFrame:
    """Return rows as a full table ``Inputs``, missing columns empty.

    Parameters
    ----------
    rows : iterable of mappings, or DataFrame
        At least ``item_code`` and ``input``; further columns are kept.
    **common
        Values for every row, such as ``unit_code="H1", year=2026``.

    Returns
    -------
    DataFrame
        The columns of `INPUT_COLUMNS` first. ``value`` is float with NaN for "not reported",
        ``happened_on`` a timestamp with NaT, ``not_applicable`` bool, the others text.

    Examples
    --------
    >>> table = inputs_table([{"item_code": "1.1", "input": "done", "value": 3}], unit_code="A")
    >>> table[["unit_code", "item_code", "value", "choice"]].to_dict("records")
    [{'unit_code': 'A', 'item_code': '1.1', 'value': 3.0, 'choice': ''}]
    """
    table = rows.copy() if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    table = table.assign(**common)
    for name in INPUT_COLUMNS:
        if name not in table.columns:
            table[name] = np.nan if name == "value" else (pd.NaT if name == "happened_on" else "")
    table["value"] = pd.to_numeric(table["value"]).astype("float64")
    table["happened_on"] = pd.to_datetime(table["happened_on"])
    table["not_applicable"] = table["not_applicable"].map(_is_marked).astype(bool)
    table["year"] = pd.to_numeric(table["year"].replace("", 0)).astype("int64")
    for name in (
        "unit_code",
        "unit_name",
        "block",
        "period",
        "item_code",
        "input",
        "choice",
        "reason",
    ):
        table[name] = table[name].fillna("").astype("str")
    extra = [name for name in table.columns if name not in INPUT_COLUMNS]
    return table[[*INPUT_COLUMNS, *extra]]


def _is_marked(cell: object) -> bool:
    return yes_or_no(cell, "not_applicable") is True

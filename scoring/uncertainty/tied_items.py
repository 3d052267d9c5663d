"""Items that move together, because one document or one task stands behind them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scoring.points import ScoreSheet


def tied(table: pd.DataFrame, names: Sequence[str], within: Sequence[str]) -> pd.Series:
    """Return for each row the first ``key`` of all that hangs together by one of the columns.

    Parameters
    ----------
    table : DataFrame
        With the column ``key``, `names` and `within`.
    within : sequence of str
        Rows that differ in these never hang together.

    Examples
    --------
    >>> table = pd.DataFrame({"key": ["a", "a", "b", "c"], "row": [1, 2, 2, 3], "unit": 0})
    >>> tied(table.assign(document=table["key"]), ("document", "row"), ["unit"]).tolist()
    ['a', 'a', 'a', 'c']
    """
    before = None
    # What hangs together takes the name of its first, until nothing changes any more.
    while before is None or not table["key"].equals(before):
        before = table["key"]
        for name in names:
            table = table.assign(key=table.groupby([*within, name])["key"].transform("min"))
    return table["key"]


def document_keys(sheet: ScoreSheet, links: pd.DataFrame | None) -> dict[tuple[int, int], str]:
    """Return for each item and unit the first of the documents that tie it to other items."""
    if links is None or not len(links):
        return {}
    told = pd.DataFrame({
        "row": sheet.leaf_rows(links["item_code"]), "unit_code": links["unit_code"].to_numpy(),
        "document": links["document_id"].astype(str).to_numpy(),
    })  # fmt: skip
    # A ledger does not say of which period a document is: it ties items in each period of its unit.
    places = sheet.units[["unit_code"]].assign(place=np.arange(len(sheet.units)))
    table = told[told["row"] >= 0].merge(places, on="unit_code")
    table = table.assign(key=table["document"])
    table = table.assign(key=tied(table, ("document", "row"), ["place"]))
    cells = zip(table["row"], table["place"], strict=True)
    return dict(zip(cells, table["key"], strict=True))

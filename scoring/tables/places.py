"""Where in the long table a finding stands: its file, sheet and cell, its unit and item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import MAX_FINDINGS_PER_KIND as MAX_FINDINGS_PER_KIND
from scoring.base.findings import Finding

_PLACE = ("file", "sheet", "cell", "unit_code", "year", "period", "item_code")
Rows = npt.NDArray[np.intp] | Sequence[int]
Values = Mapping[str, object]


def places_of(table: pd.DataFrame, rows: Rows) -> list[dict[str, str]]:
    """Return the places of some rows; what the table does not tell is left out."""
    if not len(rows):
        return []
    names = [name for name in _PLACE if name in table.columns]
    columns = [table[name].iloc[np.asarray(rows, np.intp)].tolist() for name in names]
    # Neither a missing value nor the year 0 tells anything.
    return [
        {
            name: str(cell)
            for name, cell in zip(names, cells, strict=True)
            if not pd.isna(cell) and cell != 0
        }
        for cells in zip(*columns, strict=True)
    ]


def row_findings(
    code: str, table: pd.DataFrame, rows: Rows, values: Iterable[Values] = repeat({})
) -> list[Finding]:
    """Return a finding at each of `rows`, the first `MAX_FINDINGS_PER_KIND` of them."""
    places = places_of(table, rows[:MAX_FINDINGS_PER_KIND])
    return [
        Finding(code, values=said, **place) for place, said in zip(places, values, strict=False)
    ]

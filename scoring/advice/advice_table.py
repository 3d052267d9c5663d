"""The advice to units as a table, in the order in which it can be followed."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from scoring.advice.ways import Advice
from scoring.base.units import KEY_COLUMNS
from scoring.tables import table_of


def advice_table(
    advice: Advice, places: Iterable[int] | None = None, lang: str = "vi"
) -> pd.DataFrame:
    """Return what units can do, for each what can still be done now first and next year last.

    Parameters
    ----------
    advice : Advice
    places : iterable of int, optional
        Columns of the sheet; all units without it.
    lang : str

    Returns
    -------
    DataFrame
        The table ``Advice``.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([
    ...     {"item_code": "2", "input": "on_time", "value": 90},
    ...     {"item_code": "2", "input": "received", "value": 100},
    ... ], unit_code="H1", year=2026)
    >>> table = advice_table(Advice(score(figures, open_set("service-quality-766"))), lang="en")
    >>> table.loc[table["item_code"] == "2", "more_points"].tolist()
    [2.0]
    """
    sheet = advice.sheet
    chosen = range(len(sheet.units)) if places is None else places
    rows = [
        dict(zip(KEY_COLUMNS, sheet.keys[place], strict=True))
        | {
            "rank": rank,
            "term": way.term,
            "due_on": pd.Timestamp(way.due_on) if way.due_on else pd.NaT,
            "item_code": way.code,
            "item_name": sheet.criteria.by_code[way.code].name(lang),
            "kind": way.kind,
            "step": way.step,
            "advice": way.text(lang),
            "more_points": way.more,
            "index_points": way.index_more,
            "is_sure": way.sure,
        }
        for place in chosen
        for rank, way in enumerate(advice.of_unit(place), start=1)
    ]
    return table_of(pd.DataFrame(rows), "Advice")

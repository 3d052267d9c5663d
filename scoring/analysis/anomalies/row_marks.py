"""Marks on the rows that appraisers decide: which of them an anomaly is about."""

from __future__ import annotations

import pandas as pd

from scoring.base.labels import label
from scoring.base.units import KEY_COLUMNS

# What is about whole units, or about an item of all units, would mark every row and so none.
_ON_ROWS = ("copied-text", "shared-document", "heaped-digits", "same-figures", "deadline-dates")
_ROW = [*KEY_COLUMNS, "item_code"]
_MOST_OTHERS = 3


def row_marks(rows: pd.DataFrame, anomalies: pd.DataFrame, lang: str = "vi") -> pd.Series:
    """Return what is worth a second look in each row, empty where nothing is.

    The marks change neither risk nor order: how likely an anomaly is to cost points nobody knows.

    Parameters
    ----------
    rows : DataFrame
        With ``unit_code``, ``year``, ``period`` and ``item_code``.
    anomalies : DataFrame
        The table ``Anomalies``. Of kinds about whole units or about an item of all units nothing is
        marked.
    lang : {"vi", "en"}

    Returns
    -------
    Series of str, on the index of `rows`
        The kinds, with the other units that each is about.

    Examples
    --------
    >>> rows = pd.DataFrame({"unit_code": ["A", "B"], "year": 2026, "period": "", "item_code": "1.1"})
    >>> told = {"kind": "copied-text", "unit_codes": "A; C", "item_codes": "1.1; 2"}
    >>> row_marks(rows, rows[["year", "period"]].head(1).assign(**told)).tolist()
    ['giải trình giống nhau (C)', '']
    """
    told = anomalies[anomalies["kind"].isin(_ON_ROWS) & (anomalies["unit_codes"] != "")]
    texts: dict[tuple[object, ...], list[str]] = {}
    for row in told.to_dict("records"):
        units, items = (str(row[name]).split("; ") for name in ("unit_codes", "item_codes"))
        for unit in units:
            text = _text(str(row["kind"]), [one for one in units if one != unit], lang)
            for item in items:
                key = (unit, int(row["year"]), str(row["period"]), item)
                texts.setdefault(key, []).append(text)
    keys = zip(*(rows[name].tolist() for name in _ROW), strict=True)
    marks = ["; ".join(dict.fromkeys(texts.get(key, []))) for key in keys]
    return pd.Series(marks, index=rows.index, dtype="str")


def _text(kind: str, others: list[str], lang: str) -> str:
    name = label(f"anomaly_kind_{kind}", lang)
    more = " …" if len(others) > _MOST_OTHERS else ""
    return f"{name} ({', '.join(others[:_MOST_OTHERS])}{more})" if others else name

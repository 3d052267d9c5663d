"""What proves the items of a criteria set, with the deadlines of one assessment year."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from scoring.base.due_dates import read_due_date
from scoring.base.errors import UsageError
from scoring.base.units import KEY_COLUMNS
from scoring.official.document_kinds import kinds_of
from scoring.official.document_period import parts_asked
from scoring.tables import days_of


def requirements_for(evidence: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the sheet ``evidence`` of a criteria set as the table ``Requirements``.

    Parameters
    ----------
    evidence : DataFrame
        Text columns ``item_code``, ``kind``, ``min_documents``, ``issued_by`` (``year-01-10``,
        ``year-1-12-31``, or empty), ``source`` and, if there, ``issuer`` and ``keywords``, which
        may name a part of the year; as in ``CriteriaSet.tables["evidence"]``.
    year : int
        The assessment year.

    Returns
    -------
    DataFrame
        Table ``Requirements`` of `scoring.tables`; a kind is written by its keys.

    Raises
    ------
    UsageError
        A deadline or a number of documents is malformed; a set that passed its check has neither.

    Examples
    --------
    >>> sheet = pd.DataFrame({"item_code": ["3.1.1"], "kind": ["Kế hoạch"],
    ...     "min_documents": ["1"], "issued_by": ["year-1-12-30"], "source": ["mẫu"]})
    >>> requirements_for(sheet, 2025)[["kind", "due_on"]].values.tolist()
    [['KH', Timestamp('2024-12-30 00:00:00')]]
    """
    given = evidence.fillna("").astype("str").reset_index(drop=True)
    counts = pd.to_numeric(given["min_documents"], errors="coerce")
    if not (counts >= 1).all():
        raise UsageError("requirements_for needs min_documents of 1 or more in every row")
    due = pd.Series([due_day(text, year) for text in given["issued_by"]], dtype="object")
    words = given["keywords"] if "keywords" in given else [""] * len(given)
    return pd.DataFrame(
        {
            "item_code": given["item_code"],
            "kind": ["|".join(sorted(kinds_of(text))) for text in given["kind"]],
            "min_documents": counts.astype("int64"),
            "due_on": days_of(due),
            "issuer": given.get("issuer", ""),
            "part_of_year": ["|".join(sorted(parts_asked(text))) for text in words],
            "source": given["source"],
        }
    ).astype(dict.fromkeys(("kind", "issuer", "part_of_year"), "str"))


def requirements_of(evidence: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return what every unit must prove, with the deadlines of its own year.

    Parameters
    ----------
    evidence : DataFrame
        As for `requirements_for`.
    units : DataFrame
        The columns of `KEY_COLUMNS`, one row per unit.

    Returns
    -------
    DataFrame
        Table ``Requirements`` with the key of the unit before it.

    Examples
    --------
    >>> asked = pd.DataFrame({"item_code": ["1.1"], "kind": ["Kế hoạch"], "min_documents": ["1"],
    ...                       "issued_by": ["year-01-15"], "source": ["mẫu"]})
    >>> units = pd.DataFrame({"unit_code": ["A", "B"], "year": [2025, 2026], "period": ""})
    >>> requirements_of(asked, units)[["unit_code", "kind", "due_on"]].astype(str).values.tolist()
    [['A', 'KH', '2025-01-15'], ['B', 'KH', '2026-01-15']]
    """
    keys = units[KEY_COLUMNS].drop_duplicates()
    parts = [
        keys[keys["year"] == year].merge(requirements_for(evidence, int(year)), how="cross")
        for year in keys["year"].unique()
    ]
    if not parts:
        return keys.merge(requirements_for(evidence, 0), how="cross")
    return pd.concat(parts, ignore_index=True)


def due_day(text: str, year: int) -> dt.date | None:
    """Return the day that ``year-01-10`` means in `year`; None for an empty text.

    >>> due_day("year+1-01-31", 2024), due_day("", 2024)
    (datetime.date(2025, 1, 31), None)
    """
    if not text.strip():
        return None
    due = read_due_date(text)
    if due is None:
        raise UsageError(f"a deadline reads year-01-10, year-1-12-31 or year+1-01-31, not {text!r}")
    return due.on(year)

"""When a document is valid, set against the assessment year and the deadlines it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scoring.base.units import KEY_COLUMNS

DOCUMENT_KEY = [*KEY_COLUMNS, "document_id"]
ITEM_KEY = [*KEY_COLUMNS, "item_code"]


def unit_of(row: Mapping[Any, Any]) -> dict[str, str]:
    """Return the key of the unit of a row as a finding names it."""
    return {name: str(row[name]) for name in KEY_COLUMNS}


def last_day(documents: pd.DataFrame) -> pd.Series:
    """Return the latest day that each date of issue can mean; NaT where none is stated."""
    first = documents["issued_on"]
    month_end = first + pd.offsets.MonthEnd(0)
    year_end = first + pd.offsets.YearEnd(0)
    precision = documents["issued_precision"]
    return first.where(precision == "day", month_end.where(precision == "month", year_end))


def outside_year(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame
) -> pd.Series:
    """Say which documents were not valid in the assessment year of their unit.

    These are documents declared valid at another time, and those issued before the year that
    neither declare a period nor name the year in their title. One issued after the year is not
    among them: it is late, which is for its deadline to say.

    Parameters
    ----------
    documents, links, requirements : DataFrame
        Tables of those names, each with the columns of `KEY_COLUMNS`.

    Examples
    --------
    >>> documents = pd.DataFrame({"unit_code": "A", "year": 2026, "period": "",
    ...     "document_id": ["a", "b"], "title": ["", "Kế hoạch năm 2026"],
    ...     "issued_on": pd.to_datetime(["2025-12-20"] * 2), "issued_precision": "day",
    ...     "valid_from": pd.NaT, "valid_to": pd.NaT})
    >>> nothing = pd.DataFrame(columns=[*ITEM_KEY, "document_id", "due_on"])
    >>> outside_year(documents, nothing, nothing).tolist()
    [True, False]
    """
    return is_outside(standing(documents, links, requirements))


def is_outside(stands: pd.DataFrame) -> pd.Series:
    """Say what `outside_year` does of documents whose `standing` is known."""
    return stands["not_valid_then"] | (stands["is_old"] & ~stands["is_declared"])


def standing(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame
) -> pd.DataFrame:
    """Tell how the dates of each document stand to its unit's year and to the deadlines.

    Returns
    -------
    DataFrame, on the index of `documents`
        Flags: ``is_declared`` (it states a period), ``is_reversed`` (that ends before it begins),
        ``not_valid_then``, ``is_old`` and ``is_new`` (issued before or after the years asked for).
    """
    year = documents["year"].astype("int64")
    first_year, last_year = _years_asked(documents, links, requirements)
    issued, last = documents["issued_on"], last_day(documents)
    begins, ends = documents["valid_from"], documents["valid_to"]
    is_declared = begins.notna() | ends.notna()
    is_reversed = ends < begins
    # An end that is not declared compares as false, which leaves the period open.
    is_valid = ~(begins.fillna(issued).dt.year > year) & ~(ends.dt.year < year)
    return pd.DataFrame(
        {
            "is_declared": is_declared,
            "is_reversed": is_reversed,
            "not_valid_then": is_declared & ~is_reversed & ~is_valid,
            "is_old": (last.dt.year < first_year) & ~_is_for_year(documents, last, year),
            "is_new": issued.dt.year > last_year,
        }
    )


def _is_for_year(documents: pd.DataFrame, last: pd.Series, year: pd.Series) -> pd.Series:
    """Say which documents of the year before name the year: plans often come in its last weeks."""
    is_for_year = last.dt.year == year - 1
    for one in year[is_for_year].unique():
        mine = is_for_year & (year == one)
        is_for_year &= ~mine | documents["title"].str.contains(rf"\b{one}\b")
    return is_for_year


def _years_asked(
    documents: pd.DataFrame, links: pd.DataFrame, requirements: pd.DataFrame
) -> tuple[pd.Series, pd.Series]:
    """Return first and last year a document may be of: a deadline may lie beside the year."""
    year = documents["year"].astype("int64")
    if requirements.empty or links.empty:
        return year, year
    due_year = requirements["due_on"].dt.year
    if (due_year.isna() | (due_year == requirements["year"])).all():
        # Nearly every set: no deadline lies beside the year, so there is nothing to look up.
        return year, year
    due = requirements[ITEM_KEY].assign(due_year=due_year)
    asked = links.merge(due, on=ITEM_KEY).groupby(DOCUMENT_KEY)["due_year"]
    keys = pd.MultiIndex.from_frame(documents[DOCUMENT_KEY])
    first = pd.Series(asked.min().reindex(keys).to_numpy(), documents.index).fillna(year)
    last = pd.Series(asked.max().reindex(keys).to_numpy(), documents.index).fillna(year)
    return first.clip(upper=year), last.clip(lower=year)

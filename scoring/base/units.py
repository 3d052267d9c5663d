"""The key of a unit in a run: its code, the year and the period its figures are for.

Every table about units carries these three columns, and tables are joined on them alone: one unit
may stand in a run for several years or months.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.periods import read_period
from scoring.base.text import clean_text, ends_shown

KEY_COLUMNS = ["unit_code", "year", "period"]
"""The columns that name a unit in a run; also the order in which tables show them."""


class UnitKey(NamedTuple):
    """One unit at one time.

    Attributes
    ----------
    unit_code : str
    year : int
    period : str
        Empty for the whole year.

    Examples
    --------
    >>> UnitKey("SNV", 2026, "Q1") < UnitKey("SNV", 2026, "Q2")
    True
    """

    unit_code: str
    year: int
    period: str = ""

    @property
    def when(self) -> str:
        """Year and period as people write them (see `time_text`)."""
        return time_text(self.year, self.period)


# What people write in the period of figures for the whole year.
_WHOLE_YEAR = frozenset({"", "năm", "cả năm", "year"})


def is_whole_year(period: str) -> bool:
    """Say whether a period is the whole year, however it is written: ledgers write "năm".

    >>> is_whole_year("năm"), is_whole_year(""), is_whole_year("quý I")
    (True, True, False)
    """
    return period.strip().lower() in _WHOLE_YEAR


def period_of(cell: str | float | None) -> str:
    """Return what a cell says of the period: pandas reads the empty one of the whole year as NaN.

    >>> period_of("quý I"), period_of(float("nan"))
    ('quý I', '')
    """
    return "" if pd.isna(cell) else str(cell)


def time_of(year: int, period: str = "") -> str:
    """Return year and period as people write them, whole: two times are one where these are alike.

    >>> time_of(2026, "năm"), time_of(2026, "quý I"), time_of(2026, "03-2026")
    ('2026', 'quý I/2026', '03-2026')
    """
    if is_whole_year(period):
        return str(year)
    return period if str(year) in period else f"{period}/{year}"


def time_text(year: int, period: str = "") -> str:
    """Return `time_of` to show: a page pasted there by mistake would make charts of any length.

    >>> time_text(2026, "năm"), time_text(2026, "quý I"), time_text(2026, "03-2026")
    ('2026', 'quý I/2026', '03-2026')
    """
    return ends_shown(time_of(year, period), _MOST_SHOWN)


# Longer than any period that people write, such as "từ ngày 15 tháng 12 năm 2025 đến ngày ...".
_MOST_SHOWN = 120


def unit_keys(table: pd.DataFrame) -> list[UnitKey]:
    """Return the key of every row of `table`, which has the columns `KEY_COLUMNS`.

    >>> unit_keys(pd.DataFrame({"unit_code": ["A"], "year": [2026], "period": [""]}))
    [UnitKey(unit_code='A', year=2026, period='')]
    """
    columns = (table[name].tolist() for name in KEY_COLUMNS)
    return [
        UnitKey(str(code), int(year), period_of(period))
        for code, year, period in zip(*columns, strict=True)
    ]


def usual_time(table: pd.DataFrame) -> str:
    """Return the time that most units of `table` are of; empty where units are told apart by it.

    One ledger with a wrong year among many is the odd one; a unit that stands in the table for
    several years makes a series, in which no year is odd.

    >>> usual_time(pd.DataFrame({"unit_code": list("ABC"), "year": [2026, 2026, 2025], "period": ""}))
    '2026'
    >>> usual_time(pd.DataFrame({"unit_code": list("AAB"), "year": [2026, 2025, 2026], "period": ""}))
    ''
    """
    units = table[KEY_COLUMNS].drop_duplicates()
    times = Counter(key.when for key in unit_keys(units))
    (when, count) = next(iter(times.most_common(1)), ("", 0))
    is_series = bool(units["unit_code"].duplicated().any())
    return "" if is_series or 2 * count <= len(units) else when


def told_times(table: pd.DataFrame, units: pd.DataFrame | None = None) -> list[str]:
    """Return the time to write after the name of each row's unit; empty where it is the usual one.

    `units` is what the reader sees beside each other, by default `table` itself.

    >>> told_times(pd.DataFrame({"unit_code": list("ABC"), "year": [2026, 2026, 2025], "period": ""}))
    ['', '', '2025']
    """
    units = table if units is None else units
    times = {key.when for key in unit_keys(units[KEY_COLUMNS].drop_duplicates())}
    usual = usual_time(units)
    whens = [key.when for key in unit_keys(table)]
    return [when if len(times) > 1 and when != usual else "" for when in whens]


def names_apart(units: pd.DataFrame) -> list[str]:
    """Return the name to show of each row's unit, its code beside it where another has the same name.

    A unit without a name is called by its code.

    >>> units = {"unit_code": list("ABCD"), "unit_name": ["Sở Y tế", "Sở Y tế", "Sở Nội vụ", ""]}
    >>> names_apart(pd.DataFrame(units))
    ['Sở Y tế (A)', 'Sở Y tế (B)', 'Sở Nội vụ', 'D']
    """
    codes = [str(code) for code in units["unit_code"]]
    names = [clean_text(str(name)) for name in units["unit_name"]]
    shared = Counter(name for _, name in dict.fromkeys(zip(codes, names, strict=True)))
    return [
        f"{name} ({code})" if name and shared[name] > 1 else name or code
        for code, name in zip(codes, names, strict=True)
    ]


def told_names(units: pd.DataFrame) -> dict[UnitKey, str]:
    """Return the name to show of each unit, with code and time where others have the same name.

    >>> units = {"unit_code": list("AAB"), "unit_name": "Sở Y tế", "year": 2026}
    >>> told_names(pd.DataFrame(units | {"period": ["quý I", "quý II", "quý II"]})).values()
    dict_values(['Sở Y tế (A) · quý I/2026', 'Sở Y tế (A) · quý II/2026', 'Sở Y tế (B) · quý II/2026'])
    """
    parts = zip(unit_keys(units), names_apart(units), told_times(units), strict=True)
    return {key: f"{name} · {when}" if when else name for key, name, when in parts}


def unit_rows(table: pd.DataFrame, units: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Return for each row of `table` the row of `units` with the same key.

    Parameters
    ----------
    table, units : DataFrame
        Both with the columns `KEY_COLUMNS`; the keys of `units` are unique.

    Returns
    -------
    int array, shape (len(table),)
        -1 where `units` has no such key. The whole year is one period, however it is written.

    Examples
    --------
    >>> units = pd.DataFrame({"unit_code": ["A", "A"], "year": [2025, 2026], "period": ["", ""]})
    >>> unit_rows(units.iloc[[1, 0, 1]], units).tolist()
    [1, 0, 1]
    """
    known, asked = (pd.MultiIndex.from_frame(one[KEY_COLUMNS]) for one in (units, table))
    places = np.asarray(known.get_indexer(asked), np.intp)
    if (places < 0).any():
        known, asked = (
            pd.MultiIndex.from_frame(with_one_whole_year(one[KEY_COLUMNS], ""))
            for one in (units, table)
        )
        # Two spellings of one unit's year cannot be told apart by the year alone.
        if known.is_unique:
            places = np.where(places < 0, known.get_indexer(asked), places)
    return places


def with_one_whole_year(table: pd.DataFrame, spelling: str) -> pd.DataFrame:
    """Return `table` with the whole year written in one way.

    >>> with_one_whole_year(pd.DataFrame({"period": ["", "quý I"]}), "năm")["period"].tolist()
    ['năm', 'quý I']
    """
    others = [text for text in table["period"].unique() if is_whole_year(text) and text != spelling]
    if not others:
        return table
    return table.assign(period=table["period"].replace(dict.fromkeys(others, spelling)))


def alike_texts(texts: pd.Series) -> pd.DataFrame:
    """Return the texts that differ from an earlier one in case and blanks only.

    Parameters
    ----------
    texts : Series of str
        Codes or names; empty ones are left out.

    Returns
    -------
    DataFrame
        ``text`` and ``first``, the one it looks like; a row a text, by where it first stands.

    Examples
    --------
    >>> alike_texts(pd.Series(["XA-01", "xa-01 ", "XA-02"])).to_numpy().tolist()
    [['xa-01 ', 'XA-01']]
    """
    given = texts.drop_duplicates().astype(str)
    words = given.tolist()
    # All at once, where no text is empty or has blanks of its own.
    whole = "\n".join(words).casefold()
    plain = whole.split()
    if len(plain) != len(words) or len("\n".join(plain)) != len(whole):
        plain = ["".join(text.casefold().split()) for text in words]
    if len(set(plain)) == len(plain):
        return pd.DataFrame({"text": given[:0], "first": given[:0]})
    return _unlike_first(given, plain)


def alike_periods(units: pd.DataFrame) -> pd.DataFrame:
    """Return the periods that are an earlier one of their year, written in another way.

    Parameters
    ----------
    units : DataFrame
        Columns ``year`` and ``period``.

    Returns
    -------
    DataFrame
        ``text`` and ``first``, the one that it is; a row a period, by where it first stands.

    Examples
    --------
    >>> units = pd.DataFrame({"year": 2026, "period": ["tháng 8", "T08/2026", "tháng 9"]})
    >>> alike_periods(units).to_numpy().tolist()
    [['T08/2026', 'tháng 8']]
    """
    once = units[["year", "period"]].drop_duplicates()
    told = zip(once["year"].tolist(), once["period"].tolist(), strict=True)
    return _unlike_first(once["period"], [_one_period(year, period) for year, period in told])


def _one_period(year: int, period: str) -> object:
    """Return what is alike of one period; nothing of the whole year, which is read however written."""
    if is_whole_year(period):
        return ""
    read = read_period(period)
    return (year, *(read[:2] if read else ["".join(period.casefold().split())]))


def _unlike_first(given: pd.Series, keys: Sequence[object]) -> pd.DataFrame:
    """Return the texts that differ from the first of the same key, beside it; none of an empty key."""
    first: dict[object, str] = {}
    seen = [first.setdefault(key, text) for key, text in zip(keys, given.tolist(), strict=True)]
    same = pd.Series(seen, given.index, dtype=given.dtype)
    differs = (given != same) & np.array([key != "" for key in keys], dtype=bool)
    return pd.DataFrame({"text": given[differs], "first": same[differs]})

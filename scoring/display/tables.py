"""A table as a reader wants it in a notebook: names for codes, figures and dates of the language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.base.message_tables import message_tables
from scoring.base.numbers import format_number
from scoring.display.html import display_language, html_table
from scoring.official.document_kinds import document_kinds

# Where the names of the codes in a column stand among the labels; the first that is there is taken.
_NAMED = {
    "verdict": ("difference_",),
    "severity": ("severity_",),
    "cause": ("cause_", "proof_state_"),
    "state": ("proof_state_",),
    "proof": ("proof_state_", "proof_"),
    "status": ("plan_status_", "status_"),
    "kind": ("gap_kind_", "plan_kind_", "difference_"),
    "reason_kind": ("difference_",),
    "told_by": ("told_by_",),
}
# Numbers that name something; nobody writes 2.026 for a year.
_NAMES = frozenset({"year", "from_year", "last_year"})
# Written with two decimals even where every one is whole.
_POINTS = frozenset(
    f"{kind}points" for kind in ("", "max_", "supported_", "lost_", "target_", "gap_to_target_")
) | {"points_at_risk"}


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """Headings and cells as text, and where each column stands.

    Attributes
    ----------
    header : tuple of str
    rows : tuple of tuples of str
    right : str
        One character per column, ``r`` for figures.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: str

    def _repr_html_(self) -> str:
        return html_table(self.header, self.rows, self.right)


def readable_table(table: pd.DataFrame, lang: str = "") -> ReadableTable:
    """Return a table as people read it: a notebook shows it, and nothing is computed with it.

    Parameters
    ----------
    table : DataFrame
        Any table of the package. A column that the package has no name for keeps the one it has.
    lang : {"", "vi", "en"}
        By default the language of `PARINDEX_LANG`, else Vietnamese.

    Returns
    -------
    ReadableTable
        Text on the left, figures on the right, both without the index of the frame; what is
        missing is "—", never 0.

    Examples
    --------
    >>> gaps = pd.DataFrame({"item_code": ["1.10"], "lost_points": [0.5], "cause": ["late"]})
    >>> shown = readable_table(gaps)
    >>> shown.header, shown.rows
    (('Mục', 'Điểm bị mất', 'Nguyên nhân'), (('1.10', '0,50', 'Chậm thời hạn'),))
    """
    lang = lang or display_language()
    columns = [_column(str(name), table[name], lang) for name in table]
    figures = [pd.api.types.is_numeric_dtype(table[name]) for name in table]
    return ReadableTable(
        header=tuple(_heading(str(name), lang) for name in table),
        rows=tuple(zip(*columns, strict=True)),
        right="".join("r" if is_figure else " " for is_figure in figures),
    )


def _heading(name: str, lang: str) -> str:
    known = message_tables("labels")
    keys = (f"column_{name}", f"column_plan_{name}", name)
    return next((label(key, lang) for key in keys if key in known), name)


def _column(name: str, values: pd.Series, lang: str) -> list[str]:
    """Return the cells of a column as text; its figures have the same number of decimals."""
    decimals = 0
    if pd.api.types.is_float_dtype(values):
        known = values.dropna()
        is_whole = name not in _POINTS and bool((known == known.round()).all())
        decimals = 0 if is_whole else 2
    return [_text(name, value, decimals, lang) for value in values]


def _text(name: str, value: Any, decimals: int, lang: str) -> str:
    if pd.isna(value):
        return "—"
    if isinstance(value, dt.date):
        return format_date(value, lang)
    if isinstance(value, str):
        return _word(name, value, lang)
    if name in _NAMES:
        return str(int(value))
    return format_number(float(value), decimals, lang)


def _word(name: str, value: str, lang: str) -> str:
    """Return the name of a code; a text that is none is as it was."""
    keys = (f"{prefix}{value}" for prefix in _NAMED.get(name, ()))
    known = message_tables("labels")
    kind = document_kinds().get(value) if name == "kind" else None
    named = kind.name(lang) if kind else value
    return next((label(key, lang) for key in keys if key in known), named)

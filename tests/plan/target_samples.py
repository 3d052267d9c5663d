"""Small tables of targets, bindings and results."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from scoring.tables import columns_of, declared, table_of

_EMPTY = {
    "text": "",
    "code": "",
    "word": "",
    "number": float("nan"),
    "whole": pd.NA,
    "date": pd.NaT,
}


def rows_as(table: str, *rows: dict[str, object]) -> pd.DataFrame:
    """Return a table of rows that say only what they differ in."""
    blank = {column.name: _EMPTY.get(column.type, False) for column in declared(table)}
    kept = set(columns_of(table))
    full = [{k: v for k, v in (blank | row).items() if k in kept} for row in rows]
    return table_of(full, table)


def result(**told: object) -> dict[str, object]:
    """Return a row of ``TargetResults``."""
    return {
        "target_code": "CT-01", "indicator": "Mức độ hài lòng", "comparator": "at-least",
        "value": 85.0, "unit": "%", "year": 2025, "due_on": pd.Timestamp(dt.date(2025, 12, 31)),
        "state": "missed", **told,
    }  # fmt: skip

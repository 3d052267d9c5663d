"""Reading whole columns of a sheet as the layout says, for the tables they become part of."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from scoring.base.dates import read_date
from scoring.base.numbers import read_number
from scoring.base.vocabulary import yes_or_no
from scoring.evidence.ledger import layout
from scoring.evidence.ledger.reading.sheet_rows import SheetRows, date_series
from scoring.files.excel.cells import CellValue
from scoring.official.partial_date import read_partial_date
from scoring.tables import empty, table_of


def table_read(
    stack: SheetRows, table: str, key: str, rows: Sequence[int], **own: Any
) -> pd.DataFrame:
    """Return the table that some rows of a sheet become, each with the place of its cell in `key`.

    Columns that need more than their own cells come as `own`.
    """
    if not len(rows):
        return empty(table, places=True)
    time = {name: stack.of_units(name, rows) for name in ("year", "period")}
    columns = stack.placed(key, rows) | time | _columns_read(stack, table, rows) | own
    return table_of(pd.DataFrame(columns), table, places=True)


def _columns_read(stack: SheetRows, table: str, rows: Sequence[int]) -> dict[str, Any]:
    """Return the columns of `table` that can be read cell by cell as the layout says."""
    found: dict[str, Any] = {}
    for column in layout.columns(stack.template):
        if column.table == table and column.reads in _READERS:
            values = _READERS[column.reads](stack, column.key, rows)
            found.update(zip(column.columns, values, strict=False))
    return found


def _texts(stack: SheetRows, key: str, rows: Sequence[int]) -> tuple[list[str]]:
    texts = stack.texts(key)
    return ([texts[at] for at in rows],)


def _marks(stack: SheetRows, key: str, rows: Sequence[int]) -> tuple[list[bool]]:
    (texts,) = _texts(stack, key, rows)
    known = {text: yes_or_no(text, key) is True for text in set(texts)}
    return ([known[text] for text in texts],)


def _digests(stack: SheetRows, key: str, rows: Sequence[int]) -> tuple[list[str]]:
    (texts,) = _texts(stack, key, rows)
    return ([text.lower() for text in texts],)


def _paths(stack: SheetRows, key: str, rows: Sequence[int]) -> tuple[list[str], list[str]]:
    """Return the paths of files and the addresses on the web."""
    (texts,) = _texts(stack, key, rows)
    on_web = [text.lower().startswith(("http://", "https://")) for text in texts]
    paths = ["" if web else t.replace("\\", "/") for t, web in zip(texts, on_web, strict=True)]
    return paths, [t if web else "" for t, web in zip(texts, on_web, strict=True)]


def _deadlines(stack: SheetRows, key: str, rows: Sequence[int]) -> tuple[list[str], pd.Series]:
    """Return deadlines as written, and the days of those that are plain dates."""
    written = [stack.columns[key][at] for at in rows]
    read = [read_date(value).value for value in written]
    texts = [
        day.strftime("%d/%m/%Y") if day else ("" if value is None else str(value))
        for day, value in zip(read, written, strict=True)
    ]
    return texts, date_series(read)


def _days(stack: SheetRows, key: str, rows: Sequence[int]) -> tuple[pd.Series, list[str]]:
    """Return the dates of a column and how precise each is stated."""
    column = stack.columns[key]
    # Nearly every date is a date already; a point of time is one of a subclass.
    read = [
        (value, "day") if type(value := column[at]) is dt.date else _day(stack, at, key, value)
        for at in rows
    ]
    return date_series([day for day, _ in read]), [precision for _, precision in read]


def _day(stack: SheetRows, at: int, key: str, value: CellValue) -> tuple[dt.date | None, str]:
    if value is None or stack.is_unknown(value, at, key):
        return None, "none"
    if isinstance(value, str):
        partial = read_partial_date(_year_first(value.strip()))
        if partial is not None and partial.precision != "day":
            return partial.first_day, partial.precision
    reading = read_date(value)
    if reading.problem:
        stack.report(reading.problem, at, key, input=stack.heading(key), value=str(value))
    return (reading.value, "day") if reading.value else (None, "none")


def _year_first(text: str) -> str:
    """Turn ``3/2022`` into ``2022-03``; everything else comes back as it is."""
    match = re.fullmatch(r"(?:tháng\s+)?(\d{1,2})[/\-.](\d{4})", text, re.IGNORECASE)
    return f"{match[2]}-{int(match[1]):02d}" if match else text


def _numbers(stack: SheetRows, key: str, rows: Sequence[int]) -> tuple[list[float]]:
    """Return the numbers of a column, NaN for an empty cell."""
    return ([_number(stack, at, key, stack.columns[key][at]) for at in rows],)


def _number(stack: SheetRows, at: int, key: str, value: CellValue) -> float:
    if value is None or stack.is_unknown(value, at, key):
        return math.nan
    if isinstance(value, float):
        return value
    reading = read_number(str(value))
    if reading.problem:
        met: dict[str, Any] = {"value": str(value), "candidates": reading.candidates}
        stack.report(reading.problem, at, key, input=stack.heading(key), **met)
    return math.nan if reading.value is None else reading.value


_READERS: dict[str, Callable[[SheetRows, str, Sequence[int]], tuple[Any, ...]]] = {
    "text": _texts, "date": _days, "mark": _marks, "digest": _digests, "path": _paths,
    "deadline": _deadlines, "number": _numbers,
}  # fmt: skip

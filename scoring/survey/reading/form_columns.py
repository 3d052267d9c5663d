"""What a form says beside its answers: codes, days, numbers, each different cell read once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.dates import DateReading, read_date
from scoring.base.findings import Finding
from scoring.base.numbers import NumberReading, decimal_mark, plain_numbers, read_settled
from scoring.base.text import clean_text
from scoring.survey.personal_data import shown_safely
from scoring.survey.reading.response_sources import ResponseTable
from scoring.tables import declared
from scoring.tables.places import MAX_FINDINGS_PER_KIND

# A day with a time behind it, as form programs write it: 15/3/2026 08:30:12, 2026-03-15T08:30.
_TIMED = re.compile(r"^(.+?)(?<![T ,])[T ,]++(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?: ?Z)?")
_OF_THE_DESIGN = re.compile(r"(population|probability)(_\d)?|weight")
TIME = "asked_at"
"""Minute of the day at which a form was taken, where its day holds a time; NaN where not."""


def read_forms(
    table: ResponseTable, headings: dict[str, str]
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the columns of ``Forms`` that a table has, with the place of each row.

    Parameters
    ----------
    table : ResponseTable
    headings : dict of str to str
        Column of ``Forms`` to heading.

    Returns
    -------
    DataFrame, shape (n_rows, n_columns)
        A number or day that cannot be read is missing and has a finding. A row without a form id
        gets ``#`` and its number.
    list of Finding
    """
    findings: list[Finding] = []
    read = {"form_id": _form_ids(table, headings.get("form_id", ""), findings)}
    for column in declared("Forms"):
        heading = headings.get(column.name)
        if heading is None or column.key == "place" or column.name in read:
            continue
        if column.type == "number":
            read[column.name] = numbers_of(table, heading, findings)
        elif column.type == "date":
            read |= _days(table, heading, column.name, findings)
        else:
            read[column.name] = texts_of(table.frame[heading])
    return pd.DataFrame(read | _places(table)), findings


def _places(table: ResponseTable) -> dict[str, pd.Series]:
    rows = pd.Series(np.asarray(table.frame.index) + table.first_row).astype("str")
    about = {
        name: pd.Series(text, index=rows.index, dtype="str") for name, text in table.about.items()
    }
    return about | {"cell": ("A" + rows).astype("str")}


def texts_of(cells: pd.Series) -> pd.Series:
    """Return cells as cleaned texts and codes; empty where they are."""
    codes, distinct = pd.factorize(cells)
    texts = np.array([*(_code(cell) for cell in distinct), ""], dtype=object)
    return pd.Series(texts[codes], dtype="str")


def _code(cell: object) -> str:
    """Return a code as text: a whole number without the point that a spreadsheet gives it."""
    if isinstance(cell, int | float | np.number):
        return f"{float(cell):.15g}"
    return clean_text(str(cell))


def _form_ids(table: ResponseTable, heading: str, findings: list[Finding]) -> pd.Series:
    count = len(table.frame)
    ids = texts_of(table.frame[heading]) if heading else pd.Series([""] * count, dtype="str")
    bare = (ids == "").to_numpy()
    if bare.any():
        first = int(bare.argmax())
        values = {"count": int(bare.sum())}
        findings.append(
            Finding("survey-form-without-id", **table.place(first, heading), values=values)
        )
        numbers = pd.Series(np.asarray(table.frame.index) + table.first_row).astype("str")
        ids = ids.mask(bare, "#" + numbers).astype("str")
    return ids


def numbers_of(table: ResponseTable, heading: str, findings: list[Finding]) -> pd.Series:
    """Return a column as numbers; NaN where it is empty or, with a finding, no number."""
    cells = table.frame[heading]
    if pd.api.types.is_numeric_dtype(cells):
        return cells.astype("float64").reset_index(drop=True)
    codes, distinct = pd.factorize(cells)
    plain = plain_numbers(str(cell) for cell in distinct)
    mark = "" if len(plain) == len(distinct) else _decimal_mark(table, distinct)
    readings = [_number(cell, plain, mark) for cell in distinct]
    findings += unreadable(table, heading, codes, distinct, readings)
    values = np.array([*(one.value for one in readings), None], dtype=np.float64)
    return pd.Series(values[codes])


def _decimal_mark(table: ResponseTable, distinct: Sequence[object] | pd.Index) -> str:
    """Return the mark before decimals of a column, else of the design that a draw wrote beside it.

    A version "2026.1" or a code "1.2" is no number, so no other column counts.
    """
    design = [name for name in table.frame.columns if _OF_THE_DESIGN.match(str(name))]
    beside = (str(cell) for name in design for cell in table.frame[name].unique())
    return decimal_mark(str(cell) for cell in distinct) or decimal_mark(beside)


def _number(cell: object, plain: dict[str, float], mark: str) -> NumberReading:
    if isinstance(cell, float | int):
        return NumberReading(float(cell))
    text = str(cell)
    return NumberReading(plain[text]) if text in plain else read_settled(text, mark)


def _days(
    table: ResponseTable, heading: str, name: str, findings: list[Finding]
) -> dict[str, pd.Series]:
    """Return the days of a column, and the minute of the day where any cell tells it."""
    codes, distinct = pd.factorize(table.frame[heading])
    read = [_day(cell) for cell in distinct]
    findings += unreadable(table, heading, codes, distinct, [day for day, _ in read])
    days = np.array([*(day.value for day, _ in read), None], dtype="datetime64[us]")
    minutes = np.array([*(minute for _, minute in read), np.nan])
    found = {name: pd.Series(days[codes])}
    return found | ({TIME: pd.Series(minutes[codes])} if np.isfinite(minutes).any() else {})


def _day(cell: object) -> tuple[DateReading, float]:
    """Return the day of a cell and its minute of that day; NaN where it tells no time."""
    if isinstance(cell, dt.datetime):
        minute = cell.hour * 60.0 + cell.minute
        return read_date(cell), minute or np.nan
    timed = _TIMED.fullmatch(clean_text(cell)) if isinstance(cell, str) else None
    if timed:
        return read_date(timed[1]), int(timed[2]) * 60.0 + int(timed[3])
    return read_date(cell), np.nan


def unreadable(
    table: ResponseTable,
    heading: str,
    codes: npt.NDArray[np.intp],
    distinct: Sequence[object] | pd.Index,
    readings: Sequence[NumberReading | DateReading],
) -> Iterator[Finding]:
    """Yield a finding for each different cell that has a problem, at the first such cell.

    Parameters
    ----------
    table : ResponseTable
    heading : str
    codes : int array, shape (n_rows,)
        Place of each row's cell among `distinct`; -1 for an empty one.
    distinct : sequence
    readings : sequence of NumberReading or DateReading
        One for each of `distinct`.
    """
    wrong = [place for place, reading in enumerate(readings) if reading.problem]
    for place in wrong[:MAX_FINDINGS_PER_KIND]:
        rows = np.flatnonzero(codes == place)
        values = {"input": heading, "value": shown_safely(distinct[place]), "count": len(rows)}
        if candidates := getattr(readings[place], "candidates", ()):
            values["candidates"] = candidates
        yield Finding(
            str(readings[place].problem), **table.place(int(rows[0]), heading), values=values
        )

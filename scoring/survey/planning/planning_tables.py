"""Sampling frames, strata and drawn samples as they are read from files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from numbers import Real
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, label
from scoring.base.numbers import NumberReading, decimal_mark, read_settled
from scoring.base.vocabulary import folded
from scoring.files.declared_tables import missing_columns
from scoring.files.excel.workbook import read_workbook
from scoring.survey.personal_data import personal_columns, without_personal
from scoring.survey.reading.form_columns import texts_of
from scoring.survey.reading.response_sources import ResponseTable, open_responses
from scoring.tables import Column, declared, table_of

DESIGN_SHEET = "Thiết kế mẫu"
"""The sheet of a list to interview that holds the whole table ``Sample``."""

# Figures that only make sense whole, so that 1.250 is read as 1250.
_WHOLE = ("size", "population", "forms", "minimum", "maximum")


def read_planning_table(
    path: Path, name: str, *, holds_places: bool = True, sheet: str = ""
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a table of planning from CSV, Parquet or a workbook.

    Parameters
    ----------
    path : Path
    name : str
        ``SampleFrame``, ``Strata``, ``Allocation`` or ``Sample``.
    holds_places : bool
        Whether the names are those of places, some of which read like names of people.

    sheet : str
        Which sheet of a workbook; by default the one with headings.

    Returns
    -------
    DataFrame
        The declared columns that the file has, by their names or their headings in either
        language, and the place of each row; ``attrs["file"]`` names the file.
    list of Finding
        Missing columns, numbers that cannot be read.

    Raises
    ------
    UnreadableError
        When the file cannot be read, or has columns of personal data: a frame holds codes.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "tinh.csv")
    >>> _ = path.write_text("Mã;Tầng;Quy mô\\n01;R1;1.250\\n", encoding="utf-8")
    >>> frame, findings = read_planning_table(path, "SampleFrame")
    >>> frame[["code", "stratum", "size", "cell"]].values.tolist()
    [['01', 'R1', 1250.0, 'A2']]
    """
    headings = _Headings(name, holds_places)
    table = open_responses(path, headings.known, sheet)
    table = without_personal(table, list(personal_columns(table, headings)), "refuse")
    columns = {headings.target(head): head for head in map(str, table.frame.columns)}
    frame, findings = pd.DataFrame(index=range(len(table.frame))), list(table.findings)
    for column in declared(name):
        if column.name in columns and column.key != "place":
            frame[column.name] = _read(table, columns[column.name], column, findings)
    needed = [column.name for column in declared(name) if column.required]
    if missing := missing_columns(frame, needed, path.name):
        return table_of([], name, places=True), [*findings, *missing]
    rows = pd.Series(np.asarray(table.frame.index) + table.first_row, frame.index)
    frame = frame.assign(file=table.file, sheet=table.sheet, cell="A" + rows.astype("str"))
    frame.attrs["file"] = path.name
    return frame, findings


def _read(table: ResponseTable, heading: str, column: Column, findings: list[Finding]) -> pd.Series:
    cells = table.frame[heading].reset_index(drop=True)
    if not column.is_number:
        return texts_of(cells)
    codes, distinct = pd.factorize(cells)
    mark = decimal_mark(str(cell) for cell in distinct)
    readings = [_number(cell, column.name in _WHOLE, mark) for cell in distinct]
    for code, reading in enumerate(readings):
        if reading.problem:
            place = table.place(int(np.flatnonzero(codes == code)[0]), heading)
            values = {"value": str(distinct[code]), "column": heading}
            findings.append(Finding("planning-number-unread", **place, values=values))
    numbers = [
        np.nan if reading.value is None else reading.value / (100 if reading.is_percent else 1)
        for reading in readings
    ]
    return pd.Series(np.array([*numbers, np.nan])[codes])


def _number(cell: object, whole: bool, mark: str) -> NumberReading:
    if isinstance(cell, Real):
        return NumberReading(float(cell))
    return read_settled(str(cell), mark, whole=whole)


def read_sample(path: Path) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a drawn sample back: ``sample.csv`` or the list to interview.

    Returns
    -------
    DataFrame
        Table ``Sample``, with the design columns of ``Forms``, as an entry workbook takes it.
    list of Finding
    """
    return read_planning_table(Path(path), "Sample", sheet=design_sheet(path))


def design_sheet(path: Path) -> str:
    """Return the sheet of a list to interview that holds the design; empty for other files."""
    if Path(path).suffix.lower() not in (".xlsx", ".xlsm"):
        return ""
    return DESIGN_SHEET if DESIGN_SHEET in read_workbook(Path(path)).names else ""


class _Headings:
    """Which column of a table a heading names."""

    def __init__(self, name: str, holds_places: bool) -> None:
        self.name, self.holds_places = name, holds_places

    @cached_property
    def _words(self) -> dict[str, str]:
        columns = [column.name for column in declared(self.name)]
        said = {
            folded(label(f"sample_{name}", lang)): name
            for name in columns
            for lang in LANGUAGES
            if name not in ("file", "sheet", "cell", "fraction", "bound")
            and not name.endswith("_percent")
        }
        return said | {folded(name.replace("_", " ")): name for name in columns}

    def target(self, heading: str) -> str:
        """Return the column that a heading names; empty for none."""
        return self._words.get(folded(heading.replace("_", " ")), "")

    def known(self, headings: Iterable[str]) -> int:
        """Count the headings that are known."""
        return sum(bool(self.target(heading)) for heading in headings)

    def is_mapped(self, heading: str) -> bool:
        """Say that no heading was explained by a caller."""
        return False

    def is_question(self, heading: str) -> bool:
        """Say whether texts under a heading may look like names of people."""
        return self.holds_places and self.target(heading) in ("name", "place")

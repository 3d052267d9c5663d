"""Files of responses as they are found: rows below one heading row, whatever the format."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.base.text import clean_text
from scoring.evidence.ledger.sheets.common_sheets import machine_values_of
from scoring.files.excel.cells import CellValue, FormulaWithoutValue, address
from scoring.files.excel.workbook import Sheet, Workbook, read_workbook
from scoring.files.table_files import read_table
from scoring.survey.instrument.entry_workbook import IDENTITY_KEYS

_HEADING_ROWS = 30
_WORKBOOKS = (".xlsx", ".xlsm")
# Never equal to an answer, so that a formula nobody calculated is not taken for an empty cell.
_NOT_CALCULATED = "=?"


@dataclass(frozen=True)
class ResponseTable:
    """Rows of responses as somebody typed them.

    Attributes
    ----------
    frame : DataFrame, shape (n_rows, n_columns)
        Cells as found; headings cleaned. Its index numbers the rows below the headings, blank
        ones of a workbook included.
    file, sheet : str
    first_row : int
        Number of the first row below the headings, as a spreadsheet counts; a frame is counted
        as the CSV file that it would be.
    findings : tuple of Finding
    headings : tuple of str
        All headings of the file in their order, by which cells keep their letters.
    stated : mapping of str to str
        What the hidden sheet of an entry workbook says; empty for every other file.
    """

    frame: pd.DataFrame
    file: str = ""
    sheet: str = ""
    first_row: int = 2
    findings: tuple[Finding, ...] = ()
    headings: tuple[str, ...] = ()
    stated: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.headings:
            object.__setattr__(self, "headings", tuple(map(str, self.frame.columns)))

    def place(self, row: int, heading: str = "") -> dict[str, str]:
        """Return file, sheet and cell of a row, counted from 0, as findings name them.

        Row -1 is that of the headings.
        """
        column = self.headings.index(heading) + 1 if heading in self.headings else 1
        below = -1 if row < 0 else int(self.frame.index[row])
        return self.about | {"cell": address(self.first_row + below, column)}

    @property
    def about(self) -> dict[str, str]:
        """File and sheet, for findings about the table as a whole."""
        return {"file": self.file, "sheet": self.sheet}


def open_responses(
    source: Path | str | pd.DataFrame,
    is_heading: Callable[[Iterable[str]], int],
    sheet: str = "",
) -> ResponseTable:
    """Return the rows of a file of responses.

    Parameters
    ----------
    source : Path, str or DataFrame
        CSV, Parquet, .xlsx or .xlsm.
    is_heading : callable
        How many of some texts are known as headings: in a workbook the row with the most of them
        is its heading row.
    sheet : str
        Which sheet of a workbook; by default the visible one that has headings.

    Raises
    ------
    UnreadableError
        When the file cannot be read, or has no heading row.
    """
    if isinstance(source, pd.DataFrame):
        names = [clean_text(str(name)) for name in source.columns]
        _refuse_repeated(names)
        return ResponseTable(_without_truths(source.set_axis(names, axis=1).reset_index(drop=True)))
    path = Path(source)
    if path.suffix.lower() in _WORKBOOKS:
        return _of_workbook(path, is_heading, sheet)
    table = read_table(path, file=path.name)
    return ResponseTable(table.frame.reset_index(drop=True), path.name, findings=table.findings)


def _without_truths(frame: pd.DataFrame) -> pd.DataFrame:
    """Write truth values as text: True equals 1, and would be taken for that answer."""
    objects = [name for name, kind in frame.dtypes.items() if kind.kind in "Ob"]
    for name in map(str, objects):
        if pd.api.types.infer_dtype(frame[name]) in ("mixed", "mixed-integer", "boolean"):
            cells = frame[name].map(lambda cell: str(cell) if isinstance(cell, bool) else cell)
            frame = frame.assign(**{name: cells})
    return frame


def _of_workbook(
    path: Path, is_heading: Callable[[Iterable[str]], int], sheet: str
) -> ResponseTable:
    book = read_workbook(path, file=path.name)
    sheets = [one for one in book if (one.name == sheet if sheet else not one.is_hidden)]
    found = [(*_heading_row(one, is_heading), one) for one in sheets if one.row_count]
    known = [entry for entry in found if entry[0]]
    if stated := stated_by(book):
        # Beside its forms an entry workbook lists questions and answers.
        known = sorted(known, key=lambda entry: -entry[0])[:1]
    if len(known) != 1:
        values = {"known": [one.name for _, _, one in known] or book.names}
        code = "survey-sheets-several" if known else "survey-headings-missing"
        raise UnreadableError(Finding(code, path.name, values=values))
    _, row, one = known[0]
    findings = tuple(_without_value(found) for found in book.findings)
    frame = _frame(one, row)
    return ResponseTable(frame, path.name, one.name, row + 2, findings, stated=stated)


def _without_value(found: Finding) -> Finding:
    """Return a finding that shows no cell, for it may be of a column of personal data."""
    hidden = {name: Label("survey_cell_hidden") for name in found.values if name == "value"}
    return replace(found, values={**found.values, **hidden})


def stated_by(book: Workbook) -> dict[str, str]:
    """Return what the hidden sheet of an entry workbook says; empty for every other workbook."""
    said = {key: str(value)[:80] for key, value in machine_values_of(book.sheets).items()}
    return said if said.keys() >= set(IDENTITY_KEYS) else {}


def _heading_row(sheet: Sheet, is_heading: Callable[[Iterable[str]], int]) -> tuple[int, int]:
    """Return how many headings the best row has, and its place."""
    rows = sheet.rows[:_HEADING_ROWS]
    counts = [is_heading(cell for cell in cells if isinstance(cell, str)) for cells in rows]
    best = int(np.argmax(counts))
    return counts[best], best


def _frame(sheet: Sheet, row: int) -> pd.DataFrame:
    heads = [clean_text(str(cell)) if cell is not None else "" for cell in sheet.rows[row]]
    _refuse_repeated([head for head in heads if head], sheet.name)
    # Columns without a heading keep their place, so that the letters of the others stay right.
    names = [head or f" {place}" for place, head in enumerate(heads)]
    rows = [[_cell(cell) for cell in cells] for cells in sheet.rows[row + 1 :]]
    frame = pd.DataFrame(rows, columns=names, dtype=object)
    return frame.loc[~_is_blank(rows)] if len(frame) else frame


def _refuse_repeated(names: Sequence[str], sheet: str = "") -> None:
    repeated = sorted(name for name, times in Counter(names).items() if times > 1)
    if repeated:
        values = {"column": repeated}
        raise UnreadableError(Finding("table-repeated-column", sheet=sheet, values=values))


def _cell(cell: CellValue) -> object:
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, FormulaWithoutValue):
        return _NOT_CALCULATED
    return cell if cell is None or isinstance(cell, str | float | dt.date) else str(cell)


def _is_blank(rows: Sequence[Sequence[object]]) -> np.ndarray:
    return np.array([all(cell is None for cell in cells) for cells in rows], dtype=bool)

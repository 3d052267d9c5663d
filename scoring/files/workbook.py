"""Read a workbook as grids of plain values, the same whichever program wrote it.

The bytes are read once, looked through (`scoring.files.package`) and then read by calamine; what
calamine cannot read, or could not survive, is read by openpyxl. Both give the same cells.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter
from openpyxl.worksheet._reader import WorkSheetParser
from python_calamine import CalamineWorkbook

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding, has_errors
from scoring.files.limits import Limits
from scoring.files.package import inspect_package
from scoring.files.paths import read_bytes
from scoring.files.sheet_facts import SheetFacts, sheet_facts


@dataclass(frozen=True, slots=True)
class CellError:
    """An error shown in a cell: ``#N/A``, ``#REF!``, ``#DIV/0!`` ..."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class FormulaWithoutValue:
    """A formula that no program has calculated yet: not empty, and its value is not known."""

    def __str__(self) -> str:
        return ""


FORMULA_WITHOUT_VALUE = FormulaWithoutValue()

CellValue = (
    str | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | CellError
    | FormulaWithoutValue | None
)  # fmt: skip
Grid = list[list[CellValue]]


@dataclass(frozen=True)
class Sheet:
    """A sheet as a grid of plain values, from A1 to its outermost filled cell.

    Attributes
    ----------
    name : str
        As shown, in the form (NFC or NFD) it was saved in.
    state : str
        ``visible``, ``hidden`` or ``veryHidden``.
    rows : list of list
        ``rows[0][0]`` is A1; all rows are equally long. Numbers are float, dates without a time
        of day `date`, others `datetime`; an empty cell is None, and so is one covered by merged
        cells. Line ends inside a text are ``\\n``.
    merged : tuple of (first_row, first_column, last_row, last_column)
        Merged areas, counted from 1.
    reader : str
        ``calamine`` or ``openpyxl``.
    """

    name: str
    state: str
    rows: Grid = field(repr=False)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    reader: str = "calamine"

    @property
    def row_count(self) -> int:
        """Number of rows down to the last filled one."""
        return len(self.rows)

    @property
    def column_count(self) -> int:
        """Number of columns up to the last filled one."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def is_hidden(self) -> bool:
        """Whether people do not see the sheet."""
        return self.state != "visible"

    def cell(self, address: str) -> CellValue:
        """Return the value at an Excel address such as ``E14``; None outside the grid."""
        row, column = coordinate_to_tuple(address.replace("$", "").upper())
        return self.value(row, column)

    def value(self, row: int, column: int) -> CellValue:
        """Return the value at a row and column counted from 1; None outside the grid."""
        if 1 <= row <= self.row_count and 1 <= column <= self.column_count:
            return self.rows[row - 1][column - 1]
        return None


@dataclass(frozen=True)
class Workbook:
    """The sheets of a workbook in order, and what is to be said about the file.

    Attributes
    ----------
    file : str
        Name for findings.
    sheets : tuple of Sheet
        Worksheets only; chart sheets hold no cells.
    findings : tuple of Finding
        Warnings; a workbook with errors is not read at all.
    """

    file: str
    sheets: tuple[Sheet, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of the sheets, in order."""
        return [sheet.name for sheet in self.sheets]

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self.sheets)

    def __getitem__(self, name: str) -> Sheet:
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)


def address(row: int, column: int) -> str:
    """Return the Excel address of a row and column counted from 1.

    Examples
    --------
    >>> address(14, 5)
    'E14'
    """
    return f"{get_column_letter(column)}{row}"


def read_workbook(
    source: Path | bytes, limits: Limits | None = None, *, file: str = "", reader: str = "auto"
) -> Workbook:
    """Read every sheet of an .xlsx or .xlsm workbook.

    Parameters
    ----------
    source : Path or bytes
        The file, opened once for reading only, or its bytes.
    limits : Limits, optional
        Sizes above which the file is refused or read in part.
    file : str
        Name to show in findings; the path itself by default.
    reader : {"auto", "calamine", "openpyxl"}
        ``auto`` reads by calamine and falls back to openpyxl; the others are for tests.

    Returns
    -------
    Workbook
        Grids of plain values and the warnings met.

    Raises
    ------
    UnreadableError
        When nothing can be read: the file is missing, is no workbook, or is not safe to open.

    Examples
    --------
    >>> from scoring.files.xlsx import SafeWorkbook
    >>> made = SafeWorkbook()
    >>> made.add_sheet("Tự đánh giá").write_row(0, 0, ["1.10", 0.75, None])
    >>> sheet = read_workbook(made.to_bytes())["Tự đánh giá"]
    >>> sheet.cell("A1"), sheet.cell("B1"), sheet.cell("C1")
    ('1.10', 0.75, None)
    """
    limits = limits or Limits()
    if isinstance(source, bytes):
        data = source
    else:
        file = file or str(source)
        data = read_bytes(source, limits.file_bytes)
    report = inspect_package(data, limits, file)
    _refuse_errors(report.findings)
    if not report.kind.startswith("xls"):
        raise UnreadableError(Finding("not-a-workbook", file))
    facts = sheet_facts(report, limits, file)
    if not facts:
        raise UnreadableError(Finding("package-damaged", file, values={"part": "xl/workbook.xml"}))
    findings = [*report.findings, *(finding for fact in facts for finding in fact.findings)]
    _refuse_errors(findings)
    sheets = _read_sheets(data, facts, limits, file, reader, findings)
    return Workbook(file, tuple(sheets), tuple(findings))


def _refuse_errors(findings: tuple[Finding, ...] | list[Finding]) -> None:
    if has_errors(findings):
        raise UnreadableError(next(found for found in findings if found.severity == "error"))


def _read_sheets(
    data: bytes,
    facts: list[SheetFacts],
    limits: Limits,
    file: str,
    reader: str,
    findings: list[Finding],
) -> list[Sheet]:
    """Read each sheet by the fast reader, or by the other where that one is unfit or fails.

    calamine opens shared parts once for all sheets, so one look decides whether it can.
    """
    fast = _calamine_grids(data, facts) if reader != "openpyxl" else None
    slow: Callable[[int], Grid] | None = None
    sheets = []
    for position, fact in enumerate(facts):
        grid = fast(position) if fast else None
        used = "calamine"
        if grid is None:
            if reader == "calamine":
                raise UnreadableError(_damaged(file, fact.part))
            slow = slow or _openpyxl_grids(data, facts, limits, file, findings)
            grid, used = slow(position), "openpyxl"
        grid = _overlay(grid, fact, limits)
        findings += _uncover(grid, fact, limits, file)
        sheets.append(Sheet(fact.name, fact.state, _trimmed(grid), fact.merged, used))
    return sheets


def _damaged(file: str, part: str) -> Finding:
    return Finding("package-damaged", file, values={"part": part})


def _calamine_grids(data: bytes, facts: list[SheetFacts]) -> Callable[[int], Grid | None] | None:
    """Return a function giving the grid of a sheet, or None where calamine is no help."""
    if not any(fact.is_plain for fact in facts):
        return None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        positions = {name: place for place, name in enumerate(book.sheet_names)}
    except Exception:  # whatever it stumbles over, the other reader has its turn
        return None
    if len(positions) != len(book.sheet_names):
        return None

    def grid(position: int) -> Grid | None:
        fact = facts[position]
        if not fact.is_plain or fact.name not in positions:
            return None
        try:
            sheet = book.get_sheet_by_index(positions[fact.name])
            rows = sheet.to_python(skip_empty_area=False)
        except Exception:
            return None
        values = [[_PLAIN[type(value)](value) for value in row] for row in rows]
        # Finding nothing where the XML holds values means it did not understand the sheet.
        lost = fact.has_values and not any(v is not None for row in values for v in row)
        return None if lost and not fact.errors and not fact.formulas_without_value else values

    return grid


def _openpyxl_grids(
    data: bytes, facts: list[SheetFacts], limits: Limits, file: str, findings: list[Finding]
) -> Callable[[int], Grid]:
    """Return a function giving the grid of a sheet, read cell by cell."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # read_only streams cells one by one: no merged area is filled in, no picture opened.
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except Exception as problem:
        raise UnreadableError(_damaged(file, "xl/workbook.xml")) from problem

    def grid(position: int) -> Grid:
        fact = facts[position]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return _streamed(book[fact.name], fact, limits, file, findings)
        except Exception as problem:
            raise UnreadableError(_damaged(file, fact.part)) from problem

    return grid


def _streamed(
    sheet: Any, fact: SheetFacts, limits: Limits, file: str, findings: list[Finding]
) -> Grid:
    """Lay out the cells that openpyxl streams, as far as the limits go."""
    found: dict[tuple[int, int], CellValue] = {}
    beyond = ""
    for row, column, raw, kind in _parsed_cells(sheet):
        # A number outside the calendar in a date format is still a number, not an error.
        value = _from_openpyxl(raw) if kind != "e" else fact.number_at(address(row, column))
        if value is None:
            continue
        if row > limits.rows or column > limits.columns:
            beyond = beyond or address(row, column)
        else:
            found[row, column] = value
    rows, columns = _fitting(found, limits)
    beyond = beyond or next((address(*at) for at in found if at[0] > rows or at[1] > columns), "")
    if beyond:
        values = {"value": beyond, "rows": rows, "columns": columns}
        findings.append(Finding("cells-too-far", file, fact.name, beyond, values=values))
    grid: Grid = [[None] * columns for _ in range(rows)]
    for (row_number, column), value in found.items():
        if row_number <= rows and column <= columns:
            grid[row_number - 1][column - 1] = value
    return grid


def _parsed_cells(sheet: Any) -> Iterator[tuple[int, int, Any, str]]:
    """Yield row, column, value and type of every cell, in whatever order the file has them.

    `iter_rows` of openpyxl would drop rows that are out of order, and would walk through every
    empty row up to the last one; its parser underneath does neither.
    """
    book = sheet.parent
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for _, row in parser.parse():
            for cell in row:
                yield cell["row"], cell["column"], cell["value"], cell["data_type"]


def _overlay(grid: Grid, fact: SheetFacts, limits: Limits) -> Grid:
    """Put errors and formulas without a value into the grid, which readers show as empty."""
    marks: dict[str, CellValue] = {at: CellError(text) for at, text in fact.errors.items()}
    marks |= dict.fromkeys(fact.formulas_without_value, FORMULA_WITHOUT_VALUE)
    if not marks:
        return grid
    placed = {coordinate_to_tuple(at): mark for at, mark in marks.items()}
    filled = {(row, len(cells)): None for row, cells in enumerate(grid, start=1)}
    rows, columns = _fitting({**filled, **placed}, limits)
    empty = [None] * columns
    wide = [[*row, *empty][:columns] for row in grid[:rows]]
    wide.extend(list[CellValue](empty) for _ in range(rows - len(wide)))
    for (row_number, column), mark in placed.items():
        if row_number <= rows and column <= columns:
            wide[row_number - 1][column - 1] = mark
    return wide


def _fitting(found: Iterable[tuple[int, int]], limits: Limits) -> tuple[int, int]:
    """Return how many rows and columns to lay out so that the area stays within the limits."""
    inside = [at for at in found if at[0] <= limits.rows and at[1] <= limits.columns]
    rows = max((row for row, _ in inside), default=0)
    columns = max((column for _, column in inside), default=0)
    if rows * columns > limits.dense_cells:
        rows = limits.dense_cells // columns
    return rows, columns


def _uncover(grid: Grid, fact: SheetFacts, limits: Limits, file: str) -> list[Finding]:
    """Empty the cells that merged areas cover: nobody sees them, so they must not count."""
    height, width = len(grid), len(grid[0]) if grid else 0
    findings = []
    room = limits.dense_cells
    for top, left, bottom, right in fact.merged:
        bottom, right = min(bottom, height), min(right, width)
        room -= max(0, bottom - top + 1) * max(0, right - left + 1)
        if room < 0:  # areas laid over each other again and again
            break
        covered = [
            (row, column)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != (top, left) and grid[row - 1][column - 1] is not None
        ]
        if covered:
            findings.append(_covered_finding(grid, fact.name, file, *covered[0]))
        for row, column in covered:
            grid[row - 1][column - 1] = None
    return findings


def _covered_finding(grid: Grid, sheet: str, file: str, row: int, column: int) -> Finding:
    place = address(row, column)
    values = {"value": grid[row - 1][column - 1], "place": place}
    return Finding("value-under-merged-cells", file, sheet, place, values=values)


def _trimmed(grid: Grid) -> Grid:
    """Cut empty rows and columns off the end, so that both readers agree on the size."""
    while grid and not any(value is not None for value in grid[-1]):
        grid.pop()
    width = max((_filled(row) for row in grid), default=0)
    return [row if len(row) == width else row[:width] for row in grid]


def _filled(row: list[CellValue]) -> int:
    width = len(row)
    while width and row[width - 1] is None:
        width -= 1
    return width


# Control characters only: openpyxl has by now undone the mark that guards other texts of this form.
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f])_")


def _text(value: str) -> str | None:
    """Return a text with one kind of line end; an empty one is an empty cell."""
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return value or None


def _datetime(value: dt.datetime) -> dt.datetime | dt.date | dt.time:
    if value.year < 1900:  # a negative serial number, which no calendar of Excel knows
        return dt.time()
    if (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0):
        return value.date()
    return value


def _same(value: Any) -> Any:
    return value


_PLAIN: dict[type, Callable[[Any], CellValue]] = {
    str: _text,
    float: _same,
    int: float,
    bool: _same,
    dt.datetime: _datetime,
    dt.date: _same,
    dt.time: _same,
    dt.timedelta: _same,
    type(None): _same,
}


def _from_openpyxl(value: Any) -> CellValue:
    """Return what calamine would have given for the same cell."""
    if isinstance(value, str):
        value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    return _PLAIN.get(type(value), str)(value)

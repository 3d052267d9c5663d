"""Read a workbook as grids of plain values, the same whichever program wrote it.

The bytes are read once and given to the reading child (`scoring.files.children.guarded`), which looks them
through (`scoring.files.excel.package`) and reads them by calamine; what calamine cannot read, or could
not survive, it reads cell by cell. Both give the same cells.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding, has_errors
from scoring.files.children.guarded import read_guarded
from scoring.files.excel.cells import (
    FORMULA_WITHOUT_VALUE,
    CellError,
    CellValue,
    Grid,
    address,
    plain_row,
    row_and_column,
)
from scoring.files.excel.package import PackageReport, inspect_package
from scoring.files.excel.sheet_scan import SheetScan, formula_cells, scan_sheets
from scoring.files.excel.streaming_reader import StreamingReader, fitting
from scoring.files.excel.workbook_limits import size_findings, too_much
from scoring.files.limits import Limits
from scoring.files.paths import bytes_and_name


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
        ``calamine`` or ``streaming``.
    formulas : frozenset of str
        Addresses of formulas, with and without a saved value; empty unless asked for.
    """

    name: str
    state: str
    rows: Grid = field(repr=False)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    reader: str = "calamine"
    formulas: frozenset[str] = frozenset()

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
        row, column = row_and_column(address.replace("$", "").upper())
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


def read_workbook(
    source: Path | bytes,
    limits: Limits | None = None,
    *,
    file: str = "",
    reader: str = "auto",
    formulas: bool = False,
    unread: Collection[str] = (),
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
    reader : {"auto", "calamine", "streaming"}
        ``auto`` reads by calamine, and cell by cell where that is no help; the others are for tests.
    formulas : bool
        Whether to say which cells are formulas; it takes a second look at every cell.
    unread : collection of str
        Names of sheets whose cells are not wanted; they come without rows.

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
    >>> from scoring.files.excel.xlsx import SafeWorkbook
    >>> made = SafeWorkbook()
    >>> made.add_sheet("Tự đánh giá").write_row(0, 0, ["1.10", 0.75, None])
    >>> sheet = read_workbook(made.to_bytes())["Tự đánh giá"]
    >>> sheet.cell("A1"), sheet.cell("B1"), sheet.cell("C1")
    ('1.10', 0.75, None)
    """
    limits = limits or Limits()
    data, file = bytes_and_name(source, limits.file_bytes, file)
    options: dict[str, Any] = {"limits": asdict(limits), "file": file, "reader": reader}
    options |= {"formulas": True} if formulas else {}
    options |= {"unread": sorted(unread)} if unread else {}
    book: Workbook = read_guarded(f"{__name__}:workbook_of", data, **options)
    return book


def workbook_of(
    data: bytes,
    limits: dict[str, Any],
    file: str,
    reader: str,
    formulas: bool = False,
    unread: Collection[str] = (),
) -> Workbook:
    """Read the bytes of a workbook in this process, which is to be the reading child."""
    return _looked_through(data, Limits(**limits), file, reader, formulas, unread)


def _looked_through(
    data: bytes, limits: Limits, file: str, reader: str, formulas: bool, unread: Collection[str]
) -> Workbook:
    report = inspect_package(data, limits, file)
    _refuse_errors(report.findings)
    if not report.kind.startswith("xls"):
        raise UnreadableError(Finding("not-a-workbook", file))
    _refuse_errors(list(size_findings(report, limits, file)))
    scans = scan_sheets(report, limits, file, unread)
    if not scans:
        raise UnreadableError(Finding("package-damaged", file, values={"part": "xl/workbook.xml"}))
    findings = [*report.findings, *(finding for scan in scans for finding in scan.findings)]
    _refuse_errors(findings)
    sheets = _read_sheets(data, report, scans, limits, file, reader, findings, unread)
    if formulas:
        found = [formula_cells(report.parts[scan.part]) for scan in scans]
        sheets = [replace(one, formulas=its) for one, its in zip(sheets, found, strict=True)]
    return Workbook(file, tuple(sheets), tuple(findings))


def _refuse_errors(findings: tuple[Finding, ...] | list[Finding]) -> None:
    if has_errors(findings):
        raise UnreadableError(next(found for found in findings if found.severity == "error"))


def _read_sheets(
    data: bytes,
    report: PackageReport,
    scans: list[SheetScan],
    limits: Limits,
    file: str,
    reader: str,
    findings: list[Finding],
    unread: Collection[str] = (),
) -> list[Sheet]:
    """Read each sheet by the fast reader, or by the other where that one is unfit or fails.

    calamine opens shared parts once for all sheets, so one look decides whether it can.
    """
    fast = _calamine_grids(data, scans) if reader != "streaming" else None
    slow: StreamingReader | None = None
    sheets: list[Sheet] = []
    cells = 0
    for position, scan in enumerate(scans):
        if scan.name in unread:
            sheets.append(Sheet(scan.name, scan.state, []))
            continue
        grid = fast(position) if fast else None
        used = "calamine"
        if grid is not None:
            grid = _overlay(grid, scan, limits)
        elif reader == "calamine":
            values = {"part": scan.part}
            raise UnreadableError(Finding("package-damaged", file, values=values))
        else:
            slow = slow or StreamingReader(report, limits, file, findings)
            grid, used = slow.grid(scan), "streaming"
        findings += _uncover(grid, scan, limits, file)
        sheets.append(Sheet(scan.name, scan.state, _trimmed(grid), scan.merged, used))
        cells += sheets[-1].row_count * sheets[-1].column_count
        if cells > limits.cells:
            raise UnreadableError(too_much("workbook_cells", cells, limits.cells, file))
    return sheets


def _calamine_grids(data: bytes, scans: Sequence[SheetScan]) -> Callable[[int], Grid | None] | None:
    """Return a function giving the grid of a sheet, or None where calamine is no help."""
    if not any(scan.is_plain for scan in scans):
        return None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        positions = {name: place for place, name in enumerate(book.sheet_names)}
    except Exception:  # whatever it stumbles over, the other reader has its turn
        return None
    if len(positions) != len(book.sheet_names):
        return None

    def grid(position: int) -> Grid | None:
        scan = scans[position]
        if not scan.is_plain or scan.name not in positions:
            return None
        try:
            sheet = book.get_sheet_by_index(positions[scan.name])
            rows = sheet.to_python(skip_empty_area=False)
        except Exception:
            return None
        values = [plain_row(row) for row in rows]
        # Finding nothing where the XML holds values means it did not understand the sheet.
        lost = scan.has_values and not any(v is not None for row in values for v in row)
        return None if lost and not scan.errors and not scan.formulas_without_value else values

    return grid


def _overlay(grid: Grid, scan: SheetScan, limits: Limits) -> Grid:
    """Put errors and formulas without a value into the grid, which calamine shows as empty."""
    marks: dict[str, CellValue] = {at: CellError(text) for at, text in scan.errors.items()}
    marks |= dict.fromkeys(scan.formulas_without_value, FORMULA_WITHOUT_VALUE)
    if not marks:
        return grid
    placed = {row_and_column(at): mark for at, mark in marks.items()}
    filled = {(row, len(cells)): None for row, cells in enumerate(grid, start=1)}
    rows, columns = fitting({**filled, **placed}, limits)
    empty = [None] * columns
    wide = [[*row, *empty][:columns] for row in grid[:rows]]
    wide.extend(list[CellValue](empty) for _ in range(rows - len(wide)))
    for (row_number, column), mark in placed.items():
        if row_number <= rows and column <= columns:
            wide[row_number - 1][column - 1] = mark
    return wide


def _uncover(grid: Grid, scan: SheetScan, limits: Limits, file: str) -> list[Finding]:
    """Empty the cells that merged areas cover: they are invisible, so they must not count."""
    height, width = len(grid), len(grid[0]) if grid else 0
    findings = []
    room = limits.dense_cells
    for top, left, bottom, right in scan.merged:
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
            findings.append(_covered_finding(grid, scan.name, file, *covered[0]))
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

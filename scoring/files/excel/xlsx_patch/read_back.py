"""Reading a changed workbook again before anybody gets it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from scoring.base.errors import OutputError, UnreadableError
from scoring.base.findings import Finding
from scoring.files.excel.cells import CellValue, address, cell_text, plain_value
from scoring.files.excel.package import inspect_package
from scoring.files.excel.workbook import Sheet, read_workbook
from scoring.files.excel.xlsx_patch.package_parts import PackageParts
from scoring.files.limits import Limits

Changes = Mapping[str, Mapping[str, CellValue]]


def open_parts(data: bytes, limits: Limits, file: str = "") -> PackageParts:
    """Return the parts of a workbook that is safe to open.

    Raises
    ------
    UnreadableError
        When the file is no workbook or is not safe to open.
    """
    report = inspect_package(data, limits, file)
    refused = next((found for found in report.findings if found.severity == "error"), None)
    if refused is not None or not report.kind.startswith("xls"):
        raise UnreadableError(refused or Finding("not-a-workbook", file))
    return PackageParts(data, report)


def demand_alike(
    data: bytes, copy: bytes, file: str, changes: Changes, aside: Collection[str] = ()
) -> None:
    """Refuse a copy in which a cell reads otherwise than in the original, to either reader.

    Parameters
    ----------
    changes : mapping of sheet to address to value
        What was changed on purpose.
    aside : collection of str
        Sheets that are the copy's own.

    Raises
    ------
    OutputError
        Names the first cell that differs.
    """
    for reader in ("auto", "streaming"):
        books = (read_workbook(book, file=file, reader=reader) for book in (data, copy))
        old, new = ([s for s in book.sheets if s.name not in aside] for book in books)
        for one, other in zip(old, new, strict=True):
            wanted = changes.get(one.name, {})
            alike = (one.name, one.state, one.merged) == (other.name, other.state, other.merged)
            if alike and not wanted and one.rows == other.rows:
                continue
            cell = _first_difference(one, other, wanted)
            if cell or not alike:
                raise OutputError(Finding("annotated-copy-differs", file, one.name, cell))


def _first_difference(old: Sheet, new: Sheet, changes: Mapping[str, CellValue]) -> str:
    # The values that a reader may give for what was put.
    put = {cell: _as_read(value) for cell, value in changes.items()}
    for row in range(1, max(old.row_count, new.row_count) + 1):
        for column in range(1, max(old.column_count, new.column_count) + 1):
            at = address(row, column)
            wanted = put[at] if at in put else old.value(row, column)
            if new.value(row, column) != wanted:
                return at
    return ""


def _as_read(value: CellValue) -> CellValue:
    return plain_value(cell_text(value) if isinstance(value, str) else value)

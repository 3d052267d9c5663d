"""The careful reader: cell by cell, in whatever order and form the file has them.

It reads what calamine cannot read, or could not survive, and gives the same values. openpyxl,
which knows the formats of dates, is loaded with the first workbook that needs it: few do.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.excel.cells import (
    FORMULA_WITHOUT_VALUE,
    CellError,
    CellValue,
    Grid,
    address,
    plain_value,
)
from scoring.files.excel.package import PackageReport, relationships
from scoring.files.excel.sheet_scan import RawCell, SheetScan, raw_cells, shown_text
from scoring.files.excel.xml_parts import Element, XmlError, elements, parse_part, whole_number
from scoring.files.limits import Limits

# From which days Excel counts, and Excel for Mac did.
WINDOWS_EPOCH, MAC_EPOCH = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)
# Characters that XML forbids stand as _x0009_; half of a pair alone is no character.
_ESCAPED = re.compile(r"_x((?![dD][89a-fA-F])[0-9A-Fa-f]{4})_")


class StreamingReader:
    """Reads the sheets of one workbook, whose shared parts are read once.

    Parameters
    ----------
    report : PackageReport
    limits : Limits
        A cell farther away is left out, and the first of them is a finding.
    file : str
        Name for findings.
    findings : list of Finding
        Is added to.

    Raises
    ------
    UnreadableError
        When a shared part is damaged.
    """

    def __init__(
        self, report: PackageReport, limits: Limits, file: str, findings: list[Finding]
    ) -> None:
        self.report, self.limits, self.file, self.findings = report, limits, file, findings
        related = relationships(report.parts, report.main_part)
        shared = {kind: report.parts.get(part, b"") for kind, part in related.values()}
        self.strings = self._strings(shared.get("sharedStrings", b""))
        self.dates = date_styles(parse_part(shared.get("styles", b"")))
        self.epoch = epoch_of(parse_part(report.parts.get(report.main_part, b"")))

    def _strings(self, part: bytes) -> list[str]:
        try:
            return [shown_text(entry) for entry in elements(part, "si")] if part else []
        except XmlError as problem:
            raise self._damaged("xl/sharedStrings.xml") from problem

    def _damaged(self, part: str) -> UnreadableError:
        return UnreadableError(Finding("package-damaged", self.file, values={"part": part}))

    def grid(self, scan: SheetScan) -> Grid:
        """Return the cells of a sheet, as far as the limits go.

        Raises
        ------
        UnreadableError
            When the sheet is damaged.
        """
        limits, beyond = self.limits, ""
        found: dict[tuple[int, int], CellValue] = {}
        try:
            for cell in raw_cells(self.report.parts[scan.part]):
                value = self._value(cell) if cell.column else None
                if value is None:
                    continue
                if cell.row > limits.rows or cell.column > limits.columns:
                    beyond = beyond or address(cell.row, cell.column)
                else:
                    found[cell.row, cell.column] = value
        except (XmlError, ValueError, IndexError) as problem:
            raise self._damaged(scan.part) from problem
        return self._laid_out(found, scan, beyond)

    def _laid_out(
        self, found: dict[tuple[int, int], CellValue], scan: SheetScan, beyond: str
    ) -> Grid:
        rows, columns = fitting(found, self.limits)
        inside = {at: v for at, v in found.items() if at[0] <= rows and at[1] <= columns}
        beyond = beyond or next((address(*at) for at in found if at not in inside), "")
        if beyond:
            values = {"value": beyond, "rows": rows, "columns": columns}
            finding = Finding("cells-too-far", self.file, scan.name, beyond, values=values)
            self.findings.append(finding)
        grid: Grid = [[None] * columns for _ in range(rows)]
        for (row, column), value in inside.items():
            grid[row - 1][column - 1] = value
        return grid

    def _value(self, cell: RawCell) -> CellValue:
        if cell.has_no_value:
            return FORMULA_WITHOUT_VALUE
        if cell.kind == "e":
            return CellError((cell.text or "").strip() or "#VALUE!")
        if not cell.text:
            return None
        if cell.kind == "n":
            return self._number(float(cell.text), cell.style)
        if cell.kind == "b":
            return bool(int(cell.text))
        if cell.kind == "d":
            from openpyxl.utils.datetime import from_ISO8601

            return plain_value(from_ISO8601(cell.text))
        text = self.strings[int(cell.text)] if cell.kind == "s" else cell.text
        return plain_value(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))

    def _number(self, number: float, style: int) -> CellValue:
        if style not in self.dates:
            return plain_value(number)
        from openpyxl.utils.datetime import from_excel

        try:
            return plain_value(from_excel(number, self.epoch, timedelta=self.dates[style]))
        except (OverflowError, ValueError):
            # A number outside the calendar is still a number.
            return plain_value(number)


def fitting(found: Iterable[tuple[int, int]], limits: Limits) -> tuple[int, int]:
    """Return how many rows and columns to lay out so that the area stays within the limits."""
    inside = [at for at in found if at[0] <= limits.rows and at[1] <= limits.columns]
    rows = max((row for row, _ in inside), default=0)
    columns = max((column for _, column in inside), default=0)
    if rows * columns > limits.dense_cells:
        rows = limits.dense_cells // columns
    return rows, columns


def date_styles(root: Element | None) -> dict[int, bool]:
    """Return the formats that show dates or times, and whether each shows a duration."""
    if root is None:
        return {}
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    own = {f.get("numFmtId"): f.get("formatCode", "") for f in root.iter("{*}numFmt")}
    found = {}
    for number, style in enumerate(root.iterfind("{*}cellXfs/{*}xf")):
        key = style.get("numFmtId", "0")
        code = own.get(key) or BUILTIN_FORMATS.get(whole_number(key, -1))
        if is_date_format(code) or is_timedelta_format(code):
            found[number] = is_timedelta_format(code)
    return found


def epoch_of(root: Element | None) -> dt.datetime:
    """Return the day from which a workbook, given the root of its main part, counts dates."""
    properties = root.find("{*}workbookPr") if root is not None else None
    is_mac = properties is not None and properties.get("date1904") in ("1", "true")
    return MAC_EPOCH if is_mac else WINDOWS_EPOCH

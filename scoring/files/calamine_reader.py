"""The fast reader: calamine, for the sheets that were found fit for it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from python_calamine import CalamineWorkbook

from scoring.files.cells import Grid, plain_row
from scoring.files.sheet_scan import SheetScan


def calamine_grids(data: bytes, scans: Sequence[SheetScan]) -> Callable[[int], Grid | None] | None:
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

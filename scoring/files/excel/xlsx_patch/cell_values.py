"""Putting values into the cells of a workbook that somebody else made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

from scoring.files.excel.cells import CellValue, FormulaWithoutValue
from scoring.files.excel.streaming_reader import epoch_of
from scoring.files.excel.xlsx_patch.cell_formats import CellFormats
from scoring.files.excel.xlsx_patch.marked_cells import change_cells, style_of
from scoring.files.excel.xlsx_patch.package_parts import (
    PackageParts,
    add_text,
    child,
    children,
    place_before,
)
from scoring.files.excel.xml_parts import Element

_DATES = (dt.date, dt.time, dt.timedelta)
# What the schema puts behind the settings of calculation.
_AFTER_CALCULATION = ("oleSize", "customWorkbookViews", "pivotCaches", "webPublishing", "extLst")


def put_values(
    parts: PackageParts,
    part: str,
    values: Mapping[str, CellValue],
    results: Mapping[str, CellValue],
) -> dict[str, CellValue]:
    """Put values into cells of the sheet in `part`; return those that were put.

    Parameters
    ----------
    values : mapping of address to value
        None empties a cell. A formula that stood there is gone; the format stays, but for a date
        where none was shown, and the other way round.
    results : mapping of address to value
        What formulas come to now; cells without a formula are passed over.
    """
    book = parts.report.main_part
    epoch, formats = epoch_of(parts.root(book)), CellFormats(parts, parts.styles())
    put: dict[str, CellValue] = {}

    def fill(cell: Element, at: str, value: CellValue, is_result: bool) -> None:
        formulas = children(cell, "f")
        if is_result and not formulas:
            return
        for old in [] if is_result else formulas:
            _take_out(cell, old)
        _write(cell, value, epoch, formats, is_result)
        put[at] = None if isinstance(value, FormulaWithoutValue) else value

    root = parts.root(part)
    known = {a: v for a, v in results.items() if a not in values}
    change_cells(root, {a: partial(fill, at=a, value=v, is_result=True) for a, v in known.items()})
    typed = {a: partial(fill, at=a, value=v, is_result=False) for a, v in values.items()}
    change_cells(root, typed, like_above=True)
    for extent in children(root, "dimension"):
        root.remove(extent)
    calculate_anew(parts)
    return put


def _take_out(cell: Element, formula: Element) -> None:
    """Remove a formula, and the copies that other cells have of it: they cannot do without."""
    if formula.get("t") == "shared" and formula.text:
        for other in list(cell.getparent().getparent().iter("{*}f")):
            if other is not formula and other.get("si") == formula.get("si"):
                other.getparent().remove(other)
    cell.remove(formula)


def _write(
    cell: Element, value: CellValue, epoch: dt.datetime, formats: CellFormats, is_result: bool
) -> None:
    for name in ("v", "is"):
        for old in children(cell, name):
            cell.remove(old)
    for name in ("t", "cm", "vm")[: 1 if is_result else 3]:
        cell.attrib.pop(name, None)
    if value is None or isinstance(value, FormulaWithoutValue):
        if not is_result:
            return
        # A formula that shows nothing; without a value nobody would have calculated it.
        value = ""
    is_date, is_number = isinstance(value, _DATES), isinstance(value, int | float)
    if isinstance(value, str) and not is_result:
        cell.set("t", "inlineStr")
        add_text(child(cell, "is"), value)
        return
    if isinstance(value, bool):
        cell.set("t", "b")
    elif is_date or is_number:
        cell.set("s", str(formats.dated(style_of(cell), is_date)))
    else:
        cell.set("t", "str" if isinstance(value, str) else "e")
    child(cell, "v").text = str(_number(value, epoch) if is_date or is_number else value)


def _number(value: Any, epoch: dt.datetime) -> float:
    """Return how a cell holds a number, yes or no, or a day counted from `epoch`."""
    if isinstance(value, _DATES):
        # Slow to load, and a ledger is often changed without a date.
        from openpyxl.utils.datetime import to_excel

        return to_excel(value, epoch)
    return int(value) if isinstance(value, bool) else value


def calculate_anew(parts: PackageParts) -> None:
    """Let the program that opens the workbook calculate everything, in an order of its own."""
    name = parts.report.main_part
    parts.drop(name, "calcChain")
    book = parts.root(name)
    if not children(book, "calcPr"):
        place_before(book, child(book, "calcPr"), _AFTER_CALCULATION)
    children(book, "calcPr")[0].set("fullCalcOnLoad", "1")

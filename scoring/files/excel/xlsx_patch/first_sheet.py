"""Adding a sheet with a list, before all others or behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoring.files.excel.cells import cell_text, column_letters
from scoring.files.excel.xlsx_patch.cell_formats import CellFormats
from scoring.files.excel.xlsx_patch.package_parts import (
    OFFICE,
    PackageParts,
    add_text,
    child,
    children,
    new_root,
)
from scoring.files.excel.xml_parts import Element, whole_number


def add_first_sheet(parts: PackageParts, name: str) -> Element:
    """Add an empty sheet before all others and return its root.

    Names and views keep pointing at the sheets they meant.

    Examples
    --------
    >>> import io
    >>> import openpyxl
    >>> from scoring.files.excel.xlsx_patch.read_back import open_parts
    >>> from scoring.files.limits import Limits
    >>> stream = io.BytesIO()
    >>> book = openpyxl.Workbook()
    >>> book.active["A1"] = 5
    >>> book.save(stream)
    >>> parts = open_parts(stream.getvalue(), Limits())
    >>> _ = add_first_sheet(parts, "Mới")
    >>> openpyxl.load_workbook(io.BytesIO(parts.to_bytes())).sheetnames
    ['Mới', 'Sheet']
    """
    sheet = add_last_sheet(parts, name)
    book = parts.root(parts.report.main_part)
    sheets = children(book, "sheets")[0]
    sheets.insert(0, children(sheets, "sheet")[-1])
    _move_counted_places(book)
    return sheet


def add_last_sheet(parts: PackageParts, name: str) -> Element:
    """Add an empty sheet behind all others and return its root."""
    workbook = parts.report.main_part
    book = parts.root(workbook)
    sheet = new_root("worksheet", book)
    part = parts.add("xl/worksheets/sheetPar{}.xml", sheet, "spreadsheetml.worksheet+xml")
    key = parts.relate(workbook, "worksheet", part)
    sheets = children(book, "sheets")[0]
    known = children(sheets, "sheet")
    number = max((whole_number(s.get("sheetId")) for s in known), default=0) + 1
    ids = (k for s in known for k in s.keys() if k.endswith("}id"))  # noqa: SIM118
    made = child(sheets, "sheet", name=name, sheetId=number)
    made.set(next(ids, f"{{{OFFICE}}}id"), key)
    return sheet


def _move_counted_places(book: Element) -> None:
    """Raise by one whatever counts sheets from the first."""
    for defined in book.iter("{*}definedName"):
        _raise(defined, "localSheetId")
    for view in book.iter("{*}workbookView"):
        view.set("activeTab", view.get("activeTab", "0"))
        _raise(view, "activeTab")
        _raise(view, "firstSheet")


def _raise(element: Element, attribute: str) -> None:
    if (number := whole_number(element.get(attribute), -1)) >= 0:
        element.set(attribute, str(number + 1))


def fill_list(
    sheet: Element,
    rows: Sequence[Sequence[tuple[object, int]]],
    heights: Sequence[float],
    widths: Sequence[float],
    links: Mapping[str, tuple[str, str]],
    *,
    frozen_rows: int,
) -> None:
    """Fill an empty sheet with rows of values and their formats, to be printed across A4.

    What stands beyond the columns that have a width is hidden.

    Parameters
    ----------
    links : mapping of address to (place, shown)
        Cells that lead to a place of the workbook.
    """
    child(child(sheet, "sheetPr"), "pageSetUpPr", fitToPage=1)
    view = child(child(sheet, "sheetViews"), "sheetView", workbookViewId=0)
    top = f"A{frozen_rows + 1}"
    pane = {"ySplit": frozen_rows, "topLeftCell": top, "activePane": "bottomLeft"}
    child(view, "pane", **pane, state="frozen")
    columns = child(sheet, "cols")
    for number, width in enumerate(widths, start=1):
        child(columns, "col", min=number, max=number, width=width, customWidth=1)
    beyond = len(widths) + 1
    child(columns, "col", min=beyond, max=beyond, width=9, hidden=1)
    data = child(sheet, "sheetData")
    for number, (row, height) in enumerate(zip(rows, heights, strict=True), start=1):
        made = child(data, "row", r=number, ht=height, customHeight=1)
        for column, (value, style) in enumerate(row, start=1):
            _cell(made, f"{column_letters(column)}{number}", value, style)
    if links:
        listed = child(sheet, "hyperlinks")
        for ref, (place, shown) in links.items():
            child(listed, "hyperlink", ref=ref, location=place, display=cell_text(shown))
    child(sheet, "pageSetup", paperSize=9, orientation="landscape", fitToHeight=0)
    child(child(sheet, "headerFooter"), "oddFooter").text = "&R&P/&N"


def fill_table(
    parts: PackageParts, sheet: Element, rows: Sequence[Sequence[object]], widths: Sequence[float]
) -> None:
    """Fill an empty sheet with a title, a remark, headings and rows below them."""
    formats = CellFormats(parts, parts.styles())
    bold = formats.bold_font()
    looks = {0: formats.plain(bold), 1: 0, 2: formats.wrapped(font=bold)}
    text = formats.wrapped()
    styled = [
        [("" if value is None else value, looks.get(number, text)) for value in row]
        for number, row in enumerate(rows)
    ]
    heights = [18.0, 15.0, 32.0, *[30.0] * len(rows[3:])]
    fill_list(sheet, styled, heights[: len(rows)], widths, {}, frozen_rows=3)


def _cell(row: Element, ref: str, value: object, style: int) -> None:
    made = child(row, "c", r=ref, s=style)
    if isinstance(value, int | float):
        child(made, "v").text = str(value)
        return
    made.set("t", "inlineStr")
    add_text(child(made, "is"), str(value))

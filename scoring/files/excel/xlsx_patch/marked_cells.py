"""Changing single cells of a sheet: their formats or their values, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from scoring.files.excel.cells import address, row_and_column
from scoring.files.excel.sheet_scan import place_of
from scoring.files.excel.xlsx_patch.package_parts import child, children
from scoring.files.excel.xml_parts import Element, whole_number

Changes = Mapping[int, Callable[[Element], None]]


def reformat_cells(sheet: Element, cells: Mapping[str, Callable[[int], int]]) -> None:
    """Give cells of a sheet other formats; empty cells are added where they are missing.

    Parameters
    ----------
    sheet : Element
        Root of the sheet, changed in place.
    cells : mapping of address to function
        From the format the cell has to the one it gets.

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
    >>> sheet = parts.root("xl/worksheets/sheet1.xml")
    >>> reformat_cells(sheet, {"A1": lambda style: style, "B2": lambda style: style})
    >>> [cell.get("r") for cell in sheet.iter() if cell.tag.endswith("}c")]
    ['A1', 'B2']
    """

    def reformatted(change: Callable[[int], int]) -> Callable[[Element], None]:
        return lambda cell: cell.set("s", str(change(style_of(cell))))

    change_cells(sheet, {cell: reformatted(change) for cell, change in cells.items()})


def style_of(cell: Element) -> int:
    """Return the number of a cell's format."""
    return whole_number(cell.get("s"))


def change_cells(
    sheet: Element, cells: Mapping[str, Callable[[Element], None]], *, like_above: bool = False
) -> None:
    """Call a function on each of some cells; rows and cells are added where they are missing.

    Parameters
    ----------
    sheet : Element
        Root of the sheet, changed in place. Cells may leave out their addresses; each then
        stands behind the one before it.
    cells : mapping of address to function
    like_above : bool
        Give a row that is added the formats of the one above it.
    """
    wanted: dict[int, dict[int, Callable[[Element], None]]] = {}
    for cell, change in cells.items():
        row, column = row_and_column(cell)
        wanted.setdefault(row, {})[column] = change
    data = next(iter(children(sheet, "sheetData")), None)
    if data is None:
        return
    rows = dict(_numbered(data, "row"))
    for number, changes in sorted(wanted.items()):
        if number not in rows:
            rows[number] = _added(data, "row", number, str(number), rows)
            if like_above and number - 1 in rows:
                _dress(rows[number], rows[number - 1], number)
        _change_row(rows[number], number, changes)


def _change_row(row: Element, number: int, changes: Changes) -> None:
    cells = dict(_numbered(row, "c"))
    for column, change in sorted(changes.items()):
        if column not in cells:
            cells[column] = _added(row, "c", column, address(number, column), cells)
        change(cells[column])


def _dress(row: Element, above: Element, number: int) -> None:
    """Give an empty row the cells of another, without what they hold."""
    for column, cell in _numbered(above, "c"):
        child(row, "c", r=address(number, column), s=style_of(cell))


def _numbered(parent: Element, name: str) -> Iterator[tuple[int, Element]]:
    """Yield rows or cells by number; one without an address follows the one before it."""
    last = 0
    for element in parent.iterchildren(f"{{*}}{name}"):
        row, column = place_of(element.get("r", ""), last + 1, last + 1)
        last = row if name == "row" else column
        yield last, element


def _added(
    parent: Element, name: str, number: int, ref: str, others: Mapping[int, Element]
) -> Element:
    """Add an empty row or cell at its place among the others."""
    made = child(parent, name, r=ref)
    following = min((other for other in others if other > number), default=None)
    if following is not None:
        others[following].addprevious(made)
    return made

"""What the XML of a sheet says that readers hide, mistell, or cannot survive.

Readers drop errors, show a formula without a saved value as an empty cell, and lay out the whole
area between the outermost cells. A search in the bytes proves the usual case, in which nothing
of the kind is there; any other sheet is parsed. Both take time in step with the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from scoring.base.findings import Finding
from scoring.files.excel.cells import address, column_number
from scoring.files.excel.package import PackageReport, relationships
from scoring.files.excel.xml_parts import (
    Element,
    XmlError,
    elements,
    local_name,
    parse_part,
    whole_number,
)
from scoring.files.limits import EXCEL_COLUMNS, EXCEL_ROWS, Limits

# The row of every cell and row element in the usual form, its address first; empty for any other.
_ROW_OF_REF = re.compile(
    rb'<(?:c|row|[^\s<>/:]+:(?:c|row))(?=[\s/>])(?:\s+r="[A-Z]{0,3}(\d{1,7})")?'
)
_COLUMN_OF_REF = re.compile(rb'\sr="([A-Z]{1,3})\d')
# Without a space before it the search is twice as fast; a false hit only costs a closer look.
_WIDE_REF = re.compile(rb'r="[A-Z]{2}')
# Formulas with a saved value, and those whose result is empty text, as programs write them.
_VALUED = re.compile(rb"<f[^<>]*(?<!/)>[^<]*</f><v>[^<\s]")
_EMPTY_TEXT = re.compile(rb'<f(?<= t="str"><f)[^<>]*(?<!/)>[^<]*</f><v></v>')
_REF = re.compile(r"([A-Z]*)(\d*)")
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as the XML has it.

    Attributes
    ----------
    row, column : int
        Counted from 1; a cell without an address stands behind the one before it.
    kind : str
        ``n``, ``s``, ``str``, ``inlineStr``, ``b``, ``d`` or ``e``.
    style : int
        Number of its format.
    text : str or None
        What it holds, None where it holds nothing.
    is_formula : bool
    """

    row: int
    column: int
    kind: str
    style: int
    text: str | None
    is_formula: bool

    @property
    def has_no_value(self) -> bool:
        """Whether it is a formula that no program has calculated yet."""
        # Programs save a formula whose result is empty text as t="str" with an empty value.
        is_empty_text = self.kind == "str" and self.text is not None
        return self.is_formula and not (self.text or "").strip() and not is_empty_text


@dataclass(frozen=True)
class SheetScan:
    """What was found in the XML of one sheet.

    Attributes
    ----------
    name, state, part : str
        Name as shown, ``visible``, ``hidden`` or ``veryHidden``, and the part of the package.
    rows, columns : int
        The outermost row and column of any cell or row element; 0 where the sheet is empty.
    is_plain : bool
        Whether the fast reader may read it: cells in order, addressed in the usual way, not
        spread over too large an area.
    has_values : bool
        Whether any cell holds something.
    formulas_without_value : frozenset of str
        Addresses of formulas that no program has calculated yet. They are not empty cells.
    errors : dict of str to str
        Address -> error such as ``#N/A``.
    merged : tuple of (first_row, first_column, last_row, last_column)
        Merged areas, counted from 1.
    """

    name: str
    state: str
    part: str
    rows: int = 0
    columns: int = 0
    is_plain: bool = True
    has_values: bool = False
    formulas_without_value: frozenset[str] = frozenset()
    errors: dict[str, str] = field(default_factory=dict)
    merged: tuple[Box, ...] = ()
    findings: tuple[Finding, ...] = ()


def scan_sheets(
    report: PackageReport, limits: Limits, file: str = "", unread: Collection[str] = ()
) -> list[SheetScan]:
    """Return what stands in every worksheet of the package, in the order of the workbook.

    Nothing is said of the cells of sheets called `unread`.
    """
    return [
        SheetScan(name, state, part)
        if name in unread
        else _scanned(report, name, state, part, limits, file)
        for name, state, part in worksheet_parts(report)
    ]


def worksheet_parts(report: PackageReport) -> list[tuple[str, str, str]]:
    """Return name, state and part of every worksheet; chart sheets hold no cells."""
    root = parse_part(report.parts.get(report.main_part, b""))
    related = relationships(report.parts, report.main_part)
    found = []
    for element in root.iter("{*}sheet") if root is not None else ():
        ids = (value for key, value in element.items() if key.rpartition("}")[2] == "id")
        kind, part = related.get(next(ids, ""), ("", ""))
        if kind == "worksheet" and part in report.parts:
            found.append((element.get("name", ""), element.get("state", "visible"), part))
    return found


def _scanned(
    report: PackageReport, name: str, state: str, part: str, limits: Limits, file: str
) -> SheetScan:
    xml = report.parts[part]
    usual = _usual_extent(xml)
    open_formulas = _open_formulas(xml) if usual else None
    parsed = _Parsed(xml) if open_formulas is None else None
    rows, columns = usual or (parsed.extent if parsed else (0, 0))
    findings = []
    if rows > EXCEL_ROWS or columns > EXCEL_COLUMNS:
        place = address(rows, min(columns or 1, EXCEL_COLUMNS + 1))
        findings.append(Finding("package-cell-outside-sheet", file, name, values={"part": place}))
    merged = parsed.merged if parsed else []
    if len(merged) > limits.merged:
        values = {"count": len(merged), "limit": limits.merged}
        findings.append(Finding("too-many-merged-cells", file, name, values=values))
        merged = []
    return SheetScan(
        name=name,
        state=state,
        part=part,
        rows=rows,
        columns=columns,
        is_plain=usual is not None
        and part not in report.transcoded
        and rows <= limits.rows
        and columns <= limits.columns
        and rows * columns <= limits.dense_cells,
        has_values=b"v>" in xml or b"t>" in xml,
        formulas_without_value=parsed.open_formulas if parsed else open_formulas or frozenset(),
        errors=parsed.errors if parsed else {},
        merged=tuple(merged),
        findings=tuple(findings),
    )


def _usual_extent(xml: bytes) -> tuple[int, int] | None:
    """Return the outermost row and column; None unless cells have the usual form and order.

    The fast reader takes the last cell for the lowest one and aborts the process when it is not.
    """
    refs = _ROW_OF_REF.findall(xml)
    # Cells may leave out their address, or write it in a way that means more than it shows.
    if b"" in refs:
        return None
    rows = [int(row) for row, _ in groupby(refs)]
    if any(one >= other for one, other in pairwise(rows)):
        return None
    columns = 26 if rows else 0
    if _WIDE_REF.search(xml):
        columns = max(map(_column, set(_COLUMN_OF_REF.findall(xml))), default=columns)
    return max(rows, default=0), columns


def _open_formulas(xml: bytes) -> frozenset[str] | None:
    """Return the addresses of formulas without a value; None where only parsing can tell.

    None as well where errors or merged areas may stand, which are not searched here.
    """
    if b'"e"' in xml or b"'e'" in xml or b"mergeCell" in xml or b"<worksheet" not in xml[:2_000]:
        return None
    cells = xml[: xml.rfind(b"sheetData")]
    before, *formulas = cells.split(b"<f")
    if len(formulas) == len(_VALUED.findall(cells)) + len(_EMPTY_TEXT.findall(cells)):
        return frozenset()
    found = []
    for formula in formulas:
        head, _, rest = formula.partition(b">")
        value = rest if head.endswith(b"/") else rest.partition(b"</f>")[2]
        if not value.startswith(b"<v>") or value[3:4] in b"< \t\r\n":
            cell = before[before.rfind(b"<") :].split(b'"', 2)
            is_empty = value.startswith((b"<v></v>", b"<v/>"))
            if not (is_empty or value.startswith(b"</c>")) or cell[0] != b"<c r=":
                return None
            # Programs save a formula whose result is empty text as t="str" with an empty value.
            if not is_empty or b't="str"' not in cell[2]:
                found.append(cell[1].decode())
        before = formula
    return frozenset(found)


class _Parsed:
    """The cells of a sheet that is not quite usual, as far as its XML is sound."""

    def __init__(self, xml: bytes) -> None:
        self.extent, self.merged = (0, 0), list[Box]()
        self.errors: dict[str, str] = {}
        open_formulas = []
        try:
            for found in raw_cells(xml, self.merged):
                rows, columns = self.extent
                self.extent = max(rows, found.row), max(columns, found.column)
                if found.kind == "e" and found.column:
                    text = (found.text or "").strip()
                    self.errors[address(found.row, found.column)] = text or "#VALUE!"
                elif found.has_no_value and found.column:
                    open_formulas.append(address(found.row, found.column))
        except XmlError:
            pass  # the reader names the damage
        self.open_formulas = frozenset(open_formulas)


def raw_cells(xml: bytes, merged: list[Box] | None = None) -> Iterator[RawCell]:
    """Yield every cell of a sheet in the order of the file; add merged areas to `merged`.

    A row without cells counts as one without a column.

    Raises
    ------
    XmlError
        Where the sheet stops being XML.
    """
    row = 0
    for element in elements(xml, "row", "mergeCell"):
        if local_name(element) == "mergeCell":
            box = _box(element.get("ref", ""))
            if merged is not None and box:
                merged.append(box)
            continue
        row = _row_number(element.get("r"), row + 1)
        yield RawCell(row, 0, "", 0, None, False)
        column = 0
        for cell in element.iterchildren("{*}c"):
            found = _raw(cell, row, column + 1)
            column = found.column
            yield found


def formula_cells(xml: bytes) -> frozenset[str]:
    """Return the addresses of all formulas of a sheet, with and without a saved value."""
    found = []
    try:
        for cell in raw_cells(xml):
            if cell.is_formula:
                found.append(address(cell.row, cell.column))
    except XmlError:
        pass  # the reader names the damage
    return frozenset(found)


def _row_number(text: str | None, following: int) -> int:
    # Twelve digits are far outside any sheet already; more could not be turned into a number.
    return whole_number((text or "").strip()[:12], following)


def _raw(cell: Element, row: int, column: int) -> RawCell:
    ref = cell.get("r")
    if ref is not None:
        row, column = place_of(ref, row, column)
    kind, style = cell.get("t", "n"), cell.get("s", "0")
    formula = text = None
    for part in cell:
        name = local_name(part)
        if name == "v" and kind != "inlineStr":
            text = part.text or ""
        elif name == "is" and kind == "inlineStr":
            text = shown_text(part)
        elif name == "f":
            formula = part
    number = int(style) if style.isascii() and style.isdigit() else 0
    return RawCell(row, column, kind, number, text, formula is not None)


def place_of(ref: str, row: int, column: int) -> tuple[int, int]:
    """Return the row and column that a reference names, those given where it leaves one out."""
    found = _REF.fullmatch(ref.strip().upper())
    if found is None:
        return row, column
    letters, digits = found.groups()
    return _row_number(digits, row), _column(letters.encode()) if letters else column


def shown_text(element: Element) -> str:
    """Return the text of a string with its runs, without the phonetic marks beside it."""
    # Nearly every string is one text without runs; looking through runs takes four times as long.
    if len(element) == 1 and not len(only := element[0]) and local_name(only) == "t":
        return only.text or ""
    texts = element.iter("{*}t")
    return "".join(t.text or "" for t in texts if local_name(t.getparent()) != "rPh")


def _column(letters: bytes) -> int:
    """Return the number of a column, or one beyond every sheet for letters that name none."""
    return column_number(letters.decode()) if len(letters) <= 3 else EXCEL_COLUMNS + 1


def _box(ref: str) -> Box | None:
    first, _, last = ref.replace("$", "").partition(":")
    top, left = place_of(first, 0, 0)
    bottom, right = place_of(last, 0, 0)
    return (top, left, bottom, right) if top and left and bottom and right else None

"""What the XML of a sheet says that readers hide, mistell, or cannot survive.

Readers drop errors, show a formula without a saved value as an empty cell, and lay out the whole
area between the outermost cells. These facts are searched in the bytes of the sheet.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from openpyxl.utils.cell import column_index_from_string, get_column_letter

from scoring.base.findings import Finding
from scoring.files.limits import EXCEL_COLUMNS, EXCEL_ROWS, Limits
from scoring.files.package import PackageReport, local_name, parse_part, relationships

# An optional prefix before each name: some writers call every element <x:c>.
_P = rb"(?:\w+:)?"
# The row of every cell and row element in the usual form; empty where it has another form.
_ROW_OF_REF = re.compile(rb'<(?:c|row)(?=[\s/>])(?:[^>]*?\sr="[A-Z]{0,3}(\d{1,7})")?')
_ROW_OF_PREFIXED_REF = re.compile(_ROW_OF_REF.pattern.replace(b"<", b"<" + _P, 1))
_COLUMN_OF_REF = re.compile(rb'\sr="([A-Z]{1,3})\d')
# Without a space before it the search is twice as fast; a false hit only costs a closer look.
_WIDE_REF = re.compile(rb'r="[A-Z]{2}')
_LOOSE_REF = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d*)["']""")
_VALUE = re.compile(rb"<" + _P + rb"(?:v|t)[\s>]")
_ERROR_CELL = re.compile(
    rb"<" + _P + rb"c\s([^>]*\bt\s*=\s*[\"']e[\"'][^>]*)>(.*?)</" + _P + rb"c\s*>", re.DOTALL
)
_FORMULA_CELL = re.compile(
    rb"<" + _P + rb"c\s([^>]*)>\s*<" + _P + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</" + _P + rb"f\s*>)\s*"
    rb"(<"
    + _P
    + rb"v\b[^>]*/>|<"
    + _P
    + rb"v\b[^>]*>\s*</"
    + _P
    + rb"v\s*>)?\s*</"
    + _P
    + rb"c\s*>"
)
_ERROR_TEXT = re.compile(rb"<" + _P + rb"v\b[^>]*>([^<]*)<")
_REF_OF_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3}\d{1,7})["']""")
_MERGE = re.compile(
    rb"<" + _P + rb"mergeCell\s[^>]*?\bref\s*=\s*[\"']\$?([A-Z]{1,3})\$?(\d{1,7}):"
    rb"\$?([A-Z]{1,3})\$?(\d{1,7})[\"']"
)


@dataclass(frozen=True)
class SheetFacts:
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
    merged: tuple[tuple[int, int, int, int], ...] = ()
    findings: tuple[Finding, ...] = ()
    xml: bytes = field(default=b"", repr=False)

    def number_at(self, address: str) -> float | None:
        """Return the number that stands in the XML at `address`, whatever its format says."""
        found = re.search(
            rb"<" + _P + rb"c\s[^>]*\br=[\"']" + address.encode() + rb"[\"'][^>]*>\s*"
            rb"<" + _P + rb"v[^>]*>([-+.eE\d]{1,40})<",
            self.xml,
        )
        try:
            return float(found[1]) if found else None
        except ValueError:
            return None


def sheet_facts(report: PackageReport, limits: Limits, file: str = "") -> list[SheetFacts]:
    """Return the facts of every worksheet of the package, in the order of the workbook."""
    return [
        _facts(report, name, state, part, limits, file) for name, state, part in _sheets(report)
    ]


def _sheets(report: PackageReport) -> list[tuple[str, str, str]]:
    """Return name, state and part of every worksheet; chart sheets hold no cells."""
    root = parse_part(report.parts.get(report.main_part, b""))
    related = relationships(report.parts, report.main_part)
    found = []
    for element in root.iter() if root is not None else ():
        if local_name(element) != "sheet":
            continue
        ids = (value for key, value in element.items() if key.rpartition("}")[2] == "id")
        kind, part = related.get(next(ids, ""), ("", ""))
        if kind == "worksheet" and part in report.parts:
            found.append((element.get("name", ""), element.get("state", "visible"), part))
    return found


def _facts(
    report: PackageReport, name: str, state: str, part: str, limits: Limits, file: str
) -> SheetFacts:
    xml = report.parts[part]
    cells, rest = _sheet_data(xml)
    rows, columns, ordered = _extent(cells)
    findings = []
    if rows > EXCEL_ROWS or columns > EXCEL_COLUMNS:
        place = f"{get_column_letter(min(columns or 1, 18_278))}{rows}"
        findings.append(Finding("package-cell-outside-sheet", file, name, values={"part": place}))
    merged = _MERGE.findall(rest)
    if len(merged) > limits.merged:
        values = {"count": len(merged), "limit": limits.merged}
        findings.append(Finding("too-many-merged-cells", file, name, values=values))
        merged = []
    return SheetFacts(
        name=name,
        state=state,
        part=part,
        rows=rows,
        columns=columns,
        is_plain=ordered
        and part not in report.transcoded
        and rows <= limits.rows
        and columns <= limits.columns
        and rows * columns <= limits.dense_cells,
        has_values=_VALUE.search(cells) is not None,
        formulas_without_value=_formulas_without_value(cells),
        errors=_errors(cells),
        merged=tuple(_box(ends) for ends in merged),
        findings=tuple(findings),
        xml=xml,
    )


def _sheet_data(xml: bytes) -> tuple[bytes, bytes]:
    """Split the XML of a sheet into its cells and what follows them."""
    start, end = xml.find(b"sheetData"), xml.rfind(b"sheetData")
    return (xml[start:end], xml[end:]) if start >= 0 else (b"", xml)


def _extent(cells: bytes) -> tuple[int, int, bool]:
    """Return the outermost row and column, and whether cells come in the usual order and form.

    The fast reader takes the last cell for the lowest one and aborts the process when it is not.
    """
    # No colon, no prefix; the plainer pattern takes two thirds of the time.
    refs = (_ROW_OF_PREFIXED_REF if b":" in cells else _ROW_OF_REF).findall(cells)
    if b"" in refs:
        # Cells may leave out their address and count on from their neighbour.
        return (*_loose_extent(cells), False)
    rows = [int(row) for row, _ in groupby(refs)]
    ordered = all(one < other for one, other in pairwise(rows))
    columns = 26 if rows else 0
    if _WIDE_REF.search(cells):
        letters = set(_COLUMN_OF_REF.findall(cells))
        columns = max((_column(name) for name in letters), default=columns)
    return max(rows, default=0), columns, ordered


def _loose_extent(cells: bytes) -> tuple[int, int]:
    found = _LOOSE_REF.findall(cells)
    # Twelve digits are far outside any sheet already; more could not be turned into a number.
    rows = max((int(digits[:12]) for _, digits in found if digits), default=0)
    columns = max((_column(letters.upper()) for letters in {pair[0] for pair in found}), default=0)
    return rows, columns


def _column(letters: bytes) -> int:
    """Return the number of a column, or one beyond every sheet for letters that name none."""
    if not letters:
        return 1
    return column_index_from_string(letters.decode()) if len(letters) <= 3 else EXCEL_COLUMNS + 1


def _formulas_without_value(cells: bytes) -> frozenset[str]:
    if b"<f" not in cells and b":f" not in cells:
        return frozenset()
    found = []
    for attributes, value in _FORMULA_CELL.findall(cells):
        # Programs save a formula whose result is empty text as t="str" with an empty value.
        if value and re.search(rb"""\bt\s*=\s*["']str["']""", attributes):
            continue
        found.append(_address(attributes))
    return frozenset(address for address in found if address)


def _errors(cells: bytes) -> dict[str, str]:
    if b'"e"' not in cells and b"'e'" not in cells:
        return {}
    found = {}
    for attributes, content in _ERROR_CELL.findall(cells):
        text = _ERROR_TEXT.search(content)
        shown = html.unescape(text[1].decode("utf-8", "replace")).strip() if text else ""
        found[_address(attributes)] = shown or "#VALUE!"
    found.pop("", None)
    return found


def _address(attributes: bytes) -> str:
    found = _REF_OF_CELL.search(attributes)
    return found[1].decode().upper() if found else ""


def _box(ends: tuple[bytes, bytes, bytes, bytes]) -> tuple[int, int, int, int]:
    left, top, right, bottom = ends
    return int(top), _column(left), int(bottom), _column(right)

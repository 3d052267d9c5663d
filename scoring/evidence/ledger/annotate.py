"""An evaluator's own file back, with every problem marked where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial
from operator import attrgetter
from pathlib import Path

from openpyxl.utils.cell import coordinate_to_tuple

from scoring.base.errors import OutputError, UnreadableError
from scoring.base.findings import SEVERITIES, Finding
from scoring.base.labels import label
from scoring.evidence.ledger.cell_styles import row_height
from scoring.files.atomic import write_atomically
from scoring.files.cells import address
from scoring.files.limits import EXCEL_COLUMNS, EXCEL_ROWS, Limits
from scoring.files.package import inspect_package
from scoring.files.paths import read_bytes
from scoring.files.sheet_scan import worksheet_parts
from scoring.files.workbook import Sheet, read_workbook
from scoring.files.xlsx import SHEET_NAME_LIMIT
from scoring.files.xlsx_patch import (
    CellFormats,
    PackageParts,
    add_first_sheet,
    add_notes,
    reformat_cells,
)
from scoring.files.xlsx_patch.first_sheet import fill_list
from scoring.files.xml_parts import Element

_COLOURS = {"error": "FFC7CE", "warning": "FFEB9C", "info": "DDEBF7"}
# Columns of the list and their widths.
_COLUMNS = {"number": 6, "severity": 12, "place": 28, "item": 10, "problem": 60, "remedy": 60}
_CELL = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")
_AUTHOR = "parindex"
# Excel shows no more of a note, and a workbook is no place for a book.
_NOTE_LIMIT = 2_000


def annotate_ledger(
    path: Path | bytes, findings: Iterable[Finding], out: Path | None = None, lang: str = "vi"
) -> bytes:
    """Return a copy of a workbook with findings marked in it.

    Cells are coloured and carry a note with problem and remedy; a new first sheet lists every
    finding with a link to its cell. Everything else stays: formats, further sheets, drop-downs,
    pictures, notes, print set-up. The copy is read again and compared with the original cell by
    cell before it is handed out. The file at `path` is only read.

    Parameters
    ----------
    path : Path or bytes
        The evaluator's .xlsx or .xlsm.
    findings : iterable of Finding
        Of this file; those without a cell stand in the list only.
    out : Path, optional
        Where to write the copy as well.

    Raises
    ------
    UnreadableError
        When the file is no workbook or is not safe to open.
    OutputError
        When `out` cannot be written, or the copy would read otherwise than the original.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.evidence.ledger import new_ledger
    >>> from scoring.files.workbook import read_workbook
    >>> data = new_ledger(open_set("service-quality-766"), "H1", "Đơn vị mẫu", 2026)
    >>> problem = Finding("row-without-code", sheet="Tự đánh giá", cell="D9", values={"value": 5})
    >>> read_workbook(annotate_ledger(data, [problem])).names[:2]
    ['Cần xử lý', 'Hướng dẫn']
    """
    limits = Limits()
    data = path if isinstance(path, bytes) else read_bytes(path, limits.file_bytes)
    file = "" if isinstance(path, bytes) else path.name
    report = inspect_package(data, limits, file)
    refused = next((found for found in report.findings if found.severity == "error"), None)
    if refused is not None or not report.kind.startswith("xls"):
        raise UnreadableError(refused or Finding("not-a-workbook", file))
    parts = PackageParts(data, report)
    sheets = worksheet_parts(report)
    listed = sorted(findings, key=lambda found: SEVERITIES.index(found.severity))
    style_part = parts.related(report.main_part).get("styles", "")
    formats = CellFormats(parts, style_part) if style_part in parts else None
    for name, _, part in sheets:
        here = [found for found in listed if found.sheet == name and _is_cell(found.cell)]
        if here:
            _mark(parts, part, here, formats, lang)
    names = {name for name, _, _ in sheets}
    list_name = _free_name({name.casefold() for name in names}, lang)
    _write_list(add_first_sheet(parts, list_name), listed, names, formats, lang)
    copy = parts.to_bytes()
    _demand_alike(data, copy, file)
    if out is not None:
        write_atomically(out, copy)
    return copy


def _demand_alike(data: bytes, copy: bytes, file: str) -> None:
    """Refuse a copy in which any cell reads otherwise than in the original."""
    before, after = read_workbook(data, file=file), read_workbook(copy, file=file)
    content = attrgetter("name", "state", "merged", "rows")
    for old, new in zip(before.sheets, after.sheets[1:], strict=True):
        if content(old) != content(new):
            cell = _first_difference(old, new)
            raise OutputError(Finding("annotated-copy-differs", file, old.name, cell))


def _first_difference(old: Sheet, new: Sheet) -> str:
    rows = range(1, max(old.row_count, new.row_count) + 1)
    columns = range(1, max(old.column_count, new.column_count) + 1)
    places = ((row, column) for row in rows for column in columns)
    differing = (at for at in places if old.value(*at) != new.value(*at))
    return next((address(*at) for at in differing), "")


def _is_cell(cell: str) -> bool:
    if not _CELL.fullmatch(cell):
        return False
    row, column = coordinate_to_tuple(cell)
    return row <= EXCEL_ROWS and column <= EXCEL_COLUMNS


def _mark(
    parts: PackageParts,
    part: str,
    findings: Sequence[Finding],
    formats: CellFormats | None,
    lang: str,
) -> None:
    """Colour the cells of one sheet by their worst finding, and add the notes."""
    worst: dict[str, str] = {}
    notes: dict[str, list[str]] = {}
    for found in findings:
        worst.setdefault(found.cell, found.severity)
        severity = label(f"severity_{found.severity}", lang)
        text = f"{severity}: {found.problem(lang)}\n{found.remedy(lang)}"
        notes.setdefault(found.cell, []).append(text)
    if formats is not None:
        fill = formats.filled
        painters = {cell: partial(fill, colour=_COLOURS[worse]) for cell, worse in worst.items()}
        reformat_cells(parts.root(part), painters)
    texts = {cell: "\n\n".join(lines)[:_NOTE_LIMIT] for cell, lines in notes.items()}
    add_notes(parts, part, texts, _AUTHOR)


def _free_name(taken: set[str], lang: str) -> str:
    """Return the name of the list; a file that was annotated before has one already."""
    name = label("ledger_todo_sheet", lang)
    names = (name, *(f"{name} ({n})"[:SHEET_NAME_LIMIT] for n in range(2, 1_000)))
    return next(candidate for candidate in names if candidate.casefold() not in taken)


def _write_list(
    sheet: Element,
    findings: Sequence[Finding],
    sheets: set[str],
    formats: CellFormats | None,
    lang: str,
) -> None:
    """Fill the sheet that lists all findings."""
    text = formats.wrapped() if formats else 0
    heading = formats.wrapped(font=formats.bold_font()) if formats else 0
    title_look = formats.plain(formats.bold_font()) if formats else 0
    counts = {s: sum(found.severity == s for found in findings) for s in SEVERITIES}
    numbers = {"errors": counts["error"], "warnings": counts["warning"], "notes": counts["info"]}
    rows: list[list[tuple[object, int]]] = [
        [(label("ledger_todo_title", lang, **numbers), title_look)],
        [],
        [(label(f"ledger_todo_{key}", lang), heading) for key in _COLUMNS],
    ]
    links = {}
    for number, found in enumerate(findings, start=1):
        severity = label(f"severity_{found.severity}", lang)
        paint = formats.filled(text, _COLOURS[found.severity]) if formats else 0
        values = (found.where, found.item_code, found.problem(lang), found.remedy(lang))
        rows.append([(number, text), (severity, paint), *((value, text) for value in values)])
        if found.sheet in sheets:
            sheet_name = found.sheet.replace("'", "''")
            cell = found.cell if _is_cell(found.cell) else "A1"
            links[f"C{len(rows)}"] = (f"'{sheet_name}'!{cell}", found.where)
    heights = [18.0, 6.0] + [
        row_height([(str(v), width) for (v, _), width in zip(row, _COLUMNS.values(), strict=True)])
        for row in rows[2:]
    ]
    fill_list(sheet, rows, heights, tuple(_COLUMNS.values()), links, frozen_rows=3)

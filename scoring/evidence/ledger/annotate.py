"""An evaluator's own file back, with every problem marked where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from scoring.base.findings import SEVERITIES, Finding
from scoring.base.labels import LANGUAGES, label
from scoring.evidence.ledger.sheets.cell_styles import row_height
from scoring.files.atomic import write_atomically
from scoring.files.children.guarded import read_guarded
from scoring.files.excel.cells import SHEET_NAME_LIMIT, address, row_and_column
from scoring.files.excel.sheet_scan import worksheet_parts
from scoring.files.excel.workbook import Sheet, read_workbook
from scoring.files.excel.xlsx_patch import (
    CellFormats,
    PackageParts,
    add_first_sheet,
    add_notes,
    reformat_cells,
)
from scoring.files.excel.xlsx_patch.first_sheet import fill_list
from scoring.files.excel.xlsx_patch.marked_cells import change_cells, style_of
from scoring.files.excel.xlsx_patch.notes import remove_notes
from scoring.files.excel.xlsx_patch.read_back import demand_alike, open_parts
from scoring.files.excel.xml_parts import Element
from scoring.files.limits import EXCEL_COLUMNS, EXCEL_ROWS, Limits
from scoring.files.overwriting import ruled
from scoring.files.paths import read_bytes

_COLOURS = {"error": "FFC7CE", "warning": "FFEB9C", "info": "DDEBF7"}
# Columns of the list and their widths.
_COLUMNS = {"number": 6, "severity": 12, "place": 28, "item": 10, "problem": 60, "remedy": 60}
_CELL = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")
_AUTHOR = "parindex"
# Excel shows no more of a note, and a workbook is no place for a book.
_NOTE_LIMIT = 2_000


def annotate_ledger(
    path: Path | bytes,
    findings: Iterable[Finding],
    out: Path | None = None,
    lang: str = "vi",
    *,
    replace: bool = False,
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
        Where to write the copy as well; never `path` itself.
    replace : bool
        Write over another file at `out`, which is kept beside it, ending in ``.bak``.

    Raises
    ------
    UnreadableError
        When the file is no workbook or is not safe to open.
    OutputError
        When `out` cannot be written or is there already, or the copy would read otherwise than the original.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.evidence.ledger import new_ledger
    >>> from scoring.files.excel.workbook import read_workbook
    >>> data = new_ledger(open_set("service-quality-766"), "H1", "Đơn vị mẫu", 2026)
    >>> problem = Finding("row-without-code", sheet="Tự đánh giá", cell="D9", values={"value": 5})
    >>> read_workbook(annotate_ledger(data, [problem])).names[:2]
    ['Cần xử lý', 'Hướng dẫn']
    """
    data = path if isinstance(path, bytes) else read_bytes(path, Limits().file_bytes)
    file = "" if isinstance(path, bytes) else path.name
    rows = [list(_Mark.of(found, lang)) for found in findings]
    copy: bytes = read_guarded(f"{__name__}:marked", data, file=file, findings=rows, lang=lang)
    if out is not None:
        with ruled([] if isinstance(path, bytes) else [path], out, replace=replace):
            write_atomically(out, copy)
    return copy


class _Mark(NamedTuple):
    """What is written of a finding, as text: all that the child is told of it."""

    severity: str
    sheet: str
    cell: str
    where: str
    item_code: str
    problem: str
    remedy: str

    @classmethod
    def of(cls, found: Finding, lang: str) -> _Mark:
        texts = (found.where, found.item_code, found.problem(lang), found.remedy(lang))
        return cls(found.severity, found.sheet, found.cell, *map(str, texts))


def marked(data: bytes, file: str, findings: list[list[str]], lang: str) -> bytes:
    """Mark a workbook as `annotate_ledger` does, in this process, which is to be the child."""
    limits = Limits()
    parts = open_parts(data, limits, file)
    book = read_workbook(data, limits, file=file)
    earlier = next((sheet for sheet in book.sheets if is_findings_list(sheet)), None)
    sheets = [s for s in worksheet_parts(parts.report) if earlier is None or s[0] != earlier.name]
    told = [_Mark(*row) for row in findings]
    listed = sorted(told, key=lambda found: SEVERITIES.index(found.severity))
    formats = CellFormats(parts, parts.styles())
    if earlier is not None:
        _clean(parts, earlier)
    looks: dict[tuple[str, str], int] = {}
    for name, _, part in sheets:
        here = [found for found in listed if found.sheet == name and _is_cell(found.cell)]
        if here:
            old = _mark(parts, part, here, formats, lang)
            looks |= {(name, cell): style for cell, style in old.items()}
    names = {name for name, _, _ in sheets}
    list_name = earlier.name if earlier else _free_name({n.casefold() for n in names}, lang)
    sheet = _part_root(parts, list_name) if earlier else add_first_sheet(parts, list_name)
    _write_list(sheet, listed, names, formats, lang, looks)
    copy = parts.to_bytes()
    demand_alike(data, copy, file, {}, {list_name})
    return copy


def is_findings_list(sheet: Sheet) -> bool:
    """Say whether a sheet is the list that `annotate_ledger` adds, so the file a copy of ours."""
    shown = sheet.rows[2][: len(_COLUMNS)] if sheet.row_count > 2 else []
    heads = ([label(f"ledger_todo_{key}", lang) for key in _COLUMNS] for lang in LANGUAGES)
    return any(shown == head for head in heads)


def _part_root(parts: PackageParts, name: str) -> Element:
    part = next(part for sheet, _, part in worksheet_parts(parts.report) if sheet == name)
    return parts.root(part)


def _clean(parts: PackageParts, earlier: Sheet) -> None:
    """Give cells that were marked before their own formats back, take our notes out, empty the list.

    The hidden column of the list says which cells they are, in the formats that they had.
    """
    root = _part_root(parts, earlier.name)
    kept = len(_COLUMNS) + 1
    for number in range(4, earlier.row_count + 1):
        sheet, _, cell = str(earlier.value(number, kept) or "").rpartition("!")
        part = next((p for name, _, p in worksheet_parts(parts.report) if name == sheet), "")
        if part and _is_cell(cell):
            styles: list[int] = []
            change_cells(root, {address(number, kept): partial(_note_style, styles)})
            change_cells(parts.root(part), {cell: partial(_set_style, styles)})
            remove_notes(parts, part, {cell}, _AUTHOR)
    for element in list(root):
        root.remove(element)


def _note_style(styles: list[int], cell: Element) -> None:
    styles.append(style_of(cell))


def _set_style(styles: list[int], cell: Element) -> None:
    cell.set("s", str(styles[-1]))


def _is_cell(cell: str) -> bool:
    if not _CELL.fullmatch(cell):
        return False
    row, column = row_and_column(cell)
    return row <= EXCEL_ROWS and column <= EXCEL_COLUMNS


def _mark(
    parts: PackageParts,
    part: str,
    findings: Sequence[_Mark],
    formats: CellFormats,
    lang: str,
) -> dict[str, int]:
    """Colour the cells of one sheet by their worst finding, add the notes; return old formats."""
    worst: dict[str, str] = {}
    notes: dict[str, list[str]] = {}
    for found in findings:
        worst.setdefault(found.cell, found.severity)
        severity = label(f"severity_{found.severity}", lang)
        text = f"{severity}: {found.problem}\n{found.remedy}"
        notes.setdefault(found.cell, []).append(text)
    before: dict[str, int] = {}

    def painted(base: int, cell: str) -> int:
        before[cell] = base
        return formats.filled(base, _COLOURS[worst[cell]])

    reformat_cells(parts.root(part), {cell: partial(painted, cell=cell) for cell in worst})
    texts = {cell: "\n\n".join(lines)[:_NOTE_LIMIT] for cell, lines in notes.items()}
    add_notes(parts, part, texts, _AUTHOR)
    return before


def _free_name(taken: set[str], lang: str) -> str:
    """Return the name of the list; a file that was annotated before has one already."""
    name = label("ledger_todo_sheet", lang)
    names = (name, *(f"{name} ({n})"[:SHEET_NAME_LIMIT] for n in range(2, 1_000)))
    return next(candidate for candidate in names if candidate.casefold() not in taken)


def _write_list(
    sheet: Element,
    findings: Sequence[_Mark],
    sheets: set[str],
    formats: CellFormats,
    lang: str,
    looks: Mapping[tuple[str, str], int],
) -> None:
    """Fill the sheet that lists all findings; its hidden column keeps the marked cells' formats."""
    text = formats.wrapped()
    heading = formats.wrapped(font=formats.bold_font())
    title_look = formats.plain(formats.bold_font())
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
        paint = formats.filled(text, _COLOURS[found.severity])
        values = (found.where, found.item_code, found.problem, found.remedy)
        rows.append([(number, text), (severity, paint), *((value, text) for value in values)])
        if (own := looks.get((found.sheet, found.cell))) is not None:
            rows[-1].append((f"{found.sheet}!{found.cell}", own))
        if found.sheet in sheets:
            sheet_name = found.sheet.replace("'", "''")
            cell = found.cell if _is_cell(found.cell) else "A1"
            links[f"C{len(rows)}"] = (f"'{sheet_name}'!{cell}", found.where)
    heights = [18.0, 6.0] + [
        row_height([(str(v), width) for (v, _), width in zip(row, _COLUMNS.values(), strict=False)])
        for row in rows[2:]
    ]
    fill_list(sheet, rows, heights, tuple(_COLUMNS.values()), links, frozen_rows=3)

"""An evaluator's own file back, with every problem marked where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path

from openpyxl.utils.cell import coordinate_to_tuple

from scoring.base.errors import UnreadableError
from scoring.base.findings import SEVERITIES, Finding
from scoring.base.labels import label
from scoring.evidence.ledger.looks import row_height
from scoring.evidence.ledger.notes import add_notes
from scoring.evidence.ledger.patching import (
    MAIN,
    XML_HEAD,
    Package,
    Styles,
    add_first_sheet,
    inline_rows,
    restyle,
)
from scoring.files.atomic import write_atomically
from scoring.files.limits import EXCEL_COLUMNS, EXCEL_ROWS, Limits
from scoring.files.package import inspect_package, relationships
from scoring.files.paths import read_bytes
from scoring.files.sheet_scan import worksheet_parts

_COLOURS = {"error": "FFC7CE", "warning": "FFEB9C", "info": "DDEBF7"}
_WIDTHS = (6, 12, 28, 10, 60, 60)
_CELL = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")
_AUTHOR = "parindex"
# Excel shows no more of a note, and a workbook is no place for a book.
_NOTE_LIMIT = 2_000
_NAME_LIMIT = 31


def annotate_ledger(
    path: Path | bytes, findings: Iterable[Finding], out: Path | None = None, lang: str = "vi"
) -> bytes:
    """Return a copy of a workbook with findings marked in it.

    Cells are coloured and carry a note with problem and remedy; a new first sheet lists every
    finding with a link to its cell. Everything else keeps its bytes: formats, further sheets,
    drop-downs, pictures, notes, print set-up. The file at `path` is only read.

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
        When `out` cannot be written.

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
    package = Package(data)
    sheets = worksheet_parts(report)
    listed = sorted(findings, key=lambda found: SEVERITIES.index(found.severity))
    styles = _styles(package, report.main_part)
    for name, _, part in sheets:
        here = [found for found in listed if found.sheet == name and _is_cell(found.cell)]
        if here and part not in report.transcoded:
            _mark(package, part, here, styles, lang)
    names = {name for name, _, _ in sheets}
    xml = _list_sheet(listed, names, styles, lang)
    free = _free_name({name.casefold() for name in names}, lang)
    add_first_sheet(package, report.main_part, free, xml)
    if styles is not None:
        styles.save()
    copy = package.to_bytes()
    if out is not None:
        write_atomically(out, copy)
    return copy


def _is_cell(cell: str) -> bool:
    if not _CELL.fullmatch(cell):
        return False
    row, column = coordinate_to_tuple(cell)
    return row <= EXCEL_ROWS and column <= EXCEL_COLUMNS


def _styles(package: Package, main_part: str) -> Styles | None:
    parts = {name: package.text(name).encode() for name in package.names if name.endswith(".rels")}
    for kind, target in relationships(parts, main_part).values():
        if kind == "styles" and target in package:
            return Styles(package, target)
    return None


def _mark(
    package: Package, part: str, findings: Sequence[Finding], styles: Styles | None, lang: str
) -> None:
    """Colour the cells of one sheet by their worst finding, and add the notes."""
    worst: dict[str, str] = {}
    notes: dict[str, list[str]] = {}
    for found in findings:
        worst.setdefault(found.cell, found.severity)
        severity = label(f"severity_{found.severity}", lang)
        notes.setdefault(found.cell, []).append(
            f"{severity}: {found.problem(lang)}\n{found.remedy(lang)}"
        )
    if styles is not None:
        changes = {cell: _painter(styles, _COLOURS[severity]) for cell, severity in worst.items()}
        package.put(part, restyle(package.text(part), changes))
    texts = {cell: "\n\n".join(lines)[:_NOTE_LIMIT] for cell, lines in notes.items()}
    add_notes(package, part, texts, _AUTHOR)


def _painter(styles: Styles, colour: str) -> Callable[[int], int]:
    return lambda base: styles.filled(base, colour)


def _free_name(taken: set[str], lang: str) -> str:
    """Return the name of the list; a file that was annotated before has one already."""
    name = label("ledger_todo_sheet", lang)
    names = (name, *(f"{name} ({n})"[:_NAME_LIMIT] for n in range(2, 1_000)))
    return next(candidate for candidate in names if candidate.casefold() not in taken)


def _list_sheet(
    findings: Sequence[Finding], sheets: set[str], styles: Styles | None, lang: str
) -> str:
    """Return the XML of the sheet that lists all findings."""
    text = styles.wrapped() if styles else 0
    heading = styles.wrapped(font=styles.bold_font()) if styles else 0
    title_style = styles.plain(styles.bold_font()) if styles else 0
    counts = {s: sum(found.severity == s for found in findings) for s in SEVERITIES}
    title = label(
        "ledger_todo_title",
        lang,
        errors=counts["error"],
        warnings=counts["warning"],
        notes=counts["info"],
    )
    columns = ("number", "severity", "place", "item", "problem", "remedy")
    rows: list[list[tuple[object, int]]] = [[(title, title_style)], []]
    rows.append([(label(f"ledger_todo_{key}", lang), heading) for key in columns])
    links = []
    for number, found in enumerate(findings, start=1):
        severity = label(f"severity_{found.severity}", lang)
        paint = styles.filled(text, _COLOURS[found.severity]) if styles else 0
        values = (found.where, found.item_code, found.problem(lang), found.remedy(lang))
        rows.append([(number, text), (severity, paint), *((value, text) for value in values)])
        if found.sheet in sheets:
            links.append(_link(f"C{len(rows)}", found))
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(_WIDTHS, start=1)
    )
    heights = [18.0, 6.0] + [
        row_height([(str(v), width) for (v, _), width in zip(row, _WIDTHS, strict=True)])
        for row in rows[2:]
    ]
    hyperlinks = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    return (
        f'{XML_HEAD}<worksheet xmlns="{MAIN}">'
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="3" topLeftCell="A4" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>{''.join(inline_rows(rows, heights))}</sheetData>{hyperlinks}"
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    )


def _link(place: str, found: Finding) -> str:
    sheet = found.sheet.replace("'", "''")
    target = f"'{sheet}'!{found.cell if _is_cell(found.cell) else 'A1'}"
    return f'<hyperlink ref="{place}" location="{escape(target)}" display="{escape(found.where)}"/>'

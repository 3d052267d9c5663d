"""The tables of a Word document, with its merged cells, read from the XML that python-docx opens."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.criteria.appendix.grids import (
    MAX_CELL_LETTERS,
    MAX_TABLE_ROWS,
    Grid,
    GridRow,
    lines_of,
)
from scoring.files.limits import Limits
from scoring.files.package import inspect_package

MAX_TABLES = 200
MAX_COLUMNS = 60
_MAX_DEPTH = 4
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": " ", f"{_W}noBreakHyphen": "-"}


def word_grids(data: bytes, file: str) -> tuple[list[Grid], list[Finding]]:
    """Read the tables of a .docx document in their order.

    Parameters
    ----------
    data : bytes
        The whole file; it is looked through under limits before any reader opens it.
    file : str
        Name to show in findings.

    Returns
    -------
    list of Grid, list of Finding
        Tables within cells are folded into the text of their cell, and their row is marked.

    Raises
    ------
    UnreadableError
        When the file is no Word document, or is not safe to open.
    """
    import docx

    report = inspect_package(data, Limits(), file)
    errors = [finding for finding in report.findings if finding.severity == "error"]
    if errors:
        raise UnreadableError(errors[0])
    if not report.kind.startswith("doc"):
        raise UnreadableError(Finding("not-a-word-document", file))
    try:
        document = docx.Document(io.BytesIO(data))
    except Exception as problem:  # whatever python-docx stumbles over, the file is damaged
        values = {"part": "word/document.xml"}
        raise UnreadableError(Finding("package-damaged", file, values=values)) from problem
    tables = list(_outer_tables(document.element.body))
    findings = list(report.findings)
    if len(tables) > MAX_TABLES:
        findings.append(Finding("appendix-too-many-tables", file, values={"limit": MAX_TABLES}))
    return [_grid(table, n) for n, table in enumerate(tables[:MAX_TABLES], start=1)], findings


def _outer_tables(body: Any) -> Iterator[Any]:
    """Yield the tables of the text, also those inside content controls, not those in cells."""
    for child in body:
        if child.tag == f"{_W}tbl":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml"):
            yield from _outer_tables(child)


def _grid(table: Any, number: int) -> Grid:
    rows = []
    for place, row in enumerate(table.iterchildren(f"{_W}tr"), start=1):
        if place > MAX_TABLE_ROWS:
            break
        rows.append(_row(row, label("appendix_place_docx", table=number, row=place)))
    return Grid(tuple(rows))


def _row(row: Any, place: str) -> GridRow:
    cells: list[str] = [""] * _skipped(row)
    owner = list(range(len(cells)))
    marks: set[str] = set()
    for cell in row.iterchildren(f"{_W}tc"):
        at = len(cells)
        text = "" if _continues_above(cell) else lines_of(_text(cell, marks))
        if not any(cells) and not text and cell.find(f".//{_W}numPr") is not None:
            marks.add("numbered")
        span = min(_span(cell), MAX_COLUMNS - at)
        if span < 1:
            break
        cells += [text, *[""] * (span - 1)]
        owner += [at] * span
    return GridRow(tuple(cells), tuple(owner), place, frozenset(marks))


def _number(element: Any, path: str) -> int:
    found = element.find(path)
    value = found.get(f"{_W}val", "") if found is not None else ""
    return int(value[:4]) if value[:4].isdecimal() else 0


def _skipped(row: Any) -> int:
    return min(_number(row, f"{_W}trPr/{_W}gridBefore"), MAX_COLUMNS)


def _span(cell: Any) -> int:
    return max(1, _number(cell, f"{_W}tcPr/{_W}gridSpan"))


def _continues_above(cell: Any) -> bool:
    merge = cell.find(f"{_W}tcPr/{_W}vMerge")
    return merge is not None and merge.get(f"{_W}val", "continue") == "continue"


def _text(holder: Any, marks: set[str], depth: int = 0) -> str:
    """Return the text of a cell; text deleted under track changes is not there any more."""
    parts: list[str] = []
    room = MAX_CELL_LETTERS
    stack = [iter(holder)]
    while stack and room > 0:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            continue
        if child.tag == f"{_W}p":
            parts.append("\n")
        said = _own_text(child, marks, depth)
        if said is None:
            stack.append(iter(child))
        else:
            parts.append(said)
            room -= len(said)
    return "".join(parts)


def _own_text(child: Any, marks: set[str], depth: int) -> str | None:
    """Return the text an element stands for by itself; None where its children say it."""
    if child.tag == f"{_W}tbl":
        marks.add("nested")
        return _nested(child, marks, depth)
    if child.tag == f"{_W}t":
        return child.text or ""
    # What Word shows to older programs is the same text once more.
    if child.tag == _FALLBACK or not isinstance(child.tag, str):
        return ""
    return _BREAKS.get(child.tag)


def _nested(table: Any, marks: set[str], depth: int) -> str:
    if depth >= _MAX_DEPTH:
        return ""
    lines = []
    for row in table.iterchildren(f"{_W}tr"):
        cells = (_text(cell, marks, depth + 1).strip() for cell in row.iterchildren(f"{_W}tc"))
        lines.append(": ".join(cell for cell in cells if cell))
    return "\n" + "\n".join(lines) + "\n"

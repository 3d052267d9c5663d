"""Paragraphs and tables of a Word document, in their order, read from its XML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.excel.package import PackageReport, inspect_package
from scoring.files.excel.xml_parts import parse_part
from scoring.files.office.content import Content, Grid, GridRow, Paragraph, ReadingLimits, Section

_MAX_DEPTH = 4
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_P, _TABLE, _ROW, _CELL, _TEXT = (f"{_W}{name}" for name in ("p", "tbl", "tr", "tc", "t"))
# Struck out under track changes; and what older programs are shown, the same text once more.
_UNSEEN = {
    f"{_W}del",
    f"{_W}moveFrom",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
# Around rows and cells as around text: content controls, custom XML, inserted and moved parts.
_WRAPPERS = {
    f"{_W}{name}" for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo")
}
_SIGNS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def read_word(data: bytes, limits: ReadingLimits, file: str = "") -> Content:
    """Read a .docx document under limits.

    Text that track changes struck out is left out, text they inserted is read; a text box is read
    once, behind the paragraph that holds it.

    Raises
    ------
    UnreadableError
        When the file is no Word document, or is not safe to open.
    """
    report = inspect_package(data, file=file)
    body = _body(report, file)
    blocks: list[Paragraph | Grid] = []
    lines = 0
    for element in _parts(body, _P, _TABLE):
        block = _grid(element, limits) if element.tag == _TABLE else _paragraph(element)
        lines += len(block.rows) if isinstance(block, Grid) else 1
        if lines > limits.lines:
            break
        blocks.append(block)
    section = Section("", tuple(blocks))
    return Content("docx", (section,), report.findings, truncated=lines > limits.lines)


def _body(report: PackageReport, file: str) -> Any:
    for finding in report.findings:
        if finding.severity == "error":
            raise UnreadableError(finding)
    if not report.kind.startswith("doc"):
        raise UnreadableError(Finding("not-a-word-document", file))
    root = parse_part(report.parts[report.main_part])
    body = root.find(f"{_W}body") if root is not None else None
    if body is None:
        values = {"part": report.main_part}
        raise UnreadableError(Finding("package-damaged", file, values=values))
    return body


def _parts(holder: Any, *tags: str) -> Iterator[Any]:
    """Yield the children with one of `tags`, also those inside wrappers."""
    for child in holder:
        if child.tag in tags:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _parts(child, *tags)


def _paragraph(element: Any) -> Paragraph:
    return Paragraph(_text(element, set(), tab="\t"))


def _grid(table: Any, limits: ReadingLimits) -> Grid:
    rows: list[GridRow] = []
    standing: dict[int, str] = {}
    for element in _parts(table, _ROW):
        if element.find(f"{_W}trPr/{_W}del") is None and len(rows) < limits.lines:
            rows.append(_row(element, len(rows) + 1, standing, limits))
            own = dict(enumerate(rows[-1].cells))
            standing = own | dict(rows[-1].carried)
    return Grid(tuple(rows))


def _row(row: Any, number: int, above: dict[int, str], limits: ReadingLimits) -> GridRow:
    cells = [""] * min(_number(row, "trPr", "gridBefore"), limits.columns)
    owner = list(range(len(cells)))
    carried: dict[int, str] = {}
    marks: set[str] = set()
    for cell in _parts(row, _CELL):
        at = len(cells)
        text = ""
        if _goes_on(cell):
            carried[at] = above.get(at, "")
        else:
            text = _text(cell, marks, limits.cell_letters)
        if not any(cells) and not text.strip() and cell.find(f".//{_W}numPr") is not None:
            marks.add("numbered")
        span = min(max(1, _number(cell, "tcPr", "gridSpan")), limits.columns - at)
        if span < 1:
            break
        cells += [text, *[""] * (span - 1)]
        owner += [at] * span
    return GridRow(number, tuple(cells), tuple(owner), carried, frozenset(marks))


def _number(element: Any, *path: str) -> int:
    found = element.find("/".join(_W + name for name in path))
    value = found.get(f"{_W}val", "") if found is not None else ""
    return int(value[:4]) if value[:4].isdecimal() else 0


def _goes_on(cell: Any) -> bool:
    """Say whether the cell is the lower part of one merged downwards; what it holds is hidden."""
    merge = cell.find(f"{_W}tcPr/{_W}vMerge")
    return merge is not None and merge.get(f"{_W}val", "continue") == "continue"


def _text(
    holder: Any, marks: set[str], room: int = 2**31, *, tab: str = " ", depth: int = 0
) -> str:
    parts: list[str] = []
    stack = [iter(holder)]
    while stack and room > 0:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            continue
        if child.tag == _P:
            parts.append("\n")
        said = _own_text(child, marks, tab, depth)
        if said is None:
            stack.append(iter(child))
        else:
            parts.append(said)
            room -= len(said)
    return "".join(parts).removeprefix("\n")


def _own_text(child: Any, marks: set[str], tab: str, depth: int) -> str | None:
    """Return the text an element stands for by itself; None where its children say it."""
    if child.tag == _TEXT:
        return child.text or ""
    if child.tag == _TABLE:
        marks.add("nested")
        return _nested(child, marks, depth + 1)
    if child.tag in _UNSEEN:
        return ""
    # Tab stops of a style stand in its properties under the same name.
    if child.tag == f"{_W}tab":
        return "" if child.getparent().tag == f"{_W}tabs" else tab
    return _SIGNS.get(child.tag)


def _nested(table: Any, marks: set[str], depth: int) -> str:
    if depth > _MAX_DEPTH:
        return ""
    rows = (
        "\t".join(_text(cell, marks, depth=depth).strip() for cell in _parts(row, _CELL))
        for row in _parts(table, _ROW)
    )
    return "\n" + "\n".join(rows) + "\n"

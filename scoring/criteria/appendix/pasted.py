"""A table pasted as text: parted by tabs, by bars, or with one cell on each line."""

from __future__ import annotations

import csv
import io
import re

from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.criteria.appendix.amounts import read_points
from scoring.criteria.appendix.grids import MAX_TABLE_ROWS, Grid, GridRow, plain_row
from scoring.criteria.appendix.headings import heading_role
from scoring.criteria.appendix.numbering import read_code

MAX_LETTERS = 4_000_000
MAX_COLUMNS = 60
_RULE = re.compile(r"[|\s:+\-=]{3,400}")


def pasted_grids(text: str, file: str) -> tuple[list[Grid], list[Finding]]:
    """Read pasted text as one table.

    Returns
    -------
    list of Grid, list of Finding

    Examples
    --------
    >>> grids, _ = pasted_grids("TT\\tTiêu chí\\tĐiểm tối đa\\n1\\tKế hoạch\\t2", "")
    >>> grids[0].rows[1].cells
    ('1', 'Kế hoạch', '2')
    """
    findings = []
    if len(text) > MAX_LETTERS:
        findings.append(Finding("appendix-text-cut", file, values={"limit": MAX_LETTERS}))
        text = text[:MAX_LETTERS]
    if "\t" in text:
        rows = _tabbed(text)
    elif _is_barred(text):
        rows = _barred(text)
    else:
        rows = _one_cell_a_line(text)
    if len(rows) > MAX_TABLE_ROWS:
        findings.append(Finding("appendix-too-many-rows", file, values={"limit": MAX_TABLE_ROWS}))
    return [Grid(tuple(rows[:MAX_TABLE_ROWS]))], findings


def _place(number: int) -> str:
    return label("appendix_place_text", row=number)


def _tabbed(text: str) -> list[GridRow]:
    """Read tabs; a cell of several lines comes from a spreadsheet within quotes."""
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    line = 0
    try:
        for cells in reader:
            rows.append(plain_row(cells[:MAX_COLUMNS], _place(line + 1)))
            line = reader.line_num
    except csv.Error:
        # An unclosed quote: every line is then a row of its own.
        lines = enumerate(text.splitlines(), start=1)
        return [plain_row(row.split("\t")[:MAX_COLUMNS], _place(n)) for n, row in lines]
    return rows


def _is_barred(text: str) -> bool:
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    header = next((line for line in lines if line.count("|") >= 2), "")
    roles = {heading_role(cell) for cell in header.split("|")}
    return {"name", "max"} <= roles


def _barred(text: str) -> list[GridRow]:
    """Read bars. The last column keeps its bars: they part the steps of a scoring text."""
    rows = []
    width = 0
    for number, line in enumerate(text.splitlines(), start=1):
        body = line.strip()
        if not body or _RULE.fullmatch(body):
            continue
        closed = body.startswith("|")
        body = body.removeprefix("|")
        if closed:
            body = body.removesuffix("|")
        cells = body.split("|")
        width = width or len(cells)
        cells = [*cells[: width - 1], "|".join(cells[width - 1 :])]
        rows.append(plain_row(cells[:MAX_COLUMNS], _place(number)))
    return rows


def _one_cell_a_line(text: str) -> list[GridRow]:
    """Read one cell a line: headings, then for each row a code, a name, points and the rest."""
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line]
    start = next((i for i, (_, line) in enumerate(lines) if heading_role(line) == "name"), None)
    if start is None:
        return []
    while start > 0 and heading_role(lines[start - 1][1]):
        start -= 1
    end = start
    while end < len(lines) and heading_role(lines[end][1]):
        end += 1
    # The cells that follow have no columns of their own; these four are found by their form.
    rows = [plain_row(["TT", "Tiêu chí", "Điểm tối đa", "Cách chấm"], _place(lines[start][0]))]
    return rows + _records(lines[end:])


def _records(lines: list[tuple[int, str]]) -> list[GridRow]:
    rows: list[GridRow] = []
    record: dict[str, str] = {}
    place = 0
    last: tuple[int, ...] = ()
    for number, line in lines:
        code = read_code(line)
        order = code.order if code else ()
        opens = code is not None and (not record or ("max" in record and order > last))
        if opens and ("text" not in record or len(order) > 1 or order[:1] == (last[0] + 1,)):
            if record:
                rows.append(_record_row(record, place))
            record, place, last = {"code": line}, number, order
        elif record:
            _fill(record, line)
    if record:
        rows.append(_record_row(record, place))
    return rows


def _fill(record: dict[str, str], line: str) -> None:
    if "name" not in record:
        record["name"] = line
    elif "max" not in record and read_points(line) is not None:
        record["max"] = line
    elif "max" not in record and ":" not in line:
        record["name"] += " " + line
    else:
        record["text"] = "\n".join(part for part in (record.get("text"), line) if part)


def _record_row(record: dict[str, str], place: int) -> GridRow:
    cells = [record.get(key, "") for key in ("code", "name", "max", "text")]
    return plain_row(cells, _place(place))

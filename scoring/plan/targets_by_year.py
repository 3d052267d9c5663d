"""Tables of targets with a column a year: "Chỉ tiêu | Đơn vị tính | Năm 2027 | Năm 2030"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from scoring.base.findings import Finding
from scoring.official.figure_text import as_number
from scoring.official.ranges import comparison_before
from scoring.plan.blocks import Block
from scoring.plan.plan_targets import RANK_UNIT, Target, indicator_of
from scoring.plan.target_phases import heads_of_years

_CELL = re.compile(
    r"(?P<low>\d{1,4}(?:[.,]\d{1,2})?)\s*%?(?:\s*[-–]\s*(?P<high>\d{1,4}(?:[.,]\d{1,2})?))?\s*"
    r"(?P<percent>%)?(?P<words>[^\d%]*)$"
)
# A dash or a blank says that the year has no target.
_WORD = re.compile(r"\w")


def targets_by_year(blocks: Sequence[Block]) -> Iterator[tuple[Block, list[Target]]]:
    """Yield every row of such tables with its targets, one a year; the heading has none.

    Examples
    --------
    >>> from scoring.plan.blocks import document_from_text
    >>> text = "TT\\tChỉ tiêu\\tĐVT\\tNăm 2027\\tNăm 2030\\n1\\tHồ sơ đúng hạn\\t%\\t97\\t99,5"
    >>> rows = targets_by_year(document_from_text(text).blocks)
    >>> [(t.indicator, t.value, t.unit, t.year) for _, found in rows for t in found]
    [('Hồ sơ đúng hạn', 97.0, '%', 2027), ('Hồ sơ đúng hạn', 99.5, '%', 2030)]
    """
    for block, heads in _rows(blocks):
        yield block, _of_row(block, heads) if heads else []


def cells_without_figure(blocks: Sequence[Block]) -> Iterator[Finding]:
    """Yield a finding for each cell of a year that says something but no figure: "Tăng".

    >>> from scoring.plan.blocks import document_from_text
    >>> text = "TT\\tChỉ tiêu\\tNăm 2027\\tNăm 2030\\n1\\tHồ sơ đúng hạn (%)\\tTăng\\t–"
    >>> [found.values["year"] for found in cells_without_figure(document_from_text(text).blocks)]
    [2027]
    """
    for block, heads in _rows(blocks):
        if not heads:
            continue
        name, unit, cells = _row_of(block, heads)
        for year, cell in cells.items():
            if name and _WORD.search(cell) and not _of_cell(name, unit, cell, year, block.text):
                values = {"target": name, "year": year, "text": cell}
                yield Finding("target-cell-without-figure", cell=block.place, values=values)


def _rows(blocks: Sequence[Block]) -> Iterator[tuple[Block, Mapping[str, int]]]:
    """Yield the rows of such tables with the columns of their heading; the heading has none."""
    heads: Mapping[str, int] = {}
    last = None
    for block in blocks:
        is_next = last is not None and block.is_row and block.table == last.table
        own = heads_of_years(block.cells)
        heads, last = own or (heads if is_next else {}), block
        if heads:
            yield block, {} if own else heads


def _row_of(block: Block, heads: Mapping[str, int]) -> tuple[str, str, dict[int, str]]:
    """Return what a row measures, in which unit, and its cell of each year."""
    cells = dict(enumerate(block.cells))
    years = {int(head): cells.get(at, "") for head, at in heads.items() if head.isdecimal()}
    return cells.get(heads["name"], ""), cells.get(heads.get("unit", -1), ""), years


def _of_row(block: Block, heads: Mapping[str, int]) -> list[Target]:
    name, unit, years = _row_of(block, heads)
    found = [_of_cell(name, unit, cell, year, block.text) for year, cell in years.items()]
    return [target for target in found if target is not None]


def _of_cell(name: str, unit: str, cell: str, year: int, row: str) -> Target | None:
    match = _CELL.search(cell)
    if not match or not name:
        return None
    low, high = (as_number(match[end]) if match[end] else None for end in ("low", "high"))
    is_percent = "%" in f"{cell}{unit}{name}"
    told = "%" if is_percent else (unit or match["words"]).strip().lower()
    told = RANK_UNIT if "hạng" in told or "xếp hạng" in name.lower() else told
    comparison = comparison_before(cell, match.start("low"))[0]
    comparison = {"trở lên": ">=", "trở xuống": "<="}.get(match["words"].strip(), comparison)
    if told == RANK_UNIT:
        comparison = "<="
    comparison = "between" if high is not None else comparison
    indicator = indicator_of(name.replace("(%)", ""))
    return Target(indicator, comparison, low, high, told, row, year=year)

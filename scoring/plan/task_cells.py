"""Read a table that was copied with one cell per line.

Nothing marks where a cell of several paragraphs ends, so the lines are laid on the columns in the
cheapest way: each line costs by how little it looks like its column, and columns come in order.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from scoring.base.findings import Finding
from scoring.official.numbering import is_item_number, roman_value
from scoring.official.recognising import heading_role, looks_like
from scoring.official.wording import plain
from scoring.plan.blocks import Block
from scoring.plan.drafts import Reading
from scoring.plan.task_heads import header_roles
from scoring.plan.task_rows import read_rows

_NEVER = 25.0  # a text in the number column
_SKIPPED = 4.0  # a column without a line of its own
_OUTSIDE = 0.9  # a line after the table
_END = 2.0  # the end of the table
_CUT = 6.0  # a last row that stops before its last column


@dataclass(frozen=True, slots=True)
class _Header:
    start: int
    end: int
    roles: tuple[str, ...]


def find_cell_header(blocks: Sequence[Block], start: int = 0) -> _Header | None:
    """Return the first run of lines that are, one after another, headings of a task table."""
    index = start
    while index < len(blocks):
        end = index
        while end < len(blocks) and _is_heading(blocks[end]):
            end += 1
        roles = header_roles([block.text for block in blocks[index:end]]) if end > index else None
        if roles is not None:
            return _Header(index, end, roles)
        index = max(end, index + 1)
    return None


def _is_heading(block: Block) -> bool:
    return not block.is_row and len(block.text) < 60 and bool(heading_role(block.text, "tasks"))


def read_task_cells(blocks: Sequence[Block]) -> Reading:
    """Read the tasks of a table given one cell per line; empty when there is no such table."""
    header = find_cell_header(blocks)
    if header is None:
        return Reading()
    body, roles = _body(blocks, header)
    columns = _assign(body, header.roles)
    rows = _rows(body, columns, len(header.roles))
    reading = read_rows(header.roles, [row for row, _ in rows])
    for row, members in rows:
        role = reading.roles.pop(row.line)
        roles |= {block.line: role for block in members}
    placed = {block.line for _, members in rows for block in members}
    behind = [block for block in body if block.line not in placed]
    roles |= {block.line: "text" for block in behind}
    if any(plain(block.text) for block in behind):
        values = {"count": len(behind)}
        reading.findings.append(
            Finding("plan-text-after-table", cell=behind[0].place, values=values)
        )
    reading.roles = {block.line: "text" for block in blocks} | roles
    return reading


def _body(blocks: Sequence[Block], header: _Header) -> tuple[list[Block], dict[int, str]]:
    """Return the lines of the table, headings repeated on later pages left out and marked."""
    roles: dict[int, str] = {}
    body: list[Block] = []
    following: _Header | None = header
    index = header.start
    while index < len(blocks):
        if following and index == following.start:
            for block in blocks[index : following.end]:
                roles[block.line] = "header"
            index, following = following.end, find_cell_header(blocks, following.end)
        elif (
            plain(blocks[index].text).startswith("(") and plain(blocks[index].text)[1:-1].isdigit()
        ):
            roles[blocks[index].line] = "header"
            index += 1
        else:
            body.append(blocks[index])
            index += 1
    return body, roles


def _kind(text: str) -> str:
    if not text:
        return "blank"
    return next(
        (kind for kind in ("budget", "product", "unit", "time") if looks_like(kind, text)), ""
    )


@cache
def _costs() -> dict[str, dict[str, float]]:
    """Return what a line costs in each column, by what it looks like."""
    text = resources.files("scoring.plan").joinpath("line_costs.csv").read_text("utf-8")
    lines = csv.DictReader(text.splitlines())
    return {
        line.pop("column"): {look: float(cost) for look, cost in line.items()} for line in lines
    }


def _cost(role: str, text: str, kind: str) -> float:
    if role == "number":
        if is_item_number(text) or roman_value(text):
            return 0.0
        return 3.0 if kind == "blank" else _NEVER
    # "Báo cáo quý I/2021" is a product by its first word and a time by its last.
    if role == "deadline" and kind == "product" and looks_like("time", text):
        return 0.0
    return _costs().get(role, _costs()["note"])[kind or "other"]


def _stay_cost(role: str, text: str, kind: str) -> float:
    """Return what it costs to give the cell another paragraph."""
    if role == "number":
        return 2 * _NEVER
    if kind == "blank":
        return 5.0
    bulleted = text.startswith(("-", "+", "–", "•"))
    return (0.5 if bulleted else 2.0) + (2.0 if role in ("lead_unit", "task", "budget") else 0.0)


def _assign(body: Sequence[Block], roles: tuple[str, ...]) -> list[int]:
    """Return the column of each line, or -1 for lines behind the table (Viterbi's method)."""
    width = len(roles)
    best = np.array([_SKIPPED * column for column in range(width)] + [_NEVER])
    moves = _moves(width)
    steps = []
    for index, block in enumerate(body):
        text = plain(block.text)
        kind = _kind(text)
        stays = [_stay_cost(role, text, kind) if index else 0.0 for role in roles]
        np.fill_diagonal(moves[:width, :width], stays)
        arrivals = best[:, None] + (moves if index else _first(moves))
        steps.append(arrivals.argmin(axis=0))
        costs = [*(_cost(role, text, kind) for role in roles), _OUTSIDE]
        best = arrivals.min(axis=0) + np.array(costs)
    column, path = int(best.argmin()), list[int]()
    for step in reversed(steps):
        path.append(column if column < width else -1)
        column = int(step[column])
    return path[::-1]


def _first(moves: np.ndarray) -> np.ndarray:
    """Return the moves to the first line, which has no line before it to come from."""
    inside = np.where(np.eye(len(moves), dtype=bool), moves, np.inf)
    return np.column_stack([inside[:, :-1], moves[:, -1]])


def _moves(width: int) -> np.ndarray:
    """Return what it costs to come from each column (or from outside) to the next line's."""
    origins, columns = np.indices((width + 1, width + 1))
    moves = _SKIPPED * ((columns - origins - 1) % width)
    moves[width] = np.inf
    moves[:, width] = [_CUT] * (width - 1) + [_END, 0.0]
    return moves


def _rows(body: Sequence[Block], columns: list[int], width: int) -> list[tuple[Block, list[Block]]]:
    """Gather lines into rows: a row begins where the column falls back."""
    rows: list[tuple[list[list[str]], list[Block]]] = []
    before = width
    for block, column in zip(body, columns, strict=True):
        if column < 0:
            break
        if column < before or (column == before == 0):
            rows.append(([[] for _ in range(width)], []))
        rows[-1][0][column].append(plain(block.text))
        rows[-1][1].append(block)
        before = column
    return [(_row(cells, members), members) for cells, members in rows]


def _row(cells: list[list[str]], members: list[Block]) -> Block:
    texts = tuple(" ".join(part for part in cell if part) for cell in cells)
    first, last = members[0], members[-1]
    place = first.place if first is last else f"{first.place}–{last.line}"
    return Block(texts, True, first.line, place, table=1)

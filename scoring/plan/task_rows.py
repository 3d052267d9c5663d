"""Read tasks from a table: repeated headings, cells split over pages, stacked rows.

Rows without a number are the hard part. After a page break such a row goes on with the cells above
it; elsewhere, with a lead unit or a deadline of its own, it is a further part of the task above.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from scoring.base.findings import Finding
from scoring.base.text import without_marks
from scoring.official.numbering import is_item_number, opening_of, roman_value
from scoring.official.patterns import patterns
from scoring.official.recognising import area_code, is_column_numbers
from scoring.official.wording import plain, without_bullet
from scoring.plan.blocks import Block
from scoring.plan.drafts import Area, Reading, TaskDraft
from scoring.plan.task_heads import TIME, header_roles, under_head

_PATTERNS = patterns("task_rows")
_OWN = ("lead_unit", "deadline", "assignment")
# Columns that stacked rows share with the first row of their task.
SHARED = ("goal", "task", "activity")


def read_task_table(blocks: Sequence[Block]) -> Reading:
    """Read the tasks of every table among `blocks` that has the heading of a task table.

    Parameters
    ----------
    blocks : sequence of Block
        The whole document; lines outside the task tables are given the role ``text``.

    Returns
    -------
    Reading
    """
    reader = _RowReader()
    first = next((i for i, b in enumerate(blocks) if b.is_row and header_roles(b.cells)), None)
    if first is None:
        return reader.reading
    start = _start_of_rows(blocks, first)
    last = max(i for i, block in enumerate(blocks) if block.is_row)
    reader.parents = _parents(blocks)
    for index, block in enumerate(blocks):
        if _is_title(blocks, index):
            reader.take_title(block)
        elif index < start or index > last:
            reader.reading.roles[block.line] = "text"
        elif index == start and start < first:
            reader.begin_without_header(blocks[first], block)
            reader.take(block)
        else:
            reader.take(block)
    return reader.reading


def _parents(blocks: Sequence[Block]) -> frozenset[str]:
    """Return the numbers that others go on from: "1" where "1.1" stands in a row of its own."""
    found = (_PATTERNS["parent"].match(block.cells[0]) for block in blocks if block.is_row)
    return frozenset(match[1] for match in found if match)


def _is_title(blocks: Sequence[Block], index: int) -> bool:
    """Say whether a line right above the heading of a table names the area of its tasks."""
    if blocks[index].is_row or index + 1 == len(blocks) or not blocks[index + 1].is_row:
        return False
    _, title = _title_of(blocks[index])
    is_area = area_code(title) != "other" and header_roles(blocks[index + 1].cells) is not None
    return is_area and bool(title != blocks[index].text or _opens_area(title))


def _title_of(block: Block) -> tuple[str, str]:
    opening = opening_of(plain(block.text))
    return (opening.mark, opening.text) if opening else ("", plain(block.text))


def _opens_area(title: str) -> bool:
    return bool(_PATTERNS["area_title"].match(without_marks(title)))


def _start_of_rows(blocks: Sequence[Block], header: int) -> int:
    """Return where the rows begin: before the heading if rows as wide stand right above it."""
    width, start = len(blocks[header].cells), header
    for index in range(header - 1, -1, -1):
        if not blocks[index].is_row or len(blocks[index].cells) != width:
            break
        start = index
    return start


def read_rows(roles: Sequence[str], rows: Iterable[Block]) -> Reading:
    """Read tasks from `rows` whose columns are already known to be `roles`."""
    reader = _RowReader()
    reader.columns = tuple(roles)
    for row in rows:
        reader.take(row)
    return reader.reading


class _RowReader:
    """Walks over the rows once, keeping the area, the task and the heading in force."""

    def __init__(self) -> None:
        self.reading = Reading()
        self.columns: tuple[str, ...] = ()
        self.heads: tuple[str, ...] = ()
        self.area: Area | None = None
        self.parents: frozenset[str] = frozenset()
        self.seen_areas: dict[str, str] = {}
        self.plan_number = 1
        self.after_break = False
        self.in_head = False  # the row above is a heading
        self.table = 0

    def begin_without_header(self, header: Block, row: Block) -> None:
        """Take the heading of a later page for rows that lost theirs."""
        self.columns = header_roles(header.cells) or ()
        self.reading.findings.append(Finding("plan-table-without-header", cell=row.place))

    def take_title(self, block: Block) -> None:
        """Take the area that a line above a table names."""
        self._take_area(block, *_title_of(block))

    def take(self, block: Block) -> None:
        """Give `block` a role and keep what it holds."""
        self.after_break |= block.gap_before
        if not block.is_row:
            self._take_line(block)
            return
        columns = self._head_of(block)
        if columns is not None:
            self._take_header(block, columns)
            self.in_head = True
            return
        self.in_head = False
        if self._is_foreign(block):
            self.reading.mark(block, "text")
        elif is_column_numbers(block.cells):
            self.reading.mark(block, "header")
        else:
            self._take_row(block)
            self.after_break = False

    def _head_of(self, block: Block) -> tuple[str, ...] | None:
        """Return the columns if the row is a heading, or the second row of one."""
        columns = header_roles(block.cells)
        if block.table != self.table or not self.columns:
            return columns
        if columns is None and self.in_head:
            return under_head(self.columns, block.cells)
        # Below a heading that numbers its rows, "Báo cáo kết quả nhiệm vụ | Theo tiến độ" is a task.
        is_row = columns is not None and "number" in {*self.columns} - {*columns}
        return None if is_row else columns

    def _take_header(self, block: Block, columns: tuple[str, ...]) -> None:
        if self.columns and columns != self.columns:
            named = [role for role in columns if role]
            if not self.in_head and set(named) != {role for role in self.columns if role}:
                self.reading.findings.append(Finding("plan-columns-change", cell=block.place))
        self.columns, self.table, self.after_break = columns, block.table, True
        self.heads = block.cells
        self.reading.mark(block, "header")

    def _is_foreign(self, block: Block) -> bool:
        """Say whether the row belongs to a table of another width that has no heading of its own."""
        return block.table != self.table and len(block.cells) != len(self.columns)

    def _take_line(self, block: Block) -> None:
        text = plain(block.text)
        if not text:
            self.reading.mark(block, "text")
        elif _PATTERNS["page_number"].match(text):
            self.reading.mark(block, "page-number")
            self.after_break = True
        elif block.table == 0 and self.reading.drafts and not self._open_table():
            self.reading.mark(block, "text")
        else:
            self.reading.unplaced(block)

    def _open_table(self) -> bool:
        # In Word and Excel a line between two tables is a line; in flattened text it is a torn cell.
        return self.table == 1 and bool(self.columns)

    def _take_row(self, block: Block) -> None:
        cells = self._by_role(block)
        area = _area_of(cells) or self._area_by_number(cells)
        if area is not None:
            self._take_area(block, *area)
            return
        first = next((cell for cell in block.cells if cell), "")
        if _PATTERNS["total"].fullmatch(first):
            self.reading.mark(block, "text")
            return
        number = cells.get("number", "")
        if is_item_number(number) and not self._merged_number(block):
            self._start(block, cells, number.rstrip(".)"), 1)
        elif not any(cells.values()):
            self.reading.mark(block, "continuation")
        elif not self.reading.drafts:
            self._start(block, cells, number, 1)
        elif self._continues(cells):
            self._continue(block, cells)
        else:
            last = self.reading.drafts[-1]
            self._start(block, cells, last.number, last.part + 1)

    def _area_by_number(self, cells: dict[str, str]) -> tuple[str, str] | None:
        """Return number and title of a row that only names an area below a letter, "1" or nothing.

        "1" is one where its tasks are 1.1, 1.2 ..., and no Roman numeral stands above it.
        """
        number = cells.get("number", "").rstrip(".)")
        others = [text for role, text in cells.items() if role != "number" and text]
        if len(others) != 1 or not others[0][0].isupper():
            return None
        is_letter = len(number) == 1 and "A" <= number <= "H"
        may_go_on = self.after_break and bool(self.reading.drafts)
        unnumbered = not number and not may_go_on and _opens_area(others[0])
        above = self.area.number if self.area else ""
        if is_letter or unnumbered or (number in self.parents and (above or "1").isdigit()):
            return number, others[0]
        return None

    def _by_role(self, block: Block) -> dict[str, str]:
        cells: dict[str, str] = {}
        for index, text in enumerate(block.cells):
            role = self.columns[index] if index < len(self.columns) else ""
            role = role or ("note" if text.strip() else "")
            if role == TIME:
                self._mark_time(cells, self.heads[index], plain(text))
                continue
            if role and not (index in block.merged and role in ("number", *SHARED)):
                own = self._said_above(role, plain(text))
                cells[role] = " ".join(part for part in (cells.get(role, ""), own) if part)
        return cells

    def _mark_time(self, cells: dict[str, str], head: str, text: str) -> None:
        """Add the quarter or month of a column that is marked for the task, to its deadlines."""
        if text:
            due = head if _PATTERNS["mark"].fullmatch(text) else f"{text}: {head}"
            cells["deadline"] = "; ".join(filter(None, (cells.get("deadline", ""), due)))

    def _said_above(self, role: str, text: str) -> str:
        """Return a cell, or that of the row above where it only says "nt" or "như trên"."""
        is_same = bool(self.reading.drafts) and _PATTERNS["ditto"].fullmatch(text)
        return self.reading.drafts[-1].text(role) if is_same else text

    def _merged_number(self, block: Block) -> bool:
        return any(
            index in block.merged and role == "number" for index, role in enumerate(self.columns)
        )

    def _take_area(self, block: Block, number: str, title: str) -> None:
        code = area_code(title)
        if number and self.seen_areas.get(number) == code and self.reading.drafts:
            self._next_plan(block)
        self.seen_areas[number] = code
        self.area = Area(number, title, self.plan_number)
        self.reading.mark(block, "area")

    def _next_plan(self, block: Block) -> None:
        """An area that comes a second time opens another plan in the same file."""
        self.plan_number += 1
        self.seen_areas = {}
        self.reading.findings.append(Finding("plan-second-plan", cell=block.place))

    def _start(self, block: Block, cells: dict[str, str], number: str, part: int) -> None:
        draft = TaskDraft(self.area, number, part, [block])
        for role, text in cells.items():
            if role != "number":
                draft.add(role, text)
        self.reading.drafts.append(draft)
        self.reading.mark(block, "task")

    def _continues(self, cells: dict[str, str]) -> bool:
        """Say whether a row without a number goes on with the row above it."""
        filled = {role: text for role, text in cells.items() if text and role != "number"}
        own = [role for role in _OWN if role in filled]
        torn = [text for text in filled.values() if _is_torn(text)]
        if self.after_break:
            return not own or bool(torn) or "product" not in filled
        made = [role for role in (*SHARED, "product") if role in filled]
        return not own or not made or 2 * len(torn) >= len(filled)

    def _continue(self, block: Block, cells: dict[str, str]) -> None:
        last = self.reading.drafts[-1]
        group = [last]
        for draft in reversed(self.reading.drafts[:-1]):
            if draft.number != last.number or draft.area is not last.area:
                break
            group.append(draft)
        for role, text in cells.items():
            if text and role != "number":
                owner = next((draft for draft in group if draft.text(role)), last)
                owner.add(role, text)
        last.blocks.append(block)
        self.reading.mark(block, "continuation")


def _is_torn(text: str) -> bool:
    """Say whether `text` begins inside a sentence."""
    first = text[0]
    return first.islower() or first.isdigit() or text.startswith(("(tháng", "(quý", "(trước"))


def _area_of(cells: dict[str, str]) -> tuple[str, str] | None:
    """Return number and title if the row only names an area: ``II CẢI CÁCH THỂ CHẾ``."""
    number = cells.get("number", "").rstrip(".)")
    others = [text for role, text in cells.items() if role != "number" and text]
    if roman_value(number) and len(others) == 1:
        return number, others[0]
    filled = ([number] if number else []) + others
    if len(filled) == 1 and (match := _PATTERNS["area_in_one_cell"].match(filled[0])):
        return match[1], match[2]
    if len(others) == 1 and others[0].isupper() and area_code(others[0]) != "other":
        return number, others[0]
    return None


def fill_shared(drafts: Sequence[TaskDraft]) -> None:
    """Give stacked rows the goal, task and activity that stand only in their first row."""
    for above, draft in itertools.pairwise(drafts):
        if draft.part == 1 or draft.number != above.number:
            continue
        for role in SHARED:
            if not draft.text(role):
                draft.add(role, without_bullet(above.text(role)))

"""Write the review of an import: one sheet to work in, the set behind it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from scoring.base.labels import label
from scoring.criteria.appendix.import_result import AppendixImport, AppendixRow
from scoring.criteria.appendix.review.review_blocks import item_cells, range_cells, step_cells
from scoring.criteria.appendix.review.review_cells import (
    AT,
    COLUMNS,
    CONFIRMED,
    HAS,
    HAS_NOT,
    HEADING_ROW,
    ITEM,
    ITEM_ENTRIES,
    NOT_YET,
    SHARE,
    SHEET,
    SPARE_STEPS,
    STEP,
    STEP_ENTRIES,
    STEPS_OF,
    SURE,
    WIDTHS,
    Block,
    Cells,
    applies_words,
    measure_words,
    no_whole_words,
    offered_kinds,
    parent_words,
)
from scoring.criteria.appendix.review.review_formulas import (
    earned_formula,
    progress_formula,
    step_sentence,
)
from scoring.criteria.columns import column_letters
from scoring.criteria.set_nodes import BEST_OF
from scoring.criteria.set_workbook import add_set_sheets
from scoring.files.excel.side_by_side import write_line
from scoring.files.excel.xlsx import FORMATS, SafeSheet, SafeWorkbook

_YES_NO = (HAS, HAS_NOT)
_LOOKS: dict[str, dict[str, Any]] = {
    "item": {"bold": True, "text_wrap": True, "valign": "top", "top": 1, "bg_color": "#E8EEF4"},
    "text": {"text_wrap": True, "valign": "top", "top": 1, "bg_color": "#E8EEF4"},
    "doubt": {"text_wrap": True, "valign": "top", "top": 1, "bg_color": "#FFF2CC"},
    "step": {"text_wrap": True, "valign": "top", "font_color": "#595959"},
    "entry": {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF",
              "bg_color": "#FFFDF5", "locked": False},
    "entry_item": {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF",
                   "bg_color": "#FFFFFF", "bold": True, "locked": False},
    "entry_date": {"valign": "top", "border": 1, "border_color": "#BFBFBF", "locked": False,
                   "num_format": "dd/mm/yyyy"},
    "done": {"bg_color": "#E2F0D9"},
}  # fmt: skip


def review_bytes(result: AppendixImport, kept: Mapping[str, Block] | None = None) -> bytes:
    """Return the workbook in which a person checks what an import understood.

    Parameters
    ----------
    result : AppendixImport
    kept : mapping of str to Block, optional
        Blocks confirmed in an earlier review, by code; they take the place of what was read.

    Returns
    -------
    bytes
        An .xlsx file. Its first sheet holds a block of rows per item: the decision's words, what
        was read and what was not, the kind and figures of the rule in cells, points for typical
        figures computed from these cells, and who confirmed it when. The set itself stands on
        hidden sheets, so that the file becomes a set again (`read_review`).

    Examples
    --------
    >>> from scoring.criteria.appendix import AppendixAbout, import_pasted_appendix
    >>> from scoring.files.excel.workbook import read_workbook
    >>> import datetime as dt
    >>> about = AppendixAbout("mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
    >>> text = '''TT|Tiêu chí|Điểm tối đa|Cách chấm
    ... 1|Chỉ đạo điều hành|2|
    ... 1.1|Tỷ lệ hoàn thành kế hoạch|2|Trên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0'''
    >>> result = import_pasted_appendix(text.replace("|", chr(9)), about)
    >>> read_workbook(review_bytes(result)).names[0]
    'Rà soát'
    """
    name = str(result.raw.meta.get("name_vi", ""))
    book = SafeWorkbook({"title": name})
    sheet = book.add_sheet(SHEET)
    kept = kept or {}
    shown = [row for row in result.entries if row.spec or row.reasons]
    blocks = [kept.get(row.code) or block_of(row) for row in shown]
    _Writer(book, sheet, name).write(blocks)
    add_set_sheets(book, result.raw, hidden=True)
    return book.to_bytes()


def block_of(row: AppendixRow) -> Block:
    """Return the block of an item, or of a parent to look at, as the import understood it."""
    spec = row.spec
    item: Cells = {
        "code": row.code,
        "row": ITEM,
        "content": row.name,
        "text": row.words,
        "understood": row.understood() or label("review_not_understood"),
        "doubt": row.reason(),
        "points": row.max_points,
        "confirmed": NOT_YET if row.reasons else SURE,
    }
    if spec is None:
        counted = f"rule_{BEST_OF}" if row.is_best_of else "review_sum"
        return Block(item | {"kind": label(counted)}, ())
    item |= item_cells(spec)
    if not row.is_understood:
        # A rule that nobody understood is proposed by its kind at most; the person decides.
        item["kind"] = label(f"rule_{row.proposed_kind}") if row.proposed_kind in STEPS_OF else ""
    steps = tuple(step_cells(spec)) if row.is_understood else tuple(_read_steps(row))
    return Block(item, tuple({"code": row.code, "row": STEP} | step for step in steps))


def _read_steps(row: AppendixRow) -> Iterator[Cells]:
    """Yield what was read of a text of which no rule came, for a person to complete."""
    for step in row.steps:
        cells: Cells = range_cells(step.span) if step.span else {}
        cells |= {"content": step.wording, "points": SHARE if step.is_share else step.points}
        yield cells if step.is_read else cells | {"doubt": label("review_step_unread")}


class _Writer:
    def __init__(self, book: SafeWorkbook, sheet: SafeSheet, name: str) -> None:
        self.book, self.sheet, self.name = book, sheet, name

    def write(self, blocks: list[Block]) -> None:
        sheet = self.sheet
        sheet.set_widths(WIDTHS)
        # In the columns that stand on both printed pages: what goes beyond would be cut.
        repeated = WIDTHS[: AT["content"] + 1]
        title = f"{label('review_title')} · {self.name}"
        write_line(sheet, 0, title, FORMATS["title"], repeated)
        write_line(sheet, 1, label("review_how"), {"italic": True}, repeated)
        headings = [label(f"review_col_{name}") for name in COLUMNS]
        sheet.write_row(HEADING_ROW, 0, headings, "header")
        sheet.sheet.set_row(HEADING_ROW, 48)
        row = HEADING_ROW + 1
        for block in blocks:
            row = self._block(block, row)
        self._finish(blocks, row - 1)

    def _block(self, block: Block, row: int) -> int:
        """Write a block and return the row after it."""
        is_parent = block.item["kind"] in parent_words()
        spare = 0 if is_parent else SPARE_STEPS
        steps = [*block.steps, *({"code": block.item["code"], "row": STEP} for _ in range(spare))]
        first, last = row + 1, row + len(steps)
        for name in COLUMNS:
            self._cell(row, name, block.item.get(name), ITEM_ENTRIES, "entry_item")
        texts = {name: block.item.get(name) for name in ("content", "text", "understood", "doubt")}
        self.sheet.sheet.set_row(row, _height(texts))
        for at, step in enumerate(steps, start=first):
            self._step(at, step, row, (first, last), block)
        was_formula = bool(block.item.get("formula"))
        kinds = parent_words() if is_parent else offered_kinds(was_formula)
        self._rules(row, first, last, tuple(kinds))
        return last + 1

    def _step(
        self, at: int, step: Cells, item: int, block_rows: tuple[int, int], block: Block
    ) -> None:
        for name in COLUMNS:
            self._cell(at, name, step.get(name), STEP_ENTRIES, "entry")
        self.sheet.write_formula(
            at,
            AT["understood"],
            step_sentence(at),
            _LOOKS["step"],
            value=step.get("understood", ""),
        )
        earned = step.get("earned", "")
        formula = earned_formula(at, item, *block_rows)
        self.sheet.write_formula(at, AT["earned"], formula, _LOOKS["step"], value=earned)
        self.sheet.sheet.set_row(at, _height({"content": step.get("content")}))

    def _cell(
        self, row: int, name: str, value: object, entries: tuple[str, ...], look: str
    ) -> None:
        is_item = look == "entry_item"
        if name in entries:
            held = "entry_date" if name == "on" else look
        elif is_item:
            held = "doubt" if name == "doubt" and value else "text" if name == "text" else "item"
        else:
            held = "step"
        self.sheet.write(row, AT[name], value, _LOOKS[held])

    def _rules(self, item: int, first: int, last: int, kinds: tuple[str, ...]) -> None:
        offer = self.sheet.add_list
        offer(
            (item, AT["kind"]),
            (item, AT["kind"]),
            kinds,
            title=label("review_col_kind"),
        )
        offer((item, AT["measure"]), (item, AT["measure"]), tuple(measure_words()))
        offer((item, AT["applies"]), (item, AT["applies"]), tuple(applies_words()))
        offer((item, AT["no_whole"]), (item, AT["no_whole"]), tuple(no_whole_words()))
        offer((item, AT["confirmed"]), (item, AT["confirmed"]), (CONFIRMED, NOT_YET, SURE))
        for name in ("lower_closed", "upper_closed") if last >= first else ():
            offer((first, AT[name]), (last, AT[name]), _YES_NO)

    def _finish(self, blocks: list[Block], last: int) -> None:
        sheet = self.sheet
        doubted = [block for block in blocks if block.item.get("doubt")]
        signed = (b for b in doubted if b.item.get("confirmed") == CONFIRMED and b.item.get("by"))
        open_ = len(doubted) - len(list(signed))
        said = label("review_progress", open=open_, count=len(doubted))
        sheet.write_formula(2, 0, progress_formula(last), {"bold": True}, value=said)
        own = f"${column_letters(AT['confirmed'])}{HEADING_ROW + 2}"
        look = self.book.format(_LOOKS["done"])
        done = {"type": "formula", "criteria": f'={own}="{CONFIRMED}"', "format": look}
        sheet.sheet.conditional_format(HEADING_ROW + 1, 0, last, len(COLUMNS) - 1, done)
        sheet.print_on_a4(header_row=HEADING_ROW, footer=f"{label('review_title')} · {self.name}")
        # Two pages wide, or its letters are too small to read on paper.
        sheet.sheet.fit_to_pages(2, 0)
        sheet.sheet.repeat_columns(0, AT["content"])
        sheet.sheet.set_v_pagebreaks([AT["kind"]])
        sheet.sheet.freeze_panes(HEADING_ROW + 1, AT["text"])
        sheet.protect()


def _height(texts: Mapping[str, object]) -> float:
    """Return a height, in points, that shows wrapped cells whole."""
    lines = [
        sum(math.ceil((len(line) + 1) / WIDTHS[AT[name]]) for line in str(text or "").split("\n"))
        for name, text in texts.items()
    ]
    return min(14.5 * max(*lines, 1), 400.0)

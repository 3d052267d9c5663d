"""Read a review back: the set behind it, with the rules as a person left them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from scoring.base.dates import format_date, read_date
from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding, has_errors
from scoring.base.labels import label
from scoring.base.text import clean_text
from scoring.base.vocabulary import cell_word
from scoring.criteria.appendix.review.review_cells import (
    COLUMNS,
    CONFIRMED,
    HEADING_ROW,
    ITEM,
    NOT_YET,
    SHEET,
    STEP,
    STEP_ENTRIES,
    SURE,
    Block,
    Cells,
    parent_words,
)
from scoring.criteria.appendix.review.review_rules import RuleCells
from scoring.criteria.appendix.set_rows import with_rule
from scoring.criteria.library import CheckedSet, build_set
from scoring.criteria.set_nodes import Node
from scoring.criteria.set_reading import RawSet
from scoring.criteria.workbook_cells import Place, cell_text
from scoring.criteria.workbook_reading import read_workbook_set
from scoring.files.excel.workbook import Sheet, read_workbook
from scoring.rules import RuleSpec


@dataclass(frozen=True)
class ReviewRow:
    """One item of a review.

    Attributes
    ----------
    block : Block
        Its cells as they stand.
    spec : RuleSpec or None
        The rule they state, or the one read before where they do not state one; None on a parent.
    is_open : bool
        True while a person has to look at it.
    by : str
    on : date or None
        Who confirmed it, and when.

    Examples
    --------
    >>> import tempfile
    >>> from scoring.criteria.appendix import AppendixAbout, import_pasted_appendix
    >>> from scoring.criteria.appendix.review import review_bytes
    >>> import datetime as dt
    >>> about = AppendixAbout("mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
    >>> text = '''TT|Tiêu chí|Điểm tối đa|Cách chấm
    ... 1|Chỉ đạo điều hành|2|
    ... 1.1|Tỷ lệ hoàn thành kế hoạch|2|Trên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0'''
    >>> result = import_pasted_appendix(text.replace("|", chr(9)), about)
    >>> path = Path(tempfile.mkdtemp(), "ra-soat.xlsx")
    >>> _ = path.write_bytes(review_bytes(result))
    >>> review = read_review(path)
    >>> row = review.rows[-1]
    >>> row.code, row.is_open, row.is_confirmed, row.by
    ('1.1', False, False, '')
    """

    block: Block
    spec: RuleSpec | None
    is_open: bool
    by: str = ""
    on: dt.date | None = None

    @property
    def code(self) -> str:
        """Code of the item."""
        return clean_text(str(self.block.item.get("code") or ""))

    @property
    def is_confirmed(self) -> bool:
        """Whether a person said that the rule is right."""
        return self.block.item.get("confirmed") == CONFIRMED


@dataclass(frozen=True)
class Review:
    """A review as it stands.

    Attributes
    ----------
    rows : tuple of ReviewRow
        The items, in the order of the sheet.
    raw : RawSet
        The set with the rules of the sheet; confirmed items say so in their notes.
    findings : tuple of Finding
        Cells that are empty, unclear or make no rule, and the confirmed rows nobody signed.

    Examples
    --------
    >>> import tempfile
    >>> from scoring.criteria.appendix import AppendixAbout, import_pasted_appendix
    >>> from scoring.criteria.appendix.review import review_bytes
    >>> import datetime as dt
    >>> about = AppendixAbout("mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
    >>> text = '''TT|Tiêu chí|Điểm tối đa|Cách chấm
    ... 1|Chỉ đạo điều hành|2|
    ... 1.1|Tỷ lệ hoàn thành kế hoạch|2|Trên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0'''
    >>> result = import_pasted_appendix(text.replace("|", chr(9)), about)
    >>> path = Path(tempfile.mkdtemp(), "ra-soat.xlsx")
    >>> _ = path.write_bytes(review_bytes(result))
    >>> review = read_review(path)
    >>> len(review.rows), [finding.code for finding in review.findings]
    (1, [])
    """

    rows: tuple[ReviewRow, ...]
    raw: RawSet
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    @cached_property
    def checked(self) -> CheckedSet:
        """The set, with what is wrong with it."""
        return build_set(self.raw)

    @property
    def is_complete(self) -> bool:
        """Whether every cell that a rule needs is filled in, so that the set opens."""
        return not has_errors(self.findings) and self.checked.is_sound

    @property
    def doubted(self) -> tuple[ReviewRow, ...]:
        """The items that a person has to look at, or had."""
        return tuple(row for row in self.rows if row.block.item.get("doubt"))

    @property
    def open(self) -> tuple[ReviewRow, ...]:
        """The items that a person still has to look at."""
        return tuple(row for row in self.rows if row.is_open)

    def kept(self) -> dict[str, Block]:
        """Return the confirmed blocks by code, for the next import of the same decision."""
        return {row.code: row.block for row in self.rows if row.is_confirmed}


def read_review(path: Path) -> Review:
    """Read a review workbook.

    Parameters
    ----------
    path : Path
        As `write_review` made it and a person filled it in.

    Returns
    -------
    Review

    Raises
    ------
    UnreadableError
        When it is no workbook, not safe to open, or no review.

    Examples
    --------
    >>> import tempfile
    >>> from scoring.criteria.appendix import AppendixAbout, import_pasted_appendix
    >>> from scoring.criteria.appendix.review import review_bytes
    >>> import datetime as dt
    >>> about = AppendixAbout("mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
    >>> text = '''TT|Tiêu chí|Điểm tối đa|Cách chấm
    ... 1|Chỉ đạo điều hành|2|
    ... 1.1|Tỷ lệ hoàn thành kế hoạch|2|Trên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0'''
    >>> result = import_pasted_appendix(text.replace("|", chr(9)), about)
    >>> path = Path(tempfile.mkdtemp(), "ra-soat.xlsx")
    >>> _ = path.write_bytes(review_bytes(result))
    >>> review = read_review(path)
    >>> [(row.code, row.spec.kind if row.spec else "") for row in review.rows]
    [('1.1', 'bands')]
    """
    book = read_workbook(path)
    sheet = next((sheet for sheet in book if clean_text(sheet.name) == SHEET), None)
    if sheet is None or not _is_headed(sheet):
        raise UnreadableError(Finding("review-not-a-review", str(path)))
    raw = read_workbook_set(path)
    noted = tuple(f for f in raw.findings if f.code != "set-sheet-unknown")
    raw = replace(raw, findings=noted)
    criteria = build_set(raw).criteria
    nodes = {node.code: node for node in criteria.nodes} if criteria else {}
    findings: list[Finding] = []
    rows: dict[str, ReviewRow] = {}
    for block in _blocks(sheet):
        code = clean_text(str(block.item.get("code") or ""))
        if code not in nodes or code in rows:
            values = {"value": code}
            findings.append(
                Finding("review-code-unknown", "", SHEET, f"A{block.item['at']}", values=values)
            )
            continue
        findings += _astray(block, code)
        rows[code], found = _row(block, nodes[code])
        findings += found
        changed = None if rows[code].spec is nodes[code].spec else rows[code].spec
        raw = with_rule(raw, code, _rule_cells(rows[code]), changed, _note(rows[code]))
    missing = (node.code for node in nodes.values() if node.spec and node.code not in rows)
    findings += [Finding("review-row-missing", sheet=SHEET, item_code=code) for code in missing]
    placed = tuple(finding.at(file=str(path)) for finding in findings)
    return Review(tuple(rows.values()), raw, placed)


def _astray(block: Block, code: str) -> list[Finding]:
    """Name the steps that carry the code of another item, or none."""
    return [
        Finding(
            "review-step-astray" if step.get("code") else "review-step-uncoded",
            "",
            SHEET,
            f"A{step['at']}",
            "",
            code,
            {"value": str(step.get("code") or "")},
        )
        for step in block.steps
        if clean_text(str(step.get("code") or "")) != code
    ]


def _is_headed(sheet: Sheet) -> bool:
    heading = sheet.rows[HEADING_ROW] if sheet.row_count > HEADING_ROW else []
    said = [clean_text(str(cell or "")) for cell in heading[: len(COLUMNS)]]
    return said == [label(f"review_col_{name}") for name in COLUMNS]


def _blocks(sheet: Sheet) -> Iterator[Block]:
    item: Cells | None = None
    steps: list[Cells] = []
    for number, values in enumerate(sheet.rows[HEADING_ROW + 1 :], start=HEADING_ROW + 2):
        cells: Cells = dict(zip(COLUMNS, values, strict=False)) | {"at": number}
        held = cell_word(cells.get("row"))
        if held == ITEM:
            if item is not None:
                yield Block(item, tuple(steps))
            cells["confirmed"] = cell_word(cells.get("confirmed"))
            item, steps = cells, []
        elif item is not None and (held == STEP or _is_filled(cells)):
            # A row that a person inserted may lack the word; that it has a code is asked for.
            steps.append(cells)
    if item is not None:
        yield Block(item, tuple(steps))


def _is_filled(cells: Cells) -> bool:
    return any(cells.get(name) not in (None, "") for name in STEP_ENTRIES)


def _row(block: Block, node: Node) -> tuple[ReviewRow, list[Finding]]:
    reading = RuleCells(block, node.spec or RuleSpec(node.code, "", node.max_points))
    spec = reading.rule() if node.spec else None
    if spec is None:
        reading.parent_rule()
    item = block.item
    confirmed = item["confirmed"] == CONFIRMED
    if item["confirmed"] not in ("", CONFIRMED, NOT_YET, SURE):
        reading.report("review-word-unknown", item, "confirmed")
    by, on = clean_text(str(item.get("by") or "")), read_date(item.get("on")).value
    if confirmed and not by:
        reading.report("review-not-signed", item, "by")
    if confirmed and on is None:
        reading.report("review-not-signed", item, "on")
    is_open = bool(item.get("doubt")) and not (confirmed and by)
    return ReviewRow(block, spec, is_open or bool(reading.findings), by, on), reading.findings


def _rule_cells(row: ReviewRow) -> dict[str, str]:
    """Return what the row of a parent says of its rule; nothing of an item, whose rule says it."""
    if row.spec is not None:
        return {}
    kind = parent_words().get(str(row.block.item.get("kind") or "").strip())
    points, _ = cell_text(row.block.item.get("points"), "number", Place(SHEET, "", ""))
    said = {"rule": kind} if kind is not None else {}
    return said | ({"max_points": points} if points else {})


def _note(row: ReviewRow) -> dict[str, str]:
    """Return the notes of an item that was confirmed; none where nobody has yet."""
    if not row.is_confirmed or row.is_open:
        return {}
    day = format_date(row.on) if row.on else "—"
    return {f"note_{lang}": label("review_note", lang, by=row.by, on=day) for lang in ("vi", "en")}

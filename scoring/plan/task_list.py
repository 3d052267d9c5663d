"""Read tasks from a bulleted list in prose.

Each task has labelled bullets: "Cơ quan chủ trì: ...", "Sản phẩm: ...", "Thời gian thực hiện: ...".
Mostly sections are numbered and tasks lettered; where labels stand right under numbered lines, these
are the tasks and chapters the areas, and a dash with labels below it, each with a plus, is a task
too. Lines without a label go on with what stands open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from scoring.base.text import without_marks
from scoring.official.numbering import Opening, opening_of
from scoring.official.recognising import heading_role
from scoring.official.wording import plain, without_bullet
from scoring.plan.blocks import Block
from scoring.plan.drafts import Area, Reading, TaskDraft

_LABEL = re.compile(r"^(?P<label>[^:]{4,60}):\s*(?P<value>.*)$")
_OPENS_LABEL = re.compile(
    r"co quan|don vi|phong|chu tri|phoi hop|san pham|ket qua|thoi|tien do|kinh phi|han "
)
_LABELS = ("lead_unit", "supporting_units", "product", "deadline", "budget")
_LEAST_LABELS = 2
_DASHES = ("-", "–", "•", "*")


def label_of(line: str) -> tuple[str, str] | None:
    """Return the column and the text of a labelled bullet, or None.

    Examples
    --------
    >>> label_of("- Đơn vị chủ trì thực hiện: Thanh tra Sở.")
    ('lead_unit', 'Thanh tra Sở.')
    >>> label_of("- Kế hoạch của Sở: đúng hạn") is None
    True
    """
    match = _LABEL.match(without_bullet(line))
    if not match:
        return None
    words = without_marks(match["label"])
    role = heading_role(words, "tasks")
    if role not in _LABELS or not _OPENS_LABEL.match(words):
        return None
    return role, match["value"]


def read_task_list(blocks: Sequence[Block]) -> Reading:
    """Read the tasks of a plan written as a list; empty when no labelled bullets are found."""
    texts = [plain(block.text) for block in blocks]
    labelled = [i for i, block in enumerate(blocks) if not block.is_row and label_of(texts[i])]
    reader = _ListReader()
    reader.reading.roles = {block.line: "text" for block in blocks}
    leads = [i for i in labelled if (label_of(texts[i]) or ("",))[0] in ("lead_unit", "deadline")]
    if len(leads) < _LEAST_LABELS:
        return reader.reading
    start, end = _bounds(texts, labelled)
    opened = {start + i for i in _opened(texts[start:end])}
    for place, block, text in zip(
        range(start, end), blocks[start:end], texts[start:end], strict=True
    ):
        reader.take(block, text, place in opened)
    return reader.reading


def _bounds(texts: Sequence[str], labelled: Sequence[int]) -> tuple[int, int]:
    """Return where the task part begins and ends: from chapter to chapter around the labels."""
    first, last = labelled[0], labelled[-1]
    kinds = [_kind(opening_of(text)) for text in texts]
    chapters = [i for i in range(first) if kinds[i] == "chapter"]
    sections = [i for i in range(first) if kinds[i] == "section"]
    start = chapters[-1] if chapters else (sections[-1] if sections else first)
    following = (i for i in range(last + 1, len(texts)) if kinds[i] == "chapter")
    return start, next(following, last + 1)


def _kind(opening: Opening | None) -> str:
    """Return what a number opens in such a plan: a chapter, a section, a task or nothing."""
    if opening is None:
        return ""
    if opening.style == "letter" or (opening.style == "dotted" and opening.mark.count(".") == 1):
        return "task"
    kinds = {"roman": "chapter", "number": "section"}
    return kinds.get(opening.style, "") if opening.is_spaced else ""


def _opened(texts: Sequence[str]) -> set[int]:
    """Return which numbered lines and dashes are tasks themselves, by the labels below them."""
    kinds = [_kind(opening_of(text)) for text in texts]
    is_label = [label_of(text) is not None for text in texts]
    sections, dashes = _below(kinds, "section"), _dashes(texts, kinds, is_label)
    under = {i: [at for at in lines if texts[at]] for i, lines in sections.items()}
    parted = {
        i for i, lines in under.items()
        if any(kinds[at] == "task" or at in dashes for at in lines)
    }  # fmt: skip
    direct = {i for i, lines in under.items() if lines and is_label[lines[0]]} - parted
    if direct and not parted:
        # Then all of them are: a title may go on over a second line, a task may lack its labels.
        direct = set(under)
    return direct | dashes


def _below(kinds: Sequence[str], kind: str) -> dict[int, range]:
    """Return the lines below each line of a kind, up to the next of it or the next chapter."""
    ends = [i for i, met in enumerate(kinds) if met in (kind, "chapter")] + [len(kinds)]
    return {i: range(i + 1, end) for i, end in pairwise(ends) if kinds[i] == kind}


def _dashes(texts: Sequence[str], kinds: Sequence[str], is_label: Sequence[bool]) -> set[int]:
    """Return the dashes without a label that have labels with a plus below them."""
    marks = [
        kind or ("dash" if text[:1] in _DASHES and not is_label[i] else "")
        for i, (kind, text) in enumerate(zip(kinds, texts, strict=True))
    ]
    met, open_dash = set(), -1
    for i, mark in enumerate(marks):
        if mark:
            open_dash = i if mark == "dash" else -1
        elif open_dash >= 0 and is_label[i] and texts[i].startswith("+"):
            met.add(open_dash)
    return met


class _ListReader:
    """Walks over the lines once, keeping the chapter, the section, the task and the field in force."""

    def __init__(self) -> None:
        self.reading = Reading()
        self.chapter: Area | None = None
        self.area: Area | None = None
        self.sectioned: Area | None = None  # the chapter that the area stands in
        self.role = ""  # the field that further lines go on with

    def take(self, block: Block, text: str, is_task: bool) -> None:
        """Give `block` a role and keep what it holds; `is_task` where the lines below it say so."""
        label = label_of(text)
        if not text:
            return
        opening = opening_of(text)
        kind = _kind(opening)
        if opening and kind == "chapter":
            self.chapter = Area(opening.mark, opening.text)
            self.reading.mark(block, "header")
        elif is_task:
            self._open(block, opening if kind == "section" else None, text)
        elif label is not None:
            self._take_label(block, *label)
        elif opening and kind == "section":
            self.area, self.role = Area(opening.mark, opening.text), "area"
            self.sectioned = self.chapter
            self.reading.mark(block, "area")
        elif opening and kind == "task":
            self._start(block, opening.mark, opening.text)
        else:
            self._take_line(block, text)

    def _take_label(self, block: Block, role: str, value: str) -> None:
        draft = self._draft()
        if draft is None:
            self.reading.unplaced(block)
            return
        draft.add(role, value)
        # A label with nothing behind it opens a list of bullets.
        draft.cells.setdefault(role, [])
        self.role = role
        self._keep(block, draft, "continuation")

    def _take_line(self, block: Block, text: str) -> None:
        draft = self._draft()
        if self.role == "area" or draft is None:
            if self.area is None:
                self.reading.unplaced(block)
            else:
                self._start(block, "", text)
            return
        # The task is sometimes said again right above its bullets.
        if without_marks(text).rstrip(" .:;") not in without_marks(draft.text(self.role)):
            draft.add(self.role, text if self.role != "task" else without_bullet(text))
        self._keep(block, draft, "continuation")

    def _open(self, block: Block, opening: Opening | None, text: str) -> None:
        """Begin a task that its own labels make one; a numbered one stands below its chapter."""
        if opening or self.area is None or self.sectioned is not self.chapter:
            self.area = self.sectioned = self.chapter
        said = opening.text if opening else without_bullet(text)
        self._start(block, opening.mark if opening else "", said)

    def _start(self, block: Block, number: str, text: str) -> None:
        draft = TaskDraft(self.area, number, 1, [block])
        draft.add("task", text)
        self.reading.drafts.append(draft)
        self.role = "task"
        self.reading.mark(block, "task")

    def _draft(self) -> TaskDraft | None:
        drafts = self.reading.drafts
        return drafts[-1] if drafts and drafts[-1].area is self.area else None

    def _keep(self, block: Block, draft: TaskDraft, role: str) -> None:
        draft.blocks.append(block)
        self.reading.mark(block, role)

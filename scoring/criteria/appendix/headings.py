"""The heading of a decision's table: which column holds what, in any order and wording near it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scoring.base.text import without_marks
from scoring.criteria.appendix.numbering import read_code

if TYPE_CHECKING:
    from scoring.criteria.appendix.decision_tables import TableRow

_CODE = re.compile(r"tt|stt|so tt|so thu tu|ma|ma so|ma tc|ma tieu chi|muc")
_MAX = re.compile(
    r"(?:so )?diem(?: so)?(?: chuan| quy dinh)?(?: toi da)?(?: \(?[a-z ]{0,20}\)?)?|thang diem"
    r"(?: toi da)?|toi da"
)
_OTHER = (
    "tu cham", "tu danh gia", "tham dinh", "dieu tra", "xa hoi hoc", "diem dat", "dat duoc",
    "ket qua cham", "hoi dong", "chi so dat", "snv", "so noi vu", "xhh", "diem danh gia",
    "don vi cham", "co quan", "lan 1", "lan 2",
)  # fmt: skip
_TEXT = (
    "cach cham", "cach tinh", "cach danh gia", "phuong phap", "huong dan", "cach thuc",
    "tieu chuan", "noi dung cham", "quy dinh cham", "cong thuc", "dien giai", "thang diem chi tiet",
)  # fmt: skip
_EVIDENCE = ("kiem chung", "minh chung")
_NAME = ("linh vuc", "tieu chi", "noi dung", "chi tieu", "nhiem vu", "chi so")
MAX_LETTERS = 120


@dataclass(frozen=True)
class Heading:
    """The columns of each role: ``code``, ``name``, ``max``, ``text``, ``evidence``, ``note``."""

    columns: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def of(self, role: str) -> tuple[int, ...]:
        """Return the columns of `role`, none where the table has no such column."""
        return self.columns.get(role, ())


def heading_role(text: str) -> str:
    """Return what a heading says its column holds; empty for a text that is no heading.

    >>> [heading_role(t) for t in ("STT", "Lĩnh vực/Tiêu chí", "Điểm tối đa", "Điểm tự chấm")]
    ['code', 'name', 'max', 'other']
    >>> heading_role("Cách chấm, tài liệu kiểm chứng"), heading_role("Kịp thời: 1")
    ('text', '')
    """
    plain = without_marks(text).strip(" .:;/*")
    if not plain or len(plain) > MAX_LETTERS or any(letter.isdigit() for letter in plain):
        return ""
    if _CODE.fullmatch(plain):
        return "code"
    if plain.startswith("ghi chu"):
        return "note"
    if len(plain) > 80 or plain.count(":"):
        return ""
    if any(words in plain for words in _TEXT):
        return "text"
    if any(words in plain for words in _EVIDENCE):
        return "evidence"
    return _points_or_name(plain)


def _points_or_name(plain: str) -> str:
    if plain.startswith(("diem", "so diem", "thang diem", "toi da", "ket qua", "tu ", "tham dinh")):
        if "toi da" not in plain and any(words in plain for words in _OTHER):
            return "other"
        return "max" if _MAX.fullmatch(plain) else "other" if len(plain) < 40 else ""
    if any(plain.startswith(words) for words in _NAME):
        return "name"
    if any(words in plain for words in _OTHER) and len(plain) < 40:
        return "other"
    return ""


def read_heading(row: TableRow, below: TableRow | None = None) -> tuple[Heading, int] | None:
    """Read a heading of one or two rows.

    Returns
    -------
    (Heading, int) or None
        The roles and how many rows the heading takes; None where the row is none.
    """
    if any(read_code(cell) for cell in row.cells if cell):
        return None
    roles = _roles(row)
    if len(set(roles.values()) & {"name", "max"}) < 2 and not (below and _second(row, below)):
        return None
    used = 1
    if below is not None and _second(row, below):
        roles |= _roles(below)
        used = 2
    if len(set(roles.values()) & {"name", "max"}) < 2:
        return None
    columns: dict[str, list[int]] = {}
    for column in range(len(row.cells)):
        role = roles.get(column)
        if role and role != "other":
            columns.setdefault(role, []).append(column)
    _keep_first_maximum(row, columns)
    return Heading({role: tuple(found) for role, found in columns.items()}), used


def _roles(row: TableRow) -> dict[int, str]:
    roles = {}
    for column, owner in enumerate(row.owner):
        role = heading_role(row.cells[owner])
        if role:
            roles[column] = role
    return roles


def _second(row: TableRow, below: TableRow) -> bool:
    """Say whether the row below splits the columns of a heading further."""
    filled = [cell for cell in below.cells if cell]
    if not filled or not all(heading_role(cell) for cell in filled):
        return False
    # The same heading once more is a repeated heading, not a second row of it.
    return below.cells != row.cells and any(not cell for cell in below.cells)


def _keep_first_maximum(row: TableRow, columns: dict[str, list[int]]) -> None:
    """Take the column that says "tối đa" where several hold points."""
    found = columns.get("max", [])
    if len(found) > 1:
        said = [c for c in found if "toi da" in without_marks(row.cells[row.owner[c]])]
        columns["max"] = (said or found)[:1]


def is_column_numbers(row: TableRow) -> bool:
    """Say whether a row only numbers the columns: (1) (2) (3), or A B 1 2.

    >>> from scoring.criteria.appendix.decision_tables import plain_row
    >>> is_column_numbers(plain_row(["(1)", "(2)", "(3)"], ""))
    True
    """
    marks = [cell.strip("() .") for cell in row.cells if cell]
    if len(marks) < 3 or any(len(mark) > 7 for mark in marks):
        return False
    figures = [mark for mark in marks if mark[:1].isdigit()]
    letters = [mark for mark in marks if len(mark) == 1 and mark.isalpha()]
    counted = all(figure.split("=")[0].isdigit() for figure in figures)
    if not counted or len(figures) + len(letters) < len(marks):
        return False
    numbers = [int(figure.split("=")[0]) for figure in figures]
    return not numbers or numbers == list(range(numbers[0], numbers[0] + len(numbers)))

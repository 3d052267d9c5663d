"""Recognise the headings of tables and what their cells hold, by the words of ``words.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from scoring.base.text import without_marks
from scoring.official.wording import plain, without_bullet, word_lists

# A heading is a few words; longer cells are content.
_HEADING_LETTERS = 120
_COLUMN_MARK = re.compile(r"(\d{1,2})(?:=[\d+\-=]{1,4})?|[^\W\d_]")


@cache
def _patterns(*path: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows: Any = word_lists()
    for name in path:
        rows = rows[name]
    return tuple((row["is"], re.compile(row["pattern"])) for row in rows)


def heading_role(text: str, table: str) -> str:
    """Return what a heading says its column holds; empty for a text that is no heading.

    Parameters
    ----------
    text : str
        The cell.
    table : {"criteria", "tasks"}
        What the table lists: the criteria of a decision or the tasks of a plan, where the same
        words ("nội dung", "kết quả") head other columns.

    Examples
    --------
    >>> [heading_role(t, "criteria") for t in ("STT", "Lĩnh vực/Tiêu chí", "Điểm tối đa")]
    ['code', 'name', 'max']
    >>> heading_role("Cách chấm, tài liệu kiểm chứng", "criteria"), heading_role("Đạt: 1", "criteria")
    ('text', '')
    >>> heading_role("Kết quả/sản phẩm đạt được", "tasks"), heading_role("Tiến độ", "tasks")
    ('product', 'deadline')
    """
    return _role(text, table) if len(text) <= 4 * _HEADING_LETTERS else ""


@lru_cache(maxsize=20_000)
def _role(text: str, table: str) -> str:
    said = without_marks(plain(text)).strip(" .:;/*")
    if not said or len(said) > _HEADING_LETTERS:
        return ""
    known = _patterns("heading", table)
    return next((role for role, pattern in known if pattern.search(said)), "")


def is_column_numbers(cells: Iterable[str]) -> bool:
    """Say whether a row only numbers the columns: (1) (2) (3), or A B 1 2.

    >>> is_column_numbers(["(1)", "(2)", "", "(3)"]), is_column_numbers(["A", "B", "1", "2=1+1"])
    (True, True)
    >>> is_column_numbers(["1", "1", "1"])
    False
    """
    marks = [mark for cell in cells if (mark := cell.strip("() ."))]
    found = [_COLUMN_MARK.fullmatch(mark) for mark in marks]
    numbers = [int(match[1]) for match in found if match and match[1]]
    rising = all(low < high for low, high in pairwise(numbers))
    return len(marks) >= 3 and all(found) and rising


def area_code(title: str) -> str:
    """Return the code of the reform area that `title` names, or ``other``.

    >>> area_code("CẢI CÁCH THỦ TỤC HÀNH CHÍNH"), area_code("Nâng cao chỉ số PCI")
    ('procedures', 'other')
    """
    said = without_marks(title)
    return next((code for code, pattern in _patterns("area") if pattern.search(said)), "other")


def area_kind(title: str) -> str:
    """Say whether the title of an area is of ``bonus`` or ``penalty`` points, or ``normal``.

    >>> area_kind("ĐIỂM TRỪ VÀ CHẾ TÀI"), area_kind("Điểm thưởng"), area_kind("Thể chế")
    ('penalty', 'bonus', 'normal')
    """
    said = without_marks(title)
    if said.startswith(("diem thuong", "diem cong", "thuong diem")):
        return "bonus"
    if said.startswith(("diem tru", "diem phat", "tru diem")):
        return "penalty"
    return "normal"


@lru_cache(maxsize=20_000)
def looks_like(kind: str, text: str) -> bool:
    """Say whether `text` begins like a ``unit`` or ``product``, or reads like a ``time`` or ``budget``.

    >>> looks_like("unit", "- Sở Nội vụ"), looks_like("product", "Báo cáo"), looks_like("time", "Quý I")
    (True, True, True)
    """
    body = without_bullet(text)
    # With marks, since "Số hiệu" is no "Sở".
    said = body.lower() if kind == "unit" else without_marks(body)
    found = bool(dict(_patterns("cell"))[kind].search(said))
    return found and not (kind == "time" and looks_like("budget", text))

"""Recognise headings, areas, units, products and times by the words of ``words.toml``."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from scoring.base.text import without_marks
from scoring.plan.wording import plain, without_bullet, word_lists

ROMAN = re.compile(r"^(?=[IVX])(?:X{0,2})(?:IX|IV|V?I{0,3})$")
NUMBER = re.compile(r"^\d{1,3}(?:\.\d{1,3}){0,3}[.)]?$")
_TIME = re.compile(
    r"\b(quy|thang|hang nam|nam 20\d\d|thuong xuyen|sau khi|khi (co|thuc hien)|theo (quy dinh|ke hoach|tien do)"
    r"|dinh ky)\b|\d/20\d\d|lan ?/ ?nam|nam \d lan"
)
_BUDGET = re.compile(r"^(nguon )?(kinh phi|ngan sach|du toan)|^khong$")
# A heading is a few words; longer cells are content.
_HEADING_LENGTH = 90


@cache
def _patterns(table: str, key: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row[key], re.compile(row["pattern"])) for row in word_lists()[table])


def column_role(heading: str) -> str:
    """Return which column of a task table `heading` names, or an empty text.

    Examples
    --------
    >>> column_role("Kết quả/sản phẩm đạt được"), column_role("Tiến độ"), column_role("Trang")
    ('product', 'deadline', '')
    """
    words = without_marks(plain(heading))
    if not words or len(words) > _HEADING_LENGTH:
        return ""
    return next(
        (role for role, pattern in _patterns("column", "role") if pattern.search(words)), ""
    )


def area_code(title: str) -> str:
    """Return the code of the reform area that `title` names, or ``other``.

    Examples
    --------
    >>> area_code("CẢI CÁCH THU TỤC HÀNH CHÍNH"), area_code("Nâng cao chỉ số PCI")
    ('procedures', 'other')
    """
    words = without_marks(title)
    found = (code for code, pattern in _patterns("area", "code") if pattern.search(words))
    return next(found, "other")


def area_codes() -> tuple[str, ...]:
    """Return the codes of the areas that words know, in the order of the file."""
    return tuple(row["code"] for row in word_lists()["area"])


@lru_cache(maxsize=20_000)
def looks_like(kind: str, text: str) -> bool:
    """Say whether `text` begins like a ``unit`` or ``product``, or reads like a ``time`` or ``budget``.

    Examples
    --------
    >>> looks_like("unit", "- Sở Nội vụ"), looks_like("product", "Báo cáo"), looks_like("time", "Quý I")
    (True, True, True)
    """
    body = without_bullet(text)
    if kind == "unit":
        return bool(re.match(word_lists()["unit"]["pattern"], body.lower()))
    words = without_marks(body)
    if kind == "time":
        return bool(_TIME.search(words)) and not _BUDGET.match(words)
    if kind == "budget":
        return bool(_BUDGET.match(words))
    return bool(re.match(word_lists()[kind]["pattern"], words))

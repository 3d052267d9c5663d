"""The heading of a task table: what each of its columns holds, over one row or two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scoring.official.numbering import is_item_number
from scoring.official.patterns import patterns
from scoring.official.recognising import heading_role

_PATTERNS = patterns("task_heads")
# A column headed by a quarter or a month, marked where the task is due.
TIME = "time"
_LEAST_TIMES = 3
_LEAST_ROLES = 3
_HEAD_LETTERS = 60


def header_roles(cells: Sequence[str]) -> tuple[str, ...] | None:
    """Return the roles of the columns if `cells` are the heading of a task table, else None.

    Examples
    --------
    >>> header_roles(["STT", "Nhiệm vụ", "Sản phẩm", "Đơn vị chủ trì", "Thời gian"])
    ('number', 'task', 'product', 'lead_unit', 'deadline')
    >>> header_roles(["1", "Ban hành Kế hoạch", "Kế hoạch", "Văn phòng", "Quý I"]) is None
    True
    >>> header_roles(["5", "Chấm điểm nội dung", "Báo cáo kết quả", "Phòng A", "Theo thời gian"]) is None
    True
    """
    if any(is_item_number(cell) for cell in cells):
        return None
    roles = _once(_roles(cells))
    named = {role for role in roles if role}
    tells_who_or_when = named & {"deadline", "lead_unit", "assignment", TIME}
    if len(named) < _LEAST_ROLES or not tells_who_or_when or not named & {"task", "activity"}:
        return None
    longest = max(len(cell) for cell in cells)
    return roles if longest <= 120 else None


def _roles(cells: Sequence[str]) -> list[str]:
    """Return what each cell heads; where several are quarters or months, they are times to mark."""
    roles = [heading_role(cell, "tasks") for cell in cells]
    times = [not role and _PATTERNS["time_column"].fullmatch(cell.strip()) is not None
             for role, cell in zip(roles, cells, strict=True)]  # fmt: skip
    if sum(times) < _LEAST_TIMES:
        return roles
    return [TIME if is_time else role for role, is_time in zip(roles, times, strict=True)]


def _once(roles: Iterable[str]) -> tuple[str, ...]:
    """Return roles with each kept where it first stands; who answers for a task may lead it."""
    named = list(roles)
    if not {"lead_unit", "assignment"} & set(named):
        named = ["lead_unit" if role == "responsible" else role for role in named]
    named = ["" if role == "responsible" else role for role in named]
    return tuple(
        "" if role != TIME and role in named[:at] else role for at, role in enumerate(named)
    )


def under_head(roles: Sequence[str], cells: Sequence[str]) -> tuple[str, ...] | None:
    """Return the roles of a heading whose second row is `cells`, or None if they are no such row.

    Parameters
    ----------
    roles : sequence of str
        The columns by the first row, which may name several at once ("Phân công thực hiện").
    cells : sequence of str
        The row right below it.

    Examples
    --------
    >>> roles = ("number", "task", "product", "assignment", "", "deadline", "")
    >>> under_head(roles, ["", "", "", "Chủ trì", "Phối hợp", "Bắt đầu", "Kết thúc"])
    ('number', 'task', 'product', 'lead_unit', 'supporting_units', 'start', 'deadline')
    >>> under_head(roles[:3] + ("lead_unit", "deadline", "", ""), ["", "", "", "", "Quý I", "Quý II", "Quý III"])
    ('number', 'task', 'product', 'lead_unit', 'time', 'time', 'time')
    >>> under_head(roles, ["1", "Rà soát", "Báo cáo", "Văn phòng", "", "Quý I", ""]) is None
    True
    """
    own = _roles(cells)
    said = [cell for cell in cells if cell.strip()]
    # A torn cell may hold such words too, but goes on in small letters.
    is_head = len(said) >= 2 and all(cell[0].isupper() for cell in said)
    if not is_head or len(said) != sum(map(bool, own)) or max(map(len, said)) > _HEAD_LETTERS:
        return None
    above = [*roles, *[""] * (len(own) - len(roles))]
    is_split = {"lead_unit", "supporting_units"} & set(own)
    gone = {*own, *(["assignment"] if is_split else []), *(["deadline"] if TIME in own else [])}
    kept = ["" if role in gone else role for role in above]
    return _once(role or old for role, old in zip(own, kept, strict=False))

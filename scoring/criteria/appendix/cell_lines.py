"""The lines of one cell: broken by a narrow column or by the writer, and what they hold."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.official.patterns import patterns
from scoring.official.wording import folded

_PATTERNS = patterns("cell_lines")
_COMPLETE = patterns("rows")["complete"]


def rejoined(lines: Iterable[str]) -> list[str]:
    """Put together the lines that only the width of a column broke.

    A line goes on where it ends without a full stop or points and the next neither opens with a
    bullet or a number nor, in a cell without any, with a capital.

    Parameters
    ----------
    lines : iterable of str
        Clean lines of one cell.

    Returns
    -------
    list of str

    Examples
    --------
    >>> rejoined(["- Đạt từ 85%", "trở lên: 2 điểm", "- Dưới 85%: 0"])
    ['- Đạt từ 85% trở lên: 2 điểm', '- Dưới 85%: 0']
    >>> rejoined(["kịp thời: 1", "không kịp thời: 0,5", "điểm"])
    ['kịp thời: 1', 'không kịp thời: 0,5 điểm']
    """
    kept = [line for line in lines if line]
    has_openings = any(_PATTERNS["opening"].match(line) for line in kept)
    joined: list[str] = []
    for line in kept:
        if joined and _goes_on(joined[-1], line, has_openings):
            is_cut = joined[-1].endswith("-") and not joined[-1].endswith(" -")
            joined[-1] += line if is_cut and not line[0].islower() else f" {line}"
        else:
            joined.append(line)
    return joined


def _goes_on(above: str, line: str, has_openings: bool) -> bool:
    if _PATTERNS["opening"].match(line):
        return False
    if above.endswith("-") and above[-2:-1].isalnum():
        # "57-" and "NQ/TW": the number of a document, or a span.
        return True
    if above.endswith((":", "=")) and _PATTERNS["award"].match(line):
        return True
    if _PATTERNS["hanging"].search(above) or _PATTERNS["bracketed"].match(line):
        return True
    if line[:1].islower():
        # ": 18" at a line's end and "điểm" on the next are one award; else what earns has ended.
        has_earned = bool(_PATTERNS["awarded"].search(above))
        is_unit = bool(_PATTERNS["unit"].match(line)) and above[-1:].isdigit()
        return is_unit or not (has_earned or above.endswith((";", ".")))
    return has_openings and not _COMPLETE.search(above)


def split_name(cell: str) -> tuple[str, str]:
    """Split a cell that holds the name of a criterion and, below it, how it is scored.

    Returns
    -------
    (str, str)
        The name on one line and the scoring text line by line; the second is empty where no line
        but the first earns points.

    Examples
    --------
    >>> split_name("Chế độ báo cáo\\n(hằng quý)\\n- Đúng hạn: 1 điểm\\n- Không đúng hạn: 0 điểm")
    ('Chế độ báo cáo (hằng quý)', '- Đúng hạn: 1 điểm\\n- Không đúng hạn: 0 điểm')
    >>> split_name("Kế hoạch\\nnăm")
    ('Kế hoạch năm', '')
    """
    lines = rejoined(cell.split("\n"))
    first = next((at for at, line in enumerate(lines) if _PATTERNS["opening"].match(line)), None)
    if first is None or not any(is_step(line) for line in lines[first:]):
        return " ".join(lines), ""
    return " ".join(lines[:first]), "\n".join(lines[first:])


def gives_meaning(line: str) -> bool:
    """Say whether a line says what the letters of a formula stand for.

    >>> gives_meaning("Trong đó: a là tổng số hồ sơ"), gives_meaning("Báo cáo của đơn vị")
    (True, False)
    """
    return bool(_PATTERNS["meaning"].match(line))


def is_step(line: str) -> bool:
    """Say whether a line ends with the points it earns.

    >>> is_step("- Dưới 70%: 0 điểm"), is_step("- Rà soát 100% văn bản")
    (True, False)
    """
    return bool(_PATTERNS["step"].search(folded(line)))

"""The year that a target is due by, from the words around it: a plan of years sets phases."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scoring.official.patterns import patterns

_PATTERNS = patterns("target_phases")
_SAYS_WHEN = ("đến", "vào", "trước", "tới")


def baseline_in(text: str) -> str:
    """Return the year or rule that a text compares with; empty where it compares with none.

    >>> baseline_in("giảm 5% so với cùng kỳ năm 2025"), baseline_in("cao hơn năm trước")
    ('cùng kỳ năm 2025', 'năm trước')
    """
    said = _PATTERNS["baseline"].search(text)
    return said["baseline"] if said else ""


def phase_clauses(sentence: str) -> list[str]:
    """Cut a sentence where it goes on to its next phase.

    >>> phase_clauses("Đến năm 2027 đạt 80% và đến năm 2030 đạt 90% số hồ sơ")
    ['Đến năm 2027 đạt 80%', 'đến năm 2030 đạt 90% số hồ sơ']
    """
    return _PATTERNS["phases"].split(sentence)


def without_phase(text: str, due: int | None = None) -> str:
    """Return a text without the years it is due by; "trong năm 2026" tells what is counted.

    >>> without_phase("Đúng hạn năm 2027", 2027), without_phase("Kế hoạch năm 2026", 2026)
    ('Đúng hạn', 'Kế hoạch năm 2026')
    """
    bare = _PATTERNS["phase"].sub(lambda said: said[0] if "trong" in said[0] else " ", text)
    return bare if _PATTERNS["own_year"].search(bare) else bare.removesuffix(f" năm {due}")


def phases_in(text: str, year: int) -> list[tuple[int, int]]:
    """Return place and year of each phase that a text names, in its order.

    The year it is compared with is none, and a year before `year` only where it is said to be the
    end: "đến năm 2025".

    Examples
    --------
    >>> phases_in("Năm 2027 giảm 5% so với năm 2021, đến hết năm 2030 giảm 10%", 2026)
    [(0, 2027), (34, 2030)]
    """
    blank = _PATTERNS["vision"].sub(_blank, _PATTERNS["baseline"].sub(_blank, text))
    found = [(said, _year(said)) for said in _PATTERNS["phase"].finditer(blank)]
    return [
        (said.start(), own)
        for said, own in found
        if own >= year or said[0].strip().lower().startswith(_SAYS_WHEN)
    ]


def _blank(said: re.Match[str]) -> str:
    return " " * len(said[0])


def _year(said: re.Match[str]) -> int:
    return int(said["year"] or said["end"] or said["day"] or said["then"])


def phase_of(sentence: str, statement: str, year: int) -> int | None:
    """Return the year by which a statement of a sentence must be reached; None where none is said.

    Its own words come first, then what stands before it, then the one phase of the sentence.

    Examples
    --------
    >>> phase_of("Đến năm 2030, 90% xã và 80% thôn có mạng", "80% thôn có mạng", 2026)
    2030
    """
    told = phases_in(sentence, year)
    start = max(sentence.find(statement), 0)
    inside = [own for at, own in told if start <= at < start + len(statement)]
    before = [own for at, own in told if at < start]
    if inside:
        return inside[0]
    if before:
        return before[-1]
    is_one = len(told) == 1 and len(phase_clauses(sentence)) == 1
    return told[0][1] if is_one else None


def heads_of_years(cells: Sequence[str]) -> dict[str, int]:
    """Return the columns of a heading with years: years, ``name`` and ``unit``.

    One year is enough beside a column of units of measure; a table of tasks may name it too.

    >>> heads_of_years(["TT", "Chỉ tiêu", "ĐVT", "Năm 2027", "Đến năm 2030"])
    {'2027': 3, '2030': 4, 'name': 1, 'unit': 2}
    >>> heads_of_years(["TT", "Chỉ tiêu", "Đơn vị tính", "Kế hoạch năm 2026", "Chủ trì"])
    {'2026': 3, 'name': 1, 'unit': 2}
    >>> heads_of_years(["1", "Rà soát năm 2027", "2030"])
    {}
    """
    found = {said[1]: at for at, cell in enumerate(cells)
             if (said := _PATTERNS["year_column"].match(cell.strip()))}  # fmt: skip
    names = [at for at, cell in enumerate(cells) if _PATTERNS["target_column"].match(cell)]
    units = [at for at, cell in enumerate(cells) if _PATTERNS["unit_column"].match(cell)]
    is_measured = any(_PATTERNS["measure_column"].match(cells[at]) for at in units)
    if len(found) < (1 if is_measured else 2) or not names:
        return {}
    return found | {"name": names[0]} | ({"unit": units[0]} if units else {})

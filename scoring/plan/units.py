"""Who leads and who helps, from the cells that name units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from scoring.base.text import clean_text
from scoring.plan.wording import UPPER, plain, without_bullet, word_lists
from scoring.plan.words import looks_like

_EDGES = " \t-–+•.;,:"
_BULLET = re.compile(rf"(?:^|(?<=[;.)>])|\s)\s*[-–+•]\s*(?=[{UPPER}])")
_WITH = re.compile(r"\bphối hợp(?:\s+với)?\b[:,]?", re.IGNORECASE)
_LEADS = re.compile(r"\bchủ trì\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Lead unit and supporting units of a task.

    `inferred` is True when no word said who leads and the first unit named was taken.
    """

    lead_unit: str
    supporting_units: str
    inferred: bool = False


def split_items(text: str) -> list[str]:
    """Return the bullets or lines of a cell, each without its mark.

    Examples
    --------
    >>> split_items("- Kế hoạch; - Báo cáo kết quả. Văn bản")
    ['Kế hoạch', 'Báo cáo kết quả. Văn bản']
    """
    pieces = re.split(r"[;\n]+", _BULLET.sub("\n", clean_lines(text)))
    return [item for piece in pieces if (item := without_bullet(piece).strip(_EDGES))]


def clean_lines(text: str) -> str:
    """Return `text` without mark-up, its line ends kept."""
    return "\n".join(plain(line) for line in text.splitlines())


def joined(text: str) -> str:
    """Return the items of a cell as one text: ``Kế hoạch; Báo cáo``."""
    return "; ".join(split_items(text))


def split_lead(lead: str, supporting: str) -> Assignment:
    """Return lead and supporting units from their two columns.

    Examples
    --------
    >>> split_lead("Văn phòng Sở phối hợp với Trung tâm Thông tin.", "- Sở Tài chính;")
    Assignment(lead_unit='Văn phòng Sở', supporting_units='Trung tâm Thông tin; Sở Tài chính',
               inferred=False)
    """
    leader, _, helper = (_WITH.sub("\x00", lead, count=1)).partition("\x00")
    helpers = [text for text in (joined(helper), joined(supporting)) if text]
    return Assignment(joined(leader), "; ".join(helpers))


def split_assignment(text: str) -> Assignment:
    """Return lead and supporting units from one column that tells both in words.

    Examples
    --------
    >>> split_assignment("- Văn phòng Sở chủ trì; - Các phòng/ đơn vị phối hợp")
    Assignment(lead_unit='Văn phòng Sở', supporting_units='Các phòng/ đơn vị', inferred=False)
    >>> split_assignment("Phòng Quản lý Chuyên ngành").lead_unit
    'Phòng Quản lý Chuyên ngành'
    """
    leads: list[str] = []
    helpers: list[str] = []
    waiting: list[str] = []  # bare names: "Phòng A; Phòng B phối hợp" gives both the same part
    others: list[str] = []
    for clause in split_items(text):
        unit, rest = _cut_at_verb(clause)
        if not rest and looks_like("unit", unit):
            waiting.append(unit)
        elif _LEADS.search(clause):
            leads += [*waiting, unit]
            helpers += [_cut_at_verb(part)[0] for part in _WITH.split(clause)[1:]]
            waiting = []
        elif (match := _WITH.search(clause)) and len(clause) > match.end():
            helpers += [*waiting, unit or _cut_at_verb(clause[match.end() :])[0]]
            waiting = []
        else:
            (helpers if match else others).extend([*waiting, unit])
            waiting = []
    return _decided(_unique(leads), _unique(helpers), _unique([*others, *waiting]))


def _decided(leads: list[str], helpers: list[str], others: list[str]) -> Assignment:
    if leads:
        helpers = [unit for unit in _unique([*helpers, *others]) if unit not in leads]
        return Assignment("; ".join(leads), "; ".join(helpers))
    named = [unit for unit in others if looks_like("unit", unit)]
    if not named:
        return Assignment("", "; ".join(helpers))
    helpers = _unique([*named[1:], *helpers])
    return Assignment(named[0], "; ".join(helpers), inferred=True)


def _cut_at_verb(clause: str) -> tuple[str, str]:
    """Split "Văn phòng Sở chủ trì ..." into the unit and what it does."""
    match = _verbs().search(clause)
    if not match:
        return clause.strip(_EDGES), ""
    return clause[: match.start()].strip(_EDGES), clause[match.start() :]


@cache
def _verbs() -> re.Pattern[str]:
    verbs = sorted(word_lists()["assignment"]["verbs"], key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, verbs))})\b", re.IGNORECASE)


def _unique(units: list[str]) -> list[str]:
    return [unit for unit in dict.fromkeys(clean_text(unit) for unit in units) if unit]

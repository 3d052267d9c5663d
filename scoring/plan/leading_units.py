"""Who leads and who helps, from the cells that name units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from scoring.base.text import clean_text, without_marks
from scoring.official.patterns import patterns
from scoring.official.recognising import looks_like
from scoring.official.wording import EDGES, any_of, plain, without_bullet, word_lists

_PATTERNS = patterns("units")
_LONGEST_NAMES = 110


@dataclass(frozen=True, slots=True)
class Assignment:
    """Lead unit and supporting units of a task.

    `inferred` is True when no word said who leads and the first unit named was taken.
    """

    lead_unit: str
    supporting_units: str
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Leaders:
    """Who leads a task, held against a list of units.

    Attributes
    ----------
    known : tuple of str
        Keys of the units named, as the list has them.
    unknown : tuple of str
        Names that the list does not have.
    collective : bool
        True when all units are meant ("Các phòng, đơn vị thuộc Sở").
    """

    known: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    collective: bool = False


def leaders(lead: str, known: Mapping[str, str]) -> Leaders:
    """Return the units that a cell names as leading.

    Parameters
    ----------
    lead : str
        The cell, such as ``Thanh tra Sở; Phòng Hành chính - Tổng hợp``.
    known : mapping of str to str
        Names without marks (`scoring.base.text.without_marks`) to the key of their unit.

    Examples
    --------
    >>> leaders("Thanh tra Sở, Văn phòng và Phòng Mới", {"thanh tra so": "TT", "van phong": "VP"})
    Leaders(known=('TT', 'VP'), unknown=('Phòng Mới',), collective=False)
    >>> leaders("Các phòng, đơn vị thuộc Sở", {}).collective
    True
    >>> leaders("Sở Khoa học và Công nghệ", {}).unknown
    ('Sở Khoa học và Công nghệ',)
    """
    found: list[str] = []
    unknown: list[str] = []
    collective = False
    for part in map(str.strip, re.split("[;+]", lead)):
        is_collective = without_marks(part) not in known and bool(
            _PATTERNS["collective"].match(part)
        )
        pieces = [part] if without_marks(part) in known else _names(part)
        found += [known[key] for key in map(without_marks, pieces) if key in known]
        collective = collective or is_collective
        # "Các sở, ban, ngành" goes on with words that are no names of units.
        if not is_collective:
            strays = [piece for piece in pieces if without_marks(piece) not in known]
            collective = collective or any(_PATTERNS["collective"].match(piece) for piece in strays)
            unknown += [piece for piece in strays if not _PATTERNS["collective"].match(piece)]
    return Leaders(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(unknown)), collective)


def _names(part: str) -> list[str]:
    """Take names apart at ",", "/" and "và", but only where what follows begins like a unit."""
    names: list[str] = []
    pieces = re.split(r"((?:(?<!\s)\s++)?[,/]\s*|(?<!\s)\s++và\s+)", part)
    for separator, piece in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        if names and not (looks_like("unit", piece) or _PATTERNS["collective"].match(piece)):
            names[-1] += separator + piece
        elif piece:
            names.append(piece)
    return names


def split_items(text: str, *, is_list: bool = False) -> list[str]:
    """Return the bullets or lines of a cell, each without its mark.

    Parameters
    ----------
    text : str
        The cell; bullets may have been flattened onto one line.
    is_list : bool
        True where a dash between two words parts items once other bullets stand in the cell;
        False for names of units, which hold such dashes ("Phòng Hành chính - Tổng hợp").

    Examples
    --------
    >>> split_items("- Kế hoạch - Báo cáo kết quả; Văn bản", is_list=True)
    ['Kế hoạch', 'Báo cáo kết quả', 'Văn bản']
    >>> split_items("Phòng Hành chính - Tổng hợp; Thanh tra + Tổ Pháp chế")
    ['Phòng Hành chính - Tổng hợp', 'Thanh tra + Tổ Pháp chế']
    """
    lines = clean_lines(text)
    body = _PATTERNS["after_stop"].sub("\n", lines)
    if is_list and body != lines:
        body = _PATTERNS["inside"].sub("\n", body)
    pieces = re.split(r"[;\n]+", body)
    return [item for piece in pieces if (item := without_bullet(piece).strip(EDGES))]


def clean_lines(text: str) -> str:
    """Return `text` without mark-up, its line ends kept."""
    return "\n".join(plain(line) for line in text.splitlines())


def joined(text: str, *, is_list: bool = False) -> str:
    """Return the items of a cell as one text: ``Kế hoạch; Báo cáo``."""
    return "; ".join(split_items(text, is_list=is_list))


def split_lead(lead: str, supporting: str) -> Assignment:
    """Return lead and supporting units from their two columns.

    Examples
    --------
    >>> split_lead("Văn phòng Sở phối hợp với Trung tâm Thông tin.", "- Sở Tài chính;")
    Assignment(lead_unit='Văn phòng Sở', supporting_units='Trung tâm Thông tin; Sở Tài chính',
               inferred=False)
    """
    if _PATTERNS["leads"].search(lead) and (told := split_assignment(lead)).lead_unit:
        helpers = [text for text in (told.supporting_units, joined(supporting)) if text]
        return replace(told, supporting_units="; ".join(helpers))
    lead = _out_of_brackets(lead)
    leader, _, helper = (_PATTERNS["with"].sub("\x00", lead, count=1)).partition("\x00")
    helpers = [text for text in (joined(helper), joined(supporting)) if text]
    unit = joined(leader)
    if len(unit) > _LONGEST_NAMES:  # the cell goes on to say what the unit does
        unit = _cut_at_verb(unit)[0] or unit
    return Assignment(unit, "; ".join(helpers))


def split_assignment(text: str) -> Assignment:
    """Return lead and supporting units from one column that tells both in words.

    Examples
    --------
    >>> split_assignment("- Văn phòng Sở chủ trì; - Các phòng/ đơn vị phối hợp")
    Assignment(lead_unit='Văn phòng Sở', supporting_units='Các phòng/ đơn vị', inferred=False)
    >>> split_assignment("Phòng Quản lý Chuyên ngành").lead_unit
    'Phòng Quản lý Chuyên ngành'
    """
    if (told := _told_beside_names(text)) is not None:
        return told
    text = _out_of_brackets(_PATTERNS["leads_on"].sub(r"\1; ", text))
    parts: dict[str, list[str]] = {"lead": [], "help": [], "other": []}
    waiting: list[str] = []  # bare names: "Phòng A; Phòng B phối hợp" gives both the same part
    clauses = [
        part
        for item in split_items(text, is_list=True)
        for part in _PATTERNS["sentence"].split(item)
    ]
    for clause in clauses:
        unit, rest = _cut_at_verb(clause)
        if not rest and looks_like("unit", unit):
            waiting.append(unit)
            continue
        parts[_part_of(rest)] += [*waiting, unit]
        parts["help"] += [_cut_at_verb(helped)[0] for helped in _PATTERNS["with"].split(rest)[1:]]
        waiting = []
    named_only = len(clauses) == len(waiting) == 1
    decided = _decided(
        _unique(parts["lead"]), _unique(parts["help"]), _unique([*parts["other"], *waiting])
    )
    # A cell that holds one name and no more says plainly enough who is in charge.
    return replace(decided, inferred=decided.inferred and not named_only)


def _out_of_brackets(text: str) -> str:
    return _PATTERNS["with_in_brackets"].sub(r" \1", text)


def _told_beside_names(text: str) -> Assignment | None:
    """Read "Phòng A (chủ trì), Phòng B (phối hợp)" and "Chủ trì: Phòng A; phối hợp: Phòng B"."""
    if labelled := _PATTERNS["labelled"].match(text):
        return Assignment(joined(labelled["lead"]), joined(labelled["help"] or ""))
    named: dict[str, list[str]] = {"chủ trì": [], "phối hợp": []}
    for found in _PATTERNS["in_brackets"].finditer(text):
        named[found["part"].lower()] += split_items(found["names"].lstrip(" ,"))
    leads, helps = (_unique(units) for units in named.values())
    return Assignment("; ".join(leads), "; ".join(helps)) if leads else None


def _part_of(rest: str) -> str:
    """Return the part that the first telling verb behind a unit's name gives it."""
    leads, helps = _PATTERNS["leads"].search(rest), _PATTERNS["with"].search(rest)
    if leads and (not helps or leads.start() < helps.start()):
        return "lead"
    return "help" if helps and not helps.start() else "other"


def _decided(leads: list[str], helpers: list[str], others: list[str]) -> Assignment:
    if leads:
        named = [unit for unit in others if looks_like("unit", unit)]
        helpers = [unit for unit in _unique([*helpers, *named]) if unit not in leads]
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
        return clause.strip(EDGES), ""
    return clause[: match.start()].strip(EDGES), clause[match.start() :]


@cache
def _verbs() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_of(word_lists()['assignment']['verbs'])})\b", re.IGNORECASE)


def _unique(units: list[str]) -> list[str]:
    cleaned = (_PATTERNS["invited"].sub("", clean_text(unit)) for unit in units)
    return [unit for unit in dict.fromkeys(cleaned) if unit]

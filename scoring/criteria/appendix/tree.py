"""From codes as written to the codes and parents of a set."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from scoring.base.text import clean_text
from scoring.criteria.appendix.scoring_text import Reason
from scoring.criteria.appendix.table_entries import Entry, scoring_lines
from scoring.official.figure_text import read_points
from scoring.official.numbering import Code, roman_value
from scoring.official.recognising import area_kind

# "-5", "(5)" and "(-5)": how tables write points that are taken off.
_TAKEN = re.compile(r"[-–−] ?(?P<bare>\d.{0,12})|\( ?[-–−]? ?(?P<within>\d[^()]{0,12})\)")


@dataclass
class Branch:
    """An entry with its place in the tree.

    `max_points` is NaN where it could not be read; `is_best_of` where the children are
    alternatives, each worth as much as the whole; `takes_off` where it is written as negative.
    """

    entry: Entry
    code: str
    parent: str = ""
    max_points: float = math.nan
    kind: str = "normal"
    children: list[Branch] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    depth: int = 0
    is_best_of: bool = False
    takes_off: bool = False

    @property
    def is_penalty(self) -> bool:
        """Whether its points are those taken off, by its area or by how its maximum is written."""
        return self.kind == "penalty" or self.takes_off


def grow(entries: list[Entry]) -> list[Branch]:
    """Give every entry its full code, its parent and its maximum.

    Roman numbers and letters open a scope: under "II", the criterion "1" is II.1. Where the
    numbering repeats the roman number itself ("II" with 2.1, 2.2), the area becomes 2.

    Returns
    -------
    list of Branch
        In the order of the table; bonus and penalty areas are of their own kind.
    """
    entries = [part for entry in entries for part in _with_small_parts(entry)]
    codes = _full_codes(entries)
    branches = [Branch(entry, code) for entry, code in zip(entries, codes, strict=True)]
    known: dict[str, Branch] = {}
    for branch in branches:
        _mend_number_code(branch, known)
        _attach(branch, known)
        _state_maximum(branch)
    for branch in reversed(branches):
        _mend_maximum(branch)
        _note_alternatives(branch)
    for branch in branches:
        if not branch.parent and branch.kind == "normal" and _only_takes_off(branch):
            _make_penalty(branch)
    return branches


def _state_maximum(branch: Branch) -> None:
    """Take the maximum as written; a negative one states what may be taken off."""
    text = clean_text(branch.entry.max_text)
    match = _TAKEN.fullmatch(text)
    value = read_points(match["bare"] or match["within"] if match else text)
    branch.max_points = math.nan if value is None else value
    branch.takes_off = bool(match) and value is not None
    if branch.takes_off:
        branch.reasons.append(Reason("maximum-negative", {"stated": text}))


def _only_takes_off(branch: Branch) -> bool:
    """Say whether all leaves of a branch take points off, whatever its title says."""
    return all(map(_only_takes_off, branch.children)) if branch.children else branch.takes_off


def _make_penalty(branch: Branch) -> None:
    branch.kind = "penalty"
    branch.reasons.append(Reason("outside-areas"))
    for child in branch.children:
        _make_penalty(child)


def _with_small_parts(entry: Entry) -> list[Entry]:
    """Split a), b), c) off where they are parts whose maxima add up; answers stay together."""
    small = entry.small
    points = [read_points(part.max_text) for part in small]
    whole = read_points(entry.max_text)
    known = [value for value in points if value is not None]
    adds_up = whole is not None and math.isclose(sum(known), whole, abs_tol=1e-6)
    is_all = len(known) == len(points) and all(known)
    if len(known) < 2 or not (is_all and adds_up) or entry.text or entry.options:
        for part in small:
            entry.text += part.text
            entry.evidence += part.evidence
            entry.note += part.note
        return [entry]
    for part in small:
        part.code = Code("dotted", (*entry.code.parts, part.code.text.lower()))
    entry.small = []
    return [entry, *small]


def _full_codes(entries: list[Entry]) -> list[str]:
    absorbed = _absorbs_roman(entries)
    letter = roman = ""
    codes = []
    for entry in entries:
        code = entry.code
        if code.style == "letter":
            letter, roman = code.text, ""
            codes.append(letter)
        elif code.style == "roman":
            number = str(roman_value(code.text)) if absorbed else code.text
            roman = f"{letter}.{number}" if letter else number
            codes.append(roman)
        else:
            scope = letter if absorbed else roman or letter
            inside = not scope or code.parts[0] in (scope, *scope.split(".")[-1:])
            own = code.text
            codes.append(own if inside and not code.parts[0].isdecimal() else _under(scope, own))
    return codes


def _under(scope: str, code: str) -> str:
    return f"{scope}.{code}" if scope else code


def _absorbs_roman(entries: list[Entry]) -> bool:
    """Say whether the codes under each roman number begin with that very number."""
    current, seen = 0, 0
    for entry in entries:
        if entry.code.style == "roman":
            current = roman_value(entry.code.text)
        elif entry.code.style == "dotted" and current:
            parts = entry.code.parts
            if len(parts) < 2 or not parts[0].isdecimal() or int(parts[0]) != current:
                return False
            seen += 1
    return seen > 0


def _mend_number_code(branch: Branch, known: dict[str, Branch]) -> None:
    """Take a code that a spreadsheet keeps as a number, 1.1 after 1.9, for the 1.10 it was.

    A code that is the next of its parent's children can be nothing else; any other is doubted.
    """
    if "number" not in branch.entry.marks:
        return
    head, _, tail = branch.code.rpartition(".")
    following = len(known[head].children) + 1 if head in known else 0
    if tail == str(following):
        return
    branch.reasons.append(Reason("code-as-number", {"code": branch.code}))
    if f"{tail}0" == str(following):
        branch.code = f"{head}.{following}"


def _attach(branch: Branch, known: dict[str, Branch]) -> None:
    parent = branch.code
    while "." in parent:
        parent = parent.rpartition(".")[0]
        if parent in known:
            above = known[parent]
            branch.parent, branch.kind, branch.depth = parent, above.kind, above.depth + 1
            above.children.append(branch)
            break
    else:
        branch.kind = area_kind(branch.entry.name)
        if "." in branch.code:
            branch.reasons.append(Reason("parent-missing"))
    if branch.kind != "normal":
        branch.reasons.append(Reason("outside-areas"))
    known.setdefault(branch.code, branch)


def _mend_maximum(branch: Branch) -> None:
    """Take the sum of the children where a parent states no maximum, and say so."""
    if not math.isnan(branch.max_points) or not branch.children:
        return
    maxima = [child.max_points for child in branch.children]
    if not any(math.isnan(value) for value in maxima):
        branch.max_points = round(sum(maxima), 6)
        branch.reasons.append(Reason("maximum-from-children"))


def _note_alternatives(branch: Branch) -> None:
    """Take children that are each worth the whole for alternatives, and say so."""
    maxima = [child.max_points for child in branch.children]
    if len(maxima) > 1 and all(value == branch.max_points for value in maxima):
        branch.is_best_of = True
        branch.reasons.append(Reason("alternatives"))


def text_of(branch: Branch) -> str:
    """Return the scoring text of a branch, one line per piece."""
    return "\n".join(scoring_lines(branch.entry))

"""Who signed: the block of office and name at the foot of the covering document."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoring.official.document_lines import Line
from scoring.official.letterhead import office_pattern
from scoring.official.patterns import patterns

_PATTERNS = patterns("signatures")
_OFFICE = re.compile(
    rf"^(?:(?:KT|TM|TL|TUQ|Q)\s*\.\s*\S|{office_pattern('heads')}|thủ tướng)", re.IGNORECASE
)
_LOOK_AHEAD = 14


@dataclass(frozen=True, slots=True)
class Signature:
    """The name below the office; `position` is as capitals give it, in usual case."""

    signer: str = ""
    position: str = ""
    signed_for: str = ""
    source: str = ""


def read_signature(lines: tuple[Line, ...]) -> Signature:
    """Return the first signature block of the document, else what a portal's footer states."""
    start = _recipients_at(lines)
    for at in range(start, len(lines)):
        if _office(lines[at].text):
            found = _block(lines, at)
            if found.signer:
                return found
    for line in lines:
        portal = _PATTERNS["portal"].match(line.text)
        if portal and person_name(portal["name"]):
            return Signature(person_name(portal["name"]), source="portal")
    return Signature()


def portal_signer(lines: tuple[Line, ...]) -> str:
    """Return the signer that the footer of a law portal states, if there is one."""
    for line in lines[-60:]:
        portal = _PATTERNS["portal"].match(line.text)
        if portal:
            return person_name(portal["name"])
    return ""


def person_name(text: str) -> str:
    """Return `text` as a person's name without degrees, or an empty text.

    >>> person_name("TS. Nguyễn Văn Thành"), person_name("NGUYỄN VĂN AN"), person_name("Lưu: VT.")
    ('Nguyễn Văn Thành', 'Nguyễn Văn An', '')
    """
    name = _PATTERNS["degree"].sub("", text.strip(" .*"))
    if not _PATTERNS["name"].match(name) or _PATTERNS["not_a_name"].match(name):
        return ""
    if name.isupper():
        return name.title()
    return name if all(word[0].isupper() for word in name.split()) else ""


def _recipients_at(lines: tuple[Line, ...]) -> int:
    """Start at "Nơi nhận", which is printed beside the signature; else after the opening."""
    for at, line in enumerate(lines):
        if _PATTERNS["recipients"].match(line.text):
            # In some layouts the signature comes first.
            return max(0, at - 6)
    return min(8, len(lines))


def _office(text: str) -> str:
    """Return the office that a line in capitals names, or an empty text."""
    line = _PATTERNS["recipients"].sub("", text)
    return line if line.isupper() and len(line) <= 80 and _OFFICE.match(line) else ""


def _block(lines: tuple[Line, ...], at: int) -> Signature:
    offices = [_office(lines[at].text)]
    for line in lines[at + 1 : at + 1 + _LOOK_AHEAD]:
        office = _office(line.text)
        if office:
            offices.append(office)
            continue
        if _PATTERNS["signed"].match(line.text) or _PATTERNS["recipients"].match(line.text):
            continue
        name = person_name(_PATTERNS["filed"].sub("", line.text))
        if name and not (line.is_upper and len(line.text.split()) > 4):
            return _signature(name, offices)
        if not line.text.startswith(("-", "–", "+", "•")):
            break
    return Signature()


def _signature(name: str, offices: list[str]) -> Signature:
    last = _PATTERNS["authority"].sub("", offices[-1])
    authority = offices[0] if len(offices) > 1 or last != offices[0] else ""
    return Signature(name, _in_usual_case(last), _keep_mark(authority), "block")


def _in_usual_case(office: str) -> str:
    """Write ``PHÓ GIÁM ĐỐC`` as ``Phó Giám đốc``: the office keeps its capital behind "Phó"."""
    if office.startswith("PHÓ "):
        return "Phó " + _in_usual_case(office[4:])
    return office[:1] + office[1:].lower().replace("ubnd", "UBND").replace("hđnd", "HĐND")


def _keep_mark(authority: str) -> str:
    mark = _PATTERNS["authority"].match(authority)
    if not mark:
        return ""
    return mark.group().strip().upper() + " " + _in_usual_case(authority[mark.end() :].strip())

"""The issuing organ: from the letterhead, the line of authority, or the name behind the number."""

from __future__ import annotations

import itertools
import re
from collections import Counter

from scoring.base.text import clean_text
from scoring.official.document_kinds import issuer_names, organ_names
from scoring.official.document_lines import Line
from scoring.official.document_number import DocumentNumber, acronym
from scoring.official.letterhead import Header, office_line, office_pattern
from scoring.official.wording import any_of, word_lists

_STARTER = re.compile(rf"(?:{any_of(word_lists()['organs']['begin'])})\b", re.IGNORECASE)
_OFFICE_WORDS = re.compile("^" + office_pattern("heads") + r"\s+", re.IGNORECASE)
# Offices named after the organ they head, whose organ starts with the word that was cut off.
_HEADS = {"bộ trưởng": "Bộ", "cục trưởng": "Cục", "chi cục trưởng": "Chi cục"}
_MAX_LETTERHEAD = 8
_MAX_NAME_WORDS = 14
# An organ that issues a document is named early in it and often.
_MAX_NAMES = 2_000
_NAME = re.compile(
    r"\b(?:Sở|Bộ|Ủy ban|Uỷ ban|Hội đồng|Chi cục|Cục|Tổng cục|Trung tâm|Phòng|Ban|Văn phòng|Thanh tra"
    r"|Trường|Viện|Bảo hiểm|Tỉnh ủy|Kho bạc)(?:\s+(?:-\s+|–\s+)?[^\W\d_]+,?){1,12}"
)


def issuer_candidates(
    lines: tuple[Line, ...], header: Header, number: DocumentNumber | None, body: str
) -> list[tuple[str, str]]:
    """Return ``(source, name)`` pairs: ``letterhead``, ``authority``, ``name-of-number``."""
    casing = _Casing(body)
    found = [
        ("letterhead", casing.apply(_letterhead(lines, header))),
        ("authority", casing.apply(_authority(lines, header))),
        ("name-of-number", _name_behind(number, body) if number else ""),
    ]
    return [(source, name) for source, name in found if name]


def _letterhead(lines: tuple[Line, ...], header: Header) -> str:
    """Return the last organ named in capitals above the number."""
    end = min(
        (at for at in (header.number_at, header.date_at, header.kind_at) if at >= 0), default=0
    )
    organs: list[str] = []
    for line in lines[max(0, end - _MAX_LETTERHEAD) : end]:
        if not line.is_upper:
            continue
        if _STARTER.match(line.text):
            organs.append(line.text)
        elif organs:
            organs[-1] += " " + line.text
    return organs[-1] if organs else ""


def _authority(lines: tuple[Line, ...], header: Header) -> str:
    """Return the organ in "GIÁM ĐỐC SỞ ...", the line between title and legal bases."""
    if header.title_end < 0:
        return ""
    near = lines[header.title_end : header.title_end + 3]
    start = next((at for at, line in enumerate(near) if office_line(line.text)), None)
    if start is None:
        return ""
    text = near[start].text
    for line in near[start + 1 :]:
        if not line.is_upper or line.after_blank:
            break
        text += " " + line.text
    match = _OFFICE_WORDS.match(text)
    if not match:
        return text
    head = _HEADS.get(clean_text(match.group()).lower(), "")
    rest = text[match.end() :]
    return rest if not head or _STARTER.match(rest) else f"{head.upper()} {rest}"


def _name_behind(number: DocumentNumber, body: str) -> str:
    """Return the organ named in the text whose initials are the issuer's abbreviation."""
    wanted = number.issuer.replace("-", "") + ("" if number.form == "letter" else number.unit)
    counts: Counter[str] = Counter()
    for match in itertools.islice(_NAME.finditer(body), _MAX_NAMES):
        words = re.split(r"(?<=,)\s+|\s+", match.group())[:_MAX_NAME_WORDS]
        for end in range(2, len(words) + 1):
            name = clean_text(" ".join(words[:end]).rstrip(",-– "))
            if _near(acronym(name), wanted):
                counts[name] += 1
    best = max(counts, key=lambda name: (acronym(name) == wanted, counts[name]), default="")
    return best or issuer_names().get(number.issuer, "")


def _near(initials: str, wanted: str) -> bool:
    """Allow one letter too many: clerks misspell abbreviations (``SKHCHN`` for ``SKHCN``)."""
    if initials == wanted:
        return True
    if len(initials) < 4 or len(wanted) != len(initials) + 1:
        return False
    return any(wanted[:at] + wanted[at + 1 :] == initials for at in range(1, len(wanted)))


class _Casing:
    """Gives a name in capitals the small letters it has elsewhere in the document."""

    def __init__(self, body: str) -> None:
        self._body = body
        self._folded = body.lower()

    def apply(self, name: str) -> str:
        words = clean_text(name).split()[:_MAX_NAME_WORDS]
        done: list[str] = []
        while words:
            length, text = next(
                (end, found)
                for end in range(len(words), 0, -1)
                if (found := self._as_written(words[:end])) or end == 1
            )
            done.append(text or _titled(words[0]))
            words = words[length:]
        return " ".join(done)

    def _as_written(self, words: list[str]) -> str:
        """Return how the body most often writes `words` when not all in capitals."""
        if len(words) == 1 and not words[0].isupper():
            return words[0]
        wanted = " ".join(words).lower()
        seen: Counter[str] = Counter()
        at = self._folded.find(wanted)
        while at >= 0 and len(seen) < 50:
            text = self._body[at : at + len(wanted)]
            whole = not self._folded[at + len(wanted) : at + len(wanted) + 1].isalpha()
            if whole and text[:1].isupper() and not text.isupper():
                seen[text] += 1
            at = self._folded.find(wanted, at + len(wanted))
        known = (name for name in organ_names() if name.lower() == wanted)
        return seen.most_common(1)[0][0] if seen else next(known, "")


def _titled(word: str) -> str:
    """Write one word of a name that the text has in capitals only."""
    if word in issuer_names() or not word.isupper():
        return word
    small = {"và", "tỉnh", "huyện", "thành", "phố", "xã", "phường", "thị", "trấn", "dân"}
    small |= {"quận", "nhân"}
    return word.lower() if word.lower() in small else word.capitalize()

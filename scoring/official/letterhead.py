"""The opening of a document: number, place and date, kind and title."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from scoring.base.text import clean_text
from scoring.official.document_kinds import document_kinds
from scoring.official.document_lines import Line
from scoring.official.document_number import NumberRead, read_document_number
from scoring.official.partial_date import PartialDate
from scoring.official.patterns import patterns
from scoring.official.wording import any_of, word_lists

_PATTERNS = patterns("letterhead")
_MAX_TITLE_LINES = 5
_MAX_TITLE = 400
_LONG_LINE = 170


@dataclass(frozen=True, slots=True)
class Header:
    """What the opening states; positions count lines from 0 and are -1 where nothing was found."""

    number: NumberRead | None = None
    number_at: int = -1
    place: str = ""
    issued_on: PartialDate | None = None
    impossible_date: str = ""
    date_at: int = -1
    kind: str = ""
    kind_at: int = -1
    title: str = ""
    title_end: int = -1
    secret: bool = False


def read_header(lines: tuple[Line, ...]) -> Header:
    """Read the opening; `lines` are those of the head only."""
    number_at, number = _number(lines)
    date_at, place, issued_on, impossible = _place_and_date(lines)
    kind_at, kind, rest = _kind_line(lines, after=number_at)
    title, title_end = _title(lines, kind_at, rest) if kind else _letter_title(lines)
    secret = any(line.is_upper and _PATTERNS["secret"].match(line.text) for line in lines[:15])
    return Header(
        number, number_at, place, issued_on, impossible, date_at, kind, kind_at, title,
        title_end, secret,
    )  # fmt: skip


@cache
def office_pattern(*kinds: str) -> str:
    """Return a pattern for the offices and bodies of ``words.toml``, deputies included."""
    named = [name for kind in kinds for name in word_lists()["offices"][kind]]
    return rf"(?:(?:phó|tổng|chi|quyền)\s+)*(?:{any_of(named)})\b"


@cache
def _office() -> re.Pattern[str]:
    return re.compile("^" + office_pattern("heads", "bodies"), re.IGNORECASE)


def office_line(text: str) -> bool:
    """Say whether a line names an office or organ, as below the title of a decision."""
    return text.isupper() and bool(_office().match(text))


def read_stated_date(text: str) -> tuple[PartialDate | None, str]:
    """Return the first date written in words in `text`; the second part is an impossible one.

    >>> read_stated_date("Sơn La, ngày tháng 01 năm 2022")
    (PartialDate(year=2022, month=1, day=None), '')
    """
    match = _PATTERNS["date"].search(text)
    if not match:
        return None, ""
    month = int(match["month"]) if match["month"] else None
    day = int(match["day"]) if match["day"] and month else None
    try:
        return PartialDate(int(match["year"]), month, day), ""
    except ValueError:
        return None, clean_text(match.group())


def _number(lines: tuple[Line, ...]) -> tuple[int, NumberRead | None]:
    for at, line in enumerate(lines):
        if _PATTERNS["title_ends"].match(line.text) and not line.text.lower().startswith("số"):
            if line.text.lower().startswith("căn cứ"):
                break
            continue
        match = _PATTERNS["number"].search(line.text)
        read = read_document_number(match["number"]) if match else None
        if read is None or read.value is None:
            continue
        return at, read
    return -1, None


def _place_and_date(lines: tuple[Line, ...]) -> tuple[int, str, PartialDate | None, str]:
    """Find "Sơn La, ngày ... tháng ... năm ..." above the body."""
    for at, line in enumerate(lines):
        if line.text.lower().startswith(("căn cứ", "(", "theo ", "điều ")):
            continue
        match = _PATTERNS["date"].search(line.text)
        if not match:
            continue
        before = _PATTERNS["number"].sub("", line.text[: match.start()])
        place = _PATTERNS["place"].search(before)
        if place:
            date, impossible = read_stated_date(match.group())
            return at, clean_text(place["place"]), date, impossible
    return -1, "", None, ""


def _kind_line(lines: tuple[Line, ...], after: int) -> tuple[int, str, str]:
    """Find the line that is, or opens with, the name of a kind in capitals."""
    for at, line in enumerate(lines[after + 1 :], start=after + 1):
        for key, kind in document_kinds().items():
            name = kind.vi.upper()
            if line.text == name:
                return at, key, ""
            # Extraction may pull the title up onto the line of the kind.
            if line.text.startswith(name + " ") and line.text[len(name) + 1 :][:1].isupper():
                rest = line.text[len(name) + 1 :]
                if not rest.isupper() or _opens_title(rest):
                    return at, key, rest
        if line.text.lower().startswith("căn cứ"):
            break
    return -1, "", ""


def _opens_title(rest: str) -> bool:
    return rest.lower().startswith(("về việc", "ban hành", "phê duyệt", "công bố"))


def _title(lines: tuple[Line, ...], kind_at: int, rest: str) -> tuple[str, int]:
    """Collect the lines below the kind until the body, a blank line or an office begins."""
    parts = [rest] if rest else []
    for line in lines[kind_at + 1 :]:
        ends = _PATTERNS["title_ends"].match(line.text) or office_line(line.text)
        is_body = len(line.text) > _LONG_LINE or line.text.endswith((";", ":", "./."))
        if ends or is_body or (parts and line.after_blank) or len(parts) >= _MAX_TITLE_LINES:
            break
        parts.append(line.text)
    end = kind_at + 1 + len(parts) - bool(rest)
    return clean_text(" ".join(parts))[:_MAX_TITLE], end


def _letter_title(lines: tuple[Line, ...]) -> tuple[str, int]:
    """Read the subject of a letter: "V/v ..." up to the addressee or the date."""
    for at, line in enumerate(lines):
        match = _PATTERNS["letter_title"].match(line.text)
        if not match:
            continue
        parts = [match["title"]]
        for follow in lines[at + 1 : at + _MAX_TITLE_LINES]:
            ends = _PATTERNS["title_ends"].match(follow.text) or _PATTERNS["date"].search(
                follow.text
            )
            if ends or follow.after_blank or not follow.text[:1].islower():
                break
            parts.append(follow.text)
        return clean_text(" ".join(parts))[:_MAX_TITLE], at + len(parts)
    return "", -1

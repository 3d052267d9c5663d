"""What a plan says of itself on its first page: its year, when it was issued, its title."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from scoring.base.findings import Finding
from scoring.base.text import without_marks
from scoring.official.wording import plain
from scoring.plan.blocks import Block

_TITLE = re.compile(r"^(ke hoach|quyet dinh)\b")
_ABOUT_REFORM = re.compile(r"cai cach hanh chinh")
_YEAR = re.compile(r"nam\s+(20\d\d)")
# Who decides stands in capitals between the title of a decision and its reasons.
_AUTHORITY = re.compile(
    r"^(tong |pho )?(giam doc|chu tich|uy ban nhan dan|hoi dong nhan dan|bo truong|thu tuong"
    r"|cuc truong|chi cuc truong|truong ban|truong phong|chanh van phong)\b"
)
_ISSUED = re.compile(r",\s*ngày\s*(\d{1,2})?\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})", re.IGNORECASE)
_HEAD_LINES = 80
_TITLE_LINES = 4


@dataclass(frozen=True, slots=True)
class Heading:
    """The identity of a plan.

    Attributes
    ----------
    title : str
        The lines of the title, joined.
    year : int or None
        Year the plan is for; None when the first page does not say.
    issued_from, issued_on : date or None
        The first day it can have been issued, and the day itself when it is written; drafts often
        leave the day open.
    place : str
        Where the title stands.
    """

    title: str = ""
    year: int | None = None
    issued_from: dt.date | None = None
    issued_on: dt.date | None = None
    place: str = ""


def read_heading(blocks: Sequence[Block]) -> Heading:
    """Read title, year and date of issue from the first lines.

    Examples
    --------
    >>> lines = ["Sơn La, ngày tháng 01 năm 2022", "KẾ HOẠCH", "Cải cách hành chính năm 2022"]
    >>> heading = read_heading([Block((text,), False, i, f"dòng {i}") for i, text in enumerate(lines)])
    >>> heading.year, heading.issued_from.isoformat(), heading.issued_on is None
    (2022, '2022-01-01', True)
    """
    texts = [plain(block.text) for block in blocks[:_HEAD_LINES] if not block.is_row]
    places = [block.place for block in blocks[:_HEAD_LINES] if not block.is_row]
    issued_from, issued_on = _issued(texts)
    for index in title_lines(texts):
        title = " ".join(_title_part(texts[index : index + _TITLE_LINES]))
        if year := _YEAR.search(without_marks(title)):
            return Heading(title, int(year[1]), issued_from, issued_on, places[index])
    return Heading("", None, issued_from, issued_on)


def title_lines(texts: Sequence[str]) -> list[int]:
    """Return the lines on which the title of a reform plan begins."""
    found = []
    for index, text in enumerate(texts):
        ahead = without_marks(" ".join(_title_part(texts[index : index + _TITLE_LINES])))
        if text[:2].isupper() and _TITLE.match(ahead) and _ABOUT_REFORM.search(ahead):
            found.append(index)
    return found


def _title_part(texts: Sequence[str]) -> list[str]:
    """Return the lines up to who decides, the reasons ("Căn cứ ...") or a chapter."""
    kept: list[str] = []
    for text in texts:
        if re.match(r"^(căn cứ|theo đề nghị|điều \d|[IVX]+\.|\d+\.)", text, re.IGNORECASE):
            break
        if kept and _names_authority(text):
            break
        kept.append(text)
    return kept


def _names_authority(text: str) -> bool:
    # A wrapped title may break before the name of its institution; then the year follows it.
    words = without_marks(text)
    return text.isupper() and bool(_AUTHORITY.match(words)) and not _YEAR.search(words)


def _issued(texts: Sequence[str]) -> tuple[dt.date | None, dt.date | None]:
    for text in texts:
        match = _ISSUED.search(text)
        if not match or len(text) > 80:
            continue
        try:
            first = dt.date(int(match[3]), int(match[2]), int(match[1] or 1))
        except ValueError:
            continue
        return first, first if match[1] else None
    return None, None


def heading_findings(heading: Heading) -> list[Finding]:
    """Return what the first page leaves open."""
    findings = []
    if heading.year is None:
        findings.append(Finding("plan-year-missing"))
    if heading.issued_on is None:
        findings.append(Finding("plan-issue-date-missing", cell=heading.place))
    return findings

"""Plain text in UTF-8, or UTF-16 with its mark."""

from __future__ import annotations

from scoring.base.findings import Finding
from scoring.files.limits import UTF16_MARKS
from scoring.files.office.content import Content, ReadingLimits, plain_section


def read_text(data: bytes, limits: ReadingLimits, file: str = "") -> Content:
    """Read a text as one paragraph; any other encoding is reported, not guessed."""
    decoded = decoded_text(data)
    if decoded is None:
        return Content("txt", findings=(Finding("document-encoding", file),))
    return Content("txt", (plain_section(decoded),))


def decoded_text(data: bytes) -> str | None:
    """Return `data` with one kind of line end if it is UTF-8 or marked UTF-16, else None."""
    encoding = "utf-16" if data.startswith(UTF16_MARKS) else "utf-8-sig"
    try:
        return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        return None

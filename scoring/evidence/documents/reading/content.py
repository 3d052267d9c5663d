"""What a reader returns, and the limits it reads under."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from scoring.base.findings import Finding


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """How much of one file is read; what lies beyond is reported, never silently dropped.

    Attributes
    ----------
    bytes : int
        Largest file that is opened at all.
    pages : int
        Pages of a PDF, sheets of a workbook.
    letters : int
        Characters of text kept.
    seconds : float
        Wall time one file may take in its child process.
    memory_bytes : int
        Address space of the child process, where the system can cap it.
    """

    bytes: int = 100_000_000
    pages: int = 300
    letters: int = 2_000_000
    seconds: float = 30.0
    memory_bytes: int = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text with its place: page number, sheet name or attachment name."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """The text of one document in its sections; `truncated` when a limit cut it short."""

    type: str
    sections: tuple[Section, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    truncated: bool = False

    @property
    def text(self) -> str:
        """All sections as one text."""
        return "\n".join(section.text for section in self.sections)


class TextBudget:
    """Counts letters while sections are collected and cuts at the limit."""

    def __init__(self, letters: int) -> None:
        self.left = letters
        self.cut = False

    def take(self, text: str) -> str:
        """Return as much of `text` as the budget still allows."""
        kept = text[: self.left]
        self.cut = self.cut or len(kept) < len(text)
        self.left -= len(kept)
        return kept

    def join(self, parts: Iterable[str], separator: str = "\n") -> str:
        """Join `parts` and stop drawing from them once the budget is spent."""
        kept: list[str] = []
        for part in parts:
            kept.append(self.take(part + separator))
            if self.left <= 0:
                self.cut = True
                break
        return "".join(kept)

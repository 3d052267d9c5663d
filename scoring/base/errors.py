"""Exceptions for programmers; people who fill workbooks get findings instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.base.findings import Finding


class ScoringError(Exception):
    """Base of every exception that the package raises on purpose.

    Bad input from people gives findings instead; these are for the programmer, or for a file
    that cannot be read at all (`UnreadableError`, which carries the finding).

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> try:
    ...     open_set("no-such-set")
    ... except ScoringError as error:
    ...     print(type(error).__name__, error.finding.code)
    UnreadableError set-unknown
    """


class UsageError(ScoringError):
    """The call itself is wrong: an unknown name, a missing argument.

    Where people may choose the name, `finding` says it in their language.
    """

    def __init__(self, message: str, finding: Finding | None = None) -> None:
        super().__init__(message)
        self.finding = finding


class TableError(UsageError):
    """A table handed over is not what it should be; the message names everything wrong with it."""


class FileError(ScoringError):
    """A file cannot be read or written; `finding` says why to the person who can mend it."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.text("en"))
        self.finding = finding

    def __reduce__(self) -> tuple[type[FileError], tuple[Finding]]:
        # An error of another process comes back with its finding; its text alone would not make one.
        return type(self), (self.finding,)


class UnreadableError(FileError):
    """A file cannot be read at all; `finding` says why to the person who sent it."""


class FindingsError(ScoringError):
    """What was handed over cannot be used; `findings` says all that is wrong with it."""

    def __init__(self, message: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


class CriteriaError(FindingsError):
    """A criteria set has errors and cannot score; `findings` lists all of them."""


class SurveyError(FindingsError):
    """The design or the totals of a survey allow no estimate; `findings` lists why."""


class FormulaError(ScoringError):
    """A formula of a criteria set is refused; `position` counts characters from 1."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


class IncompleteError(ScoringError):
    """A figure was asked for that needs items that are not assessed yet."""


class OutputError(FileError):
    """A result cannot be written: the folder is read-only or the file is open elsewhere."""

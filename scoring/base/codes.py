"""Codes as cells hold them, numbers and dates that a spreadsheet made of them included."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Real

from scoring.base.text import clean_text, sorted_codes

_NUMBER = re.compile(r"\d{1,15}(\.\d{1,15})?", re.ASCII)
_WHOLE = re.compile(r"(\d{1,15})\.0", re.ASCII)


@dataclass(frozen=True, slots=True)
class CodeReading:
    """What a cell says as a code.

    Attributes
    ----------
    code : str
        Empty where it cannot be told; a text that is no code of the set comes back as typed.
    problem : str or None
        None, or a finding code: ``"code-as-number"`` (understood all the same),
        ``"ambiguous-code"`` or ``"unknown-code"``.
    candidates : tuple of str
        The codes a number or date can stand for, in order.
    """

    code: str
    problem: str | None = None
    candidates: tuple[str, ...] = ()


class KnownCodes:
    """The codes of a set, by which cells are read.

    Parameters
    ----------
    codes : iterable of str

    Examples
    --------
    >>> known = KnownCodes(["1", "1.1", "1.10", "1.2", "2"])
    >>> [known.read(cell).code for cell in ("1.10", " 1.2. ", 2.0, "2.0", "9.9")]
    ['1.10', '1.2', '2', '2', '9.9']
    >>> known.read(1.2), known.read(1.1).candidates
    (CodeReading(code='1.2', problem='code-as-number', candidates=('1.2',)), ('1.1', '1.10'))
    """

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = frozenset(codes)
        by_number: dict[float, list[str]] = {}
        for code in sorted_codes(self.codes):
            if _NUMBER.fullmatch(code):
                by_number.setdefault(float(code), []).append(code)
        self._by_number: Mapping[float, list[str]] = by_number

    def read(self, cell: object) -> CodeReading:
        """Read one cell: a text, a number, a date or nothing."""
        if cell is None or cell != cell:
            return CodeReading("")
        if isinstance(cell, str):
            return CodeReading(self._of_text(cell))
        found = tuple(sorted_codes(self._candidates(cell)))
        if len(found) != 1:
            return CodeReading("", "ambiguous-code" if found else "unknown-code", found)
        is_whole = isinstance(cell, Real) and found[0] == f"{cell:.0f}"
        return CodeReading(found[0]) if is_whole else CodeReading(found[0], "code-as-number", found)

    def _of_text(self, cell: str) -> str:
        text = clean_text(cell)
        trimmed = text.rstrip(".").replace(" ", "")
        if trimmed in self.codes:
            return trimmed
        # A column of whole numbers that some program wrote as decimals.
        whole = _WHOLE.fullmatch(text)
        return whole[1] if whole and whole[1] in self.codes else text

    def _candidates(self, cell: object) -> list[str]:
        if isinstance(cell, dt.date):
            # "1.2" typed into a cell that is not text turns into the first of February.
            typed = (f"{cell.day}.{cell.month}", f"{cell.month}.{cell.day}")
            full = (f"{cell.day}.{cell.month}.{cell.year % 100}",)
            return [code for code in dict.fromkeys((*full, *typed)) if code in self.codes]
        if isinstance(cell, Real) and not isinstance(cell, bool):
            return self._by_number.get(float(cell), [])
        return []

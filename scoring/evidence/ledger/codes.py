"""Item codes as cells hold them, numbers and dates that Excel made of them included."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from scoring.base.text import clean_text, sorted_codes
from scoring.evidence.ledger.stack import Stack
from scoring.files.cells import CellValue

INDEX_CODE = "INDEX"


class CodeReader:
    """Reads the codes of one set.

    Parameters
    ----------
    codes : iterable of str
        The codes there are.

    Attributes
    ----------
    unresolved : set of (ledger, code)
        Codes that an ambiguous cell of a ledger may mean.
    refused : set of int
        Rows whose code has its finding already.
    """

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = frozenset(codes)
        by_number: dict[float, list[str]] = {}
        for code in self.codes:
            try:
                by_number.setdefault(float(code), []).append(code)
            except ValueError:
                continue
        self._by_number: Mapping[float, list[str]] = by_number
        self.unresolved: set[tuple[int, str]] = set()
        self.refused: set[int] = set()

    def read(self, stack: Stack, key: str) -> list[str]:
        """Return a column as codes; what is no code of the set comes back as typed."""
        known = self.codes
        return [
            value if type(value) is str and value in known else self._slow(value, stack, at, key)
            for at, value in enumerate(stack.columns[key])
        ]

    def _slow(self, value: CellValue, stack: Stack, at: int, key: str) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            text = clean_text(value)
            trimmed = text.rstrip(".").replace(" ", "")
            return trimmed if trimmed in self.codes else text
        candidates = self._candidates(value)
        shown = value if isinstance(value, dt.date) else str(value)
        if isinstance(value, float) and value == int(value) and candidates == [str(int(value))]:
            return candidates[0]
        expected = ", ".join(sorted_codes(candidates))
        if len(candidates) == 1:
            stack.report("code-as-number", at, key, candidates[0], value=shown, expected=expected)
            return candidates[0]
        self.refused.add(at)
        self.unresolved.update((stack.owners[at], code) for code in candidates)
        code = "ambiguous-code" if candidates else "unknown-code"
        stack.report(code, at, key, value=shown, expected=expected)
        return ""

    def _candidates(self, value: CellValue) -> list[str]:
        if isinstance(value, bool):
            return []
        if isinstance(value, float):
            return self._by_number.get(value, [])
        if isinstance(value, dt.date):
            # "1.2" typed into a cell that is not text turns into the first of February.
            typed = (f"{value.day}.{value.month}", f"{value.month}.{value.day}")
            full = (f"{value.day}.{value.month}.{value.year % 100}",)
            return [code for code in dict.fromkeys((*full, *typed)) if code in self.codes]
        return []

"""The columns of item codes in ledgers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

from scoring.base.codes import KnownCodes
from scoring.evidence.ledger.reading.sheet_rows import SheetRows
from scoring.files.excel.cells import CellValue


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
        self._known = _known_codes(frozenset(codes))
        self.unresolved: set[tuple[int, str]] = set()
        self.refused: set[int] = set()

    def read(self, stack: SheetRows, key: str) -> list[str]:
        """Return a column as codes; what is no code of the set comes back as typed."""
        known = self._known.codes
        return [
            value if type(value) is str and value in known else self._slow(value, stack, at, key)
            for at, value in enumerate(stack.columns[key])
        ]

    def _slow(self, value: CellValue, stack: SheetRows, at: int, key: str) -> str:
        reading = self._known.read(value)
        if reading.problem is None:
            return reading.code
        values = {
            "value": value if isinstance(value, dt.date) else str(value),
            "expected": ", ".join(reading.candidates),
        }
        stack.report(reading.problem, at, key, reading.code, **values)
        if not reading.code:
            self.refused.add(at)
            self.unresolved.update((stack.owners[at], code) for code in reading.candidates)
        return reading.code


@lru_cache(maxsize=8)
def _known_codes(codes: frozenset[str]) -> KnownCodes:
    """Return what codes are told by, put in order once for all ledgers of a set."""
    return KnownCodes(codes)

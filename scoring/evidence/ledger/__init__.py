"""Ledgers: the workbooks in which units report figures, evidence, plans and targets."""

from scoring.evidence.ledger.info import LedgerInfo
from scoring.evidence.ledger.reading import Ledger, read_ledger, read_ledgers
from scoring.evidence.ledger.writing import new_ledger, write_ledger

__all__ = [
    "Ledger",
    "LedgerInfo",
    "new_ledger",
    "read_ledger",
    "read_ledgers",
    "write_ledger",
]

"""Ledgers: the workbooks in which units report figures, evidence, plans and targets."""

from scoring.evidence.ledger.annotate import annotate_ledger
from scoring.evidence.ledger.carry import CarriedForward, carry_forward
from scoring.evidence.ledger.decisions import decision_workbook, open_conflicts, read_decisions
from scoring.evidence.ledger.info import LedgerInfo
from scoring.evidence.ledger.intake import Ledger, read_ledger, read_ledgers
from scoring.evidence.ledger.making import new_ledger, write_ledger
from scoring.evidence.ledger.merge import Merge, merge_ledgers, merge_tables

__all__ = [
    "CarriedForward",
    "Ledger",
    "LedgerInfo",
    "Merge",
    "annotate_ledger",
    "carry_forward",
    "decision_workbook",
    "merge_ledgers",
    "merge_tables",
    "new_ledger",
    "open_conflicts",
    "read_decisions",
    "read_ledger",
    "read_ledgers",
    "write_ledger",
]

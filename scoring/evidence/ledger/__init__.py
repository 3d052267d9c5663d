"""Ledgers: the workbooks in which units report figures, evidence, plans and targets.

The public names are loaded when they are first used: who reads ledgers need not write any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.base.on_first_use import names_on_first_use

_HOMES = {
    "CarriedForward": "carry",
    "Ledger": "intake",
    "LedgerInfo": "reading.info",
    "Merge": "merge",
    "annotate_ledger": "annotate",
    "carry_forward": "carry",
    "decision_workbook": "decisions",
    "merge_ledgers": "merge",
    "merge_tables": "merge",
    "new_ledger": "making",
    "open_conflicts": "decisions",
    "read_decisions": "decisions",
    "read_ledger": "intake",
    "read_ledgers": "intake",
    "write_ledger": "making",
}

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

if TYPE_CHECKING:
    from scoring.evidence.ledger.annotate import annotate_ledger
    from scoring.evidence.ledger.carry import CarriedForward, carry_forward
    from scoring.evidence.ledger.decisions import decision_workbook, open_conflicts, read_decisions
    from scoring.evidence.ledger.intake import Ledger, read_ledger, read_ledgers
    from scoring.evidence.ledger.making import new_ledger, write_ledger
    from scoring.evidence.ledger.merge import Merge, merge_ledgers, merge_tables
    from scoring.evidence.ledger.reading.info import LedgerInfo

__getattr__ = names_on_first_use(__name__, _HOMES)

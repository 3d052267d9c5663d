"""What is taken from one ledger alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from scoring.base.dates import read_date
from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS, UnitKey
from scoring.criteria import CriteriaSet
from scoring.evidence.proof import keyed
from scoring.evidence.proof.document_dates import with_document_dates

if TYPE_CHECKING:
    from scoring.evidence.ledger import Ledger, LedgerInfo

KEYED = ("claims", "documents", "links", "tasks", "surveys", "appraisal")
TABLES = ("inputs", "targets", *KEYED, "ledger_units")
Seen = tuple[str, int, int, int]
"""A document that a ledger lists: its path, and its size and times of change as last seen; -1 where
it was not there."""


NO_UNIT = UnitKey("", 0)


@dataclass(frozen=True, slots=True)
class PartHead:
    """What a ledger says it is.

    Attributes
    ----------
    file : str
        Its name in findings.
    unit : UnitKey
        Year 0 and an empty code where the ledger could not be read.
    is_annotated : bool
        Whether it is a copy that we marked.
    content_digest : str
        The digest it states of itself once it is sealed.
    is_refused : bool
        Whether it could not be read; there is one finding, and no table.
    is_stretched : bool
        Whether one of its documents is linked to suspiciously many items.
    seen : tuple of Seen
        The documents whose files were looked at.
    """

    file: str
    unit: UnitKey = NO_UNIT
    is_annotated: bool = False
    content_digest: str = ""
    is_refused: bool = False
    is_stretched: bool = False
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True)
class LedgerPart:
    """One ledger, taken in.

    Attributes
    ----------
    head : PartHead
    findings : tuple of Finding
    tables : mapping of str to DataFrame
        Some of `TABLES`, with the key of the unit, and ``verdicts`` where its proof was judged.
        Documents are without ``folder``, which is known where the part is used.
    """

    head: PartHead
    findings: tuple[Finding, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; one without columns where the ledger has none."""
        return self.tables.get(name, pd.DataFrame())


def read_part(ledger: Ledger, criteria: CriteriaSet) -> LedgerPart:
    """Return what a ledger that was read says by itself, before anybody looks at its documents."""
    info = ledger.info
    unit = UnitKey(info.unit_code, info.year, info.period)
    inputs, problems = with_document_dates(criteria, ledger)
    tables = {name: _keyed(getattr(ledger, name), unit) for name in KEYED}
    prepared = read_date(info.prepared_on).value
    tables["ledger_units"] = pd.DataFrame([unit]).assign(prepared_on=prepared)
    tables |= {"inputs": inputs, "targets": ledger.targets}
    head = PartHead(info.file, unit, info.is_annotated, info.content_digest)
    return LedgerPart(head, (*ledger.findings, *problems, *_of_its_form(info, criteria)), tables)


def _of_its_form(info: LedgerInfo, criteria: CriteriaSet) -> list[Finding]:
    """Say of a ledger that a form saved whether the form was one that this version writes."""
    if not info.form_digest:
        return []
    # Imported where it is needed: most ledgers never saw a form.
    from scoring.form.form_check import ledger_form_findings

    return ledger_form_findings(info, criteria)


def _keyed(table: pd.DataFrame, unit: UnitKey) -> pd.DataFrame:
    """Return a table of one ledger with the key of its unit, which most have already."""
    return table if table.columns.isin(KEY_COLUMNS).sum() == 3 else keyed(table, unit)


def refused(file: str, finding: Finding) -> LedgerPart:
    """Return the part of a ledger that could not be read."""
    return LedgerPart(PartHead(file, is_refused=True), (finding,))

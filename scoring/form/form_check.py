"""Whether the form that a ledger came from is the one that this version writes for its set.

The page computes the digest of its own script and data, and its ledger carries it. That catches a
form that was edited, cut or mixed up on its way. Whoever rewrites the form on purpose can let it
state the right digest, so points are computed anew from the figures, whatever is found here.
"""

from __future__ import annotations

from scoring.base.findings import Finding
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger import LedgerInfo
from scoring.evidence.ledger.layout import MACHINE_SHEET
from scoring.files.sealed.manifest import about
from scoring.form.form_page import form_digest


def ledger_form_findings(info: LedgerInfo, criteria: CriteriaSet) -> list[Finding]:
    """Return what is to be said of the form that saved a ledger; nothing where none did.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> criteria, ours = open_set("service-quality-766"), about()["package"]
    >>> info = LedgerInfo("so.xlsx", form_digest="ab12", form_engine=ours)
    >>> [found.code for found in ledger_form_findings(info, criteria)]
    ['form-altered']
    """
    if not info.form_digest:
        return []
    place = (MACHINE_SHEET, "", info.unit_code)
    engine = about()["package"]
    # Another version of the set has its own finding, and its form cannot be written again here.
    is_other_set = info.set_fingerprint not in ("", criteria.fingerprint)
    if info.form_engine != engine or is_other_set:
        values = {"value": info.form_engine, "expected": engine}
        return [Finding("form-of-other-version", info.file, *place, values=values)]
    expected = form_digest(criteria)
    if info.form_digest == expected:
        return []
    values = {"value": info.form_digest[:16], "expected": expected[:16]}
    return [Finding("form-altered", info.file, *place, values=values)]

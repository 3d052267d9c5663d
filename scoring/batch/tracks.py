"""What ledgers claim and what their documents support, beside what the rules compute."""

from __future__ import annotations

import pandas as pd

from scoring.analysis import with_lead_units
from scoring.base.findings import Finding
from scoring.batch.proof import UNIT_JOINT, proof_states
from scoring.batch.reading import Intake
from scoring.plan import linked_items
from scoring.points import ScoreSheet
from scoring.points.proof import with_claims, with_proof


def with_evidence(
    sheet: ScoreSheet, intake: Intake, lang: str = "vi"
) -> tuple[ScoreSheet, list[Finding]]:
    """Add what ledgers claim and what their documents support; long tables say nothing of it."""
    findings: list[Finding] = []
    if len(intake.claims):
        sheet, findings = with_claims(sheet, intake.claims)
    if len(intake.ledger_units):
        states = proof_states(
            intake.criteria, intake.ledger_units, intake.documents, intake.links, lang=lang
        )
        sheet = with_proof(sheet, states) if len(states) else sheet
    return sheet, findings


def with_planned_leads(gaps: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Fill `lead_unit` and `due_on` of gaps from the plans that ledgers carry.

    Parameters
    ----------
    gaps : DataFrame
        Table ``Gaps``.
    tasks : DataFrame
        Table ``PlanTasks`` of all ledgers with ``unit_code``.

    See Also
    --------
    scoring.analysis.with_lead_units : the same for one unit, with the links given.
    """
    if gaps.empty or tasks.empty:
        return gaps
    # People number tasks as they like, so a code may stand twice; the row makes it unique.
    units, rows = tasks["unit_code"].astype("str"), pd.Series(range(len(tasks)), tasks.index)
    owned = tasks.assign(task_code=units + UNIT_JOINT + rows.astype("str"))
    pairs = [(task, _of_unit(task, code)) for task, code in linked_items(owned)]
    links = pd.DataFrame(pairs, columns=["task_code", "item_code"], dtype="str")
    codes = gaps["unit_code"].astype("str") + UNIT_JOINT + gaps["item_code"]
    found = with_lead_units(gaps.assign(item_code=codes), owned, links)
    return found.assign(item_code=gaps["item_code"])


def _of_unit(task: str, code: str) -> str:
    return task.partition(UNIT_JOINT)[0] + UNIT_JOINT + code

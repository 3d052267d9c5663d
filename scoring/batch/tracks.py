"""What ledgers claim and what their documents support, beside what the rules compute."""

from __future__ import annotations

import pandas as pd

from scoring.base.findings import Finding
from scoring.batch.proof import proof_states
from scoring.batch.reading import Intake
from scoring.outputs.content.tasks import TaskDeadline, task_deadlines
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


def with_lead_units(gaps: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Fill `lead_unit` and `due_on` of gaps from the ledgers' own plans.

    Parameters
    ----------
    gaps : DataFrame
        Table ``Gaps``.
    tasks : DataFrame
        Table ``PlanTasks`` of all ledgers with ``unit_code``. A task that names a criterion or an
        area serves every item below it; the nearest deadline counts.
    """
    if gaps.empty or tasks.empty:
        return gaps
    plans = {str(unit): task_deadlines(rows) for unit, rows in tasks.groupby("unit_code")}
    pairs = zip(gaps["unit_code"], gaps["item_code"], strict=True)
    found = [_serving(plans.get(unit, {}), code) for unit, code in pairs]
    days = pd.Series([task.due_on for task in found], gaps.index, dtype="object")
    return gaps.assign(
        lead_unit=pd.Series([task.lead_unit for task in found], gaps.index, dtype="str"),
        due_on=pd.to_datetime(days).astype("datetime64[s]"),
    )


def _serving(plan: dict[str, TaskDeadline], code: str) -> TaskDeadline:
    """Return the task of the item itself, else of the nearest node above it."""
    while code and code not in plan:
        code = code.rpartition(".")[0]
    return plan.get(code, TaskDeadline("", None))

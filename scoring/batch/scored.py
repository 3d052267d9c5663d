"""From what was read to points on every track: one way for every verb."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from scoring.base.findings import Finding
from scoring.batch.submissions import Intake
from scoring.points import ScoreSheet, score
from scoring.points.decision_checks import decisions_in_ledgers
from scoring.points.proof import with_tracks
from scoring.points.tracks import with_decisions


def scored(intake: Intake) -> tuple[ScoreSheet, list[Finding]]:
    """Score what was read, with what is claimed, supported, sampled and decided.

    Decisions are those of the journal and those on the sheets ``Thẩm định`` of the ledgers.

    Returns
    -------
    ScoreSheet
        On the track ``computed``; ask for another by `on_track`.
    list of Finding
        Those of the tracks; the sheet holds its own.
    """
    told = (intake.claims, intake.proof, intake.surveys)
    sheet, findings = with_tracks(score(intake.inputs, intake.criteria), *told)
    if intake.journal_head:
        sheet = replace(sheet, journal_head=intake.journal_head)
    parts = [intake.journal] if len(intake.journal) else []
    if len(intake.appraisal):
        parts.append(decisions_in_ledgers(intake.appraisal))
    if not parts:
        return sheet, findings
    # A column that one source lacks is empty there, text as text.
    decisions = pd.concat(parts, ignore_index=True)
    texts = decisions.select_dtypes(exclude=["number", "datetime"]).columns
    decisions = decisions.assign(**{name: decisions[name].fillna("") for name in texts})
    sheet, problems = with_decisions(sheet, decisions, intake.appraisal)
    return sheet, [*findings, *problems]

"""From what was read to points on every track: one way for every verb."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pandas as pd

from scoring.analysis.targets import check_targets
from scoring.base.findings import Finding
from scoring.batch.submissions import Intake
from scoring.files.children.free_memory import give_back_memory
from scoring.outputs.result import Result
from scoring.points import ScoreSheet, score
from scoring.points.decision_checks import decisions_in_ledgers
from scoring.points.proof import with_tracks
from scoring.points.sheet import COMPUTED
from scoring.points.tracks import with_decisions


def compute(
    intake: Intake,
    targets: pd.DataFrame | None = None,
    lang: str = "vi",
    track: str = COMPUTED,
    on: dt.date | None = None,
    *,
    with_places: float = math.inf,
) -> Result:
    """Score what was read and find the gaps.

    Parameters
    ----------
    intake : Intake
    targets : DataFrame, optional
        The table ``Targets``, besides those the ledgers bring.
    lang : str
        Language of names in the gap table.
    track : str
        Whose points the result is of, one of ``TRACKS``.
    on : date, optional
        The day the next steps are for; without it nothing depends on the day.
    with_places : float
        Of more units than these the sheet does not hold on to the rows that figures were read
        from, and gaps are packed (see `gap_table`).

    Raises
    ------
    UsageError
        Where there are no points on `track`.

    Examples
    --------
    >>> from scoring.batch.submissions import read_files
    >>> from scoring.criteria import open_set
    >>> from scoring.files.shipped import shipped_folder
    >>> figures = shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv"
    >>> result = compute(read_files([figures], open_set("service-quality-766")))
    >>> result.sheet.scores.query("code == 'INDEX'")["points"].tolist(), len(result.gaps)
    ([61.89], 15)
    """
    # What an item would earn takes long to load, and checking alone asks for none of it.
    from scoring.analysis import gap_table, with_planned_leads

    sheet, accepted, found = judged(intake, targets, track)
    tasks, days = intake.tasks, intake.data_days
    # Of thousands of units what was read takes as much room as what follows from it.
    del intake
    is_light = len(sheet.units) > with_places
    if is_light:
        sheet = without_places(sheet)
        give_back_memory()
    gaps = gap_table(sheet, accepted, lang, on=on, is_packed=is_light)
    gaps = with_planned_leads(gaps, tasks)
    return Result(sheet, gaps, accepted, found, days)


def judged(
    intake: Intake, targets: pd.DataFrame | None = None, track: str = COMPUTED
) -> tuple[ScoreSheet, pd.DataFrame, tuple[Finding, ...]]:
    """Score what was read, without its gaps; returns sheet, targets accepted and all findings.

    Raises
    ------
    UsageError
        As `compute` does.
    """
    sheet, doubts = scored(intake)
    sheet = sheet.on_track(track)
    accepted, problems = check_targets(_wanted(targets, intake.targets), sheet)
    shared = tuple(intake.proof.reused()) if intake.proof else ()
    return sheet, accepted, (*intake.findings, *sheet.findings, *doubts, *shared, *problems)


def _wanted(targets: pd.DataFrame | None, told: pd.DataFrame) -> pd.DataFrame:
    if targets is None:
        return told
    return pd.concat([targets, told], ignore_index=True) if len(told) else targets


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


def without_places(sheet: ScoreSheet) -> ScoreSheet:
    """Return a sheet, and all its tracks, without the rows that figures were read from.

    Only pages of units tell the places of these rows.
    """
    figures = sheet.figures
    # A slice, even of no rows, would hold on to all of them.
    light = replace(sheet, figures=replace(figures, source=figures.source.iloc[[]]))
    if sheet.origin is not None:
        light = replace(light, origin=without_places(sheet.origin))
    if sheet.decided is not None:
        tracks = {track: without_places(own) for track, own in sheet.decided.sheets.items()}
        light = replace(light, decided=replace(sheet.decided, sheets=tracks))
    return light

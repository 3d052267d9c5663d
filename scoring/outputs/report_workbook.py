"""The result workbook: headline, all points, lost points, what to do; ready to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.findings import Finding, findings_frame
from scoring.files.atomic import write_atomically
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.outputs.content.run_tables import RunTables
from scoring.outputs.content.target_rows import PlanTargets
from scoring.outputs.content.told_apart import ToldApart
from scoring.outputs.report_formulas import Formulas
from scoring.outputs.report_sheets import (
    write_findings_sheet,
    write_gaps_sheet,
    write_scores_sheet,
)
from scoring.outputs.report_summary import write_charts_sheet, write_summary_sheet
from scoring.outputs.report_tracks import write_tracks_sheet
from scoring.outputs.target_workbook import write_targets_sheet
from scoring.outputs.theme import ChartContext
from scoring.tables import checked


def report_workbook(
    scores: pd.DataFrame,
    gaps: pd.DataFrame,
    findings: pd.DataFrame | Iterable[Finding],
    items: pd.DataFrame,
    targets: pd.DataFrame | None = None,
    *,
    grades: Mapping[Any, str] | None = None,
    context: ChartContext | None = None,
    roll_up: Formulas | None = None,
    tracks: pd.DataFrame | None = None,
    apart: ToldApart | None = None,
    plan: PlanTargets | None = None,
) -> bytes:
    """Return ``report.xlsx`` for one unit or many.

    Parameters
    ----------
    scores, gaps, items, targets : DataFrame
        Tables ``Scores``, ``Gaps``, ``Items`` and ``Targets``.
    findings : DataFrame or iterable of Finding
        Table ``Findings``, or the findings, worded in the language of `context`.
    grades : mapping, optional
        Grade by ``unit_code`` or by the key of the unit, where the set has grade bands.
    context : ChartContext, optional
        Language, source line, names of units, status of the set.
    roll_up : callable, optional
        Makes the points of roll-up rows live formulas; see `report_formulas.roll_up_of`. The value
        that Python computed is the cached result, and a formula that would not give it is not
        written. The summary of one unit then refers to those cells.
    tracks : DataFrame, optional
        Table ``Tracks`` of the units, for a sheet with the points of all tracks side by side.
    apart : ToldApart, optional
        Which of many units surveys do not tell apart, for columns of the first sheet.
    plan : PlanTargets, optional
        The targets of the unit's plan against their results, for a sheet of their own.

    Returns
    -------
    bytes
        The same tables give the same bytes. Text is never a formula; a missing figure is an
        empty cell with its status beside it, never 0.
    """
    context = context or ChartContext()
    if not isinstance(findings, pd.DataFrame):
        findings = findings_frame(findings, context.lang)
    given = {"Scores": scores, "Gaps": gaps, "Findings": findings, "Items": items}
    for name, table in given.items():
        checked(table, name, by="report_workbook")
    tables = (scores, gaps, findings, items, targets)
    report = RunTables(*tables, grades or {}, context, apart or ToldApart())
    book = SafeWorkbook({"title": context.say("report_title"), "subject": context.set_name})
    write_summary_sheet(book, report, is_live=roll_up is not None)
    if report.has_many_units:
        write_charts_sheet(book, report)
    write_scores_sheet(book, report, roll_up)
    write_gaps_sheet(book, report, is_live=roll_up is not None)
    if tracks is not None:
        write_tracks_sheet(book, report, tracks)
    if plan is not None:
        write_targets_sheet(book, plan.rows, plan.sentence, "", context.lang)
    write_findings_sheet(book, report)
    return book.to_bytes()


def write_report_workbook(path: Path | str, workbook: bytes) -> Path:
    """Write what `report_workbook` returned to `path`, all of it or nothing.

    Raises
    ------
    OutputError
        When the folder is read-only or the file is open in another program.
    """
    write_atomically(Path(path), workbook)
    return Path(path)

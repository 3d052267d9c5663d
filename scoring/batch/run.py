"""The main job: figures in, scores, gaps, charts, reports and a manifest out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.units import unit_keys
from scoring.batch.scored import compute
from scoring.files.sealed.manifest import MANIFEST_NAME
from scoring.files.table_files import Dialect
from scoring.outputs.charts.area_bars import area_bars
from scoring.outputs.charts.heatmap import heatmap
from scoring.outputs.charts.lost_points import lost_points
from scoring.outputs.charts.points_at_risk import points_at_risk
from scoring.outputs.charts.proof_coverage import proof_coverage
from scoring.outputs.charts.trend import MOST_ROWS, trend, trend_table
from scoring.outputs.charts.waterfall import waterfall
from scoring.outputs.content.set_identity import chart_context, grade_name
from scoring.outputs.content.told_apart import told_apart
from scoring.outputs.content.unit_report import by_key
from scoring.outputs.images import ChartJob, save_charts
from scoring.outputs.machine import write_table, write_tables
from scoring.outputs.naming import file_stems
from scoring.outputs.pack import Result, write_report
from scoring.outputs.report_formulas import roll_up_of
from scoring.outputs.report_workbook import report_workbook, write_report_workbook
from scoring.outputs.results_manifest import results_folder, run_facts
from scoring.outputs.theme import ChartContext, ChartFigure
from scoring.points.proof import proof_table
from scoring.points.tracks import tracks_table

__all__ = ["Result", "compute", "write_outputs"]

# One picture set per unit up to here; above it, charts are drawn when somebody asks for a unit.
MAX_UNITS_WITH_CHARTS = 200


def write_outputs(
    result: Result,
    folder: Path,
    inputs: list[Path],
    *,
    lang: str = "vi",
    dialect: Dialect = "plain",
    replace: bool = False,
) -> list[Path]:
    """Write tables, charts, the result workbook and the manifest into `folder`, all or nothing.

    Parameters
    ----------
    result : Result
    folder : Path
        Made when missing; it belongs to the run (`scoring.outputs.results_manifest`).
    inputs : list of Path
        What the run was given; their hashes go into the manifest.
    lang, dialect : str
        Language of what people read; form of the CSV files.
    replace : bool
        Write over files that no run made; they are kept beside, ending in ``.bak``.

    Returns
    -------
    list of Path

    Raises
    ------
    OutputError
        When the folder is in use, holds files of others by the same names, or is read-only.
    """
    with results_folder(folder, inputs, run_facts(result.sheet), "score", replace=replace) as new:
        written = _write_all(result, new, lang, dialect)
    return [folder / path.relative_to(new) for path in written] + [folder / MANIFEST_NAME]


def _write_all(result: Result, folder: Path, lang: str, dialect: Dialect) -> list[Path]:
    sheet, meta = result.sheet, result.sheet.criteria.meta
    tables = (sheet.scores, result.gaps, result.findings)
    written = write_tables(*tables, folder, dialect, decimals=meta.decimals, lang=lang)
    if sheet.shows_tracks:
        written.append(write_table(tracks_table(sheet), "Tracks", folder, meta.decimals, dialect))
    context = chart_context(sheet, lang)
    written += save_charts(_charts(result, folder / "charts", context))
    written.append(_report_workbook(result, folder, context))
    # ``report.html`` is the unit's own page, or the league table with a page per unit.
    pages: list[str] | None = [] if len(sheet.units) > MAX_UNITS_WITH_CHARTS else None
    return written + write_report(
        result, folder, lang, units=pages, formats=("html",), home="report.html"
    )


def _charts(result: Result, folder: Path, context: ChartContext) -> Iterator[ChartJob]:
    sheet, items = result.sheet, result.sheet.criteria.items
    units = unit_keys(sheet.units)
    stems = file_stems(units)
    if len(units) > 1:
        yield ChartJob(heatmap, folder / "heatmap", (sheet.scores, items), {"context": context})
    yield from _trends(sheet.scores, folder, context)
    if len(units) > MAX_UNITS_WITH_CHARTS:
        return
    scores, gaps, proofs = by_key(sheet.scores), by_key(result.gaps), by_key(proof_table(sheet))
    for unit in units:
        stem = folder if len(units) == 1 else folder / stems[unit]
        mine = gaps.get(unit, result.gaps.iloc[:0])
        lost = mine[mine["kind"] != "at-risk"]
        charts: dict[str, tuple[Callable[..., ChartFigure], tuple[Any, ...]]] = {
            "area-points": (area_bars, (scores[unit], items, result.targets)),
            "waterfall": (waterfall, (scores[unit], items)),
            "lost-points": (lost_points, (lost, items)),
        }
        if unit in proofs:
            charts["proof-coverage"] = (proof_coverage, (proofs[unit], items))
            charts["points-at-risk"] = (points_at_risk, (mine,))
        for name, (draw, tables) in charts.items():
            yield ChartJob(draw, stem / name, tables, {"unit_code": unit, "context": context})


def _trends(scores: pd.DataFrame, folder: Path, context: ChartContext) -> Iterator[ChartJob]:
    """Draw the units that the run has several periods of, a page for every few of them."""
    lines = trend_table(scores, context)["series"].nunique()
    for page, first in enumerate(range(0, lines, MOST_ROWS), 1):
        about = {"context": context, "first_row": first}
        yield ChartJob(
            trend, folder / ("trend" if page == 1 else f"trend-{page}"), (scores,), about
        )


def _report_workbook(result: Result, folder: Path, context: ChartContext) -> Path:
    sheet, criteria = result.sheet, result.sheet.criteria
    reached = zip(sheet.keys, sheet.index["grade"], strict=True)
    grades = {key: grade_name(criteria, grade, context.lang) for key, grade in reached}
    tables = (sheet.scores, result.gaps, result.findings, criteria.items, result.targets)
    formulas = roll_up_of(criteria)
    tracks = tracks_table(sheet) if sheet.shows_tracks else None
    about: dict[str, Any] = {"grades": grades, "context": context, "roll_up": formulas}
    about["apart"] = told_apart(sheet, context.lang)
    workbook = report_workbook(*tables, **about, tracks=tracks)
    return write_report_workbook(folder / "report.xlsx", workbook)

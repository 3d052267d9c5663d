"""The leadership pack: page, Word report, result workbook, PDF and slide of each unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.units import UnitKey
from scoring.files.atomic import write_atomically
from scoring.files.overwriting import note
from scoring.outputs.content import ReportContent, league, report_contents
from scoring.outputs.content.set_identity import chart_context
from scoring.outputs.content.target_rows import plan_targets
from scoring.outputs.content.unit_report import by_key, chosen_keys, concerns
from scoring.outputs.naming import file_stems
from scoring.outputs.page import league_page, report_page
from scoring.outputs.pdf import pdf_available
from scoring.outputs.processes import Progress, run_jobs
from scoring.outputs.province_report.province_content import ProvinceContent
from scoring.outputs.province_report.province_files import write_province
from scoring.outputs.report_formulas import Formulas, roll_up_of
from scoring.outputs.report_workbook import report_workbook
from scoring.outputs.result import Result
from scoring.points import ScoreSheet
from scoring.points.tracks import tracks_table

FORMATS = ("html", "docx", "xlsx", "pdf", "png", "pptx")
# Of what is told of all units together only.
_OF_ALL = frozenset({"pptx"})
# A process of its own costs two seconds to start; fewer units are made sooner without one. A page
# alone takes a tenth of a second, all files of a unit more than one.
_FEWEST_FOR_POOL, _FEWEST_PAGES = 8, 60


_Workbook = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class _Job:
    """The pack of one unit still to be made; it travels to another process."""

    content: ReportContent
    folder: Path
    formats: tuple[str, ...]
    home: str
    workbook: _Workbook

    def run(self) -> list[Path]:
        paths = []
        for kind in self.formats:
            if kind in _OF_ALL:
                continue
            path = self.folder / f"report.{kind}"
            write_atomically(path, self._made(kind))
            paths.append(path)
        return paths

    def _made(self, kind: str) -> bytes | str:
        # Each maker is loaded where it is used: a page alone does without matplotlib and Word.
        if kind == "html":
            return report_page(self.content, home=self.home)
        if kind == "docx":
            from scoring.outputs.word import word_report

            return word_report(self.content)
        if kind == "xlsx":
            tables, settings = self.workbook
            return report_workbook(*tables, **settings)
        if kind == "pdf":
            from scoring.outputs.pdf.unit_pdf import unit_pdf

            return unit_pdf(self.content)
        from scoring.outputs.onepage import onepage_png

        return onepage_png(self.content)


def write_report(
    result: Result,
    folder: Path | str,
    lang: str = "vi",
    *,
    units: Sequence[str | UnitKey] | None = None,
    formats: Sequence[str] = FORMATS,
    last_year: ScoreSheet | None = None,
    tasks: pd.DataFrame | None = None,
    as_of: dt.date | None = None,
    home: str = "index.html",
    province: ProvinceContent | None = None,
    plans: Mapping[str, pd.DataFrame] = MappingProxyType({}),
    workers: int | None = None,
    on_done: Progress | None = None,
) -> list[Path]:
    """Write the leadership pack of one unit or of many, each period of a unit in its own folder.

    Parameters
    ----------
    result : Result
    folder : Path
        One unit's files go here as ``report.html``, ``report.docx`` and so on. Many units get a
        league table `home` here and a folder each below ``units``.
    lang : str
        ``vi`` or ``en``.
    units : sequence of str or UnitKey, optional
        The units that get a pack, a code standing for all its periods; all without it. The league
        table always has every unit.
    formats : sequence of str
        Some of ``html``, ``docx``, ``xlsx``, ``pdf``, ``png`` and, of all units together,
        ``pptx``. Without the library that a PDF needs everything else is written and the person
        is told.
    last_year, tasks, as_of
        As for `scoring.outputs.content.report_content`.
    home : str
        Name of the league table, or of the page about all units.
    province : ProvinceContent, optional
        What to say of all units together. Their page `home` then holds all of it, and there are
        ``province.docx``, ``.xlsx``, ``.pdf`` and ``.pptx``; without it `home` is the league table alone.
    plans : mapping of str to DataFrame, optional
        Table ``TargetResults`` of the own plan of a unit, by its code.
    workers : int, optional
        Processes; by default one per core, and this process alone for a few units. The bytes do
        not depend on it.
    on_done : callable, optional
        See `scoring.outputs.processes.Progress`.

    Returns
    -------
    list of Path
        The files, in the order of the units.

    Raises
    ------
    UsageError
        For an unknown format or unit.
    OutputError
        When the folder is read-only or a file is open elsewhere.
    """
    if unknown := [kind for kind in formats if kind not in FORMATS]:
        known = ", ".join(FORMATS)
        raise UsageError(
            f"formats holds {unknown[0]!r}; known are: {known}",
            Finding("unknown-format", values={"format": unknown[0], "known": known}),
        )
    folder, sheet, asked = Path(folder), result.sheet, tuple(formats)
    if "pdf" in formats and not pdf_available():
        formats = [kind for kind in formats if kind != "pdf"]
        note(Finding("pdf-not-made"))
    everyone, chosen = chosen_keys(sheet, None), chosen_keys(sheet, units)
    stems = file_stems(everyone) if len(everyone) > 1 else {}
    paths: list[Path] = []
    # Of no unit at all: the rows of thousands are not made for pages that nobody asked for.
    if chosen:
        contents = report_contents(
            sheet, result.gaps, result.targets, result.findings, units=chosen, lang=lang,
            last_year=last_year, tasks=tasks, as_of=as_of, data_days=result.data_days,
        )  # fmt: skip
        contents = (replace(content, plan=plan_targets(plans.get(content.key.unit_code), lang))
                    for content in contents)  # fmt: skip
        jobs = _jobs(result, contents, folder, stems, tuple(formats), home)
        paths = run_jobs(
            jobs,
            len(chosen),
            workers=workers,
            on_done=on_done,
            fewest=_FEWEST_PAGES if set(formats) == {"html"} else _FEWEST_FOR_POOL,
        )
    links = {key: f"units/{stems[key]}/report.html" for key in chosen} if stems else {}
    if stems and province:
        return paths + write_province(province, folder, formats, links, home)
    if "pptx" in formats and asked != FORMATS:
        note(Finding("slides-need-several-units"))
    if stems and "html" in formats:
        write_atomically(folder / home, league_page(league(sheet, lang), links))
        paths.append(folder / home)
    return paths


def _jobs(
    result: Result,
    contents: Iterator[ReportContent],
    folder: Path,
    stems: dict[UnitKey, str],
    formats: tuple[str, ...],
    home: str,
) -> Iterator[_Job]:
    """Yield the packs to make; `stems` is empty where there is one unit."""
    sheet, is_wanted = result.sheet, "xlsx" in formats
    scores, gaps = (by_key(table) if is_wanted else {} for table in (sheet.scores, result.gaps))
    formulas = roll_up_of(sheet.criteria) if is_wanted else None
    tracks = by_key(tracks_table(sheet)) if is_wanted and sheet.shows_tracks else {}
    for content in contents:
        place = folder / "units" / stems[content.key] if stems else folder
        workbook: _Workbook = ((), {})
        if is_wanted:
            own_gaps = gaps.get(content.key, result.gaps.iloc[:0])
            own = scores[content.key], own_gaps, formulas, tracks.get(content.key)
            workbook = _workbook(result, content, *own)
        yield _Job(content, place, formats, f"../../{home}" if stems else "", workbook)


def _workbook(
    result: Result,
    content: ReportContent,
    scores: pd.DataFrame,
    gaps: pd.DataFrame,
    formulas: Formulas | None,
    tracks: pd.DataFrame | None,
) -> _Workbook:
    """Return what `report_workbook` makes the workbook of a unit of."""
    key, code, sheet = content.key, content.key.unit_code, result.sheet
    names = {code: content.unit_name}
    context = replace(chart_context(sheet, content.lang, key), unit_names=names)
    found = [finding for finding in result.findings if concerns(finding, key)]
    targets = result.targets[result.targets["unit_code"].isin(["", code])]
    grades = {key: content.headline.grade} if content.headline.grade else None
    about = {"grades": grades, "context": context, "roll_up": formulas, "tracks": tracks,
             "plan": content.plan}  # fmt: skip
    return (scores, gaps, found, sheet.criteria.items, targets), about

"""Writing the report of a survey: page, Word document and charts, of all units and of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.units import UnitKey
from scoring.files.atomic import write_atomically
from scoring.outputs.charts.surveys.survey_answers import survey_answers
from scoring.outputs.charts.surveys.survey_league import survey_league
from scoring.outputs.charts.surveys.survey_priorities import survey_priorities
from scoring.outputs.charts.surveys.survey_profile import survey_profile
from scoring.outputs.charts.surveys.survey_trend import survey_trend
from scoring.outputs.images import save_figure
from scoring.outputs.naming import file_stems
from scoring.outputs.processes import Progress
from scoring.outputs.survey_report.survey_content import SurveyContent, SurveyGiven, survey_content
from scoring.outputs.survey_report.survey_page import survey_page
from scoring.outputs.survey_report.survey_word import survey_word
from scoring.outputs.theme import ChartFigure

HOME = "report.html"


def write_survey_report(
    given: SurveyGiven,
    folder: Path,
    unit_code: str = "",
    *,
    each_unit: bool = False,
    on_done: Progress | None = None,
) -> list[Path]:
    """Write ``report.html``, ``report.docx`` and ``charts/*.png``; a page below ``units`` for each unit.

    Parameters
    ----------
    given : SurveyGiven
    unit_code : str
        The unit that is reported on; empty for all together.
    each_unit : bool
        Whether every unit has a page of its own besides.

    Returns
    -------
    list of Path
        The files.
    """
    content = survey_content(given, unit_code)
    pages = dict(survey_charts(content))
    first = {name: figures[0] for name, figures in pages.items()}
    paths = [folder / HOME, folder / "report.docx"]
    write_atomically(paths[0], survey_page(content, first))
    write_atomically(paths[1], survey_word(content, first))
    for name, figures in pages.items():
        for number, figure in enumerate(figures, start=1):
            stem = name.replace("_", "-") + (f"-{number}" if len(figures) > 1 else "")
            paths += save_figure(figure, folder / "charts" / stem, ("png",))
    rows = content.given.estimates
    codes = sorted({str(code) for code in rows["unit_code"]} - {""}) if each_unit else []
    stems = file_stems(UnitKey(code, content.year) for code in codes)
    for done, (key, stem) in enumerate(stems.items(), start=1):
        own = survey_content(given, key.unit_code)
        path = folder / "units" / f"{stem}.html"
        write_atomically(path, survey_page(own, {}, home=f"../{HOME}"))
        paths.append(path)
        if on_done:
            on_done(done, len(stems))
    return paths


def survey_charts(content: SurveyContent) -> Iterator[tuple[str, Sequence[ChartFigure]]]:
    """Yield the charts of a report by name, those of many rows as several pages."""
    given, unit = content.given, content.unit_code
    rows, form = given.estimates, given.instrument
    about: dict[str, Any] = {"context": given.context}
    told = about | {"differences": given.differences}
    profile = survey_profile(rows, form, given.last_year, given.targets, unit_code=unit, **told)
    yield "survey_profile", [profile]
    if content.questions:
        yield "survey_answers", _pages(survey_answers, rows, form, unit_code=unit, **about)
    if content.units:
        yield "survey_league", _pages(survey_league, rows, instrument=form, **told)
    if content.priorities and given.importance is not None:
        yield "survey_priorities", [survey_priorities(rows, given.importance, form, **about)]
    if given.last_year is not None or given.published is not None:
        years = [rows] if given.last_year is None else [given.last_year, rows]
        every = pd.concat(years, ignore_index=True)
        published = None if unit else given.published
        yield (
            "survey_trend",
            [survey_trend(every, published, unit_code=unit, instrument=form, **about)],
        )


def _pages(draw: Any, *tables: Any, **about: Any) -> list[ChartFigure]:
    figures, first = [], 0
    while True:
        figure = draw(*tables, first_row=first, **about)
        figures.append(figure)
        if figure.next_row is None:
            return figures
        first = figure.next_row

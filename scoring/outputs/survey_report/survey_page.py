"""The report of a survey as a page: one file, readable on a phone and on paper."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from scoring.outputs.charts.surveys.survey_scale import main_scale, sides_of
from scoring.outputs.images import png_bytes
from scoring.outputs.page.render import page_environment, page_frame
from scoring.outputs.survey_report.survey_content import SurveyContent
from scoring.outputs.theme import ChartFigure

_SECTIONS = {
    "factors": "survey_factors",
    "steps": "survey_steps",
    "questions": "survey_questions",
    "units": "survey_units",
    "groups": "survey_groups",
    "survey_priorities": "survey_map",
    "survey_trend": "survey_years",
    "about": "survey_method",
}
# Charts that rows of a page cannot stand for; the others are drawn by the page itself.
_PICTURES = ("survey_priorities", "survey_trend")


def survey_page(
    content: SurveyContent, charts: Mapping[str, ChartFigure], *, home: str = ""
) -> str:
    """Return the page of all units, or of one.

    Parameters
    ----------
    content : SurveyContent
    charts : mapping of str to ChartFigure
        Those of the report; the map and the years are shown as pictures.
    home : str
        Relative address of the page of all units, where there is one.
    """
    context, form = content.given.context, content.given.instrument
    pictures = [
        (name, _SECTIONS[name], _encoded(charts[name]), charts[name].alt_texts[context.lang])
        for name in _PICTURES
        if name in charts
    ]
    shown = {name for name, *_ in pictures} | {"factors", "steps", "about"}
    shown |= {name for name in ("questions", "units", "groups") if getattr(content, name)}
    frame = page_frame(
        context.lang, content.title, context.say, context.badge, context.sample_line, "survey.css"
    )
    return page_environment().get_template("survey.html.j2").render(
        frame,
        c=content,
        home=home,
        pictures=pictures,
        roles={o: r for o, r in sides_of(form.scales.get(main_scale(form), ())).roles().items()
               if r not in ("answer-none", "answer-silent")},
        sections=[entry for entry in _SECTIONS.items() if entry[0] in shown],
    )  # fmt: skip


def _encoded(figure: ChartFigure) -> str:
    return base64.b64encode(png_bytes(figure)).decode("ascii")

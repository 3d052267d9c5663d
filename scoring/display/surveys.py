"""How the forms of a survey, its estimates and a drawn sample look in a notebook."""

from __future__ import annotations

import math

import pandas as pd

from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.display.html import bullets, display_language, html_table, labels, paragraph
from scoring.outputs.charts.surveys.survey_tables import names_of, of_unit
from scoring.survey.planning.sample_draw import Draw
from scoring.survey.responses import Responses
from scoring.survey.satisfaction import Estimated

_MOST = 10  # findings


def responses_html(responses: Responses) -> str:
    """Return forms as HTML: the questionnaire, how many there are, and what is wrong with them."""
    lang, asked = display_language(), responses.instrument
    about = {"name": asked.name(lang), "version": asked.version, "count": len(responses.forms)}
    told = bullets(found.text(lang) for found in responses.findings[:_MOST])
    return f"<div>{paragraph(label('sipas_check_about', lang, **about), strong=True)}{told}</div>"


def estimated_html(estimated: Estimated) -> str:
    """Return a survey as HTML: its status, the index and the factors with their intervals."""
    lang, survey = display_language(), estimated.survey
    form = estimated.responses.instrument
    status = {"survey": survey.status, "form": form.status}
    words = {name: label(f"status_{word}", lang) for name, word in status.items()}
    head = f"{survey.name(lang)} ({label('survey_statuses', lang, **words)})"
    rows = of_unit(estimated.estimates, "", "index", "factor")
    names = names_of(rows["code"], form, lang)
    cells = [
        (name, *_figures(row, lang)) for name, (_, row) in zip(names, rows.iterrows(), strict=True)
    ]
    kinds = ("name", "estimate", "interval", "forms", "effect")
    heads = labels(lang, *(f"sipas_column_{kind}" for kind in kinds))
    return f"<div>{paragraph(head, strong=True)}{html_table(heads, cells, ' rrrr')}</div>"


def _figures(row: pd.Series, lang: str) -> tuple[str, ...]:
    if row["state"] != "shown":
        return ("—", label(f"survey_state_{row['state'].replace('-', '_')}", lang), "—", "—")
    low, high, estimate, effect = (
        format_number(float(row[name]), 1, lang)
        for name in ("low_percent", "high_percent", "estimate_percent", "design_effect")
    )
    return estimate, "–".join((low, high)), format_number(float(row["forms"]), 0, lang), effect


def draw_html(draw: Draw) -> str:
    """Return a drawn sample as HTML: how many forms, the seed, and what each stage drew."""
    lang, kinds = display_language(), draw.sample["drawn"].value_counts()
    weights = format_number(math.fsum(draw.sample["weight"].dropna()), 1, lang)
    main, reserve = (int(kinds.get(kind, 0)) for kind in ("main", "reserve"))
    said = label("draw_done", lang, main=main, reserve=reserve, seed=draw.seed, weights=weights)
    names = ("stage", "groups", "units", "drawn", "certain")
    rows = [[str(row[name]) for name in names] for row in draw.stages.to_dict("records")]
    heads = labels(lang, *(f"draw_{name}" for name in names))
    return f"<div>{paragraph(said, strong=True)}{html_table(heads, rows, 'rrrrr')}</div>"

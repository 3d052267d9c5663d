"""The answers by question: dissatisfied to the left, satisfied to the right, no opinion apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs import theme
from scoring.outputs.charts import rows as labelled
from scoring.outputs.charts.chart_sheet import Entry, Sheet, bars, finish, new_sheet, write
from scoring.outputs.charts.surveys import survey_tables as of
from scoring.outputs.charts.surveys.survey_profile import of_whom
from scoring.outputs.charts.surveys.survey_scale import Sides, main_scale, sides_of
from scoring.outputs.text_layout import text_width
from scoring.outputs.theme import MARGIN, NO_CONTEXT, TEXT_SIZE, ChartContext, ChartFigure
from scoring.survey.instrument.model import Instrument

CHARTS = ("survey_answers",)
MOST_ROWS = 24
_AXIS = 0.34
_GAP = 0.22  # inches between the answers and those without an opinion
_BAR = 0.2
_LEAST = 5.0  # percent that the part without an opinion has room for at least


def survey_answers(
    estimates: pd.DataFrame,
    instrument: Instrument,
    *,
    unit_code: str = "",
    order: str = "form",
    context: ChartContext = NO_CONTEXT,
    first_row: int = 0,
    most_rows: int = MOST_ROWS,
) -> ChartFigure:
    """Draw the answers of each question as one bar around its neutral answer.

    Parameters
    ----------
    estimates : DataFrame
        Table ``Estimates`` with rows of questions and of single answers.
    instrument : Instrument
        Questions on the scale that most of them share; those on others have another chart.
    order : str
        ``form``, or ``satisfaction``: the most satisfied first.
    first_row, most_rows : int
        Which questions of many to draw: call again with the next `first_row` for the rest.

    Returns
    -------
    ChartFigure
        "Does not know" stands apart at the right; it is no answer between satisfied and not.

    Examples
    --------
    >>> from scoring.charts import figure_data
    >>> from scoring.survey import open_instrument
    >>> form = open_instrument("sipas-citizens-sample")
    >>> shares = {"1": 5.0, "2": 5.0, "3": 10.0, "4": 50.0, "5": 30.0, "KB": 2.0, "KTL": 1.0}
    >>> table = pd.DataFrame({"measure": ["question", *["answer"] * 7], "code": "B1.1",
    ...                       "answer": ["", *shares], "estimate_percent": [80.0, *shares.values()],
    ...                       "series": "mau", "year": 2026, "service": "", "respondent_group": "",
    ...                       "unit_code": "", "unit_name": "", "state": "shown",
    ...                       "confidence_percent": 95.0})
    >>> table[["low_percent", "high_percent"]] = table[["estimate_percent"]].to_numpy() + [-2.0, 2.0]
    >>> bar = figure_data(survey_answers(table, form)).iloc[0]
    >>> float(bar["estimate_percent"]), float(bar["answer_4"] + bar["answer_5"])
    (80.0, 80.0)
    """
    instrument = of.counted_by(instrument, estimates)
    table = answers_table(estimates, instrument, unit_code, context.lang)
    if order == "satisfaction":
        table = table.sort_values("estimate_percent", ascending=False, kind="stable")
    table = table.reset_index(drop=True)
    page = labelled.one_page(table, _rows, most_rows, first_row)
    sides = sides_of(instrument.scales.get(main_scale(instrument), ()))
    title, who = partial(_title, table), partial(of_whom, table, unit_code)
    notes = [*page.notes(context), *_notes(table, sides, instrument, context)]
    about = f"{context.say('chart_survey_answers_shows')} · {who(context)}"
    names, fills = sides.names(context.lang), sides.fills()
    legend = [Entry(names[code], fills[code]) for code in names]
    body = (page.rows.total or 0.5) + _AXIS
    sheet = new_sheet(context, title(context), about, body, legend=legend, notes=notes)
    if len(page.shown):
        _draw(sheet, page, table, sides, instrument)
    else:
        sheet.text(sheet.width / 2, 0.35, context.say("chart_no_rows"), ha="center")

    def said(words: ChartContext) -> dict[str, object]:
        named = table.assign(name=of.names_of(table["code"], instrument, words.lang))
        rows = labelled.row_words(named, of.figure_text, words, "chart_no_rows")
        measure = words.say(of.worded("survey_measure_of_question", instrument))
        return {"who": who(words), "rows": rows, "measure": measure}

    figure = finish(sheet, "survey_answers", table, title, said)
    figure.next_row = page.next_row
    return figure


def answers_table(
    estimates: pd.DataFrame, instrument: Instrument, unit_code: str, lang: str
) -> pd.DataFrame:
    """Return the questions of a unit on the main scale, a column ``answer_<code>`` for each answer.

    A question whose answers are hidden has NaN in all of them.
    """
    scale = main_scale(instrument)
    codes = [question.code for question in instrument.questions if question.scale == scale]
    rows = of.in_form_order(of.of_unit(of.latest(estimates), unit_code, "question"), instrument)
    rows = rows[rows["code"].isin(codes)].reset_index(drop=True)
    single = of.of_unit(of.latest(estimates), unit_code, "answer")
    shares = single.set_index(["code", "answer"])["estimate_percent"]
    shares = shares[~shares.index.duplicated()]
    table = rows.assign(name=of.names_of(rows["code"], instrument, lang))
    for option in instrument.scales.get(scale, ()):
        keys = pd.MultiIndex.from_product([rows["code"], [option.code]])
        table[f"answer_{option.code}"] = shares.reindex(keys).to_numpy(float)
    return table


def _rows(shown: pd.DataFrame) -> labelled.Rows:
    return labelled.named_rows(list(shown["name"]), width=2.45)


def _title(table: pd.DataFrame, words: ChartContext) -> str:
    if table.empty:
        return words.say("chart_no_rows")
    if table["estimate_percent"].isna().all():
        return words.say("survey_all_hidden")
    names = [words.say("survey_question", code=code) for code in table["code"]]
    return of.lowest_words(table.assign(name=names), words)


def _notes(
    table: pd.DataFrame, sides: Sides, instrument: Instrument, context: ChartContext
) -> list[str]:
    note = context.say(of.worded("survey_answers_note", instrument))
    notes = [f"{context.say('survey_neutral_note')} {note}" if sides.middle else note]
    if sides.apart:
        notes.append(context.say("survey_apart_note"))
    return [*notes, *of.confidence_note(table, context)]


class _Scale(NamedTuple):
    """The ends of the answers around their middle, and where those without an opinion begin."""

    low: float
    high: float
    zero: float
    end: float


def _columns(part: Sequence[object]) -> list[str]:
    return [f"answer_{option.code}" for option in part]  # type: ignore[attr-defined]


def _scale(table: pd.DataFrame, sides: Sides, room: float) -> _Scale:
    """Return one scale for every page of a long form; percent have the same length on both parts."""
    sums = [float(table[_columns(part)].sum(axis=1).max()) for part in sides]
    low, high = sums[0] + sums[1] / 2, sums[2] + sums[1] / 2
    if not sides.apart:
        return _Scale(low, high, high, high)
    most = max(sums[3], _LEAST)
    gap = _GAP * (low + high + most) / max(room - _GAP, 0.1)
    return _Scale(low, high, high + gap, high + gap + most)


def _draw(
    sheet: Sheet, page: labelled.Page, table: pd.DataFrame, sides: Sides, instrument: Instrument
) -> None:
    context, rows, shown = sheet.context, page.rows, page.shown
    texts = labelled.row_texts(shown, of.figure_text, context)
    edge = max(text_width(text, TEXT_SIZE) for text in texts) + 0.1
    left = MARGIN + rows.label_width + 0.1
    scale = _scale(table, sides, sheet.width - left - edge - MARGIN)
    axes = sheet.axes(left, edge + MARGIN)
    axes.set_xlim(-scale.low, max(scale.end, 1e-6))
    fills, hidden = sides.fills(), shown[_columns(sides.scale)].isna().any(axis=1)
    # A bar with one answer hidden would tell it by its gap.
    shares = shown[_columns(sides.scale + sides.apart)].fillna(0.0).mask(hidden, 0.0)
    for y in np.asarray(rows.centers)[hidden & shown["estimate_percent"].notna()]:
        write(axes, 0.0, float(y), f" {context.say('survey_answers_hidden')}", color=theme.MUTED)
    middle = shares[_columns(sides.middle)].sum(axis=1)
    for start, part in (
        (-middle / 2 - shares[_columns(sides.left)].sum(axis=1), sides.left + sides.middle),
        (middle / 2, sides.right),
        (middle * 0 + scale.zero, sides.apart),
    ):
        for option, column in zip(part, _columns(part), strict=True):
            bars(axes, list(start), list(shares[column]), rows.centers, _BAR, fills[option.code])
            start = start + shares[column]
    keys = ("survey_not_satisfied", "survey_satisfied")
    ends = [context.say(of.worded(key, instrument)) for key in keys]
    _draw_axis(axes, scale, bool(sides.apart), rows.total, ends, context)
    labelled.write_rows(sheet, rows, texts, edge)


def _draw_axis(
    axes: Axes,
    scale: _Scale,
    has_apart: bool,
    bottom: float,
    ends: Sequence[str],
    context: ChartContext,
) -> None:
    axes.vlines([0.0], 0, bottom, colors=theme.INK, linewidth=0.8)
    style = {"color": theme.MUTED, "fontsize": theme.SMALL_SIZE}
    write(axes, -scale.low, bottom + 0.1, f"← {ends[0]}", **style)
    write(axes, scale.high, bottom + 0.1, f"{ends[1]} →", ha="right", **style)
    if has_apart:
        axes.vlines([scale.zero], 0, bottom, colors=theme.MUTED, linewidth=0.6)
        text = context.say("survey_apart_head", most=context.number(scale.end - scale.zero, 0))
        write(axes, scale.end, bottom + 0.25, text, ha="right", **style)

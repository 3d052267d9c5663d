"""Importance against satisfaction: which factor to improve first, as far as answers can tell."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs import theme
from scoring.outputs.charts.chart_sheet import Sheet, finish, new_sheet, nice_ticks, write
from scoring.outputs.charts.surveys import survey_tables as of
from scoring.outputs.charts.surveys.survey_profile import of_whom
from scoring.outputs.text_layout import text_height, wrapped
from scoring.outputs.theme import (
    MARGIN,
    NO_CONTEXT,
    PAGE_WIDTH,
    TEXT_SIZE,
    ChartContext,
    ChartFigure,
)
from scoring.survey.instrument.model import Instrument

CHARTS = ("survey_priorities",)
_PLOT, _AXIS, _HEAD, _LEFT, _BETWEEN = 3.3, 0.42, 0.2, 0.55, 0.037


def survey_priorities(
    estimates: pd.DataFrame,
    importance: pd.DataFrame,
    instrument: Instrument,
    *,
    unit_code: str = "",
    context: ChartContext = NO_CONTEXT,
) -> ChartFigure:
    """Draw each factor by its derived importance and its satisfaction, parted at their means.

    Parameters
    ----------
    estimates : DataFrame
        Table ``Estimates``.
    importance : DataFrame
        `scoring.survey.importance.derived_importance` of the same forms.
    instrument : Instrument
        Names of the factors.

    Returns
    -------
    ChartFigure
        Factors are numbered, with a key below; one that is hidden stands in the key alone.

    Examples
    --------
    >>> from scoring.charts import figure_data
    >>> from scoring.survey import open_instrument
    >>> form = open_instrument("sipas-citizens-sample")
    >>> codes, percents = [factor.code for factor in form.factors], [86.0, 84.0, 82.0, 80.0, 78.0]
    >>> table = pd.DataFrame({"measure": "factor", "code": codes, "answer": "", "series": "mau",
    ...                       "year": 2026, "service": "", "respondent_group": "", "unit_code": "",
    ...                       "unit_name": "", "state": "shown", "confidence_percent": 95.0})
    >>> for name, shift in (("estimate", 0.0), ("low", -2.0), ("high", 2.0)):
    ...     table[f"{name}_percent"] = [percent + shift for percent in percents]
    >>> weights = pd.DataFrame({"code": codes, "importance": [0.2, 0.4, 0.6, 0.5, 0.3]})
    >>> weights = weights.assign(low=weights["importance"] - 0.1, high=weights["importance"] + 0.1)
    >>> shown = figure_data(survey_priorities(table, weights, form))
    >>> shown.loc[shown["is_first"], ["code", "importance", "estimate_percent"]].values.tolist()
    [['result', 0.5, 80.0]]
    """
    instrument = of.counted_by(instrument, estimates)
    table = priorities_table(estimates, importance, instrument, unit_code, context.lang)
    title, who = partial(_title, table, instrument), partial(of_whom, table, unit_code)
    drawn = table.dropna(subset=["importance", "estimate_percent"])
    plot = _HEAD + _PLOT + _AXIS if len(drawn) else 0.4
    keys = _keys(table, instrument, context)
    body = plot + sum(height for _, height in keys)
    notes = [
        context.say(of.worded("survey_importance_note", instrument)),
        *of.confidence_note(table, context),
    ]
    shows = context.say(of.worded("chart_survey_priorities_shows", instrument))
    about = f"{shows} · {who(context)}"
    sheet = new_sheet(context, title(context), about, body, notes=notes)
    if len(drawn):
        _draw(sheet, drawn, body, instrument)
    else:
        sheet.text(sheet.width / 2, 0.2, context.say("chart_no_rows"), ha="center")
    y = plot
    for text, height in keys:
        sheet.text(MARGIN, y + height / 2, text)
        y += height

    def said(words: ChartContext) -> dict[str, object]:
        names = of.names_of(table["code"], instrument, words.lang)
        rows = zip(names, table.to_dict("records"), strict=True)
        return {
            "who": who(words),
            "rows": "; ".join(f"{n}: {importance_text(r, words, instrument)}" for n, r in rows),
        }

    return finish(sheet, "survey_priorities", table, title, said)


def _keys(
    table: pd.DataFrame, instrument: Instrument, context: ChartContext
) -> list[tuple[str, float]]:
    """Return what stands below the map of each factor, with its height in inches."""
    keys = []
    for row in table.to_dict("records"):
        said = f"{row['number']}  {row['name']}: {importance_text(row, context, instrument)}"
        text = wrapped(said, TEXT_SIZE, PAGE_WIDTH - 2 * MARGIN)
        keys.append((text, text_height(text, TEXT_SIZE) + _BETWEEN))
    return keys


def priorities_table(
    estimates: pd.DataFrame,
    importance: pd.DataFrame,
    instrument: Instrument,
    unit_code: str,
    lang: str,
) -> pd.DataFrame:
    """Return the factors with their importance; ``is_first`` is more important and less satisfied.

    Both are told from the plain means of the factors that are shown. ``is_important`` says that
    the whole interval of the importance lies above its mean, ``is_sure`` that this holds and the
    interval of the satisfaction lies below.
    """
    rows = of.in_form_order(of.of_unit(of.latest(estimates), unit_code, "factor"), instrument)
    own = importance.rename(columns={"low": "importance_low", "high": "importance_high"})
    columns = ["code", "importance", "importance_low", "importance_high"]
    table = rows.merge(own[columns], on="code", how="left")
    known = table.dropna(subset=["importance", "estimate_percent"])
    at = known[["importance", "estimate_percent"]].mean()
    is_first = (table["importance"] >= at["importance"]) & (len(known) > 1)
    is_first &= table["estimate_percent"] < at["estimate_percent"]
    is_important = table["importance_low"] > at["importance"]
    return table.assign(
        number=range(1, len(table) + 1),
        name=of.names_of(table["code"], instrument, lang),
        is_first=is_first,
        is_important=is_important,
        is_sure=is_first & is_important & (table["high_percent"] < at["estimate_percent"]),
    )


def _title(table: pd.DataFrame, instrument: Instrument, words: ChartContext) -> str:
    if table["estimate_percent"].isna().all():
        return words.say("survey_all_hidden" if len(table) else "chart_no_rows")
    if table["importance"].isna().all():
        return words.say("survey_no_importance")
    first = table[table["is_first"]].sort_values("importance", ascending=False)
    if first.empty:
        return words.say(of.worded("survey_none_first", instrument))
    sure = first[first["is_sure"]]
    shown = sure if len(sure) else first
    names = ", ".join(of.names_of(shown["code"], instrument, words.lang))
    key = "survey_first" if len(sure) else of.worded("survey_maybe_first", instrument)
    return words.say(key, count=len(shown), names=names)


def importance_text(
    row: Mapping[Hashable, Any], context: ChartContext, instrument: Instrument
) -> str:
    """Return importance with its interval, and satisfaction or the score."""
    satisfied = of.figure_text(row, context)
    if not np.isfinite(row["importance"]):
        key = of.worded("survey_importance_unknown", instrument)
        return context.say(key, satisfied=satisfied)
    names = ("importance", "importance_low", "importance_high")
    at, low, high = (context.points(row[name]) for name in names)
    key = of.worded("survey_importance", instrument)
    return context.say(key, at=at, low=low, high=high, satisfied=satisfied)


def _draw(sheet: Sheet, drawn: pd.DataFrame, body: float, instrument: Instrument) -> None:
    axes = sheet.axes(MARGIN + _LEFT, MARGIN, top=_HEAD, bottom=body - _HEAD - _PLOT)
    low, high = of.limits(drawn["low_percent"], drawn["high_percent"])
    left, right = _importance_limits(drawn)
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)
    _draw_scales(axes, sheet.context, instrument)
    across, up = drawn["importance"].mean(), drawn["estimate_percent"].mean()
    axes.vlines([across], low, high, colors=theme.MUTED, linewidth=0.9, linestyles="--")
    axes.hlines([up], left, right, colors=theme.MUTED, linewidth=0.9, linestyles="--")
    style = {"color": theme.MUTED, "fontsize": theme.SMALL_SIZE}
    inset = (right - left) * 0.012
    corner = sheet.context.say(of.worded("survey_improve_first", instrument))
    write(axes, right - inset, low + (high - low) * 0.04, corner, ha="right", weight="bold")
    keep = sheet.context.say(of.worded("survey_keep", instrument))
    write(axes, right - inset, high - (high - low) * 0.04, keep, ha="right", **style)
    interval, dot = theme.ROLES["interval"].color, theme.POINTS
    for row in drawn.to_dict("records"):
        x, y = row["importance"], row["estimate_percent"]
        axes.plot(
            [row["importance_low"], row["importance_high"]], [y, y], color=interval, linewidth=2.2
        )
        axes.plot([x, x], [row["low_percent"], row["high_percent"]], color=interval, linewidth=2.2)
        axes.plot([x], [y], marker="o", markersize=6, color=dot)
    _number(axes, drawn, low, high, left, right)


def _importance_limits(drawn: pd.DataFrame) -> tuple[float, float]:
    low, high = drawn["importance_low"].min(), drawn["importance_high"].max()
    edge = max((high - low) * 0.08, 0.02)
    return float(low - edge), float(high + edge)


def _draw_scales(axes: Axes, context: ChartContext, instrument: Instrument) -> None:
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    style = {"color": theme.MUTED, "fontsize": theme.SMALL_SIZE}
    inch = (high - low) / _PLOT
    for ticks, is_x in ((nice_ticks(left, right), True), (nice_ticks(low, high), False)):
        text = context.like(ticks)
        if is_x:
            axes.vlines(ticks, low, high, colors=theme.GRID, linewidth=0.6, zorder=0)
            for tick in ticks:
                write(axes, tick, low - 0.1 * inch, text(tick), ha="center", **style)
        else:
            axes.hlines(ticks, left, right, colors=theme.GRID, linewidth=0.6, zorder=0)
            for tick in ticks:
                write(axes, left, tick, f"{text(tick)}% ", ha="right", **style)
    across = context.say(of.worded("survey_importance_axis", instrument))
    write(axes, (left + right) / 2, low - 0.27 * inch, across, ha="center", **style)
    write(axes, left, high + 0.1 * inch, context.say(of.axis_key(instrument)), ha="left", **style)


def _number(
    axes: Axes, drawn: pd.DataFrame, low: float, high: float, left: float, right: float
) -> None:
    """Write the number of each factor beside its point, none over another."""
    wide, tall = (right - left) * 0.03, (high - low) / _PLOT * 0.16
    taken: list[tuple[float, float]] = []
    for row in drawn.sort_values("estimate_percent").to_dict("records"):
        x, y = row["importance"] + wide * 0.6, row["estimate_percent"] + tall * 0.8
        while any(abs(x - a) < wide and abs(y - b) < tall for a, b in taken):
            x += wide
        taken.append((x, y))
        write(axes, x, y, str(row["number"]), ha="center", weight="bold")

"""Satisfaction over the years: joined only where the method stayed the same."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs import theme
from scoring.outputs.amounts import points_amount
from scoring.outputs.charts.chart_sheet import Entry, finish, new_sheet, nice_ticks, write
from scoring.outputs.charts.surveys import survey_tables as of
from scoring.outputs.charts.surveys.survey_profile import interval_legend
from scoring.outputs.theme import MARGIN, NO_CONTEXT, ChartContext, ChartFigure
from scoring.survey.instrument.model import Instrument
from scoring.survey.real_differences import HIGHER, LOWER, UNKNOWN, real_differences

CHARTS = ("survey_trend",)
# Estimates and published values of one year stand this far beside it, in years.
_BESIDE = 0.08
_PLOT, _AXIS, _SCALE = 1.9, 0.3, 0.5


def survey_trend(
    estimates: pd.DataFrame,
    published: pd.DataFrame | None = None,
    *,
    unit_code: str = "",
    code: str = "INDEX",
    instrument: Instrument | None = None,
    context: ChartContext = NO_CONTEXT,
) -> ChartFigure:
    """Draw the index of one unit over the years with its intervals, broken where the method changed.

    Parameters
    ----------
    estimates : DataFrame
        Table ``Estimates`` of several years.
    published : DataFrame, optional
        ``year, series, code, published_percent, source``: values published without an interval, such as the
        national ones. They are drawn apart, and their sources are named.
    code : str
        The index, or a factor.
    instrument : Instrument, optional
        Says whether the figures are shares of satisfied people or a score.

    Returns
    -------
    ChartFigure
        A rise or a fall is told only within a series, and only where it is real.

    Examples
    --------
    >>> from scoring.charts import alt_text
    >>> table = pd.DataFrame({"measure": "index", "code": "INDEX", "answer": "", "series": "mau",
    ...                       "year": [2025, 2026], "service": "", "respondent_group": "",
    ...                       "unit_code": "", "unit_name": "", "state": "shown",
    ...                       "estimate_percent": [80.0, 86.0], "low_percent": [78.0, 84.0],
    ...                       "high_percent": [82.0, 88.0], "confidence_percent": 95.0})
    >>> print(alt_text(survey_trend(table, context=ChartContext(lang="en")), "en"))
    2026: 86.0% (84.0–88.0); a real rise of 6 percentage points since 2025. Line chart by year,
    All units. 2025: 80.0% (78.0–82.0); 2026: 86.0% (84.0–88.0).
    """
    table = trend_table(estimates, published, unit_code, code)
    title = partial(_title, table)

    def who(words: ChartContext) -> str:
        return words.unit_name(unit_code) if unit_code else words.say("survey_all_units")

    instrument = instrument and of.counted_by(instrument, of.latest(estimates))
    axis = context.say(of.axis_key(instrument))
    about = f"{context.say('chart_survey_trend_shows')} · {axis} · {who(context)}"
    notes = [context.say("survey_trend_break_note")] if table["is_break"].any() else []
    if sources := [text for text in table["source"].unique() if text]:
        notes.append(context.say("survey_published", source="; ".join(sources)))
    own = table[table["kind"] == "estimate"]
    low, high = of.limits(
        *(table[name] for name in ("low_percent", "high_percent", "estimate_percent"))
    )
    notes += [*of.scale_note(low, context), *of.confidence_note(own, context)]
    legend = interval_legend(own, context)
    if (table["kind"] == "published").any():
        legend.append(
            Entry(
                context.say("survey_published_entry"), color=theme.LAST_YEAR, marker="D", dashes=""
            )
        )
    body = _PLOT + _AXIS if len(table) else 0.4
    sheet = new_sheet(context, title(context), about, body, legend=legend, notes=notes)
    if len(table):
        axes = sheet.axes(MARGIN + _SCALE, MARGIN, bottom=_AXIS)
        axes.set_ylim(low, high)
        _draw(axes, table, context)
    else:
        sheet.text(sheet.width / 2, 0.2, context.say("chart_no_rows"), ha="center")

    def said(words: ChartContext) -> dict[str, object]:
        rows = (f"{row['year']}: {_words(row, words)}" for row in table.to_dict("records"))
        return {"who": who(words), "rows": "; ".join(rows)}

    return finish(sheet, "survey_trend", table, title, said)


def trend_table(
    estimates: pd.DataFrame, published: pd.DataFrame | None, unit_code: str, code: str
) -> pd.DataFrame:
    """Return estimates and published values by year; ``is_break`` begins another series.

    ``kind`` is ``estimate`` or ``published``; a published value has no interval.
    """
    rows = of.of_unit(estimates, unit_code, "index", "factor")
    parts = [rows[rows["code"] == code].assign(kind="estimate", source="")]
    if published is not None and len(published):
        given = published[published["code"] == code]
        given = given.rename(columns={"published_percent": "estimate_percent"})
        parts.append(given.assign(kind="published", state="shown"))
    table = pd.concat(parts, ignore_index=True).sort_values(["kind", "year"], kind="stable")
    # The published values may show a new series years before the estimates do.
    begins = table.groupby("series")["year"].transform("min")
    is_first = table["series"] == table.groupby("kind")["series"].transform("first")
    is_break = (table["year"] == begins) & ~is_first
    return table.assign(is_break=is_break).reset_index(drop=True)


def _title(table: pd.DataFrame, words: ChartContext) -> str:
    own = table[(table["kind"] == "estimate") & table["estimate_percent"].notna()]
    if own.empty:
        return words.say("survey_all_hidden" if len(table) else "chart_no_rows")
    last = own.tail(1)
    figure = of.figure_text(last.iloc[0].to_dict(), words)
    said = words.say("survey_trend_now", year=last["year"].iloc[0], figure=figure)
    series = own[own["series"] == last["series"].iloc[0]]
    if len(series) > 1:
        change = real_differences(last, series.head(1)).iloc[0]
        way = {HIGHER: "up", LOWER: "down", UNKNOWN: "same"}.get(change["verdict"], "same")
        by = words.number(abs(change["difference"]), 1)
        told = words.say(f"survey_trend_{way}", by=by, year=series["year"].iloc[0])
        return f"{said}; {told}"
    return f"{said}; {words.say('survey_trend_alone')}" if len(own) > 1 else said


def _words(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    if row["kind"] == "published":
        value = context.number(float(row["estimate_percent"]), 2)
        return f"{value}% ({context.say('survey_published_entry').lower()})"
    return of.figure_text(row, context)


def _draw(axes: Axes, table: pd.DataFrame, context: ChartContext) -> None:
    years = table["year"].astype(int)
    first, last = years.min() - 0.5, years.max() + 0.5
    axes.set_xlim(first, last)
    low, high = axes.get_ylim()
    inch = (high - low) / _PLOT
    ticks = nice_ticks(low, high, 4)
    style = {"color": theme.MUTED, "fontsize": theme.SMALL_SIZE}
    axes.hlines(ticks, first, last, colors=theme.GRID, linewidth=0.6, zorder=0)
    for tick in ticks:
        write(axes, first, tick, f"{context.like(ticks)(tick)}% ", ha="right", **style)
    for year in range(years.min(), years.max() + 1):
        write(axes, year, low - 0.12 * inch, str(year), ha="center", **style)
    for year in sorted(set(years[table["is_break"]])):
        axes.vlines([year - 0.5], low, high, colors=theme.INK, linewidth=1.0, linestyles=":")
    for (kind, _), line in table.groupby(["kind", "series"], sort=False):
        shift = _BESIDE if (table["kind"] == "published").any() else 0.0
        _draw_line(axes, line, shift if kind == "published" else -shift, inch, context)


def _draw_line(
    axes: Axes, line: pd.DataFrame, shift: float, inch: float, context: ChartContext
) -> None:
    """Draw the years of one series, joined where they follow each other."""
    is_published = line["kind"].iloc[0] == "published"
    color = theme.LAST_YEAR if is_published else theme.POINTS
    at = line.drop_duplicates("year").set_index("year")["estimate_percent"]
    at = at.reindex(range(int(line["year"].min()), int(line["year"].max()) + 1))
    dash = (
        {"linestyle": "--", "marker": "D", "markersize": 4.5} if is_published else {"marker": "o"}
    )
    if not is_published:
        axes.vlines(
            line["year"] + shift, line["low_percent"], line["high_percent"],
            colors=theme.ROLES["interval"].color, linewidth=4.5,
        )  # fmt: skip
    axes.plot(at.index + shift, at, color=color, linewidth=1.3, **dash)
    side, aside = ("left", _BESIDE) if is_published else ("right", -_BESIDE)
    for year, value in at.items():
        if np.isfinite(value):
            text = points_amount(value, context.lang, 2 if is_published else 1).text
            write(axes, float(str(year)) + shift + aside, value + 0.1 * inch, text, ha=side)
        elif (line["year"] == year).any():
            state = line.loc[line["year"] == year, "state"].iloc[0]
            write(
                axes,
                float(str(year)),
                axes.get_ylim()[0] + 0.1 * inch,
                of.state_text(state, context),
                ha="center",
            )

"""Satisfaction by factor with intervals, against the target and last year."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.base.values import INDEX_CODE
from scoring.outputs import theme
from scoring.outputs.charts.chart_sheet import Entry
from scoring.outputs.charts.rows import Page, named_rows, row_chart, row_texts, row_words
from scoring.outputs.charts.surveys import survey_tables as of
from scoring.outputs.theme import NO_CONTEXT, ChartContext, ChartFigure, Fill
from scoring.survey.instrument.model import Instrument
from scoring.survey.real_differences import against_target, real_differences

CHARTS = ("survey_profile",)


def survey_profile(
    estimates: pd.DataFrame,
    instrument: Instrument,
    last_year: pd.DataFrame | None = None,
    targets: pd.DataFrame | None = None,
    *,
    unit_code: str = "",
    differences: pd.DataFrame | None = None,
    context: ChartContext = NO_CONTEXT,
) -> ChartFigure:
    """Draw the index and its factors with their intervals, against target and last year.

    Parameters
    ----------
    estimates, last_year : DataFrame
        Tables ``Estimates``. Last year's are left out where the series is another.
    instrument : Instrument
        Names and order of the factors.
    targets : DataFrame, optional
        ``unit_code, code, target_percent``; an empty unit holds for all.
    unit_code : str
        Empty for all units together.
    differences : DataFrame, optional
        Table ``Differences`` of the two years; without it a change is told from the intervals.

    Returns
    -------
    ChartFigure
        A change is told only where it is real; a hidden figure is named, never drawn as zero.

    Examples
    --------
    >>> from scoring.charts import alt_text
    >>> from scoring.survey import open_instrument
    >>> form = open_instrument("sipas-citizens-sample")
    >>> table = pd.DataFrame({"measure": ["index", "factor"], "code": ["INDEX", "access"],
    ...                       "answer": "", "series": "mau", "year": 2026, "service": "",
    ...                       "respondent_group": "", "unit_code": "", "unit_name": "",
    ...                       "state": "shown", "estimate_percent": [84.0, 79.0],
    ...                       "low_percent": [82.0, 76.0], "high_percent": [86.0, 82.0],
    ...                       "confidence_percent": 95.0, "degrees_of_freedom": 60.0})
    >>> print(alt_text(survey_profile(table, form, context=ChartContext(lang="en")), "en"))
    Access to services: 79.0% (76.0–82.0). Satisfaction by factor with confidence intervals, All
    units, year 2026. Satisfaction index: 84.0% (82.0–86.0); Access to services: 79.0%
    (76.0–82.0).
    """
    instrument = of.counted_by(instrument, estimates)
    table = profile_table(
        estimates, instrument, last_year, targets, unit_code, context.lang, differences
    )
    who = partial(of_whom, table, unit_code)
    right = right_text
    rows = named_rows(list(table["name"]), least=0.36, beside=row_texts(table, right, context))
    start, scale = of.limits(
        *(table[name] for name in ("low_percent", "high_percent", "last_percent", "target_percent"))
    )
    notes = of.scale_note(start, context) + of.confidence_note(table, context)
    if table["is_break"].any():
        notes.append(context.say("survey_break_note"))
    return row_chart(
        context, "survey_profile", Page(table, table, rows), right,
        lambda axes: _draw(axes, table, rows.centers),
        title=partial(_title, table, instrument), who=who,
        said=lambda words: {"rows": row_words(_named(table, instrument, words), right, words, "chart_no_rows")},
        scale=scale, start=start, unit=of.axis_key(instrument), legend=_legend(table, context), notes=notes,
        bold=[place for place, code in enumerate(table["code"]) if code == INDEX_CODE],
    )  # fmt: skip


def profile_table(
    estimates: pd.DataFrame,
    instrument: Instrument,
    last_year: pd.DataFrame | None,
    targets: pd.DataFrame | None,
    unit_code: str,
    lang: str,
    differences: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return index and factors of a unit with last year, the change, the target and what is real.

    ``change`` and ``against`` are verdicts of `real_differences` and `against_target`;
    ``is_break`` says that last year is of another series and was left out.
    """
    rows = of.of_unit(of.latest(estimates), unit_code, "index", "factor")
    rows = of.in_form_order(rows, instrument)
    earlier = None
    if last_year is not None:
        earlier = of.of_unit(of.latest(last_year), unit_code, "index", "factor")
    before = of.matched(rows, earlier)
    changes = real_differences(rows, before, differences=differences)
    is_same = (rows["series"] == before["series"]).to_numpy(bool)
    wanted = _targets(rows, targets, unit_code)
    return rows.assign(
        name=of.names_of(rows["code"], instrument, lang),
        last_percent=before["estimate_percent"].where(is_same),
        last_year=before["year"].where(is_same),
        is_break=before["estimate_percent"].notna() & ~is_same,
        change_percent=changes["difference"],
        change=changes["verdict"],
        target_percent=wanted,
        against=against_target(rows, wanted),
    )


def _targets(rows: pd.DataFrame, targets: pd.DataFrame | None, unit_code: str) -> pd.Series:
    if targets is None:
        return pd.Series(np.nan, rows.index)
    # A unit's own target goes before the common one, that of a year before one of every year.
    order = [name for name in ("unit_code", "year") if name in targets]
    own = targets[targets["unit_code"].isin(["", unit_code])].sort_values(order, kind="stable")
    if "year" in own and len(rows):
        own = own[own["year"].isin([0, rows["year"].iloc[0]])]
    return rows["code"].map(
        own.drop_duplicates("code", keep="last").set_index("code").target_percent
    )


def of_whom(table: pd.DataFrame, unit_code: str, context: ChartContext) -> str:
    """Return unit and year of a table, as the line below a title has them."""
    name = context.unit_name(unit_code) if unit_code else context.say("survey_all_units")
    years = table["year"].dropna().unique()
    return f"{name}, {context.say('year').lower()} {years[-1]}" if len(years) else name


def _named(table: pd.DataFrame, instrument: Instrument, words: ChartContext) -> pd.DataFrame:
    return table.assign(name=of.names_of(table["code"], instrument, words.lang))


def _title(table: pd.DataFrame, instrument: Instrument, words: ChartContext) -> str:
    """Say what really changed, what is shown to miss its target, or what is lowest."""
    named = _named(table, instrument, words)
    factors = named[named["code"] != INDEX_CODE]
    factors = factors if len(factors) else named
    if factors["estimate_percent"].isna().all():
        return words.say("survey_all_hidden" if len(factors) else "chart_no_rows")
    parts = [of.lowest_words(factors, words)]
    if count := int((factors["against"] == "lower").sum()):
        parts.append(words.say("survey_missed", count=count))
    if change := change_words(factors, words):
        parts.append(change)
    return "; ".join(parts)


def change_words(rows: pd.DataFrame, words: ChartContext) -> str:
    """Say how many of `rows` rose and fell for real since last year; empty without a last year."""
    known = rows[rows["change"] != "unknown"]
    if known.empty:
        return ""
    rose, fell = (int((known["change"] == verdict).sum()) for verdict in ("higher", "lower"))
    year = int(known["last_year"].iloc[0])
    if not rose + fell:
        return words.say("survey_unchanged", year=year)
    parts = []
    if rose:
        parts.append(words.say("survey_rose", count=rose, year=year))
    if fell:
        parts.append(words.say("survey_fell", count=fell, year=year))
    return "; ".join(parts)


def right_text(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    """Return the estimate of a row; below it what is said of its target and of last year."""
    text = of.figure_text(row, context)
    if np.isfinite(row["target_percent"]):
        said = context.say(f"survey_target_{row['against']}")
        text += (
            f"\n{context.say('target').lower()} {context.percent(row['target_percent'])}: {said}"
        )
    if np.isfinite(row["last_percent"]):
        said = context.say(f"survey_change_{row['change']}")
        text += f"\n{row['last_year']:.0f}: {context.percent(row['last_percent'])}, {said}"
    return text


def _draw(axes: Axes, table: pd.DataFrame, centers: tuple[float, ...]) -> None:
    for row, y in zip(table.to_dict("records"), centers, strict=True):
        of.draw_interval(axes, row, y)
        if np.isfinite(row["target_percent"]):
            axes.plot(
                [row["target_percent"]] * 2, [y - 0.13, y + 0.13], color=theme.TARGET, linewidth=2.4
            )
        if np.isfinite(row["last_percent"]):
            axes.plot(
                [row["last_percent"]], [y], marker="D", markersize=4.5, linestyle="none",
                color=theme.LAST_YEAR,
            )  # fmt: skip


def _legend(table: pd.DataFrame, context: ChartContext) -> list[Entry]:
    entries = interval_legend(table, context)
    if table["target_percent"].notna().any():
        entries.append(Entry(context.say("target"), color=theme.TARGET, marker="|", dashes=""))
    if table["last_percent"].notna().any():
        year = f"{table['last_year'].dropna().iloc[0]:.0f}"
        entries.append(Entry(year, color=theme.LAST_YEAR, marker="D", dashes=""))
    return entries


def interval_legend(table: pd.DataFrame, context: ChartContext) -> list[Entry]:
    """Return the entries of point and interval; none where nothing is shown."""
    if table["estimate_percent"].isna().all():
        return []
    interval = Entry(context.say("survey_interval"), Fill(theme.ROLES["interval"].color))
    return [
        Entry(context.say("survey_estimate"), color=theme.POINTS, marker="o", dashes=""),
        interval,
    ]

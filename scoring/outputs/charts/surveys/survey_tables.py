"""What the charts of surveys share: rows of a unit, their names, their texts, and what is real."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.base.labels import label
from scoring.base.values import INDEX_CODE, INTERVALS
from scoring.outputs import theme
from scoring.outputs.amounts import points_amount
from scoring.outputs.charts.chart_sheet import nice_ticks
from scoring.outputs.theme import ChartContext
from scoring.survey.instrument.model import Instrument
from scoring.survey.real_differences import SAME, real_differences

KEY = ["measure", "code", "answer"]
_FIGURES = ("estimate_percent", "low_percent", "high_percent")


def latest(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the last year of a table ``Estimates``."""
    return estimates[estimates["year"] == estimates["year"].max()]


def of_unit(estimates: pd.DataFrame, unit_code: str, *measures: str) -> pd.DataFrame:
    """Return what is estimated of one unit, or with an empty code of all units together.

    Rows of a single service or group of respondents are left out.
    """
    kept = estimates["measure"].isin(measures) & (estimates["unit_code"] == unit_code)
    whole = (estimates["service"] == "") & (estimates["respondent_group"] == "")
    return estimates[kept & whole].reset_index(drop=True)


def worded(key: str, instrument: Instrument) -> str:
    """Return the key of a text: officials who judge by weighted options are not "satisfied"."""
    return f"{key}_judged" if instrument.weightings[0].counts == "weights" else key


def counted_by(instrument: Instrument, estimates: pd.DataFrame) -> Instrument:
    """Return the questionnaire with the way that `estimates` were counted by as its first.

    A table that does not say it leaves the order as it is.
    """
    used = set(estimates.get("weighting", ()))
    ways = sorted(instrument.weightings, key=lambda way: way.code not in used)
    return replace(instrument, weightings=tuple(ways))


def axis_key(instrument: Instrument | None) -> str:
    """Return the name of an axis: a share satisfied, a score, or a result of either kind."""
    return worded("survey_percent_satisfied", instrument) if instrument else "survey_percent"


def names_of(codes: pd.Series, instrument: Instrument, lang: str) -> list[str]:
    """Return the names of factors and questions; a question keeps its code before its text."""
    names = {INDEX_CODE: label(worded("survey_index", instrument), lang)}
    names |= {factor.code: factor.name(lang) for factor in instrument.factors}
    names |= {asked.code: f"{asked.code}. {asked.text(lang)}" for asked in instrument.questions}
    return [names.get(str(code), str(code)) for code in codes]


def in_form_order(rows: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return rows as the form has them, the index first."""
    codes = [INDEX_CODE, *(f.code for f in instrument.factors)]
    codes += [question.code for question in instrument.questions]
    place = {code: number for number, code in enumerate(codes)}
    order = rows["code"].map(place).fillna(len(place))
    return rows.iloc[np.argsort(order.to_numpy(), kind="stable")].reset_index(drop=True)


def matched(rows: pd.DataFrame, earlier: pd.DataFrame | None) -> pd.DataFrame:
    """Return the row of `earlier` for each of `rows`, by what it is of; missing where there is none."""
    if earlier is None or earlier.empty:
        return rows.iloc[:0].reindex(range(len(rows))).assign(series="")
    found = earlier.drop_duplicates(KEY).set_index(KEY)
    return found.reindex(pd.MultiIndex.from_frame(rows[KEY])).reset_index(drop=True)


def figure_text(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    """Return an estimate with its interval, or why there is none; never a zero in its place."""
    if not np.isfinite(row["estimate_percent"]):
        return state_text(row["state"], context)
    return f"{context.percent(row['estimate_percent'])} ({interval_text(row, context)})"


def interval_text(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    """Return the ends of an interval, ``82,1–85,2``."""
    ends = (row["low_percent"], row["high_percent"])
    return "–".join(points_amount(end, context.lang, 1).text for end in ends)


def state_text(state: str, context: ChartContext) -> str:
    """Return why an estimate is not shown."""
    return context.say(f"survey_state_{str(state).replace('-', '_')}")


def lowest_words(rows: pd.DataFrame, context: ChartContext) -> str:
    """Say which row is lowest, and from how many others it cannot be told apart.

    `rows` have a ``name``; empty where none of them is shown.
    """
    known = rows.dropna(subset=["estimate_percent"]).reset_index(drop=True)
    if known.empty:
        return ""
    least = known.iloc[[int(known["estimate_percent"].argmin())]]
    figure = figure_text(least.iloc[0].to_dict(), context)
    said = context.say("survey_lowest", name=least["name"].iloc[0], figure=figure)
    others = known.drop(index=least.index)
    tied = int((real_differences(others, least)["verdict"] == SAME).sum()) if len(others) else 0
    if len(known) == 1:
        return context.say("survey_only", name=least["name"].iloc[0], figure=figure)
    return said if not tied else f"{said}, {context.say('survey_tied', count=tied)}"


def confidence_note(rows: pd.DataFrame, context: ChartContext) -> list[str]:
    """Return the note that says how sure the intervals are; none where nothing is shown."""
    levels = rows.dropna(subset=["estimate_percent"])["confidence_percent"].dropna().unique()
    return [
        context.say("survey_interval_note", level=context.number(level, 1))
        for level in sorted(levels)[:1]
    ]


def method_name(method: str, lang: str) -> str:
    """Return an interval in words; what no version here knows stays as it is written."""
    key = f"survey_method_{method.replace('-', '_')}"
    return label(key, lang) if method in INTERVALS else method


def limits(*columns: pd.Series) -> tuple[float, float]:
    """Return round ends of a scale around all figures of `columns`, within 0 and 100."""
    values = np.concatenate([column.to_numpy(float) for column in columns])
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 100.0
    low, high = known.min() - 1, known.max() + 1
    ticks = nice_ticks(low, high)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 5.0
    return max(0.0, np.floor(low / step) * step), min(100.0, float(np.ceil(high / step) * step))


def scale_note(start: float, context: ChartContext) -> list[str]:
    """Return the note that the scale does not begin at zero, where it does not."""
    return [context.say("survey_scale", low=context.number(start))] if start > 0 else []


def draw_interval(axes: Axes, row: Mapping[Hashable, Any], y: float, **mark: object) -> None:
    """Draw an estimate as a point on its interval; nothing where it is not shown."""
    at, low, high = (row[name] for name in _FIGURES)
    if not np.isfinite(at):
        return
    axes.plot([low, high], [y, y], color=theme.ROLES["interval"].color, linewidth=4.5)
    style: dict[str, Any] = {"marker": "o", "markersize": 5.5, "color": theme.POINTS}
    # At an end of the scale, too, the whole point is drawn.
    axes.plot([at], [y], linestyle="none", clip_on=False, **(style | mark))


def survey_context(
    instrument: Instrument, lang: str, *, source: str = "", is_synthetic: bool = False, **about: Any
) -> ChartContext:
    """Return what charts of a survey say besides their data.

    `is_synthetic` says that the answers are made up, `about` are further fields of `ChartContext`.
    """
    return ChartContext(
        lang=lang, source=source, set_status=instrument.status, set_name=instrument.name(lang),
        kind="synthetic" if is_synthetic else "survey", **about,
    )  # fmt: skip

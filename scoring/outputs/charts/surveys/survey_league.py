"""The units side by side with their intervals: which differences are real."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.base.text import vietnamese_key
from scoring.base.units import names_apart
from scoring.outputs import theme
from scoring.outputs.charts import rows as labelled
from scoring.outputs.charts.chart_sheet import Entry
from scoring.outputs.charts.surveys import survey_tables as of
from scoring.outputs.charts.surveys.survey_profile import of_whom
from scoring.outputs.theme import NO_CONTEXT, ChartContext, ChartFigure, Fill
from scoring.survey.instrument.model import Instrument
from scoring.survey.real_differences import HIGHER, LOWER, SAME, real_differences

CHARTS = ("survey_league",)
MOST_ROWS = 32
# Standing against all units together: shape and colour of the point.
MARKS = {HIGHER: ("^", "gained"), SAME: ("o", "reached"), LOWER: ("v", "lost")}


def survey_league(
    estimates: pd.DataFrame,
    *,
    code: str = "INDEX",
    differences: pd.DataFrame | None = None,
    instrument: Instrument | None = None,
    context: ChartContext = NO_CONTEXT,
    first_row: int = 0,
    most_rows: int = MOST_ROWS,
) -> ChartFigure:
    """Draw every unit with its interval, told apart from all units together only where it is real.

    Parameters
    ----------
    estimates : DataFrame
        Table ``Estimates``.
    code : str
        The index, or a factor.
    differences : DataFrame, optional
        Table ``Differences`` of the units with all together and with the highest one; without it
        they are told from the intervals, which is more cautious.
    instrument : Instrument, optional
        Says whether the figures are shares of satisfied people or a score.
    first_row, most_rows : int
        Which units of many to draw: call again with the next `first_row` for the rest.

    Returns
    -------
    ChartFigure
        Ordered by estimate, which is no ranking: the words say how many units cannot be told apart
        from the highest one, and which lie above or below all together.

    Examples
    --------
    >>> from scoring.charts import alt_text
    >>> table = pd.DataFrame({"measure": "index", "code": "INDEX", "answer": "", "series": "mau",
    ...                       "year": 2026, "service": "", "respondent_group": "", "state": "shown",
    ...                       "unit_code": ["", "A", "B"], "unit_name": ["", "Sở A", "Sở B"],
    ...                       "estimate_percent": [85.0, 90.0, 80.0],
    ...                       "low_percent": [84.0, 88.0, 78.0],
    ...                       "high_percent": [86.0, 92.0, 82.0], "confidence_percent": 95.0,
    ...                       "degrees_of_freedom": 60.0})
    >>> print(alt_text(survey_league(table, context=ChartContext(lang="en")), "en"))
    Of 2 units, 1 lies above all together, 1 below, 0 cannot be told apart. 2 units with
    confidence intervals, All units, year 2026. Sở A: 90.0% (88.0–92.0); Sở B: 80.0%
    (78.0–82.0).
    """
    table, whole = league_table(estimates, code, context, differences)
    instrument = instrument and of.counted_by(instrument, estimates)
    page = labelled.one_page(table, _rows, most_rows, first_row)
    start, scale = of.limits(table["low_percent"], table["high_percent"], whole["estimate_percent"])
    notes = [
        *page.notes(context), *of.scale_note(start, context), *league_notes(table, context),
        *of.confidence_note(table, context),
    ]  # fmt: skip
    figure = labelled.row_chart(
        context, "survey_league", page, of.figure_text,
        lambda axes: _draw(axes, page, whole),
        title=partial(league_title, table), who=partial(of_whom, table, ""),
        said=lambda words: {
            "count": int(table["estimate_percent"].notna().sum()), "rows": labelled.row_words(table, of.figure_text, words, most=12)
        },
        scale=scale, start=start, unit=of.axis_key(instrument), legend=_legend(table, whole, context),
        notes=notes,
        bold=[place for place, is_best in enumerate(page.shown["with_best"]) if is_best],
    )  # fmt: skip
    figure.next_row = page.next_row
    return figure


def league_table(
    estimates: pd.DataFrame,
    code: str,
    context: ChartContext,
    differences: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the units, the highest first and the hidden ones last, and the row of all together.

    ``standing`` is the verdict against all units together, ``with_best`` whether a unit cannot be
    told apart from the highest; both are cautious for as many comparisons as there are units.
    """
    rows = of.latest(estimates)
    rows = rows[
        (rows["code"] == code) & (rows["service"] == "") & (rows["respondent_group"] == "")
        & rows["measure"].isin(("index", "factor"))
    ]  # fmt: skip
    whole = rows[rows["unit_code"] == ""].head(1).reset_index(drop=True)
    units = rows[rows["unit_code"] != ""]
    named = units[["unit_code", "unit_name"]].fillna("")
    names = [
        context.unit_names.get(str(unit)) or name
        for unit, name in zip(units["unit_code"], names_apart(named), strict=True)
    ]
    # The highest first; hidden ones last, in the order of their names.
    units = units.assign(name=names).iloc[
        sorted(range(len(names)), key=lambda i: vietnamese_key(names[i]))
    ]
    units = units.sort_values(
        "estimate_percent", ascending=False, na_position="last", kind="stable"
    ).reset_index(drop=True)
    known = max(int(units["estimate_percent"].notna().sum()), 1)
    compare = partial(real_differences, units, comparisons=known, differences=differences)
    verdict = compare(whole)["verdict"] if len(whole) else "unknown"
    best = compare(units.head(1))["verdict"] == SAME
    return units.assign(standing=verdict, with_best=best if len(units) else []), whole


def league_title(table: pd.DataFrame, words: ChartContext) -> str:
    """Say how many units lie above and below all together, and how many cannot be told apart."""
    known = table.dropna(subset=["estimate_percent"])
    if known.empty:
        return words.say("survey_all_hidden" if len(table) else "chart_no_rows")
    if len(known) == 1:
        row = known.iloc[0].to_dict()
        return words.say("survey_only", name=row["name"], figure=of.figure_text(row, words))
    counts = {name: int((known["standing"] == name).sum()) for name in MARKS}
    if (known["standing"] == "unknown").all():
        return words.say("survey_league_best", count=int(known["with_best"].sum()), all=len(known))
    key = "survey_league_title" if counts[HIGHER] + counts[LOWER] else "survey_league_same"
    return words.say(key, all=len(known), **counts)


def league_notes(table: pd.DataFrame, words: ChartContext) -> list[str]:
    """Return what a reader must know before taking the order of units for a ranking."""
    known = table.dropna(subset=["estimate_percent"])
    hidden = len(table) - len(known)
    notes = []
    if len(known) > 1:
        best = int(known["with_best"].sum())
        notes.append(words.say("survey_league_best", count=best, all=len(known)))
        notes.append(words.say("survey_league_note", all=len(known)))
    return [*notes, *([words.say("survey_hidden_units", count=hidden)] if hidden else [])]


def _rows(shown: pd.DataFrame) -> labelled.Rows:
    return labelled.named_rows(list(shown["name"]), least=0.22, gap=0.05)


def _draw(axes: Axes, page: labelled.Page, whole: pd.DataFrame) -> None:
    if len(whole) and np.isfinite(whole["estimate_percent"].iloc[0]):
        at = whole["estimate_percent"].iloc[0]
        axes.vlines([at], 0, page.rows.total, colors=theme.INK, linewidth=0.9, linestyles="--")
    for row, y in zip(page.shown.to_dict("records"), page.rows.centers, strict=True):
        of.draw_interval(axes, row, y, **_mark(row))


def _mark(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    shape, role = MARKS.get(row["standing"], MARKS[SAME])
    return {"marker": shape, "color": theme.ROLES[role].color, "markersize": 6.5}


def _legend(table: pd.DataFrame, whole: pd.DataFrame, context: ChartContext) -> list[Entry]:
    entries = [
        Entry(
            context.say(f"survey_standing_{standing}"),
            color=theme.ROLES[role].color, marker=shape, dashes="",
        )
        for standing, (shape, role) in MARKS.items()
        if (table["standing"] == standing).any()
    ]  # fmt: skip
    if table["estimate_percent"].notna().any():
        entries.append(Entry(context.say("survey_interval"), Fill(theme.ROLES["interval"].color)))
    if len(whole) and np.isfinite(whole["estimate_percent"].iloc[0]):
        value = context.percent(whole["estimate_percent"].iloc[0])
        entries.append(Entry(context.say("survey_whole_line", value=value), dashes="--"))
    return entries

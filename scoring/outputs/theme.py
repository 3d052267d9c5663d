"""One look for every chart: colours, hatches, sizes, numbers and the words around a chart.

The colours keep apart for colour-blind readers, and their lightness differs enough to keep them
apart on a black-and-white printer; causes carry a hatch besides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from scoring.base.displayed import Displayed
from scoring.base.labels import label
from scoring.outputs.amounts import count_amount
from scoring.outputs.text_layout import FONT_FAMILY
from scoring.tables import day_of

__all__ = ["CAUSE_FILLS", "FONT_FAMILY", "ChartContext", "ChartFigure", "Fill", "alt_text"]

# A4 portrait less two margins of 20 mm.
PAGE_WIDTH = 6.69
# What title, legend, axis and source line leave for the rows of a chart that fills a page.
BODY_HEIGHT = 7.6
MARGIN = 0.1
DPI = 150

TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 11.0, 8.0, 7.0

INK, MUTED, GRID, TRACK = "#1a1a1a", "#525252", "#d4d4d4", "#e9e9e9"
POINTS, TARGET, LAST_YEAR, LOSS = "#12436d", "#c2410c", "#8c8c8c", "#d98943"
# Light to dark in one hue: reads the same in grey.
RAMP = ("#f3f6fa", "#c9dcec", "#8fb8d8", "#4f8fbf", "#1f6196", "#0b3357")


class Fill(NamedTuple):
    """How an area is filled: colour, hatch pattern and colour of the hatch."""

    color: str
    hatch: str = ""
    hatch_color: str = INK

    def style(self, edge: str) -> dict[str, Any]:
        """Return how a patch is drawn with it; `edge` is the border of a fill without a hatch."""
        edge = self.hatch_color if self.hatch else edge
        return {"facecolor": self.color, "hatch": self.hatch, "edgecolor": edge}


OPEN_FILL = Fill("#ffffff", "//////", "#8c8c8c")

CAUSE_FILLS: Mapping[str, Fill] = {
    "below-target": Fill("#12436d"),
    "no-evidence": Fill("#b5431a", "////", "#ffffff"),
    "evidence-invalid": Fill("#e8a05f", "....", "#5a2d0c"),
    "late": Fill("#f6d55c", "\\\\\\\\", "#6b5300"),
    "not-done": Fill("#8a8a8a", "||||", "#ffffff"),
    "appraised-lower": Fill("#7b3f98", "xxxx", "#ffffff"),
    "survey-below-maximum": Fill("#5fb3a8", "----", "#0f3f3a"),
    "deduction": Fill("#2b2b2b", "++++", "#ffffff"),
    "not-assessed": OPEN_FILL,
}

PROOF_FILLS: Mapping[str, Fill] = {
    "proven": Fill("#12436d"),
    "declared": Fill("#8fb8d8", "\\\\\\\\", "#12436d"),
    "unproven": Fill("#f0a35e", "////", "#6e3200"),
    "not_needed": Fill("#e3e3e3"),
}

TASK_FILLS: Mapping[str, Fill] = {
    "done": Fill("#12436d"),
    "overdue": Fill("#c2410c", "xxxx", "#ffffff"),
    "due-soon": Fill("#f6d55c", "\\\\\\\\", "#6b5300"),
    "ongoing": Fill("#5fb3a8", "----", "#0f3f3a"),
    "upcoming": Fill("#a9cbe6", "////", "#12436d"),
    "waiting": Fill("#e3e3e3"),
    "no-date": Fill("#ffffff", "....", "#6b6b6b"),
}
OTHER_FILL = Fill("#bdbdbd", "....", "#4d4d4d")


class ChartFigure(Displayed, Figure):
    """A matplotlib Figure that carries what it says in words and the data it shows.

    Attributes
    ----------
    chart_data : DataFrame
        The data table that belongs beside the figure.
    alt_texts : dict of str
        What a reader who cannot see the figure needs to know, by language.
    next_row : int or None
        Where a chart of many rows goes on: draw it again with this `first_row`. None at the end.
    """

    chart_data: pd.DataFrame
    alt_texts: dict[str, str]
    next_row: int | None = None


@dataclass(frozen=True)
class ChartContext:
    """What a chart must say besides its data.

    Attributes
    ----------
    lang : str
        ``vi`` or ``en``.
    source : str
        Where the figures come from; printed below every chart.
    set_status : str
        ``official``, ``observed`` or ``sample``; a sample says so in a badge.
    set_name : str
        Name of the criteria set, printed with the source.
    set_stated : str
        Id, version and fingerprint of the set.
    unit_names : mapping
        Names by ``unit_code``; a code without a name is shown as it is.
    year : int or None
        Taken from the tables when None.
    decimals : int
        Decimals that points are shown with.
    """

    lang: str = "vi"
    source: str = ""
    set_status: str = "observed"
    set_name: str = ""
    set_stated: str = ""
    unit_names: Mapping[str, str] = field(default_factory=dict)
    year: int | None = None
    decimals: int = 2

    def say(self, key: str, **values: object) -> str:
        """Return the label `key` in the language of the chart."""
        return label(key, self.lang, **values)

    @property
    def is_sample(self) -> bool:
        """True for a set made for illustration; every output says so."""
        return self.set_status == "sample"

    @property
    def badge(self) -> str:
        """What says that the set is a sample; empty for any other."""
        return self.say("chart_sample_badge") if self.is_sample else ""

    @property
    def source_line(self) -> str:
        """Where the figures come from, as it is printed at the foot."""
        return f"{self.say('source')}: {self.source or self.say('chart_no_source')}"

    def unit_name(self, unit_code: str) -> str:
        """Return the name of a unit, or its code where no name is known."""
        return self.unit_names.get(unit_code) or unit_code

    def number(self, value: float, decimals: int | None = None) -> str:
        """Return `value` half up as readers of the chart write numbers; NaN is "not assessed".

        >>> ChartContext().number(1250.125), ChartContext(lang="en").number(float("nan"))
        ('1.250,13', 'not assessed')
        """
        if not np.isfinite(value):
            return self.say("chart_not_assessed")
        return count_amount(value, self.lang, self.decimals if decimals is None else decimals).text

    def percent(self, value: float) -> str:
        """Return a figure on the 0 to 100 scale with one decimal and its sign."""
        return self.number(value, 1) + ("%" if np.isfinite(value) else "")

    def date(self, day: dt.date | None) -> str:
        """Return a date as dd/mm/yyyy, the form both languages use in Vietnam."""
        return "" if pd.isna(day) else f"{pd.Timestamp(day):%d/%m/%Y}"


NO_CONTEXT = ChartContext()
"""What a chart says of itself when it is given no context."""


def alt_text(figure: Figure, lang: str = "vi") -> str:
    """Return the sentence that stands in for `figure` where it cannot be seen.

    Raises
    ------
    TypeError
        When `figure` was not made by `scoring.outputs.charts`.
    """
    return _chart(figure).alt_texts[lang]


def figure_data(figure: Figure) -> pd.DataFrame:
    """Return a copy of the data that `figure` shows, all rows, also those it had no room for."""
    return _chart(figure).chart_data.copy()


def _chart(figure: Figure) -> ChartFigure:
    if not isinstance(figure, ChartFigure):
        raise TypeError("figure must come from one of the functions of scoring.outputs.charts")
    return figure


def as_day(value: dt.date | str | None) -> pd.Timestamp | None:
    """Return `value` as a timestamp at midnight, the day before the month; None stays None."""
    return None if value is None else day_of(value)

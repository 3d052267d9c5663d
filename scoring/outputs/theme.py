"""One look for every chart: colours, hatches, sizes, numbers and the words around a chart.

The colours keep apart for colour-blind readers, and their lightness differs enough to keep them
apart on a black-and-white printer; causes carry a hatch besides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from scoring.base.displayed import Displayed
from scoring.base.labels import label
from scoring.base.values import CAUSES
from scoring.outputs.amounts import count_amount, percent_amount, points_amount
from scoring.outputs.text_layout import FONT_FAMILY
from scoring.tables import day_of

__all__ = ["CAUSE_FILLS", "FONT_FAMILY", "ChartContext", "ChartFigure", "Fill", "alt_text"]

# A4 portrait less two margins of 20 mm.
PAGE_WIDTH = 6.69
# What title, legend, axis and source line leave for the rows of a chart that fills a page.
BODY_HEIGHT = 7.6
MARGIN = 0.1
DPI = 150

# A chart is printed at its own size on A4, where nothing may be smaller than 8 points.
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 11.0, 8.0, 8.0

INK, MUTED, GRID, PAPER = "#1a1a1a", "#525252", "#d4d4d4", "#ffffff"
# Light to dark in one hue: reads the same in grey. Dark is reached, as in every chart.
RAMP = ("#f3f6fa", "#c9dcec", "#8fb8d8", "#4f8fbf", "#1f6196", "#0b3357")


class Fill(NamedTuple):
    """How an area is filled: colour, hatch pattern and colour of the hatch.

    Examples
    --------
    >>> CAUSE_FILLS["late"].hatch != CAUSE_FILLS["no-evidence"].hatch
    True
    >>> Fill("#12436d").style(edge="#ffffff")
    {'facecolor': '#12436d', 'hatch': '', 'edgecolor': '#ffffff'}
    """

    color: str
    hatch: str = ""
    hatch_color: str = INK

    def style(self, edge: str) -> dict[str, Any]:
        """Return how a patch is drawn with it; `edge` is the border of a fill without a hatch."""
        edge = self.hatch_color if self.hatch else edge
        return {"facecolor": self.color, "hatch": self.hatch, "edgecolor": edge}


ROLES: Mapping[str, Fill] = {
    "reached": Fill("#12436d"),
    "maximum": Fill("#e9e9e9"),
    "target": Fill("#c2410c"),
    "last-year": Fill("#8c8c8c"),
    "lost": Fill("#d98943", "////", "#6e3200"),
    "gained": Fill("#2e8b57", "----", "#ffffff"),
    "open": Fill(PAPER, "//////", "#8c8c8c"),
    "below-50": Fill("#e6d8b8"),
    "50-to-80": Fill("#f0e7d0"),
    "from-80": Fill("#fbf7ec"),
    "below-target": Fill("#a3785f"),
    "no-evidence": Fill("#f4a698", "////", "#7a1f0f"),
    "evidence-invalid": Fill("#d46a9f", "....", "#4a0f2e"),
    "late": Fill("#9b1b30", "\\\\\\\\", "#ffffff"),
    "not-done": Fill("#6f6f6f", "||||", "#ffffff"),
    "appraised-lower": Fill("#7b3f98", "xxxx", "#ffffff"),
    "survey-below-maximum": Fill("#5fb3a8", "----", "#0f3f3a"),
    "deduction": Fill("#2b2b2b", "++++", "#ffffff"),
    "declared": Fill("#c5b3e6", "\\\\\\\\", "#4a3a7a"),
    "not-needed": Fill("#d0d0d0"),
    "due-soon": Fill("#f6d55c", "\\\\\\\\", "#6b5300"),
    "ongoing": Fill("#a5cf6b", "----", "#33691e"),
    "upcoming": Fill("#b2e4ea", "////", "#00606a"),
    "waiting": Fill("#e8cfd8"),
    "no-date": Fill(PAPER, "....", "#6b6b6b"),
    "other": Fill("#bdbdbd", "....", "#4d4d4d"),
    "interval": Fill("#9db4c9"),
    # Answers of a scale: hatched where they are not satisfied, so that a grey print tells the sides.
    "answer-lowest": Fill("#7a2e12", "////", "#ffffff"),
    "answer-low": Fill("#e3b08f", "////", "#7a2e12"),
    "answer-middle": Fill("#dedede", "....", "#8c8c8c"),
    "answer-high": Fill("#7fa8c9"),
    "answer-highest": Fill("#1b5e8c"),
    "answer-none": Fill(PAPER, "xxxx", "#8c8c8c"),
    "answer-silent": Fill(PAPER, "++++", "#8c8c8c"),
}
"""What each colour of a chart means: one colour, one meaning, through every chart."""

TARGET_ROLES: Mapping[str, str] = {
    "met": "reached",
    "missed": "lost",
    "not-shown-met": "interval",
    "not-shown-missed": "interval",
    "on-the-way": "upcoming",
    "not-yet-due": "waiting",
    "not-measurable": "open",
}
"""The role of each state of a plan's target (`TARGET_STATES`)."""

POINTS, TARGET, LAST_YEAR, LOSS, TRACK = (
    ROLES[role].color for role in ("reached", "target", "last-year", "lost", "maximum")
)
OPEN_FILL, OTHER_FILL = ROLES["open"], ROLES["other"]
# Words of the tables that mean what a role means under another name.
_MEANT = {
    "not-assessed": "open",
    "proven": "reached",
    "unproven": "no-evidence",
    "not_needed": "not-needed",
    "done": "reached",
    "overdue": "late",
}


def _fills(*names: str) -> dict[str, Fill]:
    return {name: ROLES[_MEANT.get(name, name)] for name in names}


CAUSE_FILLS: Mapping[str, Fill] = _fills(*CAUSES)
PROOF_FILLS: Mapping[str, Fill] = _fills("proven", "declared", "unproven", "not_needed")
TASK_FILLS: Mapping[str, Fill] = _fills(
    "done", "overdue", "due-soon", "ongoing", "upcoming", "waiting", "no-date"
)


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

    Examples
    --------
    >>> from scoring.charts import index_spread
    >>> table = pd.DataFrame({"points": [80.0, 90.0], "low_percent": [100, 0]})
    >>> table["high_percent"] = table["low_percent"]
    >>> figure = index_spread(table, "H1")
    >>> figure.chart_data["points"].tolist(), sorted(figure.alt_texts), figure.next_row
    ([80.0, 90.0], ['en', 'vi'], None)
    """

    chart_data: pd.DataFrame
    alt_texts: dict[str, str]
    next_row: int | None = None


# Labels by what a chart is about: badge and sentence of a sample, line that names set and status.
_MARKS = {
    "set": ("chart_sample_badge", "chart_sample_line", "chart_set_line"),
    "survey": ("survey_sample_badge", "survey_sample_line", "survey_set_line"),
    "synthetic": ("survey_synthetic_badge", "survey_synthetic_line", "survey_set_line"),
}


def _minus(text: str) -> str:
    """Return a number with the sign that charts draw for what is taken off, as wide as a plus."""
    return f"−{text[1:]}" if text.startswith("-") else text


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
    kind : str
        What `set_name` and `set_status` are of: ``set``, a criteria set; ``survey``, the
        questionnaire of a survey; ``synthetic``, one whose answers are made up, which is a sample
        whatever the status of its questionnaire.
    journal_head : str
        Head of the journal of appraisal that was used, for workbooks; empty where none was.

    Examples
    --------
    >>> context = ChartContext(lang="en", set_status="sample", unit_names={"A": "Sở Mẫu A"})
    >>> context.is_sample, context.unit_name("A"), context.unit_name("B")
    (True, 'Sở Mẫu A', 'B')
    >>> context.percent(88.4), ChartContext().percent(88.4)
    ('88.4%', '88,4%')
    """

    lang: str = "vi"
    source: str = ""
    set_status: str = "observed"
    set_name: str = ""
    set_stated: str = ""
    unit_names: Mapping[str, str] = field(default_factory=dict)
    year: int | None = None
    decimals: int = 2
    kind: str = "set"
    journal_head: str = ""

    def say(self, key: str, **values: object) -> str:
        """Return the label `key` in the language of the chart."""
        return label(key, self.lang, **values)

    @property
    def is_sample(self) -> bool:
        """True for a set or survey made for illustration; every output says so."""
        return self.set_status == "sample" or self.kind == "synthetic"

    @property
    def badge(self) -> str:
        """What says that the set is a sample; empty for any other."""
        return self.say(_MARKS[self.kind][0]) if self.is_sample else ""

    @property
    def sample_line(self) -> str:
        """The sentence that says what is made up; empty where nothing is."""
        return self.say(_MARKS[self.kind][1]) if self.is_sample else ""

    @property
    def set_line(self) -> str:
        """The set or questionnaire with its status, as it is printed at the foot."""
        if not self.set_name:
            return ""
        status = self.say(f"status_{self.set_status}")
        return self.say(_MARKS[self.kind][2], name=self.set_name, status=status)

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
        places = self.decimals if decimals is None else decimals
        return _minus(count_amount(value, self.lang, places).text)

    def points(self, value: float) -> str:
        """Return points with all their decimals, so that a column of them stands in line.

        >>> ChartContext().points(-0.5)
        '−0,50'
        """
        return _minus(points_amount(value, self.lang, self.decimals).text)

    def like(self, values: Iterable[float]) -> Callable[[float], str]:
        """Return how figures of one column are written: all with the decimals that one needs.

        >>> [ChartContext().like([0.0, 2.5])(value) for value in (0.0, 2.5)]
        ['0,0', '2,5']
        """
        shown = [self.number(value) for value in values if np.isfinite(value)]
        mark = "." if self.lang == "en" else ","
        most = max((len(text.partition(mark)[2]) for text in shown), default=0)
        return lambda value: _minus(points_amount(value, self.lang, most).text)

    def percent(self, value: float) -> str:
        """Return a figure on the 0 to 100 scale with one decimal and its sign."""
        return percent_amount(value, self.lang).text

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

    Examples
    --------
    >>> from scoring.charts import index_spread
    >>> table = pd.DataFrame({"points": [80.0, 90.0], "low_percent": [100, 0]})
    >>> table["high_percent"] = table["low_percent"]
    >>> figure = index_spread(table, "H1", grades=[(80.0, "B")], context=ChartContext(lang="en"))
    >>> print(alt_text(figure, "en"))
    Chance of 80.00 points or more (B): 100%. H1. All chances have grounds.
    """
    return _chart(figure).alt_texts[lang]


def figure_data(figure: Figure) -> pd.DataFrame:
    """Return a copy of the data that `figure` shows, all rows, also those it had no room for.

    Examples
    --------
    >>> from scoring.charts import index_spread
    >>> table = pd.DataFrame({"points": [80.0, 90.0], "low_percent": [100, 0]})
    >>> table["high_percent"] = table["low_percent"]
    >>> figure_data(index_spread(table, "H1"))["low_percent"].tolist()
    [100, 0]
    """
    return _chart(figure).chart_data.copy()


def _chart(figure: Figure) -> ChartFigure:
    if not isinstance(figure, ChartFigure):
        raise TypeError("figure must come from one of the functions of scoring.outputs.charts")
    return figure


def as_day(value: dt.date | str | None) -> pd.Timestamp | None:
    """Return `value` as a timestamp at midnight, the day before the month; None stays None."""
    return None if value is None else day_of(value)

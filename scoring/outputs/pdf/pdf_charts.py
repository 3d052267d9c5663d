"""Charts of a PDF: lying bars, drawn from the figures of the content and said in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scoring.outputs.amounts import points_amount
from scoring.outputs.slides.slide_text import SlideChart
from scoring.outputs.theme import CAUSE_FILLS, ROLES, Fill

# Names take what they need of the width, up to this share of it.
_LABEL_SHARE, _LEAST_LABEL, _LABEL_LETTER = 0.42, 0.04, 0.012


@dataclass(frozen=True)
class BarRow:
    """A bar: its name, the text of its value, pieces and marks.

    Attributes
    ----------
    pieces : sequence of (start, end, role)
        In the unit of the chart, drawn in this order.
    marks : sequence of (place, role)
        Upright lines across the bar.
    """

    name: str
    value: str
    pieces: Sequence[tuple[float, float, str]]
    marks: Sequence[tuple[float, str]] = ()


@dataclass(frozen=True)
class BarChart:
    """Bars under a title that says the finding.

    Attributes
    ----------
    alt : str
        What a reader who cannot see it needs to know; a chart without it is refused.
    legend : mapping of str to str
        Roles by their words.
    label : float
        Share of the width that names take.
    reach : float
        The axis goes at least so far; bars and marks beyond it end there where no bar is longer.
    """

    title: str
    alt: str
    rows: Sequence[BarRow]
    legend: Mapping[str, str] = field(default_factory=dict)
    label: float = _LABEL_SHARE
    reach: float = 0.0

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError("BarChart: alt must say what the chart shows; it is empty")

    def block(self) -> dict[str, object]:
        """Return the chart as the template takes it, places as shares of the width."""
        ends = [end for row in self.rows for piece in row.pieces for end in piece[:2]]
        low, high = min([0.0, *ends]), max([self.reach, *ends])
        width = (high - low) or 1.0

        def at(place: float) -> float:
            return min(max((place - low) / width, 0.0), 1.0)

        rows = [
            {
                "name": row.name,
                "value": row.value,
                "parts": [
                    {"start": at(start), "share": at(end) - at(start), "fill": fill_of(role)}
                    for start, end, role in row.pieces
                    if end > start
                ],
                "marks": [{"at": at(place), "fill": fill_of(role)} for place, role in row.marks],
            }
            for row in self.rows
        ]
        legend = [{"text": text, "fill": fill_of(role)} for text, role in self.legend.items()]
        return {"kind": "chart", "title": self.title, "alt": self.alt, "label": self.label,
                "rows": rows, "legend": legend}  # fmt: skip


def fill_of(role: str) -> dict[str, str]:
    """Return colour and hatch of a role or cause; "#rrggbb" is a colour itself."""
    fill = Fill(role) if role.startswith("#") else CAUSE_FILLS.get(role) or ROLES[role]
    return {"color": fill.color, "hatch": fill.hatch, "hatch_color": fill.hatch_color}


def described(title: str, rows: Sequence[tuple[str, str]]) -> str:
    """Return the alternative text of a chart: its finding, then the figure of every bar.

    >>> described("Hai sở đạt", [("Sở A", "81,20"), ("Sở B", "79,00")])
    'Hai sở đạt. Sở A: 81,20; Sở B: 79,00.'
    """
    return f"{title}. {'; '.join(f'{name}: {value}' for name, value in rows)}."


def bars_of(chart: SlideChart, title: str, lang: str) -> BarChart:
    """Return the chart that stands on a slide as bars of a PDF, with the same figures."""
    rows, said = [], []
    for at, name in enumerate(chart.names):
        pieces, told, place = [], [], 0.0
        for series, (role, values) in chart.series.items():
            if math.isnan(values[at]):
                continue
            # The minus of the tables, which is as wide as a plus.
            shown = points_amount(values[at], lang, chart.decimals).text.replace("-", "−")
            told.append((series, shown))
            ends = sorted((place, place + values[at]))
            pieces.append((ends[0], ends[1], role))
            place += values[at]
        # A bar of one piece says its value; what several come to stands in the table below.
        value = told[0][1] if len(told) == 1 and chart.labelled else ""
        if len(told) > 1 and chart.labelled:
            value = " + ".join(text for _, text in told)
        rows.append(BarRow(name, value, pieces))
        is_plain = len(chart.series) == 1
        words = (text if is_plain else f"{series} {text}" for series, text in told)
        said.append((name, ", ".join(words)))
    legend = {series: role for series, (role, _) in chart.series.items()}
    longest = max((len(name) for name in chart.names), default=0)
    share = min(_LABEL_SHARE, _LEAST_LABEL + longest * _LABEL_LETTER)
    return BarChart(title, described(title, said), rows, legend, share)

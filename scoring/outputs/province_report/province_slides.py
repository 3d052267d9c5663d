"""The report of a province as slides: each title says a finding, each chart can be edited.

Needs the extra ``slides`` (see `scoring.outputs.slides.slides_available`).
"""

from __future__ import annotations

from collections.abc import Sequence

from scoring.outputs.amounts import count_amount
from scoring.outputs.province_report.province_charts import HALF, SlideChart, province_chart
from scoring.outputs.province_report.province_content import ProvinceContent
from scoring.outputs.province_report.province_parts import Part, both_ends, province_parts
from scoring.outputs.slides.slide_charts import add_chart
from scoring.outputs.slides.slide_deck import TABLE_SIZE, SlideDeck, SlidePage, text_room
from scoring.outputs.slides.slide_text import Box
from scoring.outputs.slides.template import BODY

_NOTE_SIZE, _MOST_NOTES = 12.0, 1.6
# A lying bar with the gap below it, and the legend, in inches.
_BAR, _LEGEND = 0.55, 0.6
# Parts whose findings stand on the first slide.
_SUMMED_UP = ("targets", "areas", "wins", "changes", "help")


def province_slides(content: ProvinceContent) -> bytes:
    """Return the report as a ``.pptx`` file; the same content gives the same bytes.

    Every slide has a title that says the finding, native tables and charts, a foot with set and
    status, a number, and notes with source and method. With a sample set every slide says so.
    """
    return _Writer(content).to_bytes()


class _Writer:
    """Writes a slide for each part of a report."""

    def __init__(self, content: ProvinceContent) -> None:
        self.c, self.parts = content, province_parts(content)
        of_set = content.criteria_set
        foot = f"{content.title} · {of_set.name} ({of_set.status_name})"
        badge = f"{content.say('chart_sample_badge')}. {content.say('chart_sample_line')}"
        self.badge = badge if of_set.is_sample else ""
        self.deck = SlideDeck(content.title, of_set.name, content.lang, foot, self.badge)

    def to_bytes(self) -> bytes:
        """Return the file."""
        for part in self.parts:
            page = self.deck.page(part.title, self._spoken(part))
            if part.key == "year":
                self._year(page, part)
            elif part.key == "method":
                page.text(BODY, part.notes[1:], size=16, bullets=True)
            else:
                self._page(page, part)
        return self.deck.to_bytes()

    def _spoken(self, part: Part) -> list[str]:
        """Return what a speaker needs to know: the finding in full, its source and its method."""
        of_set = self.c.criteria_set
        said = {"source": self.c.figures_from, "name": of_set.name, "status": of_set.status_name}
        source = self.c.say("province_doc_note_set", **said)
        return [line for line in (part.title, source, *part.notes, self.badge) if line]

    def _page(self, page: SlidePage, part: Part) -> None:
        """Write the chart of a part, its table beside it, and below what must be known."""
        box = BODY
        if lines := part.notes[1:]:
            high = min(text_room(lines, _NOTE_SIZE, BODY.width), _MOST_NOTES)
            box, below = BODY.rows(BODY.height - high - 0.15)
            page.text(below, lines, size=_NOTE_SIZE, least=11)
        if chart := province_chart(self.c, part):
            left, box = box.columns(*chart.shares)
            if not chart.kind.endswith("columns"):
                high = _LEGEND + _BAR * len(chart.names)
                left = left._replace(height=min(left.height, high))
            told = self._told(chart)
            alt = self.c.say("province_doc_slide_alt", title=part.title, rows=told)
            add_chart(page, left, chart, alt)
        self._table(page, part, box)

    def _told(self, chart: SlideChart) -> str:
        """Return what a chart shows, in words."""
        columns = [values for _, values in chart.series.values()]
        rows = zip(chart.names, zip(*columns, strict=True), strict=True)
        return "; ".join(f"{name}: {self._figures(values)}" for name, values in rows)

    def _figures(self, values: Sequence[float]) -> str:
        known = (value for value in values if value == value)
        return ", ".join(count_amount(value, self.c.lang).text for value in known)

    def _table(self, page: SlidePage, part: Part, box: Box, size: float = TABLE_SIZE) -> None:
        """Write the rows of a part that fit into a box; the rest is in the workbook."""
        if not part.rows:
            return
        rows = both_ends(part.rows, HALF) if part.key == "changes" else part.rows

        def more(count: int) -> str:
            return self.c.say("province_doc_more_rows", count=count)

        hidden = len(part.rows) - len(rows)
        page.table(box, part.columns, rows, part.title, more, size=size, hidden=hidden)

    def _year(self, page: SlidePage, part: Part) -> None:
        upper, rest = BODY.rows(1.65)
        page.text(upper, [self.c.first_sentence], size=22)
        middle, lower = rest.rows(1.1)
        self._table(page, part, middle, size=15)
        found = [other.title for other in self.parts if other.key in _SUMMED_UP]
        page.text(lower, found, size=18, bullets=True)

"""Which chart stands on a slide of the province report, with the figures of the content."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scoring.outputs.province_report.province_content import ProvinceContent
from scoring.outputs.province_report.province_parts import Part, both_ends
from scoring.outputs.slides.slide_text import SlideChart
from scoring.outputs.theme import RAMP, TARGET_ROLES

HALF = 5
_MOST_BARS = 2 * HALF
MOST_BLOCKS = len(RAMP) - 1
_NONE = float("nan")


def province_chart(content: ProvinceContent, part: Part) -> SlideChart | None:
    """Return the chart of a part; None where it has none, or nothing to show."""
    chart = _CHARTS[part.key](content) if part.key in _CHARTS else None
    return chart if chart is not None and chart.names else None


def block_colour(at: int, count: int) -> str:
    """Return the colour of the block at place `at` of `count`: shades of one colour, the first the darkest.

    >>> [block_colour(at, 2) for at in range(2)] == [RAMP[-1], RAMP[-1 - MOST_BLOCKS // 2]]
    True
    """
    return RAMP[-1 - at * MOST_BLOCKS // count]


def _spread(c: ProvinceContent) -> SlideChart:
    found = c.distribution
    names, blocks = [row.text for row in found.bins], found.blocks
    if not 1 < len(blocks) <= MOST_BLOCKS:
        counts = {c.say("report_units"): ("reached", [float(row.count) for row in found.bins])}
        return SlideChart("columns", names, counts)
    # An empty part of a bar would be labelled 0.
    series = {
        block or c.say("standing_all"): (
            block_colour(at, len(blocks)),
            [float(row.counts[at]) or _NONE for row in found.bins],
        )
        for at, block in enumerate(blocks)
    }
    return SlideChart("stacked-columns", names, series)


def _grades(c: ProvinceContent) -> SlideChart:
    rows = c.distribution.grades
    counts = {c.say("report_units"): ("reached", [float(row.count) for row in rows])}
    return SlideChart(
        "columns", [row.grade or c.say("province_doc_no_grade") for row in rows], counts
    )


def _targets(c: ProvinceContent) -> SlideChart:
    rows = c.targets.rows if c.targets else ()
    missed = [row for row in rows if row.verdict == "missed"][:_MOST_BARS]
    short = {c.say("province_doc_head_missed"): ("below-target", [-row.by.value for row in missed])}
    names = [row.unit_name for row in missed]
    return SlideChart("bars", names, short, (1, 1.3), c.figures.decimals)


def _areas(c: ProvinceContent) -> SlideChart:
    rows = [row for row in c.losses.areas if row.lost.value > 0][:_MOST_BARS]
    lost = [{cause.cause: cause.lost.value for cause in row.causes} for row in rows]
    series = {
        cause.name: (cause.cause, [own.get(cause.cause, _NONE) for own in lost])
        for cause in c.losses.causes
    }
    names = [row.name for row in rows]
    return SlideChart("stacked", names, series, (1, 1.15), c.figures.decimals, labelled=False)


def _items(c: ProvinceContent) -> SlideChart:
    rows = [row for row in c.losses.items if row.lost.value > 0][:_MOST_BARS]
    lost = {c.say("lost_points"): ("lost", [row.lost.value for row in rows])}
    return SlideChart("bars", [row.code for row in rows], lost, (1, 2.2), c.figures.decimals)


def _changes(c: ProvinceContent) -> SlideChart:
    rows = both_ends(c.changes.rows if c.changes else (), HALF)
    change = {c.say("province_change"): ("reached", [row.change.value for row in rows])}
    return SlideChart("bars", [row.unit_name for row in rows], change, (1, 1.1), 1)


def _plan(c: ProvinceContent) -> SlideChart:
    """Draw results in percent, each in the colour of its state; those missed come first."""
    shown = [row for row in c.plan_targets if row.percents]
    shown = sorted(shown, key=lambda row: row.state != "missed")[:_MOST_BARS]
    series = {
        row.state_name: (
            TARGET_ROLES[row.state],
            [own.percents[0] if own.state == row.state else _NONE for own in shown],
        )
        for row in shown
    }
    names = [f"{row.code} ({row.wanted}) {row.name}" for row in shown]
    return SlideChart("stacked", names, series, (1, 1.3), 1)


_CHARTS: Mapping[str, Callable[[ProvinceContent], SlideChart]] = {
    "spread": _spread, "grades": _grades, "targets": _targets, "areas": _areas, "items": _items,
    "changes": _changes, "plan": _plan,
}  # fmt: skip

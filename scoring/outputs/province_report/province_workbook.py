"""The report of a province as a workbook: native charts, filters, and what the page says."""

from __future__ import annotations

from typing import Any

from scoring.base.numbers import format_number
from scoring.files.excel.xlsx import SafeSheet, SafeWorkbook, absolute_range
from scoring.outputs.province_report.province_charts import MOST_BLOCKS, block_colour
from scoring.outputs.province_report.province_content import ProvinceContent
from scoring.outputs.province_report.province_sections import province_sections
from scoring.outputs.section_sheets import HEADER_ROW, Section, SectionLooks, write_section
from scoring.outputs.theme import POINTS, ROLES

# Tables that do not fit an upright page, with the columns that stand on each page.
_WIDE = {"units": 2, "points": 1, "gaps": 0, "areas": 0, "items": 0, "wins": 0, "graded": 0}
_MOST_BARS, _MOST_SINGLE_STEPS = 15, 10
_CHARTED = ("bins", "areas")
# Rows in print, for 3,000 units take hundreds of pages: a row a unit, or one a unit and item.
_MOST_PRINTED, _MOST_ITEM_ROWS = 300, 120
_SIZE = {"width": 760, "height": 380}
_GRID = {"visible": True, "line": {"color": "#D9D9D9"}}


def province_workbook(content: ProvinceContent) -> bytes:
    """Return the report of a province as ``.xlsx``; the same content gives the same bytes.

    Every table stands on its own sheet with filters and a heading that repeats on each printed
    page, of a long one the first rows; text is never a formula, a missing figure is an empty cell.
    """
    book = SafeWorkbook({"title": content.title, "subject": content.criteria_set.name})
    front = book.add_sheet(content.say("province_sheet_summary"))
    sheets = {}
    for section in province_sections(content):
        sheet = book.add_sheet(content.say(f"province_sheet_{section.key}"))
        write_section(book, sheet, section, _looks(content, section))
        # The rows of a long table are let go of as soon as they stand on their sheet.
        if section.key in _CHARTED:
            sheets[section.key] = (sheet.name, section)
    _write_front(book, front, content, sheets)
    return book.to_bytes()


def _looks(content: ProvinceContent, section: Section) -> SectionLooks:
    most = _MOST_ITEM_ROWS if section.key in ("points", "gaps") else _MOST_PRINTED
    count = format_number(len(section.rows), 0, content.lang)
    return SectionLooks(
        content.title,
        _about(content),
        content.figures.decimals,
        landscape=section.key in _WIDE,
        repeated=_WIDE.get(section.key, 0),
        most_printed=most,
        cut_note=content.say("province_rows_printed", shown=most, count=count),
        badge=_badge(content),
    )


def _badge(content: ProvinceContent) -> str:
    return content.say("chart_sample_badge") if content.criteria_set.is_sample else ""


def _about(content: ProvinceContent) -> str:
    chosen = content.criteria_set
    badge = f" {_badge(content)}." if chosen.is_sample else ""
    head = (
        f" {content.say('journal_head')}: {content.journal_head}." if content.journal_head else ""
    )
    source = f"{content.say('source')}: {content.figures_from}"
    return f"{chosen.name} ({chosen.status_name}). {source}.{badge}{head}"


def _write_front(
    book: SafeWorkbook,
    sheet: SafeSheet,
    content: ProvinceContent,
    sheets: dict[str, tuple[str, Section]],
) -> None:
    """Write the sentence, the figures of all units and the two charts."""
    whole = content.summary
    facts: list[tuple[object, ...]] = [
        (content.say(key), value)
        for key, value in (
            ("province_units", whole.units), ("page_assessed", whole.assessed),
            ("pack_still_open", whole.open), ("page_mean_head", float(whole.mean.value)),
            ("page_median", float(whole.median.value)), ("page_least", float(whole.least.value)),
            ("page_most", float(whole.most.value)),
        )
    ]  # fmt: skip
    section = Section(
        "summary",
        content.say("province_sheet_summary"),
        (content.say("province_figure"), content.say("page_value")),
        tuple(facts),  # type: ignore[arg-type]
        (130.0, 60.0),
        (content.first_sentence, *content.caveats),
    )
    looks = SectionLooks(
        content.title, _about(content), content.figures.decimals,
        counts_align="right", badge=_badge(content),
    )  # fmt: skip
    write_section(book, sheet, section, looks)
    # A chart that is cut in two by the end of a page says nothing.
    sheet.sheet.fit_to_pages(1, 1)
    row = HEADER_ROW + len(facts) + len(section.notes) + 4
    for chart in filter(
        None, (_spread_chart(book, content, sheets), _loss_chart(book, content, sheets))
    ):
        sheet.sheet.insert_chart(row, 0, chart, {"object_position": 1})
        row += 20


def _spread_chart(
    book: SafeWorkbook, content: ProvinceContent, sheets: dict[str, tuple[str, Section]]
) -> Any:
    """Return columns of units by index, a block on the other; None where no unit is assessed."""
    name, section = sheets["bins"]
    last = HEADER_ROW + len(content.distribution.bins)
    if last == HEADER_ROW:
        return None
    chart = book.book.add_chart({"type": "column", "subtype": "stacked"})
    blocks = len(section.heads) - 2
    is_parted = 1 < blocks <= MOST_BLOCKS
    for at in range(blocks if is_parted else 1):
        colour = block_colour(at, blocks) if is_parted else POINTS
        series = _series(name, 2 + at if is_parted else 1, last)
        chart.add_series(series | {"fill": {"color": colour}, "gap": 40})
    most = max(one.count for one in content.distribution.bins)
    # There are no half units on the scale of a few.
    steps = {"major_unit": 1} if most <= _MOST_SINGLE_STEPS else {}
    _finish(chart, content.say("province_spread"), content.say("province_units"), steps)
    return chart


def _loss_chart(
    book: SafeWorkbook, content: ProvinceContent, sheets: dict[str, tuple[str, Section]]
) -> Any:
    """Return bars of the areas by the points that all units lose there."""
    name, section = sheets["areas"]
    if not section.rows:
        return None
    chart = book.book.add_chart({"type": "bar"})
    last = HEADER_ROW + min(len(section.rows), _MOST_BARS)
    fill = {"fill": {"color": ROLES["lost"].color}, "gap": 40}
    labels = {"data_labels": {"value": True, "num_format": "0.00", "font": {"size": 8}}}
    chart.add_series(_series(name, 3, last, names=1) | fill | labels)
    _finish(chart, content.say("province_losses"), content.say("province_lost"))
    chart.set_y_axis({"reverse": True, "num_font": {"size": 8}})
    chart.set_x_axis({"num_font": {"size": 8}, "major_gridlines": _GRID})
    chart.set_legend({"none": True})
    return chart


def _series(sheet: str, column: int, last: int, names: int = 0) -> dict[str, Any]:
    first = HEADER_ROW + 1
    cells = {"name": (HEADER_ROW, column, HEADER_ROW), "values": (first, column, last)}
    cells["categories"] = (first, names, last)
    return {
        key: f"={absolute_range(sheet, (top, at), (end, at))}"
        for key, (top, at, end) in cells.items()
    }


def _finish(chart: Any, title: str, unit: str, steps: dict[str, Any] | None = None) -> None:
    chart.set_title({"name": title, "name_font": {"size": 11}, "overlay": False})
    axis = {
        "num_font": {"size": 8},
        "major_gridlines": _GRID,
    }
    chart.set_y_axis(axis | {"name": unit, "name_font": {"size": 8}, "min": 0} | (steps or {}))
    chart.set_x_axis({"num_font": {"size": 8}})
    chart.set_legend({"position": "bottom", "font": {"size": 8}})
    chart.set_size(_SIZE)

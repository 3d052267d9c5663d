"""The first sheet of the result workbook and its native charts."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
from xlsxwriter.chart import Chart
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from scoring.base.values import CAUSES, INDEX_CODE
from scoring.files.excel.xlsx import SafeSheet, SafeWorkbook, absolute_range
from scoring.outputs import report_sheets as sheets
from scoring.outputs.content.run_tables import RunTables
from scoring.outputs.report_sheets import CODE, NUMBER, TEXT, Look
from scoring.outputs.theme import CAUSE_FILLS, POINTS

_DATA_SHEET = "_bieu_do"
_MOST_ITEMS = 12
_KEY: Look = {"bold": True, "valign": "top"}
_FACT: Look = {"valign": "top"}
_HEADLINE: Look = {"bold": True, "font_size": 16, "font_color": POINTS, "valign": "top"}
_TOTAL: Look = {"bold": True, "bg_color": "#BDD7EE"}
# Patterns of Excel that come near the hatches of the figures.
_PATTERNS = {
    "no-evidence": "wide_upward_diagonal",
    "evidence-invalid": "percent_25",
    "late": "wide_downward_diagonal",
    "not-done": "narrow_vertical",
    "appraised-lower": "outlined_diamond",
    "survey-below-maximum": "narrow_horizontal",
    "deduction": "small_grid",
    "not-assessed": "light_upward_diagonal",
}
# Facts that are words about the figures; no formula follows them.
_AS_SCORED = ("grade", "target", "report_bounds", "lost_points")
_WIDTHS = (10, 58, 14, 14, 14, 14, 14)
# Two charts stand side by side below a table of these widths.
_CHART_WIDTH, _CHART_HEIGHT = 484, 460


def write_summary_sheet(book: SafeWorkbook, report: RunTables, *, is_live: bool = False) -> None:
    """Write the headline of one unit, or one row per unit.

    `is_live` makes the figures of one unit follow the sheet of all points.
    """
    if report.has_many_units:
        _write_many(book, report)
    else:
        _write_one(book, report, is_live)


def _write_one(book: SafeWorkbook, report: RunTables, is_live: bool) -> None:
    sheet = book.add_sheet(report.say("report_summary_sheet"))
    row = sheets.write_heading(sheet, report.say("report_title"), report)
    sheet.write_text(row - 1, 0, report.say(sheets.live_note(is_live)), sheets.NOTE)
    sheet.set_widths(_WIDTHS)
    cells = sheets.points_cells(report) if is_live else {}
    for key, fact in report.facts().items():
        sheet.write_text(row, 0, report.say(key), _KEY)
        look = _HEADLINE if key == "report_result" else _FACT
        if key == "report_result" and (index := cells.get(INDEX_CODE)):
            _write_headline(sheet, row, index, fact, report)
        else:
            look = look | sheets.FIXED if key in _AS_SCORED and cells else look
            _write_fact(sheet, row, fact, look)
        row += 1
    first = row + 1
    last = _write_areas(sheet, report, first, cells)
    sheet.print_on_a4(footer=report.footer)
    sheet.sheet.fit_to_pages(1, 1)
    data = book.add_sheet(_DATA_SHEET, hidden=True)
    place = (sheet.name, first + 1, last, 1, (2, 3))
    _insert_charts(
        sheet, last + 1, [_area_chart(book, report, place), _lost_chart(book, report, data)], 12
    )
    # Charts float above the cells; the page must end below them.
    sheet.sheet.print_area(0, 0, last + 2 + _CHART_HEIGHT // 20, len(_WIDTHS) - 1)


def _write_fact(sheet: SafeSheet, row: int, fact: str, look: Look) -> None:
    """Write a fact across the columns at the right, on as many lines as it needs."""
    lines = sheets.line_count(fact, sum(_WIDTHS[2:]))
    if lines > 1:
        sheet.sheet.merge_range(row, 2, row, len(_WIDTHS) - 1, "")
        sheet.sheet.set_row(row, sheets.LINE_HEIGHT * lines + 1)
        look = look | {"text_wrap": True}
    sheet.write_text(row, 2, fact, look)


def _write_headline(sheet: SafeSheet, row: int, cell: str, fact: str, report: RunTables) -> None:
    """Write the index as a formula, and beside it of how many points; a range while it is open."""
    index = report.nodes.iloc[0]
    is_known = bool(np.isfinite(index["points"]))
    value = float(index["points"]) if is_known else fact
    shown = sheets.points_format(report.context.decimals)
    look = _HEADLINE | {"num_format": shown, "align": "left"}
    sheet.write_formula(row, 2, f'=IF(ISNUMBER({cell}),{cell},"{fact}")', look, value=value)
    if is_known:
        most = report.context.number(index["max_points"])
        sheet.write_text(row, 3, report.say("page_of", maximum=most), _FACT)


def _insert_charts(sheet: SafeSheet, row: int, charts: Sequence[Chart | None], below: int) -> None:
    left = 0
    for chart in charts:
        if chart is not None:
            at = {"x_offset": left} | ({"y_offset": below} if below else {})
            sheet.sheet.insert_chart(row, 0, chart, at)
            left += _CHART_WIDTH + 12


def _write_areas(sheet: SafeSheet, report: RunTables, first: int, cells: Mapping[str, str]) -> int:
    """Write the table of areas with its total; return the row of the last area.

    `cells` says where points stand on the sheet of all points; empty for plain figures.
    """
    say = report.say
    heads = ["column_code", "area", "max_points", "points", "column_attainment", "target"]
    sheet.write_row(first, 0, [say(head) for head in [*heads, "lost_points"]], "header")
    sheet.sheet.set_row(first, 32)
    for i, row in enumerate(report.areas.to_dict("records"), start=first + 1):
        extra = {} if row["code"] else _TOTAL
        texts = ((row["name"], _WIDTHS[1]), (row["points_text"], _WIDTHS[3]))
        lines = max(sheets.line_count(text, width) for text, width in texts)
        sheet.sheet.set_row(i, sheets.LINE_HEIGHT * lines + 1)
        sheet.write_text(i, 0, row["code"], CODE | extra)
        sheet.write_text(i, 1, row["name"], TEXT | extra)
        for j, name in enumerate(_FIGURES, start=2):
            sheet.write(i, j, row[name], _number(report, name) | extra)
        if not np.isfinite(row["points"]):
            sheet.write_text(i, 3, row["points_text"], TEXT | extra)
        elif cell := cells.get(row["code"] or INDEX_CODE):
            _write_live(sheet, i, cell, row, extra, first + 1, report)
    return first + len(report.areas)


def _number(report: RunTables, name: str) -> Look:
    """Return the look of a figure: points with the decimals of the set, a share with two."""
    shown = {} if name == "share" else {"num_format": sheets.points_format(report.context.decimals)}
    return NUMBER | shown


_FIGURES = ("max_points", "points", "share", "target_points", "lost")


def _write_live(
    sheet: SafeSheet,
    row: int,
    cell: str,
    figures: Mapping[Hashable, Any],
    extra: Look,
    first: int,
    report: RunTables,
) -> None:
    """Write points, attainment and loss of a row as formulas over the sheet of all points.

    The index lost what its parts lost, which stand from the row `first` on.
    """
    most, points = (xl_rowcol_to_cell(row, column) for column in (2, 3))
    known, parts = f"ISNUMBER({points})", xl_range(first, 6, row - 1, 6)
    lost = {"": f"=SUM({parts})", "penalty": f'=IF({known},{points},"")'}
    for column, formula, name in (
        (3, f"={cell}", "points"),
        (6, lost.get(figures["kind"], f'=IF({known},{most}-{points},"")'), "lost"),
        (4, f'=IF({known},100*{points}/{most},"")', "share"),
    ):
        # A bonus loses nothing.
        if np.isfinite(figures[name]):
            value = float(figures[name])
            look = _number(report, name) | extra
            sheet.write_formula(row, column, formula, look, value=value)


def _write_many(book: SafeWorkbook, report: RunTables) -> None:
    """Write one row per unit and period, best first, with its areas."""
    lines, areas = report.lines, report.areas
    columns = sheets.columns_of("summary", lines, report)
    after = 1 + [column.name for column in columns].index("points")
    columns[after:after] = [
        sheets.Column(f"area_{code}", name, 8, _number(report, "points"))
        for code, name in zip(areas["code"], areas["name"], strict=True)
        if f"area_{code}" in lines
    ]
    title = report.say("report_title")
    sheet = sheets.write_table(book, "summary", lines, report, columns=columns, title=title)
    if report.apart.note:
        below = sheets.heading_rows(report) + len(lines) + 2
        sheet.write_text(below, 0, report.apart.note, sheets.NOTE)


def write_charts_sheet(book: SafeWorkbook, report: RunTables) -> None:
    """Write the two charts of many units on a sheet of their own."""
    sheet = book.add_sheet(report.say("report_charts_sheet"))
    head = sheets.write_heading(sheet, report.say("report_charts_sheet"), report)
    data = book.add_sheet(_DATA_SHEET, hidden=True)
    areas = report.areas[report.areas["code"] != ""]
    for i, row in enumerate(areas.to_dict("records"), start=1):
        is_open = not np.isfinite(row["points"])
        data.write_text(i, 0, f"{row['name']}: {row['points_text']}" if is_open else row["name"])
        data.write(i, 1, row["max_points"])
        data.write(i, 2, row["points_low" if is_open else "points"])
    data.write_row(0, 1, [report.say("max_points"), report.say("points")])
    place = (_DATA_SHEET, 1, len(areas), 0, (1, 2))
    _insert_charts(
        sheet, head, [_area_chart(book, report, place), _lost_chart(book, report, data)], 0
    )
    sheet.print_on_a4(footer=report.footer)
    sheet.sheet.fit_to_pages(1, 1)


def _area_chart(
    book: SafeWorkbook, report: RunTables, place: tuple[str, int, int, int, tuple[int, int]]
) -> Chart | None:
    """Return bars of points in front of their maximum.

    `place` is sheet, first and last row, column of the names, columns of maximum and points.
    """
    sheet, first, last, names, (maximum, points) = place
    if last < first:
        return None
    chart = book.book.add_chart({"type": "bar"})
    say = report.say
    # The last row of a summary table is the whole index, which would dwarf the areas.
    end = last - 1 if sheet != _DATA_SHEET else last
    for column, name, color in ((points, "points", POINTS), (maximum, "max_points", "#D0D0D0")):
        series = _series((sheet, first, end), names, column, say(name))
        labels = _LABELS if column == points else {}
        chart.add_series(series | {"fill": {"color": color}, "gap": 60, "data_labels": labels})
    _finish(chart, say("chart_area_bars_shows") if sheet != _DATA_SHEET else _mean_title(report))
    return chart


_LABELS: dict[str, Any] = {"value": True, "num_format": "0.00", "font": {"size": 8}}


def _mean_title(report: RunTables) -> str:
    about = f"{report.mean_of.lower()}, {report.say('report_as_scored')}"
    return f"{report.say('chart_area_bars_shows')} ({about})"


def _lost_chart(book: SafeWorkbook, report: RunTables, data: SafeSheet) -> Chart | None:
    """Return stacked bars of the items that lost most, by cause, from a hidden sheet."""
    table = report.largest_losses(_MOST_ITEMS)
    if table.empty:
        return None
    met = [cause for cause in CAUSES if cause in table]
    data.write_row(0, 5, [report.say(f"cause_{cause}") for cause in met])
    for i, row in enumerate(table.to_dict("records"), start=1):
        data.write_text(i, 4, row["label"])
        for j, cause in enumerate(met, start=5):
            # A zero would draw a label of its own; an empty cell draws nothing.
            data.write(i, j, row[cause] or None)
    chart = book.book.add_chart({"type": "bar", "subtype": "stacked"})
    for j, cause in enumerate(met, start=5):
        name = f"={absolute_range(_DATA_SHEET, (0, j), (0, j))}"
        series = _series((_DATA_SHEET, 1, len(table)), 4, j, name)
        chart.add_series(series | {"gap": 40} | _fill(cause))
    # What is open is not lost so far.
    title = "report_top_open_title" if "not-assessed" in met else "report_top_lost_title"
    _finish(chart, f"{report.say(title)} ({report.say('report_as_scored')})")
    return chart


def _series(rows: tuple[str, int, int], names: int, values: int, name: str) -> dict[str, Any]:
    """Return a series over two columns; `rows` are sheet, first and last row."""
    sheet, first, last = rows
    categories, figures = (
        f"={absolute_range(sheet, (first, column), (last, column))}" for column in (names, values)
    )
    return {"name": name, "categories": categories, "values": figures}


def _fill(cause: str) -> dict[str, Any]:
    fill = CAUSE_FILLS[cause]
    border = {"border": {"color": "#595959", "width": 0.5}}
    if cause not in _PATTERNS:
        return {"fill": {"color": fill.color}, **border}
    colors = {"fg_color": fill.hatch_color, "bg_color": fill.color}
    return {"pattern": {"pattern": _PATTERNS[cause], **colors}, **border}


def _finish(chart: Chart, title: str) -> None:
    chart.set_title({"name": title, "name_font": {"size": 10}, "overlay": False})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 7}, "interval_unit": 1})
    lines = {"visible": True, "line": {"color": "#D9D9D9"}}
    numbers = {"num_format": "0", "num_font": {"size": 8}, "label_position": "high", "min": 0}
    chart.set_x_axis(numbers | {"major_gridlines": lines})
    chart.set_legend({"position": "bottom", "font": {"size": 8}})
    chart.set_size({"width": _CHART_WIDTH, "height": _CHART_HEIGHT})

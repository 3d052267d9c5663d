"""The first sheet of the result workbook and its native charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter.chart import Chart
from xlsxwriter.utility import xl_rowcol_to_cell

from scoring.base.values import CAUSES
from scoring.files.xlsx import SafeSheet, SafeWorkbook, absolute_range
from scoring.outputs.charts.bullet import bullet_table
from scoring.outputs.charts.lost_points import pareto_table
from scoring.outputs.charts.score_tables import area_table, index_row, points_text
from scoring.outputs.report_sheets import (
    CODE,
    COUNT,
    LINE_HEIGHT,
    NUMBER,
    TEXT,
    Column,
    Look,
    Report,
    footer,
    line_count,
    points_cells,
    write_heading,
    write_table,
)
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
    "appraised-lower": "outlined_diamond",
    "survey-below-maximum": "narrow_horizontal",
    "deduction": "small_grid",
    "not-assessed": "light_upward_diagonal",
}
_WIDTHS = (10, 58, 14, 14, 14, 14, 14)
# Two charts stand side by side below a table of these widths.
_CHART_WIDTH, _CHART_HEIGHT = 484, 460


def write_summary_sheet(book: SafeWorkbook, report: Report, *, is_live: bool = False) -> None:
    """Write the headline of one unit, or one row per unit.

    `is_live` makes the figures of one unit follow the sheet of all points.
    """
    if report.has_many_units:
        _write_many(book, report)
    else:
        _write_one(book, report, is_live)


def _write_one(book: SafeWorkbook, report: Report, is_live: bool) -> None:
    context = report.context
    sheet = book.add_sheet(context.say("report_summary_sheet"))
    row = write_heading(sheet, context.say("report_title"), report)
    sheet.set_widths(_WIDTHS)
    for key, fact, look in _facts(report):
        sheet.write_text(row, 0, key, _KEY)
        sheet.write_text(row, 2, fact, look)
        row += 1
    first = row + 1
    last = _write_areas(sheet, report, first, points_cells(report) if is_live else {})
    sheet.print_on_a4(footer=footer(report))
    sheet.sheet.fit_to_pages(1, 1)
    data = book.add_sheet(_DATA_SHEET, hidden=True)
    charts = [
        _area_chart(book, report, (sheet.name, first + 1, last, 1, (2, 3))),
        _lost_chart(book, report, data),
    ]
    left = 0
    for chart in charts:
        if chart is not None:
            at = {"x_offset": left, "y_offset": 12}
            sheet.sheet.insert_chart(last + 1, 0, chart, at)
            left += _CHART_WIDTH + 12
    # Charts float above the cells; the page must end below them.
    sheet.sheet.print_area(0, 0, last + 2 + _CHART_HEIGHT // 20, len(_WIDTHS) - 1)


def _facts(report: Report) -> list[tuple[str, str, Look]]:
    """Return what stands above the table: label, text, look."""
    context = report.context
    say = context.say
    total = index_row(report.scores, report.targets, None)
    facts = [
        (say("unit"), ", ".join(context.unit_name(code) for code in report.unit_codes), _FACT),
        (say("criteria_set"), context.set_name, _FACT),
        (say("report_set_status"), say(f"status_{context.set_status}"), _FACT),
    ]
    if total is None:
        return facts
    shown = points_text(total, context)
    maximum = context.number(total["max_points"])
    facts.append(
        (say("report_result"), say("report_points_of", points=shown, max_points=maximum), _HEADLINE)
    )
    if not np.isfinite(total["points"]):
        bounds = (context.number(total["points_low"]), context.number(total["points_high"]))
        facts.append((say("report_bounds"), "–".join(bounds), _FACT))
    grade = next((report.grades[code] for code in report.unit_codes if code in report.grades), "")
    if grade:
        facts.append((say("grade"), grade, _FACT))
    if np.isfinite(total["target_points"]):
        facts.append((say("target"), context.number(total["target_points"]), _FACT))
    return facts


def _write_areas(sheet: SafeSheet, report: Report, first: int, cells: Mapping[str, str]) -> int:
    """Write the table of areas with its total; return the row of the last area.

    `cells` says where points stand on the sheet of all points; empty for plain figures.
    """
    context = report.context
    say = context.say
    heads = ["column_code", "area", "max_points", "points", "column_attainment", "target"]
    sheet.write_row(first, 0, [say(head) for head in [*heads, "lost_points"]], "header")
    sheet.sheet.set_row(first, 32)
    areas = area_table(report.scores, report.items, report.targets, lang=context.lang)
    total = index_row(report.scores, report.targets, None)
    rows: list[tuple[pd.Series, Look]] = [(row, {}) for _, row in areas.iterrows()]
    if total is not None:
        rows.append((total, _TOTAL))
    kinds = dict(zip(report.items["code"], report.items["kind"], strict=True))
    for i, (row, extra) in enumerate(rows, start=first + 1):
        name = say("chart_total") if extra else row["name"]
        lines = max(line_count(name, _WIDTHS[1]), line_count(points_text(row, context), _WIDTHS[3]))
        sheet.sheet.set_row(i, LINE_HEIGHT * lines + 1)
        sheet.write_text(i, 0, "" if extra else str(row["code"]), CODE | extra)
        sheet.write_text(i, 1, name, TEXT | extra)
        is_area = extra or kinds.get(row["code"], "normal") == "normal"
        figures = _figures(row) if is_area else [row["max_points"], row["points"], *[np.nan] * 3]
        for j, figure in enumerate(figures, start=2):
            sheet.write_number(i, j, figure, NUMBER | extra)
        if not np.isfinite(row["points"]):
            sheet.write_text(i, 3, points_text(row, context), TEXT | extra)
        elif cell := cells.get(str(row["code"])):
            _write_live(sheet, i, cell, figures, extra)
    return first + len(rows)


def _figures(row: pd.Series) -> list[float]:
    """Return maximum, points, attainment, target and loss of an area or of the index."""
    share = 100 * row["points"] / row["max_points"] if row["max_points"] else np.nan
    lost = row["max_points"] - row["points"]
    return [row["max_points"], row["points"], share, row["target_points"], lost]


def _write_live(
    sheet: SafeSheet, row: int, cell: str, figures: Sequence[float], extra: Look
) -> None:
    """Write points, attainment and loss of a row as formulas over the sheet of all points."""
    most, points = (xl_rowcol_to_cell(row, column) for column in (2, 3))
    maximum, reached, share, _, lost = figures
    known = f"ISNUMBER({points})"
    formulas = [(3, f"={cell}", reached)]
    # A bonus or a penalty loses nothing; its figures are not known here.
    if np.isfinite(lost):
        formulas.append((6, f'=IF({known},{most}-{points},"")', lost))
    if np.isfinite(share) and maximum:
        formulas.append((4, f'=IF({known},100*{points}/{most},"")', share))
    for column, formula, value in formulas:
        sheet.write_formula(row, column, formula, NUMBER | extra, value=float(value))


def _write_many(book: SafeWorkbook, report: Report) -> None:
    """Write one row per unit, best first, with its areas."""
    context = report.context
    say = context.say
    lines = bullet_table(report.scores, report.items, report.targets, None, context)
    lines["number"] = range(1, len(lines) + 1)
    lines["grade"] = [report.grades.get(code, "") for code in lines["unit_code"]]
    lines["status_name"] = lines["status"].map(lambda status: say(f"status_{status}"))
    areas = report.scores[report.scores["level"] == "area"]
    by_area = areas.pivot_table(index="unit_code", columns="code", values="points", dropna=False)
    known = area_table(report.scores, report.items, lang=context.lang)
    lines = lines.join(by_area.add_prefix("area_"), on="unit_code")
    columns = [
        Column(say("column_number"), 6, COUNT, "number"),
        Column(say("column_unit_code"), 10, CODE, "unit_code"),
        Column(say("column_unit_name"), 34, TEXT, "name"),
        Column(say("chart_total"), 10, NUMBER, "points"),
        *(
            Column(name, 13, NUMBER, f"area_{code}")
            for code, name in zip(known["code"], known["name"], strict=True)
            if f"area_{code}" in lines
        ),
        Column(say("column_points_low"), 10, NUMBER, "points_low"),
        Column(say("column_points_high"), 10, NUMBER, "points_high"),
        Column(say("target"), 10, NUMBER, "target_points"),
        Column(say("grade"), 12, TEXT, "grade"),
        Column(say("column_status"), 14, TEXT, "status_name"),
    ]
    columns = _without_idle(columns, lines)
    name = say("report_summary_sheet")
    sheet = write_table(book, say("report_title"), columns, lines, report, sheet_name=name)
    sheet.sheet.set_row(3 if context.set_status != "sample" else 4, 62)


def _without_idle(columns: list[Column], lines: pd.DataFrame) -> list[Column]:
    """Drop bounds where all is assessed, targets and grades where there are none."""
    idle = set()
    if lines["points"].notna().all():
        idle |= {"points_low", "points_high"}
    if lines["target_points"].isna().all():
        idle.add("target_points")
    if (lines["grade"] == "").all():
        idle.add("grade")
    return [column for column in columns if column.name not in idle]


def write_charts_sheet(book: SafeWorkbook, report: Report) -> None:
    """Write the two charts of many units on a sheet of their own."""
    context = report.context
    sheet = book.add_sheet(context.say("report_charts_sheet"))
    head = write_heading(sheet, context.say("report_charts_sheet"), report)
    data = book.add_sheet(_DATA_SHEET, hidden=True)
    areas = area_table(report.scores, report.items, lang=context.lang)
    for i, row in enumerate(areas.to_dict("records"), start=1):
        data.write_text(i, 0, row["name"])
        data.write_number(i, 1, row["max_points"])
        data.write_number(i, 2, row["points"])
    data.write_row(0, 1, [context.say("max_points"), context.say("points")])
    place = (_DATA_SHEET, 1, len(areas), 0, (1, 2))
    charts = [_area_chart(book, report, place), _lost_chart(book, report, data)]
    left = 0
    for chart in charts:
        if chart is not None:
            sheet.sheet.insert_chart(head, 0, chart, {"x_offset": left})
            left += _CHART_WIDTH + 12
    sheet.print_on_a4(footer=footer(report))
    sheet.sheet.fit_to_pages(1, 1)


def _area_chart(
    book: SafeWorkbook, report: Report, place: tuple[str, int, int, int, tuple[int, int]]
) -> Chart | None:
    """Return bars of points in front of their maximum.

    `place` is sheet, first and last row, column of the names, columns of maximum and points.
    """
    sheet, first, last, names, (maximum, points) = place
    if last < first:
        return None
    chart = book.book.add_chart({"type": "bar"})
    say = report.context.say
    # The last row of a summary table is the whole index, which would dwarf the areas.
    end = last - 1 if sheet != _DATA_SHEET else last
    for column, name, color in ((points, "points", POINTS), (maximum, "max_points", "#D0D0D0")):
        chart.add_series(
            {
                "name": say(name),
                "categories": f"={absolute_range(sheet, (first, names), (end, names))}",
                "values": f"={absolute_range(sheet, (first, column), (end, column))}",
                "fill": {"color": color},
                "gap": 60,
                "data_labels": _LABELS if column == points else {},
            }
        )
    _finish(chart, say("chart_area_bars_title") if sheet != _DATA_SHEET else _mean_title(report))
    return chart


_LABELS: dict[str, Any] = {"value": True, "num_format": "0.00", "font": {"size": 8}}


def _mean_title(report: Report) -> str:
    say = report.context.say
    count = say("chart_mean_of_units", count=len(report.unit_codes))
    return f"{say('chart_area_bars_title')} ({count.lower()})"


def _lost_chart(book: SafeWorkbook, report: Report, data: SafeSheet) -> Chart | None:
    """Return stacked bars of the items that lost most, by cause, from a hidden sheet."""
    table = pareto_table(report.gaps, report.context, report.items).head(_MOST_ITEMS)
    if table.empty:
        return None
    met = [cause for cause in CAUSES if table[cause].sum() > 0]
    data.write_row(0, 5, [report.context.say(f"cause_{cause}") for cause in met])
    for i, row in enumerate(table.to_dict("records"), start=1):
        data.write_text(i, 4, row["label"])
        for j, cause in enumerate(met, start=5):
            # A zero would draw a label of its own; an empty cell draws nothing.
            data.write_number(i, j, row[cause] or None)
    chart = book.book.add_chart({"type": "bar", "subtype": "stacked"})
    for j, cause in enumerate(met, start=5):
        chart.add_series(
            {
                "name": f"={absolute_range(_DATA_SHEET, (0, j), (0, j))}",
                "categories": f"={absolute_range(_DATA_SHEET, (1, 4), (len(table), 4))}",
                "values": f"={absolute_range(_DATA_SHEET, (1, j), (len(table), j))}",
                "gap": 40,
                **_fill(cause),
            }
        )
    _finish(chart, report.context.say("report_top_lost_title"))
    return chart


def _fill(cause: str) -> dict[str, Any]:
    fill = CAUSE_FILLS[cause]
    border = {"border": {"color": "#595959", "width": 0.5}}
    if cause not in _PATTERNS:
        return {"fill": {"color": fill.color}, **border}
    pattern = {
        "pattern": _PATTERNS[cause],
        "fg_color": fill.hatch_color,
        "bg_color": fill.color,
    }
    return {"pattern": pattern, **border}


def _finish(chart: Chart, title: str) -> None:
    chart.set_title({"name": title, "name_font": {"size": 10}, "overlay": False})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 7}, "interval_unit": 1})
    chart.set_x_axis(
        {
            "num_format": "0", "num_font": {"size": 8}, "label_position": "high", "min": 0,
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
        }
    )  # fmt: skip
    chart.set_legend({"position": "bottom", "font": {"size": 8}})
    chart.set_size({"width": _CHART_WIDTH, "height": _CHART_HEIGHT})

"""The long sheets of the result workbook: points, lost points, what to do."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd
from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from scoring.base.values import INDEX_CODE
from scoring.files.xlsx import SafeSheet, SafeWorkbook
from scoring.outputs.content.run_tables import RunTables
from scoring.outputs.text_layout import wrapped
from scoring.outputs.report_formulas import Formulas, PointsCell

Look = dict[str, Any]

LINE_HEIGHT = 15.0
# Times New Roman, the font of the workbook, runs narrower than the one that is measured.
_FONT_RATIO = 0.8

_CELL: Look = {"valign": "top", "border": 1, "border_color": "#BFBFBF"}
TEXT: Look = {**_CELL, "text_wrap": True}
CODE: Look = {**_CELL, "num_format": "@"}
NUMBER: Look = {**_CELL, "num_format": "#,##0.00", "align": "right", "indent": 1}
COUNT: Look = {**_CELL, "num_format": "0", "align": "center"}
DATE: Look = {**_CELL, "num_format": "dd/mm/yyyy", "align": "center"}
TITLE: Look = {"bold": True, "font_size": 14}
NOTE: Look = {"italic": True, "font_color": "#404040"}
SAMPLE: Look = {"bold": True, "font_color": "#9C0006"}
_AREA: Look = {"bold": True, "bg_color": "#DDEBF7"}
_INDEX: Look = {"bold": True, "bg_color": "#BDD7EE"}
_SEVERITY: Mapping[str, Look] = {
    "error": {"bold": True, "font_color": "#9C0006"},
    "warning": {"bold": True, "font_color": "#7F6000"},
    "info": {},
}


class Column(NamedTuple):
    """A column of a sheet: label, width in characters, look, and where its values are."""

    label: str
    width: float
    look: Look
    name: str


def write_table(
    book: SafeWorkbook,
    title: str,
    columns: Sequence[Column],
    table: pd.DataFrame,
    report: RunTables,
    *,
    sheet_name: str,
    looks: Sequence[Look] | None = None,
    empty: str = "",
) -> SafeSheet:
    """Write a titled table on its own sheet, with frozen heading and print set-up.

    `looks` adds properties to all cells of a row. `empty` is said where there are no rows.
    """
    sheet = book.add_sheet(sheet_name)
    head = write_heading(sheet, title, report)
    sheet.write_row(head, 0, [column.label for column in columns], "header")
    sheet.sheet.set_row(head, 32)
    sheet.set_widths([column.width for column in columns])
    for i, row in enumerate(table.to_dict("records")):
        sheet.sheet.set_row(head + 1 + i, row_height(row, columns))
        for j, column in enumerate(columns):
            look = column.look | looks[i] if looks else column.look
            sheet.write(head + 1 + i, j, row[column.name], look)
    if table.empty:
        sheet.write_text(head + 1, 0, empty, NOTE)
    else:
        sheet.sheet.autofilter(head, 0, head + len(table), len(columns) - 1)
    sheet.print_on_a4(header_row=head, footer=report.footer)
    return sheet


def row_height(row: Mapping[Hashable, Any], columns: Sequence[Column]) -> float:
    """Return the height in points that the wrapped texts of a row need.

    Not every program fits rows to their text when it opens a file, so the file says it.
    """
    texts = [(row[c.name], c.width) for c in columns if c.look.get("text_wrap")]
    lines = max((line_count(text, width) for text, width in texts if text), default=1)
    return LINE_HEIGHT * lines + 1


@lru_cache(maxsize=65536)
def line_count(text: str, width: float) -> int:
    """Return how many lines `text` takes in a column of `width` characters."""
    inches = (width * 7 - 2) / 96 / _FONT_RATIO
    return wrapped(str(text), 11, round(inches, 3)).count("\n") + 1


def write_heading(sheet: SafeSheet, title: str, report: RunTables) -> int:
    """Write title, unit and set; return the row after them."""
    sheet.write_text(0, 0, title, TITLE)
    sheet.write_text(1, 0, report.about, NOTE)
    if report.badge:
        sheet.write_text(2, 0, f"{report.badge}: {report.say('chart_sample_line')}", SAMPLE)
    return heading_rows(report)


def heading_rows(report: RunTables) -> int:
    """Return how many rows the heading of a sheet takes; a sample needs one for its badge."""
    return 4 if report.badge else 3


def write_scores_sheet(book: SafeWorkbook, report: RunTables, roll_up: Formulas | None) -> None:
    """Write every node of every unit, the index first."""
    say, table = report.say, report.nodes
    bounds = ["points_low", "points_high"] if table["points"].isna().any() else []
    known = ("claimed_points", "supported_points")
    tracks = [track for track in known if track in table and table[track].notna().any()]
    columns = [
        *unit_columns(report),
        Column(say("column_code"), 9, CODE, "code"),
        Column(say("column_name"), 52, TEXT, "name"),
        Column(say("column_level"), 14, TEXT, "level_name"),
        Column(say("max_points"), 11, NUMBER, "max_points"),
        Column(say("points"), 11, NUMBER, "points"),
        Column(say("column_attainment"), 11, NUMBER, "attainment"),
        *(Column(say(f"column_{bound}"), 10, NUMBER, bound) for bound in bounds),
        *(Column(say(f"column_{track}"), 11, NUMBER, track) for track in tracks),
        Column(say("column_status"), 14, TEXT, "status_name"),
    ]
    looks = [{"index": _INDEX, "area": _AREA}.get(level, {}) for level in table["level"]]
    name = say("report_scores_sheet")
    sheet = write_table(book, name, columns, table, report, sheet_name=name, looks=looks)
    if roll_up is not None:
        column = [c.name for c in columns].index("points")
        _make_live(sheet, report, column, looks, roll_up)


def unit_columns(report: RunTables) -> list[Column]:
    """Return the columns that name the unit of a row, where there are several."""
    if not report.has_many_units:
        return []
    return [
        Column(report.say("column_unit_code"), 10, CODE, "unit_code"),
        Column(report.say("column_unit_name"), 26, TEXT, "unit_name"),
    ]


def _make_live(
    sheet: SafeSheet, report: RunTables, column: int, looks: Sequence[Look], roll_up: Formulas
) -> None:
    """Write formulas over the points of roll-up rows, with what Python computed as their value."""
    table, head = report.nodes, heading_rows(report)
    below, codes = _rows_below(report), table["code"].tolist()
    points = table["points"].astype(float).tolist()
    cells = [xl_rowcol_to_cell(head + 1 + i, column) for i in range(len(table))]
    for i, (place, unit) in enumerate(zip(table["place"], table["unit_code"], strict=True)):
        children = below.get((place, codes[i]), [])
        addresses, below_codes = (tuple(row[c] for c in children) for row in (cells, codes))
        of_children = tuple(points[c] for c in children)
        here = PointsCell(
            unit, codes[i], cells[i], addresses, points[i], below_codes, of_children
        )
        if children and (formula := roll_up(here)):
            value = "" if here.is_open else here.points
            sheet.write_formula(head + 1 + i, column, formula, NUMBER | looks[i], value=value)


def _rows_below(report: RunTables) -> dict[tuple[int, str], list[int]]:
    """Return the rows of the children of every node, by place of the unit and code."""
    parents = dict(zip(report.items["code"], report.items["parent_code"], strict=True))
    below: dict[tuple[int, str], list[int]] = {}
    pairs = zip(report.nodes["place"], report.nodes["code"], strict=True)
    for i, (place, code) in enumerate(pairs):
        if code != INDEX_CODE and code in parents:
            below.setdefault((place, parents[code] or INDEX_CODE), []).append(i)
    return below


def points_cells(report: RunTables) -> dict[str, str]:
    """Return where the points of each node stand in the workbook of one unit, by code."""
    sheet, head = quote_sheetname(report.say("report_scores_sheet")), heading_rows(report)
    return {
        str(code): f"{sheet}!{xl_rowcol_to_cell(head + 1 + i, 4)}"
        for i, code in enumerate(report.nodes["code"])
    }


def write_gaps_sheet(book: SafeWorkbook, report: RunTables) -> None:
    """Write what was lost, is open or at risk, largest first within each unit."""
    say, gaps = report.say, report.losses
    columns = [
        *unit_columns(report),
        Column(say("column_code"), 9, CODE, "item_code"),
        Column(say("column_name"), 40, TEXT, "shown_name"),
        Column(say("area"), 18, TEXT, "area_name"),
        Column(say("max_points"), 9, NUMBER, "max_points"),
        Column(say("points"), 9, NUMBER, "points"),
        Column(say("lost_points"), 9, NUMBER, "lost_points"),
        Column(say("column_gap_kind"), 14, TEXT, "kind_name"),
        Column(say("column_cause"), 20, TEXT, "cause_name"),
        Column(say("target"), 9, NUMBER, "target_points"),
        Column(say("column_gap_to_target"), 11, NUMBER, "gap_to_target_points"),
        Column(say("column_lead_unit"), 20, TEXT, "lead_unit"),
        Column(say("column_due_on"), 12, DATE, "due_on"),
        Column(say("column_next_step"), 34, TEXT, "next_step"),
    ]
    columns = [c for c in columns if c.name not in _EMPTY_MAY_GO or is_filled(gaps[c.name])]
    name = say("report_gaps_sheet")
    write_table(
        book, name, columns, gaps, report, sheet_name=name, empty=say("report_no_gaps")
    )  # fmt: skip


# Columns that nobody has filled would only take room on the page.
_EMPTY_MAY_GO = (
    "kind_name", "target_points", "gap_to_target_points", "lead_unit", "due_on", "next_step"
)  # fmt: skip


def is_filled(column: pd.Series) -> bool:
    """Say whether a column holds anything."""
    return bool((column.notna() & (column != "")).any())


def write_findings_sheet(book: SafeWorkbook, report: RunTables) -> None:
    """Write what is to be mended: where, what, and how."""
    say, table = report.say, report.problems
    columns = [
        Column(say("column_severity"), 10, TEXT, "severity_name"),
        *unit_columns(report)[1:],
        Column(say("column_file"), 20, TEXT, "file"),
        Column(say("column_place"), 18, TEXT, "place"),
        Column(say("column_item"), 9, CODE, "item_code"),
        Column(say("column_problem"), 46, TEXT, "problem"),
        Column(say("column_remedy"), 46, TEXT, "remedy"),
        Column(say("column_code"), 20, TEXT, "code"),
    ]
    looks = [_SEVERITY.get(severity, {}) for severity in table["severity"]]
    name = say("report_findings_sheet")
    write_table(
        book, name, columns, table, report, sheet_name=name, looks=looks,
        empty=say("report_no_findings"),
    )  # fmt: skip

"""The long sheets of the result workbook: points, lost points, what to do."""

from __future__ import annotations

import csv
from collections.abc import Hashable, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

import pandas as pd
from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from scoring.base.values import INDEX_CODE
from scoring.files.xlsx import SafeSheet, SafeWorkbook
from scoring.outputs.content.run_tables import RunTables
from scoring.outputs.report_formulas import Formulas, PointsCell
from scoring.outputs.text_layout import wrapped

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


LOOKS = {"text": TEXT, "code": CODE, "number": NUMBER, "count": COUNT, "date": DATE}


class Column(NamedTuple):
    """A column of a sheet: where its values are, label, width in characters, look.

    `shown` is ``always``, ``many`` (where there are several units), ``open`` (where some points are
    not known) or ``filled`` (where it holds anything).
    """

    name: str
    label: str
    width: float
    look: Look
    shown: str = "always"

    def belongs(self, table: pd.DataFrame, report: RunTables) -> bool:
        """Say whether the column has anything to say; an idle one only takes room on the page."""
        if self.shown == "many":
            return report.has_many_units
        if self.shown == "open":
            return bool(table["points"].isna().any())
        if self.shown == "filled":
            held = table.get(self.name, pd.Series(dtype=object))
            return bool((held.notna() & (held != "")).any())
        return True


@cache
def _declared() -> dict[str, list[Column]]:
    """Return the columns of each sheet, from ``workbook_columns.csv``."""
    text = resources.files("scoring.outputs").joinpath("workbook_columns.csv").read_text("utf-8")
    sheets: dict[str, list[Column]] = {}
    for row in csv.DictReader(text.splitlines()):
        look, width = LOOKS[row["look"]], float(row["width"])
        column = Column(row["name"], row["label"], width, look, row["shown"])
        sheets.setdefault(row["sheet"], []).append(column)
    return sheets


def columns_of(sheet: str, table: pd.DataFrame, report: RunTables) -> list[Column]:
    """Return the columns of a sheet that `table` fills, labelled in the reader's language."""
    columns = (column for column in _declared()[sheet] if column.belongs(table, report))
    return [column._replace(label=report.say(column.label)) for column in columns]


def write_table(
    book: SafeWorkbook,
    kind: str,
    table: pd.DataFrame,
    report: RunTables,
    *,
    columns: Sequence[Column] = (),
    title: str = "",
    looks: Sequence[Look] = (),
    empty: str = "",
) -> SafeSheet:
    """Write a titled table on the sheet `kind`, with frozen heading and print set-up.

    `columns` are by default those declared for the sheet, `title` is its name. `looks` adds
    properties to all cells of a row. The label `empty` is said where there are no rows.
    """
    columns = columns or columns_of(kind, table, report)
    sheet = book.add_sheet(report.say(f"report_{kind}_sheet"))
    head = write_heading(sheet, title or sheet.name, report)
    sheet.write_row(head, 0, [column.label for column in columns], "header")
    sheet.sheet.set_row(head, 32)
    sheet.set_widths([column.width for column in columns])
    for i, row in enumerate(table.to_dict("records")):
        sheet.sheet.set_row(head + 1 + i, row_height(row, columns))
        for j, column in enumerate(columns):
            look = column.look | looks[i] if looks else column.look
            sheet.write(head + 1 + i, j, row[column.name], look)
    if table.empty:
        sheet.write_text(head + 1, 0, report.say(empty) if empty else "", NOTE)
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
    if report.context.badge:
        sheet.write_text(2, 0, f"{report.context.badge}: {report.say('chart_sample_line')}", SAMPLE)
    return heading_rows(report)


def heading_rows(report: RunTables) -> int:
    """Return how many rows the heading of a sheet takes; a sample needs one for its badge."""
    return 4 if report.context.badge else 3


def write_scores_sheet(book: SafeWorkbook, report: RunTables, roll_up: Formulas | None) -> None:
    """Write every node of every unit, the index first."""
    table = report.nodes
    looks = [{"index": _INDEX, "area": _AREA}.get(level, {}) for level in table["level"]]
    sheet = write_table(book, "scores", table, report, looks=looks)
    if roll_up is not None:
        column = [c.name for c in columns_of("scores", table, report)].index("points")
        _make_live(sheet, report, column, looks, roll_up)


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
        below_points = tuple(points[c] for c in children)
        here = PointsCell(unit, codes[i], cells[i], addresses, points[i], below_codes, below_points)
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


def write_findings_sheet(book: SafeWorkbook, report: RunTables) -> None:
    """Write what is to be mended: where, what, and how."""
    looks = [_SEVERITY.get(severity, {}) for severity in report.problems["severity"]]
    write_table(book, "findings", report.problems, report, looks=looks, empty="report_no_findings")

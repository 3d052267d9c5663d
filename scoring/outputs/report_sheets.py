"""The long sheets of the result workbook: points, lost points, what to do."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from scoring.base.text import code_key
from scoring.base.values import INDEX_CODE, LEVELS
from scoring.files.xlsx import SafeSheet, SafeWorkbook
from scoring.outputs.charts.score_tables import EPSILON, names_of, year_text
from scoring.outputs.text_layout import wrapped
from scoring.outputs.report_formulas import Formulas, PointsCell
from scoring.outputs.theme import ChartContext

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


@dataclass(frozen=True)
class Report:
    """What the workbook is made from."""

    scores: pd.DataFrame
    gaps: pd.DataFrame
    findings: pd.DataFrame
    items: pd.DataFrame
    targets: pd.DataFrame | None
    grades: dict[str, str]
    context: ChartContext

    @property
    def unit_codes(self) -> list[str]:
        """Return the units in the order of the scores."""
        return [str(code) for code in self.scores["unit_code"].unique()]

    @property
    def has_many_units(self) -> bool:
        """Say whether the workbook is about more than one unit."""
        return len(self.unit_codes) > 1


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
    report: Report,
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
    sheet.print_on_a4(header_row=head, footer=footer(report))
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


def write_heading(sheet: SafeSheet, title: str, report: Report) -> int:
    """Write title, unit and set; return the row after them."""
    context = report.context
    sheet.write_text(0, 0, title, TITLE)
    only = "" if report.has_many_units or not report.unit_codes else report.unit_codes[0]
    who = context.unit_name(only) if only else ""
    parts = [who, year_text(report.scores, context), context.set_name]
    sheet.write_text(1, 0, " · ".join(part for part in parts if part), NOTE)
    if context.set_status != "sample":
        return heading_rows(report)
    badge = f"{context.say('chart_sample_badge')}: {context.say('chart_sample_line')}"
    sheet.write_text(2, 0, badge, SAMPLE)
    return heading_rows(report)


def heading_rows(report: Report) -> int:
    """Return how many rows the heading of a sheet takes; a sample needs one for its badge."""
    return 4 if report.context.set_status == "sample" else 3


def footer(report: Report) -> str:
    """Return the line printed at the foot of every page."""
    context = report.context
    sample = context.say("chart_sample_badge") + " · " if context.set_status == "sample" else ""
    return f"{sample}{context.say('source')}: {context.source or context.say('chart_no_source')}"


def write_scores_sheet(book: SafeWorkbook, report: Report, roll_up: Formulas | None) -> None:
    """Write every node of every unit, the index first."""
    say = report.context.say
    table = _scores_table(report)
    columns = [
        *_unit_columns(report),
        Column(say("column_code"), 9, CODE, "code"),
        Column(say("column_name"), 52, TEXT, "name"),
        Column(say("column_level"), 14, TEXT, "level_name"),
        Column(say("max_points"), 11, NUMBER, "max_points"),
        Column(say("points"), 11, NUMBER, "points"),
        Column(say("column_attainment"), 11, NUMBER, "attainment"),
        Column(say("column_status"), 14, TEXT, "status_name"),
    ]
    if table["points"].isna().any():
        columns.insert(-1, Column(say("column_points_low"), 10, NUMBER, "points_low"))
        columns.insert(-1, Column(say("column_points_high"), 10, NUMBER, "points_high"))
    for track in ("claimed_points", "supported_points"):
        if track in table and table[track].notna().any():
            columns.insert(-1, Column(say(f"column_{track}"), 11, NUMBER, track))
    looks = [{"index": _INDEX, "area": _AREA}.get(level, {}) for level in table["level"]]
    name = say("report_scores_sheet")
    sheet = write_table(book, name, columns, table, report, sheet_name=name, looks=looks)
    if roll_up is not None:
        column = [c.name for c in columns].index("points")
        _make_live(sheet, report, table, column, looks, roll_up)


def _unit_columns(report: Report) -> list[Column]:
    if not report.has_many_units:
        return []
    say = report.context.say
    return [
        Column(say("column_unit_code"), 10, CODE, "unit_code"),
        Column(say("column_unit_name"), 26, TEXT, "unit_name"),
    ]


def _scores_table(report: Report) -> pd.DataFrame:
    """Return the scores in reading order, with names and words for levels and statuses."""
    context, scores = report.context, report.scores
    units = {code: place for place, code in enumerate(report.unit_codes)}
    order = sorted(
        range(len(scores)),
        key=lambda i: (
            units[scores["unit_code"].iloc[i]],
            scores["code"].iloc[i] != INDEX_CODE,
            code_key(scores["code"].iloc[i]),
        ),
    )
    table = scores.iloc[order].reset_index(drop=True)
    table["name"] = names_of(table["code"], report.items, context.lang).where(
        table["code"] != INDEX_CODE, context.say("chart_total")
    )
    levels = {level: context.say(level) for level in LEVELS}
    # The index of a set need not be the PAR Index.
    levels["index"] = context.say("chart_total")
    table["level_name"] = table["level"].map(levels)
    table["status_name"] = table["status"].map(lambda status: context.say(f"status_{status}"))
    table["unit_name"] = table["unit_code"].map(context.unit_name)
    for bound in ("points_low", "points_high"):
        if bound not in table:
            table[bound] = np.nan
    return table


def _make_live(
    sheet: SafeSheet,
    report: Report,
    table: pd.DataFrame,
    column: int,
    looks: Sequence[Look],
    roll_up: Formulas,
) -> None:
    """Write formulas over the points of roll-up rows, with what Python computed as their value."""
    below, points = _rows_below(report, table), table["points"].to_numpy(float)
    head, codes = heading_rows(report), table["code"].tolist()
    for i, unit in enumerate(table["unit_code"]):
        children = below.get((unit, codes[i]), [])
        addresses = (xl_rowcol_to_cell(head + 1 + child, column) for child in children)
        here = PointsCell(
            unit,
            codes[i],
            xl_rowcol_to_cell(head + 1 + i, column),
            tuple(addresses),
            float(points[i]),
            tuple(codes[child] for child in children),
            tuple(float(points[child]) for child in children),
        )
        if children and (formula := roll_up(here)):
            value = "" if here.is_open else here.points
            sheet.write_formula(head + 1 + i, column, formula, NUMBER | looks[i], value=value)


def _rows_below(report: Report, table: pd.DataFrame) -> dict[tuple[str, str], list[int]]:
    """Return the rows of the children of every node, by unit and code."""
    parents = dict(zip(report.items["code"], report.items["parent_code"], strict=True))
    below: dict[tuple[str, str], list[int]] = {}
    for i, (unit, code) in enumerate(zip(table["unit_code"], table["code"], strict=True)):
        if code != INDEX_CODE and code in parents:
            below.setdefault((unit, parents[code] or INDEX_CODE), []).append(i)
    return below


def points_cells(report: Report) -> dict[str, str]:
    """Return where the points of each node stand in the workbook of one unit, by code."""
    name = report.context.say("report_scores_sheet")
    head, column = heading_rows(report), 4
    return {
        str(code): f"{quote_sheetname(name)}!{xl_rowcol_to_cell(head + 1 + i, column)}"
        for i, code in enumerate(_scores_table(report)["code"])
    }


def write_gaps_sheet(book: SafeWorkbook, report: Report) -> None:
    """Write what was lost, largest first within each unit."""
    context = report.context
    say = context.say
    units = {code: place for place, code in enumerate(report.unit_codes)}
    gaps = report.gaps[report.gaps["lost_points"] > EPSILON]
    gaps = gaps.assign(
        place=gaps["unit_code"].map(units),
        unit_name=gaps["unit_code"].map(context.unit_name),
        cause_name=gaps["cause"].map(lambda cause: say(f"cause_{cause}")),
        area_name=names_of(gaps["area_code"], report.items, context.lang),
        shown_name=_item_names(gaps, report),
    ).sort_values(["place", "lost_points"], ascending=[True, False], kind="stable")
    columns = [
        *_unit_columns(report),
        Column(say("column_code"), 9, CODE, "item_code"),
        Column(say("column_name"), 40, TEXT, "shown_name"),
        Column(say("area"), 18, TEXT, "area_name"),
        Column(say("max_points"), 9, NUMBER, "max_points"),
        Column(say("points"), 9, NUMBER, "points"),
        Column(say("lost_points"), 9, NUMBER, "lost_points"),
        Column(say("column_cause"), 20, TEXT, "cause_name"),
        Column(say("target"), 9, NUMBER, "target_points"),
        Column(say("column_gap_to_target"), 11, NUMBER, "gap_to_target_points"),
        Column(say("column_lead_unit"), 20, TEXT, "lead_unit"),
        Column(say("column_due_on"), 12, DATE, "due_on"),
        Column(say("column_next_step"), 34, TEXT, "next_step"),
    ]
    columns = [c for c in columns if c.name not in _EMPTY_MAY_GO or _is_filled(gaps[c.name])]
    name = say("report_gaps_sheet")
    write_table(
        book, name, columns, gaps, report, sheet_name=name, empty=say("report_no_gaps")
    )  # fmt: skip


# Columns that no unit has filled would only take room on the page.
_EMPTY_MAY_GO = ("target_points", "gap_to_target_points", "lead_unit", "due_on", "next_step")


def _is_filled(column: pd.Series) -> bool:
    return bool(column.replace("", np.nan).notna().any())


def _item_names(gaps: pd.DataFrame, report: Report) -> pd.Series:
    known = report.items.set_index("code")[f"name_{report.context.lang}"].replace("", np.nan)
    return gaps["item_code"].map(known).fillna(gaps["item_name"])


def write_findings_sheet(book: SafeWorkbook, report: Report) -> None:
    """Write what is to be mended: where, what, and how."""
    say = report.context.say
    found = report.findings
    parts = found[["sheet", "cell"]].astype(str)
    table = found.assign(
        place=["!".join(part for part in row if part) for row in parts.itertuples(index=False)],
        severity_name=[say(f"severity_{severity}") for severity in found["severity"]],
        unit_name=[report.context.unit_name(code) for code in found["unit_code"]],
    )
    columns = [
        Column(say("column_severity"), 10, TEXT, "severity_name"),
        *([_unit_columns(report)[1]] if report.has_many_units else []),
        Column(say("column_file"), 20, TEXT, "file"),
        Column(say("column_place"), 18, TEXT, "place"),
        Column(say("column_item"), 9, CODE, "item_code"),
        Column(say("column_problem"), 46, TEXT, "problem"),
        Column(say("column_remedy"), 46, TEXT, "remedy"),
        Column(say("column_code"), 20, TEXT, "code"),
    ]
    looks = [_SEVERITY.get(severity, {}) for severity in found["severity"]]
    name = say("report_findings_sheet")
    write_table(
        book, name, columns, table, report, sheet_name=name,
        looks=[look if look else {} for look in looks], empty=say("report_no_findings"),
    )  # fmt: skip

"""The long sheets of the result workbook: points, lost points, what to do."""

from __future__ import annotations

import csv
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

import pandas as pd
from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from scoring.base.values import INDEX_CODE
from scoring.files.excel.xlsx import SafeSheet, SafeWorkbook
from scoring.outputs.content.run_tables import RunTables
from scoring.outputs.report_formulas import Formulas, PointsCell
from scoring.outputs.text_layout import wrapped
from scoring.rules.excel import excel_number

Look = dict[str, Any]

_POINTS = ("points", "points_low", "points_high")
_AS_SCORED = (
    "claimed_points", "supported_points", "against_target", "sampling_low", "sampling_high",
)  # fmt: skip
_SAME = 1e-9
# About ten printed pages; a longer table shows its main rows until it is unfolded.
_MOST_OPEN_ROWS = 400
_MOST_LOSSES_OPEN = 5
# The column that says what a row is about; those before it say of whom.
_NAMES = frozenset({"name", "shown_name"})
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
# A figure that no formula follows.
FIXED: Look = {"italic": True, "font_color": "#595959"}
SAMPLE: Look = {"bold": True, "font_color": "#9C0006"}
_AREA: Look = {"bold": True, "bg_color": "#DDEBF7"}
_INDEX: Look = {"bold": True, "bg_color": "#BDD7EE"}
_SEVERITY: Mapping[str, Look] = {
    "error": {"bold": True, "font_color": "#9C0006"},
    "warning": {"bold": True, "font_color": "#7F6000"},
    "info": {},
}


def points_format(decimals: int) -> str:
    """Return the number format that shows points with the decimals of a set.

    >>> points_format(2), points_format(0)
    ('#,##0.00', '#,##0')
    """
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


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
    points: Look = {"num_format": points_format(report.context.decimals)}
    return [
        column._replace(
            label=report.say(column.label),
            look=column.look | (points if _shows_points(column) else {}),
        )
        for column in columns
    ]


def _shows_points(column: Column) -> bool:
    """Say whether a column holds points; what was attained is a percentage."""
    return column.look is NUMBER and column.name != "attainment"


class Cells:
    """The addresses of the cells of a table on its sheet, by column and row."""

    def __init__(self, columns: Sequence[Column], head: int) -> None:
        self.first, self.places = head + 1, {c.name: at for at, c in enumerate(columns)}

    def __call__(self, name: str, row: int) -> str:
        """Return an address, as ``F12``."""
        return xl_rowcol_to_cell(self.first + row, self.places[name])


Live = Callable[[Cells, str, int, Mapping[Hashable, Any]], str | None]
"""Formula of a cell by column name, row and its values; `NOT_LIVE` for a figure that stays as it is."""
NOT_LIVE = ""


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
    live: Live | None = None,
    folded: Sequence[bool] = (),
) -> SafeSheet:
    """Write a titled table on the sheet `kind`, with frozen heading and print set-up.

    `columns` are by default those declared for the sheet, `title` is its name. `looks` adds
    properties to all cells of a row. The label `empty` is said where there are no rows. Rows that are
    `folded` wait behind the sign of an outline: a table of very many rows is not printed by accident.
    """
    columns = columns or columns_of(kind, table, report)
    sheet = book.add_sheet(report.say(f"report_{kind}_sheet"))
    head, cells = (
        write_heading(sheet, title or sheet.name, report),
        Cells(columns, heading_rows(report)),
    )
    is_folded = any(folded) and len(table) > _MOST_OPEN_ROWS
    notes = [live_note(live is not None), *["report_folded_note"] * is_folded]
    note = " ".join(map(report.say, notes))
    sheet.write_text(head - 1, 0, note, NOTE)
    sheet.sheet.outline_settings(symbols_below=False)
    sheet.write_row(head, 0, [column.label for column in columns], "header")
    tall = max(line_count(column.label, column.width) for column in columns)
    sheet.sheet.set_row(head, max(32.0, LINE_HEIGHT * tall + 2))
    sheet.set_widths([column.width for column in columns])
    for i, row in enumerate(table.to_dict("records")):
        fold = {"level": 1, "hidden": True} if is_folded and folded[i] else {}
        sheet.sheet.set_row(head + 1 + i, row_height(row, columns), None, fold)
        for j, column in enumerate(columns):
            look = column.look | looks[i] if looks else column.look
            formula = live(cells, column.name, i, row) if live else None
            if formula:
                value = row[column.name]
                value = "" if value is None or value != value else value
                sheet.write_formula(head + 1 + i, j, formula, look, value=value)
            else:
                look = look | FIXED if formula == NOT_LIVE else look
                sheet.write(head + 1 + i, j, row[column.name], look)
    if table.empty:
        sheet.write_text(head + 1, 0, report.say(empty) if empty else "", NOTE)
    else:
        sheet.sheet.autofilter(head, 0, head + len(table), len(columns) - 1)
    sheet.print_on_a4(header_row=head, footer=report.footer)
    if named := [at for at, column in enumerate(columns, 1) if column.name in _NAMES]:
        # Unit and item stand on each of the pages that the other columns take side by side.
        lines = [*_heading_lines(title or sheet.name, report), (note, NOTE)]
        sheet.fit_readably([column.width for column in columns], repeated=named[0], lines=lines)
    return sheet


def live_note(is_live: bool) -> str:
    """Return the label that says what of a sheet follows a change."""
    return "report_live_note" if is_live else "report_fixed_note"


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
    for row, (text, look) in enumerate(_heading_lines(title, report)):
        sheet.write_text(row, 0, text, look)
    return heading_rows(report)


def _heading_lines(title: str, report: RunTables) -> list[tuple[str, Look]]:
    """Return the lines above a table, with their looks."""
    lines = [(title, TITLE), (report.about, NOTE)]
    if report.context.badge:
        lines.append((f"{report.context.badge}: {report.say('chart_sample_line')}", SAMPLE))
    return lines


def heading_rows(report: RunTables) -> int:
    """Return how many rows the heading of a sheet takes; a sample needs one for its badge."""
    return 4 if report.context.badge else 3


def write_scores_sheet(book: SafeWorkbook, report: RunTables, roll_up: Formulas | None) -> None:
    """Write every node of every unit, the index first."""
    table = report.nodes
    looks = node_looks(table)
    live = _NodeFormulas(report, roll_up) if roll_up else None
    # A long table of many units shows each with its areas.
    folded = (~table["level"].isin(["index", "area"])).to_list() if report.has_many_units else ()
    write_table(book, "scores", table, report, looks=looks, live=live, folded=folded)


def node_looks(table: pd.DataFrame) -> list[Look]:
    """Return how rows of nodes look: the index and the areas stand out."""
    return [{"index": _INDEX, "area": _AREA}.get(level, {}) for level in table["level"]]


class _NodeFormulas:
    """The formulas of the sheet of all points; the points of items are what a reader may change."""

    def __init__(self, report: RunTables, roll_up: Formulas) -> None:
        table, self.roll_up = report.nodes, roll_up
        self.below, self.codes = _rows_below(report), table["code"].tolist()
        self.most = table["max_points"].astype(float).tolist()
        self.known = {name: table[name].astype(float).tolist() for name in _POINTS}
        self.words = report.say("status_scored"), report.say("status_not_assessed")
        self.off = set(report.items.loc[report.items["kind"] == "penalty", "code"])

    def __call__(
        self, cells: Cells, name: str, row: int, values: Mapping[Hashable, Any]
    ) -> str | None:
        points, most = cells("points", row), cells("max_points", row)
        if name in _POINTS:
            children = self.below.get((values["place"], values["code"]), [])
            if children:
                return self._parent(cells, name, row, children) or NOT_LIVE
            end = excel_number(values[name]) if values[name] == values[name] else '""'
            return None if name == "points" else f"=IF(ISNUMBER({points}),{points},{end})"
        if name == "attainment" and values["max_points"] > 0 and values["code"] not in self.off:
            return f'=IF(ISNUMBER({points}),100*{points}/{most},"")'
        if name == "status_name" and values["status"] in ("scored", "not_assessed"):
            return '=IF(ISNUMBER({}),"{}","{}")'.format(points, *self.words)
        return NOT_LIVE if name in _AS_SCORED else None

    def _parent(self, cells: Cells, name: str, row: int, children: Sequence[int]) -> str | None:
        figures = self.known[name]
        addresses = tuple(cells(name, child) for child in children)
        most_cells = tuple(cells("max_points", child) for child in children)
        codes = tuple(self.codes[child] for child in children)
        points, most = (
            tuple(column[child] for child in children) for column in (figures, self.most)
        )
        own = (cells(name, row), addresses, figures[row])
        return self.roll_up(PointsCell("", self.codes[row], *own, codes, points, most, most_cells))


def write_gaps_sheet(book: SafeWorkbook, report: RunTables, *, is_live: bool) -> None:
    """Write what was lost, is open or at risk."""
    places = _points_by_place(report)
    rules = report.items.set_index("code")

    def live(cells: Cells, name: str, row: int, values: Mapping[Hashable, Any]) -> str | None:
        points, most = cells("points", row), cells("max_points", row)
        if name == "points":
            source = places[values["place"], values["item_code"]]
            return f'=IF(ISNUMBER({source}),{source},"")'
        if name != "lost_points":
            return NOT_LIVE if name in ("cause_name", "gap_to_target_points") else None
        # Points taken over from siblings weigh more; what counts of alternatives may change.
        own = values["max_points"] - (values["points"] if values["kind"] == "lost" else 0.0)
        above = rules["parent_code"].get(values["item_code"], "")
        is_own = (
            rules["rule"].get(above, "") != "best_of"
            and rules["kind"].get(values["item_code"]) == "normal"
        )
        if values["kind"] == "at-risk" or not is_own or own <= 0:
            return NOT_LIVE
        factor = values["lost_points"] / own
        times = "" if abs(factor - 1) < _SAME else f"*{excel_number(factor)}"
        return f"=({most}-N({points})){times}"

    losses = report.losses
    folded = (losses.groupby("place").cumcount() >= _MOST_LOSSES_OPEN).to_list()
    formulas = live if is_live else None
    write_table(book, "gaps", losses, report, folded=folded, empty="report_no_gaps", live=formulas)


def _rows_below(report: RunTables) -> dict[tuple[int, str], list[int]]:
    """Return the rows of the children of every node, by place of the unit and code."""
    parents = dict(zip(report.items["code"], report.items["parent_code"], strict=True))
    below: dict[tuple[int, str], list[int]] = {}
    pairs = zip(report.nodes["place"], report.nodes["code"], strict=True)
    for i, (place, code) in enumerate(pairs):
        if code != INDEX_CODE and code in parents:
            below.setdefault((place, parents[code] or INDEX_CODE), []).append(i)
    return below


def points_cells(report: RunTables, name: str = "points") -> dict[str, str]:
    """Return where the points of each node stand in the workbook of one unit, by code."""
    return {code: cell for (_, code), cell in _points_by_place(report, name).items()}


def _points_by_place(report: RunTables, name: str = "points") -> dict[tuple[int, str], str]:
    """Return where the points of each node stand, by place of the unit and code."""
    sheet = quote_sheetname(report.say("report_scores_sheet"))
    cells = Cells(columns_of("scores", report.nodes, report), heading_rows(report))
    keys = zip(report.nodes["place"], report.nodes["code"], strict=True)
    return {(place, code): f"{sheet}!{cells(name, row)}" for row, (place, code) in enumerate(keys)}


def write_findings_sheet(book: SafeWorkbook, report: RunTables) -> None:
    """Write what is to be mended: where, what, and how."""
    looks = [_SEVERITY.get(severity, {}) for severity in report.problems["severity"]]
    write_table(book, "findings", report.problems, report, looks=looks, empty="report_no_findings")

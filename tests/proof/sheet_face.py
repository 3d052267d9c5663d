"""The formulas of many units in one workbook, recalculated by LibreOffice at one start."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import xlsxwriter
from excel_tools import recalculated, sheet_rows
from xlsxwriter.utility import xl_col_to_name

from scoring.points.peers import best_of_peers
from scoring.rules import expression as ex
from scoring.rules.evaluate import best_name
from scoring.rules.excel import ExcelInput, ExcelPen

NEVER, WORDS, SHEET, LISTS = "không thực hiện", "chưa có số liệu", "Sets", "Lists"
LETTERS = {ex.EARNED: "A", ex.IS_NA: "B", ex.POINTS: "C", ex.APPLICABLE: "D", ex.GIVEN_UP: "E"}
_YEAR, _FIRST = 5, 6


class SheetFace:
    """A workbook that grows by sets; `read` gives what LibreOffice computes for every unit."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "faces.xlsx"
        self.book = xlsxwriter.Workbook(str(self.path), {"strings_to_formulas": False})
        self.sheet, self.lists = self.book.add_worksheet(SHEET), self.book.add_worksheet(LISTS)
        self.line = self.list_line = 0
        self.first = {}

    def _range(self, texts):
        first = self.list_line + 1
        for text in texts:
            self.lists.write_string(self.list_line, 0, text)
            self.list_line += 1
        return f"{LISTS}!$A${first}:$A${self.list_line}"

    def add(self, case):
        """Write the rows of all units of a case: a row a node, then the index."""
        criteria, ranges = case.sheet.criteria, {}
        for code, rule in criteria.rules.items():
            for entry in rule.spec.inputs:
                texts = {"yes_no": ["Có", "Không"], "date": [NEVER]}.get(entry.kind, [])
                if entry.kind == "choice":
                    texts = [option.label_vi for option in rule.spec.options_of(entry.name)]
                ranges[code, entry.name] = (self._range(texts) if texts else "", texts)
        for at in range(len(case.sheet.units)):
            self.first[case.seed, at] = self.line
            lines = {code: self.line + place + 1 for place, code in enumerate(case.codes)}
            self._unit(case.sheet, at, lines, ranges)
            self.line += len(lines)

    def _unit(self, sheet, at, lines, ranges):
        criteria, rules = sheet.criteria, sheet.criteria.roll_up
        pen = ExcelPen({}, lambda column, codes: _place(column, codes, lines), nothing="0")
        for code, line in lines.items():
            is_na = "FALSE"
            if code in criteria.rules:
                is_na = self._item(sheet, at, code, line, ranges)
            self.sheet.write_formula(line - 1, 1, f"={is_na}", value="")
            columns = (rules.points[code], rules.applicable[code], rules.given_up.get(code))
            for column, rule in enumerate(columns, start=2):
                if rule is not None:
                    self.sheet.write_formula(line - 1, column, "=" + pen.write(rule), value="")

    def _item(self, sheet, at, code, line, ranges):
        """Write the figures of an item and its formula; return the formula of whether it applies."""
        rule, row = sheet.criteria.rules[code], line - 1
        cells = {ex.YEAR: ExcelInput(f"$F${line}", "count")}
        self.sheet.write_number(row, _YEAR, int(sheet.units["year"].iloc[at]))
        for column, entry in enumerate(rule.spec.inputs, start=_FIRST):
            where, texts = ranges[code, entry.name]
            cells[entry.name] = ExcelInput(f"${xl_col_to_name(column)}${line}", entry.kind, where)
            self._write(row, column, sheet.figures.values[code, entry.name][at], texts)
        for name in rule.peer_inputs:
            column = _FIRST + len(rule.spec.inputs)
            cells[best_name(name)] = ExcelInput(f"${xl_col_to_name(column)}${line}", "number")
            self._write(row, column, best_of_peers(rule, sheet.figures, name)[at], [])
        self.sheet.write_formula(row, 0, "=" + rule.excel_formula(cells), value="")
        mark = sheet.figures.not_applicable.get(code)
        if mark is not None and mark[at]:
            return "TRUE"
        return rule.excel_not_applicable(cells) or "FALSE"

    def _write(self, row, column, figure, texts):
        if np.isnan(figure):
            # A cell that is left blank and one with other words are the same.
            if row % 2:
                self.sheet.write_string(row, column, WORDS)
        elif texts and np.isinf(figure):
            self.sheet.write_string(row, column, NEVER)
        elif texts and texts != [NEVER]:
            place = int(figure) if texts != ["Có", "Không"] else 1 - int(figure)
            self.sheet.write_string(row, column, texts[place])
        else:
            self.sheet.write_number(row, column, figure)

    def read(self, cases):
        """Yield for every unit its case, its place and what LibreOffice makes of its nodes."""
        self.book.close()
        with self.folder, tempfile.TemporaryDirectory() as profile:
            rows = sheet_rows(recalculated(self.path, profile), SHEET)
        for case in cases:
            for at in range(len(case.sheet.units)):
                first = self.first[case.seed, at]
                own = rows[first : first + len(case.codes)]
                pairs = list(zip(case.codes, own, strict=True))
                yield (
                    case,
                    at,
                    {
                        "so_far": {code: row[2] if row[2] != "" else 0.0 for code, row in pairs},
                        "maxima": {code: row[3] for code, row in pairs},
                        "absent": {code: str(bool(row[1])) for code, row in pairs},
                    },
                )


def _place(column, codes, lines):
    cells = ",".join(f"{LETTERS[column]}{lines[code]}" for code in codes)
    # An open item's formula shows an empty text, not an empty cell.
    return f'IF(ISNUMBER({cells}),{cells},"")' if column == ex.EARNED else cells

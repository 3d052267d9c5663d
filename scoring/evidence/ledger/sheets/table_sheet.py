"""A sheet of a ledger that is one table, while it is being written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.base.numbers import format_number
from scoring.evidence.ledger.layout import TITLED, TO_DO, columns
from scoring.evidence.ledger.sheets import hints
from scoring.evidence.ledger.sheets.assessment_sheet import Context, write_headings
from scoring.evidence.ledger.sheets.cell_styles import FORMATS, row_height
from scoring.files.excel.xlsx import SafeWorkbook

TABLE_HEADER = 2


@dataclass(frozen=True, slots=True)
class Computed:
    """A formula and its value."""

    formula: str
    value: Any


class TableSheet:
    """A sheet that is one table, while it is being written."""

    def __init__(
        self,
        book: SafeWorkbook,
        name: str,
        context: Context,
        *,
        high: bool = True,
        guide: Sequence[str] = (),
    ) -> None:
        self.book, self.name, self.context = book, name, context
        self.columns = columns(name)
        self.at = {column.key: place for place, column in enumerate(self.columns)}
        self.sheet = book.add_sheet(name)
        self.sheet.write_text(0, 0, context.word(f"ledger_title_{TITLED[name]}"), "title")
        if name != TO_DO:
            context.write_whose(self.sheet, 1)
        for row, line in enumerate(guide, start=TABLE_HEADER):
            self.sheet.write_text(row, 0, line, FORMATS["plain"])
        self.header = TABLE_HEADER + len(guide)
        write_headings(self.sheet, self.header, self.columns, context.lang, high=high)

    def write(self, row: int, values: Mapping[str, object], **looks: str) -> None:
        """Write the cells of a row by the keys of their columns, in the `looks` of the layout."""
        for place, column in enumerate(self.columns):
            value, look = values.get(column.key), FORMATS[looks.get(column.key, column.look)]
            if isinstance(value, Computed):
                self.sheet.write_formula(row, place, value.formula, look, value=value.value)
            else:
                self.sheet.write(row, place, value, look)

    def write_live(
        self, row: int, values: Mapping[str, object], formulas: Mapping[str, str]
    ) -> None:
        """Write a row whose `formulas` come to `values`, as high as its texts."""
        texts = [(str(values.get(c.key) or ""), c.width) for c in self.columns if not c.hidden]
        self.sheet.sheet.set_row(row, row_height(texts))
        live = {k: Computed(f"={text}", values.get(k, "")) for k, text in formulas.items()}
        self.write(row, {**values, **live})

    def check_points(self, row: int, maximum: float) -> None:
        """Let the points of a row be `maximum` at most."""
        lang = self.context.lang
        text = self.context.word("ledger_hint_points", high=format_number(maximum, lang=lang))
        rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": maximum}
        checked = [column for column in self.columns if column.check == "points"]
        title = hints.fitted(checked[0].title(lang))
        for column in checked:
            place = (row, self.at[column.key])
            self.sheet.add_rule(place, place, rule, title=title, message=text, error=text)

    def finish(self) -> None:
        """Set up the pages and lock all cells but the entry cells."""
        self.sheet.print_on_a4(header_row=self.header, top_row=1, footer=self.context.footer)
        self.sheet.protect()

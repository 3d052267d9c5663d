"""A ledger that a survey feeds: its figures in their cells, their intervals on a sheet of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.labels import label
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger import layout
from scoring.evidence.ledger.cell_changes import LedgerChanges, cell_value
from scoring.evidence.ledger.intake import Ledger
from scoring.evidence.ledger.layout import ASSESSMENT, SURVEYS
from scoring.evidence.ledger.merged_file import Scored, show_results
from scoring.files.excel.cells import row_and_column
from scoring.files.excel.xlsx_patch.guarded_patch import AddedSheet


def fed_ledger(
    path: Path | bytes,
    ledger: Ledger,
    criteria: CriteriaSet,
    scored: Scored,
    figures: pd.DataFrame,
    lang: str = "vi",
) -> LedgerChanges:
    """Return a ledger's workbook, to hold what a survey feeds; formulas and formats stay.

    Parameters
    ----------
    path : Path or bytes
        The workbook; it is not changed itself.
    ledger : Ledger
        What was read from it.
    scored : Scored
        The inputs with the survey's figures, and what they come to.
    figures : DataFrame
        Table ``SurveyFigures`` of the ledger's unit. Figures that an earlier survey fed into other
        items stay on the sheet.
    """
    book = LedgerChanges(path)
    cells = {(row.item_code, row.input): row.cell for row in ledger.inputs.itertuples()}
    asked = figures[figures["input"] != ""]
    for row in asked.itertuples():
        cell = str(cells.get((row.item_code, row.input), ""))
        # Without its row the figure has no place, and the sheet would speak of nothing.
        at = row_and_column(cell)[0] if cell else 0
        if at:
            book.put(ASSESSMENT, at, "entry", cell_value(row.value))
    show_results(book, ledger.info.unit, criteria, scored, lang)
    earlier = ledger.surveys[~ledger.surveys["item_code"].isin(figures["item_code"])]
    parts = [part for part in (earlier, figures) if len(part)]
    put_figures(book, pd.concat(parts, ignore_index=True) if parts else figures, lang)
    return book


def put_figures(book: LedgerChanges, figures: pd.DataFrame, lang: str = "vi") -> None:
    """Put the table ``SurveyFigures`` on its sheet, which is added where a ledger has none."""
    columns = layout.columns(SURVEYS)
    records = figures.to_dict("records")
    if SURVEYS not in book.headings:
        rows = [[cell_value(record.get(column.key)) for column in columns] for record in records]
        head = [column.title(lang) for column in columns]
        lines = [[label("ledger_survey_title", lang)], [label("ledger_survey_remark", lang)], head]
        widths = [column.width for column in columns]
        book.added_sheet = AddedSheet(SURVEYS, widths, [*lines, *rows])
        return
    first = book.headings[SURVEYS].row + 1
    last = book.headings[SURVEYS].sheet.row_count
    empty: list[dict[Any, Any]] = [{}] * max(last - first + 1 - len(records), 0)
    for at, record in enumerate([*records, *empty], start=first):
        for column in columns:
            book.put(SURVEYS, at, column.key, cell_value(record.get(column.key)))

"""The sheet on which a person decides where copies of a ledger differ."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from scoring.base.labels import LANGUAGES, label
from scoring.base.text import clean_text
from scoring.evidence.ledger.merge import Merge
from scoring.evidence.ledger.reading.sheet_rows import plain_text
from scoring.evidence.ledger.sheets.cell_styles import FORMATS, HEADER_HEIGHT, row_height
from scoring.files.excel.workbook import read_workbook
from scoring.files.excel.xlsx import SafeWorkbook

_HEADER = 2


def decision_workbook(merge: Merge, lang: str = "vi") -> bytes:
    """Return a workbook with one row per open disagreement, one column per copy.

    The last column takes the value to keep, from a list of what the copies say.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> said = pd.DataFrame({"key": "k1", "what": "2 on_time", "source": ["a.xlsx", "b.xlsx"],
    ...                      "value": ["8", "9"], "chosen": ""})
    >>> book = decision_workbook(SimpleNamespace(conflicts=said, sources=("a.xlsx", "b.xlsx")))
    >>> [row[1:] for sheet in read_workbook(book) for row in sheet.rows if row[0] == "k1"]
    [['2 on_time', '8', '9', None]]
    """
    book = SafeWorkbook({"title": label("ledger_decisions_sheet", lang)}, font_size=10)
    sheet = book.add_sheet(label("ledger_decisions_sheet", lang))
    sheet.write_text(0, 0, label("ledger_decisions_sheet", lang).upper(), "title")
    heads = [
        label("ledger_decision_key", lang),
        label("ledger_decision_what", lang),
        *merge.sources,
        label("ledger_decision_choice", lang),
    ]
    sheet.write_row(_HEADER, 0, heads, "header")
    sheet.sheet.set_row(_HEADER, HEADER_HEIGHT)
    sheet.set_widths([24, 40, *([26] * len(merge.sources)), 26])
    sheet.sheet.set_column(0, 0, 24, None, {"hidden": True})
    last = len(heads) - 1
    groups = merge.conflicts.groupby("key", sort=True)
    for row, (key, conflict) in enumerate(groups, start=_HEADER + 1):
        said = dict(zip(conflict["source"], conflict["value"], strict=True))
        sheet.write_text(row, 0, str(key), FORMATS["machine"])
        sheet.write_text(row, 1, str(conflict["what"].iloc[0]), FORMATS["item"])
        for column, source in enumerate(merge.sources, start=2):
            sheet.write_text(row, column, said.get(source, ""), FORMATS["item"])
        sheet.write_text(row, last, str(conflict["chosen"].iloc[0]), FORMATS["entry_text"])
        sheet.add_list((row, last), (row, last), list(dict.fromkeys(said.values())))
        sheet.sheet.set_row(row, row_height([(text, 26.0) for text in said.values()]))
    sheet.print_on_a4(header_row=_HEADER)
    sheet.protect()
    return book.to_bytes()


def read_decisions(source: Path | bytes) -> dict[str, str]:
    """Return the values chosen in a workbook of `decision_workbook`, by the keys of the cells.

    Raises
    ------
    UnreadableError
        When the workbook cannot be read.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> said = pd.DataFrame({"key": "k1", "what": "2 on_time", "source": ["a.xlsx", "b.xlsx"],
    ...                      "value": ["8", "9"], "chosen": "9"})
    >>> made = SimpleNamespace(conflicts=said, sources=("a.xlsx", "b.xlsx"))
    >>> read_decisions(decision_workbook(made))
    {'k1': '9'}
    """
    keys = {label("ledger_decision_key", lang) for lang in LANGUAGES}
    choices = {label("ledger_decision_choice", lang) for lang in LANGUAGES}
    decisions: dict[str, str] = {}
    for sheet in read_workbook(source):
        for number, row in enumerate(sheet.rows):
            texts = [clean_text(str(value)) if value is not None else "" for value in row]
            if not keys.intersection(texts) or not choices.intersection(texts):
                continue
            key = next(n for n, text in enumerate(texts) if text in keys)
            choice = next(n for n, text in enumerate(texts) if text in choices)
            for line in sheet.rows[number + 1 :]:
                if line[key] is not None and line[choice] is not None:
                    decisions[str(line[key])] = plain_text(line[choice])
            return decisions
    return decisions


def open_conflicts(merge: Merge) -> pd.DataFrame:
    """Return the disagreements that nothing decides yet.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> said = pd.DataFrame({"key": ["k1", "k2"], "value": ["8", "9"], "chosen": ["", "9"]})
    >>> open_conflicts(SimpleNamespace(conflicts=said))["key"].tolist()
    ['k1']
    """
    return merge.conflicts[merge.conflicts["chosen"] == ""].reset_index(drop=True)

"""The formulas of ``follow_up.toml``: what follows from the entries, written for one row."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files

from xlsxwriter.utility import xl_col_to_name

from scoring.base.labels import label
from scoring.evidence.ledger.layout import ASSESSMENT, DOCUMENTS, REQUIRED
from scoring.files.excel.xlsx import SafeWorkbook

_TEXT = files(__package__).joinpath("follow_up.toml").read_text(encoding="utf-8")
_FORMULAS: Mapping[str, Mapping[str, str]] = tomllib.loads(_TEXT)
# How the formulas call the columns of a sheet: the prefix and the keys.
_NAMED = {
    ASSESSMENT: (
        "tdg",
        "code name entry documents state explanation not_applicable item_code input key lacking due unexplained to_do",
    ),
    REQUIRED: ("pc", "item_code lacking due"),
    DOCUMENTS: ("tl", "document_id document_number kind title item_codes"),
}


def name_columns(
    book: SafeWorkbook,
    sheet: str,
    columns: Mapping[str, int],
    first: int,
    last: int,
    more: Iterable[str] = (),
) -> None:
    """Name the columns of a sheet as the formulas call them, from row to row counted from 0.

    `more` are columns that only the formulas of some sets call.
    """
    prefix, keys = _NAMED[sheet]
    for key in (key for key in (*keys.split(), *more) if key in columns):
        book.define_name(f"{prefix}_{key}", sheet, (first, columns[key]), (last, columns[key]))


def follow_up(
    sheet: str, row: int, columns: Mapping[str, int], lang: str, **more: object
) -> dict[str, str]:
    """Return the formulas of a row of `sheet`, counted from 0, by the keys of their columns.

    `more` is what they need besides the cells of their row.
    """
    words = {key: f'"{label(name, lang)}"' for key, name in _FORMULAS["words"].items()}
    cells = {key: f"${xl_col_to_name(place)}{row + 1}" for key, place in columns.items()}
    known, found = {**words, **more, **cells}, dict[str, str]()
    for key, text in _FORMULAS[sheet].items():
        formula = "".join(line.strip() for line in text.splitlines()).format_map(known)
        (found if key in columns else known)[key] = formula
    return found


def looked_up(row: str) -> dict[str, str]:
    """Return how a formula takes a cell of ``Tự đánh giá`` (``of_``) and leads to it (``to_``).

    `row` is the cell that says which row of the table; an item with several figures has them on
    rows of their own, the first of which is found by its key.
    """
    found = {}
    below = f'MATCH(INDEX(tdg_key,{row})&"/*",tdg_key,0)'
    for key in _NAMED[ASSESSMENT][1].split():
        own = f"INDEX(tdg_{key},{row})"
        at = (
            f'INDEX(tdg_{key},IF(INDEX(tdg_input,{row})="",{below},{row}))'
            if key == "entry"
            else own
        )
        found[f"of_{key}"] = own
        found[f"to_{key}"] = f"\"#'{ASSESSMENT}'!\"&ADDRESS(ROW({at}),COLUMN({at}))"
    return found

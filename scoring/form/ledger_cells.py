"""The blank ledger that a form fills in, and where its cells stand."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from scoring.base.labels import LANGUAGES, label
from scoring.base.values import INDEX_CODE
from scoring.base.vocabulary import NO, YES
from scoring.criteria import CriteriaSet
from scoring.criteria.columns import column_letters
from scoring.evidence.ledger.layout import (
    APPRAISAL,
    ASSESSMENT,
    DOCUMENTS,
    FORM_KEYS,
    INFO,
    MACHINE_KEYS,
    MACHINE_SHEET,
    MARK,
    PLAN,
    TARGETS,
    columns,
    info_rows,
)
from scoring.evidence.ledger.making import new_ledger
from scoring.evidence.ledger.reading.headings import folded
from scoring.evidence.ledger.sheets.table_sheet import TABLE_HEADER
from scoring.files.excel.workbook import Workbook, read_workbook
from scoring.files.sealed.manifest import about

# Sheets with tables that a form does not hold: what stands there must be told of.
_NOT_IN_FORM = (PLAN, APPRAISAL)
# The headings stand within so many rows.
_HEAD = 12
_ROW = re.compile(r'(?P<head><row r="(?P<number>\d+)")(?P<rest>[^>]*?(?:/>|>.*?</row>))', re.DOTALL)


def ledger_in_form(
    criteria: CriteriaSet, year: int, period: str = "", lang: str = "vi"
) -> dict[str, Any]:
    """Return the blank ledger of a set and year, packed, and where its cells stand.

    The unit is left blank, so that one ledger serves the forms of thousands of units.

    Returns
    -------
    dict
        ``template``; ``sheets`` by role with ``name``, ``columns`` (letters by key), ``titles``
        (keys by folded heading) and ``rows``; ``info`` and ``machine`` cells; ``formRows``, the keys
        that a form adds to the machine's by row; ``words`` of cells.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> told = ledger_in_form(open_set("service-quality-766"), 2026)
    >>> told["info"]["unit_code"], told["sheets"]["assessment"]["columns"]["entry"]
    ('B4', 'D')
    """
    data = new_ledger(criteria, "", "", year, period=period, lang=lang)
    book = read_workbook(data)
    roles = {"assessment": ASSESSMENT, "documents": DOCUMENTS, "targets": TARGETS}
    sheets = {role: _sheet(book, name) for role, name in roles.items()}
    sheets["assessment"] |= {"rows": _node_rows(book), "entries": _entry_rows(book)}
    sheets["targets"]["rows"] = _target_rows(book)
    first = TABLE_HEADER + 2
    sheets["documents"]["first"] = first
    sheets["targets"]["first"] = first + len(sheets["targets"]["rows"])
    order = {key: f"B{row}" for row, key in enumerate(MACHINE_KEYS, start=1)}
    return {
        "template": _packed(data),
        "file": "ledger.xlsx",
        "maker": about()["package"],
        "infoSheet": INFO,
        "info": {key: f"B{row + 1}" for key, row in info_rows().items()},
        "infoTitles": {folded(text): line.key for line in columns(INFO) for text in line.titles},
        "machineSheet": MACHINE_SHEET,
        "machine": order,
        "formRows": dict(enumerate(FORM_KEYS, start=len(MACHINE_KEYS) + 1)),
        "sheets": sheets,
        "others": [_sheet(book, name) for name in _NOT_IN_FORM],
        "index": INDEX_CODE,
        "words": {"yes": label(YES, lang), "no": label(NO, lang), "mark": MARK, "lang": lang},
        "yes": [folded(label(YES, one)) for one in LANGUAGES],
        "no": [folded(label(NO, one)) for one in LANGUAGES],
    }


def _packed(data: bytes) -> str:
    """Return the parts of a workbook in half the letters that its zip would take.

    In every row of a sheet U+0001 stands for the number of the row. Formulas of rows are then the
    same, and one compressor sees all parts; `sheet_filling.js` undoes it.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name).decode("utf-8") for name in package.namelist()}
    folded_parts = {name: _ROW.sub(_without_number, xml) for name, xml in parts.items()}
    # Quotes of XML need no escape outside of JSON, which saves one letter in twenty.
    return _deflated("\x02".join(text for pair in folded_parts.items() for text in pair))


def packed_json(value: object) -> str:
    """Return a value as JSON, deflated, in letters; `sheet_filling.js` unpacks it.

    >>> len(packed_json(["Sở Nội vụ"] * 1000)) < 200
    True
    """
    return _deflated(json.dumps(value, ensure_ascii=False))


def _deflated(text: str) -> str:
    machine = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    letters = base64.b85encode(machine.compress(text.encode()) + machine.flush()).decode()
    # Nothing in a page may look like the end of a script; `letters.js` reads it.
    return letters.replace("<", ",")


def _without_number(row: re.Match[str]) -> str:
    own = re.compile(rf"(?<![\d.]){row['number']}(?![\d.])")
    return row["head"] + own.sub("\x01", row["rest"])


def _sheet(book: Workbook, name: str) -> dict[str, Any]:
    """Return how a sheet is called, its columns as the blank ledger has them, and their names."""
    titles = {folded(text): column.key for column in columns(name) for text in column.titles}
    heads = [titles.get(folded(cell), "") for cell in book[name].rows[_heading(book, name)] if cell]
    letters = {key: column_letters(at) for at, key in enumerate(heads) if key}
    needed = [column.key for column in columns(name) if column.needed]
    return {"name": name, "columns": letters, "titles": titles, "needed": needed}


def _heading(book: Workbook, name: str) -> int:
    """Return the row of the headings, counted from 0: the one with most of the known titles."""
    known = {folded(text) for column in columns(name) for text in column.titles}
    heads = [sum(folded(cell) in known for cell in row) for row in book[name].rows[:_HEAD]]
    return heads.index(max(heads))


def _entry_rows(book: Workbook) -> dict[str, dict[str, int]]:
    """Return the row of every figure by item and input."""
    found: dict[str, dict[str, int]] = {}
    for number, row in _rows(book, ASSESSMENT):
        if row["item_code"] and row["input"]:
            found.setdefault(str(row["item_code"]), {})[str(row["input"])] = number
    return found


def _node_rows(book: Workbook) -> dict[str, int]:
    """Return the row of every node by its code; figures below an item stand in later rows."""
    found: dict[str, int] = {}
    for number, row in _rows(book, ASSESSMENT):
        if row["item_code"]:
            found.setdefault(str(row["item_code"]), number)
    return found


def _target_rows(book: Workbook) -> dict[str, int]:
    return {str(row["code"]): number for number, row in _rows(book, TARGETS) if row["code"]}


def _rows(book: Workbook, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows below the headings, counted from 1, by the keys of their columns."""
    keys, first = list(_sheet(book, name)["columns"]), _heading(book, name) + 1
    for number, row in enumerate(book[name].rows[first:], start=first + 1):
        cells = [*row, *[None] * (len(keys) - len(row))]
        yield number, dict(zip(keys, cells, strict=False))

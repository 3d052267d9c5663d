"""The first of several copies of a ledger, with the cells changed that the others decide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scoring.base.findings import Finding
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger import layout
from scoring.evidence.ledger.cell_changes import LedgerChanges
from scoring.evidence.ledger.intake import Ledger
from scoring.evidence.ledger.layout import (
    ACTIONS,
    APPRAISAL,
    ASSESSMENT,
    DOCUMENTS,
    GUIDE,
    LIVE_SHEET,
    MACHINE_SHEET,
    MARK,
    PLAN,
    SHOWN_SHEETS,
    SURVEYS,
    TARGETS,
)
from scoring.evidence.ledger.making import new_ledger
from scoring.evidence.ledger.merge import TABLES, Key, Merge, key_text
from scoring.evidence.ledger.reading.sheet_rows import plain_text
from scoring.files.excel.cells import CellValue, address, row_and_column
from scoring.files.excel.xlsx_patch.guarded_patch import notes_in

# What identifies a row, by its sheet.
_NAMED_BY = {ASSESSMENT: ("item_code", "input"), TARGETS: ("code",), APPRAISAL: ("item_code",)}
_SHEETS = {
    "inputs": ASSESSMENT, "claims": ASSESSMENT, "documents": DOCUMENTS, "tasks": PLAN,
    "targets": TARGETS, "appraisal": APPRAISAL,
}  # fmt: skip
# Tables whose rows people add themselves, by the column that names a row.
_GROWING = {"documents": "document_id", "tasks": "task", "targets": "code"}
# Texts that nobody compares: every copy's is kept.
_JOINED = {"inputs": ("documents", "explanation"), "documents": ("item_codes", "place")}
_SHOWN_CELLS = 12


def merged_file(
    merge: Merge,
    paths: Mapping[str, Path],
    criteria: CriteriaSet,
    scores: pd.DataFrame,
    lang: str = "vi",
) -> LedgerChanges:
    """Return the first copy's workbook, to hold what was merged.

    Parameters
    ----------
    merge : Merge
    paths : mapping of name to Path
        The files of the copies.
    criteria : CriteriaSet
    scores : DataFrame
        What the merged inputs come to; shown by the formulas until a program calculates them.

    Returns
    -------
    LedgerChanges
        Formats, notes, further sheets and columns are those of the first copy; its findings name
        what the other copies hold that does not come along.
    """
    joiner = _Joiner(merge, paths)
    joiner.put_chosen()
    for name in merge.sources[1:]:
        joiner.join(name)
        joiner.base.findings += joiner.left_behind(name)
    scored = Scored(merge.inputs, scores, merge.targets)
    show_results(joiner.base, merge.info.unit, criteria, scored, lang)
    return joiner.base


def _rows_of(ledger: Ledger, book: LedgerChanges) -> dict[Key, int]:
    """Return the number of the row that each row of a copy's tables was read from."""
    rows: dict[Key, int] = {}
    for table in ("inputs", *TABLES):
        named = "input" if table == "inputs" else ""
        key = "item_code" if table == "inputs" else layout.identity_of(TABLES[table])
        for row in getattr(ledger, table).to_dict("records"):
            if row["cell"]:
                at = row_and_column(row["cell"])[0]
                rows[table, str(row[key]), str(row[named]) if named else ""] = at
    for table in ("appraisal", "targets", "claims"):
        # Rows without an entry are not read; they are there all the same.
        for (name, *_), at in book.rows_by(_SHEETS[table], _NAMED_BY[_SHEETS[table]][0]).items():
            rows.setdefault((table, name, ""), at)
    return rows


class Scored(NamedTuple):
    """Figures of one unit, the table ``Scores`` that they come to, and its targets."""

    inputs: pd.DataFrame
    scores: pd.DataFrame
    targets: pd.DataFrame


class _Joiner:
    """Holds the copies while the first of them takes over what the others say."""

    def __init__(self, merge: Merge, paths: Mapping[str, Path]) -> None:
        self.merge, self.first = merge, merge.sources[0]
        self.books = {name: LedgerChanges(paths[name]) for name in merge.sources}
        self.rows = {n: _rows_of(merge.copies[n], book) for n, book in self.books.items()}
        self.base = self.books[self.first]

    def put_chosen(self) -> None:
        """Put what was taken from another copy, and empty what is still open."""
        decided = set(self.merge.conflicts["key"])
        for key, origin in self.merge.origins.items():
            table, row, column = key
            sheet, at, name = _SHEETS[table], self._row(key), _column(table, column)
            if origin == self.first or not name:
                continue
            value = self._said(key, origin, name) if origin else None
            if not at:
                self._lose(origin, sheet, [row], str(value))
                continue
            before = self.base.value(sheet, at, name)
            if before is not None and key_text(key) not in decided:
                self._lose(self.first, sheet, [name], plain_text(before))
            self.base.put(sheet, at, name, value)

    def _row(self, key: Key) -> int:
        """Return the row of the first copy that a cell belongs to, a new one where it has none."""
        table, row, column = key
        own = self.rows[self.first]
        place = key if table == "inputs" else (table, row, "")
        if column == "not_applicable":
            place = "claims", row, ""
        if place not in own and table in _GROWING:
            own[place] = self.base.new_row(_SHEETS[table])
            self.base.put(_SHEETS[table], own[place], _GROWING[table], row)
        return own.get(place, 0)

    def _said(self, key: Key, origin: str, name: str) -> CellValue:
        table, row, column = key
        if column == "not_applicable":
            return MARK
        if table == "claims":
            claims = self.merge.copies[origin].claims
            return str(claims.loc[claims["item_code"] == row, column].iloc[0])
        at = self.rows[origin][key if table == "inputs" else (table, row, "")]
        return self.books[origin].value(_SHEETS[table], at, name)

    def join(self, name: str) -> None:
        """Add texts that nobody compares to those of the first copy."""
        own = self.rows[self.first]
        for (table, row, column), at in self.rows[name].items():
            is_compared = table == "inputs" and at == self.rows[name].get(("claims", row, ""))
            if table in _JOINED and not is_compared and (here := own.get((table, row, column))):
                for key in _JOINED[table]:
                    self._join(name, _SHEETS[table], (at, here), key)

    def _join(self, name: str, sheet: str, rows: tuple[int, int], key: str) -> None:
        new, old = (
            self.books[name].value(sheet, rows[0], key),
            self.base.value(sheet, rows[1], key, now=True),
        )
        if new is None or new == old:
            return
        if old is None:
            self.base.put(sheet, rows[1], key, new)
        elif isinstance(new, str) or isinstance(old, str):
            parts = re.split(r"[;\n]\s*", f"{plain_text(old)}; {plain_text(new)}")
            self.base.put(sheet, rows[1], key, "; ".join(dict.fromkeys(filter(None, parts))))
        else:
            self._lose(name, sheet, [f"{rows[0]}:{rows[0]}"], plain_text(new))

    def _lose(self, name: str, sheet: str, cells: list[str], value: str = "") -> None:
        self.base.findings.append(_not_kept(name, sheet, cells, value))

    def _lost_surveys(self, name: str) -> bool:
        """Say whether a copy has intervals of figures that another copy's went before."""
        key = ["item_code", "input", "value", "low", "high"]
        own, kept = self.merge.copies[name].surveys, self.merge.surveys
        return len(own.merge(kept[key], on=key)) < len(own)

    def left_behind(self, name: str) -> Iterator[Finding]:
        """Yield what a copy holds outside the tables and the first copy does not: cells, notes."""
        book, own = self.books[name], notes_in(self.base.data, self.first)
        notes = notes_in(book.data, name)
        mine = {sheet.name: sheet for sheet in self.base.book.sheets}
        for sheet in book.book.sheets:
            heading = next((h for h in book.headings.values() if h.sheet is sheet), None)
            top, known = (heading.row, set(heading.columns.values())) if heading else (0, set())
            is_lost = heading and heading is book.headings.get(SURVEYS) and self._lost_surveys(name)
            # The first copy's actions stay; nothing is joined to them.
            if is_lost or (heading and heading is book.headings.get(ACTIONS)):
                known = set()
            if sheet.name in SHOWN_SHEETS:
                # They follow from the other sheets, which may differ between copies.
                known = set(range(1, len(layout.columns(sheet.name)) + 1))
            cells = [
                address(row, column)
                for row, values in enumerate(sheet.rows[top:], start=top + 1)
                for column, value in enumerate(values, start=1)
                if value is not None
                and column not in known
                and (sheet.name not in mine or mine[sheet.name].value(row, column) != value)
            ]
            cells += sorted(cell for at, cell, _ in notes - own if at == sheet.name)
            if cells and sheet.name not in (GUIDE, LIVE_SHEET, MACHINE_SHEET):
                yield _not_kept(name, sheet.name, cells)


def show_results(
    book: LedgerChanges,
    unit: Mapping[str, Any],
    criteria: CriteriaSet,
    scored: Scored,
    lang: str = "vi",
) -> None:
    """Let the formulas of a ledger show what other figures come to than those it holds.

    Parameters
    ----------
    unit : mapping
        What `new_ledger` takes of a unit (see `LedgerInfo.unit`).
    """
    made = LedgerChanges(new_ledger(criteria, **unit, **scored._asdict(), lang=lang))
    for sheet, keys in _NAMED_BY.items():
        theirs, computed = made.rows_by(sheet, *keys), layout.columns(sheet)
        for named, row in book.rows_by(sheet, *keys).items():
            for column in computed if any(named) and named in theirs else ():
                if not column.table or "computed" in column.flags:
                    value = made.value(sheet, theirs[named], column.key)
                    book.put(sheet, row, column.key, value, result=True)
    # It has the same rows in every ledger of a set.
    rows = made.book[LIVE_SHEET].rows if LIVE_SHEET in book.book.names else []
    book.results[LIVE_SHEET] = {
        address(row, place): value
        for row, values in enumerate(rows, start=1)
        for place, value in enumerate(values, start=1)
    }


def _column(table: str, column: str) -> str:
    """Return the key of the sheet's column that a column of a table is read from."""
    if table == "inputs":
        return column if column == "not_applicable" else "entry"
    entries = layout.read_into(TABLES[table])
    return next((entry.key for entry in entries if column in entry.columns), "")


def _not_kept(name: str, sheet: str, cells: list[str], value: str = "") -> Finding:
    shown = ", ".join(cells[:_SHOWN_CELLS]) + (" …" if len(cells) > _SHOWN_CELLS else "")
    told = {"count": len(cells), "place": shown, "value": value or "…"}
    return Finding("merge-not-kept", name, sheet, values=told)

"""A criteria set as one workbook: made for people, read back without loss.

Sheets: a guide, ``set`` (the keys of ``set.toml``), one per CSV sheet, and the lists of
``set.toml`` (``grades``, ``caveats``). Row 1 of a sheet is its title, row 2 its heading.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding, has_errors
from scoring.base.labels import label
from scoring.base.vocabulary import NO, YES
from scoring.criteria.columns import LIST_KEYS, SET_KEYS, SHEETS
from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.library import CheckedSet, build_set, read_raw, set_path
from scoring.criteria.set_meta import is_set_id
from scoring.criteria.set_reading import RawSet
from scoring.criteria.workbook_guide import add_guide
from scoring.criteria.workbook_looks import column_width, looks
from scoring.criteria.workbook_reading import SET_SHEET, read_workbook_set
from scoring.criteria.writing import (
    canonical,
    example_holds,
    number_inputs,
    number_or_text,
    rows_of,
    write_set,
)
from scoring.files.excel.side_by_side import pages_across
from scoring.files.excel.xlsx import SafeSheet, SafeWorkbook
from scoring.files.overwriting import ruled
from scoring.tables import Column
from scoring.tables.toml_keys import value_at

HEADING_ROW = 1  # counted from 0
# Empty rows below the filled ones that are formatted and offer their lists.
SPARE_ROWS = 300


def export_workbook(
    criteria: CriteriaSet | str | Path, out: Path, *, replace: bool = False
) -> Path:
    """Write a criteria set as one workbook.

    Parameters
    ----------
    criteria : CriteriaSet, str or Path
        A set, its id, or the path of its folder or workbook. One with errors is written too, so
        that it can be mended there.
    out : Path
        The .xlsx file to write, or a folder to write ``<set id>.xlsx`` into.
    replace : bool
        Write over another file there, which is kept beside it, ending in ``.bak``.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UnreadableError
        When the set cannot be read.
    OutputError
        When the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> export_workbook("service-quality-766", folder).name
    'service-quality-766.xlsx'
    """
    raw = _raw(criteria)
    out = Path(out)
    if out.suffix.lower() != ".xlsx":
        set_id = str(raw.meta.get("id", ""))
        # The id comes from a file that anyone may have written, and could lead out of the folder.
        out = out / f"{set_id if is_set_id(set_id) else 'set'}.xlsx"
    with ruled([], out, replace=replace):
        made_of(raw).save(out)
    return out


def import_workbook(path: Path, folder: Path, *, replace: bool = False) -> CheckedSet:
    """Write the folder of a criteria set from its workbook.

    Parameters
    ----------
    path : Path
        The workbook.
    folder : Path
        Where ``set.toml`` and the CSV sheets go, in canonical form; made when missing.
    replace : bool
        Write over a folder that holds a set of another id.

    Returns
    -------
    CheckedSet
        The set with all findings. The folder is written unless a cell could not be told for
        certain; a set that is merely unfinished is written with its findings.

    Raises
    ------
    UnreadableError
        When the workbook cannot be read.
    OutputError
        When the folder cannot be written.
    """
    raw = read_workbook_set(Path(path))
    checked = build_set(raw)
    taken = None if replace else _taken(Path(folder), str(raw.meta.get("id", "")))
    if taken is not None:
        return CheckedSet(checked.criteria, (*checked.findings, taken))
    if not has_errors(raw.findings):
        write_set(raw, Path(folder))
    return checked


def _taken(folder: Path, set_id: str) -> Finding | None:
    if not (folder / "set.toml").exists():
        return None
    try:
        other = str(read_raw(folder).meta.get("id", ""))
    except UnreadableError:
        other = str(folder)
    if other == set_id:
        return None
    return Finding("set-folder-taken", file=str(folder), values={"value": other})


def _raw(criteria: CriteriaSet | str | Path) -> RawSet:
    if isinstance(criteria, CriteriaSet):
        return RawSet(criteria.raw_meta, criteria.tables, criteria.place)
    return read_raw(set_path(criteria))


def made_of(raw: RawSet) -> SafeWorkbook:
    """Return the workbook of a set, not yet saved."""
    book = SafeWorkbook(
        {
            "title": str(raw.meta.get("name_vi", "")),
            "category": label("status_sample") if _is_sample(raw) else "",
        }
    )
    add_guide(book, raw.meta, _is_sample(raw))
    add_set_sheets(book, raw)
    return book


def add_set_sheets(book: SafeWorkbook, raw: RawSet, *, hidden: bool = False) -> None:
    """Add the sheets of a set to a workbook; `hidden` where it holds them for the program only."""
    raw = canonical(raw)
    writer = _Writer(book, str(raw.meta.get("name_vi", "")), _is_sample(raw), hidden)
    writer.set_sheet(raw.meta)
    numbers = number_inputs(raw.tables["inputs"])
    for sheet, columns in SHEETS.items():
        rows = rows_of(raw.tables[sheet])
        writer.sheet(sheet, columns, rows, numbers)
    for sheet, columns in LIST_KEYS.items():
        entries = raw.meta.get(sheet, [])
        writer.sheet(sheet, columns, [_texts(entry) for entry in entries], set())


def _is_sample(raw: RawSet) -> bool:
    return raw.meta.get("status") == "sample"


def _texts(entry: Mapping[str, object]) -> dict[str, str]:
    flags = {True: YES, False: NO}
    return {k: flags[v] if isinstance(v, bool) else str(v) for k, v in entry.items()}


class _Writer:
    """Writes the sheets of one set, all with the same title, footer and mark."""

    def __init__(self, book: SafeWorkbook, name: str, is_sample: bool, hidden: bool) -> None:
        self.book, self.name, self.is_sample, self.hidden = book, name, is_sample, hidden
        self.mark = label("sample_mark") if is_sample else ""

    def _start(self, sheet: str, freeze_columns: int) -> SafeSheet:
        made = self.book.add_sheet(sheet, hidden=self.hidden)
        mark = f"{self.mark} · " if self.is_sample else ""
        look = looks()["sample_title" if self.is_sample else "title"]
        self.title = f"{mark}{sheet} · {label(f'set_sheet_{sheet}')} · {self.name}", look
        made.write_text(0, 0, *self.title)
        made.print_on_a4(header_row=HEADING_ROW, footer=f"{mark}{self.name} · {sheet}")
        # The looks of the columns hold for every row but this one.
        made.sheet.set_row(0, 22, self.book.format({"valign": "vcenter"}))
        made.sheet.freeze_panes(HEADING_ROW + 1, freeze_columns)
        if self.is_sample:
            made.sheet.set_tab_color("#C00000")
        return made

    def sheet(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Sequence[Mapping[str, str]],
        numbers: set[tuple[str, str]],
    ) -> None:
        """Write one sheet of rows."""
        made = self._start(name, 1)
        last = HEADING_ROW + max(len(rows), 1)
        widths = {column.name: column_width(column.name) for column in columns}
        title, look = self.title
        made.fit_readably(
            list(widths.values()), repeated=1, lines=[(title.removeprefix(f"{self.mark} · "), look)]
        )
        if pages_across(list(widths.values()), 1) > 1:
            made.write_text(0, 0, self.mark, look)
        for number, row in enumerate(rows, start=HEADING_ROW + 1):
            made.sheet.set_row(number, row_height(row, widths))
        for place, column in enumerate(columns):
            look = looks()[column.type if column.type in ("number", "date") else "text"]
            made.sheet.set_column(place, place, widths[column.name], self.book.format(look))
            heading = looks()["required" if column.required else "optional"]
            made.write_text(HEADING_ROW, place, column.name, heading)
            self._offer(made, place, column, last + SPARE_ROWS)
            for number, row in enumerate(rows, start=HEADING_ROW + 1):
                holds = column.type
                if name == "examples" and column.name == "value":
                    holds = example_holds(row, numbers)
                text = row.get(column.name, "")
                value = number_or_text(text) if holds == "number" else text
                held = (
                    "number" if isinstance(value, float) else "date" if holds == "date" else "text"
                )
                made.write(number, place, value, looks()[held])
        made.sheet.autofilter(HEADING_ROW, 0, last, len(columns) - 1)

    def _offer(self, made: SafeSheet, place: int, column: Column, last: int) -> None:
        """Offer a column's words as a list and its meaning as a message beside the cell."""
        first = (HEADING_ROW + 1, place)
        title, message = column.name[:32], f"{column.vi}\n{column.en}"[:255]
        if column.offered:
            error = label("choose_from_list")
            made.add_list(
                first, (last, place), column.offered, title=title, message=message, error=error
            )
        else:
            rule = {"validate": "any"}
            made.add_rule(first, (last, place), rule, title=title, message=message)

    def set_sheet(self, meta: Mapping[str, object]) -> None:
        """Write the keys of ``set.toml``, one per row, each explained."""
        made = self._start(SET_SHEET, 1)
        made.write_row(HEADING_ROW, 0, ["key", "value", "tiếng Việt", "English"], "header")
        for place, width in enumerate((30, 70, 52, 48)):
            made.sheet.set_column(place, place, width)
        keys = {key.name: key for key in SET_KEYS}
        for name in _dotted(meta):
            keys.setdefault(name, Column(name, ""))
        for row, key in enumerate(keys.values(), start=HEADING_ROW + 1):
            made.write_text(row, 0, key.name, "locked")
            _write_value(made, row, value_at(meta, key.name), key)
            made.write_text(row, 2, key.vi, "locked")
            made.write_text(row, 3, key.en, "locked")
            text = {"value": str(value_at(meta, key.name) or ""), "vi": key.vi, "en": key.en}
            made.sheet.set_row(row, row_height(text, {"value": 70, "vi": 52, "en": 48}))
            if key.offered:
                made.add_list((row, 1), (row, 1), key.offered, error=label("choose_from_list"))


def row_height(row: Mapping[str, str], widths: Mapping[str, float]) -> float:
    """Return a height, in points, that shows every wrapped cell of a row whole.

    Spreadsheets other than Excel do not grow a row by themselves.

    >>> row_height({"name_vi": "x" * 50, "code": "1"}, {"name_vi": 20, "code": 10})
    45.0
    """
    lines = [math.ceil(len(row.get(name, "")) / width) for name, width in widths.items()]
    return 15.0 * min(max(lines, default=1) or 1, 20)


def _write_value(made: SafeSheet, row: int, value: object, key: Column) -> None:
    held = "key_number" if isinstance(value, int | float) else key.type
    if isinstance(value, bool):
        value, held = YES if value else NO, "text"
    if isinstance(value, dt.date):
        held = "date"
    made.write(row, 1, "" if value is None else value, looks().get(held, looks()["text"]))


def _dotted(meta: Mapping[str, object]) -> list[str]:
    """Return the dotted names of all values of ``set.toml`` that are not lists."""
    names = []
    for key, value in meta.items():
        if isinstance(value, Mapping):
            names += [f"{key}.{inner}" for inner in value]
        elif not isinstance(value, list):
            names.append(key)
    return names

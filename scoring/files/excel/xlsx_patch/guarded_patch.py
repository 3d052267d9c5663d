"""Changing a workbook of somebody else in the reading child, which unpacks it in this one's place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.files.children.guarded import read_guarded
from scoring.files.children.wire import decoded, encoded
from scoring.files.excel.cells import CellValue
from scoring.files.excel.sheet_scan import worksheet_parts
from scoring.files.excel.xlsx_patch.cell_values import put_values
from scoring.files.excel.xlsx_patch.first_sheet import add_last_sheet, fill_table
from scoring.files.excel.xlsx_patch.notes import notes_of
from scoring.files.excel.xlsx_patch.read_back import Changes, demand_alike, open_parts
from scoring.files.limits import Limits


@dataclass(frozen=True, slots=True)
class AddedSheet:
    """A sheet to be added behind all others: a title, a remark, headings, rows below them."""

    name: str
    widths: Sequence[float]
    rows: Sequence[Sequence[CellValue]]


def with_values(
    data: bytes, file: str, values: Changes, results: Changes, added: AddedSheet | None = None
) -> bytes:
    """Return a workbook in which some cells hold other values, compared with the old cell by cell.

    Parameters
    ----------
    values, results : mapping of sheet to address to value
        As `put_values` takes them, by the sheet.
    added : AddedSheet, optional

    Raises
    ------
    UnreadableError
        When the file is no workbook, is not safe to open, or the child does not survive it.
    OutputError
        When the copy would read otherwise than it should.
    """
    listed = {"values": _listed(values), "results": _listed(results), "added": ""}
    if added is not None:
        cells = [(added.name, list(added.widths), [list(row) for row in added.rows])]
        listed["added"] = encoded(cells).decode("utf-8", "surrogatepass")
    copy: bytes = read_guarded(f"{__name__}:values_put", data, seconds=None, file=file, **listed)
    return copy


def _listed(changes: Changes) -> str:
    # As text, since the child takes nothing but JSON; no sheet's name is a key of it.
    cells = [(name, at, value) for name, own in changes.items() for at, value in own.items()]
    return encoded(cells).decode("utf-8", "surrogatepass")


def _by_sheet(listed: str) -> dict[str, dict[str, CellValue]]:
    changes: dict[str, dict[str, CellValue]] = {}
    for name, at, value in decoded(listed.encode("utf-8", "surrogatepass")):
        changes.setdefault(name, {})[at] = value
    return changes


def values_put(data: bytes, file: str, values: str, results: str, added: str = "") -> bytes:
    """Do as `with_values` does, in this process."""
    parts = open_parts(data, Limits(), file)
    typed, computed = _by_sheet(values), _by_sheet(results)
    put: dict[str, Mapping[str, CellValue]] = {}
    for name, _, part in worksheet_parts(parts.report):
        if name in typed or name in computed:
            put[name] = put_values(parts, part, typed.get(name, {}), computed.get(name, {}))
    told = decoded(added.encode("utf-8", "surrogatepass")) if added else []
    for name, widths, rows in told:
        fill_table(parts, add_last_sheet(parts, name), rows, widths)
    copy = parts.to_bytes()
    demand_alike(data, copy, file, put, {name for name, *_ in told})
    return copy


def notes_in(data: bytes, file: str) -> set[tuple[str, str, str]]:
    """Return the notes of a workbook: sheet, cell, text."""
    found = read_guarded(f"{__name__}:notes_found", data, file=file)
    return {(name, cell, text) for name, cell, text in found}


def notes_found(data: bytes, file: str) -> list[tuple[str, str, str]]:
    """Do as `notes_in` does, in this process."""
    parts = open_parts(data, Limits(), file)
    return [
        (name, cell, text)
        for name, _, part in worksheet_parts(parts.report)
        for cell, text in notes_of(parts, part).items()
    ]

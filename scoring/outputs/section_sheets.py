"""Titled tables, and how each is written as a sheet of a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from scoring.files.excel.side_by_side import pages_across
from scoring.files.excel.xlsx import FORMATS, FormatName, SafeSheet, SafeWorkbook
from scoring.outputs.report_sheets import line_count

Cell = str | int | float
Row = tuple[Cell, ...]
_PER_MM = 0.62  # characters of a column on the sheet for a millimetre in Word
_TEXT = FORMATS["text"] | {"border": 1}
_COUNT = {"border": 1, "valign": "top"}
_TITLE = FORMATS["title"] | {"text_wrap": True, "valign": "top"}
HEADER_ROW, _LINE = 3, 15.75
# Fitting the heights of very many rows takes long; what they hold is short.
_MOST_FITTED = 5000
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, eq=False)
class MadeRows(Sequence[Row]):
    """Rows of a long table, made while they are written: ``make(first, last)`` gives some of them."""

    length: int
    make: Callable[[int, int], Iterable[Row]]

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Row]:
        for first in range(0, self.length, _AT_ONCE):
            yield from self.make(first, min(first + _AT_ONCE, self.length))

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return tuple(self)[at]
        place = range(self.length)[at]
        return next(iter(self.make(place, place + 1)))


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table; `heads` are labels, `widths` millimetres in Word, `notes` stand below it."""

    key: str
    title: str
    heads: tuple[str, ...]
    rows: Sequence[Row]
    widths: tuple[float, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionLooks:
    """What the sheets of a workbook share: title, set, decimals of figures, notes below each table.

    Of a `landscape` table the first `repeated` columns stand on each of the pages side by side.
    Of a longer table the first `most_printed` rows are printed (0: all), which `cut_note` says in print.
    The `badge` of a sample stands at the foot of every page.
    Counts stand in the middle of their column; where it also holds figures, as these do, "right".
    """

    title: str
    about: str
    decimals: int
    notes: tuple[str, ...] = ()
    landscape: bool = False
    repeated: int = 0
    most_printed: int = 0
    cut_note: str = ""
    counts_align: str = "center"
    badge: str = ""


def write_section(
    book: SafeWorkbook, sheet: SafeSheet, section: Section, looks: SectionLooks
) -> None:
    """Write a table with its heading, filters and notes, ready to print."""
    widths = [max(8.0, _PER_MM * width) for width in section.widths]
    sheet.set_widths(widths)
    # Title and notes are as wide as what stands on every printed page: what goes beyond is cut.
    is_parted = looks.repeated > 0 and pages_across(widths, looks.repeated) > 1
    shown = widths[: looks.repeated] if is_parted else widths
    _line(book, sheet, 0, f"{looks.title}. {section.title}", shown, _TITLE)
    _line(book, sheet, 1, looks.about, shown)
    sheet.write_row(HEADER_ROW, 0, section.heads, "header")
    lines = _lines(section.heads, [0.85 * width for width in widths])
    sheet.sheet.set_row(HEADER_ROW, _LINE * lines + 4)
    is_fitted = len(section.rows) <= _MOST_FITTED
    count = _COUNT | {"align": looks.counts_align}
    look_of = partial(_look, decimals=looks.decimals, count=count)
    for at, row in enumerate(section.rows, start=HEADER_ROW + 1):
        if is_fitted:
            sheet.sheet.set_row(at, _LINE * _lines(row, widths))
        sheet.write_long_row(at, row, look_of)
    last = HEADER_ROW + len(section.rows)
    sheet.sheet.autofilter(HEADER_ROW, 0, last, len(section.heads) - 1)
    for at, note in enumerate((*section.notes, *looks.notes), start=last + 2):
        _line(book, sheet, at, note, shown)
    foot = " · ".join(filter(None, (looks.badge, looks.title)))
    sheet.print_on_a4(header_row=HEADER_ROW, landscape=looks.landscape, footer=foot)
    if looks.repeated:
        sheet.sheet.freeze_panes(HEADER_ROW + 1, looks.repeated)
        sheet.fit_readably(widths, repeated=looks.repeated)
    if 0 < looks.most_printed < len(section.rows):
        _print_first(book, sheet, section, looks, shown)


def _print_first(
    book: SafeWorkbook,
    sheet: SafeSheet,
    section: Section,
    looks: SectionLooks,
    shown: Sequence[float],
) -> None:
    """Print the first rows only, and say above them what is left out and what stands below all."""
    said = " ".join((looks.cut_note, *section.notes, *looks.notes))
    _line(book, sheet, HEADER_ROW - 1, said, shown)
    sheet.sheet.print_area(0, 0, HEADER_ROW + looks.most_printed, len(section.heads) - 1)


def _line(
    book: SafeWorkbook,
    sheet: SafeSheet,
    row: int,
    text: str,
    widths: Sequence[float],
    look: FormatName = "text",
) -> None:
    """Write a text as wide as the table, so that it does not shrink the print."""
    if len(widths) > 1:
        sheet.sheet.merge_range(row, 0, row, len(widths) - 1, "", book.format(look))
    sheet.write_text(row, 0, text, look)
    larger = 1.3 if look is _TITLE else 1.0
    sheet.sheet.set_row(row, larger * _LINE * line_count(text, sum(widths) / larger))


def _look(cell: Cell, decimals: int, count: dict[str, object]) -> dict[str, object]:
    if isinstance(cell, float):
        figure = "#,##0" + (f".{'0' * decimals}" if decimals else "")
        return {"num_format": figure, "border": 1, "valign": "top"}
    return count if isinstance(cell, int) else _TEXT


def _lines(row: Sequence[Cell], widths: Sequence[float]) -> int:
    """Return how many lines the tallest cell of a row takes."""
    cells = zip(row, widths, strict=True)
    return max(
        sum(line_count(line, width) for line in str(cell).split("\n")) for cell, width in cells
    )

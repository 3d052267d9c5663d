"""Write workbooks that are safe, alike byte for byte, and ready to print and fill in.

A thin layer over XlsxWriter. Text stays text whatever it begins with, a formula carries its
computed value, lists stand on a hidden sheet, and the same content gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, TypedDict, Unpack

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from scoring.base.errors import UsageError
from scoring.files.atomic import write_atomically
from scoring.files.excel.cells import cell_text, excel_length
from scoring.files.excel.side_by_side import pages_across, write_line
from scoring.files.excel.slim_sheets import SlimSheet, SlimWorkbook

# Limits of Excel for the title and the text of the message beside a cell.
TITLE_LIMIT = 32
MESSAGE_LIMIT = 255

LIST_SHEET = "_danh_muc"
# Fixed, so that the same content gives the same bytes on any day.
CREATED_ON = dt.datetime(2000, 1, 1)
FONT = "Times New Roman"

_A4 = 9

FORMATS: dict[str, dict[str, Any]] = tomllib.loads(
    resources.files("scoring.files").joinpath("cell_looks.toml").read_text("utf-8")
)

FormatName = str | Mapping[str, Any]


Place = tuple[int, int]
"""Row and column of a cell, counted from 0."""


class Texts(TypedDict, total=False):
    """What Excel says beside a cell, and whether it refuses (`strict`) or only warns."""

    title: str
    message: str
    error: str
    strict: bool


class _Text(str):
    """The text that a formula comes to: XlsxWriter would take an empty one for no result."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return bool(self) and str.__eq__(self, other)


class SafeWorkbook:
    """A workbook being written.

    Parameters
    ----------
    properties : mapping of str to str, optional
        Document properties: ``title``, ``subject``, ``author``, ``company``, ``keywords``,
        ``comments``, ``category``.
    font, font_size
        The face of all cells.

    Examples
    --------
    >>> book = SafeWorkbook({"title": "Bảng điểm"})
    >>> sheet = book.add_sheet("Điểm")
    >>> sheet.write_row(0, 0, ["Mục", "Điểm"], "header")
    >>> sheet.write_text(1, 0, "=1+1")
    >>> sheet.write_formula(1, 1, "=SUM(C2:D2)", value=0.5)
    >>> book.to_bytes() == book.to_bytes()
    True
    """

    def __init__(
        self, properties: Mapping[str, str] | None = None, *, font: str = FONT, font_size: int = 11
    ) -> None:
        self._stream = io.BytesIO()
        self.font_size = font_size
        self._font = {"font_name": font, "font_size": font_size}
        self.book = SlimWorkbook(
            self._stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_date_format": "dd/mm/yyyy",
                "default_format_properties": self._font,
            },
        )
        self.book.set_properties({"created": CREATED_ON, **(properties or {})})
        self._formats, self._met = dict[str, Format](), dict[object, Format]()
        self._lists: dict[tuple[str, ...], str] = {}
        self._list_sheet: Worksheet | None = None
        self._made: bytes | None = None

    def add_sheet(self, name: str, *, hidden: bool = False) -> SafeSheet:
        """Add a sheet; its name is checked against the rules of Excel.

        Raises
        ------
        UsageError
            The name is empty, longer than 31 characters, taken, or has one of ``[]:*?/\\``.
        """
        try:
            sheet = self.book.add_worksheet(name, SlimSheet)
        except xlsxwriter.exceptions.XlsxWriterException as problem:
            raise UsageError(str(problem)) from problem
        if hidden:
            sheet.hide()
        return SafeSheet(self, sheet)

    def format(self, look: FormatName) -> Format:
        """Return the format of a name in `FORMATS`, or of properties of XlsxWriter."""
        met = look if isinstance(look, str) else tuple(look.items())
        if met not in self._met:  # Asked for every cell: what was met is not put in order again.
            told = FORMATS[look] if isinstance(look, str) else look
            key = repr(sorted(told.items()))
            made = self._formats.get(key) or self.book.add_format({**self._font, **told})
            self._formats[key] = self._met[met] = made
        return self._met[met]

    def define_name(self, name: str, sheet: str, first: Place, last: Place) -> None:
        """Give a name to the cells from `first` to `last` (row, column, counted from 0)."""
        self.book.define_name(name, f"={absolute_range(sheet, first, last)}")

    def list_reference(self, options: Sequence[str | float]) -> str:
        """Put the options of a drop-down list on the hidden sheet; return where they stand.

        A list written into the rule itself is split at every comma, so that 0,33 becomes two.
        """
        key = tuple(f"{type(option).__name__}:{option}" for option in options)
        if key in self._lists:
            return self._lists[key]
        if not options:
            raise UsageError("list_reference needs at least one option")
        if self._list_sheet is None:
            self._list_sheet = self.book.add_worksheet(LIST_SHEET)
            self._list_sheet.very_hidden()
        column = len(self._lists)
        listed = SafeSheet(self, self._list_sheet)
        for row, option in enumerate(options):
            listed.write(row, column, option)
        last = (len(options) - 1, column)
        self._lists[key] = f"={absolute_range(LIST_SHEET, (0, column), last)}"
        return self._lists[key]

    def to_bytes(self) -> bytes:
        """Close the workbook and return its bytes; nothing can be added afterwards."""
        if self._made is None:
            if not self.book.worksheets():
                raise UsageError("a workbook needs at least one sheet")
            self.book.close()
            self._made = self._stream.getvalue()
        return self._made

    def save(self, path: Path) -> None:
        """Close the workbook and write it to `path` at once.

        Raises
        ------
        OutputError
            As `scoring.files.atomic.write_atomically`.
        """
        write_atomically(path, self.to_bytes())


class SafeSheet:
    """A sheet being written; rows and columns count from 0, as in XlsxWriter.

    `sheet` is XlsxWriter's own worksheet for what is not wrapped here: widths, freezing, charts.
    """

    def __init__(self, book: SafeWorkbook, sheet: Worksheet) -> None:
        self.book, self.sheet = book, sheet
        self._made: defaultdict[
            Callable[[Any], FormatName], defaultdict[type, dict[object, int]]
        ] = defaultdict(lambda: defaultdict(dict))

    @property
    def name(self) -> str:
        """Name of the sheet."""
        return str(self.sheet.get_name())

    def write_text(self, row: int, column: int, text: str, look: FormatName | None = None) -> None:
        """Write text as text, whatever it begins with; beyond 32,767 characters it is cut."""
        text = cell_text(text)
        if text:
            self.sheet.write_string(row, column, text, self._format(look))
        else:
            self.sheet.write_blank(row, column, None, self._format(look))

    def write_formula(
        self,
        row: int,
        column: int,
        formula: str,
        look: FormatName | None = None,
        *,
        value: float | str | bool | None,
    ) -> None:
        """Write a formula with its computed value, which programs that do not calculate show.

        Without a value (None) the program that opens the workbook has to calculate it.

        Raises
        ------
        UsageError
            The formula does not begin with ``=``.
        """
        if not formula.startswith("="):
            raise UsageError(f"a formula begins with '=', not {formula[:20]!r}")
        cached: object = "" if value is None else value
        if isinstance(value, str) or (isinstance(value, float) and not math.isfinite(value)):
            cached = _Text(cell_text(value) if isinstance(value, str) else "")
        self.sheet.write_formula(row, column, formula, self._format(look), cached)

    def write(self, row: int, column: int, value: object, look: FormatName | None = None) -> None:
        """Write a value by its type: text, number, truth, date. Never a formula.

        None, NaN and infinity leave the cell empty, for missing is not zero. A date before 1900,
        which Excel does not know, is written as text.
        """
        if value is None or value != value:
            self.sheet.write_blank(row, column, None, self._format(look))
        elif isinstance(value, bool):
            self.sheet.write_boolean(row, column, value, self._format(look))
        elif isinstance(value, dt.date):
            self._write_date(row, column, value, look or "date")
        elif isinstance(value, str) or not hasattr(value, "__float__"):
            self.write_text(row, column, str(value), look)
        elif math.isinf(number := float(value)):
            self.sheet.write_blank(row, column, None, self._format(look))
        else:
            self.sheet.write_number(row, column, number, self._format(look))

    def _write_date(self, row: int, column: int, day: dt.date, look: FormatName) -> None:
        if day.year < 1900:
            self.write_text(row, column, f"{day:%d/%m/}{day.year:04d}", look)
        else:
            self.sheet.write_datetime(row, column, day, self._format(look))

    def write_row(
        self, row: int, column: int, values: Sequence[object], look: FormatName | None = None
    ) -> None:
        """Write `values` side by side."""
        for offset, value in enumerate(values):
            self.write(row, column + offset, value, look)

    def write_long_row(
        self, row: int, values: Sequence[object], look_of: Callable[[Any], FormatName]
    ) -> None:
        """Write a row of a long table from the first column on, and finish it.

        Values of a kind that are alike, in the look that `look_of` gives them, are made once.
        """
        made, numbers, again = self._made[look_of], list[int](), list[int]()
        is_slim = isinstance(self.sheet, SlimSheet)
        for column, value in enumerate(values if is_slim else ()):
            # Equal are also 1, 1.0 and True, and 0 and -0.
            alike, key = made[value.__class__], value if value else str(value)
            number = alike.get(key)
            if number is None:
                self.write(row, column, value, look_of(value))
                number = alike[key] = self.sheet.table.take(row, column)
            else:
                again.append(number)
            numbers.append(number)
        if is_slim and -1 not in numbers:
            self.sheet.finish_numbers(row, numbers, again)
            return
        # A row with a gap, where a value without a look leaves no cell.
        for column, value in enumerate(values):
            self.write(row, column, value, look_of(value))

    def finish_row(self, row: int) -> None:
        """Keep a row of a long table in little room; nothing can be written into it any more."""
        if isinstance(self.sheet, SlimSheet):
            self.sheet.finish_row(row)

    def add_list(
        self, first: Place, last: Place, options: Sequence[str | float], **texts: Unpack[Texts]
    ) -> None:
        """Offer `options` as a drop-down list in the cells from `first` to `last`.

        Raises
        ------
        UsageError
            A title above 32 or a message above 255 characters, which Excel would drop.
        """
        rule = {"validate": "list", "source": self.book.list_reference(options)}
        self.add_rule(first, last, rule, **texts)

    def add_rule(
        self, first: Place, last: Place, rule: Mapping[str, Any], **texts: Unpack[Texts]
    ) -> None:
        """Check what is typed in cells by a data-validation rule of XlsxWriter."""
        title, message, error = (str(texts.get(key, "")) for key in ("title", "message", "error"))
        for text, limit in ((title, TITLE_LIMIT), (message, MESSAGE_LIMIT), (error, MESSAGE_LIMIT)):
            if excel_length(text) > limit:
                raise UsageError(
                    f"{text[:40]!r}... has {excel_length(text)} characters, above {limit}"
                )
        shown = {"input_title": title, "input_message": message, "error_title": title}
        shown |= {"error_message": error}
        filled = {key: text for key, text in shown.items() if text}
        filled["error_type"] = "stop" if texts.get("strict", True) else "warning"
        self.sheet.data_validation(*first, *last, {**rule, **filled})

    def set_widths(self, widths: Sequence[float]) -> None:
        """Set the widths of the first columns, in characters."""
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def print_on_a4(
        self,
        *,
        header_row: int | None = None,
        top_row: int | None = None,
        landscape: bool = True,
        footer: str = "",
    ) -> None:
        """Fit the width on A4 pages, repeat the heading (from `top_row`) and number the pages."""
        if landscape:
            self.sheet.set_landscape()
        self.sheet.set_paper(_A4)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        # "&" starts a command in a footer.
        self.sheet.set_footer(f"&L{footer.replace('&', '&&')[:150]}&R&P/&N")
        if header_row is not None:
            self.sheet.repeat_rows(header_row if top_row is None else top_row, header_row)
            self.sheet.freeze_panes(header_row + 1, 0)

    def fit_readably(
        self,
        widths: Sequence[float],
        *,
        repeated: int,
        lines: Sequence[tuple[str, FormatName]] = (),
    ) -> None:
        """Print columns of these `widths` on as many pages side by side as letters of 8 points need.

        The first `repeated` columns stand on each of them, and so do the `lines` above the table
        where they have room there. Call it after `print_on_a4`.
        """
        pages = pages_across(widths, repeated, self.book.font_size)
        self.sheet.fit_to_pages(pages, 0)
        if pages > 1:
            self.sheet.repeat_columns(0, repeated - 1)
            for row, (text, look) in enumerate(lines):
                told = FORMATS[look] if isinstance(look, str) else look
                write_line(self, row, text, told, widths[:repeated])

    def protect(self) -> None:
        """Lock all cells but those of an entry look; no password, for it guards against slips.

        Widths, heights, filters and sorting stay free, so that people can work.
        """
        self.sheet.protect(
            "",
            {
                "format_cells": True, "format_columns": True, "format_rows": True,
                "sort": True, "autofilter": True, "insert_hyperlinks": True,
            },
        )  # fmt: skip

    def _format(self, look: FormatName | None) -> Format | None:
        return None if look is None else self.book.format(look)


def absolute_range(sheet: str, first: Place, last: Place) -> str:
    """Return the absolute address of cells, counted from 0, for formulas and names.

    Examples
    --------
    >>> absolute_range("Tự đánh giá", (1, 0), (9, 2))
    "'Tự đánh giá'!$A$2:$C$10"
    """
    ends = [xl_rowcol_to_cell(*place, row_abs=True, col_abs=True) for place in (first, last)]
    return f"{quote_sheetname(sheet)}!{':'.join(ends)}"

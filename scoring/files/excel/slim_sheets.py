"""Long sheets in little room: cells that are alike kept once, finished sheets kept compressed.

XlsxWriter holds every cell until the workbook is closed, and then the text of all sheets together;
its own saving mode writes other bytes and takes rows in order only. Here the bytes stay the same.
"""

from __future__ import annotations

import io
import re
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from types import FunctionType
from typing import Any
from zipfile import ZipFile, ZipInfo

# Under their own names: what they unpack here is our own text, never that of a sender.
from zlib import compressobj, decompressobj

import xlsxwriter.workbook
from xlsxwriter.packager import Packager
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_BLOCK = 1 << 20
_CALLED = re.compile(r"[\w.]+(?=\()")
# What Excel has had all along and our formulas call; a name that is newer gets a prefix in the file.
_ALL_ALONG = {
    "ABS", "ADDRESS", "AND", "CHAR", "CHOOSE", "COLUMN", "COUNT", "COUNTIF", "DATE", "FALSE",
    "FIND", "FIXED", "HYPERLINK", "IF", "IFERROR", "INDEX", "INT", "ISBLANK", "ISNA", "ISNUMBER",
    "ISTEXT", "LEFT", "MATCH", "MAX", "MIN", "MOD", "N", "NOT", "OR", "ROUND", "ROW", "SEARCH",
    "SMALL", "SUBSTITUTE", "SUM", "SUMPRODUCT", "TODAY", "TRUE", "UPPER",
}  # fmt: skip


class FinishedRow(tuple[Any, ...]):
    """The cells of a row from the first column on; asked as the dict by column that it replaces."""

    __slots__ = ()

    def __contains__(self, column: object) -> bool:
        return isinstance(column, int) and 0 <= column < len(self)


class _Rows(defaultdict[int, Any]):
    """The rows of a sheet; of finished ones, which follow each other, the numbers of their cells."""

    def __init__(self) -> None:
        super().__init__(dict)
        self._known: dict[Any, int] = {}
        self._cells: list[Any] = []
        self._numbers = array("I")
        self._first, self._width = 0, 0
        self._asked: tuple[int, Any] = (-1, None)
        self._are_texts: list[bool] = []

    def take(self, row: int, column: int) -> int:
        """Keep a cell that was just written, and return its number; -1 where none was."""
        cell = self[row].pop(column, None)
        if cell is None:
            return -1
        self._cells.append(cell)
        return len(self._cells) - 1

    def finish_numbers(self, row: int, numbers: Sequence[int]) -> None:
        """Keep a row whose cells are known by their numbers."""
        if not self._width:
            self._first, self._width = row, len(numbers)
        if row == self._end and len(numbers) == self._width and not self.get(row):
            self._numbers.extend(numbers)
            self.pop(row, None)
        else:
            self[row] |= {at: self._cells[number] for at, number in enumerate(numbers)}

    def texts_in(self, numbers: Sequence[int]) -> int:
        """Return how many of the cells stand in the table of texts that all sheets share."""
        self._are_texts += [
            type(c).__name__ == "String" for c in self._cells[len(self._are_texts) :]
        ]
        return sum(map(self._are_texts.__getitem__, numbers))

    @property
    def finished(self) -> range:
        """The rows that are kept as numbers."""
        return range(self._first, self._end) if self._width else range(0)

    def numbers_of(self, row: int) -> array[int]:
        """Return the numbers of the cells of a finished row."""
        start = (row - self._first) * self._width
        return self._numbers[start : start + self._width]

    def cells_of(self, row: int) -> list[Any]:
        """Return the cells of a finished row."""
        return list(map(self._cells.__getitem__, self.numbers_of(row)))

    def all_cells(self) -> Iterator[Any]:
        """Return the cells that finished rows have, by their numbers."""
        return iter(self._cells)

    def columns_of(self, row: int) -> Collection[int]:
        """Return the columns that have a cell."""
        if row in self.finished:
            return (0, self._width - 1)
        return self[row] if super().__contains__(row) else ()

    def finish(self, row: int) -> None:
        """Keep a row as numbers, where it has no gap and is as wide as the one above, also finished."""
        cells = self[row]
        if not self._width:
            self._first, self._width = row, len(cells)
        if row == self._end and list(cells) == list(range(self._width)):
            self._numbers.extend(map(self._number, cells.values()))
            del self[row]

    @property
    def _end(self) -> int:
        return self._first + len(self._numbers) // max(self._width, 1)

    def _number(self, cell: Any) -> int:
        # A text and a number may be equal as tuples, and so are 0 and -0.
        sign = str(cell[0]) if not cell[0] else ""
        number = self._known.setdefault((type(cell), cell, sign), len(self._cells))
        if number == len(self._cells):
            self._cells.append(cell)
        return number

    def __contains__(self, row: object) -> bool:
        return super().__contains__(row) or (
            isinstance(row, int) and self._first <= row < self._end
        )

    def __missing__(self, row: int) -> Any:
        if not self._first <= row < self._end:
            return super().__missing__(row)
        # XlsxWriter asks for a row once or twice for each of its cells.
        if self._asked[0] != row:
            self._asked = row, FinishedRow(self.cells_of(row))
        return self._asked[1]

    def __bool__(self) -> bool:
        return len(self) > 0 or len(self._numbers) > 0


class SlimSheet(Worksheet):
    """A sheet that lets go of its cells once its text is made."""

    fh: Any
    dim_rowmin: int
    dim_rowmax: int
    row_spans: dict[int, str]

    def __init__(self) -> None:
        super().__init__()
        self.table = _Rows()

    def finish_numbers(self, row: int, numbers: Sequence[int], known: Sequence[int]) -> None:
        """Keep a row by the numbers of its cells, of which `known` were not written anew."""
        self._check_dimensions(row, 0)
        self._check_dimensions(row, len(numbers) - 1)
        self.table.finish_numbers(row, numbers)
        self.str_table.count += self.table.texts_in(known)

    def finish_row(self, row: int) -> None:
        """Keep a row in little room; nothing can be written into it any more."""
        self.table.finish(row)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Return a formula as the file has it; XlsxWriter looks for 28 newer functions in turn."""
        is_plain = formula.startswith("=") and not formula.endswith("}")
        if is_plain and _ALL_ALONG.issuperset(_CALLED.findall(formula)):
            return formula[1:]
        prepared: str = super()._prepare_formula(formula, expand_future_functions)
        return prepared

    def _assemble_xml_file(self) -> None:
        super()._assemble_xml_file()
        self.table = _Rows()

    def _write_rows(self) -> None:
        low, high, own = self.dim_rowmin, self.dim_rowmax, self.table.finished
        if not own or self.comments:
            super()._write_rows()
            return
        self._calculate_spans()
        for start, stop in ((low, own.start), (own.stop, high + 1)):
            if start == own.stop:
                self._write_finished(own)
            if start < stop:
                self.dim_rowmin, self.dim_rowmax = start, stop - 1
                super()._write_rows()
                self.dim_rowmin, self.dim_rowmax = low, high

    def _write_finished(self, rows: range) -> None:
        """Write rows as XlsxWriter does; of cells that are alike only the place differs."""
        endings = list(map(self._ending, self.table.all_cells()))
        width = len(self.table.numbers_of(rows.start))
        places = [f'<c r="{xl_col_to_name(column)}' for column in range(width)]
        for row in rows:
            self._write_row(row, self.row_spans.get(row // 16), self.row_info.get(row))
            told = [endings[number] for number in self.table.numbers_of(row)]
            if None in told:
                for column, cell in enumerate(self.table.cells_of(row)):
                    self._write_cell(row, column, cell)
            else:
                self.fh.write(
                    "".join([f"{p}{row + 1}{e}" for p, e in zip(places, told, strict=True)])
                )
            self._xml_end_tag("row")

    def _ending(self, cell: Any) -> str | None:
        """Return what XlsxWriter writes of a cell after its place; None where that has a say in it."""
        if not cell.format:
            return None
        written, self.fh = self.fh, io.StringIO()
        self._write_cell(0, 0, cell)
        ending: str = self.fh.getvalue().removeprefix('<c r="A1')
        self.fh = written
        return ending

    def _calculate_spans(self) -> None:
        """Note the first and last column of every 16 rows, as XlsxWriter does cell by cell."""
        if self.row_spans or self.comments:
            if not self.row_spans:
                super()._calculate_spans()
            return
        ends: dict[int, list[int]] = {}
        for row in range(self.dim_rowmin, self.dim_rowmax + 1):
            if columns := self.table.columns_of(row):
                ends.setdefault(row // 16, []).extend((min(columns), max(columns)))
        self.row_spans = {at: f"{min(cells) + 1}:{max(cells) + 1}" for at, cells in ends.items()}


class _SlimPackager(Packager):
    def _filename(self, xml_filename: str) -> Any:
        if not self.in_memory:
            return super()._filename(xml_filename)
        kept = _Compressed()
        self.filenames.append((kept, xml_filename, False))
        return kept


class _Compressed(io.StringIO):
    """What is written, compressed; its value is asked for once, and only to be encoded."""

    def __init__(self) -> None:
        super().__init__()
        self._press, self._blocks = compressobj(1), list[bytes]()
        self._open: list[str] = []
        self._waiting, self._size = 0, 0

    def write(self, text: str, /) -> int:
        self._open.append(text)
        self._waiting += len(text)
        if self._waiting >= _BLOCK:
            self._close_block()
        return len(text)

    def _close_block(self) -> None:
        block = "".join(self._open).encode("utf-8")
        self._size += len(block)
        self._blocks.append(self._press.compress(block))
        self._open, self._waiting = [], 0

    def getvalue(self) -> Any:
        self._close_block()
        self._blocks.append(self._press.flush())
        blocks, self._blocks = self._blocks, []
        return _Text(blocks, self._size)


class _Text:
    """Text that is encoded and compressed; it comes out a block at a time, once."""

    def __init__(self, blocks: list[bytes], size: int) -> None:
        self._blocks, self._size = blocks, size

    def encode(self, encoding: str = "utf-8") -> _Text:
        assert encoding == "utf-8"
        return self

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        press = decompressobj()
        while self._blocks:
            yield press.decompress(self._blocks.pop(0))


class _SlimZip(ZipFile):
    """A package into which a text goes a block at a time, as whole texts of all sheets take room."""

    def writestr(self, entry: Any, data: Any, *more: Any) -> None:
        if not isinstance(data, _Text):
            super().writestr(entry, data, *more)
            return
        assert isinstance(entry, ZipInfo)
        entry.file_size = len(data)
        with self.open(entry, "w") as file:
            for block in data:
                file.write(block)


class SlimWorkbook(xlsxwriter.workbook.Workbook):
    """A workbook in memory whose sheets are compressed as soon as they are made."""

    def _get_packager(self) -> Packager:
        return _SlimPackager()

    # The same function, but for the package that it opens.
    _store_workbook = FunctionType(
        xlsxwriter.workbook.Workbook._store_workbook.__code__,
        {**vars(xlsxwriter.workbook), "ZipFile": _SlimZip},
    )

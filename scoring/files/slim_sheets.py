"""Long sheets in little room: cells that are alike kept once, finished sheets kept compressed.

XlsxWriter holds every cell until the workbook is closed, and then the text of all sheets together;
its own saving mode writes other bytes and takes rows in order only. Here the bytes stay the same.
"""

from __future__ import annotations

import io
from array import array
from collections import defaultdict
from collections.abc import Iterator
from types import FunctionType
from typing import Any
from zipfile import ZipFile, ZipInfo

# Under their own names: what they unpack here is our own text, never that of a sender.
from zlib import compressobj, decompressobj

import xlsxwriter.workbook
from xlsxwriter.packager import Packager
from xlsxwriter.worksheet import Worksheet

_BLOCK = 1 << 20


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
            start = (row - self._first) * self._width
            own = self._numbers[start : start + self._width]
            self._asked = row, FinishedRow(map(self._cells.__getitem__, own))
        return self._asked[1]

    def __bool__(self) -> bool:
        return len(self) > 0 or len(self._numbers) > 0


class SlimSheet(Worksheet):
    """A sheet that lets go of its cells once its text is made."""

    def __init__(self) -> None:
        super().__init__()
        self.table = _Rows()

    def finish_row(self, row: int) -> None:
        """Keep a row in little room; nothing can be written into it any more."""
        self.table.finish(row)

    def _assemble_xml_file(self) -> None:
        super()._assemble_xml_file()
        self.table = _Rows()


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

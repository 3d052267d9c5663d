"""Long sheets in little room: cells that are alike kept once, finished sheets kept compressed.

XlsxWriter holds every cell until the workbook is closed, and then the text of all sheets together;
its own saving mode writes other bytes and takes rows in order only. Here the bytes stay the same.
"""

from __future__ import annotations

import io
import zlib
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.packager import Packager
from xlsxwriter.worksheet import Worksheet

_BLOCK = 1 << 20


class FinishedRow(tuple[Any, ...]):
    """The cells of a row from the first column on; asked as the dict by column that it replaces."""

    __slots__ = ()

    def __contains__(self, column: object) -> bool:
        return isinstance(column, int) and 0 <= column < len(self)


class SlimSheet(Worksheet):
    """A sheet that lets go of its cells once its text is made."""

    def __init__(self) -> None:
        super().__init__()
        self._alike: dict[Any, Any] = {}

    def finish_row(self, row: int) -> None:
        """Keep a row in little room; nothing can be written into it any more."""
        cells = self.table[row]
        if list(cells) == list(range(len(cells))):
            self.table[row] = FinishedRow(map(self._shared, cells.values()))

    def _shared(self, cell: Any) -> Any:
        # A text and a number may be equal as tuples, and so are 0 and -0.
        sign = str(cell[0]) if not cell[0] else ""
        return self._alike.setdefault((type(cell), cell, sign), cell)

    def _assemble_xml_file(self) -> None:
        super()._assemble_xml_file()
        self.table.clear()
        self._alike.clear()


class SlimWorkbook(Workbook):
    """A workbook in memory whose sheets are compressed as soon as they are made."""

    def _get_packager(self) -> Packager:
        return _SlimPackager()


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
        self._press, self._blocks = zlib.compressobj(1), list[bytes]()
        self._open: list[str] = []
        self._size = 0

    def write(self, text: str, /) -> int:
        self._open.append(text)
        self._size += len(text)
        if self._size >= _BLOCK:
            self._close_block()
        return len(text)

    def _close_block(self) -> None:
        self._blocks.append(self._press.compress("".join(self._open).encode("utf-8")))
        self._open, self._size = [], 0

    def getvalue(self) -> Any:
        self._close_block()
        packed = b"".join([*self._blocks, self._press.flush()])
        self._blocks = []
        return _Encoded(zlib.decompress(packed))


class _Encoded(bytes):
    """Text that is encoded already."""

    def encode(self, encoding: str = "utf-8") -> bytes:
        assert encoding == "utf-8"
        return self

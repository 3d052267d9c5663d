"""How much of a file from outside is read, before any reader sees it."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding

MEGABYTE = 1_000_000
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

# What a sheet of Excel can hold; a cell beyond is no cell.
EXCEL_ROWS = 1_048_576
EXCEL_COLUMNS = 16_384


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes above which a package is refused, or a sheet is read only in part.

    Attributes
    ----------
    file_bytes, part_bytes, inflated_bytes : int
        Largest file, largest part of it unpacked, largest sum of all parts unpacked, in bytes.
        A ledger with 300 documents is 50 kB, 300 kB, 500 kB.
    parts : int
        Largest number of entries of the package.
    ratio : float
        Largest factor by which a part above one megabyte may grow when unpacked. A table of
        nothing but blanks reaches 100; made bombs reach 1,000.
    rows, columns : int
        How far from A1 cells are read.
    dense_cells : int
        Largest area, in cells, that the fast reader may lay out at once.
    merged : int
        Largest number of merged areas of a sheet that are looked at.
    sheets : int
        Largest number of sheets; a workbook with one for every commune of a province has 120.
    elements : int
        Largest number of XML tags of a part that is read as a whole: formats, relationships, the
        text of a document. A plan of 200 pages has 300,000.
    strings : int
        Largest number of XML tags around the texts that cells share, four of them around most. A
        workbook of 200,000 rows with three texts of their own in each has 2,400,000.
    text_bytes, cells : int
        Texts of all cells together, each counted in every cell that shows it; cells laid out.
    """

    file_bytes: int = 30 * MEGABYTE
    part_bytes: int = 64 * MEGABYTE
    inflated_bytes: int = 128 * MEGABYTE
    parts: int = 2_000
    ratio: float = 250.0
    rows: int = 200_000
    columns: int = 1_000
    dense_cells: int = 4 * MEGABYTE
    merged: int = 10_000
    sheets: int = 500
    elements: int = 3 * MEGABYTE
    strings: int = 3 * MEGABYTE
    text_bytes: int = 128 * MEGABYTE
    cells: int = 12 * MEGABYTE


@dataclass(frozen=True, slots=True)
class TableLimits:
    """Sizes above which a table is refused.

    Attributes
    ----------
    file_bytes : int
        Largest file.
    cell_characters : int
        Longest single field.
    rows, columns : int
        Largest number of each.
    decoded_bytes : int
        Largest size of a Parquet table in memory: a few hundred bytes of it can stand for
        gigabytes. A table of 920,000 figures takes 200 MB.
    row_groups : int
        Largest number of parts that a Parquet table is stored in.
    """

    file_bytes: int = 500 * MEGABYTE
    cell_characters: int = 100_000
    rows: int = 20 * MEGABYTE
    columns: int = 1_000
    decoded_bytes: int = 1_000 * MEGABYTE
    row_groups: int = 10_000


def table_too_large(file: str, part: str, limit: int) -> UnreadableError:
    """Return the refusal of a table of which `part` is above `limit`."""
    return UnreadableError(Finding("table-too-large", file, values={"part": part, "limit": limit}))

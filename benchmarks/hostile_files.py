"""Files made to hang or fill their reader: the time each takes as it doubles in size.

Every kind is made in sizes each twice the one before, and read as a sender's file is: in the
guarded child, under its limits. Work in step with the bytes doubles too. There is no peer: the
claim is about growth, and that each file is read or refused with a finding, whatever its size.

    python benchmarks/hostile_files.py [BYTES ...] [--small | --full]
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "files"))

from measuring import Claim, Claims, Cost, alone, timed
from package_parts import Maker

from scoring.base.errors import UnreadableError
from scoring.files.excel.workbook import read_workbook
from scoring.files.table_files import read_table
from scoring.plan.blocks import document_from_bytes
from scoring.plan.plan_import import plan_from_document

SIZES = {
    "small": [20_000, 40_000],
    "normal": [250_000, 500_000, 1_000_000, 2_000_000],
    "full": [1_000_000, 2_000_000, 4_000_000, 8_000_000],
}
HEADING = "KẾ HOẠCH\nCải cách hành chính năm 2026\nI. MỤC TIÊU\n"
TABLE = "\nII. NHIỆM VỤ\nSTT\tNhiệm vụ\tSản phẩm\tChủ trì\tThời hạn\nI\tCẢI CÁCH THỂ CHẾ\t\t\t\n"
DATES = '<styleSheet xmlns="{}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'


def sheet(inside: str, behind: str = "") -> Callable[[int], bytes]:
    """Return what makes a workbook whose sheet repeats `inside`, unpacked of a given size."""

    def make(size: int) -> bytes:
        times = size // len(inside or behind)
        rows = f'<row r="1">{inside * times}</row>' if inside else ""
        return packed(Maker.parts(rows, after=behind * times))

    return make


def packed(parts: dict[str, str]) -> bytes:
    # Stored, since what packs too well is refused before it is looked at.
    return Maker.pack(parts, zipfile.ZIP_STORED)


def relations(size: int) -> bytes:
    """Make a workbook whose relationships never end."""
    element = '<Relationship TargetMode="External" '
    return packed(Maker.parts() | {"xl/_rels/x.xml.rels": element * (size // len(element))})


def far_dates(size: int) -> bytes:
    """Make a workbook of days that no calendar has."""
    cell = '<c s="0"><v>1e300</v></c>'
    parts = Maker.parts(f"<row>{cell * 100}</row>" * (size // len(cell) // 100))
    links = "xl/_rels/workbook.xml.rels"
    link = f'<Relationship Id="rX" Type="{Maker.OFFICE}/styles" Target="styles.xml"/>'
    parts[links] = parts[links].replace("</Relationships>", f"{link}</Relationships>")
    return packed(parts | {"xl/styles.xml": DATES.format(Maker.MAIN)})


def table(size: int) -> bytes:
    """Make a Parquet table of one text in every row."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * size, pa.int32()), pa.array(["x" * 500]))
    file = io.BytesIO()
    parquet.write_table(pa.table({"value": texts}), file)
    return file.getvalue()


def line(words: str) -> Callable[[int], bytes]:
    """Return what makes a plan with one line without end, before its table."""
    return lambda size: (
        f"{HEADING}{words * (size // len(words))}{TABLE}1\tRà soát\t\t\tQuý I".encode()
    )


def cell(words: str) -> Callable[[int], bytes]:
    """Return what makes a plan of tasks that are all the same words."""
    row = f"1\t{words}\tBáo cáo\tSở Nội vụ\t{words}\n"
    return lambda size: f"{HEADING}{TABLE}{row * (size // len(row))}".encode()


def plan(data: bytes) -> None:
    """Import a plan."""
    plan_from_document(document_from_bytes(data))


KINDS: dict[str, tuple[Callable[[bytes], object], Callable[[int], bytes]]] = {
    "cells never closed": (read_workbook, sheet("<c ")),
    "errors that close themselves": (read_workbook, sheet('<c r="A1" t="e"/>')),
    "formulas without a value": (read_workbook, sheet('<c r="A1"><f>1</f></c>')),
    "merged areas never closed": (read_workbook, sheet("", '<mergeCell ref="A1')),
    "relationships never closed": (read_workbook, relations),
    "days outside the calendar": (read_workbook, far_dates),
    "a plan of one line": (plan, line("1 điểm dưới ")),
    "a plan of sums of percent": (plan, line("đạt trên 90% và ")),
    "a plan of equal tasks": (plan, cell("trước ngày 31/12/2026, quý I ")),
    "a text repeated in Parquet": (read_table, table),
}


def refused(read: Callable[[bytes], object], data: bytes) -> str:
    """Read what was sent; return the code of the finding where it is refused."""
    try:
        read(data)
    except UnreadableError as refusal:
        return refusal.finding.code
    return ""


def claims(sizes: Sequence[int]) -> Claims:
    """Read every kind in every size; anything but a finding ends the script."""
    read_workbook(packed(Maker.parts()))  # the child starts
    costs: dict[int, dict[str, Cost]] = {}
    for size in sizes:
        costs[size] = {}
        for kind, (read, make) in KINDS.items():
            data = make(size)
            costs[size][kind], _ = timed(lambda r=read, d=data: refused(r, d))
    yield Claim("hostile-files", f"{len(KINDS)} kinds, each read or refused with a finding", costs)


if __name__ == "__main__":
    alone(claims, SIZES)

"""Files made to hang or fill their reader: the time each takes as it doubles in size.

Every kind is made in four sizes, each twice the one before, and read as a sender's file is: in
the guarded child, under its limits. Time in step with the bytes doubles too; the last column says
by how much it grew per doubling. Findings are shown where the file is refused.

    python benchmarks/hostile_files.py [bytes of the smallest, default 250000]
"""

from __future__ import annotations

import io
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "files"))

from conftest import Maker

from scoring.base.errors import UnreadableError
from scoring.files.excel.workbook import read_workbook
from scoring.files.table_files import read_table
from scoring.plan.blocks import document_from_bytes
from scoring.plan.plan_import import plan_from_document

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


def seconds(read: Callable[[bytes], object], data: bytes) -> tuple[float, str]:
    """Return the time to read `data`, and the finding where it is refused."""
    start, said = time.perf_counter(), ""
    try:
        read(data)
    except UnreadableError as refusal:
        said = refusal.finding.code
    return time.perf_counter() - start, said


def main(smallest: int) -> None:
    """Read every kind in four sizes."""
    read_workbook(packed(Maker.parts()))  # the child starts
    print(f"{'seconds for':32}" + "".join(f"{smallest * 2**n / 1e6:7.2f} MB" for n in range(4)))
    for kind, (read, make) in KINDS.items():
        times, said = [], ""
        for doubling in range(4):
            took, said = seconds(read, make(smallest * 2**doubling))
            times.append(took)
        growth = (times[-1] / max(times[0], 0.001)) ** (1 / 3)
        print(f"{kind:32}" + "".join(f"{t:10.2f}" for t in times) + f"   x{growth:.1f}  {said}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 250_000)

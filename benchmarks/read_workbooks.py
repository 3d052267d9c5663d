"""Reading unit workbooks: looked through and read, against calamine alone and pandas with openpyxl.

Makes 200 workbooks of 100 item rows and 300 document rows in memory, reads each in three ways in
turn, asserts that all three give the same cells, and prints milliseconds for one workbook.

    python benchmarks/read_workbooks.py [number of workbooks]
"""

from __future__ import annotations

import datetime as dt
import io
import sys
import time
from collections.abc import Callable

import pandas as pd
from python_calamine import CalamineWorkbook

from scoring.files.guarded import unguarded
from scoring.files.limits import Limits
from scoring.files.package import inspect_package
from scoring.files.sheet_scan import scan_sheets
from scoring.files.workbook import read_workbook
from scoring.files.xlsx import SafeWorkbook

ITEMS = ["STT", "Tiêu chí", "Điểm tối đa", "Số liệu kê khai", "Điểm tự đánh giá", "Giải trình"]
DOCUMENTS = ["Số, ký hiệu", "Loại", "Ngày ban hành", "Cơ quan ban hành", "Trích yếu", "Tệp"]


def unit_workbook(unit: int) -> bytes:
    """Return a filled workbook of one unit, every text a little different."""
    book = SafeWorkbook()
    items = book.add_sheet("Tự đánh giá")
    items.write_row(0, 0, ITEMS, "header")
    for n in range(1, 101):
        row = [f"{n // 10 + 1}.{n % 10}", f"Tiêu chí mẫu số {n}", 1.0, (unit * n) % 100, n % 3 / 2,
               f"Giải trình của đơn vị {unit} cho mục {n}"]  # fmt: skip
        items.write_row(n, 0, row)
    documents = book.add_sheet("Tài liệu kiểm chứng")
    documents.write_row(0, 0, DOCUMENTS, "header")
    for n in range(1, 301):
        day = dt.date(2025, 1, 1) + dt.timedelta(days=(unit + n) % 365)
        row = [f"{n}/BC-UBND", "Báo cáo", day, f"UBND đơn vị {unit}", f"Về việc số {n} năm 2025",
               f"documents/{n}.pdf"]  # fmt: skip
        documents.write_row(n, 0, row)
    return book.to_bytes()


def by_package(data: bytes) -> list[list[list[object]]]:
    """Read as the package does: in the guarded child, pre-flight, facts, cells."""
    return [sheet.rows for sheet in read_workbook(data)]


def without_child(data: bytes) -> list[list[list[object]]]:
    """Read as the package does, but in this process."""
    with unguarded():
        return by_package(data)


def by_calamine(data: bytes) -> list[list[list[object]]]:
    """Read by calamine alone, trusting the file."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def by_pandas(data: bytes) -> list[list[list[object]]]:
    """Read by pandas with openpyxl, as most scripts do."""
    sheets = pd.read_excel(io.BytesIO(data), sheet_name=None, header=None, engine="openpyxl")
    return [frame.to_numpy().tolist() for frame in sheets.values()]


def preflight(data: bytes) -> None:
    """Look through the package without reading cells."""
    scan_sheets(inspect_package(data), Limits())


def plain(grids: list[list[list[object]]]) -> list[list[list[object]]]:
    """Return cells in the one form in which the three can be compared."""
    return [[[_plain(value) for value in row] for row in grid] for grid in grids]


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.date()
    return None if value == "" or value != value else value


def best_milliseconds(read: Callable[[bytes], object], files: list[bytes]) -> float:
    """Return the time for one workbook in the better of two rounds over all."""
    rounds = []
    for _ in range(2):
        start = time.perf_counter()
        for data in files:
            read(data)
        rounds.append((time.perf_counter() - start) / len(files) * 1000)
    return min(rounds)


def main(count: int) -> None:
    """Assert that all ways agree, then time them."""
    files = [unit_workbook(unit) for unit in range(1, count + 1)]
    for data in files:
        ours = plain(by_package(data))
        assert ours == plain(by_calamine(data)), "calamine alone gives other cells"
        assert ours == plain(by_pandas(data)), "pandas with openpyxl gives other cells"
    print(f"{count} workbooks of {len(files[0]) / 1000:.0f} kB, the same cells by all three")
    times = {read.__name__: best_milliseconds(read, files) for read in
             (preflight, by_calamine, by_package, without_child, by_pandas)}  # fmt: skip
    for name, milliseconds in times.items():
        print(f"{name:13} {milliseconds:8.2f} ms per workbook")
    print(f"by_package takes {times['by_package'] / times['by_calamine']:.1f} times calamine alone")
    print(f"pandas takes {times['by_pandas'] / times['by_package']:.1f} times by_package")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)

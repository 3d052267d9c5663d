"""Reading unit workbooks: looked through and read, against calamine alone and pandas with openpyxl.

Makes 200 workbooks of 100 item rows and 300 document rows in memory, reads each in three ways in
turn and asserts that all three give the same cells.

    python benchmarks/read_workbooks.py [WORKBOOKS ...] [--small | --full]
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

import pandas as pd
from measuring import OURS, Claim, Claims, alone, in_turns
from python_calamine import CalamineWorkbook

from scoring.files.children.guarded import unguarded
from scoring.files.excel.package import inspect_package
from scoring.files.excel.sheet_scan import scan_sheets
from scoring.files.excel.workbook import read_workbook
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.files.limits import Limits

SIZES = {"small": [3], "normal": [20, 40], "full": [100, 200]}
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


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that all ways agree, then time them."""
    costs = {}
    for count in sizes:
        files = [unit_workbook(unit) for unit in range(1, count + 1)]
        for data in files:
            cells = plain(by_package(data))
            assert cells == plain(by_calamine(data)), "calamine alone gives other cells"
            assert cells == plain(by_pandas(data)), "pandas with openpyxl gives other cells"
        ways = {"pre-flight only": preflight, "calamine alone": by_calamine, OURS: by_package,
                "without the child": without_child, "pandas with openpyxl": by_pandas}  # fmt: skip
        costs[count] = in_turns(
            {name: lambda r=read, f=files: [r(data) for data in f] for name, read in ways.items()},
            2,
        )
    yield Claim("read-workbooks", f"every cell of {max(sizes)} workbooks", costs)


if __name__ == "__main__":
    alone(claims, SIZES)

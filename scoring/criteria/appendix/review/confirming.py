"""Confirm rows of a review without opening it in a spreadsheet program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from pathlib import Path

from scoring.criteria.appendix.import_result import AppendixImport
from scoring.criteria.appendix.review.review_cells import AT, CONFIRMED, SHEET, Block
from scoring.criteria.appendix.review.review_reading import Review, read_review
from scoring.criteria.columns import column_letters
from scoring.criteria.set_reading import RawSet
from scoring.files.atomic import write_atomically
from scoring.files.excel.cells import CellValue
from scoring.files.excel.xlsx_patch.guarded_patch import with_values
from scoring.files.left_behind import scratch_folder
from scoring.files.limits import Limits
from scoring.files.paths import bytes_and_name


def confirm_rows(
    review: Review, path: Path, codes: Collection[str], by: str, on: dt.date, out: Path
) -> None:
    """Write a copy of a review in which some items are confirmed.

    Parameters
    ----------
    review : Review
        What `path` holds.
    path : Path
        The review workbook.
    codes : collection of str
        Codes of the items that were found right.
    by : str
    on : date
        Who confirms, and when.
    out : Path
        Where the copy goes; only these three cells of each item differ.

    Raises
    ------
    OutputError
        When the copy would read otherwise than it should, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from scoring.criteria.appendix import AppendixAbout, import_pasted_appendix
    >>> from scoring.criteria.appendix.review import read_review, review_bytes
    >>> import datetime as dt
    >>> about = AppendixAbout("mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
    >>> text = '''TT|Tiêu chí|Điểm tối đa|Cách chấm
    ... 1|Chỉ đạo điều hành|2|
    ... 1.1|Tỷ lệ hoàn thành kế hoạch|2|Trên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0'''
    >>> result = import_pasted_appendix(text.replace("|", chr(9)), about)
    >>> path = Path(tempfile.mkdtemp(), "ra-soat.xlsx")
    >>> _ = path.write_bytes(review_bytes(result))
    >>> review = read_review(path)
    >>> copy = path.with_name("da-soat.xlsx")
    >>> confirm_rows(review, path, ["1.1"], "An", dt.date(2026, 1, 5), copy)
    >>> [(row.code, row.is_confirmed, row.by) for row in read_review(copy).rows]
    [('1.1', True, 'An')]
    """
    data, file = bytes_and_name(path, Limits().file_bytes)
    said: Mapping[str, CellValue] = {"confirmed": CONFIRMED, "by": by, "on": on}
    values = {
        f"{column_letters(AT[name])}{row.block.item['at']}": value
        for row in review.rows
        if row.code in codes
        for name, value in said.items()
    }
    write_atomically(out, with_values(data, file, {SHEET: values}, {}))


def still_confirmed(result: AppendixImport, earlier: Review) -> tuple[dict[str, Block], list[str]]:
    """Return the confirmed blocks that hold for a new import, and the codes of those that lapse.

    A confirmation holds while the decision's words, the name and the maximum are the same.

    Examples
    --------
    >>> import tempfile
    >>> from scoring.criteria.appendix import AppendixAbout, import_pasted_appendix
    >>> from scoring.criteria.appendix.review import read_review, review_bytes
    >>> import datetime as dt
    >>> about = AppendixAbout("mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
    >>> text = '''TT|Tiêu chí|Điểm tối đa|Cách chấm
    ... 1|Chỉ đạo điều hành|2|
    ... 1.1|Tỷ lệ hoàn thành kế hoạch|2|Trên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0'''
    >>> result = import_pasted_appendix(text.replace("|", chr(9)), about)
    >>> path = Path(tempfile.mkdtemp(), "ra-soat.xlsx")
    >>> _ = path.write_bytes(review_bytes(result))
    >>> review = read_review(path)
    >>> copy = path.with_name("da-soat.xlsx")
    >>> confirm_rows(review, path, ["1.1"], "An", dt.date(2026, 1, 5), copy)
    >>> kept, lapsed = still_confirmed(result, read_review(copy))
    >>> list(kept), lapsed
    (['1.1'], [])
    """
    new = {row.code: row for row in result.entries}
    kept: dict[str, Block] = {}
    lapsed: list[str] = []
    for code, block in earlier.kept().items():
        row, was = new.get(code), block.item
        if row is None:
            continue
        same = (row.name, row.words) == (was.get("content") or "", was.get("text") or "")
        if same and row.max_points == was.get("points"):
            kept[code] = block
        else:
            lapsed.append(code)
    return kept, lapsed


def confirmed_set(book: bytes) -> RawSet:
    """Return the set of a review that was just made, with the rules its kept blocks state.

    Examples
    --------
    >>> from scoring.criteria.appendix import AppendixAbout, import_pasted_appendix
    >>> from scoring.criteria.appendix.review import review_bytes
    >>> import datetime as dt
    >>> about = AppendixAbout("mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
    >>> text = '''TT|Tiêu chí|Điểm tối đa|Cách chấm
    ... 1|Chỉ đạo điều hành|2|
    ... 1.1|Tỷ lệ hoàn thành kế hoạch|2|Trên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0'''
    >>> result = import_pasted_appendix(text.replace("|", chr(9)), about)
    >>> raw = confirmed_set(review_bytes(result))
    >>> raw.tables["items"][["code", "rule"]].values.tolist()
    [['1', ''], ['1.1', 'bands']]
    """
    with scratch_folder() as folder:
        path = Path(folder) / "review.xlsx"
        path.write_bytes(book)
        return read_review(path).raw

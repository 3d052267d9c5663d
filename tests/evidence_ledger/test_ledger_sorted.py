"""Whatever people sort, filter or insert, the live points are those that scoring gives."""

import io
import itertools
import random
from copy import copy

import pytest
from excel_tools import recalculated_all
from ledger_helpers import filled, random_figures, without_results
from openpyxl import load_workbook
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter

from scoring.base.numbers import format_number
from scoring.base.values import INDEX_CODE
from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger, read_ledger
from scoring.evidence.ledger.layout import APPRAISAL, ASSESSMENT, TARGETS
from scoring.evidence.long_table import read_long_table
from scoring.files.shipped import shipped_folder
from scoring.points import inputs_table, score

FIRST, EACH = 7, 2
SHIPPED = {
    "department-sample": "example-department-sample",
    "service-quality-766": "phu-tho-2026",
    "province-areas-2948": "tinh-son-la-2021",
}


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def heads_of(sheet):
    return {cell.value: cell.column for cell in sheet[FIRST - 1]}


def last_row(sheet):
    """Return the last row of the table, above the index."""
    column = heads_of(sheet)["Mã mục (không sửa)"]
    rows = range(FIRST, sheet.max_row + 1)
    return next(row for row in rows if sheet.cell(row, column).value == INDEX_CODE) - 1


def moved(sheet, order, columns=None):
    """Let row n of the table hold what row ``order[n]`` held, as Excel sorts: copied formulas."""
    places = columns or range(1, sheet.max_column + 1)
    cells = {r: {c: sheet.cell(r, c) for c in places} for r in {*order.values()}}
    old = {r: {c: (cell.value, copy(cell._style)) for c, cell in cells[r].items()} for r in cells}
    for row, source in order.items():
        for place, (value, look) in old[source].items():
            if isinstance(value, str) and value.startswith("="):
                letter = get_column_letter(place)
                formula = Translator(value, origin=f"{letter}{source}")
                value = formula.translate_formula(f"{letter}{row}")
            sheet.cell(row, place).value = value
            sheet.cell(row, place)._style = look


def sorted_by(data, key, columns=None):
    """Sort the table by `key`, a function of a row's visible cells."""
    book = load_workbook(io.BytesIO(data))
    sheet = book[ASSESSMENT]
    rows = range(FIRST, last_row(sheet) + 1)
    shown = {r: [sheet.cell(r, c).value for c in range(1, 8)] for r in rows}
    moved(sheet, dict(zip(rows, sorted(rows, key=lambda r: key(shown[r])), strict=True)), columns)
    return saved(book)


def shuffled(data, seed, columns=None):
    pick = random.Random(seed)
    return sorted_by(data, lambda row: pick.random(), columns)


def filtered(data):
    """Hide every other row, as a filter does."""
    book = load_workbook(io.BytesIO(data))
    sheet = book[ASSESSMENT]
    sheet.auto_filter.add_filter_column(9, ["Đã chấm"])
    for row in range(FIRST, last_row(sheet) + 1, 2):
        sheet.row_dimensions[row].hidden = True
    return saved(book)


def with_inserted_row(data, at=FIRST + 4):
    """Insert an empty row: everything below moves down, and names stretch."""
    book = load_workbook(io.BytesIO(data))
    sheet = book[ASSESSMENT]
    last = last_row(sheet) + 1
    moved(sheet, {row + 1: row for row in range(last, at - 1, -1)})
    for place in range(1, sheet.max_column + 1):
        sheet.cell(at, place).value = None
    for name, defined in book.defined_names.items():
        if name.startswith("tdg_"):
            start, end = defined.attr_text.rsplit("$", 1)
            defined.attr_text = f"{start}${int(end) + 1}"
    return saved(book)


def by_figure(row):
    return str(type(row[3])), str(row[3])


CHANGES = {
    "by number downwards": lambda data: sorted_by(data, lambda row: [-ord(c) for c in str(row[0])]),
    "by figure": lambda data: sorted_by(data, by_figure),
    "by name": lambda data: sorted_by(data, lambda row: str(row[1])),
    "in any order": lambda data: shuffled(data, 5),
    "filtered": filtered,
    "with a row inserted": with_inserted_row,
    "sorted and inserted": lambda data: with_inserted_row(shuffled(data, 7)),
}


def small(criteria, seed):
    figures, marked = random_figures(seed)
    figures.setdefault(("2.2.1", "given"), 1.25)
    return criteria, filled(criteria, figures, marked)


def shipped(name, folder):
    criteria = open_set(name)
    table, _ = read_long_table(shipped_folder("evidence") / folder / "inputs.csv", criteria)
    first = table[table["unit_code"] == table["unit_code"].iloc[0]]
    inputs = inputs_table(first[first["period"] == first["period"].iloc[0]])
    unit, year = str(inputs["unit_code"].iloc[0]), int(inputs["year"].iloc[0])
    scores = score(inputs, criteria).scores
    return criteria, new_ledger(criteria, unit, "Mẫu", year, inputs=inputs, scores=scores)


def points_of(book, sheet, named, shown, first):
    """Return the figures of a column, by the code of their row."""
    rows = book[sheet]
    heads = {cell.value: cell.column for cell in rows[first - 1]}
    found = {}
    for row in range(first, rows.max_row + 1):
        code = rows.cell(row, heads[named]).value
        if code and isinstance(value := rows.cell(row, heads[shown]).value, int | float):
            found.setdefault(code, value)
    return found


def assert_live_is_scored(data, criteria):
    ledger = read_ledger(data, criteria)
    sheet = score(inputs_table(ledger.inputs), criteria)
    book = load_workbook(io.BytesIO(data), data_only=True)
    wanted = {
        code: pytest.approx(points, abs=1e-9)
        for code in (*criteria.by_code, INDEX_CODE)
        if (points := float(sheet.points[sheet.row(code), 0])) == points
    }
    live = points_of(book, ASSESSMENT, "Mã mục (không sửa)", "Điểm tự đánh giá", FIRST)
    # What does not apply and leaves the base is shown as an empty cell.
    assert {code: live.get(code, 0.0) for code in wanted} == wanted
    appraised = points_of(book, APPRAISAL, "Mã mục (không sửa)", "Điểm tự đánh giá", 4)
    assert appraised == {code: live[code] for code in appraised}
    targets = points_of(book, TARGETS, "Mã", "Điểm hiện có", 4)
    assert targets and targets == {code: live[code] for code in targets}
    if INDEX_CODE in wanted:
        index = format_number(round(float(sheet.points[-1, 0]), 2), 2)
        assert f" {index}/" in book[ASSESSMENT]["A5"].value
    return ledger


@pytest.mark.libreoffice
def test_live_points_are_those_of_scoring_after_sorting_filtering_and_inserting(
    small_set, tmp_path, tmp_path_factory
):
    # Peers, bonus, penalty, shares of what does not apply, and rescaling of the rest.
    made = {f"thu-{seed}": small(small_set, seed) for seed in (1, 3, 5)}
    made |= {folder: shipped(name, folder) for name, folder in SHIPPED.items()}
    # Two changes each, so that every one is met twice.
    changes, cases = itertools.cycle(CHANGES.items()), {}
    for name, (criteria, data) in made.items():
        for number, (_, change) in enumerate(itertools.islice(changes, EACH)):
            cases[f"{name}-{number}.xlsx"] = criteria, change(data)
    for name, (_, data) in cases.items():
        (tmp_path / name).write_bytes(without_results(data))
    paths = [tmp_path / name for name in cases]
    for path in recalculated_all(paths, tmp_path_factory.mktemp("profile")):
        criteria, _ = cases[path.name]
        ledger = assert_live_is_scored(path.read_bytes(), criteria)
        wrong = [found for found in ledger.findings if found.severity == "error"]
        assert wrong == [], path.name


def exchanged(data, first, second, columns):
    """Exchange some columns of two rows, found by the end of their keys."""
    book = load_workbook(io.BytesIO(data))
    sheet = book[ASSESSMENT]
    key = heads_of(sheet)["Máy tính: khóa của dòng"]
    keys = {sheet.cell(r, key).value: r for r in range(FIRST, last_row(sheet) + 1)}
    moved(sheet, {keys[first]: keys[second], keys[second]: keys[first]}, columns)
    return saved(book)


VISIBLE = range(1, 8)


def test_two_rows_of_one_name_exchanged_without_their_codes_are_noticed(small_set):
    # "Tổng số hồ sơ" is asked for by two items.
    data = exchanged(filled(small_set), "3/b", "4.1/before", VISIBLE)
    ledger = read_ledger(data, small_set)
    parted = {(f.item_code, f.severity) for f in ledger.findings if f.code == "row-parted"}
    assert parted == {("3", "error"), ("4.1", "error")}


def test_codes_exchanged_without_the_row_are_noticed(small_set):
    book = load_workbook(io.BytesIO(filled(small_set)))
    places = [
        heads_of(book[ASSESSMENT])[name]
        for name in ("Mã mục (không sửa)", "Mã số liệu (không sửa)")
    ]
    data = exchanged(filled(small_set), "1.1/done", "1.1/planned", places)
    codes = [f.code for f in read_ledger(data, small_set).findings if f.severity == "error"]
    assert codes.count("row-parted") == 2


@pytest.mark.libreoffice
def test_what_a_sort_of_some_columns_tore_apart_counts_for_nobody(
    small_set, computed_by_libreoffice
):
    data = computed_by_libreoffice(exchanged(filled(small_set), "3/b", "4.1/before", VISIBLE))
    sheet = score(inputs_table(read_ledger(data, small_set).inputs), small_set)
    book = load_workbook(io.BytesIO(data), data_only=True)
    live = points_of(book, ASSESSMENT, "Mã mục (không sửa)", "Điểm tự đánh giá", FIRST)
    items = [leaf.code for leaf in small_set.leaves]
    scored = {c for c in items if (p := float(sheet.points[sheet.row(c), 0])) == p}
    assert scored == live.keys() & set(items) == set(items) - {"3", "4.1"}

"""Writing a ledger: what stands where, what is checked while typing, what is computed live."""

import io
import runpy

import numpy as np
import pandas as pd
import pytest
from ledger_helpers import GOOD, as_inputs, filled, parts_of, random_figures, write_set
from openpyxl import load_workbook

from scoring.base.errors import UsageError
from scoring.criteria import list_sets, open_set
from scoring.evidence.ledger import new_ledger, read_ledger
from scoring.evidence.ledger.layout import (
    APPRAISAL,
    ASSESSMENT,
    DOCUMENTS,
    INFO,
    SHEETS,
    info_cell,
)
from scoring.evidence.long_table import read_long_table
from scoring.files.excel.workbook import read_workbook
from scoring.files.shipped import shipped_folder
from scoring.points import inputs_table, score
from scoring.points.proof import with_claims


@pytest.fixture(scope="module")
def service_quality():
    return open_set("service-quality-766")


def opened(data):
    return load_workbook(io.BytesIO(data))


def rows_by_code(sheet):
    """Return the row of every node by its code, and the column of every heading."""
    header = next(r for r in sheet.iter_rows() if r[0].value == "STT")
    columns = {cell.value: cell.column for cell in header if cell.value}
    codes = columns["Mã mục (không sửa)"]
    found = {}
    for row in range(header[0].row + 1, sheet.max_row + 1):
        found.setdefault(sheet.cell(row, codes).value, row)
    return found, columns


def test_a_ledger_has_its_sheets_in_order_and_hides_the_machine_cells(service_quality):
    book = opened(new_ledger(service_quality, "H1", "Đơn vị", 2026))
    shown = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
    assert shown == list(SHEETS)
    assert book["_ma"].sheet_state == "veryHidden"


def test_evaluators_find_the_columns_they_know(small_set):
    sheet = opened(new_ledger(small_set, "H1", "Đơn vị", 2026))[ASSESSMENT]
    _, columns = rows_by_code(sheet)
    known = ["STT", "Tiêu chí", "Điểm tối đa", "Số liệu kê khai", "Đơn vị tính", "Cách tính điểm",
             "Tài liệu kiểm chứng", "Điểm tự đánh giá", "Tình trạng", "Không áp dụng", "Giải trình"]  # fmt: skip
    assert list(columns)[: len(known)] == known


def test_not_applicable_is_a_column_only_where_the_set_allows_it(service_quality):
    sheet = opened(new_ledger(service_quality, "H1", "Đơn vị", 2026))[ASSESSMENT]
    assert "Không áp dụng" not in rows_by_code(sheet)[1]


def test_codes_are_text_so_that_2_10_is_not_2_1(small_set):
    sheet = opened(new_ledger(small_set, "H1", "Đơn vị", 2026))[ASSESSMENT]
    rows, columns = rows_by_code(sheet)
    cell = sheet.cell(rows["2.10"], columns["STT"])
    assert (cell.value, cell.data_type, cell.number_format) == ("2.10", "s", "@")


def test_only_entry_cells_are_open_and_none_is_merged(small_set):
    book = opened(filled(small_set))
    for sheet in book:
        if sheet.sheet_state == "visible":
            assert sheet.protection.sheet, sheet.title
            assert not sheet.merged_cells.ranges, sheet.title
    sheet = book[ASSESSMENT]
    rows, columns = rows_by_code(sheet)
    assert not sheet.cell(rows["1.2"], columns["Số liệu kê khai"]).protection.locked
    assert sheet.cell(rows["1.1"], columns["Số liệu kê khai"]).protection.locked
    assert not sheet.cell(rows["1.1"] + 1, columns["Số liệu kê khai"]).protection.locked
    assert sheet.cell(rows["1.2"], columns["Điểm tự đánh giá"]).protection.locked


def test_entry_cells_offer_lists_and_say_what_to_enter(small_set):
    sheet = opened(new_ledger(small_set, "H1", "Đơn vị", 2026))[ASSESSMENT]
    rows, columns = rows_by_code(sheet)
    place = sheet.cell(rows["1.3"], columns["Số liệu kê khai"]).coordinate
    rule = next(r for r in sheet.data_validations.dataValidation if place in r.sqref)
    assert rule.type == "list" and rule.formula1.startswith("_danh_muc!")
    assert rule.prompt == "Chọn một phương án trong danh sách."
    assert rule.error == "Chọn một giá trị trong danh sách của ô."


def test_a_late_report_may_say_that_it_was_never_sent(small_set):
    sheet = opened(new_ledger(small_set, "H1", "Đơn vị", 2026))[ASSESSMENT]
    rows, columns = rows_by_code(sheet)
    place = sheet.cell(rows["1.4"], columns["Số liệu kê khai"]).coordinate
    rule = next(r for r in sheet.data_validations.dataValidation if place in r.sqref)
    assert "Không thực hiện" in rule.prompt


def test_a_sample_set_says_so_in_the_title(small_set, service_quality):
    assert opened(filled(small_set))[ASSESSMENT]["A3"].value.startswith("BỘ MẪU")
    other = opened(new_ledger(service_quality, "H1", "Đơn vị", 2026))[ASSESSMENT]["A3"].value
    assert "suy ra từ kết quả" in other


def test_a_ledger_in_english_has_english_titles_on_sheets_of_the_same_names(small_set):
    books = [opened(new_ledger(small_set, "a", "A", 2026, lang=lang)) for lang in ("vi", "en")]
    shown = [{s.title: s["A1"].value for s in book if s.sheet_state == "visible"} for book in books]
    assert list(shown[0]) == list(shown[1]) == list(SHEETS)
    assert all(title.isascii() and title.isupper() for title in shown[1].values())


def test_pages_are_a4_landscape_with_the_heading_on_each(small_set):
    sheet = opened(filled(small_set))[ASSESSMENT]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape") or (
        str(sheet.page_setup.paperSize),
        sheet.page_setup.orientation,
    ) == ("9", "landscape")
    # With unit and year, which follow "Thông tin", above the headings.
    assert sheet.print_title_rows == "$4:$6"
    assert sheet.freeze_panes == "C7"


def test_unit_and_year_on_every_sheet_follow_thong_tin(small_set):
    book = opened(filled(small_set))
    for name, cell in ((ASSESSMENT, "A4"), (DOCUMENTS, "A2"), (APPRAISAL, "A2")):
        formula = book[name][cell].value
        assert {info_cell(key) for key in ("unit_name", "year", "period")} <= set(
            formula.split("&")
        )
    for sheet in book.worksheets:
        assert "2026" not in str(sheet.oddFooter.left.text) + str(sheet.title)
        texts = [c.value for row in sheet.iter_rows(max_row=5) for c in row if type(c.value) is str]
        assert sheet.title == INFO or not any("2026" in text for text in texts)


def test_every_page_of_the_ledger_of_a_sample_says_so(service_quality):
    for criteria, is_sample in ((open_set("department-sample"), True), (service_quality, False)):
        book = opened(new_ledger(criteria, "H1", "Đơn vị", 2026))
        for sheet in (one for one in book.worksheets if one.sheet_state == "visible"):
            foot = sheet.oddFooter.left.text
            assert foot.startswith("BỘ MẪU · ") == is_sample and criteria.meta.name("vi") in foot


def test_an_empty_line_stands_before_every_heading_of_thong_tin(small_set):
    sheet = opened(filled(small_set))[INFO]
    heading = next(c.row for c in sheet["A"] if c.value == "Bộ tiêu chí và biểu mẫu")
    assert not sheet.cell(heading - 1, 1).value


def test_the_workbook_names_its_set_and_ranges(small_set):
    data = filled(small_set)
    book = opened(data)
    assert {"chi_so", "so_lieu_ke_khai", "diem_tu_danh_gia"} <= set(book.defined_names)
    assert "Sở Nội vụ" in book.properties.title
    info = read_ledger(data, small_set).info
    assert (info.set_id, info.set_version) == ("mau-thu", "1")
    assert info.set_fingerprint == small_set.fingerprint


def test_progress_is_told_in_words(small_set):
    sheet = read_workbook(filled(small_set))[ASSESSMENT]
    total = score(as_inputs(GOOD), small_set).points[-1, 0]
    shown = f"{total:.2f}".replace(".", ",")
    assert sheet.cell("A5") == f"Đã chấm 16/16 tiêu chí, {shown}/24 điểm"


def test_the_same_arguments_give_the_same_bytes(small_set):
    assert filled(small_set) == filled(small_set)


def test_inputs_without_their_scores_are_refused(small_set):
    with pytest.raises(UsageError, match="scores"):
        new_ledger(small_set, "A", "A", 2026, inputs=as_inputs(GOOD))


def test_a_table_as_pandas_reads_it_fills_the_ledger_as_the_table_in_form_does():
    criteria = open_set("department-sample")
    path = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    plain = pd.read_csv(path).query("unit_code == 'SM-A'")
    assert plain["not_applicable"].isna().any() and plain["choice"].isna().any()
    scores = score(plain, criteria).scores
    raw, formed = (
        new_ledger(criteria, "SM-A", "A", 2025, inputs=table, scores=scores)
        for table in (plain, inputs_table(plain))
    )
    # An empty cell of the column marked every item as not applicable, for NaN is true.
    assert raw == formed


def test_inputs_of_two_units_are_refused(small_set):
    import pandas as pd

    both = pd.concat([as_inputs(GOOD), as_inputs(GOOD, unit="khac")])
    with pytest.raises(UsageError, match="one unit"):
        new_ledger(small_set, "A", "A", 2026, inputs=both, scores=score(both, small_set).scores)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_saved_results_are_the_points_of_python(small_set, lang):
    for seed in range(8):
        figures, marked = random_figures(seed)
        data = filled(small_set, figures, marked, lang=lang)
        assert_points_equal(
            read_workbook(data), small_set, score(as_inputs(figures, marked), small_set), lang
        )


def assert_points_equal(book, criteria, sheet, lang="vi"):
    """Compare every node's points on the sheet with Python's, open items counted as nothing."""
    grid = book[ASSESSMENT]
    words = {
        "vi": ("Mã mục (không sửa)", "Điểm tự đánh giá"),
        "en": ("Item code (do not edit)", "Self-assessed points"),
    }
    header = next(n for n, row in enumerate(grid.rows) if words[lang][0] in row)
    codes, points = (grid.rows[header].index(word) for word in words[lang])
    seen = set()
    for row in grid.rows[header + 1 :]:
        code = row[codes]
        if not code or code in seen:
            continue
        seen.add(code)
        at = sheet.row(code)
        is_leaf = code != "INDEX" and criteria.node(code).is_item
        expected = sheet.points[at, 0] if is_leaf else sheet.points_low[at, 0]
        if is_leaf and np.isnan(expected):
            expected = 0.0
        shown = row[points] if isinstance(row[points], float) else 0.0
        assert shown == pytest.approx(expected, abs=1e-9), code
    assert seen == {node.code for node in criteria.nodes} | {"INDEX"}


@pytest.mark.libreoffice
def test_libreoffice_computes_the_points_of_python(tmp_path, all_computed_by_libreoffice):
    cases = []
    for stage, rank_on in (("index", "rounded"), ("area", "unrounded"), ("item", "rounded")):
        criteria = write_set(tmp_path / f"mau-thu-{stage}", stage, rank_on)
        cases += [(criteria, *random_figures(seed)) for seed in range(3)]
    computed = all_computed_by_libreoffice([filled(*case) for case in cases])
    for (criteria, figures, marked), data in zip(cases, computed, strict=True):
        inputs = as_inputs(figures, marked)
        assert_points_equal(read_workbook(data), criteria, score(inputs, criteria))


@pytest.mark.libreoffice
def test_libreoffice_computes_the_published_index_from_the_shipped_ledger(
    service_quality, computed_by_libreoffice
):
    data = (shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx").read_bytes()
    ledger = read_ledger(data, service_quality)
    sheet = score(inputs_table(ledger.inputs), service_quality)
    computed = read_workbook(computed_by_libreoffice(data))
    assert_points_equal(computed, service_quality, sheet)
    assert computed[ASSESSMENT].cell("A5") == "Đã chấm 17/17 tiêu chí, 61,89/100 điểm"


@pytest.mark.libreoffice
def test_libreoffice_computes_the_department_of_the_sample(computed_by_libreoffice):
    criteria = open_set("department-sample")
    table, _ = read_long_table(
        shipped_folder("evidence") / "example-department-sample" / "inputs.csv", criteria
    )
    inputs = inputs_table(table[table["unit_code"] == "SM-A"])
    sheet = score(inputs, criteria)
    data = new_ledger(criteria, "SM-A", "Sở Mẫu A", 2025, inputs=inputs, scores=sheet.scores)
    assert_points_equal(read_workbook(data), criteria, sheet)
    assert_points_equal(read_workbook(computed_by_libreoffice(data)), criteria, sheet)


@pytest.mark.parametrize("name", list(list_sets()))
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_shipped_set_makes_a_ledger_that_reads_back_empty(name, lang):
    criteria = open_set(name)
    ledger = read_ledger(
        new_ledger(criteria, "H1", "Đơn vị", 2026, lang=lang), criteria, file="a.xlsx"
    )
    assert [found.code for found in ledger.findings] == []
    wanted = sum(len(rule.reported) for rule in criteria.rules.values())
    assert len(ledger.inputs) == wanted
    assert ledger.inputs["value"].isna().all() and (ledger.inputs["choice"] == "").all()


def test_the_shipped_ledgers_are_what_their_figures_make():
    folder = shipped_folder("evidence")
    maker = runpy.run_path(str(folder / "make_examples.py"))
    for name in maker["EXAMPLES"]:
        kept = (folder / name / "ledger.xlsx").read_bytes()
        # Unpacked, for packers differ from machine to machine.
        same = parts_of(maker["example_ledger"](name)) == parts_of(kept)
        assert same, "run: python evidence/make_examples.py"


def test_the_shipped_ledger_scores_as_its_long_table(service_quality):
    folder = shipped_folder("evidence") / "phu-tho-2026"
    table, _ = read_long_table(folder / "inputs.csv", service_quality)
    ledger = read_ledger(folder / "ledger.xlsx", service_quality)
    assert ledger.findings == ()
    one = score(inputs_table(table), service_quality)
    other = score(inputs_table(ledger.inputs), service_quality)
    np.testing.assert_array_equal(one.points, other.points)
    assert with_claims(other, ledger.claims)[1] == []
    # The province's own targets are not known; made-up ones must not stand beside its name.
    assert ledger.targets.empty


def test_targets_written_into_a_ledger_are_read_back(service_quality):
    targets = pd.read_csv(
        shipped_folder("evidence") / "phu-tho-2026" / "targets.csv", dtype={"code": "str"}
    )
    data = new_ledger(service_quality, "H1", "Đơn vị mẫu", 2026, targets=targets)
    read = read_ledger(data, service_quality).targets
    expected = dict(zip(targets["code"], targets["target_points"], strict=True))
    assert dict(zip(read["code"], read["target_points"], strict=True)) == expected
    assert set(expected) == {"INDEX", "1", "4", "5", "6"}


def test_sorting_by_the_filter_moves_every_column_of_a_row(small_set):
    book = load_workbook(io.BytesIO(filled(small_set)))
    for name in (ASSESSMENT, "Tài liệu kiểm chứng", "Kế hoạch"):
        sheet = book[name]
        last = max(cell.column_letter for row in sheet for cell in row if cell.value is not None)
        assert sheet.auto_filter.ref.split(":")[1].startswith(last), name

"""Workbooks that are written: text stays text, formulas carry values, bytes are the same."""

import datetime as dt
import io
import math
import re
import zipfile

import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from scoring.base.errors import OutputError, UsageError
from scoring.files.excel import slim_sheets, xlsx
from scoring.files.excel.workbook import read_workbook
from scoring.files.excel.xlsx import SafeWorkbook, absolute_range


def written(write):
    book = SafeWorkbook({"title": "Bảng điểm", "author": "Sở Nội vụ"})
    sheet = book.add_sheet("Điểm")
    write(sheet)
    return book.to_bytes()


def opened(data):
    return load_workbook(io.BytesIO(data))["Điểm"]


DANGEROUS = ["=1+1", '=HYPERLINK("http://x.vn","y")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1",
             "＋1", "{=1}", "http://x.vn", "mailto:a@b.vn", "internal:'x'!A1", "1.10", "007", "TRUE",
             "#N/A", "_x000D_", "ﾊ", "🇻🇳"]  # fmt: skip


@settings(max_examples=60)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
)
@example("=cmd|' /C calc'!A0")
def test_any_text_reopens_as_that_text_and_never_as_a_formula(text):
    data = written(lambda sheet: sheet.write_text(0, 0, text))
    cell = opened(data)["A1"]
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows == [[text]]


@pytest.mark.parametrize("text", DANGEROUS)
def test_dangerous_text_is_only_text(text):
    data = written(lambda sheet: sheet.write(0, 0, text))
    assert opened(data)["A1"].data_type == "s"
    assert opened(data)["A1"].hyperlink is None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert read_workbook(data).sheets[0].cell("A1") == text.replace("\r", "\n")


@pytest.mark.parametrize("letter", ["x", "ế", "🇻"])
def test_very_long_text_is_cut_without_a_crash(letter):
    value = read_workbook(written(lambda sheet: sheet.write_text(0, 0, letter * 40_000)))
    text = value.sheets[0].cell("A1")
    assert 32_766 <= len(text.encode("utf-16-le")) / 2 <= 32_767 and set(text) == {letter}


def test_characters_that_no_xml_can_hold_are_left_out():
    data = written(lambda sheet: sheet.write_text(0, 0, "a\x00b\x0bc\ud800d\uffff"))
    assert opened(data)["A1"].value == "abcd"


def test_a_formula_carries_its_value():
    def write(sheet):
        sheet.write(0, 0, 0.25)
        sheet.write_formula(0, 1, "=A1*2", value=0.5)

    assert read_workbook(written(write)).sheets[0].cell("B1") == 0.5
    assert opened(written(write))["B1"].value == "=A1*2"
    with pytest.raises(TypeError):
        written(lambda sheet: sheet.write_formula(0, 0, "=1"))
    with pytest.raises(UsageError, match="begins with"):
        written(lambda sheet: sheet.write_formula(0, 0, "1", value=1))


def test_missing_is_an_empty_cell_and_not_zero():
    def write(sheet):
        sheet.write_row(0, 0, [None, float("nan"), float("inf"), 0, "x"])
        sheet.write(1, 0, float("nan"))

    assert read_workbook(written(write)).sheets[0].rows == [[None, None, None, 0.0, "x"]]


def test_dates_are_dates_and_old_ones_are_text():
    def write(sheet):
        sheet.write(0, 0, dt.date(2026, 3, 15))
        sheet.write(0, 1, dt.date(1885, 1, 2))

    assert read_workbook(written(write)).sheets[0].rows == [[dt.date(2026, 3, 15), "02/01/1885"]]


def test_the_same_content_gives_the_same_bytes():
    def write(sheet):
        sheet.write_row(0, 0, ["Mục", 1, dt.date(2026, 1, 1)], "header")
        sheet.add_list((1, 0), (5, 0), ["Có", "Không"], title="Chọn")
        sheet.print_on_a4(header_row=0)

    assert written(write) == written(write)
    with zipfile.ZipFile(io.BytesIO(written(write))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_list_with_decimal_commas_stays_whole_on_a_hidden_sheet():
    options = ["0", "0,33", "0,66", "1"]

    def write(sheet):
        sheet.add_list((1, 1), (9, 1), options, title="Điểm", message="Chọn một mức điểm.")
        sheet.add_list((1, 2), (9, 2), options)

    data = written(write)
    assert [row[0] for row in read_workbook(data)["_danh_muc"].rows] == options
    rules = opened(data).data_validations.dataValidation
    assert {rule.formula1 for rule in rules} == {"_danh_muc!$A$1:$A$4"}
    assert [str(rule.sqref) for rule in rules] == ["B2:B10", "C2:C10"]


def test_messages_too_long_for_excel_are_refused_early():
    book = SafeWorkbook()
    sheet = book.add_sheet("Điểm")
    with pytest.raises(UsageError, match="above 32"):
        sheet.add_list((0, 0), (0, 0), ["a"], title="t" * 33)
    with pytest.raises(UsageError, match="above 255"):
        sheet.add_list((0, 0), (0, 0), ["a"], message="ế" * 256)
    with pytest.raises(UsageError, match="one option"):
        sheet.add_list((0, 0), (0, 0), [])
    sheet.add_list((0, 0), (0, 0), ["a"], title="t" * 32, message="ế" * 255)


@pytest.mark.parametrize("name", ["", "d" * 32, "a/b", "điểm"])
def test_a_name_that_excel_refuses_is_refused_early(name):
    book = SafeWorkbook()
    book.add_sheet("Điểm")
    if name:
        with pytest.raises(UsageError):
            book.add_sheet(name)


def test_protection_leaves_entry_cells_open():
    def write(sheet):
        sheet.write_text(0, 0, "khóa", "locked")
        sheet.write(0, 1, None, "entry")
        sheet.protect()

    sheet = opened(written(write))
    assert sheet.protection.sheet
    assert (sheet["A1"].protection.locked, sheet["B1"].protection.locked) == (True, False)


def test_codes_are_text_cells_so_that_typing_over_them_stays_text():
    sheet = opened(written(lambda sheet: sheet.write_text(0, 0, "1.10", "code")))
    assert (sheet["A1"].value, sheet["A1"].number_format) == ("1.10", "@")


def test_printing_fits_a4_landscape_and_repeats_the_heading():
    sheet = opened(
        written(lambda sheet: sheet.print_on_a4(header_row=2, footer="Nội vụ & Tư pháp"))
    )
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToHeight, sheet.print_title_rows) == (0, "$3:$3")
    assert sheet.freeze_panes == "A4"


@pytest.mark.parametrize(("repeated", "stands_in"), [(2, "A1"), (1, "B1")])
def test_a_title_is_not_cut_on_pages_side_by_side(repeated, stands_in):
    title, widths = "Bảng điểm của các đơn vị thuộc tỉnh, năm 2026", [10.0, 30.0, *[12.0] * 20]

    def fill(sheet):
        sheet.write_text(0, 0, title, "title")
        sheet.print_on_a4(header_row=2)
        sheet.fit_readably(widths, repeated=repeated, lines=[(title, "title")])

    sheet = opened(written(fill))
    told = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.value == title]
    assert told == [stands_in] and sheet.page_setup.fitToWidth > 1
    # Wrapped in the columns of every page, or beside them on the first.
    assert [str(area) for area in sheet.merged_cells.ranges] == (["A1:B1"] if repeated == 2 else [])


def test_properties_are_kept():
    book = load_workbook(io.BytesIO(written(lambda sheet: None)))
    assert (book.properties.title, book.properties.creator) == ("Bảng điểm", "Sở Nội vụ")


def test_saving_goes_through_the_atomic_writer(tmp_path):
    book = SafeWorkbook()
    book.add_sheet("Điểm").write_text(0, 0, "x")
    book.save(tmp_path / "mới" / "bảng.xlsx")
    assert read_workbook(tmp_path / "mới" / "bảng.xlsx")["Điểm"].cell("A1") == "x"
    with pytest.raises(OutputError):
        book.save(tmp_path)


def test_a_workbook_without_sheets_is_a_usage_error():
    with pytest.raises(UsageError):
        SafeWorkbook().to_bytes()


def test_names_and_ranges_are_absolute():
    book = SafeWorkbook()
    book.add_sheet("Tự đánh giá").write_text(0, 0, "x")
    book.define_name("diem", "Tự đánh giá", (0, 0), (3, 0))
    made = load_workbook(io.BytesIO(book.to_bytes()))
    assert made.defined_names["diem"].attr_text == absolute_range("Tự đánh giá", (0, 0), (3, 0))


def test_a_formula_that_comes_to_nothing_is_text_and_one_without_a_value_is_left_to_be_computed():
    book = SafeWorkbook()
    sheet = book.add_sheet("A")
    for row, value in enumerate(["", float("nan"), "có", None]):
        sheet.write_formula(row, 0, "=B1", value=value)
    with zipfile.ZipFile(io.BytesIO(book.to_bytes())) as package:
        text = package.read("xl/worksheets/sheet1.xml").decode()
    cells = re.findall(r'<c r="A(\d)"([^>]*)><f>B1</f><v>([^<]*)</v>', text)
    assert cells == [
        ("1", ' t="str"', ""),
        ("2", ' t="str"', ""),
        ("3", ' t="str"', "có"),
        ("4", "", ""),
    ]


def test_a_long_sheet_kept_in_little_room_has_the_bytes_of_xlsxwriter(tmp_path, monkeypatch):
    rows = [["1", 1.0, 0.0, -0.0, True, "Bưu điện", None] for _ in range(40)]
    made = []

    def look_of(value):
        return {"num_format": "0.00", "border": 1} if isinstance(value, float) else "text"

    for workbook, finish in ((slim_sheets.SlimWorkbook, True), (xlsxwriter.Workbook, False)):
        monkeypatch.setattr(xlsx, "SlimWorkbook", workbook)
        book = SafeWorkbook({"title": "Bảng"})
        sheet = book.add_sheet("Điểm")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row, "text")
            sheet.write(at, 9 if at % 2 else 7, at)
            if finish:
                sheet.finish_row(at)
        sheet.print_on_a4(header_row=0, footer="Điểm")
        even = book.add_sheet("Đều")
        for at, row in enumerate(rows, start=3):
            even.sheet.set_row(at, 15.0 + at % 3)
            even.write_row(at, 0, [*row[:5], f"Xã {at}", at % 7 / 3] * 6, "text")
            if finish:
                even.finish_row(at)
        even.write_text(50, 0, "Ghi chú")
        long = book.add_sheet("Dài")
        for at in range(3, 60):
            values = [
                "Xã",
                f"Xã {at % 9}",
                at % 3,
                float(at % 3),
                -0.0 * (at % 2),
                at % 2 == 0,
                "",
                None,
            ]
            values += ["\x01", math.nan, "=1"][: 2 if at == 30 else 3]
            if finish:
                long.write_long_row(at, values, look_of)
            else:
                for column, value in enumerate(values):
                    long.write(at, column, value, look_of(value))
        chart = book.book.add_chart({"type": "bar"})
        chart.add_series({"values": ["Đều", 3, 6, 20, 6], "categories": ["Đều", 3, 5, 20, 5]})
        even.sheet.insert_chart(60, 0, chart)
        if finish:
            assert list(even.sheet.table) == [50], "finished rows are numbers"
            with pytest.raises(TypeError):
                even.write(5, 0, 1.0)
        made.append(book.to_bytes())
        if finish:
            assert not sheet.sheet.table, "cells are let go of"
    assert made[0] == made[1]


@pytest.mark.parametrize("formula", [
    "=SUM(A1:A9)", '=IF(A1="TAKE(",XLOOKUP(1,A:A,B:B),0)', '=IF(A1="é.MAP(",1,0)', '="xINGLE("&A1',
    "=_xlfn.CONCAT(A1,B1)", "{=SUM(A1:A9*1)}", "=Bảng!A1+MOD(A2,2)", "=A1", '="{"&A1&"}"', "=ROWS(A:A)",
])  # fmt: skip
def test_a_formula_reaches_the_file_as_xlsxwriter_would_put_it(formula):
    sheet = SafeWorkbook().add_sheet("Điểm").sheet
    theirs = xlsxwriter.worksheet.Worksheet._prepare_formula
    assert sheet._prepare_formula(formula) == theirs(sheet, formula)


def test_functions_that_excel_had_all_along_are_not_looked_for_among_the_newer():
    sheet, theirs = SafeWorkbook().add_sheet("Điểm").sheet, xlsxwriter.worksheet.Worksheet
    for name in slim_sheets._ALL_ALONG:
        for later in (False, True):
            assert theirs._prepare_formula(sheet, f"={name}(A1)", later) == f"{name}(A1)"

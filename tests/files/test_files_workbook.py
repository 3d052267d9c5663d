"""Workbooks read as the same cells, whichever program wrote them and whichever reader reads."""

import datetime as dt
import gc
import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook as OpenpyxlWorkbook

from scoring.base.errors import UnreadableError
from scoring.files.children import guarded
from scoring.files.excel import workbook as module
from scoring.files.excel.cells import FORMULA_WITHOUT_VALUE, CellError, address
from scoring.files.excel.workbook import read_workbook
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.files.limits import Limits


def both(data, **options):
    """Read by either reader, demand the same cells, and return the sheets."""
    fast = read_workbook(data, reader="calamine", **options)
    slow = read_workbook(data, reader="streaming", **options)
    assert [sheet.rows for sheet in fast] == [sheet.rows for sheet in slow]
    assert [types(sheet) for sheet in fast] == [types(sheet) for sheet in slow]
    assert {sheet.reader for sheet in fast} == {"calamine"}
    assert {sheet.reader for sheet in slow} == {"streaming"}
    return fast.sheets


def types(sheet):
    return [[type(value) for value in row] for row in sheet.rows]


def refusal(source, **options):
    with pytest.raises(UnreadableError) as caught:
        read_workbook(source, **options)
    assert caught.value.finding.text("vi")
    return caught.value.finding.code


def made(write):
    """Return the bytes of a workbook whose one sheet `write` fills through XlsxWriter."""
    book = SafeWorkbook()
    write(book.add_sheet("Điểm").sheet, book.book)
    return book.to_bytes()


VALUES = [
    ("a whole number", 3, "General", 3.0),
    ("a decimal", 0.1, "General", 0.1),
    ("a percent", 0.855, "0.0%", 0.855),
    ("a date", 45000, "dd/mm/yyyy", dt.date(2023, 3, 15)),
    ("a date of another look", 45000, '"ngày" dd "tháng" mm "năm" yyyy', dt.date(2023, 3, 15)),
    ("the first date", 1, "dd/mm/yyyy", dt.date(1900, 1, 1)),
    ("a date and time", 45000.5, "dd/mm/yyyy hh:mm", dt.datetime(2023, 3, 15, 12)),
    ("milliseconds", 45000.123456, "hh:mm:ss.000", dt.datetime(2023, 3, 15, 2, 57, 46, 598000)),
    ("a time", 0.25, "hh:mm", dt.time(6)),
    ("a duration", 1.25, "[h]:mm", dt.timedelta(days=1, hours=6)),
    ("a date beyond the calendar", 3e6, "dd/mm/yyyy", 3e6),
    ("a negative date", -1, "dd/mm/yyyy", dt.time(0)),
    ("a number with a coloured format", -5.5, "#,##0.00;[Red]-#,##0.00", -5.5),
]


@pytest.mark.parametrize(
    ("number", "look", "expected"), [v[1:] for v in VALUES], ids=[v[0] for v in VALUES]
)
def test_a_number_reads_by_its_format(number, look, expected):
    data = made(
        lambda sheet, book: sheet.write_number(2, 1, number, book.add_format({"num_format": look}))
    )
    value = both(data)[0].cell("B3")
    assert value == expected and type(value) is type(expected)


def test_text_truth_errors_and_nothing():
    def write(sheet, book):
        sheet.write_boolean("A1", True)
        sheet.write_string("B1", "#N/A")
        sheet.write_formula("C1", "=NA()", None, "#N/A")
        sheet.write_rich_string("D1", "in ", book.add_format({"bold": True}), "đậm", " thường")
        sheet.write_string("E1", "  hai đầu  ")
        sheet.write_string("F1", "một\r\nhai\nba")
        sheet.write_formula("G1", "=1+1", None, 2)
        sheet.write_formula("H1", '="x"', None, "x")
        sheet.write_formula("I1", "=1+1", None, "")
        sheet.write_string("J1", unicodedata.normalize("NFD", "Tiêu chí"))
        sheet.write_blank("K1", None, book.add_format({"bold": True}))
        sheet.write_string("L1", "")
        sheet.write_string("M1", "1.10")

    (sheet,) = both(made(write))
    assert sheet.rows == [
        [True, "#N/A", CellError("#N/A"), "in đậm thường", "  hai đầu  ", "một\nhai\nba", 2.0, "x",
         FORMULA_WITHOUT_VALUE, unicodedata.normalize("NFD", "Tiêu chí"), None, None, "1.10"]
    ]  # fmt: skip


def test_a_formula_without_value_at_the_edge_widens_the_grid(maker):
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="D3"><f>A1</f></c></row>'
    (sheet,) = both(maker.pack(maker.parts(rows)))
    assert sheet.rows == [[1.0, *[None] * 3], [None] * 4, [None, None, None, FORMULA_WITHOUT_VALUE]]


@pytest.mark.parametrize("number", ["NaN", "INF", "-inf", "1e999"])
def test_a_number_that_is_none_is_an_error_and_no_figure(maker, number):
    rows = f'<row r="1"><c r="A1"><v>{number}</v></c><c r="B1"><v>2</v></c></row>'
    (sheet,) = read_workbook(maker.pack(maker.parts(rows))).sheets
    assert sheet.rows == [[CellError("#NUM!"), 2.0]]


def test_a_sheet_of_nothing_but_errors_is_read(maker):
    rows = '<row r="2"><c r="B2" t="e"><v>#REF!</v></c></row>'
    (sheet,) = both(maker.pack(maker.parts(rows)))
    assert sheet.cell("B2") == CellError("#REF!")


def test_empty_rows_and_columns_before_the_table_keep_the_addresses():
    (sheet,) = both(made(lambda sheet, book: sheet.write_string("C5", "x")))
    assert (sheet.row_count, sheet.column_count, sheet.cell("$C$5")) == (5, 3, "x")
    assert sheet.value(5, 3) == "x" and sheet.cell("Z99") is None and sheet.value(0, 0) is None


def test_an_empty_sheet_has_no_rows(maker):
    (sheet,) = (
        both(maker.pack(maker.parts("")))
        if False
        else read_workbook(maker.pack(maker.parts(""))).sheets
    )
    assert (sheet.rows, sheet.row_count, sheet.column_count) == ([], 0, 0)


def test_a_wrong_dimension_hides_no_rows(maker):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 21))
    (sheet,) = both(maker.pack(maker.parts(rows, before='<dimension ref="A1"/>')))
    assert [row[0] for row in sheet.rows] == list(range(1, 21))


def test_hidden_sheets_are_read_and_say_so_in_their_order():
    book = SafeWorkbook()
    for name in ("Một", "Hai", "Ba"):
        book.add_sheet(name, hidden=name == "Hai").write_text(0, 0, name)
    book._list_sheet = None
    book.list_reference([0.33, 0.66])
    sheets = both(book.to_bytes())
    assert [(s.name, s.state) for s in sheets] == [
        ("Một", "visible"), ("Hai", "hidden"), ("Ba", "visible"), ("_danh_muc", "veryHidden"),
    ]  # fmt: skip
    assert [s.is_hidden for s in sheets] == [False, True, False, True]


def test_a_chart_sheet_is_passed_over():
    def write(sheet, book):
        sheet.write_number(0, 0, 1)
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "='Điểm'!$A$1:$A$1"})
        book.add_chartsheet("Biểu đồ").set_chart(chart)
        book.add_worksheet("Sau").write(0, 0, "sau")

    sheets = both(made(write))
    assert [sheet.name for sheet in sheets] == ["Điểm", "Sau"]
    assert sheets[1].cell("A1") == "sau"


def test_dates_counted_from_1904_are_the_same_days():
    data = io.BytesIO()
    book = OpenpyxlWorkbook()
    book.epoch = dt.datetime(1904, 1, 1)
    book.active["A1"] = dt.datetime(2026, 3, 15)
    book.save(data)
    assert both(data.getvalue())[0].cell("A1") == dt.date(2026, 3, 15)


def test_a_value_hidden_under_merged_cells_does_not_count_and_is_named(maker):
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    data = maker.pack(maker.parts(rows, after='<mergeCells><mergeCell ref="A1:B2"/></mergeCells>'))
    (sheet,) = both(data)
    assert sheet.rows == [[1.0]]
    (finding,) = read_workbook(data).findings
    assert (finding.code, finding.cell) == ("value-under-merged-cells", "B1")
    assert "2" in finding.problem("vi")


def test_ordinary_merged_cells_keep_their_value_in_the_first():
    def write(sheet, book):
        sheet.merge_range("A1:C1", "Tiêu đề")
        sheet.write("C2", 1)

    (sheet,) = both(made(write))
    assert sheet.rows == [["Tiêu đề", None, None], [None, None, 1.0]]
    assert sheet.merged == ((1, 1, 1, 3),)


def test_a_far_cell_is_named_and_the_rest_is_read(maker):
    rows = '<row r="1"><c r="A1"><v>7</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    book = read_workbook(maker.pack(maker.parts(rows)))
    assert book.sheets[0].rows == [[7.0]]
    (finding,) = book.findings
    assert (finding.code, finding.cell) == ("cells-too-far", "XFD1048576")


def test_a_far_cell_with_only_a_format_does_no_harm(maker):
    rows = '<row r="1"><c r="A1"><v>7</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    book = read_workbook(maker.pack(maker.parts(rows)))
    assert (book.sheets[0].rows, book.findings) == ([[7.0]], ())


def test_a_far_error_does_not_widen_the_grid_beyond_the_limits(maker):
    rows = '<row r="1"><c r="A1"><v>7</v></c></row><row r="1048576"><c r="XFD1048576" t="e"><v>#N/A</v></c></row>'
    assert read_workbook(maker.pack(maker.parts(rows))).sheets[0].rows == [[7.0]]


def test_rows_out_of_order_are_read_in_their_places(maker):
    rows = '<row r="2"><c r="A2"><v>2</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'
    (sheet,) = read_workbook(maker.pack(maker.parts(rows))).sheets
    assert (sheet.rows, sheet.reader) == ([[1.0], [2.0]], "streaming")


def google_like(maker):
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Mục</t></is></c><c r="B1" t="inlineStr"><is>'
        "<r><t>Đi</t></r><r><t>ểm</t></r></is></c></row>"
        '<row r="2"><c r="A2" t="inlineStr"><is><t xml:space="preserve"> 1.10</t></is></c>'
        '<c r="B2"><v>0.5</v></c></row>'
    )
    parts = maker.parts(rows)
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        'Target="worksheets', 'Target="/xl/worksheets'
    )
    parts["_rels/.rels"] = parts["_rels/.rels"].replace('Target="xl', 'Target="/xl')
    return parts


def libreoffice_like(maker):
    rows = (
        '<row r="1" customFormat="false" ht="12.8" hidden="false"><c r="A1" s="0" t="s"><v>0</v></c>'
        '<c r="B1" s="0" t="s"><v>1</v></c></row><row r="2"><c r="A2" s="0" t="s"><v>2</v></c>'
        '<c r="B2" s="0" t="n"><f aca="false">1/2</f><v>0.5</v></c></row>'
    )
    parts = maker.with_shared(maker.parts(rows))
    strings = ["Mục", "Điểm", " 1.10"]
    parts["xl/sharedStrings.xml"] = maker.shared(
        [f'<si><t xml:space="preserve">{text}</t></si>' for text in strings]
    )
    return parts


def wps_like(maker):
    """Prefixes on every element, phonetic marks, and single quotes around attributes."""
    rows = (
        '<x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c><x:c r="B1" t="s"><x:v>1</x:v></x:c></x:row>'
        '<x:row r="2"><x:c r="A2" t="s"><x:v>2</x:v></x:c><x:c r="B2"><x:v>0.5</x:v></x:c></x:row>'
    )
    parts = maker.with_shared(maker.parts())
    parts["xl/worksheets/sheet1.xml"] = (
        f'{maker.HEAD}<x:worksheet xmlns:x="{maker.MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    )
    parts["xl/sharedStrings.xml"] = (
        f'{maker.HEAD}<x:sst xmlns:x="{maker.MAIN}" uniqueCount="3">'
        "<x:si><x:t>Mục</x:t><x:rPh sb='0' eb='1'><x:t>muk</x:t></x:rPh></x:si>"
        "<x:si><x:r><x:t>Đi</x:t></x:r><x:r><x:t>ểm</x:t></x:r></x:si>"
        '<x:si><x:t xml:space="preserve"> 1.10</x:t></x:si></x:sst>'
    )
    parts["xl/workbook.xml"] = (
        f'{maker.HEAD}<x:workbook xmlns:x="{maker.MAIN}" xmlns:r="{maker.OFFICE}"><x:sheets>'
        '<x:sheet name="Điểm" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>'
    )
    return parts


@pytest.mark.parametrize("habit", [google_like, libreoffice_like, wps_like])
def test_the_habits_of_other_programs_read_the_same(maker, habit):
    data = maker.pack(habit(maker))
    expected = [["Mục", "Điểm"], [" 1.10", 0.5]]
    assert read_workbook(data).sheets[0].rows == expected
    assert both(data)[0].rows == expected


def test_a_utf_16_sheet_is_read_by_the_second_reader(maker):
    parts = maker.parts('<row r="1"><c r="A1" t="inlineStr"><is><t>Điểm</t></is></c></row>')
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace("UTF-8", "UTF-16").encode("utf-16")
    (sheet,) = read_workbook(maker.pack(parts)).sheets
    assert (sheet.rows, sheet.reader) == ([["Điểm"]], "streaming")


def test_when_the_fast_reader_fails_the_other_reads(monkeypatch):
    class Broken:
        @staticmethod
        def from_filelike(stream):
            raise RuntimeError("cannot")

    monkeypatch.setattr(module, "CalamineWorkbook", Broken)
    monkeypatch.setitem(guarded._state, "is_child", True)
    book = read_workbook(made(lambda sheet, book: sheet.write(0, 0, "x")))
    assert (book["Điểm"].rows, book["Điểm"].reader) == ([["x"]], "streaming")


def test_a_word_document_or_a_missing_sheet_is_refused(maker, tmp_path):
    assert refusal(b"abc,def\n") == "save-as-xlsx"
    assert refusal(tmp_path / "không có.xlsx") == "file-missing"
    assert refusal(tmp_path) == "not-a-regular-file"
    parts = maker.parts()
    del parts["xl/worksheets/sheet1.xml"]
    assert refusal(maker.pack(parts)) == "package-damaged"


def test_a_sheet_of_broken_xml_is_damage(maker):
    parts = maker.parts('<row r="1"><c r="A1"><v>1</w></c>')
    assert refusal(maker.pack(parts)) == "package-damaged"


def test_a_large_file_is_refused_before_it_is_read_whole(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"x" * 1000)
    assert refusal(tmp_path / "a.xlsx", limits=Limits(file_bytes=100)) == "package-too-large"


def test_the_original_is_opened_once_and_never_for_writing(tmp_path, monkeypatch):
    path = tmp_path / "sổ tính.xlsx"
    path.write_bytes(made(lambda sheet, book: sheet.write(0, 0, "x")))
    opened = []
    true_open = type(path).open

    def watching(self, mode="r", *args, **kwargs):
        opened.append((self.name, mode))
        return true_open(self, mode, *args, **kwargs)

    monkeypatch.setattr(type(path), "open", watching)
    assert read_workbook(path)["Điểm"].cell("A1") == "x"
    assert opened == [("sổ tính.xlsx", "rb")]


def test_a_sheet_is_found_by_name_only():
    book = read_workbook(made(lambda sheet, book: sheet.write(0, 0, "x")), file="a.xlsx")
    assert (book.names, book.file) == (["Điểm"], "a.xlsx")
    with pytest.raises(KeyError):
        book["Khác"]
    assert address(1, 28) == "AB1"


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(-1e15, 1e15).map(lambda number: float(f"{number:.15g}")),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
    st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31)),
    st.sampled_from(["=1+1", "+1", "-1", "@x", "1.10", "#N/A", " đầu", "cuối ", "hai\ndòng", "０"]),
)


@settings(max_examples=40)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_whatever_is_written_is_read_back_by_both_readers(rows):
    book = SafeWorkbook()
    sheet = book.add_sheet("Điểm")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    (read,) = read_workbook(book.to_bytes()).sheets
    got = [[read.value(r, c) for c in range(1, 4)] for r in range(1, len(rows) + 1)]
    assert got == rows
    slow = read_workbook(book.to_bytes(), reader="streaming").sheets[0]
    assert slow.rows == read.rows


def test_sheets_that_are_not_wanted_come_without_rows_and_the_others_as_ever():
    book = SafeWorkbook()
    for name in ("một", "hai", "ba"):
        book.add_sheet(name).write_row(0, 0, [name, 1.0])
    whole, part = (read_workbook(book.to_bytes(), unread=names) for names in ((), ("hai", "bốn")))
    assert part.names == whole.names and part["hai"].rows == []
    assert [part[name] == whole[name] for name in whole.names] == [True, False, True]


def test_reading_leaves_nothing_for_the_garbage_collector():
    # Thousands of ledgers are read while it rests, so a cycle in each would fill the memory.
    data = made(lambda sheet, book: sheet.write(0, 0, "x"))
    read_workbook(data)
    gc.disable()
    try:
        # What finalizers of earlier tests let go of takes a second round.
        while gc.collect():
            pass
        read_workbook(data)
        assert gc.collect() == 0
    finally:
        gc.enable()

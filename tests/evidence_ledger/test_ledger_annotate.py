"""The evaluator's own file back: marked, and otherwise the same."""

import io
import re
import struct
import zlib

import pytest
import xlsxwriter
from broken_ledgers import GIVEN, IDEAS, RATE, SENT, Good, _prefixed, both, entry, machine
from ledger_helpers import parts_of, rezipped
from openpyxl import load_workbook

from scoring.base.errors import OutputError, UnreadableError
from scoring.base.findings import Finding
from scoring.evidence.ledger import annotate_ledger, read_ledger
from scoring.evidence.ledger.layout import ASSESSMENT
from scoring.files.children.guarded import unguarded
from scoring.files.excel.workbook import read_workbook


@pytest.fixture(scope="module")
def broken(small_set):
    make = both(
        entry(*RATE, "nhiều"), entry(*IDEAS, "ba"), entry(*SENT, "cuối tháng"),
        entry(*GIVEN, "1.250"), machine("documents", "1.3", "TL09"),
    )  # fmt: skip
    return make(Good(small_set))


@pytest.fixture(scope="module")
def findings(broken, small_set):
    return read_ledger(broken, small_set, file="so.xlsx").findings


def opened(data):
    return load_workbook(io.BytesIO(data))


def one_pixel():
    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0\0\0"))
        + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def lived_in():
    """A workbook with much that openpyxl would lose or rewrite."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    first = book.add_worksheet("Số liệu")
    second = book.add_worksheet("Của tôi")
    money = book.add_format({"num_format": "#,##0", "bold": True, "font_color": "red"})
    first.write_row(0, 0, ["Mục", "Số"])
    for row in range(1, 9):
        first.write(row, 0, f"1.{row}")
        first.write(row, 1, row * 10, money)
    first.insert_image("F2", "a.png", {"image_data": one_pixel()})
    first.write_comment("B3", "Số này lấy từ báo cáo")
    first.add_sparkline("D2", {"range": "'Số liệu'!B2:B9"})
    first.conditional_format("B2:B9", {"type": "data_bar", "data_bar_2010": True})
    first.data_validation("B2:B9", {"validate": "list", "source": "='Của tôi'!$A$1:$A$3"})
    first.set_header("&CTrang của tôi")
    first.add_table("H1:I4", {"columns": [{"header": "x"}, {"header": "y"}]})
    first.repeat_rows(0)
    second.write_column("A1", [10, 20, 30])
    second.print_area("A1:B9")
    second.activate()
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='Số liệu'!$B$2:$B$9"})
    second.insert_chart("D2", chart)
    book.close()
    return stream.getvalue()


def finding(cell, sheet="Số liệu"):
    return Finding("not-a-number", "a.xlsx", sheet, cell, values={"input": "Số", "value": "x"})


def test_every_finding_is_listed_with_a_link_to_its_cell(broken, findings):
    sheet = opened(annotate_ledger(broken, findings))["Cần xử lý"]
    assert sheet["A1"].value.startswith("Những việc cần xử lý: 4 lỗi, 1 cảnh báo")
    links = {cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink}
    assert links == {f"'{found.sheet}'!{found.cell}" for found in findings}
    assert sheet.oddFooter.right.text == "&P/&N"
    remedies = [sheet.cell(row, 6).value for row in range(4, 9)]
    assert sorted(remedies) == sorted(found.remedy() for found in findings)


def test_cells_are_coloured_and_carry_problem_and_remedy(broken, findings):
    sheet = opened(annotate_ledger(broken, findings))[ASSESSMENT]
    for found in findings:
        cell = sheet[found.cell]
        assert cell.fill.fgColor.rgb in {"FFFFC7CE", "FFFFEB9C"}
        assert found.problem() in cell.comment.text and found.remedy() in cell.comment.text


def test_the_original_file_is_never_changed(broken, findings, tmp_path):
    path, out = tmp_path / "sổ của đơn vị.xlsx", tmp_path / "đã đánh dấu.xlsx"
    path.write_bytes(broken)
    made = annotate_ledger(path, findings, out)
    assert path.read_bytes() == broken
    assert out.read_bytes() == made


def test_the_copy_reads_as_the_original(broken, findings, small_set):
    one = read_ledger(broken, small_set, file="so.xlsx")
    other = read_ledger(annotate_ledger(broken, findings), small_set, file="so.xlsx")
    assert other.findings == one.findings
    assert other.inputs.equals(one.inputs) and other.claims.equals(one.claims)


CHANGED = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}


def test_parts_that_have_no_finding_keep_every_byte(lived_in):
    old, new = parts_of(lived_in), parts_of(annotate_ledger(lived_in, [finding("B5")]))
    touched = {name for name in old if old[name] != new[name]}
    notes = {"xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"}
    assert touched == CHANGED | notes | {"xl/worksheets/sheet1.xml"}
    assert {name for name in new if name not in old} == {"xl/worksheets/sheetPar1.xml"}


def test_a_marked_sheet_differs_only_in_the_format_of_its_cell(lived_in):
    old = parts_of(lived_in)["xl/worksheets/sheet1.xml"].decode()
    new = parts_of(annotate_ledger(lived_in, [finding("B5")]))["xl/worksheets/sheet1.xml"].decode()

    def plain(text):
        return re.sub(r'<c s="\d+" r="B5"|<c r="B5" s="\d+"', '<c r="B5"', text)

    assert plain(new) == plain(old)
    assert "x14:sparkline" in new and "x14:dataBar" in new and "tableParts" in new


def test_a_sheet_without_notes_gets_them_in_the_place_the_schema_wants(lived_in):
    data = annotate_ledger(lived_in, [finding("A2", "Của tôi"), finding("C7", "Của tôi")])
    xml = parts_of(data)["xl/worksheets/sheet2.xml"].decode()
    assert xml.index("<drawing ") < xml.index("<legacyDrawing ") < xml.index("</worksheet>")
    sheet = opened(data)["Của tôi"]
    assert "không phải là số" in sheet["A2"].comment.text
    # An empty cell can be marked as well.
    assert sheet["C7"].comment and sheet["C7"].fill.fgColor.rgb == "FFFFC7CE"


def test_a_format_stays_but_for_its_background(lived_in):
    cell = opened(annotate_ledger(lived_in, [finding("B5")]))["Số liệu"]["B5"]
    assert (cell.number_format, cell.font.bold, cell.font.color.rgb) == ("#,##0", True, "FFFF0000")
    assert cell.value == 40


def test_a_note_that_was_there_stays_and_ours_follows(lived_in):
    text = opened(annotate_ledger(lived_in, [finding("B3")]))["Số liệu"]["B3"].comment.text
    assert text.startswith("Số này lấy từ báo cáo") and "không phải là số" in text


def test_names_and_views_still_point_at_their_own_sheets(lived_in):
    book = opened(annotate_ledger(lived_in, [finding("B5")]))
    assert book.sheetnames == ["Cần xử lý", "Số liệu", "Của tôi"]
    assert book["Số liệu"].print_title_rows == "$1:$1"
    assert book["Của tôi"].print_area == "'Của tôi'!$A$1:$B$9"
    assert book.active.title == "Của tôi"


def marks_of(data):
    """Colours and notes of all cells, and the names of the sheets."""
    book = opened(data)
    cells = [cell for sheet in book.worksheets[1:] for row in sheet.iter_rows() for cell in row]
    seen = {(c.parent.title, c.coordinate): (c.fill.fgColor.rgb, c.comment and c.comment.text)
            for c in cells if c.comment or c.fill.fill_type}  # fmt: skip
    return book.sheetnames, seen


def resaved(data):
    """Save a workbook by another program, as an evaluator does who corrects the marked copy."""
    stream = io.BytesIO()
    opened(data).save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("between", [bytes, resaved])
def test_annotating_again_starts_clean(broken, findings, between):
    once = annotate_ledger(broken, findings)
    again = annotate_ledger(between(once), findings)
    assert marks_of(again) == marks_of(once)
    boxes = [
        sum(part.count(b"<v:shape ") for name, part in parts_of(data).items() if "vml" in name)
        for data in (once, again)
    ]
    assert between is not bytes or boxes[0] == boxes[1] > 0
    none_left = annotate_ledger(between(once), [])
    assert marks_of(none_left)[1] == marks_of(annotate_ledger(broken, []))[1]
    assert rows_of(again, ASSESSMENT) == rows_of(between(once), ASSESSMENT)


def test_a_note_of_somebody_else_stays_when_ours_goes(lived_in):
    once = annotate_ledger(lived_in, [finding("B3"), finding("B5")])
    clean = opened(annotate_ledger(once, []))["Số liệu"]
    assert clean["B3"].comment.text == opened(lived_in)["Số liệu"]["B3"].comment.text
    assert clean["B5"].comment is None and clean["B5"].fill.fill_type is None


def test_workbooks_with_prefixed_elements_are_marked_as_well(broken, findings):
    data = annotate_ledger(rezipped(broken, _prefixed), findings)
    assert read_workbook(data, reader="streaming").names[0] == "Cần xử lý"
    sheets = [part for name, part in parts_of(data).items() if "xl/worksheets/sheet" in name]
    assert sum(b"<x:legacyDrawing" in sheet for sheet in sheets) == 1


def test_dangerous_texts_are_only_text(lived_in):
    evil = Finding(
        "not-a-number", sheet="Số liệu", cell="B5", values={"input": "<b>&", "value": '=1+1"'}
    )
    sheet = opened(annotate_ledger(lived_in, [evil]))["Cần xử lý"]
    assert sheet["E4"].data_type == "s" or sheet["E4"].data_type == "inlineStr"
    assert "<b>&" in sheet["E4"].value and "=1+1" in sheet["E4"].value


@pytest.mark.parametrize("cell", ["", "D", "ZZZZ9", "A0", "9:9", "A1:B2"])
def test_a_finding_without_a_proper_cell_is_listed_only(lived_in, cell):
    data = annotate_ledger(lived_in, [finding(cell), finding("B5", "Không có")])
    assert opened(data)["Cần xử lý"]["E5"].value


def test_without_findings_the_list_is_empty(lived_in):
    assert "0 lỗi" in opened(annotate_ledger(lived_in, []))["Cần xử lý"]["A1"].value


def changed(data, name, old, new):
    """Return a workbook in which a part says `new` for `old`."""

    def change(part, content):
        if part != name:
            return content
        assert re.search(old, content, re.DOTALL)
        return re.sub(old, new, content, flags=re.DOTALL)

    return rezipped(data, change)


SHEET, STYLES, WORKBOOK = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"


def rows_of(data, sheet="Số liệu"):
    return read_workbook(data)[sheet].rows


def test_cells_without_addresses_are_marked_where_they_stand(lived_in):
    bare = changed(lived_in, SHEET, rb' r="[A-Z]*[5-9]"', b"")
    made = annotate_ledger(bare, [finding("B5"), finding("C5"), finding("C12")])
    assert rows_of(made) == rows_of(bare) == rows_of(lived_in)
    xml = parts_of(made)[SHEET]
    assert xml.count(b"<c ") == parts_of(bare)[SHEET].count(b"<c ") + 2
    cell = opened(made)["Số liệu"]["B5"]
    assert (cell.value, cell.fill.fgColor.rgb) == (40, "FFFFC7CE")


@pytest.mark.parametrize("kept", ["", "<cellXfs><xf/></cellXfs>", "<fonts/><fills/><cellXfs/>"])
def test_a_style_sheet_that_lacks_lists_gets_them(lived_in, kept):
    poor = changed(lived_in, STYLES, rb"(<styleSheet[^>]*>).*</styleSheet>",
                   rb"\1" + kept.encode() + b"</styleSheet>")  # fmt: skip
    book = opened(annotate_ledger(changed(poor, SHEET, rb' s="\d+"', b""), [finding("B5")]))
    assert book["Số liệu"]["B5"].fill.fgColor.rgb == "FFFFC7CE"
    assert book["Số liệu"]["B6"].fill.fgColor.rgb != "FFFFC7CE"
    assert book["Cần xử lý"]["A1"].font.bold


def test_what_nobody_knows_stays(lived_in):
    strange = changed(lived_in, SHEET, rb"<worksheet", b'<!-- own --><?of-mine a="1"?><worksheet')
    strange = changed(strange, SHEET, rb" mc:Ignorable", b' xmlns:q="urn:q" q:a="1" mc:Ignorable')
    strange = changed(strange, SHEET, rb'<c r="B5"', b'<c q:ghi="1" r="B5"')
    old, new = (parts_of(d)[SHEET] for d in (strange, annotate_ledger(strange, [finding("B5")])))
    assert b'mc:Ignorable="' in old
    assert re.sub(rb'r="B5" s="\d+"', b'r="B5" s="1"', new) == old


def test_sheets_in_utf_16_are_marked_as_well(lived_in):
    def change(part, content):
        if part not in (SHEET, STYLES, WORKBOOK):
            return content
        return content.decode().replace('"UTF-8"', '"UTF-16"').encode("utf-16")

    made = annotate_ledger(rezipped(lived_in, change), [finding("B5")])
    assert rows_of(made) == rows_of(lived_in)
    assert opened(made)["Số liệu"]["B5"].fill.fgColor.rgb == "FFFFC7CE"


def test_a_drawing_that_is_no_sound_xml_still_gets_its_box(lived_in):
    drawing = "xl/drawings/vmlDrawing1.vml"
    page = changed(lived_in, drawing, rb"</xml>", b"<br></xml>")
    made = annotate_ledger(page, [finding("B5")])
    assert parts_of(made)[drawing].count(b"<v:shape ") == 2
    assert "không phải là số" in opened(made)["Số liệu"]["B5"].comment.text


def test_a_copy_that_would_read_otherwise_is_not_handed_out(lived_in, tmp_path, monkeypatch):
    def slip(sheet, cells):
        next(sheet.iter("{*}v")).text = "7"

    monkeypatch.setattr("scoring.evidence.ledger.annotate.reformat_cells", slip)
    with unguarded(), pytest.raises(OutputError) as caught:
        annotate_ledger(lived_in, [finding("B5")], tmp_path / "a.xlsx")
    found = caught.value.finding
    assert (found.code, found.sheet, found.cell) == ("annotated-copy-differs", "Số liệu", "A1")
    assert found.problem("vi") and not list(tmp_path.iterdir())


def test_what_is_no_workbook_is_refused():
    with pytest.raises(UnreadableError):
        annotate_ledger(b"ma,diem\n", [])


@pytest.mark.libreoffice
def test_libreoffice_opens_what_was_annotated(lived_in, tmp_path, recalculate):
    path = tmp_path / "a.xlsx"
    path.write_bytes(annotate_ledger(lived_in, [finding("B5"), finding("C7", "Của tôi")]))
    assert read_workbook(recalculate(path)).names == ["Cần xử lý", "Số liệu", "Của tôi"]

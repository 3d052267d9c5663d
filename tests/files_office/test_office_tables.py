"""Word documents and workbooks become the same grids: merged, nested, tracked, boxed, repeated."""

import io
import zipfile

import docx
import openpyxl
import pytest

from scoring.base.errors import UnreadableError
from scoring.files.office.content import Grid, Paragraph, ReadingLimits
from scoring.files.office.sheets import read_sheets
from scoring.files.office.word import read_word

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LIMITS = ReadingLimits()


def word(body, limits=LIMITS):
    """Read a document whose body is given as XML."""
    stream = io.BytesIO()
    docx.Document().save(stream)
    made = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            if name != "word/document.xml":
                new.writestr(name, old.read(name))
        text = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        new.writestr("word/document.xml", text)
    return read_word(made.getvalue(), limits)


def run(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(text):
    return f"<w:p>{run(text)}</w:p>"


def cell(content, properties=""):
    content = content if content.startswith("<") else paragraph(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def row(*cells, properties=""):
    inside = "".join(c if c.startswith("<w:tc>") else cell(c) for c in cells)
    return f"<w:tr>{properties}{inside}</w:tr>"


def table(*rows):
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def grid(*rows):
    (block,) = word(table(*rows)).blocks
    return block.rows


SPAN = '<w:gridSpan w:val="2"/>'
BEGINS, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def test_a_cell_merged_across_stands_once_and_owns_the_columns_it_covers():
    (only,) = grid(row(cell("CHỈ ĐẠO", SPAN), "2"))
    assert only.cells == ("CHỈ ĐẠO", "", "2")
    assert only.owner == (0, 0, 2)
    assert only.text == "CHỈ ĐẠO\t2"


def test_a_cell_merged_down_stands_once_and_is_carried_into_the_rows_below():
    rows = grid(
        row("1", cell("Văn phòng", BEGINS)),
        # Word may keep text in a cell that the one above covers; nobody sees it.
        row("2", cell("không thấy", GOES_ON)),
        row("3", cell("", GOES_ON)),
    )
    assert [r.cells for r in rows] == [("1", "Văn phòng"), ("2", ""), ("3", "")]
    assert [r.carried for r in rows] == [{}, {1: "Văn phòng"}, {1: "Văn phòng"}]


def test_a_cell_merged_across_and_down_is_carried_once():
    rows = grid(row(cell("A", SPAN + BEGINS), "1"), row(cell("", SPAN + GOES_ON), "2"))
    assert rows[1].cells == ("", "", "2")
    assert (rows[1].owner, rows[1].carried) == ((0, 0, 2), {0: "A"})


def test_columns_left_out_before_a_row_are_empty_cells():
    skipped = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>'
    assert grid(row("x", properties=skipped))[0].cells == ("", "x")


def test_a_span_of_a_million_columns_is_held_to_the_limit():
    wide = word(table(row(cell("a", '<w:gridSpan w:val="9999"/>'), "b")), ReadingLimits(columns=60))
    assert len(wide.blocks[0].rows[0].cells) == 60


def test_a_table_within_a_cell_is_lines_of_its_cell_and_marks_its_row():
    inner = table(row("Trên 90%", "2"), row("Còn lại", "0"))
    (only,) = grid(row("1", cell(f"{paragraph('Thang:')}{inner}<w:p/>")))
    assert only.cells[1].split("\n") == ["Thang:", "Trên 90%\t2", "Còn lại\t0", "", ""]
    assert only.marks == {"nested"}


def test_tables_nested_beyond_reason_end_at_a_depth():
    inner = paragraph("sâu")
    for _ in range(30):
        inner = paragraph("sâu") + table(row(cell(inner)))
    (only,) = grid(row(cell(inner)))
    assert only.cells[0].count("sâu") < 8


def test_what_track_changes_struck_out_is_not_read_and_what_they_inserted_is():
    struck = f"<w:del>{run('cũ')}</w:del><w:moveFrom>{run('chỗ cũ')}</w:moveFrom>"
    added = f"<w:ins>{run(' mới')}</w:ins><w:moveTo>{run(' chỗ mới')}</w:moveTo>"
    (only,) = word(f"<w:p>{run('Kế hoạch')}{struck}{added}</w:p>").blocks
    assert only.text == "Kế hoạch mới chỗ mới"


def test_a_row_that_track_changes_deleted_is_not_read():
    gone = "<w:trPr><w:del/></w:trPr>"
    assert [r.cells for r in grid(row("1"), row("2", properties=gone), row("3"))] == [
        ("1",), ("3",),
    ]  # fmt: skip


def test_a_text_box_is_read_once_though_word_writes_it_twice():
    box = f"<w:txbxContent>{paragraph('SỞ NỘI VỤ')}</w:txbxContent>"
    ns = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    twice = (
        f"<mc:AlternateContent {ns}><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    (only,) = word(f"<w:p>{run('Số: 1')}<w:r>{twice}</w:r></w:p>").blocks
    assert only.text == "Số: 1\nSỞ NỘI VỤ"


def test_a_heading_row_that_word_repeats_on_every_page_is_one_row():
    header = "<w:trPr><w:tblHeader/></w:trPr>"
    rows = grid(row("TT", "Tiêu chí", properties=header), *(row(str(n), "x") for n in range(200)))
    assert sum(r.cells == ("TT", "Tiêu chí") for r in rows) == 1


def test_paragraphs_rows_and_cells_inside_content_controls_are_read():
    def control(inside):
        return f"<w:sdt><w:sdtContent>{inside}</w:sdtContent></w:sdt>"

    held = control(paragraph("Lời dẫn")) + control(
        table(control(row("1", "2")), f"<w:tr>{control(cell('3'))}</w:tr>")
    )
    lead, block = word(held).blocks
    assert lead == Paragraph("Lời dẫn")
    assert [r.cells for r in block.rows] == [("1", "2"), ("3",)]


def test_tabs_part_the_text_of_a_paragraph_and_tab_stops_of_its_style_do_not():
    stops = "<w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>"
    (only,) = word(f"<w:p>{stops}{run('SỞ')}<w:r><w:tab/></w:r>{run('CỘNG HÒA')}</w:p>").blocks
    assert only.text == "SỞ\tCỘNG HÒA"


def test_more_lines_than_the_limit_are_cut_and_reported():
    cut = word(paragraph("a") * 5, ReadingLimits(lines=3))
    assert (len(cut.blocks), cut.truncated) == (3, True)


@pytest.mark.parametrize("body", ["</w:body>", "<w:p>"])
def test_xml_that_does_not_close_is_a_damaged_file(body):
    with pytest.raises(UnreadableError) as caught:
        word(body)
    assert caught.value.finding.code == "package-damaged"


def sheet(rows, *merged):
    book = openpyxl.Workbook()
    for values in rows:
        book.active.append(values)
    for area in merged:
        book.active.merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    (section,) = read_sheets(stream.getvalue(), LIMITS).sections
    (block,) = section.blocks
    assert isinstance(block, Grid)
    return block.rows


def test_merged_cells_of_a_workbook_are_those_of_word():
    rows = sheet([("CHỈ ĐẠO", None, 2), ("1", "Văn phòng", 1), ("2", None, 1)], "A1:B1", "B2:B3")
    assert rows[0].cells == ("CHỈ ĐẠO", "", "2") and rows[0].owner == (0, 0, 2)
    assert rows[2].cells == ("2", "", "1") and rows[2].carried == {1: "Văn phòng"}


def test_areas_merged_over_each_other_cost_no_more_than_a_large_sheet(monkeypatch):
    monkeypatch.setattr("scoring.files.office.sheets._MAX_COVERED", 50)
    rows = sheet([("a",), *[(None,)] * 98, ("z",)], "A1:A90", "B1:B90")
    assert sum(bool(r.carried) for r in rows) <= 50

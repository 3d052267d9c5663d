"""The Word report keeps to the form of Decree 30/2020/NĐ-CP and makes nothing up."""

from __future__ import annotations

import dataclasses
import io

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from matplotlib.font_manager import FontProperties, findfont, get_font

from scoring.outputs.word import form, word_report


def opened(content):
    return docx.Document(io.BytesIO(word_report(content)))


def cell_lines(cell):
    return [paragraph.text for paragraph in cell.paragraphs if paragraph.text]


@pytest.fixture(scope="module")
def document(province, make_content):
    return opened(make_content(province))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_no_heading_of_a_table_is_broken_within_a_word(province, make_content, lang):
    """STIX has the widths of Times; a cell leaves 1.9 mm free on either side of its text."""
    font = get_font(findfont(FontProperties(family="STIXGeneral", weight="bold")))
    font.set_size(1200, 72)
    for table in opened(make_content(province, lang=lang)).tables[1:]:
        for cell in table.rows[0].cells:
            for word in cell.text.split():
                font.set_text(word)
                assert font.get_width_height()[0] / 6400 <= Mm(cell.width.mm - 3.8).pt, word


def test_no_figure_of_a_table_is_broken_at_the_end_of_its_line(departments, make_content):
    document = opened(make_content(departments, unit_code="SM-A"))
    font = get_font(findfont(FontProperties(family="STIXGeneral")))
    font.set_size(1200, 72)
    figures = [(word, cell) for table in document.tables[1:] for row in table.rows[1:]
               for cell in row.cells if cell.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT
               for word in cell.text.split()]  # fmt: skip
    assert any("/" in word for word, _ in figures)
    for word, cell in figures:
        font.set_text(word)
        assert font.get_width_height()[0] / 6400 <= Mm(cell.width.mm - 3.8).pt, word


def test_the_same_content_gives_the_same_bytes(province, make_content):
    assert word_report(make_content(province)) == word_report(make_content(province))


def test_page_font_and_margins_are_those_of_the_decree(document):
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert Mm(20) <= section.top_margin <= Mm(25)
    assert Mm(20) <= section.bottom_margin <= Mm(25)
    assert Mm(30) <= section.left_margin <= Mm(35)
    assert Mm(15) <= section.right_margin <= Mm(20)
    style = document.styles["Normal"]
    assert (style.font.name, style.font.size) == ("Times New Roman", Pt(14))
    assert section.different_first_page_header_footer, "the first page shows no number"


def test_the_heading_block_names_nation_agency_number_and_place(document):
    left, right = document.tables[0].rows[0].cells
    assert cell_lines(left) == ["………", "UBND TỈNH PHÚ THỌ", "Số: …/BC-…"]
    assert cell_lines(right) == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "…, ngày … tháng … năm …",
    ]


def test_the_sections_stand_in_order(document):
    texts = [paragraph.text for paragraph in document.paragraphs]
    starts = ("BÁO CÁO", "Căn cứ", "I. ", "II. ", "III. ", "IV. ", "Trên đây", "PHỤ LỤC")
    places = [next(i for i, text in enumerate(texts) if text.startswith(s)) for s in starts]
    assert places == sorted(places)
    basis = next(p for p in document.paragraphs if p.text.startswith("Căn cứ"))
    assert basis.runs[0].italic and basis.text.startswith(
        "Căn cứ Quyết định số 766/QĐ-TTg ngày 23 tháng 6 năm 2022 của Thủ tướng Chính phủ"
    )
    assert not any("cải cách hành chính năm" in text or "CCHC" in text for text in texts[:8])


def test_every_item_below_its_maximum_has_a_row_to_explain(document, province, make_content):
    table = next(t for t in document.tables if t.rows[0].cells[-1].text == "Giải trình")
    wanted = make_content(province).items_to_explain
    assert [row.cells[0].text.split()[0] for row in table.rows[1:]] == [i.code for i in wanted]
    assert {row.cells[-1].text for row in table.rows[1:]} == {"………"}, "the unit writes it"
    assert wanted[0].explanation.arithmetic in table.rows[1].cells[2].text


def test_the_signature_block_leaves_signer_and_recipients_open(document):
    row = document.tables[-2].rows[0]
    left, right = row.cells
    assert row._tr.trPr.xpath("w:cantSplit"), "it never runs over two pages"
    closing = next(p for p in document.paragraphs if p.text.startswith("Trên đây"))
    assert closing.paragraph_format.keep_with_next
    assert cell_lines(left)[0] == "Nơi nhận:"
    assert cell_lines(left)[-1] == "- Lưu: VT, …."
    assert cell_lines(right)[-1] == "………"


def test_a_sample_set_says_so_and_its_decision_stays_blank(departments, make_content):
    texts = [p.text for p in opened(make_content(departments, unit_code="SM-A")).paragraphs]
    assert any(text.startswith("BỘ MẪU") for text in texts)
    assert any(text.startswith("Căn cứ ………") for text in texts)


def test_an_open_index_is_reported_as_a_range(unfinished, make_content):
    texts = [p.text for p in opened(make_content(unfinished)).paragraphs]
    assert any("nằm trong khoảng 18,00 – 98,00" in text for text in texts)


def test_text_that_xml_forbids_does_not_stop_the_report(province, make_content):
    content = dataclasses.replace(make_content(province), unit_name="Sở \x00\x0bA & <B>")
    assert "SỞ A & <B>" in opened(content).tables[0].rows[0].cells[0].text


def test_nothing_is_set_smaller_than_eight_points(document):
    """Every size that the document, its tables and its styles name."""
    parts = (
        document.element,
        document.styles.element,
        *(s.header._element for s in document.sections),
    )
    sizes = [int(size) / 2 for part in parts for size in part.xpath("//w:sz/@w:val")]
    assert sizes
    assert min(sizes) >= 8


def test_a_line_with_a_hash_is_not_torn_apart():
    document = form.new_document("Báo cáo", "Bộ mẫu", "vi")
    plain, hashed = (form.add_body(document, text) for text in ("Điểm 61,89", f"Mã: {'5e' * 32}"))
    assert (plain.alignment, hashed.alignment) == (form.JUSTIFY, form.LEFT)

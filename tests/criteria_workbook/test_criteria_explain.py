"""A set in words: the sentence, the evidence, the worked example, the source, both languages."""

import io
import re

import docx
import pytest
from small_criteria import SHEETS, small, write_folder

from scoring.base.errors import UsageError
from scoring.criteria import list_sets, open_set
from scoring.criteria.handbook import handbook_docx, handbook_html, write_handbook
from scoring.criteria.readable_set import explain_nodes, explain_set


@pytest.fixture
def criteria(small_set):
    return open_set(small_set)


def test_an_item_is_explained_by_its_rule_evidence_example_and_source(criteria):
    text = explain_set(criteria, "1.2")
    assert "từ 90% trở lên: 2,5 điểm; từ 70,5% đến dưới 90%: 1,25 điểm" in text
    assert "Báo cáo (ít nhất 1): Báo cáo kết quả" in text
    assert "Số nhiệm vụ hoàn thành = 36; Số nhiệm vụ theo kế hoạch = 40" in text
    assert "100 × 36 / 40" in text and "Kết quả: 2,50 điểm" in text
    assert text.splitlines()[-1].strip() == "Nguồn: mẫu"


def test_an_item_is_explained_in_english(criteria):
    text = explain_set(criteria, "1.1", "en")
    assert "1.1. Plan issued (up to 1.5 points)" in text
    assert "issued by 15 Jan of the assessment year" in text
    assert "Result: 1.50 points" in text


def test_what_the_example_shows_is_what_the_rule_gives(criteria):
    points = {
        example.name: example.points
        for node in explain_nodes(criteria)
        for example in node.examples
    }
    assert points == {
        "Đúng hạn": "1,50",
        "36 trên 40": "2,50",
        "Ba sáng kiến": "1,50",
        "Một phần": "2,00",
    }


def test_a_parent_is_explained_with_all_below_it_and_nothing_else(criteria):
    text = explain_set(criteria, "1")
    assert [code for code in ("1.1. ", "1.2. ", "1.10. ") if code in text] == [
        "1.1. ",
        "1.2. ",
        "1.10. ",
    ]
    assert "Thủ tục hành chính" not in text


def test_the_whole_set_starts_with_its_status_decision_and_caveats(criteria):
    head = explain_set(criteria).split("\n1. ")[0]
    assert "MẪU" in head and "01/QĐ-SNV" in head and "! Chỉ để kiểm thử." in head
    assert "01/01/2026 – 31/12/2026" in head


def test_an_item_of_a_sample_is_marked_too(criteria):
    assert explain_set(criteria, "2").startswith("MẪU")


def test_an_unknown_item_is_a_usage_error(criteria):
    with pytest.raises(UsageError, match=r"9\.9"):
        explain_set(criteria, "9.9")


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("set_id", sorted(list_sets()))
def test_every_shipped_set_can_be_explained_and_printed(set_id, lang):
    criteria = open_set(set_id)
    text, page = explain_set(criteria, lang=lang), handbook_html(criteria, lang)
    for node in criteria.nodes:
        assert f"{node.code}. " in text and f'id="item-{node.code}"' in page
    assert handbook_docx(criteria, lang)


HOSTILE = '<script>alert(1)</script>{{ 7*7 }} "&'


def test_no_text_of_a_set_becomes_markup_or_code(tmp_path):
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    changes = small("items", "Sáng kiến", quoted) | small("evidence", "Báo cáo kết quả", quoted)
    page = handbook_html(open_set(write_folder(tmp_path / "a", **changes)))
    assert "<script" not in page and "{{ 7*7 }}" in page and "49" not in page
    assert page.count("&lt;script&gt;") >= 2


def test_the_page_loads_nothing_from_elsewhere(criteria):
    page = handbook_html(criteria)
    assert not re.search(r"""(src|href)=["'](?!#)""", page) and "url(" not in page


def test_the_word_handbook_has_headings_a4_and_the_mark_of_a_sample(criteria):
    document = docx.Document(io.BytesIO(handbook_docx(criteria)))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert "1.10. Sáng kiến (tối đa 2 điểm)" in headings
    assert "MẪU" in document.sections[0].header.paragraphs[0].text
    assert round(document.sections[0].page_width.cm, 1) == 21.0
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert any("100 × 36 / 40" in text for text in cells)


def test_the_word_handbook_takes_any_text_a_set_may_hold(tmp_path):
    folder = write_folder(
        tmp_path / "a", items=SHEETS["items"].replace("Sáng kiến", "a\ufffe\x08<w:p>")
    )
    assert handbook_docx(open_set(folder))


def test_the_handbook_is_written_by_the_ending_of_its_name(criteria, tmp_path):
    assert write_handbook(criteria, tmp_path / "sổ tay.html").read_text("utf-8").startswith("<!DOC")
    assert write_handbook(criteria, tmp_path / "sổ tay.docx").read_bytes()[:2] == b"PK"
    with pytest.raises(UsageError, match="pdf"):
        write_handbook(criteria, tmp_path / "a.pdf")


def test_every_example_the_set_declares_is_shown(criteria):
    declared = {line.split(",")[1] for line in SHEETS["examples"].splitlines()[1:]}
    assert declared == {e.name for node in explain_nodes(criteria) for e in node.examples}


def test_of_a_penalty_the_most_that_is_taken_off_is_told():
    criteria = open_set("department-sample")
    text = explain_set(criteria, "10")
    assert "10. Điểm phạt (bị trừ tối đa 3 điểm)" in text and "(tối đa 3 điểm)" not in text
    assert "(up to 3 points taken off)" in explain_set(criteria, "10", "en")
    assert "9. Điểm thưởng (tối đa 2 điểm)" in explain_set(criteria, "9")


def test_the_caps_the_penalty_and_the_grades_of_a_set_are_told(tmp_path):
    text = explain_set(open_set("department-sample"))
    assert "cộng điểm thưởng (nhiều nhất 1,5); trừ điểm phạt (nhiều nhất 2)" in text
    assert "Xếp loại:\n- Tốt (mẫu): từ 90 trở lên\n- Khá (mẫu)" in text
    monthly = open_set("khanh-hoa-11-qd-tu-2026-monthly")
    table = docx.Document(io.BytesIO(handbook_docx(monthly))).tables[1]
    assert table.rows[-1].cells[1].text == "bị trừ tối đa 3,5"
    for lang, words in (("vi", "bị trừ tối đa 3,5</td>"), ("en", "up to 3.5 taken off</td>")):
        assert words in handbook_html(monthly, lang)


def test_an_example_of_a_penalty_says_that_its_points_are_taken_off():
    text = explain_set(open_set("khanh-hoa-11-qd-tu-2026-monthly"), "III.2")
    assert "Kết quả: bị trừ 0,50 điểm." in text and "Kết quả: 0,50 điểm" not in text


def test_the_decision_of_a_set_has_its_day_as_people_write_it():
    assert "766/QĐ-TTg ngày 23/06/2022, Thủ tướng" in explain_set(open_set("service-quality-766"))
    assert "of 23 Jun 2022" in explain_set(open_set("service-quality-766"), lang="en")

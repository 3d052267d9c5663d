"""Headings, numbers of parts and figures are read in one way for decisions, plans and documents."""

import pytest

from scoring.official.figure_text import as_number, read_points
from scoring.official.numbering import opening_of, read_code, roman_value
from scoring.official.recognising import heading_role, is_column_numbers
from scoring.official.wording import UPPER, any_of, folded


@pytest.mark.parametrize(
    ("heading", "criteria", "tasks"),
    [
        ("STT", "code", "number"),
        ("Nội dung", "name", "task"),
        ("Nhiệm vụ", "name", "task"),
        ("Điểm tối đa", "max", ""),
        ("Điểm tự đánh giá", "other", ""),
        ("Kết quả, sản phẩm", "other", "product"),
        ("Đơn vị chủ trì", "", "lead_unit"),
        ("Chủ trì, phối hợp", "", "assignment"),
        ("Thời hạn hoàn thành", "", "deadline"),
        ("Tài liệu kiểm chứng", "evidence", ""),
        ("Ghi chú", "note", "note"),
        ("Trang", "", ""),
    ],
)
def test_a_heading_says_what_its_column_holds_in_either_table(heading, criteria, tasks):
    assert heading_role(heading, "criteria") == criteria
    assert heading_role(heading, "tasks") == tasks
    assert heading_role(f"* {heading.upper()}:", "tasks") == tasks


@pytest.mark.parametrize("text", ["Kịp thời: 1", "Nội dung " * 20, "", "1.1"])
def test_content_is_no_heading_of_criteria(text):
    assert heading_role(text, "criteria") == ""


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["(1)", "(2)", "(3)"], True),
        (["A", "B", "1", "2", "3=1+2"], True),
        (["1", "2", "4"], True),
        (["1", "2"], False),
        (["", "", "1", "1", "1"], False),
        (["1", "Kế hoạch", "2"], False),
    ],
)
def test_a_row_that_counts_the_columns_is_told_from_a_row_of_figures(cells, numbers):
    assert is_column_numbers(cells) is numbers


@pytest.mark.parametrize(
    ("line", "style", "mark"),
    [
        ("II. NHIỆM VỤ", "roman", "II"),
        ("1. Công tác chỉ đạo", "number", "1"),
        ("1.2) Rà soát", "dotted", "1.2"),
        ("đ) Kiểm tra", "letter", "đ"),
    ],
)
def test_the_number_that_opens_a_line_has_a_style(line, style, mark):
    opening = opening_of(line)
    assert (opening.style, opening.mark, opening.is_spaced) == (style, mark, True)


def test_a_figure_with_decimals_opens_nothing():
    assert not opening_of("1.250 hồ sơ").is_spaced
    assert opening_of("Rà soát 1. lần") is None


def test_codes_points_and_figures():
    assert read_code("Tiêu chí 2.03").text == "2.3"
    assert [roman_value(text) for text in ("IV", "XXXIX", "IIII", "")] == [4, 39, 0, 0]
    assert (read_points("tối đa 1,5 điểm"), read_points("1.000"), as_number("0,25")) == (
        1.5, None, 0.25,
    )  # fmt: skip


def test_folding_keeps_the_length_and_one_form_of_signs():
    text = "Tỉ lệ “A” x 2 – 3"
    assert folded(text) == 'tỷ lệ "a" × 2 - 3' and len(folded(text)) == len(text)


def test_every_capital_of_vietnamese_is_known_once():
    assert len(UPPER) == len(set(UPPER)) == 21 + 12 * 6
    assert any_of(["sở", "sở nội vụ"]).split("|")[0] == r"sở\s+nội\s+vụ"

"""Text: composed letters, plain spaces, codes by number, Vietnamese order."""

import unicodedata

import pytest

from scoring.base.text import (
    clean_text,
    code_key,
    shortened,
    sorted_codes,
    vietnamese_key,
    without_marks,
)


def test_two_ways_of_typing_a_heading_are_one():
    typed = unicodedata.normalize("NFD", "Tiêu chí  thành\u00a0phần")
    assert clean_text(typed) == "Tiêu chí thành phần"


@pytest.mark.parametrize("mark", ["\u200b", "\u00ad", "\ufeff", "\u202e", "\u2066"])
def test_invisible_marks_vanish(mark):
    assert clean_text(f"1{mark}.2") == "1.2"


def test_control_characters_become_spaces():
    assert clean_text("a\x00b\tc\r\nd") == "a b c d"


def test_long_text_is_cut_on_one_line():
    assert shortened("x" * 200) == "x" * 79 + "…" and shortened("a\nb") == "a b"


def test_marks_are_dropped_for_matching_only():
    assert without_marks("Đ\u00e3 Ban Hành") == "da ban hanh"


def test_codes_sort_by_their_numbers():
    codes = ["1.10", "10", "1.2", "2", "1", "TH.2", "TH.10", "1.2.1"]
    assert sorted_codes(codes) == ["1", "1.2", "1.2.1", "1.10", "2", "10", "TH.2", "TH.10"]


def test_a_code_of_five_thousand_digits_does_not_stop_the_sort():
    assert code_key("9" * 5000)


def test_names_sort_as_a_vietnamese_dictionary():
    names = ["Yên Bái", "Âu Lạc", "Đà Nẵng", "Điện Biên", "An Giang", "Hà Nội", "Hạ Long", "Ba Vì"]
    assert sorted(names, key=vietnamese_key) == [
        "An Giang", "Âu Lạc", "Ba Vì", "Đà Nẵng", "Điện Biên", "Hạ Long", "Hà Nội", "Yên Bái",
    ]  # fmt: skip


def test_tones_decide_only_between_equal_letters():
    names = ["má", "ma", "mạ", "mả", "mà", "mã", "mab"]
    assert sorted(names, key=vietnamese_key) == ["ma", "mà", "mả", "mã", "má", "mạ", "mab"]


def test_any_text_has_a_place():
    assert vietnamese_key("") is not None and vietnamese_key("😀 ﷺ 漢字 \u0301")

"""Document numbers: the forms of the decree, and the mistakes near them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.official.document_kinds import document_kinds, kind_of, kind_written, kinds_of
from scoring.official.document_number import (
    DocumentNumber,
    acronym,
    cited_numbers,
    read_document_number,
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1528/KH-SKHCN", ("1528", None, "KH", "SKHCN", "", "state")),
        ("268/QĐ-BNV", ("268", None, "QĐ", "BNV", "", "state")),
        ("43/2021/QĐ-UBND", ("43", 2021, "QĐ", "UBND", "", "state")),
        ("93/NQ-HĐND", ("93", None, "NQ", "HĐND", "", "state")),
        ("1015/QĐ-TTg", ("1015", None, "QĐ", "TTg", "", "state")),
        ("981/TTr-SNV", ("981", None, "TTr", "SNV", "", "state")),
        ("04-NQ/TU", ("04", None, "NQ", "TU", "", "party")),
        ("6459/BNV-CCHC", ("6459", None, "CV", "BNV", "CCHC", "letter")),
        ("55/2022/QH15", ("55", 2022, "", "QH15", "", "assembly")),
        ("34/2007/PL-UBTVQH11", ("34", 2007, "PL", "UBTVQH11", "", "state")),
    ],
)
def test_a_number_in_the_right_form_is_parsed_and_written_back_unchanged(text, parts):
    read = read_document_number(text)
    assert read.value == DocumentNumber(*parts)
    assert str(read.value) == text
    assert read.findings == ()


@pytest.mark.parametrize(
    "text", ["/KH-SKHCN", "Số: /KH-SKHCN", "Số:      /KH-SKHCN", "…../KH-SKHCN"]
)
def test_a_number_still_blank_is_read_and_reported_as_a_draft(text):
    read = read_document_number(text)
    assert read.value.is_blank
    assert read.likely == "/KH-SKHCN"
    assert [finding.code for finding in read.findings] == ["document-number-blank"]


@pytest.mark.parametrize(
    ("text", "likely", "code"),
    [
        ("268 / QĐ-BNV", "268/QĐ-BNV", "document-number-spaces"),
        ("268/QĐ - BNV", "268/QĐ-BNV", "document-number-spaces"),
        ("268/QĐ–BNV", "268/QĐ-BNV", "document-number-dash"),
        ("268/QD-BNV", "268/QĐ-BNV", "document-number-letters"),
        ("268/QÐ-BNV", "268/QĐ-BNV", "document-number-letters"),  # eth for Đ
        ("93/NQ-HDND", "93/NQ-HĐND", "document-number-letters"),
        ("268/qđ-bnv", "268/QĐ-BNV", "document-number-case"),
        ("981/TTR-SNV", "981/TTr-SNV", "document-number-case"),
        ("1015/QĐ-TTG", "1015/QĐ-TTg", "document-number-case"),
        ("268/QĐ/BNV", "268/QĐ-BNV", "document-number-separator"),
        ("268-QĐ/BNV", "268/QĐ-BNV", "document-number-separator"),
        ("09/NQ/TW", "09-NQ/TW", "document-number-separator"),
        ("43/21/QĐ-UBND", "43/2021/QĐ-UBND", "document-number-year"),
        (unicodedata.normalize("NFD", "12/TB-SGDÁT"), "12/TB-SGDÁT", "document-number-decomposed"),
    ],
)
def test_a_mistake_near_the_form_is_a_finding_with_the_likely_form(text, likely, code):
    read = read_document_number(text)
    assert code in [finding.code for finding in read.findings]
    assert read.likely == likely
    assert all(read.likely in finding.text("vi") for finding in read.findings)


@pytest.mark.parametrize(
    ("text", "name", "likely"),
    [
        ("/QĐ-SKHCHN", "Sở Khoa học và Công nghệ", "/QĐ-SKHCN"),
        ("741/KH-SKH-CN", "Sở Khoa học và Công nghệ", "741/KH-SKHCN"),
        ("7/KH-SGDDT", "Sở Giáo dục và Đào tạo", "7/KH-SGDĐT"),
    ],
)
def test_a_misspelt_issuer_shows_against_its_full_name(text, name, likely):
    read = read_document_number(text, issuer_name=name)
    assert read.likely == likely
    assert "document-number-issuer" in [finding.code for finding in read.findings]


def test_an_issuer_far_from_the_name_is_left_alone():
    read = read_document_number("12/QĐ-UBND", issuer_name="Sở Nội vụ")
    assert read.likely == "12/QĐ-UBND"
    assert read.findings == ()
    assert read_document_number("12/QĐ-STC", issuer_name="Sở Nội vụ").findings == ()


@pytest.mark.parametrize("text", ["bài thơ", "12", "12/", "3235/QĐ-", "///", "1/2/3/4", "x" * 500])
def test_what_is_no_number_is_refused_with_one_finding(text):
    read = read_document_number(text)
    assert read.value is None
    assert [finding.code for finding in read.findings] == ["not-a-document-number"]


def test_an_empty_cell_is_no_problem():
    assert read_document_number(" ").findings == ()


def test_citations_are_found_in_running_text():
    text = (
        "Căn cứ Nghị quyết số 55/2022/QH15 ngày 16/6/2022; Nghị định số 107/2020/NĐ-CP; "
        "Quyết định số 39/2023/QĐ-UBND ngày 21/12/2023; Nghị định số 107/2020/NĐ-CP; quý I/2024"
    )
    assert [read.likely for read in cited_numbers(text)] == [
        "55/2022/QH15",
        "107/2020/NĐ-CP",
        "39/2023/QĐ-UBND",
    ]


def test_the_kinds_of_the_decree_are_all_there_with_a_status():
    kinds = document_kinds()
    assert sum(kind.status == "official" for kind in kinds.values()) == 28
    assert {kind.status for kind in kinds.values()} == {"official", "observed"}
    assert kind_of("Tờ trình") == "TTr"
    assert kinds_of("Kế hoạch; Quyết định") == {"KH", "QĐ"}
    assert kind_written("da") == ("DA",)  # the exact letters win over Đ typed as D


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_fail(text):
    read = read_document_number(text)
    assert read.value is not None or not read.likely


@given(
    st.integers(1, 99999),
    st.none() | st.integers(1945, 2099),
    st.sampled_from(sorted(k for k, v in document_kinds().items() if not v.unwritten)),
    st.sampled_from(["UBND", "SNV", "SKHCN", "BNV", "HĐND", "TTg"]),
)
def test_every_well_formed_number_survives_reading_and_writing(number, year, kind, issuer):
    value = DocumentNumber(str(number), year, kind, issuer)
    read = read_document_number(str(value))
    assert (read.value, read.findings) == (value, ())


def test_an_acronym_takes_the_initials_and_keeps_the_letter_d_with_a_bar():
    assert acronym("Sở Lao động - Thương binh và Xã hội") == "SLĐTBXH"
    assert acronym("Ủy ban nhân dân") == "UBND"

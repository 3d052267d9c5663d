"""What a document is: five real plans, and documents made in the normal form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evidence.documents.identify import identify
from scoring.evidence.documents.identify.signer import person_name
from scoring.files.office.formats import read_file

FIELDS = ("number", "kind", "place", "issued_on", "issuer", "title", "signer", "position")

# Read by hand from each document.
REAL = {
    "000_2e84672696d8d89b.txt": (
        "/KH-SKHCN",
        "KH",
        "Sơn La",
        "2022-01",
        "Sở Khoa học và Công nghệ",
        "Cải cách hành chính của Sở Khoa học và Công nghệ năm 2022",
        "Lưu Bình Khiêm",
        "Giám đốc",
    ),
    "001_67d120fd8a00921a.txt": (
        "/KH-SKHCN",
        "KH",
        "Quảng Ngãi",
        "2024-12-26",
        "Sở Khoa học và Công nghệ",
        "Cải cách hành chính của Sở Khoa học và Công nghệ năm 2025",
        "Nguyễn Văn Thành",
        "Giám đốc",
    ),
    "002_0213b0710b84e80c.txt": (
        "/QĐ-SKHCHN",
        "QĐ",
        "Khánh Hòa",
        "2024-01",
        "Sở Khoa học và Công nghệ Khánh Hòa",
        "Ban hành Kế hoạch cải cách hành chính của Sở Khoa học và Công nghệ năm 2024",
        "Lê Vinh Liên Trang",
        "Giám đốc",
    ),
    "003_78cc5b8dc42351dd.txt": (
        "2944/QĐ-UBND",
        "QĐ",
        "Sơn La",
        "2020-12-25",
        "Ủy ban nhân dân tỉnh Sơn La",
        "VỀ VIỆC BAN HÀNH KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH TỈNH SƠN LA NĂM 2021",
        "Hoàng Quốc Khánh",
        "Chủ tịch",
    ),
    "004_72adce018a707e85.txt": (
        "/KH-SGDĐT",
        "KH",
        "Gia Lai",
        "2021-12",
        "Sở Giáo dục và Đào tạo",
        "Cải cách hành chính năm 2022",
        "Nguyễn Văn Long",
        "Phó Giám đốc",
    ),
}
REAL_BASES = {
    "000_2e84672696d8d89b.txt": ["3162/QĐ-UBND"],
    "001_67d120fd8a00921a.txt": [
        "93/NQ-HĐND", "1256/QĐ-UBND", "1546/QĐ-UBND", "1528/KH-SKHCN",
    ],
    "002_0213b0710b84e80c.txt": ["1753/QĐ-UBND", "39/2023/QĐ-UBND", "3409/QĐ-UBND"],
    "003_78cc5b8dc42351dd.txt": ["47/2019/QH14", "6459/BNV-CCHC", "981/TTr-SNV"],
    "004_72adce018a707e85.txt": ["602/QĐ-UBND", "924/QĐ-UBND"],
}  # fmt: skip


def stated(identity):
    return tuple(getattr(identity, name).value for name in FIELDS)


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", sorted(REAL))
def test_every_field_of_a_real_plan_comes_out_right(shared_folder, name):
    found = identify((shared_folder / "seeds" / name).read_text(encoding="utf-8"))
    assert stated(found) == REAL[name]
    assert [basis.number for basis in found.legal_bases] == REAL_BASES[name]


@pytest.mark.needs_shared
def test_the_misspelt_issuer_of_the_decision_is_a_finding_with_the_likely_form(shared_folder):
    text = (shared_folder / "seeds" / "002_0213b0710b84e80c.txt").read_text(encoding="utf-8")
    found = {finding.code: finding for finding in identify(text).findings}
    assert "/QĐ-SKHCN;" in found["document-number-issuer"].remedy("vi")


@pytest.mark.needs_shared
def test_the_deputy_of_gia_lai_signs_for_the_director(shared_folder):
    text = (shared_folder / "seeds" / "004_72adce018a707e85.txt").read_text(encoding="utf-8")
    assert identify(text).signed_for == "KT. Giám đốc"


@pytest.mark.parametrize("form", ["txt", "docx", "pdf"])
def test_a_plan_in_the_normal_form_is_known_in_every_file_type(
    form, plan_lines, make_docx, make_pdf
):
    lines = plan_lines()
    data = {
        "txt": lambda: "\n".join(lines).encode(),
        "docx": lambda: make_docx(lines),
        "pdf": lambda: make_pdf(lines),
    }[form]()
    content = read_file(f"kế hoạch.{form}", data)
    assert content.findings == ()
    assert stated(identify(content.text)) == (
        "12/KH-SNV",
        "KH",
        "Sơn La",
        "2024-01-05",
        "Sở Nội vụ",
        "Cải cách hành chính của Sở Nội vụ năm 2024",
        "Nguyễn Văn An",
        "Phó Giám đốc",
    )


def test_columns_run_together_by_a_pdf_are_told_apart():
    found = identify(
        "UBND TỈNH SƠN LA CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "SỞ NỘI VỤ Độc lập - Tự do - Hạnh phúc\n"
        "Số: 12/KH-SNV Sơn La, ngày 05 tháng 01 năm 2024\n"
        "KẾ HOẠCH\nTuyên truyền cải cách hành chính năm 2024\n"
        "Căn cứ Luật;\n"
        "Nơi nhận: GIÁM ĐỐC\n- UBND tỉnh;\n- Lưu: VT. Nguyễn Văn An\n"
    )
    assert stated(found)[:5] == ("12/KH-SNV", "KH", "Sơn La", "2024-01-05", "Sở Nội vụ")
    assert found.signer.value == "Nguyễn Văn An"


def test_a_title_ends_at_the_blank_line_below_it():
    found = identify(
        "Số: 1/KH-SNV\nKẾ HOẠCH\nTuyên truyền CCHC\nnăm 2024\n\nNăm qua, Sở đã làm tốt"
    )
    assert found.title.value == "Tuyên truyền CCHC năm 2024"


def test_a_letter_takes_its_subject_as_title_and_the_ministry_as_issuer():
    found = identify(
        "BỘ NỘI VỤ\n-------\nSố: 6459/BNV-CCHC\n"
        "V/v hướng dẫn xây dựng kế hoạch và báo cáo\ncải cách hành chính định kỳ năm 2021\n"
        "Hà Nội, ngày 07 tháng 12 năm 2020\n"
        "Kính gửi: Ủy ban nhân dân các tỉnh, thành phố.\n"
        "Thực hiện nhiệm vụ được giao, Bộ Nội vụ hướng dẫn như sau:\n"
        "Nơi nhận:\n- Như trên;\n- Lưu: VT, CCHC.\nKT. BỘ TRƯỞNG\nTHỨ TRƯỞNG\n(Đã ký)\nTrần Thị Bình\n"
    )
    assert stated(found) == (
        "6459/BNV-CCHC",
        "CV",
        "Hà Nội",
        "2020-12-07",
        "Bộ Nội vụ",
        "hướng dẫn xây dựng kế hoạch và báo cáo cải cách hành chính định kỳ năm 2021",
        "Trần Thị Bình",
        "Thứ trưởng",
    )


def test_a_blank_day_is_not_made_up(plan_lines):
    found = identify("\n".join(plan_lines(day="", month="02")))
    assert found.issued_on.value == "2024-02"
    assert "document-date-incomplete" in [finding.code for finding in found.findings]


def test_a_day_that_does_not_exist_is_a_finding_and_no_date(plan_lines):
    found = identify("\n".join(plan_lines(day="31", month="02")))
    assert found.issued_on.value == ""
    assert "document-date-impossible" in [finding.code for finding in found.findings]


def test_a_title_that_belies_the_number_is_reported(plan_lines):
    found = identify("\n".join(plan_lines(number="12/BC-SNV")))
    assert "document-kind-disagrees" in [finding.code for finding in found.findings]
    assert found.kind.confidence < 0.5


def test_a_mark_of_secrecy_is_noticed(plan_lines):
    lines = list(plan_lines())
    assert not identify("\n".join(lines)).secret
    assert identify("\n".join([*lines[:5], "TỐI MẬT", *lines[5:]])).secret


def test_a_decision_tells_the_kind_of_what_it_issues():
    found = identify("Số: 1/QĐ-SNV\nQUYẾT ĐỊNH\nVề việc ban hành Kế hoạch tuyên truyền năm 2024\n")
    assert (found.kind.value, found.issues_kind) == ("QĐ", "KH")


@pytest.mark.parametrize("text", ["", "\n\n", "xin chào", "a" * 100_000, "Số:\n" * 5_000])
def test_a_text_that_is_no_document_states_nothing(text):
    found = identify(text)
    assert not any(stated(found))
    assert "document-without-number" in [finding.code for finding in found.findings]


PIECES = st.sampled_from(
    ["Số:", "12/KH-SNV", "/QĐ-SKHCHN", "Sơn La,", "ngày", "tháng 13", "năm 2024", "KẾ HOẠCH",
     "QUYẾT ĐỊNH:", "Căn cứ", "GIÁM ĐỐC", "KT.", "Nơi nhận:", "Nguyễn Văn An", "SỞ NỘI VỤ",
     "Sở Nội vụ", "\n", "\n\n", "\t", "**", "<p>", "-----", "V/v", "BỘ TRƯỞNG BỘ", "\ud800", "\x00"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40))
def test_no_jumble_of_the_parts_of_documents_makes_it_fail(pieces):
    found = identify(" ".join(pieces))
    assert all(0 <= getattr(found, name).confidence <= 1 for name in FIELDS)
    assert all(finding.text("vi") for finding in found.findings)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ThS. Lê Thị Hoa", "Lê Thị Hoa"),
        ("- Lưu: VT, CCHC.", ""),
        ("PHỤ LỤC", ""),
        ("Các phòng, đơn vị", ""),
        ("Kế hoạch này", ""),
    ],
)
def test_only_a_name_is_taken_as_a_name(text, name):
    assert person_name(text) == name

"""Reading documents: every type, every kind of broken or hostile file, always a finding."""

import io
import zipfile

import pytest

from scoring.files.office.content import ReadingLimits
from scoring.files.office.formats import read_file, sniff_type


def codes(content):
    return [finding.code for finding in content.findings]


def test_tables_and_paragraphs_of_word_come_in_their_order(plan_lines, make_docx):
    text = read_file("a.docx", make_docx(plan_lines())).text
    assert text.index("Số: 12/KH-SNV") < text.index("Sơn La, ngày") < text.index("KẾ HOẠCH")


def test_a_workbook_gives_a_section_per_sheet_with_dates_as_people_write_them():
    import datetime as dt

    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Danh mục"
    book.active.append(["Số: 12/KH-SNV", 3, dt.date(2024, 1, 5)])
    book.create_sheet("Phụ lục").append(["Kế hoạch"])
    buffer = io.BytesIO()
    book.save(buffer)
    content = read_file("a.xlsx", buffer.getvalue())
    assert [section.name for section in content.sections] == ["Danh mục", "Phụ lục"]
    assert "Số: 12/KH-SNV\t3\t05/01/2024" in content.text


def test_a_pdf_gives_a_section_per_page(make_pdf):
    content = read_file("a.pdf", make_pdf(["Số: 12/KH-SNV"], ["Đề án, Ủy ban"]))
    assert [section.name for section in content.sections] == ["1", "2"]
    assert "Đề án, Ủy ban" in content.text


def test_a_scanned_pdf_is_reported_and_never_guessed(make_pdf):
    content = read_file("a.pdf", make_pdf([], []))
    assert (codes(content), content.text.strip()) == (["document-scanned"], "")


def test_single_scanned_pages_are_named(make_pdf):
    content = read_file("a.pdf", make_pdf(["KẾ HOẠCH"], []))
    assert content.findings[0].values["pages"] == "2"


def test_only_the_visible_text_of_a_web_page_is_read():
    page = "<html><head><title>x</title></head><body><p>Số: 1/KH-SNV</p><script>evil()</script>"
    assert read_file("a.html", page.encode()).text.split() == ["Số:", "1/KH-SNV"]


def test_a_mail_gives_subject_and_body_and_names_its_attachments():
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"] = "Báo cáo CCHC quý I"
    message["From"] = "vanphong@example.vn"
    message.set_content("Kính gửi Sở Nội vụ")
    message.add_alternative("<p>Kính gửi</p>", subtype="html")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="bc.pdf")
    content = read_file("a.eml", bytes(message))
    assert "Báo cáo CCHC quý I" in content.text
    assert "Kính gửi Sở Nội vụ" in content.text
    assert codes(content) == ["mail-attachment"]


def test_utf16_with_its_mark_is_read_and_other_encodings_are_reported():
    assert read_file("a.txt", "Kế hoạch".encode("utf-16")).text == "Kế hoạch"
    assert codes(read_file("a.txt", b"K\xea ho\xe1ch")) == ["document-encoding"]


def zipped(**parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.pdf", b"", "document-empty"),
        ("a.pdf", b"%PDF-1.7 nothing more", "document-broken"),
        ("a.docx", zipped(word__document_xml="<x/>"), None),
        ("a.docx", zipped(word__document_xml="<!DOCTYPE a [<!ENTITY b 'c'>]><w/>"), None),
        ("a.docx", b"PK\x03\x04 cut short", "document-type-differs"),
        ("a.pdf", b"MZ\x90\x00 program", "document-type-differs"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "document-type-differs"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "document-is-image"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "document-not-read"),
        ("a.zip", zipped(b="c"), "document-not-read"),
        ("a.bin", b"\x00\x01", "document-is-none"),
    ],
)
def test_a_broken_or_hostile_file_is_a_finding_and_never_a_crash(name, data, code):
    found = codes(read_file(name, data))
    assert found
    assert code is None or found == [code]


def test_a_zip_bomb_is_not_opened():
    bomb = zipped(word__document_xml=b" " * 40_000_000, x="y")
    content = read_file("a.docx", bomb)
    assert content.text == ""
    assert content.findings[0].severity == "error"


def test_a_pdf_behind_a_password_says_so(make_pdf):
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(make_pdf(["KẾ HOẠCH"]))))
    writer.encrypt("bí mật")
    buffer = io.BytesIO()
    writer.write(buffer)
    assert codes(read_file("a.pdf", buffer.getvalue())) == ["document-encrypted"]


def test_what_lies_beyond_a_limit_is_reported(make_pdf):
    limits = ReadingLimits(pages=1, letters=100)
    assert codes(read_file("a.pdf", make_pdf(["a"], ["b"]), limits)) == ["document-cut"]
    long = read_file("a.txt", b"a" * 101, limits)
    assert (codes(long), len(long.text)) == (["document-cut"], 100)
    assert codes(read_file("a.txt", b"a" * 11, ReadingLimits(bytes=10))) == ["document-too-large"]


def test_types_are_told_by_their_bytes():
    assert sniff_type(b"\n<!DOCTYPE html><html>") == "html"
    assert sniff_type(b"From: a@b.vn\nSubject: x\n\nbody") == "eml"
    assert sniff_type(b"Kh\xc3\xb4ng: c\xc3\xb3") == "txt"


@pytest.mark.parametrize("cut", [10, 200, 500, 900])
def test_a_file_cut_anywhere_is_reported_or_read(cut, plan_lines, make_docx, make_pdf):
    for name, data in (("a.docx", make_docx(plan_lines())), ("a.pdf", make_pdf(plan_lines()))):
        content = read_file(name, data[:cut])
        assert content.findings or content.text

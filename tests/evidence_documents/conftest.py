"""Documents in the normal form, made in memory as text, Word and PDF."""

import io
import os
from pathlib import Path

import pytest
from tiny_pdf import pdf_with_text

LETTERHEAD = ("ỦY BAN NHÂN DÂN TỈNH SƠN LA", "SỞ NỘI VỤ")
PLAN_BODY = (
    "KẾ HOẠCH",
    "Cải cách hành chính của Sở Nội vụ năm 2024",
    "Căn cứ Quyết định số 3162/QĐ-UBND ngày 20/12/2023 của Ủy ban nhân dân tỉnh;",
    "Sở Nội vụ xây dựng kế hoạch như sau:",
    "I. MỤC ĐÍCH",
    "Nâng cao hiệu quả cải cách hành chính./.",
)


@pytest.fixture
def shared_folder():
    """The customer's reference folder, beside the checkout or where PARINDEX_SHARED points."""
    beside = Path(__file__).resolve().parents[2].parent / "shared"
    folder = Path(os.environ.get("PARINDEX_SHARED", beside))
    if not (folder / "seeds").is_dir():
        pytest.skip("the reference folder ../shared is absent; set PARINDEX_SHARED to it")
    return folder


@pytest.fixture
def plan_lines():
    def lines(number="12/KH-SNV", day="05", month="01", year="2024", signer="Nguyễn Văn An"):
        return (
            *LETTERHEAD,
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            f"Số: {number}",
            f"Sơn La, ngày {day} tháng {month} năm {year}",
            *PLAN_BODY,
            "Nơi nhận:",
            "- UBND tỉnh;",
            "- Lưu: VT.",
            "KT. GIÁM ĐỐC",
            "PHÓ GIÁM ĐỐC",
            signer,
        )

    return lines


@pytest.fixture
def make_docx():
    """Write lines as the letterhead table and paragraphs of a Word document."""

    def make(lines):
        import docx

        document = docx.Document()
        table = document.add_table(rows=1, cols=2)
        table.cell(0, 0).text = "\n".join([*lines[:2], lines[4]])
        table.cell(0, 1).text = "\n".join([*lines[2:4], lines[5]])
        for line in lines[6:]:
            document.add_paragraph(line)
        buffer = io.BytesIO()
        document.save(buffer)
        return buffer.getvalue()

    return make


@pytest.fixture
def make_pdf():
    return pdf_with_text

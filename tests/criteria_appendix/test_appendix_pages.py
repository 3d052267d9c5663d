"""Decisions as PDF and as the text of pages: rows that pages cut, headings they repeat, stamps."""

import csv
import datetime as dt
import io
import textwrap

import pytest
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from scoring.base.errors import UnreadableError
from scoring.criteria.appendix import AppendixAbout, import_appendix, import_pasted_appendix

ABOUT = AppendixAbout("bo-mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
HEADING = ("STT", "Nội dung và tiêu chí", "Điểm chuẩn", "Hướng dẫn chấm điểm", "Ghi chú")
WIDTHS = (45, 250, 60, 150, 80)
STEPS = "- Đúng hạn, đủ nội dung: 4 điểm\n- Chậm hoặc thiếu nội dung: 2 điểm\n- Không gửi: 0 điểm"
ROWS = (
    ("I", "CHỈ ĐẠO, ĐIỀU HÀNH", "10", "", ""),
    ("1", f"Chế độ báo cáo định kỳ theo quy định\n{STEPS}", "4", "", ""),
    ("2", "Mức độ hoàn thành kế hoạch năm", "6", "", ""),
    ("2.1", "Kế hoạch năm\n- Đạt từ 90% trở lên: 6 điểm\n- Dưới 90%: 0 điểm", "6", "", ""),
)


def pdf_of(*pages, rules=True, widths=WIDTHS):
    """Write pages of rows as a ruled PDF with a text layer, each cell wrapped to its column."""
    buffer = io.BytesIO()
    with PdfPages(buffer) as file:
        for rows in pages:
            figure = Figure(figsize=(8.3, 11.7))
            axes = figure.add_axes((0, 0, 1, 1))
            axes.set(xlim=(0, 597), ylim=(842, 0))
            axes.axis("off")
            _draw(axes, rows, rules, widths)
            file.savefig(figure)
    return buffer.getvalue()


def _draw(axes, rows, rules, widths):
    top = 30.0
    for row in rows:
        cells = [_wrapped(text, width) for text, width in zip(row, widths, strict=True)]
        height = height_of(row, widths)
        left = 6.0
        for lines, width in zip(cells, widths, strict=True):
            if rules:
                frame = [left, left + width, left + width, left, left]
                axes.plot(frame, [top, top, top + height, top + height, top], "k-", lw=0.6)
            for at, line in enumerate(lines):
                place = (left + 4, top + 12 * (at + 1))
                axes.text(*place, line, size=8, family="DejaVu Sans", va="baseline")
            left += width
        top += height


def height_of(row, widths):
    return 6 + 12 * max(len(_wrapped(*cell)) for cell in zip(row, widths, strict=True))


def _wrapped(text, width):
    lines = [textwrap.wrap(line, int(width / 5)) or [""] for line in text.split("\n")]
    return [line for part in lines for line in part]


@pytest.fixture(autouse=True)
def text_stays_text():
    import matplotlib as mpl

    with mpl.rc_context({"pdf.fonttype": 42}):
        yield


def imported(data, tmp_path, name="a.pdf"):
    path = tmp_path / name
    path.write_bytes(data)
    return import_appendix(path, ABOUT)


def tree(result):
    return [(row.code, row.max_points) for row in result.entries]


TREE = [("I", 10.0), ("I.1", 4.0), ("I.2", 6.0), ("I.2.1", 6.0)]


def test_a_ruled_pdf_gives_tree_names_and_rules(tmp_path):
    result = imported(pdf_of([HEADING, *ROWS]), tmp_path)
    assert tree(result) == TREE
    assert result.entries[1].name == "Chế độ báo cáo định kỳ theo quy định"
    assert result.entries[1].text == STEPS
    assert result.entries[3].spec.kind == "bands"
    assert result.entries[3].place == "trang 1, dòng 5"


def test_a_row_that_goes_on_over_the_page_is_one_row(tmp_path):
    first = ("1", "Chế độ báo cáo định kỳ theo quy", "4", "Theo số liệu trên", "")
    second = ("", f"định của tỉnh\n{STEPS}", "", "Hệ thống báo cáo", "")
    result = imported(pdf_of([HEADING, ROWS[0], first], [HEADING, second, *ROWS[2:]]), tmp_path)
    assert tree(result) == TREE
    assert result.entries[1].name == "Chế độ báo cáo định kỳ theo quy định của tỉnh"
    assert result.entries[1].text == STEPS


def test_steps_that_go_on_over_the_page_stay_steps(tmp_path):
    start, end = STEPS.split("\n", 1)
    first = ("1", f"Chế độ báo cáo\n{start}\n- Chậm hoặc thiếu", "4", "", "")
    second = ("", end.replace("- Chậm hoặc thiếu ", ""), "", "", "")
    result = imported(pdf_of([HEADING, ROWS[0], first], [HEADING, second, *ROWS[2:]]), tmp_path)
    assert tree(result) == TREE
    assert result.entries[1].text == STEPS


def test_guidance_beside_the_steps_leaves_the_row_to_review(tmp_path):
    row = (*ROWS[1][:3], "Chỉ tính báo cáo có chữ ký số", "")
    result = imported(pdf_of([HEADING, ROWS[0], row, *ROWS[2:]]), tmp_path)
    assert result.entries[1].text == STEPS
    assert "note-beside" in [reason.key for reason in result.entries[1].reasons]


def test_columns_that_only_blanks_part_are_refused_with_what_was_seen(tmp_path):
    with pytest.raises(UnreadableError) as caught:
        imported(pdf_of([HEADING, *ROWS], rules=False), tmp_path)
    # Columns that only blanks part cannot be told from running text: refused, never guessed.
    assert caught.value.finding.code == "appendix-no-table"
    assert "STT" in caught.value.finding.text("vi")


def test_a_pdf_of_pictures_is_refused_with_what_to_do(tmp_path):
    buffer = io.BytesIO()
    with PdfPages(buffer) as file:
        figure = Figure()
        figure.add_subplot().imshow([[0, 1], [1, 0]])
        figure.axes[0].axis("off")
        file.savefig(figure)
    with pytest.raises(UnreadableError) as caught:
        imported(buffer.getvalue(), tmp_path)
    assert caught.value.finding.code == "appendix-scanned"


def test_a_pdf_with_a_password_is_refused_by_name(tmp_path):
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of([HEADING, *ROWS]))))
    writer.encrypt("mat-khau")
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(UnreadableError) as caught:
        imported(buffer.getvalue(), tmp_path)
    assert caught.value.finding.code == "document-encrypted"


def test_pages_beyond_the_limit_are_said_to_be_unread(tmp_path):
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of([HEADING, *ROWS]))))
    for _ in range(300):
        writer.add_blank_page()
    buffer = io.BytesIO()
    writer.write(buffer)
    result = imported(buffer.getvalue(), tmp_path)
    assert tree(result) == TREE
    found = {finding.code: finding for finding in result.findings}
    assert found["appendix-pages-cut"].values == {"pages": 301, "limit": 300}


# The text of pages, as a viewer or another program hands it over

PAGES = """=== TRANG 1 ===
1

PHỤ LỤC
NỘI DUNG, TIÊU CHÍ, THANG ĐIỂM
STT
NỘI DUNG VÀ TIÊU CHÍ
Điểm
chuẩn
Điểm
tự
chấm
Nguồn tài liệu
Ghi
chú
I
CHỈ ĐẠO, ĐIỀU HÀNH
10
1
Chế độ báo cáo định kỳ theo
quy định
- Đúng hạn, đủ nội dung: 4 điểm
- Chậm hoặc thiếu nội dung: 2
điểm
4

Báo cáo của đơn vị
Ký bởi: Văn phòng
Thời gian ký: 19/08/2026 19:28:11
=== TRANG 2 ===
2

STT
NỘI DUNG VÀ TIÊU CHÍ
Điểm
chuẩn
Điểm
tự
chấm
Nguồn tài liệu
Ghi
chú
- Không gửi: 0 điểm
2
Mức độ hoàn thành kế hoạch năm
6



Kế hoạch năm
- Đạt từ 90% trở lên: 6 điểm
- Dưới 90%: 0 điểm
6

Tổng cộng (sau khi trừ mục không áp dụng)
10
B. TỔNG SỐ ĐIỂM: .................
"""


def test_the_text_of_pages_gives_the_tree_without_what_pages_add():
    result = import_pasted_appendix(PAGES, ABOUT)
    assert tree(result) == TREE
    assert result.entries[1].name == "Chế độ báo cáo định kỳ theo quy định"
    assert result.entries[1].text == STEPS
    assert result.raw.meta["total_points"] == 10.0


def test_a_row_without_a_number_of_its_own_gets_one_and_says_so():
    entry = import_pasted_appendix(PAGES, ABOUT).entries[3]
    assert entry.text == "- Đạt từ 90% trở lên: 6 điểm\n- Dưới 90%: 0 điểm"
    assert [reason.key for reason in entry.reasons][:1] == ["code-missing"]


def test_codes_on_the_line_of_their_names_open_rows_and_none_is_lost():
    text = (
        PAGES.replace("I\nCHỈ", "I. CHỈ")
        .replace("1\nChế độ", "1. Chế độ")
        .replace("2\nMức độ", "2. Mức độ")
    )
    result = import_pasted_appendix(text, ABOUT)
    assert tree(result) == TREE
    assert [row.name for row in result.entries] == [
        row.name for row in import_pasted_appendix(PAGES, ABOUT).entries
    ]


def test_numbered_statements_of_a_scale_are_no_rows_where_codes_stand_alone():
    steps = "1. Giai đoạn đầu:\n- Đúng hạn, đủ nội dung: 4 điểm\n2. Giai đoạn sau\n"
    text = PAGES.replace("- Đúng hạn, đủ nội dung: 4 điểm\n", steps)
    assert tree(import_pasted_appendix(text, ABOUT)) == TREE


def test_letters_typed_with_separate_marks_are_the_same_text():
    import unicodedata

    apart = import_pasted_appendix(unicodedata.normalize("NFD", PAGES), ABOUT)
    assert [row.name for row in apart.entries] == [
        row.name for row in import_pasted_appendix(PAGES, ABOUT).entries
    ]


def test_an_area_of_deductions_without_a_maximum_is_followed_by_its_first_item():
    text = PAGES.replace("B. TỔNG", "III\nĐIỂM TRỪ\n1\nNộp chậm hồ sơ\n2\nB. TỔNG").replace(
        "III", "II"
    )
    assert tree(import_pasted_appendix(text, ABOUT))[4:] == [("II", 2.0), ("II.1", 2.0)]


def test_parts_that_are_each_worth_the_whole_are_alternatives_to_confirm():
    text = PAGES.replace(
        "Tổng cộng", "2.1\nKế hoạch quý\n- Có: 6 điểm\n- Không: 0 điểm\n6\nTổng cộng"
    )
    text = text.replace("6\n\n\n\nKế hoạch năm", "6\n2.1\nKế hoạch năm").replace(
        "2.1\nKế hoạch quý", "2.2\nKế hoạch quý"
    )
    result = import_pasted_appendix(text, ABOUT)
    assert tree(result)[2:] == [("I.2", 6.0), ("I.2.1", 6.0), ("I.2.2", 6.0)]
    assert [reason.key for reason in result.entries[2].reasons] == ["alternatives"]
    assert result.checked.criteria.node("I.2").is_best_of


@pytest.mark.needs_shared
def test_the_page_text_of_khanh_hoa_gives_the_table_cut_by_hand(shared_folder):
    folder = shared_folder / "domain" / "real_rubrics"
    with (folder / "khanhhoa_11-QD-TU_phuluc1_thang.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        expected = [row for row in csv.DictReader(file) if row["code"] != "(tổng)"]
    result = import_appendix(folder / "khanhhoa_11-QD-TU_phuluc1_hangthang.txt", ABOUT)
    read = {row.code: row for row in result.entries}
    # The decision numbers two leaves not at all ("II.2.-"); here they are the first of their kind.
    codes = [row["code"].replace("-", "1") for row in expected]
    assert list(read) == codes
    for row, code in zip(expected, codes, strict=True):
        if row["max_points"]:
            assert read[code].max_points == float(row["max_points"]), code
        steps = row["rule_text"].split("[")[0].strip()
        if steps.startswith(("-", "1.", "a)")):
            assert read[code].text == steps, code
            assert read[code].name == row["name"], code
    assert result.raw.meta["total_points"] == 100.0

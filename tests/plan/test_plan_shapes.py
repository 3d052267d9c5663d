"""Every shape in which plans arrive, small and in sight."""

from __future__ import annotations

import io

import pytest
from docx import Document
from plan_samples import (
    AREA_ROW,
    HEADER,
    TITLE,
    as_text,
    codes_of,
    excel_bytes,
    plan_of,
    word_bytes,
)

from scoring.plan import plan_from_document
from scoring.plan.blocks import document_from_bytes

SEVEN = (
    (
        "1",
        "Ban hành Kế hoạch",
        "- Kế hoạch; - Báo cáo",
        "Văn phòng",
        "Các phòng",
        "Quý I/2022",
        "Có",
    ),
    ("2", "Tuyên truyền", "Tin, bài", "Thanh tra Sở", "", "Thường xuyên", ""),
)


def test_a_seven_column_table_gives_a_task_per_row():
    plan = plan_of(TITLE + as_text(HEADER, AREA_ROW, *SEVEN))
    task = plan.tasks.iloc[0]
    assert plan.tasks["task_code"].tolist() == ["I.1", "I.2"]
    assert (task["products"], task["lead_unit"], task["budget"]) == (
        "Kế hoạch; Báo cáo",
        "Văn phòng",
        "Có",
    )
    assert (task["area_code"], str(task["due_on"].date())) == ("institutions", "2022-03-31")
    assert task["source_place"] == "dòng 5"


def test_the_row_that_numbers_the_columns_is_no_task():
    numbers = tuple(f"({i})" for i in range(1, 8))
    assert len(plan_of(as_text(HEADER, numbers, AREA_ROW, *SEVEN)).tasks) == 2


def test_area_and_number_may_share_a_cell():
    row = ("II CẢI CÁCH TÀI CHÍNH CÔNG", "", "", "", "", "", "")
    plan = plan_of(as_text(HEADER, AREA_ROW, SEVEN[0], row, SEVEN[1]))
    assert plan.tasks["area_code"].tolist() == ["institutions", "public-finance"]


def test_a_cell_split_over_pages_is_put_together_again():
    first = (
        "1",
        "Rà soát, tham mưu trình Chủ",
        "Quyết định",
        "Văn",
        "Các",
        "Khi có Quyết định",
        "",
    )
    rest = ("", "tịch Ủy ban ban hành", "công bố", "phòng Sở", "phòng", "của Bộ.", "")
    plan = plan_of(as_text(HEADER, AREA_ROW, first) + "\n\n" + as_text(HEADER, rest))
    task = plan.tasks.iloc[0]
    assert len(plan.tasks) == 1
    assert task["task"] == "Rà soát, tham mưu trình Chủ tịch Ủy ban ban hành"
    assert task["lead_unit"] == "Văn phòng Sở"
    assert task["condition"] == "Khi có Quyết định của Bộ"
    assert task["source_place"] == "dòng 3–6"


def test_a_torn_row_may_hold_a_whole_deadline():
    first = (
        "1",
        "Duy trì",
        "Báo cáo (lồng ghép",
        "Văn phòng",
        "",
        "- Báo cáo Quý I: 15/3/2022.",
        "",
    )
    rest = ("", "", "trong báo cáo)", "Sở", "", "- Báo cáo năm: 15/12/2022.", "")
    plan = plan_of(as_text(HEADER, AREA_ROW, first) + "\n\n" + as_text(rest))
    assert len(plan.tasks) == 1
    assert str(plan.tasks["due_on"].iloc[0].date()) == "2022-12-15"


NINE = (
    "STT",
    "Mục tiêu",
    "Nhiệm vụ",
    "Hoạt động",
    "Kết quả/ Sản phẩm",
    "Đơn vị chủ trì",
    "Đơn vị phối hợp/thực hiện",
    "Thời gian thực hiện",
    "Kinh phí",
)


def test_rows_stacked_under_one_number_are_parts_that_share_the_task():
    rows = (
        ("I", "Cải cách thể chế", *[""] * 7),
        (
            "1",
            "Đạt 100%",
            "Kiểm tra",
            "Lập kế hoạch",
            "Kế hoạch",
            "Văn phòng",
            "",
            "Quý I/2022",
            "",
        ),
        ("", "", "", "Báo cáo kết quả", "Báo cáo", "Thanh tra", "", "Quý IV/2022", ""),
    )
    tasks = plan_of(as_text(NINE, *rows)).tasks
    assert tasks["task_code"].tolist() == ["I.1.1", "I.1.2"]
    assert tasks["task"].tolist() == ["Kiểm tra", "Kiểm tra"]
    assert tasks["activity"].tolist() == ["Lập kế hoạch", "Báo cáo kết quả"]
    assert tasks["lead_unit"].tolist() == ["Văn phòng", "Thanh tra"]


def test_the_end_of_a_cell_that_spans_stacked_rows_joins_the_row_it_began_in():
    rows = (
        ("I", "Cải cách thể chế", *[""] * 7),
        (
            "1",
            "Đạt",
            "Tăng cường kiểm tra trong",
            "Kế hoạch",
            "Kế hoạch",
            "Văn phòng",
            "",
            "Quý I/2022",
            "",
        ),
        ("", "", "", "Báo cáo", "Báo cáo", "Văn phòng", "các đơn vị trực", "Quý IV/2022", ""),
    )
    torn = ("", "", "nội bộ cơ quan.", "", "", "", "thuộc Sở", "", "")
    tasks = plan_of(as_text(NINE, *rows) + "\n\n" + as_text(NINE, torn)).tasks
    assert tasks["task"].tolist() == ["Tăng cường kiểm tra trong nội bộ cơ quan"] * 2
    assert tasks["supporting_units"].tolist() == ["", "các đơn vị trực thuộc Sở"]


FIVE = ("STT", "Nhiệm vụ", "Kết quả/sản phẩm đạt được", "Tiến độ", "Phân công (chủ trì/ phối hợp)")


@pytest.mark.parametrize(
    ("told", "lead", "inferred"),
    [
        ("- Văn phòng Sở chủ trì; - Các phòng/ đơn vị phối hợp", "Văn phòng Sở", False),
        ("- Trung tâm A tham mưu; - Sở KH&CN chủ trì.", "Sở KH&CN", False),
        ("Phòng Quản lý Chuyên ngành", "Phòng Quản lý Chuyên ngành", False),
        ("Văn phòng Sở thực hiện theo hướng dẫn", "Văn phòng Sở", True),
        ("Thực hiện theo Đề án được phê duyệt", "", False),
    ],
)
def test_who_leads_is_read_from_a_column_that_tells_it_in_words(told, lead, inferred):
    rows = (("I", "CẢI CÁCH THỂ CHẾ", "", "", ""), ("1", "Rà soát", "Báo cáo", "Quý I", told))
    task = plan_of(as_text(FIVE, *rows)).tasks.iloc[0]
    assert (task["lead_unit"], bool(task["lead_inferred"])) == (lead, inferred)


def test_a_list_of_names_shares_the_part_told_at_its_end():
    told = "- Văn phòng chủ trì, phối hợp với Sở Tư pháp rà soát;- Phòng A; Phòng B phối hợp."
    rows = (("I", "CẢI CÁCH THỂ CHẾ", "", "", ""), ("1", "Rà soát", "Báo cáo", "Quý I", told))
    task = plan_of(as_text(FIVE, *rows)).tasks.iloc[0]
    assert task["lead_unit"] == "Văn phòng" and not task["lead_inferred"]
    assert task["supporting_units"] == "Sở Tư pháp; Phòng A; Phòng B"


def one_cell_per_line(*rows: tuple[str, ...]) -> str:
    cells = [line or "\u00a0" for row in rows for cell in row for line in cell.split("|")]
    return "\n\n".join(cells)


def test_one_cell_per_line_is_laid_on_its_columns():
    rows = (
        HEADER,
        tuple(f"({i})" for i in range(1, 8)),
        AREA_ROW,
        ("1", "Ban hành Kế hoạch", "- Kế hoạch;|- Báo cáo.", "Sở Nội vụ", "- Các sở;|- Báo Sơn La.",
         "- Ban hành tháng 01/2022|- Báo cáo 6 tháng, năm", "Kinh phí thường xuyên"),
        ("2", "Công bố Chỉ số", "Quyết định", "Sở Nội vụ", "Các sở", "Quý I/2022", ""),
        ("", "Quyết định khác", "Quyết định", "Sở Tư pháp", "Các sở", "Quý II/2022", ""),
        ("3", "Sửa phần mềm", "Phần mềm", "Sở Nội vụ", "Sở Tài chính", "Thường xuyên", "Kinh phí"),
    )  # fmt: skip
    plan = plan_of(TITLE + one_cell_per_line(*rows) + "\n\nHIỆU LỰC\n\nSố hiệu: 1/QĐ\n\nNgười ký")
    tasks = plan.tasks
    assert tasks["task_code"].tolist() == ["I.1", "I.2.1", "I.2.2", "I.3"]
    assert tasks["products"].tolist() == [
        "Kế hoạch; Báo cáo",
        "Quyết định",
        "Quyết định",
        "Phần mềm",
    ]
    assert tasks["supporting_units"].iloc[0] == "Các sở; Báo Sơn La"
    assert tasks["recurrence"].iloc[0] == "half-yearly,yearly"
    assert tasks["lead_unit"].iloc[2] == "Sở Tư pháp"
    assert "plan-text-after-table" in codes_of(plan)


LIST = """
II. NHIỆM VỤ CỤ THỂ

1. Công tác chỉ đạo, điều hành

a) Xây dựng Kế hoạch tuyên truyền của Sở và các đơn

vị năm 2022:

- Cơ quan chủ trì thực hiện: Phòng Hành chính - Tổng hợp.

- Đơn vị phối hợp: Các phòng

- Sản phẩm:

- + Kế hoạch của Sở;

- + Báo cáo kết quả.

- Thời gian thực hiện: Quý I năm 2022 ban hành; định kỳ báo cáo.

b) Tăng cường kiểm tra đột xuất.

2. Nâng cao chỉ số PCI

Xây dựng kế hoạch cải thiện chỉ số.

Kế hoạch cải thiện chỉ số:

- Đơn vị chủ trì: Văn phòng

- Thời hạn: Quý IV năm 2022.

III. TỔ CHỨC THỰC HIỆN

- Báo cáo quý I: Trước ngày 03/3/2022.
"""


def test_a_list_in_prose_gives_tasks_with_their_labelled_bullets():
    plan = plan_of(LIST)
    tasks = plan.tasks
    assert tasks["task_code"].tolist() == ["1.a", "1.b", "2"]
    assert tasks["task"].iloc[0] == "Xây dựng Kế hoạch tuyên truyền của Sở và các đơn vị năm 2022"
    assert tasks["task"].iloc[2] == "Xây dựng kế hoạch cải thiện chỉ số"  # said once, not twice
    assert tasks["products"].iloc[0] == "Kế hoạch của Sở; Báo cáo kết quả"
    assert tasks["lead_unit"].tolist() == ["Phòng Hành chính - Tổng hợp", "", "Văn phòng"]
    assert str(tasks["due_on"].iloc[2].date()) == "2022-12-31"
    assert len(plan.reports) == 1  # behind the tasks


NUMBERED = """
I. CẢI CÁCH THỂ CHẾ

1. Ban hành Kế hoạch cải cách hành chính năm 2022

- Đơn vị chủ trì: Văn phòng Sở.

- Thời gian thực hiện: Quý I/2022.

2. Triển khai mô hình tiếp nhận hồ sơ

không giấy tờ tại bộ phận một cửa

- Đơn vị chủ trì: Thanh tra Sở.

- Thời gian thực hiện: trước ngày 30/6/2022.

II. CHUYỂN ĐỔI SỐ

1. Số hóa hồ sơ

- Đơn vị chủ trì: Văn phòng Sở.

- Thời gian thực hiện: Quý IV/2022.

III. TỔ CHỨC THỰC HIỆN

1. Văn phòng Sở theo dõi, đôn đốc.
"""


def test_numbered_lines_with_their_labels_right_below_are_the_tasks_of_their_chapter():
    plan = plan_of(NUMBERED)
    tasks = plan.tasks
    assert tasks["task_code"].tolist() == ["I.1", "I.2", "II.1"]
    assert tasks["area_name"].tolist() == ["CẢI CÁCH THỂ CHẾ", "CẢI CÁCH THỂ CHẾ", "CHUYỂN ĐỔI SỐ"]
    assert tasks["task"].tolist() == [
        "Ban hành Kế hoạch cải cách hành chính năm 2022",
        "Triển khai mô hình tiếp nhận hồ sơ không giấy tờ tại bộ phận một cửa",
        "Số hóa hồ sơ",
    ]
    assert tasks["lead_unit"].tolist() == ["Văn phòng Sở", "Thanh tra Sở", "Văn phòng Sở"]
    assert not {"plan-line-unplaced", "plan-without-tasks"} & set(codes_of(plan))


def test_a_numbered_line_whose_labels_were_forgotten_stays_a_task_among_its_peers():
    told = "II. CHUYỂN ĐỔI SỐ"
    tasks = plan_of(NUMBERED.replace(told, f"3. Tổng kết công tác năm\n\n{told}")).tasks
    assert tasks["task_code"].tolist() == ["I.1", "I.2", "I.3", "II.1"]
    assert tasks[["task", "lead_unit"]].iloc[2].tolist() == ["Tổng kết công tác năm", ""]


def test_a_section_with_lettered_tasks_stays_an_area_though_a_label_stands_first_in_it():
    told = "1. Công tác chỉ đạo, điều hành\n\n"
    plan = plan_of(LIST.replace(told, f"{told}- Đơn vị chủ trì: Văn phòng Sở.\n\n"))
    assert plan.tasks["task_code"].tolist() == ["1.a", "1.b", "2"]
    assert plan.tasks["area_name"].iloc[0] == "Công tác chỉ đạo, điều hành"
    assert "plan-line-unplaced" in codes_of(plan)


DASHED = """
I. CHỈ ĐẠO, ĐIỀU HÀNH

- Ban hành Kế hoạch cải cách hành chính năm 2022.

+ Đơn vị chủ trì: Văn phòng Sở.

+ Thời gian thực hiện: Quý I/2022.

1. Kiểm tra

- Kiểm tra cải cách hành chính.

+ Đơn vị chủ trì: Thanh tra Sở.

+ Thời gian thực hiện: Quý III/2022.

II. CHUYỂN ĐỔI SỐ

- Số hóa hồ sơ lưu trữ.

+ Đơn vị chủ trì: Văn phòng Sở.
"""


def test_dashes_with_labels_below_them_are_tasks_of_their_section_or_chapter():
    tasks = plan_of(DASHED).tasks
    assert tasks["task"].tolist() == [
        "Ban hành Kế hoạch cải cách hành chính năm 2022",
        "Kiểm tra cải cách hành chính",
        "Số hóa hồ sơ lưu trữ",
    ]
    assert tasks["area_name"].tolist() == ["CHỈ ĐẠO, ĐIỀU HÀNH", "Kiểm tra", "CHUYỂN ĐỔI SỐ"]
    assert tasks["lead_unit"].tolist() == ["Văn phòng Sở", "Thanh tra Sở", "Văn phòng Sở"]
    assert [str(day)[:10] for day in tasks["due_on"].iloc[:2]] == ["2022-03-31", "2022-09-30"]


def test_columns_in_another_order_give_the_same_tasks():
    order = (0, 5, 3, 1, 2, 4, 6)
    rows = [tuple(row[i] for i in order) for row in (HEADER, AREA_ROW, *SEVEN)]
    usual = plan_of(as_text(HEADER, AREA_ROW, *SEVEN)).tasks
    assert plan_of(as_text(*rows)).tasks.equals(usual)


WORD_ROWS = (HEADER, AREA_ROW, *SEVEN)


TITLE_LINES = ("KẾ HOẠCH", "Cải cách hành chính năm 2022")


def without_places(tasks):
    return tasks.drop(columns="source_place")


def test_word_and_excel_tables_give_the_same_tasks_as_text():
    text = plan_of(TITLE + as_text(*WORD_ROWS), None)
    word = plan_from_document(document_from_bytes(word_bytes(WORD_ROWS, TITLE_LINES)))
    excel = plan_from_document(document_from_bytes(excel_bytes(WORD_ROWS, TITLE_LINES)))
    assert text.year == word.year == excel.year == 2022
    assert without_places(word.tasks).equals(without_places(text.tasks))
    assert without_places(excel.tasks).equals(without_places(text.tasks))
    assert word.tasks["source_place"].iloc[0] == "bảng 1, hàng 3"
    assert excel.tasks["source_place"].iloc[0] == "Phụ lục!A5"


def test_cells_merged_downwards_in_word_hold_for_every_row_they_cover():
    document = Document()
    table = document.add_table(rows=4, cols=9)
    rows = (
        NINE,
        ("I", "Cải cách thể chế", *[""] * 7),
        ("1", "Đạt 100%", "Kiểm tra", "Kế hoạch", "Kế hoạch", "Văn phòng", "", "Quý I/2022", ""),
        ("", "", "", "Báo cáo", "Báo cáo", "", "", "Quý IV/2022", ""),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    for column in (0, 1, 2, 5):
        table.cell(2, column).merge(table.cell(3, column))
    stream = io.BytesIO()
    document.save(stream)
    tasks = plan_from_document(document_from_bytes(stream.getvalue()), 2022).tasks
    assert tasks["task_code"].tolist() == ["I.1.1", "I.1.2"]
    assert tasks["lead_unit"].tolist() == ["Văn phòng", "Văn phòng"]
    assert tasks["task"].tolist() == ["Kiểm tra", "Kiểm tra"]


def test_other_tables_of_a_word_document_hold_no_tasks():
    document = Document()
    letterhead = document.add_table(rows=1, cols=2)
    letterhead.cell(0, 0).text, letterhead.cell(0, 1).text = "SỞ NỘI VỤ", "Độc lập - Tự do"
    table = document.add_table(rows=0, cols=7)
    for row in WORD_ROWS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    plan = plan_from_document(document_from_bytes(stream.getvalue()), 2022)
    assert plan.tasks["task_code"].tolist() == ["I.1", "I.2"]
    assert "plan-line-unplaced" not in codes_of(plan)


def test_every_line_of_the_document_has_a_role():
    torn = as_text(HEADER, AREA_ROW, SEVEN[0]) + "\nmột dòng lạc\n12\n" + as_text(SEVEN[1])
    plan = plan_of("Lời dẫn\n" + torn)
    roles = dict(zip(plan.lines["text"], plan.lines["role"], strict=True))
    assert roles["một dòng lạc"] == "unplaced" and roles["12"] == "page-number"
    assert roles["Lời dẫn"] == "text"
    (finding,) = [f for f in plan.findings if f.code == "plan-line-unplaced"]
    assert finding.cell == "dòng 5"

"""Headings of task tables as offices write them: what is a heading, and what only sounds like one."""

from __future__ import annotations

from plan_samples import AREA_ROW, HEADER, TITLE, as_text, codes_of, plan_of, word_bytes

from scoring.plan import area_counts, plan_from_document
from scoring.plan.blocks import document_from_bytes
from scoring.plan.task_heads import header_roles

ONE = ("1", "Rà soát", "Báo cáo", "Văn phòng", "", "Quý I", "")


def test_a_task_whose_cells_sound_like_headings_is_a_task():
    numbered = ("2", "Chấm điểm nội dung CCHC", "Báo cáo kết quả", "Thanh tra Sở", "",
                "Theo thời gian quy định", "")  # fmt: skip
    plain = ("", "Đôn đốc công việc", "Báo cáo kết quả", "Phòng Kế hoạch", "", "Theo tiến độ", "")
    after = ("3", "Kiểm tra", "Kế hoạch", "Văn phòng", "", "Quý II", "")
    plan = plan_of(TITLE + as_text(HEADER, AREA_ROW, ONE, numbered, plain, after))
    assert plan.tasks["lead_unit"].tolist() == [
        "Văn phòng", "Thanh tra Sở", "Phòng Kế hoạch", "Văn phòng",
    ]  # fmt: skip
    assert "plan-columns-change" not in codes_of(plan)


def test_a_heading_of_two_rows_is_read_as_one():
    top = ("STT", "Nhiệm vụ", "Sản phẩm", "Phân công thực hiện", "", "Thời gian thực hiện", "")
    sub = ("", "", "", "Chủ trì", "Phối hợp", "Bắt đầu", "Kết thúc")
    row = ("1", "Rà soát", "Báo cáo", "Sở Tư pháp", "Các sở", "Tháng 3", "Tháng 10")
    for plan in (
        plan_of(TITLE + as_text(top, sub, row)),
        plan_from_document(document_from_bytes(word_bytes([top, sub, row])), 2022),
    ):
        (task,) = plan.tasks.itertuples()
        assert (task.lead_unit, task.supporting_units) == ("Sở Tư pháp", "Các sở")
        assert (task.deadline_text, f"{task.due_on:%d/%m}") == ("Từ tháng 3 đến tháng 10", "31/10")
        assert "plan-columns-change" not in codes_of(plan)


def test_the_day_a_task_begins_is_not_its_deadline():
    head = ("STT", "Nhiệm vụ", "Sản phẩm", "Chủ trì", "Thời gian bắt đầu", "Thời gian kết thúc")
    rows = (("1", "Rà soát", "Báo cáo", "Văn phòng", "01/3/2022", "30/6/2022"),
            ("2", "Kiểm tra", "Báo cáo", "Văn phòng", "Quý I", ""),
            ("3", "Trả hồ sơ", "Báo cáo", "Văn phòng", "Quý I", "Thường xuyên"))  # fmt: skip
    tasks = plan_of(TITLE + as_text(head, *rows)).tasks
    assert tasks["due_on"].dt.strftime("%d/%m").fillna("").tolist() == ["30/06", "", ""]
    assert tasks["deadline_kind"].tolist() == ["date", "ongoing", "ongoing"]


def test_who_answers_for_a_task_leads_it_where_no_column_says_who_leads():
    assert header_roles(["TT", "Nội dung công việc", "Người phụ trách", "Hạn"]) == (
        "number", "task", "lead_unit", "deadline",
    )  # fmt: skip
    beside = ["TT", "Nhiệm vụ", "Lãnh đạo phụ trách", "Người phụ trách", "Đơn vị chủ trì", "Hạn"]
    assert header_roles(beside) == ("number", "task", "", "", "lead_unit", "deadline")


def test_a_task_is_due_in_the_quarters_whose_columns_are_marked():
    one = ("TT", "Nhiệm vụ", "Sản phẩm", "Chủ trì", "Quý I", "Quý II", "Quý III", "Quý IV")
    rows = (("1", "Rà soát", "Báo cáo", "Văn phòng", "x", "", "X", ""),
            ("2", "Kiểm tra", "Báo cáo", "Thanh tra", "", "Kế hoạch", "", ""))  # fmt: skip
    top = ("TT", "Nhiệm vụ", "Sản phẩm", "Chủ trì", "Thời gian thực hiện", "", "", "")
    for head in ((one,), (top, ("", "", "", "", *one[4:]))):
        tasks = plan_of(TITLE + as_text(*head, *rows)).tasks
        assert tasks["deadline_text"].tolist() == ["Quý I; Quý III", "Kế hoạch: Quý II"]
        assert tasks["due_on"].dt.strftime("%d/%m").tolist() == ["30/09", "30/06"]


def test_tasks_without_numbers_are_counted_one_by_one():
    head = ("Nhiệm vụ", "Sản phẩm", "Chủ trì", "Thời hạn")
    rows = [(f"Rà soát {n}", "Báo cáo", "Văn phòng", "Quý I") for n in (1, 2, 3)]
    assert area_counts(plan_of(TITLE + as_text(head, *rows)).tasks)["numbers"].tolist() == [3]

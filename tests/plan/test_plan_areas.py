"""Areas and rows of task tables in the other ways that offices number, title and repeat them."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from docx import Document
from plan_samples import HEADER, TITLE, as_text, codes_of, plan_of, word_bytes

from scoring.plan import plan_from_document
from scoring.plan.blocks import document_from_bytes
from scoring.plan.leading_units import leaders, split_assignment, split_lead


def area(number: str, title: str) -> tuple[str, ...]:
    return (number, title, *[""] * 5)


def task(number: str, name: str, lead: str = "Phòng A", deadline: str = "Quý I") -> tuple[str, ...]:
    return (number, name, "Báo cáo", lead, "", deadline, "")


def word_plan(*rows):
    return plan_from_document(document_from_bytes(word_bytes([HEADER, *rows])), 2022)


@pytest.mark.parametrize(
    ("numbers", "tasks", "codes"),
    [
        (("A", "B"), ("1", "1"), ["A.1", "B.1"]),
        (("1", "2"), ("1.1", "2.1"), ["1.1", "2.1"]),
        (("", ""), ("1", "2"), ["1", "2"]),
    ],
)
def test_areas_are_told_apart_however_they_are_numbered(numbers, tasks, codes):
    plan = word_plan(
        area(numbers[0], "Cải cách thể chế"), task(tasks[0], "Rà soát"),
        area(numbers[1], "Cải cách thủ tục hành chính"), task(tasks[1], "Công khai"),
    )  # fmt: skip
    assert plan.tasks["task_code"].tolist() == codes
    assert plan.tasks["area_code"].tolist() == ["institutions", "procedures"]
    assert plan.tasks["task"].tolist() == ["Rà soát", "Công khai"]


def test_a_task_with_subtasks_below_a_roman_area_is_no_area():
    plan = word_plan(area("I", "Cải cách thể chế"), area("1", "Rà soát"), task("1.1", "Kế hoạch"))
    assert set(plan.tasks["area_code"]) == {"institutions"}


def test_a_line_above_a_table_names_the_area_of_its_tasks():
    document = Document()
    for title, name in (("1. Cải cách thể chế", "Rà soát"), ("2. Cải cách TTHC", "Công khai")):
        document.add_paragraph(title)
        table = document.add_table(rows=2, cols=7)
        for row, texts in enumerate((HEADER, task("1", name))):
            for column, text in enumerate(texts):
                table.cell(row, column).text = text
    stream = io.BytesIO()
    document.save(stream)
    plan = plan_from_document(document_from_bytes(stream.getvalue()), 2022)
    assert plan.tasks["task_code"].tolist() == ["1.1", "2.1"]
    assert plan.tasks["area_code"].tolist() == ["institutions", "procedures"]
    assert not {"task-number-repeated", "plan-line-unplaced"} & set(codes_of(plan))


def test_a_row_of_totals_is_no_part_of_the_task_above_it():
    plan = word_plan(task("1", "Rà soát"), area("Tổng cộng", "01 nhiệm vụ"))
    assert plan.tasks["task"].tolist() == ["Rà soát"]
    assert word_plan(task("1", "Tổng hợp báo cáo")).tasks["task"].tolist() == ["Tổng hợp báo cáo"]


@pytest.mark.parametrize("sign", ["nt", "-nt-", "Như trên", '"', "”"])
def test_what_stands_as_above_is_what_stands_above(sign):
    rows = [task("1", "Rà soát", "Phòng B", "Quý II"), task("2", "Kiểm tra", sign, sign)]
    tasks = plan_of(TITLE + as_text(HEADER, *rows)).tasks
    assert tasks["lead_unit"].tolist() == ["Phòng B"] * 2
    assert tasks["deadline_text"].tolist() == ["Quý II"] * 2


@pytest.mark.parametrize(
    ("cell", "lead", "helpers"),
    [
        ("Phòng A (chủ trì), Phòng C (phối hợp)", "Phòng A", "Phòng C"),
        ("Chủ trì: Phòng A; Phối hợp: Phòng B", "Phòng A", "Phòng B"),
        ("Phòng A chủ trì, Phòng B phối hợp", "Phòng A", "Phòng B"),
        ("Phòng A - chủ trì", "Phòng A", ""),
        ("Phòng A (phối hợp với Phòng B)", "Phòng A", "Phòng B"),
    ],
)
def test_who_leads_is_told_beside_or_before_the_name(cell, lead, helpers):
    told = split_lead(cell, "")
    assert (told.lead_unit, told.supporting_units) == (lead, helpers)


def test_a_label_or_a_bracket_tells_who_leads_in_one_column_too():
    told = split_assignment("Phòng A (chủ trì), Phòng C (phối hợp)")
    assert (told.lead_unit, told.supporting_units, told.inferred) == ("Phòng A", "Phòng C", False)


def test_two_units_parted_by_a_stroke_are_two():
    known = {"phong noi vu": "NV", "phong tai chinh/ke hoach": "TC"}
    assert leaders("Phòng Nội vụ/Phòng Tài chính/Kế hoạch", known).known == ("NV", "TC")


def test_a_title_ends_where_a_table_or_a_bracket_begins():
    lines = (
        "KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH NĂM 2022\n(Kèm theo Kế hoạch số 12/KH-UBND ngày 10/01/2022)"
    )
    plan = plan_of(f"{lines}\n{as_text(HEADER, task('1', 'Rà soát'))}\nPhòng A\nPhòng B", None)
    assert plan.heading.title == "KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH NĂM 2022"
    assert plan.heading.issued_on == dt.date(2022, 1, 10)
    plan = plan_of("KẾ HOẠCH CCHC NĂM 2022\n" + as_text(HEADER, task("1", "Rà soát")), None)
    assert plan.year == 2022


def test_units_one_below_the_other_in_a_cell_are_two():
    plan = word_plan(task("1", "Rà soát", "Phòng Nội vụ\nPhòng Tài chính"),
                     task("2", "Kiểm tra", "- Phòng Nội vụ\n- Văn phòng"),
                     task("3", "Công khai", "Văn phòng\nSở"))  # fmt: skip
    assert plan.tasks["lead_unit"].tolist() == [
        "Phòng Nội vụ; Phòng Tài chính", "Phòng Nội vụ; Văn phòng", "Văn phòng Sở",
    ]  # fmt: skip

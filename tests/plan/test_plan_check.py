"""The check of a plan: one broken plan per finding."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from plan_samples import HEADER, as_text, plan_of

from scoring.base.findings import finding_codes
from scoring.base.labels import LANGUAGES
from scoring.plan import check_plan, suggest_items

AREAS = (
    ("I", "CHỈ ĐẠO ĐIỀU HÀNH"),
    ("II", "CẢI CÁCH THỂ CHẾ"),
    ("III", "CẢI CÁCH THỦ TỤC HÀNH CHÍNH"),
    ("IV", "CẢI CÁCH TỔ CHỨC BỘ MÁY"),
    ("V", "CẢI CÁCH CÔNG VỤ"),
    ("VI", "CẢI CÁCH TÀI CHÍNH CÔNG"),
    ("VII", "XÂY DỰNG CHÍNH QUYỀN SỐ"),
)
HEAD = "Sơn La, ngày 05 tháng 01 năm 2022\nKẾ HOẠCH\nCải cách hành chính năm 2022\n"
TOPICS = (
    "kiểm tra",
    "rà soát văn bản",
    "niêm yết",
    "sắp xếp",
    "đào tạo",
    "quyết toán",
    "chữ ký số",
)


def good_rows() -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [HEADER]
    for (number, title), topic in zip(AREAS, TOPICS, strict=True):
        rows.append((number, title, "", "", "", "", ""))
        task = f"Hoàn thành 100% việc {topic}"
        rows.append(("1", task, f"Báo cáo {topic}", "Văn phòng Sở", "", "Quý II/2022", ""))
    return rows


REPORT = "\n- Báo cáo quý I: Trước ngày 03/3/2022.\n\n"


def found(rows, head=HEAD, **options) -> list[str]:
    plan = plan_of(head + REPORT + as_text(*rows), None)
    return [finding.code for finding in check_plan(plan, **options)]


def changed(row: int, column: int, text: str) -> list[tuple[str, ...]]:
    rows = good_rows()
    rows[row] = (*rows[row][:column], text, *rows[row][column + 1 :])
    return rows


def test_a_good_plan_has_no_findings():
    assert found(good_rows(), units=["Văn phòng Sở"]) == []


@pytest.mark.parametrize(
    ("row", "column", "text", "code"),
    [
        (2, 2, "", "task-without-product"),
        (2, 3, "", "task-without-lead-unit"),
        (2, 5, "", "task-without-deadline"),
        (2, 5, "Thường xuyên", "task-deadline-open"),
        (2, 5, "tháng 5/2020", "deadline-wrong-year"),
        (2, 1, "Kiểm tra", "target-not-measurable"),
        (2, 3, "Phòng Lạ", "lead-unit-unknown"),
    ],
)
def test_one_broken_cell_gives_its_finding(row, column, text, code):
    assert found(changed(row, column, text), units=["Văn phòng Sở"]) == [code]


def test_an_area_without_tasks_is_not_covered():
    rows = [row for row in good_rows() if row[0] != "V" and "đào tạo" not in row[1]]
    assert found(rows) == ["area-not-covered"]
    assert found(rows, required_areas=("digital",)) == []


def test_of_a_table_without_areas_it_is_not_said_that_each_is_left_out():
    rows = [row for row in good_rows() if row[0] in (HEADER[0], "1")]
    codes = found(rows)
    assert codes.count("tasks-without-area") == 1 and "area-not-covered" not in codes
    assert "tasks-without-area" not in found(rows, required_areas=())


def test_what_the_first_page_leaves_open_is_not_asked_for_where_it_is_given():
    head = HEAD.replace("05 ", "")
    assert found(good_rows(), head=head, issued_on=dt.date(2022, 1, 5)) == []
    text = "KẾ HOẠCH\n" + REPORT + as_text(*good_rows())
    known = {finding.code for finding in plan_of(text, 2022).findings}
    assert "plan-year-missing" in {finding.code for finding in plan_of(text, None).findings}
    assert "plan-year-missing" not in known


@pytest.mark.parametrize(
    ("task", "is_issue"),
    [("Ban hành Kế hoạch CCHC năm 2022", True), ("Xây dựng, ban hành Kế hoạch cải cách hành chính năm 2022", True),
     ("Tham mưu UBND tỉnh ban hành Kế hoạch CCHC năm 2022", False), ("Tuyên truyền Kế hoạch CCHC năm 2022", False)],
)  # fmt: skip
def test_a_task_that_is_the_issue_of_the_plan_has_the_day_of_it(task, is_issue):
    rows = good_rows()
    rows[2] = ("1", task, "Kế hoạch", "Văn phòng", "", "Trước ngày 11/01/2022", "")
    codes = found(rows, issued_on=dt.date(2022, 1, 11))
    assert ("plan-issued-late" in codes) is is_issue


def test_a_plan_that_is_late_says_who_set_the_day():
    rows = good_rows()
    rows[2] = (
        "1",
        "Ban hành Kế hoạch CCHC năm 2022",
        "Kế hoạch",
        "Văn phòng",
        "",
        "Trước ngày 05/01/2022",
        "",
    )
    plan = plan_of(HEAD + REPORT + as_text(*rows), None)

    def told(**options):
        late = [one for one in check_plan(plan, **options) if one.code == "plan-issued-late"]
        return late[0].problem("vi")

    assert told().endswith("sau hạn 04/01/2022 (ghi tại nhiệm vụ I.1).")
    above = told(issue_due_on=dt.date(2022, 1, 3))
    assert above.endswith("sau hạn 03/01/2022 (do cấp trên quy định).")


def test_a_task_given_twice_is_a_duplicate_and_one_for_another_year_is_not():
    rows = good_rows()
    again = (
        "2",
        "Hoàn thành 100% việc kiểm tra.",
        "Báo cáo kiểm tra",
        "Thanh tra",
        "",
        "Quý I/2022",
        "",
    )
    assert found([*rows[:3], again, *rows[3:]]) == ["task-duplicate"]
    other = (*again[:1], "Hoàn thành 100% việc kiểm tra 2023", *again[2:])
    assert found([*rows[:3], other, *rows[3:]]) == []


def test_a_plan_issued_after_its_own_deadline_is_late():
    row = ("1", "Hoàn thành 100% Kế hoạch cải cách hành chính năm 2022", "Kế hoạch", "Văn phòng",
           "", "- Ban hành Kế hoạch chậm nhất 10/01/2022.", "")  # fmt: skip
    rows = good_rows()
    rows[2] = row
    assert found(rows) == []
    assert found(rows, issued_on=dt.date(2022, 1, 10)) == []  # the last day is in time
    assert found(rows, issued_on=dt.date(2022, 1, 11)) == ["plan-issued-late"]
    assert found(rows, head=HEAD.replace("05", "12")) == ["plan-issued-late"]
    assert found(good_rows(), issue_due_on=dt.date(2022, 1, 4)) == ["plan-issued-late"]


def test_a_day_of_issue_left_open_is_pointed_out():
    assert found(good_rows(), head=HEAD.replace("05 ", "")) == ["plan-issue-date-missing"]


def test_an_aim_without_a_figure_is_pointed_out():
    aims = HEAD + "a) Chỉ tiêu\n\n- Nâng cao chất lượng phục vụ.\n\nb) Nhiệm vụ\n\n- Rà soát.\n"
    assert found(good_rows(), head=aims) == ["target-without-figure"]


def test_a_plan_without_reporting_days_is_pointed_out():
    plan = plan_of(HEAD + as_text(*good_rows()), None)
    assert [finding.code for finding in check_plan(plan)] == ["reports-missing"]


ITEMS = pd.DataFrame(
    {
        "code": ["1", "1.1", "1.2"],
        "is_item": [False, True, True],
        "name_vi": ["Chỉ đạo", "Kiểm tra công tác cải cách hành chính", "Chữ ký số"],
    }
)


def test_tasks_and_items_without_each_other_are_pointed_out():
    plan = plan_of(HEAD + REPORT + as_text(*good_rows()), None)
    codes = [finding.code for finding in check_plan(plan, ITEMS)]
    assert codes.count("task-without-item") == 7 and codes.count("item-without-task") == 2


def test_a_link_serves_its_item_and_an_unknown_one_is_an_error():
    plan = plan_of(HEAD + REPORT + as_text(*good_rows()), None)
    plan.tasks.loc[0, "item_codes"] = "1.1; 9.9"
    findings = check_plan(plan, ITEMS)
    assert [f.item_code for f in findings if f.code == "task-link-unknown"] == ["9.9"]
    assert [f.item_code for f in findings if f.code == "item-without-task"] == ["1.2"]


def test_items_are_proposed_by_likeness_and_nothing_is_linked():
    plan = plan_of(HEAD + REPORT + as_text(*good_rows()), None)
    proposed = suggest_items(plan.tasks, ITEMS, limit=1).set_index("task_code")
    assert proposed.loc["VII.1", "item_code"] == "1.2"
    assert (plan.tasks["item_codes"] == "").all()


def test_every_text_of_a_finding_can_be_filled():
    plan = plan_of(HEAD.replace("05 ", "") + as_text(*changed(2, 3, "Phòng Lạ")), None)
    for finding in check_plan(plan, ITEMS, units=["Văn phòng Sở"]):
        for lang in LANGUAGES:
            assert "{" not in finding.text(lang)


def test_all_codes_of_this_room_have_their_texts():
    plan_codes = [code for code, table in finding_codes().items() if table["file"] == "plan.toml"]
    assert len(plan_codes) > 30
    for code in plan_codes:
        assert {"vi", "vi_fix", "en", "en_fix"} <= set(finding_codes()[code])

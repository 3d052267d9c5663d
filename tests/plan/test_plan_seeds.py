"""The five real plans, against what a person counted in them.

How it was counted: each document was read from beginning to end. In the tables a task is a row with
a number of its own, or a row without one that has its own product, lead unit and deadline (nine
columns; one row of the province's plan). In the list a task is a lettered paragraph, and the one
paragraph of section 9 without a letter. Rows that only go on over a page were added to the row
above. The lead unit, the kind and the last date of every task stand in ``data/tasks_*.csv`` with
the line on which the task begins.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from plan_samples import excel_bytes, word_bytes

from scoring.plan import Plan, area_counts, plan_from_document
from scoring.plan.blocks import document_from_bytes
from scoring.tables import checked

DATA = Path(__file__).parent / "data"

COUNTS = {
    "sonla-dost-2022": {"I": 10, "II": 4, "III": 7, "IV": 2, "V": 4, "VI": 3, "VII": 5, "VIII": 1},
    "quangngai-dost-2025": {
        "1": 6, "2": 6, "3": 12, "4": 4, "5": 5, "6": 4, "7": 2, "8": 3, "9": 1,
    },
    "khanhhoa-dost-2024": {"I": 8, "II": 6, "III": 5, "IV": 5, "V": 4, "VI": 8, "VII": 12},
    "sonla-2021": {"I": 31, "II": 9, "III": 11, "IV": 13, "V": 11, "VI": 7, "VII": 13},
    "gialai-doet-2022": {"I": 5, "II": 4, "III": 2, "IV": 6, "V": 3, "VI": 7, "VII": 8},
}  # fmt: skip
# Tasks with a number of their own, stacked rows taken together.
NUMBERED = {
    "gialai-doet-2022": 24,
    "sonla-2021": 94,
    "sonla-dost-2022": 36,
    "khanhhoa-dost-2024": 48,
}
YEARS = {
    "sonla-dost-2022": 2022,
    "quangngai-dost-2025": 2025,
    "khanhhoa-dost-2024": 2024,
    "sonla-2021": 2021,
    "gialai-doet-2022": 2022,
}
# First and last line of the part that holds tasks.
TASK_LINES = {
    "sonla-dost-2022": (270, 325),
    "quangngai-dost-2025": (41, 436),
    "khanhhoa-dost-2024": (110, 209),
    "sonla-2021": (243, 1791),
    "gialai-doet-2022": (169, 233),
}

pytestmark = pytest.mark.needs_shared


@pytest.mark.parametrize("name", COUNTS)
def test_the_tasks_of_every_area_are_as_many_as_were_counted(seed_plans, name):
    counts = area_counts(seed_plans[name].tasks)
    assert dict(zip(counts["area_number"], counts["tasks"], strict=True)) == COUNTS[name]
    assert seed_plans[name].year == YEARS[name]


@pytest.mark.parametrize("name", NUMBERED)
def test_numbered_tasks_are_as_many_as_the_numbers_in_the_document(seed_plans, name):
    assert area_counts(seed_plans[name].tasks)["numbers"].sum() == NUMBERED[name]


@pytest.mark.parametrize("name", COUNTS)
def test_every_task_has_the_lead_unit_and_the_deadline_read_by_hand(seed_plans, name):
    expected = pd.read_csv(DATA / f"tasks_{name}.csv", dtype=str, keep_default_na=False)
    tasks = seed_plans[name].tasks
    read = tasks[["task_code", "lead_unit", "deadline_kind", "recurrence"]].assign(
        line=tasks["source_place"].str.extract(r"(\d+)")[0],
        due_on=tasks["due_on"].dt.strftime("%Y-%m-%d").fillna(""),
    )
    pd.testing.assert_frame_equal(
        read[list(expected.columns)], expected, check_dtype=False, check_column_type=False
    )


@pytest.mark.parametrize("name", COUNTS)
def test_every_line_of_the_task_part_is_accounted_for(seed_plans, name):
    plan = seed_plans[name]
    first, last = TASK_LINES[name]
    part = plan.lines[plan.lines["line"].between(first, last)]
    assert set(part["role"]) <= {"header", "area", "task", "continuation"}
    owned = part[part["role"].isin(("task", "continuation"))]
    assert (owned["task_code"] != "").all()
    assert set(owned["task_code"]) == set(plan.tasks["task_code"])
    outside = plan.lines[~plan.lines["line"].between(first, last)]
    assert set(outside["role"]) == {"text"}


# The last column of the Khánh Hòa plan tells in words who does what; only the names are kept.
@pytest.mark.parametrize("name", [name for name in COUNTS if name != "khanhhoa-dost-2024"])
def test_every_word_of_a_task_line_is_in_some_cell_of_a_task(seed_plans, name):
    """No fragment is lost on the way from the lines to the cells."""
    plan = seed_plans[name]
    columns = ["goal", "task", "activity", "products", "lead_unit", "supporting_units"]
    columns += ["deadline_text", "budget", "number"]
    kept = _words(" ".join(plan.tasks[columns].agg(" ".join, axis=1)))
    rows = plan.lines[plan.lines["role"].isin(("task", "continuation"))]
    labels = {"cơ", "quan", "đơn", "vị", "chủ", "trì", "thực", "hiện", "phối", "hợp", "với"}
    labels |= {"sản", "phẩm", "thời", "gian", "hoàn", "thành", "tiếp", "nhận"}
    lost = _words(" ".join(rows["text"])) - kept - labels
    assert not {word for word in lost if len(word) > 1 and not word.isdigit()} - _TRIMMED


# The one lead cell of the list that goes on to say how the units work is cut behind their name.
_TRIMMED = {"giải", "trình", "xin", "lỗi"}


def _words(text: str) -> set[str]:
    return set("".join(c.lower() if c.isalnum() else " " for c in text).split())


@pytest.mark.parametrize("name", COUNTS)
def test_the_tables_keep_their_contracts(seed_plans, name):
    plan = seed_plans[name]
    checked(plan.tasks, "PlanTasks")
    checked(plan.targets, "PlanTargets")
    checked(plan.reports, "PlanReports")


def test_deadlines_that_contradict_their_plan_are_found_in_the_plan_that_has_them(seed_plans):
    found = [(f.code, f.cell) for f in seed_plans["sonla-dost-2022"].findings]
    assert ("deadline-wrong-year", "dòng 275") in found  # "trong tháng 01/2021"
    assert ("deadline-wrong-year", "dòng 298") in found  # "hàng quý, 6 tháng và năm 2021"
    assert ("deadline-wrong-year", "dòng 299") in found  # "trong tháng 1/2021"
    assert ("deadline-before-plan-year", "dòng 308") in found  # "ban hành tháng 12/2021"
    for name in ("quangngai-dost-2025", "sonla-2021", "gialai-doet-2022"):
        codes = [finding.code for finding in seed_plans[name].findings]
        assert not [code for code in codes if code.startswith("deadline-")], name


def _due_days(plan: Plan, recipient: str) -> list[str]:
    reports = plan.reports[plan.reports["recipient"] == recipient]
    return reports["due_on"].dt.strftime("%d/%m/%Y").tolist()


def test_reporting_days_are_those_each_plan_states(seed_plans):
    sonla = seed_plans["sonla-dost-2022"]
    assert _due_days(sonla, "above") == ["14/03/2022", "14/06/2022", "14/09/2022", "14/12/2022"]
    assert _due_days(sonla, "within") == ["12/03/2022", "12/06/2022", "12/09/2022", "12/12/2022"]
    quangngai = seed_plans["quangngai-dost-2025"]
    assert _due_days(quangngai, "within") == [
        "02/03/2025", "02/06/2025", "02/09/2025", "24/11/2025",
    ]  # fmt: skip
    province = seed_plans["sonla-2021"].reports
    assert province["data_from"].dt.strftime("%d/%m/%Y").tolist() == [
        "15/12/2020", "15/12/2020", "15/06/2021", "15/12/2020",
    ]  # fmt: skip
    assert province["cutoff_on"].dt.strftime("%d/%m").tolist() == [
        "14/03",
        "14/06",
        "14/09",
        "14/12",
    ]


COMPARED = ["task_code", "task", "activity", "products", "lead_unit", "deadline_text", "due_on"]


@pytest.mark.parametrize("name", ["sonla-dost-2022", "khanhhoa-dost-2024", "gialai-doet-2022"])
def test_the_same_pages_in_word_and_excel_give_the_same_tasks(seed_folder, seed_plans, name):
    plan = seed_plans[name]
    first, last = TASK_LINES[name]
    text = next(path for path in seed_folder.iterdir() if path.name == plan.name)
    lines = text.read_text(encoding="utf-8").split("\n")[first - 1 : last]
    rows = [line.split("\t") for line in lines if "\t" in line]
    if name == "sonla-dost-2022":  # its pages repeat no heading, so only Word's own flow is whole
        rows = _whole_rows(plan.tasks)
    for tasks in _in_word_and_excel(rows, plan.year):
        pd.testing.assert_frame_equal(
            tasks[COMPARED], plan.tasks[COMPARED], check_column_type=False, check_dtype=False
        )


@pytest.mark.parametrize("name", COUNTS)
def test_a_table_of_whole_rows_in_word_and_excel_gives_the_same_tasks(seed_plans, name):
    plan = seed_plans[name]
    expected = plan.tasks
    if name == "quangngai-dost-2025":
        expected = _numbered_by_digits(expected)
    for tasks in _in_word_and_excel(_whole_rows(expected), plan.year):
        pd.testing.assert_frame_equal(
            tasks[COMPARED], expected[COMPARED], check_column_type=False, check_dtype=False
        )


def _numbered_by_digits(tasks: pd.DataFrame) -> pd.DataFrame:
    """Number tasks 1, 2, 3 in areas I, II, III as tables do; the list has letters and digits."""
    roman = dict(
        zip("123456789", ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"], strict=True)
    )
    areas = tasks["area_number"].map(roman)
    numbers = (tasks.groupby("area_number", sort=False).cumcount() + 1).astype(str)
    codes = areas + "." + numbers
    return tasks.assign(area_number=areas, number=numbers, task_code=codes, part=1)


def _in_word_and_excel(rows: list[list[str]], year: int) -> list[pd.DataFrame]:
    word = document_from_bytes(word_bytes(rows))
    excel = document_from_bytes(excel_bytes(rows))
    return [plan_from_document(document, year).tasks for document in (word, excel)]


def _whole_rows(tasks: pd.DataFrame) -> list[list[str]]:
    """Return the table as it stood before it was cut into pages."""
    header = ["STT", "Mục tiêu", "Nhiệm vụ", "Hoạt động", "Sản phẩm", "Đơn vị chủ trì"]
    rows = [[*header, "Đơn vị phối hợp", "Thời gian thực hiện"]]
    area = ""
    for task in tasks.itertuples(index=False):
        if task.area_number != area:
            area = task.area_number
            rows.append([area, "", task.area_name, *[""] * 5])
        shared = [task.goal, task.task, task.activity]
        number = task.number if task.part == 1 else ""
        own = [task.products, task.lead_unit, task.supporting_units, task.deadline_text]
        rows.append([number, *shared, *own])
    return rows

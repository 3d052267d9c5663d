"""``parindex plan``: from a document to tables, progress and a calendar."""

import json
import re

import pandas as pd
import pytest

from scoring.cli.main import main
from scoring.files.table_files import csv_bytes

PLAN = """Số: 12/KH-SNV

Quảng Ngãi, ngày 10 tháng 01 năm 2025

KẾ HOẠCH
Cải cách hành chính năm 2025

I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH
- Ban hành Kế hoạch cải cách hành chính năm 2025.
+ Đơn vị chủ trì: Văn phòng Sở.
+ Thời gian thực hiện: Quý I/2025.
- Kiểm tra công tác cải cách hành chính tại 30% phòng, đơn vị.
+ Đơn vị chủ trì: Thanh tra Sở.
+ Thời gian thực hiện: Quý III/2025.
"""


@pytest.fixture
def tasks(tmp_path):
    """An edited tasks.csv with two tasks."""
    path = tmp_path / "tasks.csv"
    pd.DataFrame(
        {
            "task_code": ["I.1", "I.2"],
            "task": ["Ban hành kế hoạch", "Kiểm tra đơn vị"],
            "year": [2025, 2025],
            "lead_unit": ["Văn phòng", "Thanh tra"],
            "deadline_text": ["Quý I/2025", "Quý III/2025"],
        }
    ).to_csv(path, index=False)
    return path


def test_import_writes_tasks_targets_reports_and_every_line(tmp_path, capsys):
    path = tmp_path / "kế hoạch.txt"
    path.write_text(PLAN, encoding="utf-8")
    main(["plan", "import", str(path), "--out", str(tmp_path / "o")])
    made = {entry.name for entry in (tmp_path / "o").iterdir()}
    assert made == {"tasks.csv", "targets.csv", "reports.csv", "lines.csv"}
    assert "2025" in capsys.readouterr().out


def test_status_tells_overdue_from_done(tasks, tmp_path, capsys):
    progress = tmp_path / "progress.csv"
    progress.write_text("task_code,done_on\nI.1,20/3/2025\n", encoding="utf-8")
    arguments = ["plan", "status", str(tasks), "--on", "15/10/2025"]
    assert main([*arguments, "--progress", str(progress)]) == 0
    out = capsys.readouterr().out
    assert "I.2" in out and "Quá hạn" in out and "30/09/2025" in out
    assert "I.1" not in out


def test_progress_of_a_task_that_the_plan_has_not_is_told_and_so_is_what_was_written(
    tasks, tmp_path, capsys
):
    progress, out = tmp_path / "progress.csv", tmp_path / "ra"
    progress.write_text("task_code,done_on\nIX.9,20/3/2025\n", encoding="utf-8")
    asked = ["plan", "status", str(tasks), "--on", "15/10/2025", "--progress", str(progress)]
    assert main([*asked, "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert "Bảng tiến độ có nhiệm vụ IX.9 không có trong kế hoạch." in told.err
    assert f"Đã ghi kết quả vào {out}" in told.out + told.err


def test_calendar_writes_ics_workbook_and_charts(tasks, tmp_path):
    assert main(["plan", "calendar", str(tasks), "--out", str(tmp_path / "o")]) == 0
    made = {entry.name for entry in (tmp_path / "o").iterdir()}
    assert {"calendar.ics", "calendar.xlsx", "year.png", "gantt-1.svg"} <= made


def test_an_unreadable_day_is_wrong_usage(tasks, capsys):
    assert main(["plan", "status", str(tasks), "--on", "hôm qua"]) == 2
    assert "hôm qua" in capsys.readouterr().err


def test_a_task_table_without_its_columns_is_a_finding(tmp_path, capsys):
    path = tmp_path / "tasks.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert main(["plan", "status", str(path), "--on", "2025-06-01"]) == 1
    assert "task_code" in capsys.readouterr().err


def test_a_missing_plan_is_named(tmp_path, capsys):
    assert main(["plan", "check", str(tmp_path / "không có.docx")]) == 2
    assert "không có.docx" in capsys.readouterr().err


def test_check_and_import_take_the_edited_table_that_their_help_names(tasks, tmp_path, capsys):
    main(["plan", "check", str(tasks), "--format", "json"])
    codes = {found["code"] for found in json.loads(capsys.readouterr().out)["findings"]}
    assert "plan-without-tasks" not in codes and "unforeseen-error" not in codes
    assert main(["plan", "import", str(tasks), "--out", str(tmp_path / "ra")]) == 0
    assert pd.read_csv(tmp_path / "ra" / "tasks.csv")["task_code"].tolist() == ["I.1", "I.2"]


def test_a_target_compares_by_a_sign_that_stays_a_sign(tmp_path):
    assert csv_bytes(pd.DataFrame({"comparison": ["=", "=1"]})).decode().split() == [
        "comparison",
        "=",
        "'=1",
    ]


def year_drawn(folder):
    """Return what the two charts of a calendar say of their year."""
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("year.svg", "gantt-1.svg")]
    return {year for text in texts for year in re.findall(r"[Nn]ăm (\d{4})", text)}


def test_the_calendar_of_an_empty_plan_has_the_year_it_says_or_none(tmp_path):
    table = tmp_path / "tasks.csv"
    table.write_text("task_code,task,year,lead_unit,deadline_text\n", encoding="utf-8")
    assert main(["plan", "calendar", str(table), "--out", str(tmp_path / "a")]) == 0
    assert year_drawn(tmp_path / "a") == set(), "never the year of the day it is drawn"
    plan = tmp_path / "plan.txt"
    plan.write_text("KẾ HOẠCH\nCải cách hành chính năm 2024\n", encoding="utf-8")
    assert main(["plan", "calendar", str(plan), "--out", str(tmp_path / "b")]) == 1
    assert year_drawn(tmp_path / "b") == {"2024"}

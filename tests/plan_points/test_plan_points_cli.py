"""The verbs that link, feed and grade, from the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from scoring.cli.main import main
from scoring.files.shipped import shipped_folder

EXAMPLE = shipped_folder("evidence") / "so-khcn-son-la-2022"
ON = ("--on", "2022-12-31")
SET = ("--criteria", "department-sample")
SAMPLE = ("--criteria", "task-completion-sample")


def test_feed_writes_inputs_that_score_and_gaps_with_lead_units(tmp_path: Path, capsys) -> None:
    assert main(["plan", "feed", str(EXAMPLE), *SET, *ON, "--out", str(tmp_path)]) == 0
    assert "plan-tasks-done" in capsys.readouterr().out
    gaps = pd.read_csv(tmp_path / "gaps.csv", dtype=str)
    assert "Văn phòng Sở" in set(gaps["lead_unit"])
    assert (tmp_path / "points-at-risk.png").is_file()
    code = main(
        ["score", str(tmp_path / "inputs.csv"), *SET, "--out", str(tmp_path / "score"), "--quiet"]
    )
    assert code == 0


def test_feed_needs_to_know_the_unit(tmp_path: Path, capsys) -> None:
    tasks, feeds = str(EXAMPLE / "tasks.csv"), str(EXAMPLE / "feeds.csv")
    run = ["plan", "feed", tasks, *SET, *ON, "--feeds", feeds, "--out", str(tmp_path)]
    assert main(run) == 2
    assert "--unit" in capsys.readouterr().err
    assert main([*run, "--unit", "SM"]) == 0


def test_feed_with_a_broken_table_of_feeds_says_so_and_goes_on(tmp_path: Path, capsys) -> None:
    broken = tmp_path / "feeds.csv"
    broken.write_text(
        "item_code,input,feed\n1.1.3,done,plan-done\n1.1.3,planned,plan-tasks-planned\n"
    )
    run = ["plan", "feed", str(EXAMPLE), *SET, *ON, "--feeds", str(broken), "--out", str(tmp_path)]
    assert main([*run, "--format", "json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [row["input"] for row in said["fed"]] == ["planned"]
    assert "feed-unknown" in {finding["code"] for finding in said["findings"]}


def test_completion_prints_ranks_and_writes_charts(tmp_path: Path, capsys) -> None:
    run = ["plan", "completion", str(EXAMPLE), *SAMPLE, *ON, "--out", str(tmp_path)]
    assert main(run) == 0
    said = capsys.readouterr()
    assert "Hoàn thành xuất sắc nhiệm vụ (mẫu)" in said.out
    assert "completion-unit-unknown" in said.err
    table = pd.read_csv(tmp_path / "completion.csv")
    assert table["rank"].tolist() == [1, 2, 3]
    assert (tmp_path / "completion-heatmap.png").is_file()


def test_completion_in_json_keeps_what_is_open_as_null(capsys) -> None:
    early = ["--on", "2022-01-05", "--format", "json"]
    run = ["plan", "completion", str(EXAMPLE), *SAMPLE, *early]
    assert main(run) == 0
    units = json.loads(capsys.readouterr().out)["units"]
    assert {unit["rank_state"] for unit in units} == {"open"}
    assert {unit["points"] for unit in units} == {None}


PLAN_2026 = {
    "tasks.csv": "task_code,task,year,lead_unit,deadline_text\n"
    "1,Kế hoạch,2026,Văn phòng,10/01/2026\n2,Báo cáo,2026,Thanh tra,15/02/2026\n",
    "progress.csv": "task_code,done_on\n1,2026-01-09\n2,2026-02-20\n",
    "units.csv": "unit_code,unit_name\nVP,Văn phòng\nTT,Thanh tra\n",
    "completion.csv": "unit_code,year,item_code,input,value,choice\n"
    + "".join(
        f"{unit},2026,I,points,28,\n{unit},2026,I,no_failed_subordinate,,yes\n"
        f"{unit},2026,I,faults_mended,,yes\n{unit},2026,I,concluded,,no\n"
        f"{unit},2026,II,points,64,\n{unit},2026,II,exceeded,1,\n{unit},2026,II,quality,,yes\n"
        for unit in ("VP", "TT")
    ),
}


def plan_of_2026(folder: Path) -> list[str]:
    for name, text in PLAN_2026.items():
        (folder / name).write_text(text, encoding="utf-8")
    return ["plan", "completion", str(folder), "--on", "2026-12-10", "--format", "json"]


def test_completion_grades_by_the_decree_unless_told_otherwise(tmp_path: Path, capsys) -> None:
    assert main(plan_of_2026(tmp_path)) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["set"], said["set_status"]) == ("agency-rating-335-2025", "official")
    grades = {unit["unit_code"]: (unit["points"], unit["grade"]) for unit in said["units"]}
    # Both have 92 points; a task done late keeps the second from every grade of the decree.
    assert grades == {"VP": (92.0, "Hoàn thành xuất sắc nhiệm vụ"), "TT": (92.0, "")}
    codes = {f["code"]: f.get("unit_code") for f in said["findings"]}
    assert codes["grade-condition-failed"] == "TT"
    assert "grade-quota-exceeded" in codes


def test_figures_made_for_the_sample_are_not_taken_for_the_decree(tmp_path: Path, capsys) -> None:
    run = plan_of_2026(tmp_path)
    sample = "unit_code,year,item_code,input,value\nVP,2026,2,points,25\nVP,2026,3,cases,0\n"
    (tmp_path / "completion.csv").write_text(sample, encoding="utf-8")
    assert main(run) == 1
    said = json.loads(capsys.readouterr().out)
    assert {unit["grade"] for unit in said["units"]} == {""}
    assert "unknown-item" in {finding["code"] for finding in said["findings"]}


def test_completion_without_a_list_of_units_asks_for_one(tmp_path: Path, capsys) -> None:
    run = ["plan", "completion", str(EXAMPLE / "tasks.csv"), *ON, "--out", str(tmp_path)]
    assert main(run) == 1
    said = capsys.readouterr().err
    assert "completion-without-units" in said
    assert "completion-unit-unknown" not in said


def test_completion_with_an_empty_list_of_units_shows_no_counts_for_what_people_gave(
    tmp_path: Path, capsys
) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "plan")
    (tmp_path / "plan" / "units.csv").write_text("unit_code,unit_name,block\n", encoding="utf-8")
    assert main(["plan", "completion", str(tmp_path / "plan"), *ON]) == 1
    said = capsys.readouterr()
    assert "completion-without-units" in said.err and "nan" not in said.out.split()


def test_link_proposes_and_keeps_what_is_confirmed(tmp_path: Path) -> None:
    out = tmp_path / "links.csv"
    assert main(["plan", "link", str(EXAMPLE), *SET, "--out", str(out)]) == 0
    table = pd.read_csv(out, dtype=str)
    confirmed = table[table["confirmed"] == "x"]
    assert ("I.1", "1.2.1") in set(zip(confirmed["task_code"], confirmed["item_code"], strict=True))
    assert table["task_code"].tolist()[0] == "I.1"
    assert len(table) > len(confirmed)


def test_status_takes_a_folder_and_names_a_day_it_cannot_read(tmp_path: Path, capsys) -> None:
    broken = tmp_path / "progress.csv"
    broken.write_text("task_code,done_on\nI.1,hôm qua\n", encoding="utf-8")
    run = ["plan", "status", str(EXAMPLE), *ON, "--progress", str(broken)]
    assert main(run) == 1
    assert "B2 [not-a-date]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "code"),
    [
        (("--units", str(EXAMPLE / "units.csv")), "lead-unit-unknown"),
        (("--issue-due-on", "2022-01-31", "--issued-on", "2022-02-05"), "plan-issued-late"),
    ],
)
def test_check_takes_units_and_the_day_of_issue(tmp_path: Path, capsys, option, code) -> None:
    plan = tmp_path / "ke-hoach.txt"
    plan.write_text(
        "KẾ HOẠCH\nCải cách hành chính năm 2022\n"
        "STT\tNhiệm vụ\tSản phẩm\tChủ trì\tThời hạn\nI\tCẢI CÁCH THỂ CHẾ\t\t\t\n"
        "1\tRà soát\tBáo cáo\tPhòng Lạ\tQuý I/2022\n",
        encoding="utf-8",
    )
    main(["plan", "check", str(plan), *option, "--format", "json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    assert code in {finding["code"] for finding in found}

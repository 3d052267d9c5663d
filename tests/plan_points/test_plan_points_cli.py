"""The verbs that link, feed and grade, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from scoring.cli.main import main
from scoring.files.shipped import shipped_folder

EXAMPLE = shipped_folder("evidence") / "so-khcn-son-la-2022"
ON = ("--on", "2022-12-31")
SET = ("--criteria", "department-sample")


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
    run = ["plan", "completion", str(EXAMPLE), *ON, "--out", str(tmp_path)]
    assert main(run) == 0
    said = capsys.readouterr()
    assert "Hoàn thành xuất sắc nhiệm vụ (mẫu)" in said.out
    assert "completion-unit-unknown" in said.err
    table = pd.read_csv(tmp_path / "completion.csv")
    assert table["rank"].tolist() == [1, 2, 3]
    assert (tmp_path / "completion-heatmap.png").is_file()


def test_completion_in_json_keeps_what_is_open_as_null(capsys) -> None:
    run = ["plan", "completion", str(EXAMPLE), "--on", "2022-01-05", "--format", "json"]
    assert main(run) == 0
    units = json.loads(capsys.readouterr().out)["units"]
    assert {unit["rank_state"] for unit in units} == {"open"}
    assert {unit["points"] for unit in units} == {None}


def test_completion_without_a_list_of_units_asks_for_one(tmp_path: Path, capsys) -> None:
    run = ["plan", "completion", str(EXAMPLE / "tasks.csv"), *ON, "--out", str(tmp_path)]
    assert main(run) == 1
    said = capsys.readouterr().err
    assert "completion-without-units" in said
    assert "completion-unit-unknown" not in said


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

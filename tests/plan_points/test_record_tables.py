"""The tables beside a plan are read whole, and what is wrong in them is a finding at its cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring.base.errors import UnreadableError
from scoring.files.declared_tables import read_declared, read_typed
from scoring.plan.feeding.record import read_feeds, read_links, read_record, read_units


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_day_that_cannot_be_read_counts_as_not_done(tmp_path: Path) -> None:
    path = write(
        tmp_path, "progress.csv", "task_code,done_on,note\nI.1,32/01/2025,\nI.2,05/02/2025,\n"
    )
    table, findings = read_declared(path, "Progress")
    assert table["done_on"].notna().tolist() == [False, True]
    assert [(finding.code, finding.cell) for finding in findings] == [("impossible-date", "B2")]


def test_links_count_only_once_confirmed(tmp_path: Path) -> None:
    path = write(tmp_path, "links.csv", "task_code,item_code,confirmed\nI.1,1.1,x\nI.1,1.2,\n")
    table, findings = read_links(path)
    assert table.values.tolist() == [["I.1", "1.1"]]
    assert [finding.code for finding in findings] == ["links-not-confirmed"]


def test_links_without_a_column_for_it_are_confirmed(tmp_path: Path) -> None:
    table, findings = read_links(write(tmp_path, "links.csv", "task_code,item_code\nI.1,1.10\n"))
    assert table.values.tolist() == [["I.1", "1.10"]]
    assert findings == []


def test_a_unit_listed_twice_counts_once(tmp_path: Path) -> None:
    path = write(tmp_path, "units.csv", "unit_code,unit_name\nVP,Văn phòng\nVP,Văn phòng Sở\n")
    table, findings = read_units(path)
    assert table["unit_name"].tolist() == ["Văn phòng"]
    assert [(finding.code, finding.cell) for finding in findings] == [("unit-twice", "A3")]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    table, findings = read_feeds(write(tmp_path, "feeds.csv", "item_code,feed\n1.1.3,x\n"))
    assert table.empty
    assert [finding.code for finding in findings] == ["missing-column"]


def test_a_task_code_used_twice_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "tasks.csv", "task_code,task,year\nI.1,Kế hoạch,2025\nI.1,Báo cáo,2025\n")
    record, findings = read_record(tmp_path)
    assert record.tasks["task"].tolist() == ["Kế hoạch"]
    assert [finding.code for finding in findings] == ["task-code-twice"]


def test_a_folder_brings_what_lies_beside_the_plan(tmp_path: Path) -> None:
    write(tmp_path, "tasks.csv", "task_code,task,year\nI.1,Kế hoạch,2025\n")
    write(tmp_path, "progress.csv", "task_code,done_on\nI.1,2025-01-08\n")
    write(tmp_path, "units.csv", "")
    record, findings = read_record(tmp_path)
    assert (len(record.progress), len(record.units), findings) == (1, 0, [])


def test_a_folder_without_tasks_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        read_record(tmp_path)


def test_what_is_no_number_is_named_by_its_place_in_the_file_itself(tmp_path):
    path = tmp_path / "actions.csv"
    path.write_text("cost;item_code;action\nrẻ;1.1;Việc\n", encoding="utf-8")
    [found] = read_typed(path, "Actions")[1]
    assert (found.code, found.cell, found.values["value"]) == ("not-a-number", "A2", "rẻ")

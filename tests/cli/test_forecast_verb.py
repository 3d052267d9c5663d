"""``forecast`` at the command line: what it says first, writes and refuses."""

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from scoring.cli.main import main

pytestmark = pytest.mark.drawn

BASE = ["--criteria", "service-quality-766", "--on", "31/07/2026"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cast")
    rows = [
        ("XA-01", "Xã Mẫu", 2026, f"tháng {month}", "2", name, value)
        for month in range(1, 13)
        for name, value in (("received", 100 + 7 * month % 11), ("on_time", 88 + 5 * month % 9))
    ]
    names = ["unit_code", "unit_name", "year", "period", "item_code", "input", "value"]
    table = pd.DataFrame(rows, columns=names)
    table.to_csv(folder / "ca-nam.csv", index=False)
    table.head(14).to_csv(folder / "thang.csv", index=False)
    tasks = "task_code,year,task,deadline_text,item_codes\nI.1,2026,Báo cáo,15/11/2026,4.3\n"
    (folder / "tasks.csv").write_text(tasks, encoding="utf-8")
    return folder


def said(capsys):
    heard = capsys.readouterr()
    return heard.out, heard.err


def test_the_finding_comes_first_with_its_assumptions(desk, capsys):
    out = desk / "den"
    line = [
        "forecast",
        str(desk / "thang.csv"),
        *BASE,
        "--goal",
        "50",
        "--items",
        "2",
        "--out",
        str(out),
    ]
    assert main(line) == 0
    text, err = said(capsys)
    assert text.startswith("Đến 31/12/2026, Xã Mẫu: chỉ số ")
    assert "(80%); đạt 50,00 điểm: chưa có căn cứ để nói xác suất; xấu nhất " in text
    assert (
        "Giả định:\n2 Tiến độ giải quyết hồ sơ: cộng dồn, theo mức và độ chênh của tháng 1–7."
        in text
    )
    assert "mầm 20261231, sai số xác suất nhiều nhất 1,1 điểm" in text
    assert "forecast-no-cut-off" in err
    names = {path.name for path in out.rglob("*") if path.is_file()}
    assert {"forecast-fan.csv", "forecast-assumptions.csv", "forecast-goals.csv", "forecast.xlsx",
            "manifest.json", "findings.csv", "fan.png", "fan.svg", "fan-2.png"} <= names  # fmt: skip
    fan = pd.read_csv(out / "forecast-fan.csv")
    assert fan["is_past"].sum() and (fan["bound_low_points"] <= fan["outer_low_points"]).all()
    drawn = next(out.rglob("fan-2.svg")).read_text(encoding="utf-8")
    assert "theo mức và độ chênh" in drawn
    book = openpyxl.load_workbook(out / "forecast.xlsx", read_only=True)
    assert {"Đạt mức", "Dự báo", "Giả định"} <= set(book.sheetnames)


def test_of_several_units_an_assumption_names_those_it_is_about(desk, capsys):
    table = pd.read_csv(desk / "thang.csv")
    other = table.head(2).assign(unit_code="XA-02", unit_name="Xã Khác")
    pd.concat([table, other]).to_csv(desk / "hai.csv", index=False)
    assert main(["forecast", str(desk / "hai.csv"), *BASE, "--lang", "en"]) == 0
    told = said(capsys)[0]
    assert "\nXã Mẫu · 2 " in told
    # One period is one month, and the bracket stands before the stop.
    one = "Xã Khác · 2 Timeliness: adds up, by the level and spread of month 1 (too little"
    assert one in told and "bounds only).\n" in told


def test_a_year_that_is_over_is_tried(desk, capsys):
    line = ["forecast", str(desk / "ca-nam.csv"), *BASE[:2], "--year", "2026", "--backtest"]
    assert main(["--format", "json", *line]) == 0
    table = pd.DataFrame(json.loads(said(capsys)[0])["ForecastTrials"])
    assert table["made_after"].unique().tolist() == [3, 6, 9]
    assert (table.loc[table["stated_percent"] == 100, "held_percent"] == 100).all()
    line[1] = str(desk / "thang.csv")
    main(line)
    assert "forecast-nothing-to-try" in said(capsys)[1]


def test_a_cut_off_day_that_is_past_is_told(desk, capsys):
    assert main(["forecast", str(desk / "thang.csv"), *BASE, "--until", "30/06/2026"]) == 0
    assert "forecast-cut-off-past" in said(capsys)[1]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--levels", "2.nothing"], "forecast-level-unknown"),
        (["--items", "9.9", "--out", "x"], "forecast-item-unknown"),
        (["--plan", "tasks.csv", "--unit", "a,b"], "forecast-plan-of-whom"),
        (["--confidence", "50"], "uncertainty-confidence"),
    ],
)
def test_what_cannot_be_meant_is_refused(desk, capsys, monkeypatch, more, code):
    monkeypatch.chdir(desk)
    assert main(["forecast", "thang.csv", *BASE, *more]) == 2
    assert code in said(capsys)[1]
    assert not Path("x").exists()


def test_a_plan_whose_tasks_serve_no_item_is_said_to_add_nothing(desk, capsys, monkeypatch):
    monkeypatch.chdir(desk)
    main(["forecast", "thang.csv", *BASE, "--plan", "tasks.csv"])
    assert "uncertainty-plan-adds-nothing" not in said(capsys)[1]
    old = (desk / "tasks.csv").read_text(encoding="utf-8").replace("4.3", "")
    (desk / "cu.csv").write_text(old, encoding="utf-8")
    main(["forecast", "thang.csv", *BASE, "--plan", "cu.csv"])
    assert "uncertainty-plan-adds-nothing" in said(capsys)[1]


def test_a_plan_of_another_year_is_told(desk, capsys, monkeypatch):
    monkeypatch.chdir(desk)
    main(["forecast", "thang.csv", *BASE, "--plan", "tasks.csv"])
    assert "forecast-plan-other-year" not in said(capsys)[1]
    table = pd.read_csv(desk / "tasks.csv", dtype=str, keep_default_na=False)
    table.assign(year="2025").to_csv(desk / "nam-truoc.csv", index=False)
    main(["forecast", "thang.csv", *BASE, "--plan", "nam-truoc.csv"])
    told = said(capsys)[1]
    assert "forecast-plan-other-year" in told and "Kế hoạch của năm 2025" in told


def test_a_plan_without_a_record_gives_bounds(desk, capsys, monkeypatch):
    monkeypatch.chdir(desk)
    assert main(["--format", "json", "forecast", "thang.csv", *BASE, "--plan", "tasks.csv"]) == 0
    told = pd.DataFrame(json.loads(said(capsys)[0])["ForecastAssumptions"])
    task = told[told["method"] == "task"].iloc[0]
    assert (task["item_code"], task["count"], task["has_chance"]) == ("4.3", 0, False)

"""``uncertainty`` and ``robustness`` at the command line: what they say, write and refuse."""

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import scoring
from scoring.cli.main import main

EXAMPLE = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
BASE = ["--criteria", "department-sample"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Three departments, two of them with open items and a survey, and a history of last year."""
    folder = tmp_path_factory.mktemp("sure")
    rows = pd.read_csv(EXAMPLE)
    one = rows[rows["unit_code"] == "SM-B"]
    parts = []
    for number, code in enumerate("ABC"):
        mine = one.assign(unit_code=f"S-{code}", unit_name=f"Sở {code}")
        left_out = ["1.2.1", "5.1"][:number]
        mine = mine[~mine["item_code"].isin(left_out)]
        mine.loc[mine["item_code"] == "8.1", "value"] = 80.0 + number
        parts.append(mine)
    pd.concat(parts).to_csv(folder / "so-lieu.csv", index=False)
    fed = pd.DataFrame([
        {"unit_code": f"S-{code}", "year": one["year"].iloc[0], "period": "", "item_code": "8.1",
         "input": "satisfaction", "value": 80.0 + n, "low": 75.0 + n, "high": 85.0 + n,
         "confidence_percent": 95.0, "survey": "ks"}
        for n, code in enumerate("ABC")
    ])  # fmt: skip
    fed.to_csv(folder / "khao-sat.csv", index=False)
    pd.DataFrame(
        [
            {
                "unit_code": "S-A",
                "year": 2024,
                "period": "",
                "code": "1.1.1",
                "track": "computed",
                "points": 1.0,
            }
        ]
    ).to_csv(folder / "tracks.csv", index=False)
    return folder


def said(capsys):
    heard = capsys.readouterr()
    return heard.out, heard.err


def test_of_several_periods_every_line_names_its_own(desk, capsys, tmp_path):
    table = pd.read_csv(desk / "so-lieu.csv")
    whole = table[table["unit_code"] != "S-C"]
    parts = [whole.assign(period=period) for period in ("quý I", "quý II")]
    path, out = tmp_path / "quy.csv", tmp_path / "ra"
    pd.concat(parts).to_csv(path, index=False)
    main(["uncertainty", str(path), *BASE, "--out", str(out)])
    text, _ = said(capsys)
    assert "Hạng của Sở A, quý I/2025: " in text and "Hạng của Sở B, quý II/2025: " in text
    assert text.index("Sở B, quý I/") < text.index("Sở A, quý II/")
    book = openpyxl.load_workbook(out / "uncertainty.xlsx", read_only=True)
    names = {row[0] for row in book["Hạng"].iter_rows(values_only=True)}
    assert {"Sở A, quý I/2025", "Sở B, quý II/2025"} <= names
    example = pd.read_csv(EXAMPLE)
    parts = [example.assign(period=period) for period in ("quý I", "quý II")]
    pd.concat(parts).to_csv(path, index=False)
    main(["robustness", str(path), *BASE])
    text, err = said(capsys)
    assert err.count("robustness-not-additive") <= 1
    assert text.count("quý I/2025: hạng 1;") == 1 == text.count("quý II/2025: hạng 1;")


def test_the_finding_comes_first_and_everything_is_written(desk, capsys):
    out = desk / "chac"
    line = [
        "uncertainty",
        str(desk / "so-lieu.csv"),
        *BASE,
        "--surveys",
        str(desk / "khao-sat.csv"),
        "--out",
        str(out),
    ]
    assert main([*line, "--confidence", "90", "--seed", "7", "--unit", "S-A"]) == 0
    text, _ = said(capsys)
    assert (
        text.startswith("Hạng của Sở A: 1 đến 3 (trong 3); chỉ số ")
        and "; xác suất đạt Tốt (mẫu): 100%." in text
    )
    assert "độ tin cậy 90%" in text and "Mầm mô phỏng: 7" in text
    names = {path.name for path in out.rglob("*") if path.is_file()}
    assert {"doubts.csv", "index-intervals.csv", "rank-intervals.csv", "rank-chances.csv", "grade-chances.csv",
            "pair-chances.csv", "drivers.csv", "uncertainty.xlsx", "manifest.json", "findings.csv",
            "rank-intervals.png", "tornado.png", "index-spread.png"} <= names  # fmt: skip
    ranks = pd.read_csv(out / "rank-intervals.csv")
    assert (ranks["bound_first"] <= ranks["rank_first"]).all() and "survey_first" in ranks


def test_the_same_seed_gives_the_same_bytes(desk, capsys):
    texts = []
    for name in ("mot", "hai"):
        assert (
            main(
                [
                    "uncertainty",
                    str(desk / "so-lieu.csv"),
                    *BASE,
                    "--unit",
                    "-",
                    "--out",
                    str(desk / name),
                ]
            )
            == 0
        )
        texts.append([path.read_bytes() for path in sorted((desk / name).glob("*.csv"))])
    assert texts[0] == texts[1] and len(texts[0]) == 8
    said(capsys)


def test_robustness_says_which_orders_are_not_secure(desk, capsys):
    out = desk / "vung"
    rows = pd.read_csv(desk / "so-lieu.csv")
    full = pd.concat(
        [rows[rows["unit_code"] == "S-A"].assign(unit_code=c, unit_name=f"Sở {c}") for c in "AB"]
    )
    full.loc[(full["unit_code"] == "B") & (full["item_code"] == "8.1"), "value"] = 70.0
    full.to_csv(desk / "du.csv", index=False)
    assert main(["robustness", str(desk / "du.csv"), *BASE, "--out", str(out)]) == 0
    text, _ = said(capsys)
    assert text.startswith("Sở A: hạng 1;") and "không phải xác suất" in text
    # The two differ in 8.1 only: without it they are equal, so that it alone decides who leads.
    orders = pd.read_csv(out / "order-security.csv")
    assert orders["critical_percent"].tolist() == [100.0] and orders["drops"].tolist() == [1]
    assert not orders["is_secure"].any()
    assert {"rank-variants.csv", "rank-robustness.csv", "robustness.xlsx"} <= {
        p.name for p in out.iterdir()
    }


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--confidence", "99.95"], "uncertainty-confidence"),
        (["--confidence", "49"], "uncertainty-confidence"),
        (["--confidence", "chín"], "uncertainty-number"),
        (["--seed", "1.5"], "uncertainty-number"),
        (["--seed", "-3"], "uncertainty-number"),
    ],
)
def test_what_cannot_be_meant_is_refused(desk, capsys, more, code):
    assert main(["uncertainty", str(desk / "so-lieu.csv"), *BASE, *more]) == 2
    assert code in said(capsys)[1]


def test_a_range_of_weights_must_leave_weights(desk, capsys):
    assert main(["robustness", str(desk / "so-lieu.csv"), *BASE, "--range", "100"]) == 2
    assert "robustness-range" in said(capsys)[1]


def test_a_history_without_appraisal_and_doubts_without_chance_are_told(desk, capsys):
    line = ["--format", "json", "uncertainty", str(desk / "so-lieu.csv"), *BASE]
    assert main([*line, "--history", str(desk / "tracks.csv")]) == 0
    text, err = said(capsys)
    assert json.loads(text)["confidence_percent"] == 95
    assert "uncertainty-history-tracks" in err and "uncertainty-without-chance" in err


def test_nothing_in_doubt_and_nothing_to_read_say_so(desk, capsys, tmp_path):
    assert main(["uncertainty", str(EXAMPLE), *BASE]) == 0
    assert "uncertainty-nothing" in said(capsys)[1]
    empty = Path(tmp_path, "trong.csv")
    empty.write_text(EXAMPLE.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert main(["uncertainty", str(empty), *BASE]) == 2
    assert "uncertainty-no-figures" in said(capsys)[1]


def test_open_indices_and_lonely_units_are_told(desk, capsys):
    assert main(["robustness", str(desk / "so-lieu.csv"), *BASE]) == 0
    err = said(capsys)[1]
    assert "robustness-index-open" in err and "robustness-nobody-to-compare" in err


def test_a_chance_that_may_be_anything_is_not_given_as_a_figure(desk, capsys):
    rows = pd.read_csv(desk / "so-lieu.csv")
    rows[rows["item_code"].str.startswith("1")].to_csv(desk / "thieu.csv", index=False)
    assert main(["uncertainty", str(desk / "thieu.csv"), *BASE]) == 0
    text, _ = said(capsys)
    assert "0–100%" not in text and "chưa có căn cứ để nói xác suất." in text


def test_robustness_of_nobody_is_still_written(desk, capsys):
    rows, out = pd.read_csv(desk / "so-lieu.csv"), desk / "khong-ai"
    rows[rows["item_code"].str.startswith("1")].to_csv(desk / "do-dang.csv", index=False)
    assert main(["robustness", str(desk / "do-dang.csv"), *BASE, "--out", str(out)]) == 0
    text, err = said(capsys)
    assert "0 trong 0" not in text and "robustness-index-open" in err
    assert (out / "robustness.xlsx").exists()


def test_open_tasks_of_a_plan_enter_until_the_cut_off_day(desk, capsys):
    tasks = pd.DataFrame({
        "task_code": ["I.1"], "year": 2025, "task": "Báo cáo", "lead_unit": "Văn phòng",
        "deadline_text": ["15/11/2025"], "area_code": "direction",
    })  # fmt: skip
    (desk / "plan").mkdir()
    tasks.to_csv(desk / "plan" / "tasks.csv", index=False)
    line = [
        "uncertainty",
        str(desk / "so-lieu.csv"),
        *BASE,
        "--plan",
        str(desk / "plan" / "tasks.csv"),
    ]
    assert main([*line, "--on", "30/09/2025"]) == 2
    assert "forecast-plan-of-whom" in said(capsys)[1]
    main([*line, "--on", "30/09/2025", "--unit", "S-B"])
    heard = said(capsys)[1]
    assert "forecast-no-cut-off" in heard and "uncertainty-plan-adds-nothing" in heard
    main([*line, "--on", "30/09/2025", "--unit", "S-X"])
    assert "uncertainty-plan-unit" in said(capsys)[1]


def test_a_settled_index_is_one_figure(tmp_path, capsys):
    rows = [{"unit_code": "A", "year": 2026, "item_code": "2", "input": n, "value": 9}
            for n in ("on_time", "received")]  # fmt: skip
    pd.DataFrame(rows).to_csv(tmp_path / "a.csv", index=False)
    main(["uncertainty", str(tmp_path / "a.csv"), "--criteria", "service-quality-766"])
    text, _ = said(capsys)
    assert " đến " in text.splitlines()[0]
    from scoring.cli.commands.ahead.uncertainty import _span
    from scoring.cli.console import Console
    from scoring.outputs.theme import ChartContext

    row = dict.fromkeys(
        ("low_points", "high_points", "bound_low_points", "bound_high_points"), 100.0
    )
    console = Console()
    assert _span(row, ChartContext(), console) == "100,00, không còn gì chưa chắc"
    wide = _span(row | {"bound_low_points": 90.0}, ChartContext(), console)
    assert wide == "100,00, xấu nhất 90,00, tốt nhất 100,00"

"""``parindex report``: the leadership pack."""

import pandas as pd
import pytest

from scoring import score
from scoring.cli.main import main
from scoring.files.shipped import shipped_folder
from scoring.tables import empty

EXAMPLES = shipped_folder("evidence")


def test_one_unit_gets_page_word_workbook_pdf_and_slide(tmp_path, capsys):
    ledger = EXAMPLES / "phu-tho-2026" / "ledger.xlsx"
    assert main(["report", str(ledger), "--out", str(tmp_path)]) == 0
    made = sorted(path.name for path in tmp_path.iterdir())
    reports = ["report.docx", "report.html", "report.pdf", "report.png", "report.xlsx"]
    assert made == ["manifest.json", *reports]
    assert "61,89" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "report.docx" in capsys.readouterr().out


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_many_units_get_a_league_table_and_only_the_units_asked_for(tmp_path, lang):
    table = EXAMPLES / "example-department-sample" / "inputs.csv"
    arguments = ["--lang", lang, "report", str(table), "--criteria", "department-sample"]
    arguments += ["--unit", "SM-A", "--formats", "html", "--out", str(tmp_path)]
    assert main(arguments) == 0
    pages = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html"))
    assert pages == ["index.html", "units/sm-a/report.html"]


def test_the_day_the_report_is_read_stands_on_it(tmp_path):
    out = tmp_path / "out"
    report = [
        "report",
        str(EXAMPLES / "phu-tho-2026" / "ledger.xlsx"),
        "--out",
        str(out),
        "--formats",
        "html",
    ]
    assert main([*report, "--on", "20/12/2026"]) == 0
    assert "xem ngày 20/12/2026" in (out / "report.html").read_text("utf-8")
    assert main([*report, "--on", "12/20/2026", "--out", str(tmp_path / "no")]) == 2


def test_last_year_stands_beside_this_year(tmp_path):
    table = EXAMPLES / "phu-tho-2026" / "inputs.csv"
    arguments = ["report", str(table), "--criteria", "service-quality-766", "--formats", "html"]
    last = tmp_path / "năm trước.csv"
    last.write_text(table.read_text("utf-8-sig").replace(",2026,", ",2025,"), encoding="utf-8")
    assert main([*arguments, "--last-year", str(last), "--out", str(tmp_path / "r")]) == 0
    assert "Năm trước" in (tmp_path / "r" / "report.html").read_text(encoding="utf-8")


def test_this_years_figures_given_as_last_years_are_named_and_not_shown(tmp_path, capsys):
    table = EXAMPLES / "phu-tho-2026" / "inputs.csv"
    arguments = ["report", str(table), "--criteria", "service-quality-766", "--formats", "html"]
    assert main([*arguments, "--last-year", str(table), "--out", str(tmp_path / "r")]) == 1
    assert "rank-last-year-not-earlier" in capsys.readouterr().err
    assert "Năm trước" not in (tmp_path / "r" / "report.html").read_text(encoding="utf-8")


def test_many_units_get_their_changes_and_the_targets_of_the_plan_on_one_page(tmp_path):
    table = EXAMPLES / "example-department-sample" / "inputs.csv"
    given = [str(table), "--criteria", "department-sample"]
    scores = score(pd.read_csv(table), "department-sample").scores
    scores.assign(year=2024).to_csv(last := tmp_path / "điểm 2024.csv", index=False)
    results = empty("TargetResults")
    results.to_csv(plan := tmp_path / "target-results.csv", index=False)
    arguments = ["--quiet", "report", *given, "--formats", "html", "--last-year", str(last)]
    arguments += ["--plan-results", str(plan), "--out", str(tmp_path / "r")]
    assert main(arguments) == 0
    page = (tmp_path / "r" / "index.html").read_text("utf-8")
    assert "Thay đổi so với 2024" in page
    assert 'id="unit-items"' in page


def test_points_of_another_set_are_not_compared(tmp_path, capsys):
    other = pd.read_csv(EXAMPLES / "phu-tho-2026" / "inputs.csv")
    scores = score(other, "service-quality-766").scores
    scores.to_csv(last := tmp_path / "khác.csv", index=False)
    table = EXAMPLES / "example-department-sample" / "inputs.csv"
    arguments = ["report", str(table), "--criteria", "department-sample", "--formats", "html"]
    arguments += ["--last-year", str(last), "--out", str(tmp_path / "r")]
    assert main(arguments) == 1
    assert "rank-last-year-other-set" in capsys.readouterr().err
    assert "Thay đổi so với" not in (tmp_path / "r" / "index.html").read_text("utf-8")

"""A plan's targets against results stand in the report of a unit, of all units, and in the annex."""

import io
import sys
from pathlib import Path

import docx
import openpyxl
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "plan"))
from target_samples import result, rows_as

from scoring.cli.main import main
from scoring.files.table_files import write_csv
from scoring.outputs.content.target_rows import target_rows
from scoring.outputs.page.render import page_environment

ROOT = Path(__file__).resolve().parents[2]
UNITS = [str(ROOT / "evidence" / "example-department-sample" / "inputs.csv")]
SET = ["--criteria", "department-sample"]
WAIVER = "Được miễn đến hết 30/06/2026 (UBND tỉnh): sắp xếp địa giới"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Results of all, of unit SM-A, and of a unit that nobody knows."""
    rows = [
        result(result=83.5, gap=-1.5),
        result(target_code="CT-02", indicator="Chỉ số PCI", unit="thứ hạng", comparator="rank-within",
               value=20.0, result=24.0, gap=-4.0, waived_until=pd.Timestamp("2026-06-30"),
               waived_by="UBND tỉnh", waiver_reason="sắp xếp địa giới"),
    ]  # fmt: skip
    place = tmp_path_factory.mktemp("plans")
    for code in ("", "SM-A", "XX"):
        (place / code).mkdir(exist_ok=True)
        write_csv(rows_as("TargetResults", *rows), place / code / "target-results.csv")
    return place


@pytest.fixture(scope="module")
def reports(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "r"
    given = ["--plan-results", str(folder), "--formats", "html,docx,xlsx"]
    assert main(["report", *UNITS, *SET, *given, "--out", str(out)]) == 0
    return out


def words_of(path):
    document = docx.Document(path)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    texts = [*(paragraph.text for paragraph in document.paragraphs), *cells]
    return "\n".join(texts), len(document.inline_shapes)


def test_page_word_and_workbook_of_a_unit_show_its_own_plan(reports):
    own, other = reports / "units" / "sm-a", reports / "units" / "sm-b"
    page = (own / "report.html").read_text(encoding="utf-8")
    assert WAIVER in page and 'href="#plan"' in page and 'class="goal" x1="85%"' in page
    told, pictures = words_of(own / "report.docx")
    assert WAIVER in told and "chưa đạt, còn thiếu 1,5 điểm %" in told and pictures == 1
    book = openpyxl.load_workbook(io.BytesIO((own / "report.xlsx").read_bytes()))
    assert "Chỉ tiêu kế hoạch" in book.sheetnames
    assert WAIVER not in (other / "report.html").read_text(encoding="utf-8")


def test_the_report_of_all_units_has_table_and_chart_of_the_plan_of_all(reports):
    page = (reports / "index.html").read_text(encoding="utf-8")
    assert WAIVER in page and 'class="goal" x1="85%"' in page
    told, pictures = words_of(reports / "province.docx")
    assert WAIVER in told and pictures == 1


def test_a_report_of_one_unit_takes_a_file_and_says_no_more_without_it(folder, tmp_path):
    ledger = str(ROOT / "evidence" / "phu-tho-2026" / "ledger.xlsx")
    pages = []
    for name, given in (("a", ["--plan-results", str(folder / "target-results.csv")]), ("b", [])):
        out = tmp_path / name
        assert main(["report", ledger, "--formats", "html", *given, "--out", str(out)]) == 0
        pages.append((out / "report.html").read_text(encoding="utf-8"))
    assert WAIVER in pages[0] and 'id="plan"' not in pages[1]


def test_the_ranking_annex_has_the_plan_and_names_a_unit_nobody_knows(folder, tmp_path):
    out = tmp_path / "k"
    main(["rank", *UNITS, *SET, "--plan-results", str(folder), "--out", str(out)])
    told, pictures = words_of(out / "ranking.docx")
    assert WAIVER in told and pictures == 1
    assert "Chỉ tiêu kế hoạch" in openpyxl.load_workbook(out / "ranking.xlsx").sheetnames
    found = (out / "findings.csv").read_text(encoding="utf-8-sig")
    assert "plan-results-unknown-unit" in found and "XX" in found


def test_a_folder_without_results_is_said(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    given = ["--plan-results", str(tmp_path / "empty"), "--formats", "html"]
    assert main(["report", *UNITS, *SET, *given, "--out", str(tmp_path / "o")]) == 1
    assert "plan-results-none" in "".join(capsys.readouterr())


def test_a_bar_on_the_way_has_not_the_colour_of_what_is_met():
    page = page_environment()
    rows = target_rows(
        rows_as(
            "TargetResults",
            result(result=80.0, state="on-the-way"),
            result(result=90.0, state="met"),
        )
    )
    made = page.get_template("parts.html.j2").module.plan_rows(rows, lambda key, **_: key)
    style = (ROOT / "scoring" / "outputs" / "page" / "page.css").read_text(encoding="utf-8")
    assert 'class="state-on-the-way"' in made and 'class="state-met"' in made
    assert ".state-on-the-way { fill: var(--way)" in style and "--way: role(upcoming)" in style

"""``parindex rank``: tables, the annex as Word and workbook, the screen, JSON."""

import io
import json

import pandas as pd
import pytest
from docx import Document

from scoring.cli.main import main
from scoring.files.excel.workbook import read_workbook
from scoring.files.shipped import shipped_folder
from scoring.outputs.machine import table_csv
from scoring.points import score

FIGURES = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
SURVEYS = """unit_code,year,period,item_code,input,value,low,high,confidence_percent,survey
{0},2025,,8.1,{1},{2},10,100,95,ks
{3},2025,,8.1,{1},{4},10,100,95,ks
"""
MAPPING = """old_code,new_code,match,confidence,confirmed
8.1,8.1,code+name,1,yes
8.2,8.2,code+name,1,yes
8.3,8.3,similar,0.5,
"""


@pytest.fixture(scope="module")
def ranked(tmp_path_factory):
    """A run with a survey's intervals and last year's scores of the same units."""
    folder = tmp_path_factory.mktemp("xep-hang")
    rows = pd.read_csv(FIGURES, dtype=str, keep_default_na=False).query("item_code == '8.1'")
    (a, b), (one, two), name = rows["unit_code"], rows["value"], rows["input"].iloc[0]
    surveys = folder / "khao-sat.csv"
    surveys.write_text(SURVEYS.format(a, name, one, b, two), encoding="utf-8")
    common = ["--criteria", "department-sample", "--quiet"]
    before = score(pd.read_csv(FIGURES, dtype=str, keep_default_na=False), "department-sample")
    last = before.scores.assign(year=2024)
    (folder / "scores.csv").write_bytes(table_csv(last, "Scores", 2, "plain"))
    mapping = folder / "mapping.csv"
    mapping.write_text(MAPPING, encoding="utf-8")
    code = main(["rank", str(FIGURES), *common, "--out", str(folder / "hang"), "--surveys", str(surveys),
                 "--last-year", str(folder / "scores.csv"), "--mapping", str(mapping)])  # fmt: skip
    return code, folder / "hang"


def test_the_folder_holds_tables_and_the_annex(ranked):
    code, folder = ranked
    assert code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "area-leaders.csv", "datapackage.json", "findings.csv", "grade-reasons.csv", "manifest.json",
        "rank-changes.csv", "ranking.csv", "ranking.docx", "ranking.xlsx",
    ]  # fmt: skip
    table = pd.read_csv(folder / "ranking.csv")
    assert table["rank"].tolist() == [1, 2]
    changes = pd.read_csv(folder / "rank-changes.csv")
    assert changes["change_percent"].tolist() == [0, 0]
    # The mapping confirms two items and leaves a third for somebody to look at.
    assert changes["items"].tolist() == [2, 2]
    assert "rank-mapping-unconfirmed" in set(pd.read_csv(folder / "findings.csv")["code"])


def test_the_annex_in_word_has_the_official_form_and_every_section(ranked):
    document = Document(io.BytesIO((ranked[1] / "ranking.docx").read_bytes()))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[:2] == ["PHỤ LỤC", "KẾT QUẢ XẾP HẠNG, XẾP LOẠI NĂM 2025"]
    assert texts[2].startswith("(Kèm theo Quyết định số …")
    assert [text for text in texts if text[:2] in ("1.", "2.", "3.", "4.", "5.")] == [
        "1. Xếp hạng: Sở mẫu, 2025",
        "2. Đơn vị dẫn đầu từng lĩnh vực",
        "3. Thay đổi so với năm trước",
        "4. Lý do xếp loại của từng đơn vị",
    ]
    assert any(text.startswith("Khoảng hạng: với độ tin cậy 95%") for text in texts)
    cells = [cell.text for row in document.tables[-1].rows for cell in row.cells]
    assert any("Nơi nhận" in text for text in cells)
    assert any("Chữ ký" in text for text in cells)


def test_the_workbook_says_the_same_in_numbers(ranked):
    sheets = {sheet.name: sheet for sheet in read_workbook(ranked[1] / "ranking.xlsx")}
    rows = [list(row) for row in sheets["Xếp hạng"].rows]
    assert rows[3][:3] == ["Hạng", "Đơn vị", "Chỉ số"]
    assert rows[4][0] == 1
    assert rows[4][2] == 100


def test_a_unit_left_out_keeps_its_points_and_its_reason(tmp_path, capsys):
    main(["--lang", "en", "--format", "json", "rank", str(FIGURES), "--criteria", "department-sample",
          "--out", str(tmp_path / "a"), "--unranked", "SM-B=merged in June"])  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    states = {row["unit_code"]: row["rank_state"] for row in told["ranking"]}
    assert states == {"SM-A": "ranked", "SM-B": "scored-unranked"}
    (reason,) = {row["unranked_reason"] for row in told["ranking"]} - {""}
    assert reason == "merged in June"
    assert {"grade_reasons", "area_leaders", "set_fingerprint"} <= set(told)


def test_points_instead_of_figures_are_refused_and_nothing_is_written(ranked, tmp_path, capsys):
    scores = ranked[1].parent / "scores.csv"
    code = main(
        ["rank", str(scores), "--criteria", "department-sample", "--out", str(tmp_path / "b")]
    )
    told = capsys.readouterr().err
    assert code == 2 and "rank-no-figures" in told and "scores.csv hay tracks.csv" in told
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("verb", ["rank", "report"])
@pytest.mark.parametrize("option", ["--mapping", "--last-set"])
def test_what_is_said_of_last_year_without_last_year_is_refused(
    ranked, tmp_path, capsys, verb, option
):
    value = str(ranked[1].parent / "mapping.csv") if option == "--mapping" else "department-sample"
    code = main([verb, str(FIGURES), "--criteria", "department-sample", option, value,
                 "--out", str(tmp_path / "c")])  # fmt: skip
    told = capsys.readouterr().err
    assert code == 2 and "option-needs-last-year" in told and option in told
    assert not (tmp_path / "c").exists()


def test_units_that_the_screen_leaves_out_stand_in_a_file_that_was_written(tmp_path, capsys):
    units = [f"H{at:02d}" for at in range(45)]
    figures = pd.DataFrame({"unit_code": units, "item_code": "1.4", "input": "value"})
    for year in (2025, 2026):
        rows = figures.assign(year=year, value=[float(at % 7) for at in range(45)])
        rows.to_csv(tmp_path / f"{year}.csv", index=False)
    given, sets = [str(tmp_path / "2026.csv")], ["--criteria", "service-quality-766"]
    years = [f"2025={tmp_path / '2025.csv'}", f"2026={tmp_path / '2026.csv'}"]
    for verb, files in (("rank", given), ("years", years)):
        out = tmp_path / verb
        main([verb, *files, *sets, "--out", str(out)])
        told = capsys.readouterr().out
        [name] = {
            line.rpartition("xem ")[2].rstrip(".")
            for line in told.splitlines()
            if "đơn vị khác, xem" in line
        }
        assert (out / name).is_file(), (verb, name)

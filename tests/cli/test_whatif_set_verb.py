"""``parindex whatif new`` and ``whatif set``: filled in in Excel, read back, written beside the base."""

import json

import openpyxl
import pandas as pd
import pytest

import scoring
from scoring.cli.main import main

pytestmark = pytest.mark.drawn

INPUTS = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
SET = ["whatif", "set", str(INPUTS), "--criteria", "department-sample"]
HEAD = "scenario;kind;unit_code;item_code;input;value;text"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("kb") / "kich-ban.xlsx"
    assert (
        main(["--quiet", "whatif", "new", "--criteria", "department-sample", "--out", str(path)])
        == 0
    )
    return path


def filled(template, folder, *rows):
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    head = next(
        row for row in sheet.iter_rows(max_row=12) if row[0].value == "Kịch bản" and row[1].value
    )
    columns = {cell.value: cell.column for cell in head}
    for at, told in enumerate(rows, start=head[0].row + 1):
        for name, value in told.items():
            sheet.cell(at, columns[name]).value = value
    path = folder / "kb.xlsx"
    book.save(path)
    return path


DONE = {"Kịch bản": "đủ", "Điều được đổi": "số liệu", "Mã đơn vị": "SM-A", "Mã mục": "1.1.3",
        "Số liệu hoặc ô quy tắc": "done", "Giá trị": "50,0"}  # fmt: skip


def findings_of(capsys, *arguments):
    code = main(["--format", "json", *arguments])
    told = json.loads(capsys.readouterr().out)
    return code, told, [found["code"] for found in told["findings"]]


def test_a_filled_workbook_is_read_in_either_language_and_saved_again(template, tmp_path, capsys):
    path = filled(template, tmp_path, DONE, DONE | {"Kịch bản": "bác", "Mã mục": "1.1.1",
                  "Điều được đổi": "tài liệu kiểm chứng", "Số liệu hoặc ô quy tắc": None,
                  "Giá trị": None, "Nội dung": "Bị bác"})  # fmt: skip
    out = tmp_path / "ra"
    code, told, _ = findings_of(capsys, *SET, "--scenario", str(path), "--out", str(out))
    assert (code, told["scenarios"], told["track"]) == (0, ["đủ", "bác"], "supported")
    saved = out / "scenario.csv"
    again, once_more, _ = findings_of(capsys, *SET, "--scenario", str(saved))
    assert again == 0 and once_more["units"] == told["units"]
    changes = pd.read_csv(out / "scenario-changes.csv", dtype=str)
    assert changes["after"].tolist() == ["50", "refused"]
    names = {path.name for path in out.iterdir()}
    assert {"scenario.xlsx", "scenario-steps.png", "scenario-units.csv", "manifest.json"} <= names
    sheets = openpyxl.load_workbook(out / "scenario.xlsx").sheetnames
    assert sheets == ["Đơn vị", "Từng kịch bản", "Mục thay đổi", "Điểm chưa đạt", "Điều được đổi"]


def test_what_is_wrong_in_a_workbook_is_named_at_its_cell(template, tmp_path, capsys):
    path = filled(template, tmp_path, DONE | {"Giá trị": "=1+1"}, DONE | {"Giá trị": "1.250"},
                  DONE | {"Điều được đổi": "gì đó"})  # fmt: skip
    code, told, codes = findings_of(capsys, *SET, "--scenario", str(path))
    assert code == 1
    assert {"scenario-formula", "ambiguous-number", "scenario-empty"} <= set(codes)
    cells = {found["code"]: found["cell"] for found in told["findings"]}
    assert cells["scenario-formula"] == "H9" and cells["ambiguous-number"] == "H10"
    other = openpyxl.Workbook()
    other.active["A1"] = "Mục"
    other.save(tmp_path / "khac.xlsx")
    _, _, codes = findings_of(capsys, *SET, "--scenario", str(tmp_path / "khac.xlsx"))
    assert "scenario-no-table" in codes


def test_set_stands_above_files_and_must_name_a_figure(tmp_path, capsys):
    path = tmp_path / "kb.csv"
    path.write_text(f"{HEAD}\na;input;SM-A;1.1.3;done;40;\n", encoding="utf-8")
    given = [*SET, "--scenario", str(path), "--set", "1.1.3.done=50"]
    _, told, codes = findings_of(capsys, *given)
    assert codes == ["scenario-overruled"]
    assert {row["after"] for row in told["changes"]} == {"50"}
    code, _, codes = findings_of(capsys, *SET, "--set", "1.1.3")
    assert (code, codes) == (2, ["scenario-setting"])


def test_charts_stand_in_the_folder_of_their_unit_and_name_the_files_of_units_alone(tmp_path):
    out = tmp_path / "ra"
    main(["--quiet", *SET, "--set", "1.1.3.done=1", "--out", str(out)])
    drawn = sorted(path.parent.name for path in (out / "charts").rglob("scenario-steps.svg"))
    assert drawn == ["sm-a", "sm-b"]
    text = (out / "scenario-steps.svg").read_text(encoding="utf-8")
    assert "(inputs.csv)" in text


def test_the_console_says_first_what_the_scenario_comes_to(capsys):
    assert main(["--lang", "en", "--quiet", *SET, "--set", "1.1.3.done=50"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[3] == (
        "Under the scenario, units whose index rises: 1 of 2; falls: 1; units of another rank: 0."
    )

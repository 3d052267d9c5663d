"""``parindex sipas list / show / form``: questionnaires and what goes out to be filled in."""

import json
import shutil

import openpyxl
import pytest

from scoring.cli.main import main
from scoring.files.shipped import shipped_folder
from scoring.survey.instrument.entry_workbook import ENTRY_SHEET, HEADER_ROW
from scoring.survey.survey_file import read_survey

OFFICIALS = "officials-survey-sample"


def test_questionnaires_are_listed_and_sets_are_not(capsys):
    main(["sipas", "list", "--format", "json"])
    listed = json.loads(capsys.readouterr().out)
    assert [(row["id"], row["status"]) for row in listed] == [
        (OFFICIALS, "sample"), ("sipas-citizens-sample", "sample"),
    ]  # fmt: skip


def test_a_questionnaire_is_shown_with_its_sources_and_what_is_wrong_with_it(tmp_path, capsys):
    assert main(["sipas", "show", OFFICIALS]) == 0
    said = capsys.readouterr().out
    assert "100/60/20/0%" in said and "phiếu mẫu" in said and "13 câu hỏi" in said
    own = shutil.copytree(shipped_folder("criteria") / OFFICIALS, tmp_path / "own")
    path = own / "questions.csv"
    path.write_text(path.read_text("utf-8").replace("O1.2,direction", "O1.1,direction"), "utf-8")
    assert main(["sipas", "show", str(own)]) == 1
    assert "[instrument-code-twice]" in capsys.readouterr().err
    ways = own / "weightings.csv"
    ways.write_text(ways.read_text("utf-8").replace(",sample,", ",,"), "utf-8")
    assert main(["sipas", "show", str(own)]) == 1
    assert "[set-cell-empty]" in capsys.readouterr().err
    assert main(["sipas", "show", "no-such"]) == 2
    assert main(["criteria", "show", OFFICIALS]) == 2
    assert "[set-is-instrument]" in capsys.readouterr().err


def test_questions_are_shown_with_their_factor_or_their_part_in_words(capsys):
    main(["sipas", "show", "sipas-citizens-sample"])
    said = capsys.readouterr().out
    assert "  B1.1  Nơi tiếp nhận dễ tìm, dễ đến  [Tiếp cận dịch vụ]" in said
    assert "[không tính vào chỉ số]" in said and "[câu hỏi chung]" in said
    assert "[access]" not in said and "[other]" not in said


def test_both_files_or_one_are_written(tmp_path, capsys):
    command = ["sipas", "form", OFFICIALS, "--forms", "3", "--out"]
    assert main([*command, str(tmp_path / "phieu")]) == 0
    names = sorted(path.name for path in (tmp_path / "phieu").iterdir())
    assert names == [f"{OFFICIALS}.docx", f"{OFFICIALS}.xlsx", "survey.toml"]
    assert main([*command, str(tmp_path / "nhap.xlsx")]) == 0
    assert main([*command, str(tmp_path / "in.docx")]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"phieu", "nhap.xlsx", "in.docx"}
    assert main([*command[:-2], "0", "--out", str(tmp_path / "khong.xlsx")]) == 2
    assert "[entry-row-count]" in capsys.readouterr().err


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_workbook_that_was_filled_in_is_checked_by_what_it_names(lang, tmp_path, capsys):
    (tmp_path / "mau.csv").write_text("form_id,stratum\nP1,N\nP2,S\n", "utf-8")
    book = tmp_path / "nhap.xlsx"
    sample = ["--sample", str(tmp_path / "mau.csv"), "--unit", "SM-A"]
    assert main(["sipas", "form", OFFICIALS, *sample, "--out", str(book), "--lang", lang]) == 0
    filled = openpyxl.load_workbook(book)
    sheet = filled[ENTRY_SHEET]
    last = next(c.column for c in sheet[HEADER_ROW + 1] if str(c.value).startswith("O. "))
    assert sheet.cell(HEADER_ROW + 2, 2).value == "SM-A"
    sheet.cell(HEADER_ROW + 2, last).value = {"vi": "Rất tốt", "en": "Very good"}[lang]
    filled.save(book)
    out = tmp_path / "sach.csv"
    capsys.readouterr()
    main(["sipas", "check", str(book), "--instrument", OFFICIALS, "--out", str(out)])
    assert "very_good" in out.read_text("utf-8") and "P2" not in out.read_text("utf-8")
    assert "[entry-forms-unanswered]" in capsys.readouterr().err


def test_a_survey_is_written_to_fill_in_and_says_what_it_still_lacks(tmp_path, capsys):
    (tmp_path / "mau.csv").write_text("form_id,stratum\nP1,N\n", "utf-8")
    (tmp_path / "design.toml").write_text('[design]\nstrata = ["stratum"]\n', "utf-8")
    folder = tmp_path / "phiếu 2026"
    command = ["sipas", "form", OFFICIALS, "--sample", str(tmp_path / "mau.csv"), "--year", "2026"]
    assert main([*command, "--out", str(folder)]) == 0
    # Whoever sent the sample may have laid it there.
    told = capsys.readouterr().err
    assert "[design-taken-beside]" in told and "design.toml" in told and "mau.csv" in told
    survey = read_survey(folder)
    assert (survey.year, survey.strata, survey.instrument) == (2026, ("stratum",), OFFICIALS)
    assert [path.name for path in survey.responses] == [f"{OFFICIALS}.xlsx"]
    lacks = {"name_vi", "status", "source"}
    assert {found.values["key"] for found in survey.findings} == lacks
    capsys.readouterr()
    assert main(["sipas", "index", str(tmp_path), "--out", str(tmp_path / "o")]) == 2
    told = capsys.readouterr().err
    assert "[survey-file-missing]" in told and "parindex sipas form" in told
    (folder / "survey.toml").write_text("", "utf-8")
    assert main(["sipas", "index", str(folder), "--out", str(tmp_path / "o")]) != 0
    assert "“instrument” thiếu" in capsys.readouterr().err


def test_an_entry_workbook_is_checked_without_naming_its_questionnaire(tmp_path, capsys):
    book = tmp_path / "nhap.xlsx"
    assert main(["sipas", "form", OFFICIALS, "--forms", "2", "--out", str(book)]) == 0
    filled = openpyxl.load_workbook(book)
    filled[ENTRY_SHEET].cell(HEADER_ROW + 2, 1).value = "P1"
    filled.save(book)
    capsys.readouterr()
    main(["sipas", "check", str(book), "--format", "json"])
    assert json.loads(capsys.readouterr().out)["instrument"] == OFFICIALS
    plain = openpyxl.Workbook()
    plain.active.append(["form_id", "O"])
    plain.save(tmp_path / "khac.xlsx")
    assert main(["sipas", "check", str(tmp_path / "khac.xlsx")]) == 2
    assert "[survey-instrument-needed]" in capsys.readouterr().err

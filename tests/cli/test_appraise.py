"""``parindex appraise``: from ledgers to workbooks, from workbooks to the journal."""

import json

import openpyxl
import pytest
from docx import Document

from scoring.appraisal.appraiser_workbook import COLUMNS, SHEET
from scoring.cli.main import main
from scoring.files.shipped import shipped_folder

FIGURES = shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv"
AT = {name: place for place, name in enumerate(COLUMNS, start=1)}
SET = "service-quality-766"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pc.csv").write_text("appraiser,unit_code,item_code\nAn,,\nBình,,5\n", "utf-8")
    main(["--quiet", "appraise", "prepare", str(FIGURES), "--criteria", SET, "--assign", "pc.csv",
          "--out", "phieu"])  # fmt: skip
    return tmp_path


def decide(name, points, correction=None, reason="xem"):
    book = openpyxl.load_workbook(f"phieu/{name}.xlsx")
    sheet = book[SHEET]
    row = next(r for r in range(5, 30) if sheet.cell(r, AT["item_code"]).value == "5.1")
    values = {
        "points": points,
        "reason_kind": "đánh giá khác nhau",
        "reason": reason,
        "corrects": correction,
    }
    for column, value in values.items():
        sheet.cell(row, AT[column]).value = value
    book.save(f"{name}.xlsx")


def run(capsys, line):
    capsys.readouterr()
    code = main(["--format", "json", *line.split()])
    return code, json.loads(capsys.readouterr().out)


def test_decisions_go_from_workbooks_into_the_journal_and_a_changed_mind_is_a_correction(
    desk, capsys
):
    decide("an", 0.5)
    decide("binh", 0.25)
    apply = "appraise apply an.xlsx binh.xlsx --journal appraisal.jsonl --on 2026-12-01"
    code, told = run(capsys, apply)
    assert (code, told["count"], told["refused"]) == (0, 2, 0)
    code, again = run(capsys, apply)
    assert (code, again["head"]) == (0, told["head"])
    assert (told["added"], again["count"], again["added"]) == (2, 2, 0)
    decide("an", 0.75)
    code, refused = run(capsys, "appraise apply an.xlsx --journal appraisal.jsonl")
    assert (code, refused["refused"], refused["head"]) == (1, 1, told["head"])
    assert [found["code"] for found in refused["findings"]] == ["decision-twice"]
    decide("an", 0.75, "Có")
    assert run(capsys, "appraise apply an.xlsx --journal appraisal.jsonl")[0] == 0
    code, checked = run(capsys, f"appraise check appraisal.jsonl --head {told['head']}")
    assert (code, checked["decisions"]) == (0, 2)
    (disputed,) = checked["moderation"]
    assert (disputed["item_code"], disputed["spread"]) == ("5.1", 0.5)
    decide("binh", 99)
    code, above = run(capsys, "appraise apply binh.xlsx --journal appraisal.jsonl")
    assert (code, above["count"], above["added"], above["refused"]) == (1, 0, 0, 1)
    code, second = run(
        capsys,
        f"appraise prepare {FIGURES} --criteria {SET} --round 2 --journal appraisal.jsonl --out v2",
    )
    sheet = openpyxl.load_workbook("v2/tham-dinh.xlsx")[SHEET]
    assert (sheet["B5"].value, sheet["J5"].value, sheet["B6"].value) == ("5.1", 0.25, None)
    left = [one for one in second["findings"] if one["code"] == "appraisal-left-open"]
    assert len(left) == 1 and "5.1" not in left[0]["problem"] and "vòng 2" in left[0]["problem"]


def test_decisions_on_ledgers_that_changed_since_are_named(desk, capsys):
    decide("an", 0.5)
    run(capsys, "appraise apply an.xlsx --journal appraisal.jsonl")
    text = FIGURES.read_text("utf-8").splitlines()
    (desk / "so-lieu.csv").write_text("\n".join(text[:-1]), "utf-8")
    check = f"appraise check appraisal.jsonl --criteria {SET} --ledgers"
    explain = f"--criteria {SET} --journal appraisal.jsonl --track appraised-1"
    code, why = run(capsys, f"explain 5.1 {FIGURES} {explain}")
    assert (code, why["track"], why["points"]) == (0, "appraised-1", 0.5)
    main(["rank", "so-lieu.csv", *explain.split(), "--out", "hang"])
    assert "[decisions-older-ledger] phu-tho: 1 quyết định" in capsys.readouterr().err
    annex = [paragraph.text for paragraph in Document("hang/ranking.docx").paragraphs]
    assert any("Điểm dùng để xếp hạng: Thẩm định vòng 1." in text for text in annex)
    main(["explain", "5.1", str(FIGURES), *explain.split()])
    assert "Thẩm định vòng 1" in capsys.readouterr().out
    assert run(capsys, f"{check} {FIGURES}")[0] == 0
    code, told = run(capsys, f"{check} so-lieu.csv --head 00000000000000")
    codes = [found["code"] for found in told["findings"]]
    assert (code, codes) == (1, ["journal-head-missing", "appraisal-older-ledger"])
    other = (desk / "so-lieu.csv").read_text("utf-8").replace("phu-tho", "khac")
    (desk / "khac.csv").write_text(other, "utf-8")
    code, told = run(capsys, f"{check} khac.csv")
    assert [found["code"] for found in told["findings"]] == ["appraisal-ledger-not-given"]


def test_an_item_without_figures_can_be_decided_by_whoever_is_assigned(desk, capsys):
    text = FIGURES.read_text("utf-8").splitlines()
    (desk / "it.csv").write_text("\n".join(row for row in text if ",5.1," not in row), "utf-8")
    main(["--quiet", "appraise", "prepare", "it.csv", "--criteria", SET, "--assign", "pc.csv",
          "--out", "it"])  # fmt: skip
    (desk / "phieu").rename("khac")
    (desk / "it").rename("phieu")
    decide("binh", 0.5)
    line = f"appraise apply binh.xlsx --journal j.jsonl --ledgers it.csv --criteria {SET}"
    code, told = run(capsys, f"{line} --assign pc.csv")
    assert (code, told["added"], told["findings"]) == (0, 1, [])


def test_an_approval_lapses_when_only_the_reason_changes_and_every_report_says_so(desk, capsys):
    decide("an", 0.5)
    run(capsys, "appraise apply an.xlsx --journal appraisal.jsonl")
    approve = f"appraise approve appraisal.jsonl {FIGURES} --criteria {SET} --by Ba --on 2026-12-20"
    assert run(capsys, approve)[0] == 0
    letter = (
        f"appraise letter {FIGURES} --criteria {SET} --journal appraisal.jsonl --due 2026-12-31"
    )
    told = run(capsys, f"{letter} --out a")[1]["findings"]
    assert "approval-lapsed" not in [one["code"] for one in told]
    unchecked = run(capsys, "appraise check appraisal.jsonl")[1]["findings"]
    assert [one["code"] for one in unchecked] == ["approvals-not-checked"]
    decide("an", 0.5, "Có", reason="khác")
    assert run(capsys, "appraise apply an.xlsx --journal appraisal.jsonl")[1]["added"] == 1
    check = f"appraise check appraisal.jsonl --criteria {SET} --ledgers {FIGURES}"
    for line in (check, f"{letter} --out b"):
        assert "approval-lapsed" in [one["code"] for one in run(capsys, line)[1]["findings"]], line


@pytest.fixture
def unusable(desk):
    """Files that hold no unit of the year, and what is said of them."""
    figures = FIGURES.read_text("utf-8")
    (desk / "cp1258.csv").write_bytes(figures.encode()[:90] + b"\xd0\xe1")
    (desk / "year.csv").write_text(figures.replace(",2026,", ",20x6,"), encoding="utf-8")
    return {"cp1258.csv": "table-encoding", "year.csv": "year-unreadable"}


def test_figures_that_cannot_be_read_are_named_and_nothing_is_approved(desk, capsys, unusable):
    decide("an", 0.5)
    run(capsys, "appraise apply an.xlsx --journal appraisal.jsonl")
    before = (desk / "appraisal.jsonl").read_bytes()
    for name, wrong in unusable.items():
        line = f"appraise approve appraisal.jsonl {name} --criteria {SET} --by Ba"
        code, told = run(capsys, line)
        codes = {one["code"] for one in told["findings"]}
        assert (code, codes) == (1, {wrong, "approval-of-nothing"})
    assert (desk / "appraisal.jsonl").read_bytes() == before


def test_an_approval_says_of_which_units_it_is_and_which_files_it_leaves_out(
    desk, capsys, unusable
):
    decide("an", 0.5)
    run(capsys, "appraise apply an.xlsx --journal appraisal.jsonl")
    line = f"appraise approve appraisal.jsonl {FIGURES} cp1258.csv --criteria {SET} --by Ba"
    assert main(line.split()) == 1
    said = capsys.readouterr().out
    assert "Đã ghi phê duyệt điểm của 1 đơn vị: phu-tho (2026)." in said
    assert "Không gồm tệp không đọc được: cp1258.csv." in said


@pytest.mark.parametrize(
    "verb", ["check appraisal.jsonl", "apply binh.xlsx --journal appraisal.jsonl"]
)
def test_ledgers_that_cannot_be_read_are_named_where_a_journal_is_held_against_them(
    desk, capsys, unusable, verb
):
    decide("an", 0.5)
    decide("binh", 0.5)
    run(capsys, "appraise apply an.xlsx --journal appraisal.jsonl")
    for name, wrong in unusable.items():
        code, told = run(capsys, f"appraise {verb} --criteria {SET} --ledgers {name}")
        assert code == 1 and wrong in [one["code"] for one in told["findings"]]


def test_an_approval_lapses_visibly_when_a_decision_is_added_or_figures_change(desk, capsys):
    decide("an", 0.5)
    run(capsys, "appraise apply an.xlsx --journal appraisal.jsonl")
    approve = f"appraise approve appraisal.jsonl {FIGURES} --criteria {SET} --by Ba --on 2026-12-20"
    assert run(capsys, approve)[0] == 0
    check = f"appraise check appraisal.jsonl --criteria {SET} --ledgers {FIGURES}"
    assert run(capsys, check)[1]["findings"] == []
    decide("binh", 0.5)
    run(capsys, "appraise apply binh.xlsx --journal appraisal.jsonl")
    found = run(capsys, check)[1]["findings"]
    lapsed = [one for one in found if one["code"] == "approval-lapsed"]
    assert len(lapsed) == 1 and "các quyết định" in lapsed[0]["problem"]

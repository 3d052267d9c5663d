"""``parindex ledger``: blank, checked, returned, merged, carried forward."""

import os
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import read_ledger
from scoring.form.ledger_cells import ledger_in_form

SHEET = "Tự đánh giá"


@pytest.fixture
def ledger(tmp_path):
    """A blank 766 ledger."""
    path = tmp_path / "sổ.xlsx"
    main(["--quiet", "ledger", "new", "--criteria", "service-quality-766", "--unit", "H1",
          "--name", "Đơn vị 1", "--year", "2026", "--out", str(path)])  # fmt: skip
    return path


def typed(source, target, values):
    """Save a copy of a ledger with values typed into the entry cells of inputs."""
    table = read_ledger(source).inputs.set_index(["item_code", "input"])
    book = load_workbook(source)
    for key, value in values.items():
        book[SHEET][table.loc[key, "cell"]] = value
    book.save(target)
    return target


def test_the_own_file_comes_back_with_the_cells_marked_and_the_original_untouched(
    ledger, tmp_path, capsys
):
    wrong = typed(ledger, tmp_path / "điền.xlsx", {("2", "on_time"): 120, ("2", "received"): 100})
    before = wrong.read_bytes()
    assert main(["ledger", "annotate", str(wrong)]) == 1
    assert wrong.read_bytes() == before
    copy = load_workbook(wrong.with_name("điền-can-xu-ly.xlsx"))
    assert copy.sheetnames[0] == "Cần xử lý"
    assert "120" in str([[cell.value for cell in row] for row in copy["Cần xử lý"].iter_rows()])
    assert "numerator-above-denominator" in capsys.readouterr().err


def test_last_years_ledger_with_the_year_typed_over_never_scores_in_silence(
    ledger, tmp_path, capsys
):
    book = load_workbook(ledger)
    book["Thông tin"]["B7"].value = 2027
    book.save(reused := tmp_path / "dùng lại.xlsx")
    for verb in (["ledger", "check"], ["score", "--out", str(tmp_path / "out")]):
        assert main([*verb, str(reused)]) == 1
        said = capsys.readouterr().err
        assert "info-altered" in said and "“2027”" in said and "“2026”" in said


def test_check_names_a_half_filled_item_and_points_typed_over_formulas(ledger, tmp_path, capsys):
    half = typed(ledger, tmp_path / "dở.xlsx", {("2", "on_time"): 9})
    book = load_workbook(half)
    sheet = book[SHEET]
    index = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "INDEX")
    points = next(cell.column for cell in sheet[6] if cell.value == "Điểm tự đánh giá")
    sheet.cell(index, points).value = 95.5
    book.save(half)
    assert main(["ledger", "check", str(half)]) == 1
    said = capsys.readouterr().err
    assert "item-half-filled" in said and "total-differs" in said and "95,5" in said


def test_check_counts_items_that_do_not_apply_apart(tmp_path, capsys):
    path = tmp_path / "sở.xlsx"
    new = ["ledger", "new", "--criteria", "department-sample", "--unit", "SM-A", "--name", "Sở A"]
    main(["--quiet", *new, "--year", "2026", "--out", str(path)])
    main(["ledger", "check", str(path)])
    assert "không áp dụng" not in capsys.readouterr().out
    book = load_workbook(path)
    told = ledger_in_form(open_set("department-sample"), 2026)["sheets"]["assessment"]
    sheet, column = book[SHEET], told["columns"]["not_applicable"]
    codes = {str(row[0].value): row[0].row for row in sheet.iter_rows(min_row=6)}
    sheet[f"{column}{codes['1.3.3']}"] = "x"
    book.save(path)
    main(["ledger", "check", str(path)])
    said = capsys.readouterr().out
    assert "0/69 mục" in said and "Thêm 1 mục không áp dụng, đủ 70 mục" in said


def test_check_tells_ledgers_of_one_name_apart(tmp_path, capsys):
    paths = [tmp_path / f"{unit}.xlsx" for unit in ("A", "B")]
    for path in paths:
        new = ["ledger", "new", "--criteria", "department-sample", "--unit", path.stem]
        main(["--quiet", *new, "--name", "Sở Y tế", "--year", "2026", "--out", str(path)])
    main(["ledger", "check", *map(str, paths)])
    said = capsys.readouterr().out
    assert "Sở Y tế (A): đã chấm" in said and "Sở Y tế (B): đã chấm" in said


def test_check_names_a_set_that_was_not_in_force_in_the_assessment_year(tmp_path, capsys):
    path = tmp_path / "tỉnh.xlsx"
    new = ["ledger", "new", "--criteria", "province-areas-2948", "--unit", "T", "--name", "Tỉnh"]
    main(["--quiet", *new, "--year", "2026", "--out", str(path)])
    main(["ledger", "check", str(path)])
    assert "set-not-of-year" in capsys.readouterr().err


def test_two_copies_become_one_and_every_conflict_is_named(ledger, tmp_path, capsys):
    one = typed(ledger, tmp_path / "an.xlsx", {("2", "on_time"): 90, ("2", "received"): 100})
    two = typed(ledger, tmp_path / "bình.xlsx", {("2", "on_time"): 95, ("5.1", "petitions"): 7})
    out = tmp_path / "gộp.xlsx"
    assert main(["ledger", "merge", str(one), str(two), "--out", str(out)]) == 1
    said = capsys.readouterr().out
    assert "an.xlsx = 90" in said and "bình.xlsx = 95" in said
    merged = read_ledger(out).inputs.set_index(["item_code", "input"])["value"]
    assert merged["2", "received"] == 100 and merged["5.1", "petitions"] == 7
    assert merged.isna()["2", "on_time"]


@pytest.mark.parametrize(("steps", "is_put"), [(2, False), (4, True)])
def test_a_killed_merge_leaves_all_as_it_was_or_is_finished_by_the_next(
    steps, is_put, ledger, tmp_path, monkeypatch
):
    one = typed(ledger, tmp_path / "an.xlsx", {("2", "on_time"): 90})
    two = typed(ledger, tmp_path / "bình.xlsx", {("2", "on_time"): 95})
    out, sheet = tmp_path / "gộp.xlsx", tmp_path / "gộp-bat-dong.xlsx"
    command = ["--quiet", "ledger", "merge", str(one), str(two), "--out", str(out)]
    before, put = set(tmp_path.iterdir()), Path.replace

    def killed(path, place):
        if len(moved) == steps:
            os._exit(0)
        moved.append(place)
        return put(path, place)

    moved = []
    if not (child := os.fork()):
        monkeypatch.setattr(Path, "replace", killed)
        main(command)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    left = {path for path in tmp_path.iterdir() if not path.name.startswith(".parindex-")}
    assert left - before == ({out} if is_put else set())
    # Other questions than those of the killed run: its results are whole, and so not written over.
    assert main([*command, "--lang", "en"]) == (2 if is_put else 1)
    assert out.exists() and sheet.exists()
    assert {path.name for path in tmp_path.iterdir() if path.name.startswith(".")} == set()


def test_a_preferred_copy_settles_the_conflicts(ledger, tmp_path):
    one = typed(ledger, tmp_path / "an.xlsx", {("2", "on_time"): 90})
    two = typed(ledger, tmp_path / "binh.xlsx", {("2", "on_time"): 95})
    out = tmp_path / "gộp.xlsx"
    arguments = ["ledger", "merge", str(one), str(two), "--policy", "prefer:binh.xlsx"]
    assert main([*arguments, "--out", str(out)]) == 0
    merged = read_ledger(out).inputs.set_index(["item_code", "input"])["value"]
    assert merged["2", "on_time"] == 95


def test_merging_with_itself_changes_nothing(ledger, tmp_path):
    one = typed(ledger, tmp_path / "an.xlsx", {("2", "on_time"): 90, ("2", "received"): 100})
    out = tmp_path / "gộp.xlsx"
    assert main(["ledger", "merge", str(one), str(one), "--out", str(out)]) == 0
    columns = ["item_code", "input", "value"]
    assert read_ledger(out).inputs[columns].equals(read_ledger(one).inputs[columns])


def test_last_years_figures_are_shown_and_never_counted(ledger, tmp_path, capsys):
    last = typed(
        ledger, tmp_path / "năm trước.xlsx", {("2", "on_time"): 90, ("2", "received"): 100}
    )
    out = tmp_path / "năm nay.xlsx"
    arguments = ["ledger", "carry-forward", str(last), "--criteria", "service-quality-766"]
    assert main([*arguments, "--out", str(out)]) == 0
    this_year = read_ledger(out)
    assert this_year.info.year == 2027
    assert this_year.inputs["value"].isna().all()
    cells = [cell.value for row in load_workbook(out)[SHEET].iter_rows() for cell in row]
    assert 90 in cells or "90" in cells
    capsys.readouterr()


@pytest.mark.parametrize(("typed_in_copy", "code"), [(90, "left-out"), (95, "edited")])
def test_a_marked_copy_beside_its_ledger_is_not_read_twice(typed_in_copy, code, tmp_path, capsys):
    sent = tmp_path / "sent" / "sổ.xlsx"
    main(["--quiet", "ledger", "new", "--criteria", "service-quality-766", "--unit", "H1",
          "--name", "Đơn vị 1", "--year", "2026", "--out", str(sent)])  # fmt: skip
    typed(sent, sent, {("2", "on_time"): 90, ("2", "received"): 100})
    main(["--quiet", "ledger", "annotate", str(sent)])
    copy = sent.with_name("sổ-can-xu-ly.xlsx")
    typed(copy, copy, {("2", "on_time"): typed_in_copy})
    capsys.readouterr()
    assert main(["score", str(sent.parent), "--out", str(tmp_path / "o")]) == 0
    said = capsys.readouterr().err
    assert f"[annotated-copy-{code}]" in said and "[unit-in-several-ledgers]" not in said
    alone = tmp_path / "alone"
    alone.mkdir()
    copy.rename(alone / copy.name)
    assert main(["score", str(alone), "--out", str(tmp_path / "o2")]) == 0
    assert "annotated-copy" not in capsys.readouterr().err


def test_a_ledger_of_a_month_is_scored_as_that_month(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["ledger", "new", "--criteria", "khanh-hoa-11-qd-tu-2026-monthly", "--unit", "so-khcn"]
    for month in ("tháng 8", "tháng 9"):
        assert main([*words, "--year", "2026", "--period", month]) == 0
    paths = sorted(Path("evidence").glob("*/ledger.xlsx"))
    assert [path.parent.name for path in paths] == ["so-khcn-2026-thang-8", "so-khcn-2026-thang-9"]
    main(["score", "evidence", "--out", "kq"])
    scores = pd.read_csv("kq/scores.csv")
    assert set(scores["period"]) == {"tháng 8", "tháng 9"}

"""A season of two units: broken off at every step, and spoiled as people spoil things."""

import contextlib
import io
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from season_story import ALMOST, DONE, JOURNAL, STEPS, YEAR, Season, SeasonError, call

from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger
from scoring.files.excel.workbook import read_workbook

UNITS = ("so-02", "xa-07")
LAST = "17-kiem-tra-nhat-ky"
"""Later steps only write folders of results, which are whole or not there."""
SET = ("--criteria", "00-su-that/bo-tieu-chi")
BOOK = "06-da-cham-1/an.xlsx"


class BrokenOffError(Exception):
    """The power went off."""


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}  # fmt: skip


@pytest.fixture(scope="module")
def played(quick, tmp_path_factory):
    """A season that is broken off at the end of every step, and what lay there each time."""
    folder, left = tmp_path_factory.mktemp("mua"), {}

    def break_off(name):
        if name not in left:
            left[name] = files(folder)
            raise BrokenOffError(name)

    for _ in range(len(STEPS) + 1):
        with contextlib.suppress(BrokenOffError):
            Season(folder, UNITS, break_off).play(LAST)
    return folder, left


@pytest.fixture(scope="module")
def whole(played):
    return played[0]


def test_a_season_broken_off_at_every_step_ends_in_the_same_bytes(played):
    """What a step made before the power went off is what it makes when it is done again."""
    folder, left = played
    assert sorted(left) == [name for name in STEPS if name <= LAST]
    ended = files(folder)
    for name, before in left.items():
        of_step = {path.replace(ALMOST, DONE): data for path, data in before.items()
                   if path.startswith(f"{name}/")}  # fmt: skip
        again = {path: data for path, data in ended.items() if path.startswith(f"{name}/")}
        assert sorted(of_step) == sorted(again)
        assert [path for path in again if of_step[path] != again[path]] == []
        # What the step added to the journal is not added a second time.
        assert ended.get(JOURNAL, b"").startswith(before.get(JOURNAL, b""))
    assert ended[JOURNAL] == left[LAST][JOURNAL]


def test_blank_ledgers_are_those_that_the_package_makes(whole):
    """They are copied with other names here, to save time."""
    criteria = open_set(whole / "00-su-that" / "bo-tieu-chi")
    name = Season(whole, UNITS).truth["units"]["unit_name"].iloc[-1]
    real = zipfile.ZipFile(io.BytesIO(new_ledger(criteria, UNITS[-1], name, YEAR)))
    copied = zipfile.ZipFile(whole / "01-so-trang" / f"{UNITS[-1]}.xlsx")
    assert copied.namelist() == real.namelist()
    assert [part for part in real.namelist() if copied.read(part) != real.read(part)] == []


@pytest.fixture
def desk(whole, tmp_path, monkeypatch):
    """A copy of the season to spoil."""
    folder = tmp_path / "mua"
    shutil.copytree(whole, folder)
    monkeypatch.chdir(folder)
    return folder


def test_letters_matrix_signature_and_report_say_where_the_journal_stands(desk):
    assert len(list(Path("08-cong-van/cong-van").glob("*.docx"))) == 2
    season, told = Season(desk, UNITS, formats="xlsx"), {}
    for name in ("20-nam-truoc", "23-ma-tran", "24-ky-so", "25-bao-cao"):
        Path(name).mkdir()
        told[name] = STEPS[name](season, Path(name))
    rows = pd.read_csv("23-ma-tran/ma-tran/comments.csv", dtype={"item_code": str, "round": str})
    keys = ["unit_code", "item_code"]
    answered = rows.loc[rows["answer"].notna(), keys].itertuples(index=False, name=None)
    assert set(answered) == set(season.truth["answers"][keys].itertuples(index=False, name=None))
    assert len(rows) and set(rows["state"]) == {"settled"}
    assert told["24-ky-so"]["findings"] == {"journal-signed": 1}
    sheets = read_workbook("25-bao-cao/bao-cao/province.xlsx")
    texts = [str(cell) for sheet in sheets for row in sheet.rows for cell in row]
    assert any(told["24-ky-so"]["head"] in text for text in texts)


def codes(answer):
    return {found["code"] for found in answer["findings"]}


def apply(*more):
    line = ["appraise", "apply", "sua.xlsx", "--journal", "rieng.jsonl", "--on", "2027-01-08"]
    return call(*line, *more, codes=(0, 1))


def spoiled(source, sheet, change, name="sua.xlsx"):
    book = openpyxl.load_workbook(source)
    change(book[sheet])
    book.save(name)


def rows(sheet):
    return range(5, 5 + sum(1 for row in range(5, sheet.max_row + 1) if sheet.cell(row, 2).value))


def test_a_sheet_that_was_sorted_says_the_same(desk):
    def sort(sheet):
        told = [[cell.value for cell in sheet[row]] for row in rows(sheet)]
        for row, cells in zip(
            rows(sheet), sorted(told, key=lambda cells: str(cells[:2])), strict=True
        ):
            for column, value in enumerate(cells, start=1):
                sheet.cell(row, column).value = value

    spoiled(BOOK, "Phiếu thẩm định", sort)
    sorted_one = apply()
    shutil.copyfile(BOOK, "sua.xlsx")
    assert apply()["added"] == 0 and sorted_one["refused"] == 0 and sorted_one["added"] > 10


def test_an_appraiser_who_saves_twice_with_other_points_is_asked_whether_it_is_a_correction(desk):
    shutil.copyfile(BOOK, "sua.xlsx")
    first = apply()

    def change(sheet):
        row = next(row for row in rows(sheet) if sheet.cell(row, 2).value == "1.4")
        column = next(cell.column for cell in sheet[4] if cell.value == "Điểm thẩm định")
        sheet.cell(row, column).value = 0.5
        sheet.cell(row, column + 1).value = "đánh giá khác nhau"
        sheet.cell(row, column + 2).value = "xem lại"

    spoiled(BOOK, "Phiếu thẩm định", change)
    again = apply()
    assert (again["head"], again["refused"]) == (first["head"], 1)
    assert "decision-twice" in codes(again)


def test_last_years_file_and_a_year_typed_wrong_are_named(desk):
    def year(text):
        def change(sheet):
            next(row for row in sheet.iter_rows(max_col=3) if row[2].value == "year")[
                1
            ].value = text

        return change

    (desk / "so").mkdir()
    for name, text in (("so/nam-truoc.xlsx", 2025), ("so/go-nham.xlsx", 20206)):
        spoiled("02-so-da-dien/so-02.xlsx", "Thông tin", year(text), name)
        told = call("ledger", "check", name, *SET, codes=(0, 1, 2))
        assert codes(told), name
    shutil.copyfile("02-so-da-dien/so-02.xlsx", "so/nam-nay.xlsx")
    told = call("appraise", "check", JOURNAL, "--ledgers", "so/nam-truoc.xlsx", *SET, codes=(0, 1))
    # The ledger that was appraised is not there; the one of last year is no version of it.
    assert "appraisal-ledger-not-given" in codes(told)


def test_decisions_of_a_workbook_on_another_version_of_the_ledger_are_refused(desk):
    def change(sheet):
        row = next(row for row in sheet.iter_rows() if str(row[0].value) == "1.4")
        row[3].value = 4

    spoiled("02-so-da-dien/so-02.xlsx", "Tự đánh giá", change, "02-so-da-dien/so-02.xlsx")
    shutil.copyfile(BOOK, "sua.xlsx")
    told = apply("--ledgers", "02-so-da-dien", "04-khao-sat/so-lieu/inputs.csv", *SET)
    assert "appraisal-older-ledger" in codes(told) and told["refused"] > 0


def test_the_story_itself_stops_where_a_step_touches_another(desk, monkeypatch):
    def meddle(season, folder):
        (desk / "03-kiem-tra" / "xong.json").write_text("{}", "utf-8")

    monkeypatch.setitem(STEPS, LAST, meddle)
    shutil.rmtree(LAST)
    with pytest.raises(SeasonError, match=r"03-kiem-tra/xong\.json"):
        Season(desk, UNITS).play(LAST)

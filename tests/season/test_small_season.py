"""A season of two units: broken off at every step, and spoiled as people spoil things."""

import shutil

import openpyxl
import pytest
from season_story import JOURNAL, STEPS, Season, SeasonError, call

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
def whole(quick, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mot-mach")
    Season(folder, UNITS).play(LAST)
    return folder


def test_a_season_broken_off_at_every_step_ends_in_the_same_bytes(whole, quick, tmp_path):
    broken = set()

    def break_off(name):
        if name not in broken:
            broken.add(name)
            raise BrokenOffError(name)

    for _ in STEPS:
        try:
            Season(tmp_path, UNITS, break_off).play(LAST)
        except BrokenOffError:
            continue
    assert sorted(broken) == [name for name in STEPS if name <= LAST]
    ours, theirs = files(tmp_path), files(whole)
    assert sorted(ours) == sorted(theirs)
    assert [name for name in ours if ours[name] != theirs[name]] == []


@pytest.fixture
def desk(whole, tmp_path, monkeypatch):
    """A copy of the season to spoil."""
    folder = tmp_path / "mua"
    shutil.copytree(whole, folder)
    monkeypatch.chdir(folder)
    return folder


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
    assert "appraisal-older-ledger" in codes(told)


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

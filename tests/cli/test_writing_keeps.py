"""Verbs that write a ledger change the cells they must and keep everything else."""

import datetime as dt
import zipfile

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment

from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import read_ledger
from scoring.points import score

ASSESSMENT, DOCUMENTS, TARGETS = "Tự đánh giá", "Tài liệu kiểm chứng", "Chỉ tiêu"
PLAN = """SỞ NỘI VỤ
Số: 12/KH-SNV
Quảng Ngãi, ngày 08 tháng 01 năm 2026

KẾ HOẠCH
Cải cách hành chính năm 2026
"""


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    """A ledger as it was made; each test writes into a copy of its own."""
    path = tmp_path_factory.mktemp("blank") / "ledger.xlsx"
    main(["--quiet", "ledger", "new", "--criteria", "department-sample", "--unit", "so-nv",
          "--name", "Sở Nội vụ", "--year", "2026", "--out", str(path)])  # fmt: skip
    return path.read_bytes()


@pytest.fixture
def ledger(blank, tmp_path):
    path = tmp_path / "sổ" / "ledger.xlsx"
    path.parent.mkdir()
    path.write_bytes(blank)
    (path.parent / "documents").mkdir()
    (path.parent / "documents" / "kh.txt").write_text(PLAN, encoding="utf-8")
    return path


def place(sheet, heading, code=None):
    """Return row and column of the cell under a heading, in the row of an item."""
    cells = [cell for row in sheet.iter_rows() for cell in row]
    head = next(cell for cell in cells if cell.value == heading)
    named = (c.row for c in cells if c.value == code and c.row > head.row)
    return next(named, head.row + 1) if code else head.row + 1, head.column


def edited(path, change, target=None):
    book = load_workbook(path)
    change(book)
    book.save(target or path)
    return target or path


def lived_in(book):
    """What people leave in a ledger besides the entries that are read."""
    sheet, documents = book[ASSESSMENT], book[DOCUMENTS]
    book.properties.creator = "Trần Thị Bình"
    book["Thông tin"]["B9"] = "Trần Thị Bình"
    sheet["D9"].comment = Comment("hỏi lại phòng Tổng hợp", "Bình")
    sheet["Z3"] = "Ghi chú của tôi"
    sheet["Z12"] = "xem lại"
    row, column = place(sheet, "Giải trình", "1.1.1")
    sheet.cell(row + 2, column).value = "ghi ở dòng phụ"
    row, column = place(documents, "Mã tài liệu")
    documents.cell(row, column).value = "TL01"
    for heading, value in (
        ("Số, ký hiệu", "1/BC-SNV"), ("Hiệu lực từ", "ngay khi ký"), ("Ngày ban hành", "khoảng tháng 3"),
        ("Tệp hoặc địa chỉ", "documents/kh.txt"),
    ):  # fmt: skip
        documents.cell(row, place(documents, heading)[1]).value = value
    book.create_sheet("Của tôi")["A1"] = "nháp"


def cells_of(path):
    book = load_workbook(path)
    return {
        (sheet.title, cell.coordinate): (cell.value, cell.comment and cell.comment.text)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None or cell.comment
    }


def changed(before, after):
    old, new = cells_of(before), cells_of(after)
    return {
        at: new.get(at, (None,))[0] for at in old.keys() | new.keys() if old.get(at) != new.get(at)
    }


def test_linking_changes_the_hash_and_nothing_else(ledger, tmp_path):
    edited(ledger, lived_in)
    out = tmp_path / "sổ" / "mới.xlsx"
    assert main(["evidence", "link", str(ledger), "--write", str(out)]) == 0
    differing = changed(ledger, out)
    assert [sheet for sheet, _ in differing] == [DOCUMENTS]
    assert len(next(iter(differing.values()))) == 64
    assert load_workbook(out).properties.creator == "Trần Thị Bình"


def test_linking_without_write_says_that_nothing_was_written(ledger, capsys):
    main(["evidence", "link", str(ledger), "--lang", "en"])
    assert "Nothing was written" in capsys.readouterr().err


def test_scanning_adds_a_row_below_the_others_and_changes_nothing_else(ledger, tmp_path):
    edited(ledger, lived_in)
    (ledger.parent / "documents" / "kh2.txt").write_text(
        PLAN.replace("12/", "13/"), encoding="utf-8"
    )
    out = ledger.with_name("mới.xlsx")
    assert main(["evidence", "scan", str(ledger), "--write", str(out)]) == 0
    differing = changed(ledger, out)
    assert {(sheet, cell[1:]) for sheet, cell in differing} == {(DOCUMENTS, "5")}
    read = read_ledger(out)
    assert read.documents["document_number"].tolist() == ["1/BC-SNV", "13/KH-SNV"]
    assert read.documents["issued_on"].tolist()[1].date() == dt.date(2026, 1, 8)
    before = zipfile.ZipFile(ledger).namelist()
    assert set(before) - set(zipfile.ZipFile(out).namelist()) <= {"xl/calcChain.xml"}


def test_a_column_that_is_gone_is_named_before_anything_is_written(ledger, capsys):
    def without_digest(book):
        sheet = book[DOCUMENTS]
        row, column = place(sheet, "Mã băm SHA-256")
        sheet.cell(row - 1, column).value = "Khác"

    edited(ledger, without_digest)
    main(["evidence", "scan", str(ledger), "--write", str(ledger.with_name("m.xlsx"))])
    said = capsys.readouterr().err
    assert said.index("Mã băm SHA-256") < said.index("m.xlsx")


def test_rows_beyond_the_prepared_ones_look_like_those_above(ledger):
    def full(book):
        sheet = book[DOCUMENTS]
        row, column = place(sheet, "Mã tài liệu")
        for number in range(60):
            sheet.cell(row + number, column).value = f"A{number:02d}"

    edited(ledger, full)
    out = ledger.with_name("m.xlsx")
    main(["evidence", "scan", str(ledger), "--write", str(out)])
    sheet = load_workbook(out)[DOCUMENTS]
    row, column = place(sheet, "Mã tài liệu", "TL001")
    assert row == 64 and not sheet.cell(row, column).protection.locked
    assert read_ledger(out).documents["document_id"].tolist()[-1] == "TL001"


def test_merging_keeps_what_the_first_copy_holds_and_names_what_the_others_do(
    ledger, tmp_path, capsys
):
    def first(book):
        lived_in(book)
        book[ASSESSMENT].cell(*place(book[ASSESSMENT], "Giải trình", "1.1.1")).value = "của An"

    def second(book):
        sheet = book[ASSESSMENT]
        sheet.cell(*place(sheet, "Giải trình", "1.1.2")).value = "của Bình"
        sheet["Y14"] = "cột riêng"
        sheet["D10"].comment = Comment("của Bình", "Bình")
        book.create_sheet("Trang của Bình")["B2"] = 5

    one = edited(ledger, first, tmp_path / "an.xlsx")
    two = edited(ledger, second, tmp_path / "bình.xlsx")
    out = tmp_path / "gộp.xlsx"
    assert main(["ledger", "merge", str(two), str(one), "--out", str(out)]) == 0
    said = capsys.readouterr().err
    assert "Y14" in said and "D10" in said and "Trang của Bình" in said
    differing = {at: v for at, v in changed(one, out).items() if not str(v).startswith("=")}
    sheet = load_workbook(out)[ASSESSMENT]
    assert differing == {
        (ASSESSMENT, sheet.cell(*place(sheet, "Giải trình", "1.1.2")).coordinate): "của Bình"
    }


def test_copies_with_different_targets_merge_and_the_target_stays_open(ledger, tmp_path):
    def target(points):
        def change(book):
            sheet = book[TARGETS]
            sheet.cell(*place(sheet, "Chỉ tiêu (điểm)", "INDEX")).value = points

        return change

    one = edited(ledger, target(80), tmp_path / "an.xlsx")
    two = edited(ledger, target(85), tmp_path / "bình.xlsx")
    out = tmp_path / "gộp.xlsx"
    assert main(["ledger", "merge", str(one), str(two), "--out", str(out)]) == 1
    assert read_ledger(out).targets.empty
    chosen = [*["ledger", "merge", str(one), str(two), "--policy", "prefer:bình.xlsx"]]
    assert main([*chosen, "--out", str(tmp_path / "g2.xlsx")]) == 0
    assert read_ledger(tmp_path / "g2.xlsx").targets["target_points"].tolist() == [85]


def test_three_peoples_own_first_document_are_three_documents(ledger, tmp_path):
    def listed(number, item):
        def change(book):
            sheet, assessment = book[DOCUMENTS], book[ASSESSMENT]
            row, _ = place(sheet, "Mã tài liệu")
            for heading, value in (
                ("Mã tài liệu", "TL01"), ("Số, ký hiệu", number), ("Mục chấm điểm", item),
                ("Ngày ban hành", dt.date(2026, 3, 1)),
            ):  # fmt: skip
                sheet.cell(row, place(sheet, heading)[1]).value = value
            assessment.cell(*place(assessment, "Tài liệu kiểm chứng", item)).value = "TL01"

        return change

    who = {"an": ("1/BC", "1.1.1"), "bình": ("2/BC", "1.1.2"), "chi": ("3/BC", "1.1.3")}
    paths = [
        str(edited(ledger, listed(*told), tmp_path / f"{name}.xlsx")) for name, told in who.items()
    ]
    out = tmp_path / "gộp.xlsx"
    assert main(["ledger", "merge", *paths, "--out", str(out)]) == 0
    merged = read_ledger(out)
    assert merged.documents["document_number"].tolist() == ["1/BC", "2/BC", "3/BC"]
    assert merged.documents["document_id"].tolist() == ["TL01", "TL01-2", "TL01-3"]
    assert set(map(tuple, merged.links[["document_id", "item_code"]].values)) == {
        ("TL01", "1.1.1"), ("TL01-2", "1.1.2"), ("TL01-3", "1.1.3")}  # fmt: skip
    assert merged.documents["issued_on"].nunique() == 1


def test_the_merged_ledger_shows_the_points_of_the_merged_figures(ledger, tmp_path, capsys):
    def typed(name, values):
        table = read_ledger(ledger).inputs.set_index(["item_code", "input"])

        def change(book):
            for key, value in values.items():
                book[ASSESSMENT][table.loc[key, "cell"]] = value

        return edited(ledger, change, tmp_path / f"{name}.xlsx")

    one = typed("an", {("1.1.3", "planned"): 10, ("1.1.3", "done"): "=3+6"})
    two = typed("bình", {("1.1.3", "planned"): 10, ("1.1.3", "done"): 10})
    out = tmp_path / "gộp.xlsx"
    main(["ledger", "merge", str(one), str(two), "--policy", "prefer:bình.xlsx", "--out", str(out)])
    book = read_ledger(out)
    points = book.claims.set_index("item_code")["self_points"]
    scored = score(book.inputs, open_set("department-sample")).scores.set_index("code")["points"]
    assert points["1.1.3"] == scored["1.1.3"] > 0
    assert "claimed" not in capsys.readouterr().err


@pytest.mark.parametrize("remark", ["", "hỏi lại"])
def test_what_follows_from_other_sheets_is_not_told_as_lost_when_copies_differ(
    remark, ledger, tmp_path, capsys
):
    def answered(book):
        sheet = book[ASSESSMENT]
        sheet.cell(*place(sheet, "Số liệu kê khai", "1.1.1")).value = dt.date(2026, 1, 9)
        book["Việc cần làm"]["M5"] = remark or None

    one = edited(ledger, answered, tmp_path / "sổ của Bình.xlsx")
    main(["ledger", "merge", str(ledger), str(one), "--out", str(tmp_path / "chung.xlsx")])
    said = capsys.readouterr().err
    # A remark beside the tables is told all the same.
    assert ("merge-not-kept" in said and "M5" in said) == bool(remark)
    assert remark or not said

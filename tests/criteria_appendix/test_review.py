"""A person reviews an import: cells changed, rows confirmed, the set opened, nothing lost."""

import dataclasses
import datetime as dt
import random

import openpyxl
import pytest
from excel_tools import find_soffice, recalculated, sheet_rows
from openpyxl.utils import get_column_letter

from scoring.base.errors import UnreadableError
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.criteria.appendix import AppendixAbout, import_pasted_appendix
from scoring.criteria.appendix.import_result import AppendixImport, AppendixRow
from scoring.criteria.appendix.review import (
    confirm_rows,
    read_review,
    review_bytes,
    still_confirmed,
)
from scoring.criteria.appendix.review.review_cells import (
    AT,
    COLUMNS,
    HEADING_ROW,
    ITEM_ENTRIES,
    SHEET,
    STEP_ENTRIES,
)
from scoring.criteria.appendix.review.review_formulas import points_of
from scoring.criteria.set_reading import RawSet
from scoring.files.shipped import shipped_folder
from scoring.rules import RULE_KINDS

SETS = shipped_folder("criteria")

ABOUT = AppendixAbout("bo-mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
TEXT = "\n".join(
    "\t".join(row)
    for row in (
        ("TT", "Tiêu chí", "Điểm tối đa", "Cách chấm", "Ghi chú"),
        ("1", "CHỈ ĐẠO", "10", "", ""),
        ("1.1", "Mức độ thực hiện", "4", "Trên 90%: 4; từ 70% - 90%: 2; dưới 70%: 0", ""),
        ("1.2", "Kế hoạch", "2", "Kịp thời: 2; không kịp thời: 1; không ban hành: 0", "Theo số liệu"),
        ("1.3", "Chất lượng tham mưu", "3", "Theo đánh giá của Hội đồng", ""),
        ("1.4", "Sáng kiến", "1", "Mỗi sáng kiến được 0,5 điểm, tối đa 1 điểm", ""),
    )
)  # fmt: skip
BY = ("Nguyễn Văn A", dt.date(2026, 11, 26))


def result_of(text=TEXT):
    return import_pasted_appendix(text, ABOUT)


@pytest.fixture(scope="module")
def review():
    return review_bytes(result_of())


@pytest.fixture
def path(tmp_path, review):
    file = tmp_path / "rà soát.xlsx"
    file.write_bytes(review)
    return file


def changed(path, *changes):
    """Change cells as a person would: (code, which step, column, value); step 0 is the item."""
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    for code, step, column, value in changes:
        rows = [row for row in range(HEADING_ROW + 2, sheet.max_row + 1)
                if sheet.cell(row, 1).value == code]  # fmt: skip
        sheet.cell(rows[step], AT[column] + 1).value = value
    book.save(path)
    return path


def spec(review, code):
    return next(row.spec for row in review.rows if row.code == code)


def finding_codes(review):
    return [finding.code for finding in review.findings]


def test_a_review_nobody_touched_is_the_set_that_was_read(path):
    review, result = read_review(path), result_of()
    assert [row.code for row in review.doubted] == ["1.2", "1.3"]
    assert [row.code for row in review.open] == ["1.2", "1.3"]
    for row in result.entries:
        if row.spec and row.is_understood:
            read = spec(review, row.code)
            assert set(read.bands) == set(row.spec.bands)
            assert (read.kind, read.options, read.inputs) == (
                row.spec.kind, row.spec.options, row.spec.inputs,
            )  # fmt: skip


def test_a_row_that_was_not_read_waits_for_its_kind_and_then_the_set_opens(path):
    waiting = read_review(path)
    assert finding_codes(waiting) == ["review-cell-empty"]
    assert not waiting.is_complete
    assert waiting.findings[0].cell.startswith("G")
    review = read_review(changed(path, ("1.3", 0, "kind", "Chấm thẳng")))
    assert review.is_complete
    assert spec(review, "1.3").kind == "direct"


def test_a_step_that_a_person_adds_becomes_a_band(path):
    review = read_review(
        changed(
            path,
            ("1.1", 2, "upper", 80),
            ("1.1", 2, "upper_closed", "không"),
            ("1.1", 4, "lower", "80"),
            ("1.1", 4, "upper", "90,0"),
            ("1.1", 4, "upper_closed", "có"),
            ("1.1", 4, "points", "3"),
        )
    )
    bands = sorted((b.lower, b.upper, b.points) for b in spec(review, "1.1").bands)
    assert bands[1:] == [(70.0, 80.0, 2.0), (80.0, 90.0, 3.0), (90.0, float("inf"), 4.0)]


def test_another_kind_takes_the_steps_of_the_sheet(path):
    review = read_review(
        changed(
            path,
            ("1.3", 0, "kind", "Chọn một phương án"),
            ("1.3", 1, "content", "Tốt"),
            ("1.3", 1, "points", 3),
            ("1.3", 2, "content", "Chưa tốt"),
            ("1.3", 2, "points", 0),
        )
    )
    assert [option.points for option in spec(review, "1.3").options] == [3.0, 0.0]
    assert review.is_complete


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("1.1", 0, "kind", "Theo ý"), "review-word-unknown"),
        (("1.1", 1, "points", "bốn"), "review-word-unknown"),
        (("1.1", 1, "points", 9), "review-rule-unsound"),
        (("1.1", 0, "measure", None), "review-cell-empty"),
        (("1.2", 1, "points", None), "review-cell-empty"),
        (("1.4", 0, "each", None), "review-rule-unsound"),
        (("1.1", 0, "code", "9.9"), "review-code-unknown"),
        (("1.1", 0, "points", None), "review-cell-empty"),
    ],
)
def test_a_cell_that_makes_no_rule_is_named_and_the_rule_before_it_stays(path, change, code):
    before = {row.code: row.spec for row in read_review(path).rows}
    review = read_review(changed(path, change))
    assert code in finding_codes(review)
    assert not review.is_complete
    for row in review.rows:
        if row.code == change[0]:
            assert row.spec == before[row.code]


@pytest.mark.parametrize(
    ("code", "step", "column", "value", "finding"),
    [
        ("1.1", 1, "lower_closed", "ko", "review-word-unknown"),
        ("1.1", 2, "upper_closed", "gồm cả", "review-word-unknown"),
        ("1.1", 3, "points", None, "review-cell-empty"),
        ("1.1", 3, "points", "  ", "review-cell-empty"),
        ("1.1", 4, "upper", 60, "review-cell-empty"),
        ("1.2", 4, "points", 0.5, "review-cell-empty"),
        ("1.2", 0, "confirmed", "xong", "review-word-unknown"),
    ],
)  # fmt: skip
def test_a_cell_that_would_be_passed_over_is_named(path, code, step, column, value, finding):
    review = read_review(
        changed(path, ("1.3", 0, "kind", "Chấm thẳng"), (code, step, column, value))
    )
    assert finding_codes(review) == [finding]
    assert not review.is_complete


@pytest.mark.parametrize(
    ("change", "points", "found"),
    [
        ((0, "points", "2,5"), 2.5, []),
        ((0, "points", None), 3.0, ["review-cell-empty"]),
        ((1, "points", 1), 3.0, ["review-cell-empty"]),
    ],
)
def test_a_rule_that_has_no_steps_to_show_takes_its_maximum_from_the_sheet(
    tmp_path, change, points, found
):
    file = tmp_path / "r.xlsx"
    said = "Có ban hành kế hoạch: 3 điểm"
    file.write_bytes(review_bytes(result_of(TEXT.replace("Theo đánh giá của Hội đồng", said))))
    review = read_review(changed(file, ("1.3", *change)))
    assert finding_codes(review) == found
    assert (spec(review, "1.3").kind, spec(review, "1.3").max_points) == ("choice", points)


@pytest.mark.parametrize("share", [0.85, 1.0])
def test_a_percentage_kept_as_a_share_by_the_spreadsheet_is_never_taken_as_it_stands(path, share):
    """A person types 85%; the cell then holds 0.85 and shows "85%"."""
    steps = [(1, "lower"), (2, "upper"), (2, "lower"), (3, "upper")]
    values = [share, share, 0.7, 0.7]
    cells = [("1.1", at, name, v) for (at, name), v in zip(steps, values, strict=True)]
    review = read_review(changed(path, *cells))
    found = [f for f in review.findings if f.code == "review-percent-as-share"]
    assert len(found) == 4
    assert f"Ghi {share * 100:g} (không" in found[0].text("vi")
    assert {b.lower for b in spec(review, "1.1").bands} == {-float("inf"), 70.0, 90.0}


def test_a_percentage_written_with_its_sign_is_read(path):
    review = read_review(changed(path, ("1.1", 1, "lower", "85,5 %"), ("1.1", 2, "upper", "85,5%"),
                                 ("1.1", 2, "lower", "0,5%"), ("1.1", 3, "upper", "0,5%")))  # fmt: skip
    assert {b.lower for b in spec(review, "1.1").bands} == {-float("inf"), 0.5, 85.5}


@pytest.mark.parametrize("said", ["Đúng", " ĐÚNG ", "đúng"])
def test_confirmed_is_read_as_the_sheet_itself_compares_it(path, said):
    review = read_review(
        changed(
            path,
            ("1.2", 0, "confirmed", said),
            ("1.2", 0, "by", BY[0]),
            ("1.2", 0, "on", "26/11/2026"),
        )
    )
    assert [row.code for row in review.open] == ["1.3"]
    assert set(review.kept()) == {"1.2"}


@pytest.mark.parametrize(("code", "found"), [(None, ["review-step-uncoded"]), ("1.1", [])])
def test_a_row_that_a_person_inserts_is_a_step_or_is_named(path, code, found):
    changed(path, ("1.3", 0, "kind", "Chấm thẳng"), ("1.1", 2, "upper", 80))
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    at = next(r for r in range(1, 99) if sheet.cell(r, 1).value == "1.1") + 2
    sheet.insert_rows(at)
    inserted = {"code": code, "lower": 80, "lower_closed": "không", "upper": 90, "points": 3,
                "upper_closed": "có"}  # fmt: skip
    for name, value in inserted.items():
        sheet.cell(at, AT[name] + 1).value = value
    book.save(path)
    review = read_review(path)
    assert finding_codes(review) == found
    assert review.is_complete == (not found)
    if not found:
        assert len(spec(review, "1.1").bands) == 4


def test_a_row_confirmed_without_a_name_is_still_open(path):
    review = read_review(changed(path, ("1.2", 0, "confirmed", "đúng")))
    assert "1.2" in [row.code for row in review.open]
    assert finding_codes(review).count("review-not-signed") == 2


def test_a_signed_row_keeps_who_and_when_in_the_set(path, tmp_path):
    out = tmp_path / "xong.xlsx"
    confirm_rows(read_review(path), path, ["1.2"], *BY, out)
    review = read_review(out)
    assert [row.code for row in review.open] == ["1.3"]
    items = review.raw.tables["items"].set_index("code")
    assert items.loc["1.2", "note_vi"] == "Đã rà soát với quyết định: Nguyễn Văn A, 26/11/2026."
    assert "Cần rà soát" in items.loc["1.3", "note_vi"]


def test_importing_again_keeps_what_was_confirmed(path, tmp_path):
    changed(path, ("1.2", 2, "points", 0.5))
    out = tmp_path / "xong.xlsx"
    confirm_rows(read_review(path), path, ["1.2"], *BY, out)
    kept, lapsed = still_confirmed(result_of(), read_review(out))
    assert (list(kept), lapsed) == (["1.2"], [])
    again = tmp_path / "lần hai.xlsx"
    again.write_bytes(review_bytes(result_of(), kept))
    review = read_review(again)
    assert [option.points for option in spec(review, "1.2").options] == [2.0, 0.5, 0.0]
    assert [row.code for row in review.open] == ["1.3"]


@pytest.mark.parametrize(
    ("old", "new"), [("không kịp thời: 1", "không kịp thời: 0,5"), ("Kế hoạch", "Kế hoạch năm"),
                     ("Theo số liệu", "Theo số liệu quý")],
)  # fmt: skip
def test_a_confirmation_lapses_when_the_decision_says_something_else(path, tmp_path, old, new):
    out = tmp_path / "xong.xlsx"
    confirm_rows(read_review(path), path, ["1.2"], *BY, out)
    kept, lapsed = still_confirmed(result_of(TEXT.replace(old, new)), read_review(out))
    assert (kept, lapsed) == ({}, ["1.2"])


def test_alternatives_are_confirmed_or_become_a_sum(tmp_path):
    text = (
        TEXT.replace("1.4\tSáng kiến\t1", "1.4\tSáng kiến\t1\t\t\n1.4.1\tCấp sở\t1").replace(
            "CHỈ ĐẠO", "CHỈ ĐẠO, ĐIỀU HÀNH"
        )
        + "\n1.4.2\tCấp tỉnh\t1\tCó: 1; không: 0\t"
    )
    file = tmp_path / "a.xlsx"
    file.write_bytes(review_bytes(result_of(text)))
    review = read_review(changed(file, ("1.3", 0, "kind", "Chấm thẳng")))
    assert review.is_complete
    assert "1.4" in [row.code for row in review.open]
    assert review.checked.criteria.node("1.4").is_best_of
    added = read_review(changed(file, ("1.4", 0, "kind", "Cộng các mục con")))
    assert not added.checked.criteria.node("1.4").is_best_of
    assert [f.code for f in added.checked.findings] == ["children-do-not-add-up"]


def test_what_a_person_fills_in_is_unlocked_and_all_else_is_not(path):
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert sheet.protection.sheet
    for row in range(HEADING_ROW + 2, sheet.max_row + 1):
        entries = ITEM_ENTRIES if sheet.cell(row, AT["row"] + 1).value == "mục" else STEP_ENTRIES
        for name in COLUMNS:
            cell = sheet.cell(row, AT[name] + 1)
            assert cell.protection.locked == (name not in entries), cell.coordinate


def test_a_title_stands_on_both_printed_pages(path):
    sheet = openpyxl.load_workbook(path)[SHEET]
    repeated = get_column_letter(AT["content"] + 1)
    assert sheet.print_title_cols == f"$A:${repeated}"
    assert {f"A1:{repeated}1", f"A2:{repeated}2"} <= set(map(str, sheet.merged_cells.ranges))
    assert sheet["A1"].alignment.wrap_text and sheet["A2"].alignment.wrap_text


def test_another_workbook_is_no_review(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = SHEET
    file = tmp_path / "khác.xlsx"
    book.save(file)
    with pytest.raises(UnreadableError) as caught:
        read_review(file)
    assert caught.value.finding.code == "review-not-a-review"


def test_a_sorted_sheet_never_moves_a_step_to_another_item(path):
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADING_ROW + 2)]
    random.Random(4).shuffle(rows)
    for number, values in enumerate(rows, start=HEADING_ROW + 2):
        for column, value in enumerate(values, start=1):
            sheet.cell(number, column).value = None if str(value).startswith("=") else value
    book.save(path)
    review = read_review(path)
    assert "review-step-astray" in finding_codes(review)
    assert not review.is_complete


# The command line


def run(capsys, *words):
    code = main(["criteria", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def imported(tmp_path, capsys, *more):
    source = tmp_path / "phụ lục.txt"
    source.write_text(TEXT, encoding="utf-8")
    words = (
        "import-appendix",
        source,
        "--id",
        "bo-mau",
        "--name",
        "Bộ mẫu",
        "--tier",
        "department",
    )
    return run(capsys, *words, "--valid-from", "01/01/2026", *more)


def test_from_the_decision_to_a_checked_set_on_the_command_line(tmp_path, capsys):
    imported(tmp_path, capsys, "--out", tmp_path / "bộ")
    review = tmp_path / "bộ" / "review.xlsx"
    code, out, _ = run(capsys, "review", review)
    assert (code, "Còn 2 trên 2 mục phải xem" in out) == (1, True)
    _, shown, _ = run(capsys, "review", review, "--show", "1.1")
    assert "Trên 90%: 4" in shown
    assert "70 → 2" in shown
    changed(review, ("1.3", 0, "kind", "Chấm thẳng"))
    done = tmp_path / "xong.xlsx"
    words = ("--confirm", "1.2", "1.3", "--by", BY[0], "--on", "26/11/2026", "--write", done)
    code, out, _ = run(capsys, "review", review, *words, "--out", tmp_path / "bộ xong")
    assert (code, "Còn 0 trên 2 mục phải xem" in out) == (0, True)
    assert main(["criteria", "check", str(tmp_path / "bộ xong"), "--no-lint"]) == 0


def test_a_set_with_open_cells_is_not_written(tmp_path, capsys):
    imported(tmp_path, capsys, "--out", tmp_path / "bộ")
    code, _, err = run(capsys, "review", tmp_path / "bộ" / "review.xlsx", "--out", tmp_path / "x")
    assert code == 1
    assert "còn ô phải điền" in err
    assert not (tmp_path / "x").exists()


def test_importing_again_writes_the_confirmed_rules_into_the_set_too(tmp_path, capsys):
    imported(tmp_path, capsys, "--out", tmp_path / "bộ")
    review = changed(
        tmp_path / "bộ" / "review.xlsx",
        ("1.2", 2, "points", 0.5),
        ("1.3", 0, "kind", "Chấm thẳng"),
    )
    done = tmp_path / "xong.xlsx"
    words = ("--confirm", "1.2", "1.3", "--by", BY[0], "--on", "26/11/2026", "--write", done)
    run(capsys, "review", review, *words)
    imported(tmp_path, capsys, "--review", done, "--out", tmp_path / "lần hai")
    node = open_set(tmp_path / "lần hai").node("1.2")
    assert [option.points for option in node.spec.options] == [2.0, 0.5, 0.0]
    assert "Nguyễn Văn A" in node.note_vi


def test_confirming_takes_who_and_when(tmp_path, capsys):
    imported(tmp_path, capsys, "--out", tmp_path / "bộ")
    code, _, err = run(capsys, "review", tmp_path / "bộ" / "review.xlsx", "--confirm", "1.2")
    assert code == 2
    assert "--by" in err


def test_confirming_never_writes_over_the_review_it_reads(tmp_path, capsys):
    imported(tmp_path, capsys, "--out", tmp_path / "bộ")
    review = tmp_path / "bộ" / "review.xlsx"
    before = review.read_bytes()
    words = (
        "--confirm",
        "1.2",
        "--by",
        BY[0],
        "--on",
        "26/11/2026",
        "--write",
        review,
        "--replace",
    )
    code, _, err = run(capsys, "review", review, *words)
    assert (code, review.read_bytes()) == (2, before)
    assert "output-is-input" in err


# The figures beside the steps


@pytest.mark.skipif(find_soffice() is None, reason="LibreOffice is absent")
def test_the_points_beside_a_figure_follow_the_cells(path, tmp_path):
    changed(path, ("1.1", 1, "points", 3.5), ("1.1", 4, "figure", 90.5), ("1.4", 4, "figure", 9))
    changed(path, ("1.2", 0, "confirmed", "đúng"))  # by nobody: still open
    rows = sheet_rows(recalculated(path, tmp_path / "profile"), SHEET)
    named = [dict(zip(COLUMNS, row, strict=False)) for row in rows]
    review = read_review(path)
    compared = 0
    for row in named:
        if row["row"] == "mức" and isinstance(row["figure"], float) and row["earned"] != "":
            assert row["earned"] == pytest.approx(
                points_of(spec(review, row["code"]), row["figure"])
            )
            compared += 1
    assert compared >= 8
    sentences = [row["understood"] for row in named if row["code"] == "1.1" and row["row"] == "mức"]
    assert sentences[:3] == ["trên 90: 3.5 điểm", "từ 70 đến 90: 2 điểm", "dưới 70: 0 điểm"]
    assert named[2]["code"] == "Còn 2 trên 2 mục phải xem"


def test_worked_points_agree_with_the_rules_of_the_kinds():
    for kind in ("ratio", "count", "deduction"):
        example = RULE_KINDS[kind].example.spec
        assert points_of(example, 0.0) == pytest.approx(1.0 if kind == "deduction" else 0.0)


@pytest.mark.parametrize("kind", sorted(set(RULE_KINDS) - {"peer", "survey_options"}))
def test_every_kind_comes_back_from_the_sheet_as_it_went_in(kind, tmp_path):
    result = result_of()
    example = dataclasses.replace(RULE_KINDS[kind].example.spec, code="1.1")
    entries = tuple(
        dataclasses.replace(row, spec=example, max_points=example.max_points)
        if row.code == "1.1"
        else row
        for row in result.entries
    )
    from scoring.criteria.appendix.set_rows import with_rule

    raw = with_rule(result.raw, "1.1", {}, example, {})
    file = tmp_path / "a.xlsx"
    file.write_bytes(review_bytes(dataclasses.replace(result, entries=entries, raw=raw)))
    read = spec(read_review(file), "1.1")
    assert set(read.bands) == set(example.bands)
    for name in ("kind", "max_points", "formula", "due_on"):
        assert getattr(read, name) == getattr(example, name), name
    for name in ("points_each", "floor_points", "floor_percent", "full_at_percent", "never_points"):
        assert getattr(read, name) == pytest.approx(getattr(example, name), nan_ok=True), name
    assert [e.role for e in read.inputs] == [e.role for e in example.inputs]
    assert [o.points for o in read.options] == [o.points for o in example.options]
    assert read.zero_denominator == example.zero_denominator


def test_what_becomes_of_an_item_that_does_not_apply_is_chosen_in_its_cell(path):
    review = read_review(changed(path, ("1.2", 0, "applies", "giảm trừ điểm tối đa")))
    assert spec(review, "1.2").not_applicable == "drop"
    assert review.checked.criteria.node("1.2").spec.not_applicable == "drop"
    review = read_review(changed(path, ("1.2", 0, "applies", "tùy")))
    assert "review-word-unknown" in finding_codes(review)


def without_order(spec):
    """Return a rule with its bands in one order, for comparison."""
    ordered = tuple(sorted(spec.bands, key=lambda band: (band.lower, band.upper)))
    return repr(dataclasses.replace(spec, bands=ordered))


@pytest.mark.parametrize("set_id", sorted(path.parent.name for path in SETS.glob("*/set.toml")))
def test_every_rule_of_a_shipped_set_comes_back_from_a_review_as_it_went_in(set_id, tmp_path):
    criteria = open_set(set_id)
    raw = RawSet(criteria.raw_meta, criteria.tables, set_id)
    rows = tuple(
        AppendixRow(node.code, node.name_vi, node.max_points, "", "", node.spec)
        for node in criteria.leaves
    )
    file = tmp_path / "a.xlsx"
    file.write_bytes(review_bytes(AppendixImport(raw, rows, ())))
    review = read_review(file)
    assert finding_codes(review) == []
    for node in criteria.leaves:
        assert without_order(spec(review, node.code)) == without_order(node.spec), node.code
    built = review.checked.criteria
    for node in criteria.leaves:
        assert without_order(built.node(node.code).spec) == without_order(node.spec), node.code

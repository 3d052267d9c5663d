"""Workbooks of appraisers: made from what is known, taken back row by row."""

import datetime as dt
import io
import re
import textwrap
import zipfile

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import get_column_letter
from set_builder import direct_set, given

import scoring
from scoring.appraisal import append_decisions, read_journal
from scoring.appraisal.appraiser_workbook import COLUMNS, SHEET, appraiser_workbook_bytes
from scoring.appraisal.assignments import assigned, read_assignments
from scoring.appraisal.rows_to_decide import (
    ledger_digests,
    left_open,
    rows_of_next_round,
    rows_to_decide,
)
from scoring.appraisal.workbook_decisions import returned_workbooks
from scoring.base.units import UnitKey
from scoring.criteria import open_set
from scoring.points.proof import with_claims

DAY = dt.date(2026, 12, 1)
AT = {name: place for place, name in enumerate(COLUMNS, start=1)}
FIRST = 5
POINTS = get_column_letter(AT["points"])


@pytest.fixture(scope="module")
def criteria():
    return open_set("department-sample")


@pytest.fixture(scope="module")
def rows(criteria):
    inputs = pd.read_csv(
        scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    )
    sheet = scoring.score(inputs, criteria)
    key = sheet.units[["unit_code", "year", "period"]].head(1)
    claims = key.assign(item_code="1.1.1", self_points=1.0, documents="", explanation="đã nộp")
    sheet, _ = with_claims(sheet, claims)
    digests = ledger_digests(inputs=sheet.units.assign(item_code="", input="", value=0.0))
    made = rows_to_decide(sheet, claims, None, digests)
    assert made.query("status == 'not_applicable'")["computed_points"].isna().all()
    few = made["item_code"].str.startswith(("1.", "2.")) & (made["status"] != "not_applicable")
    return made[few].reset_index(drop=True)


@pytest.fixture(scope="module")
def blank(rows, criteria):
    return appraiser_workbook_bytes(rows, criteria, "An")


@pytest.fixture
def filled(tmp_path, blank):
    """Return a function that types cells into the workbook, as {(row, column): value}."""

    def fill(cells=(), change=None, name="an.xlsx", data=blank):
        book = openpyxl.load_workbook(io.BytesIO(data))
        for (row, column), value in dict(cells).items():
            book[SHEET].cell(row, AT[column]).value = value
        if change:
            change(book[SHEET])
        book.save(tmp_path / name)
        return tmp_path / name

    return fill


def read(*paths, **more):
    return returned_workbooks(paths, decided_on=DAY, **more)


def codes(told):
    return [(found.code, found.cell) for found in told.findings]


LOWERED = {
    (FIRST, "points"): 0,
    (FIRST, "reason_kind"): "thiếu tài liệu kiểm chứng",
    (FIRST, "reason"): "Không có",
}


def test_the_riskiest_row_stands_first_and_says_where_the_points_differ(rows):
    first = rows.query("item_code == '1.1.1' and claimed_points.notna()").iloc[0]
    assert "tự chấm cao hơn quy tắc 0,25" in first["differs"]
    assert first["risk"] == pytest.approx(0.25) and first["explanation"] == "đã nộp"
    assert rows["risk"].is_monotonic_decreasing
    still_open = rows[rows["status"] == "not_assessed"]
    assert (still_open["risk"] == still_open["max_points"]).all()


def test_decisions_come_back_with_all_they_stand_on_and_the_rest_stays_open(filled, rows, criteria):
    told = read(filled(LOWERED | {(FIRST + 1, "points"): rows["max_points"][1]}))
    assert told.findings == [] and told.open == len(rows) - 2
    one = told.decisions.iloc[0]
    assert (one["item_code"], one["points"]) == (rows["item_code"][0], 0.0)
    assert one["reason_kind"] == "missing-proof" and one["decided_by"] == "An"
    assert one["ledger_digest"] == rows["ledger_digest"][0]
    assert one["set_fingerprint"] == criteria.fingerprint
    assert (one["cell"], one["sheet"]) == (f"{POINTS}{FIRST}", SHEET)


def test_a_sheet_sorted_with_rows_and_columns_inserted_gives_the_same(filled, tmp_path):
    def shuffle(sheet):
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST)]
        for at, row in enumerate(reversed(rows), start=FIRST):
            for place, value in enumerate(row, start=1):
                sheet.cell(at, place).value = value
        sheet.insert_rows(FIRST + 2, 3)
        sheet.insert_rows(2)
        sheet.insert_cols(1)

    plain, moved = read(filled(LOWERED)), read(filled(LOWERED, shuffle, "b.xlsx"))
    same = ["unit_code", "item_code", "points", "reason", "ledger_digest"]
    assert moved.findings == [] and moved.open == plain.open
    assert moved.decisions[same].equals(plain.decisions[same])


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({(FIRST, "points"): 99}, "points-above-maximum"),
        ({**LOWERED, (FIRST, "points"): -1}, "points-above-maximum"),
        ({**LOWERED, (FIRST, "reason"): None}, "appraisal-no-reason"),
        ({**LOWERED, (FIRST, "reason_kind"): None}, "appraisal-no-reason"),
        ({**LOWERED, (FIRST, "reason_kind"): "Khác"}, "appraisal-kind-unknown"),
        ({(FIRST, "points"): "nửa"}, "not-a-number"),
        ({(FIRST, "points"): "0,5%"}, "appraisal-points-percent"),
        ({(FIRST, "points"): "=1/2"}, "formula-without-value"),
        ({**LOWERED, (FIRST, "item_code"): "1.9"}, "appraisal-row-changed"),
        ({**LOWERED, (FIRST, "max_points"): 50}, "appraisal-row-changed"),
        ({**LOWERED, (FIRST, "row_key"): None}, "appraisal-row-unknown"),
        ({(FIRST, "reason"): "quên điểm"}, "appraisal-without-points"),
    ],
)
def test_what_cannot_be_taken_is_named_at_its_cell(filled, rows, cells, code):
    if code == "appraisal-no-reason":
        first = int((rows["claimed_points"].notna()).idxmax()) + FIRST
        cells = {(first, column): value for (_, column), value in cells.items()}
        told = read(filled(cells))
        assert codes(told) == [(code, f"{POINTS}{first}")] and not told.rows
        return
    told = read(filled(cells))
    assert codes(told) == [(code, f"{POINTS}{FIRST}")] and not told.rows


def headless(sheet):
    sheet.cell(FIRST - 1, AT["points"]).value = "Điểm"


@pytest.mark.parametrize(
    ("change", "told", "open_rows"),
    [
        (lambda sheet: sheet.delete_rows(FIRST + 2), [("appraisal-rows-missing", "")], -2),
        (headless, [("appraisal-columns-missing", "A4"), ("appraisal-rows-missing", "")], None),
        (lambda sheet: sheet.delete_cols(AT["status"], 3),
         [("appraisal-columns-missing", "A4"), ("appraisal-rows-missing", "")], None),
        (lambda sheet: sheet.parent.remove(sheet), [("appraisal-rows-missing", "")], None),
        (lambda sheet: sheet.parent.copy_worksheet(sheet), [], -1),
    ],
)  # fmt: skip
def test_rows_and_columns_that_do_not_come_back_are_named(filled, rows, change, told, open_rows):
    found = read(filled(LOWERED, change))
    assert codes(found) == told
    taken = 0 if open_rows is None else 1
    assert (len(found.rows), found.open) == (taken, taken and len(rows) + open_rows)


def test_points_of_a_formula_are_taken_as_saved_and_named(filled, tmp_path):
    path = filled({**LOWERED, (FIRST, "points"): "=0/2"})
    parts = {}
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet], count = re.subn(rb"(<f>0/2</f>)<v(?: ?/|></v)>", rb"\1<v>0</v>", parts[sheet])
    assert count == 1
    with zipfile.ZipFile(tmp_path / "saved.xlsx", "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    told = read(tmp_path / "saved.xlsx")
    assert codes(told) == [("appraisal-from-formula", f"{POINTS}{FIRST}")]
    assert told.findings[0].severity == "warning" and told.rows[0]["points"] == 0


def test_the_same_points_as_claimed_need_no_reason(filled, rows):
    at = int(rows["claimed_points"].notna().idxmax())
    assert read(filled({(FIRST + at, "points"): 1.0})).findings == []


def test_an_item_that_does_not_apply_takes_no_points(filled, rows, criteria):
    data = appraiser_workbook_bytes(rows.assign(status="not_applicable"), criteria, "An")
    told = read(filled({(FIRST, "points"): 0}, data=data))
    assert codes(told) == [("appraisal-not-applicable", f"{POINTS}{FIRST}")]


def test_what_does_not_apply_is_shown_without_points_on_any_track():
    criteria = direct_set({"1": 4, "2": {"max_points": 6, "not_applicable": "drop"}})
    marked = given({"1": 4, "2": 6}).assign(not_applicable=[False, True])
    sheet = scoring.score(marked, criteria)
    claims = sheet.units[["unit_code", "year", "period"]].assign(item_code="1", self_points=4.0)
    sheet, _ = with_claims(sheet, claims)
    told = rows_to_decide(sheet, pd.DataFrame(), None, {}).set_index("item_code")
    assert told.loc["2", ["claimed_points", "computed_points"]].isna().all()
    assert told.loc["1", "claimed_points"] == 4.0


def test_two_quarters_of_a_unit_are_told_apart_where_people_see_it(rows, criteria):
    two = pd.concat([rows.assign(period=period).head(1) for period in ("quý I", "quý II")])
    sheet = openpyxl.load_workbook(io.BytesIO(appraiser_workbook_bytes(two, criteria, "An")))[SHEET]
    names = [sheet.cell(FIRST + at, AT["unit_name"]).value for at in (0, 1)]
    assert [name.rpartition(" · ")[2] for name in names] == ["quý I/2025", "quý II/2025"]


def test_a_request_without_points_is_named_as_not_taken(filled):
    told = read(filled({(FIRST, "request"): "Gửi báo cáo quý"}))
    assert codes(told) == [("appraisal-without-points", f"{POINTS}{FIRST}")]
    assert "đề nghị" in told.findings[0].problem("vi")


def test_a_ledger_that_changed_since_and_another_set_are_refused(filled, rows):
    path = filled(LOWERED)
    unit = UnitKey(rows["unit_code"][0], int(rows["year"][0]), rows["period"][0])
    assert read(path, digests={unit: rows["ledger_digest"][0]}).findings == []
    (found,) = read(path, digests={unit: "ffff"}).findings
    assert found.code == "appraisal-older-ledger" and "ffff" in found.problem()
    # Of a unit whose ledger was not given nobody knows whether it changed.
    (found,) = read(path, digests={}).findings
    assert found.code == "appraisal-ledger-not-given" and "--ledgers" in found.remedy()
    (found,) = read(path, set_fingerprint="ffff").findings
    assert found.code == "appraisal-other-set"


def test_rows_of_somebody_else_and_rows_twice_are_refused(filled, rows, criteria):
    path = filled(LOWERED)
    whole = (("An", rows["unit_code"][0], rows["item_code"][0]),)
    assert read(path, assigned=whole).findings == []
    assert [found.code for found in read(path, assigned=()).findings] == ["appraisal-not-assigned"]
    theirs = openpyxl.load_workbook(path)[SHEET]
    line = [cell.value for cell in theirs[FIRST]]

    def paste(sheet):
        for place, value in enumerate(line, start=1):
            sheet.cell(FIRST, place).value = value

    data = appraiser_workbook_bytes(rows, criteria, "Bình")
    told = read(path, filled((), paste, "b.xlsx", data))
    assert codes(told) == [("appraisal-not-assigned", f"{POINTS}{FIRST}")] and len(told.rows) == 1

    def copy(sheet):
        sheet.append([*line[: AT["points"] - 1], 0.1, *line[AT["points"] :]])

    told = read(filled(LOWERED, copy))
    assert [found.code for found in told.findings] == ["appraisal-row-twice"]


def test_a_workbook_that_names_nobody_needs_a_name(filled, rows, criteria):
    path = filled(LOWERED, data=appraiser_workbook_bytes(rows, criteria, ""))
    assert [found.code for found in read(path).findings] == ["appraisal-without-appraiser"]
    assert read(path, decided_by="Tổ thẩm định").rows[0]["decided_by"] == "Tổ thẩm định"


def test_a_workbook_of_something_else_is_named_and_the_others_are_read(filled, tmp_path):
    other = tmp_path / "khac.xlsx"
    openpyxl.Workbook().save(other)
    told = read(other, filled(LOWERED))
    assert [found.code for found in told.findings] == ["appraisal-not-workbook"]
    assert len(told.rows) == 1


def test_items_are_assigned_by_unit_and_by_area_and_what_nobody_has_is_named(
    rows, criteria, tmp_path
):
    path = tmp_path / "phan-cong.csv"
    units = list(rows["unit_code"].unique())
    path.write_text(
        f"appraiser,unit_code,item_code\nAn,,1\nBình,{units[0]},\n,,2\nAn,,9.9\n", encoding="utf-8"
    )
    table, findings = read_assignments(path)
    assert [(f.code, f.cell) for f in findings] == [("assignment-without-appraiser", "A4")]
    mine, findings = assigned(rows, table, criteria)
    assert set(mine["An"]["unit_code"]) == set(units)
    assert mine["An"]["item_code"].str.startswith("1.").all()
    assert set(mine["Bình"]["unit_code"]) == {units[0]}
    told = [(f.code, f.unit_code) for f in findings]
    assert told == [("assignment-unknown", ""), *(("appraisal-unassigned", u) for u in units[1:])]


def test_who_has_nothing_left_in_a_later_round_is_still_known(rows, criteria):
    table = pd.DataFrame([{"appraiser": "An", "unit_code": "", "item_code": "1", "file": "", "cell": "A2"},
                          {"appraiser": "Bình", "unit_code": "", "item_code": "2", "file": "", "cell": "A3"}])  # fmt: skip
    left = rows[rows["item_code"].str.startswith("1.")]
    mine, findings = assigned(left, table, criteria, rows)
    assert (set(mine), findings) == ({"An"}, [])
    assert [found.code for found in assigned(left, table, criteria)[1]] == ["assignment-unknown"]


def test_what_is_taken_back_goes_into_the_journal_once(filled, tmp_path):
    path = tmp_path / "appraisal.jsonl"
    decisions = read(filled(LOWERED)).decisions
    head, _ = append_decisions(path, decisions)
    assert append_decisions(path, decisions) == (head, [])
    assert read_journal(path)[0]["points"].tolist() == [0.0]


def test_the_last_earlier_round_counts_and_what_nobody_decided_is_named(rows):
    claimed = rows[rows["claimed_points"].notna()].head(1)
    one = claimed[["unit_code", "year", "period", "item_code"]]
    first, second = one.assign(round="1", points=0.25), one.assign(round="2", points=0.5)
    final = one.assign(round="final", points=0.0)
    told = rows_of_next_round(rows, pd.concat([first, second, final]), "final")
    assert told["earlier_points"].tolist() == [0.5]
    told = rows_of_next_round(rows, pd.concat([first, second, final]), "2")
    assert told["earlier_points"].tolist() == [0.25]
    settled = pd.concat([first, one.assign(round="2", points=claimed["claimed_points"])])
    assert not len(rows_of_next_round(rows, settled, "final"))
    unit, item = one[["unit_code", "item_code"]].iloc[0]
    (found,) = (found for found in left_open(rows, settled, "2") if found.unit_code == unit)
    assert found.code == "appraisal-left-open"
    assert found.values["count"] == (rows["unit_code"] == unit).sum() - 1
    assert item not in found.values["expected"]


@pytest.mark.parametrize(("typed", "codes_met"), [("8,60", []), (8.59, ["appraisal-no-reason"])])
def test_points_that_read_like_the_claim_need_no_reason(filled, rows, criteria, typed, codes_met):
    # The workbook shows 8,60 where 8.6047 is claimed; whoever copies that has lowered nothing.
    at = int(rows["claimed_points"].notna().idxmax())
    one = rows.iloc[[at]].assign(max_points=10.0, claimed_points=8.6047)
    data = appraiser_workbook_bytes(one, criteria, "An")
    told = read(filled({(FIRST, "points"): typed}, data=data))
    assert [code for code, _ in codes(told)] == codes_met
    first = one[["unit_code", "year", "period", "item_code"]].assign(round="1", points=8.6)
    assert len(rows_of_next_round(one, first, "2")) == 0
    assert len(rows_of_next_round(one, first.assign(points=8.59), "2")) == 1


def test_a_penalty_is_lowered_by_taking_more_off(filled, rows, criteria):
    at = int(rows["claimed_points"].notna().idxmax())
    one = rows.iloc[[at]].assign(kind="penalty", claimed_points=0.25, computed_points=0.25)
    data = appraiser_workbook_bytes(one, criteria, "An")
    more = read(filled({(FIRST, "points"): 0.5}, data=data))
    assert codes(more) == [("appraisal-no-reason", f"{POINTS}{FIRST}")] and not more.rows
    assert read(filled({(FIRST, "points"): 0.0}, data=data)).findings == []
    first = one[["unit_code", "year", "period", "item_code"]].assign(round="1", points=0.5)
    assert rows_of_next_round(one, first, "2")["earlier_points"].tolist() == [0.5]
    assert not len(rows_of_next_round(one, first.assign(points=0.0), "2"))


def test_headings_and_names_of_items_are_printed_whole(rows, criteria):
    long = rows.head(1).assign(item_name="Không hoàn thành cuộc giám sát chuyên đề " * 3)
    book = openpyxl.load_workbook(io.BytesIO(appraiser_workbook_bytes(long, criteria, "An")))
    sheet = book[SHEET]
    for cell in (sheet.cell(FIRST - 1, AT["points"]), sheet.cell(FIRST, AT["item_name"])):
        # A letter of ten points takes nine tenths of a unit of width, a bold one a little more.
        room = sheet.column_dimensions[cell.column_letter].width * 0.95
        lines = textwrap.wrap(str(cell.value), int(room))
        assert len(lines) * 12 <= sheet.row_dimensions[cell.row].height
    assert sheet.oddFooter.left.text.count("·") == 3
    nobody = openpyxl.load_workbook(io.BytesIO(appraiser_workbook_bytes(long, criteria, "")))
    assert "· ·" not in nobody[SHEET].oddFooter.left.text

"""The table of bindings as a workbook: written for people, filled in, moved about and read back."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pandas as pd
import pytest

from scoring.cli.main import main
from scoring.files.children.guarded import unguarded
from scoring.outputs.bindings_sheet import bindings_workbook
from scoring.plan.target_bindings import (
    of_this_plan,
    propose_bindings,
    read_bindings,
    targets_from_text,
    with_earlier,
)
from scoring.tables import columns_of

SAID = "Mức độ hài lòng đạt trên 85%; 100% văn bản được ký số; cắt giảm ít nhất 20% chi phí"
TYPED = {
    "source": "số nhập tay", "value": 86.5, "unit": "%", "result_year": 2025,
    "told_by": "Văn phòng", "told_on": date(2026, 1, 5), "confirmed": "Có",
}  # fmt: skip
TARGETS = targets_from_text(SAID, 2025)
COLUMNS = columns_of("TargetBindings")
HEADING = 4


@pytest.fixture(autouse=True)
def _in_this_process():
    with unguarded():
        yield


@pytest.fixture(scope="module")
def made():
    return bindings_workbook(propose_bindings(TARGETS), "31/12/2025")


def filled(path, made, *rows, change=None):
    """Save the workbook with words typed into its rows; return what is read of it."""
    book = openpyxl.load_workbook(io.BytesIO(made))
    sheet = book.worksheets[0]
    for row, told in enumerate(rows, start=HEADING + 1):
        for name, value in told.items():
            sheet.cell(row, COLUMNS.index(name) + 1, value)
    if change:
        change(sheet)
    book.save(path)
    return read_bindings(path)


def test_what_is_proposed_comes_back_as_it_was(tmp_path, made):
    path = tmp_path / "bindings.xlsx"
    path.write_bytes(made)
    table, findings = read_bindings(path)
    proposed = propose_bindings(TARGETS)
    pd.testing.assert_frame_equal(table[COLUMNS], proposed[COLUMNS])
    assert (findings, table["cell"].tolist()) == ([], ["A5", "A6", "A7"])
    assert set(table["sheet"]) == {"Nguồn kết quả"}


def test_the_text_is_locked_and_lists_offer_words(made):
    sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    locked = [sheet.cell(5, at).protection.locked for at in range(1, len(COLUMNS) + 1)]
    assert sheet.protection.sheet and locked == [True] * 3 + [False] * (len(COLUMNS) - 3)
    assert len(sheet.data_validations.dataValidation) == 4
    assert sheet.cell(5, 5).value == "ước lượng khảo sát"


def test_words_that_begin_like_a_formula_stay_words(tmp_path):
    odd = propose_bindings(TARGETS).assign(indicator="=1+1", note="@SUM(A1)")
    sheet = openpyxl.load_workbook(io.BytesIO(bindings_workbook(odd, ""))).worksheets[0]
    assert (sheet["B5"].value, sheet["B5"].data_type) == ("=1+1", "s")


def test_rows_sorted_and_columns_moved_are_known_by_code_and_heading(tmp_path, made):
    def turned(sheet):
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADING)]
        for at, row in enumerate([rows[0], *rows[:0:-1]], start=HEADING):
            for column, value in enumerate(reversed(row), start=1):
                sheet.cell(at, column).value = value

    table, findings = filled(tmp_path / "b.xlsx", made, TYPED, change=turned)
    assert (findings, table["target_code"].tolist()) == ([], ["CT-03", "CT-02", "CT-01"])
    row = table.iloc[-1]
    assert (row["source"], row["value"], row["told_on"]) == (
        "typed",
        86.5,
        pd.Timestamp(2026, 1, 5),
    )


@pytest.mark.parametrize(
    ("typed", "code", "cell"),
    [
        ({"source": "số nhập"}, "plan-bindings-cell", "E5"),
        ({"value": "tăng"}, "plan-bindings-cell", "J5"),
        ({"told_on": "13/13/2025"}, "plan-bindings-cell", "N5"),
        ({"confirmed": "có lẽ"}, "plan-bindings-cell", "Q5"),
        ({"value": "=80+6"}, "plan-bindings-formula", "J5"),
        ({"code": "=A1"}, "plan-bindings-formula", "F5"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named_and_its_row_judges_nothing(
    tmp_path, made, typed, code, cell
):
    table, found = filled(tmp_path / "b.xlsx", made, TYPED | typed)
    assert [(f.code, f.file, f.sheet, f.cell) for f in found] == [
        (code, "b.xlsx", "Nguồn kết quả", cell)
    ]
    assert table["confirmed"].tolist()[0] in ("?", "có lẽ")
    # What was entered is there to be mended in the next workbook.
    assert with_earlier(propose_bindings(TARGETS), table)["told_by"].tolist()[0] == "Văn phòng"


def test_a_workbook_without_the_table_is_named(tmp_path):
    book = openpyxl.Workbook()
    book.save(tmp_path / "b.xlsx")
    table, found = read_bindings(tmp_path / "b.xlsx")
    assert (len(table), [f.code for f in found]) == (0, ["plan-bindings-no-table"])


def test_bindings_of_another_plan_judge_no_target_of_this_one(tmp_path, made):
    table, _ = filled(tmp_path / "b.xlsx", made, TYPED, TYPED)
    plan = targets_from_text("Tỷ lệ hồ sơ đúng hạn đạt 95%; 100% văn bản được ký số", 2026)
    kept, found = of_this_plan(table, plan)
    assert [(f.code, f.cell) for f in found] == [("plan-target-binding-other-target", "A5")]
    assert kept["confirmed"].tolist()[:2] == ["?", "Có"]
    assert kept["indicator"].tolist()[0] == plan["indicator"].tolist()[0]
    assert kept["value"].tolist()[0] == 86.5


def test_the_verb_reads_the_workbook_and_keeps_what_was_confirmed(tmp_path, capsys):
    (tmp_path / "kh.txt").write_text(
        f"KẾ HOẠCH\nCải cách hành chính của Sở A năm 2025\n\n- {SAID}.\n", "utf-8"
    )
    plan, one, two = tmp_path / "ke", tmp_path / "ra", tmp_path / "hai"
    main(["plan", "import", str(tmp_path / "kh.txt"), "--out", str(plan)])
    verb = ["plan", "results", str(plan), "--on", "31/01/2026", "--out"]
    main([*verb, str(one)])
    wrong = {"source": "chỉ số", "code": "PCIX", "confirmed": "Có"}
    filled(plan / "bindings.xlsx", (one / "bindings.xlsx").read_bytes(), TYPED, wrong)
    (plan / "bindings.csv").write_bytes((one / "bindings.csv").read_bytes())
    capsys.readouterr()
    assert main([*verb, str(two)]) == 1
    states = pd.read_csv(two / "target-results.csv")["state"].tolist()
    assert states[:2] == ["met", "not-measurable"]
    found = pd.read_csv(two / "findings.csv").set_index("code")
    place = found.loc["plan-target-source-unknown", ["file", "sheet", "cell"]].tolist()
    assert place == ["bindings.xlsx", "Nguồn kết quả", "A6"]
    assert "plan-bindings-two-files" in found.index
    again, _ = read_bindings(two / "bindings.xlsx")
    assert again["confirmed"].tolist()[:2] == ["Có", "Có"] and again["value"].tolist()[0] == 86.5

"""``parindex appraise anomalies``: table, workbook and findings; and the marks of ``prepare``."""

import io

import openpyxl
import pandas as pd
import pytest
from clean_province import clean_province, criteria_of

from scoring.analysis.anomalies import find_anomalies
from scoring.analysis.anomalies.row_marks import row_marks
from scoring.appraisal.appraiser_workbook import COLUMNS, SHEET, appraiser_workbook_bytes
from scoring.appraisal.rows_to_decide import rows_to_decide
from scoring.base.values import ANOMALY_KINDS
from scoring.cli.main import main
from scoring.files.shipped import shipped_folder
from scoring.outputs.anomalies_workbook import anomalies_workbook

FIGURES = str(shipped_folder("evidence") / "example-department-sample" / "inputs.csv")
COPIED = "=SUM(A1) " + " ".join(f"việc số {number} đã xong" for number in range(8))


@pytest.fixture(scope="module")
def found():
    """A small province of which two units wrote the same: sheet, anomalies and findings."""
    province = clean_province(3, 12, criteria_of(2))
    claims = province.tables["claims"]
    is_it = claims["unit_code"].isin(["X0001", "X0004"]) & (claims["item_code"] == "1.3")
    claims = claims.assign(explanation=claims["explanation"].mask(is_it, COPIED))
    return province.sheet, *find_anomalies(province.sheet, {"claims": claims})


def test_the_verb_writes_all_and_says_of_each_kind_whether_it_was_looked_at(tmp_path, capsys):
    out = tmp_path / "ra"
    assert (
        main(
            ["appraise", "anomalies", FIGURES, "--criteria", "department-sample", "--out", str(out)]
        )
        == 0
    )
    said = capsys.readouterr()
    assert "đạt điểm tối đa ở mọi mục" in said.out and "không phải kết luận" in said.out
    assert {path.name for path in out.iterdir()} == {
        "anomalies.csv", "anomalies.xlsx", "datapackage.json", "findings.csv", "manifest.json"
    }  # fmt: skip
    told = pd.read_csv(out / "findings.csv")
    # One unit is too few for every kind, and none is said to have been looked at besides.
    assert (told["code"] == "anomalies-too-little").sum() >= len(ANOMALY_KINDS)
    assert "anomalies-looked" not in set(told["code"])


def test_without_any_figures_nothing_is_written(tmp_path, capsys):
    empty = tmp_path / "trong.csv"
    empty.write_text("unit_code,year,item_code,input,value\n", encoding="utf-8")
    out = tmp_path / "ra"
    code = main(
        ["appraise", "anomalies", str(empty), "--criteria", "department-sample", "--out", str(out)]
    )
    assert code in (1, 2) and not out.exists()
    assert "[anomalies-no-figures]" in capsys.readouterr().err


def test_a_set_of_last_year_without_last_year_is_refused(tmp_path, capsys):
    given = ["--criteria", "department-sample", "--last-set", "department-sample"]
    code = main(["appraise", "anomalies", FIGURES, *given, "--out", str(tmp_path / "ra")])
    assert code == 2 and not (tmp_path / "ra").exists()
    assert "[option-needs-last-year]" in capsys.readouterr().err


def test_the_workbook_has_a_row_for_each_reason_and_no_formula(found):
    sheet, table, findings = found
    book = openpyxl.load_workbook(io.BytesIO(anomalies_workbook(table, findings, sheet.criteria)))
    rows = list(book["Đáng xem lại"].iter_rows(min_row=6, values_only=True))
    assert len(rows) == len(table) >= 1 and rows[0][1] == "giải trình giống nhau"
    assert rows[0][2] == "X0001; X0004" and "=SUM(A1)" in rows[0][4]
    assert all(cell.data_type != "f" for row in book["Đáng xem lại"].iter_rows() for cell in row)
    assert "không phải kết luận" in book["Đáng xem lại"]["A2"].value
    assert book["Đáng xem lại"].auto_filter.ref.startswith("A5:")
    assert book["Đã xem gì"].max_row == 5 + len(findings)


def test_a_table_without_rows_says_so(found):
    sheet, table, findings = found
    book = openpyxl.load_workbook(
        io.BytesIO(anomalies_workbook(table.iloc[:0], findings, sheet.criteria, "en"))
    )
    assert book["Worth a second look"]["B6"].value == "None"


def test_rows_to_decide_are_marked_and_stay_in_their_order(found):
    sheet, table, _ = found
    rows = rows_to_decide(sheet, pd.DataFrame(), None, {})
    marked = rows.assign(look_again=row_marks(rows, table))
    told = marked[marked["look_again"] != ""]
    assert set(zip(told["unit_code"], told["item_code"], strict=True)) >= {
        ("X0001", "1.3"),
        ("X0004", "1.3"),
    }
    assert (
        "giải trình giống nhau (X0004)"
        in told.loc[told["unit_code"] == "X0001", "look_again"].item()
    )
    assert marked["risk"].is_monotonic_decreasing
    book = openpyxl.load_workbook(
        io.BytesIO(appraiser_workbook_bytes(marked, sheet.criteria, "An"))
    )
    column = COLUMNS.index("look_again") + 1
    assert book[SHEET].cell(4, column).value == "Đáng xem lại"

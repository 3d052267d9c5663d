"""What `score` makes of frames that are not in form: it takes them, or says all that is wrong."""

import copy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import scoring
from scoring.base.errors import TableError, UsageError
from scoring.criteria import open_set
from scoring.points import inputs_table, score

ROOT = Path(__file__).resolve().parents[2]
PHU_THO = ROOT / "evidence" / "phu-tho-2026" / "inputs.csv"
SAMPLE = ROOT / "evidence" / "example-department-sample" / "inputs.csv"
SERVICE = open_set("service-quality-766")


def _figures(**columns):
    rows = {"unit_code": "A", "year": 2026, "item_code": "2", "value": [90.0, 100.0]}
    return pd.DataFrame(rows | {"input": ["on_time", "received"]} | columns)


def _codes(sheet):
    return [finding.code for finding in sheet.findings]


def test_a_csv_as_pandas_reads_it_scores_like_the_intake_of_the_same_file():
    read, _ = scoring.read_long_table(PHU_THO, SERVICE)
    plain = score(pd.read_csv(PHU_THO), "service-quality-766")
    np.testing.assert_array_equal(plain.points, score(read, SERVICE).points)
    assert not plain.findings


def test_a_csv_with_dates_choices_and_marks_scores_as_pandas_reads_it():
    criteria = open_set("department-sample")
    read, _ = scoring.read_long_table(SAMPLE, criteria)
    plain = score(pd.read_csv(SAMPLE), criteria)
    np.testing.assert_array_equal(plain.points, score(read, criteria).points)


def test_item_codes_that_are_two_codes_as_numbers_are_refused_with_the_way_out():
    department = open_set("department-sample")
    code = next(code for code in department.by_code if code.count(".") == 1)
    # A copy: other tests open the same set.
    criteria = copy.copy(department)
    criteria.__dict__["by_code"] = {
        f"{code}0": department.by_code[code],
        **department.by_code,
    }
    with pytest.raises(TableError, match=r'dtype=\{"item_code": str\}'):
        score(_figures(item_code=float(code)), criteria)


@pytest.mark.parametrize(
    ("column", "value", "part"),
    [
        ("unit_code", None, "unit_code"),
        ("unit_code", np.nan, "unit_code"),
        ("year", np.nan, "year"),
        ("item_code", None, "item_code"),
        ("input", None, "input"),
    ],
)
def test_a_row_that_belongs_to_nothing_is_a_finding_and_the_others_are_scored(column, value, part):
    figures = pd.concat([_figures(), _figures(unit_code="B").assign(**{column: value})])
    sheet = score(figures, SERVICE)
    assert set(_codes(sheet)) == {"value-missing"}
    assert part in sheet.findings[0].problem("en") and sheet.findings[0].values["row"] == 3
    assert sheet.units["unit_code"].tolist() == ["A"]
    assert float(sheet.points[sheet.row("2"), 0]) == 18.0


@pytest.mark.parametrize("missing", ["unit_code", "year", "item_code", "input"])
def test_a_missing_column_is_named(missing):
    with pytest.raises(TableError, match=f"score needs the table Inputs: it lacks .*{missing}"):
        score(_figures().drop(columns=missing), SERVICE)


def test_every_missing_column_is_named_at_once():
    with pytest.raises(TableError, match="unit_code, year, item_code, input"):
        score(pd.DataFrame({"value": [1.0]}), SERVICE)


@pytest.mark.parametrize(("word", "points"), [("FALSE", 18.0), ("no", 18.0), ("", 18.0)])
def test_a_word_that_means_no_does_not_mark_an_item_as_not_applicable(word, points):
    sheet = score(_figures(not_applicable=word), SERVICE)
    assert float(sheet.points[sheet.row("2"), 0]) == points


@pytest.mark.parametrize("table", [_figures, lambda **c: inputs_table(_figures(**c))])
def test_a_mark_that_is_neither_yes_nor_no_is_named(table):
    with pytest.raises(TableError, match="not_applicable holds text"):
        score(table(not_applicable="perhaps"), SERVICE)


@pytest.mark.parametrize(
    ("columns", "part"),
    [
        ({"value": ["90", "0,75"]}, "value holds text .'0,75'. where numbers are needed"),
        ({"year": "MMXXVI"}, "year holds text .'MMXXVI'."),
        ({"happened_on": ["2026-01-05", "soon"]}, "happened_on holds text .'soon'."),
    ],
)
def test_a_column_that_cannot_be_read_is_named_with_the_text_met(columns, part):
    with pytest.raises(TableError, match=part):
        score(_figures(**columns), SERVICE)


def test_a_day_in_text_is_read_the_vietnamese_way():
    criteria = open_set("department-sample")
    dated = pd.read_csv(SAMPLE)
    slashed = pd.to_datetime(dated["happened_on"]).dt.strftime("%d/%m/%Y")
    assert slashed.notna().any()
    np.testing.assert_array_equal(
        score(dated.assign(happened_on=slashed), criteria).points, score(dated, criteria).points
    )


@pytest.mark.parametrize("given", [[{"unit_code": "A"}], {"unit_code": ["A"]}, None, "inputs.csv"])
def test_something_else_than_a_frame_is_named(given):
    with pytest.raises(TableError, match="not a DataFrame"):
        score(given, SERVICE)


def test_a_frame_in_form_is_not_changed():
    table = inputs_table(_figures())
    before = table.copy()
    score(table, SERVICE)
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    "written", ["10/01/2025", "2025-01-10", "ngày 10 tháng 01 năm 2025", 45667]
)
def test_a_date_is_read_the_day_before_the_month_whatever_it_is_written_as(written):
    row = {"item_code": "1", "input": "n", "happened_on": written}
    (day,) = inputs_table([row], unit_code="A", year=2025)["happened_on"]
    assert day == pd.Timestamp(2025, 1, 10)


def test_a_date_that_is_none_is_refused_by_name():
    row = {"item_code": "1", "input": "n", "happened_on": "01/13/2025"}
    with pytest.raises(TableError, match="happened_on holds text"):
        inputs_table([row], unit_code="A", year=2025)


@pytest.mark.parametrize("code", [2, 2.0, "2"])
def test_a_whole_code_is_the_same_item_whatever_it_was_read_as(code):
    rows = [{"item_code": code, "input": name, "value": 9} for name in ("on_time", "received")]
    table = inputs_table(rows, unit_code="A", year=2026)
    assert table["item_code"].tolist() == ["2", "2"]
    assert float(score(table, SERVICE).points[SERVICE.nodes.index(SERVICE.node("2")), 0]) == 20.0


def test_a_code_that_may_be_two_as_a_number_is_refused():
    with pytest.raises(TableError, match="item_code holds"):
        inputs_table([{"item_code": 1.1, "input": "n"}], unit_code="A", year=2026)


@pytest.mark.parametrize("nameless", [{}, {"item_code": ""}, {"item_code": None}])
def test_rows_without_an_item_code_are_refused_with_the_first_of_them(nameless):
    rows = [{"item_code": "2", "input": "n"}, {"input": "n"} | nameless]
    with pytest.raises(TableError, match="1 have none, the first is row 2"):
        inputs_table(rows, unit_code="A", year=2026)


def test_no_rows_are_a_table_without_rows():
    assert inputs_table([]).empty


@pytest.mark.parametrize("year", [2026.5, [2026.0, 2026.5], pd.Timestamp(2026, 1, 1)])
@pytest.mark.parametrize("make", [inputs_table, lambda table: score(table, SERVICE)])
def test_a_year_is_never_cut_to_a_whole_number(year, make):
    with pytest.raises(TableError, match="year holds"):
        make(_figures(year=year))


def test_everything_wrong_stands_in_one_error():
    with pytest.raises(TableError) as caught:
        score(_figures(value=["0,75", "x"], happened_on="soon").drop(columns="year"), SERVICE)
    for part in ("lacks the columns year", "value holds text", "happened_on holds text"):
        assert part in str(caught.value)
    with pytest.raises(TableError, match="value holds object"):
        score(_figures(value=[[1], [2]]), SERVICE)


def test_a_table_of_one_node_is_not_ranked():
    sheet = score(_figures(), SERVICE)
    one = sheet.scores[sheet.scores["code"] == "2"]
    with pytest.raises(UsageError, match=r"ScoreSheet\.index"):
        scoring.rank(one, SERVICE.meta)


def test_the_package_shows_what_is_public_and_a_sheet_says_what_it_is():
    assert dir(scoring) == sorted(scoring.__all__)
    assert len(repr(score(_figures(), SERVICE))) < 100
    for name in scoring.__all__:
        assert getattr(scoring, name) is not None


def test_a_table_joined_to_another_by_its_key_keeps_the_names_of_its_columns():
    sheet = score(_figures(), SERVICE)
    key = ["unit_code", "year", "period"]
    joined = sheet.scores.merge(sheet.units, on=[*key, "unit_name", "block"])
    assert len(joined) == len(sheet.scores)
    assert not [name for name in joined if name.endswith(("_x", "_y"))]

"""The declared tables: their data file, empty frames, and what a check says of a wrong frame."""

import pandas as pd
import pytest

from scoring.base.errors import ScoringError, TableError
from scoring.base.values import CAUSES, GAP_KINDS
from scoring.tables import (
    checked,
    column,
    columns_of,
    declared,
    empty,
    in_order,
    sound_rows,
    table_of,
    tables,
)
from scoring.tables.column_checks import is_sound

TYPES = {"text", "code", "word", "due", "number", "whole", "flag", "date"}
KEYS = {"", "key", "unique", "place"}


def _inputs(**columns):
    rows = {"unit_code": ["A", "B"], "year": 2026, "item_code": "1", "input": "n", "value": 1.0}
    return pd.DataFrame(rows | columns)


def test_every_table_has_columns_and_says_in_both_languages_what_a_row_is():
    for table in tables().values():
        assert declared(table.name), table.name
        assert table.vi and table.en, table.name


@pytest.mark.parametrize("table", tables())
def test_every_column_is_declared_whole(table):
    for entry in declared(table):
        assert entry.type in TYPES and entry.key in KEYS, entry.name
        assert entry.vi and entry.en, entry.name
        assert bool(entry.values) == (entry.type == "word"), entry.name


@pytest.mark.parametrize("table", tables())
def test_no_column_of_a_table_is_declared_twice(table):
    names = columns_of(table, places=True)
    assert len(names) == len(set(names))


def test_closed_lists_of_the_package_are_named_and_not_copied():
    assert column("Gaps", "cause").values is CAUSES
    assert column("Gaps", "kind").values is GAP_KINDS


@pytest.mark.parametrize("table", [name for name in tables() if not name.startswith("set.")])
def test_an_empty_table_is_a_sound_one(table):
    assert len(checked(empty(table), table)) == 0


@pytest.mark.parametrize("table", [name for name in tables() if not name.startswith("set.")])
def test_a_table_made_of_no_rows_has_its_columns(table):
    assert table_of(pd.DataFrame([]), table).dtypes.equals(empty(table).dtypes)


def test_places_are_asked_for_by_name():
    assert columns_of("Claims")[-1] == "explanation"
    assert columns_of("Claims", places=True)[-3:] == ["file", "sheet", "cell"]


def test_rows_get_the_declared_types_and_a_missing_date_stays_missing():
    table = table_of([("V.1", None, "")], "Progress")
    assert table["done_on"].isna().all() and table["done_on"].dtype == "datetime64[us]"


def test_further_columns_of_a_user_come_last():
    assert in_order(_inputs(mine=1)[["mine", "value", "unit_code"]], "Inputs").columns.tolist() == [
        "unit_code", "value", "mine",
    ]  # fmt: skip


def test_a_sound_table_is_handed_back_itself():
    table = _inputs()
    assert checked(table, "Inputs") is table


def test_everything_wrong_with_a_frame_is_named_at_once():
    wrong = _inputs(not_applicable="FALSE", year="2026").drop(columns=["item_code", "input"])
    with pytest.raises(TableError) as raised:
        checked(wrong, "Inputs", by="score")
    said = str(raised.value)
    assert isinstance(raised.value, ScoringError)
    for part in ("score", "Inputs", "item_code", "input", "not_applicable", "'FALSE'", "'2026'"):
        assert part in said


@pytest.mark.parametrize("given", [[{"unit_code": "A"}], {"unit_code": ["A"]}, None])
def test_something_else_than_a_frame_is_named(given):
    with pytest.raises(TableError, match="not a DataFrame"):
        checked(given, "Inputs")


def test_two_columns_of_one_name_are_named():
    twice = pd.concat([_inputs(), _inputs()[["value"]]], axis=1)
    with pytest.raises(TableError, match="two columns of the name value"):
        checked(twice, "Inputs")


def test_only_the_columns_asked_for_are_needed_but_others_are_checked_where_they_are():
    tasks = pd.DataFrame({"task_code": ["I.1"], "year": [2026]})
    checked(tasks, "PlanTasks", columns=["task_code", "year"])
    with pytest.raises(TableError, match="due_on"):
        checked(tasks.assign(due_on="01/02/2026"), "PlanTasks", columns=["task_code"])


@pytest.mark.parametrize(
    ("columns", "code", "part"),
    [
        ({"unit_code": ["A", None]}, "value-missing", "unit_code"),
        ({"year": [2026, None]}, "value-missing", "year"),
        ({"year": [2026, 2026.5]}, "value-not-whole", "year"),
    ],
)
def test_a_wrong_row_is_a_finding_with_its_number_and_the_other_rows_stay(columns, code, part):
    kept, findings = sound_rows(_inputs(**columns), "Inputs")
    assert kept["value"].tolist() == [1.0]
    assert [finding.code for finding in findings] == [code]
    assert findings[0].values["row"] == 2 and "2" in findings[0].problem("en")
    assert part in findings[0].problem("en") + findings[0].remedy("en")


def test_rows_are_told_by_their_place_whatever_the_index_says():
    kept, findings = sound_rows(_inputs(unit_code=["A", None]).set_axis([7, 7]), "Inputs")
    assert kept["unit_code"].tolist() == ["A"] and findings[0].values["row"] == 2


def test_a_finding_about_a_row_names_its_file_and_cell():
    wrong = _inputs(year=[2026, 26.5], file="a.xlsx", sheet="Tự đánh giá", cell=["E5", "E6"])
    finding = sound_rows(wrong, "Inputs")[1][0]
    assert (finding.file, finding.where, finding.unit_code) == ("a.xlsx", "Tự đánh giá!E6", "B")


def test_a_number_outside_its_ends_is_named_with_them():
    asked = empty("Requirements").reindex([0]).assign(item_code="1", kind="", source="")
    finding = sound_rows(asked.assign(min_documents=0), "Requirements")[1][0]
    assert finding.code == "value-outside" and "≥ 1" in finding.remedy("en")


def test_a_broken_column_of_a_large_table_gives_a_capped_number_of_findings():
    wrong = _inputs().iloc[[0] * 1000].assign(year=7.5)
    kept, findings = sound_rows(wrong, "Inputs")
    assert len(kept) == 0 and len(findings) == 200
    assert findings[0].values["count"] == 1000


def test_a_word_that_is_on_no_list_is_named_with_the_list():
    row = dict.fromkeys(columns_of("PlanCalendar"), "")
    day = pd.Timestamp("2026-01-05")
    calendar = pd.DataFrame([row | {"due_on": day, "starts_on": day, "kind": "feast"}])
    with pytest.raises(TableError, match="kind holds 'feast', none of task, recurring"):
        checked(calendar, "PlanCalendar")


def test_a_code_that_must_be_unique_is_found_twice():
    units = pd.DataFrame({"unit_code": ["A", "A"], "unit_name": "Phòng A"})
    with pytest.raises(TableError, match="unit_code repeats 'A'"):
        checked(units, "InternalUnits")


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_text_may_be_kept_in_any_way_that_pandas_keeps_text(dtype):
    checked(_inputs(unit_code=pd.Series(["A", "B"], dtype=dtype)), "Inputs")


@pytest.mark.parametrize("dtype", [object, "str", float])
def test_a_column_without_a_value_is_whole_and_within_its_bounds(dtype):
    """As of a table of targets that has headings alone."""
    assert is_sound(pd.Series([], dtype=dtype), column("Inputs", "year"))

"""The long table is read by distinct cells; row by row gives the same figures and findings."""

import math

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from set_builder import sound

from scoring.base.dates import read_date
from scoring.base.numbers import plain_numbers, read_number
from scoring.evidence.long_table import read_long_table
from scoring.rules.spec import WHOLE_KINDS

KINDS = {"a": "count", "b": "number", "c": "percent", "d": "date", "e": "yes_no", "f": "rank"}
CRITERIA = sound(
    items=[{"code": "1", "max_points": 10, "rule": "formula", "formula": "min(10, a + b + c + f)"},
           {"code": "2", "max_points": 1, "rule": "deadline", "due_on": "year-01-15",
            "never_points": "0"},
           {"code": "3", "max_points": 1, "rule": "choice"}],
    inputs=[{"item_code": "1", "input": name, "kind": KINDS[name], "label_vi": name,
             "minimum": "1" if name == "f" else "", "maximum": "100" if name == "c" else ""}
            for name in "abcf"]
    + [{"item_code": "2", "input": "d", "role": "done_on", "kind": "date"},
       {"item_code": "3", "input": "e", "role": "answer", "kind": "yes_no"}],
    bands=[{"item_code": "2", "lower": "0", "points": "1"},
           {"item_code": "2", "upper": "0", "upper_closed": "yes", "points": "1"}],
    meta={"areas_add_up": False},
)  # fmt: skip
ITEM_OF = dict(zip("abcdef", "111231", strict=True))
FIGURES = st.one_of(
    st.sampled_from(["", "-", "1.250", "1,250", "0,750", "85,5 %", "1.250,5", "abc", "12 345",
                     "٣", "-0", "1e5", "00,5", "+7", "−3,5", "1.234.567"]),
    st.decimals(-1000, 1000, places=2).map(lambda figure: str(figure).replace(".", ",")),
    st.text("0123456789., %-", max_size=8),
)  # fmt: skip
DAYS = st.sampled_from(["", "15/3/2026", "2026-03-15", "3/25/2026", "1/2/26", "31/2/2026", "?"])
ROWS = st.lists(st.tuples(st.sampled_from("abcdefx"), FIGURES, DAYS), min_size=1, max_size=40)


def read_row(name, text, day=""):
    """Return what one row says, as a person would read it: a number and what is wrong."""
    plain = plain_numbers([text])
    if text in plain:
        return plain[text], None
    kind = KINDS.get(name, "number")
    if kind in ("date", "yes_no"):
        # Taken for the day or the answer that it is, unless another day stands in its own column.
        is_taken = not text or kind == "yes_no" or day in ("", text)
        return math.nan, None if is_taken else "not-a-number"
    reading = read_number(text, whole=kind in WHOLE_KINDS)
    if reading.problem or reading.value is None:
        return math.nan, reading.problem
    if reading.is_percent and kind != "percent":
        return math.nan, "unexpected-percent"
    return reading.value, None


@given(ROWS)
def test_distinct_cells_give_what_single_rows_give(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("bảng") / "inputs.csv"
    frame = pd.DataFrame(rows, columns=["input", "value", "happened_on"])
    items = [ITEM_OF.get(name, "1") for name in frame["input"]]
    frame.assign(unit_code="A", year=2026, item_code=items).to_csv(path, index=False)
    table, findings = read_long_table(path, CRITERIA)
    figures = [read_row(name, text.strip(), day) for name, text, day in rows]
    is_moved = [
        name == "d" and not day and text.strip() not in ("", *plain_numbers([text.strip()]))
        for name, text, day in rows
    ]
    told = [
        text.strip() if moved else day for (_, text, day), moved in zip(rows, is_moved, strict=True)
    ]
    days = [read_date(day) for day in told]
    assert [repr(value) for value in table["value"]] == [repr(value) for value, _ in figures]
    assert [day.date() if pd.notna(day) else None for day in table["happened_on"]] == [
        day.value for day in days
    ]
    expected = [(code, f"B{row}") for row, (_, code) in enumerate(figures, start=2) if code]
    columns = ["B" if moved else "C" for moved in is_moved]
    expected += [(day.problem, f"{column}{row}") for row, (day, column)
                 in enumerate(zip(days, columns, strict=True), start=2) if day.problem]  # fmt: skip
    assert [(finding.code, finding.cell) for finding in findings] == expected


@given(FIGURES)
def test_a_plain_number_is_what_the_reader_of_single_cells_says_it_is(text):
    for figure, value in plain_numbers([text]).items():
        for whole in (True, False):
            reading = read_number(figure, whole=whole)
            assert (repr(reading.value), reading.problem) == (repr(value), None)


def test_findings_of_a_broken_column_are_the_first_five_hundred_rows(tmp_path):
    path = tmp_path / "inputs.csv"
    rows = [("A", 2026, "1", "b", "abc" if n % 2 else "1,5") for n in range(2000)]
    columns = ["unit_code", "year", "item_code", "input", "value"]
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    _, findings = read_long_table(path, CRITERIA)
    assert [finding.cell for finding in findings] == [f"E{2 * n + 3}" for n in range(500)]

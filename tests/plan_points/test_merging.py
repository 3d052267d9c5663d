"""Entered figures stay; the plan fills what nobody entered and says where the two differ."""

from __future__ import annotations

import pandas as pd
import pytest

from scoring.points import inputs_table
from scoring.tables.merging import merge_inputs

DAY, OTHER_DAY = pd.Timestamp("2025-01-08"), pd.Timestamp("2025-01-09")


def row(**values: object) -> pd.DataFrame:
    about = {"item_code": "1.1.1", "input": "issued_on", "unit_code": "SM", "year": 2025}
    return inputs_table([about | values], file="kê khai.csv", sheet="", cell="I2")


@pytest.mark.parametrize(
    ("entered", "planned"),
    [
        ({"value": 9.0}, {"value": 7.0}),
        ({"happened_on": DAY}, {"happened_on": OTHER_DAY}),
        ({"choice": "never"}, {"happened_on": DAY}),
        ({"choice": "Có"}, {"choice": "no"}),
    ],
)
def test_a_contradiction_keeps_the_entry_and_names_its_cell(entered, planned) -> None:
    merged, findings = merge_inputs(row(**entered), row(**planned))
    pd.testing.assert_frame_equal(merged, row(**entered))
    assert [(finding.code, finding.file, finding.cell) for finding in findings] == [
        ("feed-contradicts-entry", "kê khai.csv", "I2")
    ]


@pytest.mark.parametrize(
    ("entered", "planned"),
    [
        ({"value": 9.0}, {"value": 9.0}),
        ({"happened_on": DAY}, {"happened_on": DAY}),
        ({"choice": "Có"}, {"choice": "yes"}),
        ({"value": 1.0}, {"choice": "yes"}),
    ],
)
def test_the_same_said_twice_is_no_contradiction(entered, planned) -> None:
    merged, findings = merge_inputs(row(**entered), row(**planned))
    assert len(merged) == 1
    assert findings == []


def test_an_empty_row_is_filled() -> None:
    merged, findings = merge_inputs(row(), row(happened_on=DAY))
    assert merged["happened_on"].tolist() == [DAY]
    assert findings == []


def test_a_mark_of_not_applicable_stands() -> None:
    marked = row(not_applicable=True, reason="Không được giao")
    planned = pd.concat([row(happened_on=DAY), row(input="due_on", happened_on=DAY)])
    merged, findings = merge_inputs(marked, planned)
    assert merged["not_applicable"].tolist() == [True]
    assert [finding.code for finding in findings] == ["feed-of-not-applicable"]


def test_figures_of_another_unit_are_not_mixed_up() -> None:
    merged, findings = merge_inputs(row(value=9.0), row(value=7.0).assign(unit_code="SN"))
    assert len(merged) == 2
    assert findings == []

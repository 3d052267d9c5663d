"""Every case file beside this one: figures of one item, and what they must come to.

A case is a TOML file with ``name``, ``source``, ``set``, ``year``, the table ``input`` (``item_code``
and its figures) and the table ``expected`` (``points`` to two decimals, ``status``, ``finding``).
"""

import datetime as dt
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from scoring.base.rounding import round_points
from scoring.criteria import open_set
from scoring.points import inputs_table, score

CASES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(Path(__file__).parent.glob("*.toml"))
}


def long_table(case):
    code, figures = case["input"]["item_code"], dict(case["input"])
    del figures["item_code"]
    columns = {str: "choice", dt.date: "happened_on"}
    rows = [
        {
            "item_code": code,
            "input": name,
            columns.get(type(content), "value"): pd.Timestamp(content)
            if isinstance(content, dt.date)
            else content,
        }
        for name, content in figures.items()
    ]
    return inputs_table(rows or [{"item_code": code}], unit_code="A", year=case["year"])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_case_comes_out(case):
    result = score(long_table(case), open_set(case["set"]))
    row = result.scores.set_index("code").loc[case["input"]["item_code"]]
    expected = case["expected"]
    if "points" in expected:
        assert round_points(float(row["points"]), 2) == expected["points"]
    assert row["status"] == expected.get("status", "scored")
    named = [finding.code for finding in result.findings if finding.severity == "error"]
    if case["input"].keys() > {"item_code"}:
        assert named == ([expected["finding"]] if "finding" in expected else [])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_case_says_what_it_shows_and_where_it_comes_from(case):
    assert case["name"] and case["source"]

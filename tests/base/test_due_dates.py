"""A due date of a set is read by one grammar, in rules and for documents alike."""

import datetime as dt

import pytest

from scoring.base.due_dates import read_due_date
from scoring.rules import RULE_KINDS
from scoring.rules.rule_check import check_rule

DEADLINE = RULE_KINDS["deadline"].example.spec


@pytest.mark.parametrize(
    ("text", "day", "vietnamese", "english"),
    [
        ("year-01-15", dt.date(2026, 1, 15), "15/01/năm đánh giá", "15 Jan of the assessment year"),
        (
            "year-1-12-31",
            dt.date(2025, 12, 31),
            "31/12/năm trước năm đánh giá",
            "31 Dec of the year before",
        ),
        (
            " year+1-01-10 ",
            dt.date(2027, 1, 10),
            "10/01/năm sau năm đánh giá",
            "10 Jan of the year after",
        ),
    ],
)
def test_a_due_date_is_a_day_of_every_year_and_a_sentence(text, day, vietnamese, english):
    due = read_due_date(text)
    assert due.on(2026) == day
    assert (due.sentence(), due.sentence("en")) == (vietnamese, english)


@pytest.mark.parametrize(
    "text", ["", "15/01/2026", "2026-01-15", "year-1-1", "year+2-01-15", "year-02-29", "year-13-01"]
)
def test_every_other_text_is_no_due_date_for_a_rule_either(text):
    from dataclasses import replace

    assert read_due_date(text) is None
    assert check_rule(replace(DEADLINE, due_on=text)) != []

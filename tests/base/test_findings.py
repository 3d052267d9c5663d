"""Findings: one problem in one place, in the reader's language."""

import datetime as dt
import pickle

import numpy as np
import pandas as pd
import pytest

from scoring.base.findings import Finding, findings_frame, has_errors
from scoring.base.labels import Label, Named
from scoring.base.numbers import Rounded
from scoring.tables import checked

ABOVE = Finding(
    "above-maximum",
    file="ledger.xlsx",
    sheet="Tự đánh giá",
    cell="E14",
    item_code="2.3.1",
    values={"input": "Tỷ lệ", "value": 850.5, "limit": 100.0},
)


def test_the_line_names_place_code_problem_and_remedy():
    line = ABOVE.text("vi")
    assert line.startswith("ledger.xlsx Tự đánh giá!E14 [above-maximum] ")
    assert "850,5" in line and "100" in line


def test_figures_are_written_as_the_reader_writes_them():
    assert "850,5" in ABOVE.problem("vi") and "850.5" in ABOVE.problem("en")


def test_years_keep_their_four_digits():
    finding = Finding("above-maximum", values={"input": "x", "value": 2026, "limit": 2025})
    assert "2026" in finding.problem("vi")


def test_a_hostile_value_stays_short_and_on_one_line():
    finding = Finding(
        "unknown-choice", values={"input": "x", "value": "dòng\n" * 1000, "expected": "có; không"}
    )
    assert "\n" not in finding.problem() and len(finding.problem()) < 300


def test_braces_in_a_value_are_text_and_not_names():
    finding = Finding(
        "unknown-choice", values={"input": "{value.__class__}", "value": "{0}", "expected": "{"}
    )
    assert "{value.__class__}" in finding.problem("en")


def test_a_table_of_findings_fits_its_schema_even_without_rows():
    checked(findings_frame([ABOVE]), "Findings")
    assert checked(findings_frame([]), "Findings").empty


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("uncertainty-simulated", "1 unit (A) has items that do not add up"),
        ("robustness-index-open", "1 unit (A) has open items and no index, and takes no part"),
        ("uncertainty-history-thin", "1 unit (A) and its block have fewer"),
        ("uncertainty-tasks-left", "1 open task (A) changes no item"),
        ("forecast-other-year", "1 row is of a year other than"),
        ("forecast-mixed", "1 row of quarters, the first one here, is left out"),
        ("reach-days-unknown", "1 step has no days of work, and so takes nothing"),
    ],
)
def test_english_findings_speak_of_one_as_one(code, words):
    known = dict.fromkeys(("units", "tasks", "codes", "fewest", "value", "day"), "A")
    assert words in Finding(code, values=known | {"count": 1}).text("en")


def test_only_errors_are_errors():
    assert has_errors([ABOVE]) and not has_errors([Finding("nothing-filled-in")])


def test_a_finding_moves_to_another_place_without_changing():
    moved = ABOVE.at(cell="F2")
    assert (moved.where, ABOVE.where) == ("Tự đánh giá!F2", "Tự đánh giá!E14")


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        (1250.5, "1.250,5", "1,250.5"),
        (np.float64(0.75), "0,75", "0.75"),
        (float("nan"), "—", "—"),
        (2026, "2026", "2026"),
        (np.int64(2026), "2026", "2026"),
        (True, "True", "True"),
        (Rounded(3.0, 2), "3,00", "3.00"),
        (dt.date(2022, 3, 15), "15/03/2022", "15 Mar 2022"),
        (pd.Timestamp("2022-03-15 08:30"), "15/03/2022", "15 Mar 2022"),
        (pd.NaT, "—", "—"),
        (Label("max_points"), "Điểm tối đa", "Maximum points"),
        (Named("Số hồ sơ", "Dossiers"), "Số hồ sơ", "Dossiers"),
        (Named("Số hồ sơ"), "Số hồ sơ", "Số hồ sơ"),
        ((1.5, Label("yes")), "1,5; Có", "1.5; Yes"),
        ({"a": 1.5, "b": 2}, "a = 1,5; b = 2", "a = 1.5; b = 2"),
    ],
)
def test_a_raw_value_is_shown_in_the_language_of_the_reader(value, vietnamese, english):
    for lang, shown in (("vi", vietnamese), ("en", english)):
        finding = Finding("above-maximum", values={"input": "x", "limit": 1.0, "value": value})
        assert shown in finding.problem(lang)


def test_an_ambiguous_number_offers_both_readings_in_words():
    values = {"input": "x", "value": "1.250", "candidates": (1250.0, 1.25)}
    finding = Finding("ambiguous-number", values=values)
    assert "1.250 hoặc 1,25" in finding.text("vi") and "1,250 or 1.25" in finding.text("en")


def test_findings_can_be_compared_and_sent_to_another_process():
    values = {
        "value": 1.5,
        "input": Named("Số", "Number"),
        "limit": (Label("yes"), dt.date(2026, 1, 1)),
    }
    finding = Finding("above-maximum", values=values)
    assert pickle.loads(pickle.dumps(finding)) == finding
    assert finding != Finding("above-maximum", values=values | {"value": 1.0})


def test_a_finding_without_a_file_names_its_unit_and_item():
    finding = Finding("unknown-item", unit_code="XA-1", item_code="1.2", values={"set_id": "x"})
    assert finding.text("en").startswith("XA-1 1.2 [unknown-item]")
    assert finding.at(file="so.xlsx").text("en").startswith("so.xlsx [unknown-item]")

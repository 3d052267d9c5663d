"""A plan's targets in words: what is asked for, the result, how it stands."""

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "plan"))
from target_samples import result, rows_as

from scoring.outputs.content.target_rows import target_rows, targets_sentence


def shown(lang="vi", **told):
    (row,) = target_rows(rows_as("TargetResults", result(**told)), lang)
    return row


@pytest.mark.parametrize(
    ("told", "wanted", "said"),
    [
        ({"state": "met", "result": 91.5, "gap": 6.5}, "từ 85% trở lên", "đạt, vượt 6,5 điểm %"),
        (
            {"comparator": "rank-within", "unit": "thứ hạng", "value": 10.0, "result": 12.0, "gap": -2.0},
            "trong nhóm 10",
            "chưa đạt, còn thiếu 2 bậc",
        ),
        (
            {"comparator": "range", "unit": "dự án", "value": 10.0, "upper_value": 15.0, "gap": -3.0},
            "từ 10 dự án đến 15 dự án",
            "chưa đạt, còn thiếu 3 dự án",
        ),
        (
            {"state": "not-measurable", "why": "not-bound"},
            "từ 85% trở lên",
            "chưa đo được: chưa gắn với nguồn kết quả",
        ),
        (
            {"state": "on-the-way", "result": 80.0, "gap": -5.0},
            "từ 85% trở lên",
            "đang thực hiện: còn cách mức của chỉ tiêu 5 điểm %",
        ),
        (
            {"comparator": "above", "state": "on-the-way", "result": 85.0, "gap": 0.0},
            "trên 85%",
            "đang thực hiện: mới đúng bằng mức của chỉ tiêu",
        ),
        (
            {"comparator": "below", "state": "missed", "result": 85.0, "gap": 0.0},
            "dưới 85%",
            "chưa đạt: mới đúng bằng mức của chỉ tiêu",
        ),
    ],
)  # fmt: skip
def test_a_target_says_what_it_asks_for_and_how_it_stands(told, wanted, said):
    row = shown(**told)
    assert (row.wanted, row.said) == (wanted, said)


def test_a_result_just_short_of_its_target_does_not_read_as_the_target():
    row = shown(value=100.0, result=99.996, gap=-0.004)
    assert (row.result.text, row.said) == ("99,996%", "chưa đạt, còn thiếu 0,004 điểm %")
    row = shown("en", value=100.0, state="on-the-way", result=99.999999, gap=-1e-6)
    assert row.said == "on the way: 0.000001 percentage points from the target so far"
    assert shown("en", unit="thứ hạng", gap=-1.0).said == "missed, short by 1 place"


def test_a_survey_keeps_its_interval_and_is_not_called_missed():
    row = shown(state="not-shown-missed", result=84.0, low=82.0, high=86.0, gap=-1.0)
    assert row.result.text == "84% (khoảng tin cậy: 82% – 86%)"
    assert row.said.startswith("chưa đủ cơ sở kết luận là không đạt")


def test_a_waiver_stands_beside_what_was_missed():
    told = {"waived_by": "UBND tỉnh", "waiver_reason": "sáp nhập", "result": 80.0, "gap": -5.0}
    row = shown(**told, waived_until=pd.Timestamp("2026-06-30"))
    assert row.verdict.splitlines() == [
        "chưa đạt, còn thiếu 5 điểm %",
        "Được miễn đến hết 30/06/2026 (UBND tỉnh): sáp nhập",
    ]


def test_the_pace_is_told_from_the_straight_line_whichever_way_is_better():
    path = {
        "state": "on-the-way",
        "path_percent": 40.0,
        "path_value": 3.0,
        "result": 2.5,
        "gap": -0.5,
    }
    assert "behind a straight line" in shown("en", **path).path
    assert "ahead of a straight line" in shown("en", comparator="at-most", **path).path


def test_the_heading_counts_every_target_once():
    states = ("met", "missed", "on-the-way", "not-measurable", "not-shown-missed")
    table = rows_as("TargetResults", *(result(target_code=s, state=s) for s in states))
    assert targets_sentence(table, "en").startswith(
        "Targets of the plan met: 1 of 5; missed: 1; not yet due or not settled: 2; not measurable: 1"
    )

"""Advice in words knows the day, the last step, what is missing, and what a parent swallows."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from set_builder import sound

from scoring.advice import Advice, applied, index_gains, options, ways
from scoring.base.values import NOT_APPLICABLE
from scoring.criteria import open_set
from scoring.files.shipped import shipped_folder
from scoring.points import inputs_table, score
from scoring.points.proof import with_proof
from scoring.points.tracks import with_decisions

CRITERIA = open_set("department-sample")


@pytest.fixture(scope="module")
def example():
    path = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    return pd.read_csv(path, dtype={"item_code": str})


@pytest.fixture(scope="module")
def sheet(example):
    return score(example, CRITERIA)


def one_unit(*rows, criteria=CRITERIA):
    return score(inputs_table(rows, unit_code="A", year=2026), criteria)


def said(sheet, code, on=None, lang="vi"):
    return [way.text(lang) for way in ways(sheet, code, 0, on)]


NEVER = {"item_code": "1.2.2", "input": "sent_on", "choice": "never"}
LATE = {"item_code": "1.2.2", "input": "sent_on", "happened_on": pd.Timestamp("2026-06-16")}


@pytest.mark.parametrize(
    "row,on,term,expected",
    [
        (NEVER, "2026-06-14", "dated", "Ngày gửi báo cáo: chậm nhất 14/06/2026 thì được trọn 0,5 điểm; chậm đến 19/06/2026 còn 0,25 điểm."),
        (NEVER, "2026-06-15", "dated", "Ngày gửi báo cáo: chậm nhất 19/06/2026 thì được 0,25 điểm."),
        (NEVER, "2026-06-20", "past", "Năm nay đã quá hạn. Năm tới: ngày gửi báo cáo: chậm nhất 14/06/2027 thì được trọn 0,5 điểm."),
        (LATE, "2026-06-16", "past", "Năm nay đã quá hạn. Năm tới: ngày gửi báo cáo: chậm nhất 14/06/2027 thì được trọn 0,5 điểm."),
        (LATE, "2026-06-01", "dated", "Ngày gửi báo cáo: chậm nhất 14/06/2026 thì được trọn 0,5 điểm."),
    ],
    ids=["on the due day", "the day after", "all steps gone", "done late", "still a plan"],
)  # fmt: skip
def test_a_deadline_knows_the_day(row, on, term, expected):
    [way] = ways(one_unit(row), "1.2.2", 0, dt.date.fromisoformat(on))
    assert (way.term, way.text()) == (term, expected)


def test_what_only_next_year_can_bring_is_told_apart_and_comes_last(sheet):
    by_now, over = (Advice(sheet, dt.date(year, 1, 2)).of_unit(0) for year in (2025, 2026))
    assert [way.term for way in by_now if way.term == "open"]
    order = [("open", "dated", "next-year", "past").index(way.term) for way in by_now]
    assert order == sorted(order)
    # An appraiser can still give his points.
    assert {way.code for way in over if way.term == "open"} == {"4.3"}


def test_what_could_be_earned_is_found_out_once_for_a_sheet_and_a_day(sheet):
    today, due = dt.date(2026, 11, 27), {"1": dt.date(2026, 12, 1)}
    assert Advice(sheet).options is Advice(sheet).options
    assert Advice(sheet, today).options is not Advice(sheet).options
    assert Advice(sheet, today, due).options is not Advice(sheet, today).options
    assert Advice(sheet, codes=("1",)).options is not Advice(sheet).options


def test_nothing_is_asked_for_of_an_item_that_does_not_apply(sheet):
    place = sheet.place("SM-A")
    assert sheet.status[sheet.row("8.3"), place] == NOT_APPLICABLE
    assert ways(sheet, "8.3", place) == () and not len(options(sheet).of("8.3", place))


def test_what_points_were_taken_off_for_cannot_be_undone_this_year(sheet):
    [way] = ways(sheet, "5.4", 0)
    assert (way.term, way.text()) == (
        "next-year",
        "Chỉ năm tới: người bị xử lý kỷ luật do vi phạm khi thi hành công vụ: nhiều nhất 0 (năm nay 1): +0,5 điểm.",
    )


def test_of_several_figures_the_next_step_is_the_whole_of_one(sheet):
    first, last = ways(sheet, "7.1.3", 0)
    assert (first.changes[0].value, len(last.changes)) == (375.0, 2)
    assert last.text().startswith("Cùng lúc: ")


@pytest.mark.parametrize(
    "state,term,words",
    [("evidence-invalid", "open", "Thay kế hoạch không hợp lệ: giữ"),
     ("late", "next-year", "Chỉ năm tới: nộp kế hoạch đúng hạn: giữ")],
)  # fmt: skip
def test_proof_that_is_there_is_replaced_or_comes_in_time_next_year(sheet, state, term, words):
    verdict = sheet.units[["unit_code", "year", "period"]].head(1).assign(
        item_code="1.1.2", state=state, share=0.0)  # fmt: skip
    [way] = [way for way in ways(with_proof(sheet, verdict), "1.1.2", 0) if way.kind == "proof"]
    assert way.term == term and way.text().startswith(words)


def test_a_last_step_short_of_the_whole_says_that_it_is_rounded():
    criteria = sound(
        {"total_points": 1},
        items=[{"code": "1", "max_points": 1, "rule": "ratio", "round_to": 0.01, "zero_denominator": "full"}],
        inputs=[{"item_code": "1", "role": role, "kind": "count", "minimum": 0} for role in ("numerator", "denominator")],
    )  # fmt: skip
    figures = {"numerator": 5000, "denominator": 10000}
    rows = [{"item_code": "1", "input": name, "value": value} for name, value in figures.items()]
    way = ways(one_unit(*rows, criteria=criteria), "1", 0)[-1]
    assert way.changes[0].value < 10000 and way.points == 1.0
    assert "%, làm tròn thành trọn điểm)" in way.text()


def test_a_ratio_says_how_many_more_and_the_share_they_make():
    rows = [
        {"item_code": "1.4", "input": "done", "value": 4},
        {"item_code": "1.4", "input": "planned", "value": 10},
    ]
    [way] = ways(one_unit(*rows), "1.4", 0)
    assert way.text() == (
        "Số hoạt động tuyên truyền đã làm: thêm 6 hoạt động (từ 4 lên 10, đạt 100%): +0,9 điểm."
    )
    assert (way.step, way.changes[0].value) == ("only", 10.0)


def test_a_count_says_the_next_and_the_last_case():
    rows = [{"item_code": "1.5.1", "input": "meetings", "value": 0}]
    assert [(way.step, way.change, way.more) for way in ways(one_unit(*rows), "1.5.1", 0)] == [
        ("next", 1.0, 0.5), ("last", 2.0, 1.0),
    ]  # fmt: skip


def test_what_is_missing_is_asked_for_and_has_no_default():
    (way_of_nothing,) = ways(one_unit({"item_code": "1.4", "input": "done", "value": 4}), "1.4", 0)
    assert way_of_nothing.kind == "missing" and not way_of_nothing.changes
    assert way_of_nothing.text("en").startswith("Enter “Activities in the communication plan”")
    penalty = next(node for node in CRITERIA.leaves if node.kind == "penalty")
    [way] = ways(one_unit(LATE), penalty.code, 0)
    assert "trừ tối đa" in way.text()


def test_points_at_risk_are_kept_by_the_document_that_the_set_wants(sheet):
    verdict = sheet.units[["unit_code", "year", "period"]].head(1).assign(
        item_code="1.1.1", state="no-evidence", share=0.0)  # fmt: skip
    proved = with_proof(sheet, verdict)
    [way] = [way for way in ways(proved, "1.1.1", 0) if way.kind == "proof"]
    assert way.text() == "Bổ sung kế hoạch: giữ 0,75 điểm đang thiếu chứng minh."
    assert not way.sure and way.index_more == pytest.approx(
        proved.points[-1, 0] - proved.supported[-1, 0], abs=0.01
    )


def test_what_was_decided_for_good_waits_for_next_year(sheet):
    decision = {"round": "final", "unit_code": "SM-A", "year": int(sheet.units["year"].iloc[0]),
                "item_code": "1.4", "points": 0.5, "reason": "x"}  # fmt: skip
    decided, _ = with_decisions(sheet, pd.DataFrame([decision]))
    assert {way.term for way in ways(decided, "1.4", 0)} == {"next-year"}
    assert {way.term for way in ways(sheet, "1.4", 0)} == {"open"}


def test_a_survey_is_said_not_to_be_set_at_will(sheet):
    way = ways(sheet, "8.1", 0)[-1]
    assert (way.kind, way.term, way.sure) == ("survey", "next-year", False)
    assert way.text().endswith("Kết quả khảo sát không tự đặt được.")


def test_a_plan_gives_its_day_to_what_could_be_done_any_time(sheet):
    due = {"1.4": dt.date(2025, 6, 30)}
    [way] = Advice(sheet, dt.date(2025, 6, 1), due).ways("1.4", 0)
    assert (way.term, way.due_on) == ("dated", dt.date(2025, 6, 30))
    assert way.text().startswith("Trước hết ngày 30/06/2025: số hoạt động")
    assert Advice(sheet, dt.date(2025, 7, 1), due).ways("1.4", 0)[0].term == "open"


def test_what_the_index_gains_is_what_scoring_again_gives(example, sheet):
    found = options(sheet, every=None)
    gains = index_gains(found)
    chosen = np.flatnonzero((found.place == 0) & (found.level == 1))[::4]
    base = example[example["unit_code"] == "SM-A"]
    for option in chosen:
        rest = example[example["unit_code"] != "SM-A"]
        again = score(pd.concat([applied(base, found.changes(option)), rest]), CRITERIA)
        # The block's best moves with the best unit; its index alone is not what is asked.
        place = again.place("SM-A")
        assert again.points[-1, place] - sheet.points[-1, 0] == pytest.approx(
            gains[option], abs=1e-9
        )


def test_what_a_parent_swallows_is_said():
    criteria = sound(
        {"total_points": 2},
        items=[
            {"code": "1", "max_points": 2, "rule": "best_of"},
            {"code": "1.1", "max_points": 2, "rule": "count", "points_each": 1},
            {"code": "1.2", "max_points": 2, "rule": "count", "points_each": 0.5},
        ],
        inputs=[
            {"item_code": "1.1", "role": "count", "kind": "count", "minimum": 0},
            {"item_code": "1.2", "role": "count", "kind": "count", "minimum": 0},
        ],
    )
    rows = [{"item_code": code, "input": "count", "value": 1} for code in ("1.1", "1.2")]
    first, last = ways(one_unit(*rows, criteria=criteria), "1.2", 0)
    assert "Chỉ số không tăng" in first.text() and first.more == 0.5
    assert last.index_more == pytest.approx(1.0) and "chỉ tăng 1 điểm" in last.text()

"""Advice in words knows the day, the last step, what is missing, and what a parent swallows."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from set_builder import direct_item, direct_set, given, sound

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
    assert all(isinstance(day, dt.date) for day, _ in way.later)


@pytest.mark.parametrize(("year", "expected"), [(2024, "05/03/2025"), (2027, "04/03/2028")])
def test_the_day_of_next_year_is_as_late_as_it_was_though_a_leap_year_lies_between(year, expected):
    criteria = sound(
        items=[{"code": "1", "max_points": 10, "rule": "deadline", "due_on": "year-02-28", "never_points": "0"}],
        inputs=[{"item_code": "1", "role": "done_on", "kind": "date"}],
        bands=[{"item_code": "1", "upper": 5, "upper_closed": "yes", "points": 10},
               {"item_code": "1", "lower": 5, "points": 5}],
    )  # fmt: skip
    never = {"item_code": "1", "input": "done_on", "choice": "never"}
    sheet = score(inputs_table([never], unit_code="A", year=year), criteria)
    [way] = ways(sheet, "1", 0, dt.date(year + 1, 1, 5))
    # Five days after 28 February.
    assert f"Năm tới: done_on: chậm nhất {expected} thì được trọn 10 điểm." in way.text()


ANSWERS = sound(
    {"outside_areas": {"penalty_cap_points": 2}},
    items=[{"code": "1", "max_points": 10, "rule": "all_of"},
           {"code": "9", "max_points": 2, "kind": "penalty", "rule": "all_of"}],
    inputs=[{"item_code": "1", "role": "condition", "kind": "yes_no", "label_vi": "Có kế hoạch"},
            {"item_code": "9", "role": "condition", "kind": "yes_no", "label_vi": "Có vi phạm"}],
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "now", "better", "words"),
    [("1", "no", "yes", "Làm để trả lời được “Có” cho “Có kế hoạch”: +10 điểm."),
     ("9", "yes", "no", "“Có vi phạm” thành “Không”: +2 điểm.")],
)  # fmt: skip
def test_an_answer_is_told_as_one_and_becomes_the_word_that_a_table_holds(code, now, better, words):
    answers = {"1": "yes", "9": "no"} | {code: now}
    rows = [
        {"item_code": item, "input": "condition", "choice": word} for item, word in answers.items()
    ]
    table = inputs_table(rows, unit_code="A", year=2026)
    [way] = ways(score(table, ANSWERS), code, 0)
    assert way.text() == words
    told = applied(table, way.changes).set_index("item_code")
    assert told.loc[code, "choice"] == better and told["value"].isna().all()


def test_a_day_stands_in_the_column_of_days_alone():
    [way] = ways(one_unit(NEVER), "1.2.2", 0, dt.date(2026, 6, 1))
    told = applied(inputs_table([NEVER], unit_code="A", year=2026), way.changes)
    assert told["happened_on"].tolist() == [pd.Timestamp("2026-06-14")]
    assert told["choice"].tolist() == [""] and told["value"].isna().all()


def test_a_figure_that_no_file_tells_counts_once_it_is_taken_up_beside_those_of_a_file():
    rows = [{"item_code": "9", "input": "condition", "choice": "no"}]
    table = inputs_table(rows, unit_code="A", year=2026)
    read = table.assign(file="so-lieu.csv", sheet="", cell="H2")
    [way] = ways(score(read, ANSWERS), "1", 0)
    made = score(applied(read, way.changes), ANSWERS)
    assert (made.points[made.row("1"), 0], made.findings) == (10.0, ())


def test_a_figure_of_an_item_that_is_wrongly_marked_as_not_applicable_counts_once_it_is_taken_up():
    row = {"item_code": "1", "input": "condition", "not_applicable": True, "reason": "x"}
    table = inputs_table([row], unit_code="A", year=2026)
    [way] = ways(score(table, ANSWERS), "1", 0)
    assert score(applied(table, way.changes), ANSWERS).points[0, 0] == 10.0


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


def test_a_step_of_several_figures_is_as_large_as_those_that_move():
    criteria = sound(
        items=[{"code": "1", "max_points": 10, "rule": "formula", "formula": "min(10, a + b + c)"}],
        inputs=[{"item_code": "1", "input": name, "minimum": 0, "maximum": most}
                for name, most in (("a", 4), ("b", 4), ("c", 2))],
    )  # fmt: skip
    rows = [{"item_code": "1", "input": name, "value": value}
            for name, value in (("a", 1.0), ("b", 1.0), ("c", 2.0))]  # fmt: skip
    last = ways(one_unit(*rows, criteria=criteria), "1", 0)[-1]
    # Three more of each of two; the third is as high as it can be.
    assert (len(last.changes), last.change, last.more) == (2, 6.0, 6.0)


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


def test_a_survey_whose_result_is_not_entered_yet_can_still_earn_its_points_this_year():
    row = {"item_code": "1.1", "input": "value", "value": 1}
    unfilled = score(inputs_table([row], unit_code="A", year=2026), "department-sample")
    [way] = ways(unfilled, "8.1", 0, on=dt.date(2027, 1, 10))
    assert way.term == "open" and way.text().startswith("Chưa có “")


def test_answers_of_a_survey_are_turned_into_the_best_one():
    criteria = sound(
        items=[{"code": "1", "max_points": 10, "rule": "survey_options", "zero_denominator": "zero"}],
        inputs=[{"item_code": "1", "input": name, "role": "responses", "label_vi": label}
                for name, label in (("bad", "Không hài lòng"), ("good", "Hài lòng"))],
        options=[{"item_code": "1", "input": name, "choice": name, "label_vi": name, "weight_percent": weight}
                 for name, weight in (("bad", 0), ("good", 100))],
    )  # fmt: skip
    rows = [
        {"item_code": "1", "input": name, "value": count}
        for name, count in (("bad", 40), ("good", 60))
    ]
    [way] = ways(one_unit(*rows, criteria=criteria), "1", 0)
    assert way.text().startswith(
        "Chỉ năm tới: 40 phiếu trả lời thấp chuyển sang hài lòng: +4 điểm."
    )


@pytest.mark.parametrize(
    ("unit", "now", "words"),
    [("%", 80.0, "Tỷ lệ: thêm 10 điểm phần trăm (từ 80% lên 90%): +10 điểm."),
     ("%", np.nan, "Chưa có “Tỷ lệ”: nếu đạt 90% thì được 10 điểm."),
     ("hồ sơ", np.nan, "Chưa có “Tỷ lệ”: nếu đạt 90 hồ sơ thì được 10 điểm.")],
)  # fmt: skip
def test_a_figure_has_its_unit_where_it_is_needed(unit, now, words):
    criteria = sound(
        items=[{"code": "1", "max_points": 10, "rule": "bands"}],
        inputs=[{"item_code": "1", "role": "value", "kind": "number", "unit": unit, "label_vi": "Tỷ lệ"}],
        bands=[{"item_code": "1", "upper": 90, "points": 0},
               {"item_code": "1", "lower": 90, "lower_closed": "yes", "points": 10}],
    )  # fmt: skip
    figure = {"item_code": "1", "input": "value", "value": now}
    assert said(one_unit(figure, criteria=criteria), "1") == [words]


def test_a_plan_gives_its_day_to_what_could_be_done_any_time(sheet):
    due = {"1.4": dt.date(2025, 6, 30)}
    [way] = Advice(sheet, dt.date(2025, 6, 1), due).ways("1.4", 0)
    assert (way.term, way.due_on) == ("dated", dt.date(2025, 6, 30))
    assert way.text().startswith("Trước hết ngày 30/06/2025: số hoạt động")
    assert Advice(sheet, dt.date(2025, 7, 1), due).ways("1.4", 0)[0].term == "open"


def test_what_the_index_gains_is_what_scoring_again_gives(example, sheet):
    found = options(sheet, every=None)
    assert all((found.place[found.of(node.code, 0)] == 0).all() for node in CRITERIA.leaves)
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


def test_what_is_open_beside_an_item_takes_nothing_from_what_the_index_gains():
    criteria = sound(
        items=[{"code": str(code), "max_points": 5, "rule": "count", "points_each": 1} for code in (1, 2)],
        inputs=[{"item_code": str(code), "role": "count", "minimum": 0} for code in (1, 2)],
    )  # fmt: skip
    sheet = one_unit({"item_code": "2", "input": "count", "value": 3}, criteria=criteria)
    assert np.isnan(sheet.points[-1, 0])
    assert [way.index_more for way in ways(sheet, "2", 0)] == [1.0, 2.0]


def test_an_item_that_is_an_area_is_promised_what_its_area_is_rounded_to():
    rounding = {"decimals": 1, "stage": "area", "rank_on": "rounded"}
    criteria = direct_set({"1": 9.875, "2": 0.125}, meta={"rounding": rounding})
    ahead = options(score(given({"1": 0.125, "2": 0.125}), criteria))
    codes = [criteria.nodes[row].code for row in ahead.row]
    assert set(codes) == {"1"} and ahead.points.max() == pytest.approx(9.9)


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


@pytest.mark.parametrize("earned", [9.1234, 9.1236, 9.125, 9.1249, 9.1251])
def test_what_rounding_moves_is_not_told_as_swallowed_by_a_parent(earned):
    sheet = score(
        given({"1": earned, "2": 50.0015}),
        direct_set({"1": 20, "2": 80}, meta={"total_points": 100}),
    )
    [way] = ways(sheet, "1", 0)
    assert "Chỉ số" not in way.text("vi"), (way.more, way.index_more)


def test_a_penalty_by_days_is_told_in_points_taken_off_not_earned():
    bands = [
        {"item_code": "P", "upper": "0", "upper_closed": "yes", "points": "0"},
        {"item_code": "P", "lower": "0", "upper": "10", "upper_closed": "yes", "points": "1"},
        {"item_code": "P", "lower": "10", "points": "2"},
    ]
    item, entry = direct_item("1", 10)
    late = {"code": "P", "kind": "penalty", "max_points": 2, "rule": "deadline",
            "due_on": "year-03-31", "never_points": "2"}  # fmt: skip
    day = {"item_code": "P", "role": "done_on", "kind": "date"}
    criteria = sound(items=[item, late], inputs=[entry, day], bands=bands)
    never = {"item_code": "P", "input": "done_on", "choice": "never"}
    full = {"item_code": "1", "input": "points", "value": 10}
    figures = inputs_table([never, full], unit_code="A", year=2026)
    said = [way.text("en") for way in ways(score(figures, criteria), "P", 0, dt.date(2026, 3, 31))]
    assert said == ["done_on: by 31 Mar 2026 it costs no points; by 10 Apr 2026 it costs 1 point."]

"""Comments and answers as tables: what counts as a comment, what came since, who is late."""

import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest
from set_builder import direct_set, given

from scoring.appraisal.comments import answers_of, comment_counts, comment_matrix, decided_rows
from scoring.appraisal.rows_to_decide import rows_to_decide
from scoring.outputs.comment_workbook import MatrixWords, comment_workbook
from scoring.points import score
from scoring.points.tracks import with_decisions
from scoring.tables import checked

DUE = dt.date(2026, 12, 15)
WORDS = MatrixWords("vi", "")
NOBODY = answers_of(pd.DataFrame(), pd.DataFrame())


@pytest.fixture(scope="module")
def scored():
    criteria = direct_set({"1": 4, "2": 3, "3": 3})
    return score(given({"1": 4, "2": 3, "3": 3}), criteria)


def rows_of(sheet, documents=""):
    return rows_to_decide(sheet, pd.DataFrame(), None, {}).assign(documents=documents)


def decided(sheet, *rows):
    key = {"unit_code": "A", "year": 2026, "period": "", "reason": "x", "round": "1"}
    key["request"] = ""
    sheet, _ = with_decisions(sheet, pd.DataFrame([key | row for row in rows]))
    return decided_rows(sheet, rows_of(sheet, "TL1 (đã mở xem)\nTL2 (chưa thấy tệp)"))


def test_a_comment_is_what_lowers_points_or_asks_for_something(scored):
    table = decided(
        scored,
        {"item_code": "1", "points": 4.0},
        {"item_code": "2", "points": 1.0},
        {"item_code": "3", "points": 3.0, "request": "Nêu số văn bản"},
    )
    assert table["lost_points"].tolist() == [0.0, 2.0, 0.0]
    matrix = comment_matrix(table, NOBODY, due=DUE, looked_on=DUE)
    assert matrix[["item_code", "state"]].values.tolist() == [["2", "open"], ["3", "open"]]


def test_of_a_penalty_that_grew_the_matrix_says_that_it_is_one(scored):
    row = {"item_code": "2", "points": 1.0}
    table = decided(scored, row).assign(claimed_points=0.0, lost_points=1.0)
    matrix = comment_matrix(table, NOBODY, due=DUE, looked_on=DUE)
    made = comment_workbook(matrix, comment_counts(matrix), WORDS)
    cells = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0][5]
    assert [cell.value for cell in cells[2:4]] == ["điểm phạt: 0,00 → 1,00", "1,00"]


def test_a_comment_made_after_the_due_day_is_not_said_to_be_in_time(scored):
    table = decided(scored, {"item_code": "2", "points": 1.0, "decided_on": day("2026-12-20")})
    matrix = comment_matrix(table, NOBODY, due=DUE, looked_on=DUE)
    made = comment_workbook(matrix, comment_counts(matrix), WORDS)
    cells = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0][5]
    assert cells[-1].value == "chưa giải trình; ý kiến ghi sau hạn, chưa có hạn mới"


def test_documents_that_came_since_the_appraisal_are_told_even_when_others_were_opened(scored):
    table = decided(scored, {"item_code": "2", "points": 1.0})
    before = rows_of(scored, "TL1 (chưa thấy tệp)")
    matrix = comment_matrix(table, NOBODY, due=DUE, looked_on=DUE, before=before)
    assert matrix["evidence_added"].tolist() == ["TL2 (chưa thấy tệp)"]
    assert comment_matrix(table, NOBODY, due=DUE, looked_on=DUE)["evidence_added"].tolist() == [""]


def test_a_final_decision_settles_a_comment_of_the_first_round_and_is_none_itself(scored):
    table = decided(
        scored,
        {"item_code": "2", "points": 1.0},
        {"item_code": "2", "points": 2.0, "round": "final", "reason": "y"},
        {"item_code": "3", "points": 0.0, "round": "final"},
    )
    (row,) = comment_matrix(table, NOBODY, due=DUE, looked_on=DUE).to_dict("records")
    assert (row["round"], row["state"], row["next_round"]) == ("1", "settled", "final")
    assert (row["points"], row["next_points"], row["next_reason"]) == (1.0, 2.0, "y")


def day(text):
    return pd.Timestamp(text)


def answered(item, on):
    row = {"unit_code": "A", "year": 2026, "period": "", "item_code": item}
    return pd.DataFrame([row | {"answer": "Xin giải trình", "ledger_day": on}])


ASKED_TWICE = (
    {"item_code": "2", "points": 1.0, "decided_on": day("2026-12-01")},
    {"item_code": "2", "points": 1.0, "round": "2", "request": "Nộp số văn bản", "decided_on": day("2026-12-10")},
)  # fmt: skip


@pytest.mark.parametrize(
    ("answered_on", "state"),
    [("2026-12-05", "open"), ("2026-12-12", "answered"), (None, "open")],
)
def test_what_round_2_asks_anew_is_a_comment_of_its_own_with_an_answer_of_its_own(
    scored, answered_on, state
):
    answers = answered("2", pd.to_datetime(answered_on))
    matrix = comment_matrix(decided(scored, *ASKED_TWICE), answers, due=DUE, looked_on=DUE)
    checked(matrix, "Comments", by="test")
    assert matrix[["round", "state"]].values.tolist() == [["1", "settled"], ["2", state]]
    assert (matrix["answer"] != "").tolist() == [True, state == "answered"]
    assert comment_counts(matrix)[["comments", "settled"]].values.tolist() == [[2, 1]]


def test_round_2_that_leaves_points_as_they_were_settles_and_one_that_takes_more_off_asks(scored):
    first = {"item_code": "2", "points": 1.0}
    for points, rounds in ((1.0, ["1"]), (2.0, ["1"]), (0.5, ["1", "2"])):
        table = decided(scored, first, {"item_code": "2", "points": points, "round": "2"})
        matrix = comment_matrix(table, NOBODY, due=DUE, looked_on=DUE)
        assert matrix["round"].tolist() == rounds and matrix["state"].iloc[0] == "settled"


def test_a_comment_made_after_the_due_day_is_not_overdue(scored):
    table = decided(scored, {"item_code": "2", "points": 1.0, "decided_on": day("2026-12-20")})
    matrix = comment_matrix(table, NOBODY, due=DUE, looked_on=dt.date(2026, 12, 21))
    assert matrix["state"].tolist() == ["open"] and matrix["due_on"].isna().all()


def test_what_reads_like_the_claim_was_not_lowered():
    sheet = score(given({"1": 3.6047, "2": 3, "3": 3}), direct_set({"1": 4, "2": 3, "3": 3}))
    table = decided(sheet, {"item_code": "1", "points": 3.6}, {"item_code": "2", "points": 2.99})
    assert table["lost_points"].round(6).tolist() == [0.0, 0.01]
    assert comment_matrix(table, NOBODY, due=DUE, looked_on=DUE)["item_code"].tolist() == ["2"]


def test_nothing_decided_gives_a_matrix_without_rows(scored):
    empty = decided_rows(scored, rows_of(scored))
    matrix = comment_matrix(empty, NOBODY, due=DUE, looked_on=DUE)
    checked(matrix, "Comments", by="test")
    assert len(checked(comment_counts(matrix), "CommentCounts", by="test")) == 0

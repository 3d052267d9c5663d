"""Responses: files as people keep them become a row a form, and what cannot be read is named."""

import datetime as dt
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest
from survey_forms import QUESTIONS, codes, forms, instrument

from scoring.base.errors import UnreadableError, UsageError
from scoring.base.findings import Finding
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.survey.form_flags import QualityLimits
from scoring.survey.instrument.instruments import open_instrument
from scoring.survey.instrument.model import AnswerOption, Question
from scoring.survey.reading import response_sources
from scoring.survey.responses import MISSING, read_responses

FORM = instrument()
CODES = [question.code for question in QUESTIONS]
NO_OPINION = 5


# What is seldom answered is the matter of test_survey_quality.py.
LIMITS = QualityLimits(unanswered_share=1)


def read(frame, **options):
    return read_responses(frame, FORM, limits=LIMITS, **options)


def only(responses, code):
    (found,) = [one for one in responses.findings if one.code == code]
    return found


def test_a_form_is_a_row_and_an_answer_its_place_in_the_scale():
    responses = read(forms())
    assert responses.findings == ()
    assert responses.answers.dtype == np.int8
    assert responses.answers[0].tolist() == [4, 3, 4, 2]
    assert responses.forms["unit_code"].tolist() == list("AAABBB")


@pytest.mark.parametrize(
    "said",
    ["5", 5, 5.0, "5.0", "5,0", " 5 ", "Rất hài lòng", "RẤT  HÀI LÒNG", "rat hai long", "Very satisfied",
     "5 - Rất hài lòng", "5. rất hài lòng", "(5) Rất hài lòng", "Râ\u0301t ha\u0300i lo\u0300ng"],
)  # fmt: skip
def test_an_answer_may_be_a_code_or_words(said):
    responses = read(forms(tc_1=[said] * 6))
    assert responses.findings == () and (responses.answers[:, 0] == 4).all()


@pytest.mark.parametrize(
    "said", ["9", "KB", "không biết", "Không trả lời", "từ chối", "Does not know"]
)
def test_no_opinion_is_kept_apart_from_no_answer(said):
    responses = read(forms(tc_1=[said, None, "", "5", "5", "5"]))
    assert responses.answers[:3, 0].tolist() == [NO_OPINION, MISSING, MISSING]
    assert responses.findings == ()


def test_no_opinion_counts_only_where_the_scale_has_it():
    plain = instrument()
    plain.scales["five"] = plain.scales["five"][:5]
    responses = read_responses(forms(tc_1=["KB"] * 6), plain, limits=LIMITS)
    assert (responses.answers[:, 0] == MISSING).all()
    assert codes(responses) == ["survey-answer-impossible"]


@pytest.mark.parametrize("said", ["6", "5,5", "4 - Rất hài lòng", "hài", "50%", "#N/A", True, "x"])
def test_anything_else_is_named_and_counts_as_no_answer(said):
    responses = read(forms(tc_1=["5", said, said, "5", 1, "5"]))
    found = only(responses, "survey-answer-impossible")
    assert (found.cell, found.values["count"], found.values["question"]) == ("C3", 2, "tc_1")
    assert responses.answers[1, 0] == MISSING and responses.answers[4, 0] == 0


def test_what_somebody_said_in_a_cell_of_an_answer_is_not_repeated():
    said = "Ông Ba cán bộ một cửa xã Phú An nói năng hách dịch"
    found = only(read(forms(tc_1=[said, *"45435"])), "survey-answer-impossible")
    assert (
        found.cell == "C2" and "Phú An" not in found.text("vi") and "không hiện" in found.text("vi")
    )


def test_a_csv_file_is_read_with_its_cells(tmp_path):
    path = tmp_path / "phieu.csv"
    forms(tc_2=["7", *"45535"]).to_csv(path, index=False, sep=";")
    responses = read(path)
    found = only(responses, "survey-answer-impossible")
    assert (found.file, found.cell) == ("phieu.csv", "D2")
    assert responses.forms[["file", "cell"]].iloc[0].tolist() == ["phieu.csv", "A2"]


def test_usual_headings_and_texts_of_questions_are_known():
    named = forms().rename(columns={
        "form_id": "Mã  phiếu", "unit_code": "ma_don_vi", "tc_1": "Ông/bà đánh giá tc_1 thế nào?",
        "tc_2": "How do you rate tc_2?", "tt_1": "tt_1. Ông/bà đánh giá tt_1 thế nào?",
    })  # fmt: skip
    assert read(named).findings == ()
    assert read(named).answers.tolist() == read(forms()).answers.tolist()


def test_the_callers_headings_go_before_usual_ones():
    named = forms().rename(columns={"form_id": "Khóa", "tc_1": "Câu 1"})
    responses = read(named, columns={"Khóa": "form_id", "câu 1": "tc_1"})
    assert responses.findings == () and responses.forms["form_id"].iloc[0] == "P1"
    with pytest.raises(UsageError, match="no_such"):
        read(named, columns={"Khóa": "no_such"})


def test_a_column_that_nobody_names_is_not_kept_unless_asked_for():
    more = forms(tuoi=[20, 30, 40, 50, 60, 70.0])
    responses = read(more)
    assert only(responses, "survey-columns-not-read").values["expected"] == ["tuoi"]
    assert "tuoi" not in responses.forms
    kept = read(more, keep=("tuoi",))
    assert kept.forms["tuoi"].tolist() == ["20", "30", "40", "50", "60", "70"]
    assert kept.findings == ()


def test_a_missing_question_is_never_just_unanswered():
    responses = read(forms().drop(columns=["tt_1", "tt_2"]))
    found = only(responses, "survey-question-missing")
    assert found.severity == "error" and found.values["expected"] == ["tt_1", "tt_2"]


def test_a_question_of_another_version_is_named():
    responses = read(forms(tc_3=list("555555")))
    found = only(responses, "survey-question-unknown")
    assert (found.cell, found.values["column"], found.values["version"]) == ("G1", "tc_3", "2026")


def test_forms_of_another_questionnaire_or_version_are_named():
    responses = read(forms(instrument=["mau"] * 5 + ["khac"], instrument_version=["2025"] * 6))
    found = {one.values["column"]: one for one in responses.findings}
    assert found["instrument"].values["value"] == "khac" and found["instrument"].cell == "A7"
    assert found["instrument_version"].values["count"] == 6


def test_two_columns_of_one_meaning_are_named_and_the_first_is_read():
    responses = read(forms(tc1=list("111111")), columns={"tc1": "tc_1"})
    assert only(responses, "survey-column-twice").cell == "G1"
    assert responses.answers[0, 0] == 4


def test_forms_without_an_id_are_numbered_and_named():
    responses = read(forms(form_id=["P1", "", None, "P4", "P5", "P6"]))
    assert only(responses, "survey-form-without-id").values["count"] == 2
    assert responses.forms["form_id"].tolist() == ["P1", "#3", "#4", "P4", "P5", "P6"]


def test_codes_that_a_spreadsheet_took_for_numbers_stay_codes():
    responses = read(forms(form_id=[202600000001.0 + n for n in range(6)], unit_code=[1.0] * 6))
    assert responses.forms["form_id"].iloc[0] == "202600000001"
    assert responses.forms["unit_code"].iloc[0] == "1"


def test_days_times_and_numbers_are_read_the_vietnamese_way():
    days = [
        "15/3/2026 08:30",
        "2026-03-15T08:30:10",
        dt.datetime(2026, 3, 15, 8, 30),
        "15/3/2026",
        "",
        "x",
    ]
    responses = read(forms(asked_on=days, weight=["1,5", "2.25", "3", "4", "", "năm"]))
    taken = responses.forms
    assert taken["asked_on"].dt.day.tolist()[:4] == [15] * 4 and taken["asked_on"].isna().sum() == 2
    assert taken["asked_at"].tolist()[:3] == [510.0] * 3 and taken["asked_at"].isna().sum() == 3
    assert (
        taken["weight"].tolist()[:4] == [1.5, 2.25, 3.0, 4.0] and taken["weight"].isna().sum() == 2
    )
    assert only(responses, "not-a-date").cell == "G7"
    assert only(responses, "not-a-number").cell == "H7"


def test_no_forms_at_all_is_an_error():
    responses = read(forms().iloc[:0])
    assert codes(responses) == ["survey-no-forms"] and responses.answers.shape == (0, 4)


def long_forms():
    wide = forms()
    long = wide.melt(["form_id", "unit_code"], CODES, "Câu hỏi", "Trả lời")
    return long.sort_values("form_id", kind="stable").reset_index(drop=True)


def test_a_long_table_gives_the_same_as_a_wide_one():
    responses = read(long_forms())
    assert responses.findings == ()
    assert responses.answers.tolist() == read(forms()).answers.tolist()
    assert responses.forms["cell"].tolist() == [f"A{row}" for row in range(2, 26, 4)]


def test_what_a_long_table_says_twice_or_of_nothing_is_named():
    long = long_forms()
    long.loc[1, "Câu hỏi"] = "tc_1"  # answered 5, then 4, in form P1; tc_2 is no longer there
    long.loc[3, "unit_code"] = "B"
    long.loc[4, "form_id"] = ""
    long.loc[9, "Câu hỏi"] = "tc_8"
    responses = read(long)
    assert only(responses, "survey-answers-contradict").values == {"question": "tc_1", "count": 1}
    assert responses.answers[0, :2].tolist() == [MISSING, MISSING]
    assert only(responses, "survey-form-contradicts").values == {"column": "unit_code", "count": 1}
    assert only(responses, "survey-answer-without-form").cell == "A6"
    assert only(responses, "survey-question-unknown").values["column"] == "tc_8"


def test_a_long_table_without_form_ids_or_a_question_is_named():
    with pytest.raises(UnreadableError, match="missing-column"):
        read(long_forms().drop(columns="form_id"))
    long = long_forms()
    responses = read(long[long["Câu hỏi"] != "tt_2"])
    assert only(responses, "survey-question-missing").values["expected"] == ["tt_2"]


def workbook(path, frame, above=1):
    book = SafeWorkbook()
    sheet = book.add_sheet("Phiếu")
    sheet.write_row(0, 0, ["KẾT QUẢ KHẢO SÁT"])
    sheet.write_row(above, 0, list(frame.columns))
    for number, cells in enumerate(frame.itertuples(index=False), start=above + 1):
        sheet.write_row(number, 0, list(cells))
    book.add_sheet("Ghi chú").write_row(0, 0, ["không có phiếu"])
    path.write_bytes(book.to_bytes())
    return path


def test_a_workbook_is_read_from_its_heading_row(tmp_path):
    numbers = {code: forms()[code].astype(float) for code in CODES}
    numbers["tt_2"] = [8.0, *numbers["tt_2"][1:]]
    responses = read(workbook(tmp_path / "phieu.xlsx", forms(**numbers)))
    found = only(responses, "survey-answer-impossible")
    assert (found.sheet, found.cell) == ("Phiếu", "F3")
    assert responses.answers[1].tolist() == [3, 3, 2, 4]


def test_a_workbook_without_headings_is_refused(tmp_path):
    frame = forms().set_axis(["a", "b", "c", "d", "e", "f"], axis=1)
    with pytest.raises(UnreadableError, match="survey-headings-missing"):
        read(workbook(tmp_path / "phieu.xlsx", frame))


def test_parquet_gives_the_same(tmp_path):
    path = tmp_path / "phieu.parquet"
    forms(tc_1=[5.0, 4.0, 5.0, np.nan, 3.0, 5.0]).to_parquet(path)
    assert read(path).answers[:, 0].tolist() == [4, 3, 4, MISSING, 2, 4]


def test_a_heading_twice_is_refused():
    twice = forms().set_axis(["form_id", "tc_1", "tc_1", "tc_2", "tt_1", "tt_2"], axis=1)
    with pytest.raises(UnreadableError, match="table-repeated-column"):
        read(twice)


def test_a_question_of_its_own_scale_is_read_by_it():
    yes = Question("dk", "", "Đã đến?", "", "yes")
    form = instrument((*QUESTIONS, yes))
    form.scales["yes"] = (form.scales["five"][0].__class__("1", "Có", "Yes", False),)
    assert read_responses(forms(dk=["Có"] * 6), form).answers[:, 4].tolist() == [0] * 6


def test_a_later_question_of_a_shipped_questionnaire_is_known_for_one():
    shipped = open_instrument("sipas-citizens-sample")
    answers = pd.DataFrame({q.code: ["KB"] for q in shipped.questions if q.scale == "satisfaction"})
    responses = read_responses(answers.assign(form_id="1", **{"B1.9": "5"}), shipped)
    found = only(responses, "survey-question-unknown")
    assert found.values["column"] == "B1.9"
    assert "C2" in only(responses, "survey-question-missing").values["expected"]


def test_replicate_weights_are_kept_as_numbers_by_their_common_name():
    more = forms(rep_1=["1,5", "2", "x", "", "1", "1"], rep_2=[1.5] * 6, gioi=["nam", "nữ"] * 3)
    responses = read(more, numbers=("rep_*",), keep=("gioi",))
    assert responses.forms["rep_1"].tolist()[:2] == [1.5, 2.0]
    assert responses.forms["rep_1"].isna().sum() == 2
    assert responses.forms["gioi"].iloc[1] == "nữ" and responses.forms["rep_2"].sum() == 9
    assert only(responses, "not-a-number").cell == "G4" and len(responses.findings) == 1


def test_groups_of_respondents_are_codes_or_names_of_the_questionnaire():
    grouped = replace(FORM, groups={"citizen": ("Người dân", "Citizen")})
    said = ["citizen", "người dân", "Citizen", "", "khách", "khách"]
    responses = read_responses(forms(respondent_group=said), grouped, limits=LIMITS)
    assert responses.forms["respondent_group"].tolist() == ["citizen"] * 3 + ["", "khách", "khách"]
    found = only(responses, "survey-group-unknown")
    assert (found.cell, found.values["count"]) == ("A6", 2)


def test_an_answer_that_fits_two_options_or_an_opinion_is_never_guessed():
    scale = (AnswerOption("1", "Tốt", "Good", True), AnswerOption("2", "tốt", "Fair", False),
             AnswerOption("3", "Không rõ", "Unclear", False))  # fmt: skip
    form = instrument()
    form.scales["five"] = scale
    said = ["Tốt", "Good", "Không rõ", "KB", "2", "3"]
    answers = read_responses(forms(**dict.fromkeys(CODES, said)), form, limits=LIMITS).answers
    assert answers[:, 0].tolist() == [MISSING, 0, 2, MISSING, 1, 2]


def test_a_formula_nobody_calculated_is_no_empty_cell_and_blank_rows_count(tmp_path):
    book = openpyxl.Workbook()
    rows = [list(forms().columns), forms().iloc[0].tolist(), [], forms().iloc[1].tolist()]
    for cells in rows:
        book.active.append(cells)
    book.active["C4"] = "=1+4"
    book.save(tmp_path / "phieu.xlsx")
    responses = read(tmp_path / "phieu.xlsx")
    assert only(responses, "survey-answer-impossible").cell == "C4"
    assert responses.forms["cell"].tolist() == ["A2", "A4"]
    assert responses.forms["form_id"].tolist() == ["P1", "P2"]


def test_what_a_workbook_hides_under_merged_cells_is_not_shown(tmp_path, monkeypatch):
    path = workbook(tmp_path / "phieu.xlsx", forms())
    plain = response_sources.read_workbook
    said = Finding("value-under-merged-cells", values={"value": "12 ngõ Dấuvết", "place": "B3"})
    monkeypatch.setattr(
        response_sources, "read_workbook", lambda *a, **k: replace(plain(*a, **k), findings=(said,))
    )
    (found,) = read(path).findings
    assert "Dấuvết" not in found.text("vi") and "B3" in found.text("vi")


def test_a_weight_of_three_decimals_is_read_by_what_its_own_file_settles(tmp_path):
    """A draw writes weights such as 125.175, which alone could be 125175 as well."""
    path, alike = tmp_path / "mau.csv", ["125.175"] * 6
    forms(weight=["125.175", *["99.5"] * 5]).to_csv(path, index=False)
    assert read(path).forms["weight"].tolist() == [125.175, *[99.5] * 5]
    forms(weight=alike, population_1=[3.0] * 6).to_csv(path, index=False)
    assert (read(path).forms["weight"] == 125.175).all()
    forms(weight=alike).to_csv(path, index=False)
    found = only(read(path), "ambiguous-number")
    assert (found.cell, found.values["count"]) == ("G2", 6)
    assert "125.175 or 125,175" in found.text("en").replace(
        "125,175 or 125.175", "125.175 or 125,175"
    )

"""The entry workbook: made for people to type into, and read back whatever they did to it."""

import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest
from excel_tools import find_soffice, recalculated

from scoring.base.errors import UnreadableError, UsageError
from scoring.survey.entry_reading import coded_forms, read_entry_workbook, read_sample
from scoring.survey.instrument.entry_workbook import (
    ENTRY_SHEET,
    HEADER_ROW,
    entry_workbook_bytes,
    offered,
)
from scoring.survey.instrument.instruments import open_instrument
from scoring.survey.responses import read_responses

FIRST = HEADER_ROW + 2


@pytest.fixture(scope="module")
def citizens():
    return open_instrument("sipas-citizens-sample")


@pytest.fixture(scope="module")
def made(citizens):
    sample = pd.DataFrame(
        {
            "form_id": ["M1", "M2", "M3"],
            "stratum": ["N", "N", "S"],
            "cluster_1": ["X1", "X2", "X3"],
            "weight": [10.5, 10.5, 3.0],
        }
    )
    return entry_workbook_bytes(citizens, sample=sample, unit_code="SM-A", unit_name="Sở mẫu A")


class Book:
    """An entry workbook as somebody edits it."""

    def __init__(self, data):
        self.book = openpyxl.load_workbook(io.BytesIO(data))
        self.sheet = self.book[ENTRY_SHEET]
        cells = self.sheet[HEADER_ROW + 1]
        self.columns = {cell.value.split(". ")[0]: cell.column for cell in cells}

    def put(self, row, **answers):
        for name, value in answers.items():
            self.sheet.cell(row, self.columns[name.replace("_", ".")]).value = value
        return self

    def at(self, row, name):
        return f"{self.sheet.cell(row, self.columns[name]).column_letter}{row}"

    def saved(self, tmp_path, name="nhap.xlsx"):
        self.book.save(tmp_path / name)
        return tmp_path / name


def codes(findings):
    """Return codes and cells of what is wrong, without doubts about a survey of so few forms."""
    return [(found.code, found.cell) for found in findings if found.severity == "error"]


def test_the_sheet_holds_no_column_for_a_person_and_locks_what_is_known(made):
    book = Book(made)
    assert not {"họ tên", "điện thoại"} & {name.casefold() for name in book.columns}
    assert book.sheet.protection.sheet
    known, own = (book.sheet.cell(FIRST, book.columns[name]) for name in ("Tầng", "B1.1"))
    assert known.protection.locked and not own.protection.locked
    assert book.sheet.cell(FIRST, 1).value == "M1" and known.value == "N"
    assert book.sheet.cell(FIRST, book.columns["Mã đơn vị"]).value == "SM-A"
    states = {sheet.title: sheet.sheet_state for sheet in book.book}
    assert states["_ma"] == states["_danh_muc"] == "veryHidden"


def test_every_question_offers_its_answers_from_the_hidden_sheet(made, citizens):
    book = Book(made)
    rules = {
        str(rule.sqref).split(":")[0]: rule for rule in book.sheet.data_validations.dataValidation
    }
    for question in citizens.questions:
        rule = rules[book.at(FIRST, question.code)]
        assert rule.type == "list" and rule.formula1.startswith("_danh_muc!")
        assert len(rule.prompt) <= 255
    lists = [
        [cell.value for cell in column if cell.value] for column in book.book["_danh_muc"].columns
    ]
    assert offered(citizens.scales["satisfaction"], "vi") in lists
    assert offered(citizens.scales["satisfaction"], "vi")[4:9] == [
        "5 - Rất hài lòng", "KB - Không biết", "KTL - Không trả lời", "1", "2",
    ]  # fmt: skip


def test_the_same_questionnaire_gives_the_same_bytes_and_size_is_limited(citizens):
    assert entry_workbook_bytes(citizens, forms=1) == entry_workbook_bytes(citizens, forms=1)
    for forms in (0, 20_001):
        with pytest.raises(UsageError) as refused:
            entry_workbook_bytes(citizens, forms=forms)
        assert refused.value.finding.code == "entry-row-count"


def test_answers_come_back_as_codes_however_they_were_entered(made, tmp_path):
    book = Book(made).put(FIRST, B1_1="5 - Rất hài lòng", B1_2=4, B1_3="4", B1_4="HÀI LÒNG")
    book.put(FIRST, B2_1="rat hai long", B2_2="Không biết", B2_3="KTL", A4="Có")
    book.put(FIRST, **{"Nhóm người trả lời": "Người dân", "Số phút": 12})
    book.put(FIRST, **{"Ngày phỏng vấn": dt.date(2026, 3, 15)})
    frame, findings = read_entry_workbook(book.saved(tmp_path))
    row = frame.iloc[0]
    assert len(frame) == 1 and codes(findings) == []
    asked = ["B1.1", "B1.2", "B1.3", "B1.4", "B2.1", "B2.2", "B2.3", "B2.4", "A4"]
    assert row[asked].tolist() == ["5", "4", "4", "4", "5", "KB", "KTL", "", "1"]
    about = [
        "form_id",
        "unit_code",
        "respondent_group",
        "stratum",
        "cluster_1",
        "weight",
        "minutes",
    ]
    assert row[about].tolist() == ["M1", "SM-A", "citizen", "N", "X1", 10.5, 12.0]
    assert row["asked_on"] == pd.Timestamp(2026, 3, 15)
    assert row[["instrument", "instrument_version"]].tolist() == ["sipas-citizens-sample", "2026.1"]


def test_sampled_units_without_an_answer_are_counted_and_are_no_forms(made, citizens, tmp_path):
    place = Book(made).put(FIRST + 1, B6="2").saved(tmp_path)
    frame, findings = read_entry_workbook(place, citizens)
    assert frame["form_id"].tolist() == ["M2"]
    unanswered = next(found for found in findings if found.code == "entry-forms-unanswered")
    assert (unanswered.cell, unanswered.values["count"]) == (f"A{FIRST}", 2)


def test_what_is_no_answer_is_named_with_its_cell(made, citizens, tmp_path):
    typed = {"B1.2": "hài lòg", "B1.3": "6", "B1.4": "=1+3", "B2.1": "45", "B2.2": "5 - Hài lòng"}
    book = Book(made).put(FIRST, B1_1="5", **typed)
    frame, findings = read_entry_workbook(book.saved(tmp_path), citizens)
    places = [("survey-answer-impossible", book.at(FIRST, name)) for name in typed]
    assert codes(findings) == places
    assert frame.iloc[0][["B1.1", *typed]].tolist() == ["5", "", "", "", "", ""]


def _sorted_and_spaced(book):
    rows = [[cell.value for cell in row] for row in book.sheet.iter_rows(FIRST, FIRST + 2)]
    book.sheet.delete_rows(FIRST, 3)
    book.sheet.insert_rows(FIRST, 9)
    for place, row in enumerate(reversed(rows)):
        for column, value in enumerate(row, start=1):
            book.sheet.cell(FIRST + 3 + 2 * place, column).value = value


def _hidden_and_moved(book):
    for name in ("Mã dịch vụ", "Số phút"):
        book.sheet.column_dimensions[book.at(1, name)[:-1]].hidden = True
    book.sheet.move_range(f"Q1:Q{FIRST + 30}", cols=60)


def _letterhead_and_names(book):
    book.sheet.insert_rows(1, 3)
    book.sheet["A1"] = "Sở Nội vụ"
    book.sheet.title = "Phiếu đợt 1"
    book.book.create_sheet("Ghi chú")["A1"] = "Đã soát"


def test_a_sheet_that_people_rearranged_reads_alike(made, citizens, tmp_path):
    book = Book(made).put(FIRST, B1_1="5", B1_4="2").put(FIRST + 2, B1_1="1", B1_4="KB")
    before, _ = read_entry_workbook(book.saved(tmp_path), citizens)
    kept = [name for name in before if name not in ("file", "sheet", "cell")]
    # One upon the other, as it happens to a file that goes round.
    for change in (_sorted_and_spaced, _hidden_and_moved, _letterhead_and_names):
        change(book)
        after, findings = read_entry_workbook(book.saved(tmp_path, "khac.xlsx"), citizens)
        assert codes(findings) == []
        in_order = after[kept].sort_values("form_id", ignore_index=True)
        pd.testing.assert_frame_equal(in_order, before[kept])


def test_a_deleted_column_is_missed_and_a_renamed_one_named(made, citizens, tmp_path):
    book = Book(made).put(FIRST, B1_1="5")
    book.sheet.cell(HEADER_ROW + 1, book.columns["B1.3"]).value = "B7.9"
    place = book.at(HEADER_ROW + 1, "B1.3")
    book.sheet.delete_cols(book.columns["B6"])
    _, findings = read_entry_workbook(book.saved(tmp_path), citizens)
    found = dict(codes(findings))
    assert found["survey-question-unknown"] == place
    missing = next(one for one in findings if one.code == "survey-question-missing")
    assert missing.values["expected"] == ["B1.3", "B6"]


def test_forms_of_another_questionnaire_version_or_wording_are_known(made, citizens, tmp_path):
    book, machine = Book(made).put(FIRST, B1_1="5"), {}
    for row in book.book["_ma"].iter_rows():
        machine[row[0].value] = row[1]
    machine["instrument_fingerprint"].value = "0" * 16
    place = book.saved(tmp_path)
    assert codes(read_responses(place, citizens).findings) == [("entry-other-wording", "")]
    machine["instrument_version"].value = "2025.1"
    _, findings = read_entry_workbook(book.saved(tmp_path))
    assert codes(findings) == [("survey-other-instrument", f"A{FIRST}")]
    # A path is no id, even where a questionnaire lies there.
    machine["instrument"].value = citizens.place
    with pytest.raises(UnreadableError) as refused:
        read_entry_workbook(book.saved(tmp_path))
    assert refused.value.finding.code == "instrument-unknown"
    del book.book["_ma"]
    with pytest.raises(UnreadableError) as refused:
        read_entry_workbook(book.saved(tmp_path))
    assert refused.value.finding.code == "entry-not-one"


def test_a_list_of_sampled_units_fills_the_workbook_whatever_its_format(citizens, tmp_path):
    path = tmp_path / "mau.csv"
    path.write_text("Mã phiếu;Tầng;Quyền số;Ghi chú\nP1;N;2,5;\nP2;S;1,5;x\n", "utf-8")
    sample, findings = read_sample(path, citizens)
    assert sample[["form_id", "stratum", "weight"]].values.tolist() == [
        ["P1", "N", 2.5], ["P2", "S", 1.5],
    ]  # fmt: skip
    assert findings == []
    path.write_text("form_id,Số điện thoại\nP1,0912345678\n", "utf-8")
    with pytest.raises(UnreadableError):
        read_sample(path, citizens)


def test_text_that_looks_like_a_formula_stays_text(citizens):
    sample = pd.DataFrame({"form_id": ["=1+1", "@x"]})
    book = Book(entry_workbook_bytes(citizens, sample=sample))
    cells = [book.sheet.cell(FIRST + row, 1) for row in range(2)]
    assert [(cell.value, cell.data_type) for cell in cells] == [("=1+1", "s"), ("@x", "s")]


@pytest.mark.libreoffice
@pytest.mark.skipif(not find_soffice(), reason="LibreOffice is not installed")
def test_what_libreoffice_saves_reads_alike(made, citizens, tmp_path):
    book = Book(made).put(FIRST, B1_1="5 - Rất hài lòng", B1_2=4, B1_3="=2+3", B1_4="KB")
    again = recalculated(book.saved(tmp_path), tmp_path / "profile")
    frame, findings = read_entry_workbook(again)
    assert codes(findings) == []
    assert frame.iloc[0][["B1.1", "B1.2", "B1.3", "B1.4"]].tolist() == ["5", "4", "5", "KB"]
    assert coded_forms(read_responses(again, citizens))["weight"].tolist() == [10.5]

"""The printed questionnaire: every question with its boxes, nobody's name, and what it is."""

import io
from dataclasses import replace

import pytest
from docx import Document
from docx.oxml.ns import qn

from scoring.outputs.word.questionnaire import BOX, questionnaire_bytes
from scoring.survey.instrument.instruments import open_instrument


@pytest.fixture(scope="module")
def citizens():
    return open_instrument("sipas-citizens-sample")


@pytest.fixture(scope="module")
def printed(citizens):
    return Document(io.BytesIO(questionnaire_bytes(citizens, unit_name="Sở mẫu A")))


def texts(document):
    """Return every text of the page, tables too, in order."""
    return [node.text or "" for node in document.element.body.iter(qn("w:t"))]


def grid(document):
    return max(document.tables, key=lambda table: len(table.rows))


def test_every_question_stands_on_the_form_with_a_box_for_each_answer(printed, citizens):
    said = " ".join(texts(printed))
    assert all(question.text_vi in said for question in citizens.questions)
    asked = sum(len(citizens.scales[question.scale]) for question in citizens.questions)
    assert said.count(BOX) == asked + len(citizens.groups)


def test_questions_of_one_scale_are_a_grid_below_the_names_of_their_factors(printed, citizens):
    rows = [[cell.text for cell in row.cells] for row in grid(printed).rows]
    assert rows[0][2:] == [
        "Rất không hài lòng\n(1)", "Không hài lòng\n(2)", "Bình thường\n(3)", "Hài lòng\n(4)",
        "Rất hài lòng\n(5)", "Không biết\n(KB)", "Không trả lời\n(KTL)",
    ]  # fmt: skip
    headings = [row[0] for row in rows if len(set(row)) == 1]
    assert headings == [*(factor.name_vi for factor in citizens.factors), "Đánh giá chung"]
    first = next(row for row in rows if row[0] == "B1.1")
    assert first == ["B1.1", "Nơi tiếp nhận dễ tìm, dễ đến", *[BOX] * 7]


def test_a_grid_repeats_its_heading_and_breaks_only_between_factors(printed):
    table = grid(printed)
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    free = [
        row.cells[0].text
        for row in table.rows
        if not row.cells[0].paragraphs[0].paragraph_format.keep_with_next
    ]
    assert free == ["B1.4", "B2.4", "B3.4", "B4.4", "B5.4", "B6"]


def test_the_form_asks_for_nobodys_name_and_says_what_it_is(printed, citizens):
    said = " ".join(texts(printed))
    assert "không ghi họ tên, số điện thoại, số căn cước" in said
    assert not any(word in said.casefold() for word in ("họ và tên", "chữ ký", "email"))
    assert "PHIẾU MẪU – không phải phiếu chính thức" in said and citizens.purpose_vi in said
    assert "SỞ MẪU A" in said and "Độc lập - Tự do - Hạnh phúc" in said
    code = f"sipas-citizens-sample / 2026.1 / {citizens.fingerprint[:6]}"
    section = printed.sections[0]
    for footer in (section.first_page_footer, section.footer):
        assert code in footer.paragraphs[0].text


def test_a_form_that_is_no_sample_bears_no_mark(citizens):
    official = replace(citizens, status="official", name_vi="Phiếu khảo sát")
    assert "MẪU" not in " ".join(texts(Document(io.BytesIO(questionnaire_bytes(official)))))


def test_the_form_is_written_in_english_as_well():
    officials = open_instrument("officials-survey-sample")
    said = " ".join(texts(Document(io.BytesIO(questionnaire_bytes(officials, lang="en")))))
    assert "To be filled in by the interviewer" in said and "Very good" in said
    assert all(question.text_en in said for question in officials.questions)
    assert "Công chức" not in said


@pytest.mark.parametrize("name", ["officials-survey-sample", "sipas-citizens-sample"])
def test_the_last_answers_stay_on_the_page_of_the_thanks(name):
    document = Document(io.BytesIO(questionnaire_bytes(open_instrument(name), lang="en")))
    assert document.paragraphs[-1].text == "Thank you."
    last = document.tables[-1].rows[-1].cells
    assert all(p.paragraph_format.keep_with_next for cell in last for p in cell.paragraphs)

"""Personal data: columns that look like it are refused or dropped, and nothing of it is shown."""

import pandas as pd
import pytest
from survey_forms import codes, forms, instrument

from scoring.base.errors import UnreadableError
from scoring.survey.personal_data import kind_of_heading, looks_personal
from scoring.survey.responses import read_responses

FORM = instrument()
# Made up; no such numbers are given out together.
PHONES = [f"09{number}2345678" for number in range(1, 7)]
IDENTITIES = [f"0011850123{number}" for number in range(10, 16)]
NAMES = ["Nguyễn Văn An", "Trần Thị Bình", "Lê Cường", "Phạm Minh Dũng", "Hoàng Thị Em", "Võ Giang"]
MAILS = [f"nguoi.{number}@example.com" for number in range(6)]


def refused(frame, **options):
    with pytest.raises(UnreadableError) as caught:
        read_responses(frame, FORM, **options)
    assert caught.value.finding.code == "survey-personal-data"
    return caught.value.finding


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("Họ và tên", "name"), ("ho_ten", "name"), ("HoTen", "name"), ("Tên", "name"), ("Full name", "name"),
     ("SĐT", "phone"), ("Điện thoại", "phone"), ("so_dien_thoai", "phone"), ("Zalo", "phone"),
     ("Số CCCD", "identity"), ("CMND", "identity"), ("Căn cước công dân số", "identity"),
     ("Email", "email"), ("E-mail liên hệ", "email"), ("Địa chỉ", "address"), ("dia_chi", "address"),
     ("Ngày sinh", "birth"), ("Số tài khoản", "account"), ("_gps_latitude", "address"),
     ("Họ tên điều tra viên", "name"), ("Số điện thoại liên hệ của ông/bà (nếu có)", "phone")],
)  # fmt: skip
def test_a_heading_names_personal_data(heading, kind):
    assert kind_of_heading(heading) == kind


@pytest.mark.parametrize(
    "heading",
    ["Mã phiếu", "Tên đơn vị", "Mã điều tra viên", "Ngày phỏng vấn", "Năm sinh", "Giới tính", "Tầng",
     "Xã", "Trình độ", "tc_1", "Quyền số", "Nhóm tuổi", "Thời điểm", "Tổng thể 1"],
)  # fmt: skip
def test_other_headings_do_not(heading):
    assert kind_of_heading(heading) == ""


@pytest.mark.parametrize(
    ("cells", "kind"),
    [(PHONES, "số điện thoại"), ([float(p) for p in PHONES], "căn cước"), (IDENTITIES, "căn cước"),
     ([float(i) for i in IDENTITIES], "căn cước"), (["+84 912 345 678"] * 6, "số điện thoại"),
     ([f"1{n}123456" for n in range(11, 17)], "căn cước"), (MAILS, "thư điện tử"), (NAMES, "họ tên"),
     (["Cán bộ tốt", "", "Gọi cho tôi số 0912.345.678", "", "", ""], "số điện thoại"),
     (["CCCD 001185012345", "", "", "", "", ""], "căn cước")],
)  # fmt: skip
def test_cells_that_look_personal_refuse_the_file_under_any_heading(cells, kind):
    text = refused(forms(ghi_chu=cells)).text("vi")
    assert kind in text and "ghi_chu" in text and "G1" in text
    assert not any(str(cell) in text for cell in cells if cell)


def test_dropped_columns_are_named_and_gone():
    personal = forms(**{"Họ và tên": NAMES, "ghi_chu": PHONES})
    responses = read_responses(personal, FORM, personal="drop", keep=("ghi_chu",))
    assert codes(responses) == ["survey-personal-dropped"]
    assert not {"Họ và tên", "ghi_chu"} & {*responses.forms}
    assert responses.findings[0].values["count"] == 2


def test_cells_keep_their_letters_when_columns_before_them_are_dropped():
    personal = pd.concat([pd.DataFrame({"SĐT": PHONES}), forms(tc_1=list("845435"))], axis=1)
    responses = read_responses(personal, FORM, personal="drop")
    (found,) = [f for f in responses.findings if f.code == "survey-answer-impossible"]
    assert found.cell == "D2"


def test_form_ids_that_look_like_identity_numbers_need_the_callers_word():
    numbered = forms(form_id=IDENTITIES)
    finding = refused(numbered)
    assert "--columns" in finding.remedy("vi")
    responses = read_responses(numbered, FORM, columns={"form_id": "form_id"})
    assert responses.findings == () and responses.forms["form_id"].tolist() == IDENTITIES


@pytest.mark.parametrize("code", ["2026000000{}", "20260000{}", "PH-0{}", "01012600000{}", "1{}"])
def test_usual_form_ids_are_no_false_alarm(code):
    ids = [code.format(number) for number in range(10, 16)]
    assert read_responses(forms(form_id=ids), FORM).forms["form_id"].tolist() == ids


def test_a_mapping_makes_no_code_of_names_or_of_a_column_called_telephone():
    refused(forms(nguoi=NAMES), columns={"nguoi": "interviewer"})
    refused(forms(SĐT=list("123456")).drop(columns="form_id"), columns={"SĐT": "form_id"})


def test_names_of_interviewers_are_names_even_where_they_repeat():
    refused(forms(interviewer=["Nguyễn Văn An", "Trần Thị Bình"] * 3))


def test_the_text_of_a_question_may_speak_of_telephones():
    text = "Cơ quan có công khai số điện thoại, địa chỉ, email không?"
    asked = forms().rename(columns={"tc_1": text})
    assert read_responses(asked, FORM, columns={text: "tc_1"}).findings == ()


def test_names_of_units_and_places_are_no_names_of_people():
    places = ["Trần Phú", "Hoàng Mai", "Lê Chân", "Trần Phú", "Hoàng Mai", "Lê Chân"]
    named = forms(unit_code=["TP", "HM", "LC"] * 2, unit_name=places)
    assert read_responses(named, FORM).findings == ()
    assert "survey-columns-not-read" in codes(read_responses(forms(Xã=places), FORM))


@pytest.mark.parametrize("met", [PHONES[0], NAMES[0], MAILS[0], IDENTITIES[0], float(PHONES[0])])
def test_what_somebody_typed_into_an_answer_is_not_shown(met):
    few = forms(form_id=[f"P{n}" for n in range(120)][:6])
    many = pd.concat([few] * 20, ignore_index=True).assign(tc_1=[met, *["5"] * 119])
    (found,) = [
        f for f in read_responses(many, FORM).findings if f.code == "survey-answer-impossible"
    ]
    assert "không hiện" in found.text("vi") and str(met) not in found.text("vi")


def test_a_file_without_its_heading_row_shows_nobody_as_a_heading():
    bare = forms().rename(columns={"tt_2": NAMES[0]})
    text = refused(bare).text("vi")
    assert NAMES[0] not in text and "F1" in text


def test_numbers_that_only_resemble_do_not_look_personal():
    assert not any(
        map(looks_personal, ["5", 12.5, "1.234.567", "1250000", "2026-03-15", "0,0912345678"])
    )

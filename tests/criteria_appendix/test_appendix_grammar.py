"""What a scoring text leaves out is named, and what is unread keeps its parts for review."""

import math

import numpy as np
import pytest

from scoring.criteria.appendix.scoring_text import ItemFacts, read_scoring
from scoring.rules import compile_rule
from scoring.rules.expression import YEAR


def read(text, max_points=1.0, name="Mục thử"):
    return read_scoring(text, ItemFacts("1.1", name, max_points))


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Gửi đúng hạn: 1; không gửi: 0", "không đúng hạn"),
        ("Ban hành kế hoạch kịp thời: 1; không ban hành: 0", "không kịp thời"),
        ("Công khai đầy đủ: 1; không công khai: 0", "không đầy đủ"),
        ("Có quy chế được phê duyệt: 1; không có quy chế: 0", "không phê duyệt"),
        ("Họp đủ và đúng thời gian: 1; họp thiếu: 0,5; không họp: 0", "không đúng thời gian"),
        ("Ban hành nghị quyết: 1đ", "không đạt “Ban hành nghị quyết”"),
        ("Nộp đúng hạn: 1; nộp chậm: 0,5", "không đạt “Nộp đúng hạn”"),
        ("Đúng hạn: 1; chậm dưới 5 ngày: 0,5; chậm trên 5 ngày: 0", "chậm đúng 5 ngày"),
        ("Gửi trước ngày 15/12: 1; gửi sau ngày 15/12: 0", "đúng ngày đến hạn"),
    ],
)
def test_a_case_that_no_step_names_is_named_for_review(text, missing):
    reading = read(text)
    assert not reading.is_sure
    assert reading.missing == (missing,)
    assert reading.spec.kind == "choice"  # confirming, not typing


@pytest.mark.parametrize(
    "text",
    [
        "Có tổ chức: 1 điểm; không tổ chức: 0 điểm",
        "Đầy đủ: 1đ; không đầy đủ: 0đ",
        "- Gửi đúng hạn: 1đ\n- Gửi chậm: 0,5đ\n- Không gửi: 0đ",
        "Thực hiện đúng quy định: 1; thực hiện không đúng quy định: 0",
        "Đủ thành phần và đúng giờ, đúng thời gian: 1; thiếu thành phần hoặc trễ: 0",
        "Vận hành thường xuyên: 1; có vận hành nhưng không thường xuyên: 0,5; không vận hành: 0",
        "Đáp ứng về số lượng và nội dung: 1; không đáp ứng một trong các yêu cầu: 0",
        "Tốt: 1; khá: 0,5; trung bình: 0,25; yếu: 0",
    ],
)
def test_steps_in_words_that_exclude_each_other_and_cover_are_sure(text):
    reading = read(text)
    assert reading.is_sure, [reason.text() for reason in reading.reasons]
    assert reading.spec.kind in ("choice", "all_of")


@pytest.mark.parametrize(
    ("text", "days", "earned"),
    [
        ("Đúng hạn: 1; chậm dưới 5 ngày: 0,5; chậm từ ngày thứ 5: 0; không gửi: 0",
         [0, 4, 5], [1.0, 0.5, 0.0]),
        ("Đúng hạn: 1; chậm từ ngày thứ 1 đến ngày thứ 5: 0,5; chậm từ ngày thứ 6: 0; không gửi: 0",
         [0, 5, 6], [1.0, 0.5, 0.0]),
        ("Đúng hạn: 1; chậm đến 3 ngày: 0,5; chậm từ 4 ngày trở lên: 0; không gửi: 0",
         [0, 3, 4], [1.0, 0.5, 0.0]),
    ],
)  # fmt: skip
def test_a_day_of_delay_named_by_its_number_falls_where_the_words_put_it(text, days, earned):
    reading = read(text)
    assert reading.is_sure, [reason.text() for reason in reading.reasons]
    rule = compile_rule(reading.spec)
    due = 45000.0
    arrays = {"done_on": np.array(days) + due, "due_on": np.full(3, due), YEAR: np.full(3, 2023.0)}
    assert rule.score(arrays, 3).points.tolist() == earned


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Từ 70% trở lên: 1; từ 40% đến dưới 70%: 0,5", "dưới 40%"),
        ("Trên 90%: 1; dưới 90%: 0", "90%"),
        ("Từ 80% trở lên: 1; dưới 70%: 0", "giữa 70% và 80%"),
        ("Từ 70% đến 90%: 1; dưới 70%: 0", "trên 90%"),
        ("Vượt dự toán từ 5% trở lên: 1; vượt dưới 5%: 0,5", "không vượt"),
        ("Tiết kiệm chi từ 10% trở lên: 1; tiết kiệm chi dưới 10%: 0,5", "không tiết kiệm"),
        ("Có 03 mô hình trở lên: 1; có 01 mô hình: 0,5; không có mô hình: 0", "2"),
        ("Họp 12 phiên: 1; dưới 12 phiên: 0", "trên 12"),
    ],
)
def test_the_figures_that_no_step_holds_are_named(text, missing):
    reading = read(text)
    assert not reading.is_sure
    assert reading.missing == (missing,)


def test_a_step_that_earns_nothing_holds_for_all_that_is_worse():
    assert read("Không để xảy ra cháy nổ: 1; để xảy ra 01 vụ cháy nổ: 0").is_sure
    assert read("Có từ 03 mô hình: 1; có 02 mô hình: 0,5; có 01 mô hình: 0").is_sure


def test_a_third_step_that_states_something_good_of_its_own_may_hold_beside_the_first():
    reading = read("Có kế hoạch năm: 1; có báo cáo: 0,5; không có: 0")
    assert "answers-overlap" in [reason.key for reason in reading.reasons]


@pytest.mark.parametrize(
    "text",
    [
        "Đạt 90% trở lên: 1; từ 70% đến dưới 90%: 0,5; dưới 70%: 0,",
        "Có báo cáo: 1; không có báo cáo: 0 (trừ trường hợp",
        "nhưng không quá hạn: 1; quá hạn: 0",
        "đến dưới 90%: 0; từ 90% trở lên: 1",
        "trở lên: 1; dưới 90%: 0",
        "Đạt: 1; không đạt: 0; riêng",
    ],
)
def test_a_text_cut_by_the_end_of_a_page_is_never_sure(text):
    reading = read(text)
    assert not reading.is_sure
    assert "text-cut" in [reason.key for reason in reading.reasons]


def test_brackets_that_name_what_is_left_out_stay_as_remarks():
    reading = read("100% văn bản (trừ văn bản mật) ký số: 1đ; dưới 100%: 0đ (đồng thời bị trừ điểm tại nhóm IX)")  # fmt: skip
    assert reading.is_sure
    assert reading.remarks == ("trừ văn bản mật", "đồng thời bị trừ điểm tại nhóm IX")


def test_guidance_that_repeats_the_steps_is_dropped_and_what_may_change_them_is_named():
    steps = "Gửi đủ, đúng hạn: 1 điểm; gửi chậm hoặc thiếu: 0 điểm"
    assert read(f"{steps}\n[Hướng dẫn chấm điểm] {steps}").is_sure
    assert read(f"{steps}\nHướng dẫn: Theo báo cáo của Văn phòng").is_sure
    reading = read(f"{steps}\nGhi chú: Đơn vị không phát sinh thì không chấm")
    assert [reason.key for reason in reading.reasons] == ["clause-beside"]


@pytest.mark.parametrize(
    "beside",
    [
        "Hướng dẫn: Hồ sơ nộp sau ngày 20 xem như quá hạn",
        "Ghi chú: Bỏ qua hồ sơ chờ bổ sung",
        "Ghi chú: Xã đảo được cộng một nửa",
        "Lưu ý: đơn vị mới thành lập áp dụng mức 80 phần trăm",
    ],
)
def test_guidance_that_may_change_the_points_is_a_doubt(beside):
    assert read("Từ 90% trở lên: 1; dưới 90%: 0\nHướng dẫn: Theo Nghị quyết số 57-NQ/TW").is_sure
    assert not read(f"Từ 90% trở lên: 1; dưới 90%: 0\n{beside}").is_sure


@pytest.mark.parametrize(
    "text",
    [
        "Từ 90% trở lên (trừ xã miền núi được lấy mức thấp hơn): 1; dưới 90%: 0",
        "Có tổ chức (gồm 02 hội nghị): 1; không tổ chức: 0",
        "Xây dựng kế hoạch và tổ chức thực hiện: 1; không xây dựng kế hoạch: 0",
        "Từ 2 tỷ đồng: 1; từ 1 đến dưới 2 tỷ đồng: 0,5; dưới 1 tỷ đồng: 0",
        "Phối hợp tốt: 1; phối hợp chưa tốt: 0,5; bị phê bình: 0",
    ],
)
def test_a_condition_that_hides_in_a_bracket_or_a_second_half_is_left_to_review(text):
    assert not read(text).is_sure


def test_what_is_not_understood_keeps_every_part_with_its_points():
    reading = read("Có đề án: 1; đề án còn vướng mắc thì xem xét riêng; không có đề án: 0")
    assert [step.is_read for step in reading.steps] == [True, False, True]
    assert [step.points for step in reading.steps if step.is_read] == [1.0, 0.0]
    assert math.isnan(reading.steps[1].points) and reading.proposed_kind == "choice"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Điểm = (a + b)/c × tỷ lệ của khối", "ratio"),
        ("Bị phê bình thì trừ điểm tương ứng theo quy chế", "deduction"),
        ("Từ 80% trở lên chấm theo thực tế: 9 điểm", "bands"),
    ],
)
def test_an_unread_text_still_proposes_a_kind(text, kind):
    reading = read(text)
    assert reading.spec is None and reading.proposed_kind == kind


def test_the_word_for_a_trial_is_no_award():
    reading = read("Đã nhân rộng: 2đ; mới thí điểm: 1,5đ; chưa triển khai: 0đ", 2.0)
    assert [step.wording for step in reading.steps] == [
        "Đã nhân rộng", "mới thí điểm", "chưa triển khai",
    ]  # fmt: skip


def test_headings_of_units_make_one_choice_of_their_steps():
    reading = read(
        "a) Nhóm đơn vị có kế hoạch\n- Có tổ chức: 2 điểm\n- Không tổ chức: 0 điểm\n"
        "b) Nhóm đơn vị không có kế hoạch\n- Có tham gia: 1 điểm\n- Không tham gia: 0 điểm",
        2.0,
    )
    assert reading.is_sure
    assert [option.points for option in reading.spec.options] == [2.0, 0.0, 1.0, 0.0]
    assert reading.spec.options[2].label_vi == "Nhóm đơn vị không có kế hoạch – Có tham gia"

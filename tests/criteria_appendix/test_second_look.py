"""A rule that was read is not sure where it rewards harm or where its figures are vague."""

import pytest

from scoring.criteria.appendix.scoring_text import ItemFacts, read_scoring

RISING = "Từ 90% trở lên: 2 điểm; từ 70% đến dưới 90%: 1 điểm; dưới 70%: 0 điểm"


def read(text, name="Tỷ lệ hồ sơ số hóa", is_penalty=False, most=2.0):
    return read_scoring(text, ItemFacts("1.1", name, most, is_penalty))


def keys(reading):
    return [reason.key for reason in reading.reasons]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Tỷ lệ hồ sơ trễ hạn", RISING),
        ("Tỷ lệ văn bản bị trả lại", "Tỷ lệ đạt được x điểm tối đa"),
        ("Tỷ lệ phản ánh, kiến nghị quá hạn", "Tỷ lệ x 2"),
        ("Tỷ lệ hồ sơ chưa giải quyết", RISING),
        ("Tỷ lệ người dân không hài lòng", RISING),
        ("Tỷ lệ hộ nghèo", RISING),
        ("Giải quyết hồ sơ", "Từ 80% số hồ sơ bị trả lại trở lên: 2; dưới 80%: 0"),
        ("Số khiếu nại", "Trên 10 đơn: 2 điểm; từ 5 đến 10 đơn: 1 điểm; dưới 5 đơn: 0 điểm"),
        ("Số hóa", "Điểm = (số thủ tục chưa số hóa/tổng số thủ tục) x 2"),
        ("Kỷ luật", "Mỗi vi phạm được 0,5 điểm, tối đa 2 điểm"),
        ("Kỷ luật", "Có cán bộ bị kỷ luật: 2; không có cán bộ bị kỷ luật: 0"),
        ("Kế hoạch", "Không ban hành: 2; ban hành: 0"),
        ("Tỷ lệ đơn vị bị xử phạt", RISING),
        ("Tỷ lệ hồ sơ phải gia hạn", RISING),
        ("Số lần bị nhắc nhở", "Từ 3 lần trở lên: 2; 1-2 lần: 1; không có lần nào: 0"),
        (
            "Số đơn thư vượt cấp",
            "Tăng từ 10% trở lên so với năm trước: 2; tăng dưới 10% so với năm trước: 1; không tăng: 0",
        ),
    ],
)
def test_points_that_rise_with_harm_are_to_review(name, text):
    reading = read(text, name)
    assert reading.spec is not None
    assert "rate-of-harm" in keys(reading)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Tỷ lệ hồ sơ không trễ hạn", RISING),
        ("Tỷ lệ khiếu nại, tố cáo được giải quyết", RISING),
        ("Tỷ lệ giải quyết khiếu nại, tố cáo", RISING),
        ("Tỷ lệ giảm hồ sơ tồn đọng", RISING),
        ("Tỷ lệ đơn vị không có vi phạm", RISING),
        ("Tỷ lệ thu hồi nợ đọng", RISING),
        ("Khiếu nại", "Giải quyết từ 90% đơn khiếu nại trở lên: 2; dưới 90%: 0"),
        ("Số cán bộ bị kỷ luật", "Có 1 cán bộ: 1; từ 2 cán bộ: 0; không có: 2"),
        ("Tỷ lệ hồ sơ trễ hạn", "Dưới 5%: 2; từ 5% đến 10%: 1; trên 10%: 0"),
        ("Kỷ luật", "Trong năm không có người bị kỷ luật: 2; trong năm có người bị kỷ luật: 0"),
        ("PAKN", "Không để PAKN quá hạn: 2; để PAKN quá hạn: 0"),
        ("Trang bị", "Bố trí trang thiết bị từ 80% trở lên: 2; dưới 80%: 0"),
        ("Thư xin lỗi", "Có thư xin lỗi đối với 100% hồ sơ trễ hạn: 2; dưới 100%: 0"),
    ],
)
def test_points_that_rise_as_harm_is_mended_or_falls_stay_sure(name, text):
    assert keys(read(text, name)) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Khoảng 80% trở lên: 2; dưới 80%: 0", "figure-vague"),
        ("Từ gần 80% trở lên: 2; dưới 80%: 0", "figure-vague"),
        ("Hơn 80%: 2; kém 80%: 0", "figure-vague"),
        ("Từ 80% trở lên: 2 điểm; dưới 80%: tối đa 1 điểm", "award-up-to"),
        ("Có phát sinh: 2; không phát sinh: không chấm điểm", "not-scored-unclear"),
        ("Từ 80% trở lên nếu được xác nhận: 2; dưới 80%: 0", "condition-beside-range"),
        ("Từ 80% trở lên đồng thời có mô hình: 2; dưới 80%: 0", "condition-beside-range"),
        ("Từ 80% trở lên sau khi kiểm tra: 2; dưới 80%: 0", "condition-beside-range"),
        ("Không để xảy ra vi phạm: 2; để xảy ra vi phạm nghiêm trọng: 0", "case-missing"),
        ("Từ 80% trở lên có xác nhận của Sở: 2; dưới 80%: 0", "condition-beside-range"),
        ("Có đề án hoặc có báo cáo: 2; không có đề án hoặc không có báo cáo: 0", "answers-overlap"),
        ("Có đề án và có báo cáo: 2; không có đề án và không có báo cáo: 0", "case-missing"),
        ("Mỗi một phần trăm trễ hạn trừ 0,5 điểm, trừ đến hết điểm", "cases-unread"),
    ],
)
def test_words_that_blur_a_rule_leave_it_to_review(text, reason):
    assert reason in keys(read(text))


def test_each_of_two_denied_leaves_nothing_open_where_one_alone_is_named():
    text = "Có đề án và có báo cáo: 2; có đề án hoặc có báo cáo: 1; không có đề án và không có báo cáo: 0"
    assert "case-missing" not in keys(read(text))


@pytest.mark.parametrize(
    "text",
    [
        "Không vi phạm: 5 điểm; có vi phạm: 0 điểm",
        "Từ 80% trở lên: 5 điểm; dưới 80%: 0 điểm",
        "Mỗi sáng kiến được cộng 1 điểm",
    ],
)
def test_a_penalty_that_never_says_that_it_takes_off_is_to_review(text):
    assert "penalty-not-taken" in keys(read(text, "Kỷ luật", is_penalty=True, most=5.0))


def test_a_penalty_that_always_takes_off_leaves_out_that_nothing_happened():
    text = "Dưới 3 vụ: trừ 1 điểm; từ 3 đến 5 vụ: trừ 3 điểm; trên 5 vụ: trừ 5 điểm"
    reading = read(text, "Kỷ luật", is_penalty=True, most=5.0)
    assert "case-missing" in keys(reading)
    sure = read("Mỗi vụ trừ 1 điểm, trừ không quá 5 điểm", "Kỷ luật", is_penalty=True, most=5.0)
    assert sure.is_sure

"""Formulas, points per case and the sentences beside them become what they state, or a doubt."""

import csv
import math

import numpy as np
import pytest

from scoring.criteria.appendix.scoring_text import ItemFacts, read_scoring
from scoring.rules import compile_rule


def read(text, max_points=1.0, name="Mục thử", beside=()):
    """Read a text; negative points are those of a penalty."""
    item = ItemFacts("1.1", name, abs(max_points), max_points < 0)
    return read_scoring(text, item, beside)


def reasons(reading):
    return [reason.key for reason in reading.reasons]


def earned(reading, **values):
    arrays = {name: np.array([float(value)]) for name, value in values.items()}
    return float(compile_rule(reading.spec).score(arrays, 1).points[0])


def key(spec, corpus):
    parts = [corpus.rule_key(spec)]
    parts += [] if math.isnan(spec.round_to) else [f"round={spec.round_to:g}"]
    parts += [] if spec.not_applicable == "not_allowed" else [f"na={spec.not_applicable}"]
    return " ".join(parts)


# Texts invented in the wordings of five provinces; the unseen ones were written before the reading.
@pytest.mark.parametrize(("part", "count"), [("development", 46), ("unseen", 22), ("second", 20)])
def test_every_invented_text_becomes_what_it_states_or_is_left_to_review(corpus, part, count):
    with (corpus.folder / "formula_texts.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == part]
    met = {}
    for row in rows:
        reading = read(row["text"].replace("¶", "\n"), float(row["max_points"]), row["name"])
        met[row["number"]] = key(reading.spec, corpus) if reading.is_sure else "review"
    assert len(rows) == count
    assert met == {row["number"]: row["expected"] for row in rows}


def test_a_formula_up_to_a_threshold_is_rounded_as_the_decision_says():
    reading = read(
        "- Đạt từ 85% trở lên: 10 điểm\n- Từ 60% đến dưới 85%: Điểm = (Tỷ lệ giải ngân/85%) x 10, "
        "tối đa 10 điểm, làm tròn 02 chữ số\n- Dưới 60%: 0 điểm",
        10.0,
    )
    assert reading.is_sure
    assert [earned(reading, percent=p) for p in (59, 60, 70, 85, 99)] == [0, 7.06, 8.24, 10, 10]


def test_a_quotient_in_words_asks_for_both_its_figures_as_the_decision_writes_them():
    reading = read("Điểm = (Số hồ sơ TTHC đúng hạn / Tổng số hồ sơ TTHC) × 3", 3.0)
    assert [entry.label_vi for entry in reading.spec.inputs] == [
        "Số hồ sơ TTHC đúng hạn", "Tổng số hồ sơ TTHC",
    ]  # fmt: skip
    assert earned(reading, numerator=30, denominator=40) == 2.25


@pytest.mark.parametrize(
    "text",
    [
        "Tỷ lệ đạt × 2, làm tròn lên",
        "Tỷ lệ đạt × 2, làm tròn theo hướng dẫn",
        "Từ 80% trở lên: 2; từ 50% đến dưới 80%: tỷ lệ × điểm tối đa, làm tròn đến 0,25 điểm; dưới 50%: 0,1",
        "Điểm = (A/B) × 2, trong đó A là số hồ sơ đúng hạn",
        "Tỷ lệ đạt × 2, tối đa 1,5 điểm",
        "Điểm = Tỷ lệ a% × 2",
        "Điểm = Tỷ lệ hồ sơ trễ hạn × 2",
        "Điểm = (Số hồ sơ quá hạn / Tổng số hồ sơ) × 2",
        "Mỗi loại hồ sơ đủ: 2đ; tối đa 2đ; vụ/việc khác trừ 1 điểm/lần/đơn vị",
    ],
)
def test_no_formula_is_sure_with_a_part_of_it_dropped(text):
    assert not read(text, 2.0).is_sure


def test_the_percent_of_a_formula_is_named_by_its_words():
    reading = read("Điểm = Tỷ lệ % kết luận, kiến nghị đến hạn được thực hiện × 6,0", 6.0, "II.3")
    label = reading.spec.inputs[0].label_vi
    assert reading.is_sure and label == "Tỷ lệ % kết luận, kiến nghị đến hạn được thực hiện"


def test_what_a_penalty_takes_off_for_each_case_is_counted_and_never_left_over():
    reading = read("Cứ mỗi lần chậm báo cáo trừ 0,5 điểm, trừ không quá 2 điểm", -2.0)
    assert reading.is_sure
    assert [earned(reading, count=n) for n in (0, 1, 9)] == [0.0, 0.5, 2.0]


def test_a_sentence_beside_the_cases_that_is_not_understood_leaves_a_proposal():
    reading = read("trừ 5 điểm/vụ, tối đa 5 điểm. Tái phạm thì xếp loại Yếu.", -5.0)
    assert reasons(reading) == ["step-unread"]
    assert (reading.spec.kind, reading.spec.points_each) == ("count", 5.0)


def test_points_taken_off_from_the_whole_say_so_or_are_doubted():
    assert read("Họp đủ các kỳ: 2đ; thiếu mỗi kỳ trừ 0,5đ, trừ đến hết điểm", 2.0).is_sure
    assert reasons(read("Họp đủ các kỳ: 2đ; thiếu mỗi kỳ trừ 0,5đ", 2.0)) == ["floor-not-stated"]
    text = "Có quy chế: 2đ; mỗi lần vi phạm trừ 0,5đ, trừ đến hết điểm"
    assert reasons(read(text, 2.0)) == ["start-not-stated"]
    text = "Đủ hồ sơ, gửi đúng hạn: 2đ; thiếu mỗi loại trừ 0,5đ, trừ đến hết điểm"
    assert reasons(read(text, 2.0)) == ["start-not-stated"]
    assert reasons(read("trừ 0,5 điểm/kỳ họp, tối đa 2 điểm", 2.0)) == ["start-not-stated"]
    late = "Gửi đúng hạn: 2đ; cứ chậm 01 ngày trừ 0,5đ, trừ đến hết điểm"
    assert reasons(read(late, 2.0)) == ["never-not-stated"]


STEPS = "Từ 90% trở lên: 2 điểm; dưới 90%: 0 điểm"


@pytest.mark.parametrize(
    ("beside", "policy"),
    [
        ("Đơn vị không phát sinh hồ sơ thì giảm trừ điểm tối đa tương ứng", "drop"),
        ("Tháng không phát sinh thì không chấm tiêu chí này và điểm tối đa được giảm trừ", "drop"),
        ("Xã không thuộc phạm vi tiêu chí này thì được tính điểm tối đa", "full"),
        ("Trong năm không phát sinh vụ việc thì ghi 100% để tính đủ 2,0đ", "full"),
    ],
)
def test_units_that_are_excused_are_so_in_the_rule_wherever_it_is_said(beside, policy):
    for reading in (
        read(f"{STEPS}. {beside}.", 2.0),
        read(f"{STEPS}\n[Ghi chú] {beside}", 2.0),
        read(STEPS, 2.0, beside=[beside]),
    ):
        assert reading.is_sure, reasons(reading)
        assert reading.spec.not_applicable == policy
        assert reading.remarks == (beside,)


@pytest.mark.parametrize(
    "beside",
    [
        "Đơn vị không phát sinh thì không chấm",
        "Đơn vị không phát sinh thì được tính 1 điểm",
        "Đơn vị không phát sinh mà không báo cáo thì giảm trừ điểm tối đa tương ứng",
        "Đơn vị không có báo cáo thì được tính điểm tối đa",
        "Đơn vị không phát sinh do lỗi chủ quan thì giảm trừ điểm tối đa tương ứng",
        "Trong năm không phát sinh vụ việc thì ghi 100% để tính đủ 1,5đ",
        "Xã miền núi được cộng 0,5 điểm",
        "Áp dụng từ quý sau",
    ],
)
def test_a_remark_that_is_not_understood_whole_leaves_the_row_to_review(beside):
    assert reasons(read(STEPS, 2.0, beside=[beside])) == ["note-beside"]
    assert not read(f"{STEPS}\nGhi chú: {beside}", 2.0).is_sure


def test_a_remark_that_a_narrow_column_breaks_or_runs_into_another_is_read_whole():
    for beside in (
        "Đơn vị không được\nUBND tỉnh giao nhiệm vụ thì giảm trừ\nđiểm tối đa tương ứng",
        "Báo cáo của đơn vị Tháng không phát sinh thì không chấm và điểm tối đa được giảm trừ",
    ):
        reading = read(STEPS, 2.0, beside=[beside])
        assert reading.is_sure and reading.spec.not_applicable == "drop"


def test_remarks_that_list_documents_or_repeat_the_steps_are_no_doubt():
    for beside in ("Báo cáo kết quả thực hiện, link đăng bài", "Văn phòng cung cấp", STEPS):
        assert read(STEPS, 2.0, beside=[beside]).is_sure, beside


def test_a_sentence_on_grades_is_kept_for_the_grades():
    reading = read("trừ 5 điểm/vụ, tối đa 5 điểm. Không xếp loại Xuất sắc trong năm.", -5.0)
    assert reading.is_sure and reading.grades == ("Không xếp loại Xuất sắc trong năm",)


def test_what_is_no_case_bears_on_counts_only():
    sentence = "Mô hình chỉ dừng ở ý tưởng: không tính điểm"
    assert read(f"Mỗi mô hình: 1đ; tối đa 2đ. {sentence}.", 2.0).remarks == (sentence,)
    assert not read(f"Có mô hình: 2đ; không có mô hình: 0đ. {sentence}.", 2.0).is_sure
    assert not read("Mỗi đề tài: 1đ; tối đa 2đ. Chỉ tính 01 lần.", 2.0).is_sure


def test_what_voids_the_whole_criterion_goes_to_review_with_its_words():
    reading = read("Đủ hồ sơ: 2đ; không đủ hồ sơ: 0đ toàn tiêu chí", 2.0)
    assert reasons(reading) == ["voids-criterion"] and reading.spec.kind == "choice"

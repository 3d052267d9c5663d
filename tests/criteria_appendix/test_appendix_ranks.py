"""Ranks in scoring texts: the first is the best, so that "từ 5 trở lên" means 1 to 5."""

import pytest

from scoring.criteria.appendix.scoring_text import ItemFacts, read_scoring

SECOND = "bands (-inf,6)=2 [6,11)=1 [11,inf)=0"
TEXTS = [
    ("Xếp hạng từ 5 trở lên: 2 điểm; từ 6 đến 10: 1 điểm; còn lại: 0 điểm", SECOND),
    ("Hạng 5 trở lên: 2đ; hạng 6 - 10: 1đ; hạng 11 trở xuống: 0đ", SECOND),
    ("- Thứ hạng 5 trở lên: 2\n- Thứ hạng từ 6 đến 10: 1\n- Thứ hạng dưới 10: 0", SECOND),
    ("Vị trí thứ 5 trở lên: 2; vị trí thứ 6 đến thứ 10: 1; từ vị trí thứ 11 trở đi: 0", SECOND),
    ("Nằm trong top 5: 2 điểm; từ hạng 6 đến hạng 10: 1 điểm; ngoài top 10: 0 điểm", SECOND),
    ("Đứng thứ 1 đến thứ 5 toàn tỉnh: 2; đứng thứ 6 đến thứ 10: 1; các vị trí khác: 0", SECOND),
    ("Xếp hạng 1-5: 2đ; xếp hạng 6-10: 1đ; xếp hạng 11-34: 0đ", SECOND),
    ("Nhóm 5 địa phương dẫn đầu: 2 điểm; hạng 6 đến 10: 1 điểm; các địa phương còn lại: 0", SECOND),
    ("Xếp thứ nhất: 2; xếp thứ hai đến thứ năm: 1; còn lại: 0",
     "bands (-inf,2)=2 [2,6)=1 [6,inf)=0"),
    ("Thứ hạng 10 trở lên: 2 điểm; dưới hạng 10: 0 điểm", "bands (-inf,11)=2 [11,inf)=0"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rule"), TEXTS)
def test_the_best_ranks_earn_most_however_they_are_worded(corpus, text, rule):
    reading = read_scoring(text, ItemFacts("1.1", "Chỉ số DDCI", 2.0))
    assert reading.is_sure, [reason.text() for reason in reading.reasons]
    assert corpus.rule_key(reading.spec) == rule
    assert reading.spec.inputs[0].kind == "rank"


def test_the_name_of_the_item_may_say_that_its_figures_are_ranks(corpus):
    item = ItemFacts("1.1", "Kết quả xếp hạng chuyển đổi số", 1.0)
    reading = read_scoring("Từ 3 trở lên: 1; từ 4 trở xuống: 0", item)
    assert corpus.rule_key(reading.spec) == "bands (-inf,4)=1 [4,inf)=0"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Xếp hạng từ 5 trở lên: 0; từ 6 trở xuống: 2", "rank-upside-down"),
        ("Hạng 5 trở lên: 2; từ hạng 7 trở xuống: 0", "border-in-no-step"),
        ("Hạng 5 trở lên: 2; hạng 6 đến 10: 1", "case-missing"),
        ("Hạng 2 đến hạng 5: 2; còn lại: 0", "steps-incomplete"),
        ("Xếp hạng từ 5 trở lên và không có vi phạm: 2; còn lại: 0", "steps-incomplete"),
        ("Tăng từ 3 bậc xếp hạng trở lên: 2; còn lại: 0", "steps-incomplete"),
        ("Xếp hạng từ 5 trở lên: 2; không được xếp hạng: 0", "step-unread"),
    ],
)
def test_ranks_that_leave_a_doubt_are_left_to_review(text, reason):
    reading = read_scoring(text, ItemFacts("1.1", "Chỉ số DDCI", 2.0))
    assert not reading.is_sure
    assert reason in [met.key for met in reading.reasons]

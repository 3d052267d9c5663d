"""Six invented appendices of reform indices, as five provinces and a ministry would word them.

None of them stands in any decision. Appendices e and f were written with the others and kept unseen
until the grammar was read: at first sight 30 of 32 and 25 of 30 of their rules were right and sure.
``python tests/criteria_appendix/test_par_appendices.py`` prints every rule that is not.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from scoring.criteria.appendix.scoring_text import ItemFacts, read_scoring

ROWS = Path(__file__).parent / "data" / "par_appendices.csv"


def every_row(appendix):
    """Return the rows of an appendix in its order; `level` 1 is an area."""
    with ROWS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["appendix"] == appendix]
    return [row | {"text": row["text"].replace("¶", "\n")} for row in rows]


def leaves(appendix):
    return [row for row in every_row(appendix) if row["text"]]


def read_row(row):
    return read_scoring(row["text"], ItemFacts(row["code"], row["name"], float(row["max_points"])))


def verdict(row, key):
    """Compare with what is expected; what does not decide itself is never rightly sure."""
    reading = read_row(row)
    is_right = reading.spec is not None and key(reading.spec) == row["expected"]
    if reading.is_sure:
        return "right-sure" if is_right and row["decides"] == "yes" else "wrong-sure"
    return "proposed-right" if is_right else "to-review"


@pytest.mark.parametrize(
    ("appendix", "least_right"), [("a", 33), ("b", 29), ("c", 25), ("d", 26), ("e", 31), ("f", 28)]
)
def test_rules_of_an_appendix_are_right_and_sure(corpus, appendix, least_right):
    met = {row["name"]: verdict(row, corpus.rule_key) for row in leaves(appendix)}
    assert [name for name, said in met.items() if said == "wrong-sure"] == []
    assert Counter(met.values())["right-sure"] >= least_right


@pytest.mark.parametrize(
    "text",
    [
        "Có phòng đúng quy định: 1; có phòng không đúng quy định: 0",
        "Có báo cáo, có kế hoạch: 1; không có báo cáo, có kế hoạch: 0",
        "Không có kỷ luật, không có đơn thư: 1; có kỷ luật, không có đơn thư: 0",
        "Hoàn thành 100% đúng hạn: 1; không hoàn thành 100%: 0",
        "100% báo cáo gửi đúng hạn, đủ nội dung: 1; có báo cáo không gửi đúng hạn: 0",
        "100% báo cáo gửi đúng hạn: 1; có báo cáo không gửi: 0",
        "Thực hiện đủ 4 quý, đúng hạn: 1; không đủ 4 quý: 0",
        "Tham gia đầy đủ, đúng giờ hội nghị: 1; vắng 01 hội nghị: 0,5; vắng từ 02 hội nghị trở lên: 0",
        "Đầy đủ nội dung: 1; thiếu 01 báo cáo: 0,5; thiếu từ 02 báo cáo trở lên: 0",
        "Mức 1 (từ 90%, đúng hạn): 1; Mức 2 (dưới 90%): 0",
        "Có tổ chức: 1 điểm/lần; không tổ chức: 0",
        "Trong tháng 6 năm đánh giá: 1; sau tháng 6 năm đánh giá: 0,5; không ban hành: 0",
        "Đến hết quý I năm đánh giá: 1; sau quý II năm đánh giá: 0,5; không ban hành: 0",
        "Cắt giảm từ 20% trở lên: 1; cắt giảm dưới 20%: 0,5",
        "A ≥ 90%: 1; B < 90%: 0",
        "(Tỷ lệ hồ sơ x điểm tối đa)/100",
        "ĐH = Tổng số hồ sơ / số hồ sơ đúng hạn × 100%; ĐH ≥ 90%: 1; ĐH < 90%: 0",
    ],
)
def test_a_text_that_leaves_something_out_or_mixes_two_measures_is_left_to_review(text):
    assert not read_scoring(text, ItemFacts("1.1", "Mục thử", 1.0)).is_sure


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Có: 1 điểm/Không: 0 điểm", "choice 1 0"),
        ("Đạt: 1 - Không đạt: 0", "choice 1 0"),
        ("Mức 1 (từ 90% trở lên): 1; Mức 2 (dưới 90%): 0", "bands (-inf,90)=0 [90,inf)=1"),
        ("Loại B: dưới 90%: 0; Loại A: từ 90% trở lên: 1", "bands (-inf,90)=0 [90,inf)=1"),
        ("80% ≤ x: 1; x < 80%: 0", "bands (-inf,80)=0 [80,inf)=1"),
        ("Hồ sơ (HS) từ 80% trở lên: 1; HS dưới 80%: 0", "bands (-inf,80)=0 [80,inf)=1"),
        ("Chấm 1 điểm nếu đạt; chấm 0 điểm nếu không đạt", "choice 1 0"),
        (
            "Thực hiện đủ 4 quý: 1; thực hiện không đủ 4 quý: 0,5; không thực hiện: 0",
            "choice 1 0.5 0",
        ),
        ("Tất cả công chức đeo thẻ: 1; có công chức không đeo thẻ: 0", "choice 1 0"),
        (
            "Dự đầy đủ hội nghị: 1; vắng từ 01 hội nghị trở lên: 0",
            "bands (-inf,1)=1 [1,inf)=0",
        ),
        (
            "Trước tháng 2 năm đánh giá: 1; từ tháng 2 năm đánh giá trở đi: 0,5; chưa ban hành: 0",
            "deadline due=year-02-01 (-inf,0)=1 [0,inf)=0.5 never=0",
        ),
        (
            "T = Số hồ sơ đúng hạn / Tổng số hồ sơ × 100%; T ≥ 90%: 1; T < 90%: 0",
            "bands (-inf,90)=0 [90,inf)=1 pair",
        ),
    ],
)
def test_wordings_of_appendices_are_read(corpus, text, expected):
    reading = read_scoring(text, ItemFacts("1.1", "Mục thử", 1.0))
    assert reading.is_sure, [reason.text() for reason in reading.reasons]
    assert corpus.rule_key(reading.spec) == expected


if __name__ == "__main__":
    from conftest import rule_key

    for appendix in "abcdef":
        for row in leaves(appendix):
            if (said := verdict(row, rule_key)) != "right-sure":
                print(f"{appendix} {row['code']:6} {said:14} {row['decides']:3} {row['text'][:90]}")  # noqa: T201

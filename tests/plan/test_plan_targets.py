"""Targets in a plan's own sentences, and how many of them are found."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_samples import TITLE, plan_of

from scoring.plan.plan_targets import read_targets

DATA = Path(__file__).parent / "data"


def only(sentence: str, year: int = 2022):
    (target,) = read_targets(sentence, year)
    return target


@pytest.mark.parametrize(
    ("sentence", "comparison", "value"),
    [
        ("Trên 99% hồ sơ được giải quyết đúng hạn", ">", 99.0),
        ("Từ 75% trở lên hồ sơ luân chuyển điện tử", ">=", 75.0),
        ("Mức độ hài lòng đạt tối thiểu 85%", ">=", 85.0),
        ("Cắt giảm ít nhất 25% thời gian giải quyết", ">=", 25.0),
        ("Hoàn thành 100% kế hoạch đào tạo", "=", 100.0),
        ("99,99% hồ sơ đúng hạn", "=", 99.99),
        ("Tỷ lệ trễ hạn không quá 1,5%", "<=", 1.5),
        ("Tỷ lệ hồ sơ trễ hạn dưới 2%", "<", 2.0),
        ("Năm 2022 giảm 1,8% biên chế so với năm 2021", "decrease", 1.8),
        ("Kiểm tra từ 30% số phòng", ">=", 30.0),
        ("Đạt 10-15 % số đơn vị", "between", 10.0),
    ],
)
def test_the_word_before_the_figure_says_how_it_compares(sentence, comparison, value):
    target = only(sentence)
    assert (target.comparison, target.value, target.unit) == (comparison, value, "%")


def test_the_indicator_is_the_statement_without_its_figure():
    assert only("Mức độ hài lòng của người dân đạt trên 85%.").indicator == (
        "Mức độ hài lòng của người dân"
    )
    assert only("Phấn đấu 100% văn bản được xử lý").indicator == "Văn bản được xử lý"


def test_a_sentence_with_several_figures_gives_a_target_each():
    found = read_targets(
        "Từ 75% trở lên TTHC thanh toán trực tuyến, trong đó giao dịch đạt từ 25% trở lên;"
        " 100% phản ánh được xử lý.",
        2022,
    )
    assert [(t.comparison, t.value) for t in found] == [(">=", 75), (">=", 25), ("=", 100)]


def test_a_comparison_with_another_year_has_a_baseline_and_no_figure():
    target = only("Tỷ lệ TTHC trực tuyến có phát sinh hồ sơ cao hơn so với năm 2021")
    assert (target.comparison, target.value, target.unit) == (">", None, "yoy")
    assert target.baseline == "năm 2021"


def test_a_condition_and_a_later_year_are_kept():
    assert only("Trên 80% kiến nghị được xử lý (nếu có)").condition == "nếu có"
    assert only("Hài lòng đạt trên 80% vào năm 2025", 2021).year == 2025
    assert only("Hài lòng đạt trên 80%", 2021).year == 2021


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("Tổ chức 02 lớp tập huấn cho 140 CBCC cấp xã", [2.0, 140.0]),
        ("Xây dựng 01 hệ thống phần mềm", [1.0]),
        ("Triển khai tại 19 sở, 12 huyện", []),
        ("Đối thoại 2 lần/năm", []),
    ],
)
def test_things_counted_are_targets_where_a_verb_asks_for_them(sentence, values):
    assert [target.value for target in read_targets(sentence, 2024)] == values


@pytest.mark.parametrize(
    "sentence",
    [
        "Trung tâm có mức độ đảm bảo 14% chi thường xuyên",
        "Năm trước đã đạt 80%",
        "Căn cứ Nghị quyết đặt mục tiêu 90%",
        "Theo Quyết định số 30/2021/QĐ-UBND",
    ],
)
def test_figures_of_rules_and_of_the_past_are_no_targets(sentence):
    assert read_targets(sentence, 2022) == []


def test_targets_in_the_text_know_their_area_and_their_place():
    plan = plan_of(TITLE + "3. Cải cách thủ tục hành chính\n\n- Đúng hạn đạt trên 99%.\n")
    target = plan.targets.iloc[0]
    assert (target["area_code"], target["source_place"]) == ("procedures", "dòng 5")
    assert not target["confirmed"]


def test_more_than_all_is_pointed_out():
    plan = plan_of(TITLE + "- Phấn đấu trên 100% văn bản được rà soát.\n")
    assert "target-above-all" in [finding.code for finding in plan.findings]


@given(st.text(max_size=300))
def test_any_text_at_all_is_read_without_failing(text):
    assert isinstance(read_targets(text, 2022), list)


@pytest.mark.needs_shared
def test_recall_and_precision_on_the_five_real_plans(seed_plans, capsys):
    """All 94 targets read by hand against those found, by line, figures, unit and year.

    Beside them the five plans set a task "2 lần/năm" four times, which is when it recurs: its
    deadlines hold that, and no target. 98 figures are what a hand finds in all.

    The patterns were written with these five plans in view, so this measures what is kept, not
    what to expect of an unseen plan.
    """
    by_hand = pd.read_csv(DATA / "targets_by_hand.csv")
    wanted = Counter(by_hand.fillna(-1.0).itertuples(index=False, name=None))
    found: Counter = Counter()
    for name, plan in seed_plans.items():
        lines = plan.targets["source_place"].str.extract(r"(\d+)")[0].astype(int)
        read = plan.targets[["comparison", "value", "upper_value", "unit", "year"]].fillna(-1.0)
        found.update(zip([name] * len(lines), lines, *(read[c] for c in read), strict=True))
    right = sum((wanted & found).values())
    recall, precision = right / wanted.total(), right / found.total()
    with capsys.disabled():
        sys.stdout.write(
            f"\ntargets: {right} of {wanted.total()} found ({recall:.1%}), {precision:.1%} right\n"
        )
    assert recall >= 0.98 and precision >= 0.98


@pytest.mark.parametrize(
    ("batch", "least_recall", "least_precision"), [(1, 0.95, 0.95), (2, 0.75, 0.95)]
)
def test_recall_and_precision_on_wordings_the_five_plans_do_not_have(
    batch, least_recall, least_precision
):
    """Invented sentences, each batch written before the reader was tried on it.

    On first sight 30 of 37 targets of batch 1 were found and 30 of 34 found were right; of batch 2,
    after mending for batch 1, 17 of 25 and 17 of 18. Expect of a new plan what batch 2 showed: nearly
    all percentages, two in three of the other figures.
    """
    sentences = pd.read_csv(DATA / "targets_invented.csv", keep_default_na=False)
    wanted: Counter = Counter()
    found: Counter = Counter()
    for row in sentences[sentences["batch"] == batch].itertuples(index=False):
        wanted.update((row.sentence, told) for told in row.wanted.split("; ") if told)
        for target in read_targets(row.sentence, 2024):
            value = "" if target.value is None else f"{target.value:g}"
            found[row.sentence, f"{target.comparison} {value}".strip()] += 1
    right = (wanted & found).total()
    assert right / wanted.total() >= least_recall
    assert right / found.total() >= least_precision


def test_what_was_found_at_first_sight_is_still_found():
    """25 sentences written before the reader was tried on them, held apart from its mending.

    17 of 26 targets were found with every detail, and 17 of 20 found were right: missed were shares
    in words ("một nửa"), "không còn", ranges of counts, a rank told as a place, and a year compared
    without "so với"; the change that a bound hides ("giảm tối thiểu") comes back with its binding.
    """
    sentences = pd.read_csv(DATA / "targets_first_sight.csv", keep_default_na=False, dtype=str)
    right = found = 0
    for _, rows in sentences.groupby("sentence_number", sort=False):
        first = rows.iloc[0]
        wanted = Counter(tuple(row) for row in rows[_DETAILS].to_numpy() if row[0])
        read = read_targets(first["sentence"], int(first["plan_year"]))
        told = Counter(
            (t.comparison, _shown(t.value), _shown(t.upper_value), t.unit, str(t.year))
            for t in read
        )
        right, found = right + (wanted & told).total(), found + told.total()
    assert right >= 17 and found - right <= 3


_DETAILS = ["comparison", "value", "upper_value", "unit", "year"]


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


@pytest.mark.parametrize(
    ("sentence", "is_sure"),
    [
        ("Mức độ hài lòng của người dân đạt trên 85%", True),
        ("Đúng hạn đạt 99%, trong đó cấp xã đạt 95%", False),
        ("Cấp 60% dịch vụ công mức độ 3", False),
        ("Mỗi đơn vị giảm bình quân ít nhất 10% chi phí", False),
    ],
)
def test_a_reading_is_sure_only_where_it_used_every_word(sentence, is_sure):
    assert {target.is_sure for target in read_targets(sentence, 2025)} == {is_sure}

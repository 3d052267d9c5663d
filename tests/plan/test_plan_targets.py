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

from scoring.plan.plan_targets import read_alls, read_frequencies, read_targets
from scoring.plan.target_bindings import comparator_of, propose_bindings, targets_from_text

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
    """All 101 targets read by hand against those found, by line, figures, unit and year.

    94 are set in figures; four want a thing done "2 lần/năm", a kind of their own beside the
    deadlines it gives; three want it of all ("tất cả", "toàn bộ"). Left out on purpose are two
    counts that only say where a system is set up ("19 sở, 12 huyện") and a figure said twice.

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
    without "so với", which are read since. The change that a bound hides ("giảm tối thiểu") still
    comes back with its binding, where the second batch asks for it.
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
    assert right >= 23 and found - right <= 3


def test_a_second_25_sentences_are_read_as_they_were_after_mending():
    """Written after the reader was mended for the first 25, before it was tried on these.

    At first sight 19 of 27 targets were found with every detail, the comparator of the binding
    among them, and 19 of 24 found were right; no wrong reading was sure. Still missed are a
    percent of a part ("hai phần ba số xã có trên 80%") and "xuống còn"; a result of last year in
    the middle of a sentence is still taken for a target.
    """
    sentences = pd.read_csv(DATA / "targets_second_sight.csv", keep_default_na=False, dtype=str)
    right = found = wanted_in_all = 0
    for _, rows in sentences.groupby("sentence_number", sort=False):
        sentence, year = rows["sentence"].iloc[0], int(rows["plan_year"].iloc[0])
        details = ["comparator", *_DETAILS[1:]]
        wanted = Counter(tuple(row) for row in rows[details].to_numpy() if row[0])
        read = [*read_targets(sentence, year), *read_alls(sentence, year)]
        told = Counter(
            (comparator_of(t), _shown(t.value), _shown(t.upper_value), t.unit, str(t.year))
            for t in read
        )
        same = (wanted & told).total()
        assert same == told.total() or not any(t.is_sure for t in read), sentence
        right, found, wanted_in_all = (
            right + same,
            found + told.total(),
            wanted_in_all + wanted.total(),
        )
    assert (right, wanted_in_all) == (25, 27) and found <= 26


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


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        (
            "Tỷ lệ hồ sơ đúng hạn đến năm 2027 đạt 85%, đến năm 2030 đạt 95%",
            [("Hồ sơ đúng hạn", 85, 2027), ("Hồ sơ đúng hạn", 95, 2030)],
        ),
        (
            "Hài lòng đạt tối thiểu 90% vào năm 2027 và 95% vào năm 2030",
            [("Hài lòng", 90, 2027), ("Hài lòng", 95, 2030)],
        ),
        (
            "Đến năm 2027 đạt 80%, đến năm 2030 đạt 95% hộ có định danh",
            [("Hộ có định danh", 80, 2027), ("Hộ có định danh", 95, 2030)],
        ),
        ("Đến hết năm 2028, tối thiểu 90% hồ sơ số hóa", [("Hồ sơ số hóa", 90, 2028)]),
        ("Giai đoạn 2026 - 2030, 100% xã có trung tâm", [("Xã có trung tâm", 100, 2030)]),
        (
            "Chỉ số PCI đến năm 2027 trong nhóm 20, đến năm 2030 trong nhóm 10",
            [("Chỉ số PCI", 20, 2027), ("Chỉ số PCI", 10, 2030)],
        ),
        (
            "Đúng hạn năm 2027 đạt 80%; năm 2030 đạt 100%",
            [("Đúng hạn", 80, 2027), ("Đúng hạn", 100, 2030)],
        ),
    ],
)
def test_each_phase_has_its_own_year_and_the_aim_that_is_named_once(sentence, told):
    assert [(t.indicator, t.value, t.year) for t in read_targets(sentence, 2026)] == told


def test_phases_of_one_aim_make_one_path():
    text = "Tỷ lệ đúng hạn đến năm 2027 đạt 85%, đến năm 2030 đạt 95%"
    assert propose_bindings(targets_from_text(text, 2026))["path"].tolist() == ["CT-01", "CT-01"]


def test_a_heading_sets_the_year_of_what_stands_below_it():
    plan = plan_of(
        TITLE + "II. MỤC TIÊU ĐẾN NĂM 2030\n\n1. Cải cách thể chế\n\n- 100% xã đạt.\n\n"
        "- Đến năm 2027: 80% xã đạt.\n\nIII. NHIỆM VỤ\n\n- 90% xã đạt.\n"
    )
    assert plan.targets["year"].tolist() == [2030, 2027, plan.year]
    assert not plan.targets["is_sure"].iloc[0]


def test_a_table_with_a_column_a_year_gives_a_target_a_cell():
    rows = [
        ("TT", "Chỉ tiêu", "Đơn vị tính", "Năm 2027", "Năm 2030"),
        ("1", "Hồ sơ đúng hạn", "%", "97", "≥ 99,5"),
        ("2", "Hồ sơ trễ hạn (%)", "", "dưới 2%", "–"),
        ("3", "Xếp hạng Chỉ số CCHC", "thứ hạng", "20", "10"),
        ("4", "Mô hình mới", "mô hình", "3-5", "10 trở lên"),
    ]
    plan = plan_of(TITLE + "\n".join("\t".join(row) for row in rows) + "\n")
    names = ["indicator", "comparison", "value", "upper_value", "unit", "year"]
    assert "target-cell-without-figure" not in {found.code for found in plan.findings}
    assert plan.targets[names].fillna(0).values.tolist() == [
        ["Hồ sơ đúng hạn", "=", 97, 0, "%", 2027],
        ["Hồ sơ đúng hạn", ">=", 99.5, 0, "%", 2030],
        ["Hồ sơ trễ hạn", "<", 2, 0, "%", 2027],
        ["Xếp hạng Chỉ số CCHC", "<=", 20, 0, "thứ hạng", 2027],
        ["Xếp hạng Chỉ số CCHC", "<=", 10, 0, "thứ hạng", 2030],
        ["Mô hình mới", "between", 3, 5, "mô hình", 2027],
        ["Mô hình mới", ">=", 10, 0, "mô hình", 2030],
    ]


def test_a_cell_of_a_year_without_a_figure_is_named():
    table = "TT\tChỉ tiêu\tĐVT\tNăm 2027\tNăm 2030\n1\tHồ sơ trực tuyến\t%\tTăng\t90\n"
    plan = plan_of(TITLE + table)
    told = [f for f in plan.findings if f.code == "target-cell-without-figure"]
    assert [f.values for f in told] == [
        {"target": "Hồ sơ trực tuyến", "year": 2027, "text": "Tăng"}
    ]
    assert told[0].cell and plan.targets["value"].tolist() == [90]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Đối thoại với doanh nghiệp 2 lần/năm", [("=", 2, "lần/năm")]),
        ("Kiểm tra ít nhất 01 lần/quý", [(">=", 1, "lần/quý")]),
        ("Mỗi năm tổ chức đối thoại 02 lần", [("=", 2, "lần/năm")]),
        ("Báo cáo hằng quý", []),
    ],
)
def test_how_often_a_thing_is_wanted_is_a_target_of_its_own_kind(text, told):
    assert [(t.comparison, t.value, t.unit) for t in read_frequencies(text, 2026)] == told


@pytest.mark.parametrize(
    ("sentence", "comparator"),
    [
        ("Chỉ số PCI tăng ít nhất 02 bậc so với năm 2024", "grow-by"),
        ("Năm 2026 giảm ít nhất 2% biên chế so với năm 2021", "reduce-by"),
        ("Số cuộc họp giảm ít nhất một nửa so với năm 2025", "reduce-by"),
        ("Năm 2026 đạt ít nhất 20%, giảm phiền hà", "at-least"),
    ],
)
def test_a_change_is_seen_before_the_figure_itself(sentence, comparator):
    assert [comparator_of(target) for target in read_targets(sentence, 2026)] == [comparator]


def test_tasks_that_are_done_do_not_stand_for_the_things_a_task_counts():
    targets = targets_from_text("Tổ chức 02 lớp tập huấn cho 140 CBCC", 2026)
    assert propose_bindings(targets.assign(task_code="VI.7"))["source"].tolist() == ["", ""]


def test_a_table_of_targets_of_one_year_is_read_where_it_has_a_column_of_units():
    head = ("TT", "Chỉ tiêu", "Đơn vị tính", "Kế hoạch năm 2022", "Chủ trì")
    table = "\n".join("\t".join(r) for r in (head, ("1", "Hồ sơ đúng hạn", "%", "98", "Văn phòng")))
    [target] = plan_of(f"{TITLE}\n{table}").targets.itertuples()
    assert (target.value, target.unit, target.year, target.is_sure) == (98.0, "%", 2022, False)

"""Scoring texts become the rules they state, or are left to review; none becomes another rule."""

import csv
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.criteria.appendix.scoring_text import ItemFacts, read_scoring
from scoring.rules import compile_rule
from scoring.rules.rule_check import check_rule


def read(text, max_points=1.0, name="Mục thử"):
    return read_scoring(text, ItemFacts("1.1", name, max_points))


def reasons(text, max_points=1.0, name="Mục thử"):
    return [reason.key for reason in read(text, max_points, name).reasons]


def points(reading, **values):
    arrays = {name: np.array([float(value)]) for name, value in values.items()}
    return float(compile_rule(reading.spec).score(arrays, 1).points[0])


# At least so many texts must come out right or be rightly left to review; wrong ones never.
@pytest.mark.parametrize(
    ("part", "least_right"),
    [
        ("development", 88),
        ("held_back", 101),
        ("grammar", 27),
        ("unseen", 14),
        ("first_sight", 28),
        ("wordings", 122),
    ],
)
def test_no_text_of_the_corpus_is_read_wrongly(corpus, part, least_right, record_property):
    verdicts = {
        entry.number: corpus.verdict(read(entry.text, entry.max_points, entry.name), entry)
        for entry in corpus.entries(part)
    }
    counts = corpus.count(verdicts.values())
    for name in ("right", "review", "wrong"):
        record_property(name, counts[name])
    assert [number for number, verdict in verdicts.items() if verdict == "wrong"] == []
    assert counts["right"] >= least_right


def test_every_rule_read_from_the_corpus_passes_the_registry(corpus):
    for part in ("development", "held_back", "grammar", "unseen", "first_sight", "wordings"):
        for entry in corpus.entries(part):
            reading = read(entry.text, entry.max_points, entry.name)
            if reading.spec is not None:
                assert check_rule(reading.spec) == []
                assert compile_rule(reading.spec).sentence("vi")


CA_MAU = {
    "1.1.1": "choice 1 0.5 0",
    "1.1.2": "all_of 2",
    "1.1.3": "choice 1 0",
    "1.1.4": "bands (-inf,70)=0 [70,90]=1 (90,inf)=2",
    "1.2.1": "all_of 2",
    "1.2.2": "choice 1 0",
    "1.3": "review",
}


@pytest.mark.needs_shared
def test_the_rows_of_ca_mau_are_read_as_the_decision_states_them(corpus, shared_folder):
    path = shared_folder / "domain" / "rubric_ca_mau_2013_partial.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    assert len(rows) == 10
    for code, expected in CA_MAU.items():
        row = rows[code]
        reading = read(row["rule_text"], float(row["max_points"]), row["name"])
        met = corpus.rule_key(reading.spec) if reading.is_sure else "review"
        assert met == expected, code


PATTERNS = (
    "bands (-inf,80)=0 [80,100)=0.5 [100,100]=1",
    "bands (-inf,20)=0 [20,30)=0.5 [30,inf)=1",
    "bands (-inf,80)=0 [80,100)=share [100,100]=1",
    "bands (-inf,1)=0 [1,2)=0.5 [2,inf)=1",
    "review",
    "ratio floor=95",
    "choice 1 0",
    "review",
    "review",
    "survey_index",
    "review",
    "review",
)


@pytest.mark.needs_shared
def test_the_unverified_patterns_are_read_or_left_to_review(corpus, shared_folder):
    path = shared_folder / "domain" / "rule_patterns_UNVERIFIED.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, expected in zip(rows, PATTERNS, strict=True):
        # Remarks in brackets are the collector's, not part of the scoring text.
        text = row["rule_text"].split(" (other")[0].split(" (30%")[0]
        try:
            max_points = float(row["max_points"])
        except ValueError:
            max_points = math.nan
        reading = read(text, max_points, row["name"])
        met = corpus.rule_key(reading.spec) if reading.is_sure else "review"
        assert met == expected, row["name"]


def test_a_border_that_two_steps_claim_is_left_to_review():
    text = "Từ 80% đến 100%: 1; từ 50% đến 80%: 0,5; dưới 50%: 0"
    assert reasons(text) == ["border-in-two-steps"]


def test_a_border_that_no_step_claims_is_left_to_review():
    assert reasons("Trên 90%: 1; dưới 90%: 0") == ["border-in-no-step"]


def test_above_ninety_or_more_is_not_guessed():
    assert reasons("Trên 90% trở lên: 1; từ 90% trở xuống: 0") == ["step-unread"] or reasons(
        "Trên 90% trở lên: 1; từ 90% trở xuống: 0"
    )


def test_exactly_ninety_falls_where_the_words_put_it():
    reading = read("Trên 90%: 2 | Từ 70% - 90%: 1 | Dưới 70%: 0", 2.0)
    assert [points(reading, percent=p) for p in (90.0, 90.01, 70.0, 69.99)] == [1.0, 2.0, 1.0, 0.0]


def test_a_deduction_without_a_stated_floor_is_understood_but_left_to_review():
    reading = read("Trừ 0,25 điểm cho mỗi văn bản sai")
    assert not reading.is_sure
    assert reading.spec.kind == "deduction"
    assert [reason.key for reason in reading.reasons] == ["floor-not-stated", "start-not-stated"]


@pytest.mark.parametrize(
    "text",
    [
        "Mỗi lần trừ 0,5 điểm, trừ không quá 2 điểm",
        "Mỗi báo cáo chậm trừ 0,25 điểm, trừ tối đa 2 điểm",
        "Trừ 0,25 điểm cho mỗi văn bản sai, tổng điểm trừ không quá 1 điểm",
    ],
)
def test_a_deduction_without_a_stated_start_may_be_a_penalty_and_is_to_review(text):
    reading = read(text, 2.0)
    assert reading.spec.kind == "deduction"
    assert "start-not-stated" in [reason.key for reason in reading.reasons]


def test_a_deduction_down_to_nothing_says_that_it_starts_at_the_maximum():
    assert read("Mỗi báo cáo chậm trừ 0,25 điểm, trừ đến hết điểm", 2.0).is_sure


def test_a_due_date_without_a_year_is_understood_but_left_to_review():
    reading = read("Chậm nhất ngày 15/01: 1; chậm dưới 10 ngày: 0,5; chậm từ 10 ngày trở lên"
                   " hoặc không ban hành: 0")  # fmt: skip
    assert reading.spec.due_on == "year-01-15"
    assert [reason.key for reason in reading.reasons] == ["year-not-stated"]


def test_a_letter_named_in_the_text_becomes_a_reported_figure():
    reading = read(
        "Tính điểm theo công thức: (b/a) × 2. Trong đó: a là tổng số hồ sơ; b là số hồ sơ đúng hạn",
        2.0,
    )
    labels = {entry.role: entry.label_vi for entry in reading.spec.inputs}
    assert labels == {"numerator": "Số hồ sơ đúng hạn", "denominator": "Tổng số hồ sơ"}
    assert points(reading, numerator=30, denominator=40) == 1.5


def test_a_share_above_an_open_floor_earns_nothing_at_the_floor():
    reading = read("Trên 80%: tỷ lệ × điểm tối đa; 80% trở xuống: 0", 2.0)
    assert [points(reading, percent=p) for p in (80.0, 90.0, 100.0)] == [0.0, 1.8, 2.0]


def test_a_whole_divided_by_its_part_is_left_to_review():
    text = "(a/b) × 1. Trong đó: a là tổng số hồ sơ; b là số hồ sơ đúng hạn"
    assert reasons(text) == ["quotient-upside-down"]


@pytest.mark.parametrize(
    "text",
    [
        "Đạt: 1; không đạt: 0; riêng Sở Ngoại vụ: 0,5",
        "Về thời gian: đúng hạn: 1; về nội dung: thiếu: 0",
        "Hoàn thành trên 95%, đúng hạn: 1; từ 95% trở xuống, đúng hạn: 0",
        "Trên 90% (có báo cáo): 1; từ 90% trở xuống: 0",
        "Đúng hạn 4/4 báo cáo: 1; còn lại: 0",
        "Có 2 báo cáo: 1; có 1 báo cáo: 0,5; không có báo cáo: 0",
        "Đạt 90% trở lên: 1; đạt dưới 90% đến 70%: 0,5; dưới 70%: 0",
        "Mỗi sáng kiến cấp tỉnh 0,5 điểm, cấp cơ sở 0,25 điểm",
        "Từ 50% đến 70%: 0,5; từ 71% trở lên: 1; dưới 50%: 0",
        "Đạt 1 trong 2 nội dung: 0,5; đạt cả 2 nội dung: 1; không đạt: 0",
        "Cấp sở: trên 90%: 1; từ 90% trở xuống: 0; cấp xã: trên 80%: 1; từ 80% trở xuống: 0",
    ],
)
def test_a_text_with_a_hidden_condition_is_left_to_review(text):
    assert not read(text).is_sure


def test_points_that_only_add_up_to_the_maximum_are_left_to_review():
    assert reasons("Có kế hoạch: 0,5; có báo cáo: 0,5") == ["points-add-up"]


def test_a_text_that_says_nothing_of_points_is_left_to_review():
    for text in ("", "Xem phụ lục II", "(excerpt ends here)"):
        assert read(text).spec is None and read(text).reasons


def test_text_in_decomposed_letters_reads_the_same():
    import unicodedata

    text = "Trên 90%: 1; từ 70% - 90%: 0,5; dưới 70%: 0"
    assert read(unicodedata.normalize("NFD", text)) == read(text)


WORDS = {
    "below": ("dưới {0}%", "< {0}%", "nhỏ hơn {0}%"),
    "up_to": ("không quá {0}%", "từ {0}% trở xuống"),
    "from": ("từ {0}% trở lên", "≥ {0}%", "tối thiểu {0}%", "đạt {0}% trở lên"),
    "above": ("trên {0}%", "> {0}%", "lớn hơn {0}%"),
    (True, False): ("từ {0}% đến dưới {1}%", "từ {0}% - dưới {1}%", "≥ {0}% và < {1}%"),
    (True, True): ("từ {0}% đến {1}%", "{0}% - {1}%", "từ {0} - {1}%"),
    (False, True): ("trên {0}% đến {1}%",),
    (False, False): ("trên {0}% đến dưới {1}%",),
}
LINKS = (": {0}", ": {0} điểm", " được {0} điểm", " thì chấm {0} điểm", " = {0}", " ({0} điểm)")
BETWEEN = ("; ", " | ", "\n", "\n- ")


def vietnamese(value):
    return f"{value:g}".replace(".", ",")


@st.composite
def scales(draw):
    """Borders, which side owns each, and rising points; with one way of writing them down."""
    count = draw(st.integers(1, 4))
    borders = sorted(draw(st.sets(st.integers(5, 95), min_size=count, max_size=count)))
    owned_above = [draw(st.booleans()) for _ in borders]
    quarters = sorted(draw(st.sets(st.integers(1, 20), min_size=count, max_size=count)))
    earned = [0.0, *(quarter / 4 for quarter in quarters)]
    conditions = []
    for step in range(count + 1):
        if step == 0:
            words = draw(st.sampled_from(WORDS["below" if owned_above[0] else "up_to"]))
            conditions.append(words.format(borders[0]))
        elif step == count:
            words = draw(st.sampled_from(WORDS["from" if owned_above[-1] else "above"]))
            conditions.append(words.format(borders[-1]))
        else:
            ends = (owned_above[step - 1], not owned_above[step])
            words = draw(st.sampled_from(WORDS[ends]))
            conditions.append(words.format(borders[step - 1], borders[step]))
    link = draw(st.sampled_from(LINKS))
    steps = [
        condition + link.format(vietnamese(value))
        for condition, value in zip(conditions, earned, strict=True)
    ]
    order = draw(st.permutations(steps))
    text = draw(st.sampled_from(BETWEEN)).join(order)
    return borders, owned_above, earned, text


def expected_points(borders, owned_above, earned, percent):
    passed = sum(
        percent > border or (percent == border and above)
        for border, above in zip(borders, owned_above, strict=True)
    )
    return earned[passed]


@settings(max_examples=300)
@given(scales(), st.lists(st.integers(0, 200), min_size=1, max_size=8))
def test_a_scale_written_in_words_and_read_back_gives_the_same_points(scale, halves):
    borders, owned_above, earned, text = scale
    reading = read(text, max(earned))
    assert reading.is_sure, (text, reading.reasons)
    for percent in [*borders, *(half / 2 for half in halves)]:
        expected = expected_points(borders, owned_above, earned, percent)
        assert points(reading, percent=percent) == expected, (text, percent)


@settings(max_examples=100)
@given(
    st.integers(1, 20), st.integers(1, 12), st.integers(0, 40), st.sampled_from(
        ("Mỗi sáng kiến {0} điểm, tối đa {1} điểm", "Cứ mỗi sáng kiến được cộng {0} điểm",
         "Mỗi sáng kiến: {0} điểm; tổng điểm không quá {1} điểm")
    ),
)  # fmt: skip
def test_points_per_case_written_and_read_back_give_the_same_points(each, most, cases, words):
    each_points, max_points = min(each, most) / 4, most / 4
    text = words.format(vietnamese(each_points), vietnamese(max_points))
    reading = read(text, max_points)
    assert reading.is_sure, (text, reading.reasons)
    assert points(reading, count=cases) == min(max_points, each_points * cases)


@settings(max_examples=100)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 40), st.booleans())
def test_a_deduction_written_and_read_back_gives_the_same_points(each, most, cases, first):
    each_points, max_points = min(each, most) / 4, most / 4
    figure = vietnamese(each_points)
    text = (f"Trừ {figure} điểm cho mỗi vụ vi phạm, trừ đến hết số điểm" if first
            else f"Mỗi vụ vi phạm trừ {figure} điểm, không thấp hơn 0 điểm")  # fmt: skip
    reading = read(text, max_points)
    assert reading.is_sure, (text, reading.reasons)
    assert points(reading, cases=cases) == max(0.0, max_points - each_points * cases)


@settings(max_examples=100)
@given(
    st.integers(1, 12),
    st.integers(1, 30),
    st.integers(2, 20),
    st.sampled_from([-90, -1, 0, 1, 5, 19, 40]),
)
def test_a_deadline_written_and_read_back_gives_the_same_points(month, day, days, late):
    day = min(day, 28)
    text = (
        f"Chậm nhất ngày {day:02d}/{month:02d} năm đánh giá: 1; chậm dưới {days} ngày: 0,5; "
        f"chậm từ {days} ngày trở lên hoặc không ban hành: 0"
    )
    reading = read(text)
    assert reading.is_sure, (text, reading.reasons)
    from datetime import date

    from scoring.base.dates import date_serial
    from scoring.rules import expression as ex

    done = date_serial(date(2023, month, day)) + late
    expected = 1.0 if late <= 0 else 0.5 if late < days else 0.0
    assert points(reading, **{"done_on": done, ex.YEAR: 2023}) == expected
    assert points(reading, **{"done_on": math.inf, ex.YEAR: 2023}) == 0.0


ALPHABET = st.sampled_from(
    [*"từđếntrêndướimỗitrừ%0123456789,.;:|()/×x-–\n ", "trở lên", " điểm", "tối đa", "b/a",
     "không", "hoặc", " và ", "ngày", "chậm", "tỷ lệ"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(ALPHABET, max_size=120).map("".join), st.sampled_from([0.5, 1.0, 2.0]))
def test_no_text_breaks_the_reader_and_every_rule_it_gives_is_sound(text, max_points):
    reading = read(text, max_points)
    assert reading.reasons or reading.spec is not None
    if reading.spec is not None:
        assert check_rule(reading.spec) == []


@pytest.mark.parametrize(
    "piece",
    ["từ ", "1", "1,", "1;", "(", "b/a × ", "trên 9% ", "mỗi ", "trừ ", "a là ", " : ", "không ",
     "tối đa ", "được tính theo ", "chậm 1 ngày ", "điểm ", "×", "- ", "1 điểm, "],
)  # fmt: skip
def test_a_text_made_to_stall_the_reader_is_answered_at_once(piece):
    for text in (piece * (3900 // len(piece)), piece * 100_000):
        assert read(text).reasons

"""Caps, steps down and quotas with an order: who has which grade, and why."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from set_builder import sound

from scoring.analysis.rank_table import ranking
from scoring.base.labels import label
from scoring.criteria import open_set
from scoring.criteria.set_workbook import export_workbook
from scoring.outputs.ranking_annex.annex_content import annex_content
from scoring.points import inputs_table, score
from scoring.points.grade_reasons import grade_reasons
from scoring.tables import empty

GRADES = [
    {"code": code, "label_vi": name, "lower_closed": True, **ends}
    for code, name, ends in (
        ("A", "Xuất sắc", {"lower": 9.0}),
        ("B", "Tốt", {"lower": 7.0, "upper": 9.0, "upper_closed": False}),
        ("C", "Yếu", {"upper": 7.0, "upper_closed": False}),
    )
]
ITEMS = [
    {"code": "1", "max_points": "6"},
    {"code": "1.1", "max_points": "6", "rule": "direct"},
    {"code": "2", "max_points": "4", "rule": "direct", "not_applicable": "drop"},
]
INPUTS = [
    *({"item_code": i, "role": "points", "kind": "number", "minimum": "0"} for i in ("1.1", "2")),
    {"item_code": "1.1", "input": "disciplined", "role": "grade", "kind": "yes_no"},
    {"item_code": "1.1", "input": "untrue", "role": "grade", "kind": "count"},
    {"item_code": "2", "input": "warned", "role": "grade", "kind": "yes_no"},
]
DISCIPLINED = {"kind": "caps", "grade": "B", "item_code": "1.1", "test": "disciplined = 1"}
WARNED = {"kind": "caps", "grade": "B", "item_code": "2", "test": "warned = 1"}
UNTRUE = {"kind": "lowers", "item_code": "1.1", "test": "untrue > 0"}
FLOOR = {"kind": "caps", "grade": "B", "item_code": "1", "test": "percent < 90"}
QUOTA = {"kind": "quota", "grade": "A", "percent": 50, "within": "block"}
ORDERED = QUOTA | {"order": "INDEX; 2", "instead": "B"}


def sheet_of(rules, units, blocks="", **answers):
    """Score units of points for 1.1 and 2; `blocks` has a letter, its block, for each of them."""
    worded = [{"vi": f"luật {n}", "source": "mẫu"} | rule for n, rule in enumerate(rules, 1)]
    read = "".join(rule.get("test", "") for rule in rules)
    inputs = [row for row in INPUTS if row["role"] != "grade" or row["input"] in read]
    criteria = sound({"grades": GRADES, "grade_rules": worded}, items=ITEMS, inputs=inputs)
    rows, of_input = [], {row["input"]: row["item_code"] for row in INPUTS if "input" in row}
    for code, points in units.items():
        for item, value in zip(("1.1", "2"), points, strict=True):
            about = {"unit_code": code, "item_code": item, "input": "points"}
            applies = (
                {"value": value} if value is not None else {"not_applicable": True, "reason": "x"}
            )
            rows.append(about | applies)
        for name, value in answers.items():
            key = "choice" if isinstance(value, str) else "value"
            rows.append({"unit_code": code, "item_code": of_input[name], "input": name, key: value})
    block_of = dict(zip(units, blocks, strict=True)) if blocks else {}
    placed = [row | {"block": block_of.get(row["unit_code"], "")} for row in rows]
    return score(inputs_table(placed, year=2026), criteria)


def grades_of(*rules, units=None, **more):
    sheet = sheet_of(rules, units or {"U": (6, 4)}, **more)
    return "".join(code or "-" for code in sheet.index["grade"]), [f.code for f in sheet.findings]


def test_a_disciplined_leader_caps_the_grade():
    assert grades_of(DISCIPLINED, disciplined="yes") == ("B", ["grade-capped"])
    assert grades_of(DISCIPLINED, disciplined="no") == ("A", [])


def test_a_cap_does_not_concern_a_grade_below_it():
    assert grades_of(DISCIPLINED, units={"U": (4, 1)}) == ("C", [])


def test_a_cap_that_nobody_answered_holds_the_grade():
    assert grades_of(DISCIPLINED) == ("-", ["grade-to-confirm"])


def test_untrue_evidence_lowers_by_one_and_stops_at_the_lowest():
    assert grades_of(UNTRUE, untrue=1) == ("B", ["grade-lowered"])
    assert grades_of(UNTRUE, untrue=1, units={"U": (4, 1)}) == ("C", [])


def test_a_figure_that_cannot_be_answers_no_condition():
    # An alternative that nobody can compute leaves the index known beside one that has points.
    items = [{"code": "1", "max_points": 4, "rule": "best_of"}]
    items += [{"code": code, "max_points": 4, "rule": "direct"} for code in ("1.1", "1.2")]
    inputs = [
        {"item_code": i, "role": "points", "kind": "number", "minimum": "0"} for i in ("1.1", "1.2")
    ]
    rule = {"kind": "caps", "grade": "B", "item_code": "1.2", "test": "points = 3", "vi": "luật"}
    grades = [grade | {"lower": 3.0} if grade["code"] == "A" else grade for grade in GRADES[:2]]
    grades[1] = grades[1] | {"lower": 0.0, "upper": 3.0}
    meta = {"total_points": 4, "grades": grades, "grade_rules": [rule | {"source": "mẫu"}]}
    rows = [{"item_code": i, "input": "points", "value": v} for i, v in (("1.1", 4), ("1.2", -3))]
    sheet = score(
        inputs_table(rows, unit_code="U", year=2026), sound(meta, items=items, inputs=inputs)
    )
    assert sheet.index["grade"].tolist() == [""]
    assert [reason.verdict for reason in sheet.graded.reasons] == ["grade-to-confirm"]


def test_caps_and_steps_act_in_the_order_of_the_set():
    answers = {"disciplined": "yes", "untrue": 1}
    assert grades_of(DISCIPLINED, UNTRUE, **answers)[0] == "C"
    assert grades_of(UNTRUE, DISCIPLINED, **answers)[0] == "B"


def test_an_area_below_its_floor_caps_the_grade():
    assert grades_of(FLOOR, units={"U": (5.5, 4), "V": (5.3, 4)})[0] == "AB"


@pytest.mark.parametrize(("kind", "grade"), [("needs", "A"), ("caps", "A")])
def test_what_does_not_apply_to_a_unit_is_not_held_against_it(kind, grade):
    rule = {"kind": kind, "grade": "A" if kind == "needs" else "B", "item_code": "2"}
    rule |= {"test": "percent >= 80" if kind == "needs" else "percent < 80"}
    assert grades_of(rule, units={"U": (6, None)}) == (grade, [])


@pytest.mark.parametrize(
    ("answers", "grade"), [({"warned": "yes"}, "B"), ({"warned": "no"}, "A"), ({}, "-")]
)
def test_an_answer_counts_whether_or_not_the_points_of_its_item_apply(answers, grade):
    for points in ((6, 4), (6, None)):
        assert grades_of(WARNED, units={"U": points}, **answers)[0] == grade


def test_a_finding_about_a_grade_names_its_unit_and_the_item_it_is_about():
    sheet = sheet_of([DISCIPLINED], {"U": (6, 4), "V": (4, 1)}, disciplined="yes")
    (found,) = sheet.findings
    assert (found.code, found.unit_code, found.year) == ("grade-capped", "U", "2026")
    assert found.item_code == "1.1"
    assert found.problem("vi").startswith("U (2026): 10 điểm ở mức “Xuất sắc”")


@pytest.mark.parametrize("text", ["capped at good", "capped at good."])
def test_a_rule_ends_its_sentence_once_whether_or_not_it_has_a_full_stop(text):
    rule = DISCIPLINED | {"vi": "hạ", "en": text}
    (found,) = sheet_of([rule], {"U": (6, 4)}, disciplined="yes").findings
    assert found.problem("en").endswith("the highest possible: capped at good.")


def test_the_condition_of_the_lowered_grade_is_asked_and_not_that_of_the_one_before():
    needs_a = {"kind": "needs", "grade": "A", "item_code": "1.1", "test": "untrue = 0"}
    assert grades_of(DISCIPLINED, needs_a, disciplined="yes", untrue=1)[0] == "B"
    assert grades_of(DISCIPLINED, needs_a | {"grade": "B"}, disciplined="yes", untrue=1)[0] == "-"


def test_a_quota_leaves_out_the_last_in_the_declared_order():
    units = {"U": (6, 3), "V": (5, 4), "W": (6, 3.5), "X": (4, 4)}
    grades, codes = grades_of(ORDERED, units=units)
    assert (grades, codes) == ("BAAB", ["grade-quota-applied"])


def test_the_order_of_a_quota_is_told_in_words():
    units = {"U": (6, 3), "V": (5, 4), "W": (6, 3.5), "X": (4, 4)}
    (found,) = sheet_of([ORDERED], units).findings
    assert "Xét lần lượt chỉ số; Mục 2," in found.problem("vi")
    assert "luật 1. By index; Mục 2, these" in found.problem("en")


def test_units_that_the_order_does_not_part_at_the_limit_wait_for_the_authority():
    units = {"U": (6, 3), "V": (6, 3), "W": (6, 4), "X": (4, 4)}
    assert grades_of(ORDERED, units=units) == ("--AB", ["grade-quota-tied"])


def test_a_quota_without_an_order_names_them_and_takes_no_grade():
    units = {"U": (6, 3), "V": (5, 4)}
    assert grades_of(QUOTA, units=units) == ("AA", ["grade-quota-exceeded"])


@pytest.mark.parametrize("blocks", ["KKLLMM", "MMLLKK"])
def test_a_quota_is_kept_in_every_block_whatever_those_before_it_need(blocks):
    # Nobody is best among the first two, one of the next two is, and both of the last are.
    units = {"U": (4, 2), "V": (4, 1), "W": (6, 4), "X": (4, 2), "Y": (6, 4), "Z": (6, 3.5)}
    grades, codes = grades_of(ORDERED, units=units, blocks=blocks)
    assert (grades, codes) == ("CCACAB", ["grade-quota-applied"])


def test_a_share_of_the_grade_that_the_others_get_grows_as_they_do():
    # One of three fits into 50% of the two that become good; without them none would.
    units = {"U": (6, 3), "V": (6, 3.5), "W": (6, 4)}
    assert grades_of(ORDERED | {"of": "B"}, units=units)[0] == "BBA"


def test_a_share_may_be_of_several_grades():
    units = {"U": (6, 3), "V": (6, 3.5), "W": (5, 3), "X": (2, 1)}
    assert grades_of(ORDERED | {"of": "A; B", "percent": 34}, units=units)[0] == "BABC"


def test_every_grade_explains_itself_step_by_step():
    sheet = sheet_of([DISCIPLINED, UNTRUE], {"U": (6, 4)}, disciplined="yes", untrue=2)
    told = grade_reasons(sheet)
    assert told[["verdict", "grade_before", "grade_after"]].values.tolist() == [
        ["grade-by-points", "", "A"],
        ["grade-capped", "A", "B"],
        ["grade-lowered", "B", "C"],
    ]
    assert told["reason"].tolist() == [
        "10,00 điểm, ở mức Xuất sắc: từ 9 trở lên",
        "Cao nhất là Tốt: luật 1",
        "Hạ từ Tốt xuống Yếu: luật 2",
    ]


def test_a_grade_that_waits_for_points_says_so_in_the_language_asked_for():
    sheet = sheet_of([], {"U": (6, 3.5), "V": (6, -1)})
    told = {lang: grade_reasons(sheet, lang).set_index("unit_code") for lang in ("vi", "en")}
    assert told["vi"]["verdict"].to_dict() == {"U": "grade-by-points", "V": "index-open"}
    assert told["vi"]["grade_after"].to_dict() == {"U": "A", "V": ""}
    assert told["vi"].loc["U", "reason"].startswith("9,50 điểm, ở mức Xuất sắc")
    assert told["en"].loc["U", "reason"].startswith("9.50 points")
    assert told["en"].loc["V", "reason"] == label("reason_index-open", "en")


def test_a_unit_to_which_nothing_applies_waits_for_no_points():
    leaf = {"code": "1", "max_points": "10", "rule": "direct", "not_applicable": "drop"}
    criteria = sound({"grades": GRADES}, items=[leaf], inputs=[INPUTS[0] | {"item_code": "1"}])
    rows = [{"item_code": "1", "input": "points", "not_applicable": True, "reason": "giải thể"}]
    sheet = score(inputs_table(rows, unit_code="U", year=2026), criteria)
    reasons, (table, _) = grade_reasons(sheet), ranking(sheet)
    assert reasons["reason"].tolist() == ["Không có mục nào áp dụng, nên không xếp loại"]
    annex = annex_content(sheet, table, reasons, empty("AreaLeaders"))
    assert annex.sections[0].rows[0][-1] == "Không có mục nào áp dụng, không xếp hạng"
    assert not any("còn mục chưa chấm" in note for note in annex.notes)


def test_reasons_of_several_quarters_name_the_quarter():
    criteria = sheet_of([], {"U": (6, 4)}).criteria
    rows = [
        {"item_code": item, "input": "points", "value": 4.0, "period": period}
        for period in ("quý I", "quý II") for item in ("1.1", "2")
    ]  # fmt: skip
    sheet = score(inputs_table(rows, unit_code="U", unit_name="Sở U", year=2026), criteria)
    table, _ = ranking(sheet)
    annex = annex_content(sheet, table, grade_reasons(sheet), empty("AreaLeaders"))
    told = [row[0] for row in annex.sections[-1].rows]
    assert told == ["Sở U · quý I/2026", "Sở U · quý II/2026"]


def test_no_units_have_no_reasons():
    assert grade_reasons(sheet_of([DISCIPLINED], {})).empty


def test_a_quota_explains_itself_too():
    sheet = sheet_of([ORDERED], {"U": (6, 3), "V": (5, 4), "W": (6, 3.5), "X": (4, 4)})
    told = grade_reasons(sheet, "en").set_index("unit_code").loc["U"]
    assert told["verdict"].tolist() == ["grade-by-points", "grade-quota-applied"]
    assert told["grade_after"].tolist() == ["A", "B"]


def test_the_new_columns_go_through_the_workbook_and_back(tmp_path):
    criteria = sheet_of([ORDERED, FLOOR], {"U": (6, 4)}).criteria
    back = open_set(export_workbook(criteria, tmp_path / "set.xlsx"))
    assert back.meta.grade_rules == criteria.meta.grade_rules
    assert back.fingerprint == criteria.fingerprint


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=2, max_size=9), st.randoms()
)
def test_the_order_of_units_changes_no_grade_and_more_points_never_give_less(points, random):
    units = {f"U{n}": both for n, both in enumerate(points)}
    one = sheet_of([FLOOR, ORDERED], units)
    turned = list(units.items())
    random.shuffle(turned)
    other = sheet_of([FLOOR, ORDERED], dict(turned))
    grades = dict(zip(one.units["unit_code"], one.index["grade"], strict=True))
    assert grades == dict(zip(other.units["unit_code"], other.index["grade"], strict=True))
    level = {"C": 0, "B": 1, "": 1.5, "A": 2}
    for better, has in units.items():
        for worse, own in units.items():
            if has[0] >= own[0] and has[1] >= own[1]:
                assert level[grades[better]] >= level[grades[worse]]

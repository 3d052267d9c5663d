"""A plan's targets judged on a day: from each source, in each state, and spoilt as people do."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pandas as pd
import pytest
from target_samples import rows_as

from scoring.criteria import open_set
from scoring.plan.target_bindings import propose_bindings, targets_from_text, with_earlier
from scoring.plan.target_results import target_results
from scoring.plan.target_sources import ResultSources
from scoring.plan.tasks import tasks_from_frame
from scoring.tables import empty

DUE, BEFORE = dt.date(2026, 1, 31), dt.date(2025, 6, 30)
TYPED = {
    "source": "typed", "unit": "%", "result_year": 2025, "told_by": "Văn phòng", "confirmed": "x",
    "told_on": pd.Timestamp("2026-01-10"),
}  # fmt: skip
SERIES = rows_as(
    "ExternalSeries",
    *(
        {"index": "PCI", "year": year, "entity": "Sơn La", "value": value, "rank": rank,
         "unit": "points", "source": "s", "status": "sample"}
        for year, value, rank in ((2023, 64.0, 30), (2024, 65.0, 28), (2025, 66.5, 24))
    ),
)  # fmt: skip


def judged(text, on=DUE, year=2025, waivers=None, sources=None, **bound):
    """Return the first row of a text's results and the codes found."""
    targets = targets_from_text(text, year)
    bindings = propose_bindings(targets).assign(**bound)
    waivers = empty("TargetWaivers") if waivers is None else rows_as("TargetWaivers", *waivers)
    table, findings = target_results(targets, bindings, waivers, on, sources or ResultSources())
    assert all(finding.problem("vi") and finding.remedy("en") for finding in findings)
    return table.iloc[0], [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("text", "value", "state", "gap"),
    [
        ("Hài lòng đạt từ 85% trở lên", 85.0, "met", 0.0),
        ("Hài lòng đạt trên 85%", 85.0, "missed", 0.0),
        ("Hoàn thành 100% kế hoạch", 98.5, "missed", -1.5),
        ("Hồ sơ trễ hạn không quá 2%", 2.5, "missed", -0.5),
        ("Hồ sơ trễ hạn dưới 2%", 1.5, "met", 0.5),
        ("Hài lòng đạt từ 90% đến 95%", 96.0, "missed", -1.0),
        ("Hài lòng đạt từ 90% đến 95%", 93.0, "met", 2.0),
    ],
)
def test_a_due_target_is_met_or_missed_and_by_how_much(text, value, state, gap):
    row, found = judged(text, **TYPED, value=value)
    assert (row["state"], row["gap"]) == (state, pytest.approx(gap))
    assert found == [] and row["told_by"] == "Văn phòng"


def test_a_figure_of_an_item_counts_in_its_own_unit_and_a_share_only_where_asked():
    criteria = open_set("service-quality-766")
    figures = rows_as(
        "Inputs",
        *(
            {"unit_code": "H1", "year": 2025, "item_code": "2", "input": name, "value": value}
            for name, value in (("on_time", 93.0), ("received", 100.0))
        ),
    )
    sources = ResultSources(figures=figures, criteria=criteria)
    bound = {"source": "item", "code": "2", "confirmed": "x"}
    row, found = judged("Đúng hạn đạt trên 99%", sources=sources, part="on_time/received", **bound)
    assert (row["result"], row["state"], found) == (93.0, "missed", [])
    row, found = judged("Đúng hạn đạt trên 99%", sources=sources, part="on_time", **bound)
    assert (row["why"], found) == ("unit", ["plan-target-unit-differs"])
    row, found = judged("Đúng hạn đạt trên 99%", sources=sources, part="onn_time", **bound)
    assert (row["why"], found) == ("no-such-source", ["plan-target-source-unknown"])


def estimate(value, low, high, **told):
    return rows_as("Estimates", {
        "survey": "ks", "year": 2025, "measure": "index", "code": "INDEX", "state": "shown",
        "estimate_percent": value, "low_percent": low, "high_percent": high, **told,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("ends", "state"),
    [
        ((84.0, 82.0, 86.0), "not-shown-missed"),
        ((86.0, 84.0, 88.0), "not-shown-met"),
        ((82.0, 80.0, 84.0), "missed"),
        ((88.0, 86.0, 90.0), "met"),
    ],
)
def test_a_survey_is_met_or_missed_only_where_its_interval_shows_it(ends, state):
    sources = ResultSources(estimates=estimate(*ends))
    row, found = judged("Hài lòng đạt từ 85% trở lên", sources=sources, confirmed="x")
    assert (row["source"], row["state"], found) == ("estimate", state, [])


def test_a_hidden_estimate_is_no_result():
    sources = ResultSources(estimates=estimate(90.0, 88.0, 92.0, state="hidden-small"))
    row, found = judged("Hài lòng đạt từ 85% trở lên", sources=sources, confirmed="x")
    assert (row["why"], found) == ("no-such-source", ["plan-target-source-unknown"])


def test_a_rank_and_a_gain_of_places_come_from_a_series():
    sources = ResultSources(external=SERIES)
    row, _ = judged("Chỉ số PCI nằm trong nhóm 20", sources=sources, confirmed="x")
    assert (row["comparator"], row["result"], row["gap"]) == ("rank-within", 24.0, -4.0)
    gain = {"part": "rank", "comparator": "grow-by", "confirmed": "x"}
    row, _ = judged("PCI tăng ít nhất 02 bậc so với năm 2024", sources=sources, **gain)
    assert (row["result"], row["state"], row["gap"]) == (4.0, "met", 2.0)


def test_a_value_above_the_year_before_needs_that_year():
    sources = ResultSources(external=SERIES)
    text = "Chỉ số PCI cao hơn so với năm 2024"
    row, _ = judged(text, sources=sources, confirmed="x")
    assert (row["state"], row["gap"]) == ("met", 1.5)
    row, found = judged(text.replace("2024", "2020"), sources=sources, confirmed="x")
    assert (row["why"], found) == ("no-baseline", ["plan-target-no-baseline"])


def test_a_reduction_is_worked_out_from_levels_or_taken_as_told():
    text = "Cắt giảm ít nhất 20% chi phí tuân thủ so với năm 2024"
    level = {**TYPED, "unit": "triệu đồng", "value": 75.0, "baseline_value": 100.0}
    row, _ = judged(text, **level)
    assert (row["result"], row["gap"], row["state"]) == (25.0, 5.0, "met")
    row, _ = judged(text, **TYPED, value=18.0, gives="change")
    assert (row["result"], row["state"]) == (18.0, "missed")
    # A percent of a percent: points or parts, nobody can tell.
    row, found = judged(text, **TYPED, value=75.0, baseline_value=90.0)
    assert (row["why"], found) == ("unit", ["plan-target-unit-differs"])


def test_the_plans_own_progress_counts_what_is_done_by_the_day():
    rows = {"task_code": ["1", "2"], "year": 2025, "task": ["A", "B"], "lead_unit": "VP",
            "deadline_text": ["10/01/2025", "15/02/2025"]}  # fmt: skip
    done = pd.DataFrame({"task_code": ["1"], "done_on": [pd.Timestamp("2025-01-09")]})
    sources = ResultSources(tasks=tasks_from_frame(pd.DataFrame(rows)), progress=done)
    row, _ = judged("Hoàn thành 100% kế hoạch", sources=sources, confirmed="x")
    assert (row["source"], row["result"], row["state"]) == ("progress", 50.0, "missed")
    row, found = judged("Hoàn thành 100% kế hoạch", sources=sources, confirmed="x", code="1; 9")
    assert (row["why"], found) == ("no-such-source", ["plan-target-source-unknown"])


def test_before_its_day_a_target_is_on_the_way_or_not_yet_due():
    row, _ = judged("Hài lòng đạt trên 85%", on=BEFORE, **TYPED, value=80.0)
    assert (row["state"], row["gap"]) == ("on-the-way", -5.0)
    sources = ResultSources(external=SERIES)
    row, found = judged("PCI đạt từ 70 điểm trở lên", BEFORE, sources=sources, source="external", code="PCI",
                        comparator="at-least", part="value", confirmed="x")  # fmt: skip
    assert (row["state"], row["result"], found) == ("on-the-way", 66.5, [])
    row, _ = judged(
        "Hài lòng đạt trên 85%", on=BEFORE, **{**TYPED, "result_year": 2026}, value=80.0
    )
    assert row["state"] == "not-yet-due"


def phased(first, second, on, **bound):
    text = f"Năm 2025 có {first}% hồ sơ trực tuyến; đến năm 2030 có {second}% hồ sơ trực tuyến"
    targets = targets_from_text(text, 2025)
    bindings = propose_bindings(targets).assign(**bound)
    return (targets, bindings, *target_results(
        targets, bindings, empty("TargetWaivers"), on, ResultSources()))  # fmt: skip


def test_phases_make_a_path_with_a_straight_line_of_our_own():
    bound = {**TYPED, "result_year": 2027, "value": 84.0, "path": "CT-01"}
    _, _, table, findings = phased(80, 90, dt.date(2027, 12, 31), **bound)
    assert table["year"].tolist() == [2025, 2030]
    assert table["why"].tolist() == ["other-year", ""]
    assert [finding.code for finding in findings] == ["plan-target-result-other-year"]
    late = table.iloc[1]
    assert (late["state"], late["path_percent"]) == ("on-the-way", pytest.approx(40.0))
    # Two of five years, the days of one leap year counted.
    assert late["path_value"] == pytest.approx(80 + 10 * 730 / 1826)


def test_phases_that_contradict_are_named_and_draw_no_line():
    bound = {**TYPED, "result_year": 2027, "value": 84.0, "path": "CT-01"}
    _, _, table, findings = phased(90, 80, dt.date(2027, 12, 31), **bound)
    assert "plan-target-phases-contradict" in [finding.code for finding in findings]
    assert table["path_value"].isna().all()


def test_nothing_is_judged_by_a_row_that_nobody_confirmed():
    row, found = judged("Hài lòng đạt trên 85%", **{**TYPED, "confirmed": ""}, value=90.0)
    assert (row["state"], row["why"], found) == ("not-measurable", "not-confirmed", [])
    row, _ = judged("Hài lòng đạt trên 85%", source="", confirmed="x")
    assert row["why"] == "not-bound"


@pytest.mark.parametrize(
    ("bound", "code", "why"),
    [
        ({"source": "item", "code": "9.9", "part": "points"}, "plan-target-source-unknown", "no-such-source"),
        ({"source": "external", "code": "PGI"}, "plan-target-source-unknown", "no-such-source"),
        ({"source": "mục"}, "plan-target-binding-word", "binding"),
        ({"told_by": ""}, "plan-target-typed-incomplete", "binding"),
        ({"unit": "điểm"}, "plan-target-unit-differs", "unit"),
        ({"unit": "phần"}, "plan-target-unit-differs", "unit"),
        ({"result_year": 2024}, "plan-target-result-other-year", "other-year"),
    ],
)  # fmt: skip
def test_a_binding_that_leads_nowhere_is_a_finding_and_measures_nothing(bound, code, why):
    row, found = judged("Hài lòng đạt trên 85%", **{**TYPED, "value": 90.0, **bound})
    assert (row["state"], row["why"], found) == ("not-measurable", why, [code])


def test_a_share_written_for_a_percent_is_asked_about_and_not_converted():
    row, found = judged("Hài lòng đạt trên 85%", **TYPED, value=0.93)
    assert (row["result"], row["state"], found) == (0.93, "missed", ["plan-target-looks-fraction"])


def test_a_target_of_no_known_year_is_named_and_not_judged():
    row, found = judged("Hài lòng đạt từ 85% trở lên", year=0, **TYPED, value=90.0)
    assert (row["state"], row["why"], found) == (
        "not-measurable", "no-year", ["plan-target-without-year"],
    )  # fmt: skip
    assert pd.isna(row["due_on"])


def test_two_results_for_one_target_count_neither():
    targets = targets_from_text("Hài lòng đạt trên 85%", 2025)
    one = propose_bindings(targets).assign(**TYPED, value=90.0)
    both = pd.concat([one, one.assign(value=80.0)], ignore_index=True)
    nothing = empty("TargetWaivers"), DUE, ResultSources()
    table, findings = target_results(targets, both, *nothing)
    assert (table["why"].tolist(), [f.code for f in findings]) == (
        ["two-results"],
        ["plan-target-two-results"],
    )
    twice = pd.concat([SERIES, SERIES.assign(entity="Gia Lai")], ignore_index=True)
    sources = ResultSources(external=twice)
    row, found = judged("PCI đạt trên 60 điểm", sources=sources, source="external", confirmed="x")
    assert (row["why"], found) == ("two-results", ["plan-target-two-results"])


def test_a_waiver_stands_beside_the_result_until_its_day():
    waiver = {"target_code": "CT-01", "reason": "sáp nhập", "decided_by": "UBND tỉnh"}
    until = {"until": pd.Timestamp("2026-01-31")}
    text = "Hài lòng đạt trên 85%"
    row, found = judged(text, waivers=[waiver | until], **TYPED, value=80.0)
    assert (row["state"], row["waived_by"], found) == ("missed", "UBND tỉnh", [])
    late = dt.date(2026, 2, 1)
    row, found = judged(text, on=late, waivers=[waiver | until], **TYPED, value=80.0)
    assert (row["waived_by"], found) == ("", ["plan-target-waiver-lapsed"])


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([{"reason": ""}], "plan-target-waiver-incomplete"),
        ([{"until": pd.NaT}], "plan-target-waiver-incomplete"),
        ([{}, {}], "plan-target-waiver-twice"),
        ([{"target_code": "CT-77"}], "plan-target-unknown"),
    ],
)
def test_a_waiver_that_nobody_can_stand_by_does_not_count(rows, code):
    full = {
        "target_code": "CT-01",
        "reason": "sáp nhập",
        "decided_by": "UBND",
        "until": pd.Timestamp(2030, 1, 1),
    }
    row, found = judged(
        "Hài lòng đạt trên 85%", waivers=[full | r for r in rows], **TYPED, value=80.0
    )
    assert pd.isna(row["waived_until"]) and set(found) == {code}


def test_a_word_for_comparing_that_is_none_falls_back_on_the_clause():
    row, found = judged("Hài lòng đạt trên 85%", **TYPED, value=86.0, comparator="lớn hơn")
    assert (row["comparator"], found) == ("above", ["plan-target-comparator-unknown"])


def test_what_a_person_confirmed_outlives_a_new_proposal():
    targets = targets_from_text("Hài lòng đạt trên 85%; 100% văn bản được ký số", 2025)
    proposed = propose_bindings(targets)
    earlier = proposed.assign(**TYPED, value=90.0).iloc[:1]
    stray = earlier.assign(target_code="CT-09")
    table = with_earlier(proposed, pd.concat([earlier, stray], ignore_index=True))
    assert table["target_code"].tolist() == ["CT-01", "CT-02", "CT-09"]
    assert table["value"].tolist()[0] == 90.0 and Counter(table["confirmed"]) == {"x": 2, "": 1}

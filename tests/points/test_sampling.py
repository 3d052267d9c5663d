"""The error of a survey on the way up: figure, item, area, index; all expected values by hand."""

import math
import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from random_sets import random_points, random_set
from set_builder import direct_set, given, sound

from scoring.analysis import check_targets, gap_table, target_gaps
from scoring.base.labels import Named
from scoring.charts import ChartContext, area_bars, bullet, figure_data, trend
from scoring.criteria import open_set
from scoring.outputs.charts.chart_titles import trend_title
from scoring.outputs.content.item_rows import UnitView
from scoring.points import inputs_table, score
from scoring.points.proof import with_tracks
from scoring.points.sampling import edges_of, with_sampling
from scoring.points.sampling_words import sampling_lines


def survey_figures(*rows, unit="A", survey="ks", **common):
    """The table SurveyFigures: rows of item, input, value, low, high and, where given, survey."""
    names = ("item_code", "input", "value", "low", "high", "survey")
    common = {"unit_code": unit, "year": 2026, "period": "", "confidence_percent": 95.0, **common}
    return pd.DataFrame(
        [common | dict(zip(names, (*row, survey)[:6], strict=True)) for row in rows]
    )


def direct(code, value, low, high, *survey):
    return (code, "points", value, low, high, *survey)


def interval(sheet, code, place=0):
    row = sheet.row(code)
    ends = sheet.sampling.low[row, place], sheet.sampling.high[row, place]
    return tuple(float(end) for end in ends)


@pytest.fixture(scope="module")
def department():
    return open_set("department-sample")


def one_item(department, code, value, low, high):
    rows = [{"item_code": code, "input": "satisfaction", "value": value}]
    sheet = score(inputs_table(rows, unit_code="A", year=2026), department)
    return with_sampling(sheet, survey_figures((code, "satisfaction", value, low, high)))[0]


@pytest.mark.parametrize(("low", "high"), [(82.3, 81.0), (84.0, 85.1), (85.1, 82.3)])
def test_an_interval_typed_over_is_named_and_not_used(department, low, high):
    rows = [{"item_code": "8.1", "input": "satisfaction", "value": 83.7}]
    sheet = score(inputs_table(rows, unit_code="A", year=2026), department)
    figures = survey_figures(("8.1", "satisfaction", 83.7, low, high), file="so.xlsx", cell="A5")
    told, (found,) = with_sampling(sheet, figures)
    assert told.sampling is None
    assert (found.code, found.severity, found.cell) == ("survey-interval-beside", "error", "A5")


def test_a_rule_in_proportion_keeps_the_shape_of_the_interval(department):
    sheet = one_item(department, "8.1", 83.7, 82.3, 85.1)
    assert interval(sheet, "8.1") == pytest.approx((8 * 0.823, 8 * 0.851))


@pytest.mark.parametrize(
    ("value", "low", "high", "least", "most"),
    [
        (87.4, 86.2, 88.6, 1.5, 2.5),  # over an edge
        (85.0, 80.0, 87.0, 1.5, 1.5),  # to both edges, which belong to the step
        (85.0, 79.999, 87.0, 0.0, 1.5),
        (85.0, 80.0, 87.001, 1.5, 2.5),
        (87.5, 87.0, 88.0, 1.5, 2.5),  # the end is just not above 87
        (86.0, 70.0, 99.0, 0.0, 2.5),  # over two edges
        (84.0, 84.0, 84.0, 1.5, 1.5),
    ],
)
def test_a_rule_of_steps_has_the_least_and_the_most_of_all_steps_touched(
    department, value, low, high, least, most
):
    assert edges_of(department.rules["8.3"]) == [80.0, 87.0]
    assert interval(one_item(department, "8.3", value, low, high), "8.3") == (least, most)


def test_a_step_that_is_open_at_both_ends_is_found_between_them():
    bands = [
        {"upper": "80", "upper_closed": "yes", "points": "0"},
        {"lower": "80", "upper": "87", "points": "2"},
        {"lower": "87", "lower_closed": "yes", "points": "1"},
    ]
    item = {"code": "1", "max_points": 10, "rule": "bands"}
    percent = {"role": "percent", "kind": "percent", "input": "satisfaction"}
    criteria = sound(
        items=[item], bands=[{"item_code": "1"} | band for band in bands],
        inputs=[{"item_code": "1", "minimum": "0", "maximum": "100"} | percent],
    )  # fmt: skip
    assert interval(one_item(criteria, "1", 90.0, 70.0, 95.0), "1") == (0.0, 2.0)


THREE = direct_set({"1.1": 4, "1.2": 4, "2": 2}, [("1", 8)])


def sampled(figures, *surveys, criteria=THREE, findings=0):
    sheet = score(given(figures), criteria)
    sheet, found = with_sampling(sheet, survey_figures(*surveys))
    assert len(found) == findings
    return sheet


def test_errors_of_one_survey_add_up():
    rows = direct("1.1", 3.0, 2.0, 3.5), direct("1.2", 2.0, 1.5, 3.0)
    sheet = sampled({"1.1": 3.0, "1.2": 2.0, "2": 1.0}, *rows)
    assert interval(sheet, "1") == pytest.approx((5 - 1.5, 5 + 1.5))
    assert interval(sheet, "INDEX") == pytest.approx((6 - 1.5, 6 + 1.5))
    assert all(map(math.isnan, interval(sheet, "2")))


def test_the_error_of_a_survey_comes_beside_what_a_ledger_claims():
    sheet = score(given({"1.1": 3.0, "1.2": 2.0, "2": 1.0}), THREE)
    claims = pd.DataFrame([{"unit_code": "A", "year": 2026, "period": "", "item_code": "1.1",
                            "self_points": 3.0}])  # fmt: skip
    told, findings = with_tracks(sheet, claims, None, survey_figures(direct("1.1", 3.0, 2.0, 3.5)))
    assert (told.claimed[told.row("1.1"), 0], findings) == (3.0, [])
    assert interval(told, "INDEX") == pytest.approx((5.0, 6.5))


def test_a_figure_that_two_tables_bring_counts_once_and_not_when_they_disagree():
    held = {"1.1": 3.0, "1.2": 2.0, "2": 1.0}
    sheet = sampled(held, *[direct("1.1", 3.0, 2.0, 3.5)] * 2)
    assert interval(sheet, "1") == pytest.approx((4.0, 5.5))
    score_of = score(given(held), THREE)
    unclear = survey_figures(direct("1.1", 3.0, 2.0, 3.5), direct("1.1", 3.0, 2.9, 3.1))
    told, (found,) = with_sampling(score_of, unclear)
    assert (found.code, found.item_code, told.sampling) == ("survey-figure-twice", "1.1", None)


def test_errors_of_two_surveys_are_independent():
    rows = direct("1.1", 3.0, 2.0, 3.5, "dân"), direct("1.2", 2.0, 1.5, 3.0, "công chức")
    sheet = sampled({"1.1": 3.0, "1.2": 2.0, "2": 1.0}, *rows)
    reach = math.hypot(1.0, 0.5)
    assert interval(sheet, "INDEX") == pytest.approx((6 - reach, 6 + reach))


def test_a_deduction_by_survey_lowers_the_index_at_its_upper_end():
    criteria = direct_set(
        {"1": {"max_points": 10}, "9": {"max_points": 3, "kind": "penalty"}}, meta={}
    )
    sheet = sampled({"1": 8.0, "9": 1.0}, direct("9", 1.0, 0.75, 2.0), criteria=criteria)
    assert interval(sheet, "9") == (0.75, 2.0)
    assert interval(sheet, "INDEX") == (6.0, 7.25)


def test_the_bonus_stops_at_its_cap():
    outside = {"bonus_cap_points": 1.0, "may_exceed_total": True}
    criteria = direct_set(
        {"1": {"max_points": 10}, "8": {"max_points": 3, "kind": "bonus"}},
        meta={"outside_areas": outside},
    )
    sheet = sampled({"1": 8.0, "8": 0.8}, direct("8", 0.8, 0.5, 2.5), criteria=criteria)
    assert interval(sheet, "INDEX") == pytest.approx((8.5, 9.0))


def test_what_is_open_has_no_sampling_interval_and_keeps_its_bounds():
    sheet = sampled({"1.1": 3.0, "2": 1.0}, direct("1.1", 3.0, 2.0, 3.5))
    assert interval(sheet, "1.1") == (2.0, 3.5)
    assert all(map(math.isnan, (*interval(sheet, "1"), *interval(sheet, "INDEX"))))
    assert sheet.index_bounds().loc["A"].tolist() == [4.0, 8.0]


def test_an_item_that_does_not_apply_takes_no_interval_and_no_finding():
    meta = {"not_applicable": "drop"}
    leaves = {"1.1": {"max_points": 4, "not_applicable": "drop"}, "1.2": 4, "2": 2}
    criteria = direct_set(leaves, [("1", 8)], meta)
    inputs = given({"1.2": 2.0, "2": 1.0})
    mark = {"item_code": "1.1", "input": "", "not_applicable": True, "reason": "không có"}
    inputs = pd.concat([inputs, inputs_table([mark], unit_code="A", year=2026)])
    figures = survey_figures(direct("1.1", 3.0, 2.0, 3.5))
    sheet, findings = with_sampling(score(inputs, criteria), figures)
    assert (sheet.sampling, findings) == (None, [])


def test_a_figure_typed_over_loses_its_interval_and_is_named():
    figures = survey_figures(direct("1.1", 3.0, 2.0, 3.5), direct("1.2", 2.0, 1.5, 3.0))
    sheet, findings = with_sampling(score(given({"1.1": 3.1, "1.2": 2.0, "2": 1}), THREE), figures)
    assert [(found.code, found.item_code) for found in findings] == [
        ("survey-figure-differs", "1.1")
    ]
    assert "3,1" in findings[0].problem("vi")
    assert all(map(math.isnan, interval(sheet, "1.1")))
    assert interval(sheet, "INDEX") == pytest.approx((5.6, 7.1))


def test_of_several_figures_of_an_item_the_one_typed_over_is_named(department):
    counts = {"very_good": 30, "good": 50, "fair": 15, "poor": 5}
    rows = [{"item_code": "8.2", "input": name, "value": n} for name, n in counts.items()]
    sheet = score(inputs_table(rows, unit_code="A", year=2026), department)
    fed = [
        ("8.2", name, n - 0.5 * (name == "fair"), math.nan, math.nan) for name, n in counts.items()
    ]
    (found,) = with_sampling(sheet, survey_figures(*fed))[1]
    entry = department.rules["8.2"].spec.named("fair")
    assert (found.code, found.values["input"]) == ("survey-figure-differs", Named.of(entry))
    assert (found.values["fed"], found.values["value"]) == (14.5, 15.0)


def test_a_unit_without_a_survey_has_none_and_strange_rows_are_named():
    inputs = pd.concat([given({"1.1": 3, "1.2": 2, "2": 1}, unit) for unit in "AB"])
    figures = pd.concat([
        survey_figures(direct("1.1", 3.0, 2.0, 3.5), unit="B"),
        survey_figures(direct("1.1", 3.0, 2.0, 3.5), unit="C"),
    ])  # fmt: skip
    sheet, findings = with_sampling(score(inputs, THREE), figures)
    assert [found.code for found in findings] == ["survey-figures-unused"]
    assert np.isnan(sheet.sampling.low[:, 0]).all()
    assert interval(sheet, "INDEX", 1) == pytest.approx((5.0, 6.5))
    told = sheet.scores.query("code == 'INDEX'")[["sampling_low", "sampling_high"]]
    assert told.to_numpy().tolist()[1] == pytest.approx([5.0, 6.5])


def test_options_take_the_interval_of_their_weighted_percent(department):
    counts = {"very_good": 30, "good": 50, "fair": 15, "poor": 5}
    rows = [{"item_code": "8.2", "input": name, "value": n} for name, n in counts.items()]
    sheet = score(inputs_table(rows, unit_code="A", year=2026), department)
    fed = [("8.2", name, float(n), math.nan, math.nan) for name, n in counts.items()]
    figures = survey_figures(*fed, ("8.2", "", 63.0, 60.0, 65.0))
    assert interval(with_sampling(sheet, figures)[0], "8.2") == pytest.approx((1.8, 1.95))


def targets_of(sheet, **by_code):
    rows = {"unit_code": "", "code": list(by_code), "target_points": list(by_code.values())}
    return check_targets(pd.DataFrame(rows), sheet)[0]


@pytest.mark.parametrize(
    ("target", "verdict", "said"),
    [
        (4.0, "met", "đã đạt, vượt 2,00 điểm"),
        (5.5, "not-shown-met", "đã đạt, vượt 0,50 điểm; do sai số chọn mẫu, chưa đủ cơ sở kết luận là đạt chỉ tiêu"),
        (6.5, "not-shown-missed", "chưa đạt, còn thiếu 0,50 điểm; do sai số chọn mẫu, chưa đủ cơ sở kết luận là không đạt chỉ tiêu"),
        (8.0, "missed", "chưa đạt, còn thiếu 2,00 điểm"),
    ],
)  # fmt: skip
def test_a_target_is_judged_four_ways(target, verdict, said):
    rows = direct("1.1", 3.0, 2.0, 3.5), direct("1.2", 2.0, 1.5, 3.0)
    sheet = sampled({"1.1": 3.0, "1.2": 2.0, "2": 1.0}, *rows)
    table = target_gaps(sheet, targets_of(sheet, INDEX=target))
    assert table["verdict"].tolist() == [verdict]
    gaps = gap_table(sheet, targets_of(sheet, **{"1.1": 3.4})).set_index("item_code")
    assert gaps["verdict"].to_dict() == {"1.1": "not-shown-missed", "1.2": "", "2": ""}
    view = UnitView(sheet, sheet.keys[0], 0, "vi", {"INDEX": target})
    assert view.target("INDEX").said == said
    assert "verdict" not in target_gaps(replace(sheet, sampling=None), targets_of(sheet, INDEX=4.0))


def test_a_target_of_a_deduction_is_judged_the_other_way_round():
    criteria = direct_set({"1": 10, "9": {"max_points": 3, "kind": "penalty"}}, meta={})
    sheet = sampled({"1": 8.0, "9": 1.0}, direct("9", 1.0, 0.5, 2.0), criteria=criteria)
    verdicts = [
        target_gaps(sheet, targets_of(sheet, **{"9": t}))["verdict"][0]
        for t in (0.25, 0.75, 1.5, 2.5)
    ]
    assert verdicts == ["missed", "not-shown-missed", "not-shown-met", "met"]


def test_the_steps_that_an_interval_crosses_are_said(department):
    said = list(sampling_lines(one_item(department, "8.3", 87.4, 86.2, 88.6), "8.3", 0))
    assert said[-1] == "Khoảng tin cậy vượt qua ngưỡng: chưa chắc đạt mức trên 87%"
    said = list(sampling_lines(one_item(department, "8.3", 86.4, 79.0, 88.6), "8.3", 0))
    assert said[-2:] == [
        "Khoảng tin cậy vượt qua ngưỡng: chưa chắc đạt mức từ 80%",
        "Khoảng tin cậy vượt qua ngưỡng: chưa chắc không đạt mức trên 87%",
    ]
    assert len(list(sampling_lines(one_item(department, "8.3", 85, 81, 87), "8.3", 0, "en"))) == 2
    # An upper end on a step that begins with it reaches it, one on a step that begins above does not.
    (*_, last) = sampling_lines(one_item(department, "8.3", 79, 78, 80), "8.3", 0)
    assert last == "Khoảng tin cậy vượt qua ngưỡng: chưa chắc không đạt mức từ 80%"


def test_grades_at_both_ends_of_the_index_are_said():
    grade = {"label_vi": "x", "lower_closed": True, "upper_closed": False}
    grades = [
        grade | {"code": "A", "label_vi": "Tốt", "lower": 6.0},
        grade | {"code": "B", "label_vi": "Khá", "lower": 0, "upper": 6.0},
    ]
    criteria = direct_set({"1.1": 4, "1.2": 4, "2": 2}, [("1", 8)], {"grades": grades})
    sheet = sampled(
        {"1.1": 3.0, "1.2": 2.0, "2": 1.0}, direct("1.1", 3.0, 2.0, 3.5), criteria=criteria
    )
    said = list(sampling_lines(sheet, "INDEX", 0))
    assert said == [
        "Do chọn mẫu, điểm nằm trong khoảng 5,00 – 6,50",
        "Khoảng do chọn mẫu vượt qua giới hạn xếp loại: từ “Khá” đến “Tốt”",
    ]
    assert not list(sampling_lines(sheet, "2", 0))


def test_charts_mark_the_interval_of_an_area():
    rows = direct("1.1", 3.0, 2.0, 3.5), direct("1.2", 2.0, 1.5, 3.0)
    sheet = sampled({"1.1": 3.0, "1.2": 2.0, "2": 1.0}, *rows)
    for draw in (area_bars, bullet):
        table = figure_data(draw(sheet.scores, THREE.items, unit_code="A")).set_index("code")
        assert table.loc["1", ["sampling_low", "sampling_high"]].tolist() == pytest.approx(
            [3.5, 6.5]
        )
        assert np.isnan(table.loc["2", "sampling_low"])


def test_a_trend_does_not_join_surveys_of_two_series():
    parts, told = [], []
    reached = {2020: ("2013", 3.5), 2021: ("2013", 3.8), 2022: ("2022", 1.0), 2023: ("2022", 2.0)}
    for year, (series, points) in reached.items():
        parts.append(given({"1.1": points, "1.2": 2.0, "2": 1.0}, year=year))
        row = survey_figures(direct("1.1", points, points - 0.3, points + 0.3), year=year)
        told.append(row.assign(series=series))
    sheet, _ = with_sampling(score(pd.concat(parts), THREE), pd.concat(told))
    figure = trend(sheet.scores)
    lines = [line for axes in figure.axes for line in axes.get_lines() if line.get_marker() == "o"]
    assert [line.get_xdata().tolist() for line in lines] == [[0, 1], [2, 3]]
    words = " ".join(text.get_text() for text in figure.findobj(Text))
    assert "khảo sát đổi chuỗi số liệu" in " ".join(words.split())
    # Nor does its title: only the two years of the last series are compared.
    assert trend_title(figure_data(figure), ChartContext()).endswith("5,00 (2023)")
    first = figure_data(trend(sheet.scores[sheet.scores["year"] < 2023]))
    assert trend_title(first, ChartContext()).startswith("Khảo sát đổi chuỗi số liệu")


def test_without_figures_nothing_changes():
    sheet = score(given({"1.1": 3.0, "1.2": 2.0, "2": 1.0}), THREE)
    assert with_sampling(sheet, survey_figures().reindex(columns=["unit_code"]))[0] is sheet
    assert "sampling_low" not in sheet.scores


@pytest.mark.parametrize("seed", range(12))
def test_the_interval_holds_the_points_and_is_nothing_without_an_error(seed):
    rng = random.Random(seed)
    criteria = random_set(rng)
    points, is_na = random_points(rng, criteria, 5, open_share=0.02)
    rows = [
        {"item_code": node.code, "input": "points", "value": points[row, unit],
         "not_applicable": bool(is_na[row, unit]), "unit_code": f"U{unit}", "year": 2026}
        for unit in range(5) for row, node in enumerate(criteria.nodes) if node.is_item
    ]  # fmt: skip
    inputs = inputs_table(rows)
    sheet = score(inputs, criteria)
    told = inputs[inputs["value"].notna()].sample(frac=0.5, random_state=seed)
    low, high = (np.array([rng.random() for _ in range(len(told))]) for _ in "ab")
    figures = told.assign(
        low=told["value"] - low, high=told["value"] + high, confidence_percent=95.0,
        survey=[rng.choice(["a", "b"]) for _ in range(len(told))],
    )  # fmt: skip
    for width in (1.0, 0.0):
        narrow = figures.assign(
            low=figures["value"] - width * low, high=figures["value"] + width * high
        )
        ends = with_sampling(sheet, narrow)[0].sampling
        known = ~np.isnan(ends.low)
        assert known.any()
        points = sheet.points[known]
        assert (ends.low[known] <= points + 1e-12).all()
        assert (ends.high[known] >= points - 1e-12).all()
        if not width:
            assert np.allclose(ends.low[known], ends.high[known], atol=1e-9)

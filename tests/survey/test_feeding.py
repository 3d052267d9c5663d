"""From a survey's estimates to figures of items: what is fed, what is not, and how it is said."""

import math

import numpy as np
import pandas as pd
import pytest

from scoring.criteria import open_set
from scoring.points import inputs_table, score
from scoring.points.sampling import with_sampling
from scoring.survey.bindings import propose_survey_items
from scoring.survey.feeding import figures_from_survey, kept_figures, whole_counts
from scoring.tables import empty, table_of
from scoring.tables.merging import merge_inputs

SET = open_set("department-sample")
UNITS = pd.DataFrame(
    {"unit_code": ["A", "B"], "unit_name": ["Sở A", "Sở B"], "year": [2026] * 2, "period": [""] * 2}
)
OPTIONS = {"very_good": 31.4, "good": 50.3, "fair": 12.8, "poor": 5.5}
WEIGHTED = 31.4 + 0.6 * 50.3 + 0.2 * 12.8


def estimate(unit="A", percent=83.7, **more):
    row = {
        "survey": "ks", "series": "2022", "year": 2026, "period": "", "unit_code": unit,
        "service": "", "respondent_group": "", "measure": "index", "code": "INDEX", "answer": "",
        "weighting": "satisfied", "answers": 200, "estimate_percent": percent,
        "standard_error": 0.7, "low_percent": percent - 1.4, "high_percent": percent + 1.4,
        "confidence_percent": 95.0, "state": "shown",
    }  # fmt: skip
    return row | more


def estimates(*rows):
    return pd.DataFrame(rows)


def bindings(*rows):
    frame = pd.DataFrame(rows, columns=empty("SurveyItems").columns, dtype="str").fillna("")
    return table_of(frame, "SurveyItems")


def fed(table, items=None, units=UNITS, criteria=SET):
    items = propose_survey_items(criteria, table) if items is None else items
    result = figures_from_survey(criteria, table, items, units, file="estimates.csv", digest="ab")
    found = [(f.code, f.unit_code, f.item_code) for f in result.findings if f.severity != "info"]
    return result, found


INDEX_ITEM = {"item_code": "8.1", "input": "satisfaction", "measure": "index", "code": "INDEX"}


def test_the_one_certain_binding_is_proposed_and_the_others_are_asked_for():
    result, found = fed(estimates(estimate(), estimate("B", 90.0)))
    assert result.inputs[["unit_code", "item_code", "value"]].to_numpy().tolist() == [
        ["A", "8.1", 83.7], ["B", "8.1", 90.0],
    ]  # fmt: skip
    assert result.figures["survey"].eq("ks").all() and result.figures["series"].eq("2022").all()
    assert not found
    assert {f.item_code for f in result.findings} == {"8.2", "8.3"}


def test_with_two_ways_of_counting_nothing_is_certain():
    table = estimates(estimate(), estimate(weighting="weights"))
    assert (propose_survey_items(SET, table)["measure"] == "").all()
    result, found = fed(table, bindings(INDEX_ITEM))
    assert found[0] == ("survey-several-estimates", "A", "8.1") and not len(result.inputs)
    result, found = fed(table, bindings(INDEX_ITEM | {"weighting": "weights"}), UNITS[:1])
    assert len(result.inputs) == 1 and not found


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (estimate(year=2025), "survey-estimate-other-year"),
        (estimate(period="quý I"), "survey-estimate-other-year"),
        (estimate(percent=math.nan, state="hidden-small"), "survey-cell-hidden"),
        (estimate(percent=math.nan, state="hidden-secondary"), "survey-cell-hidden"),
        (estimate(percent=math.nan, state="not-estimable"), "survey-cell-not-estimable"),
        (estimate("C"), "survey-no-estimate"),
    ],
)
def test_what_may_not_be_fed_is_named_and_left_out(row, code):
    result, found = fed(estimates(row), bindings(INDEX_ITEM), UNITS[:1])
    assert found == [(code, "A", "8.1")]
    assert not len(result.inputs) and not len(result.figures)
    assert all(f.problem(lang) and f.remedy(lang) for f in result.findings for lang in ("vi", "en"))


def test_the_whole_year_is_one_however_it_is_written():
    result, found = fed(estimates(estimate()), bindings(INDEX_ITEM), UNITS[:1].assign(period="năm"))
    assert result.figures["period"].tolist() == ["năm"] and not found


def test_long_periods_that_differ_in_a_word_alone_are_two():
    one, other = (f"{'giai đoạn ' * 12}{half}{' của năm' * 12}" for half in ("đầu", "cuối"))
    units = UNITS[:1].assign(period=other)
    result, found = fed(estimates(estimate(period=one)), bindings(INDEX_ITEM), units)
    assert found == [("survey-estimate-other-year", "A", "8.1")] and not len(result.inputs)
    assert not fed(estimates(estimate(period=other)), bindings(INDEX_ITEM), units)[1]


def test_a_commune_may_take_the_estimate_of_all_units_where_the_table_says_so():
    result, found = fed(estimates(estimate("")), bindings(INDEX_ITEM | {"units": "all"}), UNITS)
    assert result.inputs["value"].tolist() == [83.7, 83.7] and not found


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"item_code": "1.1.1", "input": "done", "measure": "index"}, "survey-item-not-fed"),
        ({"item_code": "99", "input": "x", "measure": "index"}, "survey-item-not-fed"),
        (INDEX_ITEM | {"input": "sipas"}, "survey-item-inputs"),
    ],
)
def test_a_binding_that_makes_no_sense_is_refused(row, code):
    assert fed(estimates(estimate()), bindings(row))[1] == [(code, "", row["item_code"])]


def option_items(**weighted):
    rows = [
        {"item_code": "8.2", "input": name, "measure": "answer", "code": "q9", "answer": name}
        for name in OPTIONS
    ]
    whole = {"item_code": "8.2", "input": "", "measure": "question", "code": "q9"}
    return bindings(*rows, whole | weighted)


def option_estimates(weighted=WEIGHTED, **more):
    shares = [
        estimate(percent=percent, measure="answer", code="q9", answer=name, **more)
        for name, percent in OPTIONS.items()
    ]
    whole = estimate(percent=weighted, measure="question", code="q9", weighting="weights")
    return estimates(*shares, whole)


def test_options_are_fed_as_whole_answers_that_give_the_weighted_percent():
    result, found = fed(option_estimates(), option_items(), UNITS[:1])
    assert not found
    counts = result.inputs.set_index("input")["value"]
    assert (counts == counts.round()).all() and counts.sum() in (200, 2000, 20000)
    sheet, problems = with_sampling(score(result.inputs, SET), result.figures)
    row = sheet.row("8.2")
    assert not problems
    assert sheet.points[row, 0] == pytest.approx(0.03 * WEIGHTED, abs=0.005)
    assert sheet.sampling.high[row, 0] - sheet.points[row, 0] == pytest.approx(0.03 * 1.4)


def test_other_option_weights_take_the_interval_away():
    result, found = fed(option_estimates(weighted=70.0), option_items(), UNITS[:1])
    assert found == [("survey-weights-differ", "A", "8.2")]
    assert result.figures["low"].isna().all() and len(result.inputs) == 4


def test_options_without_a_weighted_estimate_have_no_interval():
    result, _ = fed(option_estimates(), option_items(measure=""), UNITS[:1])
    assert [f.code for f in result.findings] == ["survey-options-without-interval"]


def test_a_hidden_option_keeps_the_item_open():
    table = option_estimates()
    table.loc[1, ["state", "estimate_percent"]] = ["hidden-small", math.nan]
    result, found = fed(table, option_items(), UNITS[:1])
    assert found == [("survey-cell-hidden", "A", "8.2")] and not len(result.inputs)


def test_counts_add_up_for_any_shares():
    rng = np.random.default_rng(3)
    shares = rng.dirichlet(np.ones(4), size=50).T
    answers = rng.integers(1, 500, 50).astype(float)
    weights = np.array([100.0, 60.0, 20.0, 0.0])
    counts = whole_counts(shares, answers, weights, 0.2)
    assert np.isin(counts.sum(axis=0) / answers, 10.0 ** np.arange(5)).all()
    assert (np.abs(weights @ (counts / counts.sum(axis=0) - shares)) < 0.2).all()


def test_an_entered_figure_and_a_mark_stay_and_lose_the_interval():
    result, _ = fed(estimates(estimate(), estimate("B", 90.0)), bindings(INDEX_ITEM))
    own = {"item_code": "8.1", "input": "satisfaction", "unit_code": "A", "year": 2026}
    entered = inputs_table(
        [own | {"value": 85.0}, own | {"unit_code": "B", "not_applicable": True}]
    )
    merged, findings = merge_inputs(entered, result.inputs, "survey")
    assert [f.code for f in findings] == ["survey-contradicts-entry", "survey-of-not-applicable"]
    assert "85" in findings[0].problem("vi") and "83,7" in findings[0].problem("vi")
    # They stand where the figure was entered, a table without sheets, and name its unit.
    assert [f.sheet for f in findings] == ["", ""]
    assert findings[0].problem("vi").startswith("Mục 8.1 của A: ")
    assert merged["value"].dropna().tolist() == [85.0]
    assert not len(kept_figures(result.figures, merged))
    same, findings = merge_inputs(
        inputs_table([own | {"value": 83.7}]), result.inputs[:1], "survey"
    )
    assert not findings and len(kept_figures(result.figures[:1], same)) == 1


def test_a_figure_without_both_ends_is_fed_and_told():
    result, found = fed(estimates(estimate(low_percent=math.nan), estimate("B", 90.0)))
    assert found == [("survey-figure-without-interval", "A", "8.1")]
    assert result.inputs["value"].tolist() == [83.7, 90.0]

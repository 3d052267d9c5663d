"""Differences told from intervals alone, and importance: few sampling units promise little."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from survey_samples import responses

from scoring.survey.importance import derived_importance, scale_places
from scoring.survey.real_differences import real_differences
from scoring.survey.student import student_quantile

stats = pytest.importorskip("scipy.stats")


def test_quantiles_are_those_of_t_down_to_one_degree_of_freedom():
    alpha, degrees = (
        np.array([[0.2], [0.05], [0.001]]),
        np.array([1, 2, 3, 4, 9, 40, 41, 500, np.inf]),
    )
    expected = np.where(np.isinf(degrees), stats.norm.isf(alpha / 2),
                        stats.t.isf(alpha / 2, np.minimum(degrees, 1e9)))  # fmt: skip
    np.testing.assert_allclose(student_quantile(alpha, degrees), expected, rtol=1e-4)
    assert np.isnan(student_quantile([0.05, np.nan, 0.05], [0, 5, np.nan])).all()


def row(at, half, degrees):
    return pd.DataFrame({
        "estimate_percent": [at], "low_percent": [at - half], "high_percent": [at + half],
        "confidence_percent": [95.0], "degrees_of_freedom": [degrees], "series": ["a"],
    })  # fmt: skip


@pytest.mark.parametrize("degrees", [1.0, 2.0, 3.0, 20.0])
def test_intervals_of_few_units_widen_as_t_does(degrees):
    found = real_differences(row(90.0, 6.0, degrees), row(50.0, 0.0, degrees), comparisons=20)
    wider = stats.t.isf(0.025 / 20, degrees) / stats.t.isf(0.025, degrees)
    assert found["low"].iloc[0] == pytest.approx(40.0 - 6.0 * wider, rel=1e-3)


def test_importance_of_few_sampling_units_has_the_quantile_of_t():
    draw = np.random.default_rng(8)
    content = draw.integers(1, 6, 90)
    columns = {name: [str(one) for one in np.clip(content + draw.integers(-1, 2, 90), 1, 5)]
               for name in ("tc_1", "tc_2", "tt_1", "tt_2")}  # fmt: skip
    forms = responses(form_id=[str(n) for n in range(90)], unit_code=["A"] * 90,
                      chung=[str(one) for one in content], **columns)  # fmt: skip
    halves = {}
    for confidence in (0.5, 0.95):
        (found, *_) = derived_importance(
            forms, clusters=np.arange(90) % 3, confidence=confidence
        ).to_dict("records")
        halves[confidence] = np.arctanh(found["high"]) - np.arctanh(found["importance"])
    assert halves[0.95] / halves[0.5] == pytest.approx(stats.t.isf(0.025, 2) / stats.t.isf(0.25, 2))


def asked(**columns):
    rows = len(columns["chung"])
    return responses(form_id=[str(n) for n in range(rows)], unit_code=["A"] * rows, **columns)


def test_importance_is_of_the_factors_own_questions_and_of_the_forms_that_answer_the_whole():
    whole = [*"12345" * 12, "", ""]
    other = [*"35142" * 12, "1", "5"]
    found = derived_importance(asked(chung=whole, tc_1=whole, tc_2=whole, tt_1=other, tt_2=other))
    expected = np.corrcoef([*map(int, whole[:60])], [*map(int, other[:60])])[0, 1]
    assert found["importance"].tolist() == pytest.approx([1.0, expected])
    assert found["forms"].tolist() == [60, 60]


def test_the_interval_of_importance_is_that_of_a_linearised_correlation():
    draw = np.random.default_rng(5)
    whole = draw.integers(1, 6, 200)
    part = np.clip(whole + draw.integers(-2, 3, 200), 1, 5)
    texts = {name: [str(one) for one in part] for name in ("tc_1", "tc_2", "tt_1", "tt_2")}
    found = derived_importance(asked(chung=[str(one) for one in whole], **texts)).iloc[0]
    x, y = ((one - one.mean()) / one.std() for one in (whole, part))
    r = np.mean(x * y)
    error = np.std(x * y - r / 2 * (x**2 + y**2), ddof=1) / np.sqrt(200)
    half = stats.t.isf(0.025, 199) * error / (1 - r**2)
    expected = np.tanh([np.arctanh(r) - half, np.arctanh(r) + half])
    assert found[["low", "high"]].tolist() == pytest.approx(expected, rel=1e-4)


def test_a_question_whose_answers_are_no_opinions_has_no_places_on_a_scale():
    told = responses(chung=[*"123451"])
    mute = tuple(replace(option, is_answer=False, is_satisfied=False) for option in told.instrument.scales["five"])  # fmt: skip
    form = replace(told.instrument, scales={"five": mute})
    assert np.isnan(scale_places(replace(told, instrument=form))).all()
    assert derived_importance(replace(told, instrument=form)).empty

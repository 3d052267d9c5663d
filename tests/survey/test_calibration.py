"""Weights brought to known totals: met exactly, and with the variance of the residuals."""

import numpy as np
import pandas as pd
import pytest
from plain_survey import mean_residuals, stage_variance, stages_of

from scoring.base.errors import SurveyError
from scoring.survey.estimation.design import survey_design
from scoring.survey.estimation.estimates import mean, total

TYPES = {"x": 300.0, "y": 500.0, "z": 200.0}
AGES = {"old": 450.0, "young": 550.0}
SEXES = {1: 480.0, 2: 520.0}
PARTS = {"strata": ["s"], "clusters": ["c"]}


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({
        "s": rng.choice(list("ab"), 80), "c": rng.integers(0, 6, 80),
        "weight": rng.uniform(1, 9, 80), "y": rng.normal(3, 1, 80),
        "type": rng.choice(list(TYPES), 80), "age": rng.choice(list(AGES), 80),
        "sex": rng.choice(list(SEXES), 80), "size": rng.uniform(1, 3, 80),
    })  # fmt: skip
    frame["domain"] = np.where(frame.c == 5, -1, frame.c % 2)
    frame["c"] = frame.s + frame.c.astype(str)
    return frame


@pytest.fixture(scope="module")
def design(frame):
    return survey_design(frame, **PARTS)


def plain_variance(frame, weights, domain, explained):
    """Variance of a mean from the values less what `explained` makes of them, over all forms."""
    inside = (frame.domain == domain).to_numpy()
    estimate, x = mean_residuals(frame.y.to_numpy(), weights, inside)
    return estimate, stage_variance(explained(x), stages_of(frame, ["s"], ["c"], []))


def check(frame, design, explained):
    found = mean(design, frame.y, frame.domain)
    for domain in (0, 1):
        estimate, variance = plain_variance(frame, design.weights, domain, explained)
        assert found.estimate[domain, 0] == pytest.approx(estimate)
        assert found.variance[domain, 0] == pytest.approx(variance)
        covariance = found.covariance()[domain, domain]
        assert covariance == pytest.approx(variance)


def class_means(values, weights, classes):
    sums = pd.Series(values * weights).groupby(np.asarray(classes)).transform("sum")
    return (sums / pd.Series(weights).groupby(np.asarray(classes)).transform("sum")).to_numpy()


def test_post_strata_meet_their_totals_and_leave_the_residuals(frame, design):
    found = design.post_stratified(frame.type, TYPES)
    sums = pd.Series(found.weights).groupby(frame.type).sum()
    assert sums.to_dict() == pytest.approx(TYPES)
    after = found.weights
    check(frame, found, lambda x: x - after * class_means(x / after, design.weights, frame.type))


def test_post_strata_know_the_size_of_their_classes(frame, design):
    found = total(design.post_stratified(frame.type, TYPES), frame.type.eq("x"))
    assert found.estimate[0, 0] == pytest.approx(300)
    assert found.variance[0, 0] == pytest.approx(0, abs=1e-18)


def test_post_strata_of_two_columns_take_tuples(frame, design):
    totals = frame.groupby(["type", "age"]).weight.sum() * 2
    found = design.post_stratified(frame[["type", "age"]], totals)
    assert found.weights == pytest.approx(design.weights * 2)


def test_raking_meets_three_margins_and_sweeps_the_residuals(frame, design):
    margins = {name: (frame[name], totals)
               for name, totals in (("type", TYPES), ("age", AGES), ("sex", SEXES))}  # fmt: skip
    found = design.raked(margins)
    for name, (classes, totals) in margins.items():
        sums = pd.Series(found.weights).groupby(classes).sum()
        assert sums.to_dict() == pytest.approx(totals, rel=1e-9), name

    def swept(x):
        for _ in range(10):
            for classes, _ in margins.values():
                x = x - found.weights * class_means(x / found.weights, np.ones(len(x)), classes)
        return x

    check(frame, found, swept)


def test_linear_calibration_meets_its_totals_and_leaves_the_residuals(frame, design):
    columns = np.column_stack([np.ones(len(frame)), frame["size"], frame["size"] * 2])
    found = design.calibrated(columns, [1000, 2100, 4200])
    assert found.weights @ columns == pytest.approx([1000, 2100, 4200])
    before, root = design.weights, np.sqrt(design.weights)
    factor = found.weights / before

    def explained(x):
        used = columns[:, :2] * root[:, None]
        value = x / (factor * root)
        return (value - used @ np.linalg.lstsq(used, value, rcond=None)[0]) * factor * root

    check(frame, found, explained)


def test_steps_follow_each_other(frame, design):
    once = design.post_stratified(frame.type, TYPES)
    found = once.post_stratified(frame.age, AGES)
    first, last = once.weights, found.weights

    def explained(x):
        x = x - first * class_means(x / first, design.weights, frame.type)
        return x - last * class_means(x / last, first, frame.age)

    check(frame, found, explained)


def test_each_replicate_is_brought_to_the_totals_too(frame, design):
    margins = {"type": (frame.type, TYPES), "age": (frame.age, AGES)}
    columns = np.column_stack([np.ones(len(frame)), frame["size"]])
    jackknife = design.jackknifed()
    for found in (jackknife.raked(margins), jackknife.post_stratified(frame.type, TYPES),
                  jackknife.calibrated(columns, [1000, 2100])):  # fmt: skip
        size = total(found, np.ones(len(frame)))
        assert size.replicated == pytest.approx(np.full(size.replicated.shape, 1000.0))
        assert size.variance[0, 0] == pytest.approx(0, abs=1e-12)


def codes(error):
    return {finding.code: finding.values for finding in error.value.findings}


def test_a_class_of_the_forms_without_total_is_named(frame, design):
    with pytest.raises(SurveyError) as error:
        design.post_stratified(frame.type, {"x": 300, "y": 500}, name="loại hình")
    values = codes(error)["survey-class-without-total"]
    assert values == {"margin": "loại hình", "value": "z", "count": int(frame.type.eq("z").sum())}


def test_a_missing_class_is_no_class(frame, design):
    with pytest.raises(SurveyError) as error:
        design.post_stratified(frame.type.mask(frame.type == "z"), TYPES)
    assert set(codes(error)) == {"survey-class-without-total", "survey-class-without-forms"}


def test_a_total_without_any_form_is_named(frame, design):
    with pytest.raises(SurveyError) as error:
        design.post_stratified(frame.type, TYPES | {"w": 40.0})
    values = codes(error)["survey-class-without-forms"]
    assert (values["value"], values["total"]) == ("w", 40.0)


def test_margins_of_different_populations_are_named_with_their_difference(frame, design):
    with pytest.raises(SurveyError) as error:
        design.raked({"type": (frame.type, TYPES), "age": (frame.age, {"old": 450, "young": 560})})
    values = codes(error)["survey-margins-contradict"]
    assert (values["margin"], values["other"], values["difference"]) == ("age", "type", 10.0)
    assert "lệch 10" in error.value.findings[0].problem("vi")


def test_raking_that_cannot_arrive_says_how_far_off_it_is():
    # Nobody is young and rural, yet more young are wanted than there are in towns.
    frame = pd.DataFrame({"age": ["old", "old", "young"], "place": list("rtt"), "weight": 1.0})
    margins = {
        "age": (frame.age, {"old": 40, "young": 60}),
        "place": (frame.place, {"r": 50, "t": 50}),
    }
    with pytest.raises(SurveyError) as error:
        survey_design(frame).raked(margins)
    values = codes(error)["survey-raking-not-converged"]
    assert values["margin"] == "age"
    assert values["difference"] == pytest.approx(10, abs=0.1)


def test_totals_that_no_weights_meet_are_named(frame, design):
    columns = np.column_stack([frame["size"], frame["size"] * 2])
    with pytest.raises(SurveyError) as error:
        design.calibrated(columns, [1000, 2100])
    assert "survey-totals-unreachable" in codes(error)


def test_weights_below_zero_are_a_warning(frame, design):
    columns = np.column_stack([np.ones(len(frame)), frame["size"]])
    found = design.calibrated(columns, [1000, 1250])
    assert [finding.code for finding in found.findings] == ["survey-calibration-negative"]
    assert (found.weights < 0).sum() == found.findings[0].values["count"]

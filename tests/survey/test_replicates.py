"""Replicate weights: of the agency that made the survey, and the jackknife of a design."""

import numpy as np
import pandas as pd
import pytest

from scoring.base.errors import UsageError
from scoring.survey.estimation.design import survey_design
from scoring.survey.estimation.estimates import mean, total

FRAME = pd.DataFrame({
    "s": list("aabb"), "c": [1, 2, 3, 4], "n": [4.0, 4, 8, 8], "weight": [2.0, 2, 4, 4],
    "y": [1.0, 3, 2, 5],
})  # fmt: skip
# Half samples of one unit in each stratum, the other counted for nothing.
HALVES = np.array([[2, 0, 2, 0], [2, 0, 0, 2], [0, 2, 2, 0], [0, 2, 0, 2.0]]).T


@pytest.fixture(scope="module")
def design():
    return survey_design(FRAME, strata=["s"], clusters=["c"])


def test_balanced_half_samples_give_the_variance_of_two_units_a_stratum(design):
    found = total(design.replicated(HALVES, "BRR", combined=False), FRAME.y)
    # Weighted totals 2 and 6, 8 and 20: squares of both differences.
    assert found.variance[0, 0] == pytest.approx(4**2 + 12**2)
    assert found.variance == pytest.approx(total(design, FRAME.y).variance)
    # Four half samples of which three are independent, as R counts their rank.
    assert found.degrees_of_freedom[0] == 2


def test_fays_method_undoes_what_it_softens(design):
    soft = 0.3 + 0.7 * HALVES
    found = total(design.replicated(soft, "Fay", combined=False, rho=0.3), FRAME.y)
    assert found.variance[0, 0] == pytest.approx(4**2 + 12**2)


def test_replicates_may_hold_the_sampling_weight_already(design):
    apart = mean(design.replicated(HALVES, "BRR", combined=False), FRAME.y)
    combined = mean(design.replicated(HALVES * FRAME[["weight"]].to_numpy(), "BRR"), FRAME.y)
    assert combined.variance == pytest.approx(apart.variance)
    assert apart.replicated[0, 0, 0] == pytest.approx((2 * 1 + 4 * 2) / 6)


def test_bootstrap_replicates_spread_around_their_own_mean_or_the_estimate(design):
    sets = np.array([[2, 0, 1, 1], [1, 1, 2, 0], [0, 2, 1, 1.0]]).T
    totals = sets.T @ (FRAME.weight * FRAME.y)
    found = total(design.replicated(sets, "bootstrap", combined=False), FRAME.y)
    assert found.variance[0, 0] == pytest.approx(totals.var(ddof=1))
    found = total(design.replicated(sets, "bootstrap", combined=False, mse=True), FRAME.y)
    assert found.variance[0, 0] == pytest.approx(((totals - 36) ** 2).sum() / 2)


def test_scales_of_other_replicates_are_given(design):
    options = {"combined": False, "scale": 0.5, "rscales": [1, 1, 0, 0]}
    found = total(design.replicated(HALVES, "other", **options), FRAME.y)
    kept = (HALVES.T @ (FRAME.weight * FRAME.y))[:2]
    # A replicate of scale 0 counts neither in the spread nor in the centre.
    assert found.variance[0, 0] == pytest.approx(0.5 * ((kept - kept.mean()) ** 2).sum())


def test_a_jackknife_in_strata_gives_the_linearised_variance_of_a_total(design):
    found = total(design.jackknifed(), FRAME.y)
    assert found.replicates.kind == "JKn"
    assert found.variance[0, 0] == pytest.approx(4**2 + 12**2)
    assert found.degrees_of_freedom[0] == 2


def test_a_jackknife_keeps_the_sizes_of_the_first_stage():
    design = survey_design(FRAME, strata=["s"], clusters=["c"], population=["n"])
    found = total(design.jackknifed(), FRAME.y)
    assert found.variance[0, 0] == pytest.approx(4**2 * (1 - 2 / 4) + 12**2 * (1 - 2 / 8))


@pytest.mark.parametrize(
    ("lonely", "variance"),
    [
        ("remove", 16.0),
        ("certainty", 16.0),
        # Three units, two replicates.
        ("average", 16.0 * 3 / 2),
        # In the third replicate the other stratum stands in, 2 * 8: totals 32, 24 and 16.
        ("adjust", 0.5 * (8**2 + 0 + 8**2)),
    ],
)
def test_a_jackknife_keeps_to_the_policy_for_single_units(lonely, variance):
    frame = FRAME.iloc[[0, 1, 3]]
    design = survey_design(frame, strata=["s"], clusters=["c"], lonely=lonely)
    assert total(design.jackknifed(), frame.y).variance[0, 0] == pytest.approx(variance)


def test_a_replicate_that_misses_the_domain_is_left_out(design):
    found = mean(design.replicated(HALVES, "BRR", combined=False), FRAME.y, [0, 0, 1, -1])
    # Only two of the half samples hold the unit of the second domain, and both say the same.
    assert found.estimate[1, 0] == 2
    assert found.variance[1, 0] == 0
    assert found.variance[0, 0] == pytest.approx(1)


def test_forms_of_one_unit_keep_their_replicates_once():
    frame = pd.concat([FRAME] * 5, ignore_index=True)
    sets = np.tile(HALVES, (5, 1)) * frame[["weight"]].to_numpy()
    design = survey_design(frame, strata=["s"], clusters=["c"]).replicated(sets, "BRR")
    assert design.replicates.factors.shape == (4, 4)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("jack", {}, "kind is one of bootstrap"),
        ("Fay", {}, "rho"),
        ("JKn", {}, "scale and rscales of JKn"),
        ("JK1", {}, "scale and rscales of JK1"),
    ],
)
def test_replicates_without_what_they_need_are_refused(design, kind, options, message):
    with pytest.raises(UsageError, match=message):
        design.replicated(HALVES, kind, **options)


def test_replicates_of_other_forms_are_refused(design):
    with pytest.raises(UsageError, match="4 rows of numbers"):
        design.replicated(HALVES[:3], "BRR")


def test_scales_of_a_jackknife_are_told_from_its_weights(design):
    one = np.array([[0, 2, 1, 1], [2, 0, 1, 1], [1, 1, 0, 2], [1, 1, 2, 0.0]]).T
    found = total(design.replicated(one, "JKn", combined=False), FRAME.y)
    assert found.variance == pytest.approx(total(design.jackknifed(), FRAME.y).variance)
    one = (1 - np.eye(4)) * 4 / 3
    plain = survey_design(FRAME)
    found = total(plain.replicated(one, "JK1", combined=False), FRAME.y)
    assert found.variance == pytest.approx(total(plain, FRAME.y).variance)

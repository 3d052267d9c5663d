"""Estimates over domains: against the same written out plainly, and against sums done by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_survey import mean_residuals, stage_variance, stages_of

from scoring.base.errors import UsageError
from scoring.survey.estimation.cluster_totals import Adding, cluster_totals
from scoring.survey.estimation.design import survey_design
from scoring.survey.estimation.estimates import combination, estimates_of, mean, ratio, total

STRATA, CLUSTERS, SIZES = ("s1", "s2", "s3"), ("c1", "c2", "c3"), ("n1", "n2", "n3")


def sample(seed, forms=90):
    """A sample of three stages with strata at the first two; some domains miss whole units."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "s1": rng.choice(list("ab"), forms), "c1": rng.integers(0, 4, forms),
        "s2": rng.choice(["u", "r"], forms), "c2": rng.integers(0, 3, forms),
        "s3": "all", "c3": rng.integers(0, 4, forms),
        "weight": rng.uniform(1, 9, forms), "y": rng.normal(3, 1, forms).round(2),
        "x": rng.uniform(1, 2, forms),
    })  # fmt: skip
    frame["domain"] = np.where(frame.c1 == 3, -1, frame.c1 % 2)
    frame.loc[rng.random(forms) < 0.1, "y"] = np.nan
    frame["n1"] = frame.s1.map({"a": 9, "b": 40})
    frame["n2"], frame["n3"] = 7, 1e3
    return frame


def plain(frame, domain, population=SIZES, lonely="fail", strata=STRATA, clusters=CLUSTERS):
    stages = stages_of(frame, strata, clusters, population)
    inside = (frame.domain == domain).to_numpy()
    estimate, z = mean_residuals(frame.y.to_numpy(), frame.weight.to_numpy(), inside)
    # As R does it: forms outside the domain are put away, what was drawn stays counted.
    kept = [tuple(part[inside] for part in stage) for stage in stages]
    return estimate, stage_variance(z[inside], kept, lonely)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("sized", [True, False])
@pytest.mark.parametrize("lonely", ["remove", "adjust", "average", "certainty"])
def test_means_of_domains_agree_with_the_stages_written_out(depth, sized, lonely):
    frame = sample(depth)
    frame.loc[frame.c1 == 0, "s2"] = "u"
    parts = {"strata": STRATA[:depth], "clusters": CLUSTERS[:depth]}
    population = SIZES[:depth] if sized else ()
    design = survey_design(frame, **parts, population=population, lonely=lonely, nest=True)
    found = mean(design, frame.y, frame.domain)
    for domain in (0, 1):
        estimate, variance = plain(frame, domain, population, lonely, **parts)
        assert found.estimate[domain, 0] == pytest.approx(estimate, rel=1e-12)
        assert found.variance[domain, 0] == pytest.approx(variance, rel=1e-10, nan_ok=True)
        if lonely != "average":
            shared = found.linearised.covariance()[domain, domain]
            assert shared == pytest.approx(variance, rel=1e-10)


def test_sizes_may_be_counts_or_fractions():
    frame = sample(7)
    counted = survey_design(frame, strata=["s1"], clusters=["c1", "c2"], nest=True,
                            population=["n1", "n2"], lonely="remove")  # fmt: skip
    shares = [stage.sampled / stage.population for stage in counted.units.stages]
    frame["f1"], frame["f2"] = (
        share[stage.stratum_of_cluster[stage.cluster_of_unit]][counted.unit]
        for share, stage in zip(shares, counted.units.stages, strict=True)
    )
    again = survey_design(frame, strata=["s1"], clusters=["c1", "c2"], nest=True,
                          population=["f1", "f2"], lonely="remove")  # fmt: skip
    assert mean(again, frame.y).variance == pytest.approx(mean(counted, frame.y).variance)


def test_a_mean_of_clusters_done_by_hand():
    # Weighted totals by commune, y - 0.6 w: a (2 - 1.8), b (1 - 2.4), c (6 - 4.8): 0.2, -1.4, 1.2.
    frame = pd.DataFrame({"c": list("aabbbc"), "weight": [1, 2, 1, 1, 2, 8.0],
                          "y": [0, 1, 1, 0, 0, 0.75]})  # fmt: skip
    found = mean(survey_design(frame, clusters=["c"]), frame.y)
    assert found.estimate[0, 0] == pytest.approx(9 / 15)
    # 3 / 2 of the sum of squares 0.04 + 1.96 + 1.44, over 15 squared.
    assert found.variance[0, 0] == pytest.approx(1.5 * 3.44 / 225)
    assert found.degrees_of_freedom[0] == 2


TWO_STRATA = pd.DataFrame(
    {"stratum": list("aaab"), "size": [6.0, 6, 6, 4], "weight": 2.0, "y": [1.0, 2, 6, 5]}
)


@pytest.mark.parametrize(
    ("lonely", "variance"),
    [
        # Stratum a: totals 2, 4, 12 around 6 have squares of 56, times (1 - 3/6) * 3/2.
        ("remove", 42.0),
        ("certainty", 42.0),
        # Stratum b adds (1 - 1/4) of 10 squared, measured from 0.
        ("adjust", 42.0 + 75.0),
        # Both strata at the variance of the one that shows it.
        ("average", 84.0),
    ],
)
def test_each_policy_for_a_stratum_of_one_unit(lonely, variance):
    design = survey_design(TWO_STRATA, strata=["stratum"], population=["size"], lonely=lonely)
    assert total(design, TWO_STRATA.y).variance[0, 0] == pytest.approx(variance)


def test_a_stratum_of_one_unit_taken_whole_is_no_lonely_one():
    frame = TWO_STRATA.assign(size=[6.0, 6, 6, 1])
    design = survey_design(frame, strata=["stratum"], population=["size"])
    assert total(design, frame.y).variance[0, 0] == pytest.approx(42.0)


def test_a_domain_that_misses_the_lonely_stratum_is_not_averaged():
    design = survey_design(TWO_STRATA, strata=["stratum"], population=["size"], lonely="average")
    found = total(design, TWO_STRATA.y, [0, 0, 0, 1])
    assert found.variance[0, 0] == pytest.approx(42.0)
    assert np.isnan(found.variance[1, 0])


def test_a_lonely_stratum_without_answers_is_not_averaged():
    frame = pd.DataFrame(
        {"s": list("aabbc"), "weight": [1.0, 2, 3, 1, 2], "y": [1.0, 0, 1, 1, np.nan]}
    )
    design = survey_design(frame, strata=["s"], lonely="average")
    found = mean(design, np.column_stack([frame.y, frame.y.fillna(0)]))
    # What nobody of the lonely stratum answers is estimated as though it had not been drawn ...
    answered = frame[:4]
    without = mean(survey_design(answered, strata=["s"], lonely="average"), answered.y)
    assert found.variance[0, 0] == pytest.approx(without.variance[0, 0], rel=1e-12)
    # ... and what its forms answer counts it as an average of the others, in the same call.
    alone = mean(design, frame.y.fillna(0))
    removed = mean(survey_design(frame, strata=["s"], lonely="remove"), frame.y.fillna(0))
    assert found.variance[0, 1] == pytest.approx(alone.variance[0, 0], rel=1e-12)
    assert found.variance[0, 1] == pytest.approx(removed.variance[0, 0] * 3 / 2, rel=1e-12)


def test_a_single_unit_at_the_second_stage_adds_by_the_policy():
    # Commune a: forms 1 and 3 of 4; commune b: one form of 3. Communes: 2 of 10.
    frame = pd.DataFrame({"c": list("aab"), "n1": 10.0, "n2": [4.0, 4, 3], "weight": 5.0,
                          "form": range(3), "y": [1.0, 3, 4]})  # fmt: skip
    sizes = {"clusters": ["c", "form"], "population": ["n1", "n2"]}
    # First stage: both totals are 20, so nothing; second: 2/10 of (1 - 2/4) * 2 * 50 in a.
    found = total(survey_design(frame, **sizes, lonely="remove"), frame.y)
    assert found.variance[0, 0] == pytest.approx(0.2 * 0.5 * 2 * 50)
    # In b a single total of 20 is measured from 0: 2/10 of (1 - 1/3) * 400.
    found = total(survey_design(frame, **sizes, lonely="adjust"), frame.y)
    assert found.variance[0, 0] == pytest.approx(10 + 0.2 * 2 / 3 * 400)


def test_weights_come_from_the_sizes_of_all_stages():
    frame = pd.DataFrame({"c": list("aab"), "form": range(3), "n1": 10.0, "n2": [4.0, 4, 3]})
    sizes = {"clusters": ["c", "form"], "population": ["n1", "n2"], "lonely": "remove"}
    assert survey_design(frame, weight=None, **sizes).weights.tolist() == [10.0, 10.0, 15.0]


def test_forms_without_an_answer_are_a_domain_of_their_own():
    frame = sample(3)
    design = survey_design(frame, strata=["s1"], clusters=["c1"], nest=True)
    found = mean(design, frame.y)
    answered = np.where(frame.y.isna(), -1, 0)
    apart = mean(design, frame.y.fillna(0), answered)
    assert found.estimate == pytest.approx(apart.estimate)
    assert found.variance == pytest.approx(apart.variance)
    assert found.answers[0, 0] == frame.y.notna().sum()
    assert found.forms[0] == len(frame)


def test_a_domain_without_answers_has_no_estimate_rather_than_zero():
    frame = sample(4)
    frame.loc[frame.domain == 1, "y"] = np.nan
    found = mean(survey_design(frame), frame.y, frame.domain, n_domains=3)
    for part in (found.estimate, found.variance, found.design_effect, found.effective_size):
        assert np.isnan(part[1:]).all()
        assert np.isfinite(part[0]).all()
    assert found.answers[:, 0].tolist()[1:] == [0, 0]


def test_forms_drawn_by_themselves_have_a_design_effect_of_one():
    frame = sample(5).assign(weight=4.0)
    found = mean(survey_design(frame), frame.y.fillna(0), frame.domain * 0)
    assert found.design_effect[0, 0] == pytest.approx(1)
    assert found.effective_size[0, 0] == pytest.approx(len(frame))
    # A quarter was drawn, so without replacement three quarters of the variance are left.
    assert found.design_effect_without_replacement[0, 0] == pytest.approx(4 / 3)


def test_a_ratio_counts_the_denominator():
    frame = sample(6)
    design = survey_design(frame, clusters=["c1"])
    found = ratio(design, frame.y * frame.x, frame.x)
    same = mean(
        survey_design(frame.assign(weight=frame.weight * frame.x), clusters=["c1"]), frame.y
    )
    assert found.estimate == pytest.approx(same.estimate)
    assert found.variance == pytest.approx(same.variance)


def test_a_ratio_without_denominator_is_no_answer():
    frame = sample(6)
    design = survey_design(frame, clusters=["c1"])
    gone = frame.x.where(frame.index >= 10)
    found = ratio(design, frame.y, gone, frame.domain)
    kept = ratio(design, frame.y.where(frame.index >= 10), frame.x, frame.domain)
    assert_same(found, kept)
    assert found.answers.tolist() == kept.answers.tolist()


def test_an_index_is_a_weighted_sum_of_its_factors():
    frame = sample(8)
    design = survey_design(frame, strata=["s1"], clusters=["c1"], nest=True)
    columns = np.column_stack([frame.y.fillna(2), frame.x])
    parts = mean(design, columns, frame.domain, crossed=True)
    index = combination(parts, [0.25, 0.75])
    whole = mean(design, columns @ [0.25, 0.75], frame.domain)
    for name in ("estimate", "variance", "design_effect", "effective_size"):
        assert getattr(index, name) == pytest.approx(getattr(whole, name)), name
    jackknifed = combination(mean(design.jackknifed(), columns), [0.25, 0.75])
    assert jackknifed.variance == pytest.approx(
        mean(design.jackknifed(), columns @ [0.25, 0.75]).variance
    )


def test_an_index_without_answers_to_a_factor_is_unknown_unless_it_weighs_nothing():
    frame = sample(8).assign(gone=np.nan)
    found = mean(survey_design(frame), frame[["y", "gone"]])
    index = combination(found, [[0.5, 1.0], [0.5, 0.0]])
    assert np.isnan(index.estimate[0, 0])
    assert np.isnan(index.variance[0, 0])
    assert index.estimate[0, 1] == found.estimate[0, 0]
    assert index.variance[0, 1] == pytest.approx(found.variance[0, 0])


def test_values_that_do_not_fit_the_forms_are_refused():
    with pytest.raises(UsageError, match="89 values for the 90 forms"):
        mean(survey_design(sample(1)), np.ones(89))


def test_domains_are_codes_of_the_forms_below_their_number():
    frame = sample(1)
    design = survey_design(frame)
    for codes in (frame.domain[:-1], frame.domain + 1):
        with pytest.raises(UsageError, match="90 codes below n_domains"):
            mean(design, frame.y, codes, n_domains=2)
    blank = mean(design, frame.y, frame.domain.where(frame.domain >= 0))
    assert blank.estimate.tolist() == mean(design, frame.y, frame.domain).estimate.tolist()


frames = st.integers(0, 10_000).map(lambda seed: sample(seed, forms=40))


def designed(frame):
    return survey_design(frame, strata=["s1"], clusters=["c1", "c2"], population=["n1", "n2"],
                         nest=True, lonely="adjust")  # fmt: skip


def figures(found):
    return [getattr(found, name) for name in ("estimate", "variance", "degrees_of_freedom")]


def assert_same(found, expected, rel=1e-10):
    for one, other in zip(figures(found), figures(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=rel, atol=1e-14)


@given(frames, st.randoms())
@settings(max_examples=8)
def test_the_order_of_forms_changes_nothing(frame, random):
    order = random.sample(range(len(frame)), len(frame))
    mixed = frame.iloc[order]
    kept = {"n_domains": 2}
    assert_same(
        mean(designed(mixed), mixed.y, mixed.domain, **kept),
        mean(designed(frame), frame.y, frame.domain, **kept),
    )


@given(frames)
@settings(max_examples=8)
def test_totals_of_pieces_add_up_to_the_same_estimates(frame):
    design = designed(frame).post_stratified(frame.s1, {"a": 300, "b": 500}).jackknifed()
    for whole in (designed(frame), design, replace_none(design)):
        pieces = [
            cluster_totals(whole.piece(rows), frame.y.to_numpy()[rows], domains=frame.domain[rows],
                           n_domains=2, crossed=True)
            for rows in (np.arange(0, 15), np.arange(15, 16), np.arange(16, 40))
        ]  # fmt: skip
        added = estimates_of(whole, pieces[0] + pieces[1] + pieces[2])
        assert_same(added, mean(whole, frame.y, frame.domain, n_domains=2), rel=1e-12)


@given(frames, st.floats(0.01, 100))
@settings(max_examples=8)
def test_the_scale_of_weights_does_not_touch_means(frame, scale):
    scaled = frame.assign(weight=frame.weight * scale)
    assert_same(mean(designed(scaled), frame.y), mean(designed(frame), frame.y))


@given(frames)
@settings(max_examples=8)
def test_shares_of_options_add_up_to_one_and_no_variance_is_negative(frame):
    options = frame.y.fillna(0).round().clip(2, 4)
    shares = mean(designed(frame), pd.get_dummies(options), frame.domain, n_domains=2)
    sums = shares.estimate.sum(axis=1)
    assert sums[~np.isnan(sums)] == pytest.approx(1)
    assert not (shares.variance < 0).any()
    everyone = mean(designed(frame), frame.y, np.zeros(len(frame), int))
    assert_same(everyone, mean(designed(frame), frame.y), rel=1e-12)


def replace_none(design):
    """The same weights with linearisation instead of replicates."""
    return replace(design, replicates=None)


def test_answers_counted_once_give_every_column_that_is_made_of_them():
    frame = sample(8, forms=200)
    told = np.random.default_rng(8).integers(-1, 4, 200).astype(np.int8)
    above, below = (
        np.array([[1.0, 0, 0.6], [0, 1, 0.2], [0, 0, 0], [np.nan, 0, np.nan]]),
        np.ones((4, 3)),
    )
    below[3] = [np.nan, 1, np.nan]
    columns = [np.vstack([part, np.full(3, np.nan)])[told] for part in (above, below)]
    design = survey_design(
        frame, strata=STRATA, clusters=CLUSTERS, population=SIZES, lonely="adjust", nest=True
    )
    sets = frame[["weight"]].to_numpy() * np.array([[1.2, 0.8, 1.1, 0.9]])
    for one in (
        design.raked({"s": (frame.s2, {"u": 500, "r": 300})}),
        design.replicated(sets, "bootstrap"),
    ):
        expected = estimates_of(one, cluster_totals(one, *columns, frame.domain))
        found = estimates_of(
            one, Adding(one, frame.domain).options(told, 4).of_options(above, below)
        )
        for name in (
            "estimate",
            "variance",
            "design_effect",
            "answers",
            "counts",
            "degrees_of_freedom",
        ):
            np.testing.assert_allclose(
                getattr(found, name), getattr(expected, name), rtol=1e-10, atol=1e-15
            )

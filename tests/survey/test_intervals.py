"""Intervals of shares: R's figures, what happens at 0 and 1, and how often they hold the truth."""

import csv
import sys

import numpy as np
import pytest
from profile_of_r import likelihood_ends_of_r

from scoring.base.errors import UsageError
from scoring.survey.estimation.intervals import INTERVALS, interval, t_quantile

DEFINED_AT_ONE = ("wilson", "korn-graubard", "wald", "mean")


def _r_rows(shared, method, design=""):
    table = shared / "data" / "survey" / "r_survey_results.csv"
    with table.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines)
                if row["id"].startswith(f"prop.{design}") and row["id"].endswith("." + method)]  # fmt: skip
    columns = [[float(row[name]) for row in rows]
               for name in ("estimate", "se", "ci_low", "ci_high", "df")]  # fmt: skip
    share, error, low, high, df = np.array(columns)
    n = [200 if row["data"] == "apistrat" else 183 for row in rows]
    return (share, error**2, n, df), np.array([low, high])


@pytest.mark.needs_shared
@pytest.mark.parametrize(("method", "within"), [
    ("logit", 1e-8), ("xlogit", 1e-8), ("asin", 1e-8), ("beta", 1e-8), ("mean", 1e-8),
    # R interpolates its profile between a dozen points: its own ends are off by that much.
    ("likelihood", 2e-5),
])  # fmt: skip
def test_methods_of_r_agree_with_every_row_of_r(shared_folder, method, within):
    given, ends = _r_rows(shared_folder, method)
    assert len(given[0]) == 4
    assert np.array(interval(method, *given)) == pytest.approx(ends, abs=within, rel=0)


@pytest.mark.needs_shared
@pytest.mark.parametrize(("file", "what"), [
    ("apistrat", "sch.wide"), ("apistrat", "pcttest97"),
    ("apiclus1", "sch.wide"), ("apiclus1", "pcttest97"),
])  # fmt: skip
def test_rs_own_steps_to_the_likelihood_give_its_ends_to_its_last_digits(shared_folder, file, what):
    folder = shared_folder / "data" / "survey"
    with (folder / f"{file}.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    answers = [row["sch.wide"] == "Yes" if what == "sch.wide" else float(row["pcttest"]) >= 90
               for row in rows]  # fmt: skip
    weights = np.array([float(row["pw"]) for row in rows])
    (_, variance, _, df), ends = _r_rows(shared_folder, f"{what}.likelihood", file.strip("api"))
    found = likelihood_ends_of_r(np.array(answers), weights, variance[0], df[0])
    assert found == pytest.approx(ends[:, 0], abs=1e-10, rel=0)


def test_korn_graubard_is_rs_beta_until_the_effective_size_passes_n():
    few = {"share": 0.9, "variance": 0.002, "n": 100, "df": 14}
    many = few | {"variance": 0.0005}
    assert interval("korn-graubard", **few) == interval("beta", **few)
    narrow, capped = interval("beta", **many), interval("korn-graubard", **many)
    assert capped[0] < narrow[0]
    assert capped[1] > narrow[1]
    # 100 answers of a simple sample: Clopper and Pearson's own interval of 90 in 100.
    assert np.array(capped) == pytest.approx([0.8238, 0.9510], abs=5e-5)


def test_wilson_of_a_simple_sample_is_the_textbook_one():
    ends = interval("wilson", 0.9, 0.9 * 0.1 / 100, 100, np.inf)
    assert np.array(ends) == pytest.approx([0.8256, 0.9448], abs=5e-5)


@pytest.mark.parametrize("method", INTERVALS)
def test_a_share_of_one_has_the_answer_that_is_stated(method):
    low, high = interval(method, [1.0, 1.0 + 2e-16], [0.0, 1e-34], 60, 5)
    if method in DEFINED_AT_ONE:
        assert high.tolist() == [1.0, 1.0]
        assert low[0] == low[1]
        assert (low[0] < 0.95) == (method not in ("wald", "mean"))
    else:
        assert np.isnan([low, high]).all()


@pytest.mark.parametrize("method", ["wilson", "korn-graubard"])
def test_a_share_of_zero_mirrors_a_share_of_one(method):
    low, high = interval(method, [0.0, 1.0], 0.0, 60, 5)
    assert low[0] == 0.0
    assert high[0] == pytest.approx(1.0 - low[1])


@pytest.mark.parametrize("method", ["wilson", "korn-graubard"])
@pytest.mark.parametrize("scores", [False, True])
def test_variance_of_zero_inside_counts_the_answers_themselves(method, scores):
    ends = interval(method, 0.6, 0.0, 40, 39, scores=scores)
    assert ends == interval(method, 0.6, 0.6 * 0.4 / 40, 40, 39, scores=scores)


@pytest.mark.parametrize("method", INTERVALS)
@pytest.mark.parametrize(("share", "variance", "n", "df"), [
    (0.8, 0.001, 60, 0), (0.8, 0.001, 60, -1), (0.8, 0.001, 60, np.nan), (np.nan, 0.001, 60, 5),
    (0.8, np.nan, 60, 5), (0.8, -0.001, 60, 5), (0.8, 0.001, 0, 5),
])  # fmt: skip
def test_what_is_not_estimable_has_no_interval(method, share, variance, n, df):
    assert np.isnan(interval(method, share, variance, n, df)).all()


@pytest.mark.parametrize("method", INTERVALS)
def test_an_estimate_is_the_same_alone_and_among_others(method):
    share, variance = np.array([0.5, 1.0, 0.98]), np.array([0.003, 0.0, 0.0004])
    together = np.array(interval(method, share, variance, 60, [5, 5, 1]))
    alone = [interval(method, p, v, 60, d)
             for p, v, d in zip(share, variance, (5, 5, 1), strict=True)]  # fmt: skip
    np.testing.assert_allclose(together.T, alone, atol=1e-12)
    assert together[0, 0] < 0.5 < together[1, 0]


def test_no_interval_but_wald_leaves_zero_to_one():
    share = np.linspace(0.01, 0.99, 25)
    for method in set(INTERVALS) - {"wald", "mean"}:
        low, high = interval(method, share, 0.05, 60, 2)
        assert ((low >= 0) & (low <= share) & (share <= high) & (high <= 1)).all(), method


def test_weights_below_zero_may_take_a_share_out_and_then_only_wald_is_left():
    assert np.isnan(interval("wilson", 1.02, 0.001, 60, 5)).all()
    assert np.isfinite(interval("wald", 1.02, 0.001, 60, 5)).all()


def _sample(values, chances, clusters, size, replications=1500, icc=0.05, seed=1):
    """Means, their variances and sizes of samples of clusters whose chances vary between them."""
    draw = np.random.default_rng(seed)
    spread = np.array(chances) * (1 - icc) / icc
    of_cluster = draw.dirichlet(spread, (replications, clusters))
    totals = draw.multinomial(size, of_cluster) @ np.array(values)
    n = clusters * size
    mean = totals.sum(axis=1) / n
    residual = (totals - mean[:, None] * size) / n
    return mean, clusters / (clusters - 1) * (residual**2).sum(axis=1), n


def _coverage(method, truth, sample, clusters, **options):
    low, high = interval(method, *sample, clusters - 1, **options)
    return float(((low <= truth) & (truth <= high)).mean())


@pytest.mark.parametrize(("share", "clusters"), [(0.85, 6), (0.95, 15), (0.98, 6), (0.98, 40)])
def test_wilson_and_korn_graubard_hold_the_true_share_as_often_as_they_say(share, clusters):
    sample = _sample([1.0, 0.0], [share, 1 - share], clusters, 10)
    assert _coverage("wilson", share, sample, clusters) > 0.935
    assert _coverage("korn-graubard", share, sample, clusters) > 0.945


@pytest.mark.parametrize("share", [0.8, 0.98])
@pytest.mark.parametrize("clusters", [6, 40])
def test_unequal_weights_leave_the_coverage_that_the_pages_state(share, clusters):
    draw = np.random.default_rng(5)
    chances = draw.beta(share * 9, (1 - share) * 9, (2000, clusters, 1))
    satisfied = draw.random((2000, clusters, 10)) < chances
    weights = draw.lognormal(0, 0.4, satisfied.shape)
    whole = weights.sum(axis=(1, 2))
    at = (weights * satisfied).sum(axis=(1, 2)) / whole
    off = (weights * (satisfied - at[:, None, None])).sum(axis=2) / whole[:, None]
    sample = at, clusters * off.var(axis=1, ddof=1), 10 * clusters
    assert _coverage("wilson", share, sample, clusters) > 0.92
    assert _coverage("korn-graubard", share, sample, clusters) > 0.93


def test_wald_and_logit_hold_a_share_near_one_far_too_seldom():
    sample = _sample([1.0, 0.0], [0.98, 0.02], 6, 10)
    assert 0.55 < _coverage("wald", 0.98, sample, 6) < 0.7
    assert 0.55 < _coverage("logit", 0.98, sample, 6) < 0.7


def test_means_of_weighted_options_are_held_as_often_without_needless_width():
    values, chances = [1.0, 0.6, 0.2, 0.0], [0.7, 0.25, 0.03, 0.02]
    truth = float(np.dot(values, chances))
    sample = _sample(values, chances, 15, 10)
    assert _coverage("wilson", truth, sample, 15, scores=True) > 0.93
    as_scores, as_shares = (np.diff(interval("wilson", *sample, 14, scores=scores), axis=0).mean()
                            for scores in (True, False))  # fmt: skip
    assert as_scores < 0.85 * as_shares


def test_quantile_of_t_at_infinity_is_the_normal_one():
    assert t_quantile([14, np.inf]) == pytest.approx([2.14478669, 1.95996398])
    assert np.isnan(t_quantile([0, -1, np.nan])).all()


def test_an_unknown_method_and_an_impossible_confidence_are_refused():
    with pytest.raises(UsageError, match="korn-graubard"):
        interval("clopper", 0.5, 0.01, 60, 5)
    with pytest.raises(UsageError, match="between 0 and 1"):
        interval("wilson", 0.5, 0.01, 60, 5, confidence=95)


def test_without_scipy_the_message_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(UsageError, match=r"par-index-scoring\[survey\]") as raised:
        interval("wilson", 0.5, 0.01, 60, 5)
    assert raised.value.finding.code == "survey-needs-scipy"

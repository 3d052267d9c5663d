"""Sample sizes: the ministry's formula, Cochran's, Wilson's where the share is near 1."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.base.errors import UsageError
from scoring.survey.estimation.intervals import interval
from scoring.survey.planning.sample_sizes import (
    Costs,
    SizeRequest,
    half_widths,
    ministry_size,
    precision_table,
    rounded_up,
    size_table,
    wald_size,
    wilson_size,
)


def test_the_ministry_s_formula_gives_385_of_ten_thousand_transactions():
    exact = ministry_size(10_000, 0.05)
    assert exact == pytest.approx(384.615385, abs=1e-6)
    assert rounded_up(exact) == 385


def test_a_slip_of_the_arithmetic_is_not_rounded_up_to_one_more_form():
    assert rounded_up(ministry_size(400, 0.05)) == 200  # 400 / (1 + 400 * 0.0025) = 200 exactly


def test_cochran_s_worked_example():
    # Sampling Techniques, 3rd edition, section 4.4: t = 2, d = 0.05, p = 0.5, N = 3200 give
    # n0 = 400 and 400 / (1 + 399 / 3200) = 356.
    two = 0.954499736103642  # the confidence of two standard deviations
    assert wald_size(SizeRequest(0.05, confidence=two)) == pytest.approx(400)
    assert math.floor(wald_size(SizeRequest(0.05, confidence=two, population=3200))) == 355
    assert rounded_up(wald_size(SizeRequest(0.05, confidence=two, population=3200))) == 356


def test_clusters_and_weights_multiply_the_size():
    plain = wald_size(SizeRequest(0.05))
    clustered = SizeRequest(0.05, cluster_size=21, icc=0.05, weight_effect=1.2)
    assert clustered.deff == pytest.approx(2.4)
    assert wald_size(clustered) == pytest.approx(2.4 * plain)


def test_near_one_the_wald_size_is_too_small_for_the_interval_that_is_shown():
    request = SizeRequest(0.02, share=0.98)
    z2 = request.z**2
    # The half-width solved for n by hand: m = z²(pq + √(p²q² + e²(1 - 4pq))) / 2e², n = m - z².
    spread, e = 0.98 * 0.02, 0.02
    by_hand = z2 * (spread + math.sqrt(spread**2 + e**2 * (1 - 4 * spread))) / (2 * e**2) - z2
    assert wilson_size(request) == pytest.approx(by_hand)
    assert (rounded_up(wald_size(request)), rounded_up(by_hand)) == (189, 223)


def test_a_share_of_one_still_needs_forms():
    request = SizeRequest(0.05, share=1.0)
    assert wald_size(request) == 0
    assert wilson_size(request) == pytest.approx(request.z**2 / 0.1 - request.z**2)
    assert size_table(request)["forms"].tolist() == [1, 35]


def test_few_clusters_cost_more_forms_than_many():
    assert wilson_size(SizeRequest(0.05, cluster_size=40)) > 1.1 * wilson_size(SizeRequest(0.05))


def test_wilson_here_is_the_interval_of_the_estimates():
    request = SizeRequest(0.05, share=0.9, cluster_size=10, icc=0.05, strata=2)
    variance = 0.9 * 0.1 * request.deff / 200
    low, high = interval("wilson", [0.9], [variance], [200], [18])
    assert half_widths(request, [200])["wilson"] == pytest.approx((high - low) / 2)


def test_refusals_and_domains_are_counted():
    table = size_table(SizeRequest(0.05, population=30_000, response=0.8, domains=3))
    assert table["forms"].tolist() == [385, 370, 381]  # each domain has 10,000
    assert table["approached"].tolist() == [482, 463, 477]
    assert table["forms_in_all"].tolist() == [1155, 1110, 1143]


def test_a_budget_buys_whole_forms():
    costs = Costs(interview=50_000, cluster=500_000, fixed=1_000_000)
    assert costs.forms_for(11_000_000, cluster_size=10) == 100
    assert costs.forms_for(500_000) == 0
    # The way to a cluster is paid for one form as for ten.
    assert costs.forms_for(1_500_000, cluster_size=10) == 0
    assert costs.forms_for(2_600_000, cluster_size=10) == 12
    assert costs.of([12], cluster_size=10).tolist() == [2_600_000]
    table = precision_table(SizeRequest(0.05, response=0.5), [100, 400], costs)
    assert table["approached"].tolist() == [200, 800]
    assert table["cost"].tolist() == [111_000_000, 441_000_000]


def test_the_best_size_of_a_cluster_beats_its_neighbours():
    costs = Costs(interview=50, cluster=500)
    best = costs.best_cluster_size(0.05)

    def error(m):
        return (50 + 500 / m) * (1 + (m - 1) * 0.05)

    assert error(best) <= min(error(m) for m in range(1, 60))
    with pytest.raises(UsageError, match="icc"):
        costs.best_cluster_size(0.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"margin": 0.0},
        {"share": 1.2},
        {"response": 0.0},
        {"cluster_size": 0.5},
        {"population": 0},
        {"icc": math.nan},
    ],
)
def test_a_figure_outside_what_it_may_be_is_named(wrong):
    with pytest.raises(UsageError, match=next(iter(wrong))):
        SizeRequest(**{"margin": 0.05} | wrong)


SHARES = st.floats(0.01, 1.0)


@settings(max_examples=40, deadline=None)
@given(share=SHARES, margin=st.floats(0.01, 0.2), population=st.floats(50, 1e6))
def test_a_finer_margin_or_a_larger_population_never_needs_fewer(share, margin, population):
    for exact in (wald_size, wilson_size):

        def size(margin, population, exact=exact):
            # Below one form Cochran's formula has no sense; one is the least there is.
            return max(1.0, exact(SizeRequest(margin, share, population=population)))

        here = size(margin, population)
        assert size(margin / 2, population) >= here - 1e-6
        assert size(margin, 2 * population) >= here - 1e-6
        assert here <= population + 1e-9

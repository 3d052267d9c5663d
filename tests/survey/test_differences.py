"""Differences between domains, between surveys, and between years that share sampling units."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scoring.base.errors import UsageError
from scoring.survey.estimation.design import survey_design
from scoring.survey.estimation.differences import (
    Differences,
    Side,
    difference,
    difference_between,
    recovered,
)
from scoring.survey.estimation.estimates import combination, mean, total
from scoring.survey.estimation.intervals import interval

PARTS = {"strata": ["s"], "clusters": ["c"]}


def year(seed, units=6):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"unit": rng.integers(0, units, 90), "weight": rng.uniform(1, 4, 90)})
    frame["s"] = np.where(frame.unit < units // 2, "a", "b")
    frame["c"] = "k" + frame.unit.astype(str)
    frame["n"] = frame.s.map({"a": 10.0, "b": 20.0})
    frame["domain"] = rng.integers(0, 3, 90)
    frame["y"] = rng.normal(3, 1, 90) + frame.unit % 3
    return frame


@pytest.fixture(scope="module")
def frame():
    return year(1)


def test_two_domains_that_share_units_by_hand():
    frame = pd.DataFrame({"c": list("aabb"), "weight": 1.0, "y": [3.0, 1, 5, 2]})
    found = difference(total(survey_design(frame, clusters=["c"]), frame.y, [0, 1, 0, 1]), [0], [1])
    # By unit the difference is 2 and 3: twice the squares around 2.5.
    assert found.estimate[0, 0] == 5
    assert found.variance[0, 0] == pytest.approx(2 * 2 * 0.25)
    assert found.degrees_of_freedom[0, 0] == 1


@pytest.mark.parametrize("sized", [True, False])
@pytest.mark.parametrize("calibrated", [True, False])
def test_a_difference_is_the_estimate_of_a_contrast(frame, sized, calibrated):
    design = survey_design(frame, **PARTS, population=["n"] if sized else [])
    if calibrated:
        design = design.post_stratified(frame.s, {"a": 100, "b": 300})
    shares = mean(design, frame.y, frame.domain)
    found = difference(shares, [0, 0, 1], [1, 2, 2])
    # The same contrast as one column: the values of each domain over its own weight.
    for row, (one, other) in enumerate([(0, 1), (0, 2), (1, 2)]):
        parts = np.column_stack([
            np.where(frame.domain == at, (frame.y - shares.estimate[at, 0]), 0.0)
            / shares.weight[at] for at in (one, other)
        ])  # fmt: skip
        contrast = combination(total(design, parts), [1.0, -1.0])
        assert found.variance[row, 0] == pytest.approx(contrast.variance[0, 0])
    assert found.estimate[0, 0] == shares.estimate[0, 0] - shares.estimate[1, 0]


def test_a_domain_does_not_differ_from_itself(frame):
    shares = mean(survey_design(frame, **PARTS), frame.y, frame.domain)
    found = difference(shares, [1], [1])
    assert (found.estimate[0, 0], found.variance[0, 0]) == (0, pytest.approx(0, abs=1e-15))
    assert found.degrees_of_freedom[0, 0] == shares.degrees_of_freedom[1]


def test_domains_in_different_strata_vary_apart_and_add_their_freedom(frame):
    shares = mean(survey_design(frame, **PARTS), frame.y, frame.s.eq("a").astype(int))
    found = difference(shares, [0], [1])
    assert found.variance[0, 0] == pytest.approx(shares.variance.sum())
    assert found.degrees_of_freedom[0, 0] == shares.degrees_of_freedom.sum() == 4


def test_a_difference_with_a_domain_without_answers_is_unknown(frame):
    shares = mean(survey_design(frame, **PARTS), frame.y, frame.domain, n_domains=4)
    found = difference(shares, [0], [3])
    assert np.isnan(found.estimate[0, 0])
    assert np.isnan(found.variance[0, 0])


def test_replicates_give_the_difference_too(frame):
    design = survey_design(frame, **PARTS).jackknifed()
    shares = mean(design, frame.y, frame.domain)
    found = difference(shares, [0], [1])
    off = shares.replicated[0, 0] - shares.replicated[1, 0]
    reps = design.replicates
    expected = reps.scale * (reps.rscales * (off - off.mean()) ** 2).sum()
    assert found.variance[0, 0] == pytest.approx(expected)


def test_a_replicate_that_misses_one_domain_is_left_out_of_the_difference():
    frame = pd.DataFrame({"y": [1.0, 0, 1, 1, 0, 1], "u": [0, 0, 0, 1, 1, 1], "weight": 1.0})
    sets = np.array(
        [[2, 0, 1, 2, 1, 0], [0, 2, 1, 0, 0, 0], [1, 0, 2, 0, 3, 0], [0, 1, 2, 1, 1, 1.0]]
    ).T
    design = survey_design(frame).replicated(sets, "bootstrap")
    found = difference(mean(design, frame.y, frame.u), [0], [1])
    gaps = [np.average(frame.y[:3], weights=one[:3]) - np.average(frame.y[3:], weights=one[3:])
            for one in sets.T if one[3:].sum()]  # fmt: skip
    expected = ((gaps - np.mean(gaps)) ** 2).sum() / 3
    assert found.variance[0, 0] == pytest.approx(expected, rel=1e-12)


def test_two_independent_surveys_add_their_variances_and_weigh_their_freedom(frame):
    last = year(2, units=8)
    now, then = (mean(survey_design(one, **PARTS), one.y) for one in (frame, last))
    found = difference_between(now, then, [0], [0])
    one, other = now.variance[0, 0], then.variance[0, 0]
    assert found.variance[0, 0] == pytest.approx(one + other)
    expected = (one + other) ** 2 / (one**2 / 4 + other**2 / 6)
    assert found.degrees_of_freedom[0, 0] == pytest.approx(expected)


def test_years_of_the_same_units_are_two_domains_of_one_survey(frame):
    last = year(3)
    both = pd.concat([frame.assign(at=0), last.assign(at=1)], ignore_index=True)
    for sizes in ([], ["n"]):
        now, then = (mean(survey_design(one, **PARTS, population=sizes), one.y)
                     for one in (frame, last))  # fmt: skip
        design = survey_design(both, **PARTS, population=sizes)
        expected = difference(mean(design, both.y, both["at"]), [0], [1])
        found = difference_between(now, then, [0], [0], shared=True)
        assert found.variance == pytest.approx(expected.variance)
        assert found.degrees_of_freedom == pytest.approx(expected.degrees_of_freedom)
        assert found.variance[0, 0] < (now.variance + then.variance)[0, 0]


def test_years_that_share_no_unit_are_independent(frame):
    last = year(3).assign(c=lambda table: "new" + table.c)
    now, then = (mean(survey_design(one, **PARTS), one.y) for one in (frame, last))
    found = difference_between(now, then, [0], [0], shared=True)
    assert found.variance == pytest.approx(now.variance + then.variance)
    # Twelve units in the two strata that both have.
    assert found.degrees_of_freedom[0, 0] == 10


def test_years_that_share_some_units_lie_between(frame):
    last = year(3)
    last["c"] = last.c.where(last.unit % 3 > 0, "new" + last.c)
    now, then = (mean(survey_design(one, **PARTS), one.y) for one in (frame, last))
    found = difference_between(now, then, [0], [0], shared=True).variance[0, 0]
    assert 0 < found < (now.variance + then.variance)[0, 0]


def test_years_with_the_same_replicates_are_compared_set_by_set(frame):
    sets = np.random.default_rng(4).uniform(0.5, 1.5, (90, 7))
    now, then = (
        mean(survey_design(one).replicated(sets, "bootstrap", combined=False), one.y)
        for one in (frame, year(3))
    )
    off = (now.replicated - then.replicated)[0, 0]
    found = difference_between(now, then, [0], [0], shared=True)
    assert found.variance[0, 0] == pytest.approx(off.var(ddof=1))


def test_forms_drawn_by_themselves_share_nothing(frame):
    plain = mean(survey_design(frame), frame.y)
    with pytest.raises(UsageError, match="share no sampling units"):
        difference_between(plain, plain, [0], [0], shared=True)


def test_replicates_share_nothing_with_a_survey_without_them(frame):
    design = survey_design(frame, **PARTS)
    one, other = mean(design, frame.y), mean(design.jackknifed(), frame.y)
    with pytest.raises(UsageError, match="nothing is shared"):
        difference_between(one, other, [0], [0], shared=True)


def side(draw, share, units, n=10, icc=0.1, times=3000):
    """A unit of some clusters, many times over: its share, variance, interval and freedom."""
    chances = draw.beta(share * (1 - icc) / icc, (1 - share) * (1 - icc) / icc, (times, units))
    shares = draw.binomial(n, chances) / n
    at, variance = shares.mean(axis=1)[:, None], shares.var(axis=1, ddof=1)[:, None] / units
    low, high = interval("wilson", at, variance, units * n, units - 1.0)
    return Side(at, variance, low, high, np.full(times, units - 1.0))


@pytest.mark.parametrize(("few", "many"), [(6, 6), (6, 60), (12, 120)])
@pytest.mark.parametrize("share", [0.8, 0.95, 0.98])
def test_few_units_of_one_share_are_called_different(share, few, many):
    draw = np.random.default_rng(13)
    one, other = side(draw, share, few), side(draw, share, many)
    gap = one.estimate - other.estimate
    freedom = np.full_like(gap, few + many - 2.0)
    apart = Differences(gap, one.variance + other.variance, freedom)
    low, high, p_value, _ = recovered(apart, one, other)
    assert ((p_value < 0.05) == ((low > 0) | (high < 0))).all()
    assert (p_value < 0.05).mean() < 0.07 and (p_value < 0.005).mean() < 0.008


def test_what_two_sides_share_makes_their_difference_surer():
    draw = np.random.default_rng(4)
    one = side(draw, 0.8, 20, times=1)
    other = replace(one, estimate=one.estimate - 0.05, low=one.low - 0.05, high=one.high - 0.05)
    ends = [
        recovered(Differences(one.estimate - other.estimate, left * one.variance, 0 * one.variance + 19),
                  one, other)
        for left in (2.0, 0.5)
    ]  # fmt: skip
    widths = [(high - low).item() for low, high, _, _ in ends]
    assert widths[1] == pytest.approx(widths[0] / 2, rel=0.2) and ends[1][2] < ends[0][2]

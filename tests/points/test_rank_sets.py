"""Rank sets hold the true ranks of all units at once, and say who cannot be told apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scoring.base.errors import UsageError
from scoring.criteria import open_set
from scoring.points import inputs_table, score
from scoring.points.rank_sets import alike_names, rank_sets, shown_above
from scoring.points.sampling import with_sampling


def linear(below, above=None):
    def widths(errors):
        return errors * below, errors * (below if above is None else above)

    return widths


def ends(shown):
    return 1 + shown.sum(axis=0), len(shown) - shown.sum(axis=1)


@pytest.mark.parametrize("truth", [[80, 80, 80, 80, 80, 80], [80, 80, 78, 74, 74, 60]])
def test_all_true_ranks_lie_in_their_sets_at_least_as_often_as_stated(truth):
    truth, rng = np.array(truth, dtype=float), np.random.default_rng(7)
    below, above = np.array([2.0, 1, 3, 1, 2, 0.5]), np.array([1.0, 2, 3, 1, 1, 0.5])
    best = 1 + (truth[:, None] < truth[None, :]).sum(axis=1)
    worst = len(truth) - (truth[:, None] > truth[None, :]).sum(axis=1)
    runs, held = 400, 0
    for run in range(runs):
        normal = rng.standard_normal(len(truth))
        seen = truth + normal * np.where(normal > 0, below, above)
        first, last = ends(shown_above(seen, linear(below, above), draws=400, seed=run))
        held += bool(((first <= best) & (worst <= last)).all())
    # Three standard errors of a share of 95% of 400 are 3.3 points.
    assert held / runs >= 0.95 - 0.033


def test_going_on_in_steps_shows_what_one_step_does_not():
    # Of four units alike the largest difference seldom passes 3.6; once the first two are shown to
    # be ahead, that of what is left seldom passes 3.4.
    error = linear(np.ones(4))
    assert shown_above(np.array([100.0, 50, 3.5, 0]), error)[2, 3]
    assert not shown_above(np.array([3.5, 0, 1, 2]), error).any()


def test_points_without_an_error_compare_exactly():
    shown = shown_above(np.array([80.01, 80.0, 80.0]), linear(np.zeros(3)))
    first, last = ends(shown)
    assert (first.tolist(), last.tolist()) == ([1, 2, 2], [1, 3, 3])


def test_many_units_take_a_bound_that_shows_no_more():
    rng = np.random.default_rng(1)
    points, error = rng.normal(80, 6, 160), np.ones(160)
    many = shown_above(points, linear(error))
    few = shown_above(points[:150], linear(error[:150]))
    assert not (many[:150, :150] & ~few).any()
    assert many.any()


CRITERIA = open_set("department-sample")


def surveyed(values, half=4.0, item="8.1"):
    """Return the scored units whose satisfaction is given; everything else is alike."""
    units = [f"S{n}" for n in range(len(values))]
    rows = [
        {"unit_code": unit, "item_code": item, "input": "satisfaction", "value": value}
        for unit, value in zip(units, values, strict=True)
    ]
    sheet = score(inputs_table(rows, year=2026), CRITERIA)
    fed = pd.DataFrame(rows).assign(
        year=2026, period="", confidence_percent=95.0, survey="ks",
        low=np.array(values) - half, high=np.array(values) + half,
    )  # fmt: skip
    return sheet, fed


def complete(sheet):
    """Close every open item at its maximum, so that the index is known."""
    from dataclasses import replace

    from scoring.points.rollup import roll_up

    leaves = np.where(np.isnan(sheet.points), sheet.maxima, sheet.points)
    rolled = roll_up(sheet.criteria, leaves, np.zeros(leaves.shape, dtype=bool))
    return replace(sheet, points=rolled.points, status=np.zeros_like(sheet.status))


def test_units_within_the_error_of_the_survey_are_not_told_apart():
    sheet, fed = surveyed([90.0, 88.0, 60.0])
    sampled, findings = with_sampling(complete(sheet), fed)
    assert not findings
    sets = rank_sets(sampled)
    assert sets is not None
    assert (sets.first.tolist(), sets.last.tolist()) == ([1, 1, 3], [2, 2, 3])
    assert [others.tolist() for others in sets.alike] == [[1], [0], []]
    assert alike_names(sampled, sets).tolist() == ["S1", "S0", ""]


def test_a_unit_that_takes_no_place_widens_no_set():
    sheet, fed = surveyed([90.0, 88.0, 60.0])
    sampled, _ = with_sampling(complete(sheet), fed)
    sets = rank_sets(sampled, unranked=np.array([False, True, False]))
    assert sets is not None
    assert (sets.first.tolist(), sets.last.tolist()) == ([1, 0, 2], [1, 0, 2])
    # Nobody is told to be like it, and its places are whole numbers as those of the others.
    assert alike_names(sampled, sets).tolist() == ["", "", ""]
    assert {sets.first.dtype, sets.last.dtype} == {np.dtype(int)}


def test_a_sheet_without_survey_figures_has_no_rank_sets():
    assert rank_sets(surveyed([90.0, 88.0])[0]) is None


def test_an_interval_of_unknown_confidence_is_refused():
    sheet, fed = surveyed([90.0, 88.0])
    sampled, _ = with_sampling(complete(sheet), fed.assign(confidence_percent=np.nan))
    with pytest.raises(UsageError, match="confidence_percent"):
        rank_sets(sampled)


def test_the_order_of_the_units_changes_no_set():
    points, error = np.array([90.0, 88, 85, 60, 59]), np.array([1.0, 2, 1, 0, 3])
    turned = np.array([3, 0, 4, 2, 1])
    one, other = (
        ends(shown_above(points, linear(error))),
        ends(shown_above(points[turned], linear(error[turned]))),
    )
    assert [end[turned].tolist() for end in one] == [end.tolist() for end in other]


def test_a_step_that_only_the_widened_interval_reaches_keeps_units_alike():
    # Item 8.3 steps at 87. The 95% interval of 88.5 ends above the step, that of all pairs below it.
    sheet, fed = surveyed([88.5, 86.0], half=1.3, item="8.3")
    alone = fed.assign(low=fed["value"], high=fed["value"]).query("unit_code == 'S1'")
    sampled, _ = with_sampling(complete(sheet), pd.concat([fed.query("unit_code == 'S0'"), alone]))
    row = sampled.row("8.3")
    assert sampled.sampling.low[row, 0] == sampled.points[row, 0]
    sure = rank_sets(sampled, confidence_percent=80.0)
    careful = rank_sets(sampled, confidence_percent=99.0)
    assert (sure.last.tolist(), careful.last.tolist()) == ([1, 2], [2, 2])

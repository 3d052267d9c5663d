"""Exact distributions against every combination of outcomes, and against simulation."""

import numpy as np
import pytest
from random_doubts import enumerated, given_doubts, random_doubts, sample_set, sample_sheet

from scoring.uncertainty import outlook
from scoring.uncertainty.drivers import drivers, sobol_shares
from scoring.uncertainty.index_chances import exact_chances, moves_of
from scoring.uncertainty.mixed_chances import drawn_totals, total_chances
from scoring.uncertainty.rank_chances import beating, rank_chances
from scoring.uncertainty.simulated import draws_of, ranks_of

UNITS = np.arange(3)


def _made(seed, **how):
    rng = np.random.default_rng(seed)
    doubts = random_doubts(rng, sample_sheet(rng), **how)
    moves = moves_of(doubts)
    return doubts, moves, exact_chances(doubts, moves, -1, UNITS)


@pytest.mark.parametrize("seed", range(12))
def test_the_distribution_is_that_of_every_combination(seed):
    doubts, moves, chances = _made(seed, known=seed % 3 > 0)
    assert moves.adds_up.all() and not chances.off.any()
    for unit in UNITS:
        for face, row in ((doubts.worst, chances.worst), (doubts.best, chances.best)):
            index, mass = enumerated(doubts, unit, face)
            at = np.rint((index - chances.values[0]) * chances.grid).astype(int)
            by_hand = np.bincount(at, mass, minlength=len(chances.values))
            assert row[unit] == pytest.approx(by_hand, abs=1e-12)
    assert chances.worst.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("seed", range(6))
def test_chances_of_ranks_and_peers_are_those_of_every_combination(seed):
    rng = np.random.default_rng(seed)
    own = rng.dirichlet(np.ones(4), 4)
    ranks, wins = rank_chances(own, own), beating(own, own)
    by_hand, ahead = np.zeros((4, 4)), np.zeros((4, 4))
    for values in np.ndindex(4, 4, 4, 4):
        mass = np.prod(own[np.arange(4), values])
        place = ranks_of(np.array([values], dtype=float))[0] - 1
        by_hand[np.arange(4), place] += mass
        ahead += mass * (np.array(values)[:, None] > np.array(values))
    assert ranks == pytest.approx(by_hand) and ranks.sum(axis=1) == pytest.approx(1)
    np.fill_diagonal(ahead, np.nan)
    assert wins == pytest.approx(ahead, nan_ok=True)


def test_simulation_agrees_with_what_is_exact():
    doubts, moves, chances = _made(5)
    draws = draws_of(doubts, moves, draws=20_000)
    ranks = rank_chances(chances.worst, chances.worst)
    for unit in UNITS:
        mean = chances.worst[unit] @ chances.values
        error = draws.index[:, unit].std() / np.sqrt(20_000)
        assert abs(draws.index[:, unit].mean() - mean) < 5 * error
        seen = np.bincount(draws.ranks[:, unit] - 1, minlength=3) / 20_000
        assert np.abs(seen - ranks[unit]).max() < 5 * 0.5 / np.sqrt(20_000)


def test_the_same_seed_draws_the_same():
    rng = np.random.default_rng(2)
    criteria = sample_set(6, rounding={"decimals": 1, "stage": "area", "rank_on": "unrounded"})
    doubts = random_doubts(rng, sample_sheet(rng, criteria=criteria))
    moves = moves_of(doubts)
    hard = np.flatnonzero(~moves.adds_up[-1])
    assert len(hard)
    one, two = (drawn_totals(doubts, moves, hard, 500, 7) for _ in range(2))
    other = drawn_totals(doubts, moves, hard, 500, 8)
    unit = int(hard[0])
    assert np.array_equal(one[unit][0], two[unit][0])
    assert not np.array_equal(one[unit][0], other[unit][0])


def test_a_source_draws_the_same_when_another_one_is_dropped():
    criteria = sample_set(6, rounding={"decimals": 1, "stage": "area", "rank_on": "unrounded"})
    sheet = sample_sheet(np.random.default_rng(2), units=1, criteria=criteria)
    rest = {"1.2": (0.13, 1.46, 0.3), "2.2": (0.21, 1.77, 0.6), "2.3": (0.05, 1.9, 0.8)}
    # The first source of all is certain: with it or without it, the others must draw the same.
    certain = {"1.1": (sheet.points[sheet.row("1.1"), 0], 2.0, 0.0)}
    index = [
        drawn_totals(doubts, moves_of(doubts), np.array([0]), 300, 7)[0][0][-1]
        for doubts in (given_doubts(sheet, rest), given_doubts(sheet, certain | rest))
    ]
    assert len(np.unique(index[0])) > 4 and np.array_equal(*index)


def test_what_does_not_add_up_is_simulated_within_its_error():
    rng = np.random.default_rng(3)
    criteria = sample_set(6, rounding={"decimals": 1, "stage": "area", "rank_on": "unrounded"})
    doubts = random_doubts(rng, sample_sheet(rng, criteria=criteria))
    moves = moves_of(doubts)
    hard = [int(unit) for unit in np.flatnonzero(~moves.adds_up[-1])]
    drawn = drawn_totals(doubts, moves, np.array(hard), 10_000, 1)
    chances = total_chances(doubts, moves, -1, np.array(hard), drawn)
    index, mass = enumerated(doubts, hard[0], doubts.worst)
    for level in np.unique(index)[::3]:
        exact = mass[index <= level + 1e-9].sum()
        seen = chances.worst[0][chances.values <= level + 1e-4].sum()
        assert abs(exact - seen) < 5 * 0.5 / 100
    table = outlook(doubts, draws=1000).index
    assert set(table.loc[table["code"] == "INDEX", "method"]) <= {"exact", "simulated"}
    assert (table.loc[table["method"] == "simulated", "chance_error_percent"] > 1).all()


def test_two_doubtful_alternatives_are_never_added_up():
    from set_builder import direct_item, sound

    pairs = [direct_item(code, 2) for code in ("1.1", "1.2", "2")]
    best = {"code": "1", "max_points": 2, "rule": "best_of"}
    criteria = sound(
        {"total_points": 4}, items=[best, *(item for item, _ in pairs)],
        inputs=[entry for _, entry in pairs],
    )  # fmt: skip
    rng = np.random.default_rng(1)
    doubts = random_doubts(rng, sample_sheet(rng, criteria=criteria), per_unit=2)
    assert not moves_of(doubts).adds_up.all()
    made = outlook(doubts, draws=4000).index
    row = made[made["code"] == "INDEX"].iloc[0]
    index, mass = enumerated(doubts, 0, doubts.worst)
    reached = np.unique(index[mass > 0])
    assert row["bound_low_points"] == pytest.approx(reached[0], abs=5e-3)
    assert row["bound_high_points"] == pytest.approx(reached[-1], abs=5e-3)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_called_exact_is_so_under_any_policy_of_a_set(seed):
    """Bonus, penalty, caps, alternatives and rounding: whoever adds up is exact, bounds always hold."""
    import random

    from random_sets import random_set

    from scoring.points import inputs_table, score
    from scoring.uncertainty.index_chances import cut
    from scoring.uncertainty.mixed_chances import compared_chances

    rng, criteria = np.random.default_rng(seed), random_set(random.Random(seed), most_leaves=10)
    leaves = [node for node in criteria.nodes if node.is_item]
    rows = [{"item_code": n.code, "input": "points", "value": n.max_points / 2} for n in leaves]
    sheet = score(inputs_table(rows, unit_code="A", year=2026), criteria)
    count = min(3, len(leaves) - 1)
    if count < 1:
        return
    doubts = random_doubts(rng, sheet, per_unit=count)
    moves = moves_of(doubts, areas=False)
    index, mass = enumerated(doubts, 0, doubts.worst)
    index = cut(index, criteria)
    assert index.min() >= cut(moves.least, criteria)[-1, 0] - 1e-9
    assert index.max() <= cut(moves.most, criteria)[-1, 0] + 1e-9
    if not moves.adds_up[-1, 0]:
        return
    chances = compared_chances(exact_chances(doubts, moves, -1, np.array([0])), criteria)
    off = float(chances.off[0]) + 0.5 / chances.grid + 1e-9
    below = np.cumsum(chances.worst[0])
    for level in np.unique(index.round(9)):
        exact = [mass[index <= level + side].sum() for side in (-2 * off, 2 * off)]
        at = np.searchsorted(chances.values, level + off, side="right")
        seen = below[at - 1] if at else 0.0
        assert exact[0] - 1e-9 <= seen <= exact[1] + 1e-9


@pytest.mark.parametrize("known", [True, False])
def test_intervals_lie_within_bounds_and_bands_hold_what_is_known(known):
    rng = np.random.default_rng(11)
    sheet = sample_sheet(rng, units=5)
    doubts = random_doubts(rng, sheet, known=known)
    made = outlook(doubts, confidence_percent=90)
    table = made.index
    assert (table["low_points"] >= table["bound_low_points"]).all()
    assert (table["high_points"] <= table["bound_high_points"]).all()
    ranks = made.ranks
    assert (ranks["bound_first"] <= ranks["rank_first"]).all()
    assert (ranks["rank_first"] <= ranks["rank_last"]).all()
    assert (ranks["rank_last"] <= ranks["bound_last"]).all()
    for table in (made.rank_chances, made.pairs):
        assert (table["low_percent"] <= table["high_percent"] + 1e-9).all()
        assert known == np.allclose(table["low_percent"], table["high_percent"])
    if known:
        each = made.rank_chances.groupby("unit_code")["low_percent"].sum()
        assert each.to_numpy() == pytest.approx(100, abs=0.05)
    else:
        # Nobody knows a chance: the interval is the whole range, and drivers have no share.
        assert np.allclose(table_ends(made.index), 0) and made.drivers["first_percent"].isna().all()


def table_ends(table):
    return np.abs(
        table[["low_points", "high_points"]].to_numpy()
        - table[["bound_low_points", "bound_high_points"]].to_numpy()
    ).max()


def test_certain_items_change_nothing():
    rng = np.random.default_rng(4)
    sheet = sample_sheet(rng)
    doubts = random_doubts(rng, sheet, per_unit=1)
    plain = outlook(doubts)
    extra = random_doubts(np.random.default_rng(9), sheet, per_unit=1, outcomes=(1, 1))
    same = {"points": sheet.points[:-1][extra.row, extra.place[extra.outcome]]}
    both = _joined(doubts, extra, same["points"])
    assert both.sources.shape[0] == 6
    for name in ("index", "ranks", "pairs"):
        left, right = getattr(plain, name), getattr(outlook(both), name)
        assert left.equals(right), name


def _joined(one, other, points):
    """Return the doubts of both, those of `other` certain at `points`."""
    import pandas as pd

    from scoring.uncertainty import Doubts
    from scoring.uncertainty.doubts import COLUMNS

    parts = []
    for doubts, name, value in ((one, "a", one.points), (other, "b", points)):
        at = doubts.outcome
        turn = at - np.searchsorted(doubts.source, doubts.source[at])
        parts.append(pd.DataFrame({
            "place": doubts.place[at], "row": doubts.row, "kind": "task",
            "key": name + doubts.source[at].astype(str).astype(object), "turn": turn, "points": value,
            "chance": doubts.chance[at], "worst": doubts.worst[at], "best": doubts.best[at], "cases": 0.0,
        }))  # fmt: skip
    moved = set(zip(parts[0]["place"], parts[0]["row"], strict=True))
    keep = [cell not in moved for cell in zip(parts[1]["place"], parts[1]["row"], strict=True)]
    table = pd.concat([parts[0], parts[1][keep]])[COLUMNS]
    return Doubts.of(one.sheet, one.leaves, table)


def test_shares_of_variance_are_exact_for_sums():
    doubts, moves, _ = _made(6)
    table = drivers(doubts, moves, 95)
    assert table.groupby("unit_code")["first_percent"].sum().to_numpy() == pytest.approx(100)
    assert (table["first_percent"] == table["total_percent"]).all()
    # By hand: the variance of what one source adds.
    gain, mass = moves.gain[-1], doubts.chance
    mine = doubts.source == 0
    spread = mass[mine] @ gain[mine] ** 2 - (mass[mine] @ gain[mine]) ** 2
    index, whole = enumerated(doubts, 0, doubts.chance)
    total = whole @ index**2 - (whole @ index) ** 2
    key = doubts.sources["key"][0]
    told = table[(table["unit_code"] == "U0") & (table["source"] == key)]["first_percent"].iloc[0]
    assert told == pytest.approx(100 * spread / total)


def test_the_estimator_of_shares_finds_those_of_known_functions():
    # Ishigami with a = 7, b = 0.1: first order 0.314, 0.442, 0; total 0.558, 0.442, 0.244.
    def ishigami(x):
        a, b, c = np.pi * (2 * x - 1)
        return np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)

    first, total = sobol_shares(ishigami, 3, draws=20_000)
    assert first == pytest.approx([0.314, 0.442, 0.0], abs=0.03)
    assert total == pytest.approx([0.558, 0.442, 0.244], abs=0.03)
    assert np.isnan(sobol_shares(lambda x: x[0] * 0, 2)[0]).all()

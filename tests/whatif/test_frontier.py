"""The frontier of points and costs: equal to looking at every plan, on hundreds of small sets."""

import math

import numpy as np
import pytest
from random_choices import brute_cheapest, brute_frontier, random_items, random_tree

from scoring.base.errors import UsageError
from scoring.whatif.choices import Choices, Group, cost_of, points_of, reaches
from scoring.whatif.frontier import alternatives, frontier, lattice


def items_of(*pairs):
    return [Choices(np.array(points), np.array(costs, float)) for points, costs in pairs]


@pytest.mark.parametrize("lattice_points", [True, False])
@pytest.mark.parametrize("whole_costs", [True, False])
def test_the_whole_frontier_is_that_of_all_plans(lattice_points, whole_costs):
    for seed in range(60):
        rng = np.random.default_rng(seed)
        items = random_items(rng, 4, lattice_points, whole_costs)
        tree = random_tree(rng, 4, goals=seed % 2 == 0)
        found, wanted = frontier(items, tree), brute_frontier(items, tree)
        # Costs are whole, or the points are parts of a lattice that no weight moves them off.
        plain = all(group.weight == 1.0 for group in tree.walk())
        assert found.is_exact == (whole_costs or (lattice_points and plain)), seed
        if not found.is_exact:
            continue
        assert np.allclose(found.costs, [cost for cost, _ in wanted]), seed
        assert np.allclose(found.points, [points for _, points in wanted]), seed
        for step in range(len(found.points)):
            plan = found.plan(step)
            assert math.isclose(cost_of(items, plan), found.costs[step], abs_tol=1e-9), seed
            assert math.isclose(
                tree.total(points_of(items, plan)), found.points[step], abs_tol=1e-9
            )


def test_where_neither_has_a_lattice_the_plan_keeps_its_goal_and_tells_its_bound():
    optimal = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        items, tree = random_items(rng, 4, False, False), random_tree(rng, 4)
        found = frontier(items, tree, most_cells=1000)
        goal = float(rng.uniform(*found.points[[0, -1]]))
        answer, best = found.answer(goal), brute_cheapest(items, tree, goal)
        assert reaches(answer.points, goal)[0]
        assert answer.at_least <= best + 1e-9 <= answer.cost + 2e-9
        assert not answer.is_optimal or math.isclose(answer.cost, best)
        optimal += math.isclose(answer.cost, best)
    assert optimal > 95


def test_the_next_best_plans_are_the_cheapest_without_one_of_the_items():
    for seed in range(60):
        rng = np.random.default_rng(seed)
        items, tree = random_items(rng, 4), random_tree(rng, 4)
        found = frontier(items, tree)
        goal = float(found.points[len(found.points) // 2])
        answer = found.answer(goal)
        others = alternatives(items, tree, goal, answer, count=9)
        for at, other in others:
            assert not other.plan[at]
            assert math.isclose(other.cost, brute_cheapest(items, tree, goal, without=at))
        assert [other.cost for _, other in others] == sorted(other.cost for _, other in others)


def test_points_beside_hundredths_keep_their_goal_exactly():
    # Rounded to hundredths 0.333 and 2/3 would make the goal, which they miss.
    items = items_of(([0.0, 1 / 3], [0, 1]), ([0.0, 2 / 3], [0, 1]), ([0.0, 0.333], [0, 0.9]))
    tree = Group(items=(0, 1, 2))
    answer = frontier(items, tree).answer(1.0)
    assert answer.plan.tolist() == [1, 1, 0]
    assert answer.is_optimal


def test_a_lattice_is_the_largest_step_of_all_points():
    assert lattice(np.array([0.5, 0.75, 2.0])) == 0.25
    assert lattice(np.array([1 / 3, 0.5])) == pytest.approx(1 / 6)
    assert lattice(np.array([math.pi])) == 0


def test_what_is_not_needed_is_left_out_though_it_costs_nothing():
    items = items_of(([0.0, 1.0], [0, 0]), ([0.0, 1.0], [0, 3]), ([0.0, 1.0], [0, 0]))
    answer = frontier(items, Group(items=(0, 1, 2))).answer(1.0)
    assert (answer.cost, int(answer.plan.sum())) == (0.0, 1)


def test_a_cap_makes_further_bonus_points_worth_nothing():
    items = items_of(([0.0, 1.0], [0, 1]), ([0.0, 1.0], [0, 1]), ([0.0, 1.0], [0, 5]))
    tree = Group(items=(2,), groups=(Group(items=(0, 1), high=1.0),))
    found = frontier(items, tree)
    assert found.points.tolist() == [0.0, 1.0, 2.0]
    assert found.costs.tolist() == [0.0, 1.0, 6.0]


def test_a_goal_out_of_reach_has_no_answer():
    assert frontier(items_of(([0.0, 1.0], [0, 1])), Group(items=(0,))).answer(1.01) is None


def test_a_cost_below_zero_is_refused():
    with pytest.raises(UsageError, match="0 or more"):
        frontier(items_of(([0.0, 1.0], [0, -1])), Group(items=(0,)))

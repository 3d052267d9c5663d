"""Actions that share people, budgets and documents: equal to looking at every plan."""

import math
import time

import numpy as np
import pytest
from random_choices import every_plan, random_items, random_tree

from scoring.base.errors import UsageError
from scoring.whatif import coupled
from scoring.whatif.choices import Choices, Group, points_of
from scoring.whatif.coupled import Coupling, Limit, Shared, cheapest_coupled, most_points
from scoring.whatif.frontier import frontier

pytest.importorskip("highspy")


def random_coupling(rng, items):
    """A limit on days and a document that two items share."""
    days = [np.concatenate([[0.0], rng.integers(1, 9, len(item.points) - 1)]) for item in items]
    users = [(item, at) for item in (0, len(items) - 1) for at in range(1, len(items[item].points))]
    shared = Shared(float(rng.integers(1, 9)), tuple(users))
    return Coupling((Limit(days, float(rng.integers(8, 20)), (2.0,)),), (shared,))


def brute(items, tree, coupling, goal):
    allowed = [plan for plan in every_plan(items) if coupling.allows(plan)]
    met = [plan for plan in allowed if tree.meets(points_of(items, plan), goal)]
    most = [tree.total(points_of(items, plan)) for plan in allowed
            if tree.meets(points_of(items, plan), -math.inf)]  # fmt: skip
    return min((coupling.cost(items, plan) for plan in met), default=None), max(most, default=None)


def test_the_cheapest_plan_is_that_of_all_plans():
    for seed in range(40):
        rng = np.random.default_rng(seed)
        items = random_items(rng, 4, seed % 2 == 0)
        tree, coupling = random_tree(rng, 4, goals=True), random_coupling(rng, items)
        whole = frontier(items, tree)
        goal = float(rng.choice(whole.points))
        cost, most = brute(items, tree, coupling, goal)
        found = cheapest_coupled(items, tree, goal, coupling)
        assert found.is_settled, seed
        assert (found.answer is None) == (cost is None), seed
        if found.answer:
            assert math.isclose(found.answer.cost, cost, abs_tol=1e-9), seed
            assert found.answer.is_optimal and coupling.allows(found.answer.plan)
        if most is not None and seed % 3 == 0:
            assert math.isclose(most_points(items, tree, coupling).answer.points, most), seed


def wide(items=200, seed=1):
    rng = np.random.default_rng(seed)
    given = random_items(rng, items)
    days = [np.concatenate([[0.0], rng.integers(1, 30, len(item.points) - 1)]) for item in given]
    whole = frontier(given, Group(items=tuple(range(items))))
    return given, Group(items=tuple(range(items))), days, whole


def test_a_coupled_problem_of_200_items_is_settled_in_seconds():
    items, tree, days, whole = wide()
    goal = float(np.quantile(whole.points, 0.6))
    plan = whole.answer(goal).plan
    taken = Limit(days, math.inf).taken(plan)
    coupling = Coupling((Limit(days, 0.85 * taken),), ())
    start = time.process_time()
    found = cheapest_coupled(items, tree, goal, coupling, seconds=5.0)
    assert found.answer.at_least <= found.answer.cost
    assert found.is_settled == found.answer.is_optimal
    assert coupling.allows(found.answer.plan)
    assert time.process_time() - start < 20


def test_a_limit_of_the_solver_gives_a_bound_and_is_never_called_the_cheapest():
    items, tree, days, whole = wide()
    goal = float(np.quantile(whole.points, 0.6))
    taken = Limit(days, math.inf).taken(whole.answer(goal).plan)
    coupling = Coupling((Limit(days, 0.85 * taken),), ())
    found = cheapest_coupled(items, tree, goal, coupling, nodes=0)
    assert not found.is_settled
    assert found.answer is None or not found.answer.is_optimal
    assert found.at_least >= 0
    none = cheapest_coupled(items, tree, goal, coupling, seconds=0.0)
    assert (none.answer, none.at_least, none.is_settled) == (None, 0.0, False)


@pytest.mark.parametrize(("bound", "told"), [(-math.inf, 0.0), (0.25, 0.25), (9.0, 0.5)])
def test_what_a_stopped_solver_knows_of_the_least_cost_lies_between_nothing_and_its_plan(
    monkeypatch, bound, told
):
    stopped = coupled._Found(np.array([1]), bound, is_settled=False)
    monkeypatch.setattr(coupled._Model, "solved", lambda *given: stopped)
    items = [Choices(np.array([0.0, 1.0]), np.array([0.0, 0.5]))]
    found = cheapest_coupled(items, Group(items=(0,)), 1.0, Coupling())
    assert (found.answer.cost, found.answer.at_least, found.at_least) == (0.5, told, told)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(coupled, "is_installed", lambda: False)
    with pytest.raises(UsageError) as caught:
        cheapest_coupled([], Group(), 0.0, Coupling())
    assert caught.value.finding.code == "reach-needs-extra"
    assert "optimise" in caught.value.finding.remedy("vi")


def test_the_solver_says_nothing_on_the_standard_output(capfd):
    items, tree, days, _ = wide(20)
    cheapest_coupled(items, tree, 5.0, Coupling((Limit(days, 100.0),), ()))
    assert capfd.readouterr().out == ""

"""Small random items and trees, and every plan there is for them."""

import itertools
import math

import numpy as np

from scoring.whatif.choices import Choices, Group, cost_of, points_of


def random_items(rng, count, lattice=True, whole_costs=True):
    """Items of one to three options beside how they stand."""

    def one():
        more = np.cumsum(rng.uniform(0.02, 1.5, rng.integers(1, 4)))
        cost = np.cumsum(rng.uniform(0, 9, len(more)))
        now = rng.uniform(0, 1)
        points = np.concatenate([[now], now + more])
        costs = np.concatenate([[0.0], cost])
        if lattice:
            points = np.round(points * 20) / 20
        return Choices(points, np.round(costs) if whole_costs else costs)

    return [one() for _ in range(count)]


def random_tree(rng, count, goals=False):
    """A sum of plain, capped, weighted, rounded and best-of groups, and of a penalty."""
    cuts = np.sort(rng.integers(0, count + 1, 2))
    parts = [tuple(part.tolist()) for part in np.split(np.arange(count), cuts)]
    kinds = [
        {},
        {"high": 1.5, "at_least": 0.8 if goals else -math.inf},
        {"weight": 1.25, "start": 0.5},
        {"decimals": 1},
        {"best": True},
        {"low": -1.0, "start": -2.0},
    ]
    groups = [Group(items=part, **kinds[rng.integers(0, len(kinds))]) for part in parts[:2] if part]
    return Group(items=parts[2], groups=tuple(groups), low=0.0, high=count * 1.0)


def every_plan(items):
    for plan in itertools.product(*(range(len(item.points)) for item in items)):
        yield np.array(plan)


def brute_frontier(items, tree):
    """The frontier by looking at every plan: what no cheaper plan reaches."""
    found = []
    for plan in every_plan(items):
        given = points_of(items, plan)
        if tree.meets(given, -math.inf):
            found.append((cost_of(items, plan), tree.total(given)))
    best, kept = -math.inf, []
    for cost, points in sorted(found, key=lambda pair: (pair[0], -pair[1])):
        if points > best + 1e-9:
            best = points
            kept.append((cost, points))
    return kept


def brute_cheapest(items, tree, goal, without=None):
    """The least cost of a plan that reaches a goal; None where none does."""
    costs = [
        cost_of(items, plan)
        for plan in every_plan(items)
        if (without is None or not plan[without]) and tree.meets(points_of(items, plan), goal)
    ]
    return min(costs, default=None)

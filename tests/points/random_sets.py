"""Random criteria sets with every policy of the roll-up, and what units reach under them.

`by_hand` adds up one unit in plain recursion, as a person would, and knows nothing of expressions.
"""

import datetime as dt
import math

import numpy as np

from scoring.base.rounding import round_points
from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.set_nodes import Node, in_order
from scoring.criteria.set_policies import SetMeta
from scoring.rules import InputSpec, RuleSpec

POLICIES = ("not_allowed", "drop", "full", "zero", "redistribute")
MAXIMA = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0, 0.125)


def leaf(code, maximum, policy="not_allowed", kind="normal"):
    entry = InputSpec("points", "number", "points", minimum=0.0, maximum=maximum)
    return leaf_of(RuleSpec(code, "direct", maximum, (entry,), not_applicable=policy), kind)


def leaf_of(spec, kind="normal"):
    return _node(spec.code, spec.max_points, kind, spec.kind, spec)


def parent(code, maximum, rule="", kind="normal"):
    return _node(code, maximum, kind, rule, None)


def _node(code, maximum, kind, rule, spec):
    above = code.rpartition(".")[0]
    return Node(code, above, kind, code, "", maximum, "self", rule, "test", spec=spec)


def set_of(nodes, total=math.nan, **policies):
    roots = [node for node in nodes if not node.parent and node.kind == "normal"]
    total = sum(node.max_points for node in roots) if math.isnan(total) else total
    meta = SetMeta(
        "random", "1", "Bộ ngẫu nhiên", "Random set", "commune", "sample", total,
        dt.date(2026, 1, 1), None, {}, "test", **policies,
    )  # fmt: skip
    return CriteriaSet(meta, in_order(nodes), {}, {})


def random_tree(rng, most_leaves, make=None):
    """Return the nodes of a random set; `make` is asked for an item by (rng, code, policy, kind)."""
    make, nodes = make or _direct_leaf, []
    while not nodes or sum(node.is_item for node in nodes) > most_leaves:
        nodes = [
            node
            for area in range(1, rng.randint(2, 4))
            for node in _branch(rng, str(area), rng.randint(0, 2), "normal", make)
        ]
        for code, kind in (("8", "bonus"), ("9", "penalty")):
            if rng.random() < 0.5:
                nodes += _branch(rng, code, rng.randint(0, 1), kind, make)
    return nodes


def _direct_leaf(rng, code, policy, kind):
    return leaf(code, rng.choice(MAXIMA), policy, kind)


def random_set(rng, most_leaves=24):
    nodes = random_tree(rng, most_leaves)
    roots = sum(node.max_points for node in nodes if not node.parent and node.kind == "normal")
    return set_of(
        nodes,
        total=rng.choice([roots, roots, 100.0]),
        decimals=rng.choice([1, 2]),
        rounding_stage=rng.choice(["item", "area", "index"]),
        rank_on=rng.choice(["rounded", "unrounded"]),
        bonus_cap_points=rng.choice([math.nan, 0.5, 1.0]),
        penalty_cap_points=rng.choice([math.nan, 0.5]),
        may_exceed_total=rng.random() < 0.3,
    )


def _branch(rng, code, levels, kind, make):
    if levels == 0:
        policy = rng.choice(POLICIES)
        if policy == "redistribute" and "." not in code:
            policy = "drop"
        return [make(rng, code, policy, kind)]
    parts = [
        _branch(rng, f"{code}.{n}", levels - 1 if rng.random() < 0.7 else 0, kind, make)
        for n in range(1, rng.randint(2, 4))
    ]
    below = [part[0].max_points for part in parts]
    rule = "best_of" if len(parts) > 1 and rng.random() < 0.35 else ""
    top = parent(code, max(below) if rule else sum(below), rule, kind)
    return [top, *(node for part in parts for node in part)]


def random_points(rng, criteria, n_units, open_share=0.1, na_share=0.2):
    """Return points of shape (n_nodes + 1, n_units), NaN where open, and what does not apply."""
    shape = (len(criteria.nodes) + 1, n_units)
    points, not_applicable = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    for row, node in enumerate(criteria.nodes):
        for unit in range(n_units if node.is_item else 0):
            if rng.random() >= open_share:
                figure = round(rng.uniform(0, node.max_points), 3)
                points[row, unit] = rng.choice([0.0, node.max_points, figure, figure])
            may = node.spec.not_applicable != "not_allowed"
            not_applicable[row, unit] = may and rng.random() < na_share
    points[not_applicable] = np.nan
    return points, not_applicable


def by_hand(criteria, points, not_applicable):
    """Return points and applicable maximum of every node of one unit, by code, and ``INDEX``."""
    meta, nodes = criteria.meta, criteria.by_code
    earned = {node.code: points[row] for row, node in enumerate(criteria.nodes)}
    marked = {node.code: not_applicable[row] for row, node in enumerate(criteria.nodes)}
    known = {}

    def rounded_at(stage, value):
        return round_points(value, meta.decimals) if meta.rounding_stage == stage else value

    def item(node):
        if not marked[node.code]:
            return earned[node.code], node.max_points
        policy = node.spec.not_applicable
        kept = node.max_points if policy in ("full", "zero", "not_allowed") else 0.0
        return (node.max_points if policy == "full" else 0.0), kept

    def best(node, below):
        applying = [points for points, most in below if most > 0]
        if not applying:
            return 0.0, 0.0
        reached = [points for points in applying if not math.isnan(points)]
        return max(reached, default=math.nan), node.max_points

    def total(node, children, below):
        points, most = (sum(column) for column in zip(*below, strict=True))
        given = sum(
            nodes[code].max_points
            for code in children
            if nodes[code].is_item
            and marked[code]
            and nodes[code].spec.not_applicable == "redistribute"
        )
        factor = (most + given) / most if most > 0 else 1.0
        return points * factor, most * factor

    def worth(code):
        node = nodes[code]
        if node.is_item:
            points, most = item(node)
            points = rounded_at("item", points)
        else:
            children = [child.code for child in criteria.children(code)]
            below = [worth(child) for child in children]
            whole = best(node, below) if node.rule == "best_of" else total(node, children, below)
            points, most = whole
        if not node.parent:
            points = rounded_at("area", points)
        known[code] = points, most
        return known[code]

    def outside(kind, cap):
        extra = sum(worth(n.code)[0] for n in criteria.nodes if not n.parent and n.kind == kind)
        return extra if math.isnan(cap) or math.isnan(extra) else min(extra, cap)

    areas = [worth(node.code) for node in criteria.areas]
    points, most = (sum(column) for column in zip(*areas, strict=True))
    index = points / most * meta.total_points if most > 0 else math.nan
    index += outside("bonus", meta.bonus_cap_points)
    index -= outside("penalty", meta.penalty_cap_points)
    if any(node.kind != "normal" for node in criteria.nodes) and not math.isnan(index):
        index = max(index, 0.0)
        index = index if meta.may_exceed_total else min(index, meta.total_points)
    if meta.rank_on == "rounded":
        index = round_points(index, meta.decimals)
    known["INDEX"] = index, meta.total_points if most > 0 else 0.0
    return known

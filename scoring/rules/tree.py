"""An expression as a tree of lists, for whoever walks rules without Python.

A number stands for itself, a text for an input, None for no value; a list begins with its kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from scoring.rules import expression as ex

Tree = Any


def rule_tree(node: ex.Expression) -> Tree:
    """Return an expression as numbers, texts and lists, which JSON can hold.

    Parameters
    ----------
    node : Expression
        Of a rule; one that reads other nodes of a set has no tree.

    Examples
    --------
    >>> rule_tree(ex.Smallest((ex.Divide(ex.Name("done"), ex.Name("planned")), ex.Number(1.0))))
    ['min', [['/', 'done', 'planned', None], 1.0]]
    """
    return _TREES[type(node)](node)


def _all(nodes: tuple[ex.Expression, ...]) -> list[Tree]:
    return [rule_tree(node) for node in nodes]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _compare(node: ex.Compare) -> Tree:
    product = node.multiplied()
    sides = [_all(tuple(product))] if product else []
    return ["cmp", node.op, rule_tree(node.left), rule_tree(node.right), *sides]


_TREES: dict[type[ex.Expression], Callable[[Any], Tree]] = {
    ex.Number: lambda node: _number(node.value),
    ex.Missing: lambda node: None,
    ex.Name: lambda node: node.name,
    ex.Binary: lambda node: [node.op, *_all((node.left, node.right))],
    ex.Divide: lambda node: [
        "/",
        *_all((node.left, node.right)),
        node.when_zero and rule_tree(node.when_zero),
    ],
    ex.Smallest: lambda node: ["min", _all(node.arguments)],
    ex.Largest: lambda node: ["max", _all(node.arguments)],
    ex.Round: lambda node: ["round", rule_tree(node.argument), node.decimals],
    ex.If: lambda node: ["if", *_all((node.condition, node.then, node.otherwise))],
    ex.Steps: lambda node: rule_tree(node.unfolded()),
    ex.PeerBest: lambda node: ["best", node.name],
    ex.YearDate: lambda node: ["day", [node.offset, node.month, node.day]],
    ex.Choose: lambda node: ["choose", node.name, [_number(value) for value in node.values]],
    ex.IsNever: lambda node: ["never", node.name],
    ex.IsWhole: lambda node: ["whole", node.name],
    ex.Compare: _compare,
    ex.All: lambda node: ["and", _all(node.conditions)],
    ex.Either: lambda node: ["or", _all(node.conditions)],
    ex.Not: lambda node: ["not", rule_tree(node.condition)],
}

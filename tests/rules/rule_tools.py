"""Score one item for a few units written side by side."""

import math

import numpy as np

from scoring.base.values import STATUSES
from scoring.rules import compile_rule
from scoring.rules.rule_check import check_rule

NAN = math.nan


def outcome(spec, **figures):
    """Score `spec`, each figure a number or a list with one number per unit."""
    assert check_rule(spec) == []
    arrays = {
        name.replace("best_", "@best:"): np.atleast_1d(np.asarray(values, dtype=float))
        for name, values in figures.items()
    }
    n_units = max(len(array) for array in arrays.values())
    arrays = {name: np.broadcast_to(array, n_units) for name, array in arrays.items()}
    arrays["@year"] = arrays.pop("year", np.full(n_units, 2024.0))
    return compile_rule(spec).score(arrays, n_units)


def points(spec, **figures):
    """Return the points of each unit; None where it has none."""
    earned = outcome(spec, **figures).points
    return [None if math.isnan(value) else round(float(value), 9) for value in earned]


def statuses(spec, **figures):
    """Return the status of each unit as the tables name it."""
    return [STATUSES[code] for code in outcome(spec, **figures).status]

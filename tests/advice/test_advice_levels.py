"""Every level of points that an item can reach is found, with the least change that reaches it."""

import itertools
import random
import sys
from pathlib import Path

import numpy as np
import pytest

from scoring.advice.item_case import ItemCase
from scoring.advice.levels import levels
from scoring.advice.moves import DATE, moves
from scoring.rules import RULE_KINDS, compile_rule
from scoring.rules.expression import YEAR

sys.path.append(str(Path(__file__).parents[1] / "rules"))
import random_items

UNITS, ITEMS, LOOKED_AT = 5, 8, 60
EVERY = 0.01
# Figures on either side of the present one that a curved formula is tried at.
SEARCHED = 190


def cases(kind):
    """Yield random items of a kind with the figures of a few units."""
    rng = random.Random(f"advice {kind}")
    for number in range(ITEMS):
        spec = random_items.random_item(rng, kind, f"{number}")
        rows = [random_items.random_entries(rng, spec) for _ in range(UNITS)]
        rule = compile_rule(spec)
        values = random_items.as_arrays(spec, rows)
        if kind == "survey_options":
            values = {name: np.mod(array, 4) for name, array in values.items()}
        values |= {YEAR: np.full(UNITS, float(random_items.YEAR))}
        for name in rule.peer_inputs:
            values[f"@best:{name}"] = np.full(UNITS, np.nanmax([*values[name], 0.0]))
        sign, decimals = rng.choice([1.0, 1.0, -1.0]), rng.choice([None, 2])
        case = ItemCase(0, rule, values, np.full(UNITS, np.nan), sign, decimals)
        points = case.rounded(case.earned(np.arange(UNITS), {}))
        yield ItemCase(0, rule, values, points, sign, decimals)


def brute_force(case, move, place):
    """Return size and worth of everything that a unit could report instead."""
    figures = candidates(case, move, place)
    places = np.full(len(next(iter(figures.values()))), place)
    worth = case.sign * case.rounded(case.earned(places, figures))
    before = {name: case.values[name][place] for name in figures}
    name = next(iter(figures))
    if (move.kind == "survey" and len(figures) > 1) or is_checklist(case):
        changed = [np.abs(array - before[key]) for key, array in figures.items()]
        size = sum(np.where(np.isnan(change), 1.0, change) for change in changed)
        size = size / (1 if is_checklist(case) else 2)
    else:
        size = move.size(places, figures[name])
    known = np.isfinite(worth)
    return size[known], worth[known]


def is_checklist(case):
    return bool(case.rule.spec.with_role("condition"))


def candidates(case, move, place):
    spec = case.rule.spec
    if is_checklist(case):
        answers = itertools.product((0.0, 1.0), repeat=len(move.names))
        return dict(zip(move.names, np.array(list(answers)).T, strict=True))
    if move.kind == "survey" and len(move.names) > 1:
        total = sum(case.values[name][place] for name in move.names)
        counts = itertools.product(
            range(int(total) + 1 if total >= 0 else 0), repeat=len(move.names)
        )
        fits = [counted for counted in counts if sum(counted) == total]
        return dict(
            zip(move.names, np.array(fits or [[np.nan] * len(move.names)], float).T, strict=True)
        )
    [name] = move.names
    entry = spec.named(name)
    if move.kind == DATE:
        # More than any rule lets be meant.
        return {name: np.arange(44800.0, 46100.0)}
    if entry.kind == "yes_no":
        return {name: np.array([0.0, 1.0])}
    least = case.values[name][place] if name in case.rule.peer_inputs else -300
    if entry.kind in ("number", "percent"):
        return {name: np.arange(round(100 * max(np.nan_to_num(least), -20)), 20000) / 100}
    return {name: np.arange(np.nan_to_num(least), 900.0)}


def some(*columns):
    """Return rows of `columns`, all of them where they are few."""
    every = max(len(columns[0]) // LOOKED_AT, 1)
    return zip(*(column[::every] for column in columns), strict=True)


def of(found, place):
    mine = found.places == place
    return found.size[mine], found.points[mine]


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_no_level_is_missed_and_no_smaller_change_reaches_one(kind):
    met = 0
    for case in cases(kind):
        for move in moves(case):
            found = levels(case, move, EVERY)
            for place in range(UNITS):
                size, points = of(found, place)
                worth, now = case.sign * points, case.worth_now[place]
                sizes, worths = brute_force(case, move, place)
                met += len(points)
                for reach, cost in some(worth, size):
                    cheaper = worths[sizes < cost - 1e-6]
                    assert not (cheaper >= reach - 1e-9).any()
                # A formula may be curved in a figure: then it is searched around the present one.
                near = SEARCHED * (move.grid or 1.0) if kind == "formula" else np.inf
                better = (worths > now + 1e-9) & (sizes <= near)
                for reach, cost in some(worths[better], sizes[better]):
                    level = np.floor(reach / EVERY + 1e-6) * EVERY
                    met_by = worth[size <= cost + 1e-6]
                    assert (met_by >= level - 1e-9).any()
                if better.any() and np.isinf(near):
                    assert worth.max() == pytest.approx(worths.max(), abs=1e-9)
    assert met > 20

"""Random sheets with doubts of every shape, and every combination of outcomes by enumeration."""

import itertools

import numpy as np
import pandas as pd
from set_builder import direct_set, given

from scoring.points import score
from scoring.uncertainty import Doubts
from scoring.uncertainty.doubts import COLUMNS
from scoring.uncertainty.index_chances import rolled


def sample_set(items=6, **meta):
    codes = {f"{1 + n % 2}.{1 + n // 2}": 2 for n in range(items)}
    parents = [("1", 2 * ((items + 1) // 2)), ("2", 2 * (items // 2))]
    return direct_set(codes, parents=parents, meta={"total_points": 2 * items} | meta)


def sample_sheet(rng, units=3, criteria=None):
    criteria = criteria or sample_set()
    codes = [node.code for node in criteria.nodes if node.is_item]
    rows = [
        given({c: round(float(rng.uniform(0, 2)), 2) for c in codes}, f"U{u}") for u in range(units)
    ]
    return score(pd.concat(rows), criteria)


def random_doubts(rng, sheet, per_unit=3, known=True, outcomes=(2, 3)):
    """Doubts with `per_unit` sources a unit, two of whose items may move together."""
    leaves, parts = np.flatnonzero(sheet.is_leaf), []
    for place in range(len(sheet.units)):
        rows = rng.permutation(leaves)[: per_unit + 1]
        for n in range(per_unit):
            mine = rows[[0, -1]] if n == 0 else rows[[n]]
            count = int(rng.integers(outcomes[0], outcomes[1] + 1))
            worst, best, chance = _masses(rng, count, known)
            for row in mine:
                points = np.sort(rng.integers(0, 201, count)) / 100
                for turn in range(count):
                    parts.append((place, row, "proof", f"s{n}", turn, points[turn], chance[turn],
                                  worst[turn], best[turn], 0.0))  # fmt: skip
    return Doubts.of(sheet, sheet.points[:-1].copy(), pd.DataFrame(parts, columns=COLUMNS))


def _masses(rng, count, known):
    if known:
        mass = rng.dirichlet(np.ones(count))
        return mass, mass, mass
    ends = np.eye(count)
    return ends[0], ends[-1], np.full(count, np.nan)


def enumerated(doubts, unit, face):
    """Return every value of the index of a unit with its chance, through the roll-up."""
    sources = np.flatnonzero(doubts.sources["place"].to_numpy() == unit)
    choices = [np.flatnonzero(doubts.source == s) for s in sources]
    columns, masses = [], []
    for pick in itertools.product(*choices):
        leaves = doubts.leaves[:, unit].copy()
        for outcome in pick:
            mine = doubts.outcome == outcome
            leaves[doubts.row[mine]] = doubts.points[mine]
        columns.append(leaves)
        masses.append(np.prod(face[list(pick)]))
    places = np.full(len(columns), unit)
    return rolled(doubts, np.array(columns).T, places)[-1], np.array(masses)


def given_doubts(sheet, outcomes, unit=0):
    """Doubts of one unit: item code to its less and its more favourable points, and the chance of the latter."""
    rows = {node.code: row for row, node in enumerate(sheet.criteria.nodes)}
    parts = [
        (unit, rows[code], "task", code, turn, (less, more)[turn], *([(1 - share, share)[turn]] * 3), 0.0)
        for code, (less, more, share) in outcomes.items() for turn in (0, 1)
    ]  # fmt: skip
    return Doubts.of(sheet, sheet.points[:-1].copy(), pd.DataFrame(parts, columns=COLUMNS))

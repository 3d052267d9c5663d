"""What the sampling error of a survey may bring its items to, all of them together.

The errors of one survey of a unit go the same way at once, as `scoring.points.sampling` takes them;
those of two surveys are independent. The error is cut into cells of the normal distribution, at
equal steps and at every edge of a rule, so that rules of steps get the exact chance of each step.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.points import ScoreSheet
from scoring.points.peers import best_of_peers
from scoring.points.sampling import edges_of
from scoring.rules import CompiledRule
from scoring.rules.evaluate import BoolArray, FloatArray, best_name
from scoring.rules.expression import YEAR

FARTHEST = 4.0
"""Standard errors up to which an error is followed; it is the bound of survey figures too."""
_CELLS = 64
_normal_cdf = np.vectorize(lambda z: 0.5 * math.erfc(-z / math.sqrt(2)), otypes=[float])


def survey_outcomes(sheet: ScoreSheet, is_free: BoolArray) -> pd.DataFrame:
    """Return the outcomes of every survey of every unit, with the columns of `Doubts.of`.

    Parameters
    ----------
    sheet : ScoreSheet
        With `sampling`; empty without.
    is_free : bool array, shape (n_nodes, n_units)
        Items that nobody has decided on otherwise.
    """
    figures = pd.DataFrame() if sheet.sampling is None else _used(sheet, is_free)
    if not len(figures):
        return pd.DataFrame(
            columns=[
                "place",
                "row",
                "kind",
                "key",
                "turn",
                "points",
                "chance",
                "worst",
                "best",
                "cases",
            ]
        )
    numbers = np.asarray(figures.groupby(["place", "survey"], sort=False).ngroup(), dtype=np.intp)
    bounds = _cuts(sheet, figures, numbers)
    masses = np.diff(_normal_cdf(bounds), axis=1)
    z = np.clip((bounds[:, 1:] + bounds[:, :-1]) / 2, -FARTHEST, FARTHEST)
    z[:, 0], z[:, -1] = -FARTHEST, FARTHEST
    moved = figures.assign(source=numbers)
    table = _added_up(sheet, moved, z)
    chance = masses[table["source"], table["turn"]]
    table = table.assign(kind="survey", chance=chance, worst=chance, best=chance, cases=0.0)
    return table[chance > 0].drop(columns="source").reset_index(drop=True)


def _used(sheet: ScoreSheet, is_free: BoolArray) -> pd.DataFrame:
    assert sheet.sampling is not None
    figures = sheet.sampling.figures
    rows, places = sheet.leaf_rows(figures["item_code"]), figures["place"].to_numpy(np.intp)
    figures = figures.assign(row=rows)[is_free[rows, places]]
    level = figures["confidence_percent"].fillna(95.0)
    z = level.map({one: NormalDist().inv_cdf(0.5 + one / 200) for one in set(level)})
    below, above = ((figures[a] - figures[b]) / z for a, b in (("value", "low"), ("high", "value")))
    return figures.assign(below=below, above=above).reset_index(drop=True)


def _cuts(sheet: ScoreSheet, figures: pd.DataFrame, numbers: npt.NDArray[np.intp]) -> FloatArray:
    """Return where the cells of the error of each survey begin and end, shape (n_surveys, n_cuts)."""
    count = int(numbers.max()) + 1
    steps = np.linspace(-FARTHEST, FARTHEST, _CELLS + 1)[1:-1]
    columns = [np.broadcast_to(steps, (count, len(steps)))]
    for code, rows in figures.groupby("item_code", sort=False).indices.items():
        part = figures.iloc[rows]
        for edge in edges_of(sheet.criteria.rules[str(code)]):
            away = edge - part["value"].to_numpy(float)
            error = np.where(away > 0, part["above"], part["below"])
            # A cut without width is no cut: it doubles the first one.
            cut = np.full((count, 1), steps[0])
            cut[numbers[rows], 0] = np.divide(
                away, error, out=np.full(len(rows), steps[0]), where=error > 0
            )
            # A figure that counts against an item moves the other way.
            columns += [np.clip(cut, steps[0], steps[-1]), np.clip(-cut, steps[0], steps[-1])]
    ends = np.full((count, 1), np.inf)
    return np.hstack([-ends, np.sort(np.hstack(columns), axis=1), ends])


def _added_up(sheet: ScoreSheet, figures: pd.DataFrame, z: FloatArray) -> pd.DataFrame:
    """Return the points of each item in each cell; figures of one item add their changes up."""
    turns = z.shape[1]
    parts = []
    for _, part in figures.groupby(["item_code", "input"], sort=False):
        code, name = map(str, part[["item_code", "input"]].iloc[0])
        now, then = _points(sheet, sheet.criteria.rules[code], name, part, z[part["source"]])
        falls = then[:, 0] > then[:, -1] + 1e-12
        if falls.any():
            _, turned = _points(sheet, sheet.criteria.rules[code], name, part, -z[part["source"]])
            then = np.where(falls[:, None], turned, then)
        parts.append(pd.DataFrame({
            "place": np.repeat(part["place"], turns), "row": np.repeat(part["row"], turns),
            "key": np.repeat(part["survey"], turns), "source": np.repeat(part["source"], turns),
            "turn": np.tile(np.arange(turns), len(part)), "now": np.repeat(now, turns),
            "moved": (then - now[:, None]).ravel(),
        }))  # fmt: skip
    keys = ["place", "row", "key", "source", "turn"]
    added = (
        pd.concat(parts).groupby(keys, sort=False).agg(now=("now", "first"), moved=("moved", "sum"))
    )
    table = added.reset_index()
    most = np.array([node.max_points for node in sheet.criteria.nodes])[table["row"]]
    held = table["now"].to_numpy(float)
    points = np.clip(held + table["moved"], np.minimum(held, 0.0), np.maximum(most, held))
    return table.assign(points=points, key="survey " + table["key"].astype(str)).drop(
        columns=["now", "moved"]
    )


def _points(
    sheet: ScoreSheet, rule: CompiledRule, name: str, part: pd.DataFrame, z: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the points as they stand, and those at each error, shapes (n,) and (n, n_cells)."""
    places = part["place"].to_numpy(np.intp)
    value, below, above = (
        part[key].to_numpy(float)[:, None] for key in ("value", "below", "above")
    )
    figure = value + z * np.where(z > 0, above, below)
    now = sheet.points[part["row"].to_numpy(np.intp), places]
    if not name:
        # Options: the rule is linear in the percent that they come to.
        return now, now[:, None] + rule.spec.max_points / 100.0 * (figure - value)
    entry = rule.spec.named(name)
    figure = np.fmax(np.fmin(figure, entry.maximum), entry.minimum)
    each = np.repeat(places, z.shape[1])
    values = {key: array[each] for key, array in sheet.figures.of_item(rule.spec).items()}
    values[YEAR] = sheet.units["year"].to_numpy(float)[each]
    for peer in rule.peer_inputs:
        values[best_name(peer)] = best_of_peers(rule, sheet.figures, peer)[each]
    points = rule.score(values | {name: figure.ravel()}, len(each)).points.reshape(z.shape)
    return now, np.where(np.isnan(points), now[:, None], points)

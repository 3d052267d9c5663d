"""The sampling error of survey figures, carried from the figure to its item, area and index.

An item's ends are the least and the most points that any value of the figure's interval earns, so
that they are exact for rules of steps too. Above the items, errors of one survey are taken to go
the same way at once (half-widths add, the cautious choice); those of several surveys are
independent (square root of the sum of the squares, below and above apart: MOVER, Zou and Donner
2008). What is open stays open: a node without points has no sampling interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.base.units import unit_rows
from scoring.base.values import NOT_APPLICABLE, SCORED
from scoring.criteria import CriteriaSet
from scoring.points.peers import best_of_peers
from scoring.points.rollup import roll_up
from scoring.points.sheet import ScoreSheet
from scoring.points.sheet_parts import Sampling
from scoring.rules import CompiledRule
from scoring.rules import expression as ex
from scoring.rules.evaluate import BoolArray, FloatArray, best_name
from scoring.rules.expression import YEAR
from scoring.tables import checked
from scoring.tables.places import MAX_FINDINGS_PER_KIND

IntArray = npt.NDArray[np.intp]
# Fed figures pass through files as decimal text of seventeen digits at most.
_SAME = 1e-9
# Beside an edge of a step, wider than the tolerance with which edges are compared.
_BESIDE = 1e-9
UNSHOWN = ("not-shown-met", "not-shown-missed")


def with_sampling(sheet: ScoreSheet, figures: pd.DataFrame) -> tuple[ScoreSheet, list[Finding]]:
    """Add what sampling leaves uncertain of the points that come from surveys.

    Parameters
    ----------
    sheet : ScoreSheet
    figures : DataFrame
        Table ``SurveyFigures``: the figures that were fed, with their intervals. A row without an
        ``input`` holds the percent that the weighted options of a `survey_options` item come to.

    Returns
    -------
    ScoreSheet
        With `sampling`; unchanged where no figure counts.
    list of Finding
        ``survey-figure-differs`` where the sheet holds another figure than the one that was fed:
        its interval says nothing about that one and is not used; ``survey-figures-unused`` for
        rows of units and items that the sheet does not have.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> row = {"item_code": "8.1", "input": "satisfaction", "value": 80.0}
    >>> sheet = score(inputs_table([row], unit_code="S", year=2026), open_set("department-sample"))
    >>> fed = pd.DataFrame([{**row, "unit_code": "S", "year": 2026, "period": "", "low": 75.0,
    ...                      "high": 84.0, "confidence_percent": 95.0, "survey": "ks"}])
    >>> sampled, findings = with_sampling(sheet, fed)
    >>> at = sampled.row("8.1"), 0
    >>> [round(float(ends[at]), 6) for ends in (sampled.sampling.low, sampled.sampling.high)]
    [6.0, 6.72]
    """
    if not len(figures):
        return sheet, []
    table, findings = _placed(sheet, checked(figures, "SurveyFigures", by="with_sampling"))
    table, problems = _once(table)
    findings += problems
    differs = _differing(sheet, table)
    findings += _different(sheet, table[differs])
    beside = ((table["low"] > table["value"]) | (table["value"] > table["high"])).to_numpy(bool)
    findings += _beside(table[beside & ~differs])
    # One figure typed over takes the interval from its whole item: the others are a part of it.
    spoilt = pd.MultiIndex.from_frame(table.loc[differs, ["row", "place"]])
    told = table[["low", "high"]].notna().all(axis=1) & ~beside
    used = table[told & ~pd.MultiIndex.from_frame(table[["row", "place"]]).isin(spoilt)]
    used = used[sheet.status[used["row"], used["place"]] == SCORED].reset_index(drop=True)
    if not len(used):
        return sheet, findings
    reach = _Reach.of(sheet, used)
    return replace(sheet, sampling=_sampling(sheet, used, reach)), findings


def sampled_on(moved: ScoreSheet, sheet: ScoreSheet) -> Sampling | None:
    """Return what sampling leaves uncertain on another track of `sheet`.

    The interval of a figure holds where an item keeps the points that the figure gives it; points
    that somebody decided otherwise have none.
    """
    if sheet.sampling is None:
        return None
    figures = sheet.sampling.figures
    used = figures.assign(row=sheet.leaf_rows(figures["item_code"]))
    at = used["row"].to_numpy(np.intp), used["place"].to_numpy(np.intp)
    used = used[np.abs(moved.points[at] - sheet.points[at]) <= _SAME].reset_index(drop=True)
    return _sampling(moved, used, _Reach.of(sheet, used)) if len(used) else None


def target_verdict(exceeded: float, low: float, high: float) -> str:
    """Judge a target by how much it is exceeded and the sampling interval of that.

    Returns
    -------
    str
        ``met``, ``missed``, ``not-shown-met`` (the estimate meets it, the lower end does not),
        ``not-shown-missed`` (the upper end meets it) or ``open`` without points.

    Examples
    --------
    >>> target_verdict(-1.3, -2.7, 0.1), target_verdict(0.2, -1.2, 1.6)
    ('not-shown-missed', 'not-shown-met')
    """
    if np.isnan(exceeded):
        return "open"
    if exceeded >= 0:
        return "not-shown-met" if low < 0 else "met"
    return "not-shown-missed" if high >= 0 else "missed"


def _placed(sheet: ScoreSheet, figures: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the figures that have a place in the sheet, with its row and column."""
    if "period" not in figures:
        figures = figures.assign(period="")
    rows, places = sheet.leaf_rows(figures["item_code"]), unit_rows(figures, sheet.units)
    is_known = (rows >= 0) & (places >= 0)
    table = figures.assign(row=rows, place=places)[is_known].reset_index(drop=True)
    missing = int((~is_known).sum())
    if not missing:
        return table, []
    first = figures[~is_known].iloc[0]
    values = {"count": missing, "value": f"{first['unit_code']}, {first['item_code']}"}
    return table, [Finding("survey-figures-unused", str(first.get("file", "")), values=values)]


def _once(table: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Return each figure once, with a finding where two tables say different things of it.

    A ledger and ``--surveys`` may bring the same figure, whose error must not count twice.
    """
    figure = ["row", "place", "input"]
    said = [*figure, "value", "low", "high", "survey"]
    table = table.drop_duplicates(said).reset_index(drop=True)
    unclear = pd.MultiIndex.from_frame(table.loc[table.duplicated(figure), ["row", "place"]])
    lost = pd.MultiIndex.from_frame(table[["row", "place"]]).isin(unclear)
    twice = table[table.duplicated(figure)].drop_duplicates(["row", "place"])
    findings = [
        Finding("survey-figure-twice", **_place_of(row))
        for row in twice.head(MAX_FINDINGS_PER_KIND).to_dict("records")
    ]
    return table[~lost].reset_index(drop=True), findings


def _differing(sheet: ScoreSheet, table: pd.DataFrame) -> BoolArray:
    """Say which figures the sheet does not hold any more as they were fed."""
    differs = np.zeros(len(table), dtype=bool)
    for code, name, rows in _by_input(table):
        if not name:
            continue
        held = sheet.figures.values.get((code, name))
        values = table["value"].to_numpy(float)[rows]
        if held is None:
            differs[rows] = True
            continue
        now = held[table["place"].to_numpy()[rows]]
        near = np.abs(now - values) <= _SAME * np.maximum(1.0, np.abs(values))
        # An item that does not apply holds no figure, and none that differs.
        is_na = sheet.status[table["row"].to_numpy()[rows], table["place"].to_numpy()[rows]]
        differs[rows] = ~near & (is_na != NOT_APPLICABLE)
    return differs


def _by_input(table: pd.DataFrame) -> Iterator[tuple[str, str, IntArray]]:
    """Yield each item and input with the positions of its rows."""
    pairs = pd.MultiIndex.from_frame(table[["item_code", "input"]])
    numbers, known = pd.factorize(pairs)
    for number, (code, name) in enumerate(known):
        yield str(code), str(name), np.flatnonzero(numbers == number)


def _different(sheet: ScoreSheet, table: pd.DataFrame) -> Iterator[Finding]:
    for code, name, rows in _by_input(table):
        entries = (entry for entry in sheet.criteria.rules[code].reported if entry.name == name)
        shown = next(map(Named.of, entries), name)
        units = table["place"].to_numpy(np.intp)[rows]
        held = sheet.figures.values.get((code, name), np.full(len(sheet.units), np.nan))
        values = [
            {"input": shown, "fed": float(fed), "value": float(now)}
            for fed, now in zip(table["value"].to_numpy(float)[rows], held[units], strict=True)
        ]
        yield from sheet.figures.findings_at("survey-figure-differs", units, code, name, values)


def _beside(table: pd.DataFrame) -> Iterator[Finding]:
    """Yield a finding for each interval that does not hold its figure: somebody typed over it."""
    for row in table.head(MAX_FINDINGS_PER_KIND).to_dict("records"):
        values = {"fed": float(row["value"]), "low": float(row["low"]), "high": float(row["high"])}
        yield Finding("survey-interval-beside", **_place_of(row), values=values)


def _place_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    names = ("file", "sheet", "cell", "unit_code", "year", "item_code")
    return {name: str(row[name]) for name in names if name in row}


@dataclass(frozen=True)
class _Reach:
    """How far each used figure moves the points of its item, down and up, and whose survey it is.

    Arrays of shape (n_figures,); `turn` numbers the surveys of one unit from 0.
    """

    below: FloatArray
    above: FloatArray
    turn: IntArray = field(repr=False)

    @classmethod
    def of(cls, sheet: ScoreSheet, used: pd.DataFrame) -> _Reach:
        """Evaluate the rules of the items over the intervals."""
        below, above = np.zeros(len(used)), np.zeros(len(used))
        for code, name, rows in _by_input(used):
            ends = _item_ends(sheet, code, name, used.iloc[rows])
            below[rows], above[rows] = (np.maximum(end, 0.0) for end in ends)
        pairs = used[["place", "survey"]].drop_duplicates()
        pairs = pairs.assign(turn=pairs.groupby("place").cumcount())
        turn = used[["place", "survey"]].merge(pairs, how="left")["turn"].to_numpy(np.intp)
        return cls(below, above, turn)


def _item_ends(
    sheet: ScoreSheet, code: str, name: str, part: pd.DataFrame
) -> tuple[FloatArray, FloatArray]:
    """Return how many points the least and the most of an interval are below and above."""
    low, high, value = (part[key].to_numpy(float) for key in ("low", "high", "value"))
    rule, places = sheet.criteria.rules[code], part["place"].to_numpy(np.intp)
    if not name:
        # Options: the rule is linear in the percent that they come to.
        each = rule.spec.max_points / 100.0
        return each * (value - low), each * (high - value)
    least, now, most = points_over(sheet, rule, name, places, np.array([low, high]))
    return now - least, most - now


def points_over(
    sheet: ScoreSheet, rule: CompiledRule, name: str, places: IntArray, ends: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the least points over an interval of one figure, those it has, and the most.

    Parameters
    ----------
    name : str
        The figure; the others stay as they are.
    places : int array, shape (n,)
        The units.
    ends : array, shape (2, n)
        The interval, in the unit of the figure; cut to what the figure can be.

    Notes
    -----
    Between two edges of a rule its points rise or fall all the way, so its extremes lie at the
    ends of the interval or right beside an edge; every one of these is evaluated.
    """
    entry, spec = rule.spec.named(name), rule.spec
    values = {key: array[places] for key, array in sheet.figures.of_item(spec).items()}
    values[YEAR] = sheet.units["year"].to_numpy(float)[places]
    for peer in rule.peer_inputs:
        values[best_name(peer)] = best_of_peers(rule, sheet.figures, peer)[places]
    held = values[name]
    low = np.fmax(np.minimum(ends[0], held), entry.minimum)
    high = np.fmin(np.maximum(ends[1], held), entry.maximum)
    now = rule.score(values, len(places)).points
    least, most = now, now
    for edge in (*_tried(rule), -np.inf, np.inf):
        tried = rule.score(values | {name: np.clip(edge, low, high)}, len(places)).points
        least, most = np.fmin(least, tried), np.fmax(most, tried)
    return least, now, most


def edges_of(rule: CompiledRule) -> list[float]:
    """Return the values at which the points of a rule may jump, in order.

    >>> from scoring.criteria import open_set
    >>> edges_of(open_set("department-sample").rules["8.3"])
    [80.0, 87.0]
    """
    edges = set[float]()
    for part in ex.walk(rule.points):
        if isinstance(part, ex.Steps):
            edges.update(border for _, border in part.borders)
        elif isinstance(part, ex.Compare):
            sides = (part.left, part.right)
            edges.update(side.value for side in sides if isinstance(side, ex.Number))
    return sorted(edges)


def _tried(rule: CompiledRule) -> Iterator[float]:
    for edge in edges_of(rule):
        beside = _BESIDE * max(1.0, abs(edge))
        yield from (edge - beside, edge, edge + beside)


def _sampling(sheet: ScoreSheet, used: pd.DataFrame, reach: _Reach) -> Sampling:
    """Carry the reach of the figures up the tree, a survey of each unit at a time."""
    criteria = sheet.criteria
    rows = used["row"].to_numpy(np.intp)
    # Only units with a survey figure are rolled up again.
    units, places = np.unique(used["place"].to_numpy(np.intp), return_inverse=True)
    points, is_na = sheet.points[:, units], sheet.status[:, units] == NOT_APPLICABLE
    is_penalty = np.array([node.kind == "penalty" for node in criteria.nodes])[rows]
    downward = np.where(is_penalty, -reach.above, reach.below)
    upward = np.where(is_penalty, -reach.below, reach.above)
    below, above = np.zeros(points.shape), np.zeros(points.shape)
    for turn in range(int(reach.turn.max()) + 1):
        mine = reach.turn == turn
        at = rows[mine], places[mine]
        ends = []
        for sign, moved in ((-1.0, downward), (1.0, upward)):
            leaves = points.copy()
            np.add.at(leaves, at, sign * moved[mine])
            most = sheet.maxima[:, units]
            leaves[at] = np.clip(leaves[at], 0.0, most[at])
            ends.append(roll_up(criteria, leaves, is_na).points)
        below += np.maximum(points - np.minimum(*ends), 0.0) ** 2
        above += np.maximum(np.maximum(*ends) - points, 0.0) ** 2
    low, high = np.full(sheet.points.shape, np.nan), np.full(sheet.points.shape, np.nan)
    touched = _touched(criteria, rows, places, points.shape)
    limit = np.maximum(points, sheet.maxima[:, units])
    low[:, units] = np.where(touched, np.maximum(points - np.sqrt(below), 0.0), np.nan)
    high[:, units] = np.where(touched, np.minimum(points + np.sqrt(above), limit), np.nan)
    series = np.full(sheet.points.shape, "", dtype=object)
    series[:, units] = _series(criteria, used, rows, places, points.shape)
    return Sampling(low, high, series, used.drop(columns=["row"]))


def _series(
    criteria: CriteriaSet,
    used: pd.DataFrame,
    rows: IntArray,
    places: IntArray,
    shape: tuple[int, ...],
) -> npt.NDArray[np.object_]:
    """Return the series of the figures at or below each node, by unit."""
    told = np.full(shape, "", dtype=object)
    names = used["series"].fillna("") if "series" in used else pd.Series("", index=used.index)
    for name in sorted(set(names) - {""}):
        mine = (names == name).to_numpy()
        below = _touched(criteria, rows[mine], places[mine], shape)
        told[below] = [f"{text}; {name}" if text else name for text in told[below]]
    return told


def _touched(
    criteria: CriteriaSet, rows: IntArray, places: IntArray, shape: tuple[int, ...]
) -> BoolArray:
    """Say which nodes have a survey figure at or below them, by unit."""
    touched = np.zeros(shape, dtype=bool)
    touched[rows, places] = True
    at = {node.code: row for row, node in enumerate(criteria.nodes)}
    for row, node in reversed(list(enumerate(criteria.nodes))):
        touched[at[node.parent] if node.parent else -1] |= touched[row]
    return touched

"""The change from one year to the next, split exactly into what brought it about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.analysis.counterfactual import Leaves, joined, leaves_of, rescored
from scoring.analysis.crosswalk import Bridge
from scoring.analysis.set_pairs import Pairing, unit_by_node
from scoring.base.findings import Finding
from scoring.base.values import NOT_APPLICABLE
from scoring.criteria import CriteriaSet
from scoring.points import ScoreSheet
from scoring.points.proof import looked_at, supported_or_computed
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import table_of

EFFECTS = ("performance", "rules", "evidence", "appraisal", "merger")
_FEW = 12


@dataclass(frozen=True)
class YearScores:
    """The points of one year.

    Attributes
    ----------
    sheet : ScoreSheet
        Its units stand for one year and period. ``supported`` are the points after evidence; where
        it has decisions, its final track are the points after appraisal.
    """

    sheet: ScoreSheet

    @cached_property
    def appraised(self) -> FloatArray | None:
        """Points of the final track, shape (n_nodes + 1, n_units); None without decisions."""
        return None if self.sheet.decided is None else self.sheet.on_track("final").points

    @property
    def year(self) -> int:
        """The year of assessment."""
        return int(self.sheet.units["year"].iloc[0])


def split_change(
    before: YearScores, after: YearScores, path: Bridge, becomes: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, list[Finding]]:
    """Split the change between two years into performance, rules, evidence, appraisal and merger.

    First the old units are put together (merger), by their own rules. Then performance and rules
    are parted symmetrically: each is the mean of its effect before and after the other, found by
    scoring old figures under new rules and new figures under old ones. Evidence and appraisal are
    what they took off or added in either year. See ``docs/decisions`` for why.

    Parameters
    ----------
    before, after : YearScores
    path : Bridge
        From the units of the one to those of the other, in the order of their sheets.
    becomes : mapping of str to str, optional
        The node of the new set that each node of the old one is; by default the same codes.

    Returns
    -------
    DataFrame
        Table ``YearChanges``: units in the order of the later sheet, nodes of its set, the index,
        then what was removed. The effects and ``unsplit`` that are not NaN add up to ``change``.
    list of Finding
        Items that could not be split, tracks that only one year has.

    Notes
    -----
    An item added or removed is an effect of rules with all its points. Where neither old figures
    fit the new rule nor new figures the old one, the change of the item stands in ``unsplit``;
    where one of them does, that one is taken, and ``remark`` says so.
    """
    old, new = before.sheet.criteria, after.sheet.criteria
    pair = Pairing.of(old, new, becomes)
    states = _States.of(before.sheet, after.sheet, path, pair)
    found = _effects(before, after, path, pair, states)
    table = _table(before, after.sheet, path, pair, states, found)
    return table, list(_said(table, before, after))


@dataclass(frozen=True)
class _States:
    """What parted performance from rules, on the rows of the pairing; and what is special."""

    old: FloatArray
    performance: FloatArray
    rules: FloatArray
    unsplit: FloatArray
    added_up: BoolArray
    is_unsplit: BoolArray
    is_one_sided: BoolArray

    @classmethod
    def of(cls, old: ScoreSheet, new: ScoreSheet, path: Bridge, pair: Pairing) -> _States:
        then, summed = joined(old, leaves_of(old), path)
        added_up = pair.of_old(summed.astype(float)) > 0
        v00, none = then.rolled(), np.zeros(added_up.shape, bool)
        v00[:, ~path.is_known] = np.nan
        start, end = pair.of_old(v00), pair.of_new(new.points)
        if pair.is_same:
            zero = np.zeros(start.shape)
            return cls(start, end - start, zero, zero, added_up, none, none)
        back = {new_code: code for code, new_code in pair.going_on.items()}
        forward, _ = joined(old, rescored(old, pair.new, pair.going_on), path, pair.going_on)
        four = (then, rescored(new, pair.old, back), forward, leaves_of(new))
        marks, (v10, v01, v11) = _crossed(pair, *four)
        v10, v01, v11 = pair.of_old(v10), pair.of_new(v01), pair.of_new(v11)
        performance = ((v10 - start) + (v11 - v01)) / 2
        rules = ((v01 - start) + (v11 - v10)) / 2
        return cls(start, performance, rules, end - v11, added_up, *marks)


class _Cells(NamedTuple):
    """Points of the items of both sets in one state, and where they do not apply."""

    points: FloatArray
    not_applicable: BoolArray

    @classmethod
    def of(cls, leaves: Leaves, rows: npt.NDArray[np.intp]) -> _Cells:
        is_there = (rows >= 0)[:, None]
        points = np.where(is_there, leaves.points[rows], np.nan)
        return cls(points, leaves.not_applicable[rows] & is_there)

    @property
    def is_known(self) -> BoolArray:
        return ~np.isnan(self.points) | self.not_applicable

    def taking(self, other: _Cells, where: BoolArray) -> _Cells:
        return _Cells(*(np.where(where, b, a) for a, b in zip(self, other, strict=True)))

    def rolled(self, criteria: CriteriaSet, rows: npt.NDArray[np.intp]) -> FloatArray:
        """Return the points of all nodes of `criteria`, whose items stand in `rows`."""
        shape = (len(criteria.nodes) + 1, self.points.shape[1])
        points, marks = np.full(shape, np.nan), np.zeros(shape, bool)
        points[rows[rows >= 0]] = self.points[rows >= 0]
        marks[rows[rows >= 0]] = self.not_applicable[rows >= 0]
        return Leaves(criteria, points, marks).rolled()


def _crossed(
    pair: Pairing, then: Leaves, backward: Leaves, forward: Leaves, now: Leaves
) -> tuple[tuple[BoolArray, BoolArray], tuple[FloatArray, FloatArray, FloatArray]]:
    """Return what could not be split, what was split one way; and the points of three states.

    New figures by old rules, old figures by new rules, and new figures by new rules with every
    item that cannot be split held at its old points.
    """
    at_old, at_new = (pair.items[name].to_numpy() for name in ("old_row", "new_row"))
    p00, p10 = _Cells.of(then, at_old), _Cells.of(backward, at_old)
    p01, p11 = _Cells.of(forward, at_new), _Cells.of(now, at_new)
    goes_on = ((at_old >= 0) & (at_new >= 0))[:, None]
    ends = goes_on & p00.is_known & p11.is_known
    both = p00.points + p11.points
    no_marks = np.zeros(both.shape, bool)
    # What only one of the two fits is taken to have the same effect before and after the other.
    by_back, by_forward = (
        ends & ~missing.is_known & known.is_known & ~np.isnan(both - known.points)
        for missing, known in ((p01, p10), (p10, p01))
    )
    is_lost = ends & ~(p01.is_known & p10.is_known) & ~by_back & ~by_forward
    from_back = _Cells(both - p10.points, no_marks)
    from_forward = _Cells(both - p01.points, no_marks)
    # An item added stands as it is now in both years, one removed as it was.
    p01 = p01.taking(p11, (at_old < 0)[:, None]).taking(p00, is_lost).taking(from_back, by_back)
    p10 = p10.taking(p00, (at_new < 0)[:, None] | is_lost).taking(from_forward, by_forward)
    held = p11.taking(p00, is_lost)
    points = (
        p10.rolled(pair.old, at_old),
        p01.rolled(pair.new, at_new),
        held.rolled(pair.new, at_new),
    )
    marks = tuple(_on_rows(pair, mark) for mark in (is_lost, by_back | by_forward))
    return (marks[0], marks[1]), points


def _on_rows(pair: Pairing, mark: BoolArray) -> BoolArray:
    """Bring a mark of the items onto the rows of the pairing."""
    at_new = pair.items["new_row"].to_numpy()
    nodes = np.zeros((len(pair.new.nodes) + 1, mark.shape[1]))
    nodes[at_new[at_new >= 0]] = mark[at_new >= 0]
    return pair.of_new(nodes) > 0


@dataclass(frozen=True)
class _Layers:
    """What evidence and appraisal did in each year, on the nodes of its set; None: not known."""

    evidence: tuple[FloatArray, FloatArray] | None
    appraisal: tuple[FloatArray, FloatArray] | None

    @classmethod
    def of(cls, before: YearScores, after: YearScores) -> _Layers:
        evidence = appraisal = None
        supported = [supported_or_computed(year.sheet) for year in (before, after)]
        base = [year.sheet.points for year in (before, after)]
        if supported[0] is not None and supported[1] is not None:
            evidence = (supported[0] - base[0], supported[1] - base[1])
            base = [supported[0], supported[1]]
        if before.appraised is not None and after.appraised is not None:
            appraisal = (before.appraised - base[0], after.appraised - base[1])
        return cls(evidence, appraisal)

    def top(self, year: int, computed: FloatArray) -> FloatArray:
        """Return the points of one of the two years after all that is known of both."""
        points = computed
        for layer in (self.evidence, self.appraisal):
            points = points if layer is None else points + layer[year]
        return points


def _effects(
    before: YearScores, after: YearScores, path: Bridge, pair: Pairing, states: _States
) -> dict[str, FloatArray]:
    """Return the points of both years and every effect, on the rows of the pairing."""
    layers, old = _Layers.of(before, after), before.sheet
    counts = old.status != NOT_APPLICABLE
    own = np.where(path.own >= 0, layers.top(0, old.points)[:, path.own], np.nan)
    # A unit of a new code starts from the mean of those that it was made of.
    mean = path.averaged(layers.top(0, old.points), counts)
    start = pair.of_old(np.where(path.own >= 0, own, mean))
    end = pair.of_new(layers.top(1, after.sheet.points))
    found = {"old_points": start, "new_points": end, "change": end - start,
             "performance": states.performance, "rules": states.rules}  # fmt: skip
    merged = states.old.copy()
    for name, layer in (("evidence", layers.evidence), ("appraisal", layers.appraisal)):
        found[name] = np.full(start.shape, np.nan)
        if layer is not None:
            joined_layer = pair.of_old(path.averaged(layer[0], counts))
            merged += joined_layer
            found[name] = pair.of_new(layer[1]) - joined_layer
    # Units whose evidence nobody looked at count as computed, and no effect of it is known.
    unseen = path.averaged((~looked_at(old)).astype(float)[None, :])[0] > 0
    found["evidence"][:, unseen | ~looked_at(after.sheet)] = np.nan
    found["merger"] = np.where(path.is_joined, merged - start, 0.0 * start)
    found["unsplit"] = states.unsplit
    for name in ("performance", "rules"):
        found[name] = np.where(states.is_unsplit, np.nan, found[name])
    return found


def _table(
    before: YearScores, sheet: ScoreSheet, path: Bridge, pair: Pairing, states: _States,
    found: dict[str, FloatArray],
) -> pd.DataFrame:  # fmt: skip
    remark = _remarks(before.sheet, sheet, path, pair, states, found)
    for name, row in (("old_points", "old_row"), ("new_points", "new_row")):
        is_there = (pair.rows[row] >= 0).to_numpy()[:, None]
        found[name] = np.where(is_there, found[name], np.nan)
    how = np.where(states.added_up, "added-up", np.where(path.is_joined, "weighted-mean", "own"))
    table = unit_by_node(sheet.units, pair.rows, {**found, "joined_by": how, "remark": remark})
    return table_of(table.assign(from_year=before.year), "YearChanges")


def _remarks(
    old: ScoreSheet, new: ScoreSheet, path: Bridge, pair: Pairing, states: _States,
    found: Mapping[str, FloatArray],
) -> npt.NDArray[np.object_]:  # fmt: skip
    """Say of each cell why it is not wholly split; the first reason that holds."""
    rows = pair.rows
    left = path.averaged((old.status == NOT_APPLICABLE).astype(float)) > 0
    left_out = (pair.of_old(left.astype(float)) > 0) | (
        pair.of_new((new.status == NOT_APPLICABLE).astype(float)) > 0
    )
    is_nan, shape = np.isnan(found["change"]), found["change"].shape
    reasons = {
        "no-earlier-unit": np.broadcast_to(~path.is_known, shape),
        "not-applicable": left_out & is_nan,
        "open": is_nan,
        "added": np.broadcast_to((rows["old_row"] < 0).to_numpy()[:, None], shape),
        "removed": np.broadcast_to((rows["new_row"] < 0).to_numpy()[:, None], shape),
        "unsplit": states.is_unsplit,
        "one-sided": states.is_one_sided,
    }
    return np.select(list(reasons.values()), list(reasons), default="").astype(object)


def _said(table: pd.DataFrame, before: YearScores, after: YearScores) -> Iterator[Finding]:
    """Yield what a reader must know of a split: what it leaves out."""
    when = {"since": before.year, "year": after.year}
    codes_of = {"unsplit": "years-unsplit", "one-sided": "years-one-sided"}
    for remark, code in codes_of.items():
        items = table[table["remark"] == remark]
        if len(items):
            nodes = items["code"].drop_duplicates().tolist()
            values = {"items": nodes[:_FEW], "count": len(nodes), **when}
            yield Finding(code, year=str(after.year), values=values)
    have = {
        "years-evidence-one-year": [year.sheet.supported is not None for year in (before, after)],
        "years-appraisal-one-year": [year.appraised is not None for year in (before, after)],
    }
    for code, known in have.items():
        if known[0] != known[1]:
            values = {"known": before.year if known[0] else after.year, **when}
            yield Finding(code, year=str(after.year), values=values)

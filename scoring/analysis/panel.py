"""Years beside each other: the units and the set of the last year, carried back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from scoring.analysis.counterfactual import joined, leaves_of
from scoring.analysis.crosswalk import Bridge, bridge
from scoring.analysis.set_pairs import Pairing, unit_by_node
from scoring.analysis.year_changes import YearScores, split_change
from scoring.base.findings import Finding
from scoring.base.values import INDEX_CODE, NOT_APPLICABLE
from scoring.points.proof import looked_at, supported_or_computed
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import table_of

_NOTHING = 1e-9
Mappings = Sequence[Mapping[str, str] | None]


@dataclass(frozen=True)
class Panel:
    """Years beside each other and the changes between them; made by `panel_of`.

    Attributes
    ----------
    table : DataFrame
        Table ``Panel``.
    changes : DataFrame
        Table ``YearChanges``, one year after the other.
    findings : tuple of Finding
    """

    table: pd.DataFrame
    changes: pd.DataFrame
    findings: tuple[Finding, ...]


def panel_of(
    years: Sequence[YearScores], crosswalk: pd.DataFrame, mappings: Mappings = ()
) -> Panel:
    """Put years beside each other, and split what changed between each and the next.

    Parameters
    ----------
    years : sequence of YearScores
        Two at least, in any order.
    crosswalk : DataFrame
        Table ``Crosswalk`` without errors; without rows where no unit changed.
    mappings : sequence of mapping or None, optional
        For each year and the next the new code of each old node; None or left out for the same
        codes.

    Returns
    -------
    Panel
        Points of an earlier year are by its own rules; where old units were joined they are put
        together as `scoring.analysis.counterfactual.joined` does. ``breaks`` says what keeps a
        year from being compared with the one before. While items are open, as on a final track
        that nobody has finished, ``points_low`` and ``points_high`` say between what points lie.
    """
    years = sorted(years, key=lambda year: year.year)
    pairs = [_pairing(*two, _mapping(mappings, place)) for place, two in enumerate(pairwise(years))]
    findings = list(_missing_years(years))
    splits = []
    for (before, after), pair in zip(pairwise(years), pairs, strict=True):
        path, lost = _path(crosswalk, before, after)
        changes, said = split_change(before, after, path, pair.becomes)
        splits.append((pair, path, changes))
        findings += [*lost, *said]
    parts = [_year(years, place, pairs, crosswalk, splits) for place in range(len(years))]
    changes = pd.concat([changes for *_, changes in splits], ignore_index=True)
    return Panel(pd.concat(parts, ignore_index=True), changes, tuple(findings))


def _mapping(mappings: Mappings, place: int) -> Mapping[str, str] | None:
    return mappings[place] if place < len(mappings) else None


def _pairing(before: YearScores, after: YearScores, becomes: Mapping[str, str] | None) -> Pairing:
    return Pairing.of(before.sheet.criteria, after.sheet.criteria, becomes)


def _path(
    crosswalk: pd.DataFrame, before: YearScores, after: YearScores
) -> tuple[Bridge, list[Finding]]:
    old, new = (year.sheet.units["unit_code"].tolist() for year in (before, after))
    return bridge(crosswalk, old, new, before.year, after.year)


def _missing_years(years: Sequence[YearScores]) -> Iterator[Finding]:
    told = [year.year for year in years]
    for since, year in pairwise(told):
        if year - since > 1:
            gone = ", ".join(map(str, range(since + 1, year)))
            values = {"value": gone, "since": since, "year": year}
            yield Finding("years-missing", year=str(year), values=values)


def _year(
    years: Sequence[YearScores], place: int, pairs: Sequence[Pairing], crosswalk: pd.DataFrame,
    splits: Sequence[tuple[Pairing, Bridge, pd.DataFrame]],
) -> pd.DataFrame:  # fmt: skip
    """Return the rows of one year, in the units and the nodes of the last."""
    year, last = years[place], years[-1]
    becomes = {code: code for code in [*year.sheet.criteria.by_code, INDEX_CODE]}
    for pair in pairs[place:]:
        becomes = {old: pair.becomes[now] for old, now in becomes.items() if now in pair.becomes}
    pair = Pairing(year.sheet.criteria, last.sheet.criteria, becomes)
    rows = pair.rows.query("new_row >= 0")
    path, _ = _path(crosswalk, year, last)
    points, maxima, added = _points(years, year, path)
    ends = _ends(years, year, path, points)
    breaks = _breaks(years, place, path, splits)
    at = rows["old_row"].to_numpy()
    table = unit_by_node(last.sheet.units.assign(year=year.year), rows, {
        "points": _there(points, at), "points_low": _there(ends[0], at),
        "points_high": _there(ends[1], at), "max_points": _there(maxima, at),
        "joined_by": np.where(added[at] & (at >= 0)[:, None], "added-up",
                              np.where(path.is_joined, "weighted-mean", "own")),
        "breaks": np.where((at >= 0)[:, None], breaks[at], ""),
    })  # fmt: skip
    # Of a penalty there is nothing to be reached, as in the table of one year.
    penalties = [node.code for node in last.sheet.criteria.nodes if node.kind == "penalty"]
    is_reached = (table["max_points"] > 0) & ~table["code"].isin(penalties)
    share = table["points"] / table["max_points"].where(is_reached)
    named = table.rename(columns={"old_code": "own_code"})
    return table_of(
        named.assign(set_id=year.sheet.criteria.set_id, attainment=100 * share), "Panel"
    )


def _there(values: FloatArray, at: np.ndarray) -> FloatArray:
    return np.where((at >= 0)[:, None], values[at], np.nan)


def _points(
    years: Sequence[YearScores], year: YearScores, path: Bridge
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return points on the last track that all years have, maxima, and what was added up."""
    sheet, track = year.sheet, _last_track(years)
    top = sheet.on_track(track).points if track == "final" else sheet.points
    if track == "supported":
        top = np.asarray(supported_or_computed(sheet))
    counts, maxima = sheet.status != NOT_APPLICABLE, path.averaged(np.asarray(sheet.maxima))
    if not path.is_joined.any():
        return path.averaged(top, counts), maxima, np.zeros((len(top), len(path.new)), bool)
    leaves, added = joined(sheet, leaves_of(sheet), path)
    points = leaves.rolled() + path.averaged(top - sheet.points, counts)
    points[:, ~path.is_known] = np.nan
    return points, maxima, added


def _last_track(years: Sequence[YearScores]) -> str:
    """Return the last track that all years have."""
    if all(one.appraised is not None for one in years):
        return "final"
    has_proof = all(one.sheet.supported is not None for one in years)
    return "supported" if has_proof else "computed"


def _ends(
    years: Sequence[YearScores], year: YearScores, path: Bridge, points: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return between what the points of a year lie; what is known lies nowhere else."""
    sheet = year.sheet
    moved, counts = sheet.on_track(_last_track(years)), sheet.status != NOT_APPLICABLE
    # Units whose evidence nobody looked at count as computed.
    seen = looked_at(sheet) if moved.track == "supported" else np.ones(len(sheet.units), bool)
    low, high = (
        np.where(np.isnan(points), path.averaged(np.where(seen, end, own), counts), points)
        for end, own in (
            (moved.points_low, sheet.points_low),
            (moved.points_high, sheet.points_high),
        )
    )
    return low, high


def _breaks(
    years: Sequence[YearScores], place: int, path: Bridge,
    splits: Sequence[tuple[Pairing, Bridge, pd.DataFrame]],
) -> np.ndarray:  # fmt: skip
    """Return what keeps each node of a year's own set from being compared with the year before."""
    shape = (len(years[place].sheet.points), len(path.new))
    if place == 0:
        return np.full(shape, "", dtype=object)
    pair, into, changes = splits[place - 1]
    n_units, rows = len(into.new), pair.rows["new_row"].to_numpy() >= 0
    cells = (len(rows), n_units)
    rules = changes["rules"].to_numpy().reshape(cells[::-1]).T
    unsplit = changes["unsplit"].to_numpy().reshape(cells[::-1]).T
    is_added = (pair.rows["old_row"] < 0).to_numpy()[:, None]
    marks = {
        "rules": (~(np.abs(rules) <= _NOTHING) | (np.abs(unsplit) > _NOTHING) | is_added)[rows]
        & (not pair.is_same),
        "units": np.broadcast_to(into.is_joined, (shape[0], n_units)),
        "survey": _other_series(years[place - 1], years[place], pair, into)[rows],
    }
    found = np.full(shape, "", dtype=object)
    for name, mark in marks.items():
        is_marked = np.nan_to_num(path.averaged(mark.astype(float))) > 0
        found = np.where(is_marked, found + np.where(found == "", "", "+") + name, found)
    return found


def _other_series(before: YearScores, after: YearScores, pair: Pairing, into: Bridge) -> BoolArray:
    """Say where the surveys behind a node begin another series, on the rows of the pairing."""
    shape = (len(pair.rows), len(into.new))
    if before.sheet.sampling is None or after.sheet.sampling is None:
        return np.zeros(shape, bool)
    old_at, new_at = (pair.rows[name].to_numpy() for name in ("old_row", "new_row"))
    old = before.sheet.sampling.series[old_at][:, into.own]
    new = after.sheet.sampling.series[new_at]
    is_there = ((old_at >= 0) & (new_at >= 0))[:, None] & (into.own >= 0)
    return np.asarray(is_there & (old != "") & (new != "") & (old != new), bool)

"""Who leads each area, and how places changed since last year on what both years share."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS, is_whole_year, time_text
from scoring.criteria import CriteriaSet
from scoring.criteria.diff import SetDiff, diff_sets
from scoring.criteria.matching import Pair
from scoring.points import ScoreSheet
from scoring.points.grading import compared_points
from scoring.points.places import RANKED_WITHIN, ordering_figure, places_within
from scoring.rules.evaluate import BoolArray
from scoring.tables import checked, table_of
from scoring.tables.places import MAX_FINDINGS_PER_KIND

# How an item of the newer set may continue one of the older without a person's word for it.
_SURE = ("code+name", "name", "code")
_OTHER_RULES = ("reruled", "reweighted", "reassessed")


def area_leaders(sheet: ScoreSheet, unranked: Collection[str] = ()) -> pd.DataFrame:
    """Return the best units of each area, block and period; those of equal points all lead.

    Parameters
    ----------
    sheet : ScoreSheet
    unranked : collection of str
        Codes of units that take no place.

    Returns
    -------
    DataFrame
        Table ``AreaLeaders``. A unit whose area is open leads nowhere; where nobody has points
        there is no row.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> rows = [{"unit_code": unit, "item_code": "2", "input": name, "value": value}
    ...         for unit, done in (("A", 9), ("B", 8)) for name, value in (("on_time", done), ("received", 10))]
    >>> leaders = area_leaders(score(inputs_table(rows, year=2026), open_set("service-quality-766")))
    >>> leaders[["code", "unit_code", "units"]].values.tolist()
    [['2', 'A', 2]]
    """
    out = sheet.units["unit_code"].isin(list(unranked)).to_numpy()
    rows = []
    for area in sheet.criteria.areas:
        points = ordering_figure(sheet.criteria, sheet.points, sheet.maxima, area.code)
        points[out] = np.nan
        ranks = places_within(points, sheet.units[RANKED_WITHIN]).ranks
        known = pd.Series(ranks > 0).groupby([sheet.units[n] for n in RANKED_WITHIN])
        units = known.transform("sum").to_numpy()
        for place in np.flatnonzero(ranks == 1):
            unit = sheet.units.iloc[place]
            most = float(sheet.maxima[sheet.row(area.code), place])
            key = (unit["block"], unit["year"], unit["period"], area.code, unit["unit_code"])
            rows.append((*key, points[place], most, int(units[place])))
    return table_of(rows, "AreaLeaders")


def rank_changes(
    sheet: ScoreSheet,
    last_scores: pd.DataFrame,
    last_set: CriteriaSet | None = None,
    unranked: Collection[str] = (),
    mapping: pd.DataFrame | None = None,
    *,
    places: Sequence[int] | None = None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Compare places with last year's, on the units and the items that both years share.

    An item is shared where both sets have it with the same rule, maximum and assessor, and the
    unit is scored on it in both years. Points of shared items are compared as a percent of their
    maxima; ranks are among the units of both years only, by this percent, in this year's blocks.

    Parameters
    ----------
    sheet : ScoreSheet
        Of this year, one period a unit; of several, `places` says which.
    last_scores : DataFrame
        Table ``Scores`` of last year, as ``scores.csv`` holds it.
    last_set : CriteriaSet, optional
        The set of last year, where it is another one.
    unranked : collection of str
        Codes of units that take no place.
    mapping : DataFrame, optional
        Table ``ItemMapping``: its confirmed rows say which item continues which, and no others
        do. Without it items continue that have the same code or the same name.
    places : sequence of int, optional
        The columns of the sheet to compare; all of them without it.

    Returns
    -------
    DataFrame
        Table ``RankChanges``, in the order of the sheet.
    list of Finding
        ``rank-last-year-other-set`` where last year's set is another one and was not given;
        ``rank-last-year-not-earlier`` where its points are of this year or later;
        ``rank-unit-missing-last-year`` and ``rank-unit-missing-this-year``;
        ``rank-mapping-unconfirmed`` counts the rows of `mapping` that nobody confirmed.
    """
    last = checked(last_scores, "Scores", by="rank_changes")
    older = last_set or sheet.criteria
    units = sheet.units.assign(place=range(len(sheet.units)))
    units = units if places is None else units.iloc[sorted(places)]
    if wrong := not_last_year(last, older, units):
        return table_of([], "RankChanges"), wrong
    units = units[~units["unit_code"].isin(list(unranked))]
    before = set(last["unit_code"])
    diff = diff_sets(older, sheet.criteria)
    findings = _missing(units, before)
    if mapping is not None:
        diff, doubts = _as_confirmed(diff, mapping)
        findings += doubts
    pairs = shared_items(diff)
    table = _compared(sheet, units[units["unit_code"].isin(before)], last, pairs)
    return table, findings


def not_last_year(last: pd.DataFrame, older: CriteriaSet, units: pd.DataFrame) -> list[Finding]:
    """Return why scores are not those of the time before `units`, by the set `older`; [] if they are.

    Another period of the same year may be compared; the same one, or a later year, may not.
    """
    if odd := sorted(set(last["set_id"]) - {older.set_id}):
        said = {"met": odd[0], "expected": older.set_id}
        return [Finding("rank-last-year-other-set", values=said)]
    now, before = _times(units), _times(last)
    late = [time for time in before if time in now or time[0] > max(now)[0]] if now else []
    if not late:
        return []
    told = {"met": time_text(*max(late)), "expected": time_text(*max(now))}
    return [Finding("rank-last-year-not-earlier", values=told)]


def _times(table: pd.DataFrame) -> set[tuple[int, str]]:
    """Return the years and periods of a table; the whole year has an empty period."""
    told = table[["year", "period"]].drop_duplicates().itertuples(index=False, name=None)
    return {(int(year), "" if is_whole_year(str(period)) else str(period)) for year, period in told}


def _missing(units: pd.DataFrame, before: set[str]) -> list[Finding]:
    now = set(units["unit_code"])
    kinds = {
        "rank-unit-missing-last-year": now - before,
        "rank-unit-missing-this-year": before - now,
    }
    return [
        Finding(code, unit_code=unit)
        for code, missing in kinds.items()
        for unit in sorted(missing)[:MAX_FINDINGS_PER_KIND]
    ]


def _as_confirmed(diff: SetDiff, mapping: pd.DataFrame) -> tuple[SetDiff, list[Finding]]:
    """Return the comparison of the two sets with the pairs that a person confirmed, no others."""
    both = mapping[(mapping["old_code"] != "") & (mapping["new_code"] != "")]
    sure = both[both["confirmed"].astype(bool)]
    pairs = tuple(
        Pair(diff.old.by_code[old], diff.new.by_code[new], "code+name", 1.0)
        for old, new in zip(sure["old_code"], sure["new_code"], strict=True)
        if old in diff.old.by_code and new in diff.new.by_code
    )
    doubts = {"count": len(both) - len(sure), "old": diff.old.set_id, "new": diff.new.set_id}
    found = [Finding("rank-mapping-unconfirmed", values=doubts)] if doubts["count"] else []
    return SetDiff(diff.old, diff.new, pairs), found


def shared_items(diff: SetDiff) -> dict[str, str]:
    """Return the old codes of the items that stayed the same, by their new ones.

    An item stayed the same where both sets have it with the same rule, maximum and assessor.
    """
    changes = diff.changes("vi")
    changed = set(changes.loc[changes["change"].isin(_OTHER_RULES), "new_code"])
    return {
        pair.new.code: pair.old.code
        for pair in diff.pairs
        if pair.old and pair.new and pair.match in _SURE
        if pair.old.is_item and pair.new.is_item and pair.new.code not in changed
        if pair.new.kind == "normal"
    }


def _compared(
    sheet: ScoreSheet, units: pd.DataFrame, last: pd.DataFrame, pairs: dict[str, str]
) -> pd.DataFrame:
    rows = np.array([sheet.row(code) for code in pairs], dtype=np.intp)
    at = np.ix_(rows, units["place"].to_numpy(np.intp))
    now, most = sheet.points[at], sheet.maxima[at]
    latest = last.sort_values("year", kind="stable").drop_duplicates(
        ["unit_code", "code"], keep="last"
    )
    known = latest.set_index(["code", "unit_code"])[["points", "max_points"]]
    wanted = pd.MultiIndex.from_product([list(pairs.values()), units["unit_code"]])
    then, most_then = known.reindex(wanted).to_numpy(float).T.reshape(2, *now.shape)
    is_shared: BoolArray = ~np.isnan(now) & ~np.isnan(then) & (most > 0) & (most_then > 0)
    percents = [
        100.0
        * _over(
            np.where(is_shared, points, 0.0).sum(axis=0), np.where(is_shared, of, 0.0).sum(axis=0)
        )
        for points, of in ((then, most_then), (now, most))
    ]
    ranks = [
        places_within(compared_points(percent, sheet.criteria.meta), units[RANKED_WITHIN]).ranks
        for percent in percents
    ]
    count = pd.Series(~np.isnan(percents[0])).groupby([units[n].to_numpy() for n in RANKED_WITHIN])
    table = units[[*KEY_COLUMNS, "block"]].assign(
        items=is_shared.sum(axis=0),
        last_percent=percents[0],
        this_percent=percents[1],
        change_percent=percents[1] - percents[0],
        last_rank=pd.array(ranks[0], dtype="Int64"),
        rank=pd.array(ranks[1], dtype="Int64"),
        rank_of=count.transform("sum").to_numpy(),
    )
    table[["last_rank", "rank"]] = table[["last_rank", "rank"]].where(table["rank"] > 0)
    return table.reset_index(drop=True)


def _over(earned: np.ndarray, most: np.ndarray) -> np.ndarray:
    return np.divide(earned, most, out=np.full(len(most), np.nan), where=most > 0)

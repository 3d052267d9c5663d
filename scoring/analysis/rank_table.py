"""Ranks of units within their block, as the criteria set declares them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.base.units import KEY_COLUMNS
from scoring.base.values import NOT_APPLICABLE, RANK_STATES
from scoring.criteria import SetMeta
from scoring.criteria.set_policies import Ties
from scoring.points import ScoreSheet
from scoring.points.grading import compared_points
from scoring.points.places import RANKED_WITHIN, Places, places_within
from scoring.points.rank_sets import alike_names, rank_sets
from scoring.points.rollup import roll_up
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import checked
from scoring.tables.places import MAX_FINDINGS_PER_KIND

_OTHER = {"rounded": "unrounded", "unrounded": "rounded"}


def rank(
    index: pd.DataFrame,
    meta: SetMeta,
    *,
    unranked: Collection[str] | Mapping[str, str] = (),
    ties: Ties | None = None,
    figures: Sequence[tuple[str, FloatArray]] = (),
) -> pd.DataFrame:
    """Rank units by their index, each block, year and period for itself.

    Parameters
    ----------
    index : DataFrame
        `ScoreSheet.index`: one row per unit with `unit_code`, `block`, `year`, `period`, `points`.
    meta : SetMeta
        Says whether rounded or unrounded points are compared (`rank_on`, `decimals`), and its
        tie rules (`ties`, `tie_items`).
    unranked : collection of str, or mapping of str to str
        Codes of units that are scored but take no place, such as one merged during the year; a
        mapping says why.
    ties : str, optional
        What equal points get instead of what the set says: ``min`` 1, 1, 3; ``dense`` 1, 1, 2;
        ``max`` 2, 2, 3.
    figures : sequence of (str, float array)
        What parts equal points, by the rows of `index`: `ScoreSheet.tie_figures`.

    Returns
    -------
    DataFrame
        `index` in the order of blocks and ranks, with `compared_points` (what was compared),
        `rank` (missing where there is none), `rank_of` (how many of the block are ranked),
        `rank_state`: ``ranked``, ``scored-unranked`` (has points, takes no place) or ``open``
        (something is not assessed, so there is nothing to compare), `unranked_reason` and
        `parted_by`, the item that parted the unit from others of its points.

    Raises
    ------
    UsageError
        When a unit has several rows for one year and period, the rows are of nodes, or the set
        parts equal points by items and there are no `figures`: `ranking` takes them from a sheet.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> units = pd.DataFrame({"unit_code": ["A", "B", "C", "D"], "block": "", "year": 2025,
    ...                       "period": "", "points": [80.004, 80.0, np.nan, 70.0]})
    >>> ranks = rank(units, open_set("task-completion-sample").meta, unranked=["D"])
    >>> ranks["unit_code"].tolist(), ranks["rank"].dropna().tolist()
    (['A', 'B', 'D', 'C'], [1, 1])
    >>> ranks["rank_state"].tolist()
    ['ranked', 'ranked', 'scored-unranked', 'open']
    """
    checked(index, "Index", columns=(*KEY_COLUMNS, "block", "points"), by="rank")
    if "code" in index or index.duplicated(KEY_COLUMNS).any():
        raise UsageError(
            "rank needs one row per unit, year and period, the index, and no table of nodes: give "
            "it ScoreSheet.index, not ScoreSheet.scores"
        )
    if meta.tie_codes and not figures:
        raise UsageError(
            f"the set parts units of equal points by {meta.tie_items}: use ranking(sheet), or give figures"
        )
    index = index.reset_index(drop=True)
    points = index["points"].to_numpy(dtype=np.float64)
    compared = compared_points(points, meta)
    is_out = index["unit_code"].isin(list(unranked)).to_numpy()
    state = np.select([np.isnan(compared), is_out], ["open", "scored-unranked"], default="ranked")
    places = _places(index, np.where(state == "ranked", compared, np.nan), meta, ties, figures)
    told = dict(unranked) if isinstance(unranked, Mapping) else {}
    reasons = [
        told.get(code, "") if out else ""
        for code, out in zip(index["unit_code"], is_out, strict=True)
    ]
    ranks = pd.Series(places.ranks, index=index.index)
    ranked = index.assign(
        compared_points=compared,
        rank=ranks.where(ranks > 0).astype("Int64"),
        rank_of=(ranks > 0).groupby([index[name] for name in RANKED_WITHIN]).transform("sum"),
        rank_state=state,
        unranked_reason=reasons,
        parted_by=places.parted_by,
    )
    return _in_order(ranked)


def ranking(
    sheet: ScoreSheet,
    *,
    unranked: Collection[str] | Mapping[str, str] = (),
    ties: Ties | None = None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Rank the units of a sheet by all rules of its set.

    Parameters
    ----------
    sheet : ScoreSheet
    unranked, ties
        As `rank` takes them.

    Returns
    -------
    DataFrame
        Table ``Ranking``; with survey figures also between which ranks each unit lies at 95%
        confidence, all units of a block at once, and whom it cannot be told apart from.
    list of Finding
        ``rank-tie-open`` where an item of the tie rules has no points for a unit of equal points;
        ``rank-rounding-matters`` where points rounded otherwise than the set says would change an
        order; ``rank-unranked-unknown``. That of a unit in two blocks is one of the sheet's own.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([{"unit_code": unit, "item_code": "2", "input": "on_time", "value": 1}
    ...                         for unit in "AB"], year=2026)
    >>> table, findings = ranking(score(figures, open_set("service-quality-766")))
    >>> table["rank_state"].tolist(), findings
    (['open', 'open'], [])
    """
    index, meta = sheet.index, sheet.criteria.meta
    figures = sheet.tie_figures
    table = rank(index, meta, unranked=unranked, ties=ties, figures=figures)
    is_out = index["unit_code"].isin(list(unranked)).to_numpy()
    points = np.where(is_out, np.nan, index["points"].to_numpy(dtype=float))
    findings = [*_unknown(index, unranked)]
    places = _places(index, compared_points(points, meta), meta, ties, figures)
    for code, units in places.undecided.items():
        values = {"units": index.loc[units, "unit_code"].tolist()}
        findings.append(Finding("rank-tie-open", item_code=code, values=values))
    findings += _rounding(sheet, is_out, places)
    if sheet.sampling is not None:
        if sheet.sampling.figures["confidence_percent"].isna().any():
            return table, [*findings, Finding("rank-sets-unknown")]
        table = table.merge(_rank_sets(sheet, is_out), on=KEY_COLUMNS, how="left")
    return table, findings


def _rank_sets(sheet: ScoreSheet, is_out: BoolArray) -> pd.DataFrame:
    """Return between which ranks each unit lies, and whom it cannot be told apart from."""
    sets = rank_sets(sheet, unranked=is_out)
    assert sets is not None
    ends = {
        name: pd.Series(end).where(end > 0).astype("Int64")
        for name, end in (("rank_first", sets.first), ("rank_last", sets.last))
    }
    return sheet.units[KEY_COLUMNS].assign(**ends, alike=alike_names(sheet, sets))


def _places(
    index: pd.DataFrame,
    compared: FloatArray,
    meta: SetMeta,
    ties: Ties | None,
    figures: Sequence[tuple[str, FloatArray]],
) -> Places:
    # A unit that takes no place must not take one from the others.
    return places_within(compared, index[RANKED_WITHIN], ties or meta.ties, figures)


def _in_order(ranked: pd.DataFrame) -> pd.DataFrame:
    blocks = {block: place for place, block in enumerate(ranked["block"].drop_duplicates())}
    order = ranked.assign(
        _block=ranked["block"].map(blocks), _state=ranked["rank_state"].map(RANK_STATES.index)
    ).sort_values(
        ["_block", "year", "period", "_state", "rank", "compared_points"],
        ascending=[True, True, True, True, True, False],
        kind="stable",
        na_position="last",
    )
    return ranked.loc[order.index].reset_index(drop=True)


def _unknown(index: pd.DataFrame, unranked: Collection[str]) -> Iterator[Finding]:
    for code in sorted(set(unranked) - set(index["unit_code"]))[:MAX_FINDINGS_PER_KIND]:
        yield Finding("rank-unranked-unknown", unit_code=code)


def _rounding(sheet: ScoreSheet, is_out: BoolArray, places: Places) -> Iterator[Finding]:
    """Yield the blocks whose order depends on when points are rounded."""
    meta = sheet.criteria.meta
    other = replace(meta, rank_on=_OTHER[meta.rank_on])
    # The index itself is rounded where the set ranks on rounded points.
    is_na = sheet.status == NOT_APPLICABLE
    rolled = roll_up(replace(sheet.criteria, meta=other), sheet.points.copy(), is_na)
    compared = compared_points(np.where(is_out, np.nan, rolled.points[-1]), other)
    ranks = _places(sheet.index, compared, other, None, sheet.tie_figures).ranks
    moved = sheet.index.assign(rank=places.ranks, other=ranks)
    moved = moved[moved["rank"] != moved["other"]]
    for (block, year, period), group in moved.groupby(RANKED_WITHIN, sort=False):
        changes = zip(group["unit_code"], group["rank"], group["other"], strict=True)
        said = {
            "basis": Label(f"ranked_on_{meta.rank_on}"),
            "block": block or "–",
            "decimals": meta.decimals,
            "units": [f"{unit}: {now} → {then}" for unit, now, then in changes],
        }
        yield Finding("rank-rounding-matters", year=str(year), period=str(period), values=said)

"""Where the units together lose points and why, and what would win most."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from scoring.analysis.gap_steps import mendable_now
from scoring.base.labels import label
from scoring.base.text import shortened
from scoring.outputs.amounts import Amount, count_amount, percent_amount, points_amount
from scoring.outputs.province_report.province_figures import ProvinceView, cause_words
from scoring.outputs.province_report.province_rows import CauseShare, Losses, LossRow, WinRow, Wins

MOST_WINS = 5
_KINDS = ("lost", "open", "at-risk")
# What losses are told of; copies with the texts of next steps take several times the room.
_TOLD = ["area_code", "item_code", "kind", "cause", "lost_points", "place"]


def losses(view: ProvinceView, gaps: pd.DataFrame) -> Losses:
    """Return the points that the units lose, by area and by item; `gaps` are theirs, with ``place``."""
    gaps = gaps[_TOLD]
    lost = gaps[gaps["kind"] == "lost"]
    sums = gaps.groupby("kind")["lost_points"].sum().reindex(_KINDS, fill_value=0.0)
    total, still_open, risk = (
        points_amount(float(sums[kind]), view.lang, view.decimals) for kind in _KINDS
    )
    areas, items = (tuple(_loss_rows(view, gaps, by)) for by in ("area_code", "item_code"))
    return Losses(total, still_open, risk, areas, items, cause_shares(view, lost))


def _loss_rows(view: ProvinceView, gaps: pd.DataFrame, by: str) -> list[LossRow]:
    """Return the areas or items that lose points, most first."""
    criteria, lang, decimals = view.sheet.criteria, view.lang, view.decimals
    once = gaps[[by, "kind", "place"]].drop_duplicates().assign(units=1)
    sums, units = _by_kind(gaps, by, "lost_points"), _by_kind(once, by, "units")
    count = {code: (int(lost), int(still)) for code, lost, still, _ in units.itertuples()}
    causes = _shares_by(view, gaps[gaps["kind"] == "lost"], by)
    total = float(sums["lost"].sum())
    rows = []
    ordered = sums.sort_values(list(_KINDS), ascending=False, kind="stable").astype("float64")
    for code, lost, still_open, risk in ordered.itertuples():
        node = criteria.by_code[code]
        rows.append(
            LossRow(
                code=str(code),
                name=node.name(lang),
                area_name=criteria.area_of(node.code).name(lang),
                maximum=count_amount(node.max_points, lang, decimals),
                lost=points_amount(lost, lang, decimals),
                per_unit=points_amount(lost / max(len(view.places), 1), lang, decimals),
                share=percent_amount(100 * lost / total if total else 0.0, lang),
                units=count[code][0],
                open_points=points_amount(still_open, lang, decimals),
                open_units=count[code][1],
                at_risk=points_amount(risk, lang, decimals),
                causes=tuple(causes.get(code, ())),
            )
        )
    return rows


def _by_kind(gaps: pd.DataFrame, by: str, name: str) -> pd.DataFrame:
    """Return the sum of a column by area or item, a column for each kind of gap."""
    table = gaps.pivot_table(index=by, columns="kind", values=name, aggfunc="sum", fill_value=0)
    return table.reindex(columns=list(_KINDS), fill_value=0)


def cause_shares(view: ProvinceView, lost: pd.DataFrame) -> tuple[CauseShare, ...]:
    """Return the points of rows of ``Gaps`` by cause, most first."""
    grouped = lost.groupby("cause")
    sums, units = grouped["lost_points"].sum(), grouped["place"].nunique().to_dict()
    return tuple(
        _share(view, str(cause), points, units[cause])
        for cause, points in sums.sort_values(ascending=False, kind="stable").items()
    )


def _shares_by(view: ProvinceView, lost: pd.DataFrame, by: str) -> dict[str, list[CauseShare]]:
    """Return what `cause_shares` gives of each area or item, from one look at all rows."""
    grouped = lost.groupby([by, "cause"])
    sums, units = grouped["lost_points"].sum(), grouped["place"].nunique().to_dict()
    shares: dict[str, list[CauseShare]] = {}
    most_first = sums.sort_values(ascending=False, kind="stable").reset_index()
    for code, cause, points in most_first.itertuples(index=False):
        shares.setdefault(code, []).append(_share(view, cause, points, units[code, cause]))
    return shares


def _share(view: ProvinceView, cause: str, points: float, units: int) -> CauseShare:
    shown = points_amount(float(points), view.lang, view.decimals)
    return CauseShare(cause, label(f"cause_{cause}", view.lang), shown, int(units))


def named(code: str, name: str) -> str:
    """Return an item in a sentence."""
    return f"{code} “{shortened(name)}”"


def wins(view: ProvinceView, gaps: pd.DataFrame) -> Wins:
    """Return what would win most over all units, by item and cause.

    Where the gaps know the day, what the rules still let be done counts for this period. Else only
    what units can mend at any time does: figures, proof, answers to an appraisal; of final points,
    only what nobody has decided.
    """
    if "term" in gaps:
        gaps = gaps.assign(is_now=gaps["term"].isin(("open", "dated")))
    else:
        gaps = gaps.assign(is_now=gaps["cause"].isin(mendable_now(view.sheet.track)))
    keys = ["item_code", "kind", "cause", "is_now"]
    found = gaps.groupby(keys, as_index=False).agg(
        points=("lost_points", "sum"),
        units=("place", "nunique"),
        step=("next_step", "first"),
        steps=("next_step", "nunique"),
    )
    found = found.sort_values("points", ascending=False, kind="stable")
    is_now = found["is_now"]
    now, later = (
        tuple(
            _win(view, rank, row, is_for_now)
            for rank, row in enumerate(part.head(MOST_WINS).to_dict("records"), start=1)
        )
        for is_for_now, part in ((True, found[is_now]), (False, found[~is_now]))
    )
    return Wins(now, later, *(_total(view, found["points"][part]) for part in (is_now, ~is_now)))


def _total(view: ProvinceView, points: pd.Series) -> Amount:
    return points_amount(float(points.sum()), view.lang, view.decimals)


def _win(view: ProvinceView, rank: int, row: Mapping[Hashable, Any], is_for_now: bool) -> WinRow:
    criteria, lang = view.sheet.criteria, view.lang
    node, kind, cause = criteria.by_code[row["item_code"]], row["kind"], row["cause"]
    points = points_amount(row["points"], lang, view.decimals)
    key = kind.replace("-", "_") if is_for_now else "later"
    said = {
        "item": named(node.code, node.name(lang)),
        "points": points.text,
        "units": int(row["units"]),
    }
    # What one unit is told is no step for all of them.
    key_of_all = f"next_{cause}"
    if is_for_now and cause == "below-target":
        key_of_all = "next_for_now_below"
    step = (str(row["step"]) if row["steps"] == 1 else label(key_of_all, lang)).rstrip(".")
    return WinRow(
        rank=rank,
        item_code=node.code,
        item_name=node.name(lang),
        area_name=criteria.area_of(node.code).name(lang),
        cause=cause,
        cause_name=cause_words(kind, cause, lang),
        kind=kind,
        is_for_now=is_for_now,
        points=points,
        units=int(row["units"]),
        action=label(f"province_win_{key}", lang, step=step, **said),
    )

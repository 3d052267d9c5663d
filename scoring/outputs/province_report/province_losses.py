"""Where the units together lose points and why, and what would win most."""

from __future__ import annotations

import pandas as pd

from scoring.base.labels import label
from scoring.outputs.amounts import count_amount, percent_amount, points_amount
from scoring.outputs.province_report.province_figures import ProvinceView
from scoring.outputs.province_report.province_rows import CauseShare, Losses, LossRow

_KINDS = ("lost", "open", "at-risk")


def losses(view: ProvinceView, gaps: pd.DataFrame) -> Losses:
    """Return the points that the units lose, by area and by item; `gaps` are theirs, with ``place``."""
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
    once = gaps.drop_duplicates([by, "kind", "place"]).assign(units=1)
    sums, units = _by_kind(gaps, by, "lost_points"), _by_kind(once, by, "units")
    causes = dict(iter(gaps[gaps["kind"] == "lost"].groupby(by)))
    total = float(sums["lost"].sum())
    rows = []
    for code in sums.sort_values(list(_KINDS), ascending=False, kind="stable").index:
        node, (lost, still_open, risk) = criteria.by_code[code], sums.loc[code]
        own = causes.get(code, gaps.iloc[:0])
        rows.append(
            LossRow(
                code=str(code),
                name=node.name(lang),
                area_name=criteria.area_of(node.code).name(lang),
                maximum=count_amount(node.max_points, lang, decimals),
                lost=points_amount(lost, lang, decimals),
                per_unit=points_amount(lost / max(len(view.places), 1), lang, decimals),
                share=percent_amount(100 * lost / total if total else 0.0, lang),
                units=int(units.loc[code, "lost"]),
                open_points=points_amount(still_open, lang, decimals),
                open_units=int(units.loc[code, "open"]),
                at_risk=points_amount(risk, lang, decimals),
                causes=cause_shares(view, own),
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
    sums, units = grouped["lost_points"].sum(), grouped["place"].nunique()
    return tuple(
        CauseShare(
            cause,
            label(f"cause_{cause}", view.lang),
            points_amount(float(sums.loc[cause]), view.lang, view.decimals),
            int(units.loc[cause]),
        )
        for cause in sums.sort_values(ascending=False, kind="stable").index.astype(str)
    )

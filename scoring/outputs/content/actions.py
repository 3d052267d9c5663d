"""Where the points went, who can win them back, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from scoring.analysis.gap_steps import mendable_now
from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.base.rounding import round_points
from scoring.base.text import vietnamese_key
from scoring.base.values import INDEX_CODE
from scoring.outputs.amounts import Amount, count_amount, percent_amount, points_amount
from scoring.outputs.content.item_rows import UnitGaps, UnitView
from scoring.outputs.content.unit_rows import CauseRow, ItemRow, RiskRow, StepRow

# In which order things are to be done.
_TERMS = ("open", "dated", "next-year", "past")


def cause_rows(gaps: pd.DataFrame, view: UnitView) -> tuple[CauseRow, ...]:
    """Return the lost points by cause, largest first."""
    total = float(gaps["lost_points"].sum())
    sums = gaps.groupby("cause", sort=False)["lost_points"].sum()
    ordered = sums.sort_values(ascending=False, kind="stable")
    return tuple(
        CauseRow(
            cause=str(cause),
            name=label(f"cause_{cause}", view.lang),
            lost=points_amount(float(lost), view.lang, view.decimals),
            share=percent_amount(100 * float(lost) / total, view.lang),
            item_codes=tuple(gaps.loc[gaps["cause"] == cause, "item_code"].astype(str)),
        )
        for cause, lost in ordered.items()
    )


def lost_note(
    scores: pd.DataFrame, gaps: pd.DataFrame, kinds: pd.Series, lang: str, decimals: int
) -> str:
    """Say what the points lost by the items have to do with the index of the unit.

    Parameters
    ----------
    scores, gaps : DataFrame
        Tables ``Scores`` and ``Gaps`` of one unit, without points at risk.
    kinds : Series
        ``normal``, ``bonus`` or ``penalty`` by code of the node.
    """
    [index] = scores[scores["code"] == INDEX_CODE].to_dict("records")
    areas = scores[(scores["level"] == "area") & (scores["code"].map(kinds) == "normal")]
    lost, below = float(gaps["lost_points"].sum()), index["max_points"] - index["points"]
    is_open = gaps["kind"] == "open"
    figures = {
        "lost": lost, "below": below, "open": float(gaps["lost_points"][is_open].sum()),
        "applicable": float(areas["max_points"].sum()), "total": float(index["max_points"]),
    }  # fmt: skip
    said = {name: points_amount(figure, lang, decimals).text for name, figure in figures.items()}
    said |= {
        name: count_amount(figures[name], lang, decimals).text for name in ("applicable", "total")
    }
    keys = ["lost_open_note"] if is_open.any() else []
    if abs(figures["applicable"] - figures["total"]) > 0.5 * 10.0**-decimals:
        keys.append("lost_scale_note")
    if np.isfinite(below) and round_points(abs(lost - below), decimals) > 0:
        keys.append("lost_below_note")
    return " ".join(label(key, lang, **said) for key in keys)


def risk_rows(items: Sequence[ItemRow], gaps: UnitGaps, view: UnitView) -> tuple[RiskRow, ...]:
    """Return the points still to be won and those at risk by lead unit, most points first.

    Items without a lead unit stand together under an empty name.
    """
    lost, risk = _by_item(gaps.lost), _by_item(gaps.at_risk)
    groups: dict[str, list[ItemRow]] = {}
    for item in items:
        if item.cause or item.at_risk:
            groups.setdefault(item.lead_unit, []).append(item)
    keyed = []
    for lead, members in groups.items():
        members.sort(key=lambda item: -(lost.get(item.code, 0.0) + risk.get(item.code, 0.0)))
        to_win = sum(lost.get(item.code, 0.0) for item in members)
        unproven = sum(risk.get(item.code, 0.0) for item in members)
        due, overdue = _nearest(members, view)
        row = RiskRow(
            lead_unit=lead,
            due_on=due,
            is_overdue=overdue,
            points=points_amount(to_win, view.lang, view.decimals),
            at_risk=points_amount(unproven, view.lang, view.decimals) if risk else None,
            item_codes=tuple(item.code for item in members),
        )
        keyed.append((-(to_win + unproven), vietnamese_key(lead), row))
    return tuple(row for _, _, row in sorted(keyed, key=lambda entry: entry[:2]))


def _by_item(gaps: pd.DataFrame) -> dict[str, float]:
    sums = gaps.groupby("item_code")["lost_points"].sum()
    return {str(code): float(lost) for code, lost in sums.items()}


def _nearest(members: Sequence[ItemRow], view: UnitView) -> tuple[str, bool]:
    """Return the nearest deadline as it is shown, and whether it has passed."""
    dated = [item.due_day for item in members if item.due_day is not None]
    if not dated:
        return "", False
    first = min(dated)
    return format_date(first, view.lang), view.as_of is not None and first < view.as_of


def step_rows(items: Sequence[ItemRow], track: str, day_known: bool) -> tuple[StepRow, ...]:
    """Return what to do, ranked by the points it wins back or saves, where `track` is shown.

    Where the day is known, what can still be done comes before what only next year can bring.
    """
    now = mendable_now(track)

    def made(item: ItemRow, points: Amount, cause: str, step: str, name: str, term: str) -> StepRow:
        if not day_known:
            return StepRow(0, item, points, step, name, cause in now)
        term = term or ("open" if cause in now else "next-year")
        return StepRow(0, item, points, step, name, term in ("open", "dated"), term)

    steps = [
        made(i, p.lost, p.cause, p.next_step, p.name, p.ahead.term if p.ahead else "")
        for i in items
        for p in i.losses
    ]
    steps += [
        made(i, i.at_risk, i.proof, i.proof_step, i.proof_name, i.proof_term)
        for i in items
        if i.at_risk
    ]
    ranked = sorted(steps, key=lambda step: (_order(step.term), -step.points.value))
    return tuple(replace(step, rank=rank) for rank, step in enumerate(ranked, start=1))


def _order(term: str) -> int:
    return _TERMS.index(term) if term else 0

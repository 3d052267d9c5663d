"""Where the points went, who can win them back, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.base.text import vietnamese_key
from scoring.outputs.content.model import (
    MENDABLE_NOW,
    CauseRow,
    ItemRow,
    RiskRow,
    StepRow,
    percent_amount,
    points_amount,
)
from scoring.outputs.content.rows import UnitView


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


def risk_rows(
    items: Sequence[ItemRow], gaps: pd.DataFrame, view: UnitView
) -> tuple[RiskRow, ...]:
    """Return the points still to be won by lead unit, largest first.

    Items without a lead unit stand together under an empty name.
    """
    lost = dict(zip(gaps["item_code"].astype(str), gaps["lost_points"], strict=True))
    groups: dict[str, list[ItemRow]] = {}
    for item in items:
        if item.cause:
            groups.setdefault(item.lead_unit, []).append(item)
    rows = []
    for lead, members in groups.items():
        members.sort(key=lambda item: -lost[item.code])
        points = sum(float(lost[item.code]) for item in members)
        due, overdue = _nearest(members, view)
        codes = tuple(item.code for item in members)
        amount = points_amount(points, view.lang, view.decimals)
        rows.append(RiskRow(lead, due, overdue, amount, codes))
    return tuple(sorted(rows, key=lambda row: (-row.points.value, vietnamese_key(row.lead_unit))))


def _nearest(members: Sequence[ItemRow], view: UnitView) -> tuple[str, bool]:
    """Return the nearest deadline as it is shown, and whether it has passed."""
    dated = [item.due_day for item in members if item.due_day is not None]
    if not dated:
        return "", False
    first = min(dated)
    return format_date(first, view.lang), view.as_of is not None and first < view.as_of


def step_rows(items: Sequence[ItemRow]) -> tuple[StepRow, ...]:
    """Return what to do, ranked by the points that can be won back."""
    losing = sorted((item for item in items if item.cause), key=lambda item: -item.lost.value)
    return tuple(
        StepRow(
            rank=rank,
            item_code=item.code,
            item_name=item.name,
            points=item.lost,
            step=item.next_step,
            cause_name=item.cause_name,
            is_for_now=item.cause in MENDABLE_NOW,
            lead_unit=item.lead_unit,
            due_on=item.due_on,
        )
        for rank, item in enumerate(losing, start=1)
    )

"""Which units need help, each with declared reasons and the facts in words."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from scoring.base.labels import label
from scoring.base.text import vietnamese_key
from scoring.base.units import UnitKey
from scoring.outputs.amounts import percent_amount, points_amount
from scoring.outputs.content.league import LeagueRow
from scoring.outputs.province_report.province_figures import ProvinceView
from scoring.outputs.province_report.province_rows import (
    ChangeRow,
    Changes,
    HelpReason,
    HelpRow,
    TargetsMet,
    UnitTarget,
)

_ALMOST = 1e-9


@cache
def help_thresholds() -> dict[str, dict[str, float]]:
    """Return the declared thresholds of each reason, from ``help_reasons.toml``."""
    place = resources.files("scoring.outputs.province_report").joinpath("help_reasons.toml")
    return tomllib.loads(place.read_text("utf-8"))


def declared_reasons(lang: str) -> tuple[str, ...]:
    """Return what counts as a reason, in words with its threshold."""
    return tuple(
        label(f"province_reason_{code.replace('-', '_')}", lang, **said)
        for code, said in help_thresholds().items()
    )


@dataclass(frozen=True)
class HelpFacts:
    """What is known of the units besides their indexes; `risks` are points at risk by place."""

    view: ProvinceView
    rows: Sequence[LeagueRow]
    risks: pd.Series
    targets: dict[UnitKey, UnitTarget] = field(default_factory=dict)
    changes: dict[UnitKey, ChangeRow] = field(default_factory=dict)
    since: str = ""


def units_that_need_help(
    view: ProvinceView,
    rows: Sequence[LeagueRow],
    gaps: pd.DataFrame,
    targets: TargetsMet | None,
    changes: Changes | None,
) -> tuple[HelpRow, ...]:
    """Return the units with a reason, most reasons first, then the lowest index.

    `gaps` are theirs, with ``place``.
    """
    facts = HelpFacts(
        view,
        rows,
        gaps[gaps["kind"] == "at-risk"].groupby("place")["lost_points"].sum(),
        {row.key: row for row in targets.rows} if targets else {},
        {row.key: row for row in changes.rows} if changes else {},
        changes.since if changes else "",
    )
    low = _low_in_block(rows)
    found = []
    for place, row in enumerate(rows):
        if reasons := tuple(_reasons(facts, place, row, low.get(place, ""))):
            order = (-len(reasons), row.low.value, vietnamese_key(row.unit_name))
            found.append(
                (order, HelpRow(row.key, row.unit_name, row.block, row.range_text, reasons))
            )
    return tuple(row for _, row in sorted(found, key=lambda entry: entry[0]))


def _reasons(facts: HelpFacts, place: int, row: LeagueRow, low: str) -> Iterator[HelpReason]:
    lang, limits = facts.view.lang, help_thresholds()
    meta = facts.view.sheet.criteria.meta
    target, change = facts.targets.get(row.key), facts.changes.get(row.key)
    most_below = limits["far-below-target"]["percent"] / 100 * meta.total_points
    if target and target.verdict == "missed" and -target.by.value >= most_below - _ALMOST:
        said = {"target": target.target.text, "said": target.target.said}
        yield HelpReason("far-below-target", label("province_far_below_target", lang, **said))
    if low:
        said = {
            "rank": str(row.rank),
            "ranked": low,
            "block": row.block or label("standing_all", lang),
        }
        yield HelpReason("low-in-block", label("province_low_in_block", lang, **said))
    still_open = row.items_applicable - row.items_scored
    if (
        row.items_applicable
        and 100 * still_open >= limits["many-open"]["percent"] * row.items_applicable
    ):
        text = label("province_many_open", lang, open=still_open, items=row.items_applicable)
        yield HelpReason("many-open", text)
    if change and -change.change.value >= limits["falling"]["percent"] - _ALMOST:
        fall = percent_amount(-change.change.value, lang).text.rstrip("%")
        text = label("province_falling", lang, fall=fall, items=change.items, since=facts.since)
        yield HelpReason("falling", text)
    earned = row.low.value if np.isnan(row.index.value) else row.index.value
    risk = float(facts.risks.get(place, 0.0))
    if risk > 0 and 100 * risk >= limits["unproven"]["percent"] * earned - _ALMOST:
        figures = (points_amount(figure, lang, meta.decimals).text for figure in (risk, earned))
        said = dict(zip(("risk", "earned"), figures, strict=True))
        yield HelpReason("unproven", label("province_unproven", lang, **said))


def _low_in_block(rows: Sequence[LeagueRow]) -> dict[int, str]:
    """Return for the places of the units that stand last in their block how many are ranked there.

    A unit stands last with all that are not above it: equal ones are named together or not at all.
    """
    limits = help_thresholds()["low-in-block"]
    table = pd.DataFrame(
        {"block": [row.block for row in rows], "index": [row.index.value for row in rows]}
    ).dropna()
    of_block = table.groupby("block")["index"]
    count, below = of_block.transform("size"), of_block.rank(method="max")
    is_low = (count >= limits["least_units"]) & (100 * below <= limits["percent"] * count)
    return {int(place): str(count.loc[place]) for place in table.index[is_low]}

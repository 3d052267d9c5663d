"""The units against their targets and against last time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scoring.analysis.rank_changes import rank_changes
from scoring.base.findings import Finding
from scoring.base.rounding import round_points
from scoring.base.text import vietnamese_key
from scoring.base.units import KEY_COLUMNS, UnitKey, time_text, unit_keys
from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet
from scoring.outputs.amounts import change_amount, percent_amount, target_amount
from scoring.outputs.content.item_rows import unit_targets
from scoring.outputs.content.league import LeagueRow, time_order
from scoring.outputs.province_report.province_figures import ProvinceView
from scoring.outputs.province_report.province_rows import (
    ChangeRow,
    Changes,
    TargetsMet,
    UnitTarget,
)
from scoring.points.sampling import UNSHOWN, target_verdict

_PERCENT_DECIMALS = 1


def targets_met(
    view: ProvinceView, rows: Sequence[LeagueRow], targets: pd.DataFrame | None
) -> TargetsMet | None:
    """Return who met the target of the index; None where no unit has one."""
    if targets is None or not len(targets):
        return None
    aims = unit_targets(targets)
    wanted = [aims(row.key).get(INDEX_CODE) for row in rows]
    found = [
        _unit_target(view, at, row, target)
        for at, (row, target) in enumerate(zip(rows, wanted, strict=True))
        if target is not None
    ]
    found.sort(key=lambda row: (np.nan_to_num(row.by.value), vietnamese_key(row.unit_name)))
    return TargetsMet(tuple(found), wanted.count(None)) if found else None


def _unit_target(view: ProvinceView, at: int, row: LeagueRow, target: float) -> UnitTarget:
    sheet, lang, decimals = view.sheet, view.lang, view.decimals
    least, most = row.low.value - target, row.high.value - target
    if row.index.is_known:
        least = most = row.index.value - target
    # Judged on what is shown, as the words beside it are.
    least, most = (float(round_points(end, decimals)) for end in (least, most))
    sampled = None
    if sheet.sampling is not None:
        place = view.places[at]
        sampled = sheet.sampling.low[-1, place] - target, sheet.sampling.high[-1, place] - target
    told = target_amount(target, least, most, lang, decimals, sampling=sampled)
    verdict = "met" if least >= 0 else "missed" if most < 0 else "open"
    if sampled and row.index.is_known and target_verdict(least, *sampled) in UNSHOWN:
        verdict = "open"
    # While the range lies on both sides of the target there is no distance, not one of 0.
    is_between = least < 0 <= most
    by = change_amount(np.nan if is_between else min(most, 0.0) or least, lang, decimals)
    return UnitTarget(row.key, row.unit_name, row.block, row.range_text, told, verdict, by)


def changes_since(
    view: ProvinceView,
    rows: Sequence[LeagueRow],
    last_scores: pd.DataFrame | None,
    last_set: CriteriaSet | None,
    mapping: pd.DataFrame | None,
) -> tuple[Changes | None, list[Finding]]:
    """Compare the units with last year, or with the period before in the same run.

    None where there is nothing earlier, or no unit and item stands in both.
    """
    last = _period_before(view) if last_scores is None else last_scores
    if last is None or not len(last):
        return None, []
    table, findings = rank_changes(
        view.sheet, last, last_set, mapping=mapping, places=list(view.places)
    )
    if last_scores is None:
        # Nobody gave these points: that a unit had none then is no slip of anybody.
        findings = []
    table = table[table["items"] > 0]
    if not len(table):
        return None, findings
    found = [_change_row(view, *pair) for pair in _named(table, rows)]
    found.sort(key=lambda row: (-row.change.value, vietnamese_key(row.unit_name)))
    moves = [row.change.value for row in found]
    return Changes(
        since=", ".join(_times(last)[-1:]),
        rose=sum(move > 0 for move in moves),
        fell=sum(move < 0 for move in moves),
        same=sum(move == 0 for move in moves),
        mean=change_amount(float(table["change_percent"].mean()), view.lang, _PERCENT_DECIMALS),
        rows=tuple(found),
        without=len(rows) - len(found),
    ), findings


def _times(scores: pd.DataFrame) -> list[str]:
    """Return the times of a table, the last one last."""
    times = {key[1:] for key in unit_keys(scores[KEY_COLUMNS].drop_duplicates())}
    return [time_text(*time) for time in sorted(times, key=time_order)]


def _period_before(view: ProvinceView) -> pd.DataFrame | None:
    """Return the points of the last time in the sheet before that of the report."""
    now = time_order(unit_keys(view.units.iloc[:1])[0][1:])
    times = sorted({key[1:] for key in view.sheet.keys}, key=time_order)
    earlier = [time for time in times if time_order(time) < now]
    if not earlier:
        return None
    scores, (year, period) = view.sheet.scores, earlier[-1]
    return scores[(scores["year"] == year) & (scores["period"] == period)]


def _named(
    table: pd.DataFrame, rows: Sequence[LeagueRow]
) -> list[tuple[LeagueRow, dict[str, float]]]:
    of_key: dict[UnitKey, LeagueRow] = {row.key: row for row in rows}
    figures = table.drop(columns=[*KEY_COLUMNS, "block"]).astype("float64")
    records = [
        dict(zip(figures.columns, values, strict=True)) for values in figures.to_numpy().tolist()
    ]
    return [(of_key[key], record) for key, record in zip(unit_keys(table), records, strict=True)]


def _change_row(view: ProvinceView, row: LeagueRow, figures: dict[str, float]) -> ChangeRow:
    last, now, change = (figures[f"{name}_percent"] for name in ("last", "this", "change"))
    ranks = (
        0 if figures[name] != figures[name] else int(figures[name])
        for name in ("last_rank", "rank")
    )
    return ChangeRow(
        row.key,
        row.unit_name,
        row.block,
        int(figures["items"]),
        percent_amount(last, view.lang),
        percent_amount(now, view.lang),
        change_amount(change, view.lang, _PERCENT_DECIMALS),
        *ranks,
    )

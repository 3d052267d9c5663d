"""How many targets of a table of lines are met, and which is the farthest off."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.base.rounding import round_points
from scoring.base.values import INDEX_CODE
from scoring.outputs.charts.score_tables import SAMPLING
from scoring.outputs.theme import ChartContext
from scoring.points.sampling import UNSHOWN, target_verdict


def targets_said(table: pd.DataFrame, context: ChartContext) -> tuple[str, str]:
    """Return how many targets are met, and what is the farthest behind; empty where there is none.

    Every line with a target counts. One that is open is met or missed where its bounds say so,
    else not settled, as it is where the sampling of surveys leaves it so.

    Examples
    --------
    >>> lines = pd.DataFrame({"code": ["INDEX", "1", "2"], "name": ["Index", "Plans", "Staff"],
    ...                       "points": [12.0, 4.0, np.nan], "points_low": [12.0, 4.0, 5.0],
    ...                       "points_high": [12.0, 4.0, 8.0], "target_points": [10.0, 6.0, 7.0]})
    >>> targets_said(lines, ChartContext(lang="en"))
    ('1 of 3 targets is met, 1 not settled', 'Plans is farthest behind: 2.00 points')
    """
    wanted = table.dropna(subset="target_points")
    if wanted.empty:
        return "", ""
    least, most = (_beyond(wanted, end, context) for end in ("points_low", "points_high"))
    is_doubted = _doubted(wanted, least, context)
    met, missed = (least >= 0) & ~is_doubted, (most < 0) & ~is_doubted
    waiting = int((~met & ~missed).sum())
    said = context.say("chart_targets_met", count=int(met.sum()), all=len(wanted))
    if waiting:
        said += f", {context.say('chart_targets_unsettled', count=waiting)}"
    # Next to its areas the index is always the farthest behind.
    is_own = wanted["code"] != INDEX_CODE
    behind = most.where(most < 0)[is_own if is_own.any() else slice(None)].dropna()
    return said, _farthest(wanted, behind, context)


def _farthest(wanted: pd.DataFrame, behind: pd.Series, context: ChartContext) -> str:
    if behind.empty:
        return ""
    place = behind.index[int(behind.argmin())]
    by = context.points(-behind[place])
    if pd.isna(wanted.loc[place, "points"]):
        by = context.say("at_least", points=by)
    name = wanted.loc[place, "name"]
    count = int((behind == behind[place]).sum()) - 1
    said = context.say("chart_target_farthest", name=name, by=by)
    return f"{said} ({context.say('chart_tied', count=count)})" if count else said


def _beyond(wanted: pd.DataFrame, end: str, context: ChartContext) -> pd.Series:
    """Return by how much a target is exceeded, as it is written, at one end of the points."""
    points = wanted["points"].fillna(wanted[end])
    beyond = (points - wanted["target_points"]).to_numpy(float)
    return pd.Series(round_points(beyond, context.decimals), index=wanted.index)


def _doubted(wanted: pd.DataFrame, beyond: pd.Series, context: ChartContext) -> pd.Series:
    """Say of which lines the sampling of surveys leaves open whether their target is met."""
    if not set(SAMPLING) <= set(wanted):
        return pd.Series(False, index=wanted.index)
    ends = [
        round_points((wanted[end] - wanted["target_points"]).to_numpy(float), context.decimals)
        for end in SAMPLING
    ]
    verdicts = [
        bool(np.isfinite(low)) and target_verdict(at, low, high) in UNSHOWN
        for at, low, high in zip(beyond, *ends, strict=True)
    ]
    return pd.Series(verdicts, index=wanted.index)

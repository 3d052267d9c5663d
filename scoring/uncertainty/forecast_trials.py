"""Forecasts tried on a year whose end is known: do they hold what they state?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import pandas as pd

from scoring.base.units import KEY_COLUMNS
from scoring.criteria import CriteriaSet
from scoring.points import score
from scoring.tables import empty, table_of
from scoring.uncertainty.fan_rows import INNER_PERCENT
from scoring.uncertainty.forecast import Ahead
from scoring.uncertainty.month_figures import MonthFigures
from scoring.uncertainty.simulated import SEED
from scoring.uncertainty.to_come import DRAWS

_NEAR = 5e-3
"""A final value on the edge of an interval, as points are shown, lies within."""


def forecast_trials(
    months: MonthFigures, criteria: CriteriaSet, after: Sequence[int] | None = None, *,
    last: MonthFigures | None = None, confidence_percent: float = 80.0, seed: int = SEED, draws: int = DRAWS,
) -> pd.DataFrame:  # fmt: skip
    """Forecast a whole year from its first periods, and count how often the end lay within.

    Parameters
    ----------
    months : MonthFigures
        Of a year that is over.
    after : sequence of int, optional
        After how many periods forecasts are made; each quarter of the year without it.

    Returns
    -------
    DataFrame
        Table ``ForecastTrials``. Units whose last period is missing take no part. How far the share
        says anything hangs on how many units there are, and on how like other years this one is.
    """
    quarter = months.parts // 4
    after = after or [quarter, 2 * quarter, 3 * quarter]
    whole = months.units["unit_code"].to_numpy()[months.seen.all(axis=1)]
    truth = _points(months, criteria)
    truth = truth[truth["unit_code"].isin(whole.tolist())]
    until, rows = dt.date(months.year, 12, 31), []
    for part in after:
        known = months.until(part)
        sheet = score(known.to_date(), criteria)
        ahead = Ahead.of(sheet, known, last, None, confidence_percent, seed, draws)
        made = ahead.rows(*ahead.at(until), until)
        both = made.merge(truth, on=["unit_code", "code"])
        rows += list(_held(both, part, confidence_percent))
    return table_of(rows, "ForecastTrials") if rows else empty("ForecastTrials")


def _points(months: MonthFigures, criteria: CriteriaSet) -> pd.DataFrame:
    sheet = score(months.to_date(), criteria)
    codes = [*(node.code for node in criteria.nodes), "INDEX"]
    units = sheet.units[KEY_COLUMNS]
    rows = zip(codes, sheet.points, strict=True)
    table = pd.concat([units.assign(code=code, final=row) for code, row in rows])
    return table.dropna(subset="final")[["unit_code", "code", "final"]]


def _held(both: pd.DataFrame, part: int, confidence_percent: float) -> Iterator[dict[str, object]]:
    """Yield for each code and interval how many of its units lie within."""
    stated = {"inner": INNER_PERCENT, "outer": confidence_percent, "bound": 100.0}
    for code, rows in both.groupby("code", sort=False):
        for name, percent in stated.items():
            low, high = rows[f"{name}_low_points"], rows[f"{name}_high_points"]
            within = (rows["final"] >= low - _NEAR) & (rows["final"] <= high + _NEAR)
            yield {
                "made_after": part, "code": str(code), "stated_percent": percent, "cases": len(rows),
                "held": int(within.sum()), "held_percent": 100.0 * float(within.mean()),
                "width_points": float((high - low).mean()),
            }  # fmt: skip

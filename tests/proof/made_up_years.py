"""How often forecasts hold the end of the year, on years that are made up in four ways.

Run ``python tests/proof/made_up_years.py [UNITS]``. Every share is invented; what is measured is whether a
stated 80% holds 80%, where months are alike and where they are not:

* even: one share all year, so that months differ by chance alone;
* season: twice as many dossiers in January and March;
* rough: the share and the number of dossiers differ from month to month;
* drift: the share falls by a point a month, against what every forecast takes for granted.
"""

from __future__ import annotations

import datetime as dt
import sys

import numpy as np
import pandas as pd

from scoring.criteria import open_set
from scoring.points import inputs_table
from scoring.uncertainty.forecast_trials import forecast_trials
from scoring.uncertainty.month_figures import month_figures

YEARS = ("even", "season", "rough", "drift")
YEAR, CODE = 2026, "2"


def months(kind: str, units: int, seed: int = 766) -> pd.DataFrame:
    """Return the table ``Inputs`` of a made-up year of dossiers received and handled in time."""
    rng = np.random.default_rng(seed)
    month = np.arange(1, 13)
    usual = rng.uniform(60, 400, (units, 1)) * np.where(
        (kind == "season") & np.isin(month, (1, 3)), 2.0, 1.0
    )
    share = np.repeat(rng.uniform(0.8, 0.97, (units, 1)), 12, axis=1)
    if kind == "rough":
        usual = usual * rng.gamma(20, 1 / 20, usual.shape)
        share = rng.beta(share * 40, (1 - share) * 40)
    if kind == "drift":
        share = np.clip(share - 0.01 * (month - 6), 0, 1)
    received = rng.poisson(usual)
    told = {"received": received, "on_time": rng.binomial(received, share)}
    rows = [
        (f"U{unit:03d}", YEAR, f"tháng {at + 1}", CODE, name, float(counts[unit, at]))
        for name, counts in told.items()
        for unit in range(units)
        for at in range(12)
    ]
    names = ["unit_code", "year", "period", "item_code", "input", "value"]
    return inputs_table(pd.DataFrame(rows, columns=names))


def main() -> None:
    """Print the share held after 3, 6 and 9 months, for each way to make a year."""
    units = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    criteria = open_set("service-quality-766")
    for kind in YEARS:
        figures, _ = month_figures(months(kind, units), criteria, dt.date(YEAR, 12, 31))
        table = forecast_trials(figures, criteria, draws=1000)
        mine = table[table["code"] == CODE]
        held = mine.pivot_table("held_percent", "stated_percent", "made_after")
        print(f"{kind}: {units} units")
        print(held.round(1).to_string())
        found = [
            f"{row.made_after}: {row.width_points:.2f}"
            for row in mine[mine["stated_percent"] == 80].itertuples()
        ]
        print("width of 80%, points:", ", ".join(found))


if __name__ == "__main__":
    main()

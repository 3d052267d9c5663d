"""Months of made-up units, and a small set of a share, a percentage and a deadline to score them by."""

import calendar
import datetime as dt
from functools import cache

import numpy as np
import pandas as pd
from set_builder import sound

from scoring.points import inputs_table
from scoring.uncertainty.month_figures import month_figures

YEAR, END = 2026, dt.date(2026, 12, 31)
NAMES = ["unit_code", "year", "period", "item_code", "input", "value"]


@cache
def small_set(cut_off="year-12-31"):
    items = [
        {"code": "1", "max_points": 10},
        {"code": "1.1", "max_points": 6, "rule": "ratio", "zero_denominator": "not_assessed"},
        {"code": "1.2", "max_points": 2, "rule": "ratio"},
        {
            "code": "1.3",
            "max_points": 2,
            "rule": "deadline",
            "due_on": "year-11-30",
            "never_points": 0,
        },
    ]
    count, percent = {"minimum": "0"}, {"kind": "percent", "minimum": "0", "maximum": "100"}
    inputs = [
        {
            "item_code": "1.1",
            "role": "numerator",
            "input": "on_time",
            "at_most": "received",
            **count,
        },
        {"item_code": "1.1", "role": "denominator", "input": "received", **count},
        {"item_code": "1.2", "role": "percent", **percent},
        {"item_code": "1.3", "role": "done_on", "kind": "date"},
    ]
    bands = [
        {"item_code": "1.3", "upper": "0", "upper_closed": "yes", "points": "2"},
        {"item_code": "1.3", "lower": "0", "points": "0.5"},
    ]
    return sound({"cut_off": cut_off} if cut_off else None, items=items, inputs=inputs, bands=bands)


def monthly(units=1, months=12, seed=1, rough=60.0, year=YEAR, by="tháng", only=("1.1", "1.2")):
    """Received and on time of each month, whose share differs more the smaller `rough`; and a percentage."""
    rng, rows = np.random.default_rng(seed), []
    for unit in range(units):
        share = rng.uniform(0.75, 0.95)
        for month in range(1, months + 1):
            whole = int(rng.poisson(120))
            chance = rng.beta(share * rough, (1 - share) * rough) if rough else share
            told = [("1.1", "received", whole), ("1.1", "on_time", rng.binomial(whole, chance)),
                    ("1.2", "percent", round(float(rng.uniform(60, 90)), 1))]  # fmt: skip
            rows += [(f"U{unit}", year, f"{by} {month}", *row) for row in told if row[0] in only]
    return inputs_table(pd.DataFrame(rows, columns=NAMES))


def with_day(table, day="2026-03-01"):
    """The same with the day that the deadline of 1.3 was met on, told for the whole year."""
    units = table["unit_code"].unique()
    days = [{"unit_code": u, "year": YEAR, "item_code": "1.3", "input": "done_on"} for u in units]
    told = inputs_table(pd.DataFrame(days).assign(happened_on=pd.Timestamp(day)))
    return inputs_table(pd.concat([table, told], ignore_index=True))


def read(table, month, criteria=None, **more):
    day = dt.date(YEAR, month, calendar.monthrange(YEAR, month)[1])
    return month_figures(table, criteria or small_set(), day, **more)

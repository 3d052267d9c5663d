"""A small set with most kinds of rules, its random units, and every plan scored by the engine."""

import datetime as dt
import itertools
import random

import numpy as np
import pandas as pd
from set_builder import sound

from scoring.advice import applied
from scoring.points import inputs_table, score
from scoring.tables import empty

ITEMS = [
    {"code": "1", "max_points": "5"},
    {"code": "1.1", "max_points": "2", "rule": "bands"},
    {"code": "1.2", "max_points": "3", "rule": "count", "points_each": "1"},
    {"code": "2", "max_points": "5"},
    {"code": "2.1", "max_points": "2", "rule": "deadline", "due_on": "year-06-15",
     "never_points": "0"},
    {"code": "2.2", "max_points": "2", "rule": "all_of"},
    {"code": "2.3", "max_points": "1", "rule": "ratio", "zero_denominator": "zero"},
    {"code": "8", "max_points": "1", "kind": "bonus", "rule": "count", "points_each": "0.5"},
    {"code": "9", "max_points": "2", "kind": "penalty", "rule": "count", "points_each": "1"},
]  # fmt: skip
INPUTS = [
    {"item_code": "1.1", "input": "rate", "role": "percent", "kind": "percent", "minimum": "0",
     "maximum": "100"},
    {"item_code": "1.2", "input": "ideas", "role": "count"},
    {"item_code": "2.1", "input": "issued_on", "role": "done_on", "kind": "date"},
    {"item_code": "2.2", "input": "enough", "role": "condition", "kind": "yes_no"},
    {"item_code": "2.3", "input": "done", "role": "numerator", "at_most": "planned"},
    {"item_code": "2.3", "input": "planned", "role": "denominator"},
    {"item_code": "8", "input": "praised", "role": "count"},
    {"item_code": "9", "input": "late", "role": "count"},
]  # fmt: skip
BANDS = [
    {"item_code": "1.1", "upper": "70", "points": "0"},
    {"item_code": "1.1", "lower": "70", "lower_closed": "yes", "upper": "90", "points": "1"},
    {"item_code": "1.1", "lower": "90", "lower_closed": "yes", "points": "2"},
    {"item_code": "2.1", "upper": "0", "upper_closed": "yes", "points": "2"},
    {"item_code": "2.1", "lower": "0", "points": "1"},
]
OUTSIDE = {"bonus_cap_points": 0.5, "penalty_cap_points": 1.5}
GRADES = [
    {"code": "A", "label_vi": "Tốt", "label_en": "Good", "lower": 8.0, "lower_closed": True},
    {"code": "B", "label_vi": "Khá", "label_en": "Fair", "lower": 5.0, "lower_closed": True,
     "upper": 8.0},
    {"code": "C", "label_vi": "Yếu", "label_en": "Poor", "upper": 5.0},
]  # fmt: skip


def small_set(**meta):
    told = {"outside_areas": OUTSIDE, "grades": GRADES, **meta}
    return sound(told, items=ITEMS, inputs=INPUTS, bands=BANDS)


def figures(seed, unit="H1"):
    """Figures of one unit; now and then one is missing."""
    rng = random.Random(seed)
    day = pd.Timestamp(dt.date(2026, 1, 1) + dt.timedelta(days=rng.randint(100, 300)))
    rows = [
        {"item_code": "1.1", "input": "rate", "value": float(rng.randint(40, 95))},
        {"item_code": "1.2", "input": "ideas", "value": float(rng.randint(0, 2))},
        {"item_code": "2.1", "input": "issued_on", **rng.choice(
            [{"happened_on": day}, {"choice": "never"}])},
        {"item_code": "2.2", "input": "enough", "choice": rng.choice(["yes", "no"])},
        {"item_code": "2.3", "input": "done", "value": float(rng.randint(0, 4))},
        {"item_code": "2.3", "input": "planned", "value": 4.0},
        {"item_code": "8", "input": "praised", "value": float(rng.randint(0, 1))},
        {"item_code": "9", "input": "late", "value": float(rng.randint(0, 2))},
    ]  # fmt: skip
    kept = [row for row in rows if rng.random() > 0.05]
    return inputs_table(kept, unit_code=unit, year=2026)


def actions_of(*rows):
    """The table Actions of rows that name only what they are about."""
    table = pd.DataFrame(rows)
    for name, dtype in empty("Actions", places=True).dtypes.items():
        blank = np.nan if dtype.kind == "f" or "Int" in str(dtype) else ""
        table[name] = (table[name] if name in table else pd.Series([blank] * len(rows))).astype(
            dtype
        )
    return table[list(empty("Actions", places=True).columns)]


def every_total(able):
    """Cost and engine's points of every plan there is, all of them as units of one table."""
    base, tables, costs = able.sheet.figures.source, [], []
    for number, plan in enumerate(itertools.product(*(range(len(one)) for one in able.rows))):
        changes = able.changes(plan)
        tables.append(applied(base, changes).assign(unit_code=f"U{number}", block=f"U{number}"))
        costs.append(sum(one.costs[at] for one, at in zip(able.items, plan, strict=True)))
    made = score(pd.concat(tables, ignore_index=True), able.sheet.criteria)
    places = [made.place(f"U{number}") for number in range(len(tables))]
    return np.array(costs), made.points_low[:, places], made

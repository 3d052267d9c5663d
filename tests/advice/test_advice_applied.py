"""Applying an option and scoring again gives the points it promises, in every set that is shipped."""

import datetime as dt
import random

import numpy as np
import pandas as pd
import pytest

from scoring.advice import applied, options
from scoring.criteria import open_set
from scoring.criteria.library import list_sets
from scoring.points import inputs_table, score

YEAR, MOST = 2026, 25


def figures(criteria, rng):
    """Yield rows of one unit: mostly what can be, now and then nothing or what cannot be."""
    for code, rule in criteria.rules.items():
        for entry in rule.reported:
            row = {"item_code": code, "input": entry.name}
            if rng.random() < 0.04:
                continue
            if entry.kind == "date":
                day = dt.date(YEAR, 1, 1) + dt.timedelta(days=rng.randint(-60, 300))
                is_never = entry.role == "done_on" and rng.random() < 0.3
                yield row | (
                    {"choice": "never"} if is_never else {"happened_on": pd.Timestamp(day)}
                )
            elif entry.kind == "yes_no":
                yield row | {"choice": rng.choice(["yes", "no"])}
            elif entry.kind == "choice":
                yield row | {"choice": rng.choice(rule.spec.options_of(entry.name)).code}
            else:
                most = 100 if np.isnan(entry.maximum) else int(entry.maximum)
                is_part = entry.at_most or entry.role in ("cases", "count")
                yield row | {"value": float(rng.randint(1, 5 if is_part else max(most, 1)))}


@pytest.mark.parametrize("set_id", list_sets())
def test_an_option_gives_exactly_the_points_it_promises(set_id):
    rng = random.Random(f"applied {set_id}")
    criteria = open_set(set_id)
    base = inputs_table(figures(criteria, rng), unit_code="A", block="A", year=YEAR)
    ahead = options(score(base, criteria))
    chosen = rng.sample(range(len(ahead)), min(MOST, len(ahead)))
    tables = [
        applied(base, ahead.changes(option)).assign(unit_code=str(option), block=str(option))
        for option in chosen
    ]
    again = score(pd.concat(tables, ignore_index=True), criteria)
    rows = ahead.row[chosen], [again.place(str(option)) for option in chosen]
    assert again.points[rows] == pytest.approx(ahead.points[chosen], abs=1e-9)
    assert len({criteria.nodes[row].rule for row in ahead.row}) > 0

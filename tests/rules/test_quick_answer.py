"""An item without a fault is answered from the extremes alone, and as the long way answers it."""

import datetime as dt
import math
import random

import numpy as np
import pytest
from random_items import as_arrays, random_entries, random_item

from scoring.base.dates import date_serial
from scoring.rules import RULE_KINDS, compile_rule
from scoring.rules import expression as ex
from scoring.rules.compiled import CompiledRule
from scoring.rules.evaluate import best_name, evaluate
from scoring.rules.spec import Band, InputSpec, RuleSpec

NAN = math.nan
PLANNED = InputSpec("planned", "count", "denominator", minimum=0, maximum=500)
DONE = InputSpec("done", "count", "numerator", minimum=0, maximum=500, at_most="planned")
RATIO = RuleSpec("1", "ratio", 4.0, (DONE, PLANNED), zero_denominator="not_assessed")
BANDS = (Band(-math.inf, 0, False, True, 1.0), Band(0, math.inf, False, False, 0.5))
DEADLINE = RuleSpec(
    "2", "deadline", 1.0, (InputSpec("done", "date", "done_on"),), BANDS, never_points=0.0, due_on="year-01-15"
)  # fmt: skip
OCTOBER, NEW_YEARS_EVE = date_serial(dt.date(2023, 10, 1)), date_serial(dt.date(2025, 12, 31))


@pytest.fixture
def asked(monkeypatch):
    """Answers of an item, with how many of them went the long way."""
    long_way, gone = CompiledRule._explained, []

    def explained(rule, points, values):
        gone.append(rule)
        return long_way(rule, points, values)

    def answer(spec, years=2024.0, **figures):
        gone.clear()
        values = {name: np.array(column, dtype=float) for name, column in figures.items()}
        n_units = len(next(iter(values.values())))
        values[ex.YEAR] = np.broadcast_to(np.asarray(years, dtype=float), n_units)
        result = compile_rule(spec).score(values, n_units)
        return result.status.tolist(), len(gone)

    monkeypatch.setattr(CompiledRule, "_explained", explained)
    return answer


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_the_quick_answer_is_the_long_one(kind):
    rng = random.Random(f"quick {kind}")
    for place in range(20):
        rule = compile_rule(random_item(rng, kind, f"1.{place}"))
        for _ in range(4):
            rows = [random_entries(rng, rule.spec) for _ in range(rng.randint(1, 3))]
            values = as_arrays(rule.spec, rows)
            values[ex.YEAR] = np.array([rng.choice([2023.0, 2024.0, 2024.0, NAN]) for _ in rows])
            for name in rule.peer_inputs:
                values[best_name(name)] = np.array([rng.choice([60.0, 0.0, NAN]) for _ in rows])
            quick = rule.score(values, len(rows))
            points = np.broadcast_to(evaluate(rule.points, values), len(rows))
            long = rule._explained(points, values)
            assert quick.status.tolist() == long.status.tolist(), (rule.spec, values)
            np.testing.assert_array_equal(quick.points, long.points)


def test_figures_on_their_limits_need_no_long_way(asked):
    assert asked(RATIO, done=[0, 500], planned=[500, 500]) == ([0, 0], 0)
    assert asked(RATIO, done=[-1, 500], planned=[500, 500]) == ([3, 0], 1)
    assert asked(RATIO, done=[0, 500], planned=[500, 501]) == ([0, 3], 1)
    assert asked(RATIO, done=[0, 0], planned=[500, 0]) == ([0, 1], 1)


def test_days_at_both_ends_of_what_every_year_allows_need_no_long_way(asked):
    assert asked(DEADLINE, done=[OCTOBER, NEW_YEARS_EVE]) == ([0, 0], 0)
    assert asked(DEADLINE, done=[OCTOBER - 1, NEW_YEARS_EVE]) == ([3, 0], 1)
    assert asked(DEADLINE, done=[OCTOBER, NEW_YEARS_EVE + 1]) == ([0, 3], 1)


def test_a_day_is_held_against_the_years_of_all_units(asked):
    assert asked(DEADLINE, done=[OCTOBER + 400] * 2, years=[2023, 2025]) == ([0, 0], 0)
    assert asked(DEADLINE, done=[OCTOBER] * 2, years=[2024, 2025]) == ([0, 3], 1)
    assert asked(DEADLINE, done=[NEW_YEARS_EVE] * 2, years=[2023, 2024]) == ([3, 0], 1)
    assert asked(DEADLINE, done=[OCTOBER] * 2, years=[NAN, 2024]) == ([1, 0], 1)


def test_points_at_both_ends_of_the_scale_need_no_long_way_and_beyond_are_invalid(asked):
    given = RuleSpec("3", "direct", 1.0, (InputSpec("given", "number", "points"),))
    assert asked(given, given=[0, 1]) == ([0, 0], 0)
    assert asked(given, given=[-0.25, 1]) == ([3, 0], 1)
    assert asked(given, given=[0, 1.25]) == ([0, 3], 1)

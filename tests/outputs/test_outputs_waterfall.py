"""The waterfall closes on the index for every set: bonus, penalty, caps, open and excused items."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from set_builder import direct_set
from set_builder import given as inputs_of

from scoring import charts
from scoring.outputs.charts.score_tables import area_table, index_row
from scoring.outputs.charts.waterfall import waterfall_steps
from scoring.points import inputs_table, score

CAPS = {"outside_areas": {"bonus_cap_points": 1.0, "penalty_cap_points": 1.5}}
TOPS = {"1": 6, "2": 4, "B": 2, "P": 3}
LEAVES = {
    "1": 6,
    "2": 4,
    "B": {"max_points": 2, "kind": "bonus"},
    "P": {"max_points": 3, "kind": "penalty"},
}


def steps_of(shares, excused=(), policy="drop", more=CAPS, is_drawn=True):
    """Return sheet and steps of one unit; a share of None leaves an item open."""
    points = {code: None if share is None else share * TOPS[code] for code, share in shares.items()}
    table = inputs_of({code: value for code, value in points.items() if code not in excused})
    marked = [
        {"item_code": code, "input": "points", "not_applicable": True, "reason": "không phát sinh"}
        for code in excused
    ]
    marked = marked or [{"item_code": "1", "input": "points"}] * table.empty
    if marked:
        rows = inputs_table(marked, unit_code="A", year=2026)
        table = pd.concat([table, rows], ignore_index=True)
    criteria = direct_set(LEAVES, meta={"not_applicable": policy} | more)
    sheet = score(table, criteria)
    drawn = charts.waterfall(sheet.scores, criteria.items) if is_drawn else None
    return sheet, steps_alone(sheet) if drawn is None else charts.figure_data(drawn)


def steps_alone(sheet):
    """The steps that the chart draws, without drawing it."""
    items, words = sheet.criteria.items, charts.ChartContext()
    areas = area_table(sheet.scores, items, unit_code="A", lang="vi")
    named = areas.assign(name=areas["code"])
    return waterfall_steps(named, items, index_row(sheet.scores, None, "A"), words)


def assert_closes(sheet, steps):
    total, last = steps.iloc[0], steps.iloc[-1]
    between = steps.iloc[1:-1]
    falls = between["lost"] + between["open"].where(between["kind"] != "bonus", 0.0)
    assert total["end"] + (between["gained"] - falls).sum() == pytest.approx(last["earned"])
    index = sheet.index.iloc[0]
    assert last["earned"] == pytest.approx(index["points_low"])
    assert last["end"] == pytest.approx(index["points_high"])
    assert between["end"].tolist()[1:] == pytest.approx(
        (between["end"] + between["gained"] - falls).tolist()[:-1]
    )
    assert (steps[["earned", "open", "lost", "gained"]] >= -1e-9).all(axis=None)


SHARES = st.one_of(st.none(), st.integers(0, 8).map(lambda eighths: eighths / 8))


@settings(deadline=None, max_examples=40)
@given(st.fixed_dictionaries(dict.fromkeys(LEAVES, SHARES)), st.booleans(), st.booleans())
def test_the_last_bar_is_the_index_and_every_step_leads_to_the_next(shares, excused, is_capped):
    more = CAPS if is_capped else {}
    assert_closes(*steps_of(shares, ["2"] if excused else (), more=more, is_drawn=False))


def test_the_steps_alone_are_those_of_the_chart():
    sheet, drawn = steps_of({"1": 0.5, "2": None, "B": 1.0, "P": 1.0})
    figures = ["kind", "end", "earned", "open", "lost", "gained"]
    pd.testing.assert_frame_equal(steps_alone(sheet)[figures], drawn[figures])


def test_without_caps_and_excuses_nothing_is_adjusted():
    _, steps = steps_of({"1": 0.5, "2": 1.0, "B": 0.25, "P": 0.0})
    assert "adjustment" not in set(steps["kind"])
    assert steps["kind"].tolist() == ["total", "area", "area", "bonus", "score"]


def test_a_bonus_adds_a_penalty_takes_off_and_their_caps_are_told():
    sheet, steps = steps_of({"1": 0.5, "2": 0.5, "B": 1.0, "P": 1.0})
    by_kind = steps.groupby("kind")[["gained", "lost"]].sum()
    assert by_kind.loc["bonus", "gained"] == 2
    assert by_kind.loc["penalty", "lost"] == 3
    assert by_kind.loc["adjustment", "gained"] == pytest.approx(0.5), "-1 of bonus, +1.5 of penalty"
    assert np.isclose(steps["earned"].iloc[-1], sheet.points[-1, 0])


def test_the_mean_of_several_units_closes_too():
    low, _ = steps_of({"1": 0.5, "2": 0.5, "B": 1.0, "P": 1.0})
    scores = pd.concat([low.scores, low.scores.assign(unit_code="Z", points=0.0, points_low=0.0)])
    steps = charts.figure_data(charts.waterfall(scores, low.criteria.items))
    between = steps.iloc[1:-1]
    assert 10 + (between["gained"] - between["lost"]).sum() == pytest.approx(
        steps["earned"].iloc[-1]
    )

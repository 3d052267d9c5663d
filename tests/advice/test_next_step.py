"""The next step by a figure: true by scoring it, and none nearer earns more."""

import numpy as np
import pandas as pd
import pytest
from set_builder import sound

from scoring.advice import ways
from scoring.criteria import open_set
from scoring.points import inputs_table, score
from scoring.rules.spec import WHOLE_KINDS

CRITERIA = open_set("commune-sample")
STEPPED = {"ratio", "bands", "count"}


def figures(rng):
    for code, rule in CRITERIA.rules.items():
        if rule.spec.kind not in STEPPED:
            continue
        whole = int(rng.integers(20, 60))
        for entry in rule.spec.inputs:
            most = 2 if entry.role == "count" else whole
            value = whole if entry.role == "denominator" else int(rng.integers(0, most))
            yield {"item_code": code, "input": entry.name, "value": float(value)}


def points_of(rows, code):
    sheet = score(inputs_table(rows, unit_code="X", year=2026), CRITERIA)
    return sheet, float(sheet.points[sheet.row(code), 0])


def earned_with(own, name, figures):
    """Return the points of an item with other figures, a unit for each."""
    code = own[0]["item_code"]
    tables = [
        inputs_table(
            [row | {"value": figure} if row["input"] == name else row for row in own],
            unit_code=f"{place}", block=f"{place}", year=2026,
        )
        for place, figure in enumerate(figures)
    ]  # fmt: skip
    sheet = score(pd.concat(tables, ignore_index=True), CRITERIA)
    return sheet.points[sheet.row(code), [sheet.place(f"{at}") for at in range(len(figures))]]


@pytest.mark.parametrize("seed", [1])
def test_the_figure_named_earns_what_is_said_and_none_nearer_earns_more(seed):
    rows = list(figures(np.random.default_rng(seed)))
    sheet, _ = points_of(rows, "1.1.2")
    met = set()
    for code in dict.fromkeys(row["item_code"] for row in rows):
        rule, before = CRITERIA.rules[code], float(sheet.points[sheet.row(code), 0])
        if not (found := ways(sheet, code, 0)):
            is_penalty = CRITERIA.node(code).kind == "penalty"
            assert before == (0.0 if is_penalty else CRITERIA.node(code).max_points)
            continue
        met.add(rule.spec.kind)
        [change] = found[0].changes

        ends = sorted((change.before, change.value))
        is_whole = rule.spec.kind == "bands" and change.kind in WHOLE_KINDS
        between = np.arange(ends[0] + 1, ends[1]) if is_whole else np.zeros(0)
        own = [row for row in rows if row["item_code"] == code]
        earned = earned_with(own, change.input, [change.value, *between])
        # A penalty gains what is no longer taken off.
        sign = -1 if CRITERIA.node(code).kind == "penalty" else 1
        assert earned[0] == pytest.approx(before + sign * found[0].more)
        assert (earned[1:] <= before + 1e-9).all()
    assert met >= {"ratio", "count"}


def test_an_item_at_its_maximum_has_no_step_ahead():
    rows = [
        {"item_code": "1.1.2", "input": entry.name, "value": 40.0}
        for entry in CRITERIA.rules["1.1.2"].spec.inputs
    ]
    sheet, points = points_of(rows, "1.1.2")
    assert points == CRITERIA.node("1.1.2").max_points
    assert ways(sheet, "1.1.2", 0) == ()


@pytest.mark.parametrize(
    "now,needed,more",
    [(7.0, 5.0, 1.0), (5.0, 4.0, 2.0), (2.0, None, None)],
    ids=["an edge that counts", "an edge left out", "the best band"],
)
def test_less_is_asked_for_where_less_earns_more(now, needed, more):
    criteria = sound(
        items=[{"code": "1", "max_points": 10, "rule": "bands"}],
        inputs=[{"item_code": "1", "role": "value", "minimum": 0}],
        bands=[
            {"item_code": "1", "upper": 5, "points": 10},
            {"item_code": "1", "lower": 5, "lower_closed": "yes", "upper": 5, "upper_closed": "yes", "points": 8},
            {"item_code": "1", "lower": 5, "points": 7},
        ],
    )  # fmt: skip
    row = {"item_code": "1", "input": "value", "value": now}
    found = ways(score(inputs_table([row], unit_code="X", year=2026), criteria), "1", 0)
    assert [(way.changes[0].value, way.more) for way in found[:1]] == (
        [(needed, more)] if needed else []
    )
    assert all("bớt" in way.text() for way in found)

"""The figure that earns the next points: true by scoring it, and none nearer does."""

import numpy as np
import pytest
from set_builder import sound

from scoring.criteria import open_set
from scoring.points import inputs_table, score
from scoring.points.next_figure import next_figure
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


@pytest.mark.parametrize("seed", range(4))
def test_the_figure_named_earns_what_is_said_and_none_nearer_earns_more(seed):
    rows = list(figures(np.random.default_rng(seed)))
    sheet, _ = points_of(rows, "1.1.2")
    met = set()
    for code in {row["item_code"] for row in rows}:
        if not (ahead := next_figure(sheet, code, 0)):
            continue
        met.add(CRITERIA.rules[code].spec.kind)
        before = float(sheet.points[sheet.row(code), 0])

        def given(figure, name=ahead.entry.name, code=code):
            own = [row for row in rows if row["item_code"] == code]
            return points_of([row | {"value": figure} if row["input"] == name else row for row in own], code)[1]  # fmt: skip

        assert given(ahead.needed) == pytest.approx(before + ahead.more)
        if CRITERIA.rules[code].spec.kind == "bands" and ahead.entry.kind in WHOLE_KINDS:
            between = np.arange(min(ahead.now, ahead.needed) + 1, max(ahead.now, ahead.needed))
            assert all(given(figure) <= before + 1e-9 for figure in between)
    assert met >= {"ratio", "count"}


def test_an_item_at_its_maximum_or_open_or_answered_has_no_figure_ahead():
    rows = [
        {"item_code": "1.1.2", "input": entry.name, "value": 40.0}
        for entry in CRITERIA.rules["1.1.2"].spec.inputs
    ]
    sheet, points = points_of(rows, "1.1.2")
    assert points == CRITERIA.node("1.1.2").max_points
    answered = next(code for code, rule in CRITERIA.rules.items() if rule.spec.kind == "choice")
    still_open = next(code for code in CRITERIA.rules if code not in ("1.1.2", answered))
    assert [next_figure(sheet, code, 0) for code in ("1.1.2", answered, still_open)] == [None] * 3


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
    ahead = next_figure(score(inputs_table([row], unit_code="X", year=2026), criteria), "1", 0)
    assert (ahead and (ahead.needed, ahead.more)) == (needed and (needed, more))

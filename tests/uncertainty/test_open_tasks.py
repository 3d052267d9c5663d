"""Open tasks of the plan in the one model of doubt: a band from few days, one source of two items."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from set_builder import direct_item, sound

from scoring.plan import plan_status
from scoring.points import inputs_table, score
from scoring.uncertainty import doubts_of, outlook
from scoring.uncertainty.kept_deadlines import PlanAhead, task_outcomes, tasks_left
from scoring.uncertainty.known_items import as_known

ON, END = dt.date(2026, 9, 30), dt.date(2026, 12, 31)
DAYS = [f"{day}/{month}/2026" for month in range(1, 6) for day in (5, 15)]
KEPT = [f"2026-{month:02}-{day:02}" for month in range(1, 6) for day in (2, 12)]


@pytest.fixture(scope="module")
def sheet():
    """Two deadlines and a figure that is known; nothing is told of the deadlines."""
    item, entry = direct_item("3", 4)
    items = [
        {
            "code": code,
            "max_points": 2,
            "rule": "deadline",
            "due_on": "year-12-15",
            "never_points": 0,
        }
        for code in "12"
    ]
    inputs = [{"item_code": code, "role": "done_on", "kind": "date"} for code in "12"]
    bands = [
        {"item_code": code, "upper": "0", "upper_closed": "yes", "points": "2"} for code in "12"
    ] + [{"item_code": code, "lower": "0", "points": "0.5"} for code in "12"]  # fmt: skip
    criteria = sound(
        {"total_points": 8}, items=[*items, item], inputs=[*inputs, entry], bands=bands
    )
    rows = [{"item_code": "3", "input": "points", "value": 3}]
    return score(inputs_table(rows, unit_code="U", year=2026), criteria)


def plan_of(links, kept=9, days=10, due="15/11/2026"):
    tasks = pd.DataFrame({
        "task_code": ["I.1", "I.2", "I.3"], "year": 2026, "task": "Báo cáo", "lead_unit": "Văn phòng",
        "deadline_text": ["; ".join(DAYS[:days]), due, "20/11/2026"], "area_code": "direction",
    })  # fmt: skip
    done = [*KEPT[:kept], *(["2026-05-20"] * (days - kept))]
    progress = pd.DataFrame({"task_code": "I.1", "done_on": pd.to_datetime(done)})
    told = pd.DataFrame(links, columns=["task_code", "item_code"])
    return PlanAhead("U", plan_status(tasks, progress, ON), told)


def doubts(sheet, plan, **more):
    told = sheet, plan, ON, END, ~as_known(sheet)[1]
    made, _ = doubts_of(sheet, tasks=task_outcomes(*told, 95.0), **more)
    return made, [found.code for found in tasks_left(*told)]


def test_fewer_than_ten_days_are_a_band(sheet):
    links = [("I.2", "1")]
    sure, _ = doubts(sheet, plan_of(links))
    task = sure.table().query("kind == 'task'")
    assert task["chance_percent"].tolist() == pytest.approx([10.0, 90.0]) and task[
        "cases"
    ].tolist() == [10, 10]
    few, _ = doubts(sheet, plan_of(links, kept=8, days=9))
    task = few.table().query("kind == 'task'")
    assert task["chance_percent"].isna().all() and task["cases"].tolist() == [0, 0]
    index = outlook(few).index.set_index("code").loc["INDEX"]
    assert index["low_points"] == index["bound_low_points"]


def test_one_task_of_two_items_is_one_source(sheet):
    made, _ = doubts(sheet, plan_of([("I.2", "1"), ("I.2", "2")]))
    assert made.sources[["kind", "key", "item_codes"]].values.tolist() == [["task", "I.2", "1; 2"]]
    # Both or none: never the two points of one of them.
    order = np.argsort(made.points, kind="stable")
    assert made.points[order].tolist() == [0, 0, 2, 2]
    assert made.chance[made.outcome][order].tolist() == pytest.approx([0.1, 0.1, 0.9, 0.9])


def test_two_tasks_of_an_item_must_both_be_done(sheet):
    made, left = doubts(sheet, plan_of([("I.2", "1"), ("I.3", "1"), ("I.3", "2")]))
    assert made.sources["key"].tolist() == ["I.2; I.3"] and not left
    told = made.table().set_index(["item_code", "points"])["chance_percent"]
    assert told[("1", 2.0)] == pytest.approx(81) and told[("2", 2.0)] == pytest.approx(90)
    # Item 1 never has its points where item 2 has not.
    rows = pd.DataFrame({"o": made.outcome, "r": made.row, "p": made.points})
    wide = rows.pivot_table("p", "o", "r")
    assert (wide[0] <= wide[1]).all() and len(wide) == 3


def test_many_days_that_hang_together_have_no_made_up_chance(sheet, monkeypatch):
    monkeypatch.setattr("scoring.uncertainty.kept_deadlines._MOST_APART", 1)
    made, _ = doubts(sheet, plan_of([("I.2", "1"), ("I.3", "1"), ("I.3", "2")]))
    assert np.isnan(made.chance).all() and len(made.chance) == 2


def test_tasks_that_change_nothing_are_told(sheet):
    made, left = doubts(sheet, plan_of([("I.2", "1"), ("I.3", "3")], due="15/1/2027"))
    assert left == ["uncertainty-tasks-left"] and (made.sources["kind"] == "open").all()
    other = PlanAhead("V", plan_of([]).status, plan_of([]).links)
    assert doubts(sheet, other)[1] == ["uncertainty-plan-unit"]


def test_what_is_given_comes_first_and_twice_is_told(sheet):
    rows = [{"unit_code": "U", "year": 2026, "period": "", "item_code": "1", "points": p, "chance": 0.5}
            for p in (1.0, 2.0)]  # fmt: skip
    told = sheet, plan_of([("I.2", "1")]), ON, END, ~as_known(sheet)[1]
    made, findings = doubts_of(sheet, given=pd.DataFrame(rows), tasks=task_outcomes(*told, 95.0))
    assert [found.code for found in findings] == ["uncertainty-given-twice"]
    assert made.table().query("item_code == '1'")["points"].tolist() == [0.0, 1.0]


def test_an_index_with_tasks_is_narrower_than_with_open_items(sheet):
    wide = outlook(doubts_of(sheet)[0]).index.set_index("code").loc["INDEX"]
    made, _ = doubts(sheet, plan_of([("I.2", "1"), ("I.3", "2")]))
    near = outlook(made, confidence_percent=60).index.set_index("code").loc["INDEX"]
    ends = [
        wide["bound_low_points"],
        near["low_points"],
        near["high_points"],
        wide["bound_high_points"],
    ]
    assert ends == sorted(ends) and all(a <= b for a, b in pairwise(ends))
    assert near["low_points"] > wide["low_points"]


def test_the_tornado_has_one_minus_sign():
    from scoring.outputs.charts.chances.tornado import _right
    from scoring.outputs.theme import ChartContext

    row = {"down_points": -7.5, "up_points": 2.0, "first_percent": np.nan}
    assert _right(row, ChartContext()) == "−7,50 / +2,00"
    assert _right(row | {"down_points": -0.0}, ChartContext()) == "0,00 / +2,00"


def test_a_chance_that_may_be_anything_is_said_in_words():
    from scoring.outputs.charts.chances.index_spread import chance_said
    from scoring.outputs.theme import ChartContext

    assert chance_said(0.0, 100.0, ChartContext()) == "chưa có căn cứ để nói xác suất"
    assert chance_said(62.0, 80.0, ChartContext()) == "62–80%"

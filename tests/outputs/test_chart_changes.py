"""What charts of changes, chances and tasks claim: in which direction, of which period, on which scale."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from survey_builder import estimates, instrument
from test_outputs_charts import cut_texts, overlapping_texts

from scoring import charts
from scoring.survey.planning.sample_sizes import SizeRequest, precision_table

ENGLISH = charts.ChartContext(lang="en")
CHANGE = {
    "unit_code": "A", "from_year": 2025, "year": 2026, "period": "", "code": "INDEX",
    "old_points": 78.5, "new_points": 79.5, "change": 1.0, "performance": 3.0, "rules": -4.0,
    "evidence": 2.0, "appraisal": 0.0, "merger": 0.0, "unsplit": 0.0,
}  # fmt: skip
CURVE = pd.DataFrame({
    "unit_code": "H1", "year": [2025, 2025, 2026, 2026], "period": "",
    "points": [70.0, 75.0, 81.0, 84.0], "more": [0.0, 5.0, 0.0, 3.0], "cost": [0.0, 3.0, 0.0, 5.0],
})  # fmt: skip


def changes(*rows):
    return pd.DataFrame([CHANGE | row for row in rows])


def title_of(figure, lang="en"):
    return charts.alt_text(figure, lang).partition(". ")[0]


def said_in(figure):
    return " ".join(text.get_text().replace("\n", " ") for text in figure.findobj(Text))


def gaps_of(*pairs):
    rows = [
        {"code": "INDEX", "name": name, "before_points": one, "after_points": other,
         "ahead_points": one - other, "before": "self", "after": "final"}
        for name, one, other in pairs
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_what_made_the_index_rise_is_not_what_took_most_off():
    said = title_of(charts.year_effects(changes({}), context=ENGLISH))
    assert said == "The index rose by 1.00; most of all by performance: +3.00"


def test_effects_that_one_unit_of_several_cannot_split_still_end_at_the_later_points():
    none = dict.fromkeys(["performance", "rules", "evidence", "appraisal", "merger"], np.nan)
    figure = charts.year_effects(changes({}, {"unit_code": "B", **none, "unsplit": 1.0}))
    steps = charts.figure_data(figure)
    moves = steps[steps["kind"] == "effect"]
    assert (moves["start"] + moves["points"]).iloc[-1] == pytest.approx(79.5)


def test_a_change_that_nothing_explains_is_said_without_a_cause():
    none = dict.fromkeys(["performance", "rules", "evidence", "appraisal", "merger"], np.nan)
    said = title_of(charts.year_effects(changes({**none, "unsplit": np.nan}), context=ENGLISH))
    assert said == "The index rose by 1.00"


def test_a_rise_from_nothing_is_drawn_from_nothing():
    rise = {"old_points": 0.0, "new_points": 60.0, "change": 60.0, "performance": 60.0}
    figure = charts.year_effects(changes({**rise, "rules": 0.0, "evidence": 0.0}), context=ENGLISH)
    assert figure.axes[0].get_xlim()[0] == 0
    assert "scale starts" not in said_in(figure)


def test_the_change_of_an_item_is_not_called_that_of_the_index():
    figure = charts.year_effects(changes({"code": "1.2"}), code="1.2", context=ENGLISH)
    assert title_of(figure).startswith("Item 1.2 rose by 1.00")


def test_nobody_is_furthest_above_where_all_lie_below():
    figure = charts.track_gap(gaps_of(("A", 80.0, 82.0), ("B", 70.0, 71.0)), context=ENGLISH)
    assert title_of(figure).endswith("1.50 points below “Final” on average, most at A: 2.00")
    figure = charts.track_gap(gaps_of(("A", 82.0, 80.0)), unit_name="Sở A", context=ENGLISH)
    assert "Sở A · Units: 1" in said_in(figure)


def test_a_price_curve_is_that_of_one_period():
    figure = charts.price_curve(CURVE, context=ENGLISH)
    assert charts.figure_data(figure)["year"].unique().tolist() == [2025]
    assert title_of(figure) == "All 5.00 more points cost 3"


def test_where_nothing_can_be_added_a_price_curve_has_one_level():
    texts = [text.get_text().strip() for text in charts.price_curve(CURVE[:1]).findobj(Text)]
    assert texts.count("70") == 1


def test_a_unit_sure_of_its_grade_is_not_said_to_have_none_in_reach():
    table = pd.DataFrame({"points": [83.0, 85.0], "low_percent": [100.0, 20.0]})
    table["high_percent"] = table["low_percent"]
    grades = [(70.0, "Khá"), (90.0, "Tốt")]
    said = title_of(charts.index_spread(table, "H1", grades=grades, context=ENGLISH))
    assert said == "The index lies between 83.00 and 85.00, with no border of grades nearby"
    said = title_of(charts.index_spread(table, "H1", grades=[(85.2, "Tốt")], context=ENGLISH))
    assert said == "Chance of 85.20 points or more (Tốt): 0%"


def test_lines_of_a_trend_that_a_page_leaves_out_are_counted_and_no_change_is_no_rise():
    rows = [
        (f"U{unit}", 2026, f"quý {part}", points)
        for unit in range(8)
        for part, points in (("I", 71.5), ("II", 71.504))
    ]
    table = pd.DataFrame(rows, columns=["unit_code", "year", "period", "points"])
    scores = table.assign(level="index", code="INDEX", status="scored", max_points=100.0)
    figure = charts.trend(scores, context=ENGLISH, first_row=6)
    assert "Lines 7–8 of 8 are shown." in said_in(figure)
    assert title_of(figure).startswith("0 of 8 units rose")


def test_the_other_language_of_a_tornado_names_kinds_in_its_own_words():
    sources = {"unit_code": "H1", "kind": "open", "item_codes": ["1.1"]}
    moves = {"down_points": [-1.0], "up_points": [1.0], "first_percent": [100.0]}
    figure = charts.tornado(pd.DataFrame(sources | moves), {"1.1": "Plan"}, context=ENGLISH)
    assert "chưa chấm" in charts.alt_text(figure, "vi")


def test_lines_that_are_deadlines_are_not_counted_as_tasks():
    days = {"starts_on": None, "due_on": ["2026-03-31", "2026-06-30", "2026-09-30"]}
    tasks = pd.DataFrame(
        {"task": "I.1", "lead_unit": "a", "status": ["overdue"] * 2 + ["done"]} | days
    )
    assert title_of(charts.gantt(tasks, as_of="2026-10-01")) == (
        "2 of 3 deadlines are overdue, 1 is done"
    )
    undated = tasks.assign(due_on=["2026-03-31", None, None])
    assert title_of(charts.gantt(undated, as_of="2026-10-01", context=ENGLISH)).startswith(
        "2 of 3 tasks"
    )


def test_a_calendar_looked_at_on_no_day_says_nothing_of_what_is_overdue():
    days = {"starts_on": None, "due_on": ["2026-03-31", "2026-06-30"]}
    tasks = pd.DataFrame({"task": "I.1", "lead_unit": "a", "status": "upcoming"} | days)
    assert title_of(charts.gantt(tasks)) == "2 deadlines, 31/03/2026 to 30/06/2026"
    assert "overdue" not in title_of(charts.calendar_year(tasks, year=2026))
    assert title_of(charts.gantt(tasks, as_of="2026-01-05")).startswith("0 of 2 deadlines")


def test_all_pages_of_a_long_plan_have_the_months_of_all_its_lines():
    days = {"starts_on": None, "due_on": pd.date_range("2026-01-02", "2026-12-20", periods=40)}
    tasks = pd.DataFrame({"task": "I.1", "lead_unit": "a", "status": "upcoming"} | days)
    first = charts.gantt(tasks)
    later = charts.gantt(tasks, first_row=first.next_row)
    assert len({figure.axes[0].get_xlim() for figure in (first, later)}) == 1
    assert not any(mark.get_clip_on() for mark in first.axes[0].lines)


def test_what_is_taken_off_has_the_same_sign_in_every_chart():
    shown = (ENGLISH.points(-0.5), ENGLISH.number(-0.5), ENGLISH.like([-0.25])(-0.5))
    assert shown == ("−0.50", "−0.5", "−0.50")


def test_a_plan_of_nobody_has_no_empty_place_for_a_name():
    days = {"starts_on": None, "due_on": ["2026-01-10"]}
    tasks = pd.DataFrame({"task": ["a"], "lead_unit": [np.nan], "status": "upcoming"} | days)
    figure = charts.gantt(tasks, context=ENGLISH)
    assert "Timeline: 1 deadline" in charts.alt_text(figure, "en")
    assert "nan" not in said_in(figure)


def test_a_unit_that_is_hidden_is_none_of_those_with_intervals():
    figure = charts.survey_league(estimates(), instrument=instrument(), context=ENGLISH)
    assert "5 units with confidence intervals" in charts.alt_text(figure, "en")


def test_the_words_beside_the_chosen_forms_stay_on_the_page():
    table = precision_table(SizeRequest(0.05), [100, 200, 400])
    figure = charts.survey_precision(table, forms=400)
    renderer = figure.canvas.get_renderer()
    ends = [text.get_window_extent(renderer).x1 for text in figure.findobj(Text)]
    assert max(ends) <= figure.bbox.x1


def index_of(*rows):
    table = pd.DataFrame(rows, columns=["unit_code", "year", "period", "points"])
    return table.assign(level="index", code="INDEX", status="scored", max_points=100.0)


def test_the_scale_of_a_trend_begins_at_a_round_number_and_below_what_is_negative():
    scores = index_of(("A", 2025, "", 50.001), ("A", 2026, "", 69.95))
    assert "The scale starts at 50 and" in said_in(charts.trend(scores, context=ENGLISH))
    below = charts.trend(index_of(("A", 2025, "", -3.0), ("A", 2026, "", 2.0)), context=ENGLISH)
    assert {"-4", "-2", "0", "2"} & {text.get_text().strip() for text in below.findobj(Text)}


def test_quarters_and_years_of_one_unit_are_two_lines_and_not_two_units():
    years = [("A", 2025, "", 70.0), ("A", 2026, "", 75.0)]
    quarters = [("A", 2026, "quý I", 71.0), ("A", 2026, "quý II", 72.0)]
    said = title_of(charts.trend(index_of(*years, *quarters), context=ENGLISH))
    assert said == "2 of 2 lines rose from the first period to the last"


def test_no_number_stands_twice_on_a_very_short_scale():
    source = {"unit_code": "H1", "kind": "open", "item_codes": ["1.1"], "first_percent": [100.0]}
    moves = pd.DataFrame(source | {"down_points": [-0.001], "up_points": [0.001]})
    texts = [text.get_text() for text in charts.tornado(moves, {}, context=ENGLISH).findobj(Text)]
    assert sum(text in ("0", "0.00", "-0") for text in texts) == 1


def test_a_chance_that_is_nearly_whole_is_not_said_to_be_whole():
    table = pd.DataFrame({"points": [79.0, 84.0], "low_percent": [100.0, 99.7]})
    table["high_percent"] = table["low_percent"]
    figure = charts.index_spread(table, "H1", grades=[(80.0, "Tốt")], context=ENGLISH)
    assert title_of(figure).endswith("(Tốt): over 99%")


def test_a_long_name_above_the_lines_of_a_unit_stays_on_the_page():
    long = {"A": "Ủy ban nhân dân xã " + "có tên rất dài " * 8, "B": "Xã B"}
    rows = [
        (unit, year, "", points)
        for unit, points in (("A", 70.0), ("B", 72.0))
        for year in (2025, 2026)
    ]
    figure = charts.trend(index_of(*rows), context=charts.ChartContext(unit_names=long))
    renderer = figure.canvas.get_renderer()
    ends = [text.get_window_extent(renderer) for text in figure.findobj(Text)]
    assert max(end.x1 for end in ends) <= figure.bbox.x1
    assert overlapping_texts(figure) == []


@pytest.mark.parametrize("borders", [(70.0, 90.0), (80.0, 81.0)])
def test_names_of_grades_stay_on_the_page_and_apart(borders):
    names = ("Hoàn thành tốt nhiệm vụ", "Hoàn thành xuất sắc nhiệm vụ")
    table = pd.DataFrame({"points": [69.0, 85.2], "low_percent": [100.0, 20.0]})
    table["high_percent"] = table["low_percent"]
    figure = charts.index_spread(table, "H1", grades=list(zip(borders, names, strict=True)))
    assert overlapping_texts(figure) == [] and cut_texts(figure) == []

"""What charts of points claim holds: of equals, of what is open or does not apply, of targets, of means."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from set_builder import direct_set, given

from scoring import charts
from scoring.points import score

ENGLISH = charts.ChartContext(lang="en")
MOST = {"1": 6, "2": 4, "3": 2}
PENALTY = {"1": 6, "2": 4, "9": {"max_points": 3, "kind": "penalty"}}


def scored(points, leaves=MOST, policy="not_allowed", excused=()):
    """Return scores and items of units by their points: ``{"A": {"1": 3.5}}``; None is open."""
    tables = [given(each, unit) for unit, each in points.items()]
    table = pd.concat(tables, ignore_index=True)
    if excused:
        table["not_applicable"] = table["item_code"].isin(excused)
    total = 12 if leaves is MOST else 10
    criteria = direct_set(leaves, meta={"not_applicable": policy, "total_points": total})
    return score(table, criteria).scores, criteria.items


def title_of(figure):
    return charts.alt_text(figure, "en").partition(". ")[0]


def said_in(figure):
    return [text.get_text().replace("\n", " ") for text in figure.findobj(Text)]


def targets(**wanted):
    rows = [("A", code.removeprefix("t"), points) for code, points in wanted.items()]
    return pd.DataFrame(rows, columns=["unit_code", "code", "target_points"])


def test_the_targets_of_index_and_areas_count_alike():
    scores, items = scored({"A": {"1": 6, "2": 3, "3": 1}})
    wanted = targets(INDEX=9, t1=5, t2=3)
    assert title_of(charts.bullet(scores, items, wanted, context=ENGLISH)).startswith(
        "3 of 3 targets are met"
    )


def test_a_target_of_an_open_area_is_not_left_out():
    scores, items = scored({"A": {"1": 6, "2": 3, "3": None}})
    wanted = targets(t1=5, t2=4, t3=1)
    said = title_of(charts.bullet(scores, items, wanted, context=ENGLISH))
    assert said.startswith("1 of 3 targets is met, 1 not settled; 2 is farthest behind: 1.00")


def test_what_lies_below_its_target_by_less_than_is_shown_meets_it_as_in_reports():
    scores, items = scored({"A": {"1": 4.998, "2": 3, "3": 1}})
    said = title_of(charts.bullet(scores, items, targets(t1=5), context=ENGLISH))
    assert said.startswith("1 of 1 target is met; ")


def test_a_target_that_sampling_leaves_open_is_not_said_to_be_met():
    scores, items = scored({"A": {"1": 6, "2": 3, "3": 1}})
    ends = {"sampling_low": scores["points"] - 0.5, "sampling_high": scores["points"] + 0.5}
    sampled = scores.assign(**ends)
    said = title_of(charts.bullet(sampled, items, targets(t2=2.8), context=ENGLISH))
    assert said.startswith("0 of 1 target is met, 1 not settled")


def test_no_unit_is_highest_or_lowest_of_equal_ones_or_alone():
    equal, items = scored({unit: {"1": 5, "2": 3, "3": 1} for unit in "AB"})
    assert title_of(charts.bullet(equal, items, context=ENGLISH)) == ("All 2 units are equal: 9.00")
    alone, items = scored({"A": {"1": 5, "2": 3, "3": 1}, "B": {"1": 5, "2": None, "3": 1}})
    assert title_of(charts.bullet(alone, items, context=ENGLISH)).startswith("Only A is fully")


def test_no_area_is_lowest_where_all_are_full_and_equals_are_counted():
    full, items = scored({"A": {"1": 6, "2": 4, "3": 2}})
    assert title_of(charts.heatmap(full, items, context=ENGLISH)) == (
        "All are equal: 100.0% of the maximum"
    )
    tied, items = scored({"A": {"1": 5, "2": 3, "3": 2}})
    for draw in (charts.area_bars, charts.waterfall):
        assert title_of(draw(tied, items, context=ENGLISH)).endswith("(level with 1 other)")


def test_a_loss_too_small_to_be_written_is_not_named_as_the_largest():
    scores, items = scored({"A": {"1": 5.997, "2": 4, "3": 2}})
    assert title_of(charts.area_bars(scores, items, context=ENGLISH)) == (
        "What is assessed lost no points"
    )


def test_what_does_not_apply_is_not_shown_as_not_assessed():
    scores, items = scored({"A": {"1": 5, "2": 3, "3": 0}}, policy="drop", excused=["3"])
    for draw in (charts.area_bars, charts.waterfall, charts.bullet, charts.heatmap):
        figure = draw(scores, items, context=ENGLISH)
        assert "Not assessed" not in said_in(figure), draw.__name__
        assert {"not applicable", "Not applicable"} & set(said_in(figure)), draw.__name__
        hatched = [bar for axes in figure.axes for bar in axes.patches if bar.get_hatch()]
        assert draw is charts.waterfall or not hatched, draw.__name__


def test_an_open_penalty_is_open_and_no_cap_or_rounding():
    scores, items = scored({"A": {"1": 5, "2": 4, "9": None}}, PENALTY)
    figure = charts.waterfall(scores, items, context=ENGLISH)
    steps = charts.figure_data(figure).set_index("kind")
    assert steps.loc["penalty", ["open", "lost"]].tolist() == [3, 0]
    assert "adjustment" not in steps.index
    assert "not assessed / 3" in said_in(charts.area_bars(scores, items, context=ENGLISH))


def test_a_waterfall_names_a_penalty_that_takes_most():
    scores, items = scored({"A": {"1": 5, "2": 4, "9": 2}}, PENALTY)
    assert "most was lost in 9: 2.00" in title_of(charts.waterfall(scores, items, context=ENGLISH))


def test_penalties_below_nothing_are_drawn_whole_up_to_where_the_floor_ends_them():
    leaves = PENALTY | {"9": {"max_points": 8, "kind": "penalty"}}
    scores, items = scored({"A": {"1": 1, "2": 1, "9": 5}}, leaves)
    figure = charts.waterfall(scores, items, context=ENGLISH)
    [axes] = [axes for axes in figure.axes if axes.patches]
    bars = [bar for bar in axes.patches if bar.get_width() > 0.01]
    assert min(bar.get_x() for bar in bars) == pytest.approx(-3)
    assert axes.get_xlim()[0] == pytest.approx(-3)
    assert "Caps, floor, rounding, items that do not apply" in said_in(figure)


def test_a_mean_of_all_units_is_not_called_one_of_the_finished_ones():
    scores, items = scored({"A": {"1": 4, "2": 4, "3": 2}, "B": {"1": 2, "2": None, "3": 2}})
    figure = charts.area_bars(scores, items, context=ENGLISH)
    data = charts.figure_data(figure).set_index("code")
    assert data.loc["1", "points"] == pytest.approx(3) and np.isnan(data.loc["2", "points"])
    assert "Mean of 2 units (1 finished)" in charts.alt_text(figure, "en")


def test_a_trend_of_one_year_ends_its_sentence_once():
    scores, _ = scored({"A": {"1": 6, "2": 3, "3": 1}})
    assert ". ." not in charts.alt_text(charts.trend(scores, context=ENGLISH))


def test_a_sentence_of_a_chart_without_rows_ends_once(gaps):
    assert ".." not in charts.alt_text(charts.lost_points(gaps[:0], context=ENGLISH), "vi")


def test_several_lead_units_and_months_of_equal_figures_are_counted(gaps):
    halves = gaps.head(2).assign(lost_points=2.0, lead_unit=["Sở A", "Sở B"])
    assert title_of(charts.points_at_risk(halves, context=ENGLISH)).endswith("(level with 1 other)")
    due = ["2026-01-10", "2026-03-10"]
    tasks = pd.DataFrame({"task": ["a", "b"], "lead_unit": "", "starts_on": None, "due_on": due})
    figure = charts.calendar_year(tasks.assign(status="upcoming"), context=ENGLISH)
    assert "most in January and 1 other month (1)" in title_of(figure)


def test_what_lies_above_the_maximum_is_drawn_above_it():
    scores, items = scored({"A": {"1": 6, "2": 4, "3": 1}})
    above = scores["code"] == "1"
    over = scores.assign(
        **{name: scores[name].mask(above, 7.5) for name in ("points", "points_low", "points_high")}
    )
    assert charts.area_bars(over, items).axes[0].get_xlim()[1] == 7.5
    assert charts.bullet(over, items).axes[0].get_xlim()[1] == 125
    steps = charts.figure_data(charts.waterfall(over, items))
    assert steps.loc[1, ["lost", "gained"]].tolist() == [0, 1.5]


def test_words_for_those_who_cannot_see_a_chart_count_what_they_leave_out():
    points = {f"U{place:02d}": {"1": 5, "2": 3, "3": place / 10} for place in range(14)}
    scores, items = scored(points)
    assert charts.alt_text(charts.bullet(scores, items, context=ENGLISH), "en").endswith(
        "; and 4 more."
    )
    assert title_of(charts.bullet(scores, items, context=ENGLISH)).startswith("Highest U13")


def test_an_item_in_the_title_of_a_heat_map_has_its_code():
    criteria = direct_set({"1.1": 6, "1.2": 4}, [("1", 10)])
    scores = score(given({"1.1": 5, "1.2": 1}), criteria).scores
    named = criteria.items.assign(name_en="Plans on time")
    said = title_of(charts.heatmap(scores, named, level="item", context=ENGLISH))
    assert said.startswith("1.2 Plans on time is lowest")


def test_an_item_without_a_name_stands_under_its_code(gaps):
    nameless = gaps.head(2).assign(item_name=["", None])
    labels = charts.figure_data(charts.lost_points(nameless))["label"]
    assert sorted(labels) == sorted(nameless["item_code"])


def test_what_is_only_at_risk_or_open_is_not_labelled_as_lost(gaps):
    texts = said_in(charts.points_at_risk(gaps, context=ENGLISH))
    assert "Points still to be won" in texts and "Points lost" not in texts


def test_a_table_read_back_by_pandas_is_of_the_whole_year(tmp_path):
    """Nothing stands in the column of periods, which pandas reads as NaN."""
    scores = score(given({"1": 3.5, "2": 1.0}), direct_set({"1": 6, "2": 4})).scores
    items = direct_set({"1": 6, "2": 4}).items
    scores.to_csv(tmp_path / "scores.csv", index=False)
    again = pd.read_csv(tmp_path / "scores.csv", dtype={"code": "str"})
    assert again["period"].isna().all()
    for draw in (charts.heatmap, charts.area_bars, charts.waterfall):
        assert charts.alt_text(draw(again, items)) == charts.alt_text(draw(scores, items))
    other = again.assign(year=2027, points=again["points"] + 0.5)
    said = charts.alt_text(charts.trend(pd.concat([again, other])))
    assert "năm 2026–2027" in said and "nan" not in said

"""The steps between two years end at the later points, and an effect nobody knows has no bar."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from scoring import charts

ROW = {
    "unit_code": "A", "year": 2025, "from_year": 2024, "period": "", "code": "INDEX",
    "old_points": 80.0, "new_points": 78.0, "change": -2.0, "performance": 3.0, "rules": 1.0,
    "evidence": np.nan, "appraisal": 0.0, "merger": -6.5, "unsplit": 0.5,
}  # fmt: skip
ENGLISH = charts.ChartContext(lang="en", unit_names={"A": "Xã A"})


def changes(*rows):
    return pd.DataFrame([ROW | row for row in rows])


def test_the_steps_lead_from_one_year_to_the_next():
    steps = charts.figure_data(charts.year_effects(changes({}), context=ENGLISH))
    assert steps["name"].iloc[[0, -1]].tolist() == ["2024", "2025"]
    effects = steps[steps["kind"] == "effect"]
    assert effects["start"].tolist() == [80, 73.5, 76.5, 77.5, 77.5, 77.5]
    assert effects["start"].iloc[-1] + effects["points"].iloc[-1] == 78


def test_title_and_words_say_the_change_and_what_weighed_most():
    words = charts.alt_text(charts.year_effects(changes({}), context=ENGLISH), "en")
    assert words.startswith("The index fell by 2.00; most of all by merger of units: −6.50")
    assert "Evidence: not known" in words and "Xã A" in words


def test_several_units_are_their_mean_and_open_ones_are_counted():
    several = changes({}, {"unit_code": "B", "performance": 5.0, "change": 0.0, "new_points": 80.0},
                      {"unit_code": "C", "change": np.nan, "performance": np.nan})  # fmt: skip
    figure = charts.year_effects(several, context=ENGLISH)
    steps = charts.figure_data(figure).set_index("name")
    assert steps.loc["Performance", "points"] == pytest.approx(4)
    assert "Mean of 2 of 3 units" in charts.alt_text(figure, "en")


def test_a_change_that_nobody_knows_is_said_and_not_drawn():
    figure = charts.year_effects(changes({"change": np.nan}))
    assert charts.figure_data(figure).empty
    assert charts.alt_text(figure, "vi").startswith("Chưa có hai kỳ đã chấm xong để so sánh.")
    both = changes({"change": np.nan}, {"unit_code": "B", "change": np.nan})
    words = charts.alt_text(charts.year_effects(both), "vi")
    assert words.startswith("Chưa đơn vị nào có hai kỳ đã chấm xong.")


def test_a_scale_that_begins_above_zero_is_said():
    texts = [text.get_text() for text in charts.year_effects(changes({})).findobj(Text)]
    assert any("không từ 0" in text for text in texts)


def test_a_trend_marks_where_a_panel_does_not_compare():
    years = {
        "year": [2023, 2024, 2025],
        "points": [80.0, 82.0, 79.0],
        "breaks": ["", "", "rules+units"],
    }
    panel = pd.DataFrame(years).assign(
        unit_code="A", period="", code="INDEX", level="index", status="scored", max_points=100.0
    )
    panel = panel.assign(points_low=panel["points"], points_high=panel["points"])
    figure = charts.trend(panel, context=ENGLISH)
    assert "not to be compared with the year before" in charts.alt_text(figure, "en")
    texts = " ".join(text.get_text() for text in figure.findobj(Text)).replace("\n", " ")
    assert "Dashed mark: set, units or surveys" in texts

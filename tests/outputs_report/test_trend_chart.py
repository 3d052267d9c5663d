"""Twelve months of one run are a line, and its figures are those of scores.csv."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from scoring import charts
from scoring.batch import run as batch_run
from scoring.batch.run import write_outputs
from scoring.outputs import theme
from scoring.outputs.images import png_bytes
from scoring.points import inputs_table

MONTHS = [f"tháng {month}" for month in range(1, 13)]


def figures(unit, month, done, whole=True):
    rows = [
        {"item_code": "2", "input": "on_time", "value": done},
        {"item_code": "2", "input": "received", "value": 100},
    ]
    table = inputs_table(
        rows if whole else rows[1:], unit_code=unit, unit_name=f"Xã {unit}", year=2026
    )
    return table.assign(period=MONTHS[month])


@pytest.fixture(scope="module")
def run(make_run):
    """Two units, twelve months, not in the order of time, and one month that B has not done."""
    parts = [figures(unit, month, 40 + 5 * month + 3 * (unit == "B"), (unit, month) != ("B", 5))
             for unit in "AB" for month in (11, 9, 10, *range(9))]  # fmt: skip
    return make_run(pd.concat(parts, ignore_index=True))


@pytest.fixture(scope="module")
def item(run):
    """The item as an index of its own: the other items of the example are open."""
    scores = run.sheet.scores
    return (
        scores[scores["code"] == "2"].query("level != 'item'").assign(level="index", code="INDEX")
    )


def test_score_draws_twelve_months_and_the_line_closes_on_the_scores(run, tmp_path, monkeypatch):
    # Of many units the pictures of each are left out; test_report_periods draws them beside a line.
    monkeypatch.setattr(batch_run, "MAX_UNITS_WITH_CHARTS", 0)
    written = write_outputs(run, tmp_path, [])
    assert tmp_path / "charts" / "trend.png" in written
    csv = pd.read_csv(tmp_path / "scores.csv").query("code == 'INDEX'")
    data = charts.figure_data(charts.trend(run.sheet.scores))
    assert data.groupby("unit_code").size().tolist() == [12, 12]
    both = data.merge(csv, on=["unit_code", "year", "period"], suffixes=("", "_csv"))
    assert len(both) == len(data) == len(csv)
    for name in ("points", "points_low", "points_high"):
        given = both[f"{name}_csv"].to_numpy(float)
        assert np.allclose(both[name].to_numpy(float), given, equal_nan=True)


def test_months_stand_in_the_order_of_the_year_and_an_open_one_is_a_range(item):
    figure = charts.trend(item, context=charts.ChartContext(lang="en"))
    data = charts.figure_data(figure)
    assert data["period"].tolist() == MONTHS * 2
    assert data["points"].isna().sum() == 1
    hatches = [patch.get_hatch() for axes in figure.axes for patch in axes.patches]
    assert hatches == [theme.OPEN_FILL.hatch]
    assert {line.get_color() for axes in figure.axes for line in axes.lines} == {theme.POINTS}
    assert min(text.get_fontsize() for text in figure.findobj(Text)) >= 8
    [first, second] = (axes.lines[0].get_xydata() for axes in figure.axes)
    assert np.isfinite(first).all() and np.isnan(second[5, 1])
    assert charts.alt_text(figure, "en").startswith("2 of 2 units rose from the first period")


def test_the_title_of_one_unit_says_from_where_to_where(item):
    figure = charts.trend(item, unit_code="A")
    title = "Chỉ số tăng 11,00 điểm: từ 8,00 (tháng 1/2026) lên 19,00 (tháng 12/2026)"
    assert charts.alt_text(figure).startswith(title)
    falling = item.assign(points=-item["points"] + 20)
    assert "fell by 11.00" in charts.alt_text(charts.trend(falling, unit_code="A"), "en")


@pytest.mark.parametrize("years", [[2026], [2024, 2025], [2023, 2024, 2025, 2026]])
def test_no_figure_of_a_line_lies_on_another(item, years):
    table = pd.concat([item.assign(year=year) for year in years])
    figure = charts.trend(table, context=charts.ChartContext(set_status="sample"))
    png_bytes(figure)
    renderer = figure.canvas.get_renderer()
    boxes = [t.get_window_extent(renderer) for t in figure.findobj(Text)
             if t.get_text().strip() and t.get_visible()]  # fmt: skip
    for place, one in enumerate(boxes):
        assert figure.bbox.x0 <= one.x0 and one.x1 <= figure.bbox.x1
        for other in boxes[place + 1 :]:
            wide, high = (
                min(one.x1, other.x1) - max(one.x0, other.x0),
                min(one.y1, other.y1) - max(one.y0, other.y0),
            )
            assert wide <= 1 or high <= 4


def test_a_single_period_is_no_line_and_many_units_go_on_over_pages(item):
    assert charts.figure_data(charts.trend(item[item["period"] == "tháng 1"])).empty
    many = pd.concat([item.assign(unit_code=item["unit_code"] + str(n)) for n in range(4)])
    figure = charts.trend(many)
    assert (len(figure.axes), figure.next_row) == (6, 6)
    last = charts.trend(many, first_row=6)
    assert (len(last.axes), last.next_row) == (2, None)
    assert figure.get_size_inches()[1] <= 11


def test_quarters_and_years_are_lines_of_their_own(item):
    quarters = item[item["period"].isin(MONTHS[:4])].assign(
        period=lambda t: t["period"].map(
            dict(zip(MONTHS, ["quý IV", "quý II", "quý I", "quý III"], strict=False))
        )
    )
    data = charts.figure_data(charts.trend(pd.concat([item, quarters]), unit_code="A"))
    assert data.groupby("series").size().tolist() == [4, 12]
    assert data["tick"].head(4).tolist() == ["I", "II", "III", "IV"]
    years = dataclasses.replace(charts.ChartContext(), lang="en")
    table = pd.concat(
        [item[item["period"] == "tháng 1"].assign(period="", year=y) for y in (2026, 2025)]
    )
    assert (
        charts.figure_data(charts.trend(table, context=years))["time"].tolist()
        == ["2025", "2026"] * 2
    )

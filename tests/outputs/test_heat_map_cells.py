"""Cells and rows of a heat map: what rounds to all or nothing, what does not apply, long names."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from set_builder import direct_set, given

from scoring import charts
from scoring.outputs.theme import ROLES
from scoring.points import score

MOST = {"1": 6, "2": 4, "3": 2}


def heat_map(points, names=None, excused=None):
    """Draw units by their points, ``{"A": {"1": 3.5}}``; `excused` names units without item 3."""
    tables = [given(each, unit) for unit, each in points.items()]
    table = pd.concat(tables, ignore_index=True)
    away = table["unit_code"].isin(excused or ()) & (table["item_code"] == "3")
    table["not_applicable"] = away
    criteria = direct_set(MOST, meta={"not_applicable": "drop", "total_points": 12})
    context = charts.ChartContext(lang="en", unit_names=names or {})
    return charts.heatmap(score(table, criteria).scores, criteria.items, context=context)


def said_in(figure):
    return [text.get_text().replace("\n", " ") for text in figure.findobj(Text)]


def test_what_only_rounds_to_all_or_nothing_is_not_said_to_be_that():
    said = said_in(heat_map({"A": {"1": 5.99, "2": 0.01, "3": 2}, "B": {"1": 6, "2": 0, "3": 1}}))
    assert said.count("100") == 2
    assert said.count("0") == 1
    assert ">99" in said and "<1" in said


def test_a_picture_of_many_units_tells_what_does_not_apply_from_what_is_open():
    units = {f"U{n:03d}": {"1": 6, "2": 4, "3": None} for n in range(200)}
    for unit in ("U000", "U001"):
        units[unit] = units[unit] | {"3": 0}
    figure = heat_map(units, excused=["U000", "U001"])
    values, away = (image.get_array() for axes in figure.axes for image in axes.images)
    assert values.mask[:, -1].all()
    assert (~away.mask).sum(axis=0).tolist() == [0, 0, 2]
    drawn = figure.axes[0].images[1]
    shades = drawn.cmap(drawn.norm(1.0))
    assert np.allclose(shades[:3], to_rgb(ROLES["not-needed"].color), atol=0.01)


def test_columns_of_a_picture_of_many_units_do_not_run_into_each_other():
    units = {f"U{n:04d}": {"1": 6, "2": 0, "3": 2} for n in range(1000)}
    figure = heat_map(units)
    figure.canvas.draw()
    [axes] = [axes for axes in figure.axes if axes.images]
    # A line across the middle of the picture: full, none, full, and hardly a shade between.
    box = axes.images[0].get_window_extent()
    picture = np.asarray(figure.canvas.buffer_rgba())
    row = picture[int(picture.shape[0] - (box.y0 + box.y1) / 2), :, :3].astype(int)
    row = row[int(box.x0) + 2 : int(box.x1) - 2]
    ends = [np.abs(row - row[at]).max(axis=1) < 4 for at in (0, len(row) // 2)]
    assert np.mean(ends[0]) > 0.65 and np.mean(ends[1]) > 0.32


def test_long_names_that_give_way_to_codes_are_told_of():
    units = {f"U{n:03d}": {"1": 6, "2": 4, "3": 1} for n in range(60)}
    names = {unit: f"Xã {unit}" for unit in units}
    note = "Names that are too long are replaced by codes."
    assert note not in said_in(heat_map(units, names))
    names["U007"] = "Ủy ban nhân dân xã có tên dài hơn chỗ của nó trên biểu đồ này"
    said = said_in(heat_map(units, names))
    assert note in said and "U007" in said

"""The slide on A4: letters of 8 points at least, and no mark across a figure."""

from __future__ import annotations

import dataclasses

import pytest
from matplotlib.colors import to_hex
from matplotlib.transforms import Bbox

from scoring.outputs.onepage import onepage_figure
from scoring.outputs.onepage.summary import WIDTH
from scoring.outputs.theme import LAST_YEAR, TARGET

# A4 landscape between margins of 10 mm, in inches.
PRINTED = (297 - 20) / 25.4
NAMES = ["province", "departments", "unproven", "unfinished"]


@pytest.fixture(params=NAMES)
def content(request, make_content):
    result = request.getfixturevalue(request.param)
    made = make_content(result, unit_code=str(result.sheet.units["unit_code"].iloc[0]))
    aim = made.areas[0].maximum
    areas = tuple(dataclasses.replace(area, last_year=area.low) for area in made.areas)
    head = dataclasses.replace(made.headline, last_year=aim)
    return dataclasses.replace(made, areas=areas, headline=head)


def test_nothing_on_the_slide_prints_smaller_than_eight_points(content):
    sizes = [text.get_fontsize() for text in onepage_figure(content).texts if text.get_text()]
    assert min(sizes) * PRINTED / WIDTH >= 7.99


def test_no_mark_of_the_slide_crosses_a_text(content):
    figure = onepage_figure(content)
    texts = [(t.get_text(), t.get_window_extent()) for t in figure.texts if t.get_text()]
    marks = [artist for artist in figure.artists + figure.patches
             if to_hex(artist.get_facecolor()) in (TARGET, LAST_YEAR)]  # fmt: skip
    assert marks
    for mark in marks:
        for text, box in texts:
            common = Bbox.intersection(mark.get_window_extent(), box)
            # The line box of a text has room for accents above and tails below.
            assert common is None or common.height < 4, text


def test_every_area_stands_on_the_slide_of_a_shipped_set(content):
    said = " ".join(text.get_text().replace("\n", " ") for text in onepage_figure(content).texts)
    assert all(area.name in said for area in content.areas)


def test_areas_without_room_are_counted(content):
    many = dataclasses.replace(content, areas=content.areas * 4)
    said = " ".join(text.get_text() for text in onepage_figure(many).texts)
    assert " lĩnh vực khác" in said

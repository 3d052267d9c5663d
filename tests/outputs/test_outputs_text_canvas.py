"""Text stamped from memory looks as text drawn by Agg, in its own colour and place."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from scoring.outputs.images import svg_bytes
from scoring.outputs.text_canvas import StampCanvas
from scoring.outputs.text_layout import text_width, wrapped


def pixels(canvas_class, **style):
    figure = Figure((2, 1), dpi=150)
    canvas = canvas_class(figure)
    figure.text(0.5, 0.5, "Điểm Ấ gỹ", ha="center", va="center", **style)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].astype(float)


@pytest.mark.parametrize(
    "style", [{}, {"color": "#c2410c", "fontsize": 14}, {"weight": "bold"}, {"rotation": 90}]
)
def test_stamped_text_covers_the_same_ground_as_drawn_text(style):
    stamped, drawn = pixels(StampCanvas, **style), pixels(FigureCanvasAgg, **style)
    ink, expected = 255 - stamped, 255 - drawn
    assert ink.sum() == pytest.approx(expected.sum(), rel=0.03)
    # Whole pixels instead of fractions: the middle of the ink moves by less than one.
    for axis in (0, 1):
        places = np.arange(ink.shape[axis])
        profile, target = (x.sum(axis=(1 - axis, 2)) for x in (ink, expected))
        middle = (profile @ places) / profile.sum() - (target @ places) / target.sum()
        assert abs(middle) < 1


def test_the_second_time_gives_the_same_pixels_as_the_first():
    assert (pixels(StampCanvas) == pixels(StampCanvas)).all()


@pytest.mark.parametrize("name", ["Sở 中", "Sở 😀", "ก็", "\x07", "𠀀", "\u202e"])
def test_a_letter_that_the_font_lacks_is_drawn_as_a_box_and_stops_nothing(name, recwarn):
    assert text_width(name, 9) >= 0 and wrapped(name, 9, 0.01)
    figure = Figure(figsize=(2, 1))
    StampCanvas(figure)
    figure.text(0.1, 0.5, name)
    figure.text(0.1, 0.1, name, rotation=90)
    figure.savefig(io.BytesIO(), format="png")
    svg_bytes(figure)
    assert not [warning for warning in recwarn if "missing" in str(warning.message)]


def test_a_word_without_end_is_cut_into_lines_that_fit_and_nothing_is_left_out():
    word = "a" * 50_000  # minutes, where each piece is tried from its longest down
    lines = wrapped(word, 8, 1.2).split("\n")
    assert "".join(lines) == word
    assert text_width(lines[0], 8) <= 1.2 < text_width(lines[0] + "a", 8)

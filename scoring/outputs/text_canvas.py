"""A canvas that draws the same text once and then stamps it.

Two hundred charts share most of their words: names of areas, legends, ticks, the source line.
Shaping and drawing glyphs is most of what a chart costs, so a drawn line of text is kept as a
small picture in its colour and laid down again, on whole pixels.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.font_manager import FontProperties

from scoring.outputs.text_layout import drawable

# Letters may reach a little outside their advance; accents of capitals above the ascent.
_EDGE = 4


class _Stamp(NamedTuple):
    picture: npt.NDArray[np.uint8]  # red, green, blue and coverage, the lowest row first
    below: int  # pixels of the picture below the baseline


@lru_cache(maxsize=8192)
def _extents(text: str, prop: FontProperties, dpi: float) -> tuple[float, float, float]:
    """Return width, height and descent in pixels."""
    width, height, descent = RendererAgg(1, 1, dpi).get_text_width_height_descent(
        text, prop, ismath=False
    )
    return float(width), float(height), float(descent)


@lru_cache(maxsize=4096)
def _stamp(text: str, prop: FontProperties, dpi: float, color: tuple[float, ...]) -> _Stamp:
    width, height, descent = _extents(text, prop, dpi)
    above = math.ceil(height - descent) + _EDGE
    below = math.ceil(descent) + _EDGE
    plain = RendererAgg(math.ceil(width) + 2 * _EDGE, above + below, dpi)
    context = plain.new_gc()
    context.set_foreground("black")
    plain.draw_text(context, _EDGE, above, text, prop, 0)
    picture = np.array(plain.buffer_rgba())[::-1]
    picture[..., :3] = [round(255 * part) for part in color[:3]]
    return _Stamp(np.ascontiguousarray(picture), below)


class StampRenderer(RendererAgg):
    """Agg with a memory for lines of text, shared by all figures of the process."""

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """Stamp upright plain text; leave formulas and turned text to Agg."""
        if ismath or angle:
            super().draw_text(gc, x, y, drawable(s), prop, angle, ismath, mtext)
            return
        s = drawable(s)
        stamp = _stamp(s, prop.copy(), self.dpi, tuple(gc.get_rgb()))
        # Agg lays a picture and a line of text down alike, so every pixel stays the same.
        lowest = int(self.height) - round(y) - stamp.below
        self.draw_image(gc, round(x) - _EDGE, lowest, stamp.picture)

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        """Return the extents of a line of text in pixels, measured once per process."""
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        return _extents(drawable(s), prop.copy(), self.dpi)


class StampCanvas(FigureCanvasAgg):
    """A canvas whose renderer stamps text."""

    def get_renderer(self) -> RendererAgg:
        """Return the renderer, a new one when size or resolution have changed."""
        width, height = self.figure.bbox.size
        key = (width, height, self.figure.dpi)
        if getattr(self, "_stamp_key", None) != key:
            self.renderer = StampRenderer(width, height, self.figure.dpi)
            self._stamp_key = key
        else:
            self.renderer.clear()
        return self.renderer

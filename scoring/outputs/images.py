"""Figures as files: the same figure always gives the same bytes.

PNG and SVG carry no date, no program version and no random ids, so a manifest can vouch for them
and a second run changes nothing. Both carry the alternative text of the figure.
"""

from __future__ import annotations

import base64
import io
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from scoring.base.errors import UsageError
from scoring.files.atomic import write_atomically
from scoring.outputs.processes import Progress, run_jobs
from scoring.outputs.text_canvas import StampCanvas
from scoring.outputs.text_layout import boxes_for_missing_letters
from scoring.outputs.theme import ChartFigure

FORMATS = ("png", "svg")

# Verdana has the widths that DejaVu Sans was drawn to, so labels keep their room without it.
_SVG_FONTS = "'DejaVu Sans', Verdana, 'Noto Sans', Arial, sans-serif"
_SVG_FONT = re.compile(r"(<text [^>]*style=\"[^\"]*)'DejaVu Sans'")
# Ids such as "axes_1" would stand twice in a page that holds two charts.
_SVG_IDS = re.compile(r'(<g) id="[^"]*"')
_SVG_DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>\s*")
_SVG_SETTINGS: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "parindex"}
# Charts are flat areas; a higher level costs far more time than it saves bytes.
_PNG_LEVEL = 3
# A second process costs more than a second to start; a chart takes about a tenth.
_FEWEST_FOR_POOL = 40


def save_figure(
    figure: Figure, path_stem: Path | str, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Write `figure` as ``<path_stem>.<format>``, each file at once or not at all.

    Parameters
    ----------
    figure : Figure
        A figure of `scoring.outputs.charts`; any other matplotlib figure works too.
    path_stem : Path or str
        Path without its ending; a name with dots keeps them.
    formats : sequence of str
        ``png`` and ``svg``.

    Returns
    -------
    list of Path
        The files written, in the order of `formats`.

    Raises
    ------
    UsageError
        For a format this module does not write.
    OutputError
        When the folder cannot be written or the file is open elsewhere.
    """
    stem = Path(path_stem)
    paths = []
    for kind in formats:
        if kind not in _WRITERS:
            raise UsageError(f"formats holds {kind!r}; known are: {', '.join(_WRITERS)}")
        path = stem.with_name(f"{stem.name}.{kind}")
        write_atomically(path, _WRITERS[kind](figure))
        paths.append(path)
    return paths


def png_bytes(figure: Figure, dpi: float | None = None) -> bytes:
    """Return `figure` as a PNG whose bytes depend on the figure alone."""
    if dpi is not None and dpi != figure.dpi:
        figure.set_dpi(dpi)
    canvas = StampCanvas(figure)
    canvas.draw()
    # The page is white paper, so the alpha channel says nothing and costs a quarter of the work.
    pixels = np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])
    about = PngInfo()
    if said := _said(figure):
        about.add_itxt("Description", said)
    file = io.BytesIO()
    resolution = (float(figure.dpi), float(figure.dpi))
    Image.fromarray(pixels).save(
        file, "png", compress_level=_PNG_LEVEL, pnginfo=about, dpi=resolution
    )
    return file.getvalue()


def figure_html(figure: Figure) -> str:
    """Return `figure` as an HTML image with its alternative text, as notebooks show it."""
    picture = base64.b64encode(png_bytes(figure)).decode("ascii")
    said = escape(_said(figure), {'"': "&quot;"})
    return f'<img alt="{said}" style="max-width:100%" src="data:image/png;base64,{picture}">'


def svg_bytes(figure: Figure) -> bytes:
    """Return `figure` as an SVG with its texts as text, titled for screen readers."""
    file = io.StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with mpl.rc_context(_SVG_SETTINGS), boxes_for_missing_letters():
        figure.savefig(file, format="svg", metadata=nothing)
    text = _SVG_DOCTYPE.sub("", file.getvalue())
    text = _SVG_IDS.sub(r"\1", _SVG_FONT.sub(rf"\1{_SVG_FONTS}", text))
    if said := _said(figure):
        start, end = text.index("<svg ") + len("<svg"), text.index(">", text.index("<svg "))
        head = f'{text[:start]} role="img"{text[start : end + 1]}'
        text = f"{head}\n <title>{escape(said)}</title>{text[end + 1 :]}"
    return text.encode("utf-8")


def _said(figure: Figure) -> str:
    return str(figure.get_label()) if isinstance(figure, ChartFigure) else ""


_WRITERS: dict[str, Callable[[Figure], bytes]] = {"png": png_bytes, "svg": svg_bytes}


@dataclass(frozen=True)
class ChartJob:
    """A chart still to be drawn: a chart function with its arguments, and where it goes.

    Attributes
    ----------
    draw : callable
        A function of `scoring.outputs.charts`; it must be importable by name.
    path_stem : Path
        Path without its ending.
    args, kwargs
        What `draw` is called with; keep tables to the rows of the unit, they are sent along.
    formats : tuple of str
        As for `save_figure`.
    """

    draw: Callable[..., Figure]
    path_stem: Path
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    formats: tuple[str, ...] = FORMATS

    def run(self) -> list[Path]:
        """Draw and write the chart."""
        return save_figure(self.draw(*self.args, **self.kwargs), self.path_stem, self.formats)


def save_charts(
    jobs: Iterable[ChartJob],
    *,
    workers: int | None = None,
    on_done: Progress | None = None,
) -> list[Path]:
    """Draw and write many charts, on all cores where there are enough of them.

    Parameters
    ----------
    jobs : iterable of ChartJob
        The charts.
    workers : int, optional
        Processes; by default one per core, and this process alone for a dozen charts or fewer.
    on_done : callable, optional
        See `scoring.outputs.processes.Progress`.

    Returns
    -------
    list of Path
        The files, in the order of `jobs`; the bytes do not depend on `workers`.
    """
    todo = list(jobs)
    chunk = max(1, min(16, len(todo) // ((workers or os.cpu_count() or 1) * 4)))
    return run_jobs(
        todo, len(todo), workers=workers, fewest=_FEWEST_FOR_POOL, chunk=chunk, on_done=on_done
    )

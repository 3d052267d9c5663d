"""Charts of PowerPoint on a slide, with the sheet of data that stands behind each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_MARK
from pptx.util import Inches, Pt

from scoring.files.xlsx import SafeWorkbook
from scoring.outputs.charts.chart_sheet import printable
from scoring.outputs.slides.slide_deck import SlidePage, describe, paint
from scoring.outputs.slides.slide_text import ELLIPSIS, Box

_SIZE = 12
_LONGEST_NAME = 48
_KINDS = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "stacked": XL_CHART_TYPE.BAR_STACKED,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "stacked-columns": XL_CHART_TYPE.COLUMN_STACKED,
}
Series = Mapping[str, tuple[str, Sequence[float]]]
"""By the name of a series: the role of its colour and a value for each name; NaN is no value."""


def add_chart(
    page: SlidePage,
    box: Box,
    kind: str,
    names: Sequence[str],
    series: Series,
    alt: str,
    *,
    decimals: int = 0,
    labelled: bool = True,
) -> None:
    """Add a chart that is edited in PowerPoint like one made there.

    Parameters
    ----------
    kind : str
        ``bars``, ``stacked`` (both lying, the first name on top), ``columns`` or
        ``stacked-columns``.
    names : sequence of str
        What each bar is of; a long one is cut.
    decimals : int
        Of the labels; the sheet of data has the values as they are given.
    labelled : bool
        Whether every bar says its value; without it an axis does.
    """
    shown = [_short(name) for name in names]
    values = {printable(key): [_known(v) for v in given] for key, (_, given) in series.items()}
    number_format = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    data = CategoryChartData(number_format=number_format)
    data.categories = shown
    for key, given in values.items():
        data.add_series(key, given)
    frame: Any = page.slide.shapes.add_chart(_KINDS[kind], *map(Inches, box), data)
    describe(frame, alt)
    # The sheet that comes with it would take a name that begins with "=" for a formula.
    frame.chart.part.chart_workbook.update_from_xlsx_blob(_data_sheet(shown, values))
    _settle(
        frame.chart, kind, [role for role, _ in series.values()], number_format if labelled else ""
    )


def _short(name: str) -> str:
    plain = printable(name).replace("\n", " ")
    cut_at = _LONGEST_NAME - 1
    return plain if len(plain) <= _LONGEST_NAME else plain[:cut_at].rstrip() + ELLIPSIS


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _data_sheet(names: Sequence[str], values: Mapping[str, Sequence[float | None]]) -> bytes:
    """Return the workbook behind a chart, laid out as its references say."""
    book = SafeWorkbook()
    sheet = book.add_sheet("Sheet1")
    for row, name in enumerate(names, start=1):
        sheet.write_text(row, 0, name)
    for column, (key, given) in enumerate(values.items(), start=1):
        sheet.write_text(0, column, key)
        for row, value in enumerate(given, start=1):
            if value is not None:
                sheet.write(row, column, value)
    sheet.set_widths([40.0, *[14.0] * len(values)])
    return book.to_bytes()


def _settle(chart: Any, kind: str, roles: Sequence[str], number_format: str) -> None:
    """Give a chart its colours, labels and axes; without a format of labels it has a scale."""
    plot = chart.plots[0]
    chart.font.size, chart.has_title = Pt(_SIZE), False
    chart.has_legend = len(roles) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
    plot.gap_width = 45
    for drawn, role in zip(plot.series, roles, strict=True):
        drawn.format.fill.solid()
        paint(drawn.format.fill.fore_color, role)
        drawn.invert_if_negative = False
    is_stacked = kind.startswith("stacked")
    plot.overlap = 100 if is_stacked else 0
    plot.has_data_labels = bool(number_format)
    if number_format:
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = number_format, False
        labels.show_value = True
        if not is_stacked:
            labels.position = XL_LABEL_POSITION.OUTSIDE_END
    names, scale = chart.category_axis, chart.value_axis
    names.reverse_order = kind in ("bars", "stacked")
    names.major_tick_mark = scale.major_tick_mark = XL_TICK_MARK.NONE
    scale.has_major_gridlines = not number_format
    scale.visible = not number_format

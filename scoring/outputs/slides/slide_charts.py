"""Charts of PowerPoint on a slide, with the sheet of data that stands behind each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_MARK
from pptx.util import Inches, Pt

from scoring.files.excel.xlsx import SafeWorkbook
from scoring.outputs.charts.chart_sheet import printable
from scoring.outputs.slides.slide_deck import SlidePage, describe, is_dark, paint
from scoring.outputs.slides.slide_text import ELLIPSIS, Box, SlideChart

_SIZE = 12
_LONGEST_NAME = 48
_KINDS = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "stacked": XL_CHART_TYPE.BAR_STACKED,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "stacked-columns": XL_CHART_TYPE.COLUMN_STACKED,
}


def add_chart(page: SlidePage, box: Box, given: SlideChart, alt: str) -> None:
    """Add a chart that is edited in PowerPoint like one made there; `alt` says what it shows."""
    shown = [_short(name) for name in given.names]
    values = {printable(key): [_known(v) for v in own] for key, (_, own) in given.series.items()}
    number_format = "#,##0" + (f".{'0' * given.decimals}" if given.decimals else "")
    data = CategoryChartData(number_format=number_format)
    data.categories = shown
    for key, own in values.items():
        data.add_series(key, own)
    frame: Any = page.slide.shapes.add_chart(_KINDS[given.kind], *map(Inches, box), data)
    describe(frame, alt)
    # The sheet that comes with it would take a name that begins with "=" for a formula.
    frame.chart.part.chart_workbook.update_from_xlsx_blob(_data_sheet(shown, values))
    roles = [role for role, _ in given.series.values()]
    _settle(frame.chart, given.kind, roles, number_format if given.labelled else "")


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
    for drawn, role in zip(plot.series, roles, strict=True) if is_stacked and number_format else ():
        # Within a bar a label has to stand out from its colour.
        own = drawn.data_labels
        own.number_format, own.number_format_is_linked = number_format, False
        own.show_value, own.font.size = True, Pt(_SIZE)
        own.font.color.rgb = RGBColor.from_string("FFFFFF" if is_dark(role) else "1A1A1A")
    names, scale = chart.category_axis, chart.value_axis
    names.reverse_order = kind in ("bars", "stacked")
    names.major_tick_mark = scale.major_tick_mark = XL_TICK_MARK.NONE
    scale.has_major_gridlines = not number_format
    scale.visible = not number_format

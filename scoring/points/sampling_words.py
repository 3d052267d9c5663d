"""What people are told of a sampling interval: its ends, its survey, the limits that it crosses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.values import INDEX_CODE
from scoring.points.grading import grades
from scoring.points.sampling import edges_of
from scoring.points.sheet import ScoreSheet
from scoring.rules.spec import Band
from scoring.tables import rows_of

Ends = tuple[float, float]


def sampling_ends(sheet: ScoreSheet, code: str, place: int) -> Ends | None:
    """Return between what the points of a node lie for the sampling of surveys; None without it."""
    if sheet.sampling is None:
        return None
    at = sheet.row(code), place
    low, high = float(sheet.sampling.low[at]), float(sheet.sampling.high[at])
    return None if np.isnan(low) else (low, high)


def sampling_lines(sheet: ScoreSheet, code: str, place: int, lang: str = "vi") -> Iterator[str]:
    """Yield what sampling leaves uncertain of a node: points, figures, steps and grades.

    Nothing where no survey figure stands at or below it.
    """
    ends = sampling_ends(sheet, code, place)
    if ends is None or sheet.sampling is None:
        return
    decimals = sheet.criteria.meta.decimals
    low, high = (format_number(end, decimals, lang) for end in ends)
    yield label("sampling_points", lang, low=low, high=high)
    figures = sheet.sampling.figures
    for row in rows_of(figures[(figures["place"] == place) & (figures["item_code"] == code)]):
        texts = [format_number(float(n), 2, lang) for n in (row.value, row.low, row.high)]
        level = (
            ""
            if np.isnan(row.confidence_percent)
            else format_number(row.confidence_percent, lang=lang)
        )
        said = dict(zip(("value", "low", "high"), texts, strict=True)) | {"survey": row.survey}
        yield label(
            "sampling_figure" if level else "sampling_figure_plain", lang, level=level, **said
        )
        yield from _steps_crossed(sheet, code, str(row.input), (row.value, row.low, row.high), lang)
    if code == INDEX_CODE:
        yield from _grades_crossed(sheet, place, ends, lang)


def _steps_crossed(
    sheet: ScoreSheet, code: str, name: str, figure: tuple[float, float, float], lang: str
) -> Iterator[str]:
    """Yield each step of the rule that the interval of a figure reaches over."""
    rule = sheet.criteria.rules[code]
    if not name or not rule.spec.bands:
        return
    value, low, high = figure
    for edge in edges_of(rule):
        band = next((band for band in rule.spec.bands if band.lower == edge), None)
        if band is None or not _reaches(band, high) or _reaches(band, low):
            continue
        key = "sampling_not_sure_reached" if _reaches(band, value) else "sampling_not_sure_missed"
        step = "sampling_from" if band.lower_closed else "sampling_above"
        yield label(key, lang, step=label(step, lang, limit=format_number(edge, lang=lang)))


def _reaches(band: Band, figure: float) -> bool:
    return figure >= band.lower if band.lower_closed else figure > band.lower


def _grades_crossed(sheet: ScoreSheet, place: int, ends: Ends, lang: str) -> Iterator[str]:
    """Yield the grades that both ends of the index would have, where they differ."""
    meta = sheet.criteria.meta
    names = {grade.code: grade.label(lang) for grade in meta.grades}
    low, high = grades(np.array(ends), meta)
    if low != high:
        none = label("sampling_no_grade", lang)
        yield label("sampling_grades", lang, low=names.get(low, none), high=names.get(high, none))

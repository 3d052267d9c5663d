"""What goals ask for and how nodes stand, in words: so many points, or so many taken off."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from scoring.base.labels import LANGUAGES, Named, label
from scoring.base.numbers import format_number
from scoring.base.rounding import round_points
from scoring.base.values import INDEX_CODE
from scoring.points import ScoreSheet


def goal_words(sheet: ScoreSheet, code: str, points: float, *, is_end: bool = False) -> Named:
    """Return points of a node or of the index (``INDEX``); `is_end`: at least, off at most.

    Examples
    --------
    >>> import pandas as pd
    >>> import scoring
    >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(example).query("unit_code == 'SM-A'"), "department-sample")
    >>> goal_words(sheet, "2", 8.5).text("vi"), goal_words(sheet, "INDEX", 90.0, is_end=True).text("en")
    ('8,5 điểm ở mục 2', 'at least 90 points')
    """
    is_penalty = code != INDEX_CODE and sheet.criteria.node(code).kind == "penalty"
    key = f"goal_points{'_off' if is_penalty else ''}{'_end' if is_end else ''}"
    amount = amount_words(sheet, points)
    said = {lang: label(key, lang, points=amount.text(lang)) for lang in LANGUAGES}
    if code == INDEX_CODE:
        return Named(*said.values())
    return Named(*(label("goal_points_in", lang, said=said[lang], code=code) for lang in LANGUAGES))


def standing_words(sheet: ScoreSheet, place: int, codes: Iterable[str]) -> list[Named]:
    """Return the points that a unit has of each of `codes`; what is open makes them an end."""
    rows = [(code, sheet.row(code)) for code in codes]
    return [
        goal_words(sheet, code, float(sheet.points_low[row, place]),
                   is_end=bool(np.isnan(sheet.points[row, place])))
        for code, row in rows
    ]  # fmt: skip


def amount_words(sheet: ScoreSheet, points: float) -> Named:
    """Return an amount with as many decimals as the set shows, more only where none are left."""
    shown = float(round_points(points, sheet.criteria.meta.decimals)) or points
    return Named(*(format_number(shown, lang=lang) for lang in LANGUAGES))

"""Why each unit has the grade it has, step by step, as a table with words."""

from __future__ import annotations

import pandas as pd

from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.units import KEY_COLUMNS
from scoring.base.values import NOT_APPLICABLE
from scoring.criteria.readable_set import grade_words
from scoring.points.sheet import ScoreSheet
from scoring.tables import table_of

_BY_POINTS, _OPEN = "grade-by-points", "index-open"


def grade_reasons(sheet: ScoreSheet, lang: str = "vi") -> pd.DataFrame:
    """Return why each unit has its grade: what its points suggest, then what acted on it.

    Returns
    -------
    DataFrame
        Table ``GradeReasons``, a row a step, units in the order of the sheet. The last
        `grade_after` of a unit is its grade; it is empty where it has none.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> rows = [{"item_code": item, "input": "points", "value": 28.0 if item == "I" else 64.0}
    ...         for item in ("I", "II")]
    >>> sheet = score(inputs_table(rows, unit_code="A", year=2026), open_set("agency-rating-335-2025"))
    >>> grade_reasons(sheet)[["verdict", "grade_before", "grade_after"]].values.tolist()[:2]
    [['grade-by-points', '', 'xuat-sac'], ['grade-to-confirm', 'xuat-sac', '']]
    """
    meta, graded = sheet.criteria.meta, sheet.graded
    names = {grade.code: grade for grade in meta.grades}
    points = [format_number(p, lang=lang, decimals=meta.decimals) for p in sheet.points[-1]]
    rows = []
    for unit, code in enumerate(graded.by_points):
        verdict = _BY_POINTS if code else _OPEN
        said = {"points": points[unit], "grade": grade_words(names[code], lang) if code else ""}
        is_none = sheet.status[-1, unit] == NOT_APPLICABLE
        words = label("reason_nothing-applies" if is_none else f"reason_{verdict}", lang, **said)
        rows.append((unit, verdict, "points", "", "", code, words))
    for reason in graded.reasons:
        rule, after = reason.rule, names.get(reason.after)
        said = {
            "grade": names[reason.before].label(lang),
            "instead": after.label(lang) if after else label("no_grade", lang),
            "rule": rule.label(lang).rstrip("."),
        }
        words = label(f"reason_{reason.verdict}", lang, **said)
        place = (reason.verdict, rule.kind, rule.item_code)
        rows.append((reason.unit, *place, reason.before, reason.after, words))
    # What acted stays in its order within each unit.
    rows.sort(key=lambda row: row[0])
    order = [row[0] for row in rows]
    keys = sheet.units[KEY_COLUMNS].iloc[order].itertuples(index=False, name=None)
    told = [(*key, *row[1:]) for key, row in zip(keys, rows, strict=True)]
    return table_of(told, "GradeReasons")

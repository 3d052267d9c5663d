"""How scores and explanations look in a notebook."""

from __future__ import annotations

import numpy as np

from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.values import INDEX_CODE
from scoring.display.html import bullets, display_language, html_table, labels, paragraph, share_bar
from scoring.display.sets import set_head
from scoring.outputs.amounts import points_amount, points_or_range
from scoring.outputs.content import league, league_sentence
from scoring.outputs.content.set_identity import grade_name
from scoring.points import ScoreSheet
from scoring.points.item_explanation import Explanation

MOST_UNITS = 25


def score_sheet_html(sheet: ScoreSheet, lang: str = "") -> str:
    """Return a sheet as HTML: the areas of one unit, or one line per unit.

    Parameters
    ----------
    sheet : ScoreSheet
    lang : {"", "vi", "en"}
        By default the language of `PARINDEX_LANG`, else Vietnamese.
    """
    lang = lang or display_language()
    body = _one_unit(sheet, lang) if len(sheet.units) == 1 else _many_units(sheet, lang)
    return f"<div>{set_head(sheet.criteria, lang)}{body}</div>"


def _one_unit(sheet: ScoreSheet, lang: str) -> str:
    unit = sheet.units.iloc[0]
    who = f"{unit['unit_name'] or unit['unit_code']}, {sheet.keys[0].when}"
    total = format_number(sheet.criteria.meta.total_points, lang=lang)
    points = _points(sheet, INDEX_CODE, 0, lang)
    line = label("display_index_line", lang, points=points, total=total)
    if name := grade_name(sheet.criteria, sheet.index["grade"].iloc[0], lang):
        line += label("display_grade", lang, grade=name)
    rows = [_area_row(sheet, node.code, lang) for node in sheet.criteria.nodes if not node.parent]
    header = labels(lang, "display_code", "area", "points", "max_points", "display_share")
    table = html_table(header, rows, "  rr ", raw=(4,))
    return paragraph(who) + paragraph(line, strong=True) + table + paragraph(_progress(sheet, lang))


def _area_row(sheet: ScoreSheet, code: str, lang: str) -> tuple[str, ...]:
    node, row = sheet.criteria.node(code), sheet.row(code)
    maximum = float(sheet.maxima[row, 0])
    percent = 100 * float(sheet.points[row, 0]) / maximum if maximum > 0 else np.nan
    shown = format_number(maximum, lang=lang)
    return code, node.name(lang), _points(sheet, code, 0, lang), shown, share_bar(percent)


def _progress(sheet: ScoreSheet, lang: str) -> str:
    index, found = sheet.index.iloc[0], len(sheet.findings)
    scored, items = index["items_scored"], index["items_applicable"]
    return label("display_progress", lang, scored=scored, items=items, findings=found)


def _points(sheet: ScoreSheet, code: str, unit: int, lang: str) -> str:
    """Return points, or the range they lie in while something is open."""
    row, decimals = sheet.row(code), sheet.criteria.meta.decimals
    figures = (sheet.points, sheet.points_low, sheet.points_high)
    known, low, high = (points_amount(figure[row, unit], lang, decimals) for figure in figures)
    return points_or_range(known, low, high, lang)


def _many_units(sheet: ScoreSheet, lang: str) -> str:
    table = league(sheet, lang)
    rows = [
        (
            str(unit.rank or "—"),
            sheet.shown_key(sheet.place(unit.key)),
            unit.unit_name,
            unit.range_text,
            unit.grade,
            f"{unit.items_scored}/{unit.items_applicable}",
        )
        for unit in table.rows[:MOST_UNITS]
    ]
    header = labels(lang, "page_rank", "display_code", "unit", "index", "grade", "items_scored")
    left = len(table.rows) - len(rows)
    more = paragraph(label("display_more_units", lang, count=left)) if left else ""
    said = paragraph(league_sentence(table), strong=True) if rows else ""
    return said + html_table(header, rows, "r  r r") + more


def explanation_html(why: Explanation) -> str:
    """Return the trace of one item as HTML: figures and cells, rule, arithmetic, source."""
    lang = why.lang
    lines = list(why.lines(lang))
    figures = [line.removeprefix("  - ") for line in lines if line.startswith("  - ")]
    others = [line for line in lines[1:] if not line.startswith("  - ")]
    heading = label("reported_figures", lang) + ":"
    before = others[: others.index(heading) + 1] if heading in others else others
    after = others[len(before) :]
    parts = [paragraph(lines[0], strong=True), *map(paragraph, before), bullets(figures)]
    return f"<div>{''.join(parts)}{''.join(map(paragraph, after))}</div>"

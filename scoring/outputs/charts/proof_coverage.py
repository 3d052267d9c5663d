"""How much of each area is proven by documents."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from scoring.base.labels import LANGUAGES
from scoring.base.text import sorted_codes
from scoring.outputs.charts.frame import AXIS_HEIGHT, Entry, bars, finish, new_sheet, points_axis
from scoring.outputs.charts.score_tables import Unit, area_of_items, names_of, one_unit, subtitle
from scoring.outputs.text_layout import row_layout, text_width
from scoring.outputs.theme import MARGIN, PROOF_FILLS, TEXT_SIZE, ChartContext, ChartFigure

PROOFS = ("proven", "unproven", "not_needed")


def proof_coverage(
    proofs: pd.DataFrame,
    items: pd.DataFrame,
    *,
    unit_code: Unit = None,
    context: ChartContext | None = None,
) -> ChartFigure:
    """Draw, per area, the share of items that are proven, unproven or need no proof.

    Parameters
    ----------
    proofs : DataFrame
        One row per unit and item: ``unit_code, item_code, proof`` with `proof` one of
        ``proven``, ``unproven`` and ``not_needed``.
    items : DataFrame
        Table ``Items``, which says what area an item belongs to.
    unit_code : str or UnitKey, optional
        The unit to show; without it the items of all units together.
    context : ChartContext, optional
        Language, source line, status of the set.
    """
    context = context or ChartContext()
    table = coverage_table(one_unit(proofs, unit_code), items, context.lang)
    texts = [_right_text(row, context) for _, row in table.iterrows()]
    rows = row_layout(list(table["name"]), width=2.3, size=TEXT_SIZE, least=0.32)
    sheet = new_sheet(
        context,
        context.say("chart_proof_coverage_title"),
        subtitle(proofs, context, unit_code, "percent_of_items", several="chart_units"),
        (rows.total or 0.5) + AXIS_HEIGHT,
        legend=[Entry(context.say(f"proof_{proof}"), PROOF_FILLS[proof]) for proof in PROOFS],
    )
    if len(table):
        right = max(text_width(text, TEXT_SIZE) for text in texts) + 0.1
        axes = sheet.axes(MARGIN + rows.label_width + 0.1, right + MARGIN)
        axes.set_xlim(0, 100)
        points_axis(axes, 0, rows.total, context, context.say("measure_percent_of_items"))
        left = pd.Series(0.0, index=table.index)
        for proof in PROOFS:
            share = 100 * table[proof] / table[list(PROOFS)].sum(axis=1)
            bars(axes, list(left), list(share), rows.centers, 0.19, PROOF_FILLS[proof])
            left = left + share
        for text, label, center in zip(texts, rows.labels, rows.centers, strict=True):
            sheet.text(MARGIN + rows.label_width, center, label, ha="right")
            sheet.text(sheet.width - right, center, text)
    else:
        sheet.text(sheet.width / 2, 0.3, context.say("chart_no_rows"), ha="center")
    return finish(sheet, "proof_coverage", table, _said(proofs, items, unit_code, context))


def coverage_table(proofs: pd.DataFrame, items: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return ``code, name, proven, unproven, not_needed`` (counts of items) per area."""
    area = proofs["item_code"].map(area_of_items(items)).fillna("?")
    counts = pd.crosstab(area, proofs["proof"]).reindex(columns=list(PROOFS), fill_value=0)
    counts = counts.reindex(sorted_codes(counts.index))
    counts = counts.rename_axis(index="code", columns=None).reset_index()
    counts.insert(1, "name", names_of(counts["code"], items, lang))
    return counts


def _right_text(row: pd.Series, context: ChartContext) -> str:
    needed = row["proven"] + row["unproven"]
    if not needed:
        return context.say("chart_none_needed")
    return context.say("chart_proven_of", proven=row["proven"], needed=needed)


def _said(
    proofs: pd.DataFrame, items: pd.DataFrame, unit_code: Unit, context: ChartContext
) -> dict[str, dict[str, object]]:
    said: dict[str, dict[str, object]] = {}
    for lang in LANGUAGES:
        words = replace(context, lang=lang)
        table = coverage_table(one_unit(proofs, unit_code), items, lang)
        rows = [f"{row['name']}: {_right_text(row, words)}" for _, row in table.iterrows()]
        who = subtitle(proofs, words, unit_code, "percent_of_items", several="chart_units")
        said[lang] = {"who": who, "rows": "; ".join(rows) or words.say("chart_no_rows")}
    return said

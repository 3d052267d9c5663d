"""How much of each area is proven by documents."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from scoring.base.text import sorted_codes
from scoring.outputs.charts.chart_sheet import Entry
from scoring.outputs.charts.chart_titles import proofs_title
from scoring.outputs.charts.rows import Page, named_rows, row_chart, row_words, stacked_bars
from scoring.outputs.charts.score_tables import Unit, area_of_items, names_of, one_unit, subtitle
from scoring.outputs.theme import NO_CONTEXT, PROOF_FILLS, ChartContext, ChartFigure

CHARTS = ("proof_coverage",)
_PROOFS = list(PROOF_FILLS)


def proof_coverage(
    proofs: pd.DataFrame,
    items: pd.DataFrame,
    *,
    unit_code: Unit = None,
    context: ChartContext = NO_CONTEXT,
) -> ChartFigure:
    """Draw, per area, the share of items that are proven, declared, unproven or need no proof.

    Parameters
    ----------
    proofs : DataFrame
        One row per unit and item: ``unit_code, item_code, proof`` with `proof` one of
        ``proven``, ``declared`` (its files have not been looked at), ``unproven`` and
        ``not_needed``.
    items : DataFrame
        Table ``Items``, which says what area an item belongs to.
    unit_code
        As for every chart; without it the items of all units together.

    Examples
    --------
    >>> import scoring
    >>> from scoring.charts import figure_data
    >>> items = scoring.open_set("service-quality-766").items
    >>> states = ["proven", "proven", "declared", "unproven"]
    >>> codes = ["1.1", "1.2", "1.3", "1.4"]
    >>> proofs = pd.DataFrame({"unit_code": "H1", "item_code": codes, "proof": states})
    >>> figure_data(proof_coverage(proofs, items))[["code", *_PROOFS]].to_dict("records")
    [{'code': '1', 'proven': 2, 'declared': 1, 'unproven': 1, 'not_needed': 0}]
    """
    table = _coverage(one_unit(proofs, unit_code), items, context.lang)
    shares = 100 * table[_PROOFS].div(table[_PROOFS].sum(axis=1), axis=0)
    page, measure = Page(table, table, named_rows(list(table["name"]))), "percent_of_items"

    def named_in(words: ChartContext) -> pd.DataFrame:
        return table.assign(name=names_of(table["code"], items, words.lang))

    def said(words: ChartContext) -> dict[str, object]:
        return {"rows": row_words(named_in(words), _right_text, words, "chart_no_rows")}

    return row_chart(
        context, "proof_coverage", page, _right_text,
        lambda axes: stacked_bars(axes, shares, PROOF_FILLS, page.rows.centers),
        who=partial(subtitle, proofs, unit_code=unit_code, measure=measure, several="chart_units"),
        title=lambda words: proofs_title(named_in(words), words), said=said, scale=100, unit=f"measure_{measure}",
        legend=[Entry(context.say(f"proof_{proof}"), fill) for proof, fill in PROOF_FILLS.items() if table[proof].sum()],
    )  # fmt: skip


def _coverage(proofs: pd.DataFrame, items: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return ``code, name`` and the counts of items by state of their proof, per area."""
    area = proofs["item_code"].map(area_of_items(items)).fillna("?")
    counts = pd.crosstab(area, proofs["proof"]).reindex(columns=_PROOFS, fill_value=0)
    counts = counts.reindex(sorted_codes(counts.index))
    counts = counts.rename_axis(index="code", columns=None).reset_index()
    counts.insert(1, "name", names_of(counts["code"], items, lang))
    return counts


def _right_text(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    needed = row["proven"] + row["declared"] + row["unproven"]
    if not needed:
        return context.say("chart_none_needed")
    key = "chart_declared_of" if row["declared"] else "chart_proven_of"
    return context.say(key, proven=row["proven"], declared=row["declared"], needed=needed)

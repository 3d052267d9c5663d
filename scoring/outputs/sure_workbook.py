"""What uncertainty and robustness found, as a workbook: a sheet a table, in the words of readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.base.units import period_of, time_text
from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.outputs.content.set_identity import grade_name
from scoring.outputs.section_sheets import Cell, Section, SectionLooks, write_section

# Of each table the columns shown; a unit is shown by name where the tables bring names.
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "RankIntervals": ("unit_code", "block", "rank_first", "rank_last", "rank_of", "bound_first", "bound_last",
                      "first_low_percent", "first_high_percent", "survey_first", "survey_last"),
    "IndexIntervals": ("unit_code", "code", "low_points", "high_points", "bound_low_points",
                       "bound_high_points", "method", "chance_error_percent"),
    "GradeChances": ("unit_code", "grade", "low_percent", "high_percent"),
    "PairChances": ("unit_code", "other_code", "low_percent", "high_percent"),
    "IndexDrivers": ("unit_code", "kind", "item_codes", "down_points", "up_points", "first_percent",
                     "total_percent", "cases"),
    "ItemDoubts": ("unit_code", "item_code", "kind", "points", "chance_percent", "chance_low_percent",
                   "chance_high_percent", "cases"),
    "RankRobustness": ("unit_code", "block", "rank", "rank_first", "rank_last", "drop_first", "drop_last",
                       "weights_first", "weights_last", "other_first", "other_last"),
    "RankVariants": ("unit_code", "choice", "item_code", "rank_before", "rank", "moved"),
    "OrderSecurity": ("unit_code", "other_code", "apart_points", "critical_percent", "drops",
                      "aggregations", "is_secure"),
    "ForecastGoals": ("unit_code", "goal_points", "low_percent", "high_percent"),
    "ForecastFan": ("unit_code", "code", "on", "is_past", "outer_low_points", "outer_high_points",
                    "inner_low_points", "inner_high_points", "bound_low_points", "bound_high_points"),
    "ForecastAssumptions": ("unit_code", "item_code", "input", "method", "periods", "count", "kept",
                            "has_chance"),
    "ForecastTrials": ("made_after", "code", "stated_percent", "cases", "held", "held_percent",
                       "width_points"),
}  # fmt: skip
_WIDE = {"unit_code": 46.0, "other_code": 46.0, "code": 46.0, "item_codes": 40.0, "block": 24.0,
         "choice": 34.0, "method": 60.0}  # fmt: skip
_WORDS = {"kind": "doubt_", "method": "sure_method_", "choice": "choice_"}
_FLAGS = {
    "is_secure": ("sure_yes", "sure_no"),
    "is_past": ("forecast_is_past", "forecast_is_ahead"),
    "has_chance": ("forecast_has_chance", "forecast_has_bounds"),
}
_MOST_ROWS, _MOST_PRINTED = 60_000, 200


def sure_workbook(
    tables: Mapping[str, pd.DataFrame],
    criteria: CriteriaSet,
    unit_names: Mapping[str, str],
    title: str,
    notes: Sequence[str],
    lang: str = "vi",
) -> bytes:
    """Return the workbook; the same tables give the same bytes.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Result tables of `scoring.uncertainty` by name; those that this workbook does not show are
        left out.
    unit_names : mapping of str to str
        Names of units by code.
    notes : sequence of str
        What a reader must know, below every table.
    """
    book = SafeWorkbook({"title": title, "subject": criteria.stated})
    cut_note = label("sure_cut", lang, count=_MOST_PRINTED)
    looks = SectionLooks(
        title, criteria.introduced(lang), criteria.meta.decimals, tuple(notes),
        landscape=True, most_printed=_MOST_PRINTED, cut_note=cut_note,
        badge=criteria.badge(lang),
    )  # fmt: skip
    told = [name for name in _SHOWN if name in tables]
    # A workbook needs a sheet: where there is nothing to tell, its heads and notes say so.
    for name in [name for name in told if len(tables[name])] or told[:1]:
        columns, table = _SHOWN[name], tables[name]
        kept = [column for column in columns if column in table]
        shown = _named(table[kept].head(_MOST_ROWS), criteria, unit_names, lang)
        if "unit_code" in shown:
            shown["unit_code"] += _times(table.head(_MOST_ROWS))
        rows = tuple(tuple(map(_cell, row)) for row in shown.itertuples(index=False))
        heads = tuple(label(f"sure_head_{column}", lang) for column in kept)
        widths = tuple(_WIDE.get(column, 19.0) for column in kept)
        section = Section(name, label(f"sure_title_{name}", lang), heads, rows, widths)
        write_section(book, book.add_sheet(label(f"sure_sheet_{name}", lang)), section, looks)
    return book.to_bytes()


def _times(table: pd.DataFrame) -> pd.Series:
    """Return what tells rows of several years or periods apart, behind the name of the unit."""
    if not {"year", "period"} <= set(table):
        return pd.Series("", index=table.index)
    pairs = list(zip(table["year"], table["period"], strict=True))
    several = len(set(pairs)) > 1
    told = [f", {time_text(int(year), period_of(period))}" * several for year, period in pairs]
    return pd.Series(told, index=table.index, dtype="object")


def _named(
    table: pd.DataFrame, criteria: CriteriaSet, unit_names: Mapping[str, str], lang: str
) -> pd.DataFrame:
    """Return the table with the words of readers in place of codes."""
    names = {node.code: f"{node.code} {node.name(lang)}" for node in criteria.nodes}
    names[INDEX_CODE] = label("sure_index", lang)
    made: dict[str, Any] = {}
    for column in table:
        cells = table[column]
        if column in ("unit_code", "other_code"):
            cells = cells.map(lambda code: unit_names.get(code) or code)
        elif column == "code":
            cells = cells.map(lambda code: names.get(code, code))
        elif column == "grade":
            cells = cells.map(lambda code: grade_name(criteria, code, lang) or "—")
        elif column in _WORDS:
            prefix = _WORDS[column]
            cells = cells.map(
                lambda word, prefix=prefix: label(f"{prefix}{word}".replace("-", "_"), lang)
            )
        elif column in _FLAGS:
            said = _FLAGS[column]
            cells = cells.map(lambda flag, said=said: label(said[0] if flag else said[1], lang))
        elif column == "on":
            cells = cells.map(lambda day: format_date(day.date(), lang))
        made[str(column)] = cells
    return pd.DataFrame(made)


def _cell(value: Any) -> Cell:
    if value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return "—"
    if isinstance(value, (int, np.integer)):
        return int(value)
    return round(float(value), 4) if isinstance(value, (float, np.floating)) else str(value)

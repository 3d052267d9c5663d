"""A survey that feeds once more: its own old figures are renewed, those of other surveys stay."""

from __future__ import annotations

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS
from scoring.survey.feeding import kept_figures
from scoring.tables import rows_of, table_of
from scoring.tables.places import MAX_FINDINGS_PER_KIND

_ITEM = [*KEY_COLUMNS, "item_code"]


def without_own_figures(
    entered: pd.DataFrame, earlier: pd.DataFrame, figures: pd.DataFrame
) -> tuple[pd.DataFrame, list[Finding]]:
    """Empty the figures that the same survey fed before and nobody has changed since.

    Parameters
    ----------
    entered : DataFrame
        Table ``Inputs``.
    earlier, figures : DataFrame
        Tables ``SurveyFigures``: what was fed before, and what is fed now.

    Returns
    -------
    DataFrame
        `entered`, where the figures of an item that `figures` has again are NaN.
    list of Finding
        One for each item whose figures change.
    """
    again = earlier.merge(figures[[*_ITEM, "survey"]].drop_duplicates(), on=[*_ITEM, "survey"])
    own = kept_figures(again, entered)
    own = own[own["input"] != ""]
    key = [*_ITEM, "input"]
    is_own = pd.MultiIndex.from_frame(entered[key]).isin(pd.MultiIndex.from_frame(own[key]))
    both = own.merge(figures, on=key, suffixes=("", "_new"))
    changed = both[(both["value"] - both["value_new"]).abs() > 1e-9]
    findings = [
        Finding(
            "survey-figure-renewed", item_code=row.item_code, unit_code=row.unit_code,
            values={"survey": row.survey, "fed": row.value, "value": row.value_new},
        )
        for row in rows_of(changed.drop_duplicates(_ITEM).head(MAX_FINDINGS_PER_KIND))
    ]  # fmt: skip
    return entered.assign(value=entered["value"].mask(is_own)), findings


def with_earlier_figures(figures: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Return what is fed now after what was fed into other items before."""
    now = pd.MultiIndex.from_frame(figures[_ITEM])
    others = earlier[~pd.MultiIndex.from_frame(earlier[_ITEM]).isin(now)]
    parts = [part for part in (others, figures) if len(part)]
    return table_of(pd.concat(parts, ignore_index=True) if parts else figures, "SurveyFigures")

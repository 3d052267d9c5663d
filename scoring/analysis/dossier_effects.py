"""What each open question of counting does: figures and points under every other choice."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from scoring.base.units import KEY_COLUMNS
from scoring.criteria import CriteriaSet
from scoring.points import score
from scoring.tables import columns_of, empty

_ITEM = [*KEY_COLUMNS, "item_code"]


def dossier_effects(
    inputs: pd.DataFrame, others: Iterable[tuple[str, str, pd.DataFrame]], criteria: CriteriaSet
) -> pd.DataFrame:
    """Return what changes when each choice alone is another one.

    Parameters
    ----------
    inputs : DataFrame
        The table ``Inputs`` as counted.
    others : iterable of (str, str, DataFrame)
        Question, other choice, and the table ``Inputs`` counted that way.
    criteria : CriteriaSet

    Returns
    -------
    DataFrame
        The table ``DossierEffects``: only figures that change, with the points of their items.
        NaN: not known under that choice.
    """
    if not len(inputs):
        return empty("DossierEffects")
    base = _with_points(inputs, criteria)
    key = [*_ITEM, "input"]
    parts = []
    for option, choice, changed in others:
        other = _with_points(changed, criteria)
        both = base.merge(other, on=key, how="outer", suffixes=("", "_other"))
        both = both.rename(columns={"value_other": "other_value", "points_other": "other_points"})
        is_same = np.isclose(both["value"], both["other_value"], equal_nan=True)
        parts.append(both[~is_same].assign(option=option, choice=choice))
    columns = columns_of("DossierEffects")
    if not parts:
        return empty("DossierEffects")
    table = pd.concat(parts, ignore_index=True)
    table["change"] = table["other_value"] - table["value"]
    table["points_change"] = (table["other_points"] - table["points"]).round(6)
    return table[columns]


def _with_points(inputs: pd.DataFrame, criteria: CriteriaSet) -> pd.DataFrame:
    scores = score(inputs, criteria).scores
    # An area without items below it earns points itself.
    items = scores[[*KEY_COLUMNS, "code", "points"]]
    kept = inputs[[*_ITEM, "input", "value"]]
    return kept.merge(items.rename(columns={"code": "item_code"}), on=_ITEM, how="left")

"""Which figure of an item is taken from which estimate: proposed where it is certain, else asked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet, Node
from scoring.rules import RuleSpec
from scoring.tables import empty, table_of

# Kinds whose points follow from one percent; the last takes numbers of answers.
PERCENT_KINDS = ("survey_index", "bands", "ratio")
OPTIONS_KIND = "survey_options"
MATCHED = ("measure", "code", "answer", "service", "respondent_group")
# What a binding may leave open while the table of estimates has one of it.
CHOSEN = ("survey", "weighting")


def is_fed(node: Node) -> bool:
    """Say whether the figures of an item can come from a survey by its rule."""
    spec = node.spec
    if spec is None or spec.kind not in (*PERCENT_KINDS, OPTIONS_KIND):
        return False
    return spec.kind == OPTIONS_KIND or bool(percent_input(spec))


def percent_input(spec: RuleSpec) -> str:
    """Return the input of an item that takes a percent; empty where there is not just one."""
    names = [entry.name for entry in spec.inputs if entry.kind == "percent"]
    return names[0] if len(names) == 1 and len(spec.inputs) == 1 else ""


def propose_survey_items(criteria: CriteriaSet, estimates: pd.DataFrame) -> pd.DataFrame:
    """Bind items to estimates where one reading is certain, and list the others to be bound.

    Certain is the index for the only `survey_index` item that the set says a survey assesses, while
    the estimates hold one survey and one way of counting. All other items of surveys are listed
    without a measure, for a person to fill in; `figures_from_survey` names them.

    Parameters
    ----------
    criteria : CriteriaSet
    estimates : DataFrame
        Table ``Estimates``.

    Returns
    -------
    DataFrame
        Table ``SurveyItems``.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> estimates = pd.DataFrame({"survey": ["mau"], "measure": "index", "code": "INDEX",
    ...                           "weighting": "pooled"})
    >>> rows = propose_survey_items(open_set("department-sample"), estimates)
    >>> rows[["item_code", "input", "measure"]].values.tolist()[:2]
    [['8.1', 'satisfaction', 'index'], ['8.2', '', '']]
    """
    rows = list[dict[str, object]]()
    asked = [node for node in criteria.leaves if node.assessed_by == "survey" and is_fed(node)]
    indices = [node.code for node in asked if node.rule == "survey_index"]
    whole = matching_estimates(estimates, {"measure": "index", "code": INDEX_CODE})
    ways = estimates.loc[whole, list(CHOSEN)].drop_duplicates()
    for node in asked:
        assert node.spec is not None
        is_certain = indices == [node.code] and len(ways) == 1
        bound = {"measure": "index", "code": INDEX_CODE} if is_certain else {}
        names = [entry.name for entry in node.spec.inputs]
        for name in ["", *names] if node.rule == OPTIONS_KIND else names:
            rows.append({"item_code": node.code, "input": name, **bound})
    return _texts_filled(rows)


def _texts_filled(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=empty("SurveyItems").columns, dtype="str").fillna("")
    return table_of(frame, "SurveyItems")


def matching_estimates(estimates: pd.DataFrame, wanted: Mapping[str, str]) -> npt.NDArray[np.bool_]:
    """Say which estimates a binding means; without a survey or a way of counting: any."""
    found = np.ones(len(estimates), dtype=bool)
    for name in (*MATCHED, *CHOSEN):
        text = wanted.get(name, "")
        if name in estimates and (text or name not in CHOSEN):
            found &= (estimates[name].fillna("") == text).to_numpy(bool)
    return found

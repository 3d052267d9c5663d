"""Interviewers whose forms differ from the other forms of the same units: a pointer, no verdict.

Of each form four figures are taken: the share of satisfied answers, the spread of its answers in
steps of the scale, whether all its answers are alike, and the share of questions without an
answer. The mean of an interviewer's forms is compared with that of the other forms of the same
unit, so that good units do not make good interviewers; where an interviewer had a unit alone, the
two cannot be told apart and these forms are not compared. The differences are tested as if forms
were independent (normal approximation, one variance within unit and interviewer), all of them
together after Holm. Neighbours answer alike, so the error level is nominal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.survey.form_flags import Opinions, QualityLimits

Floats = npt.NDArray[np.float64]


def form_figures(
    opinions: Opinions, straight: npt.NDArray[np.bool_], missing: Floats
) -> dict[str, Floats]:
    """Return the four figures of each form; NaN where a form has no opinions."""
    count = opinions.held.sum(axis=1)
    held = np.where(count > 0, count, np.nan)
    places = np.where(opinions.held, opinions.places, 0).astype(float)
    mean = places.sum(axis=1) / held
    return {
        "satisfied": opinions.satisfied.sum(axis=1) / held,
        "spread": np.sqrt(np.maximum((places**2).sum(axis=1) / held - mean**2, 0)),
        "alike": straight.astype(float),
        "unanswered": missing,
    }


def interviewer_differences(
    forms: pd.DataFrame, figures: Mapping[str, Floats], limits: QualityLimits
) -> pd.DataFrame:
    """Compare each interviewer with the other forms of the same units.

    Parameters
    ----------
    forms : DataFrame
        With ``interviewer``, and ``unit_code`` where units are to be told apart.
    figures : mapping of str to float array, shape (n_forms,)
    limits : QualityLimits

    Returns
    -------
    DataFrame, one row per figure and interviewer compared
        ``figure``, ``interviewer``, ``forms`` (compared), ``mean``, ``difference`` (to the other
        forms), ``p_adjusted`` (after Holm) and ``differs``. NaN where nothing varies.

    Examples
    --------
    >>> forms = pd.DataFrame({"interviewer": ["a"] * 30 + ["b"] * 30})
    >>> told = {"satisfied": np.repeat([0.9, 0.5], 30) + np.tile([-0.1, 0.1], 30)}
    >>> table = interviewer_differences(forms, told, QualityLimits())
    >>> table["difference"].round(2).tolist(), table["differs"].tolist()
    ([0.4, -0.4], [True, True])
    """
    tables = [
        _compared(forms, name, figure, limits.interviewer_forms) for name, figure in figures.items()
    ]
    table = pd.concat(tables, ignore_index=True)
    table["p_adjusted"] = _holm(table.pop("p").to_numpy())
    large = table["difference"].abs() >= limits.interviewer_difference
    table["differs"] = large & (table["p_adjusted"] < limits.interviewer_level)
    return table


def _compared(forms: pd.DataFrame, name: str, figure: Floats, least: int) -> pd.DataFrame:
    unit = forms["unit_code"].to_numpy() if "unit_code" in forms else np.full(len(forms), "")
    told = pd.DataFrame({"interviewer": forms["interviewer"], "unit": unit, "value": figure})
    told = told[told["value"].notna() & (told["interviewer"] != "")]
    cells = told.groupby(["interviewer", "unit"], sort=False)["value"].agg(["size", "sum", "var"])
    cells = cells.reset_index()
    within = (cells["var"] * (cells["size"] - 1)).sum() / max((cells["size"] - 1).sum(), 1)
    whole = cells.groupby("unit")[["size", "sum"]].transform("sum")
    cells["rest"] = whole["size"] - cells["size"]
    cells["other"] = (whole["sum"] - cells["sum"]) / cells["rest"].replace(0, np.nan)
    cells = cells[cells["rest"] > 0]
    cells["gap"] = cells["sum"] - cells["size"] * cells["other"]
    cells["noise"] = cells["size"] ** 2 * within * (1 / cells["size"] + 1 / cells["rest"])
    by_one = cells.groupby("interviewer")[["size", "sum", "gap", "noise"]].sum().reset_index()
    by_one = by_one[by_one["size"] >= least]
    error = np.sqrt(by_one["noise"].replace(0, np.nan))
    return pd.DataFrame({
        "figure": name,
        "interviewer": by_one["interviewer"],
        "forms": by_one["size"],
        "mean": by_one["sum"] / by_one["size"],
        "difference": by_one["gap"] / by_one["size"],
        "p": [math.erfc(abs(z) / math.sqrt(2)) for z in by_one["gap"] / error],
    })  # fmt: skip


def _holm(p: Floats) -> Floats:
    """Return p values for all comparisons together; NaN takes no part."""
    adjusted = np.full(len(p), np.nan)
    order = np.argsort(p)[: int(np.isfinite(p).sum())]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted

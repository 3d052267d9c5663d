"""How far appraisers of the same items agree, and what they have to settle."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.appraisal.journal import DECISION_KEY
from scoring.appraisal.rows_to_decide import last_before
from scoring.base.numbers import format_number

# Steps of points between which kappa tells decisions apart.
KAPPA_STEP = 0.05
_TOLERANCE = 1e-9


def kappa_available() -> bool:
    """Say whether scikit-learn, of the extra ``agreement``, is installed."""
    return find_spec("sklearn") is not None


def agreement(decisions: pd.DataFrame) -> pd.DataFrame:
    """Compare each two appraisers on the items that both decided in the same round.

    Parameters
    ----------
    decisions : DataFrame
        Table ``Decisions``, those that stand.

    Returns
    -------
    DataFrame, one row per round and pair
        ``round, one, other, items, agree_percent`` (same points), ``mean_difference`` (one less
        other) and ``largest_difference`` in points, ``kappa``: Cohen's, weighted by the square of
        the distance in points, from scikit-learn. It is NaN without that library, and where both
        gave the same points to every item, which leaves it undefined.

    References
    ----------
    Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70(4), 213-220.

    Examples
    --------
    >>> rows = [{"round": "1", "unit_code": "A", "year": 2026, "period": "", "item_code": item,
    ...          "decided_by": who, "points": points}
    ...         for item, who, points in [("1", "An", 1.0), ("1", "Bình", 1.0),
    ...                                   ("2", "An", 0.5), ("2", "Bình", 0.0)]]
    >>> table = agreement(pd.DataFrame(rows))
    >>> table[["items", "agree_percent", "mean_difference"]].values.tolist()
    [[2.0, 50.0, 0.25]]
    """
    rows = []
    for round_, mine in decisions.groupby("round", sort=True):
        wide = _beside(mine)
        for one, other in combinations(wide.columns, 2):
            both = wide[[one, other]].dropna()
            if len(both):
                rows.append((round_, one, other, *_measures(both[one], both[other])))
    names = ["items", "agree_percent", "mean_difference", "largest_difference", "kappa"]
    return pd.DataFrame(rows, columns=["round", "one", "other", *names])


def _beside(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return the points of each appraiser beside each other, a row per item and round."""
    return decisions.pivot_table(
        index=DECISION_KEY, columns="decided_by", values="points", aggfunc="last"
    )


def _measures(one: pd.Series, other: pd.Series) -> tuple[float, ...]:
    gap = one - other
    agree = 100 * float((gap.abs() <= _TOLERANCE).mean())
    return len(gap), agree, float(gap.mean()), float(gap.abs().max()), weighted_kappa(one, other)


def weighted_kappa(one: Sequence[float] | pd.Series, other: Sequence[float] | pd.Series) -> float:
    """Return Cohen's kappa of two lists of points, weighted by squared distance."""
    if not kappa_available():
        return float("nan")
    from sklearn.metrics import cohen_kappa_score

    steps = [_steps(points) for points in (one, other)]
    low, high = min(map(min, steps)), max(map(max, steps))
    if low == high:
        return float("nan")
    # Every step between the ends is a category, or distances would count categories met.
    labels = list(range(low, high + 1))
    return float(cohen_kappa_score(*steps, labels=labels, weights="quadratic"))


def _steps(points: Sequence[float] | pd.Series) -> list[int]:
    values: npt.NDArray[np.float64] = np.asarray(points, dtype=float)
    return [int(step) for step in np.rint(values / KAPPA_STEP)]


def moderation_list(decisions: pd.DataFrame, lang: str = "vi") -> pd.DataFrame:
    """Return items that appraisers decided differently and nobody settled, the widest gap first.

    Returns
    -------
    DataFrame
        The columns that name an item and round, ``points_low``, ``points_high``, ``spread`` in
        points, and ``who``: each appraiser with the points given. A final decision settles an item,
        and of rounds the last one counts.
    """
    item = [name for name in DECISION_KEY if name != "round"]
    settled = pd.MultiIndex.from_frame(decisions[decisions["round"] == "final"][item])
    # What a later round decided has taken the place of what differed before.
    left = last_before(decisions, "final")
    left = left[~pd.MultiIndex.from_frame(left[item]).isin(settled)]
    given = left["points"].map(lambda points: format_number(points, lang=lang))
    # Of no rows, or of nobody's names, these would be columns of numbers.
    who = left["decided_by"].astype("str").fillna("")
    told = who.where(who == "", who + ": ") + given.astype("str")
    groups = left.assign(told=told).groupby(DECISION_KEY, sort=False)
    table = groups.agg(
        points_low=("points", "min"), points_high=("points", "max"), who=("told", "; ".join)
    ).reset_index()
    table["spread"] = table["points_high"] - table["points_low"]
    table = table[table["spread"] > _TOLERANCE]
    return table.sort_values("spread", ascending=False, kind="stable", ignore_index=True)

"""Which differences between estimates are real, told from their intervals alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.survey.student import student_quantile

HIGHER, LOWER, SAME, UNKNOWN = "higher", "lower", "same", "unknown"


def real_differences(
    one: pd.DataFrame,
    other: pd.DataFrame,
    *,
    comparisons: int = 1,
    differences: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Compare estimates row by row: how far apart they are, within which interval.

    The interval of the difference is put together from the two intervals, so it keeps their care
    near 100 percent, where a standard error alone would promise too much.

    Parameters
    ----------
    one, other : DataFrame
        Rows of the table ``Estimates``, as many of each; a single row of `other` stands for all.
    comparisons : int
        How many comparisons are looked at together. Intervals are widened so that among all of
        them a false difference is as rare as it would be in one (Bonferroni).
    differences : DataFrame, optional
        Table ``Differences``, which knows how the two vary together; what it holds is taken
        before what intervals tell.

    Returns
    -------
    DataFrame
        On the index of `one`: ``difference``, ``low`` and ``high`` in points of percent, and
        ``verdict``: ``higher``, ``lower``, ``same`` (not told apart) or ``unknown``, where either
        is hidden or the two are of different series.

    Notes
    -----
    The two are taken as independent. Units of one survey that share sampling units, a unit and the
    whole it is part of, and two factors judged by the same people vary together; for them the
    interval is too wide rather than too narrow, so fewer differences are called real.

    References
    ----------
    Zou, Donner (2008), Construction of confidence limits about effect measures, Statistics in
    Medicine 27: the method of variance estimates recovery. Newcombe (1998) for proportions.

    Examples
    --------
    >>> def rows(*figures):
    ...     names = ["estimate_percent", "low_percent", "high_percent"]
    ...     return pd.DataFrame(figures, columns=names).assign(series="a", confidence_percent=95.0)
    >>> now, before = rows((84.0, 82.0, 86.0), (84.0, 82.0, 86.0)), rows((80.0, 78.0, 82.0), (83.0, 81.0, 85.0))
    >>> real_differences(now, before)["verdict"].tolist()
    ['higher', 'same']
    """
    names = ["estimate_percent", "low_percent", "high_percent"]
    at, low, high = (one[name].to_numpy(float) for name in names)
    at_2, low_2, high_2 = (other[name].to_numpy(float) for name in names)
    wider = _widening(one, comparisons)
    difference = at - at_2
    below = difference - wider * np.hypot(at - low, high_2 - at_2)
    above = difference + wider * np.hypot(high - at, at_2 - low_2)
    is_known = np.isfinite(below) & np.isfinite(above)
    is_known &= one["series"].to_numpy(object) == other["series"].to_numpy(object)
    verdict = np.select([~is_known, below > 0, above < 0], [UNKNOWN, HIGHER, LOWER], SAME)
    parts = {"difference": difference, "low": below, "high": above}
    known = {name: np.where(is_known, part, np.nan) for name, part in parts.items()}
    told = pd.DataFrame(known | {"verdict": verdict}, index=one.index)
    if differences is None or differences.empty or not len(one):
        return told
    exact = _looked_up(one, other, differences).set_axis(one.index)
    return exact.where(exact["verdict"].notna(), told)


def _looked_up(one: pd.DataFrame, other: pd.DataFrame, differences: pd.DataFrame) -> pd.DataFrame:
    """Return what the table ``Differences`` says of each pair of rows; NaN where it has none."""
    names = {f"{name}_percent": name for name in ("difference", "low", "high")}
    table = differences.rename(columns=names)
    sign = np.sign(table["difference"])
    real = np.where(sign > 0, HIGHER, LOWER)
    words = table["verdict"].map({"real": "real", "not-shown": SAME}).fillna(UNKNOWN)
    table = table.assign(verdict=words.mask(words == "real", pd.Series(real, table.index)))
    sides = {"unit_code": "other_unit_code", "year": "other_year"}
    back = table.rename(columns=sides | {to: name for name, to in sides.items()}).assign(
        difference=-table["difference"], low=-table["high"], high=-table["low"],
        verdict=table["verdict"].replace({HIGHER: LOWER, LOWER: HIGHER}),
    )  # fmt: skip
    keys = ["unit_code", "year", "other_unit_code", "other_year", "measure", "code"]
    known = pd.concat([table, back], ignore_index=True).drop_duplicates(keys).set_index(keys)
    second = other.iloc[np.resize(np.arange(len(other)), len(one))]
    pairs = one[["unit_code", "year", "measure", "code"]].reset_index(drop=True).assign(
        **{to: second[name].to_numpy() for name, to in sides.items()}
    )  # fmt: skip
    return known.reindex(pd.MultiIndex.from_frame(pairs[keys]))[[*names.values(), "verdict"]]


def against_target(rows: pd.DataFrame, target: npt.ArrayLike) -> npt.NDArray[np.str_]:
    """Return for each row whether it is shown to reach its target, to miss it, or neither.

    Returns
    -------
    array of str
        ``higher`` where the whole interval lies at or above the target, ``lower`` where it lies
        below, ``same`` where the target lies within, ``unknown`` without a target or an estimate.
    """
    aim = np.asarray(target, float)
    low, high = rows["low_percent"].to_numpy(float), rows["high_percent"].to_numpy(float)
    is_known = np.isfinite(low) & np.isfinite(high) & np.isfinite(aim)
    return np.select([~is_known, low >= aim, high < aim], [UNKNOWN, HIGHER, LOWER], SAME)


def _widening(rows: pd.DataFrame, comparisons: int) -> npt.NDArray[np.float64]:
    """Return by how much the quantile of each interval grows for so many comparisons."""
    alpha = 1 - rows["confidence_percent"].to_numpy(float) / 100
    if comparisons <= 1:
        return np.ones_like(alpha)
    degrees = rows["degrees_of_freedom"].fillna(np.inf).to_numpy(float)
    return student_quantile(alpha / comparisons, degrees) / student_quantile(alpha, degrees)

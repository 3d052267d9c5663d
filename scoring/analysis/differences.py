"""Where two tracks differ, why, and how far one runs ahead of the other.

The kind of a difference is told from the data where they tell it: a survey item, a claim that is
not what the rule gives on the same figures, proof that is missing or late. What they cannot tell
is what the appraiser stated; what nobody stated stays empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.analysis.chances import binomial_tail
from scoring.base.units import KEY_COLUMNS, told_names
from scoring.base.values import INDEX_CODE, NOT_APPLICABLE, SCORED
from scoring.points import ScoreSheet
from scoring.points.decision_checks import TOLERANCE
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import table_of

# An item is called disputed everywhere from so many units on, with so small a chance of that many.
FEWEST_UNITS = 5
_SHARE, _CHANCE = 0.5, 0.05
_PROOF_KINDS = {
    "no-evidence": "missing-proof",
    "evidence-invalid": "missing-proof",
    "late": "late-proof",
}


def track_differences(
    sheet: ScoreSheet, before: str = "self", after: str = "final", lang: str = "vi"
) -> pd.DataFrame:
    """Return every item of every unit whose points differ between two tracks, with the kind.

    Parameters
    ----------
    sheet : ScoreSheet
        With both tracks (`ScoreSheet.tracks`).
    before, after : str
    lang : str
        Language of names.

    Returns
    -------
    DataFrame
        The table ``TrackDifferences``, units and items in the order of the sheet. Points lowered
        are negative where they were raised; more taken off as a penalty is lowered.

    Raises
    ------
    UsageError
        Where there are no points on one of the tracks.
    """
    lowered = _lowered(sheet, before, after)
    places, rows = np.nonzero((np.abs(np.nan_to_num(lowered)) > TOLERANCE).T)
    nodes, at = sheet.criteria.nodes, (rows, places)
    names = np.array([node.name(lang) for node in nodes], dtype=object)
    codes = np.array([node.code for node in nodes], dtype=object)
    kinds, told_by, reasons = _kinds(sheet, after, at)
    ends = [sheet.on_track(track).points[at] for track in (before, after)]
    keys = sheet.units[KEY_COLUMNS].iloc[places].reset_index(drop=True)
    table = keys.assign(
        item_code=codes[rows], item_name=names[rows], before=before, after=after,
        before_points=ends[0], after_points=ends[1], lowered_points=lowered[at],
        kind=kinds, told_by=told_by, reason=reasons,
    )  # fmt: skip
    return table_of(table, "TrackDifferences")


def _lowered(sheet: ScoreSheet, before: str, after: str) -> FloatArray:
    """Return how many points each item loses from one track to the other; NaN where one has none."""
    ends = [sheet.on_track(track) for track in (before, after)]
    is_both = sheet.is_leaf[:, None] & np.all([end.status[:-1] == SCORED for end in ends], axis=0)
    sign = np.array([-1.0 if node.kind == "penalty" else 1.0 for node in sheet.criteria.nodes])
    lost = sign[:, None] * (ends[0].points[:-1] - ends[1].points[:-1])
    return np.where(is_both, lost, np.nan)


def _kinds(
    sheet: ScoreSheet, after: str, at: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
) -> tuple[list[str], list[str], list[str]]:
    """Return the kind of each difference, how it is known, and the reason that was given."""
    origin = sheet.origin or sheet
    final, computed = sheet.on_track(after).points[at], origin.points[at]
    states = np.full(len(at[0]), "") if origin.proof is None else origin.proof[at]
    by_data = pd.Series(states).map(_PROOF_KINDS).fillna("").to_numpy(dtype=object)
    # With points that the proof supports no better, it is not the proof that was doubted.
    by_data[final > computed - TOLERANCE] = ""
    by_data[np.abs(final - computed) <= TOLERANCE] = "arithmetic"
    surveyed = np.array([node.assessed_by == "survey" for node in origin.criteria.nodes])
    by_data[surveyed[at[0]]] = "survey"
    stated, reasons = _stated(origin, after, at)
    # Whoever misread a rule gets other points than it on the same figures, as by a slip of the pen.
    is_misread = (by_data == "arithmetic") & (stated == "rule-misread")
    is_stated = (by_data == "") & (stated != "")
    kinds = np.where(is_misread | is_stated, stated, by_data)
    told = np.where(is_misread | is_stated, "appraiser", np.where(by_data != "", "data", ""))
    return kinds.tolist(), told.tolist(), reasons.tolist()


def _stated(
    sheet: ScoreSheet, after: str, at: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Return the kind and the reason that stand in the decision behind each item."""
    empty = np.full(len(at[0]), "", dtype=object)
    if sheet.decided is None or after not in sheet.decided.told:
        return empty, empty.copy()
    rows = sheet.decided.told[after][at]
    decisions = sheet.decided.decisions.iloc[np.maximum(rows, 0)]
    kinds, reasons = (
        np.where(rows >= 0, decisions[name].fillna("").to_numpy(dtype=object), "")
        for name in ("reason_kind", "reason")
    )
    return kinds.astype(object), reasons.astype(object)


def ahead(
    sheet: ScoreSheet, before: str = "self", after: str = "final", lang: str = "vi"
) -> pd.DataFrame:
    """Return how far one track runs ahead of another, by unit and then by item.

    Parameters
    ----------
    sheet, before, after, lang
        As for `track_differences`.

    Returns
    -------
    DataFrame
        The table ``Ahead``: a row per unit, with its index, then one per item, with the means over
        the units that have both. ``is_disputed``: at least `FEWEST_UNITS` units have both, half of
        them or more differ, and by the usual share of the other items so many would differ by
        chance in less than 5% of runs with as many items (Bonferroni).
    """
    lowered = _lowered(sheet, before, after)
    differs = np.abs(np.nan_to_num(lowered)) > TOLERANCE
    both = ~np.isnan(lowered)
    decided = (sheet.origin or sheet).decided
    answered = np.zeros_like(both) if decided is None else decided.answered
    ends = [sheet.on_track(track).points for track in (before, after)]
    told = {"lowered": lowered, "both": both, "differs": differs, "answered": answered}
    units = _counted(told, 0).assign(
        name=list(told_names(sheet.units).values()),
        code=INDEX_CODE, before_points=ends[0][-1], after_points=ends[1][-1],
        ahead_points=ends[0][-1] - ends[1][-1], is_disputed=False,
        **{name: sheet.units[name].to_numpy() for name in KEY_COLUMNS},
    )  # fmt: skip
    items = _items(sheet, told, ends, lang)
    table = pd.concat([units, items], ignore_index=True).assign(before=before, after=after)
    return table_of(table.astype({"year": "Int64"}), "Ahead")


def areas_ahead(
    sheet: ScoreSheet, before: str = "self", after: str = "final", lang: str = "vi", unit: int = 0
) -> pd.DataFrame:
    """Return the areas of the unit in column `unit` as rows of ``Ahead``, without the counts.

    More taken off as a penalty is lowered. Areas that do not apply are left out.
    """
    tops = [node for node in sheet.criteria.nodes if not node.parent]
    nodes = [node for node in tops if sheet.status[sheet.row(node.code), unit] != NOT_APPLICABLE]
    rows = [sheet.row(node.code) for node in nodes]
    sign = np.array([-1.0 if node.kind == "penalty" else 1.0 for node in nodes])
    ends = [sheet.on_track(track).points[rows, unit] for track in (before, after)]
    return pd.DataFrame(
        {
            "code": [node.code for node in nodes],
            "name": [f"{node.code} {node.name(lang)}" for node in nodes],
            "before": before,
            "after": after,
            "before_points": ends[0],
            "after_points": ends[1],
            "ahead_points": sign * (ends[0] - ends[1]),
        }
    )


def _items(
    sheet: ScoreSheet, told: dict[str, Any], ends: list[FloatArray], lang: str
) -> pd.DataFrame:
    rows = np.flatnonzero(sheet.is_leaf & told["both"].any(axis=1))
    own = {name: array[rows] for name, array in told.items()}
    nodes = [sheet.criteria.nodes[row] for row in rows]
    table = _counted(own, 1)
    means = [np.nanmean(np.where(own["both"], end[rows], np.nan), axis=1) for end in ends]
    table = table.assign(
        name=[node.name(lang) for node in nodes], code=[node.code for node in nodes],
        before_points=means[0], after_points=means[1],
        ahead_points=np.nanmean(own["lowered"], axis=1) if len(rows) else [],
        unit_code="", period="", year=np.nan,
    )  # fmt: skip
    chances = [chance_of_difference(row) for row in table.to_dict("records")]
    is_often = (table["differ_percent"] >= 100 * _SHARE) & (table["compared"] >= FEWEST_UNITS)
    return table.assign(is_disputed=is_often & (np.array(chances) < _CHANCE / max(len(table), 1)))


def _counted(told: dict[str, BoolArray | FloatArray], axis: int) -> pd.DataFrame:
    """Count what differs along an axis, beside the usual share among all the others."""
    both, differs = told["both"].sum(axis=axis), told["differs"].sum(axis=axis)
    is_higher = told["differs"].astype(bool) & (np.nan_to_num(told["lowered"]).astype(float) > 0)
    rest, of_rest = both.sum() - both, differs.sum() - differs
    with np.errstate(divide="ignore", invalid="ignore"):
        share, usual = 100 * differs / both, 100 * of_rest / rest
    higher = np.asarray(is_higher).sum(axis=axis)
    counts = {"compared": both, "higher": higher, "lower": differs - higher}
    shares = {"differ_percent": share, "usual_percent": usual}
    return pd.DataFrame({**counts, **shares, "answered": told["answered"].sum(axis=axis)})


def chance_of_difference(row: Mapping[Any, Any]) -> float:
    """Return how likely a row of ``Ahead`` differs so often, if it differs as often as is usual."""
    differing = int(row["higher"] + row["lower"])
    return binomial_tail(int(row["compared"]), differing, row["usual_percent"] / 100)

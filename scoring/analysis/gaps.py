"""The gap table: every item with points not earned, why, and how far it is from its target."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

from scoring.analysis.gap_steps import GapSteps
from scoring.analysis.targets import LEVEL_COLUMNS
from scoring.base.rounding import round_points
from scoring.base.units import KEY_COLUMNS
from scoring.base.values import (
    ADVICE_TERMS,
    CAUSES,
    GAP_KINDS,
    INVALID,
    NOT_ASSESSED,
    PROOF_VERDICTS,
)
from scoring.criteria import Node
from scoring.criteria.set_nodes import BEST_OF
from scoring.points import ScoreSheet
from scoring.points.proof import at_risk
from scoring.points.sampling import target_verdict
from scoring.points.tracks import APPRAISED
from scoring.rules.evaluate import FloatArray
from scoring.rules.kinds import RULE_KINDS
from scoring.tables import checked, taken, taken_packed

_Taking = Callable[[list[str], npt.NDArray[np.intp]], ExtensionArray]
# A smaller loss is the noise of a sum.
_NOTHING = 5e-7
_KIND = {kind: place for place, kind in enumerate(GAP_KINDS)}
_CAUSES = tuple(dict.fromkeys((*CAUSES, *PROOF_VERDICTS)))
_CAUSE = {cause: place for place, cause in enumerate(_CAUSES)}


class _Losses(NamedTuple):
    """Points of items of units: row of the item, place of the unit, points, kind and cause.

    Kinds and causes are places in `GAP_KINDS` and `_CAUSES`: millions of rows share a few texts.
    """

    rows: npt.NDArray[np.intp]
    places: npt.NDArray[np.intp]
    lost: FloatArray
    kinds: npt.NDArray[np.intp]
    causes: npt.NDArray[np.intp]


def gap_table(
    sheet: ScoreSheet,
    targets: pd.DataFrame | None = None,
    lang: str = "vi",
    *,
    on: dt.date | None = None,
    is_packed: bool = False,
) -> pd.DataFrame:
    """List where points are lost, largest loss first within each unit.

    Parameters
    ----------
    sheet : ScoreSheet
    targets : DataFrame, optional
        Accepted targets (see `scoring.analysis.targets.check_targets`).
    lang : str
        Language of names and next steps.
    on : date, optional
        The day the next steps are for. Without it nothing is past, and the table has no ``term``.
    is_packed : bool
        Give set, name and next step as categories, in half the room.

    Returns
    -------
    DataFrame
        The table ``Gaps``, units in the order of the sheet. ``kind`` says what the points of a row
        are: ``lost``; ``open``, the whole maximum of an item not assessed, whose ``points`` are
        NaN; or ``at-risk``, points earned without sufficient proof, with the state of the proof as
        cause. An item may have a row that is lost and one at risk. A bonus not earned is no gap; a
        penalty taken is one, with the cause ``deduction``. On a track of appraisers what an item lost
        against its computed points has the cause ``appraised-lower``; the rest keeps its own.

    Examples
    --------
    Where the points of two departments went, and on which items most:

    >>> import scoring
    >>> figures = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> gaps = gap_table(scoring.score(pd.read_csv(figures), "department-sample"), lang="en")
    >>> gaps.groupby("cause")["lost_points"].sum().round(2).to_dict()
    {'below-target': 12.52, 'deduction': 0.75, 'late': 2.75, 'survey-below-maximum': 2.11}
    >>> gaps.nlargest(2, "lost_points")[["item_code", "lost_points"]].round(2).values.tolist()
    [['8.2', 1.11], ['4.1.1', 1.0]]
    """
    if targets is not None:
        checked(targets, "Targets", by="gap_table")
    parts = zip(*_apart(_lost_by_rule(sheet), sheet), _without_proof(sheet), strict=True)
    losses = _Losses._make(np.concatenate(pair) for pair in parts)
    order = np.lexsort((-losses.lost, losses.places))
    ordered = _Losses._make(part[order] for part in losses)
    told = _table(sheet, ordered, lang, on, taken_packed if is_packed else taken)
    table = _with_targets(told, targets, sheet)
    if sheet.sampling is None:
        return table
    at = ordered.rows, ordered.places
    ends = {"sampling_low": sheet.sampling.low[at], "sampling_high": sheet.sampling.high[at]}
    return table.assign(**ends, verdict=_verdicts(table.assign(**ends), "item_code", sheet))


def _lost_by_rule(sheet: ScoreSheet) -> _Losses:
    """Return what the items lost by their rules, or leave open."""
    nodes, low, status = sheet.criteria.nodes, sheet.points_low[:-1], sheet.status[:-1]
    is_open = (status == NOT_ASSESSED) | (status == INVALID)
    is_penalty = np.array([node.kind == "penalty" for node in nodes])[:, None]
    lost = np.nan_to_num(np.where(is_penalty, low, sheet.maxima[:-1] - low))
    for parent in nodes:
        if not parent.is_item:
            _pass_down(lost, sheet, parent)
    counted = np.array([node.is_item and node.kind != "bonus" for node in nodes])
    rows, places = np.nonzero((lost > _NOTHING) & counted[:, None])
    waits = is_open[rows, places]
    return _Losses(
        rows,
        places,
        lost[rows, places],
        np.where(waits, _KIND["open"], _KIND["lost"]),
        np.where(waits, _CAUSE["not-assessed"], _causes(sheet)[rows, places]),
    )


def _apart(losses: _Losses, sheet: ScoreSheet) -> tuple[_Losses, _Losses]:
    """Part what appraisers took off from what the rules took; nothing on other tracks."""
    taken_off = np.zeros(len(losses.rows))
    if sheet.track in APPRAISED and sheet.origin is not None:
        at = losses.rows, losses.places
        now, before = sheet.points[at], sheet.origin.points[at]
        full = np.array([node.max_points for node in sheet.criteria.nodes])[losses.rows]
        is_penalty = np.array([node.kind == "penalty" for node in sheet.criteria.nodes])[
            losses.rows
        ]
        whole = np.where(is_penalty, now, full - now)
        by_rule = np.where(is_penalty, before, full - before)
        # Without figures the rule took nothing: all of it was decided.
        share = 1.0 - np.nan_to_num(by_rule) / np.maximum(whole, _NOTHING)
        taken_off = np.nan_to_num(losses.lost * np.clip(share, 0.0, 1.0))
        taken_off[losses.kinds == _KIND["open"]] = 0.0
    kept, off = losses.lost - taken_off > _NOTHING, taken_off > _NOTHING
    rest = losses._replace(lost=losses.lost - taken_off)
    lowered = np.full(len(taken_off), _CAUSE["appraised-lower"])
    moved = losses._replace(lost=taken_off, causes=lowered)
    return _Losses._make(part[kept] for part in rest), _Losses._make(part[off] for part in moved)


def _causes(sheet: ScoreSheet) -> npt.NDArray[np.intp]:
    """Return why each node loses points where it is scored, by node and unit."""
    shape = (len(sheet.criteria.nodes), len(sheet.units))
    causes = np.full(shape, _CAUSE["deduction"], dtype=np.intp)
    for row, node in enumerate(sheet.criteria.nodes):
        if node.kind != "penalty" and (kind := RULE_KINDS.get(node.rule)):
            causes[row] = _CAUSE[kind.cause]
        if node.spec:
            # What was never done is not late: there is no delay to make shorter.
            for entry in node.spec.with_role("done_on"):
                causes[row, np.isposinf(sheet.figures.values[node.code, entry.name])] = _CAUSE[
                    "not-done"
                ]
    return causes


def _pass_down(lost: FloatArray, sheet: ScoreSheet, parent: Node) -> None:
    """Let the nodes below a parent lose what it lost, so that items add up to their area.

    Of alternatives only the best counts; while all are open, the one with the highest maximum
    stands for them. What does not apply may leave its points to its siblings, which weigh more.
    """
    rows = [sheet.row(node.code) for node in sheet.criteria.children(parent.code)]
    points, maxima, own = sheet.points[rows], sheet.maxima[rows], lost[rows]
    if parent.rule == BEST_OF:
        # An open alternative ranks below every scored one, by its maximum among its like.
        rank = np.where(np.isnan(points), maxima - 1e6, points)
        best = np.where(maxima > 0, rank, -np.inf).argmax(axis=0)
        own, maxima = (
            np.where(np.arange(len(rows))[:, None] == best, x, 0.0) for x in (own, maxima)
        )
    whole, total = lost[sheet.row(parent.code)], own.sum(axis=0)
    is_near = np.abs(whole - total) <= _rounded_by(sheet, parent)
    if is_near.all():
        lost[rows] = own
        return
    # Where nothing below was lost, the maxima say who bears it.
    weight = np.where(total > _NOTHING, own, maxima)
    share = weight / np.maximum(weight.sum(axis=0), _NOTHING)
    lost[rows] = np.where(is_near, own, share * whole)


def _rounded_by(sheet: ScoreSheet, parent: Node) -> float:
    """Return how far what a parent lost may be from the sum below it by rounding alone."""
    meta = sheet.criteria.meta
    is_rounded = meta.rounding_stage == "area" and not parent.parent
    return 0.5001 * 10.0**-meta.decimals if is_rounded else _NOTHING


def _without_proof(sheet: ScoreSheet) -> _Losses:
    """Return what the items have earned without sufficient proof."""
    risk = at_risk(sheet)
    rows, places = np.nonzero((risk > _NOTHING) & sheet.is_leaf[:, None])
    states = [] if sheet.proof is None else sheet.proof[rows, places].tolist()
    causes = np.array([_CAUSE[state] for state in states], dtype=np.intp)
    kinds = np.full(len(rows), _KIND["at-risk"])
    return _Losses(rows, places, risk[rows, places], kinds, causes)


def _table(
    sheet: ScoreSheet, losses: _Losses, lang: str, on: dt.date | None, taken_long: _Taking
) -> pd.DataFrame:
    nodes, rows, places = sheet.criteria.nodes, losses.rows, losses.places
    areas = [sheet.criteria.area_of(node.code).code for node in nodes]
    texts, steps, terms = _steps(sheet, losses, lang, on)
    told = {} if on is None else {"term": taken(ADVICE_TERMS, terms)}
    return pd.DataFrame(
        {
            "unit_code": taken(sheet.units["unit_code"], places),
            "set_id": taken_long([sheet.criteria.set_id], np.zeros_like(rows)),
            "year": taken(sheet.units["year"], places),
            "period": taken(sheet.units["period"], places),
            "item_code": taken([node.code for node in nodes], rows),
            "area_code": taken(areas, rows),
            "item_name": taken_long([node.name(lang) for node in nodes], rows),
            "max_points": sheet.maxima[rows, places],
            "points": sheet.points[rows, places],
            "lost_points": losses.lost,
            "kind": taken(GAP_KINDS, losses.kinds),
            "cause": taken(_CAUSES, losses.causes),
            "target_points": np.nan,
            "gap_to_target_points": np.nan,
            "lead_unit": "",
            "due_on": pd.Series(pd.NaT, index=range(len(rows)), dtype="datetime64[us]"),
            "next_step": taken_long(texts, steps),
        }
        | told,
        copy=False,
    )


def _steps(
    sheet: ScoreSheet, losses: _Losses, lang: str, on: dt.date | None
) -> tuple[list[str], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return what to do in words, which of them each row is told, and when it can be done."""
    says, names = GapSteps(sheet, on, lang), np.array(_CAUSES)
    steps, terms = (np.zeros(len(losses.rows), dtype=np.intp) for _ in range(2))
    order = np.argsort(losses.rows, kind="stable")
    rows, start = np.unique(losses.rows[order], return_index=True)
    for row, at in zip(rows, np.split(order, start[1:]), strict=False):
        kinds, causes = losses.kinds[at], names[losses.causes[at]]
        steps[at], terms[at] = says.of_item(
            int(row), losses.places[at], losses.lost[at], causes, kinds == _KIND["at-risk"]
        )
    return says.texts, steps, terms


def _with_targets(
    gaps: pd.DataFrame, targets: pd.DataFrame | None, sheet: ScoreSheet
) -> pd.DataFrame:
    if targets is None or not len(targets):
        return gaps
    on = _told(targets)
    wanted = targets.set_index(on)["target_points"]
    keys = pd.MultiIndex.from_frame(gaps.rename(columns={"item_code": "code"})[on])
    target = pd.Series(wanted.reindex(keys).to_numpy(), index=gaps.index, dtype="float64")
    # What is open has earned nothing yet, and a penalty that is open may be taken in full.
    none_yet = np.where(_is_penalty(gaps["item_code"], sheet), gaps["max_points"], 0.0)
    reached = gaps["points"].where(gaps["points"].notna(), none_yet)
    gap = _gap(target, reached, gaps["item_code"], sheet)
    return gaps.assign(target_points=target, gap_to_target_points=gap)


def _gap(target: pd.Series, points: pd.Series, codes: pd.Series, sheet: ScoreSheet) -> pd.Series:
    """Return what points lack to a target; a penalty meets it where it takes off no more."""
    lack = target - points
    return lack.where(~_is_penalty(codes, sheet), -lack).clip(lower=0.0)


def _is_penalty(codes: pd.Series, sheet: ScoreSheet) -> pd.Series:
    return codes.isin([node.code for node in sheet.criteria.nodes if node.kind == "penalty"])


def _told(targets: pd.DataFrame) -> list[str]:
    """Return what the targets say of where they hold; accepted ones say all of it."""
    return [column for column in LEVEL_COLUMNS if column in targets]


def target_gaps(sheet: ScoreSheet, targets: pd.DataFrame) -> pd.DataFrame:
    """Compare every accepted target, of the index, an area or an item, with what is reached.

    Parameters
    ----------
    sheet : ScoreSheet
    targets : DataFrame
        Accepted targets, as `scoring.analysis.targets.check_targets` returns them.

    Returns
    -------
    DataFrame, one row per target and period of its unit
        ``unit_code, year, period, code, level, target_points, points, points_low, points_high,
        gap_to_target_points``, all in points; the gap is NaN while the node is open. With survey
        figures also ``sampling_low, sampling_high`` and ``verdict``: ``met``, ``missed``,
        ``not-shown-met``, ``not-shown-missed`` or ``open``.

    Examples
    --------
    How far a province is from its targets; what is not assessed yet has no gap but a range:

    >>> import scoring
    >>> folder = scoring.shipped_folder("evidence") / "phu-tho-2026"
    >>> criteria = scoring.open_set("service-quality-766")
    >>> figures, _ = scoring.read_long_table(folder / "inputs.csv", criteria)
    >>> sheet = scoring.score(figures[figures["item_code"] != "6"], criteria)
    >>> targets, _ = scoring.check_targets(scoring.read_targets(folder / "targets.csv")[0], sheet)
    >>> gaps = target_gaps(sheet, targets).set_index("code")
    >>> gaps.loc["5", ["points", "target_points", "gap_to_target_points"]].map("{:.2f}".format).tolist()
    ['11.43', '15.00', '3.57']
    >>> gaps.loc["6", ["points_low", "points_high", "gap_to_target_points"]].tolist()
    [0.0, 10.0, nan]
    """
    checked(targets, "Targets", by="target_gaps")
    figures = ["points", "points_low", "points_high"]
    if sheet.sampling is not None:
        figures += ["sampling_low", "sampling_high"]
    scores = sheet.scores[[*KEY_COLUMNS, "code", "level", *figures]]
    table = targets.merge(scores, on=_told(targets), how="left")
    table = table[[*KEY_COLUMNS, "code", "level", "target_points", *figures]]
    gap = _gap(table["target_points"], table["points"], table["code"], sheet)
    table = table.assign(gap_to_target_points=gap)
    if sheet.sampling is None:
        return table
    return table.assign(verdict=_verdicts(table, "code", sheet))


def _verdicts(table: pd.DataFrame, code_column: str, sheet: ScoreSheet) -> list[str]:
    """Return what points and their sampling intervals show of targets; empty without a target."""
    kinds = {node.code: node.kind for node in sheet.criteria.nodes}
    decimals = sheet.criteria.meta.decimals
    names = ("points", "sampling_low", "sampling_high")
    reached = table[list(names)].fillna(dict.fromkeys(names[1:], np.inf)).to_numpy(float)
    reached[:, 1:] = np.where(np.isinf(reached[:, 1:]), reached[:, :1], reached[:, 1:])
    by = round_points(reached - table[["target_points"]].to_numpy(float), decimals)
    verdicts = [
        # A penalty meets its target where it takes off no more.
        target_verdict(-now, -high, -low)
        if kinds.get(code) == "penalty"
        else target_verdict(now, low, high)
        for code, (now, low, high) in zip(table[code_column], by, strict=True)
    ]
    wanted = table["target_points"].notna()
    return [verdict if told else "" for verdict, told in zip(verdicts, wanted, strict=True)]

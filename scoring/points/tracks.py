"""The points of a unit on each track, from what it claims to what is decided for good.

``self``, ``computed`` and ``supported`` come from the ledger. Decisions make the others:

- ``appraised-1``: the first round; an item without a decision is open.
- ``explained``: after the unit's answer. What it answered is open again, between the first round
  and its claim; what it did not answer stays as appraised.
- ``appraised-2``: the second round; the first where the second says nothing.
- ``final``: the final decision, else the second round, else the first. Which one it is stands in
  ``Tracks``, and a finding counts them. An item that nobody decided is open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS, unit_rows
from scoring.base.values import INDEX_CODE, NOT_APPLICABLE, SCORED, TRACKS
from scoring.points.decision_checks import counted_decisions
from scoring.points.proof import looked_at
from scoring.points.sampling import sampled_on
from scoring.points.sheet import ScoreSheet
from scoring.points.sheet_parts import Decided
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import table_of, taken
from scoring.tables.places import MAX_FINDINGS_PER_KIND

IntArray = npt.NDArray[np.intp]
APPRAISED = ("appraised-1", "explained", "appraised-2", "final")
"""The tracks that decisions make."""


def with_decisions(
    sheet: ScoreSheet, decisions: pd.DataFrame, answers: pd.DataFrame | None = None
) -> tuple[ScoreSheet, list[Finding]]:
    """Add the tracks that appraisers' decisions make.

    Parameters
    ----------
    sheet : ScoreSheet
    decisions : DataFrame
        Table ``Decisions``; may be empty. See `counted_decisions` for which of them count.
    answers : DataFrame, optional
        What units answered to the first round: the key of the unit, ``item_code`` and
        ``response``, as ``Appraisals`` has them. An empty response is none.

    Returns
    -------
    ScoreSheet
        With `decided`; unchanged where no decision counts. Ask for a track with `on_track`.
    list of Finding
        What did not count, and from which rounds the final points come where not every item has a
        final decision (``final-from-rounds``; ``final-settled-earlier`` where none is open), and answers that nobody decided on
        (``answer-undecided``).

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> rows = [{"item_code": "2", "input": name, "value": 9} for name in ("on_time", "received")]
    >>> sheet = score(inputs_table(rows, unit_code="H1", year=2026), open_set("service-quality-766"))
    >>> lower = pd.DataFrame([{"round": "1", "unit_code": "H1", "year": 2026, "item_code": "2",
    ...                        "points": 18.0, "reason": "hai hồ sơ trễ"}])
    >>> decided, findings = with_decisions(sheet, lower)
    >>> decided.on_track("final").index_bounds().loc["H1"].tolist()
    [18.0, 98.0]
    """
    if not len(decisions):
        return sheet, []
    counted, findings = counted_decisions(sheet, decisions)
    if not len(counted):
        return sheet, findings
    told, answered = _told(sheet, counted), _answered(sheet, answers)
    first, second, last = told
    answered &= first >= 0
    after = np.where(second >= 0, second, first)
    final = np.where(last >= 0, last, after)
    made = {"appraised-1": first, "explained": first, "appraised-2": after, "final": final}
    is_there = {"explained": answered.any(), "appraised-2": (second >= 0).any(),
                "appraised-1": (first >= 0).any(), "final": True}  # fmt: skip
    made = {track: cells for track, cells in made.items() if is_there[track]}
    sheets = {
        track: _on_track(sheet, counted, track, cells, answered) for track, cells in made.items()
    }
    findings += _stands(sheet, told, final)
    findings += _left_open(sheet, answered & (second < 0) & (last < 0))
    return replace(sheet, decided=Decided(counted, sheets, made, answered)), findings


def _told(sheet: ScoreSheet, counted: pd.DataFrame) -> tuple[IntArray, IntArray, IntArray]:
    """Return the row of the decision on each item in each round, -1 where there is none."""
    cells = np.full((3, len(sheet.criteria.nodes), len(sheet.units)), -1, dtype=np.intp)
    rounds = counted["round"].map({"1": 0, "2": 1, "final": 2}).to_numpy(np.intp)
    cells[rounds, counted["row"], counted["place"]] = np.arange(len(counted))
    return cells[0], cells[1], cells[2]


def _answered(sheet: ScoreSheet, answers: pd.DataFrame | None) -> BoolArray:
    answered = np.zeros((len(sheet.criteria.nodes), len(sheet.units)), dtype=bool)
    if answers is None or not len(answers):
        return answered
    said = answers[answers["response"].fillna("").str.strip() != ""]
    rows, places = sheet.leaf_rows(said["item_code"]), unit_rows(said, sheet.units)
    is_known = (rows >= 0) & (places >= 0)
    answered[rows[is_known], places[is_known]] = True
    return answered


def _on_track(
    sheet: ScoreSheet, counted: pd.DataFrame, track: str, cells: IntArray, answered: BoolArray
) -> ScoreSheet:
    points = np.append(counted["points"].to_numpy(float), np.nan)[cells]
    # What has figures gets a decision in the end: until then it may still be the better alternative.
    waits, ends = sheet.status[:-1] == SCORED, None
    if track == "explained":
        ends = _between(sheet, points, answered)
        points = np.where(answered, np.nan, points)
    made = sheet.with_points(points, track, ends, waits)
    return made if sheet.sampling is None else replace(made, sampling=sampled_on(made, sheet))


def _between(
    sheet: ScoreSheet, appraised: FloatArray, answered: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Return the ends of answered items: what was appraised and what is claimed, else computed."""
    held = sheet.points[:-1]
    if sheet.claimed is not None:
        held = np.where(np.isnan(sheet.claimed[:-1]), held, sheet.claimed[:-1])
    held = np.where(np.isnan(held), appraised, held)
    is_penalty = np.array([node.kind == "penalty" for node in sheet.criteria.nodes])[:, None]
    least, most = np.minimum(appraised, held), np.maximum(appraised, held)
    low, high = np.where(is_penalty, most, least), np.where(is_penalty, least, most)
    return np.where(answered, low, np.nan), np.where(answered, high, np.nan)


def _stands(sheet: ScoreSheet, told: tuple[IntArray, ...], final: IntArray) -> list[Finding]:
    """Say from which rounds the final points come, where not every item has a final decision."""
    first, second, last = told
    wanted = sheet.is_leaf[:, None] & (sheet.status[:-1] != NOT_APPLICABLE)
    counts = {
        "final": last >= 0,
        "second": (last < 0) & (second >= 0),
        "first": (last < 0) & (second < 0) & (first >= 0),
        "undecided": final < 0,
    }
    values = {name: int((cells & wanted).sum()) for name, cells in counts.items()}
    if values["final"] == wanted.sum():
        return []
    if not values["undecided"]:
        values.pop("undecided")
        return [Finding("final-settled-earlier", values=values)]
    units = int(((final < 0) & wanted).any(axis=0).sum())
    return [Finding("final-from-rounds", values={**values, "units": units})]


def _left_open(sheet: ScoreSheet, cells: BoolArray) -> list[Finding]:
    rows, places = np.nonzero(cells)
    return [
        Finding("answer-undecided", values={}, **sheet.figures.place_of(int(place))).at(
            item_code=sheet.criteria.nodes[row].code
        )
        for row, place in zip(rows[:MAX_FINDINGS_PER_KIND], places, strict=False)
    ]


def tracks_table(sheet: ScoreSheet) -> pd.DataFrame:
    """Return the points of every node on every track that has any, side by side.

    Parameters
    ----------
    sheet : ScoreSheet
        On any track.

    Returns
    -------
    DataFrame
        The table ``Tracks``: units and nodes in the order of the sheet, the index last, the tracks
        of each together. A track that says nothing of a unit is left out for it. Who decided, when
        and why stand at items; ``round`` is the round that the points come from.
    """
    return next(tracks_tables(sheet, max(len(sheet.units), 1)))


def index_tracks(sheet: ScoreSheet) -> pd.DataFrame:
    """Return the rows of `tracks_table` that tell the index; those of all nodes are not made."""
    return next(tracks_tables(sheet, max(len(sheet.units), 1), [len(sheet.criteria.nodes)]))


def tracks_tables(
    sheet: ScoreSheet, size: int, rows: Sequence[int] | None = None
) -> Iterator[pd.DataFrame]:
    """Yield the rows of `tracks_table` of `size` units at a time: of thousands there are millions.

    `rows` are the nodes to tell of, all by default; the one after the last node is the index.
    """
    origin = sheet.origin or sheet
    known = [TRACKS.index(track) for track in origin.tracks]
    sheets = [origin.on_track(TRACKS[at]) for at in known]
    has_data = np.array([units_on(origin, TRACKS[at]) for at in known]).T
    codes = [*(node.code for node in origin.criteria.nodes), INDEX_CODE]
    told = np.arange(len(codes)) if rows is None else np.array(rows, np.intp)
    for start in range(0, max(len(origin.units), 1), size):
        has = has_data[start : start + size, None, :]
        shape = (len(has), len(told), len(known))
        units, nodes, columns = np.nonzero(np.broadcast_to(has, shape))
        units, nodes = units + start, told[nodes]
        table: dict[str, Any] = {name: taken(origin.units[name], units) for name in KEY_COLUMNS}
        table |= {"code": taken(codes, nodes), "track": taken(TRACKS, np.array(known)[columns])}
        for name in ("points", "points_low", "points_high"):
            arrays = np.array([getattr(one, name)[:, start : start + size] for one in sheets])
            table[name] = arrays[columns, nodes, units - start]
        table |= _who(origin, columns, nodes, units, known)
        yield table_of(pd.DataFrame(table), "Tracks")


def units_on(sheet: ScoreSheet, track: str) -> BoolArray:
    """Say which units have anything on a track."""
    if track == "self" and sheet.claimed is not None:
        is_claim = ~np.isnan(sheet.claimed[:-1]) & (sheet.status[:-1] != NOT_APPLICABLE)
        return np.asarray((is_claim & sheet.is_leaf[:, None]).any(axis=0))
    if track == "supported":
        return looked_at(sheet)
    if track not in APPRAISED or sheet.decided is None:
        return np.ones(len(sheet.units), dtype=bool)
    return np.asarray((sheet.decided.told[track] >= 0).any(axis=0))


def _who(
    sheet: ScoreSheet, columns: IntArray, nodes: IntArray, units: IntArray, known: list[int]
) -> dict[str, Any]:
    """Return who decided, when, why and in which round, empty where no decision stands behind it."""
    blank = {"decided_by": "", "decided_on": pd.NaT, "reason": "", "reason_kind": "", "round": ""}
    if sheet.decided is None:
        return dict(blank)
    at = np.full(len(units), -1, np.intp)
    for place, track in enumerate(known):
        cells = sheet.decided.told.get(TRACKS[track])
        if cells is not None:
            # The last row of a unit is the index, which nobody decides on.
            own = (columns == place) & (nodes < len(cells))
            at[own] = cells[nodes[own], units[own]]
    decisions = sheet.decided.decisions
    rows = decisions.reindex(columns=list(blank)).iloc[np.maximum(at, 0)].reset_index(drop=True)
    return {name: rows[name].where(at >= 0, value).to_numpy() for name, value in blank.items()}

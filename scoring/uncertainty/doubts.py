"""What is in doubt of each item of each unit: what it may come to, and how likely, where that is known.

A source of doubt is what moves on its own: an item, or the items that one survey or one document
moves together. Its outcomes carry three chances: `chance`, the best estimate (NaN where there is
none), `worst` and `best`, the least and the most favourable that are credible. Where nobody knows a
chance the whole weight lies on one end in `worst` and on the other in `best`, so that what follows
is a band and never a made-up number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.text import first_few
from scoring.base.units import KEY_COLUMNS, unit_rows
from scoring.base.values import INVALID, NOT_APPLICABLE, NOT_ASSESSED
from scoring.points import ScoreSheet
from scoring.points.proof import at_risk
from scoring.points.rollup import roll_up
from scoring.points.sheet import COMPUTED
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import checked, table_of
from scoring.uncertainty.acceptance import Acceptance, acceptance
from scoring.uncertainty.known_items import as_known, idle
from scoring.uncertainty.survey_outcomes import survey_outcomes
from scoring.uncertainty.tied_items import document_keys

IntArray = npt.NDArray[np.intp]
COLUMNS = ["place", "row", "kind", "key", "turn", "points", "chance", "worst", "best", "cases"]
_SAME, _DIFFERS = 1e-9, 5.000001e-3  # Differences below what a typed claim shows are none.


@dataclass(frozen=True)
class Doubts:
    """All sources of doubt of the units of a sheet, and what each may come to.

    Attributes
    ----------
    sheet : ScoreSheet
    leaves : float array, shape (n_nodes, n_units)
        Points of the items as far as they are known: decided, else computed; NaN where open.
    sources : DataFrame
        One row per source: ``place`` (column of the unit), ``kind``, ``key``, ``item_codes``,
        ``cases`` (how many earlier claims its chance rests on; 0: none) and ``is_known``.
    source : int array, shape (n_outcomes,)
        Row in `sources` of each outcome, in order.
    chance, worst, best : float array, shape (n_outcomes,)
    outcome, row : int array, shape (n_effects,)
        Each effect gives the item in `row` its `points` when `outcome` comes true.
    points : float array, shape (n_effects,)

    Examples
    --------
    >>> from scoring.points import inputs_table, score
    >>> rows = [{"item_code": "2", "input": name, "value": 9} for name in ("on_time", "received")]
    >>> sheet = score(inputs_table(rows, unit_code="H1", year=2026), "service-quality-766")
    >>> doubts, _ = doubts_of(sheet)
    >>> doubts.sources["item_codes"].tolist()[:3], doubts.chance[:2].tolist()
    (['1.1', '1.2', '1.3'], [nan, nan])
    """

    sheet: ScoreSheet
    leaves: FloatArray = field(repr=False)
    sources: pd.DataFrame = field(repr=False)
    source: IntArray = field(repr=False)
    chance: FloatArray = field(repr=False)
    worst: FloatArray = field(repr=False)
    best: FloatArray = field(repr=False)
    outcome: IntArray = field(repr=False)
    row: IntArray = field(repr=False)
    points: FloatArray = field(repr=False)

    @classmethod
    def of(cls, sheet: ScoreSheet, leaves: FloatArray, table: pd.DataFrame) -> Doubts:
        """Put the outcomes of `table`, with the columns `COLUMNS`, into arrays.

        Parameters
        ----------
        table : DataFrame
            A row per source (``place, key``), outcome (``turn``) and item (``row``).
        """
        whole = {"place": np.intp, "row": np.intp, "turn": np.intp}
        own = ["place", "kind", "key"]
        table = table[COLUMNS].astype(whole).sort_values([*own, "turn", "row"], kind="stable")
        numbers = table.groupby(own, sort=False).ngroup().to_numpy()
        outcome = np.asarray(table.groupby([*own, "turn"], sort=False).ngroup(), dtype=np.intp)
        first = ~table.duplicated([*own, "turn"]).to_numpy()
        heads, each = table[first], numbers[first]
        codes = np.array([node.code for node in sheet.criteria.nodes], dtype=object)
        known = table.assign(code=codes[table["row"]], source=numbers).groupby("source")
        sources = known.agg(
            place=("place", "first"), kind=("kind", "first"), key=("key", "first"),
            cases=("cases", "first"), item_codes=("code", lambda texts: "; ".join(dict.fromkeys(texts))),
            is_known=("chance", lambda shares: bool(shares.notna().all())),
        )  # fmt: skip
        chance, worst, best = (heads[name].to_numpy(float) for name in ("chance", "worst", "best"))
        effects = (outcome, table["row"].to_numpy(np.intp), table["points"].to_numpy(float))
        sources = sources.reset_index(drop=True)
        return cls(sheet, leaves, sources, each, chance, worst, best, *effects)

    @property
    def place(self) -> IntArray:
        """The column of the unit of each outcome."""
        return self.sources["place"].to_numpy(np.intp)[self.source]

    @property
    def score(self) -> FloatArray:
        """How favourable each outcome is: the points of its items, those of penalties less."""
        is_penalty = np.array([node.kind == "penalty" for node in self.sheet.criteria.nodes])
        signed = np.where(is_penalty[self.row], -self.points, self.points)
        return np.bincount(self.outcome, signed, minlength=len(self.source)).astype(np.float64)

    def at_end(self, *, best: bool) -> FloatArray:
        """Return the points of the items with everything in doubt at its worst or its best."""
        is_penalty = np.array([node.kind == "penalty" for node in self.sheet.criteria.nodes])
        leaves, at = self.leaves.copy(), (self.row, self.place[self.outcome])
        for rises in (True, False):
            mine = is_penalty[self.row] != rises
            cells, moved = (at[0][mine], at[1][mine]), self.points[mine]
            leaves[cells] = -np.inf if best == rises else np.inf
            (np.maximum if best == rises else np.minimum).at(leaves, cells, moved)
        return leaves

    def table(self) -> pd.DataFrame:
        """Return the table ``ItemDoubts``: what each item may come to, surveys by their ends."""
        sources = self.source[self.outcome]
        units = self.sheet.units.iloc[self.place[self.outcome]].reset_index(drop=True)
        codes = np.array([node.code for node in self.sheet.criteria.nodes], dtype=object)
        raw = units[KEY_COLUMNS].assign(
            item_code=codes[self.row], kind=self.sources["kind"].to_numpy()[sources],
            source=self.sources["key"].to_numpy()[sources], points=self.points,
            chance_percent=100 * self.chance[self.outcome], chance_low_percent=100 * self.worst[self.outcome],
            chance_high_percent=100 * self.best[self.outcome], cases=self.sources["cases"].to_numpy()[sources],
        )  # fmt: skip
        # The chances of outcomes of equal points belong together.
        keys = [*KEY_COLUMNS, "item_code", "kind", "source", "points", "cases"]
        merged = raw.groupby(keys, sort=False, dropna=False).sum(min_count=1).reset_index()
        ends = ["chance_low_percent", "chance_high_percent"]
        merged[ends] = np.sort(merged[ends].to_numpy(), axis=1)
        merged[ends] = merged[ends].where(merged["chance_percent"].notna())
        return table_of(merged, "ItemDoubts")


def doubts_of(
    sheet: ScoreSheet,
    *,
    history: pd.DataFrame | None = None,
    given: pd.DataFrame | None = None,
    tasks: pd.DataFrame | None = None,
    links: pd.DataFrame | None = None,
    confidence_percent: float = 95.0,
) -> tuple[Doubts, list[Finding]]:
    """Collect what is in doubt of the items of a sheet.

    Parameters
    ----------
    sheet : ScoreSheet
        On the track ``computed``, with proof, sampling and decisions where there are any.
    history : DataFrame, optional
        Table ``Tracks`` of earlier years, from which chances of acceptance are estimated.
    given : DataFrame, optional
        What else an item may come to, such as open tasks of the plan: the key of the unit,
        ``item_code``, ``points`` and ``chance`` (0 to 1; NaN: nobody knows). It takes the place of
        any other doubt of the item.
    tasks : DataFrame, optional
        What open tasks of a plan may bring, from `task_outcomes`; after `given`, before the rest,
        and never of items that are settled.
    links : DataFrame, optional
        Table ``Links``: unproven items of one document are accepted or rejected together.
    confidence_percent : float
        Of the interval of a chance of acceptance.

    Returns
    -------
    Doubts
    list of Finding
        See `acceptance`; ``uncertainty-peers-held`` where a doubtful item is measured by peers,
        whose best value is held as it stands; ``uncertainty-given-twice``.

    Raises
    ------
    UsageError
        For another track; TableError for a given chance outside 0 to 1.

    Examples
    --------
    >>> from scoring.points import inputs_table, score
    >>> rows = [{"item_code": "2", "input": name, "value": 9} for name in ("on_time", "received")]
    >>> doubts, _ = doubts_of(score(inputs_table(rows, unit_code="H1", year=2026), "service-quality-766"))
    >>> doubts.sources["kind"].unique().tolist(), int(doubts.sources["is_known"].sum())
    (['open'], 0)
    """
    if sheet.track != COMPUTED:
        raise UsageError("doubts_of needs the sheet as computed; decisions are taken from it")
    leaves, is_settled = as_known(sheet)
    proofs, findings = acceptance(sheet, history, confidence_percent=confidence_percent)
    upheld, _ = acceptance(sheet, history, of_disputes=True, confidence_percent=confidence_percent)
    surveys = survey_outcomes(sheet, ~is_settled)
    proof = _of_proof(sheet, ~is_settled, proofs, document_keys(sheet, links))
    parts = [
        _given(sheet, leaves, given),
        _unsettled(tasks, is_settled),
        _of_disputes(sheet, upheld),
        _of_open(sheet, leaves, is_settled),
        *_proven_surveys(surveys, proof, sheet),
    ]
    table, seen = parts[0], set(map(tuple, parts[0][["place", "row"]].to_numpy()))
    for part in parts[1:]:
        cells = list(zip(part["place"], part["row"], strict=True))
        table = pd.concat([table, part[[cell not in seen for cell in cells]]], ignore_index=True)
        seen |= set(cells)
    doubts = Doubts.of(sheet, leaves, table)
    findings += _given_twice(given)
    moved = {sheet.criteria.nodes[row].code for row in np.unique(doubts.row)}
    if both := [c for c, rule in sheet.criteria.rules.items() if rule.peer_inputs and c in moved]:
        findings.append(Finding("uncertainty-peers-held", values={"items": both}))
    return doubts, findings


def no_outcomes() -> pd.DataFrame:
    texts = ("kind", "key")
    return pd.DataFrame(
        {name: pd.Series(dtype=object if name in texts else float) for name in COLUMNS}
    )


def two_outcomes(
    rows: IntArray, places: IntArray, kind: str, keys: npt.NDArray[np.object_] | list[str],
    ends: tuple[FloatArray, FloatArray], accepted: Mapping[str, FloatArray | IntArray] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return two outcomes a cell, the less favourable first; without `accepted` no chance is known."""
    count, nothing = len(rows), np.full(len(rows), np.nan)
    accepted = accepted or {"share": nothing, "low": nothing, "high": nothing, "cases": nothing * 0}
    is_known = ~np.isnan(accepted["share"])
    low = np.where(is_known, accepted["low"], 0.0)
    high = np.where(is_known, accepted["high"], 1.0)
    both = [
        pd.DataFrame({
            "place": places, "row": rows, "kind": kind, "key": keys, "turn": turn, "points": ends[turn],
            "chance": share, "worst": worst, "best": best, "cases": np.nan_to_num(accepted["cases"]),
        })
        for turn, share, worst, best in (
            (0, 1 - accepted["share"], 1 - low, 1 - high), (1, accepted["share"], low, high),
        )
    ]  # fmt: skip
    return pd.concat(both, ignore_index=True) if count else no_outcomes()


def _keys(sheet: ScoreSheet, rows: IntArray) -> list[str]:
    return [sheet.criteria.nodes[row].code for row in rows]


def _by_unit(known: Acceptance, places: IntArray) -> dict[str, FloatArray | IntArray]:
    names = ("share", "low", "high", "cases")
    return {name: getattr(known, name)[places] for name in names}


def _of_open(sheet: ScoreSheet, leaves: FloatArray, is_settled: BoolArray) -> pd.DataFrame:
    """Return items that nobody knows yet: from nothing to full, without any chance."""
    is_open = np.isin(sheet.status[:-1], (NOT_ASSESSED, INVALID)) & ~is_settled
    is_open &= sheet.is_leaf[:, None] & np.isnan(leaves) & ~idle(sheet)
    rows, places = np.nonzero(is_open)
    most = np.array([node.max_points for node in sheet.criteria.nodes])[rows]
    penal = np.array([node.kind == "penalty" for node in sheet.criteria.nodes])[rows]
    ends = np.where(penal, most, 0.0), np.where(penal, 0.0, most)
    return two_outcomes(rows, places, "open", _keys(sheet, rows), ends)


def _of_proof(
    sheet: ScoreSheet, is_free: BoolArray, known: Acceptance, keys: Mapping[tuple[int, int], str]
) -> pd.DataFrame:
    """Return items whose proof does not support all their points: rejected or accepted."""
    rows, places = np.nonzero((at_risk(sheet) > _SAME) & is_free & sheet.is_leaf[:, None])
    if sheet.supported is None or not len(rows):
        return no_outcomes()
    ends = sheet.supported[rows, places], sheet.points[rows, places]
    cells = zip(rows.tolist(), places.tolist(), strict=True)
    named = [keys.get(cell, code) for cell, code in zip(cells, _keys(sheet, rows), strict=True)]
    return two_outcomes(rows, places, "proof", named, ends, _by_unit(known, places))


def _of_disputes(sheet: ScoreSheet, known: Acceptance) -> pd.DataFrame:
    """Return items that the first round appraised otherwise than claimed, and nobody settled since."""
    if sheet.decided is None or "appraised-1" not in sheet.decided.told:
        return no_outcomes()
    decided = sheet.decided
    first = decided.sheets["appraised-1"].points[:-1]
    claim = sheet.points[:-1] if sheet.claimed is None else sheet.claimed[:-1]
    claim = np.where(np.isnan(claim), sheet.points[:-1], claim)
    told = decided.told["appraised-1"] >= 0
    settled = decided.told["final"] != decided.told["appraised-1"]
    rows, places = np.nonzero(told & ~settled & (np.abs(claim - first) > _DIFFERS))
    ends = first[rows, places], claim[rows, places]
    penal = np.array([node.kind == "penalty" for node in sheet.criteria.nodes])[rows]
    # The claim is the more favourable end; the other way round an appraiser gave more.
    swap = (ends[1] < ends[0]) != penal
    accepted = {
        name: np.where(swap, np.nan, array) if name != "cases" else array
        for name, array in _by_unit(known, places).items()
    }
    pair = np.where(swap, ends[1], ends[0]), np.where(swap, ends[0], ends[1])
    return two_outcomes(rows, places, "dispute", _keys(sheet, rows), pair, accepted)


def _given(sheet: ScoreSheet, leaves: FloatArray, given: pd.DataFrame | None) -> pd.DataFrame:
    if given is None or not len(given):
        return no_outcomes()
    table = checked(given, "GivenDoubts", by="doubts_of")
    rows, places = sheet.leaf_rows(table["item_code"]), unit_rows(table, sheet.units)
    is_used = (rows >= 0) & (places >= 0)
    is_used[is_used] &= sheet.status[rows[is_used], places[is_used]] != NOT_APPLICABLE
    table, rows, places = table[is_used], rows[is_used], places[is_used]
    now, then = np.nan_to_num(leaves[rows, places]), table["points"].to_numpy(float)
    falls = (then < now) != np.array([node.kind == "penalty" for node in sheet.criteria.nodes])[
        rows
    ]
    share = table["chance"].to_numpy(float)
    share = np.where(falls, 1 - share, share)
    chances = {"share": share, "low": share, "high": share, "cases": np.zeros(len(rows))}
    ends = np.where(falls, then, now), np.where(falls, now, then)
    kinds = two_outcomes(rows, places, "task", _keys(sheet, rows), ends, chances)
    return kinds.drop_duplicates(["place", "row", "turn"])


def _unsettled(tasks: pd.DataFrame | None, is_settled: BoolArray) -> pd.DataFrame:
    if tasks is None or not len(tasks):
        return no_outcomes()
    return tasks[~is_settled[tasks["row"].to_numpy(np.intp), tasks["place"].to_numpy(np.intp)]]


def _given_twice(given: pd.DataFrame | None) -> list[Finding]:
    """Return the items of which `given` tells more than one thing: only the first counts."""
    if given is None or not len(given):
        return []
    keys = [name for name in (*KEY_COLUMNS, "item_code") if name in given]
    codes = given.loc[given.duplicated(keys), "item_code"].astype(str)
    values = {"items": first_few(list(dict.fromkeys(codes))), "count": len(codes)}
    return [Finding("uncertainty-given-twice", values=values)] if len(codes) else []


def _proven_surveys(
    surveys: pd.DataFrame, proof: pd.DataFrame, sheet: ScoreSheet
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join the proof of survey items to their survey: accepted as it is, or rejected as a whole."""
    cells = ["place", "row"]
    if not len(surveys) or not len(proof):
        return surveys, proof
    shared = pd.MultiIndex.from_frame(proof[cells]).isin(pd.MultiIndex.from_frame(surveys[cells]))
    mine, rest = proof[shared], proof[~shared]
    if not len(mine):
        return surveys, proof
    assert sheet.supported is not None
    touched = surveys[["place", "key"]].merge(
        surveys.merge(mine[cells].drop_duplicates(), on=cells)[["place", "key"]].drop_duplicates(),
        how="left", indicator=True,
    )["_merge"].eq("both").to_numpy()  # fmt: skip
    alone, both = surveys[~touched], surveys[touched].reset_index(drop=True)
    turns = mine.drop_duplicates(["place", "turn"])[
        ["place", "turn", "chance", "worst", "best", "cases"]
    ]
    crossed = both.merge(turns, on="place", suffixes=("", "_proof"))
    at = crossed["row"].to_numpy(np.intp), crossed["place"].to_numpy(np.intp)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(sheet.supported[at] / sheet.points[at], nan=1.0)
    is_rejected = crossed["turn_proof"].eq(0) & pd.MultiIndex.from_frame(crossed[cells]).isin(
        pd.MultiIndex.from_frame(mine[cells])
    )
    crossed["points"] = np.where(is_rejected, crossed["points"] * share, crossed["points"])
    for name in ("chance", "worst", "best"):
        crossed[name] *= crossed[f"{name}_proof"]
    crossed["turn"] = 2 * crossed["turn"] + crossed["turn_proof"]
    crossed["cases"] = crossed["cases_proof"]
    return pd.concat([alone, crossed[COLUMNS]], ignore_index=True), rest


def end_points(doubts: Doubts, *, best: bool) -> FloatArray:
    """Return the points of all nodes and the index with everything at its worst or best."""
    sheet = doubts.sheet
    leaves = np.append(doubts.at_end(best=best), np.full((1, len(sheet.units)), np.nan), axis=0)
    return roll_up(sheet.criteria, leaves, sheet.status == NOT_APPLICABLE).points

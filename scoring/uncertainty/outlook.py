"""What doubts come to: intervals of the index, areas and ranks, chances of grades and of each peer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.displayed import Displayed
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.text import first_few
from scoring.base.units import KEY_COLUMNS
from scoring.base.values import INDEX_CODE
from scoring.points.grading import compared_points
from scoring.points.places import RANKED_WITHIN
from scoring.points.rank_sets import rank_sets
from scoring.rules.evaluate import FloatArray
from scoring.tables import empty, table_of
from scoring.uncertainty.doubts import Doubts
from scoring.uncertainty.drivers import drivers
from scoring.uncertainty.grade_chances import grade_chances
from scoring.uncertainty.index_chances import Chances, Moves, cut, moves_of
from scoring.uncertainty.mixed_chances import compared_chances, drawn_totals, total_chances
from scoring.uncertainty.rank_chances import beating, rank_chances
from scoring.uncertainty.simulated import DRAWS, SEED

MOST_COMPARED = 300
"""Every unit of a block is compared with every other; beyond this only indices are told."""
_SEEN = 5e-5
_NONE = 1e-9


@dataclass(frozen=True)
class Outlook(Displayed):
    """What is known of units while some of their items are in doubt.

    Attributes
    ----------
    doubts : Doubts
    confidence_percent : float
    index : DataFrame
        Table ``IndexIntervals``: areas and index of each unit.
    ranks, rank_chances, grades, pairs, drivers : DataFrame
        Tables ``RankIntervals``, ``RankChances``, ``GradeChances``, ``PairChances``, ``IndexDrivers``.
    spread : tuple of (int array, Chances)
        Of each block the columns of its units and the distributions of their indices.
    findings : tuple of Finding
    seed, draws : int
        Of what had to be simulated.

    Examples
    --------
    >>> from scoring.points import inputs_table, score
    >>> from scoring.uncertainty import doubts_of
    >>> rows = [{"item_code": "2", "input": name, "value": 9} for name in ("on_time", "received")]
    >>> sheet = score(inputs_table(rows, unit_code="H1", year=2026), "service-quality-766")
    >>> made = outlook(doubts_of(sheet)[0])
    >>> made.ranks[["unit_code", "rank_first", "rank_last"]].values.tolist()
    [['H1', 1, 1]]
    >>> made.drivers[["item_codes", "up_points"]].values.tolist()[:2]
    [['3', 6.0], ['6', 5.0]]
    """

    doubts: Doubts = field(repr=False)
    confidence_percent: float
    index: pd.DataFrame = field(repr=False)
    ranks: pd.DataFrame = field(repr=False)
    rank_chances: pd.DataFrame = field(repr=False)
    grades: pd.DataFrame = field(repr=False)
    pairs: pd.DataFrame = field(repr=False)
    drivers: pd.DataFrame = field(repr=False)
    spread: tuple[tuple[npt.NDArray[np.intp], Chances], ...] = field(repr=False)
    findings: tuple[Finding, ...] = field(repr=False)
    seed: int = SEED
    draws: int = DRAWS


def outlook(
    doubts: Doubts, *, confidence_percent: float = 95.0, seed: int = SEED, draws: int = DRAWS
) -> Outlook:
    """Carry doubts to index, areas, grades and ranks.

    Parameters
    ----------
    doubts : Doubts
        See `doubts_of`.
    confidence_percent : float
        Of all intervals, from 50 to 99.9.
    seed, draws : int
        For units whose items do not add up: of competing alternatives, caps that cut, rounded areas.

    Returns
    -------
    Outlook
        Chances are bands, a lower and an upper one, where some chance is not known. Units are taken
        to be independent of each other.

    Raises
    ------
    UsageError
        For another confidence.

    Examples
    --------
    >>> from scoring.points import inputs_table, score
    >>> from scoring.uncertainty import doubts_of
    >>> rows = [{"item_code": "2", "input": name, "value": 9} for name in ("on_time", "received")]
    >>> sheet = score(inputs_table(rows, unit_code="H1", year=2026), "service-quality-766")
    >>> made = outlook(doubts_of(sheet)[0]).index.set_index("code").loc["INDEX"]
    >>> float(made["bound_low_points"]), float(made["bound_high_points"])
    (20.0, 100.0)
    """
    if not 50 <= confidence_percent <= 99.9:
        found = Finding("uncertainty-confidence", values={"value": confidence_percent})
        raise UsageError(found.text("en"), found)
    moves = moves_of(doubts)
    known = np.flatnonzero(~np.isnan(moves.least[-1]))
    drawn = drawn_totals(doubts, moves, known, draws, seed)
    parts, spread, findings = [], [], [*_told(doubts, moves, known)]
    for group in doubts.sheet.units.groupby(RANKED_WITHIN, sort=False).indices.values():
        units = np.asarray([place for place in group if place in set(known)], dtype=np.intp)
        if not len(units):
            continue
        chances = compared_chances(
            total_chances(doubts, moves, -1, units, drawn), doubts.sheet.criteria
        )
        spread.append((units, chances))
        if len(units) > MOST_COMPARED:
            values = {"count": len(units), "limit": MOST_COMPARED}
            findings.append(Finding("uncertainty-block-large", values=values))
            continue
        parts.append(_compared(doubts, moves, units, chances, confidence_percent))
    names = ("RankIntervals", "RankChances", "PairChances")
    ranks, rank_table, pairs = (
        table_of(pd.concat([part[at] for part in parts]), name) if parts else empty(name)
        for at, name in enumerate(names)
    )
    return Outlook(
        doubts, confidence_percent,
        _intervals(doubts, moves, known, drawn, spread, confidence_percent, draws),
        _with_rank_sets(doubts, ranks, confidence_percent), rank_table,
        grade_chances(doubts, spread), pairs, drivers(doubts, moves, confidence_percent, seed),
        tuple(spread), tuple(findings), seed, draws,
    )  # fmt: skip


def _told(doubts: Doubts, moves: Moves, known: npt.NDArray[np.intp]) -> Iterator[Finding]:
    """Say which units have no points at all, what is simulated, and what nobody can put a chance on."""
    codes = doubts.sheet.units["unit_code"].to_numpy()
    if missing := codes[np.setdiff1d(np.arange(len(codes)), known)].tolist():
        yield Finding("uncertainty-unit-without-points", values={"units": first_few(missing)})
    if simulated := codes[known][~moves.adds_up[-1, known]].tolist():
        yield Finding(
            "uncertainty-simulated", values={"units": first_few(simulated), "count": len(simulated)}
        )
    unknown = doubts.sources[~doubts.sources["is_known"].astype(bool)]
    if len(unknown):
        values = {"count": len(unknown), "units": int(unknown["place"].nunique())}
        yield Finding("uncertainty-without-chance", values=values)
    sampling = doubts.sheet.sampling
    if sampling is not None and sampling.figures["confidence_percent"].isna().any():
        yield Finding("rank-sets-unknown")
    if any(rule.kind == "quota" for rule in doubts.sheet.criteria.meta.grade_rules):
        yield Finding("uncertainty-quota-left")


def ends(chances: Chances, confidence_percent: float) -> tuple[FloatArray, FloatArray]:
    """Return between which values each total lies with the confidence, whatever chance is true."""
    tail = (1 - confidence_percent / 100) / 2
    low, high = (
        np.argmax(np.cumsum(face, axis=1) >= level - _NONE, axis=1)
        for face, level in ((chances.worst, tail), (chances.best, 1 - tail))
    )
    return chances.values[low], chances.values[high]


def _intervals(
    doubts: Doubts, moves: Moves, known: npt.NDArray[np.intp], drawn: dict[int, tuple[FloatArray, FloatArray]],
    spread: list[tuple[npt.NDArray[np.intp], Chances]], confidence_percent: float, draws: int,
) -> pd.DataFrame:  # fmt: skip
    """Return the table ``IndexIntervals``."""
    sheet, parts = doubts.sheet, []
    codes = [*(node.code for node in sheet.criteria.nodes), INDEX_CODE]
    for total, row in enumerate(moves.nodes):
        own = [(known, total_chances(doubts, moves, total, known, drawn))] if len(known) else []
        for units, chances in spread if row == -1 else own:
            bounds = np.sort([moves.least[total, units], moves.most[total, units]], axis=0)
            if row == -1:
                bounds = compared_points(cut(bounds, sheet.criteria), sheet.criteria.meta)
            low, high = (np.clip(end, *bounds) for end in ends(chances, confidence_percent))
            is_exact = ~np.isin(units, list(drawn)) if drawn else np.ones(len(units), bool)
            parts.append(sheet.units.iloc[units][[*KEY_COLUMNS, "unit_name", "block"]].assign(
                code=codes[row], low_points=np.minimum(low, high), high_points=np.maximum(low, high),
                bound_low_points=bounds[0], bound_high_points=bounds[1],
                method=np.where(is_exact, "exact", "simulated"), off_points=chances.off,
                chance_error_percent=np.where(is_exact, 0.0, 50 / np.sqrt(draws)), _at=units, _row=row % len(codes),
            ))  # fmt: skip
    if not parts:
        return empty("IndexIntervals")
    table = pd.concat(parts).sort_values(["_at", "_row"], kind="stable")
    return table_of(table.drop(columns=["_at", "_row"]), "IndexIntervals")


def _compared(
    doubts: Doubts,
    moves: Moves,
    units: npt.NDArray[np.intp],
    chances: Chances,
    confidence_percent: float,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the ranks, the chance of each and of beating each peer, of the units of one block."""
    # By the least favourable a unit meets its peers at their best, and the other way round.
    poor = rank_chances(chances.worst, chances.best)
    rich = rank_chances(chances.best, chances.worst) if chances.is_band else poor
    least, most = beating(chances.worst, chances.best), beating(chances.best, chances.worst)
    tail = (1 - confidence_percent / 100) / 2
    first = 1 + np.argmax(np.cumsum(rich, axis=1) >= tail + _NONE, axis=1)
    last = 1 + np.argmax(np.cumsum(poor, axis=1) >= 1 - tail - _NONE, axis=1)
    bounds = compared_points(
        cut(np.array([moves.least[-1, units], moves.most[-1, units]]), doubts.sheet.criteria),
        doubts.sheet.criteria.meta,
    )
    top = 1 + (bounds[0][None, :] > bounds[1][:, None]).sum(axis=1)
    bottom = 1 + (bounds[1][None, :] > bounds[0][:, None]).sum(axis=1)
    bottom -= (bounds[1] > bounds[0]).astype(int)
    keys = doubts.sheet.units.iloc[units].reset_index(drop=True)
    ranks = keys[[*KEY_COLUMNS, "unit_name", "block"]].assign(
        rank_first=np.clip(first, top, bottom), rank_last=np.clip(last, top, bottom), rank_of=len(units),
        bound_first=top, bound_last=bottom,
        first_low_percent=100 * poor[:, 0], first_high_percent=100 * rich[:, 0],
    )  # fmt: skip
    return ranks, _rank_rows(keys, poor, rich), _pair_rows(keys, least, most)


def _rank_rows(keys: pd.DataFrame, poor: FloatArray, rich: FloatArray) -> pd.DataFrame:
    """Return the chance of each rank or a better one, and of the rank where it is known."""
    at_most = np.clip(np.cumsum(poor, axis=1), 0, 1), np.clip(np.cumsum(rich, axis=1), 0, 1)
    low, high = np.minimum(*at_most), np.maximum(*at_most)
    before = [np.pad(end, ((0, 0), (1, 0)))[:, :-1] for end in (low, high)]
    # As for grades: what two ends of a distribution function leave to one rank.
    least, most = np.clip(low - before[1], 0, 1), np.clip(high - before[0], 0, 1)
    units, ranks = np.nonzero((most > _SEEN) & (before[0] < 1 - _SEEN))
    return keys.iloc[units][KEY_COLUMNS].assign(
        rank=ranks + 1, low_percent=100 * least[units, ranks], high_percent=100 * most[units, ranks],
        at_least_low_percent=100 * low[units, ranks], at_least_high_percent=100 * high[units, ranks],
    )  # fmt: skip


def _pair_rows(keys: pd.DataFrame, least: FloatArray, most: FloatArray) -> pd.DataFrame:
    units, others = np.nonzero(~np.eye(len(keys), dtype=bool))
    low, high = np.sort([least[units, others], most[units, others]], axis=0)
    return keys.iloc[units][KEY_COLUMNS].assign(
        other_code=keys["unit_code"].to_numpy()[others],
        low_percent=100 * low,
        high_percent=100 * high,
    )


def _with_rank_sets(doubts: Doubts, ranks: pd.DataFrame, confidence_percent: float) -> pd.DataFrame:
    """Put beside the ranks those that surveys alone leave open, for all units at once."""
    sheet = doubts.sheet
    if sheet.sampling is None or sheet.sampling.figures["confidence_percent"].isna().any():
        return ranks
    sets = rank_sets(sheet, confidence_percent=confidence_percent)
    if sets is None:
        return ranks
    told = sheet.units[KEY_COLUMNS].assign(
        survey_first=pd.Series(sets.first).where(sets.first > 0).astype("Int64").to_numpy(),
        survey_last=pd.Series(sets.last).where(sets.last > 0).astype("Int64").to_numpy(),
    )
    ranks = ranks.drop(columns=["survey_first", "survey_last"], errors="ignore")
    return table_of(ranks.merge(told, on=KEY_COLUMNS, how="left"), "RankIntervals")

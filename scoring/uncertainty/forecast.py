"""A forecast to the cut-off day: a fan of index, areas and items, with all that it takes for granted."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.displayed import Displayed
from scoring.base.findings import Finding
from scoring.base.values import INDEX_CODE
from scoring.points import ScoreSheet
from scoring.points.grading import compared_points
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import empty, table_of
from scoring.uncertainty.doubts import COLUMNS, Doubts, doubts_of
from scoring.uncertainty.index_chances import Chances, cut, moves_of
from scoring.uncertainty.item_casts import ItemCast, item_casts, outcomes_of
from scoring.uncertainty.kept_deadlines import PlanAhead, task_outcomes
from scoring.uncertainty.mixed_chances import compared_chances, drawn_totals, total_chances
from scoring.uncertainty.month_figures import Key, MonthFigures
from scoring.uncertainty.outlook import Outlook, ends, outlook
from scoring.uncertainty.simulated import SEED
from scoring.uncertainty.to_come import DRAWS, Streams

INNER_PERCENT = 50.0
_UNIT = ["unit_code", "year", "unit_name", "block"]


@dataclass(frozen=True)
class Forecast(Displayed):
    """What units may come to by the cut-off day.

    Attributes
    ----------
    months : MonthFigures
    until : date
        The cut-off day.
    fan : DataFrame
        Table ``ForecastFan``: index, areas and items of each unit at the end of each period, as
        known for those that are over.
    assumptions : DataFrame
        Table ``ForecastAssumptions``: of every figure how it is carried on, and from what.
    outlook : Outlook
        At the cut-off day: index, grades, ranks and what drives the doubt.
    confidence_percent : float
        Of the outer interval; the inner one is of `INNER_PERCENT`.
    error_percent : float
        The largest standard error of a chance by simulation.
    findings : tuple of Finding
    seed, draws : int
    """

    months: MonthFigures = field(repr=False)
    until: dt.date
    fan: pd.DataFrame = field(repr=False)
    assumptions: pd.DataFrame = field(repr=False)
    outlook: Outlook = field(repr=False)
    confidence_percent: float
    error_percent: float
    findings: tuple[Finding, ...] = field(repr=False)
    seed: int
    draws: int

    def reaching(self, points: float) -> pd.DataFrame:
        """Return the table ``ForecastGoals``: the chance of each unit to reach an index of `points`."""
        rows = []
        for units, chances in self.outlook.spread:
            above = chances.values >= points - 1e-9
            bands = [
                100 * np.clip(face[:, above].sum(axis=1), 0, 1)
                for face in (chances.worst, chances.best)
            ]
            table = self.outlook.doubts.sheet.units.iloc[units][_UNIT[:3]]
            low, high = np.sort(bands, axis=0)
            rows.append(table.assign(goal_points=points, low_percent=low, high_percent=high))
        return table_of(pd.concat(rows), "ForecastGoals") if rows else empty("ForecastGoals")


def forecast(
    sheet: ScoreSheet, months: MonthFigures, until: dt.date, *, last: MonthFigures | None = None,
    plan: PlanAhead | None = None, past: ScoreSheet | None = None, confidence_percent: float = 80.0,
    seed: int = SEED, draws: int = DRAWS,
) -> Forecast:  # fmt: skip
    """Carry the year so far to the cut-off day.

    Parameters
    ----------
    sheet : ScoreSheet
        Scored from ``months.to_date()``, on the track ``computed``, with what else is known (proof,
        surveys, decisions).
    months : MonthFigures
        See `month_figures`.
    until : date
        The cut-off day of the set.
    last : MonthFigures, optional
        Last year's periods: those to come then follow their season, scaled to this year's.
    plan : PlanAhead, optional
        Open tasks bring their items points by the unit's own record of keeping days due.
    past : ScoreSheet, optional
        Of `past_inputs`, for what the fan shows of the periods that are over.
    confidence_percent : float
        Of the outer interval, 50 to 99.9.
    seed, draws : int
        Every unit draws from a stream of its own, the same at every day ahead.

    Returns
    -------
    Forecast

    Notes
    -----
    Periods to come are taken to be like those seen, each apart from the others. Every item gives
    its possible points to the one model of `Doubts`, as surveys, proof and disputes do.
    """
    ahead = Ahead.of(sheet, months, last, plan, confidence_percent, seed, draws)
    rows = [_past_rows(past, months)] if past is not None else []
    rows += [ahead.rows(*ahead.at(day), day) for day in _days_between(months, until)]
    casts, doubts = ahead.at(until)
    rows.append(ahead.rows(casts, doubts, until))
    made = outlook(doubts, confidence_percent=confidence_percent, seed=seed)
    return Forecast(
        months, until, _ordered(pd.concat(rows, ignore_index=True), sheet),
        assumptions(doubts, casts, months, plan), made, confidence_percent, 50 / np.sqrt(draws),
        (*drifting(months, casts, sheet), *made.findings), seed, draws,
    )  # fmt: skip


def _ordered(fan: pd.DataFrame, sheet: ScoreSheet) -> pd.DataFrame:
    codes = [INDEX_CODE, *(node.code for node in sheet.criteria.nodes)]
    order = {code: at for at, code in enumerate(codes)}
    place = {code: at for at, code in enumerate(sheet.units["unit_code"])}
    fan = fan.assign(_unit=fan["unit_code"].map(place), _at=fan["code"].map(order))
    return table_of(fan.sort_values(["_unit", "_at", "on"], kind="stable"), "ForecastFan")


def drifting(months: MonthFigures, casts: list[ItemCast], sheet: ScoreSheet) -> Iterator[Finding]:
    """Yield the figures of which the later periods lie on another side than the earlier ones.

    Periods to come are taken to be like those seen; a figure that goes one way is not.
    """
    codes = sheet.units["unit_code"].to_numpy()
    for cast in casts:
        item = sheet.criteria.nodes[cast.row].code
        for name, one in cast.figures.items():
            if len(at := np.flatnonzero(one.trend.is_drifting & one.is_known)):
                values = {"input": name, "units": codes[at][:12].tolist(), "count": len(at)}
                yield Finding("forecast-drift", item_code=item, values=values)


def past_inputs(months: MonthFigures) -> pd.DataFrame:
    """Return the table ``Inputs`` of the year so far at the end of each period that says anything.

    The period of a row is its number, so that one scoring tells all of them.
    """
    seen = np.flatnonzero(months.seen.any(axis=0)) + 1
    return pd.concat(
        [months.until(int(part)).to_date().assign(period=str(part)) for part in seen],
        ignore_index=True,
    )


@dataclass(frozen=True)
class Ahead:
    """All that a day ahead is worked out from; see `forecast`."""

    sheet: ScoreSheet
    months: MonthFigures
    streams: Streams
    base: Doubts
    last: Mapping[Key, FloatArray]
    plan: PlanAhead | None
    confidence_percent: float

    @classmethod
    def of(
        cls, sheet: ScoreSheet, months: MonthFigures, last: MonthFigures | None = None,
        plan: PlanAhead | None = None, confidence_percent: float = 80.0, seed: int = SEED,
        draws: int = DRAWS,
    ) -> Ahead:  # fmt: skip
        """Draw once for all days ahead."""
        codes = sheet.units["unit_code"].astype(str).tolist()
        streams = Streams.of(codes, months.parts, seed, draws)
        base, _ = doubts_of(sheet, confidence_percent=confidence_percent)
        told = _of_last(last, months)
        return cls(sheet, months, streams, base, told, plan, confidence_percent)

    def at(self, day: dt.date) -> tuple[list[ItemCast], Doubts]:
        """Return the items on a day, and all doubts together."""
        counts = parts_counting(self.months, day)
        casts = item_casts(self.sheet, self.months, counts, self.streams, self.last)
        free = self._free()
        tables = [outcomes_of(self.sheet, casts, free)]
        if self.plan is not None:
            told = (self.months.on, day, free, self.confidence_percent)
            tables.append(task_outcomes(self.sheet, self.plan, *told))
        return casts, with_outcomes(self.base, tables)

    def rows(self, casts: list[ItemCast], doubts: Doubts, day: dt.date) -> pd.DataFrame:
        """Return the rows of the fan on a day: index, areas and items."""
        return _rows(doubts, casts, day, self.confidence_percent, self.streams.seed)

    def _free(self) -> BoolArray:
        decided = self.sheet.decided
        shape = self.sheet.points[:-1].shape
        return np.ones(shape, bool) if decided is None else decided.told["final"] < 0


def with_outcomes(doubts: Doubts, tables: Sequence[pd.DataFrame]) -> Doubts:
    """Return the doubts with other outcomes of some items, the first table that tells counting."""
    sources = doubts.sources.iloc[doubts.source[doubts.outcome]]
    own = pd.DataFrame({
        "place": sources["place"].to_numpy(), "row": doubts.row, "kind": sources["kind"].to_numpy(),
        "key": sources["key"].to_numpy(), "turn": doubts.outcome, "points": doubts.points,
        "chance": doubts.chance[doubts.outcome], "worst": doubts.worst[doubts.outcome],
        "best": doubts.best[doubts.outcome], "cases": sources["cases"].to_numpy(),
    })  # fmt: skip
    kept: list[pd.DataFrame] = []
    seen = np.zeros(doubts.leaves.shape, dtype=bool)
    for table in (*tables, own):
        cells = table["row"].to_numpy(np.intp), table["place"].to_numpy(np.intp)
        mine = ~seen[cells]
        kept.append(table[mine])
        seen[cells] = True
    parts = [part for part in kept if len(part)]
    return Doubts.of(doubts.sheet, doubts.leaves, pd.concat(parts or [own])[COLUMNS])


def parts_counting(months: MonthFigures, day: dt.date) -> FloatArray:
    """Return which part of each period counts by the end of `day`: 1 for those that are over.

    A period that the day cuts counts by its days.
    """
    ends = [dt.date(months.year - 1, 12, 31), *map(months.end_of, range(1, months.parts + 1))]
    spans = [(day - a).days / (b - a).days for a, b in itertools.pairwise(ends)]
    return np.clip(np.array(spans), 0.0, 1.0)


def _days_between(months: MonthFigures, until: dt.date) -> list[dt.date]:
    """Return the ends of the periods to come before the cut-off day."""
    days = map(months.end_of, range(1, months.parts + 1))
    return [day for day in days if months.on < day < until]


def _of_last(last: MonthFigures | None, months: MonthFigures) -> dict[Key, FloatArray]:
    """Return last year's periods in the order of this year's units; NaN for new units."""
    if last is None or last.by != months.by:
        return {}
    at = pd.Index(last.units["unit_code"]).get_indexer(months.units["unit_code"])
    return {
        key: np.where((at >= 0)[:, None], array[at], np.nan) for key, array in last.values.items()
    }


def _rows(
    doubts: Doubts, casts: list[ItemCast], day: dt.date, confidence_percent: float, seed: int
) -> pd.DataFrame:
    """Return the rows of the fan on one day ahead."""
    levels = (confidence_percent, INNER_PERCENT)
    known, parts = _totals(doubts, levels, seed)
    units = doubts.sheet.units
    tables = [
        units.iloc[known][_UNIT].assign(code=code, on=pd.Timestamp(day), is_past=False, **columns)
        for code, columns in parts
    ]
    for cast in casts:
        node, at = doubts.sheet.criteria.nodes[cast.row], np.flatnonzero(~np.isnan(cast.low))
        if not node.parent:
            continue
        columns = _item_columns(cast, at, levels)
        tables.append(
            units.iloc[at][_UNIT].assign(
                code=node.code, on=pd.Timestamp(day), is_past=False, **columns
            )
        )
    return pd.concat(tables, ignore_index=True)


def _totals(
    doubts: Doubts, levels: tuple[float, float], seed: int
) -> tuple[npt.NDArray[np.intp], list[tuple[str, dict[str, FloatArray]]]]:
    """Return the intervals and bounds of the areas and the index."""
    sheet, moves = doubts.sheet, moves_of(doubts)
    known = np.flatnonzero(~np.isnan(moves.least[-1]))
    drawn = drawn_totals(doubts, moves, known, DRAWS, seed)
    made = []
    for total, row in enumerate(moves.nodes):
        chances: Chances = total_chances(doubts, moves, total, known, drawn)
        bounds = np.sort([moves.least[total, known], moves.most[total, known]], axis=0)
        if row == -1:
            chances = compared_chances(chances, sheet.criteria)
            bounds = compared_points(cut(bounds, sheet.criteria), sheet.criteria.meta)
        outer, inner = (np.sort(ends(chances, level), axis=0) for level in levels)
        code = INDEX_CODE if row == -1 else sheet.criteria.nodes[row].code
        made.append((code, _columns(bounds, outer, inner)))
    return known, made


def _columns(bounds: FloatArray, outer: FloatArray, inner: FloatArray) -> dict[str, FloatArray]:
    """Return the ends as columns, each within the next wider."""
    outer = np.clip(outer, *bounds)
    inner = np.clip(inner, *outer)
    named = {"bound": bounds, "outer": outer, "inner": inner}
    return {
        f"{name}_{end}_points": pair[at]
        for name, pair in named.items()
        for at, end in enumerate(("low", "high"))
    }


def _item_columns(
    cast: ItemCast, at: npt.NDArray[np.intp], levels: tuple[float, float]
) -> dict[str, FloatArray]:
    bounds = np.array([cast.low[at], cast.high[at]])
    tails = [(1 - level / 100) / 2 for level in levels]
    drawn = [np.quantile(cast.points[at], [t, 1 - t], axis=1, method="inverted_cdf") for t in tails]
    pairs = [np.where(cast.is_known[at], pair, bounds) for pair in drawn]
    return _columns(bounds, pairs[0], pairs[1])


def _past_rows(past: ScoreSheet, months: MonthFigures) -> pd.DataFrame:
    """Return the rows of what is over: a point, or bounds where something is open."""
    nodes = past.criteria.nodes
    moved = {code for code, _ in months.values}
    kept = [row for row, node in enumerate(nodes) if not node.parent or node.code in moved]
    tables = []
    days = [pd.Timestamp(months.end_of(int(part))) for part in past.units["period"]]
    for row in (*kept, -1):
        low, high = past.points_low[row], past.points_high[row]
        code = INDEX_CODE if row == -1 else nodes[row].code
        point = past.points[row]
        bounds = np.array([np.where(np.isnan(point), end, point) for end in (low, high)])
        columns = _columns(bounds, bounds, bounds)
        tables.append(past.units[_UNIT].assign(code=code, on=days, is_past=True, **columns))
    table = pd.concat(tables, ignore_index=True)
    return table[table["bound_low_points"].notna() & table["bound_high_points"].notna()]


def assumptions(
    doubts: Doubts, casts: list[ItemCast], months: MonthFigures, plan: PlanAhead | None
) -> pd.DataFrame:
    """Return the table ``ForecastAssumptions``."""
    sheet = doubts.sheet
    units = sheet.units[_UNIT[:2]]
    tables = [part for cast in casts for part in _figure_rows(cast, sheet, months)]
    others = doubts.sources[doubts.sources["kind"] != "forecast"]
    if len(others):
        codes = others["item_codes"].to_numpy()
        table = units.iloc[others["place"].to_numpy(np.intp)].reset_index(drop=True)
        met, due = plan.record if plan is not None else (0, 0)
        is_task = (others["kind"] == "task").to_numpy()
        tables.append(table.assign(
            item_code=codes, input="", method=others["kind"].to_numpy(), periods="",
            count=np.where(is_task, due, 0), kept=np.where(is_task, met, 0),
            has_chance=others["is_known"].to_numpy(bool),
        ))  # fmt: skip
    if not tables:
        return empty("ForecastAssumptions")
    return table_of(pd.concat(tables, ignore_index=True), "ForecastAssumptions")


def _figure_rows(cast: ItemCast, sheet: ScoreSheet, months: MonthFigures) -> Iterator[pd.DataFrame]:
    code = sheet.criteria.nodes[cast.row].code
    for name, one in cast.figures.items():
        at = np.flatnonzero(one.is_moved & ~np.isnan(cast.low))
        seen = ~np.isnan(months.values[code, name][at])
        texts = [_runs(np.flatnonzero(row) + 1) for row in seen]
        yield sheet.units.iloc[at][_UNIT[:2]].assign(
            item_code=code, input=name, method=one.method, periods=texts,
            count=one.count[at], kept=0, has_chance=one.is_known[at] & cast.is_known[at],
        )  # fmt: skip


def _runs(parts: npt.NDArray[np.intp]) -> str:
    """Write numbers of periods, those that follow each other by their ends.

    >>> _runs(np.array([1, 2, 3, 6]))
    '1–3, 6'
    """
    runs = np.split(parts, np.flatnonzero(np.diff(parts) > 1) + 1)
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs if len(r))


def until_of(
    given: dt.date | None, stated: dt.date | None, year: int
) -> tuple[dt.date, list[Finding]]:
    """Return the cut-off day: the one given, that of the set, else the last day of the year, said so."""
    if day := given or stated:
        return day, []
    day = dt.date(year, 12, 31)
    return day, [Finding("forecast-no-cut-off", values={"day": day})]

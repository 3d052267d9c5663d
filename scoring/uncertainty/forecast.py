"""A forecast to the cut-off day: a fan of index, areas and items, with all that it takes for granted."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.displayed import Displayed
from scoring.base.findings import Finding
from scoring.base.text import first_few
from scoring.points import ScoreSheet
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import empty, table_of
from scoring.uncertainty.doubts import COLUMNS, Doubts, doubts_of
from scoring.uncertainty.fan_rows import ordered, rows_ahead, rows_past
from scoring.uncertainty.item_casts import ItemCast, item_casts, outcomes_of
from scoring.uncertainty.kept_deadlines import PlanAhead, task_outcomes
from scoring.uncertainty.month_figures import Key, MonthFigures
from scoring.uncertainty.outlook import Outlook, outlook
from scoring.uncertainty.simulated import SEED
from scoring.uncertainty.to_come import DRAWS, Streams

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
        Of the outer interval; the inner one is of `fan_rows.INNER_PERCENT`.
    error_percent : float
        The largest standard error of a chance by simulation.
    findings : tuple of Finding
    seed, draws : int

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> from scoring.uncertainty import month_figures
    >>> rows = [{"item_code": "2", "input": name, "value": value, "period": period}
    ...         for period, done in (("quý I", 80), ("quý II", 90), ("quý III", 85))
    ...         for name, value in (("on_time", done), ("received", 100))]
    >>> criteria = open_set("service-quality-766")
    >>> table = inputs_table(rows, unit_code="H1", year=2026)
    >>> months, findings = month_figures(table, criteria, dt.date(2026, 10, 1))
    >>> sheet = score(months.to_date(), criteria)
    >>> made = forecast(sheet, months, dt.date(2026, 12, 31), draws=200)
    >>> made.assumptions[["input", "method", "periods"]].values.tolist()[:2]
    [['received', 'flow', '1–3'], ['on_time', 'share', '1–3']]
    >>> made.reaching(10.0)[["low_percent", "high_percent"]].round().values.tolist()
    [[100.0, 100.0]]
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
            # A sum of thousands of chances that is 1 may end in the last bit below it.
            bands = [
                np.round(100 * np.clip(face[:, above].sum(axis=1), 0, 1), 9)
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

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> from scoring.uncertainty import month_figures
    >>> rows = [{"item_code": "2", "input": name, "value": value, "period": period}
    ...         for period, done in (("quý I", 80), ("quý II", 90), ("quý III", 85))
    ...         for name, value in (("on_time", done), ("received", 100))]
    >>> criteria = open_set("service-quality-766")
    >>> table = inputs_table(rows, unit_code="H1", year=2026)
    >>> months, findings = month_figures(table, criteria, dt.date(2026, 10, 1))
    >>> sheet = score(months.to_date(), criteria)
    >>> made = forecast(sheet, months, dt.date(2026, 12, 31), draws=200)
    >>> ends = ["bound_low_points", "outer_low_points", "outer_high_points", "bound_high_points"]
    >>> made.fan.set_index("code").loc["2", ends].astype(float).round().tolist()
    [10.0, 16.0, 17.0, 20.0]
    """
    ahead = Ahead.of(sheet, months, last, plan, confidence_percent, seed, draws)
    rows = [rows_past(past, months)] if past is not None else []
    rows += [ahead.rows(*ahead.at(day), day) for day in _days_between(months, until)]
    casts, doubts = ahead.at(until)
    rows.append(ahead.rows(casts, doubts, until))
    made = outlook(doubts, confidence_percent=confidence_percent, seed=seed)
    return Forecast(
        months, until, ordered(pd.concat(rows, ignore_index=True), sheet),
        assumptions(doubts, casts, months, plan), made, confidence_percent, 50 / math.sqrt(draws),
        (*drifting(months, casts, sheet), *made.findings), seed, draws,
    )  # fmt: skip


def drifting(months: MonthFigures, casts: list[ItemCast], sheet: ScoreSheet) -> Iterator[Finding]:
    """Yield the figures of which the later periods lie on another side than the earlier ones.

    Periods to come are taken to be like those seen; a figure that goes one way is not.
    """
    codes = sheet.units["unit_code"].to_numpy()
    for cast in casts:
        item = sheet.criteria.nodes[cast.row].code
        for name, one in cast.figures.items():
            if len(at := np.flatnonzero(one.trend.is_drifting & one.is_known)):
                values = {"input": name, "units": first_few(codes[at].tolist()), "count": len(at)}
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
        return rows_ahead(doubts, casts, day, self.confidence_percent, self.streams.seed)

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

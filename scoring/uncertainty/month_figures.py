"""Figures of the months or quarters of a year as arrays: what each period alone brought."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.periods import PARTS, PeriodRead, read_period
from scoring.base.units import is_whole_year
from scoring.criteria import CriteriaSet
from scoring.points import inputs_table
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.rules.spec import NUMBER_KINDS, InputSpec
from scoring.tables.places import row_findings

Key = tuple[str, str]
FLOW, MEAN, LEVEL, DISTINCT = "flow", "mean", "level", "distinct"
_UNIT = ["unit_code", "year"]
_SAME = 1e-9


@dataclass(frozen=True)
class MonthFigures:
    """What the periods of one year brought, unit by unit.

    Attributes
    ----------
    by : {"month", "quarter"}
    year : int
    on : date
        The day looked at.
    units : DataFrame
        ``unit_code, unit_name, block, year``, one row a unit.
    values : mapping of (item code, input) to float array, shape (n_units, n_parts)
        What each period alone says; NaN where it says nothing, or is not over.
    ways : mapping of (item code, input) to str
        How the year follows from its periods: ``flow`` adds up, ``mean`` is their mean, ``level``
        stands as last reported, ``distinct`` counts things that several periods may share.
    rest : DataFrame
        The table ``Inputs`` of what is told for the whole year, or is no number.
    fell : mapping of (item code, input) to bool array, shape (n_units,)
        Figures to date that fell where they can only grow: nothing is estimated from them.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table
    >>> rows = [{"item_code": "2", "input": name, "value": value, "period": period}
    ...         for period, done in (("quý I", 80), ("quý II", 90))
    ...         for name, value in (("on_time", done), ("received", 100))]
    >>> table = inputs_table(rows, unit_code="H1", year=2026)
    >>> criteria = open_set("service-quality-766")
    >>> months, findings = month_figures(table, criteria, dt.date(2026, 7, 1))
    >>> so_far = months.to_date()
    >>> months.by, so_far[["input", "value"]].values.tolist()
    ('quarter', [['on_time', 170.0], ['received', 200.0]])
    """

    by: str
    year: int
    on: dt.date
    units: pd.DataFrame = field(repr=False)
    values: Mapping[Key, FloatArray] = field(repr=False)
    ways: Mapping[Key, str] = field(repr=False)
    rest: pd.DataFrame = field(repr=False)
    fell: Mapping[Key, BoolArray] = field(repr=False)

    @property
    def parts(self) -> int:
        """How many periods the year has."""
        return PARTS[self.by]

    @property
    def seen(self) -> BoolArray:
        """Which periods of which unit say anything, shape (n_units, n_parts)."""
        told = [~np.isnan(array) for array in self.values.values()]
        return np.any(told, axis=0) if told else np.zeros((len(self.units), self.parts), bool)

    def end_of(self, part: int) -> dt.date:
        """Return the last day of a period, counted from 1."""
        month = part * 12 // self.parts
        return dt.date(self.year, month, calendar.monthrange(self.year, month)[1])

    def until(self, part: int) -> MonthFigures:
        """Return the same as it was known at the end of a period."""
        cut = np.arange(self.parts) < part
        values = {key: np.where(cut, array, np.nan) for key, array in self.values.items()}
        return MonthFigures(
            self.by,
            self.year,
            self.end_of(part),
            self.units,
            values,
            self.ways,
            self.rest,
            self.fell,
        )

    def to_date(self) -> pd.DataFrame:
        """Return the table ``Inputs`` of the year so far, one row a unit and figure."""
        rows = [
            self.units.assign(
                item_code=code, input=name, value=so_far(array, self.ways[code, name])
            )
            for (code, name), array in self.values.items()
        ]
        kept = [table.dropna(subset="value") for table in rows]
        table = pd.concat([*kept, self.rest], ignore_index=True) if kept else self.rest
        order = {code: place for place, code in enumerate(self.units["unit_code"])}
        # A sum stands in no cell of its own.
        places = {
            name: table[name].fillna("") for name in ("file", "sheet", "cell") if name in table
        }
        place = table["unit_code"].map(order).sort_values(kind="stable").index
        return inputs_table(table.assign(period="", **places).loc[place].reset_index(drop=True))


def so_far(array: FloatArray, way: str) -> FloatArray:
    """Return what the periods come to together; NaN where none says anything.

    >>> months = np.array([[3.0, 5.0, np.nan]])
    >>> [float(so_far(months, way)[0]) for way in ("flow", "mean", "level", "distinct")]
    [8.0, 4.0, 5.0, 5.0]
    """
    is_told = ~np.isnan(array)
    counts, filled = is_told.sum(axis=1), np.where(is_told, array, 0.0)
    if way == FLOW:
        made = filled.sum(axis=1)
    elif way == MEAN:
        made = filled.sum(axis=1) / np.maximum(counts, 1)
    elif way == DISTINCT:
        made = filled.max(axis=1)
    else:
        last = array.shape[1] - 1 - np.argmax(is_told[:, ::-1], axis=1)
        made = filled[np.arange(len(array)), last]
    return np.where(counts > 0, made, np.nan)


def month_figures(
    inputs: pd.DataFrame, criteria: CriteriaSet, on: dt.date, *, year: int | None = None,
    to_date: bool = False, ways: Mapping[Key, str] | None = None,
) -> tuple[MonthFigures, list[Finding]]:  # fmt: skip
    """Sort the long table of a year into periods.

    Parameters
    ----------
    inputs : DataFrame
        The table ``Inputs`` with a row per figure and period (``tháng 3``, ``quý II``); what is
        told for the whole year may stand beside.
    on : date
        Periods that are not over on this day are left out.
    year : int, optional
        The year looked at; that of `on` without it.
    to_date : bool
        Whether figures count from the beginning of the year instead of in each period alone.
    ways : mapping of (item code, input) to str, optional
        How the year follows from its periods where the kind of the figure does not tell.

    Returns
    -------
    MonthFigures
    list of Finding
        ``forecast-other-year``, ``forecast-period-odd``, ``forecast-mixed``, ``forecast-late``,
        ``forecast-part-open``, ``forecast-gap``, ``forecast-single``, ``forecast-falls``,
        ``forecast-twice``.

    Raises
    ------
    UnreadableError
        ``forecast-no-periods``.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table
    >>> rows = [{"item_code": "2", "input": name, "value": value, "period": period}
    ...         for period, done in (("quý I", 80), ("quý II", 90))
    ...         for name, value in (("on_time", done), ("received", 100))]
    >>> table = inputs_table(rows, unit_code="H1", year=2026)
    >>> criteria = open_set("service-quality-766")
    >>> months, findings = month_figures(table, criteria, dt.date(2026, 7, 1))
    >>> months.values["2", "on_time"].tolist(), months.ways["2", "on_time"]
    ([[80.0, 90.0, nan, nan]], 'flow')
    """
    year = year or on.year
    rows, findings = _of_year(inputs.reset_index(drop=True), year)
    rows, rest, by, found = _of_kind(rows)
    findings += found
    rows, found = _over(rows, by, year, on)
    findings += found
    if not len(rows):
        raise UnreadableError(Finding("forecast-no-periods", values={"year": year}))
    entries = _entries(criteria)
    is_number = np.array([
        entries[key].kind in NUMBER_KINDS if key in entries else False
        for key in zip(rows["item_code"], rows["input"], strict=True)
    ])  # fmt: skip
    numbers, others = rows[is_number & rows["value"].notna()], rows[~is_number]
    told = pd.concat([rows, rest], ignore_index=True)
    units = told.drop_duplicates(_UNIT)[["unit_code", "unit_name", "block", "year"]]
    units = units.reset_index(drop=True)
    values = _grids(numbers, units, PARTS[by])
    how = {key: _way(entries[key], (ways or {}).get(key, "")) for key in values}
    fell: dict[Key, BoolArray] = {}
    if to_date:
        values, fell = _alone(values, how)
    findings += [*_twice(numbers), *_falls(numbers, values, how, fell, units)]
    rest = _rest(rest, others, values, units)
    made = MonthFigures(by, year, on, units, values, how, rest, fell)
    return made, [*findings, *_gaps(made)]


def _entries(criteria: CriteriaSet) -> dict[Key, InputSpec]:
    return {(c, e.name): e for c, rule in criteria.rules.items() for e in rule.spec.inputs}


def _way(entry: InputSpec, told: str) -> str:
    # Points that somebody gives are those of the day; those of months do not add up to the year's.
    usual = {"count": FLOW, "number": LEVEL if entry.role == "points" else FLOW, "percent": MEAN}
    return told or usual.get(entry.kind, LEVEL)


def _of_year(table: pd.DataFrame, year: int) -> tuple[pd.DataFrame, list[Finding]]:
    read = map(read_period, table["period"].astype(str))
    told = np.array([year if one is None or one.year is None else one.year for one in read])
    is_other = (table["year"].to_numpy() != year) | (told != year)
    rows = np.flatnonzero(is_other)
    values = {"count": len(rows), "value": year}
    findings = row_findings("forecast-other-year", table, rows[:1], [values])
    return table[~is_other].reset_index(drop=True), findings


def _of_kind(
    table: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, str, list[Finding]]:
    """Part the rows of months, else of quarters, from those of the whole year."""
    texts = table["period"].astype(str)
    read = [read_period(text) for text in texts]
    kinds = np.array([
        one.by if one else "" if is_whole_year(text) else "?"
        for one, text in zip(read, texts, strict=True)
    ], dtype=object)  # fmt: skip
    odd = np.flatnonzero(kinds == "?")
    said = [{"value": texts.iloc[row]} for row in odd[:1]]
    findings = row_findings("forecast-period-odd", table, odd[:1], said)
    by = "month" if (kinds == "month").any() else "quarter"
    if set(kinds) >= set(PARTS):
        stray = np.flatnonzero(kinds == "quarter")
        findings += row_findings("forecast-mixed", table, stray[:1], [{"count": len(stray)}])
    parts = [one.part if one else 0 for one in read]
    rows = table.assign(part=parts)[kinds == by].reset_index(drop=True)
    return rows, table[kinds == ""].reset_index(drop=True), by, findings


def _over(
    rows: pd.DataFrame, by: str, year: int, on: dt.date
) -> tuple[pd.DataFrame, list[Finding]]:
    """Leave out what is not over on the day, and what had not even begun."""
    months = 12 // PARTS[by]
    first = [dt.date(year, months * (part - 1) + 1, 1) for part in rows["part"]]
    ends = [
        dt.date(year, months * part, calendar.monthrange(year, months * part)[1])
        for part in rows["part"]
    ]
    is_late = np.array([day > on for day in first], dtype=bool)
    is_open = np.array([day > on for day in ends], dtype=bool) & ~is_late
    findings = []
    for code, mask in (("forecast-late", is_late), ("forecast-part-open", is_open)):
        found = np.flatnonzero(mask)
        values = [{"value": rows["period"].iloc[row], "day": on} for row in found[:1]]
        findings += row_findings(code, rows, found[:1], values)
    return rows[~is_late & ~is_open].reset_index(drop=True), findings


def _grids(rows: pd.DataFrame, units: pd.DataFrame, parts: int) -> dict[Key, FloatArray]:
    place = pd.Index(units["unit_code"]).get_indexer(rows["unit_code"])
    values: dict[Key, FloatArray] = {}
    keys = pd.MultiIndex.from_frame(rows[["item_code", "input"]])
    numbers, names = pd.factorize(keys)
    for number, (code, name) in enumerate(names):
        at = np.flatnonzero(numbers == number)
        grid = np.full((len(units), parts), np.nan)
        grid[place[at], rows["part"].to_numpy()[at] - 1] = rows["value"].to_numpy(float)[at]
        values[str(code), str(name)] = grid
    return values


def _alone(
    values: Mapping[Key, FloatArray], ways: Mapping[Key, str]
) -> tuple[dict[Key, FloatArray], dict[Key, BoolArray]]:
    """Return what each period added to figures to date, and which of them fell."""
    made, fell = dict(values), {}
    for key, array in values.items():
        if ways[key] not in (FLOW, DISTINCT):
            continue
        known = pd.DataFrame(array).ffill(axis=1).fillna(0.0).to_numpy()
        steps = array - np.pad(known, ((0, 0), (1, 0)))[:, :-1]
        fell[key] = np.nan_to_num(steps).min(axis=1) < -_SAME
        made[key] = _shared(steps)
    return made, fell


def _shared(steps: FloatArray) -> FloatArray:
    """Share what is known after a gap equally among the periods it is of."""
    numbers = np.where(np.isnan(steps), np.nan, np.arange(steps.shape[1]))
    before = pd.DataFrame(numbers).shift(1, axis=1).ffill(axis=1).fillna(-1.0)
    width = pd.DataFrame(numbers - before.to_numpy()).bfill(axis=1).to_numpy()
    return np.asarray(pd.DataFrame(steps).bfill(axis=1).to_numpy() / width)


def _twice(rows: pd.DataFrame) -> list[Finding]:
    """Return where a figure of a period stands once more, which takes the place of the first."""
    again = np.flatnonzero(rows.duplicated([*_UNIT, "item_code", "input", "part"]))
    said = [
        {"input": rows["input"].iloc[row], "value": rows["period"].iloc[row]} for row in again[:1]
    ]
    values = [one | {"count": len(again)} for one in said]
    return row_findings("forecast-twice", rows, again[:1], values)


def _falls(
    rows: pd.DataFrame, values: Mapping[Key, FloatArray], ways: Mapping[Key, str],
    fell: dict[Key, BoolArray], units: pd.DataFrame,
) -> list[Finding]:  # fmt: skip
    """Return where what should accumulate falls, and note it in `fell`."""
    findings: list[Finding] = []
    for key, array in values.items():
        is_fallen = fell.get(key, np.zeros(len(units), bool))
        if ways[key] == FLOW:
            is_fallen = is_fallen | (np.nan_to_num(array) < -_SAME).any(axis=1)
        fell[key] = is_fallen
        for unit in np.flatnonzero(is_fallen)[:3]:
            part = int(np.argmin(np.nan_to_num(array[unit]))) + 1
            mine = (rows["unit_code"] == units["unit_code"].iloc[unit]) & (rows["part"] == part)
            mine &= (rows["item_code"] == key[0]) & (rows["input"] == key[1])
            at = np.flatnonzero(mine)
            said = [{"input": key[1], "value": rows["period"].iloc[row]} for row in at[:1]]
            findings += row_findings("forecast-falls", rows, at[:1], said)
    return findings


def _rest(
    rest: pd.DataFrame, others: pd.DataFrame, values: Collection[Key], units: pd.DataFrame
) -> pd.DataFrame:
    """Return what is told for the whole year, and the last that periods say of what is no number."""
    whole = pd.MultiIndex.from_frame(rest[["item_code", "input"]])
    kept = rest[~whole.isin(list(values))] if len(values) else rest
    is_told = (others["choice"] != "") | others["happened_on"].notna() | others["not_applicable"]
    last = others[is_told.astype(bool)].sort_values("part", kind="stable")
    last = last.drop_duplicates([*_UNIT, "item_code", "input"], keep="last")
    return pd.concat([kept, last.drop(columns="part")], ignore_index=True)


def _gaps(made: MonthFigures) -> Iterator[Finding]:
    """Yield units of one period only, and periods that are over but say nothing."""
    seen = made.seen
    over = sum(made.end_of(part) <= made.on for part in range(1, made.parts + 1))
    for unit, row in enumerate(seen):
        code = str(made.units["unit_code"].iloc[unit])
        missing = np.flatnonzero(~row[:over]) + 1
        if row.any() and len(missing):
            values = {"value": [PeriodRead(made.by, int(part)).named for part in missing]}
            yield Finding("forecast-gap", unit_code=code, values=values | {"unit_code": code})
        if row.sum() == 1:
            yield Finding("forecast-single", unit_code=code, values={"unit_code": code})

"""Which units of one year become which of the next, and what figures become on the way."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.files.declared_tables import read_typed
from scoring.rules.evaluate import BoolArray, FloatArray

# Shares are typed with a few decimals: three thirds of 0.3333 are meant to be one.
_SUM_TOLERANCE = 5e-4
_FEW = 12


@dataclass(frozen=True)
class Bridge:
    """How the units of one year flow into those of another; made by `bridge`.

    Attributes
    ----------
    old, new : tuple of str
        Codes of the units of both years.
    source, target : int array, shape (n_flows,)
        Places in `old` and `new`; -1 for an old unit that the earlier year has no scores of.
    share, mean : float array, shape (n_flows,)
        Part of the old unit that flows, and its weight in a mean over what flows into the new one;
        the weights of a new unit add up to 1.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    source: npt.NDArray[np.intp]
    target: npt.NDArray[np.intp]
    share: FloatArray
    mean: FloatArray

    @cached_property
    def is_joined(self) -> BoolArray:
        """Which new units are not just one whole old unit, shape (n_new,)."""
        whole = np.bincount(self.target, self.share == 1.0, len(self.new))
        count = np.bincount(self.target, minlength=len(self.new))
        return (count > 0) & ((whole != 1) | (count != 1))

    @cached_property
    def is_known(self) -> BoolArray:
        """Which new units come from old ones, shape (n_new,)."""
        return np.bincount(self.target, minlength=len(self.new)) > 0

    @cached_property
    def own(self) -> npt.NDArray[np.intp]:
        """Place of the old unit of the same code that flows into each new one; -1: none does."""
        places = np.full(len(self.new), -1)
        old, new = np.array([*self.old, ""], object), np.array(self.new, object)
        is_same = old[self.source] == new[self.target]
        places[self.target[is_same]] = self.source[is_same]
        return places

    def averaged(self, values: FloatArray, counts: BoolArray | None = None) -> FloatArray:
        """Return the weighted means of `values`, shape (n_rows, n_old), over what flows together.

        NaN where a value that counts is NaN, and where none counts.

        Parameters
        ----------
        values : array
        counts : bool array, same shape, optional
            What takes part in a mean; by default everything.
        """
        used = np.ones(values.shape, bool) if counts is None else counts
        weights = self._flows(used.astype(float), self.mean, missing=1.0)
        parts = self._flows(np.where(used, values, 0.0), self.mean, missing=np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.is_joined & (weights > 0), parts / weights,
                            np.where(weights > 0, parts, np.nan))  # fmt: skip

    def added(self, values: FloatArray) -> FloatArray:
        """Return the sums of `values` over what flows together; NaN where one of them is."""
        summed = self._flows(values, self.share, missing=np.nan)
        return np.where(self.is_known, summed, np.nan)

    def _flows(self, values: FloatArray, weight: FloatArray, missing: float) -> FloatArray:
        beyond = np.full((len(values), 1), missing)
        flows = np.hstack([values, beyond])[:, self.source] * weight
        result = np.zeros((len(self.new), len(values)))
        np.add.at(result, self.target, flows.T)
        return result.T


def read_crosswalk(path: Path) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the table ``Crosswalk`` and check it (see `crosswalk_findings`).

    Returns
    -------
    DataFrame
        With ``file`` and ``cell``; empty when it has errors, since a wrong crosswalk moves points
        from one unit to another.
    list of Finding

    Raises
    ------
    UnreadableError
        When the file cannot be read as a table.
    """
    table, findings = read_typed(Path(path), "Crosswalk")
    findings = [*findings, *crosswalk_findings(table)]
    is_wrong = any(found.severity == "error" for found in findings)
    return (table.iloc[:0] if is_wrong else table), findings


def crosswalk_findings(table: pd.DataFrame) -> Iterator[Finding]:
    """Yield what is wrong with a crosswalk.

    Shares of an old unit that do not add up to 1, a line twice, a unit that goes again after it
    went, a new unit that goes on from itself without a line, a size missing, two methods in one
    merger, and a circle.
    """
    day = ["valid_from"]
    sums = table.groupby([*day, "old_unit"], sort=False)["weight"]
    for (_, unit), rows in sums:
        if abs(rows.sum() - 1) > _SUM_TOLERANCE:
            values = {"value": float(rows.sum())}
            yield _at(table, rows.index[-1], "crosswalk-weights", str(unit), **values)
    twice = table[table.duplicated([*day, "old_unit", "new_unit"])]
    for row in twice.index:
        unit, other = table.loc[row, ["old_unit", "new_unit"]]
        yield _at(table, row, "crosswalk-line-twice", unit, value=other)
    yield from _gone_before(table)
    for _, lines in table.groupby("valid_from"):
        yield from _without_line(table, lines)
        yield from _without_size(table, lines)
        yield from _circle(table, lines)


def _at(table: pd.DataFrame, row: Hashable, code: str, unit: str, **values: object) -> Finding:
    place = {name: str(table[name].get(row, "")) for name in ("file", "cell") if name in table}
    return Finding(code, unit_code=unit, values={"unit": unit, **values}, **place)


def _gone_before(table: pd.DataFrame) -> Iterator[Finding]:
    """Yield each unit that goes on a day although an earlier line has taken it away."""
    alive: dict[str, bool] = {}
    for on, lines in table.groupby("valid_from"):
        for row, unit in lines["old_unit"].drop_duplicates().items():
            if not alive.get(unit, True):
                yield _at(table, row, "crosswalk-unit-again", unit, value=on)
        alive |= dict.fromkeys(lines["old_unit"], False) | dict.fromkeys(lines["new_unit"], True)


def _without_line(table: pd.DataFrame, lines: pd.DataFrame) -> Iterator[Finding]:
    """Yield each new unit that exists before but whose own figures no line takes along."""
    before = set(table.loc[table["valid_from"] < lines["valid_from"].iloc[0], "new_unit"])
    for unit in sorted(before & set(lines["new_unit"]) - set(lines["old_unit"])):
        row = int(lines.index[lines["new_unit"] == unit][0])
        yield _at(table, row, "crosswalk-own-line", unit)


def _without_size(table: pd.DataFrame, lines: pd.DataFrame) -> Iterator[Finding]:
    for unit, joined in lines.groupby("new_unit", sort=False):
        if joined["old_unit"].nunique() < 2:
            continue
        methods = sorted(set(joined["method"]))
        if len(methods) > 1:
            yield _at(
                table, joined.index[-1], "crosswalk-methods", str(unit), value=", ".join(methods)
            )
        needs = joined[(joined["method"] != "equal") & ~(joined["size"] > 0)]
        for row, old in needs["old_unit"].items():
            method = joined["method"].iloc[0]
            yield _at(table, row, "crosswalk-size", old, value=method, other=unit)


def _circle(table: pd.DataFrame, lines: pd.DataFrame) -> Iterator[Finding]:
    """Yield the first circle of a day: A becomes B while B becomes A."""
    goes = lines[lines["old_unit"] != lines["new_unit"]]
    try:
        TopologicalSorter(goes.groupby("old_unit")["new_unit"].agg(list).to_dict()).prepare()
    except CycleError as error:
        units = [str(unit) for unit in error.args[1]]
        first = goes.index[goes["old_unit"].isin(units)][0]
        yield _at(table, first, "crosswalk-circle", units[0], value=" → ".join(units[::-1]))


def bridge(
    crosswalk: pd.DataFrame, old: Iterable[str], new: Iterable[str], since: int, until: int
) -> tuple[Bridge, list[Finding]]:
    """Return how units with scores of year `since` flow into those of year `until`.

    Parameters
    ----------
    crosswalk : DataFrame
        Table ``Crosswalk`` without errors. A day counts from its year on: units that begin on 1
        July 2025 are those that 2025 is scored by.
    old, new : iterable of str
        Codes of the units that the two years have scores of.

    Returns
    -------
    Bridge
        A unit that no line names goes on as itself.
    list of Finding
        Old units that lead to none of the later year, new ones that come from none, and old ones
        of the crosswalk without scores.

    Examples
    --------
    >>> from scoring.tables import table_of
    >>> lines = [{"old_unit": unit, "new_unit": "AB", "weight": 1.0, "method": "population",
    ...           "size": size, "valid_from": pd.Timestamp(2025, 7, 1)}
    ...          for unit, size in (("A", 30.0), ("B", 10.0))]
    >>> table = pd.DataFrame(lines)
    >>> joined, _ = bridge(table, ["A", "B", "C"], ["AB", "C"], 2024, 2025)
    >>> joined.averaged(np.array([[80.0, 60.0, 50.0]])).tolist()
    [[75.0, 50.0]]
    """
    old, new = tuple(old), tuple(new)
    years = crosswalk["valid_from"].dt.year
    steps = crosswalk[(years > since) & (years <= until)]
    named = set(steps["old_unit"]) - set(steps["new_unit"])
    flows = pd.DataFrame({"first": [*old, *sorted(named - set(old))]})
    flows = flows.assign(now=flows["first"], share=1.0, mean=1.0)
    for _, lines in steps.groupby("valid_from"):
        flows = _step(flows, lines)
    source = pd.Index(old).get_indexer(pd.Index(flows["first"]))
    target = pd.Index(new).get_indexer(pd.Index(flows["now"]))
    findings = list(_lost(flows, source, target, new, since, until))
    kept = target >= 0
    share, mean = (flows[name].to_numpy(float)[kept] for name in ("share", "mean"))
    return Bridge(old, new, source[kept], target[kept], share, mean), findings


def _step(flows: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Let what has flowed so far go on through the lines of one day."""
    size = lines["size"].where(lines["method"] != "equal", 1.0).fillna(1.0) * lines["weight"]
    weight = size / size.groupby(lines["new_unit"]).transform("sum")
    step = lines[["old_unit", "new_unit", "weight"]].assign(own=weight)
    joined = flows.merge(step, how="left", left_on="now", right_on="old_unit")
    went = joined["new_unit"].notna()
    return pd.DataFrame({
        "first": joined["first"],
        "now": joined["new_unit"].where(went, joined["now"]),
        "share": joined["share"] * joined["weight"].where(went, 1.0),
        "mean": joined["mean"] * joined["own"].where(went, 1.0),
    }).groupby(["first", "now"], sort=False, as_index=False).sum()  # fmt: skip


def _lost(
    flows: pd.DataFrame,
    source: npt.NDArray[np.intp],
    target: npt.NDArray[np.intp],
    new: tuple[str, ...],
    since: int,
    until: int,
) -> Iterator[Finding]:
    ends = flows.groupby("first", sort=False)["now"].agg(list)
    gone = sorted(set(flows["first"]) - set(flows["first"][target >= 0]))
    for unit in gone[:_FEW]:
        # Where the crosswalk leads elsewhere, the unit that is missing is another one.
        others = ", ".join(end for end in ends[unit] if end != unit)
        value = f" ({others})" if others else ""
        values = {"unit": unit, "value": value, "year": until, "since": since}
        yield Finding("years-unit-gone", unit_code=unit, year=str(until), values=values)
    came = set(np.unique(target[target >= 0]))
    for place in [place for place in range(len(new)) if place not in came][:_FEW]:
        values = {"unit": new[place], "year": until, "since": since}
        yield Finding("years-unit-new", unit_code=new[place], year=str(until), values=values)
    for row in np.flatnonzero((source < 0) & (target >= 0))[:_FEW]:
        unit, now = flows["first"].iloc[row], flows["now"].iloc[row]
        values = {"unit": unit, "value": now, "since": since}
        yield Finding("crosswalk-unit-unknown", unit_code=unit, year=str(since), values=values)

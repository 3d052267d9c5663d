"""From the estimates of a survey to the figures of the items that it decides.

Only what the table of bindings names is fed. An estimate of another year, a hidden cell and one of
which there are several are findings and never fed; every figure keeps its interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS, time_of, unit_keys
from scoring.criteria import CriteriaSet
from scoring.rules import RuleSpec
from scoring.survey.bindings import CHOSEN, MATCHED, OPTIONS_KIND, is_fed, matching_estimates
from scoring.tables import checked, empty, rows_of, table_of
from scoring.tables.places import MAX_FINDINGS_PER_KIND

IntArray = npt.NDArray[np.intp]
ALL_UNITS = "all"
# Shares of options and their weighted percent may differ by the rounding of a file.
_SAME_PERCENT = 0.05
_MOST_SCALED = 4


@dataclass(frozen=True)
class FedFigures:
    """What a survey gives to items.

    Attributes
    ----------
    inputs : DataFrame
        Table ``Inputs``; `file` and `sheet` name the table of estimates and the survey.
    figures : DataFrame
        Table ``SurveyFigures``: the same figures with their intervals.
    findings : tuple of Finding
    """

    inputs: pd.DataFrame
    figures: pd.DataFrame
    findings: tuple[Finding, ...] = field(default_factory=tuple)


def figures_from_survey(
    criteria: CriteriaSet,
    estimates: pd.DataFrame,
    items: pd.DataFrame,
    units: pd.DataFrame,
    *,
    file: str = "",
    digest: str = "",
) -> FedFigures:
    """Return what a survey says about items, for the units that are scored.

    Parameters
    ----------
    criteria : CriteriaSet
    estimates : DataFrame
        Table ``Estimates``; percentages are 0 to 100.
    items : DataFrame
        Table ``SurveyItems``: which figure comes from which estimate.
    units : DataFrame
        The units to feed, with ``unit_code, year, period``; further columns of ``Inputs`` come along.
    file, digest : str
        Name and SHA-256 of the file that `estimates` were read from.

    Returns
    -------
    FedFigures

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> estimates = pd.DataFrame([{"survey": "ks", "year": 2026, "period": "", "unit_code": "S",
    ...     "service": "", "respondent_group": "", "measure": "index", "code": "INDEX",
    ...     "answer": "", "weighting": "satisfied", "estimate_percent": 83.7,
    ...     "standard_error": 0.7, "low_percent": 82.3, "high_percent": 85.1,
    ...     "confidence_percent": 95.0, "state": "shown"}])
    >>> from scoring.survey.bindings import propose_survey_items
    >>> criteria = open_set("department-sample")
    >>> items = propose_survey_items(criteria, estimates)
    >>> unit = pd.DataFrame({"unit_code": ["S"], "year": [2026], "period": [""]})
    >>> fed = figures_from_survey(criteria, estimates, items, unit)
    >>> fed.inputs[["item_code", "value"]].values.tolist(), fed.figures["low"].tolist()
    ([['8.1', 83.7]], [82.3])
    """
    checked(estimates, "Estimates", by="figures_from_survey")
    feeder = _Feeder(criteria, _filled(estimates), units.reset_index(drop=True), file, digest)
    for code, rows in items.groupby("item_code", sort=False):
        feeder.feed(str(code), _filled(rows))
    return feeder.fed()


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    names = ("period", "unit_code", *MATCHED, *CHOSEN, "series", "input", "units", "file", "cell")
    texts = {n: table[n].fillna("").astype("str") if n in table else "" for n in names}
    return table.assign(**texts).reset_index(drop=True)


class _Feeder:
    """Looks up the estimates of every item for all units at once; holds what the steps share."""

    def __init__(
        self,
        criteria: CriteriaSet,
        estimates: pd.DataFrame,
        units: pd.DataFrame,
        file: str,
        digest: str,
    ) -> None:
        self.criteria, self.estimates, self.units = criteria, estimates, units
        self.file, self.digest = file, digest
        self.whens = _times(units)
        self.estimate_whens = pd.Series(_times(estimates), index=estimates.index, dtype="object")
        self.parts: list[pd.DataFrame] = []
        self.findings: list[Finding] = []

    def feed(self, code: str, rows: pd.DataFrame) -> None:
        """Feed one item, if its bindings make sense."""
        node = self.criteria.by_code.get(code)
        first = rows.iloc[0]
        place = {"item_code": code, "file": first["file"], "cell": first["cell"]}
        if node is None or node.spec is None or not is_fed(node):
            values = {"set_id": self.criteria.set_id}
            self.findings.append(Finding("survey-item-not-fed", values=values, **place))
            return
        # An item of options can do without an interval.
        rows = rows[(rows["measure"] != "") | (rows["input"] != "") | (node.rule != OPTIONS_KIND)]
        if (rows["measure"] == "").any():
            self.findings.append(Finding("survey-item-unbound", **place))
            return
        names = [entry.name for entry in node.spec.inputs]
        needed = set(names)
        known = needed | ({""} if node.rule == OPTIONS_KIND else set())
        given = rows["input"].tolist()
        if len(set(given)) != len(given) or not needed <= set(given) <= known:
            values = {"input": ", ".join(given), "expected": ", ".join(names)}
            self.findings.append(Finding("survey-item-inputs", values=values, **place))
            return
        found = {row.input: self._cells(code, row._asdict()) for row in rows_of(rows)}
        if node.rule == OPTIONS_KIND:
            self._feed_options(node.spec, found)
        else:
            self._feed_percent(code, names[0], found[names[0]])

    def _cells(self, code: str, wanted: Mapping[str, Any]) -> IntArray:
        """Return the row of the estimate for each unit; -1 where there is none to be fed."""
        found = np.flatnonzero(matching_estimates(self.estimates, wanted))
        own = "" if wanted["units"] == ALL_UNITS else None
        keys = [
            ("" if own == "" else unit, when)
            for unit, when in zip(self.units["unit_code"], self.whens, strict=True)
        ]
        rows: dict[tuple[str, str], list[int]] = {}
        other_whens: dict[str, str] = {}
        for row, unit, when in zip(
            found, self.estimates["unit_code"].iloc[found], self.estimate_whens.iloc[found],
            strict=True,
        ):  # fmt: skip
            rows.setdefault((unit, when), []).append(int(row))
            other_whens[unit] = when
        result = np.full(len(keys), -1, dtype=np.intp)
        for place, (key, when) in enumerate(zip(keys, self.whens, strict=True)):
            hits = rows.get(key, [])
            if len(hits) == 1:
                result[place] = self._shown(code, place, hits[0])
            elif hits:
                texts = self.estimates.iloc[hits][list(CHOSEN)].agg(" / ".join, axis=1)
                self._say("survey-several-estimates", code, place, value=texts.unique().tolist())
            elif key[0] in other_whens:
                met = {"value": other_whens[key[0]], "expected": when}
                self._say("survey-estimate-other-year", code, place, **met)
            else:
                self._say("survey-no-estimate", code, place)
        return result

    def _shown(self, code: str, place: int, row: int) -> int:
        """Return `row` where its cell may be fed, else -1."""
        state = str(self.estimates["state"].iloc[row])
        if state.startswith("hidden"):
            self._say("survey-cell-hidden", code, place)
        elif state != "shown" or np.isnan(self.estimates["estimate_percent"].iloc[row]):
            self._say("survey-cell-not-estimable", code, place)
        else:
            return row
        return -1

    def _say(self, finding: str, item: str, place: int, **values: object) -> None:
        if sum(found.code == finding for found in self.findings) < MAX_FINDINGS_PER_KIND:
            key = {name: str(self.units[name].iloc[place]) for name in KEY_COLUMNS}
            found = Finding(finding, self.file, item_code=item, values=values, **key)
            # Every option of an item looks into the same hidden cell.
            if found not in self.findings:
                self.findings.append(found)

    def _feed_percent(self, code: str, name: str, rows: IntArray) -> None:
        known = np.flatnonzero(rows >= 0)
        cells = self.estimates.iloc[rows[known]]
        value, low, high = (cells[key].to_numpy(float) for key in _ENDS)
        for place in known[np.isnan(low) | np.isnan(high)]:
            self._say("survey-figure-without-interval", code, int(place))
        self._keep(code, name, known, cells, value, low, high)

    def _feed_options(self, spec: RuleSpec, found: Mapping[str, IntArray]) -> None:
        """Feed numbers of answers that come to the weighted percent, and its interval."""
        names = [entry.name for entry in spec.inputs]
        rows = np.array([found[name] for name in names])
        known = np.flatnonzero((rows >= 0).all(axis=0))
        if not len(known):
            return
        percents = self.estimates["estimate_percent"].to_numpy(float)[rows[:, known]]
        weights = np.array([spec.options_of(name)[0].weight_percent for name in names])
        shares = percents / percents.sum(axis=0)
        answers = self._answers(rows[:, known])
        # Half a unit of the last decimal that points are shown with.
        slack = 50.0 * 10.0**-self.criteria.meta.decimals / spec.max_points
        counts = whole_counts(shares, answers, weights, slack)
        none = np.full(len(known), np.nan)
        for name, option_rows, column in zip(names, rows[:, known], counts, strict=True):
            cells = self.estimates.iloc[option_rows]
            self._keep(spec.code, name, known, cells, column, none, none)
        self._weighted(spec.code, known, weights @ shares, found.get(""))

    def _answers(self, rows: IntArray) -> npt.NDArray[np.float64]:
        """Return the number of answers of each unit, 1,000 where the table does not tell it."""
        if "answers" not in self.estimates:
            return np.full(rows.shape[1], 1_000.0)
        told = self.estimates["answers"].to_numpy("float64", na_value=np.nan)[rows]
        most = np.fmax.reduce(told, axis=0)
        return np.where(most > 0, most, 1_000.0)

    def _weighted(
        self,
        code: str,
        known: IntArray,
        percent: npt.NDArray[np.float64],
        rows: IntArray | None,
    ) -> None:
        """Keep the interval of the weighted percent where it is the same percent."""
        if rows is None:
            self.findings.append(Finding("survey-options-without-interval", item_code=code))
            return
        told = rows[known] >= 0
        cells = self.estimates.iloc[rows[known][told]]
        value, low, high = (cells[key].to_numpy(float) for key in _ENDS)
        alike = np.abs(value - percent[told]) <= _SAME_PERCENT
        for place, met, own in zip(
            known[told][~alike], value[~alike], percent[told][~alike], strict=True
        ):
            self._say("survey-weights-differ", code, int(place), value=met, expected=float(own))
        ends = (value[alike], low[alike], high[alike])
        self._keep(code, "", known[told][alike], cells[alike], *ends)

    def _keep(
        self, code: str, name: str, places: IntArray, cells: pd.DataFrame, *ends: Any
    ) -> None:
        value, low, high = ends
        common = {key: cells[key].to_numpy() for key in ("survey", "series", "confidence_percent")}
        figure = pd.DataFrame(
            {"place": places, "item_code": code, "input": name, "value": value, "low": low}
            | {"high": high, "digest": self.digest, "note": ""} | common
        )  # fmt: skip
        self.parts.append(figure)

    def fed(self) -> FedFigures:
        """Return everything that was fed."""
        if not self.parts:
            tables = empty("Inputs", places=True), empty("SurveyFigures")
            return FedFigures(*tables, tuple(self.findings))
        figures = pd.concat(self.parts, ignore_index=True)
        figures = figures.sort_values("place", kind="stable", ignore_index=True)
        unit = self.units.iloc[figures["place"]].reset_index(drop=True)
        own = ("unit_code", "unit_name", "block", "year", "period")
        figures = figures.assign(**{name: unit.get(name, "") for name in own})
        asked = figures[figures["input"] != ""].reset_index(drop=True)
        inputs = asked.assign(
            choice="", happened_on=None, not_applicable=False, reason="", file=self.file,
            sheet=asked["survey"], cell="",
        )  # fmt: skip
        tables = table_of(inputs, "Inputs", places=True), table_of(figures, "SurveyFigures")
        return FedFigures(*tables, tuple(self.findings))


_ENDS = ("estimate_percent", "low_percent", "high_percent")


def _times(table: pd.DataFrame) -> list[str]:
    """Return of each row its year and period, whole, as two periods may differ at their end alone."""
    return [time_of(key.year, key.period) for key in unit_keys(table)]


def whole_counts(
    shares: npt.NDArray[np.float64],
    answers: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    slack: float,
) -> npt.NDArray[np.float64]:
    """Return whole numbers of answers with given shares, by the largest remainders.

    They add up to `answers` or, where that moves the weighted percent by `slack` or more, to ten,
    a hundred ... times as many.

    Parameters
    ----------
    shares : array, shape (n_options, n_units)
        Adding up to 1.
    answers : array, shape (n_units,)
    weights : array, shape (n_options,)
        What an option is worth, in percent.
    slack : float
        In percent.

    Examples
    --------
    >>> shares = np.array([[0.5], [0.3], [0.2]])
    >>> whole_counts(shares, np.array([7.0]), np.array([100.0, 60.0, 0.0]), 9.0).ravel().tolist()
    [4.0, 2.0, 1.0]
    >>> whole_counts(shares, np.array([7.0]), np.array([100.0, 60.0, 0.0]), 0.1).ravel().tolist()
    [35.0, 21.0, 14.0]
    """
    counts = _rounded(shares, answers)
    for power in range(1, _MOST_SCALED + 1):
        off = np.abs(weights @ (counts / counts.sum(axis=0) - shares)) >= slack
        if not off.any():
            break
        counts[:, off] = _rounded(shares[:, off], answers[off] * 10.0**power)
    return counts


def _rounded(
    shares: npt.NDArray[np.float64], totals: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    # The noise of a product must not take a whole answer away.
    exact = np.round(shares * totals, 9)
    counts = np.floor(exact)
    left = np.rint(totals - counts.sum(axis=0))
    rank = np.argsort(np.argsort(counts - exact, axis=0, kind="stable"), axis=0)
    return np.asarray(counts + (rank < left))


def kept_figures(figures: pd.DataFrame, merged: pd.DataFrame) -> pd.DataFrame:
    """Return the survey figures that stand in the merged inputs, whole items only.

    Parameters
    ----------
    figures : DataFrame
        Table ``SurveyFigures``.
    merged : DataFrame
        Table ``Inputs``, where an entered figure or a mark may have stayed instead.
    """
    key = [*KEY_COLUMNS, "item_code"]
    held = merged.loc[~merged["not_applicable"], [*key, "input", "value"]]
    both = figures.merge(held, on=[*key, "input"], how="left", suffixes=("", "_held"))
    same = (both["value"] - both["value_held"]).abs() <= 1e-9
    gone = both.loc[~same & (both["input"] != ""), key]
    lost = pd.MultiIndex.from_frame(figures[key]).isin(pd.MultiIndex.from_frame(gone))
    return figures[~lost].reset_index(drop=True)

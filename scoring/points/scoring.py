"""Scoring: figures in, points of every node out, all units at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.dates import date_from_serial
from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.base.values import INVALID, NOT_APPLICABLE, NOT_ASSESSED, SCORED
from scoring.criteria import CriteriaSet, open_set
from scoring.points.figure_arrays import Figures, figures_of
from scoring.points.grade_rules import graded
from scoring.points.peers import best_of_peers, peer_findings
from scoring.points.rollup import bounds, roll_up, with_parents
from scoring.points.sheet import ScoreSheet
from scoring.rules import CompiledRule, Outcome, RuleSpec
from scoring.rules.evaluate import FloatArray, best_name, evaluate
from scoring.rules.expression import YEAR
from scoring.rules.figure_checks import Fault, InputCheck
from scoring.rules.spec import InputSpec
from scoring.tables.places import MAX_FINDINGS_PER_KIND


def score(inputs: pd.DataFrame, criteria: CriteriaSet | str | Path) -> ScoreSheet:
    """Score every unit of a long table against a criteria set.

    Parameters
    ----------
    inputs : DataFrame
        The table ``Inputs`` (see `scoring.tables`), one row per unit x item x input.
        A frame as ``pandas.read_csv`` returns it is brought into form.
    criteria : CriteriaSet, str or Path
        A set, its id, or the path of its folder or workbook.

    Returns
    -------
    ScoreSheet
        With findings for everything that could not be counted; what can be scored is scored.

    Raises
    ------
    TableError
        When `inputs` lacks a column or holds one that cannot be read; everything is named at once.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table
    >>> figures = inputs_table([
    ...     {"item_code": "2", "input": "on_time", "value": 90},
    ...     {"item_code": "2", "input": "received", "value": 100},
    ... ], unit_code="H1", year=2026)
    >>> sheet = score(figures, open_set("service-quality-766"))
    >>> float(sheet.points[sheet.row("2"), 0])
    18.0
    """
    chosen = criteria if isinstance(criteria, CriteriaSet) else open_set(criteria)
    return score_figures(figures_of(inputs, chosen), chosen)


def score_figures(figures: Figures, criteria: CriteriaSet) -> ScoreSheet:
    """Score figures that are already arrays; the hot path of scoring.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import figures_of, inputs_table
    >>> rows = [{"item_code": "2", "input": "on_time", "value": 9},
    ...         {"item_code": "2", "input": "received", "value": 10}]
    >>> criteria = open_set("service-quality-766")
    >>> table = inputs_table(rows, unit_code="H1", year=2026)
    >>> sheet = score_figures(figures_of(table, criteria), criteria)
    >>> sheet.scores.set_index("code").loc["2", ["points", "max_points"]].tolist()
    [18.0, 20.0]
    """
    nodes, n_units = criteria.nodes, len(figures.units)
    points = np.empty((len(nodes) + 1, n_units))
    status = np.full((len(nodes) + 1, n_units), SCORED, dtype=np.int8)
    findings = [*figures.findings, *_years_outside(criteria, figures.units)]
    years = figures.years
    for row, node in enumerate(nodes):
        if node.spec is None:
            continue
        rule = criteria.rules[node.code]
        outcome = _outcome(rule, figures, years)
        points[row], status[row] = outcome.points, outcome.status
        mark = figures.not_applicable.get(node.code)
        if mark is not None:
            points[row, mark], status[row, mark] = np.nan, NOT_APPLICABLE
        if outcome.status.any():
            findings += _fault_findings(rule, outcome, figures, status[row])
        if rule.grade_checks:
            faults = rule.grade_faults(figures.of_item(rule.spec) | {YEAR: years})
            findings += _of_faults(rule, faults, figures, np.ones(n_units, dtype=bool))
        findings += peer_findings(rule, figures)
    findings += _empty_units(criteria, figures, status)
    not_applicable = status == NOT_APPLICABLE
    rolled = roll_up(criteria, points, not_applicable)
    findings += graded(rolled.points, rolled.maxima, criteria, figures).findings
    low, high = bounds(criteria, status, not_applicable, rolled)
    return ScoreSheet(
        criteria=criteria,
        units=figures.units,
        points=rolled.points,
        points_low=low.points,
        points_high=high.points,
        maxima=rolled.maxima,
        status=with_parents(criteria, status, rolled),
        figures=figures,
        findings=tuple(findings),
    )


def _years_outside(criteria: CriteriaSet, units: pd.DataFrame) -> Iterator[Finding]:
    """Yield each assessment year in which the set was not in force, with how many units it has."""
    begins, ends = criteria.meta.valid_from, criteria.meta.valid_to
    for year, count in sorted(Counter(units["year"].tolist()).items()):
        # Year 0 is one that could not be read, which has its own finding.
        if year and ((begins and year < begins.year) or (ends and year > ends.year)):
            values = {"set_id": criteria.stated, "year": int(year), "count": count}
            values |= {"start": begins or "…", "end": ends or "…"}
            yield Finding("set-not-of-year", year=str(year), values=values)


def _outcome(rule: CompiledRule, figures: Figures, years: FloatArray) -> Outcome:
    values = figures.of_item(rule.spec) | {YEAR: years}
    for name in rule.peer_inputs:
        values[best_name(name)] = best_of_peers(rule, figures, name)
    return rule.score(values, len(years))


def _fault_findings(
    rule: CompiledRule, outcome: Outcome, figures: Figures, status: npt.NDArray[np.int8]
) -> Iterator[Finding]:
    code, arrays = rule.spec.code, figures.of_item(rule.spec)
    yield from _of_faults(rule, outcome.faults, figures, status == INVALID)
    explained = np.zeros(len(status), dtype=bool)
    for fault in outcome.faults:
        explained |= fault.units
    units = _some((status == INVALID) & ~explained)
    name = rule.spec.inputs[0].name if rule.spec.inputs else ""
    shown = ({entry: float(array[unit]) for entry, array in arrays.items()} for unit in units)
    values = ({"value": met, "limit": rule.spec.max_points} for met in shown)
    yield from figures.findings_at("points-not-computable", units, code, name, values)


def _of_faults(
    rule: CompiledRule, faults: Iterable[Fault], figures: Figures, among: npt.NDArray[np.bool_]
) -> Iterator[Finding]:
    """Yield a finding for each figure that failed a check, of the units in `among`."""
    arrays = figures.of_item(rule.spec)
    years = {YEAR: figures.years}
    for fault in faults:
        units = _some(fault.units & among)
        values = _fault_values(rule.spec, fault.check, arrays | years, units)
        place = (fault.check.code, units, rule.spec.code, fault.check.input)
        yield from figures.findings_at(*place, values)


def _some(units: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    return np.flatnonzero(units)[:MAX_FINDINGS_PER_KIND]


def _fault_values(
    spec: RuleSpec, check: InputCheck, arrays: Mapping[str, FloatArray], units: npt.NDArray[np.intp]
) -> Iterator[dict[str, object]]:
    """Yield what a finding says about a figure that cannot be: its value and its limit."""
    entry, other = spec.named(check.input), check.limit_input
    if check.days:
        yield from _days_outside(entry, check, arrays, units)
        return
    common = {"input": Named.of(entry), "limit_input": Named.of(spec.named(other)) if other else ""}
    for unit in units:
        limit = float(arrays[other][unit]) if other else check.limit
        value = float(arrays[check.input][unit])
        yield {"value": value, "limit": limit, **common}


def _days_outside(
    entry: InputSpec,
    check: InputCheck,
    arrays: Mapping[str, FloatArray],
    units: npt.NDArray[np.intp],
) -> Iterator[dict[str, object]]:
    """Yield what a finding says about a day that cannot be meant: the day and what could be."""
    assert check.days
    first, last = (np.asarray(evaluate(day, arrays)) for day in check.days)
    for unit in units:
        met, since, until = (
            date_from_serial(float(array[unit])) for array in (arrays[check.input], first, last)
        )
        yield {"input": Named.of(entry), "value": met, "first": since, "last": until}


def _empty_units(
    criteria: CriteriaSet, figures: Figures, status: npt.NDArray[np.int8]
) -> Iterator[Finding]:
    empty = np.ones(len(figures.units), dtype=bool)
    for row, node in enumerate(criteria.nodes):
        # A unit with anything scored is not empty; most often none is left after one item.
        if node.is_item and empty.any():
            empty &= status[row] == NOT_ASSESSED
    left = np.flatnonzero(empty)
    for array in figures.values.values():
        left = left[np.isnan(array[left])]
    for unit in left[:MAX_FINDINGS_PER_KIND]:
        yield Finding("nothing-filled-in", values={}, **figures.place_of(int(unit)))

"""Scoring: figures in, points of every node out, all units at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.numbers import format_number
from scoring.base.values import INVALID, NOT_APPLICABLE, NOT_ASSESSED, SCORED
from scoring.criteria import CriteriaSet
from scoring.points.arrange import MAX_FINDINGS_PER_KIND, Arranged, arrange
from scoring.points.rollup import bounds, roll_up, with_parents
from scoring.points.sheet import ScoreSheet
from scoring.rules import CompiledRule, Outcome
from scoring.rules.evaluate import FloatArray, best_name
from scoring.rules.expression import YEAR


def score(inputs: pd.DataFrame, criteria: CriteriaSet) -> ScoreSheet:
    """Score every unit of a long table against a criteria set.

    Parameters
    ----------
    inputs : DataFrame
        The table ``Inputs`` (see `scoring.base.schemas`), one row per unit x item x input.
    criteria : CriteriaSet

    Returns
    -------
    ScoreSheet
        With findings for everything that could not be counted; what can be scored is scored.

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
    return score_arranged(arrange(criteria, inputs), criteria)


def score_arranged(arranged: Arranged, criteria: CriteriaSet) -> ScoreSheet:
    """Score figures that are already arrays; the hot path of scoring."""
    nodes, n_units = criteria.nodes, len(arranged.units)
    points = np.empty((len(nodes) + 1, n_units))
    status = np.full((len(nodes) + 1, n_units), SCORED, dtype=np.int8)
    findings = list(arranged.findings)
    years = arranged.units["year"].to_numpy(dtype=np.float64)
    for row, node in enumerate(nodes):
        if node.spec is None:
            continue
        rule = criteria.rules[node.code]
        outcome = _outcome(rule, arranged, years)
        points[row], status[row] = outcome.points, outcome.status
        mark = arranged.not_applicable.get(node.code)
        if mark is not None:
            points[row, mark], status[row, mark] = np.nan, NOT_APPLICABLE
        if outcome.status.any():
            findings += _fault_findings(rule, outcome, arranged, status[row])
    findings += _empty_units(criteria, arranged, status)
    not_applicable = status == NOT_APPLICABLE
    rolled = roll_up(criteria, points, not_applicable)
    low, high = bounds(criteria, status, not_applicable, rolled)
    return ScoreSheet(
        criteria=criteria,
        units=arranged.units,
        points=rolled.points,
        points_low=low.points,
        points_high=high.points,
        maxima=rolled.maxima,
        status=with_parents(criteria, status, rolled),
        arranged=arranged,
        findings=tuple(findings),
    )


def _outcome(rule: CompiledRule, arranged: Arranged, years: FloatArray) -> Outcome:
    values = arranged.of_item(rule.spec) | {YEAR: years}
    for name in rule.peer_inputs:
        values[best_name(name)] = best_in_block(values[name], arranged.units)
    return rule.score(values, len(years))


def best_in_block(values: FloatArray, units: pd.DataFrame) -> FloatArray:
    """Return for each unit the largest of `values` among the units of its block and period.

    NaN where no unit of the block reports one.
    """
    block = units.groupby(["block", "year", "period"], sort=False, observed=True).ngroup()
    return pd.Series(values).groupby(block.to_numpy()).transform("max").to_numpy()


def _fault_findings(
    rule: CompiledRule, outcome: Outcome, arranged: Arranged, status: npt.NDArray[np.int8]
) -> Iterator[Finding]:
    code = rule.spec.code
    explained = np.zeros(len(status), dtype=bool)
    for fault in outcome.faults:
        explained |= fault.units
        entry = rule.spec.named(fault.check.input)
        limit_input = fault.check.limit_input
        for unit in np.flatnonzero(fault.units & (status == INVALID))[:MAX_FINDINGS_PER_KIND]:
            limit = fault.check.limit
            if limit_input:
                limit = float(arranged.values[code, limit_input][unit])
            yield arranged.finding(
                fault.check.code,
                int(unit),
                code,
                fault.check.input,
                input=entry.label(),
                value=format_number(float(arranged.values[code, fault.check.input][unit])),
                limit=format_number(limit),
                limit_input=rule.spec.named(limit_input).label() if limit_input else "",
            )
    for unit in np.flatnonzero((status == INVALID) & ~explained)[:MAX_FINDINGS_PER_KIND]:
        values = {name: float(array[unit]) for name, array in arranged.of_item(rule.spec).items()}
        text = ", ".join(f"{name} = {format_number(value)}" for name, value in values.items())
        yield arranged.finding(
            "points-not-computable",
            int(unit),
            code,
            rule.spec.inputs[0].name if rule.spec.inputs else "",
            value=text,
            limit=format_number(rule.spec.max_points),
        )


def _empty_units(
    criteria: CriteriaSet, arranged: Arranged, status: npt.NDArray[np.int8]
) -> Iterator[Finding]:
    empty = np.ones(len(arranged.units), dtype=bool)
    for row, node in enumerate(criteria.nodes):
        # A unit with anything scored is not empty; most often nobody is left after one item.
        if node.is_item and empty.any():
            empty &= status[row] == NOT_ASSESSED
    left = np.flatnonzero(empty)
    for array in arranged.values.values():
        left = left[np.isnan(array[left])]
    for unit in left[:MAX_FINDINGS_PER_KIND]:
        yield Finding("nothing-filled-in", unit_code=str(arranged.units["unit_code"].iloc[unit]))

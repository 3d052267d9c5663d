"""Advice about a sound set: nothing here stops it from scoring, all of it is worth a look.

Each check is a function from a set to findings of severity ``warning`` or ``info``; `CHECKS`
lists them. What makes a set unusable is the business of `scoring.criteria.set_check`.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.base.text import first_few, without_marks
from scoring.criteria.building import Cells
from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.set_nodes import Node, folded_name
from scoring.rules import Band, RuleSpec
from scoring.rules.kinds.rule_kind import has_rank, has_role, measured_percent
from scoring.rules.span import Limits

Check = Callable[[CriteriaSet], Iterator[Finding]]

# Those assess on documents that the unit hands in; a survey or a system needs none.
_ASSESSED_ON_PAPER = ("self", "appraisal")
_POINTS_TOLERANCE = 1e-9
_FORMULA_LIKE = re.compile(r"^[=+@\uff1d\uff0b\uff20]")


def lint_set(criteria: CriteriaSet, on: dt.date | None = None) -> list[Finding]:
    """List what is odd about a set that can score.

    Parameters
    ----------
    criteria : CriteriaSet
        A sound set: `scoring.criteria.check_set` has no errors about it.
    on : date, optional
        The day on which the set is looked at; without it the validity is not checked.

    Returns
    -------
    list of Finding
        Warnings and notes, in the order of `CHECKS`.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> sorted({finding.code for finding in lint_set(open_set("service-quality-766"))})
    ['item-without-example', 'points-above-maximum-possible']
    """
    findings = [finding for check in CHECKS for finding in check(criteria)]
    return findings if on is None else [*findings, *_expired(criteria, on)]


def _specs(criteria: CriteriaSet) -> Iterator[tuple[Node, RuleSpec]]:
    for node in criteria.leaves:
        if node.spec is not None:
            yield node, node.spec


def evidence(criteria: CriteriaSet) -> Iterator[Finding]:
    """Items assessed on documents that ask for none."""
    asked = set(criteria.tables["evidence"]["item_code"])
    on_paper = [node for node in criteria.leaves if node.assessed_by in _ASSESSED_ON_PAPER]
    if on_paper and not asked:
        yield Finding("set-without-evidence", sheet="evidence", values={"count": len(on_paper)})
        on_paper = []
    for node in on_paper:
        if node.code not in asked:
            yield criteria.finding("item-without-evidence", node.code, "items", "code")


def reachable(criteria: CriteriaSet) -> Iterator[Finding]:
    """Maxima that no answer reaches, points that are always the same, points without a cap."""
    for node, spec in _specs(criteria):
        span = criteria.rules[node.code].span
        if span.is_empty:
            continue
        at_rule = (node.code, "items", "rule")
        reach = {"max_points": spec.max_points, "points": span.high}
        if span.high < spec.max_points - _POINTS_TOLERANCE:
            yield criteria.finding("maximum-unreachable", node.code, "items", "max_points", **reach)
        if span.high - span.low < _POINTS_TOLERANCE:
            yield criteria.finding("points-always-the-same", *at_rule, **reach)
        is_bounded = criteria.rules[node.code].kind.bounded(spec)
        if span.high > spec.max_points + _POINTS_TOLERANCE and not is_bounded:
            yield criteria.finding("points-above-maximum-possible", *at_rule, **reach)


def bands(criteria: CriteriaSet) -> Iterator[Finding]:
    """Bands that no valid figure falls in, and points that go up and down again."""
    for node, spec in _specs(criteria):
        if not spec.bands:
            continue
        for band in _unreachable(spec):
            ends = {"lower": band.lower, "upper": band.upper}
            yield criteria.finding("band-unreachable", node.code, "bands", **ends)
        ordered = sorted(spec.bands, key=lambda band: (band.lower, band.upper))
        points = [band.points for band in ordered if not band.as_share]
        steps = [after - before for before, after in pairwise(points)]
        if any(step > 0 for step in steps) and any(step < 0 for step in steps):
            yield criteria.finding("bands-up-and-down", node.code, "bands")
        elif has_rank(spec) and any(step > 0 for step in steps):
            yield criteria.finding("rank-earns-upside-down", node.code, "bands")


def _unreachable(spec: RuleSpec) -> list[Band]:
    if spec.kind != "bands":
        return []
    measured = measured_percent(spec).span(Limits(spec))
    return [
        band
        for band in spec.bands
        if band.upper < measured.low
        or band.lower > measured.high
        or (band.upper == measured.low and not band.upper_closed)
        or (band.lower == measured.high and not band.lower_closed)
    ]


def names(criteria: CriteriaSet) -> Iterator[Finding]:
    """Brothers and sisters of one name, items of one name in different places, missing English."""
    siblings = Counter((node.parent, folded_name(node)) for node in criteria.nodes)
    items = Counter(folded_name(node) for node in criteria.leaves)
    for node in criteria.nodes:
        name = folded_name(node)
        place, said = (node.code, "items", "name_vi"), {"name": node.name_vi}
        if siblings[node.parent, name] > 1:
            yield criteria.finding("name-repeated", *place, **said)
        elif node.is_item and items[name] > 1:
            yield criteria.finding("name-repeated-elsewhere", *place, **said)
        if _FORMULA_LIKE.match(node.name_vi + node.name_en):
            yield criteria.finding("name-like-formula", *place, **said)
    missing = [node.code for node in criteria.nodes if not node.name_en]
    if missing:
        values = {"count": len(missing), "codes": ", ".join(first_few(missing, 5))}
        yield Finding("english-missing", sheet="items", values=values)


def validity(criteria: CriteriaSet) -> Iterator[Finding]:
    """Dates that contradict each other."""
    meta = criteria.meta
    if meta.valid_from and meta.valid_to and meta.valid_to < meta.valid_from:
        values = {"start": meta.valid_from, "end": meta.valid_to}
        yield Finding("validity-reversed", sheet="set", values=values)
        return
    first = meta.valid_from.year if meta.valid_from else -math.inf
    last = meta.valid_to.year if meta.valid_to else math.inf
    cells = Cells("examples", criteria.tables["examples"])
    for row in cells.rows:
        if not math.isnan(row["year"]) and not first <= row["year"] <= last:
            said = {"year": int(row["year"]), "example": row["example"]}
            yield cells.finding("example-outside-validity", row, "year", **said)


def _expired(criteria: CriteriaSet, on: dt.date) -> Iterator[Finding]:
    meta = criteria.meta
    if meta.valid_to and meta.valid_to < on:
        yield Finding("set-expired", sheet="set", values={"end": meta.valid_to})
    if meta.valid_from and meta.valid_from > on:
        yield Finding("set-not-yet-valid", sheet="set", values={"start": meta.valid_from})


def examples(criteria: CriteriaSet) -> Iterator[Finding]:
    """Rules without a worked example to trust them by."""
    shown = set(criteria.tables["examples"]["item_code"])
    without = [node for node in criteria.leaves if node.code not in shown]
    if not shown:
        yield Finding("set-without-examples", sheet="examples", values={"count": len(without)})
        return
    for node in without:
        yield criteria.finding("item-without-example", node.code, "items", "code", rule=node.rule)


def percentages(criteria: CriteriaSet) -> Iterator[Finding]:
    """Percentages between 0 and 1, which are mostly shares written by mistake."""
    for node, spec in _specs(criteria):
        for column in ("full_at_percent", "floor_percent"):
            value = getattr(spec, column)
            if 0 < value <= 1:
                given = {"parameter": column, "value": value}
                yield criteria.finding("percent-like-share", node.code, "items", column, **given)
        ends = [abs(end) for band in spec.bands for end in (band.lower, band.upper)]
        finite = [end for end in ends if math.isfinite(end) and end > 0]
        is_rate = spec.kind == "bands" and not has_role(spec, "value")
        if is_rate and finite and max(finite) <= 1:
            given = {"parameter": "bands", "value": max(finite)}
            yield criteria.finding("percent-like-share", node.code, "bands", **given)


def identity(criteria: CriteriaSet) -> Iterator[Finding]:
    """A sample that does not say so, an official set without its decision, grades with holes."""
    meta = criteria.meta
    if meta.status == "sample" and "mau" not in re.findall(r"\w+", without_marks(meta.name_vi)):
        yield Finding("sample-not-named", sheet="set", values={"name": meta.name_vi})
    if meta.status == "official" and not (
        meta.decision.get("number") and meta.decision.get("issued_on")
    ):
        yield Finding("official-without-decision", sheet="set")
    if meta.grades:
        lowest = min(grade.lower for grade in meta.grades)
        highest = max(grade.upper for grade in meta.grades)
        top_open = [g for g in meta.grades if g.upper == highest and not g.upper_closed]
        if lowest > 0 or highest < meta.total_points or (highest == meta.total_points and top_open):
            values = {"lower": lowest, "upper": highest, "total": meta.total_points}
            yield Finding("grades-leave-points-out", sheet="set", values=values)


def redistribution(criteria: CriteriaSet) -> Iterator[Finding]:
    """Items whose points go to their siblings when not applicable, and that have none."""
    for node, spec in _specs(criteria):
        siblings = [n for n in criteria.nodes if n.parent == node.parent and n.kind == node.kind]
        if spec.not_applicable == "redistribute" and len(siblings) < 2:
            yield criteria.finding("redistribute-alone", node.code, "items", "not_applicable")


def quotas(criteria: CriteriaSet) -> Iterator[Finding]:
    """Quotas that do not say who is left out."""
    labels = {grade.code: Named.of(grade) for grade in criteria.meta.grades}
    for rule in criteria.meta.grade_rules:
        if rule.kind == "quota" and not rule.order:
            values = {"grade": labels[rule.grade]}
            yield Finding("grade-quota-without-order", sheet="set", values=values)


CHECKS: tuple[Check, ...] = (
    evidence,
    reachable,
    bands,
    names,
    validity,
    examples,
    percentages,
    identity,
    redistribution,
    quotas,
)

"""What is wrong with a set as a whole: its tree, its sums, its worked examples."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from scoring.base.dates import date_serial, read_date
from scoring.base.due_dates import read_due_date
from scoring.base.findings import Finding
from scoring.base.vocabulary import NEVER, NO, YES
from scoring.criteria.building import Cells, cell_name
from scoring.criteria.criteria_set import BEST_OF, CriteriaSet, Node, SetMeta
from scoring.rules import RuleSpec, compile_rule
from scoring.rules import expression as ex
from scoring.rules.rule_check import check_rule

MAX_NODES = 2000
MAX_DEPTH = 8
_CODE = re.compile(r"^[A-Za-z0-9Đđ]{1,10}([.\-][A-Za-z0-9Đđ]{1,10})*$")
_INPUT_NAME = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
# Sums of maxima are exact to a ten-thousandth: margins in the field are hundredths.
_SUM_TOLERANCE = 1e-4
_EXAMPLE_TOLERANCE = 5e-3


def check_tree(criteria: CriteriaSet) -> list[Finding]:
    """List everything wrong with the set beyond single cells.

    Returns
    -------
    list of Finding
        Empty for a set that can score. Rules are checked only when the tree holds together.
    """
    rows = _item_rows(criteria)
    findings = [*_codes(criteria, rows), *_parents(criteria, rows)]
    if findings:
        return findings
    findings += _sums(criteria, rows)
    for node in criteria.nodes:
        findings += _node(node, criteria, rows)
    findings += _grades(criteria.meta)
    findings += _evidence(criteria)
    broken = {finding.item_code for finding in findings if finding.severity == "error"}
    findings += _examples(criteria, broken)
    return findings


def _evidence(criteria: CriteriaSet) -> Iterator[Finding]:
    """Rows of evidence that no document can meet: an odd number of documents or an unreadable date."""
    for number, row in Cells("evidence", criteria.tables["evidence"]).rows:
        count, due = row["min_documents"], row["issued_by"]
        if not (count >= 1 and float(count).is_integer()):
            yield _of_evidence("evidence-count-odd", number, row, "min_documents")
        if due and read_due_date(due) is None:
            yield _of_evidence("evidence-date-odd", number, row, "issued_by")


def _of_evidence(code: str, number: int, row: Mapping[str, Any], column: str) -> Finding:
    cell = cell_name("evidence", column, number)
    place = {"sheet": "evidence", "cell": cell, "item_code": row["item_code"]}
    return Finding(code, values={"value": row[column]}, **place)


def _item_rows(criteria: CriteriaSet) -> dict[str, int]:
    table = criteria.tables["items"]
    return dict(zip(table["code"], table.index, strict=True))


def _at(code: str, node: str, rows: Mapping[str, int], column: str, **values: object) -> Finding:
    cell = cell_name("items", column, rows[node]) if node in rows else ""
    return Finding(code, sheet="items", cell=cell, item_code=node, values=values)


def _codes(criteria: CriteriaSet, rows: Mapping[str, int]) -> Iterator[Finding]:
    if not criteria.nodes:
        yield Finding("set-empty", sheet="items")
    if len(criteria.nodes) > MAX_NODES:
        yield Finding("set-too-many-items", sheet="items", values={"limit": MAX_NODES})
    counts = Counter(node.code for node in criteria.nodes)
    for code, count in counts.items():
        if count > 1:
            yield _at("code-duplicate", code, rows, "code", count=count)
        if code and not _CODE.match(code):
            yield _at("code-malformed", code, rows, "code")


def _parents(criteria: CriteriaSet, rows: Mapping[str, int]) -> Iterator[Finding]:
    codes = {node.code for node in criteria.nodes}
    for node in criteria.nodes:
        if not node.parent:
            continue
        if node.parent not in codes:
            yield _at("parent-unknown", node.code, rows, "parent", parent=node.parent)
        elif not node.code.startswith((node.parent + ".", node.parent + "-")):
            # Codes that extend their parent's make circles impossible and reading easy.
            yield _at("code-not-nested", node.code, rows, "code", parent=node.parent)
        elif node.code.count(".") + node.code.count("-") > MAX_DEPTH:
            yield _at("tree-too-deep", node.code, rows, "code", limit=MAX_DEPTH)


def _sums(criteria: CriteriaSet, rows: Mapping[str, int]) -> Iterator[Finding]:
    meta = criteria.meta
    children: dict[str, list[Node]] = {}
    for node in criteria.nodes:
        if node.kind == "normal":
            children.setdefault(node.parent, []).append(node)
    for parent, nodes in children.items():
        total = sum(node.max_points for node in nodes)
        if not parent:
            if meta.areas_add_up and abs(total - meta.total_points) > _SUM_TOLERANCE:
                values = {"sum": round(total, 4), "total": meta.total_points}
                yield Finding("areas-do-not-add-up", sheet="items", values=values)
            continue
        node = criteria.by_code[parent]
        if node.rule == BEST_OF:
            total = max(child.max_points for child in nodes)
        if meta.areas_add_up and abs(total - node.max_points) > _SUM_TOLERANCE:
            values = {"sum": round(total, 4), "max_points": node.max_points}
            yield _at("children-do-not-add-up", parent, rows, "max_points", **values)


def _node(node: Node, criteria: CriteriaSet, rows: Mapping[str, int]) -> Iterator[Finding]:
    if not node.max_points > 0:
        yield _at("max-points-missing", node.code, rows, "max_points", value=node.max_points)
        return
    if node.parent and criteria.by_code[node.parent].kind != node.kind:
        yield _at("kind-differs-from-parent", node.code, rows, "kind", kind=node.kind)
    if node.spec is None:
        if node.rule not in ("", BEST_OF):
            yield _at("parent-with-rule", node.code, rows, "rule", rule=node.rule)
        return
    if node.rule in ("", BEST_OF):
        yield _at("leaf-without-rule", node.code, rows, "rule")
        return
    for entry in node.spec.inputs:
        if not _INPUT_NAME.match(entry.name):
            values = {"input": entry.name}
            yield Finding(
                "input-name-malformed", sheet="inputs", item_code=node.code, values=values
            )
    for finding in check_rule(node.spec):
        if finding.sheet == "items":
            yield finding.at(cell=cell_name("items", "rule", rows[node.code]))
        else:
            yield finding.at(cell=_first_row(criteria, finding.sheet, node.code))


def _first_row(criteria: CriteriaSet, sheet: str, code: str) -> str:
    table = criteria.tables[sheet]
    rows = table.index[table["item_code"] == code]
    return cell_name(sheet, "item_code", int(rows[0])) if len(rows) else ""


def _grades(meta: SetMeta) -> Iterator[Finding]:
    grades = sorted(meta.grades, key=lambda grade: grade.lower)
    for grade in grades:
        if not grade.code or grade.lower >= grade.upper:
            yield Finding("grade-malformed", sheet="set", values={"grade": grade.code})
    for below, above in pairwise(grades):
        meets = below.upper == above.lower and below.upper_closed != above.lower_closed
        if not meets:
            values = {"below": below.code, "above": above.code}
            yield Finding("grades-do-not-meet", sheet="set", values=values)


def _examples(criteria: CriteriaSet, broken: set[str]) -> Iterator[Finding]:
    groups: dict[tuple[str, str], list[tuple[int, dict[str, Any]]]] = {}
    for number, row in Cells("examples", criteria.tables["examples"]).rows:
        groups.setdefault((row["item_code"], row["example"]), []).append((number, row))
    for (code, name), rows in groups.items():
        node = criteria.by_code.get(code)
        if node is None or node.spec is None or code in broken:
            continue
        yield from _example(node.spec, name, rows)


def _example(
    spec: RuleSpec, name: str, rows: list[tuple[int, dict[str, Any]]]
) -> Iterator[Finding]:
    place = {"sheet": "examples", "cell": cell_name("examples", "item_code", rows[0][0])}
    rule = compile_rule(spec)
    values = {row["input"]: example_value(spec, row["input"], row["value"]) for _, row in rows}
    needed = [*rule.names, *(f"@best:{peer}" for peer in rule.peer_inputs)]
    unread = [key for key in needed if math.isnan(values.get(key, math.nan))]
    if unread:
        text: dict[str, object] = {"example": name, "input": ", ".join(unread)}
        yield Finding("example-incomplete", item_code=spec.code, values=text, **place)
        return
    year = rows[0][1]["year"]
    arrays = {key: np.array([value]) for key, value in (values | {ex.YEAR: year}).items()}
    expected = rows[0][1]["points"]
    outcome = rule.score(arrays, 1)
    points = float(outcome.points[0])
    if not abs(points - expected) <= _EXAMPLE_TOLERANCE:
        shown: dict[str, object] = {
            "example": name,
            "points": round(points, 4),
            "expected": expected,
        }
        yield Finding("example-wrong-points", item_code=spec.code, values=shown, **place)


def example_value(spec: RuleSpec, name: str, text: str) -> float:
    """Return the number by which scoring knows an example's value; NaN where unreadable.

    >>> example_value(RuleSpec("1", "direct", 1.0), "@best:x", "4.5")
    4.5
    """
    kinds = {entry.name: entry.kind for entry in spec.inputs}
    kind = kinds.get(name, "number" if name.startswith("@best:") else "")
    if kind == "yes_no":
        return {YES: 1.0, NO: 0.0}.get(text, math.nan)
    if kind == "choice":
        codes = [option.code for option in spec.options_of(name)]
        return float(codes.index(text)) if text in codes else math.nan
    if kind == "date":
        day = read_date(text).value
        return math.inf if text == NEVER else _serial(day)
    try:
        return float(text) if kind else math.nan
    except ValueError:
        return math.nan


def _serial(day: dt.date | None) -> float:
    return math.nan if day is None else date_serial(day)

"""What is wrong with a set as a whole: its tree, its sums, its worked examples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from scoring.base.due_dates import read_due_date
from scoring.base.errors import FormulaError
from scoring.base.findings import Finding
from scoring.base.values import INDEX_CODE
from scoring.criteria.building import Cells
from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.set_nodes import BEST_OF, Node
from scoring.criteria.set_policies import GradeRule, SetMeta, listed_codes
from scoring.criteria.worked_examples import worked_examples
from scoring.rules.expression import input_names
from scoring.rules.formula import parse_condition
from scoring.rules.kinds.rule_kind import GRADE_ROLE
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
    findings = [*_codes(criteria), *_parents(criteria)]
    if findings:
        return findings
    nodes = (found for node in criteria.nodes for found in _node(node, criteria))
    findings = [*_sums(criteria), *nodes, *_grades(criteria.meta), *_evidence(criteria)]
    findings += [*_grade_rules(criteria), *_spare_inputs(criteria), *_tie_items(criteria)]
    findings += _cut_off(criteria)
    broken = {finding.item_code for finding in findings if finding.severity == "error"}
    return [*findings, *_examples(criteria, broken)]


def _evidence(criteria: CriteriaSet) -> Iterator[Finding]:
    """Rows of evidence that no document can meet: an odd number of documents, an unreadable date or organ."""
    cells = Cells("evidence", criteria.tables["evidence"])
    for row in cells.rows:
        count, due = row["min_documents"], row["issued_by"]
        if not (count >= 1 and float(count).is_integer()):
            yield cells.finding("evidence-count-odd", row, "min_documents", value=count)
        if due and read_due_date(due) is None:
            yield cells.finding("evidence-date-odd", row, "issued_by", value=due)
        # The columns of the day and of the organ are taken for each other.
        issuer = row["issuer"]
        if issuer and (read_due_date(issuer) or not any(map(str.isalpha, issuer))):
            yield cells.finding("evidence-issuer-odd", row, "issuer", value=issuer)


def _codes(criteria: CriteriaSet) -> Iterator[Finding]:
    if not criteria.nodes:
        yield Finding("set-empty", sheet="items")
    if len(criteria.nodes) > MAX_NODES:
        yield Finding("set-too-many-items", sheet="items", values={"limit": MAX_NODES})
    counts = Counter(node.code for node in criteria.nodes)
    for code, count in counts.items():
        if count > 1:
            yield criteria.finding("code-duplicate", code, "items", "code", count=count)
        if code and not _CODE.match(code):
            yield criteria.finding("code-malformed", code, "items", "code")


def _parents(criteria: CriteriaSet) -> Iterator[Finding]:
    codes = {node.code for node in criteria.nodes}
    for node in criteria.nodes:
        if not node.parent:
            continue
        if node.parent not in codes:
            yield criteria.finding(
                "parent-unknown", node.code, "items", "parent", parent=node.parent
            )
        elif not node.code.startswith((node.parent + ".", node.parent + "-")):
            # Codes that extend their parent's make circles impossible and reading easy.
            yield criteria.finding(
                "code-not-nested", node.code, "items", "code", parent=node.parent
            )
        elif node.code.count(".") + node.code.count("-") > MAX_DEPTH:
            yield criteria.finding("tree-too-deep", node.code, "items", "code", limit=MAX_DEPTH)


def _sums(criteria: CriteriaSet) -> Iterator[Finding]:
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
            yield criteria.finding(
                "children-do-not-add-up", parent, "items", "max_points", **values
            )


def _node(node: Node, criteria: CriteriaSet) -> Iterator[Finding]:
    if not node.max_points > 0:
        yield criteria.finding(
            "max-points-missing", node.code, "items", "max_points", value=node.max_points
        )
        return
    if node.parent and criteria.by_code[node.parent].kind != node.kind:
        yield criteria.finding(
            "kind-differs-from-parent", node.code, "items", "kind", kind=node.kind
        )
    if node.spec is None:
        if node.rule not in ("", BEST_OF):
            yield criteria.finding("parent-with-rule", node.code, "items", "rule", rule=node.rule)
        return
    if node.rule in ("", BEST_OF):
        yield criteria.finding("leaf-without-rule", node.code, "items", "rule")
        return
    for entry in node.spec.inputs:
        if not _INPUT_NAME.match(entry.name):
            place = {"sheet": "inputs", "item_code": node.code}
            yield Finding("input-name-malformed", values={"input": entry.name}, **place)
    for finding in check_rule(node.spec):
        column = "rule" if finding.sheet == "items" else ""
        yield finding.at(cell=criteria.cell_of(node.code, finding.sheet, column))


def _grades(meta: SetMeta) -> Iterator[Finding]:
    grades = sorted(meta.grades, key=lambda grade: grade.lower)
    for grade in grades:
        if not grade.code or grade.lower >= grade.upper:
            yield Finding("grade-malformed", sheet="set", values={"grade": grade.code})
    for below, above in pairwise(grades):
        if below.upper != above.lower or below.upper_closed == above.lower_closed:
            values = {"below": below.code, "above": above.code}
            yield Finding("grades-do-not-meet", sheet="set", values=values)


def _cut_off(criteria: CriteriaSet) -> list[Finding]:
    """The day up to which figures count, written otherwise than due dates are."""
    told = criteria.meta.cut_off
    if not told or read_due_date(told):
        return []
    values = {"key": "cut_off", "value": told, "expected": "year-11-30"}
    return [Finding("set-value-wrong", sheet="set", values=values)]


def _tie_items(criteria: CriteriaSet) -> Iterator[Finding]:
    for code in criteria.meta.tie_codes:
        if code not in criteria.by_code:
            yield Finding("tie-item-unknown", sheet="set", item_code=code, values={"code": code})


def _grade_rules(criteria: CriteriaSet) -> Iterator[Finding]:
    """Rules about grades that do not exist, and conditions that cannot be read of any figure."""
    codes = [grade.code for grade in criteria.meta.grades]
    for number, rule in enumerate(criteria.meta.grade_rules, start=1):
        said = {"number": number, "grade": rule.grade, "expected": ", ".join(codes)}
        named = (rule.grade, rule.instead, *listed_codes(rule.of))
        known = {*criteria.by_code, INDEX_CODE}
        if unknown := [grade for grade in named if grade not in (*codes, "")]:
            said |= {"grade": unknown[0]}
            yield Finding("grade-rule-of-unknown-grade", sheet="set", values=said)
        elif strays := [code for code in listed_codes(rule.order) if code not in known]:
            said |= {"code": strays[0]}
            yield Finding("grade-order-unknown", sheet="set", item_code=strays[0], values=said)
        elif rule.kind == "quota" or not rule.kind:
            if not (rule.grade and rule.percent >= 0):
                yield Finding("grade-quota-odd", sheet="set", values=said)
        elif reason := _refused_test(criteria, rule):
            said |= {"item": rule.item_code, "test": rule.test, "reason": reason}
            yield Finding("grade-rule-refused", sheet="set", values=said)
        elif rule.kind in ("forces", "caps") and not rule.grade:
            yield Finding("grade-rule-of-unknown-grade", sheet="set", values=said)


def _refused_test(criteria: CriteriaSet, rule: GradeRule) -> str:
    """Return why the condition of a grade cannot be computed; empty where it can."""
    node = criteria.by_code.get(rule.item_code)
    if node is None:
        return rule.item_code or "item_code"
    kinds = {"points": "number", "percent": "percent"}
    kinds |= {entry.name: entry.kind for entry in node.spec.inputs} if node.spec else {}
    try:
        names = input_names(parse_condition(rule.test))
    except FormulaError as error:
        return str(error)
    odd = [name for name in names if kinds.get(name, "choice") in ("choice", "date")]
    return ", ".join(odd)


def _spare_inputs(criteria: CriteriaSet) -> Iterator[Finding]:
    """Figures asked for the sake of grades that no condition reads."""
    if any(f.code == "grade-rule-refused" for f in _grade_rules(criteria)):
        return
    read = {(r.item_code, name) for r, test in criteria.grade_tests for name in input_names(test)}
    for node in criteria.leaves:
        for entry in node.spec.with_role(GRADE_ROLE) if node.spec else ():
            if (node.code, entry.name) not in read:
                place = {"sheet": "inputs", "item_code": node.code}
                yield Finding("input-unused", values={"input": entry.name}, **place)


def _examples(criteria: CriteriaSet, broken: set[str]) -> Iterator[Finding]:
    for example in worked_examples(criteria, without=broken):
        place = {"sheet": "examples", "cell": example.cell, "item_code": example.spec.code}
        said: dict[str, object] = {"example": example.name}
        if example.missing:
            said["input"] = ", ".join(example.missing)
            yield Finding("example-incomplete", values=said, **place)
            continue
        points = example.points
        if not abs(points - example.expected) <= _EXAMPLE_TOLERANCE:
            said |= {"points": round(points, 4), "expected": example.expected}
            yield Finding("example-wrong-points", values=said, **place)

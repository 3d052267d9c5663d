"""A whole set as JavaScript: the rules of its items and how points become the index.

Everything is written from the expressions that the engine evaluates, so a page computes what
Python does. Quotas of grades and the points of other units are not in it; quotas are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scoring.base.values import INDEX_CODE, INVALID, NOT_APPLICABLE, NOT_ASSESSED
from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.javascript_tables import grade_tables, proof_tables
from scoring.criteria.set_nodes import Node
from scoring.rules import CompiledRule
from scoring.rules import expression as ex
from scoring.rules.evaluate import best_name
from scoring.rules.javascript import JavaScriptPen, javascript_functions, javascript_text, script_of

_ZERO_STATUS = {"not_assessed": NOT_ASSESSED, "not_applicable": NOT_APPLICABLE}


def set_javascript(
    criteria: CriteriaSet,
    name: str = "parindex",
    more: Iterable[str] = (),
    functions: Iterable[str] = (),
) -> str:
    """Return a script that defines one constant, `name`, with which a page scores a unit.

    Parameters
    ----------
    criteria : CriteriaSet
    name : str
        A JavaScript name.
    more, functions : iterable of str
        Further parts of the script, and the functions of theirs that the constant has too (see
        `scoring.advice.javascript_steps`).

    Returns
    -------
    str
        Self-contained: no library, no network, nothing evaluated from text. The constant has

        - ``item(code, figures, year)``: ``{points, status, faults}``; a fault is ``{code, input}``
          with the limit that a figure does not keep.
        - ``score({figures, notApplicable, year, proof})``: by code ``points``, ``low``, ``high``,
          ``maxima`` and ``status``; ``grade`` with ``gradeByPoints``, ``gradeReasons`` and the
          ``quotas`` that only a comparison of units decides; with `proof`, a state or a verdict by
          item, ``supported`` by code (null where the set says not what unproven items keep).
        - ``verdicts(documents, year)``: by item ``state``, ``share`` and counts. A document is
          ``{kind, number, title, issuer, issuedOn, precision, validFrom, validTo, address, items,
          hasFile, isSecret, isSeen, isRuledOut}``, days as serial numbers.
        - ``round(value, decimals)``.

        ``figures`` are numbers by item and input as `scoring.rules.evaluate.evaluate` takes them;
        one left out is not reported.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> text = set_javascript(open_set("service-quality-766"))
    >>> text.startswith("const parindex = (() => {"), "eval" in text
    (True, False)
    """
    pen = JavaScriptPen()
    tables = [*_tables(criteria), *grade_tables(criteria, pen), *proof_tables(criteria)]
    scripts = (script_of(__package__, f"javascript_{part}") for part in ("grades", "proof", "set"))
    parts = [javascript_functions(), *tables, *scripts]
    own = ", ".join(("item", "score", "round", "verdicts", *functions))
    script = "".join((*parts, *more))
    return f'const {name} = (() => {{\n"use strict";\n{script}return {{ {own} }};\n}})();\n'


def _tables(criteria: CriteriaSet) -> Iterator[str]:
    pen, roll_up = JavaScriptPen(), criteria.roll_up
    text = javascript_text
    yield f"const INDEX = {text(INDEX_CODE)};\n"
    nodes = ",\n".join(text(_node(node)) for node in criteria.nodes)
    yield f"const ROWS = [\n{nodes},\n];\n"
    checks: dict[str, int] = {}
    rules = ",\n".join(
        f"{text(code)}: {_rule(rule, pen, checks)}" for code, rule in criteria.rules.items()
    )
    # Many items hold the same figures against the same limits.
    yield "const CHECKS = [\n" + ",\n".join(checks) + "\n];\n"
    yield f"const RULES = {{\n{rules},\n}};\n"
    for column in ("points", "applicable", "given_up"):
        written = getattr(roll_up, column)
        lines = ",\n".join(f"{text(code)}: (r) => {pen.write(rule)}"
                           for code, rule in written.items())  # fmt: skip
        yield f"const {column.upper()} = {{\n{lines}\n}};\n"
    meta = criteria.meta
    decimals = meta.decimals if meta.rank_on == "rounded" else 9
    grades = [
        f"[{text(grade.code)}, (p) => p {'>=' if grade.lower_closed else '>'} {pen.number(grade.lower)}"
        f" && p {'<=' if grade.upper_closed else '<'} {pen.number(grade.upper)}]"
        for grade in meta.grades
    ]
    yield f"const GRADES = [{', '.join(grades)}], GRADE_DECIMALS = {decimals};\n"


def _node(node: Node) -> list[object]:
    """Return code, parent, maximum and what the node is; falsehoods behind the last truth are left out."""
    has_day = bool(node.spec and node.spec.with_role("done_on"))
    flags = [node.is_item, node.kind == "penalty", has_day, node.is_best_of]
    while flags and not flags[-1]:
        flags.pop()
    return [node.code, node.parent, node.max_points, *map(int, flags)]


def _rule(rule: CompiledRule, pen: JavaScriptPen, checks: dict[str, int]) -> str:
    needed = [*rule.names, *map(best_name, rule.peer_inputs)]
    days = [part for part in ex.walk(rule.points) if isinstance(part, ex.YearDate)]
    places = [checks.setdefault(pen.check(check), len(checks)) for check in rule.checks]
    parts = {
        "max": pen.number(rule.spec.max_points),
        "needed": pen.texts(needed),
        "days": f"[{','.join(f'(v)=>{pen.write(day)}' for day in days)}]",
        "points": f"(v)=>{pen.write(rule.points)}",
        "checks": f"[{','.join(f'CHECKS[{place}]' for place in places)}]",
    }
    zero = rule.open_zero
    if zero is not None:
        parts["zero"] = f"(v)=>{pen.write(zero)}"
        parts["zeroStatus"] = str(_ZERO_STATUS.get(rule.spec.zero_denominator, INVALID))
    return "{" + ",".join(f"{key}:{value}" for key, value in parts.items()) + "}"

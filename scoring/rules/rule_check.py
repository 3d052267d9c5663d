"""What is wrong with an item's rule, as findings; a clean item can be compiled and scored.

The checks know the item only. Whether codes nest and maxima add up is the business of
`scoring.criteria.set_check`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

from scoring.base.due_dates import read_due_date
from scoring.base.errors import FormulaError
from scoring.base.findings import Finding
from scoring.base.values import INPUT_KINDS, NOT_APPLICABLE_POLICIES, ZERO_POLICIES
from scoring.rules import expression as ex
from scoring.rules.compiled import CompiledRule, compile_rule
from scoring.rules.excel import MAX_FORMULA_LENGTH, ExcelInput
from scoring.rules.kinds import PARAMETERS, RULE_KINDS, RuleKind
from scoring.rules.kinds.rule_kind import GRADE_ROLE, REPEATABLE_ROLES, ROLE_KINDS
from scoring.rules.spec import Band, InputSpec, RuleSpec

MAX_BANDS = 30
MAX_INPUTS = 60
# Below it, what is rounded away is less than any score shows.
_FINEST_ROUNDING = 1e-6
# Excel and LibreOffice read these as patterns when a drop-down's text is looked up.
_WILDCARDS = "*?~"


def check_rule(spec: RuleSpec) -> list[Finding]:
    """List what keeps an item's rule from working.

    Parameters
    ----------
    spec : RuleSpec

    Returns
    -------
    list of Finding
        All of them at once, with `item_code` and the `sheet` of the set where to look.
        Empty when the rule can be compiled.

    Examples
    --------
    >>> [finding.code for finding in check_rule(RuleSpec("1.1", "bands", 2.0))]
    ['rule-inputs-do-not-fit', 'rule-parameter-missing']
    """
    kind = RULE_KINDS.get(spec.kind)
    if kind is None:
        return [_finding(spec, "items", "rule-unknown", expected=", ".join(RULE_KINDS))]
    checks = (_inputs, _fitting_roles, _parameters, _ranges, _bands, _options, _policies)
    findings = [finding for check in checks for finding in check(spec, kind)]
    return findings or list(_compiled(spec))


def _finding(spec: RuleSpec, sheet: str, code: str, **values: object) -> Finding:
    common = {"rule": spec.kind, "limit": spec.max_points}
    return Finding(code, sheet=sheet, item_code=spec.code, values=common | values)


def _of_input(spec: RuleSpec, entry: InputSpec) -> Callable[..., Finding]:
    """Return what makes a finding about an input from its code, and from what is expected."""
    values = {"input": entry.name, "kind": entry.kind, "role": entry.role}
    return partial(_finding, spec, "inputs", **values, limit_input=entry.at_most)


def _inputs(spec: RuleSpec, kind: RuleKind) -> Iterator[Finding]:
    if len(spec.inputs) > MAX_INPUTS:
        yield _finding(spec, "inputs", "too-many-inputs", limit=MAX_INPUTS)
        return
    names = [entry.name for entry in spec.inputs]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _finding(spec, "inputs", "input-duplicate", input=name)
    for entry in spec.inputs:
        found = _of_input(spec, entry)
        if entry.kind not in INPUT_KINDS:
            yield found("input-kind-unknown", expected=", ".join(INPUT_KINDS))
        if entry.at_most and entry.at_most not in names:
            yield found("input-limit-unknown")
        if entry.kind == "percent" and math.isnan(entry.maximum):
            yield found("percent-without-maximum")


def _fitting_roles(spec: RuleSpec, kind: RuleKind) -> Iterator[Finding]:
    if spec.kind == "formula" or len(spec.inputs) > MAX_INPUTS:
        return
    if kind.fitting_roles(spec) is None:
        expected = " | ".join(" + ".join(roles) for roles in kind.roles)
        met = ", ".join(entry.role or "?" for entry in spec.inputs) or "—"
        yield _finding(spec, "items", "rule-inputs-do-not-fit", met=met, expected=expected)
        return
    for entry in spec.inputs:
        found, allowed = _of_input(spec, entry), ROLE_KINDS[entry.role]
        if spec.kind in ("peer", "growth"):
            # The best of the block is the largest, and growth counts up: neither is so of ranks.
            allowed = tuple(name for name in allowed if name != "rank")
        if entry.kind not in allowed:
            yield found("input-kind-does-not-fit", expected=", ".join(allowed))
        if entry.role not in REPEATABLE_ROLES and len(spec.with_role(entry.role)) > 1:
            yield found("role-taken-twice")


def _given(spec: RuleSpec, parameter: str) -> bool:
    value = getattr(spec, parameter)
    return not math.isnan(value) if isinstance(value, float) else bool(value)


def _parameters(spec: RuleSpec, kind: RuleKind) -> Iterator[Finding]:
    for parameter in PARAMETERS:
        sheet = parameter if parameter in ("bands", "options") else "items"
        given = _given(spec, parameter)
        if parameter in kind.needs and not given:
            yield _finding(spec, sheet, "rule-parameter-missing", parameter=parameter)
        elif given and parameter not in kind.parameters:
            yield _finding(spec, sheet, "rule-parameter-unused", parameter=parameter)


def _ranges(spec: RuleSpec, kind: RuleKind) -> Iterator[Finding]:
    found = partial(_finding, spec, "items")
    if spec.kind == "deadline" and bool(spec.due_on) == bool(spec.with_role("due_on")):
        yield found("due-date-unclear")
    elif spec.due_on and read_due_date(spec.due_on) is None:
        yield found("due-date-unreadable", value=spec.due_on)
    for parameter in ("full_at_percent", "floor_percent"):
        value = getattr(spec, parameter)
        if value <= 0 or value > 100:
            yield found("percent-out-of-range", parameter=parameter, value=value)
    for parameter in ("floor_points", "never_points", "points_each", "round_to"):
        value = getattr(spec, parameter)
        least = _FINEST_ROUNDING if parameter == "round_to" else 0
        if value < least or value > spec.max_points or math.isinf(value):
            yield found("parameter-out-of-range", parameter=parameter, value=value)


def _bands(spec: RuleSpec, kind: RuleKind) -> Iterator[Finding]:
    if len(spec.bands) > MAX_BANDS:
        yield _finding(spec, "bands", "too-many-bands", limit=MAX_BANDS)
        return
    for band in spec.bands:
        points, lower, upper = band.points, band.lower, band.upper
        found = partial(_finding, spec, "bands", lower=lower, upper=upper, points=points)
        if lower > upper or math.isnan(lower) or math.isnan(upper):
            yield found("band-ends-reversed")
        elif lower == upper and not (band.lower_closed and band.upper_closed):
            yield found("band-empty")
        if not band.as_share and not 0 <= points <= spec.max_points:
            yield found("band-points-out-of-range")
        if band.as_share and (spec.kind == "deadline" or lower < 0 or upper > 100):
            yield found("band-share-not-a-percent")
    ordered = sorted(spec.bands, key=lambda band: (band.lower, band.upper))
    for below, above in pairwise(ordered):
        yield from _seam(spec, below, above)


def _seam(spec: RuleSpec, below: Band, above: Band) -> Iterator[Finding]:
    """Check that two neighbouring bands meet: one of them, and only one, holds the border."""
    holders = below.upper_closed + above.lower_closed
    if below.upper > above.lower or (below.upper == above.lower and holders == 2):
        yield _finding(spec, "bands", "bands-overlap", at=above.lower)
    elif below.upper != above.lower or holders == 0:
        hole = {"lower": below.upper, "upper": above.lower}
        yield _finding(spec, "bands", "bands-leave-hole", **hole)


def _options(spec: RuleSpec, kind: RuleKind) -> Iterator[Finding]:
    names = [entry.name for entry in spec.inputs]
    for option in spec.options:
        found = partial(_finding, spec, "options", input=option.input)
        if option.input not in names:
            yield found("option-of-unknown-input", option=option.code)
        if any(mark in option.label_vi + option.label_en for mark in _WILDCARDS):
            yield found("option-with-wildcard", option=option.label_vi)
    for entry in spec.inputs:
        yield from _options_of_input(spec, entry.name, entry.kind)


def _options_of_input(spec: RuleSpec, name: str, kind: str) -> Iterator[Finding]:
    options = spec.options_of(name)
    found = partial(_finding, spec, "options", input=name)
    if kind == "choice" and len(options) < 2:
        yield found("choice-without-options")
    for text in ("code", "label_vi", "label_en"):
        met = [getattr(option, text).casefold() for option in options if getattr(option, text)]
        if len(met) != len(set(met)):
            yield found("option-duplicate")
            break
    for option in options if spec.kind == kind == "choice" else ():
        if not 0 <= option.points <= spec.max_points:
            yield found("option-points-out-of-range", option=option.code, points=option.points)
    if spec.kind == "survey_options" and (
        len(options) != 1 or not 0 <= options[0].weight_percent <= 100
    ):
        yield found("option-weight-missing")


def _policies(spec: RuleSpec, kind: RuleKind) -> Iterator[Finding]:
    found = partial(_finding, spec, "items")
    known = {"zero_denominator": ("", *ZERO_POLICIES), "not_applicable": NOT_APPLICABLE_POLICIES}
    for parameter, policies in known.items():
        value = getattr(spec, parameter)
        if value not in policies:
            expected = ", ".join(filter(None, policies))
            yield found("policy-unknown", parameter=parameter, value=value, expected=expected)
    if spec.kind == "formula" and spec.zero_denominator == "full":
        yield found("policy-does-not-fit", parameter="zero_denominator", value="full")
    if spec.zero_denominator == "not_applicable" and spec.not_applicable == "not_allowed":
        yield found("policy-contradicts")


def _compiled(spec: RuleSpec) -> Iterator[Finding]:
    found = partial(_finding, spec, "items")
    try:
        rule = compile_rule(spec)
    except FormulaError as error:
        yield found("formula-refused", formula=spec.formula, reason=str(error))
        return
    known = {entry.name: entry for entry in spec.inputs}
    if unknown := ", ".join(name for name in rule.names if name not in known):
        yield found("formula-input-unknown", input=unknown, expected=", ".join(known))
        return
    for entry in (known[name] for name in rule.names if spec.kind == "formula"):
        if entry.kind in ("choice", "date"):
            yield found("formula-input-not-a-number", input=entry.name, kind=entry.kind)
            return
    spare = {entry.name for entry in spec.with_role(GRADE_ROLE)}
    for name in sorted(set(known) - set(rule.names) - spare):
        yield _finding(spec, "inputs", "input-unused", input=name)
    if _needs_zero_policy(rule) and not spec.zero_denominator:
        yield found("zero-policy-missing", expected=", ".join(ZERO_POLICIES))
    if len(rule.excel_formula(_longest_cells(rule))) > MAX_FORMULA_LENGTH:
        yield found("formula-too-long-for-excel", limit=MAX_FORMULA_LENGTH)


def _needs_zero_policy(rule: CompiledRule) -> bool:
    divisors = (part.right for part in ex.walk(rule.points) if isinstance(part, ex.Divide))
    return any(ex.input_names(divisor) for divisor in divisors)


def _longest_cells(rule: CompiledRule) -> dict[str, ExcelInput]:
    options = "'Danh mục'!$XX$1000:$XX$1999"
    cells = {e.name: ExcelInput("$XX$99999", e.kind, options) for e in rule.spec.inputs}
    cells |= {f"@best:{name}": ExcelInput("$XX$99999", "number") for name in rule.peer_inputs}
    return cells | {ex.YEAR: ExcelInput("'Thông tin'!$XX$99999", "count")}

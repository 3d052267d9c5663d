"""What is wrong with an item's rule, as findings; a clean item can be compiled and scored.

The checks know the item only. Whether codes nest and maxima add up is the business of
`scoring.criteria.set_check`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from scoring.base.due_dates import read_due_date
from scoring.base.errors import FormulaError
from scoring.base.findings import Finding
from scoring.base.values import INPUT_KINDS, NOT_APPLICABLE_POLICIES, ZERO_POLICIES
from scoring.rules import expression as ex
from scoring.rules.compiled import CompiledRule, compile_rule
from scoring.rules.excel import MAX_FORMULA_LENGTH, ExcelInput
from scoring.rules.kinds import PARAMETERS, RULE_KINDS, RuleKind
from scoring.rules.kinds.rule_kind import REPEATABLE_ROLES, ROLE_KINDS
from scoring.rules.spec import Band, RuleSpec

MAX_BANDS = 30
MAX_INPUTS = 60
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
        values = {"rule": spec.kind, "expected": ", ".join(RULE_KINDS)}
        return [_finding(spec, "rule-unknown", "items", **values)]
    findings = [
        *_inputs(spec, kind),
        *_parameters(spec, kind),
        *_bands(spec),
        *_options(spec),
        *_policies(spec),
    ]
    if findings:
        return findings
    return list(_compiled(spec))


def _finding(spec: RuleSpec, code: str, sheet: str, **values: object) -> Finding:
    return Finding(code, sheet=sheet, item_code=spec.code, values=values)


def _inputs(spec: RuleSpec, kind: RuleKind) -> Iterator[Finding]:
    if len(spec.inputs) > MAX_INPUTS:
        yield _finding(spec, "too-many-inputs", "inputs", limit=MAX_INPUTS)
        return
    names = [entry.name for entry in spec.inputs]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _finding(spec, "input-duplicate", "inputs", input=name)
    for entry in spec.inputs:
        if entry.kind not in INPUT_KINDS:
            expected = ", ".join(INPUT_KINDS)
            yield _finding(
                spec,
                "input-kind-unknown",
                "inputs",
                input=entry.name,
                kind=entry.kind,
                expected=expected,
            )
        if entry.at_most and entry.at_most not in names:
            yield _finding(
                spec, "input-limit-unknown", "inputs", input=entry.name, limit_input=entry.at_most
            )
        if entry.kind == "percent" and math.isnan(entry.maximum):
            yield _finding(spec, "percent-without-maximum", "inputs", input=entry.name)
    if spec.kind == "formula":
        return
    if kind.fitting_roles(spec) is None:
        expected = " | ".join(" + ".join(roles) for roles in kind.roles)
        met = ", ".join(entry.role or "?" for entry in spec.inputs) or "—"
        yield _finding(
            spec, "rule-inputs-do-not-fit", "items", rule=spec.kind, met=met, expected=expected
        )
        return
    yield from _roles(spec)


def _roles(spec: RuleSpec) -> Iterator[Finding]:
    for entry in spec.inputs:
        allowed = ROLE_KINDS[entry.role]
        if entry.kind not in allowed:
            yield _finding(
                spec,
                "input-kind-does-not-fit",
                "inputs",
                input=entry.name,
                kind=entry.kind,
                role=entry.role,
                expected=", ".join(allowed),
            )
        if entry.role not in REPEATABLE_ROLES and len(spec.with_role(entry.role)) > 1:
            yield _finding(spec, "role-taken-twice", "inputs", role=entry.role)


def _given(spec: RuleSpec, parameter: str) -> bool:
    value = getattr(spec, parameter)
    return not math.isnan(value) if isinstance(value, float) else bool(value)


def _parameters(spec: RuleSpec, kind: RuleKind) -> Iterator[Finding]:
    for parameter in PARAMETERS:
        sheet = parameter if parameter in ("bands", "options") else "items"
        given = _given(spec, parameter)
        if parameter in kind.needs and not given:
            yield _finding(
                spec, "rule-parameter-missing", sheet, rule=spec.kind, parameter=parameter
            )
        elif given and parameter not in kind.parameters:
            yield _finding(
                spec, "rule-parameter-unused", sheet, rule=spec.kind, parameter=parameter
            )
    if spec.kind == "deadline" and bool(spec.due_on) == bool(spec.with_role("due_on")):
        yield _finding(spec, "due-date-unclear", "items")
    elif spec.due_on and read_due_date(spec.due_on) is None:
        yield _finding(spec, "due-date-unreadable", "items", value=spec.due_on)
    for parameter in ("full_at_percent", "floor_percent"):
        value = getattr(spec, parameter)
        if value <= 0 or value > 100:
            yield _finding(spec, "percent-out-of-range", "items", parameter=parameter, value=value)
    for parameter in ("floor_points", "never_points", "points_each"):
        value = getattr(spec, parameter)
        if value < 0 or value > spec.max_points or math.isinf(value):
            yield _finding(
                spec,
                "parameter-out-of-range",
                "items",
                parameter=parameter,
                value=value,
                limit=spec.max_points,
            )


def _bands(spec: RuleSpec) -> Iterator[Finding]:
    if len(spec.bands) > MAX_BANDS:
        yield _finding(spec, "too-many-bands", "bands", limit=MAX_BANDS)
        return
    for band in spec.bands:
        if band.lower > band.upper or math.isnan(band.lower) or math.isnan(band.upper):
            yield _finding(spec, "band-ends-reversed", "bands", lower=band.lower, upper=band.upper)
        elif band.lower == band.upper and not (band.lower_closed and band.upper_closed):
            yield _finding(spec, "band-empty", "bands", lower=band.lower)
        if not band.as_share and not 0 <= band.points <= spec.max_points:
            yield _finding(
                spec, "band-points-out-of-range", "bands", points=band.points, limit=spec.max_points
            )
        if band.as_share and (spec.kind == "deadline" or band.lower < 0 or band.upper > 100):
            yield _finding(
                spec, "band-share-not-a-percent", "bands", lower=band.lower, upper=band.upper
            )
    ordered = sorted(spec.bands, key=lambda band: (band.lower, band.upper))
    for below, above in pairwise(ordered):
        yield from _seam(spec, below, above)


def _seam(spec: RuleSpec, below: Band, above: Band) -> Iterator[Finding]:
    """Check that two neighbouring bands meet: one of them, and only one, holds the border."""
    if below.upper == above.lower:
        if below.upper_closed and above.lower_closed:
            yield _finding(spec, "bands-overlap", "bands", at=above.lower)
        elif not below.upper_closed and not above.lower_closed:
            yield _finding(spec, "bands-leave-hole", "bands", lower=below.upper, upper=above.lower)
    elif below.upper > above.lower:
        yield _finding(spec, "bands-overlap", "bands", at=above.lower)
    else:
        yield _finding(spec, "bands-leave-hole", "bands", lower=below.upper, upper=above.lower)


def _options(spec: RuleSpec) -> Iterator[Finding]:
    names = {entry.name: entry for entry in spec.inputs}
    for option in spec.options:
        if option.input not in names:
            yield _finding(
                spec, "option-of-unknown-input", "options", input=option.input, option=option.code
            )
        if any(mark in option.label_vi + option.label_en for mark in _WILDCARDS):
            yield _finding(spec, "option-with-wildcard", "options", option=option.label_vi)
    for entry in spec.inputs:
        yield from _options_of_input(spec, entry.name, entry.kind)


def _options_of_input(spec: RuleSpec, name: str, kind: str) -> Iterator[Finding]:
    options = spec.options_of(name)
    if kind == "choice" and len(options) < 2:
        yield _finding(spec, "choice-without-options", "options", input=name)
    for text in ("code", "label_vi", "label_en"):
        met = [getattr(option, text).casefold() for option in options if getattr(option, text)]
        if len(met) != len(set(met)):
            yield _finding(spec, "option-duplicate", "options", input=name)
            break
    if spec.kind == "choice" and kind == "choice":
        for option in options:
            if not 0 <= option.points <= spec.max_points:
                yield _finding(
                    spec,
                    "option-points-out-of-range",
                    "options",
                    option=option.code,
                    points=option.points,
                    limit=spec.max_points,
                )
    if spec.kind == "survey_options" and (
        len(options) != 1 or not 0 <= options[0].weight_percent <= 100
    ):
        yield _finding(spec, "option-weight-missing", "options", input=name)


def _policies(spec: RuleSpec) -> Iterator[Finding]:
    if spec.zero_denominator and spec.zero_denominator not in ZERO_POLICIES:
        expected = ", ".join(ZERO_POLICIES)
        yield _finding(
            spec,
            "policy-unknown",
            "items",
            parameter="zero_denominator",
            value=spec.zero_denominator,
            expected=expected,
        )
    if spec.kind == "formula" and spec.zero_denominator == "full":
        yield _finding(
            spec,
            "policy-does-not-fit",
            "items",
            parameter="zero_denominator",
            value="full",
            rule="formula",
        )
    if spec.not_applicable not in NOT_APPLICABLE_POLICIES:
        expected = ", ".join(NOT_APPLICABLE_POLICIES)
        yield _finding(
            spec,
            "policy-unknown",
            "items",
            parameter="not_applicable",
            value=spec.not_applicable,
            expected=expected,
        )
    if spec.zero_denominator == "not_applicable" and spec.not_applicable == "not_allowed":
        yield _finding(spec, "policy-contradicts", "items")


def _compiled(spec: RuleSpec) -> Iterator[Finding]:
    try:
        rule = compile_rule(spec)
    except FormulaError as error:
        yield _finding(spec, "formula-refused", "items", formula=spec.formula, reason=str(error))
        return
    known = {entry.name: entry for entry in spec.inputs}
    unknown = [name for name in rule.names if name not in known]
    if unknown:
        yield _finding(
            spec,
            "formula-input-unknown",
            "items",
            input=", ".join(unknown),
            expected=", ".join(known),
        )
        return
    for name in rule.names:
        if spec.kind == "formula" and known[name].kind in ("choice", "date"):
            yield _finding(
                spec, "formula-input-not-a-number", "items", input=name, kind=known[name].kind
            )
            return
    for name in sorted(set(known) - set(rule.names)):
        yield _finding(spec, "input-unused", "inputs", input=name)
    if _needs_zero_policy(rule) and not spec.zero_denominator:
        yield _finding(spec, "zero-policy-missing", "items", expected=", ".join(ZERO_POLICIES))
    if len(rule.excel_formula(_longest_cells(rule))) > MAX_FORMULA_LENGTH:
        yield _finding(spec, "formula-too-long-for-excel", "items", limit=MAX_FORMULA_LENGTH)


def _needs_zero_policy(rule: CompiledRule) -> bool:
    divisors = (part.right for part in ex.walk(rule.points) if isinstance(part, ex.Divide))
    return any(ex.input_names(divisor) for divisor in divisors)


def _longest_cells(rule: CompiledRule) -> dict[str, ExcelInput]:
    options = "'Danh mục'!$XX$1000:$XX$1999"
    cells = {e.name: ExcelInput("$XX$99999", e.kind, options) for e in rule.spec.inputs}
    cells |= {f"@best:{name}": ExcelInput("$XX$99999", "number") for name in rule.peer_inputs}
    return cells | {ex.YEAR: ExcelInput("'Thông tin'!$XX$99999", "count")}

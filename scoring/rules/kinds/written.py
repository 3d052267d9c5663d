"""The kind for everything the others do not cover: a formula written in the criteria set."""

from __future__ import annotations

from scoring.base.labels import label
from scoring.rules import expression as ex
from scoring.rules.formula import parse_formula
from scoring.rules.kinds.rule_kind import joined, rule_kind, taken_off, zero_sentence
from scoring.rules.sentence_pen import TextPen
from scoring.rules.spec import RuleSpec


def _formula_points(spec: RuleSpec) -> ex.Numeric:
    # With "zero" a quotient without a base counts as nothing, and the other parts still earn.
    when_zero = ex.Number(0.0) if spec.zero_denominator == "zero" else None
    return parse_formula(spec.formula, max_points=spec.max_points, when_zero=when_zero)


def _formula_sentence(spec: RuleSpec, lang: str) -> str:
    written = TextPen(spec, lang).write(_formula_points(spec))
    zero = "zero_zero_part" if spec.zero_denominator == "zero" else ""
    policy = label(zero, lang) if zero else zero_sentence(spec, lang)
    said = label("formula_sentence", lang, formula=written)
    return joined(said, taken_off(spec, lang), policy)


def _never_bounded(spec: RuleSpec) -> bool:
    return False


FORMULA = rule_kind("formula", _formula_points, _formula_sentence, _never_bounded)

"""The kind for everything the others do not cover: a formula written in the criteria set."""

from __future__ import annotations

from scoring.base.labels import label
from scoring.rules import expression as ex
from scoring.rules.formula import parse_formula
from scoring.rules.kinds.rule_kind import RuleKind, WorkedExample, joined, zero_sentence
from scoring.rules.sentence_pen import TextPen
from scoring.rules.spec import InputSpec, RuleSpec


def _formula_points(spec: RuleSpec) -> ex.Numeric:
    # With "zero" a quotient without a base counts as nothing, and the other parts still earn.
    when_zero = ex.Number(0.0) if spec.zero_denominator == "zero" else None
    return parse_formula(spec.formula, max_points=spec.max_points, when_zero=when_zero)


def _formula_sentence(spec: RuleSpec, lang: str) -> str:
    written = TextPen(spec, lang).write(_formula_points(spec))
    zero = "zero_zero_part" if spec.zero_denominator == "zero" else ""
    policy = label(zero, lang) if zero else zero_sentence(spec, lang)
    return joined(label("formula_sentence", lang, formula=written), policy)


def _never_bounded(spec: RuleSpec) -> bool:
    return False


FORMULA = RuleKind(
    "formula",
    roles=((),),
    points=_formula_points,
    sentence=_formula_sentence,
    needs=frozenset({"formula"}),
    may_use=frozenset({"zero_denominator"}),
    bounded=_never_bounded,
    example=WorkedExample(
        RuleSpec(
            "6",
            "formula",
            10.0,
            inputs=(
                InputSpec("paid", "count", "", "hồ sơ đã thanh toán trực tuyến", "paid online"),
                InputSpec("payable", "count", "", "hồ sơ phải nộp phí", "payable"),
            ),
            formula="min(max_points, 8 * paid / payable + if(paid > 0, 2, 0))",
            zero_denominator="zero",
        ),
        {"paid": 30.0, "payable": 40.0},
        8.0,
    ),
)

"""Kinds that count: points for each case up to the maximum, or taken off for each case."""

from __future__ import annotations

from scoring.base.labels import label
from scoring.rules import expression as ex
from scoring.rules.kinds.rule_kind import (
    RuleKind,
    WorkedExample,
    amount,
    inline,
    none_negative,
    only,
)
from scoring.rules.spec import InputSpec, RuleSpec


def _count_points(spec: RuleSpec) -> ex.Numeric:
    earned = ex.Binary("*", ex.Number(spec.points_each), only(spec, "count"))
    return ex.Smallest((ex.Number(spec.max_points), earned))


def _count_sentence(spec: RuleSpec, lang: str) -> str:
    return label(
        "penalty_count_sentence" if spec.is_penalty else "count_sentence",
        lang,
        each=amount(spec.points_each, lang),
        count=inline(spec.with_role("count")[0], lang),
        points=amount(spec.max_points, lang),
    )


COUNT = RuleKind(
    "count",
    roles=(("count",),),
    points=_count_points,
    sentence=_count_sentence,
    needs=frozenset({"points_each"}),
    bounded=none_negative,
    example=WorkedExample(
        RuleSpec(
            "1.5",
            "count",
            1.0,
            inputs=(InputSpec("initiatives", "count", "count", "sáng kiến", "initiatives"),),
            points_each=0.5,
        ),
        {"initiatives": 3.0},
        1.0,
    ),
)


def _deduction_points(spec: RuleSpec) -> ex.Numeric:
    taken = ex.Binary("*", ex.Number(spec.points_each), only(spec, "cases"))
    left = ex.Binary("-", ex.Number(spec.max_points), taken)
    return ex.Largest((ex.Number(spec.floor_points), left))


def _deduction_sentence(spec: RuleSpec, lang: str) -> str:
    return label(
        "deduction_sentence",
        lang,
        points=amount(spec.max_points, lang),
        each=amount(spec.points_each, lang),
        cases=inline(spec.with_role("cases")[0], lang),
        floor=amount(spec.floor_points, lang),
    )


DEDUCTION = RuleKind(
    "deduction",
    roles=(("cases",),),
    points=_deduction_points,
    sentence=_deduction_sentence,
    needs=frozenset({"points_each", "floor_points"}),
    bounded=none_negative,
    cause="deduction",
    example=WorkedExample(
        RuleSpec(
            "5.4",
            "deduction",
            1.0,
            inputs=(InputSpec("violations", "count", "cases", "vụ vi phạm", "violations"),),
            points_each=0.25,
            floor_points=0.0,
        ),
        {"violations": 3.0},
        0.25,
    ),
)
